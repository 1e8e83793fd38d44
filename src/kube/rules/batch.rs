//! Jobs and CronJobs (`pkg/apis/batch/validation`).

use super::core::pod::{Around, pod_template};
use super::metadata::{self, NameRule};
use super::report::{Report, shown};
use super::same::same;
use super::{At, job_policy, job_update, selector};
use crate::diagnostics::codes;
use crate::kube::Reason;
use crate::kube::syntax::{cron, names, time_zones};

/// Labels that the server gives a Job's pods.
const JOB_NAME_LABELS: [&str; 2] = ["job-name", "batch.kubernetes.io/job-name"];
const CONTROLLER_LABELS: [&str; 2] = ["controller-uid", "batch.kubernetes.io/controller-uid"];

/// `ValidateJob`, `ValidateJobUpdate`.
pub fn job<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let spec = root.get("spec");
    // A Job without labels gets its pods'; the server names the first place.
    let template = spec.get("template");
    let pods = template.get("metadata");
    let inherited = meta.get("labels").is_empty() && pods.get("labels").is_set();
    if inherited {
        metadata::labels(c, &meta.called("labels", pods.get("labels").value()));
    }
    job_spec(c, &spec, inherited, true);
    if let Some(old) = c.old {
        let old = At::root(old);
        job_update::job_update(c, &spec, &old);
        return;
    }
    let name = meta.get("name");
    job_selector(c, root, name.text(), inherited);
    let completions = spec.get("completions").opt_int().unwrap_or(0);
    if spec.get("completionMode").text() == "Indexed" && completions > 0 {
        let last = format!("{}-{}", name.text(), completions - 1);
        if let Err(why) = names::dns_label(&last) {
            c.invalid(codes::J1042, &name, format!("the last pod of an indexed Job would be called `{last}`: {why}"));
        }
    }
}

/// `validateGeneratedSelector`: the server makes the selector, unless it is told that the user does.
fn job_selector<'v>(c: &mut Report<'v>, root: &At<'_, 'v>, name: &str, inherited: bool) {
    let spec = root.get("spec");
    let (at, template) = (spec.get("selector"), spec.get("template"));
    let meta = template.get("metadata");
    let labels = meta.get("labels");
    if spec.get("manualSelector").flag() {
        if !at.is_set() {
            c.required(&at, "`manualSelector` says that you give a selector");
            c.invalid(codes::J1009, &labels, "the template's labels match no selector, for there is none");
        } else {
            selector::label_selector(c, &at);
            if selector::is_usable(&at) {
                selector::matches_template(c, &at, &template);
            }
        }
        return;
    }
    if at.is_set() {
        selector::label_selector(c, &at);
        if !selector::is_empty(&at) {
            let error = c.invalid(codes::J1010, &at, "the selector of a Job is made by the server");
            error.help = Some("leave it out, or say `manualSelector: true`".to_owned());
            if selector::is_usable(&at) && !at.get("matchLabels").is_empty() {
                selector::matches_template(c, &at, &template);
            }
        }
    }
    for key in JOB_NAME_LABELS {
        let label = labels.key(key);
        if label.is_set() && label.text() != name && !name.is_empty() {
            c.invalid(codes::J1061, &label, format!("`{key}` is the Job's own label: its value is the Job's name, `{name}`"));
        }
    }
    for key in CONTROLLER_LABELS {
        let label = labels.key(key);
        if label.is_set() {
            c.invalid(codes::J1061, &label, format!("`{key}` is the Job's own label: the server gives it"));
        }
    }
    if let Err(why) = names::label_value(name) {
        let message = format!("the Job's name becomes a label of its pods: {why}");
        if inherited {
            c.invalid(codes::J1002, &root.get("metadata").get("labels"), message)
        } else {
            c.invalid(codes::J1002, &template.called("labels", labels.value()), message)
        };
    }
}

/// Most completions without a limit of failed ones, and what goes with more.
const SOFT_COMPLETIONS: i64 = 100_000;
const HIGH_PARALLELISM: i64 = 10_000;
const HIGH_FAILED: i64 = 10_000;

/// `validateJobSpec`.
///
/// `labels_seen`: the template's labels were looked at; `counted`: missing counts are 1, as they are in a Job but not in a CronJob's template.
fn job_spec<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, labels_seen: bool, counted: bool) {
    for field in ["parallelism", "completions", "activeDeadlineSeconds", "backoffLimit", "ttlSecondsAfterFinished", "backoffLimitPerIndex", "maxFailedIndexes"] {
        c.nonnegative(&spec.get(field));
    }
    if spec.get("maxFailedIndexes").is_set() && !spec.get("backoffLimitPerIndex").is_set() {
        c.required(&spec.get("backoffLimitPerIndex"), "`maxFailedIndexes` count what exceeds it");
    }
    let manager = spec.get("managedBy");
    if manager.is_set() {
        domain_prefixed_path(c, &manager);
        c.too_long(&manager, 63);
    }
    completion(c, spec, counted);
    let policy = spec.get("podFailurePolicy");
    if policy.is_set() {
        job_policy::failure_policy(c, spec, &policy);
    }
    let success = spec.get("successPolicy");
    if success.is_set() {
        if spec.get("completionMode").text() == "Indexed" {
            job_policy::success_policy(c, spec, &success);
        } else {
            c.invalid(codes::J1042, &success, "a `successPolicy` needs `completionMode: Indexed`");
        }
    }
    let replacement = spec.get("podReplacementPolicy");
    if replacement.is_set() {
        let allowed: &[&str] = if policy.is_set() { &["Failed"] } else { &["Failed", "TerminatingOrFailed"] };
        c.one_of(&replacement, allowed);
    }
    let template = spec.get("template");
    pod_template(c, &template, Around { labels_seen, ..Around::default() });
    restart_policy(c, &template, &policy);
}

fn restart_policy<'v>(c: &mut Report<'v>, template: &At<'_, 'v>, policy: &At<'_, 'v>) {
    let spec = template.get("spec");
    let at = spec.get("restartPolicy");
    match at.text() {
        "" | "Always" => {
            let message = if at.text().is_empty() { "`restartPolicy` is missing: the default `Always` is not for Jobs" } else { "pods of a Job end: they do not restart `Always`" };
            let error = c.error(codes::J1011, Reason::Required, &at, message);
            error.help = Some("`OnFailure` or `Never`".to_owned());
        }
        "OnFailure" | "Never" => {
            if policy.is_set() && at.text() != "Never" {
                c.invalid(codes::J1011, &at, "with a `podFailurePolicy` pods restart `Never`").related.push((policy.origin(), "the policy".to_owned()));
            }
        }
        other => c.not_supported(&at, other, &["OnFailure", "Never"]),
    }
}

/// Counts and modes of completion.
fn completion<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, counted: bool) {
    let (mode, completions, parallelism) = (spec.get("completionMode"), spec.get("completions"), spec.get("parallelism"));
    let (per_index, failed) = (spec.get("backoffLimitPerIndex"), spec.get("maxFailedIndexes"));
    c.one_of_if_set(&mode, &["NonIndexed", "Indexed"]);
    if !mode.is_set() || mode.text() == "NonIndexed" {
        for at in [&per_index, &failed] {
            if at.is_set() {
                c.invalid(codes::J1042, at, format!("`{}` needs `completionMode: Indexed`", at.name()));
            }
        }
        return;
    }
    if mode.text() != "Indexed" {
        return;
    }
    let has_default = counted && !completions.is_set() && !parallelism.is_set();
    if !completions.is_set() && !has_default {
        c.required(&completions, "an indexed Job has as many indexes as completions");
    }
    let count = completions.opt_int().unwrap_or(1);
    let mut too_much = |at: &At<'_, 'v>, most: i64, why: &str| {
        if at.opt_int().is_some_and(|n| n > most) {
            c.invalid(codes::J1042, at, format!("{} is too much: {why} at most {most}", at.value().map(shown).unwrap_or_default()));
        }
    };
    too_much(&parallelism, 100_000, "an indexed Job runs");
    if completions.is_set() || has_default {
        too_much(&failed, count, "as many indexes can fail as there are completions,");
    }
    too_much(&failed, 100_000, "of an indexed Job fail");
    if count > SOFT_COMPLETIONS && per_index.is_set() {
        too_much(&parallelism, HIGH_PARALLELISM, "with so many completions there run");
        too_much(&failed, HIGH_FAILED, "with so many completions there fail");
        if !failed.is_set() {
            c.required(&failed, &format!("with more than {SOFT_COMPLETIONS} completions it is wanted"));
        }
    }
}

/// `IsDomainPrefixedPath`.
pub fn domain_prefixed_path<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    if !c.need_text(at, "a domain and a path are wanted: `example.com/name`") {
        return;
    }
    let Some((host, path)) = at.text().split_once('/').filter(|(h, p)| !h.is_empty() && !p.is_empty()) else {
        c.invalid(codes::J1001, at, format!("`{}` is no domain and path, such as `example.com/name`", at.text()));
        return;
    };
    if let Err(why) = names::dns_subdomain(host) {
        c.invalid(codes::J1001, at, format!("`{host}` is no domain: {why}"));
    }
    if !path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%!$&'()*+,;=:".contains(&b)) {
        c.invalid(codes::J1001, at, format!("`{path}` has signs that no path has"));
    }
}

/// Longest name of a CronJob: its Jobs get eleven characters more.
const CRON_NAME_MAX: usize = 52;

/// `ValidateCronJobCreate`, `ValidateCronJobUpdate`.
pub fn cron_job<'v>(c: &mut Report<'v>, root: &At<'_, 'v>) {
    let meta = root.get("metadata");
    metadata::object_meta(c, &meta, NameRule::Subdomain, true);
    let spec = root.get("spec");
    let old_root = c.old.map(At::root);
    let old = old_root.as_ref().map(|o| o.get("spec"));
    schedule(c, &spec, old.as_ref());
    c.nonnegative(&spec.get("startingDeadlineSeconds"));
    let zone = spec.get("timeZone");
    if zone.is_set() && old.as_ref().is_none_or(|o| !same(o.get("timeZone").value(), zone.value())) {
        time_zone(c, &zone);
    }
    c.one_of_or_empty(&spec.get("concurrencyPolicy"), &["Allow", "Forbid", "Replace"]);
    let template = spec.get("jobTemplate");
    let job = template.get("spec");
    job_spec(c, &job, false, false);
    if job.get("selector").is_set() {
        c.invalid(codes::J1010, &job.get("selector"), "selectors of a CronJob's Jobs are made by the server").help = Some("leave it out".to_owned());
    }
    if job.get("manualSelector").flag() {
        c.error(codes::J1010, Reason::NotSupported, &job.get("manualSelector"), "selectors of a CronJob's Jobs are made by the server");
    }
    c.nonnegative(&spec.get("successfulJobsHistoryLimit"));
    c.nonnegative(&spec.get("failedJobsHistoryLimit"));
    let name = meta.get("name");
    if c.old.is_none() && name.text().len() > CRON_NAME_MAX {
        c.invalid(codes::J1001, &name, format!("the name has {} characters: those of CronJobs have at most {CRON_NAME_MAX}, for their Jobs get eleven more", name.text().len()));
    }
}

/// `validateScheduleFormat`.
fn schedule<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, old: Option<&At<'_, 'v>>) {
    let at = spec.get("schedule");
    let text = at.text();
    if text.is_empty() {
        c.required(&at, "a CronJob says when: `0 3 * * *`");
        return;
    }
    // A zone in front is the time zone's field now, unless it stood there before.
    let rest = match text.strip_prefix("CRON_TZ=").or_else(|| text.strip_prefix("TZ=")) {
        Some(zoned) => zoned.split_once(' ').map_or("", |(_, rest)| rest.trim()),
        None => text,
    };
    if let Err(why) = cron::schedule(rest) {
        c.invalid(codes::J1044, &at, format!("`{text}` is no schedule: {why}"));
    }
    if text.contains("TZ") {
        let allowed = old.is_some_and(|o| o.get("schedule").text().contains("TZ"));
        if !allowed {
            c.invalid(codes::J1044, &at, "a schedule has no `TZ` or `CRON_TZ`").help = Some("use the field `timeZone`".to_owned());
        } else if spec.get("timeZone").is_set() {
            c.invalid(codes::J1044, &at, "the time zone is in the schedule and in `timeZone`");
        }
    }
}

/// `validateTimeZone`.
fn time_zone<'v>(c: &mut Report<'v>, at: &At<'_, 'v>) {
    let zone = at.text();
    if zone.is_empty() {
        c.invalid(codes::J1045, at, "the time zone is empty: leave it out or name one, such as `Europe/Berlin`");
        return;
    }
    if zone.eq_ignore_ascii_case("local") {
        c.invalid(codes::J1045, at, format!("`{zone}` depends on the host: name a zone, such as `Europe/Berlin`"));
        return;
    }
    if !time_zones::is_time_zone(zone) {
        let near = crate::diagnostics::nearest(zone, time_zones::ZONES.iter().copied());
        let error = c.invalid(codes::J1045, at, format!("`{zone}` is no time zone of the IANA database"));
        if let Some(near) = near {
            error.help = Some(format!("did you mean `{near}`?"));
            error.replacement = Some(near.to_owned());
        }
    }
}
