//! Findings as the protocol has them.

use gen_lsp_types as lsp;

use super::context::Editor;
use crate::base::Range;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::ide::is_embedded;
use crate::source::{SourceFile, Sources};

/// Where the pages of codes are.
const PAGES: &str = "https://github.com/jibe-lang/jibe/blob/main/docs/errors";

/// The most findings that are told of one file.
const MOST: usize = 500;

/// What an editor is told of the findings of a file.
pub fn publish(source: &SourceFile, findings: &[Diagnostic], editor: &Editor, sources: &Sources) -> lsp::PublishDiagnosticsParams {
    let path = std::path::absolute(&source.name).unwrap_or_default();
    let version = editor.open.get(&path).map(|(_, v)| *v);
    let diagnostics = findings.iter().take(MOST).map(|d| convert(d, source, editor, sources)).collect();
    lsp::PublishDiagnosticsParams { uri: editor.uri(&source.name), version, diagnostics }
}

/// The stretch that a finding underlines in the file that it is shown in.
pub fn shown_at(d: &Diagnostic, source: &SourceFile) -> Range {
    let here = |primary: bool| d.labels.iter().find(|l| l.primary == primary && l.span.file == source.id).map(|l| l.span.range());
    here(true).or_else(|| here(false)).unwrap_or_default()
}

/// One finding.
pub fn convert(d: &Diagnostic, source: &SourceFile, editor: &Editor, sources: &Sources) -> lsp::Diagnostic {
    let range = shown_at(d, source);
    let mut message = d.message.clone();
    if let Some(label) = d.labels.iter().find(|l| l.primary && !l.message.is_empty()) {
        message = format!("{message}: {}", label.message);
    }
    for note in &d.notes {
        message.push_str("\nnote: ");
        message.push_str(note);
    }
    if let Some(help) = &d.help {
        message.push_str("\nhelp: ");
        message.push_str(help);
    }
    lsp::Diagnostic {
        range: editor.range(source, widened(range, &source.text)),
        severity: Some(match d.severity {
            Severity::Error => lsp::DiagnosticSeverity::Error,
            Severity::Warning => lsp::DiagnosticSeverity::Warning,
            Severity::Note => lsp::DiagnosticSeverity::Information,
        }),
        code: Some(lsp::Code::String(d.code.0.to_owned())),
        code_description: Some(lsp::CodeDescription { href: format!("{PAGES}/{}.md", d.code.0).into() }),
        source: Some("jibe".to_owned()),
        message: message.into(),
        tags: tags(d),
        related_information: related(d, source, range, editor, sources),
        data: None,
    }
}

/// An empty range is shown as the character that it stands before, where there is one on the line.
fn widened(range: Range, text: &str) -> Range {
    if range.start < range.end {
        return range;
    }
    match text.get(range.start as usize..).and_then(|t| t.chars().next()) {
        Some(c) if c != '\n' && c != '\r' => Range::new(range.start, range.start + c.len_utf8() as u32),
        _ => range,
    }
}

fn tags(d: &Diagnostic) -> Option<Vec<lsp::DiagnosticTag>> {
    if [codes::J0208, codes::J0405].contains(&d.code) {
        return Some(vec![lsp::DiagnosticTag::Unnecessary]);
    }
    d.message.contains("deprecated").then(|| vec![lsp::DiagnosticTag::Deprecated])
}

fn related(d: &Diagnostic, source: &SourceFile, shown: Range, editor: &Editor, sources: &Sources) -> Option<Vec<lsp::DiagnosticRelatedInformation>> {
    let others = d.labels.iter().filter(|l| !(l.span.file == source.id && l.span.range() == shown));
    let all: Vec<_> = others
        .filter(|l| !l.primary || is_embedded(l.span, sources) || l.span.file != source.id)
        .filter_map(|l| {
            let location = editor.location(l.span, sources)?;
            let message = if l.message.is_empty() { "here".to_owned() } else { l.message.clone() };
            Some(lsp::DiagnosticRelatedInformation { location, message })
        })
        .collect();
    (!all.is_empty()).then_some(all)
}
