//! Definitions that an earlier run has compiled, kept by content: a run that is given the same files again reads neither their YAML nor the schemas that it does not need.
//!
//! An entry is one file's definitions: a head for each, and the schema of each version apart, which is decoded when a kind is first used. The key is the SHA-256 of the file's text
//! and of the code that made the entry, so that an entry is never out of date; one that does not decode is as good as none.

use std::sync::Arc;

use ecow::EcoString;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::definition::{Definition, Scale, Version};
use super::schema::Schema;
use crate::base::{FileId, Range};
use crate::source::{SourceFile, World};

/// Changes whenever the code does that reads definitions.
const MADE_BY: &str = env!("JIBE_CRD_HASH");
/// The least size of a file that is worth an entry, in bytes: smaller ones are read faster than they are looked up.
const WORTH: usize = 4 << 10;

/// What is known of a version without its schema.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct VersionHead {
    pub name: EcoString,
    pub served: bool,
    pub storage: bool,
    pub status: bool,
    pub scale: Option<Scale>,
}

/// A definition without its schemas.
#[derive(Debug, Serialize, Deserialize)]
struct Head {
    group: EcoString,
    kind: EcoString,
    plural: EcoString,
    namespaced: bool,
    range: Range,
    versions: Vec<(VersionHead, Vec<u8>)>,
}

/// The entry's name for a text; `None` where none is worth it.
pub(super) fn key(text: &str) -> Option<String> {
    if text.len() < WORTH {
        return None;
    }
    let digest = Sha256::new().chain_update(MADE_BY).chain_update(text).finalize();
    let hex: String = digest.iter().take(20).map(|b| format!("{b:02x}")).collect();
    Some(format!("crd-{hex}"))
}

/// The definitions of a file as an earlier run kept them.
pub(super) fn find(world: &dyn World, key: &str, file: &SourceFile) -> Option<Vec<Definition>> {
    let bytes = world.kept(key)?;
    // The first bytes guard against an entry that was cut short.
    let (sum, body) = bytes.split_at_checked(8)?;
    if sum != checksum(body) {
        return None;
    }
    let heads: Vec<Head> = postcard::from_bytes(body).ok()?;
    Some(heads.into_iter().map(|h| definition(h, file)).collect())
}

fn definition(head: Head, file: &SourceFile) -> Definition {
    Definition {
        group: head.group,
        kind: head.kind,
        plural: head.plural,
        namespaced: head.namespaced,
        versions: head.versions.into_iter().map(|(v, schema)| Version::kept(v, schema.into(), file.id)).collect(),
        source: file.name.as_str().into(),
        span: head.range.in_file(file.id),
    }
}

/// Keeps the definitions of a file for later runs. What does not work out is not kept.
pub(super) fn keep(world: &dyn World, key: &str, definitions: &[Definition]) {
    let Some(heads) = definitions.iter().map(head).collect::<Option<Vec<Head>>>() else { return };
    let Ok(body) = postcard::to_stdvec(&heads) else { return };
    let mut bytes = checksum(&body).to_vec();
    bytes.extend(body);
    world.keep(key, &bytes);
}

fn head(d: &Definition) -> Option<Head> {
    let version = |v: &Version| {
        let head = VersionHead { name: v.name.clone(), served: v.served, storage: v.storage, status: v.status, scale: v.scale.clone() };
        Some((head, postcard::to_stdvec(&**v.schema()).ok()?))
    };
    Some(Head {
        group: d.group.clone(),
        kind: d.kind.clone(),
        plural: d.plural.clone(),
        namespaced: d.namespaced,
        range: d.span.range(),
        versions: d.versions.iter().map(version).collect::<Option<_>>()?,
    })
}

fn checksum(bytes: &[u8]) -> [u8; 8] {
    let mut sum = 0xcbf2_9ce4_8422_2325_u64 ^ bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0u8; 8];
        word.iter_mut().zip(chunk).for_each(|(to, from)| *to = *from);
        sum = (sum ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
        sum ^= sum >> 29;
    }
    sum.to_le_bytes()
}

/// A kept schema, its spans in the file that has the same text in this run.
pub(super) fn schema(bytes: &[u8], file: FileId) -> Option<Schema> {
    let mut schema: Schema = postcard::from_bytes(bytes).ok()?;
    place(&mut schema, file);
    Some(schema)
}

fn place(schema: &mut Schema, file: FileId) {
    schema.span.file = file;
    schema.rules.iter_mut().for_each(|r| r.span.file = file);
    // Just decoded, so nobody else holds the nodes yet.
    let lists = schema.all_of.iter_mut().chain(&mut schema.any_of).chain(&mut schema.one_of);
    let additional = match &mut schema.additional {
        Some(super::schema::Additional::Schema(s)) => Some(s),
        _ => None,
    };
    let single = schema.items.iter_mut().chain(&mut schema.not).chain(additional);
    let properties = schema.properties.iter_mut().flatten().map(|(_, s)| s);
    lists.chain(single).chain(properties).filter_map(Arc::get_mut).for_each(|s| place(s, file));
}

/// Patterns by their text.
pub(super) mod pattern {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use crate::kube::regex::Pattern;

    pub fn serialize<S: Serializer>(pattern: &Option<Arc<Pattern>>, to: S) -> Result<S::Ok, S::Error> {
        pattern.as_ref().map(|p| p.text.as_str()).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Arc<Pattern>>, D::Error> {
        Ok(Option::<String>::deserialize(from)?.map(|text| Arc::new(Pattern::new(&text))))
    }
}

/// Values without their origins.
#[derive(Serialize, Deserialize)]
enum Plain {
    Null,
    Bool(bool),
    Int(i64),
    Number(String),
    String(EcoString),
    List(Vec<Plain>),
    Map(Vec<(EcoString, Plain)>),
}

impl From<&crate::value::Value> for Plain {
    fn from(value: &crate::value::Value) -> Self {
        use crate::value::Data;
        match &value.data {
            Data::Null => Self::Null,
            Data::Bool(b) => Self::Bool(*b),
            Data::Int(i) => Self::Int(*i),
            Data::Number(n) => Self::Number(n.text.to_string()),
            Data::String(s) => Self::String(s.clone()),
            Data::List(l) => Self::List(l.items.iter().map(Self::from).collect()),
            Data::Map(m) => Self::Map(m.iter().map(|e| (e.key.clone(), Self::from(&e.value))).collect()),
        }
    }
}

impl From<Plain> for crate::value::Value {
    fn from(plain: Plain) -> Self {
        use crate::value::{Data, Map, Number, Origin, Value};
        let data = match plain {
            Plain::Null => Data::Null,
            Plain::Bool(b) => Data::Bool(b),
            Plain::Int(i) => Data::Int(i),
            Plain::Number(n) => Data::Number(Number::new(n)),
            Plain::String(s) => Data::String(s),
            Plain::List(items) => return Value::list(items.into_iter().map(Value::from).collect(), Origin::UNKNOWN),
            Plain::Map(entries) => {
                let mut map = Map::with_capacity(entries.len());
                for (key, value) in entries {
                    map.insert(key, Origin::UNKNOWN, value.into());
                }
                return Value::map(map, Origin::UNKNOWN);
            }
        };
        Value::new(data)
    }
}

/// A value that may be missing.
pub(super) mod value {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Plain;
    use crate::value::Value;

    pub fn serialize<S: Serializer>(value: &Option<Value>, to: S) -> Result<S::Ok, S::Error> {
        value.as_ref().map(Plain::from).serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
        Ok(Option::<Plain>::deserialize(from)?.map(Value::from))
    }
}

/// Several values.
pub(super) mod values {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::Plain;
    use crate::value::Value;

    pub fn serialize<S: Serializer>(values: &[Value], to: S) -> Result<S::Ok, S::Error> {
        values.iter().map(Plain::from).collect::<Vec<_>>().serialize(to)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Value>, D::Error> {
        Ok(Vec::<Plain>::deserialize(from)?.into_iter().map(Value::from).collect())
    }
}
