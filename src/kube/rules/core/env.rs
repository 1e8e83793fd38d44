//! Environment variables (core `validation.go`: `ValidateEnv`, `ValidateEnvFrom`, `validateObjectFieldSelector`, `validateContainerResourceFieldSelector`).

use super::paths;
use super::pod::each_container;
use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::syntax::{Quantity, names};

/// Fields of a pod that a variable can have.
const ENV_FIELDS: &[&str] =
    &["metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs", "status.podIP", "status.podIPs"];
/// Fields of a pod that a file can have.
pub const FILE_FIELDS: &[&str] = &["metadata.name", "metadata.namespace", "metadata.labels", "metadata.annotations", "metadata.uid"];
/// Resources that can be projected, besides `limits.hugepages-…` and `requests.hugepages-…`.
const RESOURCES: &[&str] = &["limits.cpu", "limits.memory", "limits.ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage"];

/// `ValidateEnv`.
pub fn env<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    for variable in list.items() {
        let name = variable.get("name");
        if c.need_text(&name, "a variable has a name") {
            c.syntax(codes::J1023, &name, names::env_name(name.text()));
        }
        value_from(c, &variable);
    }
}

/// `validateEnvVarValueFrom`.
fn value_from<'v>(c: &mut Report<'v>, variable: &At<'_, 'v>) {
    let from = variable.get("valueFrom");
    if !from.is_set() {
        return;
    }
    let mut sources = 0;
    let field = from.get("fieldRef");
    if field.is_set() {
        sources += 1;
        field_selector(c, &field, ENV_FIELDS, true);
    }
    let resource = from.get("resourceFieldRef");
    if resource.is_set() {
        sources += 1;
        resource_selector(c, &resource, false);
    }
    for name in ["configMapKeyRef", "secretKeyRef"] {
        let key = from.get(name);
        if key.is_set() {
            sources += 1;
            key_selector(c, &key);
        }
    }
    let file = from.get("fileKeyRef");
    if file.is_set() && c.since(35) {
        sources += 1;
        file_selector(c, &file);
    }
    if sources == 0 {
        c.invalid(codes::J1024, &from, "`valueFrom` names no source: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`");
    } else if !variable.get("value").text().is_empty() {
        let value = variable.get("value").origin();
        let name = variable.get("name").text().to_owned();
        c.invalid(codes::J1024, &from, format!("the variable `{name}` has a `value` and a `valueFrom`: only one of them is allowed")).related.push((value, "the value".to_owned()));
    } else if sources > 1 {
        c.invalid(codes::J1024, &from, "`valueFrom` names more than one source");
    }
}

/// `validateConfigMapKeySelector`, `validateSecretKeySelector`.
fn key_selector<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    c.dns_subdomain(&at.get("name"));
    let key = at.get("key");
    if c.need_text(&key, "a reference says which key") {
        c.syntax(codes::J1053, &key, names::config_key(key.text()));
    }
}

/// `validateFileKeySelector`.
fn file_selector<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let key = at.get("key");
    if c.need_text(&key, "a reference says which key") {
        c.syntax(codes::J1023, &key, names::env_name(key.text()));
    }
    if c.need_text(&at.get("volumeName"), "a reference to a file says in which volume") {
        c.dns_label(&at.get("volumeName"));
    }
    if c.need_text(&at.get("path"), "a reference to a file says where it is") {
        paths::no_steps_up(c, &at.get("path"));
    }
}

/// `validateFileKeyRefVolumes`.
pub fn file_key_volumes<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let volumes = spec.get("volumes");
    each_container(spec, |container| {
        for variable in container.get("env").items() {
            let from = variable.get("valueFrom");
            let reference = from.get("fileKeyRef");
            if !reference.is_set() {
                continue;
            }
            let name = reference.get("volumeName");
            let volume = volumes.list().iter().rfind(|v| v.get("name").and_then(|n| n.as_str()).unwrap_or("") == name.text());
            match volume {
                None => {
                    c.error(codes::J1015, crate::kube::Reason::NotFound, &name, format!("no volume of the pod is called `{}`", name.text()));
                }
                Some(v) if !super::volume::is_empty_dir(v) => {
                    c.invalid(codes::J1015, &name, "variables are read from files in an `emptyDir` only").related.push((v.origin, "this volume is none".to_owned()));
                }
                Some(_) => {}
            }
        }
    });
}

/// `validateObjectFieldSelector`, with the conversion of labels of downward API version `v1`.
pub fn field_selector<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, allowed: &[&str], env: bool) {
    let path = at.get("fieldPath");
    if path.text().is_empty() {
        c.required(&path, "the reference says which field of the pod");
        return;
    }
    let version = at.get("apiVersion").text();
    if !matches!(version, "" | "v1") {
        c.invalid(codes::J1025, &path, format!("fields of pods are those of `v1`, not of `{version}`"));
        return;
    }
    let text = path.text();
    if let Some((whole, subscript)) = text.strip_suffix("']").and_then(|t| t.split_once("['")).filter(|(whole, _)| !whole.is_empty()) {
        match whole {
            "metadata.annotations" => {
                if let Err(why) = names::qualified_name(&subscript.to_lowercase()) {
                    c.invalid(codes::J1002, at, format!("`{subscript}` is no annotation key: {why}"));
                }
            }
            "metadata.labels" => {
                if let Err(why) = names::qualified_name(subscript) {
                    c.invalid(codes::J1002, at, format!("`{subscript}` is no label key: {why}"));
                }
            }
            _ => {
                c.invalid(codes::J1025, &path, format!("`{whole}` has no subscript: only labels and annotations have"));
            }
        }
        return;
    }
    if !convertible(text) {
        unknown_field(c, &path, allowed);
    } else if !allowed.contains(&text.replace("spec.host", "spec.nodeName").as_str()) || text == "spec.host" && !env {
        c.not_supported(&path, text, allowed);
    }
}

/// `ConvertDownwardAPIFieldLabel`.
fn convertible(path: &str) -> bool {
    matches!(
        path,
        "metadata.annotations"
            | "metadata.labels"
            | "metadata.name"
            | "metadata.namespace"
            | "metadata.uid"
            | "spec.nodeName"
            | "spec.restartPolicy"
            | "spec.serviceAccountName"
            | "spec.schedulerName"
            | "status.phase"
            | "status.hostIP"
            | "status.hostIPs"
            | "status.podIP"
            | "status.podIPs"
            | "spec.host"
    )
}

fn unknown_field<'v>(c: &mut Report<'v>, path: &At<'_, 'v>, allowed: &[&str]) {
    let text = path.text();
    let near = crate::diagnostics::nearest(text, allowed.iter().copied());
    let error = c.invalid(codes::J1025, path, format!("`{text}` is no field of a pod that can be projected"));
    match near {
        Some(near) => {
            error.help = Some(format!("did you mean `{near}`?"));
            error.replacement = Some(near.to_owned());
        }
        None => error.help = Some(format!("these can: {}", crate::kube::rules::report::quoted(allowed))),
    }
}

/// `validateContainerResourceFieldSelector`.
pub fn resource_selector<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, in_volume: bool) {
    let resource = at.get("resource");
    let name = resource.text();
    let huge = name.starts_with("limits.hugepages-") || name.starts_with("requests.hugepages-");
    if in_volume && at.get("containerName").text().is_empty() {
        c.required(&at.get("containerName"), "a file about resources says of which container");
    } else if name.is_empty() {
        c.required(&resource, "the reference says which resource");
    } else if !RESOURCES.contains(&name) && !huge {
        c.not_supported(&resource, name, RESOURCES);
    }
    let divisor = at.get("divisor");
    let Some(quantity) = divisor.quantity().filter(|q| q.signum() != 0) else { return };
    let fits = match name {
        "limits.cpu" | "requests.cpu" => quantity == Quantity::whole(1) || Quantity::parse("1m") == Ok(quantity),
        _ if huge || RESOURCES.contains(&name) => is_unit(quantity, divisor.text()),
        _ => true,
    };
    if !fits {
        let allowed = if name.ends_with(".cpu") { "`1m` and `1`" } else { "`1`, `1k`, `1M`, … `1E` and `1Ki`, `1Mi`, … `1Ei`" };
        c.invalid(codes::J1025, &divisor, format!("`{name}` is divided by one of {allowed}"));
    }
}

/// A power of 1000 written in decimal, or one of 1024 written with a binary suffix.
fn is_unit(quantity: Quantity, text: &str) -> bool {
    let binary = text.trim_end().ends_with('i');
    let exponent = text.contains(['e']) || (text.contains('E') && !text.ends_with('E') && !binary);
    if exponent {
        return quantity == Quantity::whole(1);
    }
    let base: i64 = if binary { 1024 } else { 1000 };
    (0..=6).any(|power| Quantity::whole(base.pow(power)) == quantity)
}

/// `ValidateEnvFrom`.
pub fn env_from<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    for source in list.items() {
        let prefix = source.get("prefix");
        if !prefix.text().is_empty() {
            c.syntax(codes::J1023, &prefix, names::env_name(prefix.text()));
        }
        let mut sources = 0;
        for name in ["configMapRef", "secretRef"] {
            let reference = source.get(name);
            if !reference.is_set() {
                continue;
            }
            sources += 1;
            let name = reference.get("name");
            if c.need_text(&name, "the reference names an object") {
                prefix_name(c, &name);
            }
        }
        if sources != 1 {
            let origin = source.origin();
            let message = if sources == 0 { "names no source: `configMapRef` or `secretRef`" } else { "names two sources: it is a `configMapRef` or a `secretRef`" };
            // The server names the list.
            c.invalid(codes::J1024, list, format!("an element of `envFrom` {message}")).origin = origin;
        }
    }
}

/// A name that the server checks as the start of one: a dash at the end is fine.
fn prefix_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let text = at.text();
    if text.len() > 1 && text.ends_with('-') && names::dns_subdomain(text.trim_end_matches('-')).is_ok() {
        return;
    }
    c.dns_subdomain(at);
}
