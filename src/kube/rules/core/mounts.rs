//! Where containers see volumes (core `validation.go`: `ValidateVolumeMounts`, `ValidateVolumeDevices`).

use std::collections::HashMap;

use super::paths;
use super::pod::PodFacts;
use crate::diagnostics::{codes, nearest};
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::value::Origin;

/// No volume of this name: says which is near.
fn no_volume<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let name = at.text();
    let known = facts.volumes.iter().map(|(n, _)| *n).chain(facts.claimed.iter().copied());
    let near = nearest(name, known.clone());
    let message = if known.clone().next().is_none() { format!("no volume is called `{name}`: the pod has none") } else { format!("no volume of the pod is called `{name}`") };
    let list: Vec<&str> = known.collect();
    let error = c.error(codes::J1015, Reason::NotFound, at, message);
    if let Some(near) = near.filter(|_| !name.is_empty()) {
        error.help = Some(format!("did you mean volume `{near}`?"));
        error.replacement = Some(near.to_owned());
        if let Some((_, v)) = facts.volumes.iter().find(|(n, _)| *n == near) {
            error.related.push((v.origin, "this volume is".to_owned()));
        }
    } else if !list.is_empty() {
        error.help = Some(format!("the pod's volumes are {}", crate::kube::rules::report::quoted(&list)));
    }
}

fn is_volume(facts: &PodFacts<'_>, name: &str) -> bool {
    facts.volumes.iter().any(|(n, _)| *n == name) || facts.claimed.contains(&name)
}

/// `ValidateVolumeMounts`.
pub fn mounts<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let list = container.get("volumeMounts");
    if list.is_empty() {
        return;
    }
    let devices = container.get("volumeDevices");
    let mut points: HashMap<&str, Origin> = HashMap::new();
    for mount in list.items() {
        let name = mount.get("name");
        c.need_text(&name, "a mount names a volume");
        if !is_volume(facts, name.text()) {
            no_volume(c, &name, facts);
        }
        let path = mount.get("mountPath");
        c.need_text(&path, "a mount says where the container sees the volume");
        if let Some(first) = points.get(path.text()) {
            c.invalid(codes::J1016, &path, format!("two volumes are mounted at the same path, `{}`", path.text())).related.push((*first, "the first one".to_owned()));
        }
        points.entry(path.text()).or_insert_with(|| path.origin());
        for device in devices.items() {
            if device.get("name").text() == name.text() {
                c.invalid(codes::J1016, &name, format!("volume `{}` is used as a device already", name.text()));
            }
            if device.get("devicePath").text() == path.text() {
                c.invalid(codes::J1016, &path, format!("`{}` is a device already", path.text()));
            }
        }
        sub_paths(c, &list, &mount);
        propagation(c, container, &list, &mount);
        recursive_read_only(c, &list, &mount);
    }
}

/// The server leaves the index out of these paths.
fn sub_paths<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, mount: &At<'_, 'v>) {
    let sub = mount.get("subPath");
    if !sub.text().is_empty() {
        paths::descending(c, &list.called("subPath", sub.value()));
    }
    let expression = mount.get("subPathExpr");
    if !expression.text().is_empty() {
        if !sub.text().is_empty() {
            c.invalid(codes::J1007, &expression, "`subPathExpr` and `subPath` exclude each other");
        }
        paths::descending(c, &list.called("subPathExpr", expression.value()));
    }
}

/// `validateMountPropagation`.
fn propagation<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, list: &At<'_, 'v>, mount: &At<'_, 'v>) {
    let value = mount.get("mountPropagation");
    if !value.is_set() {
        return;
    }
    let at = list.called("mountPropagation", value.value());
    c.one_of(&at, &["None", "HostToContainer", "Bidirectional"]);
    if value.text() == "Bidirectional" && !container.get("securityContext").get("privileged").flag() {
        c.error(codes::J1035, Reason::Forbidden, &at, "mounts are propagated in both directions by privileged containers only");
    }
}

/// `validateMountRecursiveReadOnly`.
fn recursive_read_only<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, mount: &At<'_, 'v>) {
    let value = mount.get("recursiveReadOnly");
    let at = list.called("recursiveReadOnly", value.value());
    match value.opt_text() {
        None | Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if !mount.get("readOnly").flag() {
                c.error(codes::J1016, Reason::Forbidden, &at, "a mount that is not `readOnly` cannot be so recursively");
            }
            if !matches!(mount.get("mountPropagation").text(), "" | "None") {
                c.error(codes::J1016, Reason::Forbidden, &at, "a recursively read-only mount is not propagated");
            }
        }
        Some(_) => {
            c.one_of(&at, &["Disabled", "IfPossible", "Enabled"]);
        }
    }
}

/// `ValidateVolumeDevices`.
pub fn devices<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let list = container.get("volumeDevices");
    if list.is_empty() {
        return;
    }
    let mounts = container.get("volumeMounts");
    let mut paths_seen: HashMap<&str, Origin> = HashMap::new();
    let mut names: HashMap<&str, Origin> = HashMap::new();
    for device in list.items() {
        let name = device.get("name");
        let path = device.get("devicePath");
        let source = facts.volumes.iter().find(|(n, _)| *n == name.text()).map(|(_, v)| *v);
        let claimed = facts.claimed.contains(&name.text());
        c.need_text(&name, "a device names a volume");
        if let Some(first) = names.get(name.text()) {
            c.invalid(codes::J1016, &name, format!("volume `{}` is a device twice", name.text())).related.push((*first, "the first one".to_owned()));
        }
        match source {
            Some(v) if !claimed && v.get("persistentVolumeClaim").is_none_or(crate::value::Value::is_null) && v.get("ephemeral").is_none_or(crate::value::Value::is_null) => {
                c.invalid(codes::J1016, &name, "only volumes that are claims can be devices").related.push((v.origin, "this volume is none".to_owned()));
            }
            None if !claimed => no_volume(c, &name, facts),
            _ => {}
        }
        c.need_text(&path, "a device has a path in the container");
        if let Some(first) = paths_seen.get(path.text()) {
            c.invalid(codes::J1016, &path, format!("two devices are at `{}`", path.text())).related.push((*first, "the first one".to_owned()));
        }
        if path.text().split('/').any(|p| p == "..") {
            c.invalid(codes::J1018, &path, "a device's path has no `..`");
        } else {
            paths_seen.entry(path.text()).or_insert_with(|| path.origin());
        }
        for mount in mounts.items() {
            if mount.get("name").text() == name.text() {
                c.invalid(codes::J1016, &name, format!("volume `{}` is mounted already", name.text()));
            }
            if mount.get("mountPath").text() == path.text() {
                c.invalid(codes::J1016, &path, format!("something is mounted at `{}` already", path.text()));
            }
        }
        if !name.text().is_empty() {
            names.entry(name.text()).or_insert_with(|| name.origin());
        }
    }
}
