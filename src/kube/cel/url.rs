//! URLs as Go's `net/url` reads them: `ParseRequestURI` decides what is one, `Parse` takes it apart.

/// A URL in parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Url {
    text: String,
    pub scheme: String,
    /// With port, brackets of an IPv6 address kept, escapes decoded.
    pub host: String,
    /// As Go's `EscapedPath`.
    pub escaped_path: String,
    pub raw_query: String,
}

impl Url {
    /// The text it was read from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The host without port and brackets.
    pub fn hostname(&self) -> &str {
        if let Some(inner) = self.host.strip_prefix('[')
            && let Some(end) = inner.find(']')
        {
            return inner.get(..end).unwrap_or("");
        }
        split_port(&self.host).map_or(self.host.as_str(), |(h, _)| h)
    }

    /// The port; empty if there is none.
    pub fn port(&self) -> &str {
        split_port(&self.host).map_or("", |(_, p)| p)
    }

    /// The query's keys with their values, in order of appearance; malformed pairs are left out.
    pub fn query(&self) -> Vec<(String, Vec<String>)> {
        let mut all: Vec<(String, Vec<String>)> = Vec::new();
        for pair in self.raw_query.split('&').filter(|p| !p.is_empty() && !p.contains(';')) {
            let (k, v) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(k), Some(v)) = (unescape(&k.replace('+', " ")), unescape(&v.replace('+', " "))) else { continue };
            match all.iter_mut().find(|(n, _)| *n == k) {
                Some((_, values)) => values.push(v),
                None => all.push((k, vec![v])),
            }
        }
        all
    }
}

fn split_port(host: &str) -> Option<(&str, &str)> {
    let at = host.rfind(':')?;
    let port = host.get(at + 1..)?;
    port.bytes().all(|b| b.is_ascii_digit()).then(|| (host.get(..at).unwrap_or(""), port))
}

/// Decodes `%41`; `None` for a broken escape or text that is not UTF-8.
fn unescape(text: &str) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(b) = bytes.next() {
        if b == b'%' {
            let digit = |b: Option<u8>| b.and_then(|b| char::from(b).to_digit(16));
            let (a, b) = (digit(bytes.next())?, digit(bytes.next())?);
            out.push((a * 16 + b) as u8);
        } else {
            out.push(b);
        }
    }
    Some(String::from_utf8_lossy(&out).into_owned())
}

fn valid_escapes(text: &str) -> Result<(), String> {
    for (i, _) in text.match_indices('%') {
        let after = text.get(i + 1..).unwrap_or("");
        if !after.as_bytes().iter().take(2).all(u8::is_ascii_hexdigit) || after.len() < 2 {
            let shown: String = text.get(i..).unwrap_or("").chars().take(3).collect();
            return Err(format!("invalid URL escape \"{shown}\""));
        }
    }
    Ok(())
}

/// `url.ParseRequestURI`: an absolute URI or an absolute path. The error is Go's.
pub fn parse_request_uri(text: &str) -> Result<Url, String> {
    parse(text, true).map_err(|e| format!("parse {text:?}: {e}"))
}

/// What the rules' `url()` makes: checked as a request, taken apart with its fragment cut off.
pub fn parse_url(text: &str) -> Result<Url, String> {
    parse_request_uri(text)?;
    let without = text.split_once('#').map_or(text, |(u, _)| u);
    let mut url = parse(without, false).map_err(|e| format!("parse {text:?}: {e}"))?;
    url.text = text.to_owned();
    Ok(url)
}

fn parse(text: &str, request: bool) -> Result<Url, String> {
    if text.bytes().any(|b| b < 0x20 || b == 0x7f) {
        return Err("net/url: invalid control character in URL".into());
    }
    if text.is_empty() && request {
        return Err("empty url".into());
    }
    let mut url = Url { text: text.to_owned(), ..Url::default() };
    if text == "*" {
        url.escaped_path = "*".into();
        return Ok(url);
    }
    let (scheme, mut rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    if let Some((before, query)) = rest.split_once('?') {
        rest = before;
        url.raw_query = query.to_owned();
    }
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            // Opaque: `mailto:a@b`.
            return Ok(url);
        }
        if request {
            return Err("invalid URI for request".into());
        }
        let segment = rest.split('/').next().unwrap_or("");
        if segment.contains(':') {
            return Err("first path segment in URL cannot contain colon".into());
        }
    }
    if (!url.scheme.is_empty() || !request && !rest.starts_with("///"))
        && let Some(after) = rest.strip_prefix("//")
    {
        let end = after.find('/').unwrap_or(after.len());
        url.host = authority(after.get(..end).unwrap_or(""))?;
        rest = after.get(end..).unwrap_or("");
    }
    valid_escapes(rest)?;
    url.escaped_path = escape_path(rest);
    Ok(url)
}

/// The scheme before `:`, and the rest.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (i, b) in text.bytes().enumerate() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' => {
                if i == 0 {
                    return Ok(("", text));
                }
            }
            b':' => {
                if i == 0 {
                    return Err("missing protocol scheme".into());
                }
                return Ok((text.get(..i).unwrap_or(""), text.get(i + 1..).unwrap_or("")));
            }
            _ => return Ok(("", text)),
        }
    }
    Ok(("", text))
}

fn authority(text: &str) -> Result<String, String> {
    let (user, host) = match text.rfind('@') {
        Some(i) => (text.get(..i), text.get(i + 1..).unwrap_or("")),
        None => (None, text),
    };
    let host = parse_host(host)?;
    if let Some(user) = user {
        let allowed = |c: char| c.is_ascii_alphanumeric() || "-._:~!$&'()*+,;=%@".contains(c);
        if !user.chars().all(allowed) {
            return Err("net/url: invalid userinfo".into());
        }
        valid_escapes(user)?;
    }
    Ok(host)
}

fn parse_host(host: &str) -> Result<String, String> {
    let bad_port = |p: &str| format!("invalid port {p:?} after host");
    let valid_port = |p: &str| p.is_empty() || p.strip_prefix(':').is_some_and(|d| d.bytes().all(|b| b.is_ascii_digit()));
    if host.starts_with('[') {
        let Some(end) = host.rfind(']') else { return Err("missing ']' in host".into()) };
        let port = host.get(end + 1..).unwrap_or("");
        if !valid_port(port) {
            return Err(bad_port(port));
        }
        let inner = host.get(1..end).unwrap_or("");
        // Newer Go versions want an IPv6 address in the brackets.
        let address = inner.split('%').next().unwrap_or("");
        if address.parse::<std::net::Ipv6Addr>().is_err() {
            return Err("invalid host: ParseAddr: unable to parse IP".into());
        }
        return Ok(host.to_owned());
    }
    if let Some(i) = host.find(':') {
        let port = host.get(i..).unwrap_or("");
        if !valid_port(port) {
            return Err(bad_port(port));
        }
    }
    for (i, _) in host.match_indices('%') {
        // Only bytes beyond ASCII may be escaped in a host.
        let code: String = host.get(i + 1..).unwrap_or("").chars().take(2).collect();
        match u8::from_str_radix(&code, 16) {
            Ok(b) if code.len() == 2 && b >= 0x80 => {}
            _ => return Err(format!("invalid URL escape \"%{code}\"")),
        }
    }
    let allowed = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || "-._~!$&'()*+,;=:[]<>\"%".contains(c);
    if let Some(c) = host.chars().find(|c| !allowed(*c)) {
        return Err(format!("invalid character {:?} in host name", c.to_string()));
    }
    unescape(host).ok_or_else(|| "invalid URL escape".into())
}

/// Go's `EscapedPath`: the path as written if it is a valid encoding, else encoded anew.
fn escape_path(path: &str) -> String {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@!'()*[]%".contains(&b);
    if path.bytes().all(allowed) {
        return path.to_owned();
    }
    let plain = unescape(path).unwrap_or_default();
    let mut out = String::with_capacity(plain.len() + 8);
    for b in plain.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&b) {
            out.push(char::from(b));
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}
