//! What can be done at a place: the repairs of findings, and properties that are missing.

use super::Asked;
use super::complete::missing;
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::ide::{Action, ActionKind, FileEdit, Location};

/// The actions for a part of a text; `findings` are those of the text.
pub fn actions(asked: &Asked<'_>, part: Range, findings: &[Diagnostic]) -> Vec<Action> {
    let mut found: Vec<Action> = Vec::new();
    for d in findings {
        let Some(at) = d.span().filter(|s| s.file == asked.file) else { continue };
        if at.start > part.end || part.start > at.end {
            continue;
        }
        for fix in &d.fixes {
            let edits: Option<Vec<FileEdit>> = fix
                .edits
                .iter()
                .map(|e| {
                    let file = if e.span.file == asked.file { asked.name.to_owned() } else { asked.sources.get(e.span.file)?.name.clone() };
                    Some(FileEdit { at: Location { file, range: e.span.range() }, text: e.text.clone() })
                })
                .collect();
            let Some(edits) = edits else { continue };
            found.push(Action { title: fix.title.clone(), kind: ActionKind::QuickFix, edits, preferred: fix.safe, mends: Some((d.code.0, at.range())) });
        }
    }
    found.extend(missing::add_required(asked, part.start));
    found
}
