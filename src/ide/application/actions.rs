//! What can be done at a place beside the repairs that findings bring along: properties that are missing, rules that are allowed here.

use super::Asked;
use super::complete::missing;
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::ide::{Action, ActionKind, FileEdit, Location, allow};

/// The actions for a part of a text; `findings` are those of the text.
pub fn actions(asked: &Asked<'_>, part: Range, findings: &[Diagnostic]) -> Vec<Action> {
    let mut found: Vec<Action> = missing::add_required(asked, part.start).into_iter().collect();
    for d in findings {
        let Some(at) = allow::place(asked.file, d).filter(|s| s.start <= part.end && part.start <= s.end) else { continue };
        if let Some((name, edit)) = allow::allow(asked.text, asked.file, d, "#") {
            let edits = vec![FileEdit { at: Location { file: asked.name.to_owned(), range: edit.range }, text: edit.text }];
            found.push(Action { title: format!("Allow `{name}` here, with a reason"), kind: ActionKind::QuickFix, edits, preferred: false, mends: Some((d.code.0, at.range())) });
        }
    }
    found
}
