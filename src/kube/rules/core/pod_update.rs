//! Updates of running pods (core `validation.go`: `ValidatePodUpdate`).

use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::rules::same::{same, says_nothing};
use crate::value::Value;

/// Fields that a pod can change while it runs, each by its own rules, and one that is dropped while its gate is off.
const OWN_RULES: &[&str] =
    &["containers", "initContainers", "activeDeadlineSeconds", "tolerations", "schedulingGates", "terminationGracePeriodSeconds", "nodeSelector", "affinity", "schedulingGroup"];

/// `ValidatePodUpdate`, after the pod itself was found right.
pub fn pod_update<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let Some(old_value) = c.old else { return };
    let old_root = At::root(old_value);
    let (spec, old) = (root.get("spec"), old_root.get("spec"));
    annotations(c, &root.get("metadata").get("annotations"), &old_root.get("metadata").get("annotations"));
    for list in ["containers", "initContainers"] {
        let (now, before) = (spec.get(list), old.get(list));
        if now.len() != before.len() {
            let was = before.origin();
            c.error(codes::J1060, Reason::Forbidden, &now, "a running pod neither gains nor loses containers").related.push((was, "the stored pod's".to_owned()));
            return;
        }
    }
    active_deadline(c, &spec, &old);
    for toleration in old.get("tolerations").items() {
        let kept = spec.get("tolerations").items().any(|t| same_but(t.value(), toleration.value(), "tolerationSeconds"));
        if !kept {
            c.error(codes::J1060, Reason::Forbidden, &spec.get("tolerations"), "a running pod gains tolerations, it does not lose or change them")
                .related
                .push((toleration.origin(), "this one is gone".to_owned()));
        }
    }
    let gates = spec.get("schedulingGates");
    for gate in gates.items() {
        if !old.get("schedulingGates").items().any(|g| g.get("name").text() == gate.get("name").text()) {
            c.error(codes::J1060, Reason::Forbidden, &gate.get("name"), "scheduling gates are only ever removed");
        }
    }
    let gated = !old.get("schedulingGates").is_empty();
    if let Some(changed) = first_change(&spec, &old, gated) {
        let error =
            c.error(codes::J1060, Reason::Forbidden, &spec, format!("`{changed}` of a running pod cannot change: images, `activeDeadlineSeconds` and additional tolerations can"));
        error.help = Some("delete the pod and create it anew".to_owned());
        if let Some(value) = spec.get(changed).value() {
            error.origin = value.origin;
        }
    }
}

/// Equality of two maps but for one field.
fn same_but(a: Option<&Value>, b: Option<&Value>, field: &str) -> bool {
    let (Some(m), Some(n)) = (a.and_then(|v| v.as_map()), b.and_then(|v| v.as_map())) else { return same(a, b) };
    let covers = |x: &crate::value::Map, y: &crate::value::Map| {
        x.iter().filter(|e| e.key != field).all(|e| match y.get(&e.key) {
            Some(other) => same(Some(&e.value), Some(other)),
            None => says_nothing(&e.key, &e.value),
        })
    };
    covers(m, n) && covers(n, m)
}

/// The first field that differs and must not.
fn first_change<'v>(spec: &At<'_, 'v>, old: &At<'_, 'v>, gated: bool) -> Option<&'v str> {
    for list in ["containers", "initContainers"] {
        let differ = spec.get(list).items().zip(old.get(list).items()).any(|(a, b)| !same_but(a.value(), b.value(), "image") || pull_policy(&a) != pull_policy(&b));
        if differ {
            return Some(list);
        }
    }
    let (grace, was) = (spec.get("terminationGracePeriodSeconds"), old.get("terminationGracePeriodSeconds"));
    let ended = was.opt_int().is_some_and(|s| s < 0) && grace.opt_int() == Some(1);
    if !ended && grace.opt_int().unwrap_or(30) != was.opt_int().unwrap_or(30) {
        return Some("terminationGracePeriodSeconds");
    }
    if !gated {
        for field in ["nodeSelector", "affinity"] {
            if !same(spec.get(field).value(), old.get(field).value()) {
                return Some(field);
            }
        }
    }
    let others = spec.map().into_iter().chain(old.map()).flat_map(|m| m.iter()).map(|e| e.key.as_str());
    others.filter(|k| !OWN_RULES.contains(k)).find(|k| !equal_field(spec, old, k))
}

/// Whether a field is equal on both sides; a default that only one side shows does not count.
fn equal_field<'v>(spec: &At<'_, 'v>, old: &At<'_, 'v>, key: &'v str) -> bool {
    let wrap = |at: &At<'_, 'v>| {
        let mut map = crate::value::Map::new();
        if let Some(v) = at.get(key).value() {
            map.insert(key.into(), v.origin, v.clone());
        }
        Value::map(map, crate::value::Origin::UNKNOWN)
    };
    same(Some(&wrap(spec)), Some(&wrap(old)))
}

/// The pull policy with its default, which follows from the image's tag (`SetDefaults_Container`).
fn pull_policy<'v>(container: &At<'_, 'v>) -> &'v str {
    let policy = container.get("imagePullPolicy").text();
    if !policy.is_empty() {
        return policy;
    }
    let image = container.get("image").text();
    let (name, digest) = image.split_once('@').map_or((image, ""), |(n, d)| (n, d));
    let last = name.rsplit('/').next().unwrap_or(name);
    let tag = last.split_once(':').map_or("", |(_, t)| t);
    if tag == "latest" || (tag.is_empty() && digest.is_empty()) { "Always" } else { "IfNotPresent" }
}

fn active_deadline<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old: &At<'_, 'v>) {
    let at = spec.get("activeDeadlineSeconds");
    match (at.opt_int(), old.get("activeDeadlineSeconds").opt_int()) {
        (Some(now), Some(before)) if now > before => {
            c.invalid(codes::J1060, &at, format!("the deadline of a running pod only shrinks: it was `{before}`"));
        }
        (None, Some(_)) => {
            c.invalid(codes::J1060, &at, "the deadline of a running pod cannot be taken away");
        }
        _ => {}
    }
}

/// `ValidatePodSpecificAnnotationUpdates`.
fn annotations<'v>(c: &mut Report<'v>, now: &At<'_, 'v>, before: &At<'_, 'v>) {
    let guarded = |k: &str| k == "kubernetes.io/config.mirror" || k.starts_with("container.apparmor.security.beta.kubernetes.io/");
    for (key, was) in before.entries() {
        if guarded(key) && now.key(key).opt_text() != was.opt_text() {
            c.error(codes::J1060, Reason::Forbidden, &now.key(key), "this annotation of a running pod cannot change");
        }
    }
    for (key, at) in now.entries() {
        if guarded(key) && !before.key(key).is_set() {
            c.error(codes::J1060, Reason::Forbidden, &at, "this annotation cannot be added to a running pod");
        }
    }
}
