//! Branches that join: `if` as an expression, and the type of several branches together (language reference §6.1).

use super::Checker;
use super::template::either;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::ExprId;
use crate::types::relate::fits;
use crate::types::ty::{Field, List, Presence, Record, Ty, Type, Typed};
use crate::types::unions::unite;

impl Checker<'_> {
    /// `if c then a else b`.
    pub fn choice(&mut self, e: ExprId, condition: ExprId, then: ExprId, otherwise: Option<ExprId>, expected: Option<&Ty>) -> Typed {
        let _ = e;
        let c = self.condition(condition);
        let branch = |k: &mut Self, e: ExprId| match expected {
            Some(ty) => k.check(e, ty),
            None => k.infer(e),
        };
        let a = self.under(&c.holds, |k| branch(k, then));
        let Some(otherwise) = otherwise else { return Typed { ty: a.ty, absent: true } };
        let b = self.under(&c.fails, |k| branch(k, otherwise));
        let ty = self.joined(&[(then, a.ty.clone()), (otherwise, b.ty.clone())], expected);
        Typed { ty, absent: a.absent || b.absent }
    }

    /// The type of several branches; reports branches that do not go together.
    pub fn joined(&mut self, branches: &[(ExprId, Ty)], expected: Option<&Ty>) -> Ty {
        let mut all: Option<Ty> = None;
        let mut first = None;
        for (e, ty) in branches {
            let Some(so_far) = all else {
                all = Some(ty.clone());
                first = Some(*e);
                continue;
            };
            match join(&so_far, ty) {
                Some(both) => all = Some(both),
                None if expected.is_some() => return expected.cloned().unwrap_or_else(Type::error),
                None => {
                    let span = self.span(*e);
                    let mut finding = Diagnostic::new(codes::J0303, format!("the branches do not go together: `{so_far}` and `{ty}`")).primary(span, format!("this is `{ty}`"));
                    if let Some(f) = first {
                        finding = finding.secondary(self.span(f), format!("this is `{so_far}`"));
                    }
                    self.report(finding);
                    return Type::error();
                }
            }
        }
        all.unwrap_or_else(|| Type::Never.share())
    }
}

/// The join of two types: the least type of the kinds that the language has for branches; `None` where there is none.
pub(super) fn join(a: &Ty, b: &Ty) -> Option<Ty> {
    if a.is_error() || b.is_error() {
        return Some(Type::error());
    }
    if std::sync::Arc::ptr_eq(a, b) || matches!(&**b, Type::Never) {
        return Some(a.clone());
    }
    if matches!(&**a, Type::Never) {
        return Some(b.clone());
    }
    match (&**a, &**b) {
        (Type::Int(x), Type::Int(y)) => return Some(Type::Int(x.hull(*y)).share()),
        (Type::Text(x), Type::Text(y)) => {
            if fits(a, b).is_ok() {
                return Some(b.clone());
            }
            if fits(b, a).is_ok() {
                return Some(a.clone());
            }
            return Some(Type::Text(either(x, y)).share());
        }
        (Type::List(x), Type::List(y)) => return lists(x, y),
        (Type::Bool(_), Type::Bool(_)) => return Some(unite(&[a.clone(), b.clone()]).0),
        _ => {}
    }
    if fits(a, b).is_ok() {
        return Some(b.clone());
    }
    if fits(b, a).is_ok() {
        return Some(a.clone());
    }
    if let (Type::Record(x), Type::Record(y)) = (&**a, &**b)
        && let Some(both) = records(x, y)
    {
        return Some(both);
    }
    let (ty, clash) = unite(&[a.clone(), b.clone()]);
    if clash.is_none() { Some(ty) } else { None }
}

fn lists(x: &List, y: &List) -> Option<Ty> {
    let element = join(&x.element, &y.element)?;
    let keys = if x.keys == y.keys || y.length.max == Some(0) {
        x.keys.clone()
    } else if x.length.max == Some(0) {
        y.keys.clone()
    } else {
        None
    };
    Some(Type::List(List { element, length: x.length.hull(y.length), keys, kubernetes: x.kubernetes || y.kubernetes, set: x.set && y.set }).share())
}

/// Records with the same fields, field by field.
fn records(x: &Record, y: &Record) -> Option<Ty> {
    let same = x.fields.len() == y.fields.len() && x.fields.iter().all(|f| y.field(&f.name).is_some()) && x.rows == y.rows && x.rest.is_none() && y.rest.is_none();
    if !same {
        return None;
    }
    let mut fields = Vec::new();
    for f in &x.fields {
        let g = y.field(&f.name)?;
        let presence = if f.is_optional() || g.is_optional() { Presence::Optional } else { Presence::Required };
        fields.push(Field { ty: join(&f.ty, &g.ty)?, presence, ..f.clone() });
    }
    Some(Type::Record(Record { fields, rows: x.rows.clone(), ..Record::default() }).share())
}
