//! Probes and hooks (core `validation.go`: `validateProbe`, `validateHandler`, `validateLifecycle`).

use super::ports;
use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::syntax::names;

/// The three probes of a container.
pub fn probes<'v>(c: &mut Report<'v>, container: &At<'_, 'v>, grace: i64) {
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let at = container.get(name);
        if at.is_set() {
            probe(c, &at, name, grace);
        }
    }
}

/// `validateLivenessProbe`, `validateReadinessProbe`, `validateStartupProbe`, `validateProbe`.
fn probe<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, name: &str, grace: i64) {
    handler(c, at, &["exec", "httpGet", "tcpSocket", "grpc"], grace);
    for field in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        c.nonnegative(&at.get(field));
    }
    let seconds = at.get("terminationGracePeriodSeconds");
    if seconds.opt_int().is_some_and(|s| s <= 0) {
        c.invalid(codes::J1033, &seconds, format!("`{}` is not above 0, as the time to end has to be", seconds.int()));
    }
    if name == "readinessProbe" {
        if seconds.is_set() {
            c.invalid(codes::J1033, &seconds, "a readiness probe ends nothing, so it has no `terminationGracePeriodSeconds`");
        }
        return;
    }
    let success = at.get("successThreshold");
    if !matches!(success.int(), 0 | 1) {
        let error = c.invalid(
            codes::J1033,
            &success,
            format!("`{}` successes: a {} counts one, `1`", success.int(), if name == "livenessProbe" { "liveness probe" } else { "startup probe" }),
        );
        error.replacement = Some("1".to_owned());
    }
}

/// `validateHandler`: exactly one of these kinds.
fn handler<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, kinds: &[&'static str], grace: i64) {
    let mut first = None;
    for kind in kinds {
        let action = at.get(kind);
        if !action.is_set() {
            continue;
        }
        if let Some((name, origin)) = first {
            c.forbidden(codes::J1032, &action, format!("there is a `{name}` already: one kind of handler, not two")).related.push((origin, "the first one".to_owned()));
            continue;
        }
        first = Some((*kind, action.origin()));
        match *kind {
            "exec" if action.get("command").is_empty() => {
                c.required(&action.get("command"), "there is nothing to run");
            }
            "httpGet" => http_get(c, &action),
            "tcpSocket" => ports::number_or_name(c, &action.get("port")),
            "grpc" => ports::port_number(c, &action.get("port")),
            "sleep" => sleep(c, &action, grace),
            _ => {}
        }
    }
    if first.is_none() {
        let origin = at.origin();
        let path = at.path();
        c.errors.push(crate::kube::FieldError::new(
            codes::J1032,
            crate::kube::Reason::Required,
            path,
            origin,
            format!("`{}` has no handler: one of {}", at.name(), crate::kube::rules::report::quoted(kinds)),
        ));
    }
}

/// `validateHTTPGetAction`.
fn http_get<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    ports::number_or_name(c, &at.get("port"));
    c.one_of_or_empty(&at.get("scheme"), &["HTTP", "HTTPS"]);
    let headers = at.get("httpHeaders");
    for header in headers.items() {
        let name = header.get("name");
        if let Err(why) = names::http_header_name(name.text()) {
            let origin = name.origin();
            c.invalid(codes::J1033, &headers, format!("`{}` is no header: {why}", name.text())).origin = origin;
        }
    }
}

/// `validateSleepAction`.
fn sleep<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, grace: i64) {
    let seconds = at.get("seconds");
    let n = seconds.int();
    if n < 0 || n > grace {
        let origin = seconds.origin();
        c.invalid(codes::J1033, at, format!("`{n}` seconds of sleep: 0 to {grace} are possible, the pod's `terminationGracePeriodSeconds`")).origin = origin;
    }
}

/// `validateLifecycle`. The gate of `stopSignal` is off: it is dropped.
pub fn lifecycle<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, grace: i64) {
    for hook in ["postStart", "preStop"] {
        let action = at.get(hook);
        if action.is_set() {
            handler(c, &action, &["exec", "httpGet", "tcpSocket", "sleep"], grace);
        }
    }
}
