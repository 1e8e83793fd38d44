//! Pods and their templates as wholes (core `validation.go`: `ValidatePodSpec`, `ValidatePodTemplateSpec`, `ValidatePodCreate`).

use super::{container, env, network, os, pod_resources, resources, scheduling, security, volume};
use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::metadata::{self, NameRule};
use crate::kube::rules::report::Report;
use crate::value::Value;

/// What containers need to know of their pod.
pub struct PodFacts<'v> {
    /// The volumes whose own definition is right, by name. A StatefulSet's claim templates are among them.
    pub volumes: Vec<(&'v str, &'v Value)>,
    /// Names of volumes that come from claim templates: they are claims.
    pub claimed: Vec<&'v str>,
    /// Names of the pod's resource claims.
    pub resource_claims: Vec<&'v str>,
    /// Seconds that the pod has to end; the default is 30.
    pub grace: i64,
    /// With its default.
    pub restart_policy: &'v str,
    /// Whether the pod shares the host's users.
    pub host_users: bool,
    /// A Pod on its host's network, where its ports are the host's.
    pub on_host: bool,
    /// A Pod itself, not a template: some defaults and rules are only its own.
    pub is_pod: bool,
}

/// What a workload tells its template.
#[derive(Default)]
pub struct Around<'v> {
    /// The Pod's own name; templates have none.
    pub name: &'v str,
    pub is_pod: bool,
    /// Names of claim templates (StatefulSet), which hide volumes of the same name.
    pub claimed: Vec<&'v str>,
    /// `hostname` and `subdomain` are not looked at (StatefulSet).
    pub own_hostname: bool,
    /// The labels were looked at already.
    pub labels_seen: bool,
}

/// All three kinds of containers with their places: `VisitContainersWithPath`.
pub fn each_container<'v>(spec: &At<'_, 'v>, mut visit: impl FnMut(&At<'_, 'v>)) {
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        for container in spec.get(list).items() {
            visit(&container);
        }
    }
}

/// `validatePodMetadataAndSpec` and `ValidatePodCreate`, or `ValidatePodUpdate`.
pub fn pod<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    let spec = root.get("spec");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    pod_annotations(c, &meta.get("annotations"), &spec);
    pod_spec(c, &spec, &meta.get("labels"), Around { name: meta.get("name").text(), is_pod: true, ..Around::default() });
    if spec.get("serviceAccountName").text().is_empty() && spec.get("serviceAccount").text().is_empty() {
        tokens_need_an_account(c, &spec);
    }
    trimmed_images(c, &spec);
    if c.old.is_some() {
        super::pod_update::pod_update(c, root);
        return;
    }
    if !spec.get("ephemeralContainers").is_empty() {
        c.forbidden(codes::J1034, &spec.get("ephemeralContainers"), "a pod gets ephemeral containers while it runs, not at its creation");
    }
    if !spec.get("nodeName").text().is_empty() && !spec.get("schedulingGates").is_empty() {
        c.forbidden(codes::J1038, &spec.get("nodeName"), "a pod with scheduling gates cannot be bound to a node yet");
    }
    security::annotations_match_fields(c, &meta.get("annotations"), &spec);
}

/// A Pod's projected token needs the name of an account (clusters with the ServiceAccount admission fill it in).
fn tokens_need_an_account<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    for volume in spec.get("volumes").items() {
        for source in volume.get("projected").get("sources").items() {
            let token = source.get("serviceAccountToken");
            if token.is_set() {
                c.forbidden(codes::J1025, &token, "a projected token needs the pod's `serviceAccountName`");
            }
        }
    }
}

/// `validateContainerOnlyForPod`: only Pods refuse blanks around an image.
fn trimmed_images<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    for list in ["containers", "initContainers"] {
        for container in spec.get(list).items() {
            let image = container.get("image");
            let trimmed = image.text().trim();
            if trimmed.len() != image.text().len() {
                let error = c.invalid(codes::J1026, &image, "the image has blanks before or after it");
                error.replacement = Some(trimmed.to_owned());
            }
        }
    }
}

/// `ValidatePodTemplateSpec`: the template of a workload at `template`.
pub fn pod_template<'v>(c: &mut Report<'v>, template: &At<'_, 'v>, around: Around<'v>) {
    let meta = template.get("metadata");
    let spec = template.get("spec");
    let labels = meta.get("labels");
    // The server leaves `metadata` out of these paths.
    if !around.labels_seen {
        metadata::labels(c, &template.called("labels", labels.value()));
    }
    let annotations = meta.get("annotations");
    let here = template.called("annotations", annotations.value());
    metadata::annotations(c, &here);
    pod_annotations(c, &here, &spec);
    pod_spec(c, &spec, &labels, around);
    security::annotations_match_fields(c, &annotations, &spec);
    if !spec.get("ephemeralContainers").is_empty() {
        c.forbidden(codes::J1034, &spec.get("ephemeralContainers"), "a template has no ephemeral containers: running pods get them");
    }
}

/// `ValidatePodSpecificAnnotations`.
fn pod_annotations<'v>(c: &mut Report<'v>, annotations: &At<'_, 'v>, spec: &At<'_, 'v>) {
    if annotations.is_empty() {
        return;
    }
    let mirror = annotations.key("kubernetes.io/config.mirror");
    if mirror.is_set() && spec.get("nodeName").text().is_empty() {
        c.invalid(codes::J1061, &mirror, "a mirror pod has a `nodeName`: this annotation is the kubelet's");
    }
    let cost = annotations.key("controller.kubernetes.io/pod-deletion-cost");
    if let Some(text) = cost.opt_text()
        && !deletion_cost(text)
    {
        c.invalid(codes::J1005, &cost, format!("`{text}` is no deletion cost: it is a 32-bit integer without a leading zero or `+`"));
    }
    security::profile_annotations(c, annotations, spec);
}

/// `GetDeletionCostFromPodAnnotations`: an integer that starts with a sign or a digit other than 0, or is 0.
fn deletion_cost(text: &str) -> bool {
    let starts = text == "0" || text.starts_with('-') || text.bytes().next().is_some_and(|b| (b'1'..=b'9').contains(&b));
    starts && text.parse::<i32>().is_ok()
}

/// `ValidatePodSpec`. `labels` are the pod's.
fn pod_spec<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, labels: &At<'_, 'v>, around: Around<'v>) {
    let host_users = spec.get("hostUsers").opt_flag().unwrap_or(true);
    let restart_policy = Some(spec.get("restartPolicy").text()).filter(|p| !p.is_empty()).unwrap_or("Always");
    let volumes = volume::volumes(c, &spec.get("volumes"), &around);
    let claims = spec.get("resourceClaims");
    // Names count wherever they stand; before 1.34 the whole field is dropped.
    let resource_claims = if c.since(34) { claims.list().iter().filter_map(|v| v.get("name")?.as_str()).filter(|n| !n.is_empty()).collect() } else { Vec::new() };
    let facts = PodFacts {
        volumes,
        claimed: around.claimed,
        resource_claims,
        grace: spec.get("terminationGracePeriodSeconds").opt_int().unwrap_or(30),
        restart_policy,
        host_users,
        on_host: around.is_pod && spec.get("hostNetwork").flag(),
        is_pod: around.is_pod,
    };
    if c.since(34) {
        pod_resources::resource_claims(c, &claims);
    }
    container::containers(c, spec, &facts);
    container::init_containers(c, spec, &facts);
    container::ephemeral_containers(c, spec, &facts);
    if c.since(34) {
        pod_resources::pod_resources(c, spec, around.is_pod);
    }
    network::host_network_ports(c, spec, around.is_pod);
    c.one_of_or_empty(&spec.get("restartPolicy"), &["Always", "OnFailure", "Never"]);
    c.one_of_or_empty(&spec.get("dnsPolicy"), &["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]);
    metadata::labels(c, &spec.get("nodeSelector"));
    security::pod_security(c, spec);
    scheduling::affinity(c, &spec.get("affinity"), around.is_pod.then_some(labels));
    network::dns_config(c, spec);
    for gate in spec.get("readinessGates").items() {
        metadata::qualified(c, &gate.get("conditionType"));
    }
    scheduling::scheduling_gates(c, &spec.get("schedulingGates"));
    scheduling::topology_spread(c, &spec.get("topologySpreadConstraints"), around.is_pod.then_some(labels));
    os::windows_host_process(c, spec);
    network::host_users(c, spec, host_users);
    network::hostname_override(c, spec);
    pod_names(c, spec, around.own_hostname);
    let deadline = spec.get("activeDeadlineSeconds");
    if deadline.is_set() {
        c.within(&deadline, 1, i64::from(i32::MAX));
    }
    scheduling::tolerations(c, &spec.get("tolerations"));
    network::host_aliases(c, &spec.get("hostAliases"));
    c.one_of_if_set(&spec.get("preemptionPolicy"), &["PreemptLowerPriority", "Never"]);
    resources::limits_only(c, &spec.get("overhead"));
    os::os(c, spec);
    if c.since(35) {
        env::file_key_volumes(c, spec);
    }
}

/// Names of other objects in a pod.
fn pod_names<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, own_hostname: bool) {
    for field in ["serviceAccountName", "nodeName", "priorityClassName"] {
        if !spec.get(field).text().is_empty() {
            c.dns_subdomain(&spec.get(field));
        }
    }
    // The older name of the field, where the newer one is not used.
    let older = spec.called("serviceAccountName", spec.get("serviceAccount").value());
    if spec.get("serviceAccountName").text().is_empty() && !older.text().is_empty() {
        c.dns_subdomain(&older);
    }
    let runtime = spec.get("runtimeClassName");
    if runtime.is_set() {
        c.dns_subdomain(&runtime);
    }
    for field in ["hostname", "subdomain"] {
        if !own_hostname && !spec.get(field).text().is_empty() {
            c.dns_label(&spec.get(field));
        }
    }
}
