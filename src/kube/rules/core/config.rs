//! ConfigMaps and Secrets (core `validation.go`: `ValidateConfigMap`, `ValidateSecret` and their updates).

use std::collections::BTreeMap;

use base64::Engine as _;

use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::Report;
use crate::kube::rules::same::same;
use crate::kube::syntax::names;
use crate::value::Path;

/// All values of a ConfigMap or Secret together may have this many bytes (`MaxSecretSize`).
const MAX_SIZE: usize = 1024 * 1024;

/// How many bytes a base64 text stands for.
fn decoded_length(text: &str) -> usize {
    let digits = text.bytes().filter(|b| !b.is_ascii_whitespace() && *b != b'=').count();
    digits * 3 / 4
}

fn data_key<'v>(c: &mut Report<'v>, entry: &At<'_, 'v>, key: &str) {
    if let Err(why) = names::config_key(key) {
        let origin = entry.key_origin();
        c.invalid(codes::J1053, entry, format!("`{key}` is no key: {why}")).origin = origin;
    }
}

/// `ValidateConfigMap`, `ValidateConfigMapUpdate`.
pub fn config_map<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let (data, binary) = (root.get("data"), root.get("binaryData"));
    let mut size = 0;
    for (key, entry) in data.entries() {
        data_key(c, &entry, key);
        size += entry.text().len();
        if binary.key(key).is_set() {
            let other = binary.key(key).key_origin();
            let error = c.invalid(codes::J1053, &entry, format!("`{key}` is in `binaryData` too"));
            error.origin = entry.key_origin();
            error.related.push((other, "there".to_owned()));
        }
    }
    for (key, entry) in binary.entries() {
        data_key(c, &entry, key);
        size += decoded_length(entry.text());
    }
    if size > MAX_SIZE {
        too_large(c, &data, size).path = Path::new().field("");
    }
    frozen(c, root, &["data", "binaryData"]);
}

fn too_large<'e, 'v>(c: &'e mut Report<'v>, at: &At<'_, 'v>, size: usize) -> &'e mut crate::kube::FieldError {
    c.error(codes::J1053, Reason::TooLong, at, format!("the values have {size} bytes together, at most {MAX_SIZE} are allowed"))
}

/// What `immutable: true` keeps.
fn frozen<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, fields: &[&'static str]) {
    let Some(old) = c.old else { return };
    let old = At::root(old);
    if !old.get("immutable").flag() {
        return;
    }
    let flag = old.get("immutable").origin();
    if !root.get("immutable").flag() {
        c.error(codes::J1060, Reason::Forbidden, &root.get("immutable"), "what is `immutable` stays so").related.push((flag, "the stored object is immutable".to_owned()));
    }
    for field in fields {
        if !same(root.get(field).value(), old.get(field).value()) {
            c.error(codes::J1060, Reason::Forbidden, &root.get(field), format!("`{field}` cannot change: the stored object is `immutable`"))
                .related
                .push((flag, "here".to_owned()));
        }
    }
}

/// `ValidateSecret`, `ValidateSecretUpdate`. `stringData` is written over `data`.
pub fn secret<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let (data, plain) = (root.get("data"), root.get("stringData"));
    let mut size = 0;
    for (key, entry) in data.entries() {
        data_key(c, &entry, key);
        if !plain.key(key).is_set() {
            size += decoded_length(entry.text());
        }
    }
    for (key, entry) in plain.entries() {
        // The server says `data`, where it has put it.
        data_key(c, &data.called_key(key, entry.value()), key);
        size += entry.text().len();
    }
    if size > MAX_SIZE {
        too_large(c, &data, size);
    }
    wanted_keys(c, root, &data, &plain);
    if let Some(old) = c.old {
        let old = At::root(old);
        let kind = |at: &At<'_, 'v>| Some(at.get("type").text()).filter(|t| !t.is_empty()).unwrap_or("Opaque");
        if kind(root) != kind(&old) {
            c.changed(&root.get("type"), &old.get("type"), "the type of a Secret cannot change");
        }
        frozen(c, root, &[]);
        if old.get("immutable").flag() && contents(root, Some(&old)) != contents(&old, None) {
            let flag = old.get("immutable").origin();
            c.error(codes::J1060, Reason::Forbidden, &data, "`data` cannot change: the stored object is `immutable`").related.push((flag, "here".to_owned()));
        }
    }
}

/// What a Secret holds: `data` decoded, under `stringData`, over what is stored when the update says nothing of `data`.
fn contents(root: &At<'_, '_>, stored: Option<&At<'_, '_>>) -> BTreeMap<String, Vec<u8>> {
    let mut all = match stored {
        Some(old) if !root.get("data").is_set() => contents(old, None),
        _ => BTreeMap::new(),
    };
    all.extend(root.get("data").entries().map(|(k, v)| (k.to_owned(), decoded(v.text()))));
    all.extend(root.get("stringData").entries().map(|(k, v)| (k.to_owned(), v.text().as_bytes().to_vec())));
    all
}

/// The bytes of a base64 text; none when it is none.
fn decoded(text: &str) -> Vec<u8> {
    let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(text).unwrap_or_default()
}

/// What the type of a Secret wants in it.
fn wanted_keys<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, data: &At<'_, 'v>, plain: &At<'_, 'v>) {
    let kind = root.get("type").text();
    let has = |key: &'static str| data.key(key).is_set() || plain.key(key).is_set() || data.map().is_some_and(|m| m.contains(key));
    let lacks = |c: &mut Report<'v>, key: &'static str| {
        c.error(codes::J1054, Reason::Required, &data.key(key), format!("a Secret of type `{kind}` has the key `{key}`"));
    };
    match kind {
        "kubernetes.io/service-account-token" => {
            let meta = root.get("metadata");
            let annotations = meta.get("annotations");
            let account = annotations.key("kubernetes.io/service-account.name");
            if account.text().is_empty() {
                c.error(codes::J1054, Reason::Required, &account, "a Secret of this type names its account in the annotation `kubernetes.io/service-account.name`");
            }
        }
        "kubernetes.io/dockercfg" | "kubernetes.io/dockerconfigjson" => {
            let key = if kind == "kubernetes.io/dockercfg" { ".dockercfg" } else { ".dockerconfigjson" };
            if !has(key) {
                lacks(c, key);
                return;
            }
            if !is_object(&data.key(key), &plain.key(key)) {
                let value = plain.key(key).value().or_else(|| data.key(key).value());
                c.invalid(codes::J1054, &data.called_key(key, value), format!("`{key}` is no JSON object"));
            }
        }
        "kubernetes.io/basic-auth" if !has("username") && !has("password") => {
            lacks(c, "username");
            lacks(c, "password");
        }
        "kubernetes.io/ssh-auth" => {
            let key = "ssh-privatekey";
            let text = if plain.key(key).is_set() { plain.key(key) } else { data.key(key) };
            if text.text().is_empty() {
                lacks(c, key);
            }
        }
        "kubernetes.io/tls" => {
            for key in ["tls.crt", "tls.key"] {
                if !has(key) {
                    lacks(c, key);
                }
            }
        }
        _ => {}
    }
}

/// Whether the value is a JSON object (or null, which the server takes for one).
fn is_object(encoded: &At<'_, '_>, plain: &At<'_, '_>) -> bool {
    let bytes = if plain.is_set() { plain.text().as_bytes().to_vec() } else { decoded(encoded.text()) };
    matches!(serde_json::from_slice::<serde_json::Value>(&bytes), Ok(serde_json::Value::Object(_) | serde_json::Value::Null))
}
