//! Refinements: `Int(1..=5)`, `String(/re/, ..=63)`, `[T](1..)`.

use ecow::EcoString;

use super::interval::{Bounds, Interval, Length};
use super::resolve::{Resolver, TypeArgs};
use super::text::{Language, Nfa, NfaError, Text};
use super::ty::{List, MapType, Ty, Type};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{ModuleId, Refinement, TypeExprId};
use crate::value::Number;

/// `low..=high` as it is written.
#[derive(Clone, Copy)]
struct Bound<'a> {
    low: Option<&'a EcoString>,
    high: Option<&'a EcoString>,
    inclusive: bool,
    span: Span,
}

impl Resolver<'_> {
    pub(super) fn refined(&mut self, module: ModuleId, base: TypeExprId, refinements: &[Refinement], args: &TypeArgs) -> Ty {
        let mut ty = self.of(module, base, args);
        for r in refinements {
            ty = match r {
                Refinement::Regex(pattern, range) => self.regex(&ty, pattern, self.span(module, *range)),
                Refinement::Span { low, high, inclusive, range } => {
                    let span = self.span(module, *range);
                    self.bound(&ty, Bound { low: low.as_ref(), high: high.as_ref(), inclusive: *inclusive, span })
                }
            };
        }
        ty
    }

    fn regex(&self, ty: &Ty, pattern: &EcoString, span: Span) -> Ty {
        if let Err(e) = Nfa::regex(pattern) {
            // What is no regex, or has anchors, has been reported where it was read.
            if e == NfaError::TooLarge {
                self.types.report(Diagnostic::new(codes::J0115, "this regex is too large").primary(span, ""));
            }
            return Type::error();
        }
        match &**ty {
            Type::Error => ty.clone(),
            Type::Text(Text::Any) => Type::language(Language::new(None, vec![pattern.clone()], Length::ANY)),
            Type::Text(Text::Language(l)) => Type::language(l.matching(pattern.clone())),
            _ => self.not_for(ty, "a regex refines only strings", span),
        }
    }

    fn not_for(&self, ty: &Ty, words: &str, span: Span) -> Ty {
        if !ty.is_error() {
            self.types.report(Diagnostic::new(codes::J0303, format!("{words}, not `{ty}`")).primary(span, ""));
        }
        Type::error()
    }

    fn nothing(&self, ty: &Ty, span: Span) -> Ty {
        self.types.report(Diagnostic::new(codes::J0312, format!("no value of `{ty}` is in this range")).primary(span, ""));
        Type::error()
    }

    fn bound(&self, ty: &Ty, b: Bound<'_>) -> Ty {
        match &**ty {
            Type::Error => ty.clone(),
            Type::Int(limits) => self.int_bound(ty, *limits, b),
            Type::Number(limits) => {
                let number = |t: &EcoString| Number::new(t.clone());
                let new = Bounds {
                    low: b.low.map(number).or_else(|| limits.low.clone()),
                    high: b.high.map(number).or_else(|| limits.high.clone()),
                    high_open: b.high.is_some() && !b.inclusive,
                };
                if new.is_empty() { self.nothing(ty, b.span) } else { Type::Number(new).share() }
            }
            Type::Text(t) => {
                let Some(length) = self.length(b) else { return Type::error() };
                match t {
                    Text::Any => self.checked_length(ty, length, b.span, || Type::language(Language::new(None, vec![], length))),
                    Text::Language(l) => self.checked_length(ty, l.lengths().meet(length), b.span, || Type::language(l.shorter(length))),
                    Text::Literals(_) => self.not_for(ty, "a range refines numbers, strings and lists", b.span),
                }
            }
            Type::List(l) => {
                let Some(length) = self.length(b) else { return Type::error() };
                let length = l.length.meet(length);
                self.checked_length(ty, length, b.span, || Type::List(List { length, ..l.clone() }).share())
            }
            Type::Map(m) => {
                let Some(length) = self.length(b) else { return Type::error() };
                let length = m.length.meet(length);
                self.checked_length(ty, length, b.span, || Type::Map(MapType { length, ..m.clone() }).share())
            }
            _ => self.not_for(ty, "a range refines numbers, strings and lists", b.span),
        }
    }

    fn checked_length(&self, ty: &Ty, length: Length, span: Span, make: impl FnOnce() -> Ty) -> Ty {
        if length.is_empty() { self.nothing(ty, span) } else { make() }
    }

    fn int_bound(&self, ty: &Ty, limits: Interval, b: Bound<'_>) -> Ty {
        let (Some(low), Some(high)) = (self.integer(b.low, limits.low, b.span), self.integer(b.high, limits.high, b.span)) else { return Type::error() };
        let high = if b.high.is_some() && !b.inclusive { high.saturating_sub(1) } else { high };
        let interval = Interval::new(low, high).meet(limits);
        if interval.is_empty() { self.nothing(ty, b.span) } else { Type::Int(interval).share() }
    }

    fn integer(&self, text: Option<&EcoString>, otherwise: i64, span: Span) -> Option<i64> {
        let Some(text) = text else { return Some(otherwise) };
        match text.parse::<i64>() {
            Ok(i) => Some(i),
            Err(_) => {
                self.types.report(Diagnostic::new(codes::J0305, format!("`{text}` is no 64-bit integer")).primary(span, ""));
                None
            }
        }
    }

    fn length(&self, b: Bound<'_>) -> Option<Length> {
        let low = self.integer(b.low, 0, b.span)?;
        let high = match b.high {
            None => None,
            Some(_) => Some(self.integer(b.high, 0, b.span)? - i64::from(!b.inclusive)),
        };
        if low < 0 || high.is_some_and(|h| h < 0) {
            self.types.report(Diagnostic::new(codes::J0312, "a length is never negative").primary(b.span, ""));
            return None;
        }
        Some(Length::new(low.unsigned_abs(), high.map(i64::unsigned_abs)))
    }
}
