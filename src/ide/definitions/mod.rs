//! Answers about `.jibe` files.
//!
//! [`names`] lists every name of a module with what it stands for; most answers look at that list. Types come from the notes of the checker ([`crate::types::Notes`]).

mod calls;
mod complete;
mod describe;
mod hints;
mod hover;
mod names;
mod propose;
mod rename;
mod signature;
mod structure;
mod tokens;

use std::sync::Arc;

pub(in crate::ide) use calls::item;
pub use calls::{incoming, outgoing, prepare};
pub use complete::completions;
pub use hints::{inlays, lenses};
pub use hover::hover;
pub(in crate::ide) use hover::use_at;
pub(in crate::ide) use names::kind_of;
pub use names::{Meaning, Use, uses_in};
pub(in crate::ide) use rename::edit;
pub use rename::{escape_name, fits};
pub use signature::signature;
pub use structure::{foldings, selection, symbols};
pub use tokens::tokens;

use super::project::{Learnt, Project};
use crate::base::{FileId, Range, Span};
use crate::hir::{ExprId, Module, ModuleId, Owner};
use crate::source::SourceFile;
use crate::syntax::Tree;

/// A module that is asked about.
pub struct Asked<'p> {
    pub project: &'p Project,
    pub id: ModuleId,
    pub module: &'p Module,
    pub source: Arc<SourceFile>,
    pub tree: Arc<Tree>,
}

impl<'p> Asked<'p> {
    /// The module in a file; `None` where there is none.
    pub fn new(project: &'p Project, file: FileId) -> Option<Self> {
        let unit = project.unit(file)?;
        Some(Self { project, id: unit.id, module: unit.module, source: unit.source, tree: project.tree(unit.id) })
    }

    fn text(&self) -> &str {
        &self.source.text
    }

    fn learnt(&self) -> Arc<Learnt> {
        self.project.learnt(self.id)
    }

    fn span(&self, range: Range) -> Span {
        range.in_file(self.module.file)
    }

    /// The smallest expression around a place for which `good` holds.
    fn expression(&self, offset: u32, good: impl Fn(ExprId) -> bool) -> Option<ExprId> {
        let all = self.module.expr_ranges.iter().enumerate().filter(|(_, r)| r.touches(offset)).map(|(i, r)| (r.end - r.start, ExprId(i as u32)));
        all.filter(|(_, e)| good(*e)).min().map(|(_, e)| e)
    }

    /// The frames of the items around a place, with their ranges.
    fn owners(&self) -> impl Iterator<Item = (Range, &'p Owner)> {
        let m = self.module;
        let functions = m.functions.iter().map(|f| (f.range, &f.owner)).chain(m.lets.iter().map(|l| (l.range, &l.owner)));
        functions.chain(m.tests.iter().map(|t| (t.range, &t.owner))).chain(m.definitions.iter().map(|d| (d.range, &d.owner)))
    }

    fn owner_at(&self, offset: u32) -> Option<&'p Owner> {
        self.owners().find(|(r, _)| r.start <= offset && offset <= r.end).map(|(_, o)| o)
    }
}

/// Where the parameters of the definition around a place are declared, if `parameters` stands there.
pub(in crate::ide) fn parameters_at(asked: &Asked<'_>, offset: u32) -> Option<Range> {
    let e = asked.expression(offset, |e| matches!(asked.module.expr(e), crate::hir::Expr::Parameters))?;
    let at = asked.module.range(e);
    asked.module.definitions.iter().find(|d| d.range.start <= at.start && at.end <= d.range.end)?.parameters.map(|(_, r)| r)
}

/// The name of the type that a value at a place has.
pub(in crate::ide) fn type_name_at(asked: &Asked<'_>, offset: u32) -> Option<ecow::EcoString> {
    let learnt = asked.learnt();
    let used = use_at(asked, offset)?;
    let by_range = asked.module.expr_ranges.iter().position(|r| r.end == used.range.end && r.start <= used.range.start).map(|i| ExprId(i as u32));
    let ty = by_range.and_then(|e| learnt.notes.expressions.get(&e)).or_else(|| learnt.notes.locals.get(&used.range))?.ty.clone();
    let inner = if let crate::types::Type::List(l) = &*ty { l.element.clone() } else { ty };
    match &*inner {
        crate::types::Type::Record(r) => r.name.clone(),
        crate::types::Type::Union(u) => u.name.clone(),
        _ => None,
    }
}

/// The local names of the item around a place.
pub(in crate::ide) fn locals_at<'p>(asked: &Asked<'p>, offset: u32) -> &'p [crate::hir::Local] {
    asked.owner_at(offset).map_or(&[], |o| o.locals.as_slice())
}
