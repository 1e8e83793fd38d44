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
    /// How often data of this place can occur in one object; none when nothing bounds it.
    places: Option<u64>,
    /// The schema that rules see; none inside logic, and none when the schema has other mistakes.
    rules: Option<&'s Schema>,
}

/// Problems of the schema itself, then those of its rules where the schema is right.
pub(super) fn problems(s: Raw, path: &Path, rules: Option<&Schema>) -> Vec<FieldError> {
    let mut found = Found { schema: Vec::new(), rules: Vec::new(), total: 0, expensive: Vec::new() };
    let context = Context { root: true, inside_meta: false, no_defaults: None, uncorrelated: None, places: Some(1), rules };
    walk(s, path, &context, &mut found, 0);
    if found.total > COST_PER_DEFINITION {
        found.expensive.sort_by_key(|e| std::cmp::Reverse(e.0));
        for (_, e) in found.expensive.into_iter().take(4) {
            if !found.rules.iter().any(|r| r.path == e.path) {
                found.rules.push(e);
            }
        }
        let message = format!("all rules together may cost {} too much", factor(found.total, COST_PER_DEFINITION));
        found.rules.push(FieldError::new(codes::J1123, Reason::Forbidden, path.clone(), s.value.origin, message).help(BOUND_IT));
    }
    found.schema.extend(found.rules);
    found.schema
}

/// The server's limit for the estimated cost of one expression (`StaticEstimatedCostLimit`).
const COST_PER_EXPRESSION: u64 = 10_000_000;
/// And for all of a schema (`StaticEstimatedCRDCostLimit`).
const COST_PER_DEFINITION: u64 = 100_000_000;
const BOUND_IT: &str = "simplify the rule, or give `maxItems`, `maxProperties` and `maxLength` to the lists, maps and texts that it reads";

/// How many times a limit is exceeded, in words.
fn factor(cost: u64, limit: u64) -> String {
    let times = cost as f64 / limit as f64;
    if times > 100.0 { "more than 100 times".into() } else { format!("{times:.1} times") }
}

struct Found {
    schema: Vec<FieldError>,
    rules: Vec<FieldError>,
    /// The estimated cost of all rules so far.
    total: u64,
    /// Those that count, with what to say about them.
    expensive: Vec<(u64, FieldError)>,
}

impl Found {
    /// Takes the cost of an expression into account.
    fn spend(&mut self, cost: u64, rule: Raw, key: &str, path: &Path) {
        self.total = self.total.saturating_add(cost);
        let at = rule.value.get(key).map_or(rule.value.origin, |v| v.origin);
        let say = |limit: u64| {
            FieldError::new(
                codes::J1123,
                Reason::Forbidden,
                path.field(key),
                at,
                format!("may cost {} too much on the largest objects that the schema allows", factor(cost, limit)),
            )
            .help(BOUND_IT)
        };
        if cost > COST_PER_EXPRESSION {
            self.rules.push(say(COST_PER_EXPRESSION));
        }
        if cost >= COST_PER_DEFINITION / 100 {
            self.expensive.push((cost, say(COST_PER_DEFINITION)));
        }
    }
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
            compile(Raw::new(rule), schema, c, &path.field("x-kubernetes-validations").index(i), found);
        }
    }
}

fn below(s: Raw, path: &Path, c: &Context, found: &mut Found, depth: usize) {
    let each = elements(s);
    let places = c.places.zip(each).map(|(p, n)| p.saturating_mul(n));
    let plain = Context { root: false, places, ..c.clone() };
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

/// How many parts of one kind a value has at most; none when nothing bounds it.
fn elements(s: Raw) -> Option<u64> {
    let limit = |key: &str| s.get(key).and_then(Value::as_int).map(|n| n.max(0) as u64);
    match s.text("type") {
        "array" => limit("maxItems"),
        "object" if s.get("additionalProperties").is_some() => limit("maxProperties"),
        _ => Some(1),
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

fn compile(rule: Raw, schema: &Schema, c: &Context, path: &Path, found: &mut Found) {
    let optional = rule.flag("optionalOldSelf");
    let root = c.root || schema.embedded;
    let wrong = |key: &str, message: String| {
        let at = rule.value.get(key).map_or(rule.value.origin, |v| v.origin);
        FieldError::new(codes::J1121, Reason::Invalid, path.field(key), at, message)
    };
    match cel::compile(rule.text("rule"), schema, root, Purpose::Rule, optional) {
        Err(e) => found.rules.push(wrong("rule", format!("the rule does not compile: {e}"))),
        Ok(compiled) => {
            let cost = compiled.cost.saturating_mul(c.places.unwrap_or_else(|| cel::most_places(schema)));
            found.spend(cost, rule, "rule", path);
            if compiled.program.uses_old_self() {
                if let Some(above) = &c.uncorrelated {
                    found.rules.push(wrong("rule", format!("`oldSelf` cannot be used here: parts of `{above}` have no counterpart in the stored object")));
                }
            } else if rule.get("optionalOldSelf").is_some() {
                found.rules.push(wrong("optionalOldSelf", "the rule does not use `oldSelf`".into()));
            }
        }
    }
    let expression = rule.text("messageExpression");
    if expression.trim().is_empty() {
        return;
    }
    match cel::compile(expression, schema, root, Purpose::Message, optional) {
        Err(e) => found.rules.push(wrong("messageExpression", format!("the expression does not compile: {e}"))),
        Ok(compiled) => found.spend(compiled.cost, rule, "messageExpression", path),
    }
}
