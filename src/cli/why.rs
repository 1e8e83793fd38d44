//! `jibe why`: where a field of an object came from.

use std::fmt::Write;
use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, inputs, report, write_stdout};
use crate::driver::{Session, why};
use crate::oam::{Delivery, Object};
use crate::source::DiskWorld;
use crate::value::{Origins, Value};

/// Shows where a field of an object came from, writer by writer
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The object: `Deployment/web`, or `Deployment/namespace/web`
    pub object: String,
    /// The field: `spec.replicas`, `spec.template.spec.containers[0].image`
    pub field: String,
    /// Files, folders, or `-` for standard input
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// How the answer is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: super::plan::Format,
}

/// Finds the object in every placement and prints the chain of the field.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let inputs = inputs(&arguments.paths)?;
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    let work = session.read(&inputs, false)?;
    let outcome = session.compile(work);
    let mut text = String::new();
    let mut answers = Vec::new();
    let mut failure = None;
    let mut matched = false;
    for (compiled, origins) in &outcome.applications {
        for delivery in &compiled.deliveries {
            for object in delivery.objects.iter().filter(|o| is(&o.value, &arguments.object)) {
                matched = true;
                match why::find(&object.value, &arguments.field) {
                    Ok(value) => {
                        let answer = Answer { object, value, delivery, origins, session: &session };
                        // Placements that got the value in the same way are one answer.
                        let rendered = answer.text(&arguments.field);
                        if !text.contains(&rendered) {
                            answers.push(answer.json(&arguments.field));
                            text.push_str(&rendered);
                        }
                    }
                    Err(message) => failure = Some(message),
                }
            }
        }
    }
    session.cover_secrets();
    let exit = report(outcome.findings, &session.sources, common, Stream::Stderr);
    if !matched {
        let known: Vec<String> = outcome
            .applications
            .iter()
            .flat_map(|(c, _)| &c.deliveries)
            .flat_map(|d| &d.objects)
            .map(|o| label(&o.value))
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .collect();
        let fault = Fault::new(format!("no object `{}` is rendered", arguments.object));
        return Err(if known.is_empty() { fault } else { fault.help(format!("there are {}", known.join(", "))) });
    }
    if answers.is_empty() {
        return Err(Fault::new(failure.unwrap_or_default()));
    }
    match arguments.format {
        super::plan::Format::Text => write_stdout(session.secrets.hide(&text).unwrap_or(text).as_bytes()),
        super::plan::Format::Json => {
            let document = format!("{:#}\n", serde_json::json!({ "version": 1, "answers": answers }));
            write_stdout(session.secrets.hide(&document).unwrap_or(document).as_bytes());
        }
    }
    Ok(exit)
}

fn text_at<'v>(value: &'v Value, path: &[&str]) -> &'v str {
    value.at(path).and_then(Value::as_str).unwrap_or_default()
}

fn label(value: &Value) -> String {
    format!("{}/{}", text_at(value, &["kind"]), text_at(value, &["metadata", "name"]))
}

/// Whether an object is the one that `Kind/name` or `Kind/namespace/name` means; kinds in any case.
fn is(value: &Value, wanted: &str) -> bool {
    let parts: Vec<&str> = wanted.split('/').collect();
    let kind = |k: &str| text_at(value, &["kind"]).eq_ignore_ascii_case(k);
    let name = |n: &str| text_at(value, &["metadata", "name"]) == n;
    match parts.as_slice() {
        [k, n] => kind(k) && name(n),
        [k, ns, n] => kind(k) && name(n) && text_at(value, &["metadata", "namespace"]) == *ns,
        _ => false,
    }
}

/// How many parts of a list or object are shown.
const PARTS: usize = 40;

/// The parts of a list or object, with their names.
fn children(value: &Value) -> Vec<(String, &Value)> {
    if let Some(list) = value.as_list() {
        return list.iter().enumerate().take(PARTS).map(|(i, v)| (v.get("name").and_then(Value::as_str).map_or_else(|| format!("[{i}]"), |n| format!("[name={n}]")), v)).collect();
    }
    value.as_map().into_iter().flatten().take(PARTS).map(|e| (e.key.to_string(), &e.value)).collect()
}

/// A field in one placement.
struct Answer<'a> {
    object: &'a Object,
    value: &'a Value,
    delivery: &'a Delivery,
    origins: &'a Origins,
    session: &'a Session,
}

impl Answer<'_> {
    fn shown(&self) -> String {
        let mut out = String::new();
        crate::yaml::write_json(self.value, &mut out);
        out
    }

    fn text(&self, field: &str) -> String {
        let mut out = String::new();
        let place = if self.delivery.cluster.is_empty() { String::new() } else { format!(" on {}", self.delivery.cluster) };
        let _ = writeln!(out, "{} {field}{place} = {}", label(&self.object.value), self.shown());
        for link in why::chain(self.object, self.value, self.origins, &self.session.sources) {
            let at = self.session.sources.get(link.span.file).filter(|_| link.span.end > 0).map(|f| {
                let at = f.line_column(link.span.start);
                format!("  {}:{}:{}", f.name, at.line, at.column)
            });
            let _ = writeln!(out, "{}{}{}", "  ".repeat(link.depth + 1), link.how, at.unwrap_or_default());
        }
        for (name, child) in children(self.value) {
            let Some(link) = why::chain(self.object, child, self.origins, &self.session.sources).into_iter().next() else { continue };
            let at = self.session.sources.get(link.span.file).filter(|_| link.span.end > 0).map(|f| {
                let at = f.line_column(link.span.start);
                format!("  {}:{}:{}", f.name, at.line, at.column)
            });
            let _ = writeln!(out, "  {name}: {}{}", link.how, at.unwrap_or_default());
        }
        out
    }

    fn json(&self, field: &str) -> serde_json::Value {
        let chain: Vec<serde_json::Value> = why::chain(self.object, self.value, self.origins, &self.session.sources)
            .into_iter()
            .map(|l| {
                let file = self.session.sources.get(l.span.file).filter(|_| l.span.end > 0);
                let at = file.as_ref().map(|f| f.line_column(l.span.start));
                serde_json::json!({ "depth": l.depth, "how": l.how, "file": file.map(|f| f.name.clone()), "line": at.map(|a| a.line), "column": at.map(|a| a.column) })
            })
            .collect();
        serde_json::json!({ "object": label(&self.object.value), "field": field, "cluster": self.delivery.cluster, "value": serde_json::from_str::<serde_json::Value>(&self.shown()).ok(), "chain": chain })
    }
}
