//! The walk over every keyword of a schema: what definitions may not contain, lists and their keys, rules (`ValidateCustomResourceDefinitionOpenAPISchema`).

use super::raw::Raw;
use crate::diagnostics::codes;
use crate::kube::cel::{self, Purpose};
use crate::kube::crd::Schema;
use crate::kube::{FieldError, Reason};
use crate::value::{Path, Value};

/// Schemas nest no deeper than this.
const MAX_DEPTH: usize = 100;

/// What holds at a place because of what is above it.
#[derive(Clone)]
struct Context<'s> {
    /// The whole object, or an embedded one.
    root: bool,
    /// Below `metadata`, `apiVersion` or `kind` of one.
    inside_meta: bool,
    no_defaults: Option<String>,
    /// The list or map above whose parts have no counterpart in the stored object.
    uncorrelated: Option<Path>,
    /// The schema that rules see; none inside logic, and none when the schema has other mistakes.
    rules: Option<&'s Schema>,
}

/// Problems of the schema itself, then those of its rules where the schema is right.
pub(super) fn problems(s: Raw, path: &Path, rules: Option<&Schema>) -> Vec<FieldError> {
    let mut found = Found { schema: Vec::new(), rules: Vec::new() };
    let context = Context { root: true, inside_meta: false, no_defaults: None, uncorrelated: None, rules };
    walk(s, path, &context, &mut found, 0);
    found.schema.extend(found.rules);
    found.schema
}

struct Found {
    schema: Vec<FieldError>,
    rules: Vec<FieldError>,
}

fn walk(s: Raw, path: &Path, c: &Context, found: &mut Found, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let before = found.schema.len();
    keywords(s, path, c, &mut found.schema);
    below(s, path, c, found, depth);
    lists(s, path, &mut found.schema);
    let rules: Vec<&Value> = s.get("x-kubernetes-validations").and_then(Value::as_list).unwrap_or_default().iter().collect();
    for (i, rule) in rules.iter().enumerate() {
        rule_texts(Raw::new(rule), s, &path.field("x-kubernetes-validations").index(i), &mut found.schema);
    }
    // Rules are compiled only where the schema at this place and below is right.
    if let Some(schema) = c.rules
        && found.schema.len() == before
    {
        for (i, rule) in rules.iter().enumerate() {
            compile(Raw::new(rule), schema, c, &path.field("x-kubernetes-validations").index(i), &mut found.rules);
        }
    }
}

fn below(s: Raw, path: &Path, c: &Context, found: &mut Found, depth: usize) {
    let plain = Context { root: false, ..c.clone() };
    if let Some(values) = s.child("additionalProperties") {
        let no_defaults = if c.inside_meta { Some("inside additionalProperties of object metadata".to_owned()) } else { c.no_defaults.clone() };
        let rules = c.rules.and_then(|r| r.additional_schema()).map(|r| &**r);
        walk(values, &path.field("additionalProperties"), &Context { no_defaults, rules, ..plain.clone() }, found, depth + 1);
    }
    let whole = c.root || s.flag("x-kubernetes-embedded-resource");
    let granular = matches!(s.text("x-kubernetes-map-type"), "" | "granular" | "atomic");
    for (name, part) in s.named("properties") {
        let mut next = Context { rules: c.rules.and_then(|r| r.property(name)).map(|r| &**r), ..plain.clone() };
        if !granular {
            next.uncorrelated = next.uncorrelated.or_else(|| Some(path.clone()));
        }
        if whole && matches!(name, "metadata" | "kind" | "apiVersion") {
            next.inside_meta = true;
            if c.root {
                next.no_defaults = Some(format!("in top-level {name}"));
            }
        }
        walk(part, &path.field("properties").key(name), &next, found, depth + 1);
    }
    let logic = Context { rules: None, ..plain.clone() };
    if let Some(not) = s.child("not") {
        walk(not, &path.field("not"), &logic, found, depth + 1);
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for (i, part) in s.list(key).enumerate() {
            walk(part, &path.field(key).index(i), &logic, found, depth + 1);
        }
    }
    for (name, part) in s.named("definitions") {
        walk(part, &path.field("definitions").key(name), &logic, found, depth + 1);
    }
    if let Some(items) = s.child("items") {
        let mut next = Context { rules: c.rules.and_then(|r| r.items.as_deref()), ..plain };
        if s.text("x-kubernetes-list-type") != "map" {
            next.uncorrelated = next.uncorrelated.or_else(|| Some(path.clone()));
        }
        walk(items, &path.field("items"), &next, found, depth + 1);
    }
}

/// Keywords of one node that are wrong by themselves.
fn keywords(s: Raw, path: &Path, c: &Context, errors: &mut Vec<FieldError>) {
    let kind = s.text("type");
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
    if !kind.is_empty() && !TYPES.contains(&kind) {
        let help = crate::diagnostics::nearest(kind, TYPES).map_or_else(|| format!("one of {}", TYPES.map(|t| format!("`{t}`")).join(", ")), |t| format!("did you mean `{t}`?"));
        errors.push(s.error("type", Reason::NotSupported, path, format!("`{kind}` is no type")).help(help));
    }
    if let (Some(_), Some(reason)) = (s.get("default"), &c.no_defaults) {
        errors.push(s.error("default", Reason::Forbidden, path, format!("not allowed {reason}")));
    }
    for key in ["id", "additionalItems", "patternProperties", "definitions", "dependencies", "$ref"] {
        if s.given(key) || s.get(key).is_some() && matches!(key, "additionalItems" | "dependencies" | "$ref") {
            errors.push(s.error(key, Reason::Forbidden, path, format!("`{key}` is not supported in definitions")));
        }
    }
    if s.get("items").is_some_and(|v| v.as_list().is_some_and(|l| !l.is_empty())) {
        errors.push(s.error("items", Reason::Forbidden, path, "must be one schema, not a list of them"));
    }
    if c.inside_meta && s.flag("x-kubernetes-embedded-resource") {
        errors.push(s.error("x-kubernetes-embedded-resource", Reason::Forbidden, path, "not allowed inside `metadata`"));
    }
    if s.flag("uniqueItems") {
        errors.push(s.error("uniqueItems", Reason::Forbidden, path, "`uniqueItems` is not supported: it takes quadratic time").help("use `x-kubernetes-list-type: set`"));
    }
    if s.given("properties") && (s.child("additionalProperties").is_some() || s.get("additionalProperties").and_then(Value::as_bool) == Some(false)) {
        errors.push(s.error("additionalProperties", Reason::Forbidden, path, "`additionalProperties` and `properties` exclude each other"));
    }
    if s.get("x-kubernetes-preserve-unknown-fields").and_then(Value::as_bool) == Some(false) {
        errors.push(s.error("x-kubernetes-preserve-unknown-fields", Reason::Invalid, path, "must be `true`, or not be there"));
    }
}

/// `x-kubernetes-list-type`, `x-kubernetes-list-map-keys`, `x-kubernetes-map-type`.
fn lists(s: Raw, path: &Path, errors: &mut Vec<FieldError>) {
    let kind = s.text("type");
    for (key, wanted, values) in [("x-kubernetes-map-type", "object", &["atomic", "granular"][..]), ("x-kubernetes-list-type", "array", &["atomic", "set", "map"][..])] {
        let Some(word) = s.get(key).and_then(Value::as_str) else { continue };
        if kind != wanted {
            let reason = if kind.is_empty() { Reason::Required } else { Reason::Invalid };
            errors.push(s.error("type", reason, path, format!("must be `{wanted}` because of `{key}`")));
        }
        if !values.contains(&word) {
            errors.push(s.error(key, Reason::NotSupported, path, format!("`{word}` is not one of {}", values.iter().map(|v| format!("`{v}`")).collect::<Vec<_>>().join(", "))));
        }
    }
    let list = s.get("x-kubernetes-list-type").and_then(Value::as_str);
    let keys = s.strings("x-kubernetes-list-map-keys");
    let items = s.child("items");
    let place = path.field("items");
    if let (Some("set"), "array", Some(items)) = (list, kind, items) {
        match items.text("type") {
            "array" if !matches!(items.text("x-kubernetes-list-type"), "" | "atomic") => {
                errors.push(items.error("x-kubernetes-list-type", Reason::Invalid, &place, "must be `atomic`: this is an element of a set"));
            }
            "object" if items.text("x-kubernetes-map-type") != "atomic" => {
                errors.push(items.error("x-kubernetes-map-type", Reason::Invalid, &place, "must be `atomic`: this is an element of a set"));
            }
            _ => {}
        }
    }
    if !keys.is_empty() && list != Some("map") {
        let reason = if list.is_none() { Reason::Required } else { Reason::Invalid };
        errors.push(s.error("x-kubernetes-list-type", reason, path, "must be `map`: the list has keys"));
    }
    if let (Some("set" | "map"), Some(items)) = (list, items)
        && items.flag("nullable")
    {
        errors.push(items.error("nullable", Reason::Forbidden, &place, "elements of sets and keyed lists cannot be null"));
    }
    if list == Some("map") {
        keyed(s, &keys, path, errors);
    }
}

fn keyed(s: Raw, keys: &[&str], path: &Path, errors: &mut Vec<FieldError>) {
    let key_error = |reason, message: String| s.error("x-kubernetes-list-map-keys", reason, path, message);
    if keys.is_empty() {
        errors.push(key_error(Reason::Required, "a list of type `map` needs keys".into()));
    }
    let Some(items) = s.child("items") else {
        if s.get("items").is_none() {
            errors.push(s.error("items", Reason::Required, path, "a list of type `map` needs `items`"));
        }
        return;
    };
    let place = path.field("items");
    if items.text("type") != "object" {
        errors.push(items.error("type", Reason::Invalid, &place, "must be `object`: elements have keys"));
        return;
    }
    let required = items.strings("required");
    for (i, key) in keys.iter().enumerate() {
        if keys.iter().take(i).any(|k| k == key) {
            errors.push(key_error(Reason::Invalid, format!("`{key}` is there twice")));
        }
        let Some((_, property)) = items.named("properties").find(|(n, _)| n == key) else {
            errors.push(key_error(Reason::Invalid, format!("`{key}` is not a property of the elements")));
            continue;
        };
        let at = place.field("properties").key(key);
        if matches!(property.text("type"), "array" | "object") {
            errors.push(property.error("type", Reason::Invalid, &at, "a key has to be a scalar"));
        }
        if !required.contains(key) && property.get("default").is_none() {
            errors.push(property.error("default", Reason::Required, &at, format!("the key `{key}` has to be required, or have a default")));
        }
        if property.flag("nullable") {
            errors.push(property.error("nullable", Reason::Forbidden, &at, "a key cannot be null"));
        }
    }
}

/// The texts of a rule, before it is compiled.
fn rule_texts(rule: Raw, s: Raw, path: &Path, errors: &mut Vec<FieldError>) {
    let lines = |t: &str| t.contains(['\n', '\r']);
    let (text, message, expression, field) = (rule.text("rule"), rule.text("message"), rule.text("messageExpression"), rule.text("fieldPath"));
    if text.trim().is_empty() {
        errors.push(rule.error("rule", Reason::Required, path, "the rule is missing"));
    } else if !message.is_empty() && message.trim().is_empty() {
        errors.push(rule.error("message", Reason::Invalid, path, "the message is blank"));
    } else if lines(message.trim()) {
        errors.push(rule.error("message", Reason::Invalid, path, "the message must be one line"));
    } else if lines(text.trim()) && message.trim().is_empty() {
        errors.push(rule.error("message", Reason::Required, path, "a rule of several lines needs a message"));
    }
    if !expression.is_empty() && expression.trim().is_empty() {
        errors.push(rule.error("messageExpression", Reason::Required, path, "the expression is blank"));
    }
    let reason = rule.text("reason");
    const REASONS: [&str; 4] = ["FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"];
    if rule.get("reason").is_some() && !REASONS.contains(&reason) {
        errors.push(rule.error("reason", Reason::NotSupported, path, format!("`{reason}` is not one of {}", REASONS.map(|r| format!("`{r}`")).join(", "))));
    }
    if !field.is_empty() && (field.trim().is_empty() || lines(field) || reached(field, s).is_none()) {
        errors.push(rule.error("fieldPath", Reason::Invalid, path, format!("`{field}` leads to no field of the schema")));
    }
}

/// The schema that a path of fields and map keys (`.a['b']`) leads to.
pub(super) fn reached<'v>(path: &str, s: Raw<'v>) -> Option<Raw<'v>> {
    let mut at = s;
    let mut rest = path;
    while !rest.is_empty() {
        let name;
        if let Some(after) = rest.strip_prefix("['") {
            let end = after.find("']")?;
            name = after.get(..end)?;
            rest = after.get(end + 2..)?;
        } else {
            let after = rest.strip_prefix('.')?;
            let end = after.find(['.', '[']).unwrap_or(after.len());
            name = after.get(..end)?;
            rest = after.get(end..)?;
        }
        at = if at.given("properties") { at.named("properties").find(|(n, _)| *n == name).map(|(_, r)| r) } else { at.child("additionalProperties") }?;
    }
    Some(at)
}

fn compile(rule: Raw, schema: &Schema, c: &Context, path: &Path, errors: &mut Vec<FieldError>) {
    let optional = rule.flag("optionalOldSelf");
    let root = c.root || schema.embedded;
    let wrong = |key: &str, reason, message: String| {
        let at = rule.value.get(key).map_or(rule.value.origin, |v| v.origin);
        FieldError::new(codes::J1121, reason, path.field(key), at, message)
    };
    match cel::compile(rule.text("rule"), schema, root, Purpose::Rule, optional) {
        Err(e) => errors.push(wrong("rule", Reason::Invalid, format!("the rule does not compile: {e}"))),
        Ok(program) if program.uses_old_self() => {
            if let Some(above) = &c.uncorrelated {
                errors.push(wrong("rule", Reason::Invalid, format!("`oldSelf` cannot be used here: parts of `{above}` have no counterpart in the stored object")));
            }
        }
        Ok(_) if rule.get("optionalOldSelf").is_some() => errors.push(wrong("optionalOldSelf", Reason::Invalid, "the rule does not use `oldSelf`".into())),
        Ok(_) => {}
    }
    let expression = rule.text("messageExpression");
    if !expression.trim().is_empty()
        && let Err(e) = cel::compile(expression, schema, root, Purpose::Message, optional)
    {
        errors.push(wrong("messageExpression", Reason::Invalid, format!("the expression does not compile: {e}")));
    }
}
