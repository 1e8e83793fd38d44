//! What pods share with their host's network, and how they are named in DNS (core `validation.go`: `validatePodHostNetworkDeps`, `validatePodDNSConfig`, `validateHostUsers`, `ValidateHostAliases`).

use super::pod::each_container;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::syntax::{ip, names};

/// `validatePodHostNetworkDeps`: on the host's network a port is the host's. A Pod's missing host ports are filled in, a template's are not.
pub fn host_network_ports<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, is_pod: bool) {
    let _ = is_pod;
    if !spec.get("hostNetwork").flag() {
        return;
    }
    for container in spec.get("containers").items() {
        for port in container.get("ports").items() {
            let (host, own) = (port.get("hostPort"), port.get("containerPort"));
            if host.int() != 0 && host.int() != own.int() {
                let error = c.invalid(codes::J1021, &host, format!("with `hostNetwork` the host port `{}` is the container's port `{}`", host.int(), own.int()));
                error.related.push((own.origin(), "the container's port".to_owned()));
            }
        }
    }
}

/// An address in one of the fields that older servers took in sloppy notation.
pub fn legacy_ip<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) -> bool {
    let verdict = if c.since(36) {
        ip::strict_ip(at.text()).map(|_| ())
    } else {
        ip::sloppy_ip(at.text()).map(|_| ()).ok_or_else(|| "an IP address is expected, such as `10.9.8.7` or `2001:db8::1`".to_owned())
    };
    c.syntax(codes::J1048, at, verdict)
}

/// A network in one of the fields that older servers took in sloppy notation; `text` is trimmed where the server trims.
pub fn legacy_cidr<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, text: &str) -> bool {
    let verdict = if c.since(36) {
        ip::strict_cidr(text).map(|_| ())
    } else {
        ip::sloppy_cidr(text).map(|_| ()).ok_or_else(|| "a network is expected, such as `10.9.8.0/24` or `2001:db8::/64`".to_owned())
    };
    c.syntax(codes::J1049, at, verdict)
}

/// Most name servers, search paths, and characters of all search paths.
const DNS_LIMITS: (usize, usize, usize) = (3, 32, 2048);

/// `validatePodDNSConfig`.
pub fn dns_config<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let config = spec.get("dnsConfig");
    let servers = config.get("nameservers");
    if spec.get("dnsPolicy").text() == "None" {
        if !config.is_set() {
            let origin = spec.get("dnsPolicy").origin();
            c.error(codes::J1036, Reason::Required, &config, "`dnsPolicy: None` needs a `dnsConfig`").origin = origin;
            return;
        }
        if servers.is_empty() {
            c.error(codes::J1036, Reason::Required, &servers, "`dnsPolicy: None` needs at least one name server");
            return;
        }
    }
    if !config.is_set() {
        return;
    }
    if servers.len() > DNS_LIMITS.0 {
        c.invalid(codes::J1036, &servers, format!("{} name servers are too many: a pod has at most {}", servers.len(), DNS_LIMITS.0));
    }
    for server in servers.items() {
        legacy_ip(c, &server);
    }
    let searches = config.get("searches");
    if searches.len() > DNS_LIMITS.1 {
        c.invalid(codes::J1036, &searches, format!("{} search paths are too many: a pod has at most {}", searches.len(), DNS_LIMITS.1));
    }
    let characters = searches.items().map(|s| s.text().len() + 1).sum::<usize>().saturating_sub(1);
    if characters > DNS_LIMITS.2 {
        c.invalid(codes::J1036, &searches, format!("the search paths have {characters} characters together, at most {} are allowed", DNS_LIMITS.2));
    }
    for search in searches.items() {
        let text = search.text();
        if text != "." {
            c.syntax(codes::J1036, &search, names::dns_subdomain_underscore(text.strip_suffix('.').unwrap_or(text)));
        }
    }
    for option in config.get("options").items() {
        if option.get("name").text().is_empty() {
            c.required(&option, "an option has a name");
        }
    }
}

/// `validateHostUsers`. The server's spelling of the fields.
pub fn host_users<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, shares_users: bool) {
    if shares_users {
        return;
    }
    for (field, spelled) in [("hostNetwork", "hostNetwork"), ("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
        let value = spec.get(field);
        if value.flag() {
            c.error(codes::J1040, Reason::Forbidden, &spec.called(spelled, value.value()), format!("a pod with users of its own (`hostUsers: false`) has no `{field}`"));
        }
    }
    each_container(spec, |container| {
        let devices = container.get("volumeDevices");
        if !devices.is_empty() {
            c.forbidden(codes::J1040, &devices, "a pod with users of its own (`hostUsers: false`) has no devices");
        }
    });
}

/// `validatePodHostName`.
pub fn hostname_override<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let name = spec.get("hostnameOverride");
    if !name.is_set() || !c.since(35) {
        return;
    }
    for field in ["setHostnameAsFQDN", "hostNetwork"] {
        if spec.get(field).flag() {
            let other = spec.get(field).origin();
            c.forbidden(codes::J1040, &name, format!("`hostnameOverride` and `{field}` exclude each other")).related.push((other, "the other one".to_owned()));
        }
    }
    c.too_long(&name, 64);
    c.dns_subdomain(&name);
}

/// `ValidateHostAliases`.
pub fn host_aliases<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    for alias in list.items() {
        legacy_ip(c, &alias.get("ip"));
        for name in alias.get("hostnames").items() {
            c.dns_subdomain(&name);
        }
    }
}
