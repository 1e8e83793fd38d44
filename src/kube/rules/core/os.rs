//! What a pod cannot have on its operating system (core `validation.go`: `validateOS`, `validateLinux`, `validateWindows`, `validateWindowsHostProcessPod`).

use super::pod::each_container;
use crate::diagnostics::codes;
use crate::kube::rules::At;
use crate::kube::rules::report::Report;

/// Fields of a pod's security context that Windows has not.
const POD_FIELDS: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "fsGroup",
    "fsGroupChangePolicy",
    "sysctls",
    "runAsUser",
    "runAsGroup",
    "supplementalGroups",
    "supplementalGroupsPolicy",
    "seLinuxChangePolicy",
];
/// Fields of a container's security context that Windows has not.
const CONTAINER_FIELDS: &[&str] = &[
    "appArmorProfile",
    "seLinuxOptions",
    "seccompProfile",
    "capabilities",
    "readOnlyRootFilesystem",
    "privileged",
    "allowPrivilegeEscalation",
    "procMount",
    "runAsUser",
    "runAsGroup",
];

/// `validateOS` and what follows from it.
pub fn os<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let os = spec.get("os");
    if !os.is_set() {
        return;
    }
    let name = os.get("name");
    match name.text() {
        "" => {
            c.required(&name, "an operating system has a name");
        }
        "linux" => linux(c, spec),
        "windows" => windows(c, spec),
        other => c.not_supported(&os, other, &["linux", "windows"]),
    }
}

fn not_here<'v>(c: &mut Report<'v>, at: &At<'_, 'v>, os: &str) {
    c.forbidden(codes::J1041, at, format!("a pod for {os} has no `{}`", at.name()));
}

fn linux<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let security = spec.get("securityContext");
    if security.get("windowsOptions").is_set() {
        not_here(c, &security.get("windowsOptions"), "Linux");
    }
    each_container(spec, |container| {
        let security = container.get("securityContext");
        if security.get("windowsOptions").is_set() {
            not_here(c, &security.get("windowsOptions"), "Linux");
        }
    });
}

fn windows<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    for field in ["hostUsers", "shareProcessNamespace"] {
        if spec.get(field).is_set() {
            not_here(c, &spec.get(field), "Windows");
        }
    }
    for field in ["hostPID", "hostIPC"] {
        if spec.get(field).flag() {
            not_here(c, &spec.get(field), "Windows");
        }
    }
    let security = spec.get("securityContext");
    for field in POD_FIELDS {
        let at = security.get(field);
        if at.is_set() && !(*field == "sysctls" && at.is_empty()) {
            not_here(c, &at, "Windows");
        }
    }
    each_container(spec, |container| {
        let security = container.get("securityContext");
        for field in CONTAINER_FIELDS {
            if security.get(field).is_set() {
                not_here(c, &security.get(field), "Windows");
            }
        }
    });
}

/// `validateWindowsHostProcessPod`: all containers are host processes, on the host's network, or none is.
pub fn windows_host_process<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>) {
    let pod = spec.get("securityContext").get("windowsOptions").get("hostProcess").opt_flag();
    let (mut containers, mut processes) = (0, 0);
    each_container(spec, |container| {
        containers += 1;
        let security = container.get("securityContext");
        let options = security.get("windowsOptions");
        let own = options.get("hostProcess");
        if let (Some(pod), Some(flag)) = (pod, own.opt_flag())
            && pod != flag
        {
            c.invalid(codes::J1041, &own, format!("the pod says `hostProcess: {pod}`: a container cannot differ"));
        }
        if own.opt_flag().or(pod) == Some(true) {
            processes += 1;
        }
    });
    if processes == 0 {
        return;
    }
    if processes != containers {
        c.invalid(codes::J1041, spec, "either all containers of a pod are host processes or none is");
    }
    if !spec.get("hostNetwork").flag() {
        c.invalid(codes::J1041, &spec.get("hostNetwork"), "host processes need `hostNetwork: true`");
    }
}
