//! From the YAML of a CustomResourceDefinition to [`Schema`]: reads what is there and ignores what is malformed (the server's rules for definitions report that).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use ecow::EcoString;

use super::schema::{Additional, Below, Bounds, ListType, Rule, Schema, Type};
use crate::kube::regex::Pattern;
use crate::value::{Data, Origins, Value};

/// How deep schemas may nest.
const MAX_DEPTH: usize = 100;

/// Builds the tree of an `openAPIV3Schema`.
pub(super) fn read(value: &Value, origins: &Origins) -> Schema {
    Reader { patterns: HashMap::new(), origins }.schema(value, 0)
}

struct Reader<'o> {
    origins: &'o Origins,
    /// Patterns by text: definitions repeat them a lot.
    patterns: HashMap<EcoString, Arc<Pattern>>,
}

impl Reader<'_> {
    fn schema(&mut self, value: &Value, depth: usize) -> Schema {
        let mut schema = Schema { span: self.origins.span(value.origin), ..Schema::default() };
        let Some(map) = value.as_map().filter(|_| depth < MAX_DEPTH) else { return schema };
        for entry in map {
            self.keyword(&mut schema, entry.key.as_str(), &entry.value, depth);
        }
        schema.below = below(&schema);
        schema
    }

    fn keyword(&mut self, s: &mut Schema, key: &str, v: &Value, depth: usize) {
        let yes = v.as_bool() == Some(true);
        match key {
            "type" => s.kind = kind(v.as_str().unwrap_or("")),
            "description" => s.description = v.as_str().unwrap_or("").into(),
            "nullable" => s.nullable = yes,
            "x-kubernetes-int-or-string" => s.int_or_string = yes,
            "x-kubernetes-preserve-unknown-fields" => s.preserve_unknown = yes,
            "x-kubernetes-embedded-resource" => s.embedded = yes,
            "x-kubernetes-list-type" => {
                s.list_type = match v.as_str() {
                    Some("set") => ListType::Set,
                    Some("map") => ListType::Map,
                    _ => ListType::Atomic,
                }
            }
            "x-kubernetes-map-type" => s.map_atomic = v.as_str() == Some("atomic"),
            "x-kubernetes-list-map-keys" => s.map_keys = strings(v),
            "x-kubernetes-validations" => s.rules = v.as_list().unwrap_or_default().iter().map(|r| rule(r, self.origins)).collect(),
            "properties" => s.properties = v.as_map().map(|_| self.properties(v, depth)),
            "additionalProperties" => {
                s.additional = match &v.data {
                    Data::Bool(true) => Some(Additional::Any),
                    Data::Map(_) => Some(Additional::Schema(self.child(v, depth))),
                    _ => None,
                }
            }
            "items" => s.items = v.as_map().map(|_| self.child(v, depth)),
            "default" => s.default = (!v.is_null()).then(|| v.clone()),
            "format" => s.format = v.as_str().unwrap_or("").into(),
            "pattern" => s.pattern = v.as_str().filter(|p| !p.is_empty()).map(|p| self.pattern(p)),
            "required" => s.required = strings(v),
            "enum" => s.choices = v.as_list().unwrap_or_default().to_vec(),
            "allOf" => s.all_of = self.children(v, depth),
            "anyOf" => s.any_of = self.children(v, depth),
            "oneOf" => s.one_of = self.children(v, depth),
            "not" => s.not = v.as_map().map(|_| self.child(v, depth)),
            _ => bound(&mut s.bounds, key, v),
        }
    }

    fn child(&mut self, value: &Value, depth: usize) -> Arc<Schema> {
        Arc::new(self.schema(value, depth + 1))
    }

    fn children(&mut self, value: &Value, depth: usize) -> Vec<Arc<Schema>> {
        value.as_list().unwrap_or_default().iter().map(|v| self.child(v, depth)).collect()
    }

    fn properties(&mut self, value: &Value, depth: usize) -> Vec<(EcoString, Arc<Schema>)> {
        let mut all: Vec<_> = value.as_map().into_iter().flatten().map(|e| (e.key.clone(), self.child(&e.value, depth))).collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    }

    fn pattern(&mut self, text: &str) -> Arc<Pattern> {
        self.patterns.entry(text.into()).or_insert_with(|| Arc::new(Pattern::new(text))).clone()
    }
}

fn kind(name: &str) -> Type {
    match name {
        "object" => Type::Object,
        "array" => Type::Array,
        "string" => Type::String,
        "integer" => Type::Integer,
        "number" => Type::Number,
        "boolean" => Type::Boolean,
        _ => Type::Any,
    }
}

fn strings(value: &Value) -> Vec<EcoString> {
    value.as_list().unwrap_or_default().iter().filter_map(Value::as_str).map(EcoString::from).collect()
}

fn bound(b: &mut Bounds, key: &str, v: &Value) {
    let float = match &v.data {
        Data::Int(i) => Some(*i as f64),
        Data::Number(n) => Some(n.as_f64()),
        _ => None,
    };
    let int = v.as_int().or_else(|| float.map(|f| f as i64));
    let yes = v.as_bool() == Some(true);
    match key {
        "minimum" => b.minimum = float,
        "maximum" => b.maximum = float,
        "exclusiveMinimum" => b.exclusive_minimum = yes,
        "exclusiveMaximum" => b.exclusive_maximum = yes,
        "multipleOf" => b.multiple_of = float,
        "minLength" => b.min_length = int,
        "maxLength" => b.max_length = int,
        "minItems" => b.min_items = int,
        "maxItems" => b.max_items = int,
        "uniqueItems" => b.unique_items = yes,
        "minProperties" => b.min_properties = int,
        "maxProperties" => b.max_properties = int,
        _ => {}
    }
}

fn rule(value: &Value, origins: &Origins) -> Rule {
    let text = |key: &str| value.get(key).and_then(Value::as_str).unwrap_or("").into();
    Rule {
        rule: text("rule"),
        message: text("message"),
        message_expression: text("messageExpression"),
        reason: value.get("reason").and_then(Value::as_str).map(EcoString::from),
        field_path: text("fieldPath"),
        optional_old_self: value.get("optionalOldSelf").and_then(Value::as_bool) == Some(true),
        span: origins.span(value.get("rule").map_or(value.origin, |r| r.origin)),
        program: OnceLock::new(),
        message_program: OnceLock::new(),
    }
}

fn below(s: &Schema) -> Below {
    let mut all = Below { rules: !s.rules.is_empty(), defaults: s.default.is_some(), embedded: s.embedded, keyed_lists: s.list_type != ListType::Atomic };
    let children = s.properties.iter().flatten().map(|(_, c)| c).chain(s.items.as_ref()).chain(s.additional_schema());
    for child in children {
        all.rules |= child.below.rules;
        all.defaults |= child.below.defaults;
        all.embedded |= child.below.embedded;
        all.keyed_lists |= child.below.keyed_lists;
    }
    all.rules |= s.all_of.iter().any(|c| c.below.rules);
    all
}
