//! The JSON document of design §7, on which other tools build: keys and codes are stable, messages are not.

use serde::Serialize;
use serde_json::Value;

use super::{Counts, severity_word};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, ObjectRef};
use crate::source::Sources;

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    diagnostics: Vec<Finding<'a>>,
    summary: Summary,
}

#[derive(Serialize)]
struct Summary {
    errors: usize,
    warnings: usize,
}

#[derive(Serialize)]
struct Finding<'a> {
    code: &'a str,
    severity: &'static str,
    message: &'a str,
    labels: Vec<Label<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    object: Option<Object<'a>>,
    notes: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<&'a str>,
    fixes: Vec<Fix<'a>>,
    /// The rule or lint, for findings of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    rule: Option<&'a str>,
}

#[derive(Serialize)]
struct Label<'a> {
    primary: bool,
    #[serde(flatten)]
    place: Place,
    message: &'a str,
}

/// Where something stands: lines and columns from 1, columns in characters, the end exclusive; offsets in bytes.
#[derive(Serialize)]
struct Place {
    file: String,
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    offset: u32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Object<'a> {
    api_version: &'a str,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<&'a str>,
}

#[derive(Serialize)]
struct Fix<'a> {
    title: &'a str,
    safe: bool,
    edits: Vec<Edit<'a>>,
}

#[derive(Serialize)]
struct Edit<'a> {
    #[serde(flatten)]
    place: Place,
    text: &'a str,
}

/// The document as text.
pub fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let mut text = serde_json::to_string_pretty(&build(findings, sources)).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as a value, for other formats and for tests.
pub fn document(findings: &[Diagnostic], sources: &Sources) -> Value {
    serde_json::to_value(build(findings, sources)).unwrap_or_default()
}

fn build<'a>(findings: &'a [Diagnostic], sources: &Sources) -> Document<'a> {
    let counts = Counts::of(findings);
    Document { version: 1, diagnostics: super::kept(findings).iter().map(|d| finding(d, sources)).collect(), summary: Summary { errors: counts.errors, warnings: counts.warnings } }
}

fn finding<'a>(d: &'a Diagnostic, sources: &Sources) -> Finding<'a> {
    let labels = d.labels.iter().map(|l| Label { primary: l.primary, place: place(l.span, sources), message: &l.message });
    let fixes = d.fixes.iter().map(|f| Fix { title: &f.title, safe: f.safe, edits: f.edits.iter().map(|e| Edit { place: place(e.span, sources), text: &e.text }).collect() });
    Finding {
        code: d.code.0,
        severity: severity_word(d.severity),
        message: &d.message,
        labels: labels.collect(),
        object: d.object.as_deref().map(object),
        notes: &d.notes,
        help: d.help.as_deref(),
        fixes: fixes.collect(),
        rule: d.rule.as_deref().map(|r| r.name.as_str()),
    }
}

fn object(o: &ObjectRef) -> Object<'_> {
    Object { api_version: &o.api_version, kind: &o.kind, namespace: o.namespace.as_deref(), name: &o.name, path: o.path.as_deref() }
}

fn place(span: Span, sources: &Sources) -> Place {
    let position = |offset: u32| {
        let at = sources.get(span.file).map(|f| f.line_column(offset));
        Position { line: at.map_or(1, |a| a.line), column: at.map_or(1, |a| a.column), offset }
    };
    Place { file: sources.get(span.file).map(|f| f.name.clone()).unwrap_or_default(), start: position(span.start), end: position(span.end) }
}
