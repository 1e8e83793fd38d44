//! The schema inside a CustomResourceDefinition, judged as the server does when the definition is created: it has to be structural, its defaults have to fit,
//! its rules have to compile (`apiextensions/validation` and `apiserver/schema` of apiextensions-apiserver).

mod defaults;
mod definition;
mod openapi;
mod raw;
mod structural;

use std::sync::Arc;

pub use definition::definition_problems;
use raw::Raw;

use super::read;
use super::schema::Schema;
use crate::diagnostics::codes;
use crate::kube::{FieldError, Reason, Version};
use crate::value::{Origins, Path, Value};

/// What is wrong with an `openAPIV3Schema`, whose JSON types and field names are right already. `path` is its place in the definition, `status` whether the status
/// subresource is on.
pub fn schema_problems(schema: &Value, path: &Path, status: bool, version: Version) -> Vec<FieldError> {
    let node = Raw::new(schema);
    let mut errors = Vec::new();
    if status {
        errors.extend(root_under_status(node, path));
    }
    if node.flag("nullable") {
        errors.push(node.error("nullable", Reason::Forbidden, path, "the object itself cannot be null"));
    }
    // A schema with keywords that structural schemas do not know is looked at by the plain walk only.
    let tree = structural::convertible(node, 0).then(|| Arc::new(read::read(schema, &Origins::new())));
    let mut rules_tree: Option<&Schema> = None;
    if let Some(tree) = &tree {
        let mut found = structural::problems(node, path);
        if found.is_empty() {
            found = defaults::problems(tree, schema, path, version);
        }
        if found.is_empty() {
            rules_tree = Some(tree);
        }
        errors.extend(found);
    }
    errors.extend(openapi::problems(node, path, rules_tree));
    errors
}

/// With the status subresource, the root may say only what still holds when `status` is taken out.
fn root_under_status(node: Raw, path: &Path) -> Option<FieldError> {
    const ALLOWED: [&str; 22] = [
        "description",
        "type",
        "format",
        "title",
        "maximum",
        "exclusiveMaximum",
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "minLength",
        "pattern",
        "maxItems",
        "minItems",
        "uniqueItems",
        "multipleOf",
        "required",
        "items",
        "properties",
        "externalDocs",
        "example",
        "x-kubernetes-preserve-unknown-fields",
        "x-kubernetes-validations",
    ];
    if node.given("type") && node.text("type") != "object" {
        return Some(node.error("type", Reason::Invalid, path, "must be `object`: the status subresource is on"));
    }
    let odd = node.keys().find(|k| node.given(k) && !ALLOWED.contains(k))?;
    let at = node.get(odd).map_or(node.value.origin, |v| v.origin);
    Some(FieldError::new(codes::J1120, Reason::Invalid, path.clone(), at, format!("`{odd}` is not allowed at the root of the schema: the status subresource is on")))
}
