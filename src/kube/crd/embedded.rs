//! Objects embedded in custom resources (`x-kubernetes-embedded-resource`).

use super::check::{error, quoted};
use super::metadata;
use super::prepare::MAX_DEPTH;
use super::schema::Schema;
use crate::diagnostics::codes;
use crate::kube::syntax::names;
use crate::kube::{FieldError, Reason};
use crate::value::{Data, Path, Value};

/// Goes to every embedded object below a value; `f` gets it with its path.
fn each(value: &Value, s: &Schema, path: &Path, depth: usize, f: &mut dyn FnMut(&Value, &Path)) {
    if depth > MAX_DEPTH || !s.below.embedded {
        return;
    }
    match &value.data {
        Data::Map(map) => {
            if s.embedded {
                f(value, path);
            }
            for e in map.iter() {
                if let Some(p) = s.property(&e.key) {
                    each(&e.value, p, &path.field(&e.key), depth + 1, f);
                } else if let Some(p) = s.additional_schema() {
                    each(&e.value, p, &path.key(&e.key), depth + 1, f);
                }
            }
        }
        Data::List(list) => {
            for (i, item) in list.items.iter().enumerate() {
                if let Some(items) = &s.items {
                    each(item, items, &path.index(i), depth + 1, f);
                }
            }
        }
        _ => {}
    }
}

/// Wrong JSON types and unknown fields of their metadata: what the server answers with 400.
pub(super) fn decode(object: &Value, schema: &Schema) -> Vec<FieldError> {
    let mut errors = Vec::new();
    each(object, schema, &Path::new(), 0, &mut |value, path| {
        for key in ["apiVersion", "kind"] {
            if let Some(v) = value.get(key).filter(|v| v.as_str().is_none()) {
                errors.push(error(codes::J1114, Reason::Decode, &path.field(key), v.origin, format!("must be a string, not {}", v.kind_name())));
            }
        }
        if let Some(meta) = value.get("metadata") {
            errors.extend(metadata::decode(meta, &path.field("metadata")));
        }
    });
    errors
}

/// `apiVersion`, `kind` and metadata of embedded objects.
pub(super) fn validate(object: &Value, schema: &Schema) -> Vec<FieldError> {
    let mut errors = Vec::new();
    each(object, schema, &Path::new(), 0, &mut |value, path| {
        let mut bad = |key: &str, v: &Value, message: String| errors.push(error(codes::J1114, Reason::Invalid, &path.field(key), v.origin, message));
        if let Some((v, text)) = value.get("apiVersion").and_then(|v| v.as_str().map(|t| (v, t))) {
            if text.is_empty() {
                bad("apiVersion", v, "must not be empty".into());
            } else if text.matches('/').count() > 1 {
                bad("apiVersion", v, format!("{} is no `group/version`", quoted(text)));
            }
        }
        if let Some((v, text)) = value.get("kind").and_then(|v| v.as_str().map(|t| (v, t))) {
            if text.is_empty() {
                bad("kind", v, "must not be empty".into());
            } else {
                names::dns_1035_label(&text.to_lowercase()).err().into_iter().for_each(|m| bad("kind", v, format!("{} as a kind: {m}", quoted(text))));
            }
        }
        for key in ["apiVersion", "kind"] {
            if value.get(key).is_none() {
                errors.push(error(codes::J1114, Reason::Required, &path.field(key), value.origin, format!("an object here needs `{key}`")));
            }
        }
        if let Some(meta) = value.get("metadata") {
            errors.extend(metadata::validate(meta, &path.field("metadata")));
        }
    });
    errors
}
