//! The `format` library: named formats, each with what it says about a wrong text.

use super::value::{Eval, Val};
use crate::kube::formats as text_formats;
use crate::kube::syntax::names;

const NAMES: [&str; 13] = [
    "dns1123Label",
    "dns1123Subdomain",
    "dns1035Label",
    "qualifiedName",
    "dns1123LabelPrefix",
    "dns1123SubdomainPrefix",
    "dns1035LabelPrefix",
    "labelValue",
    "uri",
    "uuid",
    "byte",
    "date",
    "datetime",
];

/// Whether there is a format of this name.
pub(super) fn known(name: &str) -> bool {
    NAMES.contains(&name)
}

/// `format.dns1123Label()`, `format.named('…')`, `f.validate(text)`.
pub(super) fn call<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    match (name, args) {
        ("format.named", [Val::Str(n)]) => Some(Ok(if known(n) { Val::some(Val::Format(n.clone())) } else { Val::Optional(None) })),
        ("validate", [Val::Format(f), Val::Str(s)]) => {
            let wrong = check(f, s);
            Some(Ok(if wrong.is_empty() { Val::Optional(None) } else { Val::some(Val::list(wrong.into_iter().map(Val::str).collect())) }))
        }
        (name, []) => name.strip_prefix("format.").filter(|n| known(n)).map(|n| Ok(Val::Format(n.into()))),
        _ => None,
    }
}

/// What is wrong with a text.
fn check(format: &str, text: &str) -> Vec<String> {
    // A prefix may end with a dash: as the server, judge it with that dash replaced.
    let masked = |t: &str| t.strip_suffix('-').map_or_else(|| t.to_owned(), |s| format!("{s}a"));
    let one = |valid: bool, message: &str| if valid { Vec::new() } else { vec![message.to_owned()] };
    let said = |v: names::Verdict| v.err().into_iter().collect::<Vec<_>>();
    match format {
        "dns1123Label" => said(names::dns_label(text)),
        "dns1123Subdomain" => said(names::dns_subdomain(text)),
        "dns1035Label" => said(names::dns_1035_label(text)),
        "qualifiedName" => said(names::qualified_name(text)),
        "labelValue" => said(names::label_value(text)),
        "dns1123LabelPrefix" => said(names::dns_label(&masked(text))),
        "dns1123SubdomainPrefix" => said(names::dns_subdomain(&masked(text))),
        "dns1035LabelPrefix" => said(names::dns_1035_label(&masked(text))),
        "uri" => super::parse_request_uri(text).err().into_iter().collect(),
        "uuid" => one(text_formats::valid("uuid", text), "does not match the UUID format"),
        "byte" => one(text_formats::valid("byte", text), "invalid base64"),
        "date" => one(text_formats::valid("date", text), "invalid date"),
        "datetime" => one(text_formats::valid("datetime", text), "invalid datetime"),
        _ => Vec::new(),
    }
}
