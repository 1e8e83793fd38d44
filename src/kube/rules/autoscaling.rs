//! Autoscalers (`pkg/apis/autoscaling/validation`), `autoscaling/v1` and `/v2`.

use super::At;
use super::core::resources;
use super::metadata::{self, NameRule};
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::{Quantity, names};

/// Kinds of metrics, in the server's order, and the field of each.
const METRICS: [(&str, &str); 5] = [("Object", "object"), ("External", "external"), ("Pods", "pods"), ("Resource", "resource"), ("ContainerResource", "containerResource")];

/// `ValidateHorizontalPodAutoscaler` and its update.
pub fn autoscaler<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    let (least, most) = (spec.get("minReplicas"), spec.get("maxReplicas"));
    // Scaling to zero is behind a gate that is off.
    let minimum = least.opt_int().unwrap_or(1);
    if minimum < 1 {
        c.invalid(codes::J1056, &least, format!("`{minimum}` replicas are too few: at least 1"));
    }
    if most.int() == 0 {
        c.required(&most, "the autoscaler's upper bound, above 0");
    } else if most.int() < 0 {
        c.invalid(codes::J1056, &most, format!("`{}` is negative: at least 1 is wanted", most.int()));
    }
    if most.int() < minimum {
        c.invalid(codes::J1056, &most, format!("`{}` is below `minReplicas`, {minimum}", most.int())).related.push((least.origin(), "the lower bound".to_owned()));
    }
    let target = spec.get("scaleTargetRef");
    let known = c.old.is_some_and(|old| ["apiVersion", "kind"].iter().all(|f| old.at(&["spec", "scaleTargetRef", f]).and_then(|v| v.as_str()) == target.get(f).opt_text()));
    let grouped = !known && target.get("kind").text() != "ReplicationController";
    reference(c, &target, grouped);
    let utilization = spec.get("targetCPUUtilizationPercentage");
    if utilization.opt_int().is_some_and(|n| n < 1) {
        // In `v1`, where the server has made a metric of it.
        let metrics = spec.called("metrics", utilization.value());
        let first = metrics.indexed(0);
        let resource = first.called("resource", utilization.value());
        let target = resource.called("target", utilization.value());
        c.invalid(codes::J1056, &target.called("averageUtilization", utilization.value()), format!("`{}` percent is no utilization: above 0", utilization.int()));
    }
    for metric in spec.get("metrics").items() {
        metric_spec(c, &metric);
    }
    let behavior = spec.get("behavior");
    for direction in ["scaleUp", "scaleDown"] {
        let rules = behavior.get(direction);
        if rules.is_set() {
            scaling_rules(c, &rules);
        }
    }
}

/// `ValidateCrossVersionObjectReference`. `grouped`: the API version has to name a group.
fn reference<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, grouped: bool) {
    for field in ["kind", "name"] {
        let value = at.get(field);
        if c.need_text(&value, "the reference says what is meant") {
            c.syntax(codes::J1001, &value, names::path_segment(value.text()));
        }
    }
    let version = at.get("apiVersion");
    if version.text().matches('/').count() > 1 {
        c.invalid(codes::J1056, &version, format!("`{}` is no API version, such as `apps/v1`", version.text()));
    } else if grouped && !version.text().contains('/') {
        let error = c.invalid(codes::J1056, &version, format!("the `apiVersion` of `{}` names no group", at.get("kind").text()));
        error.help = Some("that of a Deployment is `apps/v1`".to_owned());
    } else if grouped && version.text().starts_with('/') {
        c.invalid(codes::J1056, &version, "the group of the `apiVersion` is empty");
    }
}

/// `validateMetricSpec`.
fn metric_spec<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let kind = at.get("type");
    let names: Vec<&str> = METRICS.iter().map(|(k, _)| *k).collect();
    if !c.need_text(&kind, "a metric has a type") {
        return;
    }
    if !names.contains(&kind.text()) {
        c.not_supported(&kind, kind.text(), &names);
    }
    let mut first = true;
    let mut present = Vec::new();
    for (_, field) in METRICS {
        let source = at.get(field);
        if !source.is_set() {
            continue;
        }
        present.push(field);
        if first {
            metric_source(c, &source, field);
        }
        first = false;
    }
    let expected = METRICS.iter().find(|(k, _)| *k == kind.text()).map_or("", |(_, f)| *f);
    if !expected.is_empty() && !present.contains(&expected) {
        c.required(&at.get(expected), &format!("a metric of type `{}` has it", kind.text()));
    }
    if present.len() != 1 {
        for other in present.into_iter().filter(|p| *p != expected) {
            c.forbidden(codes::J1056, &at.get(other), format!("a metric of type `{}` has no `{other}`", kind.text()));
        }
    }
}

/// The sources' own rules: `validateObjectSource`, `validateExternalSource`, `validatePodsSource`, `validateResourceSource`, `validateContainerResourceSource`.
fn metric_source<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, kind: &str) {
    let target = at.get("target");
    let (value, average, utilization) = (target.get("value"), target.get("averageValue"), target.get("averageUtilization"));
    if kind == "object" {
        reference(c, &at.get("describedObject"), false);
    }
    match kind {
        "resource" | "containerResource" => {
            let name = at.get("name");
            if c.need_text(&name, "`cpu` or `memory`, for example") && kind == "containerResource" {
                resources::container_resource_name(c, &name, name.text());
            }
            if kind == "containerResource" && c.need_text(&at.get("container"), "the metric says of which container") {
                c.dns_label(&at.get("container"));
            }
        }
        _ => {
            let metric = at.get("metric");
            let name = metric.get("name");
            if c.need_text(&name, "a metric has a name") {
                c.syntax(codes::J1001, &name, names::path_segment(name.text()));
            }
        }
    }
    metric_target(c, &target);
    match kind {
        "object" | "external" => {
            if !value.is_set() && !average.is_set() {
                c.required(&average, "a target has a `value` or an `averageValue`");
            }
            if kind == "external" && value.is_set() && average.is_set() {
                c.forbidden(codes::J1056, &value, "a target has a `value` or an `averageValue`, not both");
            }
        }
        "pods" => {
            if !average.is_set() {
                c.required(&average, "a metric of pods has an average as its target");
            }
        }
        _ => {
            if !utilization.is_set() && !average.is_set() {
                c.required(&utilization, "a target has an `averageUtilization` or an `averageValue`");
            }
            if utilization.is_set() && average.is_set() {
                c.forbidden(codes::J1056, &average, "a target has an `averageUtilization` or an `averageValue`, not both");
            }
        }
    }
}

/// `validateMetricTarget`.
fn metric_target<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let kind = at.get("type");
    let kinds = ["Utilization", "Value", "AverageValue"];
    if c.need_text(&kind, "a target has a type") && !kinds.contains(&kind.text()) {
        let near = crate::diagnostics::nearest(kind.text(), kinds);
        let error = c.invalid(codes::J1004, &kind, format!("`{}` is none of `Utilization`, `Value`, `AverageValue`", kind.text()));
        error.replacement = near.map(str::to_owned);
    }
    for field in ["value", "averageValue"] {
        let value = at.get(field);
        if value.quantity().is_some_and(|q| q <= Quantity::ZERO) {
            c.invalid(codes::J1056, &value, format!("{} is not above 0", value.value().map(super::report::shown).unwrap_or_default()));
        }
    }
    let utilization = at.get("averageUtilization");
    if utilization.opt_int().is_some_and(|n| n < 1) {
        c.invalid(codes::J1056, &utilization, format!("`{}` percent is no utilization: above 0", utilization.int()));
    }
}

/// Longest windows and periods: an hour and half an hour.
const WINDOW_MAX: i64 = 3600;
const PERIOD_MAX: i64 = 1800;

/// `validateScalingRules`. Policies that are not given are the server's defaults.
fn scaling_rules<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let window = at.get("stabilizationWindowSeconds");
    if window.is_set() {
        let n = window.int();
        if !(0..=WINDOW_MAX).contains(&n) {
            c.invalid(codes::J1057, &window, format!("`{n}` seconds are no window: 0 to {WINDOW_MAX}"));
        }
    }
    c.one_of_if_set(&at.get("selectPolicy"), &["Disabled", "Max", "Min"]);
    let policies = at.get("policies");
    if policies.value().is_some() && policies.is_empty() {
        c.error(codes::J1057, Reason::Required, &policies, "there is no policy: leave them out for the defaults");
    }
    for policy in policies.items() {
        c.one_of(&policy.get("type"), &["Percent", "Pods"]);
        let (value, period) = (policy.get("value"), policy.get("periodSeconds"));
        if value.int() <= 0 {
            c.invalid(codes::J1057, &value, format!("`{}` is not above 0", value.int()));
        }
        if !(1..=PERIOD_MAX).contains(&period.int()) {
            c.invalid(codes::J1057, &period, format!("`{}` seconds are no period: 1 to {PERIOD_MAX}", period.int()));
        }
    }
    let tolerance = at.get("tolerance");
    if c.since(35) && tolerance.quantity().is_some_and(|q| q < Quantity::ZERO) {
        c.invalid(codes::J1057, &tolerance, "the tolerance is negative");
    }
}
