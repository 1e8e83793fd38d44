//! Label selectors (apimachinery's `pkg/apis/meta/v1/validation`) and whether labels match them.

use super::At;
use super::metadata;
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::names;

/// `ValidateLabelSelector`.
pub fn label_selector(c: &mut Report<'_>, at: &At<'_, '_>) {
    metadata::labels(c, &at.get("matchLabels"));
    for requirement in at.get("matchExpressions").items() {
        requirement_of_labels(c, &requirement);
    }
}

/// `ValidateLabelSelectorRequirement`.
fn requirement_of_labels(c: &mut Report<'_>, at: &At<'_, '_>) {
    let operator = at.get("operator");
    let values = at.get("values");
    operator_and_values(c, &operator, &values, operator.text());
    metadata::label_key(c, &at.get("key"));
    label_values(c, &values);
}

/// What `In`, `NotIn`, `Exists` and `DoesNotExist` want.
pub fn operator_and_values(c: &mut Report<'_>, operator: &At<'_, '_>, values: &At<'_, '_>, name: &str) {
    match name {
        "In" | "NotIn" if values.is_empty() => {
            c.error(codes::J1010, Reason::Required, values, format!("`{name}` needs `values`"));
        }
        "In" | "NotIn" => {}
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            c.forbidden(codes::J1010, values, format!("`{name}` takes no `values`"));
        }
        "Exists" | "DoesNotExist" => {}
        _ => unknown_operator(c, operator, &["In", "NotIn", "Exists", "DoesNotExist"]),
    }
}

/// An operator that does not exist here.
pub fn unknown_operator(c: &mut Report<'_>, operator: &At<'_, '_>, allowed: &[&str]) {
    let text = operator.text();
    let near = crate::diagnostics::nearest(text, allowed.iter().copied());
    let error = c.invalid(codes::J1010, operator, format!("`{text}` is no operator of a selector: they are {}", super::report::quoted(allowed)));
    if let Some(near) = near.filter(|_| !text.is_empty()) {
        error.help = Some(format!("did you mean `{near}`?"));
        error.replacement = Some(near.to_owned());
    }
}

/// Every element is a label value.
pub fn label_values(c: &mut Report<'_>, values: &At<'_, '_>) {
    for value in values.items() {
        c.syntax(codes::J1002, &value, names::label_value(value.text()));
    }
}

/// Whether a selector says nothing: absent, or without labels and requirements.
pub fn is_empty(at: &At<'_, '_>) -> bool {
    at.get("matchLabels").is_empty() && at.get("matchExpressions").is_empty()
}

/// Whether the server could make a selector of it (`LabelSelectorAsSelector`).
pub fn is_usable(at: &At<'_, '_>) -> bool {
    let labels_fit = at.get("matchLabels").entries().all(|(k, v)| names::qualified_name(k).is_ok() && names::label_value(v.text()).is_ok());
    labels_fit
        && at.get("matchExpressions").items().all(|e| {
            let values = e.get("values");
            let count = values.len();
            names::qualified_name(e.get("key").text()).is_ok()
                && values.items().all(|v| names::label_value(v.text()).is_ok())
                && match e.get("operator").text() {
                    "In" | "NotIn" => count > 0,
                    "Exists" | "DoesNotExist" => count == 0,
                    _ => false,
                }
        })
}

/// The first part of a usable selector that these labels do not match: its place, and what is wanted.
fn mismatch(at: &At<'_, '_>, labels: &At<'_, '_>) -> Option<(crate::value::Origin, String)> {
    for (key, wanted) in at.get("matchLabels").entries() {
        if labels.key(key).opt_text() != Some(wanted.text()) {
            return Some((wanted.origin(), format!("`{key}: {}` is wanted here", wanted.text())));
        }
    }
    for e in at.get("matchExpressions").items() {
        let key = e.get("key").text();
        let label = labels.key(key).opt_text();
        let values = e.get("values");
        let among = label.is_some_and(|l| values.items().any(|v| v.text() == l));
        let fits = match e.get("operator").text() {
            "In" => among,
            "NotIn" => !among,
            "Exists" => label.is_some(),
            "DoesNotExist" => label.is_none(),
            _ => true,
        };
        if !fits {
            return Some((e.origin(), format!("this requirement on `{key}` is not met")));
        }
    }
    None
}

/// The labels of a template match the selector, or the workload would never find its pods. `template` is the template's place.
pub fn matches_template(c: &mut Report<'_>, at: &At<'_, '_>, template: &At<'_, '_>) {
    let meta = template.get("metadata");
    let labels = meta.get("labels");
    if let Some((origin, what)) = mismatch(at, &labels) {
        does_not_match(c, &labels, origin, what);
    }
}

/// The finding of [`matches_template`].
pub fn does_not_match(c: &mut Report<'_>, labels: &At<'_, '_>, origin: crate::value::Origin, what: String) {
    let error = c.invalid(codes::J1009, labels, "the template's labels do not match the selector");
    error.related.push((origin, what));
    error.help = Some("give the template the labels that the selector names".to_owned());
}

/// A selector that is a plain map (Services, ReplicationControllers).
pub fn plain_mismatch(selector: &At<'_, '_>, labels: &At<'_, '_>) -> Option<(crate::value::Origin, String)> {
    selector.entries().find(|(k, v)| labels.key(k).opt_text() != Some(v.text())).map(|(k, v)| (v.origin(), format!("`{k}: {}` is wanted here", v.text())))
}
