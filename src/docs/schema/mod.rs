//! JSON Schema (draft-07, as yaml-language-server reads it) of applications: all definitions of a project and of the libraries it uses, with their documentation, defaults and bounds.

mod application;
mod types;

use std::collections::HashMap;

use serde_json::Value;

use crate::eval::Env;
use crate::hir::DefId;

pub use application::application;

/// Parts that are at least this long are written once and referred to, in bytes.
const SHARED: usize = 160;

/// A schema being written.
struct Writer<'a> {
    env: &'a Env<'a>,
    /// `definitions`, in the order in which they were made.
    definitions: serde_json::Map<String, Value>,
    /// The names of parts that have been written, by their text.
    known: HashMap<String, String>,
    /// The names of types of Kubernetes, by identity.
    named: HashMap<String, String>,
    /// What is in force: names that applications can use.
    reachable: Vec<(DefId, String)>,
}

impl Writer<'_> {
    /// The part itself when it is short, else a reference to it.
    fn shared(&mut self, part: Value, hint: &str) -> Value {
        let text = part.to_string();
        if text.len() < SHARED {
            return part;
        }
        if let Some(name) = self.known.get(&text) {
            return reference(name);
        }
        let name = self.free(hint);
        self.known.insert(text, name.clone());
        self.definitions.insert(name.clone(), part);
        reference(&name)
    }

    /// A name that no definition has.
    fn free(&self, hint: &str) -> String {
        let hint: String = hint.chars().map(|c| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' }).collect();
        let mut name = hint.clone();
        let mut n = 2;
        while self.definitions.contains_key(&name) {
            name = format!("{hint}.{n}");
            n += 1;
        }
        name
    }
}

fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/definitions/{name}") })
}

/// Puts a key in when there is something to say.
fn put(schema: &mut Value, key: &str, value: impl Into<Value>) {
    if let Some(map) = schema.as_object_mut() {
        map.insert(key.to_owned(), value.into());
    }
}

/// Documentation: plain for every reader, Markdown where that says more.
fn describe(schema: &mut Value, docs: &str) {
    let docs = crate::docs::example::without_examples(docs);
    let docs = docs.trim();
    if docs.is_empty() {
        return;
    }
    if docs.contains(['`', '*', '[', '\n']) {
        put(schema, "markdownDescription", docs);
    }
    put(schema, "description", docs.replace('`', "").split("\n\n").next().unwrap_or("").replace('\n', " "));
}

/// What is said about something deprecated.
fn deprecate(schema: &mut Value, instead: &str) {
    put(schema, "deprecated", true);
    put(schema, "deprecationMessage", if instead.is_empty() { "deprecated" } else { instead });
}
