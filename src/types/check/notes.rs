//! What the checker learns on its way, for editors: the types of expressions and names, and in which types field names were looked up.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;

use super::{Checker, item, tidy};
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::hir::{ExprId, LocalId, ModuleId, Program};
use crate::types::kubernetes::Schemas;
use crate::types::resolve::Types;
use crate::types::ty::{Ty, Typed};

/// What was learnt about one module.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    /// What an expression is.
    pub expressions: HashMap<ExprId, Typed>,
    /// What an expression must be. For records that merge in a patch: the place.
    pub expected: HashMap<ExprId, Ty>,
    /// The type in which a name of a field was looked up, by the range of the name.
    pub fields: HashMap<Range, (Ty, EcoString)>,
    /// The types of local names, by the range of their declaration.
    pub locals: HashMap<Range, Typed>,
}

/// Where notes are taken.
#[derive(Debug)]
pub struct Notebook {
    module: ModuleId,
    notes: Mutex<Notes>,
}

impl Types {
    /// Everything that is wrong with a module, and what was learnt about it.
    pub fn check_and_note(program: &Arc<Program>, schemas: &Schemas, module: ModuleId) -> (Vec<Diagnostic>, Notes) {
        let mut types = Types::new(program.clone(), schemas.clone());
        types.notebook = Some(Notebook { module, notes: Mutex::default() });
        let mut out = item::module(&types, module);
        out.extend(types.take_diagnostics());
        let notes = types.notebook.map(|n| n.notes.into_inner().unwrap_or_else(PoisonError::into_inner)).unwrap_or_default();
        (tidy(out), notes)
    }
}

impl Checker<'_> {
    /// Takes a note, if anybody wants notes of this module.
    fn note(&self, write: impl FnOnce(&mut Notes)) {
        if let Some(book) = self.types.notebook.as_ref().filter(|b| b.module == self.module) {
            write(&mut book.notes.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// The type of an expression. What is found while a question is asked counts only where nothing else is known.
    pub(super) fn note_type(&self, e: ExprId, typed: &Typed) {
        self.note(|n| {
            if self.quiet == 0 || !n.expressions.contains_key(&e) {
                n.expressions.insert(e, typed.clone());
            }
        });
    }

    /// What an expression must be.
    pub(super) fn note_expected(&self, e: ExprId, ty: &Ty) {
        self.note(|n| {
            if self.quiet == 0 || !n.expected.contains_key(&e) {
                n.expected.insert(e, ty.clone());
            }
        });
    }

    /// A field that is looked up.
    pub(super) fn note_field(&self, range: Range, ty: &Ty, name: &str) {
        self.note(|n| {
            if self.quiet == 0 || !n.fields.contains_key(&range) {
                n.fields.insert(range, (ty.clone(), name.into()));
            }
        });
    }

    /// Names a local in the body.
    pub(super) fn bind(&mut self, local: LocalId, typed: Typed, alias: Option<super::env::Path>) {
        if let Some(range) = self.owner.locals.get(local.index()).map(|l| l.range) {
            self.note(|n| {
                if self.quiet == 0 || !n.locals.contains_key(&range) {
                    n.locals.insert(range, typed.clone());
                }
            });
        }
        self.env.bind(local, typed, alias);
    }
}
