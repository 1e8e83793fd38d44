//! A schema as it is written: keywords that are there, empty ones not counted (as Go decodes them).

use crate::diagnostics::codes;
use crate::kube::{FieldError, Reason};
use crate::value::{Data, Path, Value};

/// A schema node in a definition.
#[derive(Clone, Copy)]
pub(super) struct Raw<'v> {
    pub value: &'v Value,
}

impl<'v> Raw<'v> {
    pub fn new(value: &'v Value) -> Self {
        Self { value }
    }

    /// A keyword's value, unless it is null.
    pub fn get(self, key: &str) -> Option<&'v Value> {
        self.value.get(key).filter(|v| !v.is_null())
    }

    /// Whether a keyword is there with something in it: empty texts, lists and objects, `false` and 0 count as absent.
    pub fn given(self, key: &str) -> bool {
        self.get(key).is_some_and(|v| match &v.data {
            Data::Null => false,
            Data::Bool(b) => *b,
            Data::String(s) => !s.is_empty(),
            Data::List(l) => !l.items.is_empty(),
            Data::Map(m) => !m.is_empty() || matches!(key, "not" | "items" | "additionalProperties"),
            Data::Int(_) | Data::Number(_) => true,
        })
    }

    pub fn flag(self, key: &str) -> bool {
        self.get(key).and_then(Value::as_bool) == Some(true)
    }

    pub fn text(self, key: &str) -> &'v str {
        self.get(key).and_then(Value::as_str).unwrap_or("")
    }

    pub fn keys(self) -> impl Iterator<Item = &'v str> {
        self.value.as_map().into_iter().flatten().map(|e| e.key.as_str())
    }

    /// The schema under a keyword, if one stands there.
    pub fn child(self, key: &str) -> Option<Raw<'v>> {
        self.get(key).filter(|v| v.as_map().is_some()).map(Raw::new)
    }

    /// The schemas in a list under a keyword.
    pub fn list(self, key: &str) -> impl Iterator<Item = Raw<'v>> {
        self.get(key).and_then(Value::as_list).unwrap_or_default().iter().map(Raw::new)
    }

    /// The named schemas under a keyword.
    pub fn named(self, key: &str) -> impl Iterator<Item = (&'v str, Raw<'v>)> {
        self.get(key).and_then(Value::as_map).into_iter().flatten().map(|e| (e.key.as_str(), Raw::new(&e.value)))
    }

    /// The strings in a list under a keyword.
    pub fn strings(self, key: &str) -> Vec<&'v str> {
        self.get(key).and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_str).collect()
    }

    /// An error about a keyword of this node, whose path is `path`.
    pub fn error(self, key: &str, reason: Reason, path: &Path, message: impl Into<String>) -> FieldError {
        let at = self.value.get(key).map_or(self.value.origin, |v| v.origin);
        FieldError::new(codes::J1120, reason, path.field(key), at, message)
    }
}
