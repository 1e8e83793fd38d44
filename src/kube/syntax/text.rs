//! Other small syntaxes: base64, JSON pointers, versions, paths of Ingresses, URLs.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// `encoding/base64.StdEncoding`: padded; line breaks are skipped.
pub fn is_base64(text: &str) -> bool {
    if text.bytes().any(|b| b == b'\n' || b == b'\r') {
        let plain: String = text.chars().filter(|c| *c != '\n' && *c != '\r').collect();
        return STANDARD.decode(&plain).is_ok() || lenient_bits(&plain);
    }
    STANDARD.decode(text).is_ok() || lenient_bits(text)
}

/// Go does not mind set bits after the last byte (`YQ==` and `YR==` are the same).
fn lenient_bits(text: &str) -> bool {
    let body = text.trim_end_matches('=');
    let pad = text.len() - body.len();
    pad <= 2 && text.len().is_multiple_of(4) && body.len() % 4 != 1 && body.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'+' || b == b'/')
}

/// RFC 6901.
pub fn is_json_pointer(text: &str) -> bool {
    if !text.is_empty() && !text.starts_with('/') {
        return false;
    }
    let mut bytes = text.bytes().peekable();
    while let Some(b) = bytes.next() {
        if b == b'~' && !matches!(bytes.peek(), Some(b'0' | b'1')) {
            return false;
        }
    }
    true
}

/// semver.org, without a leading `v`.
pub fn is_semver(text: &str) -> bool {
    let (text, build) = match text.split_once('+') {
        Some((text, build)) => (text, Some(build)),
        None => (text, None),
    };
    let (core, pre) = match text.split_once('-') {
        Some((core, pre)) => (core, Some(pre)),
        None => (text, None),
    };
    let number = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()) && (p == "0" || !p.starts_with('0'));
    let word = |p: &str| !p.is_empty() && p.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    core.split('.').count() == 3
        && core.split('.').all(number)
        && pre.is_none_or(|p| p.split('.').all(|w| word(w) && (number(w) || !w.bytes().all(|b| b.is_ascii_digit()))))
        && build.is_none_or(|b| b.split('.').all(word))
}

/// Path of an Ingress rule of type `Exact` or `Prefix` (`validateHTTPIngressPath`).
pub fn http_path(text: &str) -> Result<(), String> {
    if !text.starts_with('/') {
        return Err("must begin with `/`".into());
    }
    if let Some(bad) = ["//", "/./", "/../", "%2f", "%2F"].iter().find(|bad| text.contains(**bad)) {
        return Err(format!("must not contain `{bad}`"));
    }
    match ["/..", "/."].iter().find(|bad| text.ends_with(**bad)) {
        Some(bad) => Err(format!("must not end with `{bad}`")),
        None => Ok(()),
    }
}

/// An absolute URL: a scheme, `://` and a host.
pub fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    let printable = text.bytes().all(|b| b > b' ' && b != 0x7f && !matches!(b, b'"' | b'<' | b'>' | b'\\'));
    scheme.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && !host.is_empty()
        && printable
}
