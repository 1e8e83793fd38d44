//! Ports of containers, and ports given by number or name (core `validation.go`: `validateContainerPorts`, `ValidatePortNumOrName`, `AccumulateUniqueHostPorts`).

use std::collections::HashMap;

use crate::diagnostics::codes;
use crate::kube::rules::report::Report;
use crate::kube::rules::{At, IntOrText};
use crate::kube::syntax::names;
use crate::value::Origin;

/// Protocols of ports.
pub const PROTOCOLS: &[&str] = &["TCP", "UDP", "SCTP"];

/// A port number.
pub fn port_number<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let n = at.int();
    if !(1..=65535).contains(&n) {
        c.invalid(codes::J1020, at, format!("`{n}` is no port: ports are 1 to 65535"));
    }
}

/// `ValidatePortNumOrName`. An absent port is 0.
pub fn number_or_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    match at.int_or_text() {
        Some(IntOrText::Text(name)) => named(c, at, name),
        _ => port_number(c, at),
    }
}

/// A port by its name. Digits in quotes are a number that was quoted by mistake.
pub fn named<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str) {
    let meant = name.parse::<u16>().is_ok_and(|n| n > 0);
    if !c.syntax(codes::J1020, at, names::port_name(name))
        && meant
        && let Some(error) = c.errors.last_mut()
    {
        error.help = Some("for the number of a port leave out the quotes".to_owned());
        error.replacement = Some(name.to_owned());
    }
}

/// A protocol, which defaults to TCP.
pub fn protocol<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    c.one_of_or_empty(at, PROTOCOLS);
}

/// The protocol with its default.
pub fn protocol_of<'v>(port: &At<'_, 'v>) -> &'v str {
    Some(port.get("protocol").text()).filter(|p| !p.is_empty()).unwrap_or("TCP")
}

/// `validateContainerPorts`.
pub fn container_ports<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    let mut names: HashMap<&str, Origin> = HashMap::new();
    for port in list.items() {
        let name = port.get("name");
        if !name.text().is_empty() && c.syntax(codes::J1020, &name, names::port_name(name.text())) {
            if let Some(first) = names.get(name.text()) {
                c.duplicate(&name, Some(*first), &format!("port `{}`", name.text()));
            } else {
                names.insert(name.text(), name.origin());
            }
        }
        let number = port.get("containerPort");
        if number.int() == 0 {
            c.required(&number, "a port has a number, 1 to 65535");
        } else {
            port_number(c, &number);
        }
        if port.get("hostPort").int() != 0 {
            port_number(c, &port.get("hostPort"));
        }
        protocol(c, &port.get("protocol"));
    }
}

/// Host ports seen so far: protocol, address and number.
pub type HostPorts<'v> = HashMap<(&'v str, &'v str, i64), Origin>;

/// `AccumulateUniqueHostPorts`: a host port is taken once for each protocol and address.
///
/// `on_host`: the container's ports are the host's where nothing else is said (Pods on the host's network).
pub fn host_ports<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, on_host: bool, seen: &mut HostPorts<'v>) {
    for port in list.items() {
        let host = port.get("hostPort");
        let number = if on_host && host.int() == 0 { port.get("containerPort").int() } else { host.int() };
        if number == 0 {
            continue;
        }
        let key = (protocol_of(&port), port.get("hostIP").text(), number);
        if let Some(first) = seen.get(&key) {
            c.duplicate(&host, Some(*first), &format!("host port `{number}/{}`", key.0));
        } else {
            seen.insert(key, host.origin());
        }
    }
}
