//! One file an object: names that are safe on every file system and unique, and the text of each. The command line writes them.

use std::collections::HashSet;
use std::path::PathBuf;

use crate::value::Value;
use crate::yaml;

/// Longest file name without its extension, in bytes: below the 255 of file systems, with room for a number.
const MAX_NAME: usize = 200;

/// Collects the files of a folder.
pub struct Files {
    extension: &'static str,
    files: Vec<(PathBuf, String)>,
    /// Names given, in small letters: some file systems do not tell them from large ones.
    taken: HashSet<String>,
}

impl Files {
    /// No files yet; `json` as extension makes their text JSON.
    pub fn new(extension: &'static str) -> Self {
        Self { extension, files: Vec::new(), taken: HashSet::new() }
    }

    /// Plans `<namespace>-<kind>-<name>`, in a folder `cluster` unless that is empty.
    pub fn add(&mut self, cluster: &str, object: &Value) {
        let part = |path: &[&str]| object.at(path).and_then(Value::as_str).unwrap_or("");
        let parts = [part(&["metadata", "namespace"]), part(&["kind"]), part(&["metadata", "name"])];
        let given: Vec<String> = parts.iter().map(|p| safe(p)).filter(|p| !p.is_empty()).collect();
        let mut base = given.join("-");
        if base.is_empty() {
            base.push_str("object");
        }
        base.truncate(MAX_NAME);
        let folder = if cluster.is_empty() { String::new() } else { safe(cluster) };
        let mut name = base.clone();
        let mut number = 2;
        while !self.taken.insert(format!("{folder}/{name}")) {
            name = format!("{base}-{number}");
            number += 1;
        }
        let mut path = PathBuf::from(folder);
        path.push(format!("{name}.{}", self.extension));
        let mut text = String::new();
        if self.extension == "json" {
            yaml::write_json_pretty(object, &mut text);
            text.push('\n');
        } else {
            yaml::write(object, &mut text);
        }
        self.files.push((path, text));
    }

    /// The files, paths relative to the folder, in the order in which they were added.
    pub fn finish(self) -> Vec<(PathBuf, String)> {
        self.files
    }
}

/// A name with nothing but small letters, digits, `-`, `_` and `.`, which neither begins nor ends with a sign.
fn safe(name: &str) -> String {
    let fit: String = name.chars().map(|c| c.to_ascii_lowercase()).map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).collect();
    fit.trim_matches(['-', '.', '_']).to_owned()
}
