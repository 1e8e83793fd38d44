//! When a Job's pods and the Job itself count as failed or done (`pkg/apis/batch/validation`: `validatePodFailurePolicy`, `validateSuccessPolicy`).

use std::collections::HashMap;

use super::At;
use super::metadata;
use super::report::Report;
use crate::diagnostics::codes;
use crate::kube::Reason;

const ACTIONS: &[&str] = &["Count", "FailIndex", "FailJob", "Ignore"];

/// `validatePodFailurePolicy`.
pub fn failure_policy<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, policy: &At<'_, 'v>) {
    let rules = policy.get("rules");
    c.too_many(&rules, 20);
    for rule in rules.items() {
        let action = rule.get("action");
        if c.need_text(&action, "a rule says what to do") && c.one_of(&action, ACTIONS) && action.text() == "FailIndex" && !spec.get("backoffLimitPerIndex").is_set() {
            c.invalid(codes::J1043, &action, "`FailIndex` needs the Job's `backoffLimitPerIndex`");
        }
        let (exit, conditions) = (rule.get("onExitCodes"), rule.get("onPodConditions"));
        if exit.is_set() {
            on_exit_codes(c, spec, &exit);
        }
        c.too_many(&conditions, 20);
        for condition in conditions.items() {
            metadata::qualified(c, &condition.get("type"));
            c.one_of_or_empty(&condition.get("status"), &["False", "True", "Unknown"]);
        }
        if exit.is_set() && !conditions.is_empty() {
            c.invalid(codes::J1043, &rule, "a rule is about `onExitCodes` or `onPodConditions`, not both");
        }
        if !exit.is_set() && conditions.is_empty() {
            c.invalid(codes::J1043, &rule, "a rule is about `onExitCodes` or `onPodConditions`: neither is there");
        }
    }
}

/// `validatePodFailurePolicyRuleOnExitCodes`.
fn on_exit_codes<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, at: &At<'_, 'v>) {
    let operator = at.get("operator");
    if c.need_text(&operator, "`In` or `NotIn`") {
        c.one_of(&operator, &["In", "NotIn"]);
    }
    let name = at.get("containerName");
    if name.is_set() {
        let template = spec.get("template");
        let pod = template.get("spec");
        let mut known = Vec::new();
        for list in ["containers", "initContainers"] {
            known.extend(pod.get(list).list().iter().filter_map(|v| v.get("name")?.as_str()));
        }
        if !known.contains(&name.text()) {
            let near = crate::diagnostics::nearest(name.text(), known.iter().copied());
            let error = c.invalid(codes::J1022, &name, format!("no container of the template is called `{}`", name.text()));
            error.help = near.map(|n| format!("did you mean `{n}`?"));
        }
    }
    let values = at.get("values");
    if values.is_empty() {
        c.invalid(codes::J1043, &values, "at least one exit code is wanted");
    }
    c.too_many(&values, 255);
    let mut seen = HashMap::new();
    let mut last = i64::MIN;
    let mut ordered = true;
    for value in values.items() {
        let n = value.int();
        if operator.text() == "In" && n == 0 {
            c.invalid(codes::J1043, &value, "`0` is success: it is no exit code to fail by");
        }
        match seen.get(&n) {
            Some(first) => c.duplicate(&value, Some(*first), &format!("`{n}`")),
            None => drop(seen.insert(n, value.origin())),
        }
        ordered &= last <= n;
        last = n;
    }
    if !ordered {
        c.invalid(codes::J1043, &values, "exit codes are given in order");
    }
}

/// `validateSuccessPolicy`.
pub fn success_policy<'v>(c: &mut Report<'v>, spec: &At<'_, 'v>, policy: &At<'_, 'v>) {
    let rules = policy.get("rules");
    if rules.is_empty() {
        c.required(&rules, "a success policy has at least one rule");
    }
    c.too_many(&rules, 20);
    let completions = spec.get("completions").opt_int().unwrap_or(1);
    for rule in rules.items() {
        let (count, indexes) = (rule.get("succeededCount"), rule.get("succeededIndexes"));
        if !count.is_set() && !indexes.is_set() {
            c.error(codes::J1043, Reason::Required, &rule, "a rule has a `succeededCount` or `succeededIndexes`");
        }
        let mut total = None;
        if indexes.is_set() {
            c.too_long(&indexes, 64 * 1024);
            match count_indexes(indexes.text(), completions) {
                Ok(n) => total = Some(n),
                Err(why) => {
                    total = Some(0);
                    c.invalid(codes::J1043, &indexes, format!("`{}` are no indexes: {why}", indexes.text()));
                }
            }
        }
        c.nonnegative(&count);
        let Some(n) = count.opt_int() else { continue };
        if n > completions {
            c.invalid(codes::J1043, &count, format!("`{n}` is more than the Job's {completions} completions"));
        }
        if total.is_some_and(|t| n > t) {
            c.invalid(codes::J1043, &count, format!("`{n}` is more than `succeededIndexes` has"));
        }
    }
}

/// `validateIndexesFormat`: `0,2-4`, ascending.
fn count_indexes(text: &str, completions: i64) -> Result<i64, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let index = |s: &str| -> Result<i64, String> {
        let n: i64 = s.parse().map_err(|_| format!("`{s}` is no number"))?;
        if n >= completions { Err(format!("`{n}` is beyond the last index, {}", completions - 1)) } else { Ok(n) }
    };
    let (mut last, mut total) = (None, 0);
    for interval in text.split(',') {
        let (low, high) = match interval.split_once('-') {
            Some((_, high)) if high.contains('-') => return Err(format!("`{interval}` has too many `-`")),
            Some((low, high)) => {
                let (low, high) = (index(low)?, index(high)?);
                if low >= high {
                    return Err(format!("`{interval}` does not ascend"));
                }
                (low, high)
            }
            None => (index(interval)?, index(interval)?),
        };
        if last.is_some_and(|l| l >= low) {
            return Err(format!("`{interval}` does not ascend"));
        }
        total += high - low + 1;
        last = Some(high);
    }
    Ok(total)
}
