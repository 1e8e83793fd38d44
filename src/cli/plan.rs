//! `jibe plan`: the delivery plan of applications.

use std::fmt::Write;
use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, inputs, report, write_stdout};
use crate::driver::Session;
use crate::oam::{Entry, Outline};
use crate::source::DiskWorld;

/// Prints the delivery plan: the steps of the workflow, or those that OAM implies
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How the plan is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// How a plan is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Text,
    Json,
}

/// Prints the plans; findings about the applications go to standard error.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let inputs = inputs(&arguments.paths)?;
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    let work = session.read(&inputs, false)?;
    let (plans, findings) = session.plan(work);
    let text = match arguments.format {
        Format::Text => plans.iter().map(text).collect::<Vec<_>>().join("\n"),
        Format::Json => format!("{:#}\n", serde_json::json!({ "version": 1, "plans": plans })),
    };
    write_stdout(text.as_bytes());
    Ok(report(findings, &session.sources, common, Stream::Stderr))
}

fn text(plan: &Outline) -> String {
    let mut out = String::new();
    let order = match (plan.mode, plan.steps.len()) {
        (_, 0) => "nothing to do".to_owned(),
        (_, 1) => "1 step".to_owned(),
        ("DAG", n) => format!("{n} steps, at once unless they depend on each other"),
        (_, n) => format!("{n} steps, one after the other"),
    };
    let implied = if plan.implied && !plan.steps.is_empty() { " (implied: the application has no workflow)" } else { "" };
    let _ = writeln!(out, "{}: {order}{implied}", plan.application);
    for (i, step) in plan.steps.iter().enumerate() {
        entry(step, &format!("{}.", i + 1), 1, plan.mode == "DAG", &mut out);
    }
    out
}

fn entry(step: &Entry, number: &str, depth: usize, dag: bool, out: &mut String) {
    let indent = "  ".repeat(depth);
    let _ = write!(out, "{indent}{number} {} ({})", step.name, step.type_name);
    if dag && !step.after.is_empty() {
        let _ = write!(out, " after {}", step.after.join(", "));
    }
    if let Some(condition) = &step.condition {
        let _ = write!(out, " if {condition}");
    }
    if let Some(timeout) = &step.timeout {
        let _ = write!(out, " within {timeout}");
    }
    out.push('\n');
    let inner = " ".repeat(indent.len() + number.len() + 1);
    if let Some(does) = &step.does {
        let _ = writeln!(out, "{inner}{does}");
    }
    for t in &step.targets {
        let place = if t.cluster == "local" { format!("namespace {}", t.namespace) } else { format!("{}, namespace {}", t.cluster, t.namespace) };
        let _ = writeln!(out, "{inner}{} → {place}", t.components.join(", "));
    }
    for (i, s) in step.steps.iter().enumerate() {
        entry(s, &format!("{number}{}", i + 1), depth + 1, true, out);
    }
}
