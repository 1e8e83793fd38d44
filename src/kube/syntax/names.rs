//! Names and keys as apimachinery's `util/validation` knows them: DNS labels and subdomains, label keys and values, ports, environment variables, headers.
//! Each recogniser says what is expected, in words that can follow a colon.

/// Longest DNS label, label value, label name.
pub const LABEL_MAX: usize = 63;
/// Longest DNS subdomain, prefix of a label key, key of a ConfigMap.
pub const SUBDOMAIN_MAX: usize = 253;

/// What is expected instead, when a text is refused.
pub type Verdict = Result<(), String>;

fn too_long(text: &str, max: usize) -> Option<String> {
    (text.len() > max).then(|| format!("at most {max} characters are allowed, these are {}", text.len()))
}

fn lower(b: u8) -> bool {
    b.is_ascii_lowercase() || b.is_ascii_digit()
}

/// Bytes of `inner` with ends of `edge`.
fn framed(text: &str, edge: fn(u8) -> bool, inner: fn(u8) -> bool) -> bool {
    let bytes = text.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(&a), Some(&z)) => edge(a) && edge(z) && bytes.iter().all(|&b| inner(b)),
        _ => false,
    }
}

fn label_shape(text: &str) -> bool {
    framed(text, lower, |b| lower(b) || b == b'-')
}

fn subdomain_shape(text: &str) -> bool {
    text.split('.').all(label_shape)
}

/// `IsDNS1123Label`: `[a-z0-9]([-a-z0-9]*[a-z0-9])?`, at most 63.
pub fn dns_label(text: &str) -> Verdict {
    if let Some(why) = too_long(text, LABEL_MAX) {
        return Err(why);
    }
    if label_shape(text) {
        return Ok(());
    }
    Err(if text.contains('.') && subdomain_shape(text) {
        "a DNS label has no dots".to_owned()
    } else {
        "a DNS label is lower-case letters, digits and `-`, with a letter or digit at both ends".to_owned()
    })
}

/// `IsDNS1035Label`: as a DNS label, but the first character is a letter.
pub fn dns_1035_label(text: &str) -> Verdict {
    if let Some(why) = too_long(text, LABEL_MAX) {
        return Err(why);
    }
    if label_shape(text) && text.as_bytes().first().is_some_and(u8::is_ascii_lowercase) {
        return Ok(());
    }
    Err("this name is lower-case letters, digits and `-`, starts with a letter and ends with a letter or digit".to_owned())
}

/// `IsDNS1123Subdomain`: DNS labels of any length joined by dots, at most 253.
pub fn dns_subdomain(text: &str) -> Verdict {
    if let Some(why) = too_long(text, SUBDOMAIN_MAX) {
        return Err(why);
    }
    if subdomain_shape(text) {
        return Ok(());
    }
    Err("a DNS name is lower-case letters, digits, `-` and `.`, with a letter or digit at both ends of every part".to_owned())
}

/// `IsDNS1123SubdomainWithUnderscore`: parts may start with `_` and contain it.
pub fn dns_subdomain_underscore(text: &str) -> Verdict {
    if let Some(why) = too_long(text, SUBDOMAIN_MAX) {
        return Err(why);
    }
    let part = |p: &str| framed(p.strip_prefix('_').unwrap_or(p), lower, |b| lower(b) || b == b'-' || b == b'_');
    if text.split('.').all(part) {
        return Ok(());
    }
    Err("a DNS name is lower-case letters, digits, `-`, `_` and `.`, with a letter or digit at both ends".to_owned())
}

/// `IsWildcardDNS1123Subdomain`: `*.` and a DNS subdomain.
pub fn wildcard_dns_subdomain(text: &str) -> Verdict {
    if let Some(why) = too_long(text, SUBDOMAIN_MAX) {
        return Err(why);
    }
    if text.strip_prefix("*.").is_some_and(subdomain_shape) {
        return Ok(());
    }
    Err("a wildcard host is `*.` and a DNS name: `*.example.com`".to_owned())
}

fn qualified_part(text: &str) -> bool {
    framed(text, |b| b.is_ascii_alphanumeric(), |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
}

/// `IsQualifiedName`: label and annotation keys, resource names: `name` or `prefix/name`.
pub fn qualified_name(text: &str) -> Verdict {
    let (prefix, name) = match text.split_once('/') {
        Some((_, name)) if name.contains('/') => return Err("a key has one `/` at most: `example.com/name`".to_owned()),
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    if prefix.is_some_and(str::is_empty) {
        return Err("the part before `/` is empty: a DNS name belongs there".to_owned());
    }
    if let Some(prefix) = prefix
        && let Err(why) = dns_subdomain(prefix)
    {
        return Err(format!("the part before `/` is wrong: {why}"));
    }
    if name.is_empty() {
        return Err("the name is empty".to_owned());
    }
    if let Some(why) = too_long(name, LABEL_MAX) {
        return Err(if prefix.is_some() { format!("the part after `/` is too long: {why}") } else { why });
    }
    if qualified_part(name) {
        return Ok(());
    }
    Err("a name is letters, digits, `-`, `_` and `.`, with a letter or digit at both ends".to_owned())
}

/// `IsValidLabelValue`: empty, or as the name part of a key.
pub fn label_value(text: &str) -> Verdict {
    if let Some(why) = too_long(text, LABEL_MAX) {
        return Err(why);
    }
    if text.is_empty() || qualified_part(text) {
        return Ok(());
    }
    Err("a label value is letters, digits, `-`, `_` and `.`, with a letter or digit at both ends (or empty)".to_owned())
}

/// `IsCIdentifier`.
pub fn c_identifier(text: &str) -> Verdict {
    let ok = text.bytes().enumerate().all(|(i, b)| b == b'_' || b.is_ascii_alphabetic() || (i > 0 && b.is_ascii_digit()));
    if ok && !text.is_empty() { Ok(()) } else { Err("an identifier is letters, digits and `_`, and does not start with a digit".to_owned()) }
}

/// `IsRelaxedEnvVarName`: printable ASCII without `=`.
pub fn env_name(text: &str) -> Verdict {
    if text.is_empty() {
        return Err("the name is empty".to_owned());
    }
    if text.bytes().all(|b| (0x20..0x7f).contains(&b) && b != b'=') {
        return Ok(());
    }
    Err("the name of an environment variable is printable ASCII without `=`".to_owned())
}

/// `IsEnvVarName`: the narrower syntax of before 1.34.
pub fn strict_env_name(text: &str) -> Verdict {
    let ok = text.bytes().enumerate().all(|(i, b)| matches!(b, b'-' | b'.' | b'_') || b.is_ascii_alphabetic() || (i > 0 && b.is_ascii_digit()));
    if ok && !text.is_empty() {
        return no_steps_up(text);
    }
    Err("the name of an environment variable is letters, digits, `_`, `-` and `.`, and does not start with a digit".to_owned())
}

fn no_steps_up(text: &str) -> Verdict {
    if text == "." || text.starts_with("..") { Err(format!("`{text}` would be a path: it must not be `.` or start with `..`")) } else { Ok(()) }
}

/// `IsConfigMapKey`: a file name of `[-._a-zA-Z0-9]+`, at most 253.
pub fn config_key(text: &str) -> Verdict {
    if let Some(why) = too_long(text, SUBDOMAIN_MAX) {
        return Err(why);
    }
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')) {
        return Err("a key is letters, digits, `-`, `_` and `.`".to_owned());
    }
    no_steps_up(text)
}

/// `IsValidPortName`: at most 15 of `[-a-z0-9]`, one letter at least, no `--`, no `-` at the ends.
pub fn port_name(text: &str) -> Verdict {
    if let Some(why) = too_long(text, 15) {
        return Err(why);
    }
    if text.is_empty() || !text.bytes().all(|b| lower(b) || b == b'-') {
        return Err("a port's name is lower-case letters, digits and `-`".to_owned());
    }
    if !text.bytes().any(|b| b.is_ascii_lowercase()) {
        return Err("a port's name has at least one letter".to_owned());
    }
    if text.contains("--") || text.starts_with('-') || text.ends_with('-') {
        return Err("a port's name has no `-` at its ends and no two in a row".to_owned());
    }
    Ok(())
}

/// `IsHTTPHeaderName`.
pub fn http_header_name(text: &str) -> Verdict {
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') {
        return Ok(());
    }
    Err("a header's name is letters, digits and `-`".to_owned())
}

/// `IsValidPercent`: digits and `%`.
pub fn percent(text: &str) -> Verdict {
    let digits = text.strip_suffix('%').unwrap_or("");
    if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
        return Ok(());
    }
    Err("a percentage is digits and `%`: `25%`".to_owned())
}

/// `IsValidPathSegmentName`: a name in a URL: neither `.` nor `..`, without `/` and `%`.
pub fn path_segment(text: &str) -> Verdict {
    if text == "." || text == ".." {
        return Err("this name is no `.` or `..`".to_owned());
    }
    if text.contains(['/', '%']) {
        return Err("this name has no `/` and no `%`".to_owned());
    }
    Ok(())
}

/// A DNS label near the text, for repairs: lower case, `_`, `.` and blanks as `-`, other signs left out, ends trimmed, cut at `max`.
pub fn repaired(text: &str, dots: bool, max: usize) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || (dots && c == '.') => out.push(c),
            '_' | '.' | ' ' | '/' => out.push('-'),
            _ => {}
        }
    }
    out.truncate(max);
    let out = out.trim_matches(['-', '.']).to_owned();
    let fits = if dots { dns_subdomain(&out) } else { dns_label(&out) };
    (fits.is_ok() && out != text).then_some(out)
}
