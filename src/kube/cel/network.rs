//! The libraries of URLs, addresses and address blocks.

use std::net::IpAddr;
use std::sync::Arc;

use super::error::EvalError;
use super::url;
use super::value::{Cidr, Eval, Val};

fn parse_ip(text: &str) -> Result<IpAddr, EvalError> {
    if text.contains('%') && text.split('%').next().is_some_and(|a| a.parse::<std::net::Ipv6Addr>().is_ok()) {
        return Err(EvalError::new(format!("IP address {text:?} with zone value is not allowed")));
    }
    let ip: IpAddr = text.parse().map_err(|_| EvalError::new(format!("IP Address {text:?} parse error during conversion from string: ParseAddr({text:?}): unable to parse IP")))?;
    match ip {
        IpAddr::V6(v) if v.to_ipv4_mapped().is_some() => Err(EvalError::new(format!("IPv4-mapped IPv6 address {text:?} is not allowed"))),
        ip => Ok(ip),
    }
}

fn parse_cidr(text: &str) -> Result<Cidr, EvalError> {
    let bad = || EvalError::new(format!("network address parse error during conversion from string: netip.ParsePrefix({text:?})"));
    let (address, bits) = text.rsplit_once('/').ok_or_else(bad)?;
    let ip: IpAddr = address.parse().map_err(|_| bad())?;
    let max = if ip.is_ipv4() { 32 } else { 128 };
    let valid = !bits.is_empty() && bits.len() <= 3 && bits.bytes().all(|b| b.is_ascii_digit()) && (bits.len() == 1 || !bits.starts_with('0'));
    let bits: u8 = bits.parse::<u8>().ok().filter(|b| valid && *b <= max).ok_or_else(bad)?;
    if matches!(ip, IpAddr::V6(v) if v.to_ipv4_mapped().is_some()) {
        return Err(EvalError::new(format!("IPv4-mapped IPv6 address {text:?} is not allowed")));
    }
    Ok(Cidr { ip, bits })
}

impl Cidr {
    fn masked(self) -> Cidr {
        let ip = crate::kube::syntax::ip::masked(self.ip, self.bits);
        Cidr { ip, bits: self.bits }
    }

    fn contains(self, ip: IpAddr) -> bool {
        ip.is_ipv4() == self.ip.is_ipv4() && Cidr { ip, bits: self.bits }.masked().ip == self.masked().ip
    }
}

/// Calls one of the functions.
pub(super) fn call<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    let flag = |b: bool| Some(Ok(Val::Bool(b)));
    match (name, args) {
        ("url", [Val::Str(s)]) => Some(url::parse_url(s).map(|u| Val::Url(Arc::new(u))).map_err(|e| EvalError::new(format!("URL parse error during conversion from string: {e}")))),
        ("isURL", [Val::Str(s)]) => flag(url::parse_request_uri(s).is_ok()),
        ("ip", [Val::Str(s)]) => Some(parse_ip(s).map(Val::Ip)),
        ("ip", [Val::Cidr(c)]) => Some(Ok(Val::Ip(c.ip))),
        ("isIP", [Val::Str(s)]) => flag(parse_ip(s).is_ok()),
        ("ip.isCanonical", [Val::Str(s)]) => Some(parse_ip(s).map(|ip| Val::Bool(ip.to_string() == s.as_str()))),
        ("family", [Val::Ip(ip)]) => Some(Ok(Val::Int(if ip.is_ipv4() { 4 } else { 6 }))),
        ("isUnspecified", [Val::Ip(ip)]) => flag(ip.is_unspecified()),
        ("isLoopback", [Val::Ip(ip)]) => flag(ip.is_loopback()),
        ("isLinkLocalMulticast", [Val::Ip(ip)]) => flag(match ip {
            IpAddr::V4(v) => v.octets().starts_with(&[224, 0, 0]),
            IpAddr::V6(v) => v.segments().first().is_some_and(|s| s & 0xff0f == 0xff02),
        }),
        ("isLinkLocalUnicast", [Val::Ip(ip)]) => flag(link_local(ip)),
        ("isGlobalUnicast", [Val::Ip(ip)]) => {
            let broadcast = matches!(ip, IpAddr::V4(v) if v.is_broadcast());
            flag(!broadcast && !ip.is_unspecified() && !ip.is_loopback() && !ip.is_multicast() && !link_local(ip))
        }
        ("cidr", [Val::Str(s)]) => Some(parse_cidr(s).map(Val::Cidr).map_err(|e| EvalError::new(format!("network address parse error during conversion from string: {e}")))),
        ("isCIDR", [Val::Str(s)]) => flag(parse_cidr(s).is_ok()),
        ("containsIP", [Val::Cidr(c), Val::Ip(ip)]) => flag(c.contains(*ip)),
        ("containsIP", [Val::Cidr(c), Val::Str(s)]) => parse_ip(s).ok().map(|ip| Ok(Val::Bool(c.contains(ip)))),
        ("containsCIDR", [Val::Cidr(c), Val::Cidr(d)]) => flag(c.bits <= d.bits && c.contains(d.ip)),
        ("containsCIDR", [Val::Cidr(c), Val::Str(s)]) => parse_cidr(s).ok().map(|d| Ok(Val::Bool(c.bits <= d.bits && c.contains(d.ip)))),
        ("prefixLength", [Val::Cidr(c)]) => Some(Ok(Val::Int(i64::from(c.bits)))),
        ("masked", [Val::Cidr(c)]) => Some(Ok(Val::Cidr(c.masked()))),
        _ => None,
    }
}

fn link_local(ip: &IpAddr) -> bool {
    match ip {
        IpAddr::V4(v) => v.is_link_local(),
        IpAddr::V6(v) => v.is_unicast_link_local(),
    }
}
