//! What is shown between and above the lines: types of names, who uses a definition.

use super::Asked;
use super::describe::typed;
use crate::base::Range;
use crate::hir::{LocalKind, ModuleId};
use crate::ide::{Command, Inlay, Lens, Location};

/// Longest type that is shown, in characters.
const LONGEST: usize = 40;

/// Types of names that are declared without one.
pub fn inlays(asked: &Asked<'_>, part: Range) -> Vec<Inlay> {
    let learnt = asked.learnt();
    let mut out = Vec::new();
    let mut show = |range: Range, ty: Option<&crate::types::Typed>| {
        let Some(ty) = ty.filter(|t| !t.ty.is_error()) else { return };
        let text = typed(ty);
        let short: String = text.chars().take(LONGEST).collect();
        let cut = short.len() < text.len();
        let tooltip = cut.then(|| format!("```jibe\n{text}\n```"));
        out.push(Inlay { offset: range.end, label: format!(": {short}{}", if cut { "…" } else { "" }), is_type: true, tooltip });
    };
    for (_, owner) in asked.owners() {
        for local in owner.locals.iter().filter(|l| l.kind != LocalKind::Pattern && l.range.start < l.range.end && part.start <= l.range.end && l.range.start <= part.end) {
            // What is declared with a type says so itself.
            let written = asked.text().get(local.range.end as usize..).unwrap_or("").trim_start_matches(['?', ' ']).starts_with(':');
            if !written {
                show(local.range, learnt.notes.locals.get(&local.range));
            }
        }
    }
    for l in asked.module.lets.iter().filter(|l| l.ty.is_none() && part.start <= l.name_range.end && l.name_range.start <= part.end) {
        show(l.name_range, learnt.notes.expressions.get(&l.value));
    }
    out.sort_by_key(|i| i.offset);
    out
}

/// A line above each definition that tells how often it is used; the caller knows the uses.
pub fn lenses(asked: &Asked<'_>, uses: impl Fn(ModuleId, u32) -> Vec<Location>) -> Vec<Lens> {
    let definitions = asked.module.definitions.iter().enumerate().filter(|(_, d)| !d.name.is_empty() && d.kind != crate::hir::DefinitionKind::Rule);
    definitions
        .map(|(i, d)| {
            let uses = uses(asked.id, i as u32);
            let title = match uses.len() {
                0 => "not used in this workspace".to_owned(),
                1 => "1 use".to_owned(),
                n => format!("{n} uses"),
            };
            Lens { range: d.name_range, title, command: Command::References(uses) }
        })
        .collect()
}
