//! Storage classes, drivers and what belongs to them (`pkg/apis/storage/validation`).

use std::collections::HashMap;

use super::core::sources::csi_driver_name;
use super::metadata::{self, NameRule};
use super::report::Report;
use super::{At, selector};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::{Quantity, names};
use crate::value::Origin;

/// Most parameters, and bytes of all of them.
const PARAMETERS_MAX: usize = 512;
const PARAMETERS_SIZE: usize = 256 * 1024;

/// `ValidateStorageClass`, `ValidateStorageClassUpdate`.
pub fn storage_class<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    provisioner(c, &root.get("provisioner"));
    parameters(c, &root.get("parameters"), true);
    c.one_of_or_empty(&root.get("reclaimPolicy"), &["Delete", "Retain"]);
    let mode = root.get("volumeBindingMode");
    c.one_of_if_set(&mode, &["Immediate", "WaitForFirstConsumer"]);
    topologies(c, &root.get("allowedTopologies"));
    if let Some(old) = c.old {
        let old = At::root(old);
        for (field, default) in [("parameters", ""), ("provisioner", ""), ("reclaimPolicy", "Delete"), ("volumeBindingMode", "Immediate")] {
            let (now, before) = (root.get(field), old.get(field));
            let filled = |at: &At<'_, 'v>| Some(at.text()).filter(|t| !t.is_empty()).unwrap_or(default).to_owned();
            if default.is_empty() || filled(&now) != filled(&before) {
                c.immutable(&now, &before);
            }
        }
    }
}

/// `validateProvisioner`.
fn provisioner<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if c.need_text(at, "a class says who makes its volumes") {
        c.syntax(codes::J1001, at, names::qualified_name(&at.text().to_lowercase()));
    }
}

/// `validateParameters`.
fn parameters<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, allow_empty: bool) {
    if at.len() > PARAMETERS_MAX {
        c.error(codes::J1006, Reason::TooLong, at, format!("there are {} parameters, at most {PARAMETERS_MAX} are allowed", at.len()));
    }
    let mut size = 0;
    for (key, entry) in at.entries() {
        size += key.len() + entry.text().len();
        if key.is_empty() {
            c.invalid(codes::J1055, at, "a parameter has no name").origin = entry.key_origin();
        }
    }
    if size > PARAMETERS_SIZE {
        c.error(codes::J1006, Reason::TooLong, at, format!("the parameters have {size} bytes, at most {PARAMETERS_SIZE} are allowed"));
    }
    if !allow_empty && at.is_empty() {
        c.required(at, "at least one parameter is wanted");
    }
}

/// `validateAllowedTopologies`, `ValidateTopologySelectorTerm`.
fn topologies<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    let mut earlier: Vec<Vec<(&str, Vec<&str>)>> = Vec::new();
    for term in list.items() {
        let expressions = term.get("matchLabelExpressions");
        let mut keys: HashMap<&str, Origin> = HashMap::new();
        let mut normal: Vec<(&str, Vec<&str>)> = Vec::new();
        for expression in expressions.items() {
            let (key, values) = (expression.get("key"), expression.get("values"));
            if values.is_empty() {
                c.required(&values, "a requirement has values");
            }
            let mut seen: HashMap<&str, Origin> = HashMap::new();
            for value in values.items() {
                match seen.get(value.text()) {
                    Some(first) => c.duplicate(&value, Some(*first), &format!("`{}`", value.text())),
                    None => drop(seen.insert(value.text(), value.origin())),
                }
            }
            metadata::label_key(c, &key);
            match keys.get(key.text()) {
                Some(first) => c.duplicate(&key, Some(*first), &format!("key `{}`", key.text())),
                None => drop(keys.insert(key.text(), key.origin())),
            }
            let mut sorted: Vec<&str> = seen.into_keys().collect();
            sorted.sort_unstable();
            normal.retain(|(k, _)| *k != key.text());
            normal.push((key.text(), sorted));
        }
        normal.sort();
        // An empty term is one too many to the server, always.
        if earlier.contains(&normal) || normal.is_empty() {
            c.duplicate(&expressions, None, "this topology");
        }
        earlier.push(normal);
    }
}

/// `ValidateCSIDriver`, `ValidateCSIDriverUpdate`.
pub fn csi_driver<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    c.one_of_if_set(&spec.get("fsGroupPolicy"), &["File", "None", "ReadWriteOnceWithFSType"]);
    let tokens = spec.get("tokenRequests");
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for token in tokens.items() {
        let audience = token.get("audience");
        if let Some(first) = seen.get(audience.text()) {
            c.duplicate(&audience, Some(*first), &format!("audience `{}`", audience.text()));
            continue;
        }
        seen.insert(audience.text(), token.origin());
        if token.get("expirationSeconds").is_set() {
            c.within(&token.get("expirationSeconds"), 600, 1 << 32);
        }
    }
    let modes = spec.get("volumeLifecycleModes");
    for mode in modes.items().filter(|m| !matches!(m.text(), "Persistent" | "Ephemeral")) {
        c.not_supported(&modes, mode.text(), &["Persistent", "Ephemeral"]);
    }
    let period = spec.get("nodeAllocatableUpdatePeriodSeconds");
    if period.opt_int().is_some_and(|n| n < 10) && c.since(35) {
        c.invalid(codes::J1005, &period, format!("`{}` seconds are too short: at least 10", period.int()));
    }
    let secrets = spec.get("serviceAccountTokenInSecrets");
    if secrets.is_set() && tokens.is_empty() && c.since(35) {
        c.invalid(codes::J1007, &secrets, "there are no `tokenRequests` whose tokens could be given");
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        let (now, before) = (spec.get("attachRequired"), old_spec.get("attachRequired"));
        if now.opt_flag().unwrap_or(true) != before.opt_flag().unwrap_or(true) {
            // The server's spelling.
            c.changed(&spec.called("attachedRequired", now.value()), &before, "`attachRequired` cannot change");
        }
        let set = |at: &At<'_, 'v>| if at.is_empty() { vec!["Persistent"] } else { at.list().iter().filter_map(|v| v.as_str()).collect() };
        let before = old_spec.get("volumeLifecycleModes");
        if set(&modes) != set(&before) {
            c.changed(&modes, &before, "`volumeLifecycleModes` cannot change");
        }
    }
}

/// `ValidateCSINode`.
pub fn csi_node<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for driver in root.get("spec").get("drivers").items() {
        let (name, id) = (driver.get("name"), driver.get("nodeID"));
        csi_driver_name(c, &name);
        if c.need_text(&id, "a driver has an id for the node") && id.text().len() > 256 {
            c.invalid(codes::J1006, &id, "the id has at most 256 characters");
        }
        c.nonnegative(&driver.get("allocatable").get("count"));
        match seen.get(name.text()) {
            Some(first) => c.duplicate(&name, Some(*first), &format!("driver `{}`", name.text())),
            None => drop(seen.insert(name.text(), name.origin())),
        }
        let mut keys: HashMap<&str, Origin> = HashMap::new();
        for key in driver.get("topologyKeys").items() {
            let place = key.text();
            if let Some(first) = keys.get(place) {
                c.duplicate(&driver, Some(*first), &format!("key `{place}`"));
            }
            keys.insert(place, key.origin());
            if let Err(why) = names::qualified_name(place) {
                c.invalid(codes::J1001, &driver, format!("`{place}` is no key of a topology: {why}")).origin = key.origin();
            }
        }
    }
}

/// `ValidateCSIStorageCapacity`.
pub fn csi_storage_capacity<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    selector::label_selector(c, &root.get("nodeTopology"));
    c.dns_subdomain(&root.get("storageClassName"));
    let capacity = root.get("capacity");
    if capacity.quantity().is_some_and(|q| q < Quantity::ZERO) {
        c.invalid(codes::J1029, &capacity, "the capacity is negative");
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        for field in ["nodeTopology", "storageClassName"] {
            c.immutable(&root.get(field), &old.get(field));
        }
    }
}

/// `ValidateVolumeAttachment`.
pub fn volume_attachment<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    csi_driver_name(c, &spec.get("attacher"));
    let source = spec.get("source");
    let (inline, name) = (source.get("inlineVolumeSpec"), source.get("persistentVolumeName"));
    match (inline.is_set(), name.is_set()) {
        (false, false) => {
            c.error(codes::J1017, Reason::Required, &source, "a volume is attached by its name or by a spec: neither is there");
        }
        (true, true) => {
            c.error(codes::J1017, Reason::Forbidden, &source, "a volume is attached by its name or by a spec, not both");
        }
        (false, true) => {
            if c.need_text(&name, "") {
                c.dns_subdomain(&name);
            }
        }
        (true, false) => {}
    }
    c.dns_subdomain(&spec.get("nodeName"));
    if let Some(old) = c.old {
        let old = At::root(old);
        c.immutable(&spec, &old.get("spec"));
    }
}

/// `ValidateVolumeAttributesClass` and its update.
pub fn volume_attributes_class<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    provisioner(c, &root.get("driverName"));
    parameters(c, &root.get("parameters"), false);
    if let Some(old) = c.old {
        let old = At::root(old);
        for field in ["driverName", "parameters"] {
            let (now, before) = (root.get(field), old.get(field));
            if !super::same::same(now.value(), before.value()) {
                let was = before.origin();
                c.error(codes::J1060, Reason::Forbidden, &now, format!("`{field}` cannot change")).related.push((was, "the stored value".to_owned()));
            }
        }
    }
}
