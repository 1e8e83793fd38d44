//! The syntax of names in an application: RFC 1123 and 1035 labels, subdomains, label keys and values. A bad name comes with a repaired one.

use std::collections::HashSet;

use ecow::EcoString;

use super::fields::{Reader, short};
use super::model::Text;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes};
use crate::value::Map;

/// Longest label.
const LABEL: usize = 63;

/// Checks the name of an application: it is a label value and part of object names. A bad one gives a name that would do.
pub fn application_name(reader: &mut Reader<'_>, name: &Text) -> Option<EcoString> {
    if !is_subdomain(&name.text) || name.text.len() > LABEL {
        let fixed = repair(&name.text, true);
        bad(
            reader,
            name,
            "the application's name",
            "lower-case letters, digits, `-` and `.`, beginning and ending with a letter or digit (DNS subdomain, RFC 1123)",
            LABEL,
            fixed.clone(),
        );
        return Some(fixed);
    }
    None
}

/// Checks a namespace.
pub fn namespace(reader: &mut Reader<'_>, name: &Text) {
    if !is_label(&name.text) {
        bad(
            reader,
            name,
            "the namespace",
            "lower-case letters, digits and `-`, beginning and ending with a letter or digit (DNS label, RFC 1123)",
            LABEL,
            repair(&name.text, false),
        );
    }
}

/// Checks the name of a component that makes typed objects: a Service may be called like it.
pub fn component_name(reader: &mut Reader<'_>, name: &Text) -> Option<EcoString> {
    if !is_label_1035(&name.text) {
        let mut fixed = repair(&name.text, false);
        if fixed.starts_with(|c: char| c.is_ascii_digit()) {
            fixed = ecow::eco_format!("x-{fixed}");
        }
        bad(
            reader,
            name,
            "the component's name",
            "lower-case letters, digits and `-`, beginning with a letter and ending with a letter or digit (DNS label, RFC 1035)",
            LABEL,
            fixed.clone(),
        );
        return Some(fixed);
    }
    None
}

/// Checks the name of a component that only labels its objects.
pub fn component_label(reader: &mut Reader<'_>, name: &Text) -> Option<EcoString> {
    if !is_label_value(&name.text) {
        let fixed = repair(&name.text, true);
        bad(reader, name, "the component's name", "letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit", LABEL, fixed.clone());
        return Some(fixed);
    }
    None
}

fn bad(reader: &mut Reader<'_>, name: &Text, what: &str, syntax: &str, longest: usize, repaired: EcoString) {
    if name.reported {
        return;
    }
    let length = name.text.chars().count();
    let (message, label) = if length > longest {
        (format!("{what} `{}` has {length} characters; at most {longest} are allowed", short(&name.text)), format!("{length} characters"))
    } else {
        (format!("{what} `{}` must consist of {syntax}", short(&name.text)), "not a valid name".to_owned())
    };
    let mut d = Diagnostic::new(codes::J0805, message).primary(name.span, label);
    if !repaired.is_empty() && repaired != name.text && length <= longest {
        d = d.help(format!("for example `{repaired}`")).unsafe_fix(format!("rename it to `{repaired}`"), name.span, repaired);
    }
    reader.report(d);
}

/// Takes out what cannot be a label or an annotation, after reporting it.
pub fn labels(reader: &mut Reader<'_>, labels: &mut Map, annotations: &mut Map) {
    let mut bad = HashSet::new();
    for e in labels.iter() {
        let mut good = key(reader, e.key.as_str(), reader.span(e.key_origin), "label");
        if let Some(text) = e.value.as_str()
            && !text.is_empty()
            && !is_label_value(text)
        {
            good = false;
            let span = reader.span(e.value.origin);
            reader.report(
                Diagnostic::new(
                    codes::J0306,
                    format!("`{}` is no label value: at most 63 letters, digits, `-`, `_` and `.`, beginning and ending with a letter or digit", short(text)),
                )
                .primary(span, "not a label value")
                .help("free text belongs into `annotations`"),
            );
        }
        if !good {
            bad.insert(e.key.clone());
        }
    }
    retain(labels, &bad);
    bad.clear();
    for e in annotations.iter() {
        if !key(reader, &e.key.to_lowercase(), reader.span(e.key_origin), "annotation") {
            bad.insert(e.key.clone());
        }
    }
    retain(annotations, &bad);
}

fn retain(map: &mut Map, bad: &HashSet<EcoString>) {
    if !bad.is_empty() {
        *map = std::mem::take(map).into_entries().into_iter().filter(|e| !bad.contains(&e.key)).collect();
    }
}

fn key(reader: &mut Reader<'_>, key: &str, span: Span, what: &str) -> bool {
    let (prefix, name) = key.rsplit_once('/').map_or((None, key), |(p, n)| (Some(p), n));
    let good = prefix.is_none_or(is_subdomain) && is_label_value(name);
    if !good {
        reader.report(
            Diagnostic::new(codes::J0306, format!("`{}` is no {what} key: a name of at most 63 letters, digits, `-`, `_` and `.`, perhaps after a domain and `/`", short(key)))
                .primary(span, format!("not a {what} key")),
        );
    }
    good
}

/// RFC 1123 label.
pub fn is_label(s: &str) -> bool {
    (1..=LABEL).contains(&s.len()) && s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') && !s.starts_with('-') && !s.ends_with('-')
}

/// RFC 1035 label.
pub fn is_label_1035(s: &str) -> bool {
    is_label(s) && s.starts_with(|c: char| c.is_ascii_lowercase())
}

/// RFC 1123 subdomain.
pub fn is_subdomain(s: &str) -> bool {
    (1..=253).contains(&s.len()) && s.split('.').all(|part| is_label(part) || (part.len() > LABEL && is_long_label(part)))
}

fn is_long_label(s: &str) -> bool {
    s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') && !s.starts_with('-') && !s.ends_with('-')
}

/// A label's value that is not empty.
pub fn is_label_value(s: &str) -> bool {
    let inner = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
    let end = |c: Option<u8>| c.is_some_and(|b| b.is_ascii_alphanumeric());
    (1..=LABEL).contains(&s.len()) && s.bytes().all(inner) && end(s.bytes().next()) && end(s.bytes().next_back())
}

/// The name in the right syntax: lower case, runs of other characters as `-`.
fn repair(s: &str, dots: bool) -> EcoString {
    let mut out = String::with_capacity(s.len());
    for c in s.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_lowercase() || c.is_ascii_digit() || (dots && c == '.') {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let cut: String = out.chars().take(LABEL).collect();
    cut.trim_matches(['-', '.']).into()
}
