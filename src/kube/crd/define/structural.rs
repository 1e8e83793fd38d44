//! What makes a schema structural: types everywhere, shapes outside of logic, everything named in logic named outside too (`schema/validation.go`, `complete.go`).

use super::raw::Raw;
use crate::diagnostics::codes;
use crate::kube::{FieldError, Reason, regex};
use crate::value::{Path, Value};

/// Schemas nest no deeper than this.
const MAX_DEPTH: usize = 100;

/// Whether a schema has only keywords that structural schemas know.
pub(super) fn convertible(s: Raw, depth: usize) -> bool {
    let unsupported = ["id", "$schema", "$ref", "patternProperties", "dependencies", "additionalItems", "definitions"].iter().any(|k| s.given(k));
    let switched_off = s.get("x-kubernetes-preserve-unknown-fields").and_then(Value::as_bool) == Some(false);
    if unsupported || switched_off || s.get("items").is_some_and(|v| v.as_list().is_some()) || depth > MAX_DEPTH {
        return false;
    }
    let below = |r: Raw| convertible(r, depth + 1);
    ["items", "not", "additionalProperties"].iter().filter_map(|k| s.child(k)).all(below)
        && s.named("properties").all(|(_, r)| below(r))
        && ["allOf", "anyOf", "oneOf"].iter().all(|k| s.list(k).all(below))
}

#[derive(Clone, Copy, PartialEq)]
enum Level {
    Root,
    Item,
    Field,
}

/// Everything that keeps a schema from being structural.
pub(super) fn problems(s: Raw, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    invariants(s, Level::Root, path, &mut errors, 0);
    complete(s, s, path, path, &mut errors, 0);
    errors
}

fn invariants(s: Raw, level: Level, path: &Path, errors: &mut Vec<FieldError>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let kind = s.text("type");
    let embedded = s.flag("x-kubernetes-embedded-resource");
    let (int_or_string, preserve) = (s.flag("x-kubernetes-int-or-string"), s.flag("x-kubernetes-preserve-unknown-fields"));
    match s.child("items") {
        Some(items) => invariants(items, Level::Item, &path.field("items"), errors, depth + 1),
        None if kind == "array" => errors.push(s.error("items", Reason::Required, path, "`items` is missing: every list says what is in it")),
        None => {}
    }
    for (name, part) in s.named("properties") {
        invariants(part, Level::Field, &path.field("properties").key(name), errors, depth + 1);
    }
    if s.get("additionalProperties").is_some() {
        if level == Level::Root {
            errors.push(s.error("additionalProperties", Reason::Forbidden, path, "not allowed at the root"));
        }
        if let Some(values) = s.child("additionalProperties") {
            invariants(values, Level::Field, &path.field("additionalProperties"), errors, depth + 1);
        }
        if embedded {
            errors.push(s.error("additionalProperties", Reason::Forbidden, path, "not allowed beside `x-kubernetes-embedded-resource`"));
        }
    }
    for (flag, key) in [(preserve, "x-kubernetes-preserve-unknown-fields"), (embedded, "x-kubernetes-embedded-resource")] {
        if int_or_string && flag {
            errors.push(s.error(key, Reason::Invalid, path, "not allowed beside `x-kubernetes-int-or-string`"));
        }
    }
    let skip = (is_int_or_string(s.list("anyOf")), s.list("allOf").next().is_some_and(|a| is_int_or_string(a.list("anyOf"))));
    values(s, skip, path, errors, depth);
    if embedded && kind != "object" {
        let reason = if kind.is_empty() { Reason::Required } else { Reason::Invalid };
        errors.push(s.error("type", reason, path, "must be `object`: an object is embedded here"));
    } else if kind.is_empty() && !int_or_string && !preserve {
        errors.push(s.error("type", Reason::Required, path, "`type` is missing"));
    }
    if level == Level::Root && !kind.is_empty() && kind != "object" {
        errors.push(s.error("type", Reason::Invalid, path, "must be `object`: this is the whole object"));
    }
    metadata(s, level, embedded, path, errors);
    if embedded && !preserve && !s.given("properties") {
        errors.push(s.error("properties", Reason::Required, path, "an embedded object needs `properties`, or `x-kubernetes-preserve-unknown-fields: true`"));
    }
}

/// `apiVersion`, `kind` and `metadata` are given; schemas may restrict names only.
fn metadata(s: Raw, level: Level, embedded: bool, path: &Path, errors: &mut Vec<FieldError>) {
    let whole = level == Level::Root || embedded;
    let place = |name: &str| path.field("properties").key(name);
    for (name, part) in s.named("properties") {
        let kind = part.text("type");
        if whole && matches!(name, "kind" | "apiVersion") && kind != "string" {
            errors.push(part.error("type", Reason::Invalid, &place(name), "must be `string`"));
        }
        if name != "metadata" {
            continue;
        }
        if whole && kind != "object" {
            errors.push(part.error("type", Reason::Invalid, &place(name), "must be `object`"));
        }
        let extra = part.keys().any(|k| match k {
            "type" | "default" => false,
            "properties" => part.named("properties").any(|(n, _)| n != "name" && n != "generateName"),
            k => part.given(k),
        });
        if level == Level::Root && extra {
            errors.push(FieldError::new(
                codes::J1120,
                Reason::Forbidden,
                place(name),
                part.value.origin,
                "only `name` and `generateName` may be described: `metadata` is the same for all kinds",
            ));
        }
    }
}

/// `anyOf: [{type: integer}, {type: string}]`, the one place in logic where types may stand.
fn is_int_or_string<'v>(mut any_of: impl Iterator<Item = Raw<'v>>) -> bool {
    let plain = |r: Option<Raw>, kind: &str| r.is_some_and(|r| r.text("type") == kind && r.keys().filter(|k| r.given(k)).count() == 1);
    plain(any_of.next(), "integer") && plain(any_of.next(), "string") && any_of.next().is_none()
}

/// Logic and patterns of a node.
fn values(s: Raw, (skip_any, skip_all): (bool, bool), path: &Path, errors: &mut Vec<FieldError>, depth: usize) {
    let at = |key: &str, i: usize| path.field(key).index(i);
    if !skip_any {
        for (i, part) in s.list("anyOf").enumerate() {
            nested(part, false, &at("anyOf", i), errors, depth + 1);
        }
    }
    for (i, part) in s.list("allOf").enumerate() {
        nested(part, skip_all && i == 0, &at("allOf", i), errors, depth + 1);
    }
    for (i, part) in s.list("oneOf").enumerate() {
        nested(part, false, &at("oneOf", i), errors, depth + 1);
    }
    if let Some(not) = s.child("not") {
        nested(not, false, &path.field("not"), errors, depth + 1);
    }
    let pattern = s.text("pattern");
    // What this engine cannot compile although RE2 might is not held against the definition.
    if !pattern.is_empty() && regex::is_malformed(pattern) {
        errors.push(s.error("pattern", Reason::Invalid, path, format!("`{pattern}` is not a regular expression")));
    }
}

/// A node inside logic: values only, no shapes.
fn nested(s: Raw, skip_any: bool, path: &Path, errors: &mut Vec<FieldError>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    values(s, (skip_any, false), path, errors, depth);
    if let Some(items) = s.child("items") {
        nested(items, false, &path.field("items"), errors, depth + 1);
    }
    for (name, part) in s.named("properties") {
        let place = path.field("properties").key(name);
        nested(part, false, &place, errors, depth + 1);
        if name == "metadata" {
            errors.push(FieldError::new(codes::J1120, Reason::Forbidden, place, part.value.origin, "`metadata` cannot be described inside logic"));
        }
    }
    if s.child("additionalProperties").is_some() || s.flag("additionalProperties") {
        errors.push(s.error("additionalProperties", Reason::Forbidden, path, "shapes belong outside of `allOf`, `anyOf`, `oneOf` and `not`"));
    }
    const SHAPES: [&str; 12] = [
        "type",
        "default",
        "title",
        "description",
        "nullable",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-embedded-resource",
        "x-kubernetes-int-or-string",
        "x-kubernetes-list-map-keys",
        "x-kubernetes-list-type",
        "x-kubernetes-map-type",
        "x-kubernetes-validations",
    ];
    for key in SHAPES.into_iter().filter(|k| s.given(k) || *k == "default" && s.get(k).is_some()) {
        errors.push(s.error(key, Reason::Forbidden, path, format!("`{key}` is not allowed inside `allOf`, `anyOf`, `oneOf` or `not`")));
    }
}

/// What logic mentions has to be there outside of it. `outside` is the node that has the shapes, `at` its place. The server looks from the root of the schema only.
fn complete(logic: Raw, outside: Raw, at: &Path, path: &Path, errors: &mut Vec<FieldError>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    let parts = ["allOf", "anyOf", "oneOf"].into_iter().flat_map(|k| logic.list(k).enumerate().map(move |(i, r)| (k, Some(i), r)));
    for (key, i, part) in logic.child("not").map(|n| ("not", None, n)).into_iter().chain(parts) {
        let place = i.map_or_else(|| path.field(key), |i| path.field(key).index(i));
        complete_nested(part, Some(outside), at, &place, errors, depth + 1);
    }
}

fn complete_nested(logic: Raw, outside: Option<Raw>, at: &Path, path: &Path, errors: &mut Vec<FieldError>, depth: usize) {
    let Some(outside) = outside else {
        errors.push(FieldError::new(codes::J1120, Reason::Required, at.clone(), logic.value.origin, format!("missing: `{path}` mentions it")));
        return;
    };
    complete(logic, outside, at, path, errors, depth);
    if let Some(items) = logic.child("items") {
        complete_nested(items, outside.child("items"), &at.field("items"), &path.field("items"), errors, depth + 1);
    }
    for (name, part) in logic.named("properties") {
        let found = outside.named("properties").find(|(n, _)| *n == name).map(|(_, r)| r);
        complete_nested(part, found, &at.field("properties").key(name), &path.field("properties").key(name), errors, depth + 1);
    }
}
