//! What the compiler adds to every object: name, namespace, the standard labels and annotations of OAM. They are written last and win.

use std::sync::Arc;

use ecow::{EcoString, eco_format};
use sha2::{Digest, Sha256};

use super::hash;
use crate::value::{Data, Entry, Map, Origin, OriginKind, Origins, Value};

/// Annotations of an application that are not passed on.
const NOT_COPIED: &[&str] = &["app.oam.dev/inplace-upgrade", "filter.oam.dev/label-keys", "filter.oam.dev/annotation-keys", "kubectl.kubernetes.io/last-applied-configuration"];
/// The type that objects added by a component are labelled with.
pub const AUXILIARY: &str = "AuxiliaryWorkload";
/// Longest label value and most names.
const LONGEST: usize = 63;

/// Who made an object.
#[derive(Clone, Copy, Debug)]
pub enum Role<'a> {
    /// The main object of a component, with its type.
    Workload(&'a str),
    /// Another object of a component (`None`) or one of a trait: its type.
    Added(Option<&'a str>),
    /// An object of a policy.
    Policy,
}

/// What the application and component say about the objects of a placement.
#[derive(Clone, Debug)]
pub struct Stamp<'a> {
    pub app_name: &'a str,
    /// The application's own namespace.
    pub app_namespace: &'a str,
    /// Where the objects go.
    pub namespace: &'a str,
    pub component: &'a str,
    pub replica_key: Option<&'a str>,
    pub labels: &'a Map,
    pub annotations: &'a Map,
    pub compat: bool,
    /// Of values that the compiler adds.
    pub origin: Origin,
}

/// Makes the origin of added values: the compiler, on behalf of a component.
pub fn origin(origins: &mut Origins, component: Origin) -> Origin {
    let span = origins.span(component);
    origins.add(span, OriginKind::Compiler, [component, Origin::UNKNOWN])
}

/// Adds everything to an object. `namespaced`: whether its kind lives in a namespace.
pub fn stamp(object: &mut Value, role: Role<'_>, output: Option<&str>, stamp: &Stamp<'_>, namespaced: bool) {
    let kind_is_namespace = object.get("kind").and_then(Value::as_str) == Some("Namespace");
    let Data::Map(map) = &mut object.data else { return };
    let map = Arc::make_mut(map);
    if map.get("metadata").is_none_or(|m| m.as_map().is_none()) {
        map.insert("metadata".into(), stamp.origin, Value::map(Map::new(), stamp.origin));
    }
    let Some(Value { data: Data::Map(metadata), .. }) = map.get_mut("metadata") else { return };
    let metadata = Arc::make_mut(metadata);
    add_labels(metadata, role, output, stamp);
    add_annotations(metadata, stamp);
    let wants_namespace = if stamp.compat { !kind_is_namespace } else { namespaced };
    if wants_namespace && text(metadata, "namespace").is_none_or(str::is_empty) {
        metadata.insert("namespace".into(), stamp.origin, Value::string(stamp.namespace, stamp.origin));
    }
    if text(metadata, "name").is_none_or(str::is_empty) && text(metadata, "generateName").is_none() {
        let name = name(object, role, output, stamp);
        if let Some(Value { data: Data::Map(metadata), .. }) = map_mut(object).and_then(|m| m.get_mut("metadata")) {
            Arc::make_mut(metadata).insert("name".into(), stamp.origin, Value::string(name, stamp.origin));
        }
    }
    if let Some(Value { data: Data::Map(metadata), .. }) = map_mut(object).and_then(|m| m.get_mut("metadata")) {
        in_order(metadata);
    }
}

/// Puts the fields of metadata that people look for first.
fn in_order(metadata: &mut Arc<Map>) {
    const FIRST: &[&str] = &["name", "namespace", "labels", "annotations"];
    let sorted = |m: &Map| {
        let mut at = 0;
        m.keys().all(|k| FIRST.iter().position(|f| *f == k.as_str()).is_none_or(|p| std::mem::replace(&mut at, p) <= p)) && m.keys().next().is_some_and(|k| k == "name")
    };
    if sorted(metadata) {
        return;
    }
    let mut entries: Vec<Entry> = std::mem::take(Arc::make_mut(metadata)).into_entries();
    entries.sort_by_key(|e| FIRST.iter().position(|f| *f == e.key.as_str()).unwrap_or(FIRST.len()));
    *Arc::make_mut(metadata) = entries.into_iter().collect();
}

/// The namespace that a placement forces on every object, whatever it says itself.
pub fn force_namespace(object: &mut Value, namespace: &str, origin: Origin) {
    if let Some(Value { data: Data::Map(metadata), .. }) = map_mut(object).and_then(|m| m.get_mut("metadata")) {
        Arc::make_mut(metadata).insert("namespace".into(), origin, Value::string(namespace, origin));
    }
}

fn map_mut(object: &mut Value) -> Option<&mut Map> {
    if let Data::Map(map) = &mut object.data { Some(Arc::make_mut(map)) } else { None }
}

fn text<'m>(map: &'m Map, key: &str) -> Option<&'m str> {
    map.get(key).and_then(Value::as_str)
}

/// Main object: the component's name. Others: `<component>-<type>-<hash>`.
fn name(object: &Value, role: Role<'_>, output: Option<&str>, stamp: &Stamp<'_>) -> EcoString {
    let kind = match role {
        Role::Workload(_) => return stamp.component.into(),
        Role::Policy => output.unwrap_or(stamp.component).to_owned(),
        Role::Added(kind) => kind.unwrap_or(AUXILIARY).to_lowercase(),
    };
    if stamp.compat {
        return eco_format!("{}-{kind}-{}", stamp.component, hash::object(object));
    }
    let digest = Sha256::digest(output.unwrap_or_default());
    let tail: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let head: String =
        format!("{}-{kind}", stamp.component).to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' }).take(LONGEST - 9).collect();
    eco_format!("{}-{tail}", head.trim_matches('-'))
}

fn add_labels(metadata: &mut Map, role: Role<'_>, output: Option<&str>, stamp: &Stamp<'_>) {
    let mut labels = take(metadata, "labels");
    let filtered = filter(stamp.annotations, "filter.oam.dev/label-keys");
    for e in stamp.labels {
        if !filtered.contains(&e.key.as_str()) {
            labels.insert(e.key.clone(), e.key_origin, e.value.clone());
        }
    }
    let mut set = |key: &str, value: &str| {
        let value = if stamp.compat { value.into() } else { fit(value) };
        labels.insert(key.into(), stamp.origin, Value::string(value, stamp.origin));
    };
    set("app.oam.dev/name", stamp.app_name);
    set("app.oam.dev/component", stamp.component);
    if stamp.compat {
        set("app.oam.dev/appRevision", "");
    }
    match role {
        Role::Policy => {}
        Role::Workload(kind) => {
            set("app.oam.dev/namespace", stamp.app_namespace);
            set("app.oam.dev/resourceType", "WORKLOAD");
            set("workload.oam.dev/type", kind);
        }
        Role::Added(kind) => {
            set("app.oam.dev/namespace", stamp.app_namespace);
            set("app.oam.dev/resourceType", "TRAIT");
            set("trait.oam.dev/type", kind.unwrap_or(AUXILIARY));
            if let Some(output) = output {
                set("trait.oam.dev/resource", output);
            }
        }
    }
    if let Some(key) = stamp.replica_key {
        set("app.oam.dev/replicaKey", key);
    }
    put(metadata, "labels", labels, stamp.origin);
}

fn add_annotations(metadata: &mut Map, stamp: &Stamp<'_>) {
    let mut annotations = take(metadata, "annotations");
    let filtered = filter(stamp.annotations, "filter.oam.dev/annotation-keys");
    for e in stamp.annotations {
        if !NOT_COPIED.contains(&e.key.as_str()) && !filtered.contains(&e.key.as_str()) {
            annotations.insert(e.key.clone(), e.key_origin, e.value.clone());
        }
    }
    if stamp.compat || !annotations.is_empty() {
        put(metadata, "annotations", annotations, stamp.origin);
    } else {
        metadata.remove("annotations");
    }
}

/// A map field of the metadata, to be changed and put back in its place.
fn take(metadata: &Map, key: &str) -> Map {
    metadata.get(key).and_then(Value::as_map).cloned().unwrap_or_default()
}

fn put(metadata: &mut Map, key: &str, map: Map, origin: Origin) {
    let (key_origin, origin) = metadata.entry(key).map_or((origin, origin), |e| (e.key_origin, e.value.origin));
    metadata.insert(key.into(), key_origin, Value::map(map, origin));
}

/// The keys that an annotation of the application lists.
fn filter<'m>(annotations: &'m Map, key: &str) -> Vec<&'m str> {
    text(annotations, key).map(|t| t.split(',').map(str::trim).collect()).unwrap_or_default()
}

/// The text as a label value: itself where it is one.
fn fit(value: &str) -> EcoString {
    if value.is_empty() || super::names::is_label_value(value) {
        return value.into();
    }
    let digest = Sha256::digest(value);
    let tail: String = digest.iter().take(4).map(|b| format!("{b:02x}")).collect();
    let head: String = value.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.') { c } else { '-' }).take(LONGEST - 9).collect();
    eco_format!("{}-{tail}", head.trim_matches(['-', '_', '.']))
}
