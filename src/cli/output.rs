//! Objects as text, until the writer is there: JSON documents, which are YAML too.

use std::path::PathBuf;

use crate::value::{Data, Value};

/// The value as JSON.
pub fn json(value: &Value) -> serde_json::Value {
    match &value.data {
        Data::Null => serde_json::Value::Null,
        Data::Bool(b) => (*b).into(),
        Data::Int(i) => (*i).into(),
        Data::Number(n) => serde_json::from_str(&n.text).unwrap_or_default(),
        Data::String(s) => s.as_str().into(),
        Data::List(l) => l.items.iter().map(json).collect(),
        Data::Map(m) => m.iter().map(|e| (e.key.to_string(), json(&e.value))).collect::<serde_json::Map<_, _>>().into(),
    }
}

/// Sorts objects for installation.
pub fn sort(_objects: &mut [&Value]) {}

/// A stream of documents.
pub fn yaml_stream(objects: &[&Value]) -> String {
    objects.iter().map(|o| format!("---\n{:#}\n", json(o))).collect()
}

/// A JSON list.
pub fn json_list(objects: &[&Value]) -> String {
    format!("{:#}\n", objects.iter().map(|o| json(o)).collect::<serde_json::Value>())
}

/// Files of a folder.
pub struct Files(Vec<(PathBuf, String)>);

impl Files {
    /// None yet.
    pub fn new(_extension: &str) -> Self {
        Self(Vec::new())
    }

    /// Adds an object.
    pub fn add(&mut self, cluster: &str, value: &Value) {
        let text = |p: &[&str]| value.at(p).and_then(Value::as_str).unwrap_or_default().to_lowercase();
        self.0.push((PathBuf::from(cluster).join(format!("{}-{}.yaml", text(&["kind"]), text(&["metadata", "name"]))), format!("{:#}\n", json(value))));
    }

    /// All of them.
    pub fn finish(self) -> Vec<(PathBuf, String)> {
        self.0
    }
}
