//! Ingresses, their classes, network policies and addresses (`pkg/apis/networking/validation`).

use super::batch::domain_prefixed_path;
use super::core::network::legacy_cidr;
use super::core::ports;
use super::metadata::{self, NameRule};
use super::report::Report;
use super::{At, IntOrText, selector};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::{ip, names};

/// `ValidateIngressCreate`, `ValidateIngressUpdate`.
pub fn ingress<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let spec = root.get("spec");
    let (rules, backend_at, class) = (spec.get("rules"), spec.get("defaultBackend"), spec.get("ingressClassName"));
    if rules.is_empty() && !backend_at.is_set() {
        c.invalid(codes::J1050, &spec, "an Ingress has `rules` or a `defaultBackend`");
    }
    if backend_at.is_set() {
        backend(c, &backend_at);
    }
    for rule in rules.items() {
        ingress_rule(c, &rule);
    }
    for tls in spec.get("tls").items() {
        for host in tls.get("hosts").items() {
            host_name(c, &host, false);
        }
        if !tls.get("secretName").text().is_empty() {
            c.dns_subdomain(&tls.get("secretName"));
        }
    }
    if class.is_set() {
        c.dns_subdomain(&class);
    }
    if c.old.is_none() {
        let annotations = meta.get("annotations");
        let old_class = annotations.key("kubernetes.io/ingress.class");
        if old_class.is_set() && class.is_set() && old_class.text() != class.text() {
            // The server's path.
            let base = root.called("annotations", annotations.value());
            let place = base.called("kubernetes.io/ingress.class", old_class.value());
            c.invalid(codes::J1007, &place, "the annotation names another class than `ingressClassName`").related.push((class.origin(), "the class".to_owned()));
        }
    }
}

/// A host, which may start with `*.`, and is no address.
fn host_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, no_address: bool) {
    let text = at.text();
    if no_address && ip::sloppy_ip(text).is_some() {
        c.invalid(codes::J1051, at, format!("`{text}` is an address: a host is a DNS name"));
    }
    let verdict = if text.contains('*') { names::wildcard_dns_subdomain(text) } else { names::dns_subdomain(text) };
    if let Err(why) = verdict {
        let lower = text.to_lowercase();
        let fits = lower != text && if text.contains('*') { names::wildcard_dns_subdomain(&lower) } else { names::dns_subdomain(&lower) }.is_ok();
        let error = c.invalid(codes::J1051, at, format!("`{text}` is no host: {why}"));
        error.replacement = fits.then_some(lower);
    }
}

/// `validateIngressRules`, `validateHTTPIngressPath`.
fn ingress_rule<'v>(c: &mut Report<'v>, rule: &At<'_, 'v>) {
    if !rule.get("host").text().is_empty() {
        host_name(c, &rule.get("host"), true);
    }
    let http = rule.get("http");
    if !http.is_set() {
        return;
    }
    let paths = http.get("paths");
    if paths.is_empty() {
        c.required(&paths, "a rule has at least one path");
    }
    for path in paths.items() {
        let kind = path.get("pathType");
        if !kind.is_set() {
            c.required(&kind, "one of `Prefix`, `Exact`, `ImplementationSpecific`");
            continue;
        }
        http_path(c, &path.get("path"), &kind);
        backend(c, &path.get("backend"));
    }
}

/// Parts that no path has, and endings.
const BAD_PARTS: &[&str] = &["//", "/./", "/../", "%2f", "%2F"];
const BAD_ENDS: &[&str] = &["/..", "/."];

fn http_path<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, kind: &At<'_, 'v>) {
    let text = at.text();
    let absolute = text.starts_with('/');
    match kind.text() {
        "Exact" | "Prefix" => {
            if !absolute {
                not_absolute(c, at);
            }
            for part in BAD_PARTS.iter().filter(|p| text.contains(**p)) {
                c.invalid(codes::J1050, at, format!("`{text}` has `{part}` in it, which no request has"));
            }
            for end in BAD_ENDS.iter().filter(|e| text.ends_with(**e)) {
                c.invalid(codes::J1050, at, format!("`{text}` ends with `{end}`, which no request does"));
            }
        }
        "ImplementationSpecific" => {
            if !text.is_empty() && !absolute {
                not_absolute(c, at);
            }
        }
        other => c.not_supported(kind, other, &["Exact", "ImplementationSpecific", "Prefix"]),
    }
}

fn not_absolute<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let text = at.text();
    let message = if text.is_empty() { "`path` is missing: it starts with `/`".to_owned() } else { format!("`{text}` does not start with `/`") };
    c.invalid(codes::J1050, at, message).replacement = Some(format!("/{text}")).filter(|_| at.is_set());
}

/// `validateIngressBackend`.
fn backend<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (resource, service) = (at.get("resource"), at.get("service"));
    match (resource.is_set(), service.is_set()) {
        (true, true) => {
            c.invalid(codes::J1050, at, "a backend is a `service` or a `resource`, not both");
        }
        (false, false) => {
            c.invalid(codes::J1050, at, "a backend is a `service` or a `resource`: neither is there");
        }
        (true, false) => reference(c, &resource),
        (false, true) => {
            let name = service.get("name");
            if c.need_text(&name, "a backend names a Service") {
                let verdict = if c.since(36) { names::dns_label(name.text()) } else { names::dns_1035_label(name.text()) };
                c.syntax(codes::J1001, &name, verdict);
            }
            let port = service.get("port");
            let (named, number) = (port.get("name"), port.get("number"));
            match (!named.text().is_empty(), number.int() != 0) {
                (true, true) => {
                    c.invalid(codes::J1050, at, "a port has a `name` or a `number`, not both");
                }
                (true, false) => {
                    c.syntax(codes::J1020, &named, names::port_name(named.text()));
                }
                (false, true) => ports::port_number(c, &number),
                (false, false) => {
                    let origin = service.origin();
                    c.error(codes::J1050, Reason::Required, at, "the Service's port is missing: a `name` or a `number`").origin = origin;
                }
            }
        }
    }
}

/// `validateIngressTypedLocalObjectReference`, and the same part of class parameters.
fn reference<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.get("apiGroup").is_set() {
        c.dns_subdomain(&at.get("apiGroup"));
    }
    for field in ["kind", "name"] {
        let value = at.get(field);
        if c.need_text(&value, "") {
            c.syntax(codes::J1001, &value, names::path_segment(value.text()));
        }
    }
}

/// `ValidateIngressClass`, `ValidateIngressClassUpdate`.
pub fn ingress_class<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    let controller = spec.get("controller");
    c.too_long(&controller, 250);
    domain_prefixed_path(c, &controller);
    let parameters = spec.get("parameters");
    if parameters.is_set() {
        reference(c, &parameters);
        let (scope, namespace) = (parameters.get("scope"), parameters.get("namespace"));
        let kind = Some(scope.text()).filter(|s| !s.is_empty() || scope.is_set()).unwrap_or("Cluster");
        match kind {
            "Namespace" => {
                if namespace.is_set() {
                    c.dns_label(&namespace);
                } else {
                    c.required(&namespace, "parameters of scope `Namespace` say which");
                }
            }
            "Cluster" => {
                if namespace.is_set() {
                    c.forbidden(codes::J1007, &namespace, "parameters of scope `Cluster` have no namespace");
                }
            }
            other => c.not_supported(&scope, other, &["Cluster", "Namespace"]),
        }
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        c.immutable(&controller, &old_spec.get("controller"));
    }
}

/// `ValidateNetworkPolicy`, `ValidateNetworkPolicyUpdate`.
pub fn network_policy<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    selector::label_selector(c, &spec.get("podSelector"));
    for (direction, peers) in [("ingress", "from"), ("egress", "to")] {
        for rule in spec.get(direction).items() {
            for port in rule.get("ports").items() {
                policy_port(c, &port);
            }
            for peer in rule.get(peers).items() {
                policy_peer(c, &peer);
            }
        }
    }
    let types = spec.get("policyTypes");
    if types.len() > 2 {
        c.invalid(codes::J1052, &types, "there are two types: `Ingress` and `Egress`");
    }
    for kind in types.items() {
        c.one_of(&kind, &["Ingress", "Egress"]);
    }
}

/// `ValidateNetworkPolicyPort`.
fn policy_port<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    c.one_of_if_set(&at.get("protocol"), ports::PROTOCOLS);
    let (port, end) = (at.get("port"), at.get("endPort"));
    match port.int_or_text() {
        None => {
            if end.is_set() {
                c.invalid(codes::J1052, &end, "`endPort` is the end of a range that `port` starts: there is none");
            }
        }
        Some(IntOrText::Int(start)) => {
            ports::port_number(c, &port);
            if let Some(last) = end.opt_int() {
                if last < start {
                    c.invalid(codes::J1052, &end, format!("the range ends with `{last}`, before its start `{start}`")).related.push((port.origin(), "the start".to_owned()));
                }
                ports::port_number(c, &end);
            }
        }
        Some(IntOrText::Text(name)) => {
            if end.is_set() {
                c.invalid(codes::J1052, &end, "a range starts with a number: `port` is a name");
            }
            ports::named(c, &port, name);
        }
    }
}

/// `ValidateNetworkPolicyPeer`, `ValidateIPBlock`.
fn policy_peer<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (pods, namespaces, block) = (at.get("podSelector"), at.get("namespaceSelector"), at.get("ipBlock"));
    for chosen in [&pods, &namespaces] {
        if chosen.is_set() {
            selector::label_selector(c, chosen);
        }
    }
    if block.is_set() {
        ip_block(c, &block);
        if pods.is_set() || namespaces.is_set() {
            c.error(codes::J1052, Reason::Forbidden, at, "a peer is an `ipBlock` or is selected, not both").related.push((block.origin(), "the block".to_owned()));
        }
    } else if !pods.is_set() && !namespaces.is_set() {
        c.error(codes::J1052, Reason::Required, at, "a peer is a `podSelector`, a `namespaceSelector`, both, or an `ipBlock`: none is there");
    }
}

fn ip_block<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let cidr = at.get("cidr");
    if !c.need_text(&cidr, "a block has a network: `10.0.0.0/8`") {
        return;
    }
    legacy_cidr(c, &cidr, cidr.text());
    let Some((network, length)) = ip::sloppy_cidr(cidr.text()) else { return };
    for except in at.get("except").items() {
        legacy_cidr(c, &except, except.text());
        let Some((inner, inner_length)) = ip::sloppy_cidr(except.text()) else { continue };
        let (network, inner) = (network.to_canonical(), inner.to_canonical());
        let inside = network.is_ipv4() == inner.is_ipv4() && ip::masked(inner, length) == ip::masked(network, length) && length < inner_length;
        if !inside {
            c.invalid(codes::J1049, &except, format!("`{}` is no part of `{}`", except.text(), cidr.text())).related.push((cidr.origin(), "the network".to_owned()));
        }
    }
}

/// `ValidateIPAddress`, `ValidateIPAddressUpdate`.
pub fn ip_address<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Ip, false);
    let spec = root.get("spec");
    let parent = spec.get("parentRef");
    if !parent.is_set() {
        c.required(&parent, "an address belongs to something");
    } else {
        if !parent.get("group").text().is_empty() {
            c.dns_subdomain(&parent.get("group"));
        }
        for field in ["resource", "name"] {
            let value = parent.get(field);
            if c.need_text(&value, "") {
                c.syntax(codes::J1001, &value, names::path_segment(value.text()));
            }
        }
        c.syntax(codes::J1001, &parent.get("namespace"), names::path_segment(parent.get("namespace").text()));
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        c.immutable(&parent, &old_spec.get("parentRef"));
    }
}

/// `ValidateServiceCIDR`, `ValidateServiceCIDRUpdate`.
pub fn service_cidr<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    let list = spec.get("cidrs");
    if list.is_empty() {
        c.required(&list, "at least one network is wanted");
    }
    if list.len() > 2 {
        c.invalid(codes::J1049, &list, "there are at most two networks, one of each family");
    }
    for cidr in list.items() {
        c.syntax(codes::J1049, &cidr, ip::canonical_cidr(cidr.text()).map(|_| ()));
    }
    let families: Vec<bool> = list.items().filter_map(|n| ip::sloppy_cidr(n.text())).map(|(ip, _)| ip.is_ipv6()).collect();
    if matches!(families.as_slice(), [a, b] if a == b) {
        c.invalid(codes::J1049, &list, "both networks are of one family");
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        let before = old_spec.get("cidrs");
        // A second network may come.
        if !(before.len() == 1 && list.len() == 2 && list.index(0).text() == before.index(0).text()) {
            c.immutable(&list, &before);
        }
    }
}
