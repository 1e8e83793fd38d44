//! Policies and workflows that are documents of their own join the applications that name them.

use super::rehome::rehome;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::oam::{Application, Policy, Step, Text, Unit, Workflow};
use crate::value::{Origin, Origins, Value};

/// Brings in the workflow that the application refers to and the policies that its `deploy` steps name and it does not have itself.
pub fn join(app: &mut Application, origins: &mut Origins, policies: &[(Policy, Origins)], workflows: &[(Text, Workflow, Origins)]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    if let Some(reference) = app.workflow.as_ref().and_then(|w| w.reference.clone()) {
        match workflows.iter().find(|(name, _, _)| name.text == reference.text) {
            Some((_, workflow, from)) => {
                let mut joined = workflow.clone();
                joined.reference = Some(reference);
                for step in &mut joined.steps {
                    move_step(step, from, origins);
                }
                app.workflow = Some(joined);
            }
            // It may live in the cluster; a near miss among the inputs is a mistake.
            None => {
                if let Some(near) = nearest(&reference.text, workflows.iter().map(|(n, _, _)| n.as_str())) {
                    findings.push(
                        Diagnostic::new(codes::J0806, format!("`ref` refers to a workflow `{}` that does not exist", reference.text))
                            .primary(reference.span, "no workflow has this name")
                            .help(format!("did you mean `{near}`?"))
                            .fix(format!("write `{near}`"), reference.span, near),
                    );
                }
            }
        }
    }
    let steps = app.workflow.iter().flat_map(|w| &w.steps).flat_map(|s| std::iter::once(s).chain(&s.sub_steps));
    let named: Vec<String> = steps.filter_map(|s| s.unit.properties.as_ref()?.get("policies")?.as_list()).flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect();
    for (policy, from) in policies {
        if named.iter().any(|n| *n == policy.name.text) && app.policy(&policy.name.text).is_none() {
            let mut joined = policy.clone();
            move_unit(&mut joined.unit, from, origins);
            move_text(&mut joined.name, from, origins);
            app.policies.push(joined);
        }
    }
    findings
}

fn move_step(step: &mut Step, from: &Origins, to: &mut Origins) {
    move_text(&mut step.name, from, to);
    move_unit(&mut step.unit, from, to);
    for t in step.depends_on.iter_mut().chain(&mut step.condition).chain(&mut step.timeout) {
        move_text(t, from, to);
    }
    for i in &mut step.inputs {
        move_text(&mut i.from, from, to);
        i.parameter_key.iter_mut().for_each(|t| move_text(t, from, to));
    }
    for o in &mut step.outputs {
        move_text(&mut o.name, from, to);
        o.value_from.iter_mut().for_each(|t| move_text(t, from, to));
    }
    for s in &mut step.sub_steps {
        move_step(s, from, to);
    }
}

fn move_unit(unit: &mut Unit, from: &Origins, to: &mut Origins) {
    move_text(&mut unit.type_name, from, to);
    unit.properties = unit.properties.as_ref().map(|v: &Value| rehome(v, from, to));
}

fn move_text(text: &mut Text, from: &Origins, to: &mut Origins) {
    if text.origin != Origin::UNKNOWN {
        let node = from.get(text.origin);
        text.origin = to.leaf(node.span, node.kind);
    }
}
