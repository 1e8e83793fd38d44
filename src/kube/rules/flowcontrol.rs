//! Flow schemas and priority levels of the server itself (`pkg/apis/flowcontrol/validation`).

use super::At;
use super::metadata::{self, NameRule};
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::Reason;

/// Highest matching precedence.
const PRECEDENCE_MAX: i64 = 10_000;
const VERBS: &[&str] = &["create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch"];
/// Most queues of a priority level.
const QUEUES_MAX: i64 = 10_000_000;
/// Bits that the server's hash has for dealing hands of queues.
const HASH_BITS: f64 = 60.0;

/// `ValidateFlowSchema`.
pub fn flow_schema<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, false);
    let spec = root.get("spec");
    let precedence = spec.get("matchingPrecedence");
    let n = precedence.int();
    // 0 is the default, 1000.
    if !(0..=PRECEDENCE_MAX).contains(&n) {
        c.invalid(codes::J1005, &precedence, format!("`{n}` is no precedence: 1 to {PRECEDENCE_MAX}"));
    }
    if n == 1 && meta.get("name").text() != "exempt" {
        c.invalid(codes::J1061, &precedence, "precedence 1 is that of the schema `exempt` only");
    }
    let method = spec.get("distinguisherMethod");
    if method.is_set() {
        c.one_of(&method.get("type"), &["ByNamespace", "ByUser"]);
    }
    let level = spec.get("priorityLevelConfiguration");
    if c.need_text(&level.get("name"), "a schema names a priority level") {
        c.dns_subdomain(&level.get("name"));
    }
    for rule in spec.get("rules").items() {
        let subjects = rule.get("subjects");
        if subjects.is_empty() {
            c.required(&subjects, "a rule is about somebody");
        }
        for subject in subjects.items() {
            flow_subject(c, &subject);
        }
        let (resources, urls) = (rule.get("resourceRules"), rule.get("nonResourceRules"));
        if resources.is_empty() && urls.is_empty() {
            c.error(codes::J1003, Reason::Required, &rule, "a rule has `resourceRules` or `nonResourceRules`");
        }
        for part in resources.items() {
            resource_rule(c, &part);
        }
        for part in urls.items() {
            verbs(c, &part.get("verbs"));
            let list = part.get("nonResourceURLs");
            if alone(c, &list) {
                list.items().for_each(|url| url_path(c, &url));
            }
        }
    }
}

/// `ValidateFlowSchemaSubject`: the field of the subject's kind, and no other.
fn flow_subject<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let kinds = [("ServiceAccount", "serviceAccount"), ("User", "user"), ("Group", "group")];
    let kind = at.get("kind");
    if !c.one_of(&kind, &kinds.map(|(k, _)| k)) {
        return;
    }
    for (name, field) in kinds {
        let part = at.get(field);
        if name != kind.text() {
            if part.is_set() {
                c.forbidden(codes::J1007, &part, format!("a subject of kind `{}` has no `{field}`", kind.text()));
            }
            continue;
        }
        if !part.is_set() {
            c.required(&part, "the subject's kind says so");
            continue;
        }
        let own = part.get("name");
        if c.need_text(&own, "a subject has a name") && name == "ServiceAccount" && own.text() != "*" {
            c.dns_subdomain(&own);
        }
        if name == "ServiceAccount" && c.need_text(&part.get("namespace"), "a service account is in a namespace") {
            c.dns_label(&part.get("namespace"));
        }
    }
}

fn verbs<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    if alone(c, list)
        && let Some(verb) = list.items().find(|v| !VERBS.contains(&v.text()))
    {
        let origin = verb.origin();
        c.not_supported(list, verb.text(), VERBS);
        if let Some(error) = c.errors.last_mut() {
            error.origin = origin;
        }
    }
}

/// A list that has something, where `*` stands alone. Says whether its elements are worth a look.
fn alone<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) -> bool {
    if list.is_empty() {
        c.required(list, "at least one is wanted; `*` for all");
        return false;
    }
    let any = list.items().any(|i| i.text() == "*");
    if any && list.len() > 1 {
        c.invalid(codes::J1007, list, "`*` is all of them: it stands alone");
    }
    !any
}

/// `ValidateFlowSchemaResourcePolicyRule`.
fn resource_rule<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    verbs(c, &at.get("verbs"));
    alone(c, &at.get("apiGroups"));
    alone(c, &at.get("resources"));
    let namespaces = at.get("namespaces");
    if namespaces.is_empty() && at.get("clusterScope").flag() {
        return;
    }
    if alone(c, &namespaces) {
        for namespace in namespaces.items() {
            c.dns_label(&namespace);
        }
    }
}

/// `ValidateNonResourceURLPath`.
fn url_path<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let path = at.text();
    let stars = path.matches('*').count();
    let why = match path {
        "/" => return,
        "" => "it is empty",
        p if !p.starts_with('/') => "it starts with `/`",
        p if p.contains(' ') => "it has no blanks",
        p if p.contains("//") => "it has no `//`",
        p if stars > 1 || (stars == 1 && !p.ends_with("/*")) => "`*` is its last part only",
        _ => return,
    };
    c.invalid(codes::J1018, at, format!("`{path}` is no path of a URL: {why}"));
}

/// `ValidatePriorityLevelConfiguration`.
pub fn priority_level<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, false);
    let spec = root.get("spec");
    let kind = spec.get("type");
    if (meta.get("name").text() == "exempt") != (kind.text() == "Exempt") {
        c.invalid(codes::J1061, &kind, "the level `exempt` has the type `Exempt`, and no other has");
    }
    let (exempt, limited) = (spec.get("exempt"), spec.get("limited"));
    match kind.text() {
        "Exempt" => {
            if limited.is_set() {
                c.forbidden(codes::J1007, &limited, "a level that is exempt is not limited");
            }
            shares(c, &exempt);
        }
        "Limited" => {
            if exempt.is_set() {
                c.forbidden(codes::J1007, &exempt, "a level that is limited is not exempt");
            }
            if limited.is_set() {
                shares(c, &limited);
                c.nonnegative(&limited.get("borrowingLimitPercent"));
                limit_response(c, &limited.get("limitResponse"));
            } else {
                c.required(&limited, "a level of type `Limited` says how");
            }
        }
        other => c.not_supported(&kind, other, &["Exempt", "Limited"]),
    }
}

fn shares<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    c.nonnegative(&at.get("nominalConcurrencyShares"));
    let percent = at.get("lendablePercent");
    if percent.is_set() {
        c.within(&percent, 0, 100);
    }
}

/// `ValidateLimitResponse`, `ValidatePriorityLevelQueuingConfiguration`. Zeros are the defaults: 64 queues, hands of 8, 50 requests in each.
fn limit_response<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (kind, queuing) = (at.get("type"), at.get("queuing"));
    match kind.text() {
        "Reject" => {
            if queuing.is_set() {
                c.forbidden(codes::J1007, &queuing, "what is rejected is not queued");
            }
        }
        "Queue" => {
            if !queuing.is_set() {
                c.required(&queuing, "the type `Queue` says how");
                return;
            }
            let or = |field: &'static str, default: i64| Some(queuing.get(field).int()).filter(|n| *n != 0).unwrap_or(default);
            let (queues, hand) = (or("queues", 64), or("handSize", 8));
            c.nonnegative(&queuing.get("queueLengthLimit"));
            if !(1..=QUEUES_MAX).contains(&queues) {
                c.invalid(codes::J1005, &queuing.get("queues"), format!("`{queues}` queues are not possible: 1 to {QUEUES_MAX}"));
            }
            let size = queuing.get("handSize");
            if hand <= 0 || hand > queues {
                c.invalid(codes::J1005, &size, format!("`{hand}` is no hand of `{queues}` queues"));
            } else if ((queues as f64).log2() * hand as f64).ceil() > HASH_BITS {
                c.invalid(codes::J1005, &size, format!("hands of `{hand}` from `{queues}` queues need more bits than the server's hash has"));
            }
        }
        other => c.not_supported(&kind, other, &["Queue", "Reject"]),
    }
}
