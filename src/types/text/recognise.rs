//! Formats that a parser recognises: addresses, cron schedules, URLs.

use std::net::IpAddr;

use super::format::Format;

/// Whether a text has a parsed format; otherwise the byte offset of the first wrong character, as far as that is known.
pub fn parsed(format: Format, text: &str) -> Result<(), usize> {
    match format {
        Format::IpAddress => text.parse::<IpAddr>().map(|_| ()).map_err(|_| 0),
        Format::Cidr => cidr(text),
        Format::Url => url(text),
        Format::Cron => cron(text),
        _ => Ok(()),
    }
}

fn cidr(text: &str) -> Result<(), usize> {
    let (address, bits) = text.split_once('/').ok_or(text.len())?;
    let ip: IpAddr = address.parse().map_err(|_| 0usize)?;
    let max = if ip.is_ipv4() { 32 } else { 128 };
    let good = bits.bytes().all(|b| b.is_ascii_digit()) && !(bits.len() > 1 && bits.starts_with('0')) && bits.parse::<u8>().is_ok_and(|b| b <= max);
    if good { Ok(()) } else { Err(address.len() + 1) }
}

fn url(text: &str) -> Result<(), usize> {
    let (scheme, rest) = text.split_once("://").ok_or(0usize)?;
    let good = scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    if !good {
        return Err(0);
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    if host.is_empty() {
        return Err(scheme.len() + 3);
    }
    match text.find(|c: char| c.is_whitespace() || c.is_control()) {
        Some(at) => Err(at),
        None => Ok(()),
    }
}

/// `robfig/cron` standard syntax, as the CronJob controller reads it.
fn cron(text: &str) -> Result<(), usize> {
    if let Some(every) = text.strip_prefix("@every ") {
        return Format::Duration.accepts(every.trim_start_matches('-')).map_err(|at| at + 7);
    }
    if text.starts_with('@') {
        return if ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"].contains(&text) { Ok(()) } else { Err(1) };
    }
    if text.contains("TZ") {
        return Err(0);
    }
    const FIELDS: [(u32, u32, &[&str]); 5] = [
        (0, 59, &[]),
        (0, 23, &[]),
        (1, 31, &[]),
        (1, 12, &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]),
        (0, 6, &["sun", "mon", "tue", "wed", "thu", "fri", "sat"]),
    ];
    let words: Vec<&str> = text.split_whitespace().collect();
    for (word, (low, high, names)) in words.iter().zip(FIELDS) {
        if !word.split(',').all(|part| cron_part(part, low, high, names)) {
            return Err(word.as_ptr() as usize - text.as_ptr() as usize);
        }
    }
    match words.len() {
        5 => Ok(()),
        _ => Err(words.get(5).map_or(text.len(), |w| w.as_ptr() as usize - text.as_ptr() as usize)),
    }
}

fn cron_part(part: &str, low: u32, high: u32, names: &[&str]) -> bool {
    let (range, step) = match part.split_once('/') {
        Some((range, step)) => (range, Some(step)),
        None => (part, None),
    };
    if step.is_some_and(|s| !s.parse::<u32>().is_ok_and(|n| n > 0)) {
        return false;
    }
    if range == "*" || range == "?" {
        return true;
    }
    let number = |t: &str| {
        let lower = t.to_ascii_lowercase();
        let named = names.iter().position(|n| *n == lower).map(|i| i as u32 + low);
        named.or_else(|| t.parse().ok()).filter(|n| (low..=high).contains(n))
    };
    match range.split_once('-') {
        Some((a, b)) => matches!((number(a), number(b)), (Some(a), Some(b)) if a <= b),
        None => number(range).is_some(),
    }
}
