//! Operators: arithmetic on intervals, comparison, `??`, `has`, `is`, `as`.

use super::{Checker, present};
use crate::base::Range;
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::hir::{BinaryOp, Expr, ExprId, TypeExprId, TypeName, UnaryOp};
use crate::types::interval::{Bounds, Interval};
use crate::types::relate::disjoint;
use crate::types::text::{Format, Text};
use crate::types::ty::{Ty, Type, Typed};
use crate::value::Number;

impl Checker<'_> {
    pub fn unary(&mut self, op: UnaryOp, operand: ExprId) -> Typed {
        match op {
            UnaryOp::Not => {
                let ty = self.boolean(operand);
                present(match &*ty {
                    Type::Bool(Some(b)) => Type::Bool(Some(!b)).share(),
                    Type::Error => ty,
                    _ => Type::bool(),
                })
            }
            UnaryOp::Negate => {
                let ty = self.value(operand);
                present(match ty.shape() {
                    Type::Int(i) => match (i.high.checked_neg(), i.low.checked_neg()) {
                        (Some(low), Some(high)) => Type::int(low, high),
                        _ => Type::Int(Interval::INT64).share(),
                    },
                    Type::Number(b) => match b.single().and_then(Number::decimal) {
                        Some(d) => Type::Number(Bounds::point(Number::new((-d).to_string()))).share(),
                        None => Type::Number(Bounds::default()).share(),
                    },
                    Type::Error => Type::error(),
                    _ => {
                        self.wrong(codes::J0316, operand, format!("`-` is for numbers, not for `{ty}`"));
                        Type::error()
                    }
                })
            }
        }
    }

    pub fn has(&mut self, e: ExprId, operand: ExprId) -> Typed {
        let _ = e;
        self.lenient += 1;
        let typed = self.infer(operand);
        self.lenient -= 1;
        let program = self.program.clone();
        let path = matches!(program.module(self.module).expr(operand), Expr::Field { .. } | Expr::Index { .. } | Expr::Local(_) | Expr::Parameters);
        if !path && !typed.ty.is_error() {
            self.wrong(codes::J0316, operand, "`has` asks whether a path is there");
        }
        present(if typed.absent || typed.ty.is_error() { Type::bool() } else { Type::Bool(Some(true)).share() })
    }

    pub fn binary(&mut self, e: ExprId, op: BinaryOp, at: Range, left: ExprId, right: ExprId) -> Typed {
        match op {
            BinaryOp::And | BinaryOp::Or => {
                let c = self.narrow(left);
                let facts = if op == BinaryOp::And { &c.holds } else { &c.fails };
                let b = self.under(facts, |k| k.narrow(right));
                let stop = op == BinaryOp::Or;
                if c.known.is_some() {
                    self.always_part(left, c.known == Some(true));
                }
                let known = match (c.known, b.known) {
                    (Some(k), _) | (_, Some(k)) if k == stop => Some(k),
                    (Some(_), Some(k)) => Some(k),
                    _ => None,
                };
                present(Type::Bool(known).share())
            }
            BinaryOp::Otherwise => self.otherwise(at, left, right, None),
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => self.arithmetic(op, at, left, right),
            BinaryOp::Equal | BinaryOp::NotEqual => self.equal(e, op, at, left, right),
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => self.ordered(op, at, left, right),
        }
    }

    /// A left operand of `&&` or `||` that is always so.
    fn always_part(&mut self, e: ExprId, known: bool) {
        let span = self.span(e);
        let program = self.program.clone();
        if !self.in_test && !matches!(program.module(self.module).expr(e), Expr::Bool(_)) {
            self.report(Diagnostic::new(codes::J0406, format!("this is always {known}")).primary(span, ""));
        }
    }

    /// `a ?? b`.
    pub fn otherwise(&mut self, at: Range, left: ExprId, right: ExprId, expected: Option<&Ty>) -> Typed {
        let a = match expected {
            Some(ty) => self.check(left, ty),
            None => self.infer(left),
        };
        if !a.absent && !a.ty.is_error() && !self.in_test {
            let span = self.at(at);
            let text = self.describe(left);
            self.report(Diagnostic::new(codes::J0402, format!("{text} is never absent")).primary(span, "what follows `??` is never used"));
        }
        let mut facts = super::env::Facts::default();
        if let Some(path) = self.path(left) {
            facts.add(path, Typed::optional(Type::Never.share()));
        }
        let b = self.under(&facts, |c| match expected {
            Some(ty) => c.check(right, ty),
            None => c.infer(right),
        });
        let ty = self.joined(&[(left, a.ty.clone()), (right, b.ty.clone())], expected);
        Typed { ty, absent: a.absent && b.absent }
    }

    fn arithmetic(&mut self, op: BinaryOp, at: Range, left: ExprId, right: ExprId) -> Typed {
        let (a, b) = (self.value(left), self.value(right));
        if a.is_error() || b.is_error() {
            return present(Type::error());
        }
        if let (Some(x), Some(y)) = (integers(&a), integers(&b)) {
            return present(self.interval(op, at, x, y));
        }
        for (e, ty) in [(left, &a), (right, &b)] {
            if !ty.members().iter().all(|m| matches!(m.shape(), Type::Int(_) | Type::Number(_))) {
                let hint = if super::expr::is_text(ty) { "join text with a template: \"${a}${b}\"" } else { "" };
                let span = self.at(at);
                let _ = e;
                let mut finding = Diagnostic::new(codes::J0316, format!("`{}` is for numbers, not for `{ty}`", sign(op))).primary(span, "");
                if !hint.is_empty() {
                    finding = finding.help(hint);
                }
                self.report(finding);
                return present(Type::error());
            }
        }
        present(Type::Number(Bounds::default()).share())
    }

    fn interval(&mut self, op: BinaryOp, at: Range, x: Interval, y: Interval) -> Ty {
        let (a, b, c, d) = (i128::from(x.low), i128::from(x.high), i128::from(y.low), i128::from(y.high));
        let (low, high) = match op {
            BinaryOp::Add => (a + c, b + d),
            BinaryOp::Subtract => (a - d, b - c),
            _ => {
                let all = [a * c, a * d, b * c, b * d];
                (all.iter().copied().min().unwrap_or(0), all.iter().copied().max().unwrap_or(0))
            }
        };
        match (i64::try_from(low), i64::try_from(high)) {
            (Ok(low), Ok(high)) => Type::int(low, high),
            _ => {
                let span = self.at(at);
                self.report(Diagnostic::new(codes::J0507, format!("this can leave 64 bits: {low} to {high}")).primary(span, "").help("refine the types of the operands"));
                Type::error()
            }
        }
    }

    fn equal(&mut self, e: ExprId, op: BinaryOp, at: Range, left: ExprId, right: ExprId) -> Typed {
        let (a, b) = (self.infer(left), self.infer(right));
        let _ = e;
        if a.ty.is_error() || b.ty.is_error() {
            return present(Type::bool());
        }
        if a.absent && b.absent && !self.in_test {
            let span = self.at(at);
            self.report(Diagnostic::new(codes::J0403, "both sides may be absent, and absent equals nothing").primary(span, "").help("ask with `has` first"));
            return present(Type::bool());
        }
        if comparable_never(&a.ty, &b.ty) {
            if self.in_test {
                return present(Type::bool());
            }
            let span = self.at(at);
            self.report(Diagnostic::new(codes::J0316, format!("`{}` never equals `{}`", a.ty, b.ty)).primary(span, ""));
            return present(Type::bool());
        }
        let same = super::condition::single_value(&a.ty) && super::condition::single_value(&b.ty) && !a.absent && !b.absent;
        present(if same { Type::Bool(Some(op == BinaryOp::Equal)).share() } else { Type::bool() })
    }

    fn ordered(&mut self, op: BinaryOp, at: Range, left: ExprId, right: ExprId) -> Typed {
        let (a, b) = (self.value(left), self.value(right));
        if a.is_error() || b.is_error() {
            return present(Type::bool());
        }
        let groups: [fn(&Ty) -> bool; 3] = [is_number, is_quantity, is_duration];
        if !groups.iter().any(|g| g(&a) && g(&b)) {
            let span = self.at(at);
            self.report(Diagnostic::new(codes::J0316, format!("`{}` cannot compare `{a}` with `{b}`", sign(op))).primary(span, ""));
            return present(Type::bool());
        }
        if let (Some(x), Some(y)) = (integers(&a), integers(&b)) {
            let (always, never) = match op {
                BinaryOp::Less => (x.high < y.low, x.low >= y.high),
                BinaryOp::LessEqual => (x.high <= y.low, x.low > y.high),
                BinaryOp::Greater => (x.low > y.high, x.high <= y.low),
                _ => (x.low >= y.high, x.high < y.low),
            };
            return present(
                Type::Bool(if always {
                    Some(true)
                } else if never {
                    Some(false)
                } else {
                    None
                })
                .share(),
            );
        }
        present(Type::bool())
    }

    /// `e is T`.
    pub fn is(&mut self, value: ExprId, name: &TypeName) -> Typed {
        let typed = self.infer(value);
        if typed.absent {
            self.may_be_absent(value);
        }
        let span = self.at(name.range);
        let Some(wanted) = self.types.named(self.module, name) else {
            return present(Type::bool());
        };
        if typed.ty.is_error() || wanted.is_error() {
            return present(Type::bool());
        }
        if let Some(finding) = undecidable(&typed.ty, &wanted, self.types) {
            self.report(Diagnostic::new(codes::J0409, finding).primary(span, "").help("decide with `match`, or read it with `as … else \"…\"`"));
            return present(Type::bool());
        }
        let (yes, no) = super::condition::split(&typed.ty, &wanted, self.types);
        let nothing = |t: &Option<Ty>| t.as_ref().is_some_and(|t| matches!(&**t, Type::Never));
        present(match (nothing(&yes), nothing(&no)) {
            (true, _) => Type::Bool(Some(false)).share(),
            (_, true) => Type::Bool(Some(true)).share(),
            _ => Type::bool(),
        })
    }

    /// `e as T else m`.
    pub fn cast(&mut self, e: ExprId, value: ExprId, ty: TypeExprId, message: ExprId) -> Typed {
        let typed = self.infer(value);
        self.message(message);
        let span = self.span(value);
        self.depends("`as … else`", span);
        let wanted = self.type_of(ty);
        let _ = e;
        if !typed.ty.is_error() && !wanted.is_error() && self.never_casts(&typed.ty, &wanted) {
            self.wrong(codes::J0316, value, format!("a `{}` is never a `{wanted}`", typed.ty));
            return present(Type::error());
        }
        let kind = crate::types::kubernetes::is_kind(&wanted);
        present(match (kind, self.in_status) {
            (true, true) => crate::types::kubernetes::live(&wanted),
            (true, false) => super::as_seen(&wanted, self.types),
            _ => wanted,
        })
    }

    fn never_casts(&self, from: &Ty, to: &Ty) -> bool {
        let open = |t: &Ty| t.members().iter().any(|m| matches!(&**m, Type::Object | Type::Json) || m.as_record().is_some_and(|r| r.rest.is_some()));
        !open(from) && !open(to) && disjoint(from, to)
    }

    /// The message of a `require` or cast: text.
    pub fn message(&mut self, e: ExprId) {
        let ty = self.value(e);
        if !super::expr::is_text(&ty) {
            self.wrong(codes::J0303, e, format!("a message is text, not `{ty}`"));
        }
    }

    /// Reports a code at an expression with help.
    pub fn wrong_help(&mut self, code: Code, e: ExprId, message: impl Into<String>, help: &str) {
        let span = self.span(e);
        self.report(Diagnostic::new(code, message).primary(span, "").help(help));
    }
}

/// Whether no value of one equals one of the other, by the equality of the language.
fn comparable_never(a: &Ty, b: &Ty) -> bool {
    let by_value =
        |x: &Ty| x.members().iter().any(|m| matches!(m.shape(), Type::Quantity) || matches!(m.shape(), Type::Text(Text::Language(l)) if l.format == Some(Format::Duration)));
    if by_value(a) || by_value(b) {
        let text_or_number = |x: &Ty| x.members().iter().any(|m| matches!(m.shape(), Type::Quantity | Type::Text(_) | Type::Int(_) | Type::Number(_) | Type::Json));
        return !(text_or_number(a) && text_or_number(b));
    }
    let object = |x: &Ty| x.members().iter().any(|m| m.as_record().is_some() || matches!(m.shape(), Type::Map(_) | Type::Object));
    if object(a) && object(b) {
        return false;
    }
    disjoint(a, b)
}

/// Why `is` cannot decide.
fn undecidable(from: &Ty, wanted: &Ty, types: &crate::types::resolve::Types) -> Option<String> {
    let _ = types;
    if super::condition::kind_name(wanted).is_some() || matches!(&**wanted, Type::Union(u) if u.members.iter().all(|m| super::condition::kind_name(m).is_some())) {
        return None;
    }
    let json_kind = matches!(wanted.shape(), Type::Text(Text::Any) | Type::Int(Interval::INT | Interval::INT64) | Type::Bool(None) | Type::Null)
        || matches!(wanted.shape(), Type::Number(b) if b.low.is_none() && b.high.is_none());
    if json_kind {
        return None;
    }
    let members = from.members();
    let subset = wanted.members().iter().all(|w| members.iter().any(|m| crate::types::relate::fits(m, w).is_ok() && crate::types::relate::fits(w, m).is_ok()));
    if subset { None } else { Some(format!("`is` cannot tell whether a `{from}` is a `{wanted}`")) }
}

/// The interval of an integer type.
pub(super) fn integers(ty: &Ty) -> Option<Interval> {
    ty.members().iter().map(|m| if let Type::Int(i) = m.shape() { Some(*i) } else { None }).collect::<Option<Vec<_>>>()?.into_iter().reduce(Interval::hull)
}

fn is_number(ty: &Ty) -> bool {
    ty.members().iter().all(|m| matches!(m.shape(), Type::Int(_) | Type::Number(_)))
}

fn is_quantity(ty: &Ty) -> bool {
    ty.members().iter().all(|m| match m.shape() {
        Type::Quantity | Type::Int(_) | Type::Number(_) => true,
        Type::Text(Text::Literals(l)) => l.iter().all(|t| Format::Quantity.accepts(t).is_ok()),
        _ => false,
    })
}

fn is_duration(ty: &Ty) -> bool {
    ty.members().iter().all(|m| match m.shape() {
        Type::Text(Text::Language(l)) => l.format == Some(Format::Duration),
        Type::Text(Text::Literals(l)) => l.iter().all(|t| Format::Duration.accepts(t).is_ok()),
        _ => false,
    })
}

fn sign(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Multiply => "*",
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Otherwise => "??",
        BinaryOp::Less => "<",
        BinaryOp::LessEqual => "<=",
        BinaryOp::Greater => ">",
        BinaryOp::GreaterEqual => ">=",
        BinaryOp::Equal => "==",
        BinaryOp::NotEqual => "!=",
        BinaryOp::And => "&&",
        BinaryOp::Or => "||",
    }
}
