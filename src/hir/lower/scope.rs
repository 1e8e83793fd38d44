//! Local names: scopes of a body and the slots of its frame.

use ecow::EcoString;

use super::Lowerer;
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::builtin::Builtin;
use crate::hir::{Expr, Local, LocalId, LocalKind, Owner};

/// The scopes of one owner, the innermost last.
#[derive(Default)]
pub(super) struct Scopes {
    locals: Vec<Local>,
    visible: Vec<LocalId>,
}

impl Scopes {
    pub fn into_owner(self) -> Owner {
        Owner { locals: self.locals }
    }

    /// What is visible now, to come back to with [`Scopes::reset`].
    pub fn mark(&self) -> usize {
        self.visible.len()
    }

    pub fn reset(&mut self, mark: usize) {
        self.visible.truncate(mark);
    }

    pub fn find(&self, name: &str) -> Option<LocalId> {
        self.visible.iter().rev().copied().find(|l| self.local(*l).is_some_and(|l| l.name == name))
    }

    pub fn local(&self, id: LocalId) -> Option<&Local> {
        self.locals.get(id.index())
    }

    fn add(&mut self, name: EcoString, range: Range, kind: LocalKind) -> LocalId {
        let id = LocalId(self.locals.len() as u32);
        self.locals.push(Local { name, range, kind });
        self.visible.push(id);
        id
    }
}

impl Lowerer<'_> {
    /// Declares a local name. Hiding another local one is an error, an imported or built-in one a warning.
    pub(super) fn declare(&mut self, name: EcoString, range: Range, kind: LocalKind) -> LocalId {
        if name.is_empty() || name == "_" {
            return self.scopes.add(name, range, kind);
        }
        let place = range.in_file(self.file);
        if let Some(other) = self.scopes.find(&name).and_then(|l| self.scopes.local(l)) {
            let d = Diagnostic::new(codes::J0205, format!("`{name}` is defined twice")).primary(place, "this one hides the other");
            self.diagnostics.push(d.secondary(other.range.in_file(self.file), "defined here first").help("give it another name"));
        } else if let Some(import) = self.module.imports.iter().flat_map(|i| &i.names).find(|n| n.local == name) {
            let d = Diagnostic::new(codes::J0207, format!("`{name}` hides an imported name")).primary(place, "");
            self.diagnostics.push(d.secondary(import.range.in_file(self.file), "imported here"));
        } else if self.is_builtin(&name) {
            self.report(codes::J0207, format!("`{name}` hides the built-in `{name}`"), range);
        }
        self.scopes.add(name, range, kind)
    }

    fn is_builtin(&self, name: &str) -> bool {
        Builtin::of_name(name).is_some() || (self.in_definition && special(name).is_some())
    }

    /// A use of a name as an expression.
    pub(super) fn resolve(&mut self, name: &str, range: Range) -> Expr {
        if let Some(local) = self.scopes.find(name) {
            return Expr::Local(local);
        }
        if let Some(expr) = special(name).filter(|_| self.in_definition) {
            return expr;
        }
        Expr::Global(self.global(name, range))
    }
}

/// The names that definitions have in scope.
fn special(name: &str) -> Option<Expr> {
    Some(match name {
        "parameters" => Expr::Parameters,
        "context" => Expr::Context,
        "target" => Expr::Target,
        "output" => Expr::Output,
        "outputs" => Expr::Outputs,
        _ => return None,
    })
}
