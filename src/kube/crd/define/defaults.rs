//! Defaults have to fit the schema that they stand in (`schema/defaulting/validation.go`).

use super::super::check::{Checker, Place};
use super::super::{cel_rules, embedded, prepare};
use crate::diagnostics::codes;
use crate::kube::crd::Schema;
use crate::kube::{FieldError, Reason, Version};
use crate::value::{Path, Value};

/// Schemas nest no deeper than this.
const MAX_DEPTH: usize = 100;

/// What is wrong with defaults below a schema; `source` is the schema as written.
pub(super) fn problems(s: &Schema, source: &Value, path: &Path, version: Version) -> Vec<FieldError> {
    let mut errors = Vec::new();
    visit(s, source, true, path, version, &mut errors, 0);
    errors
}

fn visit(s: &Schema, source: &Value, root: bool, path: &Path, version: Version, errors: &mut Vec<FieldError>, depth: usize) {
    if depth > MAX_DEPTH || !s.below.defaults {
        return;
    }
    if let Some(default) = &s.default {
        one(s, default, root || s.embedded, &path.field("default"), version, errors);
    }
    let part = |key: &str| source.get(key).unwrap_or(source);
    if let Some(items) = &s.items {
        visit(items, part("items"), false, &path.field("items"), version, errors, depth + 1);
    }
    for (name, property) in s.properties.iter().flatten() {
        let source = part("properties").get(name).unwrap_or(source);
        visit(property, source, false, &path.field("properties").key(name), version, errors, depth + 1);
    }
}

fn one(s: &Schema, default: &Value, root: bool, path: &Path, version: Version, errors: &mut Vec<FieldError>) {
    // The definition's own paths, below the default.
    let rebase = |mut e: FieldError| {
        let mut segments = path.segments.clone();
        segments.append(&mut e.path.segments);
        e.path.segments = segments;
        e.code = codes::J1122;
        e
    };
    if !prepare::unknown_fields_below(default, s, s.embedded).is_empty() {
        errors.push(FieldError::new(codes::J1122, Reason::Invalid, path.clone(), default.origin, "the default has fields that the schema does not know"));
    }
    let here = Path::new();
    let mut found: Vec<FieldError> = embedded::validate(default, s);
    if found.is_empty() {
        found = Checker { version }.check(default, s, Place { path: &here, depth: 0 }, None).errors;
    }
    if found.is_empty() {
        found = cel_rules::run_at(default, Some(default), s, root);
        if found.is_empty() {
            found = cel_rules::run_at(default, None, s, root);
        }
    }
    errors.extend(found.into_iter().map(rebase));
}
