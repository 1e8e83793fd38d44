//! Workflows: inside an application, and as documents of their own.

use super::super::condition;
use super::super::fields::{Reader, Record};
use super::super::model::{Mode, Step, Text, Workflow};
use super::application::{data_flow, unit};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::value::Value;

const WORKFLOW: &[&str] = &["ref", "mode", "steps"];
const DOCUMENT: &[&str] = &["apiVersion", "kind", "metadata", "mode", "steps"];
const MODES: &[&str] = &["steps", "subSteps"];
const STEP: &[&str] = &["name", "type", "properties", "if", "timeout", "dependsOn", "inputs", "outputs", "meta", "mode", "subSteps"];
const SUB_STEP: &[&str] = &["name", "type", "properties", "if", "timeout", "dependsOn", "inputs", "outputs", "meta"];

/// Reads `spec.workflow`.
pub fn read(reader: &mut Reader<'_>, value: &Value) -> Option<Workflow> {
    let what = "a workflow";
    let record = reader.record(value, "`workflow`", what, WORKFLOW)?;
    reader.strangers(&record, what, WORKFLOW, None);
    let reference = reader.optional_text(&record, "ref");
    Some(body(reader, value, &record, reference))
}

/// Reads a workflow document, with its name.
pub fn standalone(reader: &mut Reader<'_>, value: &Value) -> Option<(Text, Workflow)> {
    let what = "a workflow document";
    let record = reader.record(value, "a document", what, DOCUMENT)?;
    reader.strangers(&record, what, DOCUMENT, None);
    let name = super::metadata_name(reader, &record, "the workflow");
    let workflow = body(reader, value, &record, None);
    Some((name?, workflow))
}

fn body(reader: &mut Reader<'_>, value: &Value, record: &Record<'_>, reference: Option<Text>) -> Workflow {
    let mut workflow = Workflow { span: reader.span(value.origin), reference, ..Workflow::default() };
    if let Some(e) = record.entry("mode")
        && let Some(modes) = reader.record(&e.value, "`mode`", "`mode`", MODES)
    {
        reader.strangers(&modes, "`mode`", MODES, None);
        workflow.mode = mode(reader, &modes, "steps").unwrap_or(Mode::StepByStep);
        workflow.sub_mode = mode(reader, &modes, "subSteps").unwrap_or(Mode::Dag);
    }
    for (i, v) in reader.list(record, "steps").iter().enumerate() {
        workflow.steps.extend(step(reader, v, i, false));
    }
    workflow
}

fn mode(reader: &mut Reader<'_>, record: &Record<'_>, key: &str) -> Option<Mode> {
    let text = reader.optional_text(record, key)?;
    match text.as_str() {
        "DAG" => Some(Mode::Dag),
        "StepByStep" => Some(Mode::StepByStep),
        other => {
            let mut d = Diagnostic::new(codes::J0304, format!("`{other}` is no mode; modes are `StepByStep` and `DAG`")).primary(text.span, "unknown mode");
            if let Some(near) = nearest(other, ["DAG", "StepByStep"]) {
                d = d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), text.span, near);
            }
            reader.report(d);
            None
        }
    }
}

fn step(reader: &mut Reader<'_>, value: &Value, index: usize, sub: bool) -> Option<Step> {
    let (what, known) = if sub { ("a sub-step", SUB_STEP) } else { ("a step", STEP) };
    let record = reader.record(value, what, what, known)?;
    let unit = unit(reader, value, &record, what, known);
    let given = reader.optional_text(&record, "name");
    let named = given.is_some();
    let name = given.unwrap_or_else(|| Text::new(ecow::eco_format!("step-{index}"), value.origin, record.place));
    let (inputs, outputs) = data_flow(reader, &record);
    let condition = reader.optional_text(&record, "if");
    if let Some(text) = &condition {
        condition::check(reader, text);
    }
    let timeout = reader.optional_text(&record, "timeout");
    if let Some(text) = &timeout {
        condition::duration(reader, text, "timeout");
    }
    let depends_on = reader.texts(&record, "dependsOn");
    let step_mode = if sub { None } else { mode(reader, &record, "mode") };
    if let Some(e) = record.entry("meta")
        && let Some(meta) = reader.record(&e.value, "`meta`", "`meta`", &["alias"])
    {
        reader.strangers(&meta, "`meta`", &["alias"], None);
    }
    let mut sub_steps = Vec::new();
    if !sub {
        for (i, v) in reader.list(&record, "subSteps").iter().enumerate() {
            sub_steps.extend(self::step(reader, v, i, true));
        }
    }
    Some(Step { name, named, unit, condition, timeout, depends_on, inputs, outputs, sub_steps, mode: step_mode })
}
