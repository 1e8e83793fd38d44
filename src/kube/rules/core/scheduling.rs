//! Where pods may run (core `validation.go`: `validateAffinity`, `ValidateNodeSelector`, `ValidateTolerations`, `validateTopologySpreadConstraints`).

use std::collections::HashMap;

use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::report::Report;
use crate::kube::rules::{At, metadata, selector};
use crate::kube::syntax::names;
use crate::value::Origin;

/// `validateAffinity`. `labels` are a Pod's own: the server merges keys into its selectors.
pub fn affinity<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, labels: Option<&At<'_, 'v>>) {
    if !at.is_set() {
        return;
    }
    let node = at.get("nodeAffinity");
    if node.get("requiredDuringSchedulingIgnoredDuringExecution").is_set() {
        node_selector(c, &node.get("requiredDuringSchedulingIgnoredDuringExecution"));
    }
    for term in node.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
        weight(c, &term.get("weight"));
        node_selector_term(c, &term.get("preference"), false);
    }
    for kind in ["podAffinity", "podAntiAffinity"] {
        let pods = at.get(kind);
        for term in pods.get("requiredDuringSchedulingIgnoredDuringExecution").items() {
            pod_term(c, &term, labels);
        }
        for weighted in pods.get("preferredDuringSchedulingIgnoredDuringExecution").items() {
            weight(c, &weighted.get("weight"));
            pod_term(c, &weighted.get("podAffinityTerm"), labels);
        }
    }
}

fn weight<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let n = at.int();
    if !(1..=100).contains(&n) {
        c.invalid(codes::J1038, at, format!("`{n}` is no weight: they are 1 to 100"));
    }
}

/// `ValidateNodeSelector`.
pub fn node_selector<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let terms = at.get("nodeSelectorTerms");
    if terms.is_empty() {
        c.required(&terms, "a selector of nodes has at least one term");
    }
    for term in terms.items() {
        node_selector_term(c, &term, true);
    }
}

/// `ValidateNodeSelectorTerm`. Values of preferences are not looked at.
fn node_selector_term<'v>(c: &mut Report<'v>, term: &At<'_, 'v>, check_values: bool) {
    for requirement in term.get("matchExpressions").items() {
        let (operator, values) = (requirement.get("operator"), requirement.get("values"));
        match operator.text() {
            "Gt" | "Lt" => {
                if values.len() != 1 {
                    c.error(codes::J1010, Reason::Required, &values, format!("`{}` compares with one value", operator.text()));
                }
            }
            known @ ("In" | "NotIn" | "Exists" | "DoesNotExist") => selector::operator_and_values(c, &operator, &values, known),
            _ => selector::unknown_operator(c, &operator, &["In", "NotIn", "Exists", "DoesNotExist", "Gt", "Lt"]),
        }
        metadata::label_key(c, &requirement.get("key"));
        if check_values {
            selector::label_values(c, &values);
        }
    }
    for requirement in term.get("matchFields").items() {
        let (operator, values, key) = (requirement.get("operator"), requirement.get("values"), requirement.get("key"));
        match operator.text() {
            "In" | "NotIn" => {
                if values.len() != 1 {
                    c.error(codes::J1010, Reason::Required, &values, "a field of nodes is compared with one value");
                }
            }
            _ => selector::unknown_operator(c, &operator, &["In", "NotIn"]),
        }
        if key.text() == "metadata.name" {
            for value in values.items() {
                c.dns_subdomain(&value);
            }
        } else {
            c.invalid(codes::J1010, &key, format!("`{}` is no field that nodes are selected by: only `metadata.name` is", key.text()));
        }
    }
}

/// `validatePodAffinityTerm`.
fn pod_term<'v>(c: &mut Report<'v>, term: &At<'_, 'v>, labels: Option<&At<'_, 'v>>) {
    selector::label_selector(c, &term.get("labelSelector"));
    selector::label_selector(c, &term.get("namespaceSelector"));
    for namespace in term.get("namespaces").items() {
        // The server's path.
        c.dns_label(&term.called("namespace", namespace.value()));
    }
    label_keys_and_selector(c, term, labels);
    let topology = term.get("topologyKey");
    if topology.text().is_empty() {
        c.required(&topology, "a term says in which topology: `kubernetes.io/hostname`, …");
    } else {
        metadata::label_key(c, &topology);
    }
}

/// `ValidateMatchLabelKeysAndMismatchLabelKeys`, after a Pod's own labels are merged into the selector as the server does.
fn label_keys_and_selector<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, labels: Option<&At<'_, 'v>>) {
    let (matching, mismatching, chosen) = (at.get("matchLabelKeys"), at.get("mismatchLabelKeys"), at.get("labelSelector"));
    for keys in [&matching, &mismatching] {
        if keys.is_empty() {
            continue;
        }
        if !chosen.is_set() {
            c.forbidden(codes::J1007, keys, format!("`{}` adds to a `labelSelector`: there is none", keys.name()));
            continue;
        }
        for key in keys.items() {
            metadata::label_key(c, &key);
        }
    }
    if chosen.is_set() && !matching.is_empty() {
        // A key is too many when it occurs a second time; the Pod's own labels are the last to come.
        let written = |key: &str| usize::from(chosen.get("matchLabels").key(key).is_set()) + chosen.get("matchExpressions").items().filter(|e| e.get("key").text() == key).count();
        for (i, key) in matching.items().enumerate() {
            let merged = labels.is_some_and(|l| l.key(key.text()).is_set());
            if written(key.text()) + usize::from(merged) > 1 && (merged || chosen.get("matchExpressions").items().any(|e| e.get("key").text() == key.text())) {
                let origin = key.origin();
                c.invalid(codes::J1007, &at.indexed(i), format!("`{}` is in the `labelSelector` already", key.text())).origin = origin;
            }
        }
    }
    for key in matching.items() {
        if mismatching.items().any(|m| m.text() == key.text()) {
            c.invalid(codes::J1007, &key, format!("`{}` is to match and not to match", key.text()));
        }
    }
}

/// `validateSchedulingGates`.
pub fn scheduling_gates<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for gate in list.items() {
        let name = gate.get("name");
        if let Err(why) = names::qualified_name(name.text()) {
            c.invalid(codes::J1001, &gate, format!("`{}` is no name of a gate: {why}", name.text()));
        }
        if let Some(first) = seen.get(name.text()) {
            c.duplicate(&gate, Some(*first), &format!("gate `{}`", name.text()));
        }
        seen.insert(name.text(), gate.origin());
    }
}

/// Effects of taints.
const EFFECTS: &[&str] = &["NoSchedule", "PreferNoSchedule", "NoExecute"];

/// `ValidateTolerations`.
pub fn tolerations<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    for toleration in list.items() {
        let (key, operator, value, effect) = (toleration.get("key"), toleration.get("operator"), toleration.get("value"), toleration.get("effect"));
        if !key.text().is_empty() {
            metadata::label_key(c, &key);
        }
        if key.text().is_empty() && operator.text() != "Exists" {
            c.invalid(codes::J1037, &operator, "a toleration without a `key` tolerates every taint: its operator is `Exists`");
        }
        if toleration.get("tolerationSeconds").is_set() && effect.text() != "NoExecute" {
            c.invalid(codes::J1037, &effect, "`tolerationSeconds` count for the effect `NoExecute` only");
        }
        match operator.text() {
            "" | "Equal" => {
                if let Err(why) = names::label_value(value.text()) {
                    // The server names the operator.
                    let origin = value.origin();
                    c.invalid(codes::J1002, &operator, format!("`{}` is no value of a taint: {why}", value.text())).origin = origin;
                }
            }
            "Exists" => {
                if !value.text().is_empty() {
                    let origin = value.key_origin();
                    c.invalid(codes::J1037, &operator, "`Exists` takes no `value`").origin = origin;
                }
            }
            other => c.not_supported(&operator, other, &["Equal", "Exists"]),
        }
        c.one_of_or_empty(&effect, EFFECTS);
    }
}

/// `validateNodeTaints`.
pub fn taints<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    let mut seen: HashMap<(&str, &str), Origin> = HashMap::new();
    for taint in list.items() {
        let (key, effect) = (taint.get("key"), taint.get("effect"));
        metadata::label_key(c, &key);
        c.syntax(codes::J1002, &taint.get("value"), names::label_value(taint.get("value").text()));
        if c.need_text(&effect, "a taint has an effect") {
            c.one_of(&effect, EFFECTS);
        }
        if let Some(first) = seen.get(&(key.text(), effect.text())) {
            c.duplicate(&taint, Some(*first), "this key and effect");
        }
        seen.insert((key.text(), effect.text()), taint.origin());
    }
}

/// `validateTopologySpreadConstraints`.
pub fn topology_spread<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, labels: Option<&At<'_, 'v>>) {
    for (i, constraint) in list.items().enumerate() {
        let (key, action) = (constraint.get("topologyKey"), constraint.get("whenUnsatisfiable"));
        c.positive(&constraint.get("maxSkew"));
        c.need_text(&key, "a constraint says in which topology pods spread");
        c.one_of(&action, &["DoNotSchedule", "ScheduleAnyway"]);
        let later = list.items().skip(i + 1).find(|o| o.get("topologyKey").text() == key.text() && o.get("whenUnsatisfiable").text() == action.text());
        if let Some(later) = later {
            c.duplicate(
                &constraint.called("{topologyKey, whenUnsatisfiable}", constraint.value()),
                Some(later.origin()),
                &format!("a constraint for `{}` and `{}`", key.text(), action.text()),
            );
        }
        let domains = constraint.get("minDomains");
        if domains.is_set() {
            c.positive(&domains);
            if action.text() != "DoNotSchedule" {
                c.invalid(codes::J1039, &domains, "`minDomains` count for `whenUnsatisfiable: DoNotSchedule` only");
            }
        }
        for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            c.one_of_if_set(&constraint.get(policy), &["Honor", "Ignore"]);
        }
        if c.since(34) {
            label_keys_and_selector(c, &constraint, labels);
        } else {
            label_keys_before_merge(c, &constraint);
        }
        selector::label_selector(c, &constraint.get("labelSelector"));
    }
}

/// `ValidateMatchLabelKeysInTopologySpread`: before 1.34 a key must not be in the selector at all.
fn label_keys_before_merge<'v>(c: &mut Report<'v>, constraint: &At<'_, 'v>) {
    let (keys, chosen) = (constraint.get("matchLabelKeys"), constraint.get("labelSelector"));
    if keys.is_empty() {
        return;
    }
    if !chosen.is_set() {
        c.forbidden(codes::J1007, &keys, "`matchLabelKeys` adds to a `labelSelector`: there is none");
    }
    for key in keys.items() {
        metadata::label_key(c, &key);
        let written = chosen.get("matchLabels").key(key.text()).is_set() || chosen.get("matchExpressions").items().any(|e| e.get("key").text() == key.text());
        if written {
            c.invalid(codes::J1007, &key, format!("`{}` is in the `labelSelector` already", key.text()));
        }
    }
}
