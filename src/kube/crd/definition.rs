//! A CustomResourceDefinition and the set of those that a run knows.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use ecow::EcoString;
use serde::{Deserialize, Serialize};

use super::schema::Schema;
use super::{cache, read};
use crate::base::{FileId, Span};
use crate::value::{Origins, Value};

/// The scale subresource: paths with a leading dot, as in the definition.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Scale {
    pub spec_replicas: EcoString,
    pub status_replicas: EcoString,
    pub label_selector: Option<EcoString>,
}

/// One version of a kind.
#[derive(Debug)]
pub struct Version {
    pub name: EcoString,
    pub served: bool,
    pub storage: bool,
    /// Whether it has the status subresource: then `status` in a manifest is dropped unseen.
    pub status: bool,
    pub scale: Option<Scale>,
    body: Body,
    schema: OnceLock<Arc<Schema>>,
}

/// What the schema is made from.
#[derive(Debug)]
enum Body {
    /// `openAPIV3Schema` as it is written, and the arena of its file.
    Written(Value, Arc<Origins>),
    /// The schema as it was kept by an earlier run, and the file that it speaks of.
    Kept(Arc<[u8]>, FileId),
}

impl Version {
    /// `openAPIV3Schema` as it is written; `None` when the version comes from an earlier run.
    pub fn written(&self) -> Option<&Value> {
        match &self.body {
            Body::Written(value, _) => Some(value),
            Body::Kept(..) => None,
        }
    }

    /// The schema, built on first use.
    pub fn schema(&self) -> &Arc<Schema> {
        self.schema.get_or_init(|| {
            Arc::new(match &self.body {
                Body::Written(source, origins) => read::read(source, origins),
                Body::Kept(bytes, file) => cache::schema(bytes, *file).unwrap_or_default(),
            })
        })
    }

    /// A version that an earlier run has read.
    pub(super) fn kept(head: cache::VersionHead, schema: Arc<[u8]>, file: FileId) -> Self {
        let cache::VersionHead { name, served, storage, status, scale } = head;
        Self { name, served, storage, status, scale, body: Body::Kept(schema, file), schema: OnceLock::new() }
    }
}

/// A definition.
#[derive(Debug)]
pub struct Definition {
    pub group: EcoString,
    pub kind: EcoString,
    pub plural: EcoString,
    pub namespaced: bool,
    pub versions: Vec<Version>,
    /// The file it was read from, as the user gave it; may be empty.
    pub source: EcoString,
    /// Where it stands there.
    pub span: Span,
}

impl Definition {
    /// Reads a `CustomResourceDefinition` object of `apiextensions.k8s.io/v1`; `None` for every other object. `origins` is the arena of the object's file,
    /// `source` the file's name.
    pub fn read(object: &Value, origins: &Arc<Origins>, source: &str) -> Option<Self> {
        let text = |path: &[&str]| object.at(path).and_then(Value::as_str).map(EcoString::from);
        if text(&["apiVersion"])? != "apiextensions.k8s.io/v1" || text(&["kind"])? != "CustomResourceDefinition" {
            return None;
        }
        let versions = object.at(&["spec", "versions"])?.as_list()?.iter().filter_map(|v| version(v, origins)).collect();
        Some(Self {
            group: text(&["spec", "group"])?,
            kind: text(&["spec", "names", "kind"])?,
            plural: text(&["spec", "names", "plural"]).unwrap_or_default(),
            namespaced: text(&["spec", "scope"])? == "Namespaced",
            versions,
            source: source.into(),
            span: origins.span(object.origin),
        })
    }

    /// A version by its name.
    pub fn version(&self, name: &str) -> Option<&Version> {
        self.versions.iter().find(|v| v.name == name)
    }
}

fn version(value: &Value, origins: &Arc<Origins>) -> Option<Version> {
    let yes = |key: &str| value.get(key).and_then(Value::as_bool) == Some(true);
    let scale = value.at(&["subresources", "scale"]).filter(|s| s.as_map().is_some()).map(|s| {
        let path = |key: &str| s.get(key).and_then(Value::as_str).map(EcoString::from);
        Scale {
            spec_replicas: path("specReplicasPath").unwrap_or_default(),
            status_replicas: path("statusReplicasPath").unwrap_or_default(),
            label_selector: path("labelSelectorPath").filter(|p| !p.is_empty()),
        }
    });
    Some(Version {
        name: value.get("name")?.as_str()?.into(),
        served: yes("served"),
        storage: yes("storage"),
        status: value.at(&["subresources", "status"]).is_some_and(|s| s.as_map().is_some()),
        scale,
        body: Body::Written(value.at(&["schema", "openAPIV3Schema"]).cloned().unwrap_or_default(), origins.clone()),
        schema: OnceLock::new(),
    })
}

/// The definitions of a run, by group and kind. A later one replaces an earlier one of the same name.
#[derive(Clone, Debug, Default)]
pub struct Definitions {
    all: BTreeMap<(EcoString, EcoString), Arc<Definition>>,
}

impl Definitions {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a definition.
    pub fn insert(&mut self, definition: Definition) {
        self.share(Arc::new(definition));
    }

    /// Adds a definition that others hold too.
    pub fn share(&mut self, definition: Arc<Definition>) {
        self.all.insert((definition.group.clone(), definition.kind.clone()), definition);
    }

    /// The definition of a kind.
    pub fn get(&self, group: &str, kind: &str) -> Option<&Arc<Definition>> {
        self.all.get(&(group.into(), kind.into()))
    }

    /// All definitions, by group and kind.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Definition>> {
        self.all.values()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }
}
