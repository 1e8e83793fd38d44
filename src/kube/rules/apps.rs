//! Workloads of `apps`, and the core group's ReplicationController and PodTemplate (`pkg/apis/apps/validation`, core `validation.go`).

use super::core::claim;
use super::core::pod::{Around, pod_template};
use super::metadata::{self, NameRule};
use super::report::{Report, quoted};
use super::same::same;
use super::{At, IntOrText, selector};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::names;

/// `ValidatePositiveIntOrPercent`.
pub fn int_or_percent<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    match at.int_or_text() {
        Some(IntOrText::Text(text)) => {
            if let Err(why) = names::percent(text) {
                let error = c.invalid(codes::J1013, at, format!("`{text}` is neither a number nor a percentage: {why}"));
                if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
                    error.help = Some("a number is written without quotes".to_owned());
                    error.replacement = Some(text.to_owned());
                }
            }
        }
        Some(IntOrText::Int(_)) => c.nonnegative(at),
        None => {}
    }
}

/// The number of a percentage.
fn percent(text: &str) -> Option<i64> {
    names::percent(text).ok()?;
    // More digits than fit count as 0 there; such a percentage is not over 100 then.
    Some(text.trim_end_matches('%').parse().unwrap_or(0))
}

/// `getIntOrPercentValue`, with a default for an absent one.
fn amount(at: &At<'_, '_>, default: i64) -> i64 {
    match at.int_or_text() {
        None => default,
        Some(IntOrText::Int(i)) => i,
        Some(IntOrText::Text(t)) => percent(t).unwrap_or_else(|| t.parse().unwrap_or(0)),
    }
}

/// `IsNotMoreThan100Percent`.
pub fn at_most_all<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if let Some(IntOrText::Text(text)) = at.int_or_text()
        && percent(text).is_some_and(|n| n > 100)
    {
        c.invalid(codes::J1013, at, format!("`{text}` is more than all: at most `100%`"));
    }
}

/// Restart policy and deadline of pods that are replaced when they end.
fn always_restarts<'v>(c: &mut Report<'v>, template: &At<'_, 'v>, kind: &str) {
    let spec = template.get("spec");
    let policy = spec.get("restartPolicy");
    if !matches!(policy.text(), "" | "Always") {
        let error = c.error(codes::J1011, Reason::NotSupported, &policy, format!("a {kind} replaces pods that end: their `restartPolicy` is `Always`, not `{}`", policy.text()));
        error.replacement = Some("Always".to_owned());
    }
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.is_set() {
        c.forbidden(codes::J1011, &deadline, format!("pods of a {kind} run for ever: they have no deadline (a Job's have)"));
    }
}

/// Selector and template of Deployments, ReplicaSets and StatefulSets. Says whether the server would look at the template.
fn selected_template<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, kind: &str) -> bool {
    let at = spec.get("selector");
    let template = spec.get("template");
    if !at.is_set() {
        let labels = template.get("metadata").get("labels").value().cloned();
        c.required(&at, &format!("a {kind} finds its pods by a selector"));
        // Nothing matches a selector that is not there; the server says so too.
        let meta = template.get("metadata");
        let here = meta.get("labels");
        let message =
            if labels.is_some() { "the template's labels do not match the selector, for there is none" } else { "there are neither labels nor a selector that they could match" };
        c.invalid(codes::J1009, &here, message);
        return true;
    }
    selector::label_selector(c, &at);
    if selector::is_empty(&at) {
        c.invalid(codes::J1010, &at, format!("the selector is empty: it would select every pod, which a {kind} must not"));
    }
    if !selector::is_usable(&at) {
        if !c.errors.iter().any(|e| e.code == codes::J1010 || e.code == codes::J1002) {
            c.invalid(codes::J1010, &at, "this is no selector");
        } else {
            let path = at.path();
            let origin = at.origin();
            c.errors.push(crate::kube::FieldError::new(codes::J1010, Reason::Invalid, path, origin, "the server cannot make a selector of this"));
        }
        return false;
    }
    selector::matches_template(c, &at, &template);
    true
}

/// `ValidateDeployment`, `ValidateDeploymentUpdate`.
pub fn deployment<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    c.nonnegative(&spec.get("replicas"));
    if selected_template(c, &spec, "Deployment") {
        let template = spec.get("template");
        pod_template(c, &template, Around::default());
        always_restarts(c, &template, "Deployment");
    }
    deployment_strategy(c, &spec.get("strategy"));
    c.nonnegative(&spec.get("minReadySeconds"));
    c.nonnegative(&spec.get("revisionHistoryLimit"));
    let deadline = spec.get("progressDeadlineSeconds");
    c.nonnegative(&deadline);
    let ready = spec.get("minReadySeconds").int();
    if deadline.opt_int().unwrap_or(600) <= ready {
        let n = deadline.opt_int().unwrap_or(600);
        c.invalid(codes::J1012, &deadline, format!("a rollout fails after `{n}` seconds, before a pod counts as ready (`minReadySeconds: {ready}`)"));
    }
    selector_stays(c, &spec);
}

/// Selectors are immutable.
fn selector_stays<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        c.immutable(&spec.get("selector"), &old_spec.get("selector"));
    }
}

/// `ValidateDeploymentStrategy`, `ValidateRollingUpdateDeployment`.
fn deployment_strategy<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let kind = at.get("type");
    let rolling = at.get("rollingUpdate");
    match kind.text() {
        "Recreate" => {
            left_over(c, at, "strategy");
            if rolling.is_set() {
                c.forbidden(codes::J1012, &rolling, "`Recreate` ends all pods at once: it has no `rollingUpdate`").related.push((kind.origin(), "the strategy".to_owned()));
            }
        }
        "" | "RollingUpdate" => {
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            int_or_percent(c, &unavailable);
            int_or_percent(c, &surge);
            if amount(&unavailable, 25) == 0 && amount(&surge, 25) == 0 {
                let other = surge.origin();
                c.invalid(codes::J1012, &unavailable, "`maxUnavailable` and `maxSurge` are both 0: no pod could ever be replaced")
                    .related
                    .push((other, "this is 0 too".to_owned()));
            }
            at_most_all(c, &unavailable);
        }
        other => {
            c.not_supported(at, other, &["Recreate", "RollingUpdate"]);
            label_at(c, &kind);
        }
    }
}

/// An update that only names another strategy leaves the stored `rollingUpdate`, filled in by the server, where it is; an explicit `null` takes it away.
fn left_over<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, field: &'static str) {
    let Some(old) = c.old else { return };
    let before = old.at(&["spec", field]);
    let rolled = before.and_then(|s| s.get("type")).and_then(|t| t.as_str()).is_none_or(|t| t == "RollingUpdate");
    // A StatefulSet's is filled in only where the type is.
    let filled = field == "strategy" || before.and_then(|s| s.get("type")).is_none() || before.and_then(|s| s.get("rollingUpdate")).is_some();
    if rolled && filled && !at.map().is_some_and(|m| m.contains("rollingUpdate")) {
        let kind = at.get("type");
        let origin = kind.origin();
        let error = c.error(
            codes::J1012,
            Reason::Forbidden,
            &at.get("rollingUpdate"),
            format!("the stored object has a `rollingUpdate`, which `{}` does not take: the update leaves it there", kind.text()),
        );
        error.origin = origin;
        error.help = Some("take it away with `rollingUpdate: null`".to_owned());
    }
}

/// Moves the label of the last finding to a field below its path.
fn label_at<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let origin = at.origin();
    if let Some(error) = c.errors.last_mut() {
        error.origin = origin;
    }
}

/// `ValidateReplicaSet`, `ValidateReplicaSetUpdate`.
pub fn replica_set<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    c.nonnegative(&spec.get("replicas"));
    c.nonnegative(&spec.get("minReadySeconds"));
    if selected_template(c, &spec, "ReplicaSet") {
        let template = spec.get("template");
        pod_template(c, &template, Around::default());
        always_restarts(c, &template, "ReplicaSet");
    }
    selector_stays(c, &spec);
}

/// `ValidateDaemonSet`, `ValidateDaemonSetUpdate`.
pub fn daemon_set<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    let (at, template) = (spec.get("selector"), spec.get("template"));
    selector::label_selector(c, &at);
    if !at.is_set() {
        let meta = template.get("metadata");
        c.invalid(codes::J1009, &meta.get("labels"), "a DaemonSet finds its pods by a selector that their labels match: there is none");
    } else if selector::is_usable(&at) {
        selector::matches_template(c, &at, &template);
    }
    if at.is_set() && selector::is_empty(&at) {
        c.invalid(codes::J1010, &at, "the selector is empty: it would select every pod, which a DaemonSet must not");
    }
    pod_template(c, &template, Around::default());
    always_restarts(c, &template, "DaemonSet");
    c.nonnegative(&spec.get("minReadySeconds"));
    c.nonnegative(&spec.get("revisionHistoryLimit"));
    daemon_strategy(c, &spec.get("updateStrategy"));
    selector_stays(c, &spec);
}

/// `ValidateDaemonSetUpdateStrategy`, `ValidateRollingUpdateDaemonSet`.
fn daemon_strategy<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let kind = at.get("type");
    match kind.text() {
        "OnDelete" => {}
        "" | "RollingUpdate" => {
            let rolling = at.get("rollingUpdate");
            let (unavailable, surge) = (rolling.get("maxUnavailable"), rolling.get("maxSurge"));
            for field in [&unavailable, &surge] {
                int_or_percent(c, field);
                at_most_all(c, field);
            }
            match (amount(&unavailable, 1) != 0, amount(&surge, 0) != 0) {
                (true, true) => {
                    let other = unavailable.origin();
                    let error = c.invalid(codes::J1012, &surge, "a DaemonSet surges or lets pods be unavailable, not both");
                    error.related.push((other, if unavailable.is_set() { "not 0".to_owned() } else { "`maxUnavailable` is 1 unless it is given".to_owned() }));
                    error.help = Some("set `maxUnavailable: 0`".to_owned());
                }
                (false, false) => {
                    c.error(codes::J1012, Reason::Required, &unavailable, "`maxUnavailable` and `maxSurge` are both 0: no pod could ever be replaced");
                }
                _ => {}
            }
        }
        other => {
            c.not_supported(at, other, &["RollingUpdate", "OnDelete"]);
            label_at(c, &kind);
        }
    }
}

/// `ValidateStatefulSet`, `ValidateStatefulSetUpdate`.
pub fn stateful_set<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Label, true);
    let spec = root.get("spec");
    let management = spec.get("podManagementPolicy");
    if !matches!(management.text(), "" | "OrderedReady" | "Parallel") {
        c.invalid(codes::J1004, &management, format!("`{}` is none of {}", management.text(), quoted(&["OrderedReady", "Parallel"])));
    }
    stateful_strategy(c, &spec.get("updateStrategy"));
    let retention = spec.get("persistentVolumeClaimRetentionPolicy");
    for field in ["whenDeleted", "whenScaled"] {
        c.one_of_or_empty(&retention.get(field), &["Retain", "Delete"]);
    }
    let templates = spec.get("volumeClaimTemplates");
    if c.old.is_none() {
        for template in templates.items() {
            claim::claim_spec(c, &template.get("spec"), true);
        }
    }
    c.nonnegative(&spec.get("replicas"));
    c.nonnegative(&spec.get("minReadySeconds"));
    let ordinals = spec.get("ordinals");
    if ordinals.get("start").int() < 0 {
        // The server's spelling of the path.
        c.nonnegative(&spec.called("ordinals.start", ordinals.get("start").value()));
    }
    if c.old.is_none() && !spec.get("serviceName").text().is_empty() {
        c.dns_label(&spec.get("serviceName"));
    }
    let template = spec.get("template");
    if selected_template(c, &spec, "StatefulSet") {
        let claimed = claim_names(c, &templates, &template);
        pod_template(c, &template, Around { claimed, own_hostname: true, ..Around::default() });
    }
    always_restarts(c, &template, "StatefulSet");
    if let Some(old) = c.old {
        let old = At::root(old);
        let old_spec = old.get("spec");
        for field in ["selector", "volumeClaimTemplates", "serviceName", "podManagementPolicy"] {
            let (now, before) = (spec.get(field), old_spec.get(field));
            let empty = field == "podManagementPolicy" && [now.text(), before.text()].iter().all(|t| matches!(*t, "" | "OrderedReady"));
            if !empty && !same(now.value(), before.value()) {
                let (origin, was) = (now.origin(), before.origin());
                let error = c.error(
                    codes::J1060,
                    Reason::Forbidden,
                    &spec,
                    format!("`{field}` of a StatefulSet cannot change: `replicas`, `ordinals`, `template`, `updateStrategy`, `revisionHistoryLimit`, `persistentVolumeClaimRetentionPolicy` and `minReadySeconds` can"),
                );
                error.origin = origin;
                error.related.push((was, "the stored value".to_owned()));
                error.help = Some("delete the StatefulSet with `--cascade=orphan` and create it anew".to_owned());
            }
        }
    }
}

/// Names of the claims that become volumes of the pods: the server checks them there.
fn claim_names<'v>(c: &mut Report<'v>, templates: &At<'_, 'v>, template: &At<'_, 'v>) -> Vec<&'v str> {
    let mut claimed: Vec<&'v str> = Vec::new();
    let mut bad: Vec<&'v str> = Vec::new();
    let spec = template.get("spec");
    let volumes = spec.called("volumes", templates.value());
    for claim in templates.items() {
        let meta = claim.get("metadata");
        let name = meta.get("name");
        if claimed.contains(&name.text()) {
            continue;
        }
        let volume = volumes.indexed(claimed.len());
        let here = volume.called("name", name.value());
        claimed.push(name.text());
        let fine = if name.text().is_empty() {
            let origin = claim.origin();
            c.required(&here, "a claim has a name, which is that of the volume").origin = origin;
            false
        } else {
            c.dns_label(&here)
        };
        if !fine {
            bad.push(name.text());
        }
    }
    // They keep their places, but nothing can mount them.
    for name in &mut claimed {
        if bad.contains(name) {
            *name = "";
        }
    }
    claimed
}

/// The update strategy of a StatefulSet. `maxUnavailable` is behind a gate that is off: dropped.
fn stateful_strategy<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (kind, rolling) = (at.get("type"), at.get("rollingUpdate"));
    match kind.text() {
        "OnDelete" => {
            left_over(c, at, "updateStrategy");
            if rolling.is_set() {
                c.invalid(codes::J1012, &rolling, "`OnDelete` replaces pods that somebody deletes: it has no `rollingUpdate`");
            }
        }
        "" | "RollingUpdate" => c.nonnegative(&rolling.get("partition")),
        other => {
            c.invalid(codes::J1004, at, format!("`{other}` is none of `RollingUpdate`, `OnDelete`"));
            label_at(c, &kind);
        }
    }
}

/// `ValidateControllerRevisionCreate`, `ValidateControllerRevisionUpdate`.
pub fn controller_revision<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    c.nonnegative(&root.get("revision"));
    let data = root.get("data");
    match c.old {
        None if data.map().is_none() => {
            c.required(&data, "a revision has data, an object");
        }
        None => {}
        Some(old) => {
            let old = At::root(old);
            c.immutable(&data, &old.get("data"));
        }
    }
}

/// `ValidateReplicationController`. A selector that is not given is the template's labels.
pub fn replication_controller<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let own = root.get("metadata");
    metadata::object_meta(c, &own, NameRule::Subdomain, true);
    let spec = root.get("spec");
    c.nonnegative(&spec.get("minReadySeconds"));
    c.nonnegative(&spec.get("replicas"));
    let (chosen, template) = (spec.get("selector"), spec.get("template"));
    let meta = template.get("metadata");
    let labels = meta.get("labels");
    // A controller without labels gets its pods'; the server names the first place.
    let labels_seen = own.get("labels").is_empty() && labels.is_set();
    if labels_seen {
        metadata::labels(c, &own.called("labels", labels.value()));
    }
    if chosen.is_empty() && labels.is_empty() {
        c.required(&chosen, "a controller finds its pods by a selector");
    }
    if !template.is_set() {
        c.required(&template, "a controller makes pods from a template");
        return;
    }
    if let Some((origin, what)) = selector::plain_mismatch(&chosen, &labels) {
        selector::does_not_match(c, &labels, origin, what);
    }
    pod_template(c, &template, Around { labels_seen, ..Around::default() });
    always_restarts(c, &template, "ReplicationController");
}

/// `ValidatePodTemplate`.
pub fn pod_template_object<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    pod_template(c, &root.get("template"), Around::default());
}
