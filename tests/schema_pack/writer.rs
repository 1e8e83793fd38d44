//! The pack's format, little endian throughout.
//!
//! Header: `JKP1`, then (offset, count) as two u32 each for: strings, text, nodes, props, defs, list kinds, and (types, kinds) of each version.
//! - strings: u32 ends in the text, preceded by a 0; sorted, so that numbers compare as the strings do.
//! - node: tag u8, flags u8 (1 atomic, 2 retainKeys, 4 six digits after the point, 8 or a JSON schema), arg u16 (string of a ref, node of array and map), list kind u16 (0 atomic, 1 set, 2… of the list).
//! - prop: name u16, node u16, flags u8 (1 required), 0, doc u16.
//! - def: first prop u16, count u16, leaf node u16 (0xffff: object), flags u8 (1 atomic), 0, doc u16.
//! - list kind: count u16, names u16….
//! - type: name u16, def u16; sorted. kind: apiVersion, kind, plural, type u16, flags u8 (1 namespaced, 2 listable), 0; sorted.
//!
//! Descriptions: zlib; each text ends with a NUL; numbers count from 1.

use std::collections::{BTreeSet, HashMap};
use std::io::Write;

use serde_json::Value;

use super::source::{Def, Merge, Version};

const TAGS: [&str; 14] = ["any", "bool", "string", "int32", "int64", "double", "quantity", "int-or-string", "date-time", "bytes", "array", "map", "ref", "embedded"];

#[derive(Default)]
struct Tables {
    strings: Vec<String>,
    nodes: Interned<[u8; 6]>,
    lists: Interned<Vec<u16>>,
    props: Vec<[u8; 8]>,
    /// Runs of properties already written, to share them.
    runs: HashMap<Vec<[u8; 8]>, u16>,
    defs: Interned<[u8; 10]>,
    docs: Interned<String>,
}

/// Values numbered in the order of their first use.
struct Interned<T> {
    all: Vec<T>,
    index: HashMap<T, u16>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { all: Vec::new(), index: HashMap::new() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn add(&mut self, value: T) -> u16 {
        if let Some(&i) = self.index.get(&value) {
            return i;
        }
        let i = u16::try_from(self.all.len()).expect("fewer than 65536");
        self.all.push(value.clone());
        self.index.insert(value, i);
        i
    }
}

impl Tables {
    fn string(&self, text: &str) -> Result<u16, String> {
        self.strings.binary_search_by(|s| s.as_str().cmp(text)).map(|i| i as u16).map_err(|_| format!("{text} was not collected"))
    }

    fn doc(&mut self, schema: &Value) -> u16 {
        match schema["description"].as_str() {
            Some(text) if !text.is_empty() => self.docs.add(text.to_owned()) + 1,
            _ => 0,
        }
    }

    fn raw_node(&mut self, tag: &str, flags: u8, arg: u16, list: u16) -> Result<u16, String> {
        let tag = TAGS.iter().position(|t| *t == tag).ok_or_else(|| format!("no tag {tag}"))? as u8;
        let (a, l) = (arg.to_le_bytes(), list.to_le_bytes());
        Ok(self.nodes.add([tag, flags, a[0], a[1], l[0], l[1]]))
    }

    fn node(&mut self, schema: &Value, version: &Version, flags: u8, list: u16) -> Result<u16, String> {
        if let Some(name) = schema["$ref"].as_str() {
            let target = &version.defs.get(name).ok_or_else(|| format!("no definition {name}"))?.schema;
            if let Some(leaf) = target["leaf"].as_str() {
                return self.leaf(leaf, flags);
            }
            let id = self.string(name)?;
            return self.raw_node("ref", flags, id, list);
        }
        match (schema["type"].as_str(), schema["format"].as_str()) {
            (Some("string"), Some("byte")) => self.raw_node("bytes", flags, 0, list),
            (Some("string"), Some("date-time")) => self.raw_node("date-time", flags, 0, list),
            (Some("string"), _) => self.raw_node("string", flags, 0, list),
            (Some("integer"), Some("int32")) => self.raw_node("int32", flags, 0, list),
            (Some("integer"), _) => self.raw_node("int64", flags, 0, list),
            (Some("number"), _) => self.raw_node("double", flags, 0, list),
            (Some("boolean"), _) => self.raw_node("bool", flags, 0, list),
            (Some("array"), _) => {
                let item = self.node(&schema["items"], version, 0, 0)?;
                self.raw_node("array", flags, item, list)
            }
            (Some("object"), _) if schema["additionalProperties"].is_object() => {
                let item = self.node(&schema["additionalProperties"], version, 0, 0)?;
                self.raw_node("map", flags, item, list)
            }
            other => Err(format!("cannot read {other:?} of {schema}")),
        }
    }

    fn leaf(&mut self, leaf: &str, flags: u8) -> Result<u16, String> {
        match leaf {
            "micro-time" => self.raw_node("date-time", flags | 4, 0, 0),
            "any-or-schema" => self.raw_node("any", flags | 8, 0, 0),
            tag => self.raw_node(tag, flags, 0, 0),
        }
    }

    fn def(&mut self, name: &str, def: &Def, version: &Version) -> Result<u16, String> {
        let doc = self.doc(&def.schema);
        let mut props = Vec::new();
        let leaf = match def.schema["leaf"].as_str() {
            Some(leaf) => self.leaf(leaf, 0)?,
            None => u16::MAX,
        };
        let empty = serde_json::Map::new();
        let properties = def.schema["properties"].as_object().unwrap_or(&empty);
        let mut sorted: Vec<_> = properties.iter().collect();
        sorted.sort_by_key(|(n, _)| n.as_str());
        for (prop, schema) in sorted {
            let list = match def.merge.get(prop) {
                None | Some(Merge::Atomic) => 0,
                Some(Merge::Set) => 1,
                Some(Merge::Map(keys)) => {
                    let keys = keys.iter().map(|k| self.string(k)).collect::<Result<Vec<_>, _>>()?;
                    self.lists.add(keys) + 2
                }
            };
            let flags = u8::from(def.atomic_fields.contains(prop)) | (u8::from(def.retain.contains(prop)) << 1);
            let node = self.node(schema, version, flags, list).map_err(|e| format!("{name}.{prop}: {e}"))?;
            let required = def.schema["required"].as_array().is_some_and(|r| r.iter().any(|f| f == prop));
            let (n, node, doc) = (self.string(prop)?.to_le_bytes(), node.to_le_bytes(), self.doc(schema).to_le_bytes());
            props.push([n[0], n[1], node[0], node[1], u8::from(required), 0, doc[0], doc[1]]);
        }
        let count = props.len() as u16;
        // Facts belong to properties, so types do not share them; versions of a type do.
        let first = *self.runs.entry(std::iter::once(name_key(name)).chain(props.iter().copied()).collect()).or_insert_with(|| {
            let first = u16::try_from(self.props.len()).expect("fewer than 65536");
            self.props.extend(&props);
            first
        });
        let (f, c, l, d) = (first.to_le_bytes(), count.to_le_bytes(), leaf.to_le_bytes(), doc.to_le_bytes());
        Ok(self.defs.add([f[0], f[1], c[0], c[1], l[0], l[1], u8::from(def.atomic), 0, d[0], d[1]]))
    }
}

fn name_key(name: &str) -> [u8; 8] {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish().to_le_bytes()
}

/// The bytes of the pack and of the descriptions.
pub fn write(versions: &[Version]) -> Result<(Vec<u8>, Vec<u8>), String> {
    let mut tables = Tables { strings: strings(versions), ..Tables::default() };
    let mut types: Vec<Vec<u8>> = Vec::new();
    for version in versions {
        let mut bytes = Vec::new();
        // Names are sorted, so their numbers are.
        for (name, def) in &version.defs {
            let id = tables.def(name, def, version)?;
            bytes.extend(tables.string(name)?.to_le_bytes());
            bytes.extend(id.to_le_bytes());
            if def.schema["leaf"].is_null() {
                let name = tables.string(name)?;
                tables.raw_node("ref", 0, name, 0)?;
            }
        }
        types.push(bytes);
    }
    let mut kinds: Vec<Vec<u8>> = Vec::new();
    for version in versions {
        let mut all = Vec::new();
        for k in &version.kinds {
            all.push((
                tables.string(&k.api_version)?,
                tables.string(&k.kind)?,
                tables.string(&k.plural)?,
                tables.string(&k.type_name)?,
                u8::from(k.namespaced) | (u8::from(k.listable) << 1),
            ));
        }
        all.sort_unstable();
        kinds.push(all.iter().flat_map(|(a, b, c, d, flags)| [a, b, c, d].into_iter().flat_map(|n| n.to_le_bytes()).chain([*flags, 0]).collect::<Vec<u8>>()).collect());
    }
    Ok((assemble(&tables, &types, &kinds), compress(&tables.docs.all)?))
}

fn assemble(tables: &Tables, types: &[Vec<u8>], kinds: &[Vec<u8>]) -> Vec<u8> {
    let mut ends = vec![0u32];
    let mut text = Vec::new();
    for s in &tables.strings {
        text.extend_from_slice(s.as_bytes());
        ends.push(text.len() as u32);
    }
    let lists: Vec<u8> = tables.lists.all.iter().flat_map(|keys| std::iter::once(keys.len() as u16).chain(keys.iter().copied()).flat_map(u16::to_le_bytes)).collect();
    let mut sections: Vec<(Vec<u8>, usize)> = vec![
        (ends.iter().flat_map(|e| e.to_le_bytes()).collect(), tables.strings.len()),
        (text, 0),
        (tables.nodes.all.concat(), tables.nodes.all.len()),
        (tables.props.concat(), tables.props.len()),
        (tables.defs.all.concat(), tables.defs.all.len()),
        (lists, tables.lists.all.len()),
    ];
    for (t, k) in types.iter().zip(kinds) {
        sections.push((t.clone(), t.len() / 4));
        sections.push((k.clone(), k.len() / 10));
    }
    let mut header = b"JKP1".to_vec();
    let mut at = header.len() + sections.len() * 8;
    let mut body = Vec::new();
    for (bytes, count) in &sections {
        header.extend((at as u32).to_le_bytes());
        header.extend((*count as u32).to_le_bytes());
        body.extend_from_slice(bytes);
        at += bytes.len();
    }
    header.extend(body);
    header
}

/// Every name that the pack refers to, sorted.
fn strings(versions: &[Version]) -> Vec<String> {
    let mut all = BTreeSet::new();
    for version in versions {
        for (name, def) in &version.defs {
            all.insert(name.clone());
            all.extend(def.schema["properties"].as_object().into_iter().flatten().map(|(k, _)| k.clone()));
            for strategy in def.merge.values() {
                if let Merge::Map(keys) = strategy {
                    all.extend(keys.iter().cloned());
                }
            }
        }
        for k in &version.kinds {
            all.extend([k.api_version.clone(), k.kind.clone(), k.plural.clone(), k.type_name.clone()]);
        }
    }
    all.into_iter().collect()
}

fn compress(texts: &[String]) -> Result<Vec<u8>, String> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    for text in texts {
        encoder.write_all(text.replace('\0', " ").as_bytes()).and_then(|()| encoder.write_all(&[0])).map_err(|e| e.to_string())?;
    }
    encoder.finish().map_err(|e| e.to_string())
}
