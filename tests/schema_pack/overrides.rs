//! What the crate's text gets wrong or has lost: `src/kube/pack/overrides.toml`.

use serde::Deserialize;

use super::source::{Merge, Version};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overrides {
    /// Leaf types: full name → tag of the pack.
    leaf: std::collections::BTreeMap<String, String>,
    merge: Vec<MergeOverride>,
    /// Object types replaced as a whole.
    atomic_types: Vec<String>,
    /// `TYPE FIELD`: maps and objects replaced as a whole.
    atomic_fields: Vec<String>,
    /// `TYPE FIELD`.
    retain_keys: Vec<String>,
    required: Vec<RequiredOverride>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MergeOverride {
    field: String,
    /// `atomic`, `set` or the keys.
    is: String,
    /// The first minor version that it is for.
    #[serde(default)]
    since: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RequiredOverride {
    /// `TYPE FIELD`; `*` stands for every type.
    field: String,
    is: bool,
}

impl Overrides {
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string())
    }

    /// Changes a version's definitions.
    pub fn apply(&self, version: &mut Version, minor: u8) -> Result<(), String> {
        for (name, tag) in &self.leaf {
            if let Some(def) = version.defs.get_mut(name) {
                def.schema["leaf"] = tag.as_str().into();
            }
        }
        for m in self.merge.iter().filter(|m| m.since <= minor) {
            let (def, field) = place(version, &m.field)?;
            let strategy = match m.is.as_str() {
                "atomic" => Merge::Atomic,
                "set" => Merge::Set,
                keys => Merge::Map(keys.split_whitespace().map(str::to_owned).collect()),
            };
            if def.merge.insert(field, strategy.clone()) == Some(strategy) {
                return Err(format!("override of {} changes nothing in 1.{minor}", m.field));
            }
        }
        for name in &self.atomic_types {
            version.defs.get_mut(name).ok_or_else(|| format!("no type {name} in 1.{minor}"))?.atomic = true;
        }
        for f in &self.atomic_fields {
            let (def, field) = place(version, f)?;
            def.atomic_fields.push(field);
        }
        for f in &self.retain_keys {
            let (def, field) = place(version, f)?;
            def.retain.push(field);
        }
        for r in &self.required {
            if let Some(field) = r.field.strip_prefix("* ") {
                for def in version.defs.values_mut() {
                    require(&mut def.schema, field, r.is);
                }
            } else {
                let (def, field) = place(version, &r.field)?;
                require(&mut def.schema, &field, r.is);
            }
        }
        Ok(())
    }
}

fn place<'a>(version: &'a mut Version, field: &str) -> Result<(&'a mut super::source::Def, String), String> {
    let (name, field) = field.split_once(' ').ok_or_else(|| format!("`{field}` is no TYPE FIELD"))?;
    let def = version.defs.get_mut(name).ok_or_else(|| format!("no type {name}"))?;
    if def.schema["properties"].get(field).is_none() {
        return Err(format!("{name} has no field {field}"));
    }
    Ok((def, field.to_owned()))
}

fn require(schema: &mut serde_json::Value, field: &str, is: bool) {
    let Some(object) = schema.as_object_mut() else { return };
    let list = object.entry("required").or_insert_with(|| serde_json::Value::Array(Vec::new()));
    if let Some(list) = list.as_array_mut() {
        list.retain(|f| f != field);
        if is {
            list.push(field.into());
        }
    }
}
