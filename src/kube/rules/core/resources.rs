//! Requests and limits (core `validation.go`: `validateResourceRequirements`, `ValidateResourceQuantityValue`; core `helper`: names of resources).

use std::collections::HashMap;

use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::{Report, shown};
use crate::kube::syntax::{Quantity, names};
use crate::value::Origin;

/// `standardResources`.
const STANDARD: &[&str] = &[
    "cpu",
    "memory",
    "ephemeral-storage",
    "requests.cpu",
    "requests.memory",
    "requests.ephemeral-storage",
    "limits.cpu",
    "limits.memory",
    "limits.ephemeral-storage",
    "pods",
    "resourcequotas",
    "services",
    "replicationcontrollers",
    "secrets",
    "configmaps",
    "persistentvolumeclaims",
    "storage",
    "requests.storage",
    "services.nodeports",
    "services.loadbalancers",
];
/// `integerResources`.
const COUNTED: &[&str] =
    &["pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports", "services.loadbalancers"];

/// `IsHugePageResourceName`.
pub fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// `IsNativeResource`.
pub fn is_native(name: &str) -> bool {
    !name.contains('/') || name.contains("kubernetes.io/")
}

/// `IsExtendedResourceName`.
pub fn is_extended(name: &str) -> bool {
    !is_native(name) && !name.starts_with("requests.") && names::qualified_name(&format!("requests.{name}")).is_ok()
}

/// `IsOvercommitAllowed`.
pub fn is_overcommit_allowed(name: &str) -> bool {
    is_native(name) && !is_huge_page(name)
}

/// `IsStandardResourceName`.
fn is_standard(name: &str) -> bool {
    STANDARD.contains(&name) || is_huge_page(name) || name.starts_with("requests.hugepages-")
}

/// `IsStandardContainerResourceName`.
pub fn is_standard_for_containers(name: &str) -> bool {
    matches!(name, "cpu" | "memory" | "ephemeral-storage") || is_huge_page(name)
}

/// `IsStandardQuotaResourceName`.
pub fn is_standard_for_quotas(name: &str) -> bool {
    name != "storage" && is_standard(name)
}

/// Whether a value has to be whole.
fn is_counted(name: &str) -> bool {
    COUNTED.contains(&name) || is_extended(name)
}

/// `validateResourceName`. Says whether it is fine.
pub fn resource_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str) -> bool {
    if let Err(why) = names::qualified_name(name) {
        unknown(c, at, name, &why);
        return false;
    }
    if !name.contains('/') && !is_standard(name) {
        unknown(c, at, name, "a resource is one of the server's own or has a prefix: `example.com/device`");
        return false;
    }
    true
}

fn unknown<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str, why: &str) {
    let origin = at.key_origin();
    let near = crate::diagnostics::nearest(name, ["cpu", "memory", "ephemeral-storage"]);
    let error = c.invalid(codes::J1027, at, format!("`{name}` is no resource here: {why}"));
    error.origin = origin;
    if let Some(near) = near {
        error.help = Some(format!("did you mean `{near}`?"));
    }
}

/// `validateContainerResourceName`.
pub fn container_resource_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str) {
    if !resource_name(c, at, name) {
        return;
    }
    if !name.contains('/') {
        if !is_standard_for_containers(name) {
            unknown(c, at, name, "a container has `cpu`, `memory`, `ephemeral-storage` and `hugepages-…`");
        }
    } else if !is_native(name) && !is_extended(name) {
        unknown(c, at, name, "the name of an extended resource is too long or starts with `requests.`");
    }
}

/// `validatePodResourceName`.
pub fn pod_resource_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str) {
    if resource_name(c, at, name) && !matches!(name, "cpu" | "memory") && !is_huge_page(name) {
        c.error(codes::J1027, Reason::NotSupported, at, format!("`{name}` is no resource of a whole pod: `cpu`, `memory` and `hugepages-…` are"));
    }
}

/// `ValidateResourceQuantityValue`.
pub fn quantity_value<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str, quantity: Quantity) {
    let text = at.value().map(shown).unwrap_or_default();
    if quantity.signum() < 0 {
        c.invalid(codes::J1029, at, format!("{text} is negative: a quantity is 0 or more"));
    }
    if is_counted(name) && quantity.milli_value() % 1000 != 0 {
        c.invalid(codes::J1029, at, format!("{text} is no whole number, but `{name}` is counted"));
    }
}

/// A quantity as a resource list keeps it: rounded up to thousandths (`SetDefaults_ResourceList`).
pub fn in_list(at: &At<'_, '_>) -> Quantity {
    at.quantity().unwrap_or(Quantity::ZERO).rounded_to_milli()
}

/// Whether a list names a resource; `null` counts as 0.
pub fn has(list: &At<'_, '_>, name: &str) -> bool {
    list.map().is_some_and(|m| m.contains(name))
}

/// Which names a list of resources takes.
pub type NameCheck<'v> = fn(&mut Report<'v>, &At<'_, 'v>, &str);

/// `ValidateContainerResourceRequirements`. A Pod's missing requests are its limits.
pub fn requirements<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, claims: &[&'v str], is_pod: bool) {
    if at.is_set() {
        let _ = is_pod;
        lists(c, at, &at.get("limits"), &at.get("requests"), container_resource_name);
        if c.since(34) {
            claim_names(c, &at.get("claims"), claims);
        }
    }
}

/// `validateOverhead`: a list that counts as limits, by a path of the server's own.
pub fn limits_only<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.is_set() {
        lists(c, at, &at.called("limits", at.value()), &at.called("requests", None), container_resource_name);
    }
}

/// `validateResourceRequirements` without claims.
pub fn lists<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, limits: &At<'_, 'v>, requests: &At<'_, 'v>, name_check: NameCheck<'v>) {
    let mut computed = false;
    let mut huge = false;
    for list in [limits, requests] {
        for (name, entry) in list.entries() {
            name_check(c, &entry, name);
            let quantity = in_list(&entry);
            quantity_value(c, &entry, name, quantity);
            computed |= matches!(name, "cpu" | "memory");
            if is_huge_page(name) {
                huge = true;
                huge_page_value(c, &entry, name, quantity);
            }
        }
    }
    for (name, entry) in requests.entries() {
        request_against_limit(c, limits, requests, name, &entry);
    }
    if huge && !computed {
        c.error(codes::J1030, Reason::Forbidden, at, "huge pages are given together with `cpu` or `memory` only");
    }
}

/// A request must not exceed its limit; where no overcommitment is possible, both are equal.
fn request_against_limit<'v>(c: &mut Report<'v>, limits: &At<'_, 'v>, requests: &At<'_, 'v>, name: &'v str, entry: &At<'_, 'v>) {
    let limit = limits.key(name);
    let (request, origin) = (in_list(entry), entry.origin());
    let text = entry.value().map(shown).unwrap_or_default();
    if !has(limits, name) {
        if !is_overcommit_allowed(name) {
            let error = c.error(codes::J1030, Reason::Required, limits, format!("`{name}` is requested without a limit: it cannot be overcommitted, so both are given and equal"));
            error.origin = origin;
        }
        return;
    }
    let shown_limit = limit.value().map(shown).unwrap_or_default();
    let (code, message) = if request != in_list(&limit) && !is_overcommit_allowed(name) {
        (codes::J1030, format!("the request of {text} `{name}` is not the limit of {shown_limit}: this resource cannot be overcommitted"))
    } else if request > in_list(&limit) {
        (codes::J1028, format!("the request of {text} `{name}` exceeds the limit of {shown_limit}"))
    } else {
        return;
    };
    // The server names the list.
    let error = c.invalid(code, requests, message);
    error.origin = origin;
    error.related.push((limit.origin(), "the limit".to_owned()));
}

/// `validateResourceQuantityHugePageValue`.
fn huge_page_value<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str, quantity: Quantity) {
    let size = Quantity::parse(name.trim_start_matches("hugepages-")).ok();
    let divisible = size.is_some_and(|s| s.signum() > 0 && s.milli_value() % 1000 == 0 && quantity.value().checked_rem(s.value()) == Some(0));
    if !divisible {
        let text = at.value().map(shown).unwrap_or_default();
        c.invalid(codes::J1029, at, format!("{text} is no multiple of the page size of `{name}`"));
    }
}

/// `validateResourceClaimNames`.
fn claim_names<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, known: &[&'v str]) {
    let mut seen: HashMap<String, Origin> = HashMap::new();
    for claim in list.items() {
        let name = claim.get("name").text();
        if name.is_empty() {
            c.required(&claim, "the name of one of the pod's resource claims is wanted");
            continue;
        }
        if let Some(first) = seen.get(name) {
            c.duplicate(&claim, Some(*first), &format!("claim `{name}`"));
        } else {
            let request = claim.get("request");
            let mut key = name.to_owned();
            if !request.text().is_empty() {
                c.dns_label(&request);
                key = format!("{name}/{}", request.text());
            }
            let clash = seen.get(&key).copied().or_else(|| {
                let parts = seen.iter().find(|(k, _)| request.text().is_empty() && k.split_once('/').is_some_and(|(n, _)| n == name));
                parts.map(|(_, o)| *o)
            });
            if let Some(first) = clash {
                c.duplicate(&claim, Some(first), &format!("claim `{key}`"));
            }
            seen.insert(key, claim.origin());
        }
        if !known.contains(&name) {
            let near = crate::diagnostics::nearest(name, known.iter().copied());
            let error = c.error(codes::J1031, Reason::NotFound, &claim, format!("the pod has no resource claim `{name}` in its `resourceClaims`"));
            error.help = near.map(|n| format!("did you mean `{n}`?"));
        }
    }
}
