//! The evaluator. Errors are values: `&&`, `||`, `all` and `exists` absorb one when the other side decides.

use std::sync::Arc;

use ecow::EcoString;

use super::ast::{Binary, Comprehension, Expr, ExprKind, Fold, Literal};
use super::error::{ErrorKind, EvalError};
use super::functions;
use super::value::{Eval, Val, compare, equal, join};
use crate::kube::regex::Pattern;

/// The API server's limit per rule (`PerCallLimit`), in its cost units; steps here count about the same.
pub const STEPS_PER_RULE: u64 = 1_000_000;

/// What one round of a macro sees: the element (or key, or index), and the value beside a key or index.
type Item<'a> = (Eval<'a>, Eval<'a>);

/// A running evaluation.
pub(super) struct Interpreter<'e, 'a> {
    /// Innermost last.
    vars: Vec<(EcoString, Eval<'a>)>,
    steps: u64,
    limit: u64,
    /// Regular expressions that stand in the rule.
    pub(super) patterns: &'e [Pattern],
}

impl<'e, 'a> Interpreter<'e, 'a> {
    /// An evaluation with these variables.
    pub fn new(vars: Vec<(EcoString, Eval<'a>)>, patterns: &'e [Pattern], limit: u64) -> Self {
        Self { vars, steps: 0, limit, patterns }
    }

    /// How much work was done.
    pub fn steps(&self) -> u64 {
        self.steps
    }

    /// Counts work; an error when there was too much.
    pub fn step(&mut self, n: u64) -> Result<(), EvalError> {
        self.steps += n;
        if self.steps > self.limit { Err(EvalError::unsupported("the rule takes too many steps")) } else { Ok(()) }
    }

    /// The value of an expression.
    pub fn eval(&mut self, expr: &Expr) -> Eval<'a> {
        self.step(1)?;
        match &expr.kind {
            ExprKind::Literal(l) => Ok(literal(l)),
            ExprKind::Ident(name) => self.ident(name),
            ExprKind::Select { operand, field, optional } => self.select(operand, field, *optional),
            ExprKind::Has { operand, field, optional } => self.has(operand, field, *optional),
            ExprKind::Index { operand, index, optional } => self.index(operand, index, *optional),
            ExprKind::Call { name, target, args } => self.call(name, target.as_deref(), args),
            ExprKind::List(items) => self.list(items),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::And(a, b) => self.logic(a, b, false),
            ExprKind::Or(a, b) => self.logic(a, b, true),
            ExprKind::Not(a) => match self.eval(a)? {
                Val::Bool(b) => Ok(Val::Bool(!b)),
                _ => Err(EvalError::no_overload()),
            },
            ExprKind::Neg(a) => negate(&self.eval(a)?),
            ExprKind::Ternary(cond, yes, no) => match self.eval(cond)? {
                Val::Bool(true) => self.eval(yes),
                Val::Bool(false) => self.eval(no),
                _ => Err(EvalError::no_overload()),
            },
            ExprKind::Binary(op, a, b) => {
                let (a, b) = (self.eval(a)?, self.eval(b)?);
                self.step(size(&a).min(size(&b)) / 10)?;
                binary(*op, &a, &b)
            }
            ExprKind::Comprehension(c) => self.comprehension(c),
            ExprKind::OptMap { target, var, body, flat } => match self.eval(target)? {
                Val::Optional(None) => Ok(Val::Optional(None)),
                Val::Optional(Some(v)) => {
                    let result = self.within(&[(var, Ok((*v).clone()))], body)?;
                    match (flat, &result) {
                        (true, Val::Optional(_)) => Ok(result),
                        (true, _) => Err(EvalError::no_overload()),
                        (false, _) => Ok(Val::some(result)),
                    }
                }
                _ => Err(EvalError::no_overload()),
            },
        }
    }

    fn within(&mut self, vars: &[(&EcoString, Eval<'a>)], body: &Expr) -> Eval<'a> {
        let before = self.vars.len();
        self.vars.extend(vars.iter().map(|(n, v)| ((*n).clone(), v.clone())));
        let result = self.eval(body);
        self.vars.truncate(before);
        result
    }

    fn ident(&self, name: &str) -> Eval<'a> {
        if let Some((_, v)) = self.vars.iter().rev().find(|(n, _)| n == name) {
            return v.clone();
        }
        type_named(name).ok_or_else(|| EvalError::unsupported(format!("undeclared reference to `{name}`")))
    }

    fn select(&mut self, operand: &Expr, field: &str, optional: bool) -> Eval<'a> {
        if let Some(t) = qualified_type(operand, field) {
            return Ok(t);
        }
        let target = self.eval(operand)?;
        let (target, optional) = match target {
            Val::Optional(None) => return Ok(Val::Optional(None)),
            Val::Optional(Some(v)) => ((*v).clone(), true),
            v => (v, optional),
        };
        if !target.is_map() {
            return Err(EvalError::no_overload());
        }
        match (target.find(&Val::str(field)), optional) {
            (Some(v), false) => v,
            (Some(v), true) => v.map(Val::some),
            (None, true) => Ok(Val::Optional(None)),
            (None, false) => Err(EvalError::new(format!("no such key: {field}"))),
        }
    }

    fn has(&mut self, operand: &Expr, field: &str, _optional: bool) -> Eval<'a> {
        let target = match self.eval(operand)? {
            Val::Optional(None) => return Ok(Val::Bool(false)),
            Val::Optional(Some(v)) => (*v).clone(),
            v => v,
        };
        if !target.is_map() {
            return Err(EvalError::no_overload());
        }
        match target.find(&Val::str(field)) {
            Some(Err(e)) => Err(e),
            found => Ok(Val::Bool(found.is_some())),
        }
    }

    fn index(&mut self, operand: &Expr, index: &Expr, optional: bool) -> Eval<'a> {
        let (target, key) = (self.eval(operand)?, self.eval(index)?);
        let (target, optional) = match target {
            Val::Optional(None) => return Ok(Val::Optional(None)),
            Val::Optional(Some(v)) => ((*v).clone(), true),
            v => (v, optional),
        };
        let found = if target.is_list() {
            let at = match key {
                Val::Int(i) => Some(i),
                Val::Uint(u) => i64::try_from(u).ok(),
                Val::Double(d) if d.fract() == 0.0 && d.abs() < 9e15 => Some(d as i64),
                _ => return Err(EvalError::no_overload()),
            };
            at.and_then(|i| usize::try_from(i).ok()).and_then(|i| target.at(i))
        } else if target.is_map() {
            target.find(&key)
        } else {
            return Err(EvalError::no_overload());
        };
        match (found, optional) {
            (Some(v), false) => v,
            (Some(v), true) => v.map(Val::some),
            (None, true) => Ok(Val::Optional(None)),
            (None, false) if target.is_list() => Err(EvalError::new(format!("index out of bounds: {}", functions::show(&key)))),
            (None, false) => Err(EvalError::new(format!("no such key: {}", functions::show(&key)))),
        }
    }

    fn list(&mut self, items: &[(bool, Expr)]) -> Eval<'a> {
        let mut all = Vec::with_capacity(items.len());
        for (optional, item) in items {
            match (optional, self.eval(item)?) {
                (false, v) => all.push(v),
                (true, Val::Optional(Some(v))) => all.push((*v).clone()),
                (true, Val::Optional(None)) => {}
                (true, _) => return Err(EvalError::no_overload()),
            }
        }
        Ok(Val::list(all))
    }

    fn map(&mut self, entries: &[(bool, Expr, Expr)]) -> Eval<'a> {
        let mut all: Vec<(Val<'a>, Val<'a>)> = Vec::with_capacity(entries.len());
        for (optional, key, value) in entries {
            let key = self.eval(key)?;
            if !matches!(key, Val::Str(_) | Val::Int(_) | Val::Uint(_) | Val::Bool(_)) {
                return Err(EvalError::new("unsupported key type"));
            }
            let value = match (optional, self.eval(value)?) {
                (false, v) => v,
                (true, Val::Optional(Some(v))) => (*v).clone(),
                (true, Val::Optional(None)) => continue,
                (true, _) => return Err(EvalError::no_overload()),
            };
            insert(&mut all, key, value)?;
        }
        Ok(Val::Map(Arc::new(all)))
    }

    /// `&&` (decided by false) and `||` (decided by true).
    fn logic(&mut self, a: &Expr, b: &Expr, decider: bool) -> Eval<'a> {
        let left = self.eval(a);
        if matches!(left, Ok(Val::Bool(x)) if x == decider) {
            return left;
        }
        let right = self.eval(b);
        match (&left, &right) {
            (_, Ok(Val::Bool(y))) if *y == decider => right,
            (Ok(Val::Bool(_)), Ok(Val::Bool(_))) => Ok(Val::Bool(!decider)),
            (Err(e), _) => Err(e.clone()),
            (_, Err(e)) => Err(e.clone()),
            _ => Err(EvalError::no_overload()),
        }
    }

    fn call(&mut self, name: &str, target: Option<&Expr>, args: &[Expr]) -> Eval<'a> {
        // `or` and `orValue` of optionals evaluate their argument only when needed.
        if let (Some(target), "or" | "orValue", [alternative]) = (target, name, args) {
            return match self.eval(target)? {
                Val::Optional(Some(v)) if name == "orValue" => Ok((*v).clone()),
                some @ Val::Optional(Some(_)) => Ok(some),
                Val::Optional(None) => self.eval(alternative),
                _ => Err(EvalError::no_overload()),
            };
        }
        let mut all = Vec::with_capacity(args.len() + 1);
        if let Some(target) = target {
            all.push(self.eval(target)?);
        }
        for arg in args {
            all.push(self.eval(arg)?);
        }
        let work: u64 = all.iter().map(size).sum();
        self.step(work / 10)?;
        functions::call(name, target.is_some(), &all, self.patterns)
    }

    fn comprehension(&mut self, c: &Comprehension) -> Eval<'a> {
        let range = self.eval(&c.range)?;
        let items: Vec<Item<'a>> = match (range.is_list(), range.is_map(), c.vars.len()) {
            (true, _, 1) => range.entries().into_iter().map(|v| (v, Ok(Val::Null))).collect(),
            (true, _, _) => range.entries().into_iter().enumerate().map(|(i, v)| (Ok(Val::Int(i as i64)), v)).collect(),
            (_, true, 1) => range.keys().into_iter().map(|k| (Ok(k), Ok(Val::Null))).collect(),
            (_, true, _) => range.keys().into_iter().map(|k| (Ok(k.clone()), range.find(&k).unwrap_or_else(|| Err(EvalError::no_overload())))).collect(),
            _ => return Err(EvalError::no_overload()),
        };
        match c.fold {
            Fold::All => self.quantify(c, &items, false),
            Fold::Exists => self.quantify(c, &items, true),
            Fold::ExistsOne => {
                let mut count = 0;
                for item in &items {
                    match self.body(c, &c.body, item)? {
                        Val::Bool(b) => count += u32::from(b),
                        _ => return Err(EvalError::no_overload()),
                    }
                }
                Ok(Val::Bool(count == 1))
            }
            Fold::SortBy => {
                let mut keyed = Vec::with_capacity(items.len());
                for item in &items {
                    keyed.push((self.body(c, &c.body, item)?, item.0.clone()?));
                }
                functions::sort_keyed(keyed)
            }
            Fold::Map | Fold::Filter | Fold::TransformList => {
                let mut all = Vec::new();
                for item in &items {
                    if c.fold == Fold::Filter {
                        if self.condition(c, &c.body, item)? {
                            all.push(item.0.clone()?);
                        }
                    } else if self.filtered(c, item)? {
                        all.push(self.body(c, &c.body, item)?);
                    }
                }
                Ok(Val::list(all))
            }
            Fold::TransformMap | Fold::TransformMapEntry => self.transform_map(c, &items),
        }
    }

    fn transform_map(&mut self, c: &Comprehension, items: &[Item<'a>]) -> Eval<'a> {
        let mut all = Vec::new();
        for item in items {
            if !self.filtered(c, item)? {
                continue;
            }
            let value = self.body(c, &c.body, item)?;
            match (c.fold, &value) {
                (Fold::TransformMap, _) => all.push((item.0.clone()?, value)),
                (_, Val::Map(entries)) => {
                    for (k, v) in entries.iter() {
                        insert(&mut all, k.clone(), v.clone())?;
                    }
                }
                _ => return Err(EvalError::no_overload()),
            }
        }
        Ok(Val::Map(Arc::new(all)))
    }

    fn filtered(&mut self, c: &Comprehension, item: &Item<'a>) -> Result<bool, EvalError> {
        match &c.filter {
            None => Ok(true),
            Some(filter) => self.condition(c, filter, item),
        }
    }

    fn condition(&mut self, c: &Comprehension, expr: &Expr, item: &Item<'a>) -> Result<bool, EvalError> {
        match self.body(c, expr, item)? {
            Val::Bool(b) => Ok(b),
            _ => Err(EvalError::no_overload()),
        }
    }

    fn body(&mut self, c: &Comprehension, expr: &Expr, item: &Item<'a>) -> Eval<'a> {
        match c.vars.as_slice() {
            [one] => self.within(&[(one, item.0.clone())], expr),
            [one, two] => self.within(&[(one, item.0.clone()), (two, item.1.clone())], expr),
            _ => Err(EvalError::no_overload()),
        }
    }

    /// `all` (decided by false) and `exists` (decided by true): an error counts only when nothing decides.
    fn quantify(&mut self, c: &Comprehension, items: &[Item<'a>], decider: bool) -> Eval<'a> {
        let mut error: Option<EvalError> = None;
        for item in items {
            match self.body(c, &c.body, item) {
                Ok(Val::Bool(b)) if b == decider => return Ok(Val::Bool(decider)),
                Ok(Val::Bool(_)) => {}
                Ok(_) => error = error.or_else(|| Some(EvalError::no_overload())),
                Err(e) if e.kind == ErrorKind::Unsupported => return Err(e),
                Err(e) => error = error.or(Some(e)),
            }
        }
        error.map_or(Ok(Val::Bool(!decider)), Err)
    }
}

fn insert<'a>(all: &mut Vec<(Val<'a>, Val<'a>)>, key: Val<'a>, value: Val<'a>) -> Result<(), EvalError> {
    if all.iter().any(|(k, _)| equal(k, &key).unwrap_or(false)) {
        return Err(EvalError::new(format!("Failed with repeated key {}", functions::show(&key))));
    }
    all.push((key, value));
    Ok(())
}

/// The value of a constant.
pub(super) fn literal<'a>(l: &Literal) -> Val<'a> {
    match l {
        Literal::Null => Val::Null,
        Literal::Bool(b) => Val::Bool(*b),
        Literal::Int(i) => Val::Int(*i),
        Literal::Uint(u) => Val::Uint(*u),
        Literal::Double(d) => Val::Double(*d),
        Literal::Str(s) => Val::Str(s.clone()),
        Literal::Bytes(b) => Val::Bytes(b.clone()),
    }
}

/// A type by the name that rules use.
fn type_named<'a>(name: &str) -> Option<Val<'a>> {
    matches!(name, "bool" | "int" | "uint" | "double" | "string" | "bytes" | "list" | "map" | "null_type" | "type" | "optional_type").then(|| Val::Type(name.into()))
}

/// `google.protobuf.Timestamp` and the like, as a type.
pub(super) fn qualified_type<'a>(operand: &Expr, field: &str) -> Option<Val<'a>> {
    let ExprKind::Select { operand: root, field: middle, optional: false } = &operand.kind else {
        let ExprKind::Ident(root) = &operand.kind else { return None };
        let known = matches!((root.as_str(), field), ("net", "IP" | "CIDR") | ("kubernetes", "URL" | "Quantity" | "Semver" | "NamedFormat"));
        return known.then(|| Val::Type(ecow::eco_format!("{root}.{field}")));
    };
    let ExprKind::Ident(root) = &root.kind else { return None };
    let known = root == "google" && middle == "protobuf" && matches!(field, "Timestamp" | "Duration");
    known.then(|| Val::Type(ecow::eco_format!("google.protobuf.{field}")))
}

/// How much work a value means when it is gone through.
fn size(v: &Val) -> u64 {
    match v {
        Val::Str(s) => s.len() as u64,
        Val::Bytes(b) => b.len() as u64,
        v => v.count().unwrap_or(1) as u64,
    }
}

fn negate<'a>(v: &Val<'a>) -> Eval<'a> {
    match v {
        Val::Int(i) => i.checked_neg().map(Val::Int).ok_or_else(|| EvalError::new("integer overflow")),
        Val::Double(d) => Ok(Val::Double(-d)),
        Val::Duration(d) => d.checked_neg().map(Val::Duration).ok_or_else(|| EvalError::new("integer overflow")),
        _ => Err(EvalError::no_overload()),
    }
}

fn binary<'a>(op: Binary, a: &Val<'a>, b: &Val<'a>) -> Eval<'a> {
    use std::cmp::Ordering;
    let ordered = |test: fn(Ordering) -> bool| match (a, b) {
        (Val::Double(x), _) if x.is_nan() => Ok(Val::Bool(false)),
        (_, Val::Double(y)) if y.is_nan() => Ok(Val::Bool(false)),
        _ => compare(a, b).map(|o| Val::Bool(test(o))),
    };
    match op {
        Binary::Eq => equal(a, b).map(Val::Bool),
        Binary::Ne => equal(a, b).map(|e| Val::Bool(!e)),
        Binary::Lt => ordered(Ordering::is_lt),
        Binary::Le => ordered(Ordering::is_le),
        Binary::Gt => ordered(Ordering::is_gt),
        Binary::Ge => ordered(Ordering::is_ge),
        Binary::In => contains(a, b),
        Binary::Add => add(a, b),
        Binary::Sub => subtract(a, b),
        Binary::Mul | Binary::Div | Binary::Rem => multiply(op, a, b),
    }
}

fn contains<'a>(item: &Val<'a>, all: &Val<'a>) -> Eval<'a> {
    if all.is_map() {
        return match all.find(item) {
            Some(Ok(_)) => Ok(Val::Bool(true)),
            Some(Err(e)) => Err(e),
            None => Ok(Val::Bool(false)),
        };
    }
    if !all.is_list() {
        return Err(EvalError::no_overload());
    }
    let data = matches!(all, Val::DataList(..));
    let mut error = None;
    for i in 0..all.count().unwrap_or(0) {
        match all.at(i).unwrap_or_else(|| Err(EvalError::no_overload())).and_then(|v| equal(&v, item)) {
            Ok(true) => return Ok(Val::Bool(true)),
            Ok(false) => {}
            Err(e) if data => error = error.or(Some(e)),
            Err(_) => {}
        }
    }
    error.map_or(Ok(Val::Bool(false)), Err)
}

fn add<'a>(a: &Val<'a>, b: &Val<'a>) -> Eval<'a> {
    let overflow = |what: &str| EvalError::new(format!("{what} overflow"));
    match (a, b) {
        (Val::Int(x), Val::Int(y)) => x.checked_add(*y).map(Val::Int).ok_or_else(|| overflow("integer")),
        (Val::Uint(x), Val::Uint(y)) => x.checked_add(*y).map(Val::Uint).ok_or_else(|| overflow("unsigned integer")),
        (Val::Double(x), Val::Double(y)) => Ok(Val::Double(x + y)),
        (Val::Str(x), Val::Str(y)) => Ok(Val::Str(ecow::eco_format!("{x}{y}"))),
        (Val::Bytes(x), Val::Bytes(y)) => Ok(Val::Bytes(x.iter().chain(y.iter()).copied().collect())),
        (Val::Duration(x), Val::Duration(y)) => x.checked_add(*y).map(Val::Duration).ok_or_else(|| overflow("integer")),
        (Val::Timestamp(t), Val::Duration(d)) | (Val::Duration(d), Val::Timestamp(t)) => t.plus(*d).map(Val::Timestamp).ok_or_else(|| overflow("timestamp")),
        (x, y) if x.is_list() && y.is_list() => join(x, y),
        _ => Err(EvalError::no_overload()),
    }
}

fn subtract<'a>(a: &Val<'a>, b: &Val<'a>) -> Eval<'a> {
    let overflow = |what: &str| EvalError::new(format!("{what} overflow"));
    match (a, b) {
        (Val::Int(x), Val::Int(y)) => x.checked_sub(*y).map(Val::Int).ok_or_else(|| overflow("integer")),
        (Val::Uint(x), Val::Uint(y)) => x.checked_sub(*y).map(Val::Uint).ok_or_else(|| overflow("unsigned integer")),
        (Val::Double(x), Val::Double(y)) => Ok(Val::Double(x - y)),
        (Val::Duration(x), Val::Duration(y)) => x.checked_sub(*y).map(Val::Duration).ok_or_else(|| overflow("integer")),
        (Val::Timestamp(t), Val::Duration(d)) => d.checked_neg().and_then(|d| t.plus(d)).map(Val::Timestamp).ok_or_else(|| overflow("timestamp")),
        (Val::Timestamp(x), Val::Timestamp(y)) => i64::try_from(x.instant() - y.instant()).map(Val::Duration).map_err(|_| overflow("integer")),
        _ => Err(EvalError::no_overload()),
    }
}

fn multiply<'a>(op: Binary, a: &Val<'a>, b: &Val<'a>) -> Eval<'a> {
    let zero = || EvalError::new(if op == Binary::Div { "division by zero" } else { "modulus by zero" });
    match (op, a, b) {
        (Binary::Mul, Val::Int(x), Val::Int(y)) => x.checked_mul(*y).map(Val::Int).ok_or_else(|| EvalError::new("integer overflow")),
        (Binary::Mul, Val::Uint(x), Val::Uint(y)) => x.checked_mul(*y).map(Val::Uint).ok_or_else(|| EvalError::new("unsigned integer overflow")),
        (Binary::Mul, Val::Double(x), Val::Double(y)) => Ok(Val::Double(x * y)),
        (Binary::Div, Val::Double(x), Val::Double(y)) => Ok(Val::Double(x / y)),
        (_, Val::Int(_), Val::Int(0)) | (_, Val::Uint(_), Val::Uint(0)) => Err(zero()),
        (Binary::Div, Val::Int(x), Val::Int(y)) => x.checked_div(*y).map(Val::Int).ok_or_else(|| EvalError::new("integer overflow")),
        (Binary::Rem, Val::Int(x), Val::Int(y)) => x.checked_rem(*y).map(Val::Int).ok_or_else(|| EvalError::new("integer overflow")),
        (Binary::Div, Val::Uint(x), Val::Uint(y)) => Ok(Val::Uint(x / y)),
        (Binary::Rem, Val::Uint(x), Val::Uint(y)) => Ok(Val::Uint(x % y)),
        _ => Err(EvalError::no_overload()),
    }
}
