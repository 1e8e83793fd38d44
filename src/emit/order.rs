//! The order of installation: what others need comes first, what can refuse others comes last.

use crate::value::Value;

/// Kinds of Kubernetes in the order in which they are installed, a line a rank.
const RANKS: &[&[(&str, &[&str])]] = &[
    &[("", &["Namespace"])],
    &[("apiextensions.k8s.io", &["CustomResourceDefinition"])],
    &[
        ("scheduling.k8s.io", &["PriorityClass"]),
        ("storage.k8s.io", &["StorageClass", "CSIDriver", "CSINode", "VolumeAttributesClass"]),
        ("node.k8s.io", &["RuntimeClass"]),
        ("networking.k8s.io", &["IngressClass", "IPAddress", "ServiceCIDR"]),
        ("resource.k8s.io", &["DeviceClass"]),
        ("certificates.k8s.io", &["ClusterTrustBundle"]),
        ("flowcontrol.apiserver.k8s.io", &["PriorityLevelConfiguration", "FlowSchema"]),
        ("apiregistration.k8s.io", &["APIService"]),
    ],
    &[("", &["ResourceQuota", "LimitRange"])],
    &[("", &["ServiceAccount"])],
    &[("", &["Secret", "ConfigMap"])],
    &[("rbac.authorization.k8s.io", &["ClusterRole", "Role"])],
    &[("rbac.authorization.k8s.io", &["ClusterRoleBinding", "RoleBinding"])],
    &[("", &["PersistentVolume"])],
    &[("", &["PersistentVolumeClaim"]), ("resource.k8s.io", &["ResourceClaim", "ResourceClaimTemplate"])],
    &[("", &["Service", "Endpoints"]), ("discovery.k8s.io", &["EndpointSlice"])],
    &[
        ("", &["Pod", "ReplicationController", "PodTemplate"]),
        ("apps", &["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ControllerRevision"]),
        ("batch", &["Job", "CronJob"]),
    ],
    &[("autoscaling", &["HorizontalPodAutoscaler"]), ("policy", &["PodDisruptionBudget"])],
    &[("networking.k8s.io", &["Ingress", "NetworkPolicy"])],
];

/// Sorts objects for installation. Objects of one rank stay in their order, so that the same input gives the same output.
pub fn sort(objects: &mut [&Value]) {
    objects.sort_by_key(|o| rank(o));
}

/// The place of an object: kinds of the table by their line, other kinds (custom resources) after them, what judges or changes other objects last.
fn rank(object: &Value) -> usize {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("");
    let group = text("apiVersion").split_once('/').map_or("", |(group, _)| group);
    if group == "admissionregistration.k8s.io" {
        return RANKS.len() + 1;
    }
    let kind = text("kind");
    RANKS.iter().position(|line| line.iter().any(|(g, kinds)| *g == group && kinds.contains(&kind))).unwrap_or(RANKS.len())
}
