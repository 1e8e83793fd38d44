//! Disruption budgets (`pkg/apis/policy/validation`). Their names are not looked at, beyond what storage wants.

use super::At;
use super::apps::{at_most_all, int_or_percent};
use super::metadata::{self, NameRule};
use super::report::Report;
use super::selector;
use crate::diagnostics::codes;

/// `ValidatePodDisruptionBudget`.
pub fn pod_disruption_budget<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::PathSegment, true);
    let spec = root.get("spec");
    let (least, most) = (spec.get("minAvailable"), spec.get("maxUnavailable"));
    if least.is_set() && most.is_set() {
        let error = c.invalid(codes::J1007, &spec, "`minAvailable` and `maxUnavailable` exclude each other");
        error.origin = most.key_origin();
        error.related.push((least.key_origin(), "the other one".to_owned()));
    }
    for at in [&least, &most] {
        int_or_percent(c, at);
        at_most_all(c, at);
    }
    selector::label_selector(c, &spec.get("selector"));
    c.one_of_if_set(&spec.get("unhealthyPodEvictionPolicy"), &["AlwaysAllow", "IfHealthyBudget"]);
}
