//! Containers of all three kinds (core `validation.go`: `validateContainerCommon`, `validateContainers`, `validateInitContainers`, `validateEphemeralContainers`).

use std::collections::HashMap;

use super::pod::PodFacts;
use super::{env, mounts, ports, probe, resources, security};
use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::value::Origin;

/// Names of the containers seen so far, and where they are.
type Names<'v> = HashMap<&'v str, Origin>;

fn names_of<'v>(spec: &At<'_, 'v>, lists: &[&'static str]) -> Names<'v> {
    let mut names = Names::new();
    for list in lists {
        for container in spec.get(list).items() {
            names.entry(container.get("name").text()).or_insert_with(|| container.get("name").origin());
        }
    }
    names
}

fn unique_name<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, names: &mut Names<'v>) {
    let at = container.get("name");
    let name = at.text();
    if let Some(first) = names.get(name) {
        c.duplicate(&at, Some(*first), &format!("container `{name}`"));
    } else {
        names.insert(name, at.origin());
    }
}

/// `validateContainers`.
pub fn containers<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let list = spec.get("containers");
    if list.is_empty() {
        c.required(&list, "a pod has at least one container");
        return;
    }
    let mut names = Names::new();
    let mut host_ports = HashMap::new();
    for container in list.items() {
        common(c, &container, facts);
        unique_name(c, &container, &mut names);
        running(c, &container, facts);
        let policy = container.get("restartPolicy");
        if c.since(35) {
            restart_policy(c, &container);
        } else if policy.is_set() && !c.since(34) {
            // 1.34 drops it.
            c.forbidden(codes::J1034, &policy, "only init containers have a restart policy of their own before 1.35");
        }
    }
    for container in list.items() {
        ports::host_ports(c, &container.get("ports"), facts.on_host, &mut host_ports);
    }
}

/// What runs beside the pod's life: probes and hooks.
fn running<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, facts: &PodFacts<'v>) {
    probe::lifecycle(c, &container.get("lifecycle"), facts.grace);
    probe::probes(c, container, facts.grace);
}

/// `validateInitContainers`.
pub fn init_containers<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let list = spec.get("initContainers");
    if list.is_empty() {
        return;
    }
    let mut names = names_of(spec, &["containers"]);
    for container in list.items() {
        common(c, &container, facts);
        init_restart_policy(c, &container);
        let sidecar = container.get("restartPolicy").text() == "Always";
        let name = container.get("name");
        if !name.text().is_empty() || names.contains_key("") {
            unique_name(c, &container, &mut names);
        }
        host_ports_of_one(c, &list, &container, facts.on_host);
        if sidecar {
            running(c, &container, facts);
        } else {
            for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] {
                let at = container.get(field);
                if at.is_set() && !only_stop_signal(&at) {
                    c.forbidden(codes::J1034, &at, format!("an init container has no `{field}` unless its `restartPolicy` is `Always` (a sidecar)"));
                }
            }
            for policy in container.get("resizePolicy").items() {
                if policy.get("restartPolicy").text() == "RestartContainer" {
                    c.invalid(codes::J1034, &policy.get("restartPolicy"), "an init container that ends cannot be restarted on resize");
                }
            }
        }
    }
}

/// A lifecycle of nothing but a stop signal is dropped (the gate is off).
fn only_stop_signal(at: &At<'_, '_>) -> bool {
    at.name() == "lifecycle" && at.get("stopSignal").is_set() && !at.get("preStop").is_set() && !at.get("postStart").is_set()
}

/// The server's path for an init container's host port is that of the first one.
fn host_ports_of_one<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, container: &At<'_, 'v>, on_host: bool) {
    let first = list.index(0);
    ports::host_ports(c, &first.called("ports", container.get("ports").value()), on_host, &mut HashMap::new());
}

/// `validateInitContainerRestartPolicy`.
fn init_restart_policy<'v>(c: &mut Report<'v>, container: &At<'_, 'v>) {
    let policy = container.get("restartPolicy");
    let rules = container.get("restartPolicyRules");
    if c.since(35) {
        if !policy.is_set() {
            if !rules.is_empty() {
                c.required(&policy, "`restartPolicyRules` need a `restartPolicy`");
            }
        } else if policy.text() == "Always" && !c.since(36) {
            if !rules.is_empty() {
                c.forbidden(codes::J1034, &rules, "a sidecar has no restart rules before 1.36");
            }
        } else {
            restart_policy(c, container);
        }
    } else if policy.is_set() && !c.since(34) {
        c.one_of(&policy, &["Always"]);
    }
}

/// `validateContainerRestartPolicy`.
fn restart_policy<'v>(c: &mut Report<'v>, container: &At<'_, 'v>) {
    let policy = container.get("restartPolicy");
    let rules = container.get("restartPolicyRules");
    if policy.is_set() {
        c.one_of(&policy, &["Always", "Never", "OnFailure"]);
    } else if !rules.is_empty() {
        c.required(&policy, "`restartPolicyRules` need a `restartPolicy`");
    }
    c.too_many(&rules, 20);
    let actions: &[&str] = if c.since(36) { &["Restart", "RestartAllContainers"] } else { &["Restart"] };
    for rule in rules.items() {
        c.one_of(&rule.get("action"), actions);
        let exit_codes = rule.get("exitCodes");
        if !exit_codes.is_set() {
            c.required(&exit_codes, "a restart rule says on which exit codes it applies");
            continue;
        }
        c.one_of(&exit_codes.get("operator"), &["In", "NotIn"]);
        c.too_many(&exit_codes.get("values"), 255);
    }
}

/// `validateContainerCommon`.
fn common<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let name = container.get("name");
    if c.need_text(&name, "a container has a name") {
        c.dns_label(&name);
    }
    c.need_text(&container.get("image"), "a container has an image");
    c.one_of_or_empty(&container.get("terminationMessagePolicy"), &["File", "FallbackToLogsOnError"]);
    ports::container_ports(c, &container.get("ports"));
    env::env(c, &container.get("env"));
    env::env_from(c, &container.get("envFrom"));
    mounts::mounts(c, container, facts);
    mounts::devices(c, container, facts);
    c.one_of_or_empty(&container.get("imagePullPolicy"), &["Always", "IfNotPresent", "Never"]);
    resources::requirements(c, &container.get("resources"), &facts.resource_claims, facts.is_pod);
    resize_policy(c, &container.get("resizePolicy"), facts.restart_policy);
    security::container_security(c, &container.get("securityContext"), facts.host_users);
}

/// `validateResizePolicy`: the server names the list.
fn resize_policy<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, restart_policy: &str) {
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for policy in list.items() {
        let resource = policy.get("resourceName");
        if let Some(first) = seen.get(resource.text()) {
            c.duplicate(&policy, Some(*first), &format!("the resize policy of `{}`", resource.text()));
        }
        seen.insert(resource.text(), resource.origin());
        let restart = policy.get("restartPolicy");
        let allowed_resource = ["cpu", "memory"].contains(&resource.text());
        if !allowed_resource {
            c.not_supported(list, resource.text(), &["cpu", "memory"]);
        }
        if !["NotRequired", "RestartContainer"].contains(&restart.text()) {
            c.not_supported(list, restart.text(), &["NotRequired", "RestartContainer"]);
        }
        if restart_policy == "Never" && restart.text() != "NotRequired" {
            let origin = restart.origin();
            c.invalid(codes::J1034, list, "a pod that never restarts its containers resizes them without restart: `NotRequired`").origin = origin;
        }
    }
}

/// `validateEphemeralContainers`: what an ephemeral container may have.
const EPHEMERAL_FIELDS: &[&str] = &[
    "name",
    "image",
    "command",
    "args",
    "workingDir",
    "envFrom",
    "env",
    "volumeMounts",
    "volumeDevices",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "imagePullPolicy",
    "securityContext",
    "stdin",
    "stdinOnce",
    "tty",
    "targetContainerName",
];

/// `validateEphemeralContainers`.
pub fn ephemeral_containers<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, facts: &PodFacts<'v>) {
    let list = spec.get("ephemeralContainers");
    if list.is_empty() {
        return;
    }
    let others = names_of(spec, &["containers", "initContainers"]);
    let mut names = others.clone();
    for container in list.items() {
        common(c, &container, facts);
        unique_name(c, &container, &mut names);
        let target = container.get("targetContainerName");
        if !target.text().is_empty() && !others.contains_key(target.text()) {
            let near = crate::diagnostics::nearest(target.text(), others.keys().copied()).map(str::to_owned);
            let error = c.error(codes::J1022, crate::kube::Reason::NotFound, &target, format!("no container of the pod is called `{}`", target.text()));
            error.help = near.as_ref().map(|n| format!("did you mean `{n}`?"));
            error.replacement = near;
        }
        for entry in container.map().into_iter().flat_map(|m| m.iter()) {
            let at = container.get(&entry.key);
            if !EPHEMERAL_FIELDS.contains(&entry.key.as_str()) && !crate::kube::rules::same::same(at.value(), None) {
                c.forbidden(codes::J1034, &at, format!("an ephemeral container has no `{}`", entry.key));
            }
        }
        for mount in container.get("volumeMounts").items() {
            for field in ["subPath", "subPathExpr"] {
                if !mount.get(field).text().is_empty() {
                    c.forbidden(codes::J1034, &mount.get(field), format!("an ephemeral container has no `{field}`"));
                }
            }
        }
    }
}
