//! Services (core `validation.go`: `validateService`, `validateServicePort`, `ValidateServiceClusterIPsRelatedFields`, `ValidateServiceUpdate`).

use std::collections::HashMap;

use super::network::{legacy_cidr, legacy_ip};
use super::ports;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::Report;
use crate::kube::rules::same::same;
use crate::kube::rules::{At, IntOrText};
use crate::kube::syntax::{ip, names};
use crate::value::Origin;

/// What decides most rules of a Service.
struct Kind<'v> {
    /// With its default.
    name: &'v str,
    headless: bool,
}

fn kind_of<'v>(spec: &At<'_, 'v>) -> Kind<'v> {
    let name = Some(spec.get("type").text()).filter(|t| !t.is_empty()).unwrap_or("ClusterIP");
    let ips = cluster_ips(spec);
    Kind { name, headless: ips == ["None"] }
}

/// `clusterIPs` as the server completes them from `clusterIP`.
fn cluster_ips<'v>(spec: &At<'_, 'v>) -> Vec<&'v str> {
    let list = spec.get("clusterIPs");
    let one = spec.get("clusterIP").text();
    if list.is_empty() && !one.is_empty() { vec![one] } else { list.list().iter().map(|v| v.as_str().unwrap_or("")).collect() }
}

/// A Service and its update.
pub fn service<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    let rule = if c.since(36) { NameRule::Label } else { NameRule::Label1035 };
    metadata::object_meta(c, &meta, rule, true);
    let spec = root.get("spec");
    let kind = kind_of(&spec);
    topology_annotations(c, &meta.get("annotations"));
    let before = c.old.map(At::root);
    let old_spec = before.as_ref().map(|o| o.get("spec"));
    let fields = Fields { spec: &spec, old: old_spec.as_ref() };
    if spec.get("ports").is_empty() && !kind.headless && kind.name != "ExternalName" {
        c.required(&spec.get("ports"), "a Service has ports, unless it is headless (`clusterIP: None`)");
    }
    type_rules(c, &fields, &kind);
    service_ports(c, &fields, &kind);
    metadata::labels(c, &spec.get("selector"));
    session_affinity(c, &spec);
    if kind.name != "ExternalName" {
        addresses(c, &spec, &kind);
    }
    for address in spec.get("externalIPs").items() {
        if legacy_ip(c, &address) {
            endpoint_ip(c, &address);
        }
    }
    c.one_of_or_empty(&spec.get("type"), &["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]);
    load_balancer(c, &fields, &meta.get("annotations"), &kind);
    traffic(c, &fields, &kind);
    if let Some(old) = &old_spec {
        update(c, &spec, old, &kind);
    }
}

/// Fields of a Service and of the stored one: what the type no longer allows is dropped by the server when it did not change.
struct Fields<'a, 'p, 'v> {
    spec: &'a At<'p, 'v>,
    old: Option<&'a At<'p, 'v>>,
}

impl<'v> Fields<'_, '_, 'v> {
    /// Whether the server would drop the field: it stands as before, but the type is another.
    fn is_dropped(&self, name: &'v str) -> bool {
        self.old.is_some_and(|old| kind_of(old).name != kind_of(self.spec).name && same(old.get(name).value(), self.spec.get(name).value()))
    }
}

fn topology_annotations<'v>(c: &mut Report<'v>, annotations: &At<'_, 'v>) {
    let (mode, hints) = (annotations.key("service.kubernetes.io/topology-mode"), annotations.key("service.kubernetes.io/topology-aware-hints"));
    if mode.is_set() && hints.is_set() && mode.text() != hints.text() {
        c.invalid(codes::J1007, &mode, "differs from the older annotation `service.kubernetes.io/topology-aware-hints`").related.push((hints.origin(), "the older one".to_owned()));
    }
}

/// What `NodePort`, `LoadBalancer` and `ExternalName` want.
fn type_rules<'v>(c: &mut Report<'v>, fields: &Fields<'_, '_, 'v>, kind: &Kind<'v>) {
    let spec = fields.spec;
    match kind.name {
        "LoadBalancer" | "NodePort" if kind.headless => {
            let origin = spec.get("clusterIP").origin();
            c.invalid(codes::J1047, &spec.get("clusterIPs").indexed(0), format!("a Service of type `{}` cannot be headless", kind.name)).origin = origin;
        }
        "ExternalName" => {
            if !cluster_ips(spec).is_empty() && !fields.is_dropped("clusterIP") {
                let origin = if spec.get("clusterIP").is_set() { spec.get("clusterIP").key_origin() } else { spec.get("clusterIPs").key_origin() };
                c.forbidden(codes::J1047, &spec.get("clusterIPs"), "a Service of type `ExternalName` has no address").origin = origin;
            }
            for field in ["ipFamilies", "ipFamilyPolicy"] {
                let at = spec.get(field);
                if at.is_set() && !(field == "ipFamilies" && at.is_empty()) && !fields.is_dropped(field) {
                    c.forbidden(codes::J1047, &at, format!("a Service of type `ExternalName` has no `{field}`"));
                }
            }
            let name = spec.get("externalName");
            let host = name.text().strip_suffix('.').unwrap_or(name.text());
            if host.is_empty() {
                c.required(&name, "a Service of type `ExternalName` says which");
            } else if let Err(why) = names::dns_subdomain(host) {
                let error = c.invalid(codes::J1051, &name, format!("`{}` is no host: {why}", name.text()));
                error.replacement = Some(host.to_lowercase()).filter(|h| h != host && names::dns_subdomain(h).is_ok());
            }
        }
        _ => {}
    }
}

/// `validateServicePort` and the uniqueness of ports.
fn service_ports<'v>(c: &mut Report<'v>, fields: &Fields<'_, '_, 'v>, kind: &Kind<'v>) {
    let list = fields.spec.get("ports");
    let several = list.len() > 1;
    let (mut names_seen, mut numbers, mut node_ports): (HashMap<&str, Origin>, HashMap<(&str, i64), Origin>, HashMap<(&str, i64), Origin>) = Default::default();
    for port in list.items() {
        let name = port.get("name");
        if name.text().is_empty() {
            if several {
                c.required(&name, "where there are several ports each has a name");
            }
        } else {
            c.dns_label(&name);
            match names_seen.get(name.text()) {
                Some(first) => c.duplicate(&name, Some(*first), &format!("port `{}`", name.text())),
                None => drop(names_seen.insert(name.text(), name.origin())),
            }
        }
        let number = port.get("port");
        ports::port_number(c, &number);
        ports::protocol(c, &port.get("protocol"));
        let target = port.get("targetPort");
        if !matches!(target.int_or_text(), None | Some(IntOrText::Int(0) | IntOrText::Text(""))) {
            ports::number_or_name(c, &target);
        }
        if port.get("appProtocol").is_set() {
            metadata::qualified(c, &port.get("appProtocol"));
        }
        let protocol = ports::protocol_of(&port);
        match numbers.get(&(protocol, number.int())) {
            Some(first) => c.duplicate(&port, Some(*first), &format!("port `{}/{protocol}`", number.int())),
            None => drop(numbers.insert((protocol, number.int()), port.origin())),
        }
        let node = port.get("nodePort");
        if node.int() == 0 {
            continue;
        }
        let kept = fields.old.is_some_and(|o| kind_of(o).name != kind.name && o.get("ports").items().any(|p| p.get("nodePort").int() == node.int()));
        if kind.name == "ClusterIP" && !kept {
            c.forbidden(codes::J1047, &node, "a Service of type `ClusterIP` has no node ports: `NodePort` and `LoadBalancer` have");
        }
        match node_ports.get(&(protocol, node.int())) {
            Some(first) => c.duplicate(&node, Some(*first), &format!("node port `{}/{protocol}`", node.int())),
            None => drop(node_ports.insert((protocol, node.int()), node.origin())),
        }
    }
}

/// Longest session affinity by client address: a day.
const AFFINITY_SECONDS: i64 = 86_400;

/// `validateClientIPAffinityConfig`.
fn session_affinity<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let affinity = spec.get("sessionAffinity");
    c.one_of_or_empty(&affinity, &["ClientIP", "None"]);
    if affinity.text() == "ClientIP" {
        let config = spec.get("sessionAffinityConfig");
        let client = config.get("clientIP");
        let seconds = client.get("timeoutSeconds");
        if seconds.is_set() {
            c.within(&seconds, 1, AFFINITY_SECONDS);
        }
    }
}

/// `ValidateServiceClusterIPsRelatedFields`, and what the allocator wants of policy and families.
fn addresses<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, kind: &Kind<'v>) {
    let (one, list, families, policy) = (spec.get("clusterIP"), spec.get("clusterIPs"), spec.get("ipFamilies"), spec.get("ipFamilyPolicy"));
    let ips = cluster_ips(spec);
    if one.text().is_empty() {
        if !list.is_empty() {
            c.invalid(codes::J1007, &list, "`clusterIPs` are given without the first of them as `clusterIP`");
        }
    } else if ips.first() != Some(&one.text()) {
        c.invalid(codes::J1007, &list, "the first of `clusterIPs` is the `clusterIP`").related.push((one.origin(), "the `clusterIP`".to_owned()));
    }
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for family in families.items() {
        c.one_of(&family, &["IPv4", "IPv6"]);
        match seen.get(family.text()) {
            Some(first) => c.duplicate(&family, Some(*first), &format!("`{}`", family.text())),
            None => drop(seen.insert(family.text(), family.origin())),
        }
    }
    c.one_of_if_set(&policy, &["PreferDualStack", "RequireDualStack", "SingleStack"]);
    if policy.text() == "SingleStack" && (ips.len() > 1 || families.len() > 1) {
        c.invalid(codes::J1007, &policy, "`SingleStack` has one address and one family");
    }
    let mut fine = true;
    for (i, text) in ips.iter().enumerate() {
        let at = list.index(i);
        let shown = if at.is_set() { at } else { one };
        let place = list.indexed(i);
        if i == 0 && *text == "None" {
            if ips.len() > 1 {
                fine = false;
                c.invalid(codes::J1007, &list, "`None` is the only address of a headless Service");
            }
            continue;
        }
        let before = c.errors.len();
        legacy_ip(c, &shown);
        if let Some(error) = c.errors.get_mut(before) {
            error.path = place.path();
            fine = false;
        }
    }
    if ips.len() > 2 {
        c.invalid(codes::J1007, &list, "a Service has at most two addresses, one of each family");
    }
    if !fine {
        return;
    }
    let family = |text: &str| if ip::ip(text).is_some_and(|ip| ip.is_ipv6()) { "IPv6" } else { "IPv4" };
    if let [a, b] = ips.as_slice()
        && family(a) == family(b)
    {
        c.invalid(codes::J1007, &list, format!("both addresses are {}: a Service has one of each family", family(a)));
    }
    if !kind.headless {
        for (i, (text, wanted)) in ips.iter().zip(families.items()).enumerate() {
            if matches!(wanted.text(), "IPv4" | "IPv6") && family(text) != wanted.text() {
                let error = c.invalid(codes::J1048, &list.indexed(i), format!("`{text}` is no {} address, as `ipFamilies` says", wanted.text()));
                error.related.push((wanted.origin(), "the family".to_owned()));
            }
        }
    }
}

/// `ValidateEndpointIP`: no address that means this very host.
pub fn endpoint_ip<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let Some(address) = ip::ip(at.text()) else { return };
    let what = match address {
        a if a.is_unspecified() => "stands for no host",
        a if a.is_loopback() => "is the host's own loopback",
        std::net::IpAddr::V4(a) if a.is_link_local() => "is link-local",
        std::net::IpAddr::V6(a) if a.is_unicast_link_local() => "is link-local",
        std::net::IpAddr::V4(a) if a.octets().starts_with(&[224, 0, 0]) => "is link-local multicast",
        std::net::IpAddr::V6(a) if a.octets().first() == Some(&0xff) && a.octets().get(1).is_some_and(|b| b & 0x0f == 2) => "is link-local multicast",
        _ => return,
    };
    c.invalid(codes::J1048, at, format!("`{}` {what}: others cannot reach it", at.text()));
}

/// Source ranges, class and node ports of a load balancer.
fn load_balancer<'v>(c: &mut Report<'v>, fields: &Fields<'_, '_, 'v>, annotations: &At<'_, 'v>, kind: &Kind<'v>) {
    let spec = fields.spec;
    let balanced = kind.name == "LoadBalancer";
    let ranges = spec.get("loadBalancerSourceRanges");
    if !ranges.is_empty() {
        // The server's spelling.
        let at = spec.called("LoadBalancerSourceRanges", ranges.value());
        if !balanced {
            c.error(codes::J1047, Reason::Forbidden, &at, "only a Service of type `LoadBalancer` has source ranges");
        }
        for range in at.items() {
            legacy_cidr(c, &range, range.text().trim());
        }
    } else {
        let at = annotations.key("service.beta.kubernetes.io/load-balancer-source-ranges");
        if at.is_set() {
            if !balanced {
                c.forbidden(codes::J1047, &at, "only a Service of type `LoadBalancer` has source ranges");
            }
            for range in at.text().trim().split(',').filter(|_| !at.text().trim().is_empty()) {
                legacy_cidr(c, &at, range.trim());
            }
        }
    }
    for field in ["allocateLoadBalancerNodePorts", "loadBalancerClass"] {
        let at = spec.get(field);
        if at.is_set() && !balanced && !fields.is_dropped(field) {
            c.forbidden(codes::J1047, &at, format!("only a Service of type `LoadBalancer` has `{field}`"));
        }
    }
    if balanced && spec.get("loadBalancerClass").is_set() {
        metadata::qualified(c, &spec.get("loadBalancerClass"));
    }
}

/// `validateServiceExternalTrafficPolicy`, `validateServiceInternalTrafficFieldsValue`, `validateServiceTrafficDistribution`.
fn traffic<'v>(c: &mut Report<'v>, fields: &Fields<'_, '_, 'v>, kind: &Kind<'v>) {
    let spec = fields.spec;
    let external = matches!(kind.name, "LoadBalancer" | "NodePort") || (kind.name == "ClusterIP" && !spec.get("externalIPs").is_empty());
    let policy = spec.get("externalTrafficPolicy");
    if external {
        c.one_of_or_empty(&policy, &["Cluster", "Local"]);
    } else if !policy.text().is_empty() && !fields.is_dropped("externalTrafficPolicy") {
        c.invalid(codes::J1047, &policy, "only a Service that is reached from outside has an `externalTrafficPolicy`");
    }
    let health = spec.get("healthCheckNodePort");
    if health.int() != 0 {
        if kind.name == "LoadBalancer" && policy.text() == "Local" {
            ports::port_number(c, &health);
        } else if !fields.is_dropped("healthCheckNodePort") {
            c.invalid(codes::J1047, &health, "health is checked for `type: LoadBalancer` with `externalTrafficPolicy: Local` only");
        }
    }
    c.one_of_if_set(&spec.get("internalTrafficPolicy"), &["Cluster", "Local"]);
    let distributions: &[&str] = if c.since(34) { &["PreferClose", "PreferSameZone", "PreferSameNode"] } else { &["PreferClose"] };
    c.one_of_if_set(&spec.get("trafficDistribution"), distributions);
}

/// `ValidateServiceUpdate`: addresses, families and the class stay.
fn update<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old: &At<'_, 'v>, kind: &Kind<'v>) {
    let was = kind_of(old);
    if kind.name == "ExternalName" || was.name == "ExternalName" {
        return;
    }
    if !(kind.headless && was.headless) {
        addresses_stay(c, spec, old);
    }
    if kind.headless == was.headless && !kind.headless {
        let (now, before) = (spec.get("ipFamilies"), old.get("ipFamilies"));
        if !now.is_empty() && !before.is_empty() && now.index(0).text() != before.index(0).text() {
            c.changed(&now.indexed(0), &before, "the first family of a Service cannot change");
        }
    }
    if kind.name == "LoadBalancer" && was.name == "LoadBalancer" {
        c.immutable(&spec.get("loadBalancerClass"), &old.get("loadBalancerClass"));
        let (now, before) = (spec.get("healthCheckNodePort"), old.get("healthCheckNodePort"));
        let local = |s: &At<'_, 'v>| s.get("externalTrafficPolicy").text() == "Local";
        if local(spec) && local(old) && now.is_set() && before.is_set() {
            c.immutable(&now, &before);
        }
    }
}

/// `validateUpgradeDowngradeClusterIPs`. Addresses that the new object leaves out are filled in from the stored one.
fn addresses_stay<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old: &At<'_, 'v>) {
    let (now, before) = (cluster_ips(spec), cluster_ips(old));
    let list = spec.get("clusterIPs");
    if now.is_empty() {
        return;
    }
    if before.is_empty() {
        // A live Service has an address; which one, the stored object does not say.
        if now == ["None"] && old.get("clusterIP").text().is_empty() {
            let origin = spec.get("clusterIP").origin();
            c.changed(&list.indexed(0), old, "a Service that has an address cannot become headless");
            if let Some(error) = c.errors.last_mut() {
                error.origin = origin;
            }
        }
        return;
    }
    let compared = if now.len() == before.len() { now.len() } else { 1 };
    for (i, (a, b)) in now.iter().zip(&before).take(compared).enumerate() {
        if a != b {
            c.changed(&list.indexed(i), &old.get("clusterIP"), &format!("the address of a Service cannot change from `{b}` to `{a}`"));
        }
    }
}
