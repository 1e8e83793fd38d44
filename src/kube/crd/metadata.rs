//! `metadata` of custom resources and of objects embedded in them: JSON types and unknown fields when decoded, syntax when validated
//! (`objectmeta` of apiextensions-apiserver, `ValidateObjectMeta` of apimachinery).

use super::check::{error, quoted};
use super::prepare::unknown;
use crate::diagnostics::codes;
use crate::kube::syntax::names;
use crate::kube::{FieldError, Reason, cel};
use crate::value::{Data, Path, Value};

/// What a field of `ObjectMeta` holds.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Int,
    Bool,
    Time,
    TextMap,
    TextList,
    Any,
    Owners,
    Managers,
}

const FIELDS: [(&str, Kind); 15] = [
    ("name", Kind::Text),
    ("generateName", Kind::Text),
    ("namespace", Kind::Text),
    ("selfLink", Kind::Text),
    ("uid", Kind::Text),
    ("resourceVersion", Kind::Text),
    ("generation", Kind::Int),
    ("creationTimestamp", Kind::Time),
    ("deletionTimestamp", Kind::Time),
    ("deletionGracePeriodSeconds", Kind::Int),
    ("labels", Kind::TextMap),
    ("annotations", Kind::TextMap),
    ("ownerReferences", Kind::Owners),
    ("finalizers", Kind::TextList),
    ("managedFields", Kind::Managers),
];

const OWNER: [(&str, Kind); 6] =
    [("apiVersion", Kind::Text), ("kind", Kind::Text), ("name", Kind::Text), ("uid", Kind::Text), ("controller", Kind::Bool), ("blockOwnerDeletion", Kind::Bool)];

const MANAGER: [(&str, Kind); 7] = [
    ("manager", Kind::Text),
    ("operation", Kind::Text),
    ("apiVersion", Kind::Text),
    ("time", Kind::Time),
    ("fieldsType", Kind::Text),
    ("fieldsV1", Kind::Any),
    ("subresource", Kind::Text),
];

/// Wrong JSON types and unknown fields of a `metadata`.
pub(super) fn decode(meta: &Value, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    record(meta, &FIELDS, path, &mut errors);
    errors
}

fn record(value: &Value, fields: &[(&str, Kind)], path: &Path, errors: &mut Vec<FieldError>) {
    if value.is_null() {
        return;
    }
    let Some(map) = value.as_map() else {
        errors.push(wrong(value, "an object", path));
        return;
    };
    for e in map {
        let key = e.key.as_str();
        match fields.iter().find(|(n, _)| *n == key) {
            Some((_, kind)) => field(&e.value, *kind, &path.field(key), errors),
            None => errors.push(unknown(key, e.key_origin, path, &fields.iter().map(|(n, _)| *n).collect::<Vec<_>>())),
        }
    }
}

fn field(v: &Value, kind: Kind, path: &Path, errors: &mut Vec<FieldError>) {
    let mut each = |list: &[Value], fields: &[(&str, Kind)]| {
        for (i, item) in list.iter().enumerate() {
            record(item, fields, &path.index(i), errors);
        }
    };
    match (kind, &v.data) {
        (_, Data::Null) | (Kind::Any, _) | (Kind::Text, Data::String(_)) | (Kind::Bool, Data::Bool(_)) | (Kind::Int, Data::Int(_)) => {}
        (Kind::Time, Data::String(s)) if cel::Timestamp::rfc3339(s).is_some() => {}
        (Kind::TextMap, Data::Map(m)) => {
            for e in m.iter().filter(|e| !matches!(e.value.data, Data::String(_) | Data::Null)) {
                errors.push(wrong(&e.value, "a string", &path.key(&e.key)));
            }
        }
        (Kind::TextList, Data::List(l)) => {
            for (i, item) in l.items.iter().enumerate().filter(|(_, v)| !matches!(v.data, Data::String(_) | Data::Null)) {
                errors.push(wrong(item, "a string", &path.index(i)));
            }
        }
        (Kind::Owners, Data::List(l)) => each(&l.items, &OWNER),
        (Kind::Managers, Data::List(l)) => each(&l.items, &MANAGER),
        (Kind::Text, _) => errors.push(wrong(v, "a string", path)),
        (Kind::Bool, _) => errors.push(wrong(v, "a boolean", path)),
        (Kind::Int, _) => errors.push(wrong(v, "an integer", path)),
        (Kind::Time, _) => errors.push(wrong(v, "a date and time (`2026-01-02T15:04:05Z`)", path)),
        (Kind::TextMap, _) => errors.push(wrong(v, "an object of strings", path)),
        (Kind::TextList | Kind::Owners | Kind::Managers, _) => errors.push(wrong(v, "a list", path)),
    }
}

fn wrong(v: &Value, wanted: &str, path: &Path) -> FieldError {
    let e = error(codes::J0303, Reason::Decode, path, v.origin, format!("must be {wanted}, not {}", v.kind_name()));
    if wanted == "a string" && matches!(v.data, Data::Bool(_) | Data::Int(_) | Data::Number(_)) { e.help("put it in quotes") } else { e }
}

/// Syntax of the `metadata` of an embedded object, whose types are right. Its name may be anything that fits into a path.
pub(super) fn validate(meta: &Value, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let mut say = |key: &str, v: &Value, verdict: names::Verdict| {
        errors.extend(verdict.err().map(|m| error(codes::J1114, Reason::Invalid, &path.field(key), v.origin, format!("{}: {m}", quoted(v.as_str().unwrap_or(""))))));
    };
    let text = |key: &str| meta.get(key).filter(|v| v.as_str().is_some_and(|s| !s.is_empty()));
    for (key, check) in [("name", names::path_segment as fn(&str) -> names::Verdict), ("generateName", names::path_segment), ("namespace", names::dns_label)] {
        if let Some(v) = text(key) {
            say(key, v, check(v.as_str().unwrap_or("")));
        }
    }
    for e in meta.get("labels").and_then(Value::as_map).into_iter().flatten() {
        errors.extend(
            names::qualified_name(&e.key).err().map(|m| error(codes::J1114, Reason::Invalid, &path.field("labels"), e.key_origin, format!("label key {}: {m}", quoted(&e.key)))),
        );
        let text = e.value.as_str().unwrap_or("");
        errors.extend(
            names::label_value(text).err().map(|m| error(codes::J1114, Reason::Invalid, &path.field("labels"), e.value.origin, format!("label value {}: {m}", quoted(text)))),
        );
    }
    let mut total = 0;
    for e in meta.get("annotations").and_then(Value::as_map).into_iter().flatten() {
        total += e.key.len() + e.value.as_str().unwrap_or("").len();
        let verdict = names::qualified_name(&e.key.to_lowercase());
        errors.extend(verdict.err().map(|m| error(codes::J1114, Reason::Invalid, &path.field("annotations"), e.key_origin, format!("annotation key {}: {m}", quoted(&e.key)))));
    }
    if total > MAX_ANNOTATIONS {
        errors.push(error(codes::J1114, Reason::TooLong, &path.field("annotations"), meta.origin, format!("annotations take {total} bytes, at most {MAX_ANNOTATIONS} allowed")));
    }
    if let Some(v) = meta.get("generation").filter(|v| v.as_int().is_some_and(|i| i < 0)) {
        errors.push(error(codes::J1114, Reason::Invalid, &path.field("generation"), v.origin, "must not be negative"));
    }
    owners(meta.get("ownerReferences"), &path.field("ownerReferences"), &mut errors);
    for v in meta.get("finalizers").and_then(Value::as_list).unwrap_or_default() {
        let text = v.as_str().unwrap_or("");
        errors.extend(
            names::qualified_name(text).err().map(|m| error(codes::J1114, Reason::Invalid, &path.field("finalizers"), v.origin, format!("finalizer {}: {m}", quoted(text)))),
        );
    }
    errors
}

/// The server's limit for all annotations of an object, keys and values.
const MAX_ANNOTATIONS: usize = 256 * 1024;

fn owners(value: Option<&Value>, path: &Path, errors: &mut Vec<FieldError>) {
    // The server names the list only.
    for owner in value.and_then(Value::as_list).unwrap_or_default() {
        let text = |key: &str| owner.get(key).and_then(Value::as_str).unwrap_or("");
        let version = text("apiVersion");
        let place = |key: &str| owner.get(key).map_or(owner.origin, |v| v.origin);
        if version.matches('/').count() > 1 || version.rsplit('/').next().is_none_or(str::is_empty) {
            errors.push(error(codes::J1114, Reason::Invalid, &path.field("apiVersion"), place("apiVersion"), "the version is missing"));
        }
        for key in ["kind", "name", "uid"] {
            if text(key).is_empty() {
                errors.push(error(codes::J1114, Reason::Invalid, &path.field(key), place(key), "must not be empty"));
            }
        }
    }
}
