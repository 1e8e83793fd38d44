//! Expressions where a type is expected: it flows into literals, branches and lambdas; everything else is inferred and compared.

use super::{Checker, present};
use crate::diagnostics::codes;
use crate::hir::{Expr, ExprId};
use crate::types::relate::fits;
use crate::types::ty::{Ty, Type, Typed};

impl Checker<'_> {
    /// Checks an expression against a type. Says what is wrong; gives the type that it has, the expected one where it is a literal.
    pub fn check(&mut self, e: ExprId, expected: &Ty) -> Typed {
        if expected.is_error() {
            return self.infer(e);
        }
        if self.depth > 260 {
            return present(Type::error());
        }
        self.depth += 1;
        self.note_expected(e, expected);
        let typed = self.check_inner(e, expected);
        self.note_type(e, &typed);
        self.depth -= 1;
        typed
    }

    fn check_inner(&mut self, e: ExprId, expected: &Ty) -> Typed {
        let program = self.program.clone();
        match program.module(self.module).expr(e) {
            Expr::If { condition, then, otherwise } => self.choice(e, *condition, *then, *otherwise, Some(expected)),
            Expr::Match { scrutinee, arms } => self.match_value(e, *scrutinee, arms, Some(expected)),
            Expr::Block { lets, result } => self.block(lets, *result, Some(expected)),
            Expr::List(items) => present(self.list_literal(e, items, Some(expected))),
            Expr::Record(members) => present(self.record_literal(e, members, Some(expected))),
            Expr::Binary { op: crate::hir::BinaryOp::Otherwise, op_range, left, right } => self.otherwise(*op_range, *left, *right, Some(expected)),
            _ => {
                let typed = self.infer(e);
                self.compare(e, &typed.ty, expected);
                typed
            }
        }
    }

    /// Checks an expression that must be there.
    pub fn check_present(&mut self, e: ExprId, expected: &Ty) -> Ty {
        let typed = self.check(e, expected);
        if typed.absent {
            self.may_be_absent(e);
        }
        typed.ty
    }

    /// Reports where a type does not fit another.
    pub fn compare(&mut self, e: ExprId, given: &Ty, expected: &Ty) {
        match fits(given, expected) {
            Ok(()) => self.proved(e, expected),
            Err(why) => self.mismatch(e, given, expected, &why),
        }
    }

    /// An argument: a value that is no record or list literal may have more fields than the parameter.
    pub fn argument(&mut self, e: ExprId, expected: &Ty) -> Typed {
        let program = self.program.clone();
        if matches!(program.module(self.module).expr(e), Expr::Record(_) | Expr::List(_) | Expr::If { .. } | Expr::Match { .. }) {
            return self.check(e, expected);
        }
        self.note_expected(e, expected);
        let typed = self.infer(e);
        if let Err(why) = crate::types::relate::projects(&typed.ty, expected) {
            self.mismatch(e, &typed.ty, expected, &why);
        }
        typed
    }

    /// A condition: `Bool`, never absent.
    pub fn boolean(&mut self, e: ExprId) -> Ty {
        let typed = self.infer(e);
        if typed.absent {
            self.may_be_absent(e);
        }
        let good = typed.ty.members().iter().all(|m| matches!(m.shape(), Type::Bool(_) | Type::Error | Type::Never));
        if !good {
            self.wrong(codes::J0303, e, format!("a condition is a `Bool`, not `{}`", typed.ty));
        }
        typed.ty
    }
}
