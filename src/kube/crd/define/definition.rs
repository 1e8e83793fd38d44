//! A whole CustomResourceDefinition: names, versions, conversion, columns; its schemas through [`super::schema_problems`]
//! (`ValidateCustomResourceDefinition` of apiextensions-apiserver).

use std::collections::HashSet;

use super::super::validate::object_meta;
use super::raw::Raw;
use crate::diagnostics::codes;
use crate::kube::cel::deep_equal;
use crate::kube::syntax::names;
use crate::kube::{FieldError, Reason, Version, cel};
use crate::value::{Origin, Path, Value};

/// How many selectable fields a version may have.
const MAX_SELECTABLE: usize = 8;

/// What the server has to say about a definition of `apiextensions.k8s.io/v1` that decodes; with `old`, about the update from it.
pub fn definition_problems(object: &Value, old: Option<&Value>, version: Version) -> Vec<FieldError> {
    let empty = Value::default();
    let spec = Raw::new(object.get("spec").unwrap_or(&empty));
    let mut j = Judge { errors: Vec::new(), version };
    let meta = Path::new().field("metadata");
    j.errors.extend(object_meta(object, old, version, false));
    let names = spec.child("names").unwrap_or(Raw::new(&empty));
    let (group, plural) = (spec.text("group"), names.text("plural"));
    if let Some(name) = object.at(&["metadata", "name"]).filter(|n| old.is_none() && n.as_str() != Some(&format!("{plural}.{group}"))) {
        j.bad(&meta.field("name"), Reason::Invalid, name.origin, format!("must be `{plural}.{group}`: the plural and the group"));
    }
    let path = Path::new().field("spec");
    j.group(spec, group, &path);
    j.one_of(spec, "scope", &["Cluster", "Namespaced"], &path);
    j.names(names, &path.field("names"));
    j.versions(spec, &path);
    j.conversion(spec, &path.field("conversion"));
    if spec.flag("preserveUnknownFields") && old.and_then(|o| o.at(&["spec", "preserveUnknownFields"])).and_then(Value::as_bool) != Some(true) {
        j.errors.push(spec.error("preserveUnknownFields", Reason::Invalid, &path, "no longer possible: set `x-kubernetes-preserve-unknown-fields: true` in the schema"));
    }
    j.approval(object, old, group);
    if let Some(old) = old {
        j.unchanged(object, old);
    }
    j.errors
}

struct Judge {
    errors: Vec<FieldError>,
    version: Version,
}

impl Judge {
    fn bad(&mut self, path: &Path, reason: Reason, origin: Origin, message: impl Into<String>) {
        self.errors.push(FieldError::new(codes::J1120, reason, path.clone(), origin, message));
    }

    fn missing(&mut self, node: Raw, key: &str, path: &Path) {
        self.errors.push(node.error(key, Reason::Required, path, format!("`{key}` is missing")));
    }

    fn one_of(&mut self, node: Raw, key: &str, allowed: &[&str], path: &Path) {
        let word = node.text(key);
        if word.is_empty() {
            self.missing(node, key, path);
        } else if !allowed.contains(&word) {
            let names = allowed.iter().map(|a| format!("`{a}`")).collect::<Vec<_>>().join(", ");
            self.errors.push(node.error(key, Reason::NotSupported, path, format!("`{word}` is not one of {names}")));
        }
    }

    /// A name that is a DNS label beginning with a letter; in any case where `mixed`.
    fn label(&mut self, text: &str, mixed: bool, path: &Path, origin: Origin) {
        let judged = if mixed { text.to_lowercase() } else { text.to_owned() };
        if let Some(complaint) = names::dns_1035_label(&judged).err().filter(|_| !text.is_empty()) {
            self.bad(path, Reason::Invalid, origin, format!("`{text}`: {complaint}"));
        }
    }

    fn group(&mut self, spec: Raw, group: &str, path: &Path) {
        if group.is_empty() {
            self.missing(spec, "group", path);
        } else if let Some(complaint) = names::dns_subdomain(group).err() {
            self.errors.push(spec.error("group", Reason::Invalid, path, format!("`{group}`: {complaint}")));
        } else if !group.contains('.') {
            self.errors.push(spec.error("group", Reason::Invalid, path, format!("`{group}` should be a domain with a dot")));
        }
    }

    fn names(&mut self, names: Raw, path: &Path) {
        let kind = names.text("kind");
        for key in ["plural", "kind"] {
            if names.text(key).is_empty() {
                self.missing(names, key, path);
            }
        }
        if kind.is_empty() && names.text("listKind").is_empty() {
            self.missing(names, "listKind", path);
        }
        if kind.is_empty() && names.text("singular").is_empty() {
            self.missing(names, "singular", path);
        }
        for (key, mixed) in [("plural", false), ("singular", false), ("kind", true), ("listKind", true)] {
            let origin = names.get(key).map_or(names.value.origin, |v| v.origin);
            self.label(names.text(key), mixed, &path.field(key), origin);
        }
        for key in ["shortNames", "categories"] {
            for (i, name) in names.get(key).and_then(Value::as_list).unwrap_or_default().iter().enumerate() {
                let text = name.as_str().unwrap_or("");
                if text.is_empty() {
                    self.bad(&path.field(key).index(i), Reason::Invalid, name.origin, "must not be empty");
                }
                self.label(text, false, &path.field(key).index(i), name.origin);
            }
        }
        if !kind.is_empty() && kind == names.text("listKind") {
            self.errors.push(names.error("listKind", Reason::Invalid, path, "must differ from `kind`"));
        }
    }

    fn versions(&mut self, spec: Raw, path: &Path) {
        let versions: Vec<Raw> = spec.list("versions").collect();
        let mut seen = HashSet::new();
        for (i, v) in versions.iter().enumerate() {
            let place = path.field("versions").index(i);
            let name = v.text("name");
            let at = v.get("name").map_or(v.value.origin, |n| n.origin);
            if name.is_empty() {
                self.missing(*v, "name", &place);
            }
            self.label(name, false, &place.field("name"), at);
            if !seen.insert(name) {
                self.bad(&path.field("versions"), Reason::Invalid, at, format!("version `{name}` is there twice"));
            }
            self.deprecation(*v, &place);
            if v.child("schema").and_then(|s| s.child("openAPIV3Schema")).is_none() {
                self.bad(&place.field("schema").field("openAPIV3Schema"), Reason::Required, v.value.origin, "the schema is missing");
            }
        }
        let stored = versions.iter().filter(|v| v.flag("storage")).count();
        if stored != 1 {
            let at = spec.get("versions").map_or(spec.value.origin, |v| v.origin);
            self.bad(&path.field("versions"), Reason::Invalid, at, format!("exactly one version must have `storage: true`, not {stored}"));
        }
        self.parts(&versions, path);
    }

    fn deprecation(&mut self, v: Raw, path: &Path) {
        let Some(warning) = v.get("deprecationWarning").and_then(Value::as_str) else { return };
        let complaint = if !v.flag("deprecated") {
            "only deprecated versions have a warning (`deprecated: true`)"
        } else if warning.is_empty() {
            "must not be empty"
        } else if warning.len() > 256 {
            "at most 256 bytes long"
        } else if warning.chars().any(char::is_control) {
            "must be printable text"
        } else {
            return;
        };
        self.errors.push(v.error("deprecationWarning", Reason::Invalid, path, complaint));
    }

    /// Schemas, subresources, columns and selectable fields. What is the same in all versions the server keeps once, under another path.
    fn parts(&mut self, versions: &[Raw], path: &Path) {
        let shared = |key: &str| {
            let first = versions.first().and_then(|v| v.get(key));
            versions.iter().all(|v| match (first, v.get(key)) {
                (Some(a), Some(b)) => deep_equal(a, b),
                (None, None) => true,
                _ => false,
            })
        };
        let status = |v: &Raw| v.child("subresources").is_some_and(|s| s.child("status").is_some());
        let any_status = versions.iter().any(status);
        let place = |key: &str, common: &str, i: usize| match (shared(key), i) {
            (true, 0) => Some(path.field(common)),
            (true, _) => None,
            (false, i) => Some(path.field("versions").index(i).field(key)),
        };
        for (i, v) in versions.iter().enumerate() {
            let schema = v.child("schema").and_then(|s| s.get("openAPIV3Schema")).filter(|s| s.as_map().is_some());
            if let (Some(at), Some(schema)) = (place("schema", "validation", i), schema) {
                let status = if shared("schema") { any_status } else { status(v) };
                self.errors.extend(super::schema_problems(schema, &at.field("openAPIV3Schema"), status, self.version));
            }
            if let (Some(at), Some(sub)) = (place("subresources", "subresources", i), v.child("subresources")) {
                self.scale(sub, &at);
            }
            if let Some(at) = place("additionalPrinterColumns", "additionalPrinterColumns", i) {
                for (n, column) in v.list("additionalPrinterColumns").enumerate() {
                    self.column(column, &at.index(n));
                }
            }
            if let (Some(at), Some(schema)) = (place("selectableFields", "selectableFields", i), schema) {
                self.selectable(*v, Raw::new(schema), &at);
            }
        }
    }

    fn scale(&mut self, sub: Raw, path: &Path) {
        let Some(scale) = sub.child("scale") else { return };
        for (key, roots) in [("specReplicasPath", &[".spec."][..]), ("statusReplicasPath", &[".status."][..]), ("labelSelectorPath", &[".spec.", ".status."][..])] {
            let text = scale.text(key);
            let at = path.field("scale");
            if text.is_empty() {
                if key != "labelSelectorPath" {
                    self.missing(scale, key, &at);
                }
            } else if !text.starts_with('.') {
                self.errors.push(scale.error(key, Reason::Invalid, &at, format!("`{text}` must begin with a dot")));
            } else if !roots.iter().any(|r| text.starts_with(r)) {
                self.errors.push(scale.error(
                    key,
                    Reason::Invalid,
                    &at,
                    format!("`{text}` must lie under {}", roots.iter().map(|r| format!("`{}`", r.trim_end_matches('.'))).collect::<Vec<_>>().join(" or ")),
                ));
            }
        }
    }

    fn column(&mut self, column: Raw, path: &Path) {
        if column.text("name").is_empty() {
            self.missing(column, "name", path);
        }
        const TYPES: [&str; 5] = ["boolean", "date", "integer", "number", "string"];
        const FORMATS: [&str; 8] = ["int32", "int64", "float", "double", "byte", "date", "date-time", "password"];
        let (kind, format, jsonpath) = (column.text("type"), column.text("format"), column.text("jsonPath"));
        if kind.is_empty() {
            self.missing(column, "type", path);
        } else if !TYPES.contains(&kind) {
            self.errors.push(column.error("type", Reason::Invalid, path, format!("`{kind}` is not one of {}", TYPES.map(|t| format!("`{t}`")).join(", "))));
        }
        if !format.is_empty() && !FORMATS.contains(&format) {
            self.errors.push(column.error("format", Reason::Invalid, path, format!("`{format}` is not one of {}", FORMATS.map(|t| format!("`{t}`")).join(", "))));
        }
        let at = column.get("jsonPath").map_or(column.value.origin, |v| v.origin);
        if jsonpath.is_empty() {
            self.bad(&path.field("JSONPath"), Reason::Required, at, "`jsonPath` is missing");
        } else if !jsonpath.starts_with('.') {
            self.bad(&path.field("JSONPath"), Reason::Invalid, at, format!("`{jsonpath}` must begin with a dot"));
        }
    }

    fn selectable(&mut self, v: Raw, schema: Raw, path: &Path) {
        let mut seen = HashSet::new();
        for (i, field) in v.list("selectableFields").enumerate() {
            let (text, at) = (field.text("jsonPath"), path.index(i));
            if text.is_empty() {
                self.missing(field, "jsonPath", &at);
                continue;
            }
            let found = if text.contains('[') { None } else { super::openapi::reached(text, schema) };
            match found {
                None => self.errors.push(field.error("jsonPath", Reason::Invalid, &at, format!("`{text}` leads to no field of the schema"))),
                Some(target) => {
                    if text == ".metadata" || text.starts_with(".metadata.") {
                        self.errors.push(field.error("jsonPath", Reason::Invalid, &at, "must not lie in `metadata`"));
                    }
                    if !matches!(target.text("type"), "string" | "boolean" | "integer") {
                        self.errors.push(field.error("jsonPath", Reason::Invalid, &at, format!("`{text}` must be a string, a boolean or an integer")));
                    }
                    if !seen.insert(text) {
                        self.errors.push(field.error("jsonPath", Reason::Duplicate, &at, format!("`{text}` is there twice")));
                    }
                }
            }
        }
        if seen.len() > MAX_SELECTABLE {
            self.bad(path, Reason::TooMany, v.value.origin, format!("{} selectable fields, at most {MAX_SELECTABLE} allowed", seen.len()));
        }
    }

    fn conversion(&mut self, spec: Raw, path: &Path) {
        let Some(conversion) = spec.child("conversion") else { return };
        self.one_of(conversion, "strategy", &["None", "Webhook"], path);
        let webhook = conversion.child("webhook");
        let client = webhook.and_then(|w| w.child("clientConfig"));
        if conversion.text("strategy") != "Webhook" {
            if let Some(w) = webhook {
                self.bad(&path.field("webhookClientConfig"), Reason::Forbidden, w.value.origin, "only with `strategy: Webhook`");
            }
            return;
        }
        let place = path.field("webhookClientConfig");
        match client {
            None => self.bad(&place, Reason::Required, conversion.value.origin, "needed with `strategy: Webhook`"),
            Some(c) if c.get("url").is_some() == c.get("service").is_some() => self.bad(&place, Reason::Required, c.value.origin, "exactly one of `url` and `service` is needed"),
            Some(c) if c.get("url").is_some() => self.url(c, &place),
            Some(c) => self.service(c.child("service").unwrap_or(c), &place.field("service")),
        }
        let place = path.field("conversionReviewVersions");
        let versions = webhook.map(|w| w.strings("conversionReviewVersions")).unwrap_or_default();
        let at = webhook.and_then(|w| w.get("conversionReviewVersions")).map_or(conversion.value.origin, |v| v.origin);
        if versions.is_empty() {
            self.bad(&place, Reason::Required, at, "`conversionReviewVersions` is missing");
            return;
        }
        for (i, v) in versions.iter().enumerate() {
            if versions.iter().take(i).any(|w| w == v) {
                self.bad(&place.index(i), Reason::Invalid, at, format!("`{v}` is there twice"));
            } else {
                self.label(v, false, &place.index(i), at);
            }
        }
        if !versions.iter().any(|v| matches!(*v, "v1" | "v1beta1")) {
            self.bad(&place, Reason::Invalid, at, "must include `v1` or `v1beta1`");
        }
    }

    fn url(&mut self, client: Raw, path: &Path) {
        let text = client.text("url");
        let complaint = match cel::parse_request_uri(text) {
            Err(e) => e,
            Ok(u) if u.scheme != "https" => "must be an `https` URL".into(),
            Ok(u) if u.host.is_empty() => "the host is missing".into(),
            Ok(u) if !u.raw_query.is_empty() || text.contains(['#', '@']) => "must have no user, query or fragment".into(),
            Ok(_) => return,
        };
        self.errors.push(client.error("url", Reason::Invalid, path, complaint));
    }

    fn service(&mut self, service: Raw, path: &Path) {
        for key in ["name", "namespace"] {
            if service.text(key).is_empty() {
                self.missing(service, key, path);
            }
        }
        let route = service.text("path");
        if !route.is_empty() {
            let parts: Vec<&str> = route.trim_start_matches('/').trim_end_matches('/').split('/').collect();
            let fine = route.starts_with('/') && (route == "/" || parts.iter().all(|p| !p.is_empty() && names::dns_subdomain(p).is_ok()));
            if !fine {
                self.errors.push(service.error("path", Reason::Invalid, path, format!("`{route}` must be `/` and lower-case names between slashes")));
            }
        }
        if service.get("port").and_then(Value::as_int).is_some_and(|p| !(1..=65535).contains(&p)) {
            self.errors.push(service.error("port", Reason::Invalid, path, "must be between 1 and 65535"));
        }
    }

    /// Groups of the Kubernetes community need the link of their review.
    fn approval(&mut self, object: &Value, old: Option<&Value>, group: &str) {
        const KEY: &str = "api-approved.kubernetes.io";
        if !(matches!(group, "k8s.io" | "kubernetes.io") || group.ends_with(".k8s.io") || group.ends_with(".kubernetes.io")) {
            return;
        }
        let state = |o: &Value| {
            let text = o.at(&["metadata", "annotations", KEY]).and_then(Value::as_str).unwrap_or("");
            if text.is_empty() {
                Err(Reason::Required)
            } else if text.starts_with("unapproved") || cel::parse_request_uri(text).is_ok_and(|u| !u.host.is_empty() && !u.scheme.is_empty()) {
                Ok(())
            } else {
                Err(Reason::Invalid)
            }
        };
        if let Err(reason) = state(object)
            && old.is_none_or(|o| state(o) != Err(reason))
        {
            let at = object.get("metadata").map_or(object.origin, |m| m.origin);
            self.bad(
                &Path::new().field("metadata").field("annotations").key(KEY),
                reason,
                at,
                format!("group `{group}` belongs to the Kubernetes community: the annotation `{KEY}` has to link its review, or begin with `unapproved`"),
            );
        }
    }

    fn unchanged(&mut self, object: &Value, old: &Value) {
        let established = old
            .at(&["status", "conditions"])
            .and_then(Value::as_list)
            .unwrap_or_default()
            .iter()
            .any(|c| c.get("type").and_then(Value::as_str) == Some("Established") && c.get("status").and_then(Value::as_str) == Some("True"));
        let fields: [(&[&str], bool); 4] =
            [(&["spec", "group"], true), (&["spec", "names", "plural"], true), (&["spec", "scope"], established), (&["spec", "names", "kind"], established)];
        for (path, fixed) in fields {
            let (new, was) = (object.at(path).and_then(Value::as_str), old.at(path).and_then(Value::as_str));
            if fixed && new != was {
                let place = path.iter().fold(Path::new(), |p, s| p.field(s));
                self.bad(&place, Reason::Invalid, object.at(path).map_or(object.origin, |v| v.origin), format!("cannot change: it is `{}`", was.unwrap_or("")));
            }
        }
    }
}
