//! Namespaces, nodes, accounts, endpoints and events (core `validation.go`: `ValidateNamespace`, `ValidateNode`, `ValidateEndpoints`; `events.go`).

use super::network::{legacy_cidr, legacy_ip};
use super::{ports, resources, scheduling, service};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::Report;
use crate::kube::syntax::ip;
use crate::value::{Origin, Value};

/// `ValidateNamespace`.
pub fn namespace<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    let before = c.errors.len();
    metadata::object_meta(c, &meta, NameRule::Label, false);
    // The server overwrites this label before it looks at it.
    if let Some(own) = meta.get("labels").entries().find(|(k, _)| *k == "kubernetes.io/metadata.name").map(|(_, at)| at.origin()) {
        let said = c.errors.split_off(before);
        c.errors.extend(said.into_iter().filter(|e| e.origin != own || own == Origin::UNKNOWN));
    }
    let spec = root.get("spec");
    let finalizers = spec.get("finalizers");
    for item in finalizers.items() {
        if let Err(why) = crate::kube::syntax::names::qualified_name(item.text()) {
            c.invalid(codes::J1008, &finalizers, format!("`{}` is no finalizer: {why}", item.text())).origin = item.origin();
        }
    }
    metadata::core_finalizers(c, &finalizers, false);
    pod_security(c, &meta.get("labels"));
}

/// The PodSecurity admission's labels: a level, and the version whose rules count.
fn pod_security<'v>(c: &mut Report<'v>, labels: &At<'_, 'v>) {
    for mode in ["enforce", "audit", "warn"] {
        let labelled = |key: &str| labels.entries().find(|(k, _)| k.strip_prefix("pod-security.kubernetes.io/") == Some(key)).map(|(_, at)| at);
        if let Some(level) = labelled(mode) {
            let levels = ["privileged", "baseline", "restricted"];
            if !levels.contains(&level.text()) {
                c.not_supported(&level, level.text(), &levels);
            }
        }
        if let Some(version) = labelled(&format!("{mode}-version")) {
            let number = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit()) && (s == "0" || !s.starts_with('0'));
            let text = version.text();
            if text != "latest" && !text.strip_prefix("v1.").is_some_and(number) {
                let error = c.invalid(codes::J1004, &version, format!("`{text}` is no version of the pod security rules: `latest` or `v1.30`, for example"));
                error.replacement = text.strip_prefix("1.").filter(|s| number(s)).map(|_| format!("v{text}"));
            }
        }
    }
}

/// `ValidateServiceAccount`.
pub fn service_account<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
}

/// `ValidateNode`.
pub fn node<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, false);
    let spec = root.get("spec");
    // The server's path.
    scheduling::taints(c, &meta.called("taints", spec.get("taints").value()));
    let status = root.get("status");
    for list in ["capacity", "allocatable"] {
        let at = status.get(list);
        for (name, entry) in at.entries() {
            resources::quantity_value(c, &at.called(name, entry.value()), name, resources::in_list(&entry));
        }
    }
    // The older field wins over the first of the newer one's networks.
    let (networks, single) = (spec.get("podCIDRs"), spec.get("podCIDR"));
    if !single.text().is_empty() && networks.list().first().and_then(Value::as_str) != Some(single.text()) {
        if let Some(value) = single.value() {
            legacy_cidr(c, &networks.element(0, value), single.text());
        }
        return;
    }
    for network in networks.items() {
        legacy_cidr(c, &network, network.text());
    }
    let families: Vec<bool> = networks.items().filter_map(|n| ip::sloppy_cidr(n.text())).map(|(ip, _)| ip.is_ipv6()).collect();
    if networks.len() > 2 || matches!(families.as_slice(), [a, b] if a == b) {
        c.invalid(codes::J1049, &networks, "a node has one network of each family");
    }
}

/// `ValidateEndpoints`. Subsets that did not change are not looked at.
pub fn endpoints<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let subsets = root.get("subsets");
    if c.old.is_some_and(|old| crate::kube::rules::same::same(old.get("subsets"), subsets.value())) {
        return;
    }
    for subset in subsets.items() {
        if subset.get("addresses").is_empty() && subset.get("notReadyAddresses").is_empty() {
            c.error(codes::J1003, Reason::Required, &subset, "a subset has `addresses` or `notReadyAddresses`");
        }
        for list in ["addresses", "notReadyAddresses"] {
            for address in subset.get(list).items() {
                endpoint_address(c, &address);
            }
        }
        let list = subset.get("ports");
        for port in list.items() {
            let name = port.get("name");
            if !name.text().is_empty() {
                c.dns_label(&name);
            } else if list.len() > 1 {
                c.required(&name, "where there are several ports each has a name");
            }
            ports::port_number(c, &port.get("port"));
            ports::protocol(c, &port.get("protocol"));
            if port.get("appProtocol").is_set() {
                metadata::qualified(c, &port.get("appProtocol"));
            }
        }
    }
}

/// `validateEndpointAddress`.
fn endpoint_address<'v>(c: &mut Report<'v>, address: &At<'_, 'v>) {
    let ip = address.get("ip");
    if legacy_ip(c, &ip) {
        service::endpoint_ip(c, &ip);
    }
    if !address.get("hostname").text().is_empty() {
        c.dns_label(&address.get("hostname"));
    }
    if address.get("nodeName").is_set() {
        c.dns_subdomain(&address.get("nodeName"));
    }
}

/// `legacyValidateEvent`, for `v1`. An event without a namespace lands in `default`.
pub fn event<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    // Storage's own check, which every kind has.
    metadata::object_meta(c, &meta, NameRule::PathSegment, true);
    let namespace = Some(meta.get("namespace").text()).filter(|n| !n.is_empty()).unwrap_or("default");
    let object = root.get("involvedObject");
    let about = object.get("namespace");
    let message = "the event's namespace is that of the object it is about";
    if !root.get("eventTime").is_set() {
        let fits = if about.text().is_empty() { namespace == "default" } else { about.text() == namespace };
        if !fits {
            c.invalid(codes::J1007, &about, message);
        }
        return;
    }
    if about.text().is_empty() && !matches!(namespace, "default" | "kube-system") {
        c.invalid(codes::J1007, &about, message);
    }
    let controller = root.get("reportingComponent");
    if c.need_text(&controller, "an event says who reports it") {
        metadata::qualified(c, &controller);
    }
    for (field, most) in [("reportingInstance", 128), ("action", 128), ("reason", 128)] {
        let at = root.get(field);
        c.need_text(&at, "an event with an `eventTime` has it");
        if at.text().len() > most {
            c.invalid(codes::J1006, &at, format!("`{field}` has at most {most} characters"));
        }
    }
    if root.get("message").text().len() > 1024 {
        c.invalid(codes::J1006, &root.get("message"), "`message` has at most 1024 characters");
    }
}
