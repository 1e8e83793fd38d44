//! The values of `format` in schemas of custom resources: what `k8s.io/kube-openapi/pkg/validation/strfmt` accepts.

use std::net::Ipv6Addr;
use std::sync::OnceLock;

use super::Version;
use super::cel;
use super::regex::Pattern;
use super::syntax::ip;

/// Whether a format of strings is checked at all (1.34 added two); unknown ones are ignored. Dashes do not count: `date-time` is `datetime`.
pub fn known(format: &str, version: Version) -> bool {
    let name = format.replace('-', "");
    let names = [
        "bsonobjectid",
        "uri",
        "email",
        "hostname",
        "ipv4",
        "ipv6",
        "cidr",
        "mac",
        "uuid",
        "uuid3",
        "uuid4",
        "uuid5",
        "isbn",
        "isbn10",
        "isbn13",
        "creditcard",
        "ssn",
        "hexcolor",
        "rgbcolor",
        "byte",
        "password",
        "date",
        "duration",
        "datetime",
    ];
    names.contains(&name.as_str()) || (matches!(name.as_str(), "k8sshortname" | "k8slongname") && version.minor() >= 34)
}

macro_rules! pattern {
    ($text:expr, $on:expr) => {{
        static PATTERN: OnceLock<Pattern> = OnceLock::new();
        PATTERN.get_or_init(|| Pattern::new($text)).matches($on).unwrap_or(true)
    }};
}

/// Whether a text has the format; true for formats that are not known.
pub fn valid(format: &str, text: &str) -> bool {
    match format.replace('-', "").as_str() {
        "bsonobjectid" => text.len() == 24 && text.bytes().all(|b| b.is_ascii_hexdigit()),
        "uri" => cel::parse_request_uri(text).is_ok(),
        "email" => email(text),
        "hostname" => hostname(text),
        "ipv4" => text.contains('.') && ip::sloppy_ip(text).is_some(),
        "ipv6" => text.contains(':') && text.parse::<Ipv6Addr>().is_ok(),
        "cidr" => ip::sloppy_cidr(text).is_some(),
        "mac" => mac(text),
        "uuid" => uuid(text, |_| true),
        "uuid3" => uuid(text, |h| h.get(12) == Some(&b'3')),
        "uuid4" => uuid(text, |h| h.get(12) == Some(&b'4') && variant(h)),
        "uuid5" => uuid(text, |h| h.get(12) == Some(&b'5') && variant(h)),
        "isbn" => isbn10(text) || isbn13(text),
        "isbn10" => isbn10(text),
        "isbn13" => isbn13(text),
        "creditcard" => credit_card(text),
        "ssn" => text.len() == 11 && pattern!(r"^\d{3}[- ]?\d{2}[- ]?\d{4}$", text),
        "hexcolor" => {
            let digits = text.strip_prefix('#').unwrap_or(text);
            matches!(digits.len(), 3 | 6) && digits.bytes().all(|b| b.is_ascii_hexdigit())
        }
        "rgbcolor" => pattern!(r"^rgb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)$", text),
        "byte" => base64(text),
        "date" => cel::Timestamp::date(text).is_some(),
        "duration" => cel::lenient_duration(text).is_some(),
        "datetime" => date_time(text),
        "k8sshortname" => text.len() <= 63 && short_name(text),
        "k8slongname" => text.len() <= 253 && text.split('.').all(short_name),
        _ => true,
    }
}

fn base64(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let padding = text.len() - body.len();
    !text.is_empty() && text.len().is_multiple_of(4) && padding <= 2 && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// `IsDateTime` of strfmt: a date, `t` or `T`, a time up to 23:59:59, any sign before a fraction, a zone.
fn date_time(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut parts = lower.split('t');
    let (Some(date), Some(time)) = (parts.next(), parts.next()) else { return false };
    if cel::Timestamp::date(date).is_none() || !pattern!(r"^([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))$", time) {
        return false;
    }
    let part = |at: usize| time.get(at..at + 2).unwrap_or("99");
    part(0) <= "23" && part(3) <= "59" && part(6) <= "59"
}

fn hostname(text: &str) -> bool {
    let shape = pattern!(
        r"^([a-zA-Z0-9\p{S}\p{L}]((-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?)|([a-zA-Z0-9\p{S}\p{L}](([a-zA-Z0-9-\p{S}\p{L}]{0,61}[a-zA-Z0-9\p{S}\p{L}])?)(\.)){1,}([a-zA-Z\p{L}]){2,63})$",
        text
    );
    shape && text.len() <= 255 && text.split('.').all(|p| p.len() <= 63)
}

fn mac(text: &str) -> bool {
    let groups = |by: char, width: usize, counts: &[usize]| {
        let parts: Vec<&str> = text.split(by).collect();
        counts.contains(&parts.len()) && parts.iter().all(|p| p.len() == width && p.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    groups(':', 2, &[6, 8, 20]) || groups('-', 2, &[6, 8, 20]) || groups('.', 4, &[3, 4, 10])
}

fn uuid(text: &str, more: fn(&[u8]) -> bool) -> bool {
    if !pattern!(r"(?i)^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$", text) {
        return false;
    }
    let digits: Vec<u8> = text.bytes().filter(|b| *b != b'-').collect();
    more(&digits)
}

fn variant(digits: &[u8]) -> bool {
    digits.get(16).is_some_and(|b| b"89abAB".contains(b))
}

fn isbn_digits(text: &str) -> Vec<u8> {
    text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'-').collect()
}

fn isbn10(text: &str) -> bool {
    let digits = isbn_digits(text);
    let Some((last, first)) = digits.split_last().filter(|(_, f)| f.len() == 9 && f.iter().all(u8::is_ascii_digit)) else { return false };
    let check = match last {
        b'X' => 10,
        d if d.is_ascii_digit() => u32::from(d - b'0'),
        _ => return false,
    };
    let sum: u32 = first.iter().zip(1..).map(|(d, n)| n * u32::from(d - b'0')).sum();
    (sum + 10 * check).is_multiple_of(11)
}

fn isbn13(text: &str) -> bool {
    let digits = isbn_digits(text);
    if digits.len() != 13 || !digits.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = digits.iter().enumerate().map(|(i, d)| u32::from(d - b'0') * if i % 2 == 0 { 1 } else { 3 }).sum();
    sum.is_multiple_of(10)
}

fn credit_card(text: &str) -> bool {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if !pattern!(r"^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$", &digits)
    {
        return false;
    }
    let sum: u32 = digits
        .bytes()
        .rev()
        .enumerate()
        .map(|(i, b)| {
            let d = u32::from(b - b'0') * if i % 2 == 1 { 2 } else { 1 };
            if d >= 10 { d % 10 + 1 } else { d }
        })
        .sum();
    sum.is_multiple_of(10)
}

/// Go's `mail.ParseAddress`: `a@b`, `Name <a@b>`, quoted parts, comments.
fn email(text: &str) -> bool {
    let mut rest = blanks(text);
    if let Some(after) = address(rest) {
        return blanks(after).is_empty();
    }
    // A display name (words or quoted strings), then the address in angle brackets.
    let mut dots = false;
    while !rest.starts_with('<') {
        let after = if rest.starts_with('"') { quoted(rest) } else { atom(rest, true).filter(|(a, _)| !a.is_empty()).map(|(_, r)| r) };
        let Some(after) = after else { return false };
        dots |= rest.starts_with('.');
        rest = blanks(after);
    }
    if dots {
        return false;
    }
    let Some(after) = rest.strip_prefix('<').map(blanks).and_then(address) else { return false };
    blanks(after).strip_prefix('>').is_some_and(|r| blanks(r).is_empty())
}

/// White space and comments away.
fn blanks(text: &str) -> &str {
    let mut rest = text.trim_start_matches([' ', '\t']);
    while rest.starts_with('(') {
        let mut depth = 0_usize;
        let mut end = None;
        for (i, c) in rest.char_indices() {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                end = Some(i + 1);
                break;
            }
        }
        let Some(end) = end else { return rest };
        rest = rest.get(end..).unwrap_or("").trim_start_matches([' ', '\t']);
    }
    rest
}

/// `local@domain`; the rest after it.
fn address(text: &str) -> Option<&str> {
    let after = if text.starts_with('"') { quoted(text)? } else { dot_atom(text)? };
    let domain = blanks(blanks(after).strip_prefix('@')?);
    if let Some(literal) = domain.strip_prefix('[') {
        let end = literal.find(']')?;
        let inner = literal.get(..end)?;
        let address = inner.strip_prefix("IPv6:").unwrap_or(inner);
        address.parse::<std::net::IpAddr>().ok()?;
        return literal.get(end + 1..);
    }
    dot_atom(domain)
}

fn dot_atom(text: &str) -> Option<&str> {
    let (found, rest) = atom(text, true)?;
    let fine = !found.is_empty() && !found.starts_with('.') && !found.ends_with('.') && !found.contains("..");
    fine.then_some(rest)
}

fn atom(text: &str, dots: bool) -> Option<(&str, &str)> {
    let part = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii() || (dots && c == '.');
    let end = text.find(|c| !part(c)).unwrap_or(text.len());
    Some((text.get(..end)?, text.get(end..)?))
}

fn quoted(text: &str) -> Option<&str> {
    let mut chars = text.char_indices().skip(1);
    while let Some((i, c)) = chars.next() {
        match c {
            '\\' => {
                chars.next()?;
            }
            '"' => return text.get(i + 1..),
            '\r' | '\n' => return None,
            _ => {}
        }
    }
    None
}

/// Lower-case letters, digits and dashes, no dash at the ends.
fn short_name(text: &str) -> bool {
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    let bytes = text.as_bytes();
    edge(bytes.first()) && edge(bytes.last()) && bytes.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-')
}
