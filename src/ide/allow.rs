//! The comment that allows a rule, lint or warning in one place, as an action.

use super::TextEdit;
use crate::base::{FileId, Range, Span};
use crate::diagnostics::{Diagnostic, codes};

/// What stands for the reason until somebody writes it.
const REASON: &str = "why it has to be so";

/// Where in a file a finding is, or the component that was judged.
pub fn place(file: FileId, finding: &Diagnostic) -> Option<Span> {
    let anchors = finding.rule.iter().flat_map(|r| r.anchors.iter().copied());
    finding.span().into_iter().chain(anchors).find(|s| s.file == file)
}

/// A comment above the line of a finding, or of the component that was judged; `mark` begins comments. `None` for errors, which cannot be allowed. Gives the rule's name and the edit.
pub fn allow(text: &str, file: FileId, finding: &Diagnostic, mark: &str) -> Option<(String, TextEdit)> {
    let rule = finding.rule.as_deref();
    if (rule.is_none() && finding.is_error()) || [codes::J1202, codes::J1203].contains(&finding.code) {
        return None;
    }
    let at = place(file, finding)?.start;
    let start = text.get(..at as usize)?.rfind('\n').map_or(0, |i| i + 1);
    let line = text.get(start..)?.lines().next().unwrap_or("");
    let indent = line.get(..line.len() - line.trim_start().len()).unwrap_or("");
    let name = rule.map_or_else(|| finding.code.0.to_owned(), |r| r.name.clone());
    let end = if line.ends_with('\r') { "\r\n" } else { "\n" };
    let comment = format!("{indent}{mark} jibe: allow {name}: {REASON}{end}");
    Some((name, TextEdit { range: Range::new(start as u32, start as u32), text: comment }))
}
