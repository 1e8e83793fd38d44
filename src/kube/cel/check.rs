//! The type checker: what the server refuses when a definition is created. Where the server's own rules are finer than these, the benefit of the doubt.

use std::sync::Arc;

use ecow::EcoString;

use super::ast::{Binary, Comprehension, Expr, ExprKind, Fold, Literal};
use super::error::CompileError;
use super::eval::qualified_type;
use super::types::{self, NoCall, Ty};
use super::{escape, time, unescape};
use crate::kube::regex;

/// What the whole expression may use.
pub(super) struct Checker<'s> {
    vars: Vec<(EcoString, Ty<'s>)>,
}

type Typed<'s> = Result<Ty<'s>, CompileError>;

/// The type of an expression with these variables.
pub(super) fn check<'s>(expr: &Expr, vars: Vec<(EcoString, Ty<'s>)>) -> Typed<'s> {
    Checker::new(vars).expr(expr)
}

fn fail<T>(expr: &Expr, message: impl Into<String>) -> Result<T, CompileError> {
    Err(CompileError { offset: expr.offset, message: message.into() })
}

fn no_overload<T>(expr: &Expr, name: &str, args: &[Ty]) -> Result<T, CompileError> {
    let args: Vec<String> = args.iter().map(Ty::name).collect();
    fail(expr, format!("found no matching overload for `{name}` applied to `({})`", args.join(", ")))
}

impl<'s> Checker<'s> {
    /// A checker with these variables.
    pub fn new(vars: Vec<(EcoString, Ty<'s>)>) -> Self {
        Self { vars }
    }

    /// Adds a variable.
    pub fn push(&mut self, name: &EcoString, ty: Ty<'s>) {
        self.vars.push((name.clone(), ty));
    }

    /// Takes the last one away.
    pub fn pop(&mut self) {
        self.vars.pop();
    }

    /// The types of a macro's variables over such a range.
    pub fn variables(&self, range: &Ty<'s>, count: usize) -> Vec<Ty<'s>> {
        match (range, count) {
            (Ty::List(t), 1) => vec![(**t).clone()],
            (Ty::List(t), _) => vec![Ty::Int, (**t).clone()],
            (Ty::Map(k, v), _) => vec![(**k).clone(), (**v).clone()],
            _ => vec![Ty::Dyn, Ty::Dyn],
        }
    }

    pub fn expr(&mut self, e: &Expr) -> Typed<'s> {
        match &e.kind {
            ExprKind::Literal(l) => Ok(literal(l)),
            ExprKind::Ident(name) => self.ident(e, name),
            ExprKind::Select { operand, field, optional } => {
                if qualified_type(operand, field).is_some() {
                    return Ok(Ty::Type);
                }
                let target = self.expr(operand)?;
                select(e, &target, field, *optional)
            }
            ExprKind::Has { operand, field, optional } => {
                let target = self.expr(operand)?;
                select(e, &target, field, *optional)?;
                Ok(Ty::Bool)
            }
            ExprKind::Index { operand, index, optional } => self.index(e, operand, index, *optional),
            ExprKind::Call { name, target, args } => self.call(e, name, target.as_deref(), args),
            ExprKind::List(items) => self.list(items),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::And(a, b) => self.both_bool(e, "_&&_", a, b),
            ExprKind::Or(a, b) => self.both_bool(e, "_||_", a, b),
            ExprKind::Not(a) => match self.expr(a)? {
                Ty::Bool | Ty::Dyn => Ok(Ty::Bool),
                t => no_overload(e, "!_", &[t]),
            },
            ExprKind::Neg(a) => match self.expr(a)? {
                t @ (Ty::Int | Ty::Double | Ty::Duration | Ty::Dyn) => Ok(t),
                t => no_overload(e, "-_", &[t]),
            },
            ExprKind::Ternary(cond, yes, no) => {
                let (c, y, n) = (self.expr(cond)?, self.expr(yes)?, self.expr(no)?);
                if matches!(c, Ty::Bool | Ty::Dyn) && y.meets(&n) { Ok(y.join(&n)) } else { no_overload(e, "_?_:_", &[c, y, n]) }
            }
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.expr(a)?, self.expr(b)?);
                binary(e, *op, a, b)
            }
            ExprKind::Comprehension(c) => self.comprehension(e, c),
            ExprKind::OptMap { target, var, body, flat } => {
                let inner = match self.expr(target)? {
                    Ty::Optional(t) => (*t).clone(),
                    Ty::Dyn => Ty::Dyn,
                    t => return no_overload(e, "optMap", &[t]),
                };
                let result = self.within(&[(var, inner)], body)?;
                match (flat, &result) {
                    (true, Ty::Optional(_) | Ty::Dyn) => Ok(result),
                    (true, _) => no_overload(e, "optFlatMap", &[result]),
                    (false, _) => Ok(Ty::Optional(Arc::new(result))),
                }
            }
        }
    }

    fn within(&mut self, vars: &[(&EcoString, Ty<'s>)], body: &Expr) -> Typed<'s> {
        let before = self.vars.len();
        self.vars.extend(vars.iter().map(|(n, t)| ((*n).clone(), t.clone())));
        let result = self.expr(body);
        self.vars.truncate(before);
        result
    }

    fn ident(&self, e: &Expr, name: &str) -> Typed<'s> {
        if let Some((_, t)) = self.vars.iter().rev().find(|(n, _)| n == name) {
            return Ok(t.clone());
        }
        match name {
            "bool" | "int" | "uint" | "double" | "string" | "bytes" | "list" | "map" | "null_type" | "type" | "optional_type" => Ok(Ty::Type),
            _ => fail(e, format!("undeclared reference to `{name}`")),
        }
    }

    fn both_bool(&mut self, e: &Expr, name: &str, a: &Expr, b: &Expr) -> Typed<'s> {
        let (a, b) = (self.expr(a)?, self.expr(b)?);
        if matches!(a, Ty::Bool | Ty::Dyn) && matches!(b, Ty::Bool | Ty::Dyn) { Ok(Ty::Bool) } else { no_overload(e, name, &[a, b]) }
    }

    fn index(&mut self, e: &Expr, operand: &Expr, index: &Expr, optional: bool) -> Typed<'s> {
        let (target, key) = (self.expr(operand)?, self.expr(index)?);
        let (inner, viral) = match &target {
            Ty::Optional(t) => ((**t).clone(), true),
            t => (t.clone(), false),
        };
        let value = match (&inner, &key) {
            (Ty::List(t), Ty::Int | Ty::Dyn) => (**t).clone(),
            (Ty::Map(k, v), key) if k.meets(key) => (**v).clone(),
            (Ty::Dyn, _) => Ty::Dyn,
            _ => return no_overload(e, "_[_]", &[target, key]),
        };
        Ok(if optional || viral { Ty::Optional(Arc::new(value)) } else { value })
    }

    fn call(&mut self, e: &Expr, name: &str, target: Option<&Expr>, args: &[Expr]) -> Typed<'s> {
        let mut types = Vec::with_capacity(args.len() + 1);
        for a in target.into_iter().chain(args) {
            types.push(match &a.kind {
                // What is formatted may be of several types.
                ExprKind::List(items) if name == "format" => {
                    for (_, item) in items {
                        self.expr(item)?;
                    }
                    Ty::List(Arc::new(Ty::Dyn))
                }
                _ => self.expr(a)?,
            });
        }
        literals(name, args)?;
        match types::call(name, target.is_some(), &types) {
            Ok(t) => Ok(t),
            Err(NoCall::Unknown) => fail(e, format!("undeclared reference to `{name}`")),
            Err(NoCall::Mismatch) => no_overload(e, name, &types),
        }
    }

    /// The common type of elements; they have to agree.
    fn common(&mut self, found: Option<Ty<'s>>, e: &Expr, optional: bool) -> Result<Option<Ty<'s>>, CompileError> {
        let t = match (self.expr(e)?, optional) {
            (Ty::Optional(t), true) => (*t).clone(),
            (Ty::Dyn, true) => Ty::Dyn,
            (t, true) => return fail(e, format!("expected type `optional` but found `{}`", t.name())),
            (t, false) => t,
        };
        match found {
            None => Ok(Some(t)),
            Some(f) if f.meets(&t) => Ok(Some(f.join(&t))),
            Some(f) => fail(e, format!("expected type `{}` but found `{}`", f.name(), t.name())),
        }
    }

    fn list(&mut self, items: &[(bool, Expr)]) -> Typed<'s> {
        let mut found = None;
        for (optional, item) in items {
            found = self.common(found, item, *optional)?;
        }
        Ok(Ty::List(Arc::new(found.unwrap_or(Ty::Dyn))))
    }

    fn map(&mut self, entries: &[(bool, Expr, Expr)]) -> Typed<'s> {
        let (mut keys, mut values) = (None, None);
        for (optional, key, value) in entries {
            keys = self.common(keys, key, false)?;
            values = self.common(values, value, *optional)?;
        }
        Ok(Ty::Map(Arc::new(keys.unwrap_or(Ty::Dyn)), Arc::new(values.unwrap_or(Ty::Dyn))))
    }

    fn comprehension(&mut self, e: &Expr, c: &Comprehension) -> Typed<'s> {
        let range = self.expr(&c.range)?;
        let found = match &range {
            Ty::List(_) | Ty::Map(..) | Ty::Dyn => self.variables(&range, c.vars.len()),
            _ => return fail(&c.range, format!("expression of type `{}` cannot be range of a comprehension (must be list, map, or dynamic)", range.name())),
        };
        let one = found.first().cloned().unwrap_or(Ty::Dyn);
        let vars: Vec<(&EcoString, Ty<'s>)> = c.vars.iter().zip(found).collect();
        if let Some(filter) = &c.filter {
            let t = self.within(&vars, filter)?;
            boolean(filter, &t)?;
        }
        let body = self.within(&vars, &c.body)?;
        let list = |t: Ty<'s>| Ok(Ty::List(Arc::new(t)));
        match c.fold {
            Fold::All | Fold::Exists | Fold::ExistsOne => boolean(&c.body, &body).map(|()| Ty::Bool),
            Fold::Filter => {
                boolean(&c.body, &body)?;
                list(one)
            }
            Fold::Map | Fold::TransformList => list(body),
            Fold::SortBy => match body {
                Ty::Bool | Ty::Int | Ty::Uint | Ty::Double | Ty::Str | Ty::Bytes | Ty::Duration | Ty::Timestamp | Ty::Dyn => list(one),
                t => no_overload(e, "sortBy", &[t]),
            },
            Fold::TransformMap => Ok(Ty::Map(Arc::new(one), Arc::new(body))),
            Fold::TransformMapEntry => match body {
                t @ (Ty::Map(..) | Ty::Dyn) => Ok(t),
                t => no_overload(e, "transformMapEntry", &[t]),
            },
        }
    }
}

fn boolean(e: &Expr, t: &Ty) -> Result<(), CompileError> {
    if matches!(t, Ty::Bool | Ty::Dyn) { Ok(()) } else { fail(e, format!("expected type `bool` but found `{}`", t.name())) }
}

fn literal<'s>(l: &Literal) -> Ty<'s> {
    match l {
        Literal::Null => Ty::Null,
        Literal::Bool(_) => Ty::Bool,
        Literal::Int(_) => Ty::Int,
        Literal::Uint(_) => Ty::Uint,
        Literal::Double(_) => Ty::Double,
        Literal::Str(_) => Ty::Str,
        Literal::Bytes(_) => Ty::Bytes,
    }
}

/// Constants that can be judged at once: regular expressions, durations, points in time.
fn literals(name: &str, args: &[Expr]) -> Result<(), CompileError> {
    let text = |e: &Expr| if let ExprKind::Literal(Literal::Str(s)) = &e.kind { Some(s.clone()) } else { None };
    let (wrong, at) = match (name, args) {
        ("duration", [a]) => (text(a).is_some_and(|s| time::go_duration(&s).is_none()), a),
        ("timestamp", [a]) => (text(a).is_some_and(|s| time::Timestamp::rfc3339(&s).is_none()), a),
        ("matches", [.., a]) => (text(a).is_some_and(|s| regex::compile(&s).is_none()), a),
        _ => return Ok(()),
    };
    if wrong { fail(at, format!("invalid {name} argument")) } else { Ok(()) }
}

fn select<'s>(e: &Expr, target: &Ty<'s>, field: &str, optional: bool) -> Typed<'s> {
    let value = match target {
        Ty::Dyn => Ty::Dyn,
        Ty::Map(_, v) => (**v).clone(),
        Ty::Optional(t) => {
            return match select(e, t, field, false)? {
                t @ Ty::Optional(_) => Ok(t),
                t => Ok(Ty::Optional(Arc::new(t))),
            };
        }
        Ty::Object(schema) => {
            let found = unescape(field).filter(|n| escape(n).as_deref() == Some(field)).and_then(|n| schema.property(&n)).and_then(|p| Ty::of(p, p.embedded));
            match found {
                Some(t) => t,
                None => return fail(e, format!("undefined field `{field}`")),
            }
        }
        Ty::Record(fields) => match fields.iter().rev().find(|(n, _)| n == field) {
            Some((_, t)) => t.clone(),
            None => return fail(e, format!("undefined field `{field}`")),
        },
        t => return fail(e, format!("type `{}` does not support field selection", t.name())),
    };
    Ok(if optional { Ty::Optional(Arc::new(value)) } else { value })
}

fn binary<'s>(e: &Expr, op: Binary, a: Ty<'s>, b: Ty<'s>) -> Typed<'s> {
    let number = |t: &Ty| matches!(t, Ty::Int | Ty::Uint | Ty::Double);
    let same = |a: &Ty<'s>, b: &Ty<'s>| std::mem::discriminant(a) == std::mem::discriminant(b);
    let any = matches!(a, Ty::Dyn) || matches!(b, Ty::Dyn);
    let found = match op {
        Binary::Eq | Binary::Ne => a.meets(&b).then_some(Ty::Bool),
        Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge => {
            let ordered = |t: &Ty| number(t) || matches!(t, Ty::Bool | Ty::Str | Ty::Bytes | Ty::Duration | Ty::Timestamp | Ty::Dyn);
            let fits = ordered(&a) && ordered(&b) && (any || same(&a, &b) || number(&a) && number(&b));
            fits.then_some(Ty::Bool)
        }
        Binary::In => match &b {
            Ty::List(t) => t.meets(&a).then_some(Ty::Bool),
            Ty::Map(k, _) => k.meets(&a).then_some(Ty::Bool),
            Ty::Dyn => Some(Ty::Bool),
            _ => None,
        },
        Binary::Add => match (&a, &b) {
            (Ty::Dyn, _) | (_, Ty::Dyn) => Some(Ty::Dyn),
            (Ty::Timestamp, Ty::Duration) | (Ty::Duration, Ty::Timestamp) => Some(Ty::Timestamp),
            (Ty::List(_), Ty::List(_)) if a.meets(&b) => Some(a.join(&b)),
            _ if same(&a, &b) && (number(&a) || matches!(a, Ty::Str | Ty::Bytes | Ty::Duration)) => Some(a.clone()),
            _ => None,
        },
        Binary::Sub => match (&a, &b) {
            (Ty::Dyn, _) | (_, Ty::Dyn) => Some(Ty::Dyn),
            (Ty::Timestamp, Ty::Timestamp) => Some(Ty::Duration),
            (Ty::Timestamp, Ty::Duration) => Some(Ty::Timestamp),
            _ if same(&a, &b) && (number(&a) || matches!(a, Ty::Duration)) => Some(a.clone()),
            _ => None,
        },
        Binary::Mul | Binary::Div | Binary::Rem => {
            let fits = |t: &Ty| number(t) && !(op == Binary::Rem && matches!(t, Ty::Double));
            match any {
                true => Some(Ty::Dyn),
                false => (same(&a, &b) && fits(&a)).then_some(a.clone()),
            }
        }
    };
    let sign = format!("_{}_", op.sign());
    match found {
        Some(t) => Ok(t),
        None => no_overload(e, &sign, &[a, b]),
    }
}
