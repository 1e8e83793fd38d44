//! Volumes of pods (core `validation.go`: `ValidateVolumes`, `validateVolumeSource`).

use std::collections::HashMap;

use super::paths;
use super::pod::Around;
use super::sources::{self, Owner};
use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::syntax::names;
use crate::value::{Origin, Value};

/// Sources in the server's order: the first one wins, later ones are too many. Second: the name in its path when it says so, where it differs.
const SOURCES: &[(&str, &str)] = &[
    ("emptyDir", ""),
    ("hostPath", ""),
    ("gitRepo", ""),
    ("gcePersistentDisk", ""),
    ("awsElasticBlockStore", ""),
    ("secret", ""),
    ("nfs", ""),
    ("iscsi", ""),
    ("glusterfs", ""),
    ("flocker", ""),
    ("persistentVolumeClaim", ""),
    ("rbd", ""),
    ("cinder", ""),
    ("cephfs", "cephFS"),
    ("quobyte", ""),
    ("downwardAPI", "downwarAPI"),
    ("fc", ""),
    ("flexVolume", ""),
    ("configMap", ""),
    ("azureFile", ""),
    ("vsphereVolume", ""),
    ("photonPersistentDisk", ""),
    ("portworxVolume", ""),
    ("azureDisk", ""),
    ("storageos", ""),
    ("projected", ""),
    ("scaleIO", ""),
    ("csi", ""),
    ("ephemeral", ""),
    ("image", ""),
];

/// Whether a volume is an empty folder, by its definition or for want of one.
pub fn is_empty_dir(volume: &Value) -> bool {
    let set = |name: &str| volume.get(name).is_some_and(|v| !v.is_null());
    set("emptyDir") || !SOURCES.iter().any(|(name, _)| set(name))
}

/// `ValidateVolumes`. Hands back the volumes that containers can name.
pub fn volumes<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, around: &Around<'v>) -> Vec<(&'v str, &'v Value)> {
    let mut good: Vec<(&'v str, &'v Value)> = Vec::with_capacity(list.len());
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    // The server puts a StatefulSet's claims in front, hiding volumes of the same names.
    let kept = list.list().iter().filter(|v| !around.claimed.contains(&v.get("name").and_then(|n| n.as_str()).unwrap_or("")));
    for (i, value) in kept.enumerate() {
        let volume = list.element(around.claimed.len() + i, value);
        let at = volume.get("name");
        let name = at.text();
        let before = c.errors.len();
        source(c, &volume, name, around.name);
        if c.need_text(&at, "a volume has a name") {
            c.dns_label(&at);
        }
        if let Some(first) = seen.get(name) {
            c.duplicate(&at, Some(*first), &format!("volume `{name}`"));
        }
        if c.errors.len() == before
            && let Some(value) = volume.value()
        {
            seen.insert(name, at.origin());
            good.push((name, value));
        }
        if !around.name.is_empty() {
            own_claim(c, list, &volume, around.name);
        }
    }
    good
}

/// A pod's volume must not name a claim that an ephemeral volume of the same pod makes.
fn own_claim<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, volume: &At<'_, 'v>, pod: &str) {
    let claim = volume.get("persistentVolumeClaim");
    let name = claim.get("claimName");
    if name.text().is_empty() {
        return;
    }
    let maker =
        list.items().find(|v| v.get("ephemeral").is_set() && name.text().strip_prefix(pod).and_then(|r| r.strip_prefix('-')) == Some(v.get("name").text())).map(|v| v.origin());
    if let Some(origin) = maker {
        c.invalid(codes::J1055, &name, format!("claim `{}` is made for an ephemeral volume of this pod", name.text())).related.push((origin, "this volume".to_owned()));
    }
}

/// `validateVolumeSource`: one source, or none at all (an empty folder).
fn source<'v>(c: &mut Report<'v>, volume: &At<'_, 'v>, name: &'v str, pod: &str) {
    let mut first: Option<(&str, Origin)> = None;
    // Most volumes have a name and one more field.
    for entry in volume.map().into_iter().flat_map(|m| m.iter()) {
        if entry.value.is_null() {
            continue;
        }
        if let Some((kind, _)) = SOURCES.iter().find(|(n, _)| *n == entry.key) {
            let earlier = |n: &str| SOURCES.iter().position(|(s, _)| *s == n).unwrap_or(usize::MAX);
            first = match first {
                Some((old, origin)) if earlier(old) < earlier(kind) => Some((old, origin)),
                _ => Some((*kind, entry.key_origin)),
            };
        }
    }
    let Some((kind, origin)) = first else { return };
    one_source(c, volume, kind, name, pod);
    for (other, spelled) in SOURCES {
        let at = volume.get(other);
        if *other != kind && at.is_set() {
            let here = if spelled.is_empty() { at } else { volume.called(spelled, at.value()) };
            let message = format!("volume `{name}` has a `{kind}` already: a volume has one source");
            let key = at.key_origin();
            let error = c.forbidden(codes::J1017, &here, message);
            error.origin = key;
            error.related.push((origin, "the first source".to_owned()));
        }
    }
}

/// The chosen source's own rules.
fn one_source<'v>(c: &mut Report<'v>, volume: &At<'_, 'v>, kind: &'static str, name: &'v str, pod: &str) {
    let at = volume.get(kind);
    match kind {
        "emptyDir" => {
            let limit = at.get("sizeLimit");
            if limit.quantity().is_some_and(|q| q.signum() < 0) {
                c.forbidden(codes::J1029, &limit, "the limit of a folder's size is negative");
            }
        }
        "secret" => named_files(c, &at, "secretName"),
        "configMap" => named_files(c, &at, "name"),
        "persistentVolumeClaim" => {
            c.need_text(&at.get("claimName"), "the volume names a claim");
        }
        "downwardAPI" => super::projected::downward_api(c, &at),
        "projected" => super::projected::projected(c, &at),
        "ephemeral" => ephemeral(c, volume, &at, name, pod),
        "image" => {
            if c.since(35) {
                if !pod.is_empty() && at.get("reference").text().is_empty() {
                    c.required(&at.get("reference"), "the volume names an image");
                }
                c.one_of_or_empty(&at.get("pullPolicy"), &["Always", "IfNotPresent", "Never"]);
            }
        }
        "iscsi" => {
            sources::source(c, volume, kind, Owner::Pod);
            let portal = at.get("targetPortal").text();
            if at.get("initiatorName").is_set() && name.len() + 1 + portal.len() > 64 {
                c.invalid(codes::J1006, &volume.get("name"), "the volume's name and its portal have 64 characters together at most");
            }
        }
        _ => sources::source(c, volume, kind, Owner::Pod),
    }
}

/// `validateSecretVolumeSource`, `validateConfigMapVolumeSource`.
fn named_files<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &'static str) {
    c.need_text(&at.get(name), "the volume names an object");
    if at.get("defaultMode").is_set() {
        paths::file_mode(c, &at.get("defaultMode"));
    }
    for item in at.get("items").items() {
        key_to_path(c, &item);
    }
}

/// `validateKeyToPath`.
pub fn key_to_path<'v>(c: &mut Report<'v>, item: &At<'_, 'v>) {
    c.need_text(&item.get("key"), "an item names a key");
    c.need_text(&item.get("path"), "an item says where the file is");
    paths::not_reserved(c, &item.get("path"));
    if item.get("mode").is_set() {
        paths::file_mode(c, &item.get("mode"));
    }
}

/// `validateEphemeralVolumeSource`.
fn ephemeral<'v>(c: &mut Report<'v>, volume: &At<'_, 'v>, at: &At<'_, 'v>, name: &str, pod: &str) {
    let template = at.get("volumeClaimTemplate");
    if !template.is_set() {
        c.required(&template, "an ephemeral volume is made from a claim");
        return;
    }
    let meta = template.get("metadata");
    crate::kube::rules::metadata::annotations(c, &meta.get("annotations"));
    crate::kube::rules::metadata::labels(c, &meta.get("labels"));
    for entry in meta.map().into_iter().flat_map(|m| m.iter()) {
        if !matches!(entry.key.as_str(), "labels" | "annotations") && !crate::kube::rules::same::same(Some(&entry.value), None) {
            c.forbidden(codes::J1055, &meta.get(&entry.key), "the claim of an ephemeral volume has labels and annotations of its own, nothing else");
        }
    }
    super::claim::claim_spec(c, &template.get("spec"), true);
    if !pod.is_empty() && !name.is_empty() {
        let claim = format!("{pod}-{name}");
        if let Err(why) = names::dns_subdomain(&claim) {
            c.invalid(codes::J1001, &volume.get("name"), format!("the claim would be called `{claim}`: {why}"));
        }
    }
}
