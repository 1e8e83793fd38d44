//! Quotas and limit ranges (core `validation.go`: `ValidateResourceQuotaSpec`, `ValidateLimitRange`).

use std::collections::HashMap;

use super::resources;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::{Report, shown};
use crate::kube::syntax::{Quantity, names};
use crate::value::Origin;

const SCOPES: &[&str] = &["Terminating", "NotTerminating", "BestEffort", "NotBestEffort", "PriorityClass", "VolumeAttributesClass", "CrossNamespacePodAffinity"];
/// Scopes that exclude each other.
const PAIRS: &[(&str, &str)] = &[("BestEffort", "NotBestEffort"), ("Terminating", "NotTerminating")];

/// `ValidateResourceQuota`, `ValidateResourceQuotaUpdate`.
pub fn resource_quota<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let spec = root.get("spec");
    let hard = spec.get("hard");
    for (name, entry) in hard.entries() {
        if resources::resource_name(c, &entry, name) && !name.contains('/') && !resources::is_standard_for_quotas(name) {
            c.invalid(codes::J1059, &entry, format!("`{name}` has no quota")).origin = entry.key_origin();
        }
        resources::quantity_value(c, &entry, name, resources::in_list(&entry));
    }
    scopes(c, &spec, &hard);
    scope_selector(c, &spec, &hard);
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        let (now, before) = (spec.get("scopes"), old_spec.get("scopes"));
        let covers = |a: &At<'_, 'v>, b: &At<'_, 'v>| a.items().all(|x| b.items().any(|y| x.text() == y.text()));
        if !covers(&now, &before) || !covers(&before, &now) {
            c.changed(&now, &before, "the scopes of a quota cannot change");
        }
    }
}

/// `IsResourceQuotaScopeValidForResource`, for resources of the server's own.
fn scope_fits(scope: &str, resource: &str) -> bool {
    if !resources::is_standard_for_quotas(resource) {
        return true;
    }
    let computed = matches!(resource, "cpu" | "memory" | "limits.cpu" | "limits.memory" | "requests.cpu" | "requests.memory");
    match scope {
        "Terminating" | "NotTerminating" | "NotBestEffort" | "PriorityClass" | "CrossNamespacePodAffinity" => resource == "pods" || computed,
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => matches!(resource, "persistentvolumeclaims" | "requests.storage"),
        _ => true,
    }
}

/// `validateResourceQuotaScopes`. The server names the list.
fn scopes<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, hard: &At<'_, 'v>) {
    let list = spec.get("scopes");
    for scope in list.items() {
        one_scope(c, &list, &list, scope.text(), scope.origin(), hard);
    }
    for (one, other) in PAIRS {
        let has = |wanted: &str| list.items().any(|s| s.text() == wanted);
        if has(one) && has(other) {
            c.invalid(codes::J1059, &list, format!("`{one}` and `{other}` exclude each other"));
        }
    }
}

fn one_scope<'v>(c: &mut Report<'v>, unknown: &At<'_, 'v>, unfit: &At<'_, 'v>, scope: &str, origin: Origin, hard: &At<'_, 'v>) {
    if !SCOPES.contains(&scope) {
        let near = crate::diagnostics::nearest(scope, SCOPES.iter().copied());
        let error = c.invalid(codes::J1059, unknown, format!("`{scope}` is no scope: they are {}", crate::kube::rules::report::quoted(SCOPES)));
        error.origin = origin;
        error.help = near.map(|n| format!("did you mean `{n}`?"));
    }
    for (resource, entry) in hard.entries() {
        if !scope_fits(scope, resource) {
            let error = c.invalid(codes::J1059, unfit, format!("scope `{scope}` does not go with `{resource}`"));
            error.origin = origin;
            error.related.push((entry.key_origin(), "this resource".to_owned()));
        }
    }
}

/// `validateScopedResourceSelectorRequirement`. The server's paths leave out the index.
fn scope_selector<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, hard: &At<'_, 'v>) {
    let chosen = spec.get("scopeSelector");
    let list = chosen.get("matchExpressions");
    for requirement in list.items() {
        let (scope, operator, values) = (requirement.get("scopeName"), requirement.get("operator"), requirement.get("values"));
        one_scope(c, &list.called("scopeName", scope.value()), &list, scope.text(), scope.origin(), hard);
        let at = list.called("operator", operator.value());
        if matches!(scope.text(), "BestEffort" | "NotBestEffort" | "Terminating" | "NotTerminating" | "CrossNamespacePodAffinity") && operator.text() != "Exists" {
            c.invalid(codes::J1059, &at, format!("scope `{}` has no values: its operator is `Exists`", scope.text()));
        }
        match operator.text() {
            "In" | "NotIn" => {
                if values.is_empty() {
                    let origin = requirement.origin();
                    c.error(codes::J1010, Reason::Required, &list.called("values", values.value()), format!("`{}` needs `values`", operator.text())).origin = origin;
                }
            }
            "Exists" | "DoesNotExist" => {
                if !values.is_empty() {
                    c.invalid(codes::J1010, &list.called("values", values.value()), format!("`{}` takes no `values`", operator.text()));
                }
            }
            _ => crate::kube::rules::selector::unknown_operator(c, &at, &["In", "NotIn", "Exists", "DoesNotExist"]),
        }
    }
    for (one, other) in PAIRS {
        let has = |wanted: &str| list.items().any(|r| r.get("scopeName").text() == wanted);
        if has(one) && has(other) {
            c.invalid(codes::J1059, &list, format!("`{one}` and `{other}` exclude each other"));
        }
    }
}

/// `ValidateLimitRange`.
pub fn limit_range<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::SubdomainOrNone, true);
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for limit in root.get("spec").get("limits").items() {
        let kind = limit.get("type");
        let text = kind.text();
        if c.syntax(codes::J1001, &kind, names::qualified_name(text)) && !text.contains('/') && !matches!(text, "Pod" | "Container" | "PersistentVolumeClaim") {
            let near = crate::diagnostics::nearest(text, ["Pod", "Container", "PersistentVolumeClaim"]);
            let error = c.invalid(codes::J1059, &kind, format!("`{text}` is no type of limits: `Pod`, `Container`, `PersistentVolumeClaim` or one with a prefix"));
            error.help = near.map(|n| format!("did you mean `{n}`?"));
        }
        match seen.get(text) {
            Some(first) => c.duplicate(&kind, Some(*first), &format!("type `{text}`")),
            None => drop(seen.insert(text, kind.origin())),
        }
        limit_item(c, &limit, text);
    }
}

/// The lists of one kind of limits, with a container's defaults filled in (`SetDefaults_LimitRangeItem`).
struct Limits {
    min: Option<Quantity>,
    max: Option<Quantity>,
    default: Option<Quantity>,
    request: Option<Quantity>,
    ratio: Option<Quantity>,
}

fn limits_of<'v>(limit: &At<'_, 'v>, name: &'v str, kind: &str) -> Limits {
    let of = |list: &'static str| {
        let at = limit.get(list);
        let entry = at.key(name);
        resources::has(&at, name).then(|| resources::in_list(&entry))
    };
    let (min, max) = (of("min"), of("max"));
    let (mut default, mut request) = (of("default"), of("defaultRequest"));
    match kind {
        "Pod" => (default, request) = (None, None),
        "Container" => {
            default = default.or(max);
            request = request.or(default).or(min);
        }
        _ => {}
    }
    Limits { min, max, default, request, ratio: of("maxLimitRequestRatio") }
}

fn limit_item<'v>(c: &mut Report<'v>, limit: &At<'_, 'v>, kind: &str) {
    let mut known: Vec<&'v str> = Vec::new();
    for list in ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"] {
        let at = limit.get(list);
        if kind == "Pod" && matches!(list, "default" | "defaultRequest") {
            if !at.is_empty() {
                c.forbidden(codes::J1059, &at, format!("limits of pods have no `{list}`"));
            }
            continue;
        }
        for (name, entry) in at.entries() {
            if matches!(kind, "Pod" | "Container") {
                resources::container_resource_name(c, &entry, name);
            } else {
                resources::resource_name(c, &entry, name);
            }
            if !known.contains(&name) {
                known.push(name);
            }
        }
    }
    if kind == "PersistentVolumeClaim" && !limit.get("min").key("storage").is_set() && !limit.get("max").key("storage").is_set() {
        c.error(codes::J1003, Reason::Required, &limit.called("limits", limit.value()), "limits of claims have a `min` or a `max` of `storage`");
    }
    for name in known {
        compare(c, limit, name, &limits_of(limit, name, kind));
    }
}

/// min ≤ default request ≤ default ≤ max, and the ratio within max/min.
fn compare<'v>(c: &mut Report<'v>, limit: &At<'_, 'v>, name: &'v str, limits: &Limits) {
    let mut wrong = |list: &'static str, message: String| {
        let at = limit.get(list);
        c.invalid(codes::J1059, &at.key(name), message);
    };
    let above = |a: Option<Quantity>, b: Option<Quantity>| matches!((a, b), (Some(a), Some(b)) if a > b);
    if above(limits.min, limits.max) {
        wrong("min", format!("the `min` of `{name}` exceeds its `max`"));
        // Defaults follow from both.
        return;
    }
    if above(limits.min, limits.request) {
        wrong("defaultRequest", format!("the `defaultRequest` of `{name}` is below its `min`"));
    }
    if above(limits.request, limits.max) {
        wrong("defaultRequest", format!("the `defaultRequest` of `{name}` exceeds its `max`"));
    }
    if above(limits.request, limits.default) {
        wrong("defaultRequest", format!("the `defaultRequest` of `{name}` exceeds its `default` limit"));
    }
    if above(limits.min, limits.default) {
        wrong("default", format!("the `default` of `{name}` is below its `min`"));
    }
    if above(limits.default, limits.max) {
        wrong("default", format!("the `default` of `{name}` exceeds its `max`"));
    }
    if let Some(ratio) = limits.ratio {
        let shown_ratio = limit.get("maxLimitRequestRatio").key(name).value().map(shown).unwrap_or_default();
        if ratio < Quantity::whole(1) {
            wrong("maxLimitRequestRatio", format!("a ratio of {shown_ratio} is below 1"));
        }
        if let (Some(min), Some(max)) = (limits.min, limits.max) {
            let most = max.milli_value() as f64 / min.milli_value() as f64;
            if ratio.milli_value() as f64 / 1000.0 > most {
                wrong("maxLimitRequestRatio", format!("a ratio of {shown_ratio} exceeds `max` by `min`"));
            }
        }
    }
    if !resources::is_overcommit_allowed(name)
        && let (Some(default), Some(request)) = (limits.default, limits.request)
        && default != request
    {
        wrong("defaultRequest", format!("`{name}` cannot be overcommitted: `default` and `defaultRequest` are equal"));
    }
}
