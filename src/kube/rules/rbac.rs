//! Roles and their bindings (`pkg/apis/rbac/validation`).

use super::At;
use super::metadata::{self, NameRule};
use super::report::Report;
use super::selector;
use crate::diagnostics::codes;
use crate::kube::syntax::names;

const GROUP: &str = "rbac.authorization.k8s.io";

/// `ValidateRole`.
pub fn role<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::PathSegment, true);
    for rule in root.get("rules").items() {
        policy_rule(c, &rule, true);
    }
}

/// `ValidateClusterRole`.
pub fn cluster_role<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::PathSegment, false);
    for rule in root.get("rules").items() {
        policy_rule(c, &rule, false);
    }
    let aggregation = root.get("aggregationRule");
    if aggregation.is_set() {
        let selectors = aggregation.get("clusterRoleSelectors");
        if selectors.is_empty() {
            c.required(&selectors, "an aggregation selects roles");
        }
        for at in selectors.items() {
            selector::label_selector(c, &at);
        }
    }
}

/// `ValidatePolicyRule`.
fn policy_rule<'v>(c: &mut Report<'v>, rule: &At<'_, 'v>, namespaced: bool) {
    let (verbs, urls, groups, resources) = (rule.get("verbs"), rule.get("nonResourceURLs"), rule.get("apiGroups"), rule.get("resources"));
    if verbs.is_empty() {
        c.required(&verbs, "a rule allows at least one verb");
    }
    if !urls.is_empty() {
        if namespaced {
            let error = c.invalid(codes::J1058, &urls, "URLs that are no resources belong to no namespace: only a ClusterRole has them");
            error.help = Some("make it a ClusterRole".to_owned());
        }
        if !groups.is_empty() || !resources.is_empty() || !rule.get("resourceNames").is_empty() {
            c.invalid(codes::J1058, &urls, "a rule is about resources or about other URLs, not both");
        }
        return;
    }
    if groups.is_empty() {
        c.required(&groups, "a rule about resources names their API group; the core group is `\"\"`");
    }
    if resources.is_empty() {
        c.required(&resources, "a rule about resources names at least one");
    }
}

/// `ValidateRoleBinding`, `ValidateClusterRoleBinding` and their updates.
pub fn binding<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, namespaced: bool) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::PathSegment, namespaced);
    let reference = root.get("roleRef");
    c.one_of_or_empty(&reference.get("apiGroup"), &[GROUP]);
    let kinds: &[&str] = if namespaced { &["Role", "ClusterRole"] } else { &["ClusterRole"] };
    c.one_of(&reference.get("kind"), kinds);
    let name = reference.get("name");
    if c.need_text(&name, "a binding names a role") {
        c.syntax(codes::J1001, &name, names::path_segment(name.text()));
    }
    for subject in root.get("subjects").items() {
        self::subject(c, &subject, namespaced);
    }
    if let Some(old) = c.old {
        let old = At::root(old);
        let before = old.get("roleRef");
        let group = |at: &At<'_, 'v>| Some(at.get("apiGroup").text()).filter(|g| !g.is_empty()).unwrap_or(GROUP);
        let same = group(&reference) == group(&before) && reference.get("kind").text() == before.get("kind").text() && name.text() == before.get("name").text();
        if !same {
            c.changed(&reference, &before, "the role of a binding cannot change");
        }
    }
}

/// `ValidateRoleBindingSubject`. A service account's namespace in a RoleBinding is the binding's.
fn subject<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, namespaced: bool) {
    let (name, kind, group) = (at.get("name"), at.get("kind"), at.get("apiGroup"));
    let named = c.need_text(&name, "a subject has a name");
    match kind.text() {
        "ServiceAccount" => {
            if named {
                c.dns_subdomain(&name);
            }
            if !group.text().is_empty() {
                c.not_supported(&group, group.text(), &[""]);
            }
            if !namespaced && at.get("namespace").text().is_empty() {
                c.required(&at.get("namespace"), "a ServiceAccount in a ClusterRoleBinding says where it is");
            }
        }
        "User" | "Group" => {
            if !matches!(group.text(), "" | GROUP) {
                c.not_supported(&group, group.text(), &[GROUP]);
            }
        }
        other => c.not_supported(&kind, other, &["ServiceAccount", "User", "Group"]),
    }
}
