//! Metadata of objects and templates (apimachinery's `pkg/api/validation/objectmeta.go`).

use super::At;
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::syntax::names::{self, Verdict};

/// The syntax of a kind's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameRule {
    /// `NameIsDNSSubdomain`
    Subdomain,
    /// The same, but the server makes up a missing name: limit ranges.
    SubdomainOrNone,
    /// `NameIsDNSLabel`
    Label,
    /// `NameIsDNS1035Label`
    Label1035,
    /// `IsPathSegmentName`: RBAC.
    PathSegment,
    /// `IsConfigMapKey`: lease candidates.
    ConfigKey,
    /// `IsValidIP`: IPAddress.
    Ip,
}

impl NameRule {
    fn check(self, name: &str) -> Verdict {
        match self {
            Self::Subdomain | Self::SubdomainOrNone => names::dns_subdomain(name),
            Self::Label => names::dns_label(name),
            Self::Label1035 => names::dns_1035_label(name),
            Self::PathSegment => names::path_segment(name),
            Self::ConfigKey => names::config_key(name),
            Self::Ip => crate::kube::syntax::ip::canonical_ip(name).map(|_| ()),
        }
    }

    fn repair(self, name: &str) -> Option<String> {
        match self {
            Self::Subdomain | Self::SubdomainOrNone => names::repaired(name, true, names::SUBDOMAIN_MAX),
            Self::Label => names::repaired(name, false, names::LABEL_MAX),
            Self::Label1035 => names::repaired(name, false, names::LABEL_MAX).filter(|n| names::dns_1035_label(n).is_ok()),
            _ => None,
        }
    }
}

/// All annotations of an object together may have this many bytes (`TotalAnnotationSizeLimitB`).
const ANNOTATIONS_MAX: usize = 256 * 1024;

/// `ValidateObjectMeta`, and `ValidateObjectMetaUpdate` when there is a stored object.
pub fn object_meta(c: &mut Report<'_>, meta: &At<'_, '_>, rule: NameRule, namespaced: bool) {
    name(c, meta, rule);
    // An empty one is filled in from the request.
    if namespaced && !meta.get("namespace").text().is_empty() {
        c.dns_label(&meta.get("namespace"));
    }
    if !c.own_generation {
        c.nonnegative(&meta.get("generation"));
    }
    labels(c, &meta.get("labels"));
    annotations(c, &meta.get("annotations"));
    owner_references(c, &meta.get("ownerReferences"));
    finalizers(c, &meta.get("finalizers"));
    managed_fields(c, &meta.get("managedFields"));
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_meta = old.get("metadata");
        if old_meta.get("name").is_set() && meta.get("name").is_set() {
            c.immutable(&meta.get("name"), &old_meta.get("name"));
        }
    }
}

fn name(c: &mut Report<'_>, meta: &At<'_, '_>, rule: NameRule) {
    let generated = meta.get("generateName");
    let at = meta.get("name");
    if !generated.text().is_empty() {
        let prefix = generated.text();
        // What is appended may follow a dash.
        let masked = match prefix.strip_suffix('-') {
            Some(rest) if !rest.is_empty() => format!("{}a", rest.chars().take(rest.chars().count() - 1).collect::<String>()),
            _ => prefix.to_owned(),
        };
        if let Err(why) = rule.check(&masked) {
            c.invalid(codes::J1001, &generated, format!("`{prefix}` cannot start a name: {why}"));
        }
    }
    let text = at.text();
    if text.is_empty() {
        if generated.text().is_empty() && rule != NameRule::SubdomainOrNone {
            c.required(&at, "an object needs a `name` or a `generateName`");
        }
        return;
    }
    if let Err(why) = rule.check(text) {
        let error = c.invalid(codes::J1001, &at, format!("`{text}` is no valid name: {why}"));
        if let Some(name) = rule.repair(text) {
            error.help = Some(format!("`{name}` would be one"));
            error.replacement = Some(name);
        }
    }
}

/// `ValidateLabels`: the server names the map, we label the entry.
pub fn labels(c: &mut Report<'_>, at: &At<'_, '_>) {
    for (key, entry) in at.entries() {
        if let Err(why) = names::qualified_name(key) {
            let origin = entry.key_origin();
            c.invalid(codes::J1002, at, format!("`{key}` is no label key: {why}")).origin = origin;
        }
        if let Err(why) = names::label_value(entry.text()) {
            let origin = entry.origin();
            let value = entry.value().map(super::report::shown).unwrap_or_default();
            c.invalid(codes::J1002, at, format!("{value} is no label value of `{key}`: {why}")).origin = origin;
        }
    }
}

/// `ValidateLabelName` about one key.
pub fn label_key(c: &mut Report<'_>, at: &At<'_, '_>) {
    let key = at.text();
    if let Err(why) = names::qualified_name(key) {
        let message = if key.is_empty() { format!("`{}` is missing: {why}", at.name()) } else { format!("`{key}` is no label key: {why}") };
        c.invalid(codes::J1002, at, message);
    }
}

/// `ValidateQualifiedName` about one name.
pub fn qualified(c: &mut Report<'_>, at: &At<'_, '_>) {
    c.syntax(codes::J1001, at, names::qualified_name(at.text()));
}

/// `ValidateAnnotations`: keys count without case; all together have a limit.
pub fn annotations(c: &mut Report<'_>, at: &At<'_, '_>) {
    let mut size = 0;
    for (key, entry) in at.entries() {
        size += key.len() + entry.text().len();
        // Only keys that could be wrong are lowered.
        let verdict = names::qualified_name(key);
        if verdict.is_err()
            && let Err(why) = names::qualified_name(&key.to_lowercase())
        {
            let origin = entry.key_origin();
            c.invalid(codes::J1002, at, format!("`{key}` is no annotation key: {why}")).origin = origin;
        }
    }
    if size > ANNOTATIONS_MAX {
        c.error(codes::J1006, crate::kube::Reason::TooLong, at, format!("annotations have {size} bytes together, at most {ANNOTATIONS_MAX} are allowed"));
    }
}

/// `ValidateOwnerReferences`: the server names the list, we label the field.
fn owner_references(c: &mut Report<'_>, at: &At<'_, '_>) {
    let mut controller = None;
    for (i, owner) in at.items().enumerate() {
        // The server drops repetitions and warns (`dedupOwnerReferences`).
        if at.list().iter().take(i).any(|earlier| owner.value().is_some_and(|v| v.same(earlier))) {
            continue;
        }
        let api_version = owner.get("apiVersion");
        let version = api_version.text();
        if version.rsplit('/').next().unwrap_or("").is_empty() || version.matches('/').count() > 1 {
            let message = if version.is_empty() { "the owner's `apiVersion` is missing".to_owned() } else { format!("`{version}` is no API version, such as `apps/v1`") };
            c.invalid(codes::J1008, &at.called("apiVersion", api_version.value()), message).origin = owner.origin();
        }
        for field in ["kind", "name", "uid"] {
            let value = owner.get(field);
            if value.text().is_empty() {
                c.invalid(codes::J1008, &at.called(field, value.value()), format!("the owner's `{field}` is missing")).origin = owner.origin();
            }
        }
        if api_version.text() == "v1" && owner.get("kind").text() == "Event" {
            c.invalid(codes::J1008, at, "an Event cannot own objects").origin = owner.origin();
        }
        if owner.get("controller").flag() {
            match controller {
                Some(first) => {
                    let error = c.invalid(codes::J1008, at, "only one owner can be the controller");
                    error.origin = owner.get("controller").origin();
                    error.related.push((first, "this one is already".to_owned()));
                }
                None => controller = Some(owner.get("controller").origin()),
            }
        }
    }
}

/// `ValidateFinalizers`, and the core group's rule that unqualified ones are the server's own.
fn finalizers(c: &mut Report<'_>, at: &At<'_, '_>) {
    let mut orphan = false;
    let mut foreground = false;
    for item in at.items() {
        let name = item.text();
        if let Err(why) = names::qualified_name(name) {
            c.invalid(codes::J1008, at, format!("`{name}` is no finalizer: {why}")).origin = item.origin();
        }
        orphan |= name == "orphan";
        foreground |= name == "foregroundDeletion";
    }
    if orphan && foreground {
        c.invalid(codes::J1008, at, "`orphan` and `foregroundDeletion` exclude each other");
    }
}

/// `validateKubeFinalizerName`: core objects' finalizers without a prefix are the server's own. Paths as the server's: indexed in metadata, not in namespaces.
pub fn core_finalizers(c: &mut Report<'_>, at: &At<'_, '_>, indexed: bool) {
    for item in at.items() {
        let name = item.text();
        if !name.contains('/') && !matches!(name, "kubernetes" | "orphan" | "foregroundDeletion") && names::qualified_name(name).is_ok() {
            let message = format!("`{name}` is no finalizer of the server's own: others have a prefix, `example.com/{name}`");
            let place = if indexed { &item } else { at };
            c.invalid(codes::J1008, place, message).origin = item.origin();
        }
    }
}

fn managed_fields(c: &mut Report<'_>, at: &At<'_, '_>) {
    for entry in at.items() {
        let operation = entry.get("operation");
        if !matches!(operation.text(), "Apply" | "Update") {
            c.invalid(codes::J1004, &operation, "the operation is `Apply` or `Update`");
        }
        let kind = entry.get("fieldsType");
        if !kind.text().is_empty() && kind.text() != "FieldsV1" {
            c.invalid(codes::J1004, &kind, "the type of fields is `FieldsV1`");
        }
        c.too_long(&entry.get("manager"), 128);
        c.too_long(&entry.get("subresource"), 256);
    }
}
