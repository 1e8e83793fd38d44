//! Syntax of `metadata.name`, kind by kind (`NameIs…` of `pkg/apis/*/validation` and `ValidateObjectMeta`), for the type checker; object rules judge the same for whole objects.

use super::Version;
use super::syntax::Format;

/// The syntax for a built-in kind.
pub(in crate::kube) fn format(version: Version, api_version: &str, kind: &str) -> Format {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    match (group, kind) {
        // `RelaxedServiceNameValidation` is on from 1.36.
        ("", "Service") if version.minor() < 36 => Format::DnsLabel1035,
        ("", "Service" | "Namespace") | ("apps", "StatefulSet") => Format::DnsLabel,
        ("rbac.authorization.k8s.io", _) | ("policy", "PodDisruptionBudget") | ("certificates.k8s.io", "CertificateSigningRequest") => Format::PathSegment,
        _ => Format::DnsSubdomain,
    }
}

/// The longest name where it is shorter than the syntax allows: what is made from it has to fit a label.
pub(in crate::kube) fn longest(api_version: &str, kind: &str) -> Option<u32> {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    match (group, kind) {
        ("batch", "CronJob") => Some(52),
        _ => None,
    }
}
