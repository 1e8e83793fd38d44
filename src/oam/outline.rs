//! The delivery plan as plain data, for `jibe plan`: what happens in which order, where to, after what.

use std::collections::HashMap;

use ecow::EcoString;
use serde::Serialize;

use super::model::{Application, Component, Mode};
use super::placement::Placement;
use super::plan::{self, PlanStep};
use crate::value::{Map, Value};

/// The plan of one application.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Outline {
    pub application: EcoString,
    pub namespace: EcoString,
    /// The application has no workflow: OAM implies this one.
    pub implied: bool,
    /// `StepByStep` or `DAG`.
    pub mode: &'static str,
    pub sub_mode: &'static str,
    pub steps: Vec<Entry>,
}

/// A step.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub name: EcoString,
    #[serde(rename = "type")]
    pub type_name: EcoString,
    /// Steps that have to end first.
    pub after: Vec<EcoString>,
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub condition: Option<EcoString>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timeout: Option<EcoString>,
    /// Where a delivery goes, and in which order its components go there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub targets: Vec<Target>,
    /// What a step that delivers nothing is about, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub does: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub inputs: Vec<EcoString>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub outputs: Vec<EcoString>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub steps: Vec<Entry>,
}

/// One placement.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Target {
    pub cluster: String,
    pub namespace: EcoString,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topology: Option<EcoString>,
    /// In the order of their dependencies.
    pub components: Vec<EcoString>,
}

/// The plan of an application whose placements are known.
pub fn outline(app: &Application, placements: &[Placement<'_>]) -> Outline {
    let (mode, sub_mode) = plan::modes(app);
    let steps = plan::steps(app);
    Outline {
        application: app.name.text.clone(),
        namespace: app.namespace().into(),
        implied: app.workflow.as_ref().is_none_or(|w| w.steps.is_empty()),
        mode: mode.word(),
        sub_mode: sub_mode.word(),
        steps: entries(&steps, mode, sub_mode, app, placements),
    }
}

fn entries(steps: &[PlanStep<'_>], mode: Mode, sub_mode: Mode, app: &Application, placements: &[Placement<'_>]) -> Vec<Entry> {
    let mut out: Vec<Entry> = Vec::new();
    for step in steps {
        let mut after = step.depends_on.clone();
        // One after the other: each waits for the one before it.
        if let (Mode::StepByStep, Some(previous)) = (mode, out.last())
            && !after.contains(&previous.name)
        {
            after.insert(0, previous.name.clone());
        }
        let own = step.step.and_then(|s| s.mode).unwrap_or(sub_mode);
        out.push(Entry {
            name: step.name.clone(),
            type_name: step.type_name.clone(),
            after,
            condition: step.step.and_then(|s| s.condition.as_ref()).map(|t| t.text.clone()),
            timeout: step.step.and_then(|s| s.timeout.as_ref()).map(|t| t.text.clone()),
            targets: targets(step, app, placements),
            does: does(step),
            inputs: step.step.iter().flat_map(|s| &s.inputs).map(|i| i.from.text.clone()).collect(),
            outputs: step.step.iter().flat_map(|s| &s.outputs).map(|o| o.name.text.clone()).collect(),
            steps: entries(&step.sub_steps, own, own, app, placements),
        });
    }
    out
}

fn targets(step: &PlanStep<'_>, app: &Application, placements: &[Placement<'_>]) -> Vec<Target> {
    let target = |p: &Placement<'_>, components: Vec<EcoString>| Target {
        cluster: p.cluster.describe(),
        namespace: p.namespace.as_ref().map_or_else(|| app.namespace().into(), |n| n.text.clone()),
        topology: p.topology.clone(),
        components,
    };
    if let Some(component) = step.applies() {
        let own = placements.iter().find(|p| p.step == step.name && !p.check_only);
        let local = placements.iter().find(|p| !p.check_only && p.step.is_empty());
        return own.or(local).map(|p| target(p, vec![component])).into_iter().collect();
    }
    placements.iter().filter(|p| !p.check_only && !p.step.is_empty() && p.step == step.name).map(|p| target(p, ordered(&p.components))).collect()
}

/// Chains of dependencies longer than this are shown in the order given.
const ROUNDS: usize = 1_000;

/// The names of components so that each comes after those that it depends on; otherwise in the order given.
pub fn ordered(components: &[Component]) -> Vec<EcoString> {
    let mut waiting: HashMap<&str, usize> = HashMap::new();
    for c in components {
        *waiting.entry(c.name.as_str()).or_default() += 1;
    }
    let mut out: Vec<EcoString> = Vec::with_capacity(components.len());
    let mut left: Vec<&Component> = components.iter().collect();
    // Each round takes those that wait for nothing; the rounds are as many as the longest chain, and bounded.
    for round in 0..=ROUNDS {
        let last = round == ROUNDS;
        let (ready, rest): (Vec<&Component>, Vec<&Component>) =
            left.iter().partition(|c| last || !c.depends_on.iter().any(|d| d.text != c.name.text && waiting.contains_key(d.as_str())));
        // A circle has been reported; what is in it goes in the order given.
        let (ready, rest) = if ready.is_empty() { (rest, Vec::new()) } else { (ready, rest) };
        for c in &ready {
            if let Some(n) = waiting.get_mut(c.name.as_str()) {
                *n -= 1;
                if *n == 0 {
                    waiting.remove(c.name.as_str());
                }
            }
            out.push(c.replica_key.as_ref().map_or_else(|| c.name.text.clone(), |k| ecow::eco_format!("{} ({k})", c.name.text)));
        }
        left = rest;
        if left.is_empty() {
            break;
        }
    }
    out
}

/// A few words about steps that deliver nothing.
fn does(step: &PlanStep<'_>) -> Option<String> {
    let properties = step.properties();
    let text = |key: &str| properties.and_then(|p: &Map| p.get(key)).and_then(Value::as_str).map(str::to_owned);
    match step.type_name.as_str() {
        "suspend" => Some(text("duration").map_or_else(|| "waits until somebody resumes the workflow".to_owned(), |d| format!("waits {d}"))),
        "deploy" if properties.and_then(|p| p.get("auto")).and_then(Value::as_bool) == Some(false) => Some("waits until somebody resumes the workflow, then delivers".to_owned()),
        "depends-on-app" => text("name").map(|n| format!("waits for the application `{n}`")),
        "request" => text("url").map(|u| format!("asks {u}")),
        "notification" => Some("sends a notification".to_owned()),
        _ => None,
    }
}
