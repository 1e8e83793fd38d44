//! Small groups, one or two kinds each: scheduling, coordination, discovery, node (`pkg/apis/{scheduling,coordination,discovery,node}/validation`).

use std::collections::HashMap;

use super::At;
use super::core::network::legacy_ip;
use super::core::{ports, resources, scheduling, service};
use super::metadata::{self, NameRule};
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::{ip, names};
use crate::value::Origin;

/// Highest priority that users give.
const USER_PRIORITY_MAX: i64 = 1_000_000_000;
/// The system's own classes.
const SYSTEM_CLASSES: [(&str, i64); 2] = [("system-node-critical", 2_000_001_000), ("system-cluster-critical", 2_000_000_000)];

/// `ValidatePriorityClass`, `ValidatePriorityClassUpdate`.
pub fn priority_class<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, false);
    let (name, value) = (meta.get("name"), root.get("value"));
    if name.text().starts_with("system-") {
        let known = SYSTEM_CLASSES.contains(&(name.text(), value.int())) && !root.get("globalDefault").flag();
        if !known {
            c.error(codes::J1061, Reason::Forbidden, &name, "names that start with `system-` are the system's");
        }
    } else if value.int() > USER_PRIORITY_MAX {
        c.error(codes::J1061, Reason::Forbidden, &value, format!("`{}` is the system's: priorities of users are at most {USER_PRIORITY_MAX}", value.int()));
    }
    let policy = root.get("preemptionPolicy");
    c.one_of_if_set(&policy, &["PreemptLowerPriority", "Never"]);
    if let Some(old) = c.old {
        let old = At::root(old);
        if value.int() != old.get("value").int() {
            let was = old.get("value").origin();
            c.error(codes::J1060, Reason::Forbidden, &value, "the value of a priority class cannot change").related.push((was, "the stored value".to_owned()));
        }
        let with_default = |at: At<'_, 'v>| Some(at.text()).filter(|t| !t.is_empty()).unwrap_or("PreemptLowerPriority");
        if with_default(policy) != with_default(old.get("preemptionPolicy")) {
            c.changed(&policy, &old.get("preemptionPolicy"), "the preemption policy of a priority class cannot change");
        }
    }
}

/// `ValidateLease`.
pub fn lease<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    if spec.get("leaseDurationSeconds").is_set() {
        c.positive(&spec.get("leaseDurationSeconds"));
    }
    c.nonnegative(&spec.get("leaseTransitions"));
}

/// `ValidateCoordinatedLeaseStrategy`. The server's path has the field twice.
fn lease_strategy<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let place = at.called("strategy", at.value());
    if at.text().contains('/') {
        c.syntax(codes::J1001, &place, names::qualified_name(at.text()));
    } else {
        c.one_of(&place, &["OldestEmulationVersion"]);
    }
}

/// `ValidateLeaseCandidate`.
pub fn lease_candidate<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::ConfigKey, true);
    let spec = root.get("spec");
    for field in ["leaseName", "binaryVersion", "strategy"] {
        c.need_text(&spec.get(field), "");
    }
    if !spec.get("strategy").text().is_empty() {
        lease_strategy(c, &spec.get("strategy"));
    }
}

/// Limits of endpoint slices.
const ENDPOINTS_MAX: usize = 1000;
const ADDRESSES_MAX: usize = 100;
const PORTS_MAX: usize = 20_000;
const HINTS_MAX: usize = 8;

/// `ValidateEndpointSlice`, `ValidateEndpointSliceUpdate`.
pub fn endpoint_slice<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let kind = root.get("addressType");
    if c.need_text(&kind, "a slice says of which type its addresses are") {
        c.one_of(&kind, &["FQDN", "IPv4", "IPv6"]);
    }
    let list = root.get("ports");
    c.too_many(&list, PORTS_MAX);
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for port in list.items() {
        let name = port.get("name");
        if !name.text().is_empty() {
            c.dns_label(&name);
        }
        match seen.get(name.text()) {
            Some(first) => c.duplicate(&name, Some(*first), &format!("port `{}`", name.text())),
            None => drop(seen.insert(name.text(), port.origin())),
        }
        c.one_of_if_set(&port.get("protocol"), ports::PROTOCOLS);
        if port.get("appProtocol").is_set() {
            metadata::qualified(c, &port.get("appProtocol"));
        }
    }
    let endpoints = root.get("endpoints");
    let kept = c.old.is_some_and(|old| super::same::same(old.get("endpoints"), endpoints.value()));
    if !kept {
        c.too_many(&endpoints, ENDPOINTS_MAX);
        for endpoint in endpoints.items() {
            slice_endpoint(c, &endpoint, kind.text());
        }
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        c.immutable(&kind, &old.get("addressType"));
    }
}

fn slice_endpoint<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, kind: &str) {
    let addresses = at.get("addresses");
    if addresses.is_empty() {
        c.required(&addresses, "an endpoint has at least one address");
    }
    c.too_many(&addresses, ADDRESSES_MAX);
    for address in addresses.items() {
        match kind {
            "IPv4" | "IPv6" => slice_address(c, &addresses, &address, kind),
            "FQDN" => {
                let name = address.text().strip_suffix('.').unwrap_or(address.text());
                let verdict = names::dns_subdomain(name).and_then(|()| name.split('.').try_for_each(names::dns_label));
                if c.syntax(codes::J1051, &address, verdict) && !name.contains('.') {
                    c.invalid(codes::J1051, &address, format!("`{name}` is no full name: it has at least two parts"));
                }
            }
            _ => {}
        }
    }
    if at.get("nodeName").is_set() {
        c.dns_subdomain(&at.get("nodeName"));
    }
    // `deprecatedTopology` is dropped in v1 (`dropTopologyOnV1`), unseen.
    if at.get("hostname").is_set() {
        c.dns_label(&at.get("hostname"));
    }
    let hints = at.get("hints");
    for (list, zones) in [("forZones", true), ("forNodes", false)] {
        let list = hints.get(list);
        c.too_many(&list, HINTS_MAX);
        let mut seen: HashMap<&str, Origin> = HashMap::new();
        for hint in list.items() {
            let name = hint.get("name");
            match seen.get(name.text()) {
                Some(first) => c.duplicate(&name, Some(*first), &format!("`{}`", name.text())),
                None => drop(seen.insert(name.text(), name.origin())),
            }
            let verdict = if zones { names::label_value(name.text()) } else { names::dns_subdomain(name.text()) };
            c.syntax(codes::J1001, &name, verdict);
        }
    }
}

/// An address of the slice's family; when it is of the other one, the server names the list.
fn slice_address<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, at: &At<'_, 'v>, kind: &str) {
    let fine = if kind == "IPv4" { legacy_ip(c, at) } else { c.syntax(codes::J1048, at, ip::canonical_ip(at.text()).map(|_| ())) };
    if !fine {
        return;
    }
    if ip::ip(at.text()).is_some_and(|a| a.is_ipv4() != (kind == "IPv4")) {
        let origin = at.origin();
        c.invalid(codes::J1048, list, format!("`{}` is no {kind} address", at.text())).origin = origin;
    }
    service::endpoint_ip(c, at);
}

/// `ValidateRuntimeClass`, `ValidateRuntimeClassUpdate`.
pub fn runtime_class<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let handler = root.get("handler");
    if c.need_text(&handler, "a class names the handler that runs its pods") {
        c.dns_label(&handler);
    }
    let overhead = root.get("overhead");
    let fixed = overhead.get("podFixed");
    if overhead.is_set() {
        resources::lists(c, &overhead, &overhead.called("limits", fixed.value()), &overhead.called("requests", None), resources::container_resource_name);
    }
    let place = root.get("scheduling");
    metadata::labels(c, &place.get("nodeSelector"));
    let tolerations = place.get("tolerations");
    scheduling::tolerations(c, &tolerations);
    let mut seen: HashMap<[&str; 4], Origin> = HashMap::new();
    for toleration in tolerations.items() {
        let key = ["key", "operator", "value", "effect"].map(|f| toleration.get(f).text());
        match seen.get(&key) {
            Some(first) => c.duplicate(&toleration, Some(*first), "this toleration"),
            None => drop(seen.insert(key, toleration.origin())),
        }
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        c.immutable(&handler, &old.get("handler"));
    }
}
