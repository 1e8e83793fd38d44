//! The API server's semantic rules (HTTP 422), offline: one file for each API group, each rule with the server function that it mirrors.
//!
//! They suppose that the object decodes: types and unknown fields are the schema's. Small defaults are applied where a rule depends on them; fields behind gates
//! that are off are dropped there and so not looked at here. Paths are the server's, also where they are odd.

mod admission;
mod apps;
mod at;
mod autoscaling;
mod batch;
mod certificates;
mod core;
mod devices;
mod flowcontrol;
mod job_policy;
mod job_update;
mod metadata;
mod networking;
mod policy;
mod rbac;
mod report;
mod same;
mod selector;
mod small;
mod storage;

pub use at::{At, IntOrText};

use self::metadata::NameRule;
use self::report::Report;
use super::{FieldError, Version};
use crate::value::Value;

/// What the rules need to know beside the object.
#[derive(Clone, Copy, Debug)]
pub struct RuleContext<'v> {
    pub version: Version,
    /// The stored object, when this would be an update of it.
    pub old: Option<&'v Value>,
    /// For kinds that are not the server's own: whether their objects live in namespaces.
    pub namespaced: bool,
}

/// Groups whose validation calls the core group's `ValidateObjectMeta`, which knows the server's own finalizers.
const WITH_CORE_METADATA: &[&str] = &[
    "",
    "apps",
    "batch",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "autoscaling",
    "scheduling.k8s.io",
    "discovery.k8s.io",
    "storage.k8s.io",
    "flowcontrol.apiserver.k8s.io",
];

/// Kinds whose strategy sets `metadata.generation` when an object is created.
#[rustfmt::skip]
const COUNTED: &[&str] = &[
    "CronJob", "CustomResourceDefinition", "DaemonSet", "Deployment", "EndpointSlice", "FlowSchema", "Ingress", "IngressClass", "Job", "MutatingAdmissionPolicy",
    "MutatingAdmissionPolicyBinding", "MutatingWebhookConfiguration", "NetworkPolicy", "Pod", "PodDisruptionBudget", "PodTemplate", "PriorityClass", "PriorityLevelConfiguration",
    "ReplicaSet", "ReplicationController", "StatefulSet", "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding", "ValidatingWebhookConfiguration",
];

/// Everything that the server would refuse about an object that it can decode, in the order of its rules.
pub fn check<'v>(object: &'v Value, cx: &RuleContext<'v>) -> Vec<FieldError> {
    let mut report = Report { version: cx.version, old: cx.old, errors: Vec::new(), own_generation: false };
    let root = At::root(object);
    let api_version = root.get("apiVersion").text();
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    let kind = root.get("kind").text();
    report.own_generation = COUNTED.contains(&kind);
    kinds(&mut report, &root, (group, version, kind), cx.namespaced);
    // Events are older than the rule.
    if WITH_CORE_METADATA.contains(&group) && kind != "Event" {
        metadata::core_finalizers(&mut report, &root.get("metadata").get("finalizers"), true);
    }
    report.errors
}

/// The rules of metadata alone, for objects whose kind has its rules elsewhere: custom resources and their definitions.
pub fn metadata_only<'v>(object: &'v Value, cx: &RuleContext<'v>) -> Vec<FieldError> {
    let mut report = Report { version: cx.version, old: cx.old, errors: Vec::new(), own_generation: true };
    metadata::object_meta(&mut report, &At::root(object).get("metadata"), NameRule::Subdomain, cx.namespaced);
    report.errors
}

/// The rules of a kind; of kinds without rules here only the metadata.
fn kinds<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, kind: (&str, &str, &str), namespaced: bool) {
    match kind {
        ("", "v1", kind) => core_kinds(c, root, kind),
        ("apps", _, "Deployment") => apps::deployment(c, root),
        ("apps", _, "ReplicaSet") => apps::replica_set(c, root),
        ("apps", _, "DaemonSet") => apps::daemon_set(c, root),
        ("apps", _, "StatefulSet") => apps::stateful_set(c, root),
        ("apps", _, "ControllerRevision") => apps::controller_revision(c, root),
        ("batch", _, "Job") => batch::job(c, root),
        ("batch", _, "CronJob") => batch::cron_job(c, root),
        ("networking.k8s.io", _, "Ingress") => networking::ingress(c, root),
        ("networking.k8s.io", _, "IngressClass") => networking::ingress_class(c, root),
        ("networking.k8s.io", _, "NetworkPolicy") => networking::network_policy(c, root),
        ("networking.k8s.io", _, "IPAddress") => networking::ip_address(c, root),
        ("networking.k8s.io", _, "ServiceCIDR") => networking::service_cidr(c, root),
        ("policy", _, "PodDisruptionBudget") => policy::pod_disruption_budget(c, root),
        ("rbac.authorization.k8s.io", _, "Role") => rbac::role(c, root),
        ("rbac.authorization.k8s.io", _, "ClusterRole") => rbac::cluster_role(c, root),
        ("rbac.authorization.k8s.io", _, "RoleBinding") => rbac::binding(c, root, true),
        ("rbac.authorization.k8s.io", _, "ClusterRoleBinding") => rbac::binding(c, root, false),
        ("autoscaling", _, "HorizontalPodAutoscaler") => autoscaling::autoscaler(c, root),
        ("certificates.k8s.io", "v1", "CertificateSigningRequest") => certificates::signing_request(c, root),
        ("resource.k8s.io", "v1", "ResourceClaim") => devices::claim(c, root),
        ("resource.k8s.io", "v1", "ResourceClaimTemplate") => devices::claim_template(c, root),
        ("resource.k8s.io", "v1", "DeviceClass") => devices::device_class(c, root),
        ("scheduling.k8s.io", _, "PriorityClass") => small::priority_class(c, root),
        ("coordination.k8s.io", _, "Lease") => small::lease(c, root),
        ("coordination.k8s.io", _, "LeaseCandidate") => small::lease_candidate(c, root),
        ("discovery.k8s.io", _, "EndpointSlice") => small::endpoint_slice(c, root),
        ("flowcontrol.apiserver.k8s.io", _, "FlowSchema") => flowcontrol::flow_schema(c, root),
        ("flowcontrol.apiserver.k8s.io", _, "PriorityLevelConfiguration") => flowcontrol::priority_level(c, root),
        ("node.k8s.io", _, "RuntimeClass") => small::runtime_class(c, root),
        ("storage.k8s.io", _, "StorageClass") => storage::storage_class(c, root),
        ("storage.k8s.io", _, "CSIDriver") => storage::csi_driver(c, root),
        ("storage.k8s.io", _, "CSINode") => storage::csi_node(c, root),
        ("storage.k8s.io", _, "CSIStorageCapacity") => storage::csi_storage_capacity(c, root),
        ("storage.k8s.io", _, "VolumeAttachment") => storage::volume_attachment(c, root),
        ("storage.k8s.io", _, "VolumeAttributesClass") => storage::volume_attributes_class(c, root),
        ("admissionregistration.k8s.io", _, "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration") => admission::webhook_configuration(c, root),
        ("admissionregistration.k8s.io", _, "ValidatingAdmissionPolicy") => admission::validating_policy(c, root),
        ("admissionregistration.k8s.io", _, "MutatingAdmissionPolicy") => admission::mutating_policy(c, root),
        ("admissionregistration.k8s.io", _, "ValidatingAdmissionPolicyBinding") => admission::policy_binding(c, root, true),
        ("admissionregistration.k8s.io", _, "MutatingAdmissionPolicyBinding") => admission::policy_binding(c, root, false),
        _ => metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, namespaced),
    }
}

/// The core group.
fn core_kinds<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, kind: &str) {
    match kind {
        "Pod" => core::pod::pod(c, root),
        "PodTemplate" => apps::pod_template_object(c, root),
        "ReplicationController" => apps::replication_controller(c, root),
        "Service" => core::service::service(c, root),
        "ConfigMap" => core::config::config_map(c, root),
        "Secret" => core::config::secret(c, root),
        "ServiceAccount" => core::cluster::service_account(c, root),
        "Namespace" => core::cluster::namespace(c, root),
        "Node" => core::cluster::node(c, root),
        "Endpoints" => core::cluster::endpoints(c, root),
        "Event" => core::cluster::event(c, root),
        "PersistentVolume" => core::persistent_volume::persistent_volume(c, root),
        "PersistentVolumeClaim" => core::claim::claim(c, root),
        "ResourceQuota" => core::quota::resource_quota(c, root),
        "LimitRange" => core::quota::limit_range(c, root),
        _ => metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true),
    }
}
