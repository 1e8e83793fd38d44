//! Resources of whole pods, and their claims (core `validation.go`: `validatePodResources`, `validatePodResourceClaims`).

use std::collections::HashMap;

use super::resources;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::{Report, shown};
use crate::kube::syntax::Quantity;
use crate::value::Origin;

/// `validatePodResourceClaims`.
pub fn resource_claims<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for claim in list.items() {
        let name = claim.get("name");
        if c.need_text(&name, "a claim has a name") {
            if let Some(first) = seen.get(name.text()) {
                c.duplicate(&name, Some(*first), &format!("claim `{}`", name.text()));
            } else {
                c.dns_label(&name);
                seen.insert(name.text(), name.origin());
            }
        }
        let (existing, template) = (claim.get("resourceClaimName"), claim.get("resourceClaimTemplateName"));
        if existing.is_set() == template.is_set() {
            let message = if existing.is_set() { "exclude each other" } else { "are both missing: one is wanted" };
            c.invalid(codes::J1031, &claim, format!("`resourceClaimName` and `resourceClaimTemplateName` {message}"));
        }
        for at in [&existing, &template] {
            if at.is_set() {
                c.dns_subdomain(at);
            }
        }
    }
}

/// Sums by resource.
type Sums<'v> = HashMap<&'v str, Quantity>;

fn add<'v>(sums: &mut Sums<'v>, name: &'v str, amount: Quantity) {
    let sum = sums.entry(name).or_insert(Quantity::ZERO);
    *sum = sum.plus(amount);
}

/// One container's requests or limits; a Pod's missing requests are its limits.
fn amounts<'v>(container: &At<'_, 'v>, list: &'static str, is_pod: bool) -> Sums<'v> {
    let resources = container.get("resources");
    let mut all = Sums::new();
    if list == "requests" && is_pod {
        all.extend(resources.get("limits").entries().map(|(n, at)| (n, resources::in_list(&at))));
    }
    all.extend(resources.get(list).entries().map(|(n, at)| (n, resources::in_list(&at))));
    all
}

/// `AggregateContainerRequests`, `AggregateContainerLimits`: what runs at once, at most: containers and sidecars together, or one init container with the sidecars before it.
fn aggregate<'v>(spec: &At<'_, 'v>, list: &'static str, is_pod: bool) -> Sums<'v> {
    let mut total = Sums::new();
    for container in spec.get("containers").items() {
        for (name, amount) in amounts(&container, list, is_pod) {
            add(&mut total, name, amount);
        }
    }
    let (mut sidecars, mut starting) = (Sums::new(), Sums::new());
    for container in spec.get("initContainers").items() {
        let own = amounts(&container, list, is_pod);
        if container.get("restartPolicy").text() == "Always" {
            for (name, amount) in own {
                add(&mut sidecars, name, amount);
                add(&mut total, name, amount);
            }
            for (name, amount) in &sidecars {
                let most = starting.entry(name).or_insert(Quantity::ZERO);
                *most = (*most).max(*amount);
            }
        } else {
            for (name, amount) in own {
                let with = amount.plus(sidecars.get(name).copied().unwrap_or(Quantity::ZERO));
                let most = starting.entry(name).or_insert(Quantity::ZERO);
                *most = (*most).max(with);
            }
        }
    }
    for (name, amount) in starting {
        let sum = total.entry(name).or_insert(Quantity::ZERO);
        *sum = (*sum).max(amount);
    }
    total
}

/// `validatePodResources`, `validatePodResourceConsistency`.
pub fn pod_resources<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, is_pod: bool) {
    let at = spec.get("resources");
    if !at.is_set() {
        return;
    }
    if spec.get("os").get("name").text() == "windows" {
        c.forbidden(codes::J1041, &at, "a pod for Windows has no resources of its own");
        return;
    }
    if at.get("claims").is_set() {
        c.forbidden(codes::J1046, &at.get("claims"), "claims are the containers', not the pod's");
    }
    let (limits, requests) = (at.get("limits"), at.get("requests"));
    resources::lists(c, &at, &limits, &requests, resources::pod_resource_name);
    let needed = aggregate(spec, "requests", is_pod);
    for (name, request) in requests.entries() {
        let Some(sum) = needed.get(name).filter(|sum| **sum > resources::in_list(&request)) else { continue };
        let text = request.value().map(shown).unwrap_or_default();
        c.invalid(codes::J1046, &request, format!("{text} is less than the containers request together, {sum}"));
    }
    for (name, limit) in limits.entries() {
        let text = limit.value().map(shown).unwrap_or_default();
        // What a Pod does not request is what its containers do.
        if is_pod && !requests.key(name).is_set() && resources::is_overcommit_allowed(name) && needed.get(name).is_some_and(|sum| *sum > resources::in_list(&limit)) {
            let origin = limit.origin();
            c.error(codes::J1046, Reason::Invalid, &requests, format!("the containers request more `{name}` together than the pod's limit of {text}")).origin = origin;
        }
        if resources::is_huge_page(name) && aggregate(spec, "limits", is_pod).get(name).is_some_and(|sum| *sum > resources::in_list(&limit)) {
            c.invalid(codes::J1046, &limit, format!("{text} is less than the containers' limits together"));
        }
        container_limits(c, spec, &at, name, &limit);
    }
}

/// No container's limit exceeds the pod's. The path is the server's own.
fn container_limits<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, at: &At<'_, 'v>, name: &'v str, limit: &At<'_, 'v>) {
    let text = limit.value().map(shown).unwrap_or_default();
    let listed = at.called("containers", at.value());
    for (i, container) in spec.get("containers").items().enumerate() {
        let resources = container.get("resources");
        let limits = resources.get("limits");
        let own = limits.key(name);
        if own.is_set() && resources::in_list(&own) > resources::in_list(limit) {
            let place = listed.indexed(i);
            let place = place.key(name);
            let error = c.invalid(codes::J1046, &place.called("limits", own.value()), format!("the container's limit exceeds the pod's limit of {text}"));
            error.related.push((limit.origin(), "the pod's limit".to_owned()));
        }
    }
}
