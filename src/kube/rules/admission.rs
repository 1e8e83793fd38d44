//! Webhooks and admission policies (`pkg/apis/admissionregistration/validation`).

use std::collections::HashMap;

use super::core::ports;
use super::metadata::{self, NameRule};
use super::report::Report;
use super::{At, selector};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::cel::{self, CompileError, PolicyScope, Wanted};
use crate::kube::syntax::names;
use crate::value::Origin;

const FAILURE_POLICIES: &[&str] = &["Fail", "Ignore"];
const MATCH_POLICIES: &[&str] = &["Equivalent", "Exact"];

/// `ValidateValidatingWebhookConfiguration`, `ValidateMutatingWebhookConfiguration`.
pub fn webhook_configuration<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for hook in root.get("webhooks").items() {
        webhook(c, &hook);
        review_versions(c, &hook.get("admissionReviewVersions"));
        let name = hook.get("name");
        if name.text().is_empty() {
            continue;
        }
        match seen.get(name.text()) {
            Some(first) => c.duplicate(&name, Some(*first), &format!("webhook `{}`", name.text())),
            None => drop(seen.insert(name.text(), name.origin())),
        }
    }
}

/// `IsFullyQualifiedName`: at least three parts.
fn full_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !c.need_text(at, "a webhook has a full name: `check.example.com`") || !c.dns_subdomain(at) {
        return;
    }
    if at.text().split('.').count() < 3 {
        c.invalid(codes::J1001, at, format!("`{}` is no full name: it has at least three parts, `check.example.com`", at.text()));
    }
}

/// `validateValidatingWebhook`, `validateMutatingWebhook`.
fn webhook<'v>(c: &mut Report<'v>, hook: &At<'_, 'v>) {
    full_name(c, &hook.get("name"));
    for rule in hook.get("rules").items() {
        rule_with_operations(c, &rule);
    }
    c.one_of_if_set(&hook.get("failurePolicy"), FAILURE_POLICIES);
    c.one_of_if_set(&hook.get("matchPolicy"), MATCH_POLICIES);
    let effects = hook.get("sideEffects");
    if effects.is_set() {
        c.one_of(&effects, &["None", "NoneOnDryRun"]);
    } else {
        c.required(&effects, "a webhook says that it has none: `None` or `NoneOnDryRun`");
    }
    let timeout = hook.get("timeoutSeconds");
    if timeout.is_set() {
        c.within(&timeout, 1, 30);
    }
    for field in ["namespaceSelector", "objectSelector"] {
        let at = hook.get(field);
        if at.is_set() {
            selector::label_selector(c, &at);
        }
    }
    c.one_of_if_set(&hook.get("reinvocationPolicy"), &["IfNeeded", "Never"]);
    client_config(c, &hook.get("clientConfig"));
    match_conditions(c, &hook.get("matchConditions"), false);
}

/// Where a webhook is: a URL or a Service (`ValidateWebhookURL`, `ValidateWebhookService`).
pub fn client_config<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (url, service) = (at.get("url"), at.get("service"));
    if url.is_set() == service.is_set() {
        let message = if url.is_set() { "a webhook is at a `url` or in a `service`, not both" } else { "a webhook is at a `url` or in a `service`: neither is there" };
        c.error(codes::J1062, Reason::Required, at, message);
    } else if url.is_set() {
        webhook_url(c, &url);
    } else {
        for field in ["name", "namespace"] {
            c.need_text(&service.get(field), "the Service has a name and a namespace");
        }
        if service.get("port").is_set() {
            ports::port_number(c, &service.get("port"));
        }
        webhook_path(c, &service.get("path"));
    }
}

fn webhook_url<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let text = at.text();
    let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
    if scheme != "https" {
        c.invalid(codes::J1062, at, format!("`{text}` is no `https://host/path`"));
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or("");
    if scheme.is_empty() || host.is_empty() {
        c.invalid(codes::J1062, at, "the URL has no host");
    }
    if host.contains('@') {
        c.invalid(codes::J1062, at, "the URL has no user");
    }
    if text.contains('#') || text.contains('?') {
        c.invalid(codes::J1062, at, "the URL has no query and no fragment");
    }
}

fn webhook_path<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let path = at.text();
    if matches!(path, "" | "/") {
        return;
    }
    if !path.starts_with('/') {
        c.invalid(codes::J1062, at, format!("`{path}` does not start with `/`"));
    }
    let inner: String = path.chars().skip(1).collect();
    for step in inner.strip_suffix('/').unwrap_or(&inner).split('/') {
        if let Err(why) = names::dns_subdomain(step) {
            c.invalid(codes::J1062, at, format!("`{step}` is no part of a webhook's path: {why}"));
        }
    }
}

/// `validateAdmissionReviewVersions`, and conversion's like.
pub fn review_versions<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.is_empty() {
        c.required(at, "`v1`, for example");
        return;
    }
    let mut seen: Vec<&str> = Vec::new();
    for version in at.items() {
        if seen.contains(&version.text()) {
            c.invalid(codes::J1062, &version, format!("version `{}` is given twice", version.text()));
            continue;
        }
        seen.push(version.text());
        c.syntax(codes::J1001, &version, names::dns_1035_label(version.text()));
    }
    if !seen.iter().any(|v| matches!(*v, "v1" | "v1beta1")) {
        c.invalid(codes::J1062, at, "the server sends `v1` and `v1beta1`: one of them is wanted");
    }
}

/// `validateRuleWithOperations`, `validateRule`, `validateResources`.
fn rule_with_operations<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let operations = at.get("operations");
    if operations.is_empty() {
        c.required(&operations, "a rule is about operations: `CREATE`, …");
    }
    wildcard_alone(c, &operations);
    for operation in operations.items() {
        c.one_of(&operation, &["*", "CONNECT", "CREATE", "DELETE", "UPDATE"]);
    }
    for field in ["apiGroups", "apiVersions"] {
        let list = at.get(field);
        if list.is_empty() {
            c.required(&list, "a rule names them; `*` for all");
        }
        wildcard_alone(c, &list);
        for item in list.items().filter(|i| field == "apiVersions" && i.text().is_empty()) {
            c.required(&item, "a version has a name");
        }
    }
    rule_resources(c, &at.get("resources"));
    c.one_of_if_set(&at.get("scope"), &["*", "Cluster", "Namespaced"]);
}

fn wildcard_alone<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    if list.len() > 1 && list.items().any(|i| i.text() == "*") {
        c.invalid(codes::J1062, list, "`*` is all of them: it stands alone");
    }
}

fn rule_resources<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    if list.is_empty() {
        c.required(list, "a rule is about resources; `*` for all");
    }
    let (mut of_resource, mut of_part): (Vec<&str>, Vec<&str>) = (Vec::new(), Vec::new());
    let mut plain = false;
    for item in list.items() {
        let text = item.text();
        if text.is_empty() {
            c.required(&item, "a resource has a name");
            continue;
        }
        let Some((resource, part)) = text.split_once('/') else {
            plain = text != "*";
            continue;
        };
        if of_resource.contains(&resource) || of_part.contains(&part) {
            c.invalid(codes::J1062, &item, format!("`{text}` is among those of a `*` before it"));
        }
        if part == "*" {
            of_resource.push(resource);
        }
        if resource == "*" {
            of_part.push(part);
        }
    }
    let has = |wanted: &str| list.items().any(|i| i.text() == wanted);
    if list.len() > 1 && has("*/*") {
        c.invalid(codes::J1062, list, "`*/*` is all of them: it stands alone");
    }
    if has("*") && plain {
        c.invalid(codes::J1062, list, "`*` is all resources: others beside it have parts (`pods/status`)");
    }
}

/// `validateMatchConditions`.
fn match_conditions<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, params: bool) {
    c.too_many(list, 64);
    let scope = PolicyScope::new(params);
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for condition in list.items() {
        compiled(c, &condition.get("expression"), &scope, Wanted::Bool);
        let name = condition.get("name");
        if c.need_text(&name, "a condition has a name") {
            metadata::qualified(c, &name);
            match seen.get(name.text()) {
                Some(first) => c.duplicate(&name, Some(*first), &format!("condition `{}`", name.text())),
                None => drop(seen.insert(name.text(), name.origin())),
            }
        }
    }
}

/// An expression has to be there.
fn expression<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) -> bool {
    let there = !at.text().trim().is_empty();
    if !there {
        c.required(at, "an expression of CEL is wanted");
    }
    there
}

/// An expression has to be there and to compile.
fn compiled<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, scope: &PolicyScope, wanted: Wanted) {
    if expression(c, at)
        && let Err(error) = scope.compile(at.text(), wanted)
    {
        does_not_compile(c, at, &error);
    }
}

fn does_not_compile<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, error: &CompileError) {
    c.invalid(codes::J1063, at, format!("the expression does not compile: {}", error.message));
}

/// `ValidateValidatingAdmissionPolicy`.
pub fn validating_policy<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, false);
    let spec = root.get("spec");
    let scope = policy_basics(c, &spec);
    let (validations, audits) = (spec.get("validations"), spec.get("auditAnnotations"));
    if validations.is_empty() && audits.is_empty() {
        for at in [&validations, &audits] {
            c.required(at, "a policy has validations or audit annotations");
        }
        return;
    }
    for validation in validations.items() {
        compiled(c, &validation.get("expression"), &scope, Wanted::Bool);
        for field in ["messageExpression", "message"] {
            let at = validation.get(field);
            if !at.text().is_empty() && at.text().trim().is_empty() {
                c.invalid(codes::J1062, &at, "there are only blanks: leave it out");
            } else if field == "messageExpression" && !at.text().is_empty() {
                compiled(c, &at, &scope, Wanted::Text);
            }
        }
        let message = validation.get("message");
        if message.text().trim().contains(['\n', '\r']) {
            c.invalid(codes::J1062, &message, "a message has one line");
        }
        c.one_of_if_set(&validation.get("reason"), &["Forbidden", "Invalid", "RequestEntityTooLarge"]);
    }
    if audits.len() > 20 {
        c.invalid(codes::J1062, &audits, "there are at most 20 audit annotations");
    }
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for audit in audits.items() {
        let key = audit.get("key");
        let full = format!("{}/{}", meta.get("name").text(), key.text());
        if let Err(why) = names::qualified_name(&full) {
            c.invalid(codes::J1002, &key, format!("`{full}` is no key of an annotation: {why}"));
        }
        let value = audit.get("valueExpression");
        if value.text().trim().len() > 5 * 1024 {
            c.error(codes::J1006, Reason::Required, &value, "the expression has at most 5120 bytes");
        } else {
            compiled(c, &value, &scope, Wanted::TextOrNull);
        }
        match seen.get(key.text()) {
            Some(first) => c.duplicate(&key, Some(*first), &format!("key `{}`", key.text())),
            None => drop(seen.insert(key.text(), key.origin())),
        }
    }
}

/// What validating and mutating policies have in common. Hands back what their expressions can use.
fn policy_basics<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) -> PolicyScope {
    c.one_of_if_set(&spec.get("failurePolicy"), FAILURE_POLICIES);
    let parameter = spec.get("paramKind");
    if parameter.is_set() {
        parameter_kind(c, &parameter);
    }
    let constraints = spec.get("matchConstraints");
    if constraints.is_set() {
        match_resources(c, &constraints);
        if constraints.get("resourceRules").is_empty() {
            c.required(&constraints.get("resourceRules"), "a policy is about resources");
        }
    } else {
        c.required(&constraints, "a policy says what it is about");
    }
    match_conditions(c, &spec.get("matchConditions"), parameter.is_set());
    let mut scope = PolicyScope::new(parameter.is_set());
    for variable in spec.get("variables").items() {
        let name = variable.get("name");
        if c.need_text(&name, "a variable has a name") && (names::c_identifier(name.text()).is_err() || cel::RESERVED.contains(&name.text())) {
            c.invalid(codes::J1001, &name, format!("`{}` is no name in CEL: letters, digits and `_`, and no word of the language", name.text()));
        }
        let text = variable.get("expression");
        if expression(c, &text)
            && let Err(error) = scope.declare(name.text(), text.text())
        {
            does_not_compile(c, &text, &error);
        }
    }
    scope
}

/// `validateParamKind`.
fn parameter_kind<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (version, kind) = (at.get("apiVersion"), at.get("kind"));
    if c.need_text(&version, "a kind has a version") {
        let text = version.text();
        let (group, name) = text.split_once('/').unwrap_or(("", text));
        if name.contains('/') {
            c.invalid(codes::J1062, &version, format!("`{text}` is no API version"));
        } else {
            if !group.is_empty() {
                c.syntax(codes::J1001, &version, names::dns_subdomain(group));
            }
            c.syntax(codes::J1001, &version, names::dns_1035_label(name));
        }
    }
    if c.need_text(&kind, "a kind has a name") {
        c.syntax(codes::J1001, &kind, names::dns_1035_label(&kind.text().to_lowercase()));
    }
}

/// `validateMatchResources`. Selectors and the policy have defaults.
fn match_resources<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    c.one_of_if_set(&at.get("matchPolicy"), MATCH_POLICIES);
    for field in ["namespaceSelector", "objectSelector"] {
        selector::label_selector(c, &at.get(field));
    }
    for field in ["resourceRules", "excludeResourceRules"] {
        for rule in at.get(field).items() {
            let mut seen: HashMap<&str, Origin> = HashMap::new();
            for name in rule.get("resourceNames").items() {
                c.syntax(codes::J1001, &name, names::path_segment(name.text()));
                match seen.get(name.text()) {
                    Some(first) => c.duplicate(&name, Some(*first), &format!("`{}`", name.text())),
                    None => drop(seen.insert(name.text(), name.origin())),
                }
            }
            rule_with_operations(c, &rule);
        }
    }
}

/// `ValidateMutatingAdmissionPolicy`.
pub fn mutating_policy<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    policy_basics(c, &spec);
    let mutations = spec.get("mutations");
    if mutations.is_empty() {
        c.required(&mutations, "a policy changes something");
    }
    for mutation in mutations.items() {
        let kind = mutation.get("patchType");
        if !c.need_text(&kind, "`ApplyConfiguration` or `JSONPatch`") {
            continue;
        }
        let (own, other) = match kind.text() {
            "JSONPatch" => ("jsonPatch", "applyConfiguration"),
            "ApplyConfiguration" => ("applyConfiguration", "jsonPatch"),
            text => {
                c.not_supported(&kind, text, &["ApplyConfiguration", "JSONPatch"]);
                continue;
            }
        };
        if mutation.get(own).is_set() {
            let patch = mutation.get(own);
            expression(c, &patch.get("expression"));
        } else {
            c.required(&mutation.get(own), "a mutation has what its type says");
        }
        if mutation.get(other).is_set() {
            c.invalid(codes::J1062, &mutation.get(other), format!("a mutation of type `{}` has none", kind.text()));
        }
    }
    let again = spec.get("reinvocationPolicy");
    if c.need_text(&again, "`Never` or `IfNeeded`") {
        c.one_of(&again, &["IfNeeded", "Never"]);
    }
}

/// `ValidateValidatingAdmissionPolicyBinding`, and the mutating one.
pub fn policy_binding<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, validating: bool) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    let name = spec.get("policyName");
    if c.need_text(&name, "a binding names a policy") {
        c.dns_subdomain(&name);
    }
    let reference = spec.get("paramRef");
    if reference.is_set() {
        parameter_reference(c, &reference);
    }
    if spec.get("matchResources").is_set() {
        match_resources(c, &spec.get("matchResources"));
    }
    if !validating {
        return;
    }
    let actions = spec.get("validationActions");
    if actions.is_empty() {
        c.required(&actions, "at least one of `Deny`, `Warn`, `Audit`");
    }
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for action in actions.items() {
        c.one_of(&action, &["Audit", "Deny", "Warn"]);
        match seen.get(action.text()) {
            Some(first) => c.duplicate(&action, Some(*first), &format!("`{}`", action.text())),
            None => drop(seen.insert(action.text(), action.origin())),
        }
    }
    if seen.contains_key("Deny") && seen.contains_key("Warn") {
        c.invalid(codes::J1062, &actions, "what is denied is not warned of as well: `Deny` or `Warn`");
    }
}

/// `validateParamRef`.
fn parameter_reference<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (name, chosen, action) = (at.get("name"), at.get("selector"), at.get("parameterNotFoundAction"));
    let named = !name.text().is_empty();
    if named {
        c.syntax(codes::J1001, &name, names::path_segment(name.text()));
    }
    if chosen.is_set() {
        selector::label_selector(c, &chosen);
    }
    if named && chosen.is_set() {
        for field in [&name, &chosen] {
            c.forbidden(codes::J1007, field, "parameters are found by name or by selector, not both");
        }
    }
    if !named && !chosen.is_set() {
        c.error(codes::J1003, Reason::Required, at, "parameters are found by name or by selector: neither is there");
    }
    if c.need_text(&action, "`Allow` or `Deny`") {
        c.one_of(&action, &["Allow", "Deny"]);
    }
}
