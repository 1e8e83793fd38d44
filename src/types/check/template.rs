//! Templates: the language of what they can be (language reference §12).

use std::sync::Arc;

use ecow::EcoString;

use super::{Checker, present};
use crate::diagnostics::codes;
use crate::hir::{ExprId, Part};
use crate::types::interval::{Interval, Length};
use crate::types::text::{Format, Language, Nfa, Text};
use crate::types::ty::{Ty, Type, Typed};

/// Inferred automata larger than this are given up.
const STATES: usize = 512;
/// So many literals a template may have before it becomes a language.
const LITERALS: usize = 24;

impl Checker<'_> {
    pub fn template(&mut self, parts: &[Part]) -> Typed {
        let mut text = Text::literal("");
        for part in parts {
            let next = match part {
                Part::Text(t) => Text::literal(t.clone()),
                Part::Hole(e) => self.hole(*e),
            };
            text = concat(&text, &next);
        }
        present(Type::Text(text).share())
    }

    fn hole(&mut self, e: ExprId) -> Text {
        let ty = self.value(e);
        match printed(&ty) {
            Some(text) => text,
            None => {
                self.wrong(codes::J0303, e, format!("a `{ty}` cannot stand in text"));
                Text::Any
            }
        }
    }
}

/// What values of a type print as in a template.
pub(super) fn printed(ty: &Ty) -> Option<Text> {
    let mut all: Option<Text> = None;
    for m in ty.members() {
        let text = match m.shape() {
            Type::Error => Text::Any,
            Type::Never => continue,
            Type::Text(t) => t.clone(),
            Type::Bool(None) => Text::Literals(Arc::from([EcoString::from("true"), EcoString::from("false")])),
            Type::Bool(Some(b)) => Text::literal(b.to_string()),
            Type::Int(i) => integer(*i),
            Type::Number(_) => made(Nfa::regex(r"-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?").unwrap_or_else(|_| Nfa::any()), Length::new(1, None)),
            Type::Quantity => Text::format(Format::Quantity),
            _ => return None,
        };
        all = Some(match all {
            None => text,
            Some(before) => either(&before, &text),
        });
    }
    Some(all.unwrap_or_else(|| Text::literal("")))
}

fn integer(i: Interval) -> Text {
    if let Some(n) = i.single() {
        return Text::literal(n.to_string());
    }
    if i.high.checked_sub(i.low).is_some_and(|n| n < LITERALS as i64) {
        return Text::Literals((i.low..=i.high).map(|n| EcoString::from(n.to_string())).collect());
    }
    let digits = |n: i64| n.to_string().len() as u64;
    let longest = digits(i.low).max(digits(i.high));
    let shortest = if i.low <= 9 && i.high >= 0 { 1 } else { digits(i.low).min(digits(i.high)) };
    made(Nfa::decimals(i.low, i.high), Length::new(shortest, Some(longest)))
}

fn made(nfa: Nfa, length: Length) -> Text {
    Text::Language(Arc::new(Language::made(nfa, length)))
}

/// One text after the other.
pub(super) fn concat(a: &Text, b: &Text) -> Text {
    if let (Text::Literals(x), Text::Literals(y)) = (a, b)
        && x.len() * y.len() <= LITERALS
    {
        let all: Vec<EcoString> = x.iter().flat_map(|p| y.iter().map(move |q| ecow::eco_format!("{p}{q}"))).collect();
        return Text::Literals(all.into());
    }
    if matches!(a, Text::Literals(l) if l.len() == 1 && l.iter().all(|t| t.is_empty())) {
        return match b {
            Text::Language(l) => made((*l.source()).clone(), l.lengths()),
            other => other.clone(),
        };
    }
    let length = a.length().plus(b.length());
    let (x, y) = (a.source(), b.source());
    if x.states.len() + y.states.len() > STATES * 4 {
        return Text::Language(Arc::new(Language::vague(length)));
    }
    let unclear = |t: &Text| matches!(t, Text::Language(l) if l.vague);
    if unclear(a) || unclear(b) {
        return Text::Language(Arc::new(Language::made((*x).clone().concat(&y), length).unclear()));
    }
    made((*x).clone().concat(&y), length)
}

/// One text or the other.
pub(super) fn either(a: &Text, b: &Text) -> Text {
    match (a, b) {
        (Text::Any, _) | (_, Text::Any) => return Text::Any,
        (Text::Literals(x), Text::Literals(y)) => {
            let mut all: Vec<EcoString> = x.to_vec();
            all.extend(y.iter().filter(|l| !x.contains(l)).cloned());
            return Text::Literals(all.into());
        }
        _ => {}
    }
    if a.within(b).is_ok() {
        return b.clone();
    }
    if b.within(a).is_ok() {
        return a.clone();
    }
    made(Nfa::union(vec![(*a.source()).clone(), (*b.source()).clone()]), a.length().hull(b.length()))
}
