//! Persistent volume claims (core `validation.go`: `ValidatePersistentVolumeClaimSpec`, `ValidatePersistentVolumeClaimUpdate`).

use super::resources;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::{Report, shown};
use crate::kube::rules::same::same;
use crate::kube::rules::{At, selector};
use crate::kube::syntax::Quantity;

const MODES: &[&str] = &["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/// The annotation that named a class before the field did.
const CLASS_ANNOTATION: &str = "volume.beta.kubernetes.io/storage-class";

/// `ValidatePersistentVolumeClaim`, `ValidatePersistentVolumeClaimUpdate`.
pub fn claim<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let spec = root.get("spec");
    claim_spec(c, &spec, is_claim_or_snapshot(&spec.get("dataSource")));
    if let Some(old) = c.old {
        claim_update(c, root, &At::root(old));
    }
}

/// `EnforceDataSourceBackwardsCompatibility`: other sources are dropped from a claim without a word.
fn is_claim_or_snapshot(at: &At<'_, '_>) -> bool {
    matches!((at.get("apiGroup").text(), at.get("kind").text()), ("", "PersistentVolumeClaim") | ("snapshot.storage.k8s.io", "VolumeSnapshot"))
}

/// The modes of access of claims and volumes; the server names the list.
pub fn access_modes<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (mut alone, mut others) = (None, false);
    for mode in at.items() {
        if MODES.contains(&mode.text()) {
            if mode.text() == "ReadWriteOncePod" {
                alone = Some(mode.origin());
            } else {
                others = true;
            }
        } else {
            let origin = mode.origin();
            c.not_supported(at, mode.text(), MODES);
            if let Some(error) = c.errors.last_mut() {
                error.origin = origin;
            }
        }
    }
    if let (Some(origin), true) = (alone, others) {
        c.error(codes::J1055, Reason::Forbidden, at, "`ReadWriteOncePod` stands alone").origin = origin;
    }
}

/// `ValidatePersistentVolumeClaimSpec`.
///
/// `with_source`: `dataSource` counts.
pub fn claim_spec<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, with_source: bool) {
    let modes = spec.get("accessModes");
    if modes.is_empty() {
        c.required(&modes, "a claim says how it is accessed, `ReadWriteOnce` for example");
    }
    selector::label_selector(c, &spec.get("selector"));
    access_modes(c, &modes);
    let wanted = spec.get("resources");
    let requests = wanted.get("requests");
    let storage = requests.key("storage");
    // The server's path leaves out the list.
    let at = wanted.called_key("storage", storage.value());
    match storage.quantity() {
        None => {
            c.error(codes::J1003, Reason::Required, &at, "a claim says how much it wants: `resources.requests.storage`");
        }
        Some(_) if resources::in_list(&storage) <= Quantity::ZERO => {
            let text = storage.value().map(shown).unwrap_or_default();
            c.invalid(codes::J1029, &at, format!("{text} is not above 0, as the size of a claim has to be"));
        }
        Some(_) => {}
    }
    class_name(c, &spec.get("storageClassName"));
    c.one_of_if_set(&spec.get("volumeMode"), &["Block", "Filesystem"]);
    let (source, reference) = (spec.get("dataSource"), spec.get("dataSourceRef"));
    if with_source {
        data_source(c, &source);
    }
    // A reference into another namespace is dropped whole while `CrossNamespaceVolumeDataSource` is off.
    let across = !reference.get("namespace").text().is_empty();
    if !across {
        data_source(c, &reference);
    }
    let differ = ["apiGroup", "kind", "name"].iter().any(|f| !same(source.get(f).value(), reference.get(f).value()));
    if !across && with_source && source.is_set() && reference.is_set() && differ {
        let error = c.invalid(codes::J1007, spec, "`dataSource` and `dataSourceRef` name different objects");
        error.origin = source.origin();
        error.related.push((reference.origin(), "the other one".to_owned()));
    }
    if c.since(34) {
        class_name(c, &spec.get("volumeAttributesClassName"));
    }
}

/// The name of a class, unless it is empty.
pub fn class_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !at.text().is_empty() {
        c.dns_subdomain(at);
    }
}

/// `validateDataSource`, `validateDataSourceRef`.
fn data_source<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !at.is_set() {
        return;
    }
    c.need_text(&at.get("name"), "a source has a name");
    c.need_text(&at.get("kind"), "a source has a kind");
    let group = at.get("apiGroup");
    if group.text().is_empty() {
        if at.get("kind").text() != "PersistentVolumeClaim" {
            c.invalid(codes::J1055, at, format!("`{}` has an `apiGroup`: without one only a `PersistentVolumeClaim` is a source", at.get("kind").text()));
        }
    } else {
        c.dns_subdomain(&group);
    }
    let namespace = at.get("namespace");
    if !namespace.text().is_empty() {
        c.dns_label(&namespace);
    }
}

/// `ValidatePersistentVolumeClaimUpdate`.
fn claim_update<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, old_root: &At<'_, 'v>) {
    let (spec, old) = (root.get("spec"), old_root.get("spec"));
    // The stored status counts, for updates of the status are another request.
    let bound = old_root.get("status").get("phase").text() == "Bound";
    for field in ["accessModes", "selector", "volumeName", "storageClassName", "dataSource", "dataSourceRef", "volumeAttributesClassName"] {
        let (now, before) = (spec.get(field), old.get(field));
        let free = match field {
            "volumeName" => before.text().is_empty(),
            "storageClassName" => !before.is_set() && now.is_set(),
            "volumeAttributesClassName" => bound,
            "dataSource" | "dataSourceRef" => !now.is_set() || !before.is_set(),
            _ => false,
        };
        if !free && !same(now.value(), before.value()) {
            frozen(c, &spec, &now, &before, field);
        }
    }
    let (wanted, had) = (spec.get("resources"), old.get("resources"));
    let (requests, old_requests) = (wanted.get("requests"), had.get("requests"));
    let (size, old_size) = (requests.key("storage"), old_requests.key("storage"));
    if !bound && resources::in_list(&size) != resources::in_list(&old_size) {
        frozen(c, &spec, &size, &old_size, "resources.requests.storage");
    }
    if resources::in_list(&size) < resources::in_list(&old_size) {
        let status = old_root.get("status");
        let capacity = resources::in_list(&status.get("capacity").key("storage"));
        if resources::in_list(&size) <= capacity {
            let was = old_size.origin();
            // Reached by fields, not by key, in the server's path.
            let place = requests.called("storage", size.value());
            c.error(codes::J1060, Reason::Forbidden, &place, "a claim does not shrink below what its volume has").related.push((was, "the stored size".to_owned()));
        }
    }
    let (mode, old_mode) = (spec.get("volumeMode"), old.get("volumeMode"));
    let with_default = |at: &At<'_, 'v>| Some(at.text()).filter(|t| !t.is_empty()).unwrap_or("Filesystem");
    if with_default(&mode) != with_default(&old_mode) {
        frozen(c, &spec, &mode, &old_mode, "volumeMode");
    }
    let (annotations, old_annotations) = (root.get("metadata"), old_root.get("metadata"));
    let (now, before) = (annotations.get("annotations"), old_annotations.get("annotations"));
    let (class, old_class) = (now.key(CLASS_ANNOTATION), before.key(CLASS_ANNOTATION));
    if old_class.is_set() && class.text() != old_class.text() && spec.get("storageClassName").text() != old_class.text() {
        c.changed(&annotations, &old_class, "the annotation of the storage class cannot change");
    }
}

fn frozen<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, now: &At<'_, 'v>, before: &At<'_, 'v>, field: &str) {
    let (origin, was) = (now.origin(), before.origin());
    let error = c.error(codes::J1060, Reason::Forbidden, spec, format!("`{field}` of a claim cannot change: only the size of a bound claim can grow"));
    error.origin = origin;
    error.related.push((was, "the stored value".to_owned()));
}
