//! The whole judgement about a custom resource, in the server's order: what cannot be decoded hides everything else; rules run only when types,
//! required fields, choices and sizes are right.

use super::check::{Checker, Place, blocking, error};
use super::correlate::Correlation;
use super::definition::{Definition, Scale, Version};
use super::{cel_rules, embedded, lists, metadata, prepare};
use crate::diagnostics::codes;
use crate::kube::rules::{self, RuleContext};
use crate::kube::{self, FieldError, Reason};
use crate::value::{Data, Map, Path, Segment, Value};

/// Judges an object of the kind that `definition` defines; with `old`, the update from that object. Findings of severity note say what was not checked.
pub fn validate(object: &Value, old: Option<&Value>, definition: &Definition, kube: kube::Version) -> Vec<FieldError> {
    let api_version = object.get("apiVersion").and_then(Value::as_str).unwrap_or("");
    let name = api_version.rsplit('/').next().unwrap_or("");
    let version = match definition.version(name) {
        Some(v) if v.served => v,
        found => return vec![unserved(object, definition, name, found.is_some())],
    };
    let schema = version.schema();
    let undecodable = decode(object, version);
    if !undecodable.is_empty() {
        return undecodable;
    }
    let mut new = prepare::stored(object, schema);
    let old = old.map(|o| prepare::stored(o, schema));
    if version.status {
        keep_status(&mut new, old.as_ref());
    }
    let mut errors = object_meta(&new, old.as_ref(), kube, definition.namespaced);
    let correlation = old.as_ref().map(|old| Correlation { new: &new, old, schema });
    let root = Path::new();
    let checked = Checker { version: kube }.check(&new, schema, Place { path: &root, depth: 0 }, correlation);
    let blocked = checked.blocks_rules();
    errors.extend(checked.errors);
    if let Some(scale) = &version.scale {
        errors.extend(check_scale(&new, scale));
    }
    errors.extend(embedded::validate(&new, schema));
    let had_duplicates = old.as_ref().is_some_and(|o| !lists::duplicates(o, schema).is_empty());
    if !had_duplicates {
        errors.extend(lists::duplicates(&new, schema));
    }
    if !blocked && !errors.iter().any(blocking) {
        errors.extend(cel_rules::run(&new, old.as_ref(), schema));
    }
    errors
}

/// The rules of `metadata`, the same for all kinds; the server sets `generation` itself.
pub(super) fn object_meta(object: &Value, old: Option<&Value>, version: kube::Version, namespaced: bool) -> Vec<FieldError> {
    let mut errors = rules::metadata_only(object, &RuleContext { version, old, namespaced });
    errors.retain(|e| e.path != Path::new().field("metadata").field("generation"));
    errors
}

fn unserved(object: &Value, definition: &Definition, name: &str, known: bool) -> FieldError {
    let origin = object.get("apiVersion").map_or(object.origin, |v| v.origin);
    let served: Vec<String> = definition.versions.iter().filter(|v| v.served).map(|v| format!("`{}/{}`", definition.group, v.name)).collect();
    let message = if known {
        format!("the definition of `{}` does not serve version `{name}`", definition.kind)
    } else {
        format!("the definition of `{}` has no version `{name}`", definition.kind)
    };
    let e = error(codes::J1115, Reason::NotFound, &Path::new().field("apiVersion"), origin, message);
    if served.is_empty() { e } else { e.help(format!("served: {}", served.join(", "))) }
}

/// What the server answers with 400: JSON types of metadata, unknown fields.
fn decode(object: &Value, version: &Version) -> Vec<FieldError> {
    let schema = version.schema();
    let mut errors = match object.get("metadata") {
        Some(meta) => metadata::decode(meta, &Path::new().field("metadata")),
        None => Vec::new(),
    };
    errors.extend(prepare::unknown_fields(object, schema));
    // What was unknown is gone by then.
    let unknown = errors.iter().map(|e| e.path.clone()).collect::<Vec<_>>();
    errors.extend(embedded::decode(&prepare::stored(object, schema), schema).into_iter().filter(|e| !unknown.contains(&e.path)));
    errors
}

/// With the status subresource, `status` in a manifest is dropped; on update the stored one stays.
fn keep_status(new: &mut Value, old: Option<&Value>) {
    let Data::Map(map) = &new.data else { return };
    let stored = old.and_then(|o| o.as_map()).and_then(|m| m.entry("status"));
    if stored.is_none() && !map.contains("status") {
        return;
    }
    let mut changed: Map = (**map).clone();
    match stored {
        Some(e) => {
            changed.insert(e.key.clone(), e.key_origin, e.value.clone());
        }
        None => {
            changed.remove("status");
        }
    }
    *new = Value::map(changed, new.origin);
}

/// The scale subresource: its paths must hold what an autoscaler can read.
fn check_scale(object: &Value, scale: &Scale) -> Vec<FieldError> {
    let mut errors = Vec::new();
    // The server prints these paths as the definition writes them, with the dot.
    let place = |path: &str| Path { segments: vec![Segment::Field(path.into())] };
    for path in [&scale.spec_replicas, &scale.status_replicas] {
        let bad = |v: &Value, message: String| error(codes::J1116, Reason::Invalid, &place(path), v.origin, message);
        match find(object, path) {
            Err(v) => errors.push(bad(v, format!("`{path}` cannot be reached: this is {}, not an object", v.kind_name()))),
            Ok(None) => {}
            Ok(Some(v)) => match v.as_int() {
                None => errors.push(bad(v, format!("must be an integer, not {}", v.kind_name()))),
                Some(i) if i < 0 => errors.push(bad(v, format!("{i} is negative: it cannot be scaled"))),
                Some(i) if i > i64::from(i32::MAX) => errors.push(bad(v, format!("{i} is too large: at most {}", i32::MAX))),
                Some(_) => {}
            },
        }
    }
    if let Some(path) = &scale.label_selector {
        match find(object, path) {
            Err(v) | Ok(Some(v)) if v.as_str().is_none() => {
                errors.push(error(codes::J1116, Reason::Invalid, &place(path), v.origin, format!("must be a string, not {}", v.kind_name())))
            }
            _ => {}
        }
    }
    errors
}

/// The value at a path with dots; the value in the way if one is no object.
fn find<'v>(object: &'v Value, path: &str) -> Result<Option<&'v Value>, &'v Value> {
    let mut at = object;
    for key in path.trim_start_matches('.').split('.') {
        if at.is_null() {
            return Ok(None);
        }
        let Some(map) = at.as_map() else { return Err(at) };
        match map.get(key) {
            Some(v) => at = v,
            None => return Ok(None),
        }
    }
    Ok(Some(at))
}
