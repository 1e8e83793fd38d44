//! `match`: patterns, narrowing by arms, exhaustiveness.

use super::Checker;
use super::condition::{meet, minus, split};
use super::env::Facts;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{ExprId, MatchArm, Pattern, PatternField, PatternKind};
use crate::types::resolve::literal_type;
use crate::types::ty::{Ty, Type, Typed};
use crate::types::unions::unite;

/// What an arm matches, and what is left for the next ones.
struct Matched {
    /// The scrutinee inside the arm; `None`: nothing gets there.
    inside: Option<Typed>,
    rest: Typed,
}

impl Checker<'_> {
    pub fn match_value(&mut self, e: ExprId, scrutinee: ExprId, arms: &[MatchArm], expected: Option<&Ty>) -> Typed {
        let mut results: Vec<(ExprId, Ty)> = Vec::new();
        let mut absent = false;
        let patterns: Vec<&Pattern> = arms.iter().map(|a| &a.pattern).collect();
        self.arms(scrutinee, &patterns, e, |c, i, reached| {
            let Some(arm) = arms.get(i) else { return };
            let typed = match expected {
                Some(ty) => c.check(arm.value, ty),
                None => c.infer(arm.value),
            };
            if reached {
                absent |= typed.absent;
                results.push((arm.value, typed.ty));
            }
        });
        let ty = self.joined(&results, expected);
        Typed { ty, absent }
    }

    /// Goes over arms: `body` runs with what is known in each; reports what nothing reaches and what nothing matches.
    pub fn arms(&mut self, scrutinee: ExprId, patterns: &[&Pattern], whole: ExprId, mut body: impl FnMut(&mut Self, usize, bool)) {
        let mut left = self.infer(scrutinee);
        let unknown = left.ty.is_error();
        let path = self.path(scrutinee);
        for (i, pattern) in patterns.iter().enumerate() {
            let matched = self.matched(&left, pattern);
            let reached = matched.inside.is_some() || unknown;
            if !reached && !matches!(pattern.kind, PatternKind::Missing) {
                let span = self.at(pattern.range);
                self.report(Diagnostic::new(codes::J0405, "nothing reaches this arm").primary(span, "what it matches is matched before, or never occurs"));
            }
            let mut facts = Facts::default();
            let inside = matched.inside.clone().unwrap_or_else(|| Typed::present(Type::error()));
            if let Some(p) = &path {
                facts.add(p.clone(), inside.clone());
                self.narrow_up(p, &inside, &mut facts);
            }
            self.bind_pattern(pattern, &inside, path.as_ref());
            self.under(&facts, |c| body(c, i, reached));
            left = matched.rest;
        }
        if !unknown {
            self.exhausted(&left, scrutinee, whole);
        }
    }

    /// Narrowing a tag narrows its union.
    fn narrow_up(&mut self, path: &super::env::Path, inside: &Typed, facts: &mut Facts) {
        if let Some((parent, super::env::PathStep::Field(name))) = path.parent() {
            let Some(whole) = self.typed_of(&parent) else { return };
            let members = whole.ty.members();
            if members.len() < 2 {
                return;
            }
            let kept: Vec<Ty> = members
                .iter()
                .filter(|m| match m.as_record().and_then(|r| r.field(name)) {
                    Some(f) => inside.absent && f.is_optional() || !crate::types::relate::disjoint(&f.ty, &inside.ty),
                    None => inside.absent,
                })
                .cloned()
                .collect();
            if kept.len() < members.len() {
                facts.add(parent, Typed::present(unite(&kept).0));
            }
        }
    }

    fn exhausted(&mut self, left: &Typed, scrutinee: ExprId, whole: ExprId) {
        let open = matches!(&*left.ty, Type::Never);
        if open && !left.absent {
            let span = self.span(scrutinee);
            self.holds("`match` exhaustive", span);
            return;
        }
        let _ = scrutinee;
        let program = self.program.clone();
        let range = program.module(self.module).range(whole);
        // The keyword and the scrutinee, not all the arms.
        let end = program.module(self.module).range(scrutinee).end.max(range.start);
        let span = self.at(crate::base::Range::new(range.start, end));
        let example = if open { "absent".to_string() } else { sample(&left.ty) };
        self.report(Diagnostic::new(codes::J0404, format!("nothing matches {example}")).primary(span, "").help("add an arm for it, or `_ => …`"));
    }

    fn matched(&mut self, left: &Typed, pattern: &Pattern) -> Matched {
        match &pattern.kind {
            PatternKind::Missing => Matched { inside: Some(Typed::present(Type::error())), rest: Typed::present(Type::Never.share()) },
            PatternKind::Any => Matched { inside: something(left.clone()), rest: Typed::present(Type::Never.share()) },
            PatternKind::Absent => {
                if !left.absent && !left.ty.is_error() {
                    return Matched { inside: None, rest: left.clone() };
                }
                Matched { inside: Some(Typed::optional(Type::Never.share())), rest: Typed::present(left.ty.clone()) }
            }
            PatternKind::Bind(_) => Matched { inside: something(Typed::present(left.ty.clone())), rest: Typed { ty: Type::Never.share(), absent: left.absent } },
            PatternKind::Literal(e) => {
                let program = self.program.clone();
                let literal = literal_type(program.module(self.module).expr(*e));
                self.by_type(left, &literal, pattern)
            }
            PatternKind::Type(name) => match self.types.named(self.module, name) {
                Some(ty) if !ty.is_error() => {
                    let (yes, no) = split(&left.ty, &ty, self.types);
                    let yes = yes.unwrap_or_else(Type::error);
                    let inside = if matches!(&*yes, Type::Never) { None } else { Some(Typed::present(yes)) };
                    let rest = no.unwrap_or_else(|| left.ty.clone());
                    Matched { inside, rest: Typed { ty: rest, absent: left.absent } }
                }
                _ => Matched { inside: Some(Typed::present(Type::error())), rest: Typed::present(Type::error()) },
            },
            PatternKind::Record(fields) => self.by_fields(left, fields),
            PatternKind::Or(all) => {
                let mut inside: Vec<Ty> = Vec::new();
                let mut absent = false;
                let mut rest = left.clone();
                for p in all {
                    let m = self.matched(&rest, p);
                    match m.inside {
                        Some(t) => {
                            absent |= t.absent;
                            inside.push(t.ty);
                        }
                        None => {
                            let span = self.at(p.range);
                            self.report(Diagnostic::new(codes::J0405, "nothing reaches this pattern").primary(span, ""));
                        }
                    }
                    rest = m.rest;
                }
                let inside = if inside.is_empty() { None } else { Some(Typed { ty: unite(&inside).0, absent }) };
                Matched { inside, rest }
            }
        }
    }

    fn by_type(&mut self, left: &Typed, literal: &Ty, pattern: &Pattern) -> Matched {
        let met = meet(&left.ty, literal).unwrap_or_else(|| literal.clone());
        if matches!(&*met, Type::Never) {
            let _ = pattern;
            return Matched { inside: None, rest: left.clone() };
        }
        let rest = minus(&left.ty, literal).unwrap_or_else(|| left.ty.clone());
        Matched { inside: Some(Typed::present(met)), rest: Typed { ty: rest, absent: left.absent } }
    }

    fn by_fields(&mut self, left: &Typed, fields: &[PatternField]) -> Matched {
        let mut inside = Vec::new();
        let mut rest = Vec::new();
        for member in left.ty.members() {
            let Some(record) = member.as_record() else {
                rest.push(member);
                continue;
            };
            let mut can = true;
            let mut must = true;
            for f in fields {
                match record.field(&f.name) {
                    None => can = record.rest.is_some(),
                    Some(declared) => {
                        let typed = Typed { ty: declared.ty.clone(), absent: declared.is_optional() };
                        let m = self.ask(|c| c.matched(&typed, &f.pattern));
                        can &= m.inside.is_some();
                        must &= matches!(&*m.rest.ty, Type::Never) && !m.rest.absent;
                    }
                }
                must &= record.field(&f.name).is_some();
            }
            if can {
                inside.push(member.clone());
            }
            if !(can && must) {
                rest.push(member);
            }
        }
        for f in fields {
            let known = left.ty.is_error() || left.ty.members().iter().any(|m| m.as_record().is_none_or(|r| r.field(&f.name).is_some() || r.rest.is_some()));
            if !known {
                let span = self.at(f.name_range);
                self.report(Diagnostic::new(codes::J0301, format!("`{}` has no field `{}`", left.ty, f.name)).primary(span, ""));
            }
        }
        let join = |v: Vec<Ty>| if v.is_empty() { Type::Never.share() } else { unite(&v).0 };
        let inside = if inside.is_empty() { None } else { Some(Typed::present(join(inside))) };
        Matched { inside, rest: Typed { ty: join(rest), absent: left.absent } }
    }

    /// Names that a pattern binds.
    fn bind_pattern(&mut self, pattern: &Pattern, inside: &Typed, path: Option<&super::env::Path>) {
        match &pattern.kind {
            PatternKind::Bind(local) => self.bind(*local, Typed::present(inside.ty.clone()), path.cloned()),
            PatternKind::Record(fields) => {
                for f in fields {
                    let mut parts = Vec::new();
                    for m in inside.ty.members() {
                        if let Some(d) = m.as_record().and_then(|r| r.field(&f.name)) {
                            parts.push(d.ty.clone());
                        }
                    }
                    let ty = if parts.is_empty() { Type::error() } else { unite(&parts).0 };
                    let under = path.map(|p| p.then(super::env::PathStep::Field(f.name.clone())));
                    let narrowed = self.ask(|c| c.matched(&Typed::present(ty.clone()), &f.pattern)).inside.map_or(ty, |t| t.ty);
                    self.bind_pattern(&f.pattern, &Typed::present(narrowed), under.as_ref());
                }
            }
            _ => {}
        }
    }
}

fn something(t: Typed) -> Option<Typed> {
    if matches!(&*t.ty, Type::Never) && !t.absent { None } else { Some(t) }
}

/// A value of a type, as a message shows it.
fn sample(ty: &Ty) -> String {
    use crate::types::text::Text;
    match ty.members().first().map(|m| (m.shape(), m)) {
        Some((Type::Text(Text::Literals(all)), _)) => {
            let shown: Vec<String> = all.iter().take(3).map(|l| format!("`\"{l}\"`")).collect();
            shown.join(" or ")
        }
        Some((Type::Text(_), m)) => format!("other text (`{m}`)"),
        Some((Type::Record(r), m)) => match r.fields.iter().find(|f| f.is_required()) {
            Some(f) if r.name.is_none() => format!("`{{ {} … }}`", f.name),
            _ => format!("a `{m}`"),
        },
        Some((_, m)) => format!("a `{m}`"),
        None => "a value".into(),
    }
}
