//! GitHub workflow commands: `::error file=…,line=…::message`, shown as annotations on a pull request.

use std::fmt::Write;

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Sources;

/// Renders one command a finding.
pub fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let findings = super::shown(findings);
    let mut out = String::new();
    for d in findings {
        let command = match d.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let _ = write!(out, "::{command} ");
        if let Some((span, file)) = d.span().and_then(|s| Some((s, sources.get(s.file)?))) {
            let (start, end) = (file.line_column(span.start), file.line_column(span.end));
            let _ = write!(out, "file={},line={},endLine={},", property(&file.name), start.line, end.line);
            // Columns are allowed only within one line.
            if start.line == end.line {
                let _ = write!(out, "col={},endColumn={},", start.column, end.column);
            }
        }
        let mut message = d.message.clone();
        for extra in d.notes.iter().chain(&d.help) {
            let _ = write!(message, "\n{extra}");
        }
        let _ = writeln!(out, "title={}::{}", d.code.0, data(&message));
    }
    out
}

/// Escapes the text of a command.
fn data(text: &str) -> String {
    super::printable::printable(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
