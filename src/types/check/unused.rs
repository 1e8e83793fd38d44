//! Warnings about what nothing uses: parameters, local names (J0208).

use super::Checker;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Definition, Expr, LocalKind, Owner, StmtKind};
use crate::types::ty::Type;

impl Checker<'_> {
    /// Parameters that nothing reads, and local names.
    pub fn unused(&mut self, d: &Definition) {
        if d.body.stmts.iter().all(|s| matches!(s.kind, StmtKind::Conflicts(_) | StmtKind::Missing | StmtKind::Status(_))) {
            // What it does is built in, or elsewhere.
            return;
        }
        self.unused_locals(&d.owner, false);
        self.unused_parameters(d);
    }

    /// Local names that nothing reads.
    pub fn unused_locals(&mut self, owner: &Owner, function: bool) {
        for (i, l) in owner.locals.iter().enumerate() {
            let checked = matches!(l.kind, LocalKind::Let) || (function && matches!(l.kind, LocalKind::Parameter));
            if !checked || l.name.starts_with('_') || self.used.contains(&(i as u32)) || self.places.contains(&(i as u32)) {
                continue;
            }
            let span = self.at(l.range);
            self.report(Diagnostic::new(codes::J0208, format!("nothing uses `{}`", l.name)).primary(span, "").help("delete it, or begin its name with `_`"));
        }
    }

    fn unused_parameters(&mut self, d: &Definition) {
        let Some(parameters) = self.scope.parameters.clone() else { return };
        let Type::Record(record) = &*parameters else { return };
        let Some((declared, _)) = &d.parameters else { return };
        let m = self.program.clone();
        let module = m.module(self.module);
        let range = module.type_range(*declared);
        // Every expression that stands in the definition.
        let mut read: Vec<ecow::EcoString> = Vec::new();
        let mut under_field: Vec<u32> = Vec::new();
        let mut whole = false;
        let inside = |r: crate::base::Range| d.range.start <= r.start && r.end <= d.range.end;
        for (i, e) in module.exprs.iter().enumerate() {
            let at = module.range(crate::hir::ExprId(i as u32));
            if !inside(at) {
                continue;
            }
            if let Expr::Field { base, name, .. } = e
                && matches!(module.expr(*base), Expr::Parameters)
                && record.field(name).is_some()
            {
                read.push(name.clone());
                under_field.push(base.0);
            }
        }
        for (i, e) in module.exprs.iter().enumerate() {
            if matches!(e, Expr::Parameters) && inside(module.range(crate::hir::ExprId(i as u32))) && !under_field.contains(&(i as u32)) {
                whole = true;
            }
        }
        if whole {
            return;
        }
        for f in &record.fields {
            let own = f.span.file == module.file && range.start <= f.span.start && f.span.end <= range.end;
            if own && f.deprecated.is_none() && !read.contains(&f.name) {
                self.report(Diagnostic::new(codes::J0208, format!("nothing uses the parameter `{}`", f.name)).primary(f.span, ""));
            }
        }
    }
}
