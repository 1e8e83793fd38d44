//! Security contexts and the annotations that preceded them (core `validation.go`: `ValidateSecurityContext`, `validatePodSpecSecurityContext`, `validateSysctls`, seccomp and AppArmor).

use std::collections::HashMap;

use super::paths;
use super::pod::each_container;
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;
use crate::kube::syntax::names;
use crate::value::Origin;

const MAX_ID: i64 = i32::MAX as i64;

fn id<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if at.is_set() {
        c.within(at, 0, MAX_ID);
    }
}

/// `ValidateSecurityContext`. Privileged containers are the cluster's to allow.
pub fn container_security<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, host_users: bool) {
    if !at.is_set() {
        return;
    }
    id(c, &at.get("runAsUser"));
    id(c, &at.get("runAsGroup"));
    let mount = at.get("procMount");
    if mount.is_set() {
        c.one_of(&mount, &["Default", "Unmasked"]);
        if host_users && mount.text() == "Unmasked" {
            c.invalid(codes::J1035, &mount, "`procMount: Unmasked` needs a pod with users of its own: `hostUsers: false`");
        }
    }
    seccomp(c, &at.get("seccompProfile"));
    let escalation = at.get("allowPrivilegeEscalation");
    if escalation.opt_flag() == Some(false) {
        let privileged = at.get("privileged");
        if privileged.flag() {
            let error = c.invalid(codes::J1035, at, "a privileged container cannot do without `allowPrivilegeEscalation`");
            error.origin = escalation.origin();
            error.related.push((privileged.origin(), "it is privileged".to_owned()));
        }
        for capability in at.get("capabilities").get("add").items() {
            if capability.text() == "CAP_SYS_ADMIN" {
                let error = c.invalid(codes::J1035, at, "a container with `CAP_SYS_ADMIN` cannot do without `allowPrivilegeEscalation`");
                error.origin = escalation.origin();
                error.related.push((capability.origin(), "this capability".to_owned()));
            }
        }
    }
    windows_options(c, &at.get("windowsOptions"));
    app_armor(c, &at.get("appArmorProfile"));
}

/// `validatePodSpecSecurityContext`. Fields of the host stand beside the context in an object.
pub fn pod_security<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let at = spec.get("securityContext");
    let share = spec.get("shareProcessNamespace");
    if share.flag() && spec.get("hostPID").flag() {
        let other = spec.get("hostPID").origin();
        let error = c.invalid(codes::J1040, &at.called("shareProcessNamespace", share.value()), "containers share the pod's processes or the host's, not both");
        error.related.push((other, "the host's".to_owned()));
    }
    if !at.is_set() {
        return;
    }
    for field in ["fsGroup", "runAsUser", "runAsGroup"] {
        id(c, &at.get(field));
    }
    for group in at.get("supplementalGroups").items() {
        c.within(&group, 0, MAX_ID);
    }
    sysctls(c, spec, &at.get("sysctls"));
    c.one_of_if_set(&at.get("fsGroupChangePolicy"), &["Always", "OnRootMismatch"]);
    seccomp(c, &at.get("seccompProfile"));
    windows_options(c, &at.get("windowsOptions"));
    app_armor(c, &at.get("appArmorProfile"));
    c.one_of_if_set(&at.get("supplementalGroupsPolicy"), &["Merge", "Strict"]);
    // The other policy's gate, SELinuxMount, is off.
    c.one_of_if_set(&at.get("seLinuxChangePolicy"), &["Recursive"]);
}

/// `IsValidSysctlName`: segments of `[a-z0-9]([-_a-z0-9]*[a-z0-9])?` with `.` or `/` between.
fn is_sysctl(name: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_');
    let edge = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    name.len() <= 253 && name.split(['.', '/']).all(|s| edge(s.as_bytes().first()) && edge(s.as_bytes().last()) && s.bytes().all(inner))
}

/// `validateSysctls`, `ValidateHostSysctl`.
fn sysctls<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, list: &At<'_, 'v>) {
    let mut seen: HashMap<&str, Origin> = HashMap::new();
    for sysctl in list.items() {
        let at = sysctl.get("name");
        let name = at.text();
        if name.is_empty() {
            c.required(&at, "a kernel parameter has a name");
        } else if !is_sysctl(name) {
            c.invalid(codes::J1001, &at, format!("`{name}` is no kernel parameter: parts of lower-case letters, digits, `-` and `_`, with `.` or `/` between"));
        } else if let Some(first) = seen.get(name) {
            c.duplicate(&at, Some(*first), &format!("`{name}`"));
        }
        let dotted = name.replace('/', ".");
        if spec.get("hostNetwork").flag() && dotted.starts_with("net.") {
            c.invalid(codes::J1040, &at, format!("`{name}` is the host's when the pod is on its network"));
        }
        let ipc = dotted.starts_with("fs.mqueue.") || dotted.starts_with("kernel.shm") || dotted.starts_with("kernel.msg") || dotted == "kernel.sem";
        if spec.get("hostIPC").flag() && ipc {
            c.invalid(codes::J1040, &at, format!("`{name}` is the host's when the pod shares its IPC"));
        }
        seen.insert(name, at.origin());
    }
}

/// `validateSeccompProfileField`.
fn seccomp<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !at.is_set() {
        return;
    }
    let (kind, profile) = (at.get("type"), at.get("localhostProfile"));
    if c.need_text(&kind, "a profile has a type: `RuntimeDefault`, `Localhost` or `Unconfined`") {
        c.one_of(&kind, &["Localhost", "RuntimeDefault", "Unconfined"]);
    }
    if kind.text() == "Localhost" {
        if profile.is_set() {
            paths::descending(c, &profile);
        } else {
            c.required(&profile, "the type `Localhost` names a profile");
        }
    } else if profile.is_set() {
        c.invalid(codes::J1035, &profile, "only the type `Localhost` names a profile");
    }
}

/// `ValidateAppArmorProfileField`.
fn app_armor<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !at.is_set() {
        return;
    }
    let (kind, profile) = (at.get("type"), at.get("localhostProfile"));
    match kind.text() {
        "Localhost" => {
            let text = profile.text();
            if text.trim().len() != text.len() {
                c.invalid(codes::J1035, &profile, "the profile has blanks around it");
            } else if text.is_empty() {
                c.required(&profile, "the type `Localhost` names a profile");
            }
            c.too_long(&profile, 4095);
        }
        "RuntimeDefault" | "Unconfined" => {
            if profile.is_set() {
                c.invalid(codes::J1035, &profile, "only the type `Localhost` names a profile");
            }
        }
        "" => {
            c.required(&kind, "a profile has a type: `RuntimeDefault`, `Localhost` or `Unconfined`");
        }
        _ => {
            c.one_of(&kind, &["Localhost", "RuntimeDefault", "Unconfined"]);
        }
    }
}

/// `validateWindowsSecurityContextOptions`.
fn windows_options<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !at.is_set() {
        return;
    }
    let (name, spec, user) = (at.get("gmsaCredentialSpecName"), at.get("gmsaCredentialSpec"), at.get("runAsUserName"));
    if name.is_set() {
        c.dns_subdomain(&name);
    }
    if spec.is_set() {
        let length = spec.text().len();
        if length == 0 || length > 64 * 1024 {
            c.invalid(codes::J1006, &spec, "the credential spec is empty or larger than 64 KiB");
        }
    }
    if user.is_set()
        && let Err(why) = windows_user(user.text())
    {
        c.invalid(codes::J1001, &user, format!("`{}` is no user of Windows: {why}", user.text()));
    }
}

/// `DOMAIN\user` or `user`.
fn windows_user(text: &str) -> Result<(), &'static str> {
    if text.is_empty() {
        return Err("it is empty");
    }
    if text.bytes().any(|b| b.is_ascii_control()) {
        return Err("it has control characters");
    }
    let (domain, user) = match text.split_once('\\') {
        Some((_, user)) if user.contains('\\') => return Err("it has more than one `\\`"),
        Some((domain, user)) => (Some(domain), user),
        None => (None, text),
    };
    if let Some(domain) = domain {
        let bios = |s: &str| (1..=15).contains(&s.chars().count()) && !s.starts_with('.') && !s.contains(['\\', '/', ':', '*', '?', '"', '<', '>', '|']);
        let dns = |s: &str| s.split('.').all(|l| l.len() <= 63 && names::dns_label(&l.to_lowercase()).is_ok());
        if domain.len() >= 256 || !(bios(domain) || dns(domain)) {
            return Err("the part before `\\` is no domain");
        }
    }
    if user.is_empty() || user.len() > 104 {
        return Err("the user has 1 to 104 characters");
    }
    if user.chars().all(|c| matches!(c, '.' | ' ')) || user.contains(['"', '/', '\\', ':', ';', '|', '=', ',', '+', '*', '?', '<', '>', '@', '[', ']']) {
        return Err("the user has signs that are not allowed");
    }
    Ok(())
}

const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
const APP_ARMOR: &str = "container.apparmor.security.beta.kubernetes.io/";

/// `ValidateSeccompPodAnnotations`, `ValidateAppArmorPodAnnotations`.
pub fn profile_annotations<'v>(c: &mut Report<'v>, annotations: &At<'_, 'v>, spec: &At<'_, 'v>) {
    for (key, entry) in annotations.entries() {
        let profile = entry.text();
        if key == SECCOMP_POD || key.starts_with(SECCOMP_CONTAINER) {
            let at = annotations.called(key, entry.value());
            match profile.strip_prefix("localhost/") {
                Some(path) if !path.starts_with('/') && !path.split('/').any(|p| p == "..") => {}
                None if matches!(profile, "runtime/default" | "docker/default" | "unconfined") => {}
                _ => {
                    c.invalid(codes::J1035, &at, format!("`{profile}` is no seccomp profile: `runtime/default`, `unconfined` or `localhost/PATH`"));
                }
            }
        }
        if let Some(name) = key.strip_prefix(APP_ARMOR) {
            let mut found = false;
            each_container(spec, |container| found |= container.get("name").text() == name);
            if !found {
                c.invalid(codes::J1022, &entry, format!("no container of the pod is called `{name}`"));
            }
            if !matches!(profile, "" | "runtime/default" | "unconfined") && !profile.starts_with("localhost/") {
                c.invalid(codes::J1035, &entry, format!("`{profile}` is no AppArmor profile: `runtime/default`, `unconfined` or `localhost/NAME`"));
            }
        }
    }
}

/// An annotation's profile against a field's: `validateSeccompAnnotationsAndFieldsMatch` and its AppArmor sibling.
fn same_profile<'v>(c: &mut Report<'v>, field: &At<'_, 'v>, annotation: &At<'_, 'v>) {
    let Some(text) = annotation.opt_text() else { return };
    let wrong = match field.get("type").text() {
        "Unconfined" => (text != "unconfined").then_some("type"),
        "RuntimeDefault" => (!matches!(text, "runtime/default" | "docker/default")).then_some("type"),
        "Localhost" => match text.strip_prefix("localhost/") {
            None => Some("type"),
            Some(path) => (field.get("localhostProfile").opt_text() != Some(path)).then_some("localhostProfile"),
        },
        _ => None,
    };
    if let Some(wrong) = wrong {
        let error = c.error(codes::J1035, Reason::Forbidden, &field.get(wrong), "the annotation names another profile");
        error.related.push((annotation.origin(), "the annotation".to_owned()));
    }
}

/// `validateSeccompAnnotationsAndFields`, `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
pub fn annotations_match_fields<'v>(c: &mut Report<'v>, annotations: &At<'_, 'v>, spec: &At<'_, 'v>) {
    if annotations.is_empty() || !annotations.entries().any(|(k, _)| k == SECCOMP_POD || k.starts_with(SECCOMP_CONTAINER) || k.starts_with(APP_ARMOR)) {
        return;
    }
    let security = spec.get("securityContext");
    let pod_seccomp = security.get("seccompProfile");
    if pod_seccomp.is_set() {
        same_profile(c, &pod_seccomp, &annotations.key(SECCOMP_POD));
    }
    let windows = spec.get("os").get("name").text() == "windows";
    each_container(spec, |container| {
        let security = container.get("securityContext");
        let name = container.get("name").text();
        let annotation = |prefix: &str| annotations.entries().find(|(k, _)| k.strip_prefix(prefix) == Some(name)).map(|(_, at)| at);
        let seccomp = security.get("seccompProfile");
        if seccomp.is_set()
            && let Some(at) = annotation(SECCOMP_CONTAINER)
        {
            same_profile(c, &seccomp, &at);
        }
        let own = security.get("appArmorProfile");
        let inherited = security.called("appArmorProfile", spec.get("securityContext").get("appArmorProfile").value());
        let profile = if own.is_set() { own } else { inherited };
        if !windows
            && profile.is_set()
            && let Some(at) = annotation(APP_ARMOR)
        {
            same_profile(c, &profile, &at);
        }
    });
}
