//! Updates of Jobs (`pkg/apis/batch/validation`: `ValidateJobSpecUpdate`).

use super::At;
use super::report::Report;
use super::same::same;
use crate::diagnostics::codes;
use crate::value::{Data, Map, Value};

/// Parts of the template that a suspended Job which never started can change.
const DIRECTIVES: &[&str] = &["nodeSelector", "tolerations", "schedulingGates"];

/// `ValidateJobSpecUpdate`.
pub fn job_update<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old_root: &At<'_, 'v>) {
    let old = old_root.get("spec");
    completions(c, spec, &old);
    for field in ["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"] {
        let (now, before) = (spec.get(field), old.get(field));
        let default = field == "completionMode" && [now.text(), before.text()].iter().all(|t| matches!(*t, "" | "NonIndexed"));
        // The stored selector is the server's own.
        let generated = field == "selector" && !now.is_set() && !spec.get("manualSelector").flag();
        if !default && !generated {
            c.immutable(&now, &before);
        }
    }
    let (template, before) = (spec.get("template"), old.get("template"));
    let suspended = old.get("suspend").flag();
    let started = old_root.get("status").get("startTime").is_set();
    let directives = suspended && !started;
    let resources = suspended && c.since(36);
    let now = template.value().map(|v| comparable(v, directives, resources));
    let was = before.value().map(|v| comparable(v, directives, resources));
    if !same(now.as_ref(), was.as_ref()) {
        c.changed(&template, &before, "the template of a Job cannot change");
    }
}

/// `validateCompletions`: an indexed Job grows or shrinks together with its parallelism.
fn completions<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old: &At<'_, 'v>) {
    let (now, before) = (spec.get("completions"), old.get("completions"));
    if same(now.value(), before.value()) || (now.opt_int().unwrap_or(1) == before.opt_int().unwrap_or(1) && !spec.get("parallelism").is_set()) {
        return;
    }
    if spec.get("completionMode").text() != "Indexed" {
        c.immutable(&now, &before);
    } else if now.is_set() && now.opt_int() != Some(spec.get("parallelism").opt_int().unwrap_or(1)) {
        c.invalid(codes::J1060, &now, "the completions of an indexed Job change together with its `parallelism`, to one value");
    }
}

/// A template without what may differ.
fn comparable(template: &Value, directives: bool, resources: bool) -> Value {
    let without = |value: &Value, keys: &[&str]| -> Value {
        match value.as_map() {
            Some(map) => Value::map(map.iter().filter(|e| !keys.contains(&e.key.as_str())).cloned().collect(), value.origin),
            None => value.clone(),
        }
    };
    let mut out = Map::new();
    for entry in template.as_map().into_iter().flat_map(|m| m.iter()) {
        let value = match entry.key.as_str() {
            "metadata" if directives => without(&entry.value, &["labels", "annotations"]),
            "spec" => {
                let mut spec = if directives { without(&entry.value, DIRECTIVES) } else { entry.value.clone() };
                if let Data::Map(map) = &mut spec.data {
                    let map = std::sync::Arc::make_mut(map);
                    if directives && let Some(affinity) = map.get_mut("affinity") {
                        *affinity = without(affinity, &["nodeAffinity"]);
                    }
                    for list in ["containers", "initContainers"].iter().filter(|_| resources) {
                        if let Some(containers) = map.get_mut(list) {
                            *containers = Value::list(containers.as_list().unwrap_or(&[]).iter().map(|v| without(v, &["resources"])).collect(), containers.origin);
                        }
                    }
                }
                spec
            }
            _ => entry.value.clone(),
        };
        out.insert(entry.key.clone(), entry.key_origin, value);
    }
    Value::map(out, template.origin)
}
