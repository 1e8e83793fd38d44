//! IP addresses and networks as the server reads them, with and without leading zeros.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// An address; octets may have leading zeros, as the server's old parser allowed (`ParseIPSloppy`).
pub fn sloppy_ip(text: &str) -> Option<IpAddr> {
    if text.contains(':') {
        // Rust's parser wants the embedded IPv4 part without leading zeros; the old one does not.
        return text.parse::<Ipv6Addr>().ok().or_else(|| sloppy_embedded(text)).map(IpAddr::V6);
    }
    sloppy_v4(text).map(IpAddr::V4)
}

fn sloppy_v4(text: &str) -> Option<Ipv4Addr> {
    let mut octets = [0_u8; 4];
    let mut parts = text.split('.');
    for octet in &mut octets {
        let part = parts.next()?;
        if part.is_empty() || !part.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let digits = part.trim_start_matches('0');
        *octet = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    }
    parts.next().is_none().then(|| Ipv4Addr::from(octets))
}

fn sloppy_embedded(text: &str) -> Option<Ipv6Addr> {
    let (head, tail) = text.rsplit_once(':')?;
    let v4 = sloppy_v4(tail)?;
    format!("{head}:{v4}").parse().ok()
}

/// Whether the address is in IPv6 notation but stands for an IPv4 one (`::ffff:1.2.3.4`).
pub fn is_mapped(text: &str) -> bool {
    matches!(sloppy_ip(text), Some(IpAddr::V6(v6)) if v6.to_ipv4_mapped().is_some())
}

/// An address as the server keeps it: mapped ones are IPv4.
pub fn ip(text: &str) -> Option<IpAddr> {
    sloppy_ip(text).map(|ip| ip.to_canonical())
}

/// An address without leading zeros and not mapped (`IsValidIPForLegacyField` with strict validation).
///
/// # Errors
/// What is wrong, in words.
pub fn strict_ip(text: &str) -> Result<IpAddr, String> {
    let Some(ip) = sloppy_ip(text) else { return Err("an IP address is expected, such as `10.9.8.7` or `2001:db8::1`".to_owned()) };
    if text.parse::<IpAddr>().is_err() {
        return Err("numbers of an IP address have no leading zeros".to_owned());
    }
    if is_mapped(text) {
        return Err("an IPv4 address is written as such, not mapped into IPv6".to_owned());
    }
    Ok(ip)
}

/// An address in canonical form (`IsValidIP`).
///
/// # Errors
/// What is wrong, in words.
pub fn canonical_ip(text: &str) -> Result<IpAddr, String> {
    let ip = strict_ip(text)?;
    if ip.to_string() != text {
        return Err(format!("the canonical form of this address is `{ip}`"));
    }
    Ok(ip)
}

/// A network: its address and the length of its prefix, as `ParseCIDRSloppy` reads it. The address may have bits beyond the prefix.
pub fn sloppy_cidr(text: &str) -> Option<(IpAddr, u8)> {
    let (address, prefix) = text.split_once('/')?;
    let ip = sloppy_ip(address)?;
    if prefix.is_empty() || !prefix.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = prefix.trim_start_matches('0');
    let length: u8 = if digits.is_empty() { 0 } else { digits.parse().ok()? };
    (length <= if ip.is_ipv4() { 32 } else { 128 }).then_some((ip, length))
}

/// The address with the bits beyond the prefix cleared.
pub fn masked(ip: IpAddr, length: u8) -> IpAddr {
    match ip {
        IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & u32::MAX.checked_shl(32 - u32::from(length.min(32))).unwrap_or(0))),
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & u128::MAX.checked_shl(128 - u32::from(length.min(128))).unwrap_or(0))),
    }
}

/// A network without leading zeros, not mapped, and without bits beyond the prefix (`IsValidCIDRForLegacyField` with strict validation).
///
/// # Errors
/// What is wrong, in words.
pub fn strict_cidr(text: &str) -> Result<(IpAddr, u8), String> {
    let Some((ip, length)) = sloppy_cidr(text) else { return Err("a network is expected, such as `10.9.8.0/24` or `2001:db8::/64`".to_owned()) };
    let (address, prefix) = text.split_once('/').unwrap_or((text, ""));
    if address.parse::<IpAddr>().is_err() || (prefix.len() > 1 && prefix.starts_with('0')) {
        return Err("numbers of a network have no leading zeros".to_owned());
    }
    if is_mapped(address) {
        return Err("an IPv4 network is written as such, not mapped into IPv6".to_owned());
    }
    let network = masked(ip, length);
    if network != ip {
        return Err(format!("it has bits beyond its prefix: the network is `{network}/{length}`"));
    }
    Ok((ip, length))
}

/// A network in canonical form (`IsValidCIDR`).
///
/// # Errors
/// What is wrong, in words.
pub fn canonical_cidr(text: &str) -> Result<(IpAddr, u8), String> {
    let (ip, length) = strict_cidr(text)?;
    let canonical = format!("{ip}/{length}");
    if canonical != text {
        return Err(format!("the canonical form of this network is `{canonical}`"));
    }
    Ok((ip, length))
}
