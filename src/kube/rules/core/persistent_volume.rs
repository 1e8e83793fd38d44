//! Persistent volumes (core `validation.go`: `ValidatePersistentVolumeSpec`, `ValidatePersistentVolumeUpdate`).

use super::claim::{access_modes, class_name};
use super::resources;
use super::scheduling;
use super::sources::{self, Owner};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::{Report, shown};
use crate::kube::rules::same::same;
use crate::value::Origin;

/// Sources in the server's order. Second: the name in its path when it says so, where it differs.
const SOURCES: &[(&str, &str)] = &[
    ("hostPath", ""),
    ("gcePersistentDisk", ""),
    ("awsElasticBlockStore", ""),
    ("glusterfs", ""),
    ("flocker", ""),
    ("nfs", ""),
    ("rbd", ""),
    ("quobyte", ""),
    ("cephfs", "cephFS"),
    ("iscsi", ""),
    ("cinder", ""),
    ("fc", ""),
    ("flexVolume", ""),
    ("azureFile", ""),
    ("vsphereVolume", ""),
    ("photonPersistentDisk", ""),
    ("portworxVolume", ""),
    ("azureDisk", ""),
    ("scaleIO", ""),
    ("local", ""),
    ("storageos", ""),
    ("csi", ""),
];

/// `ValidatePersistentVolume` and its update.
pub fn persistent_volume<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, false);
    let spec = root.get("spec");
    volume_spec(c, &spec);
    if let Some(old) = c.old {
        let old_root = At::root(old);
        volume_update(c, &spec, &old_root.get("spec"));
    }
}

/// `ValidatePersistentVolumeSpec`.
fn volume_spec<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        c.required(&modes, "a volume says how it can be accessed");
    }
    access_modes(c, &modes);
    capacity(c, &spec.get("capacity"));
    let policy = spec.get("persistentVolumeReclaimPolicy");
    c.one_of_or_empty(&policy, &["Delete", "Recycle", "Retain"]);
    let affinity = spec.get("nodeAffinity");
    if affinity.is_set() {
        let required = affinity.get("required");
        if required.is_set() {
            scheduling::node_selector(c, &required);
        } else {
            c.required(&required, "the affinity of a volume says which nodes it needs");
        }
    }
    source(c, spec);
    let path = spec.get("hostPath").get("path").text();
    if spec.get("hostPath").is_set() && policy.text() == "Recycle" && !path.is_empty() && path.split('/').all(|p| p.is_empty() || p == ".") {
        c.error(codes::J1055, Reason::Forbidden, &policy, "the root of a host cannot be recycled");
    }
    class_name(c, &spec.get("storageClassName"));
    c.one_of_if_set(&spec.get("volumeMode"), &["Block", "Filesystem"]);
    let class = spec.get("volumeAttributesClassName");
    if class.is_set() && c.since(34) {
        if c.need_text(&class, "a class has a name") {
            c.dns_subdomain(&class);
        }
        if !spec.get("csi").is_set() {
            c.required(&spec.get("csi"), "only volumes of CSI drivers have a class of attributes");
        }
    }
}

fn capacity<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.is_empty() {
        c.required(at, "a volume has a size: `capacity.storage`");
    }
    if !at.key("storage").is_set() || at.len() > 1 {
        c.error(codes::J1055, Reason::NotSupported, at, "the capacity of a volume is its `storage` and nothing else");
    }
    for (_, entry) in at.entries() {
        if resources::in_list(&entry).signum() <= 0 {
            let text = entry.value().map(shown).unwrap_or_default();
            c.invalid(codes::J1029, &entry, format!("{text} is not above 0, as the size of a volume has to be"));
        }
    }
}

/// Exactly one source.
fn source<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let mut first: Option<(&str, Origin)> = None;
    for (kind, spelled) in SOURCES {
        let at = spec.get(kind);
        if !at.is_set() {
            continue;
        }
        if let Some((earlier, origin)) = first.filter(|_| *kind != "flexVolume") {
            let here = if spelled.is_empty() { at } else { spec.called(spelled, at.value()) };
            let key = at.key_origin();
            let error = c.forbidden(codes::J1017, &here, format!("the volume has a `{earlier}` already: it has one source"));
            error.origin = key;
            error.related.push((origin, "the first source".to_owned()));
            continue;
        }
        first = first.or(Some((kind, at.key_origin())));
        sources::source(c, spec, kind, Owner::PersistentVolume);
        if *kind == "local" && !spec.get("nodeAffinity").is_set() {
            c.required(&spec.get("nodeAffinity"), "a local volume says on which nodes it is");
        }
    }
    if first.is_none() {
        c.error(codes::J1017, Reason::Required, spec, "the volume has no source");
    }
}

/// `ValidatePersistentVolumeUpdate`. The paths are the server's own.
fn volume_update<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old: &At<'_, 'v>) {
    for (kind, _) in SOURCES {
        let (now, before) = (spec.get(kind), old.get(kind));
        if same(now.value(), before.value()) || (*kind == "csi" && only_gains_expansion(&now, &before)) {
            continue;
        }
        let (origin, was) = (now.origin(), before.origin());
        let error = c.error(codes::J1060, Reason::Forbidden, &spec.called("persistentvolumesource", now.value()), "the source of a volume cannot change");
        error.origin = origin;
        error.related.push((was, "the stored source".to_owned()));
        break;
    }
    let with_default = |at: &At<'_, 'v>| Some(at.get("volumeMode").text()).filter(|t| !t.is_empty()).unwrap_or("Filesystem");
    if with_default(spec) != with_default(old) {
        c.changed(&spec.get("volumeMode"), &old.get("volumeMode"), "the mode of a volume cannot change");
        if let Some(error) = c.errors.last_mut() {
            error.path = crate::value::Path::new().field("volumeMode");
        }
    }
    let (affinity, before) = (spec.get("nodeAffinity"), old.get("nodeAffinity"));
    if before.is_set() && !same(affinity.value(), before.value()) {
        c.changed(&affinity, &before, "the affinity of a volume cannot change");
        if let Some(error) = c.errors.last_mut() {
            error.path = crate::value::Path::new().field("nodeAffinity");
        }
    }
}

/// A CSI source may gain the secret for expansion.
fn only_gains_expansion<'v>(now: &At<'_, 'v>, before: &At<'_, 'v>) -> bool {
    let (Some(n), Some(b)) = (now.map(), before.map()) else { return false };
    let expansion = "controllerExpandSecretRef";
    !b.contains(expansion) && n.iter().filter(|e| e.key != expansion).all(|e| same(Some(&e.value), b.get(&e.key))) && b.iter().all(|e| same(Some(&e.value), n.get(&e.key)))
}
