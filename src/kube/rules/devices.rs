//! Claims on devices and their classes (`pkg/apis/resource/validation`), as `resource.k8s.io/v1` has them; older versions of the group are flat and have their metadata checked only.
//!
//! Selectors are read as expressions; what they say of a device's attributes is not checked, since that is the driver's.

use std::collections::HashMap;

use super::At;
use super::core::sources::csi_driver_name;
use super::metadata::{self, NameRule};
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::cel::Program;
use crate::kube::syntax::names;
use crate::value::Origin;

const REQUESTS_MAX: usize = 32;
const ALTERNATIVES_MAX: usize = 8;
const CONSTRAINTS_MAX: usize = 32;
const CONFIGS_MAX: usize = 32;
const SELECTORS_MAX: usize = 32;
const TOLERATIONS_MAX: usize = 16;
/// Longest expression of a selector, in bytes.
const EXPRESSION_MAX: usize = 10 * 1024;
/// Largest opaque parameters, in bytes of JSON.
const PARAMETERS_MAX: usize = 10 * 1024;

/// `ValidateResourceClaim`, `ValidateResourceClaimUpdate`.
pub fn claim<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    match c.old {
        Some(old) => drop(c.immutable(&spec, &At::root(old).get("spec"))),
        None => device_claim(c, &spec.get("devices")),
    }
}

/// `ValidateResourceClaimTemplate`, `ValidateResourceClaimTemplateUpdate`.
pub fn claim_template<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, true);
    let spec = root.get("spec");
    match c.old {
        Some(old) => drop(c.immutable(&spec, &At::root(old).get("spec"))),
        None => {
            let meta = spec.get("metadata");
            metadata::labels(c, &meta.get("labels"));
            metadata::annotations(c, &meta.get("annotations"));
            device_claim(c, &spec.get("spec").get("devices"));
        }
    }
}

/// `ValidateDeviceClass`, `ValidateDeviceClassUpdate`.
pub fn device_class<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    metadata::object_meta(c, &root.get("metadata"), NameRule::Subdomain, false);
    let spec = root.get("spec");
    selectors(c, &spec.get("selectors"));
    let configs = spec.get("config");
    c.too_many(&configs, CONFIGS_MAX);
    for config in configs.items() {
        configuration(c, &config);
    }
}

/// The names of a claim's requests, each with those of its alternatives.
type Requests<'v> = HashMap<&'v str, Vec<&'v str>>;

/// `validateDeviceClaim`.
fn device_claim<'v>(c: &mut Report<'v>, devices: &At<'_, 'v>) {
    let requests = devices.get("requests");
    let names: Requests<'v> = requests.items().map(|r| (r.get("name").text(), r.get("firstAvailable").items().map(|s| s.get("name").text()).collect())).collect();
    c.too_many(&requests, REQUESTS_MAX);
    let mut seen = HashMap::new();
    for request in requests.items() {
        unique_name(c, &request.get("name"), &mut seen);
        device_request(c, &request);
    }
    let constraints = devices.get("constraints");
    c.too_many(&constraints, CONSTRAINTS_MAX);
    for constraint in constraints.items() {
        references(c, &constraint.get("requests"), &names);
        let (same, distinct) = (constraint.get("matchAttribute"), constraint.get("distinctAttribute"));
        if same.is_set() {
            attribute(c, &same);
        } else if distinct.is_set() {
            attribute(c, &distinct);
        } else {
            c.required(&same, "a constraint names the attribute that devices share");
        }
    }
    let configs = devices.get("config");
    c.too_many(&configs, CONFIGS_MAX);
    for config in configs.items() {
        references(c, &config.get("requests"), &names);
        configuration(c, &config);
    }
}

/// The name of a request, once in its list.
fn unique_name<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, seen: &mut HashMap<&'v str, Origin>) {
    if at.text().is_empty() {
        c.required(at, "a request has a name");
    } else if c.dns_label(at)
        && let Some(first) = seen.insert(at.text(), at.origin())
    {
        c.duplicate(at, Some(first), &format!("request `{}`", at.text()));
    }
}

/// `validateDeviceRequest`.
fn device_request<'v>(c: &mut Report<'v>, request: &At<'_, 'v>) {
    let (exactly, alternatives) = (request.get("exactly"), request.get("firstAvailable"));
    match (exactly.is_set(), !alternatives.is_empty()) {
        (false, false) => drop(c.error(codes::J1007, Reason::Required, request, "a request has `exactly` or `firstAvailable`")),
        (true, true) => drop(c.invalid(codes::J1007, request, "a request has `exactly` or `firstAvailable`, not both")),
        (true, false) => device(c, &exactly),
        (false, true) => {
            c.too_many(&alternatives, ALTERNATIVES_MAX);
            let mut seen = HashMap::new();
            for alternative in alternatives.items() {
                unique_name(c, &alternative.get("name"), &mut seen);
                device(c, &alternative);
            }
        }
    }
}

/// `validateExactDeviceRequest`, `validateDeviceSubRequest`.
fn device<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let class = at.get("deviceClassName");
    if c.need_text(&class, "a request names the class of its device") {
        c.dns_subdomain(&class);
    }
    selectors(c, &at.get("selectors"));
    let (mode, count) = (at.get("allocationMode"), at.get("count"));
    match mode.text() {
        "All" if count.int() != 0 => drop(c.invalid(codes::J1007, &count, "`count` is not for `allocationMode: All`")),
        // The default count is 1.
        "" | "ExactCount" if count.is_set() => c.positive(&count),
        "" | "All" | "ExactCount" => {}
        _ => drop(c.one_of(&mode, &["All", "ExactCount"])),
    }
    let tolerations = at.get("tolerations");
    c.too_many(&tolerations, TOLERATIONS_MAX);
    for toleration in tolerations.items() {
        device_toleration(c, &toleration);
    }
}

/// `validateDeviceToleration`.
fn device_toleration<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let (key, operator, value) = (at.get("key"), at.get("operator"), at.get("value"));
    if !key.text().is_empty() {
        metadata::label_key(c, &key);
    }
    match operator.text() {
        "Exists" if !value.text().is_empty() => drop(c.invalid(codes::J1037, &value, "`Exists` has no value")),
        "Exists" => {}
        "" | "Equal" => drop(c.syntax(codes::J1002, &value, names::label_value(value.text()))),
        _ => drop(c.one_of(&operator, &["Equal", "Exists"])),
    }
    c.one_of_or_empty(&at.get("effect"), &["NoExecute", "NoSchedule"]);
}

/// `validateSelectorSlice`.
fn selectors<'v>(c: &mut Report<'v>, list: &At<'_, 'v>) {
    c.too_many(list, SELECTORS_MAX);
    for selector in list.items() {
        let cel = selector.get("cel");
        if !cel.is_set() {
            c.required(&cel, "a selector is an expression");
            continue;
        }
        let expression = cel.get("expression");
        if expression.text().len() > EXPRESSION_MAX {
            c.too_long(&expression, EXPRESSION_MAX);
        } else if let Err(e) = Program::parse(expression.text()) {
            c.invalid(codes::J1063, &expression, format!("the expression does not compile: {}", e.message));
        }
    }
}

/// `validateRequestNameRef`: a request of the claim, or one of its alternatives after `/`.
fn references<'v>(c: &mut Report<'v>, list: &At<'_, 'v>, known: &Requests<'v>) {
    c.too_many(list, REQUESTS_MAX);
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for at in list.items() {
        let text = at.text();
        let found = match text.split_once('/') {
            None => known.contains_key(text),
            Some((request, alternative)) => known.get(request).is_some_and(|all| all.contains(&alternative)),
        };
        if !found {
            let near = crate::diagnostics::nearest(text, known.keys().copied()).map(str::to_owned);
            let error = c.invalid(codes::J1067, &at, format!("the claim has no request `{text}`"));
            error.help = near.as_ref().map(|n| format!("did you mean `{n}`?"));
            error.replacement = near;
        } else if let Some(first) = seen.insert(text, at.origin()) {
            c.duplicate(&at, Some(first), &format!("request `{text}`"));
        }
    }
}

/// `validateFullyQualifiedName`: `domain/name`.
fn attribute(c: &mut Report<'_>, at: &At<'_, '_>) {
    if !c.need_text(at, "it names an attribute") {
        return;
    }
    let Some((domain, name)) = at.text().split_once('/') else {
        c.invalid(codes::J1001, at, format!("`{}` is no attribute: it is a domain and a name, such as `gpu.example.com/model`", at.text()));
        return;
    };
    if c.syntax(codes::J1001, at, names::dns_subdomain(domain)) {
        c.syntax(codes::J1001, at, names::c_identifier(name));
    }
}

/// `validateDeviceConfiguration`.
fn configuration<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let opaque = at.get("opaque");
    if !opaque.is_set() {
        c.required(&opaque, "a configuration is a driver's own");
        return;
    }
    csi_driver_name(c, &opaque.get("driver"));
    let parameters = opaque.get("parameters");
    match parameters.value() {
        None => drop(c.required(&parameters, "a driver's configuration has parameters")),
        Some(value) => {
            let mut text = String::new();
            crate::yaml::write_json(value, &mut text);
            if !text.starts_with('{') {
                c.invalid(codes::J1007, &parameters, "a driver's parameters are an object");
            } else if text.len() > PARAMETERS_MAX {
                c.error(codes::J1006, Reason::TooLong, &parameters, format!("the parameters have {} bytes, at most {PARAMETERS_MAX} are allowed", text.len()));
            }
        }
    }
}
