//! One line a finding: `file:line:column: error[J0301]: message`.

use std::fmt::Write;

use super::printable::printable;
use super::{Counts, Style, severity_word};
use crate::diagnostics::Diagnostic;
use crate::source::Sources;

/// Renders the lines; the help follows the message in parentheses.
pub fn render(findings: &[Diagnostic], sources: &Sources, style: &Style) -> String {
    let mut out = String::new();
    for d in super::kept(findings) {
        if let Some((span, file)) = d.span().and_then(|s| Some((s, sources.get(s.file)?))) {
            let at = file.line_column(span.start);
            let _ = write!(out, "{}:{}:{}: ", printable(&file.name), at.line, at.column);
        }
        let _ = write!(out, "{}[{}]: {}", severity_word(d.severity), d.code.0, one_line(&d.message));
        if let Some(help) = &d.help {
            let _ = write!(out, " ({})", one_line(help));
        }
        out.push('\n');
    }
    if style.summary
        && let Some(sentence) = Counts::of(findings).sentence()
    {
        let _ = writeln!(out, "{sentence}");
    }
    out
}

/// The text on one line.
pub fn one_line(text: &str) -> String {
    printable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
