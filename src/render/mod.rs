//! Findings as text: for people (through miette), one line each, JSON, SARIF, GitHub annotations, JUnit. All made from [`crate::diagnostics::Diagnostic`]; nothing here decides what is wrong.

mod github;
mod human;
mod json;
mod junit;
mod order;
mod printable;
mod sarif;
mod short;

use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Sources;

pub use json::document;
pub use junit::{TestCase, junit_tests};
pub use order::arrange;

/// The formats of `--message-format`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Human,
    Short,
    Json,
    Sarif,
    Github,
    Junit,
}

/// How text for people looks.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub color: bool,
    /// In columns.
    pub width: usize,
    /// Whether a last line counts the findings.
    pub summary: bool,
}

impl Style {
    /// The same, without the last line.
    #[must_use]
    pub fn without_summary(mut self) -> Self {
        self.summary = false;
        self
    }
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 120, summary: true }
    }
}

/// How many findings text for people holds; the others are counted.
const SHOWN: usize = 1_000;
/// How many findings a document for machines holds: all of every honest run, a bound for hostile ones. Tools that compare files one by one need all.
const KEPT: usize = 250_000;

/// The findings of text for people.
fn shown(findings: &[Diagnostic]) -> &[Diagnostic] {
    findings.get(..SHOWN).unwrap_or(findings)
}

/// The findings of a document for machines.
fn kept(findings: &[Diagnostic]) -> &[Diagnostic] {
    findings.get(..KEPT).unwrap_or(findings)
}

/// Renders findings, in the order given (see [`arrange`]).
pub fn render(findings: &[Diagnostic], sources: &Sources, format: Format, style: &Style) -> String {
    match format {
        Format::Human => human::render(findings, sources, style),
        Format::Short => short::render(findings, sources, style),
        Format::Json => json::render(findings, sources),
        Format::Sarif => sarif::render(findings, sources),
        Format::Github => github::render(findings, sources),
        Format::Junit => junit::render(findings, sources),
    }
}

/// The word for a severity, in every format.
pub fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    }
}

/// How many findings there are of each severity.
#[derive(Clone, Copy, Debug, Default)]
struct Counts {
    errors: usize,
    warnings: usize,
}

impl Counts {
    fn of(findings: &[Diagnostic]) -> Self {
        let count = |s| findings.iter().filter(|d| d.severity == s).count();
        Self { errors: count(Severity::Error), warnings: count(Severity::Warning) }
    }

    /// `2 errors, 1 warning`; nothing when there are none.
    fn sentence(self) -> Option<String> {
        let plural = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let parts: Vec<String> = [(self.errors, "error"), (self.warnings, "warning")].iter().filter(|(n, _)| *n > 0).map(|(n, w)| plural(*n, w)).collect();
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}
