//! `metadata` of custom resources and of objects embedded in them: JSON types and unknown fields when decoded, syntax when validated
//! (`objectmeta` of apiextensions-apiserver, `ValidateObjectMeta` of apimachinery).

use super::check::{error, quoted};
use super::prepare::unknown;
use crate::diagnostics::codes;
use crate::kube::{FieldError, Reason, cel, formats};
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

/// Where a `metadata` stands: decides which names are checked.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Owner {
    /// Of the resource itself; `true` if it lives in a namespace.
    Resource(bool),
    /// Of an object embedded in it.
    Embedded,
}

/// Syntax of a `metadata` whose types are right.
pub(super) fn validate(meta: Option<&Value>, object: &Value, owner: Owner, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let text = |key: &str| meta.and_then(|m| m.get(key)).filter(|v| v.as_str().is_some_and(|s| !s.is_empty()));
    let origin = meta.map_or(object.origin, |m| m.origin);
    names(text("name"), text("generateName"), owner, origin, path, &mut errors);
    if let Some(v) = text("namespace") {
        let s = v.as_str().unwrap_or("");
        // Of a kind outside namespaces it is ignored.
        if owner != Owner::Resource(false) {
            errors.extend(
                formats::dns1123_label(s)
                    .into_iter()
                    .map(|m| error(codes::J1001, Reason::Invalid, &path.field("namespace"), v.origin, format!("{} as a namespace: {m}", quoted(s)))),
            );
        }
    }
    let Some(meta) = meta else { return errors };
    // Of the resource itself the server sets it.
    if let Some(v) = meta.get("generation").filter(|v| owner == Owner::Embedded && v.as_int().is_some_and(|i| i < 0)) {
        errors.push(error(codes::J1001, Reason::Invalid, &path.field("generation"), v.origin, "must not be negative"));
    }
    labels(meta.get("labels"), &path.field("labels"), &mut errors);
    annotations(meta.get("annotations"), &path.field("annotations"), &mut errors);
    owners(meta.get("ownerReferences"), &path.field("ownerReferences"), &mut errors);
    finalizers(meta.get("finalizers"), &path.field("finalizers"), &mut errors);
    errors
}

fn names(name: Option<&Value>, prefix: Option<&Value>, owner: Owner, origin: crate::value::Origin, path: &Path, errors: &mut Vec<FieldError>) {
    let check = |text: &str| if owner == Owner::Embedded { path_segment(text) } else { formats::dns1123_subdomain(text) };
    let mut complain = |v: &Value, key: &str, text: &str| {
        errors.extend(
            check(text).into_iter().map(|m| error(codes::J1001, Reason::Invalid, &path.field(key), v.origin, format!("{} as a name: {m}", quoted(v.as_str().unwrap_or(""))))),
        );
    };
    if let Some(v) = prefix {
        let text = v.as_str().unwrap_or("");
        // The server judges a prefix with its last dash replaced.
        let masked = match text.strip_suffix('-') {
            Some(s) if owner != Owner::Embedded => format!("{s}a"),
            _ => text.to_owned(),
        };
        complain(v, "generateName", &masked);
    }
    match name {
        Some(v) => complain(v, "name", v.as_str().unwrap_or("")),
        None if prefix.is_none() && owner != Owner::Embedded => {
            errors.push(error(codes::J1003, Reason::Required, &path.field("name"), origin, "`metadata.name` is missing"));
        }
        None => {}
    }
}

/// `IsPathSegmentName`.
fn path_segment(text: &str) -> Vec<String> {
    if text == "." || text == ".." {
        return vec![format!("may not be '{text}'")];
    }
    ["/", "%"].into_iter().filter(|c| text.contains(c)).map(|c| format!("may not contain '{c}'")).collect()
}

fn labels(value: Option<&Value>, path: &Path, errors: &mut Vec<FieldError>) {
    for e in value.and_then(Value::as_map).into_iter().flatten() {
        errors.extend(formats::qualified_name(&e.key).into_iter().map(|m| error(codes::J1001, Reason::Invalid, path, e.key_origin, format!("label key {}: {m}", quoted(&e.key)))));
        let text = e.value.as_str().unwrap_or("");
        errors.extend(formats::label_value(text).into_iter().map(|m| error(codes::J1001, Reason::Invalid, path, e.value.origin, format!("label value {}: {m}", quoted(text)))));
    }
}

/// The server's limit for all annotations of an object, keys and values.
const MAX_ANNOTATIONS: usize = 256 * 1024;

fn annotations(value: Option<&Value>, path: &Path, errors: &mut Vec<FieldError>) {
    let Some(value) = value else { return };
    let mut total = 0;
    for e in value.as_map().into_iter().flatten() {
        total += e.key.len() + e.value.as_str().unwrap_or("").len();
        errors.extend(
            formats::qualified_name(&e.key.to_lowercase())
                .into_iter()
                .map(|m| error(codes::J1001, Reason::Invalid, path, e.key_origin, format!("annotation key {}: {m}", quoted(&e.key)))),
        );
    }
    if total > MAX_ANNOTATIONS {
        errors.push(error(codes::J1001, Reason::TooLong, path, value.origin, format!("annotations take {total} bytes, at most {MAX_ANNOTATIONS} allowed")));
    }
}

fn owners(value: Option<&Value>, path: &Path, errors: &mut Vec<FieldError>) {
    let mut controller: Option<&Value> = None;
    // The server names the list only.
    for owner in value.and_then(Value::as_list).unwrap_or_default() {
        let text = |key: &str| owner.get(key).and_then(Value::as_str).unwrap_or("");
        let place = |key: &str| owner.get(key).map_or(owner.origin, |v| v.origin);
        let mut bad = |key: &str, message: &str| errors.push(error(codes::J1001, Reason::Invalid, &path.field(key), place(key), message));
        let version = text("apiVersion");
        if version.matches('/').count() > 1 || version.rsplit('/').next().is_none_or(str::is_empty) {
            bad("apiVersion", "version must not be empty");
        }
        for key in ["kind", "name", "uid"] {
            if text(key).is_empty() {
                bad(key, "must not be empty");
            }
        }
        if version == "v1" && text("kind") == "Event" {
            errors.push(error(codes::J1001, Reason::Invalid, path, owner.origin, "an `Event` cannot own anything"));
        }
        if let Some(flag) = owner.get("controller").filter(|c| c.as_bool() == Some(true)) {
            match controller {
                Some(first) => errors.push(error(codes::J1001, Reason::Invalid, path, flag.origin, "only one owner can be the controller").related(first.origin, "the other one")),
                None => controller = Some(flag),
            }
        }
    }
}

fn finalizers(value: Option<&Value>, path: &Path, errors: &mut Vec<FieldError>) {
    let all = value.and_then(Value::as_list).unwrap_or_default();
    let named = |name: &str| all.iter().find(|v| v.as_str() == Some(name));
    for v in all {
        let text = v.as_str().unwrap_or("");
        errors.extend(formats::qualified_name(text).into_iter().map(|m| error(codes::J1001, Reason::Invalid, path, v.origin, format!("finalizer {}: {m}", quoted(text)))));
    }
    if let (Some(a), Some(_)) = (named("orphan"), named("foregroundDeletion")) {
        errors.push(error(codes::J1001, Reason::Invalid, path, a.origin, "`orphan` and `foregroundDeletion` exclude each other"));
    }
}
