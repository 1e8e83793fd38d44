//! Definitions as the rest of the program sees kinds: [`CustomKind`], read through the same view as built-in ones.

use ecow::EcoString;

use super::definition::{Definition, Version};
use super::schema::{Additional, ListType, Rule, Schema, Type};
use crate::kube::catalog::built_in_type;
use crate::kube::facts::{Bound, CelRule, Clause, Facts, Logic};
use crate::kube::schema::{Children, ListKind, SchemaProp, Shape};
use crate::kube::{self, CustomKind};
use crate::value::Number;

/// The kind that one version of a definition declares.
pub fn custom_kind(definition: &Definition, version: &Version) -> CustomKind {
    let mut schema = convert(version.schema());
    let text = || kube::Schema::new(Children::Scalar(Shape::String));
    let meta = built_in_type(kube::Version::OLDEST, "meta/v1", "ObjectMeta").map(|n| kube::Schema::new(Children::BuiltIn(n)));
    if !matches!(schema.children, Children::Object(_)) {
        schema.children = Children::Object(Vec::new());
    }
    if let Children::Object(props) = &mut schema.children {
        props.retain(|p| !matches!(p.name.as_str(), "apiVersion" | "kind" | "metadata"));
        let head = [("apiVersion", text()), ("kind", text()), ("metadata", meta.unwrap_or_default())];
        props.splice(0..0, head.map(|(name, schema)| SchemaProp { name: name.into(), required: true, schema }));
    }
    CustomKind {
        api_version: format!("{}/{}", definition.group, version.name),
        kind: definition.kind.to_string(),
        plural: definition.plural.to_string(),
        namespaced: definition.namespaced,
        schema,
        status_subresource: version.status,
        source: definition.source.to_string(),
    }
}

fn convert(s: &Schema) -> kube::Schema {
    kube::Schema {
        children: children(s),
        facts: facts(s),
        doc: (!s.description.is_empty()).then(|| s.description.clone()),
        list_kind: match s.list_type {
            ListType::Atomic => ListKind::Atomic,
            ListType::Set => ListKind::Set,
            ListType::Map => ListKind::Map(s.map_keys.iter().cloned().collect()),
        },
        map_atomic: s.map_atomic,
        preserve_unknown: s.preserve_unknown,
        embedded: s.embedded,
    }
}

fn children(s: &Schema) -> Children {
    let scalar = |shape| Children::Scalar(shape);
    if s.int_or_string {
        return scalar(Shape::IntOrString);
    }
    match s.kind {
        Type::Any => Children::Any,
        Type::Boolean => scalar(Shape::Bool),
        Type::Number => scalar(Shape::Double),
        Type::Integer if s.format == "int32" => scalar(Shape::Int32),
        Type::Integer => scalar(Shape::Int64),
        Type::String => scalar(match s.format.replace("-", "").as_str() {
            "datetime" => Shape::DateTime,
            "byte" => Shape::Bytes,
            _ => Shape::String,
        }),
        Type::Array => Children::Array(Box::new(s.items.as_deref().map(convert).unwrap_or_default())),
        Type::Object => match (&s.properties, &s.additional) {
            (Some(props), _) => Children::Object(props.iter().map(|(name, p)| prop(s, name, p)).collect()),
            (None, Some(Additional::Schema(v))) => Children::Map(Box::new(convert(v))),
            (None, Some(Additional::Any)) => Children::Map(Box::default()),
            (None, None) => Children::Object(Vec::new()),
        },
    }
}

fn prop(parent: &Schema, name: &EcoString, s: &Schema) -> SchemaProp {
    SchemaProp { name: name.clone(), required: parent.required.contains(name) && s.default.is_none(), schema: convert(s) }
}

fn facts(s: &Schema) -> Facts {
    let b = &s.bounds;
    let bound = |value: Option<f64>, exclusive| value.map(|v| Bound { value: number(v), exclusive });
    let size = |n: Option<i64>| n.and_then(|n| u32::try_from(n).ok());
    Facts {
        values: s.choices.clone(),
        minimum: bound(b.minimum, b.exclusive_minimum),
        maximum: bound(b.maximum, b.exclusive_maximum),
        multiple_of: b.multiple_of.map(number),
        min_length: size(b.min_length),
        max_length: size(b.max_length),
        min_items: size(b.min_items),
        max_items: size(b.max_items),
        min_props: size(b.min_properties),
        max_props: size(b.max_properties),
        unique_items: b.unique_items,
        pattern: s.pattern.as_ref().map(|p| p.text.clone()),
        openapi_format: (!s.format.is_empty()).then(|| s.format.clone()),
        nullable: s.nullable,
        default: s.default.clone(),
        logic: logic(s),
        rules: s.rules.iter().map(rule).collect(),
        ..Facts::default()
    }
}

fn number(f: f64) -> Number {
    Number::new(format!("{f}"))
}

fn logic(s: &Schema) -> Option<Box<Logic>> {
    if s.all_of.is_empty() && s.any_of.is_empty() && s.one_of.is_empty() && s.not.is_none() {
        return None;
    }
    let all = |parts: &[std::sync::Arc<Schema>]| parts.iter().map(|p| clause(p)).collect();
    Some(Box::new(Logic { all_of: all(&s.all_of), any_of: all(&s.any_of), one_of: all(&s.one_of), not: s.not.as_deref().map(clause) }))
}

fn clause(s: &Schema) -> Clause {
    Clause {
        facts: facts(s),
        value_type: (s.kind != Type::Any).then(|| s.kind.name().into()),
        required: s.required.clone(),
        props: s.properties.iter().flatten().map(|(n, p)| (n.clone(), clause(p))).collect(),
        items: s.items.as_deref().map(|i| Box::new(clause(i))),
        additional: s.additional_schema().map(|a| Box::new(clause(a))),
    }
}

fn rule(r: &Rule) -> CelRule {
    let given = |t: &EcoString| (!t.is_empty()).then(|| t.clone());
    CelRule {
        rule: r.rule.clone(),
        message: given(&r.message),
        message_expression: given(&r.message_expression),
        reason: r.reason.clone(),
        field_path: given(&r.field_path),
        optional_old_self: r.optional_old_self,
    }
}
