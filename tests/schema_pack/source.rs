//! One version of the crate's source: definitions with their merge strategies, and kinds.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

/// What a version holds.
#[derive(Default)]
pub struct Version {
    /// Definitions by full name (`io.k8s.api.core.v1.Pod`).
    pub defs: BTreeMap<String, Def>,
    pub kinds: Vec<Kind>,
}

/// A definition: the schema, references by full name, and what merging says of its fields.
#[derive(Default)]
pub struct Def {
    pub schema: Value,
    /// JSON name → strategy.
    pub merge: BTreeMap<String, Merge>,
    pub atomic: bool,
    /// Fields to which retainKeys applies.
    pub retain: Vec<String>,
    /// Fields that are maps or objects replaced as a whole.
    pub atomic_fields: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Merge {
    Atomic,
    Set,
    Map(Vec<String>),
}

pub struct Kind {
    pub api_version: String,
    pub kind: String,
    pub plural: String,
    pub type_name: String,
    pub namespaced: bool,
    pub listable: bool,
}

/// A type of one file, its references still Rust paths.
struct RawDef {
    path: String,
    name: String,
    schema: Value,
    /// JSON name → Rust name.
    fields: BTreeMap<String, String>,
    /// Rust name → strategy with Rust names.
    merge: BTreeMap<String, Merge>,
}

pub fn read(root: &Path) -> Result<Version, String> {
    let mut files = Vec::new();
    walk(root, &mut files).map_err(|e| format!("{}: {e}", root.display()))?;
    let mut raw = Vec::new();
    let mut version = Version::default();
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|e| e.to_string())?;
        let module: Vec<_> = file.parent().and_then(|p| p.strip_prefix(root).ok()).map(|p| p.iter().map(|s| s.to_string_lossy().into_owned()).collect()).unwrap_or_default();
        let module = module.join("::");
        for block in blocks(&text, "impl crate::schemars::JsonSchema for ") {
            if let Some(def) = raw_def(&text, &module, block)? {
                raw.push(def);
            }
        }
        for block in blocks(&text, "impl crate::Resource for ") {
            let type_name = between(block, "", " {").unwrap_or("").to_owned();
            let constant = |name: &str| between(block, &format!("const {name}: &'static str = \""), "\"").unwrap_or("").to_owned();
            version.kinds.push(Kind {
                api_version: constant("API_VERSION"),
                kind: constant("KIND"),
                plural: constant("URL_PATH_SEGMENT"),
                listable: text.contains(&format!("impl crate::ListableResource for {type_name} ")),
                type_name: format!("crate::{module}::{type_name}"),
                namespaced: !block.contains("crate::ClusterResourceScope"),
            });
        }
    }
    let names: BTreeMap<&str, usize> = raw.iter().enumerate().map(|(i, d)| (d.path.as_str(), i)).collect();
    for kind in &mut version.kinds {
        // Generic lists have no schema of their own.
        kind.type_name = names.get(kind.type_name.as_str()).map(|&i| raw[i].name.clone()).unwrap_or_default();
    }
    version.kinds.retain(|k| !k.type_name.is_empty());
    for def in &raw {
        let mut schema = def.schema.clone();
        rename(&mut schema, &|path| names.get(path).map(|&i| raw[i].name.clone()))?;
        let mut merge = BTreeMap::new();
        for (json, rust) in &def.fields {
            let Some(strategy) = def.merge.get(rust) else { continue };
            let strategy = match strategy {
                Merge::Map(keys) => {
                    let item = def.schema["properties"][json]["items"]["$ref"].as_str().and_then(|p| names.get(p)).map(|&i| &raw[i]);
                    let json_name = |k: &String| item.and_then(|d| d.fields.iter().find(|(_, r)| *r == k)).map_or_else(|| k.clone(), |(j, _)| j.clone());
                    Merge::Map(keys.iter().map(json_name).collect())
                }
                other => other.clone(),
            };
            merge.insert(json.clone(), strategy);
        }
        version.defs.insert(def.name.clone(), Def { schema, merge, ..Def::default() });
    }
    Ok(version)
}

fn walk(dir: &Path, files: &mut Vec<std::path::PathBuf>) -> std::io::Result<()> {
    let mut entries: Vec<_> = std::fs::read_dir(dir)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    for e in entries {
        if e.file_type()?.is_dir() {
            walk(&e.path(), files)?;
        } else if e.path().extension().is_some_and(|x| x == "rs") {
            files.push(e.path());
        }
    }
    Ok(())
}

/// The texts from after the heading to the closing brace in column 0.
fn blocks<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    text.match_indices(heading)
        .map(|(at, _)| {
            let rest = &text[at + heading.len()..];
            &rest[..rest.find("\n}").unwrap_or(rest.len())]
        })
        .collect()
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let from = text.find(before)? + before.len();
    Some(&text[from..from + text[from..].find(after)?])
}

fn raw_def(text: &str, module: &str, block: &str) -> Result<Option<RawDef>, String> {
    let type_name = between(block, "", " {").unwrap_or("");
    let Some(name) = between(block, "        \"", "\".into()") else { return Ok(None) };
    let Some(at) = block.find("json_schema!(") else { return Ok(None) };
    let schema = super::tokens::parse(&block[at + "json_schema!(".len()..]).map_err(|e| format!("{name}: {e}"))?;
    let mut fields = BTreeMap::new();
    for block in blocks(text, &format!("impl<'de> crate::serde::Deserialize<'de> for {type_name} ")) {
        for line in block.lines() {
            if let Some((json, rust)) = line.trim().split_once(" => Field::Key_") {
                fields.insert(json.trim_matches('"').to_owned(), rust.trim_end_matches(',').to_owned());
            }
        }
    }
    let mut merge = BTreeMap::new();
    for block in blocks(text, &format!("impl crate::DeepMerge for {type_name} ")) {
        for call in block.split("crate::merge_strategies::list::").skip(1) {
            let Some(field) = between(call, "&mut self.", ",") else { continue };
            let strategy = if call.starts_with("atomic") {
                Merge::Atomic
            } else if call.starts_with("set") {
                Merge::Set
            } else {
                let keys = between(call, "&[", "],").unwrap_or("");
                Merge::Map(keys.split("|lhs, rhs| lhs.").skip(1).filter_map(|k| k.split(" ==").next()).map(str::to_owned).collect())
            };
            merge.insert(field.to_owned(), strategy);
        }
    }
    Ok(Some(RawDef { path: format!("crate::{module}::{type_name}"), name: name.to_owned(), schema, fields, merge }))
}

fn rename(value: &mut Value, name: &dyn Fn(&str) -> Option<String>) -> Result<(), String> {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(path)) = map.get_mut("$ref")
                && path.starts_with("crate::")
            {
                *path = name(path).ok_or_else(|| format!("no definition for {path}"))?;
            }
            map.values_mut().try_for_each(|v| rename(v, name))
        }
        Value::Array(list) => list.iter_mut().try_for_each(|v| rename(v, name)),
        _ => Ok(()),
    }
}
