//! The API server's judgement about one object: is the kind known, does the object decode, do its fields hold what they may, do the server's rules hold.

use super::rules::{self, RuleContext};
use super::{Catalog, FieldError, KindInfo, Reason, Version, crd, decode, field_facts};
use crate::diagnostics::{Code, codes};
use crate::value::{Origin, Path, Value};

/// So many findings of one object are looked at: nobody reads more, and comparing them stays cheap.
const MAX_FINDINGS: usize = 1_000;

/// Judges an object; with `old`, the update from that object. An unknown kind of a foreign group gives one warning (J1104): nothing else can be said.
pub fn validate(object: &Value, catalog: &Catalog, version: Version, old: Option<&Value>) -> Vec<FieldError> {
    let (api_version, kind) = match type_meta(object) {
        Ok(found) => found,
        Err(errors) => return errors,
    };
    if let Some(definition) = catalog.definition(api_version, kind) {
        return crd::validate(object, old, definition, version);
    }
    let Some(info) = catalog.kind(version, api_version, kind) else {
        return unknown_kind(object, catalog, version, api_version, kind);
    };
    let errors = decode::check(object, info.node);
    if !errors.is_empty() {
        return errors;
    }
    judge(object, &info, version, old)
}

/// Rules, and what facts say of fields that no rule has complained about.
fn judge(object: &Value, info: &KindInfo<'_>, version: Version, old: Option<&Value>) -> Vec<FieldError> {
    let mut errors = match (info.group(), info.kind) {
        ("apiextensions.k8s.io", "CustomResourceDefinition") => crd::definition_problems(object, old, version),
        _ => rules::check(object, &RuleContext { version, old, namespaced: info.namespaced }),
    };
    errors.truncate(MAX_FINDINGS);
    let mut facts = field_facts::check(object, info.node);
    facts.truncate(MAX_FINDINGS);
    // The server's path of a rule can differ from the field's: then the place tells that both mean one mistake.
    let same_place = |e: &FieldError, f: &FieldError| e.origin == f.origin || (f.code == codes::J0705 && e.related.iter().any(|(o, _)| *o == f.origin));
    let said = |e: &FieldError, f: &FieldError| covers(&e.path, &f.path) || (f.reason != Reason::Required && f.origin != Origin::UNKNOWN && same_place(e, f));
    let fresh: Vec<FieldError> = facts.into_iter().filter(|f| !errors.iter().any(|e| said(e, f))).collect();
    errors.extend(fresh);
    one_each(errors)
}

/// Of several complaints about one place and field the first stays: once it is mended the others are gone, or come to light.
fn one_each(errors: Vec<FieldError>) -> Vec<FieldError> {
    let mut kept: Vec<FieldError> = Vec::with_capacity(errors.len());
    for e in errors {
        if e.origin == Origin::UNKNOWN || !kept.iter().any(|k| k.origin == e.origin && k.path == e.path && k.reason != Reason::Required) {
            kept.push(e);
        }
    }
    kept
}

/// Whether an error about one path says what there is to say about another: the same, or one above it.
fn covers(said: &Path, other: &Path) -> bool {
    other.segments.starts_with(&said.segments)
}

fn type_meta(object: &Value) -> Result<(&str, &str), Vec<FieldError>> {
    let Some(map) = object.as_map() else {
        return Err(vec![error(codes::J0303, Reason::Decode, Path::new(), object, format!("a Kubernetes object is expected here, not {}", object.kind_name()))]);
    };
    let mut errors = Vec::new();
    let mut text = |name: &str| match map.get(name) {
        Some(v) if v.as_str().is_some_and(|t| !t.is_empty()) => v.as_str(),
        Some(v) if !v.is_null() && v.as_str().is_none() => {
            errors.push(error(codes::J0303, Reason::Decode, Path::new().field(name), v, format!("a string is expected here, not {}", v.kind_name())));
            None
        }
        found => {
            errors.push(error(codes::J1003, Reason::Required, Path::new().field(name), found.unwrap_or(object), format!("`{name}` is missing: it says what object this is")));
            None
        }
    };
    match (text("apiVersion"), text("kind")) {
        (Some(api_version), Some(kind)) => Ok((api_version, kind)),
        _ => Err(errors),
    }
}

fn unknown_kind(object: &Value, catalog: &Catalog, version: Version, api_version: &str, kind: &str) -> Vec<FieldError> {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    if (group, kind) == ("", "List") {
        return vec![error(
            codes::J1003,
            Reason::Required,
            Path::new().field("items"),
            object.get("items").unwrap_or(object),
            "this `List` holds no object: there is nothing to apply".into(),
        )];
    }
    let at = |field: &str| object.get(field).unwrap_or(object);
    let others = catalog.versions_of(api_version, kind);
    if let (Some(first), Some(last)) = (others.first(), others.last()) {
        let message = format!("`{api_version}` `{kind}` is not in Kubernetes {version}");
        let help = if version < *first { format!("it is there from {first} on") } else { format!("the last version with it is {last}") };
        return vec![error(codes::J0702, Reason::NotSupported, Path::new().field("kind"), at("kind"), message).help(help)];
    }
    // Other kinds of a group may be defined elsewhere; but none differs from a defined one by a letter, its case or a plural.
    if let Some(word) = catalog.defined_kinds(group).into_iter().find(|d| misspelt(kind, d)) {
        let unknown = error(codes::J0204, Reason::NotFound, Path::new().field("kind"), at("kind"), format!("no definition declares a kind `{kind}` in `{group}`"));
        return vec![unknown.help(format!("did you mean `{word}`?")).replacement(word)];
    }
    if !Catalog::is_builtin_group(group) {
        let warning = error(codes::J1104, Reason::NotFound, Path::new().field("kind"), at("kind"), format!("`{kind}` of `{api_version}` has no schema here: it is not checked"));
        let namesake = catalog.kinds(version).find(|k| k.custom.is_some() && k.kind == kind);
        return vec![match namesake {
            Some(k) => warning.help(format!("did you mean `{}`? If not, give its custom resource definition with `--crd FILE`", k.api_version)),
            None => warning.help("give its custom resource definition with `--crd FILE`"),
        }];
    }
    let near = catalog.nearest(version, api_version, kind);
    // Right kind in another version or group: the mistake is in `apiVersion`.
    let (field, word) = match near {
        Some(k) if k.kind == kind => ("apiVersion", k.api_version),
        Some(k) => ("kind", k.kind),
        None => ("kind", ""),
    };
    let unknown = error(codes::J0204, Reason::NotFound, Path::new().field(field), at(field), format!("Kubernetes {version} has no `{kind}` in `{api_version}`"));
    vec![if word.is_empty() { unknown } else { unknown.help(format!("did you mean `{word}`?")).replacement(word) }]
}

/// Whether a kind is another one with a slip: another case, a plural, the kind of its lists, one letter.
fn misspelt(kind: &str, meant: &str) -> bool {
    let (kind, meant) = (kind.to_lowercase(), meant.to_lowercase());
    let more = kind.strip_prefix(&meant).or_else(|| meant.strip_prefix(&kind));
    matches!(more, Some("" | "s" | "es" | "list")) || (meant.len() >= 5 && strsim::damerau_levenshtein(&kind, &meant) <= 1)
}

fn error(code: Code, reason: Reason, path: Path, at: &Value, message: String) -> FieldError {
    FieldError::new(code, reason, path, at.origin, message)
}
