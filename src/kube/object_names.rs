//! Syntax of `metadata.name`, kind by kind (`NameIs…` of `pkg/apis/*/validation` and `ValidateObjectMeta`).

use super::syntax::Format;

/// The syntax for a built-in kind.
pub(in crate::kube) fn format(api_version: &str, kind: &str) -> Format {
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    match (group, kind) {
        ("", "Service") => Format::DnsLabel1035,
        ("", "Namespace") => Format::DnsLabel,
        ("rbac.authorization.k8s.io", _) => Format::PathSegment,
        _ => Format::DnsSubdomain,
    }
}
