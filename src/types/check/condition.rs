//! Conditions: what is known about stable paths where they hold and where they do not (language reference §6.3).

use super::Checker;
use super::env::{Facts, Path, PathStep};
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Arg, BinaryOp, Expr, ExprId, UnaryOp};
use crate::types::interval::{Interval, Length};
use crate::types::relate::{disjoint, fits};
use crate::types::text::{Language, Nfa, Text};
use crate::types::ty::{List, MapType, Ty, Type, Typed};
use crate::types::unions::unite;

/// What a condition says.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    /// Where it holds.
    pub holds: Facts,
    /// Where it does not.
    pub fails: Facts,
    /// It is always so.
    pub known: Option<bool>,
}

impl Condition {
    fn swapped(self) -> Self {
        Self { holds: self.fails, fails: self.holds, known: self.known.map(|k| !k) }
    }
}

impl Checker<'_> {
    /// Checks a condition and finds out what it says. One that is always true or false is reported (J0406).
    pub fn condition(&mut self, e: ExprId) -> Condition {
        let c = self.narrow(e);
        if let Some(known) = c.known {
            self.always(e, known);
        }
        c
    }

    fn always(&mut self, e: ExprId, known: bool) {
        let program = self.program.clone();
        if self.in_test || matches!(program.module(self.module).expr(e), Expr::Bool(_)) {
            return;
        }
        let span = self.span(e);
        self.report(Diagnostic::new(codes::J0406, format!("this is always {known}")).primary(span, ""));
    }

    /// The same without reporting what is always so.
    pub fn narrow(&mut self, e: ExprId) -> Condition {
        let program = self.program.clone();
        match program.module(self.module).expr(e) {
            Expr::Unary { op: UnaryOp::Not, operand } => self.narrow(*operand).swapped(),
            Expr::Binary { op: BinaryOp::And, left, right, .. } => {
                let a = self.narrow(*left);
                let b = self.under(&a.holds, |c| c.narrow(*right));
                let known = if a.known == Some(false) || b.known == Some(false) { Some(false) } else { a.known.and(b.known) };
                Condition { fails: a.fails.either(&a.holds.both(&b.fails)), holds: a.holds.both(&b.holds), known }
            }
            Expr::Binary { op: BinaryOp::Or, left, right, .. } => {
                let a = self.narrow(*left);
                let b = self.under(&a.fails, |c| c.narrow(*right));
                let known = if a.known == Some(true) || b.known == Some(true) { Some(true) } else { a.known.and(b.known) };
                Condition { holds: a.holds.either(&a.fails.both(&b.holds)), fails: a.fails.both(&b.fails), known }
            }
            Expr::Has(operand) => {
                self.infer(e);
                self.has_condition(*operand)
            }
            Expr::Binary { op, left, right, .. } if is_comparison(*op) => {
                let ty = self.infer(e).ty;
                let c = self.comparison(*op, *left, *right);
                Condition { known: single(&ty), ..c }
            }
            Expr::Is { value, ty } => {
                self.infer(e);
                match self.types.named(self.module, ty) {
                    Some(wanted) => self.is_condition(*value, &wanted),
                    None => Condition::default(),
                }
            }
            Expr::Call { callee, args } => {
                self.boolean(e);
                self.matches_condition(*callee, args)
            }
            _ => {
                let ty = self.boolean(e);
                let known = single(&ty);
                self.plain_condition(e, known)
            }
        }
    }

    fn current(&mut self, e: ExprId) -> Typed {
        self.ask(|c| {
            c.lenient += 1;
            let typed = c.infer(e);
            c.lenient -= 1;
            typed
        })
    }

    /// `has p`.
    fn has_condition(&mut self, operand: ExprId) -> Condition {
        let typed = self.current(operand);
        let mut out = Condition { known: (!typed.absent && !typed.ty.is_error()).then_some(true), ..Condition::default() };
        if matches!(&*typed.ty, Type::Never) {
            out.known = Some(false);
        }
        let Some(path) = self.path(operand) else { return out };
        self.presence(operand, &mut out.holds);
        self.narrow_unions(&path, None, true, &mut out.holds);
        out.fails.add(path.clone(), Typed::optional(Type::Never.share()));
        self.narrow_unions(&path, None, false, &mut out.fails);
        out
    }

    /// A path and every prefix of it are there.
    fn presence(&mut self, e: ExprId, facts: &mut Facts) {
        let program = self.program.clone();
        if let Expr::Field { base, .. } | Expr::Index { base, .. } = program.module(self.module).expr(e) {
            self.presence(*base, facts);
        }
        if let Some(path) = self.path(e) {
            let typed = self.current(e);
            if typed.absent {
                facts.add(path, Typed::present(typed.ty));
            }
        }
    }

    /// Narrowing a field of a union narrows the union: to the members whose field can be `ty` (`None`: anything), or that can lack it.
    fn narrow_unions(&mut self, path: &Path, ty: Option<&Ty>, there: bool, facts: &mut Facts) {
        let Some((parent, PathStep::Field(name))) = path.parent() else { return };
        let whole = match facts.get(&parent) {
            Some(t) => Some(t.clone()),
            None => self.typed_of(&parent),
        };
        let Some(whole) = whole else { return };
        let members = whole.ty.members();
        if members.len() < 2 {
            return;
        }
        let kept: Vec<Ty> = members
            .iter()
            .filter(|m| match m.as_record().and_then(|r| r.field(name).map(|f| (f, r))) {
                Some((f, _)) if there => ty.is_none_or(|t| !disjoint(&f.ty, t)),
                Some((f, _)) => f.is_optional(),
                None => !there || m.as_record().is_none_or(|r| r.rest.is_some()),
            })
            .cloned()
            .collect();
        if kept.len() < members.len() {
            let narrowed = unite(&kept).0;
            facts.add(parent.clone(), Typed { ty: narrowed.clone(), absent: whole.absent && !there });
            self.narrow_unions(&parent, Some(&narrowed), true, facts);
        }
    }

    /// The type of a path as it is known here.
    pub fn typed_of(&mut self, path: &Path) -> Option<Typed> {
        use super::env::Root;
        if let Some(known) = self.env.facts.get(path) {
            return Some(known.clone());
        }
        if path.steps.is_empty() {
            let ty = match path.root {
                Root::Parameters => self.scope.parameters.clone(),
                Root::Context => self.scope.context.clone(),
                Root::Target => self.scope.target.clone(),
                Root::Output => self.scope.output.clone(),
                Root::Outputs => self.scope.outputs.clone(),
                Root::Local(l) => return self.env.local(l).map(|b| b.typed.clone()),
            };
            return ty.map(Typed::present);
        }
        let (parent, step) = path.parent()?;
        let base = self.typed_of(&parent)?;
        match step {
            PathStep::Field(name) => {
                let name = name.clone();
                let found = self.ask(|c| c.member(&base.ty, &name, crate::base::Range::default()));
                Some(Typed { ty: found.ty, absent: found.absent || base.absent })
            }
            _ => None,
        }
    }

    /// `p == c`, `p < c`, `p.length <= c` and the like, either way round.
    fn comparison(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> Condition {
        let mut out = self.compared(op, left, right);
        let other = self.compared(mirrored(op), right, left);
        out.holds = out.holds.both(&other.holds);
        out.fails = out.fails.both(&other.fails);
        out
    }

    fn compared(&mut self, op: BinaryOp, subject: ExprId, constant: ExprId) -> Condition {
        let mut out = Condition::default();
        let value = self.current(constant);
        if value.absent {
            // `p == q` with an optional `q`: where it holds, both are there.
            if op == BinaryOp::Equal {
                self.presence(subject, &mut out.holds);
            }
            return out;
        }
        if op == BinaryOp::Equal {
            self.presence(subject, &mut out.holds);
            self.presence(constant, &mut out.holds);
        }
        match op {
            BinaryOp::Equal | BinaryOp::NotEqual => self.equality(op, subject, &value.ty, &mut out),
            BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual => self.order_facts(op, subject, &value.ty, &mut out),
            _ => {}
        }
        if let Type::Int(limits) = &*value.ty {
            self.length_facts(op, subject, *limits, &mut out);
        }
        out
    }

    fn equality(&mut self, op: BinaryOp, subject: ExprId, constant: &Ty, out: &mut Condition) {
        let Some(path) = self.path(subject) else { return };
        let typed = self.current(subject);
        let mut same = Facts::default();
        self.presence(subject, &mut same);
        if let Some(met) = meet(&typed.ty, constant) {
            same.add(path.clone(), Typed::present(met.clone()));
            self.narrow_unions(&path, Some(&met), true, &mut same);
        }
        let mut other = Facts::default();
        if single_value(constant)
            && let Some(rest) = minus(&typed.ty, constant)
        {
            other.add(path.clone(), Typed { ty: rest.clone(), absent: typed.absent });
            if !typed.absent {
                self.narrow_unions(&path, Some(&rest), true, &mut other);
            }
        }
        if op == BinaryOp::Equal {
            out.holds = out.holds.both(&same);
            out.fails = out.fails.both(&other);
        } else {
            out.holds = out.holds.both(&other);
            out.fails = out.fails.both(&same);
        }
    }

    fn order_facts(&mut self, op: BinaryOp, subject: ExprId, constant: &Ty, out: &mut Condition) {
        let (Some(path), Type::Int(c)) = (self.path(subject), &**constant) else { return };
        let typed = self.current(subject);
        let Type::Int(now) = typed.ty.shape() else { return };
        let (yes, no) = ranges(op, *c);
        let fact = |i: Interval| {
            let met = now.meet(i);
            Typed::present(if met.is_empty() { Type::Never.share() } else { Type::Int(met).share() })
        };
        out.holds.add(path.clone(), fact(yes));
        out.fails.add(path, fact(no));
    }

    /// `p.length` compared with a constant.
    fn length_facts(&mut self, op: BinaryOp, subject: ExprId, c: Interval, out: &mut Condition) {
        let program = self.program.clone();
        let Expr::Field { base, name, .. } = program.module(self.module).expr(subject) else { return };
        if name != "length" {
            return;
        }
        let (Some(path), typed) = (self.path(*base), self.current(*base)) else { return };
        let (yes, no) = match op {
            BinaryOp::Equal => (c, None),
            BinaryOp::NotEqual => return,
            _ => {
                let (yes, no) = ranges(op, c);
                (yes, Some(no))
            }
        };
        if let Some(t) = with_length(&typed.ty, yes) {
            out.holds.add(path.clone(), Typed::present(t));
        }
        if let Some(t) = no.and_then(|no| with_length(&typed.ty, no)) {
            out.fails.add(path, Typed::present(t));
        }
    }

    /// `p is T`.
    fn is_condition(&mut self, value: ExprId, wanted: &Ty) -> Condition {
        let typed = self.current(value);
        let mut out = Condition::default();
        let Some(path) = self.path(value) else { return out };
        let (yes, no) = split(&typed.ty, wanted, self.types);
        let yes = yes.unwrap_or_else(|| super::as_seen(wanted, self.types));
        out.holds.add(path.clone(), Typed::present(yes.clone()));
        self.narrow_unions(&path, Some(&yes), true, &mut out.holds);
        if let Some(no) = no {
            out.fails.add(path, Typed { ty: no, absent: typed.absent });
        }
        out
    }

    /// `p.matches(/re/)`, `p.isEmpty` is a field.
    fn matches_condition(&mut self, callee: ExprId, args: &[Arg]) -> Condition {
        let mut out = Condition::default();
        let program = self.program.clone();
        let m = program.module(self.module);
        let Expr::Field { base, name, .. } = m.expr(callee) else { return out };
        let Some(path) = self.path(*base) else { return out };
        let typed = self.current(*base);
        if name == "matches"
            && let [Arg::Value(re)] = args
            && let Expr::Regex(pattern) = m.expr(*re)
            && Nfa::regex(pattern).is_ok()
        {
            let narrowed = match &*typed.ty {
                Type::Text(Text::Any) => Type::language(Language::new(None, vec![pattern.clone()], Length::ANY)),
                Type::Text(Text::Language(l)) => Type::language(l.matching(pattern.clone())),
                _ => return out,
            };
            out.holds.add(path, Typed::present(narrowed));
        }
        out
    }

    /// A Boolean path itself, or `xs.isEmpty`.
    fn plain_condition(&mut self, e: ExprId, known: Option<bool>) -> Condition {
        let mut out = Condition { known, ..Condition::default() };
        let Some(path) = self.path(e) else { return out };
        let truth = |b| Typed::present(Type::Bool(Some(b)).share());
        out.holds.add(path.clone(), truth(true));
        out.fails.add(path.clone(), truth(false));
        self.narrow_unions(&path, Some(&Type::Bool(Some(true)).share()), true, &mut out.holds);
        self.narrow_unions(&path, Some(&Type::Bool(Some(false)).share()), true, &mut out.fails);
        let program = self.program.clone();
        if let Expr::Field { base, name, .. } = program.module(self.module).expr(e)
            && name == "isEmpty"
            && let Some(path) = self.path(*base)
        {
            let typed = self.current(*base);
            if let Some(t) = with_length(&typed.ty, Interval::point(0)) {
                out.holds.add(path.clone(), Typed::present(t));
            }
            if let Some(t) = with_length(&typed.ty, Interval::new(1, i64::MAX)) {
                out.fails.add(path, Typed::present(t));
            }
        }
        out
    }
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(op, BinaryOp::Equal | BinaryOp::NotEqual | BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual)
}

fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Less => BinaryOp::Greater,
        BinaryOp::LessEqual => BinaryOp::GreaterEqual,
        BinaryOp::Greater => BinaryOp::Less,
        BinaryOp::GreaterEqual => BinaryOp::LessEqual,
        other => other,
    }
}

/// Where `p op c` holds for a constant in `c`, and where it does not.
fn ranges(op: BinaryOp, c: Interval) -> (Interval, Interval) {
    let up_to = |n: i64| Interval::new(i64::MIN, n);
    let from = |n: i64| Interval::new(n, i64::MAX);
    match op {
        BinaryOp::Less => (up_to(c.high.saturating_sub(1)), from(c.low)),
        BinaryOp::LessEqual => (up_to(c.high), from(c.low.saturating_add(1))),
        BinaryOp::Greater => (from(c.low.saturating_add(1)), up_to(c.high)),
        _ => (from(c.low), up_to(c.high.saturating_sub(1))),
    }
}

fn single(ty: &Ty) -> Option<bool> {
    if let Type::Bool(b) = &**ty { *b } else { None }
}

/// Whether a type has one value.
pub(super) fn single_value(ty: &Ty) -> bool {
    match &**ty {
        Type::Null | Type::Bool(Some(_)) => true,
        Type::Int(i) => i.single().is_some(),
        Type::Number(b) => b.single().is_some(),
        Type::Text(Text::Literals(l)) => l.len() == 1,
        _ => false,
    }
}

/// The values of `ty` that can equal one of `other`; `None` when that narrows nothing.
pub(super) fn meet(ty: &Ty, other: &Ty) -> Option<Ty> {
    if !other.is_scalar() {
        return None;
    }
    let parts: Vec<Ty> = ty
        .members()
        .into_iter()
        .filter(|m| !disjoint(m, other))
        .map(|m| match (m.shape(), other.shape()) {
            (Type::Json | Type::Quantity, _) => m,
            (Type::Text(Text::Literals(all)), Type::Text(t)) => {
                let kept: Vec<_> = all.iter().filter(|l| t.accepts(l).is_ok()).cloned().collect();
                Type::Text(Text::Literals(kept.into())).share()
            }
            (Type::Int(a), Type::Int(b)) => Type::Int(a.meet(*b)).share(),
            _ if fits(other, &m).is_ok() => other.clone(),
            _ => m,
        })
        .collect();
    Some(unite(&parts).0)
}

/// The values of `ty` without those of `gone`, where that can be said.
pub(super) fn minus(ty: &Ty, gone: &Ty) -> Option<Ty> {
    let members = ty.members();
    let mut kept: Vec<Ty> = Vec::new();
    let mut changed = false;
    for m in &members {
        if matches!(&**m, Type::Error) {
            return None;
        }
        if fits(m, gone).is_ok() {
            changed = true;
            continue;
        }
        match (m.shape(), gone.shape()) {
            (Type::Text(Text::Literals(all)), Type::Text(t)) => {
                let left: Vec<_> = all.iter().filter(|l| t.accepts(l).is_err()).cloned().collect();
                changed |= left.len() < all.len();
                kept.push(Type::Text(Text::Literals(left.into())).share());
            }
            (Type::Bool(None), Type::Bool(Some(b))) => {
                changed = true;
                kept.push(Type::Bool(Some(!b)).share());
            }
            (Type::Int(a), Type::Int(b)) if b.single() == Some(a.low) && a.low < a.high => {
                changed = true;
                kept.push(Type::int(a.low + 1, a.high));
            }
            (Type::Int(a), Type::Int(b)) if b.single() == Some(a.high) && a.low < a.high => {
                changed = true;
                kept.push(Type::int(a.low, a.high - 1));
            }
            (Type::Text(t), Type::Text(Text::Literals(l))) if l.len() == 1 && l.iter().all(|x| x.is_empty()) && t.length().min == 0 => {
                changed = true;
                kept.push(not_empty(t));
            }
            _ => kept.push(m.clone()),
        }
    }
    changed.then(|| unite(&kept).0)
}

/// A text type without the empty text.
pub(super) fn not_empty(t: &Text) -> Ty {
    match t {
        Text::Any => Type::language(Language::new(None, vec![], Length::new(1, None))),
        Text::Language(l) => Type::language(l.shorter(Length::new(1, None))),
        Text::Literals(all) => Type::Text(Text::Literals(all.iter().filter(|l| !l.is_empty()).cloned().collect())).share(),
    }
}

/// A text, list or map type with the lengths in an interval; `None` where it has no length.
fn with_length(ty: &Ty, i: Interval) -> Option<Ty> {
    let length = Length::new(u64::try_from(i.low.max(0)).ok()?, if i.high == i64::MAX { None } else { Some(u64::try_from(i.high.max(0)).ok()?) });
    if i.high < 0 {
        return Some(Type::Never.share());
    }
    let never = |l: Length, make: Ty| if l.is_empty() { Type::Never.share() } else { make };
    Some(match ty.shape() {
        Type::List(l) => {
            let met = l.length.meet(length);
            never(met, Type::List(List { length: met, ..l.clone() }).share())
        }
        Type::Map(m) => {
            let met = m.length.meet(length);
            never(met, Type::Map(MapType { length: met, ..m.clone() }).share())
        }
        Type::Text(Text::Any) => Type::language(Language::new(None, vec![], length)),
        Type::Text(Text::Language(l)) => {
            let met = l.lengths().meet(length);
            never(met, Type::language(l.shorter(length)))
        }
        Type::Text(Text::Literals(all)) => {
            let kept: Vec<_> = all.iter().filter(|l| length.contains(l.chars().count() as u64)).cloned().collect();
            if kept.is_empty() { Type::Never.share() } else { Type::Text(Text::Literals(kept.into())).share() }
        }
        _ => return None,
    })
}

/// The members of `ty` that are `wanted`, and the others; the first is `None` where `ty` is wider than its members (`Object`, `Json`).
pub(super) fn split(ty: &Ty, wanted: &Ty, types: &crate::types::resolve::Types) -> (Option<Ty>, Option<Ty>) {
    let members = ty.members();
    let kind = kind_name(wanted);
    let mut yes = Vec::new();
    let mut no = Vec::new();
    for m in members {
        let same = match (&kind, m.as_record()) {
            (Some((api, name)), Some(r)) => {
                let literal = |f: &str| r.field(f).and_then(|f| f.ty.single_text().cloned());
                match (literal("apiVersion"), literal("kind")) {
                    (Some(a), Some(k)) => Some(a == *api && k == *name),
                    // An object of any kind.
                    _ => None,
                }
            }
            (None, _) if fits(&m, wanted).is_ok() => Some(true),
            (None, _) if disjoint(&m, wanted) => Some(false),
            _ => None,
        };
        match same {
            Some(true) => yes.push(m),
            Some(false) => no.push(m),
            None => {
                yes.push(super::as_seen(wanted, types));
                no.push(m);
            }
        }
    }
    let join = |v: Vec<Ty>| if v.is_empty() { Type::Never.share() } else { unite(&v).0 };
    (Some(join(yes)), Some(join(no)))
}

/// `apiVersion` and `kind` of a kind.
pub(super) fn kind_name(ty: &Ty) -> Option<(ecow::EcoString, ecow::EcoString)> {
    if let Type::Named(n) = &**ty { n.kind.clone() } else { None }
}
