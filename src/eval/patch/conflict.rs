//! Who wins (language reference §8.3): the writers that a write meets, conflicts between them, reads that became wrong.

use super::Op;
use super::apply::Hand;
use super::place::{ListRule, Mark, MarkKind, PlaceId, ReadKind, Step, key_of, list_rule, value_below};
use super::stage::Writer;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::eval::machine::Machine;
use crate::value::{Data, Value};

/// A writer that a write meets.
#[derive(Clone, Copy, Debug)]
pub(super) struct Other {
    pub writer: u16,
    pub span: Span,
    /// It left no value here, only that it removed or replaced something.
    pub only_mark: bool,
}

impl<'a> Machine<'a, '_> {
    fn creator(&self, place: PlaceId) -> u16 {
        self.stage.objects.get(self.stage.places.object(place)).map_or(0, |o| o.creator)
    }

    /// The last mark of another definition at a place that `matters`.
    pub(super) fn others(&self, place: PlaceId, hand: Hand, matters: impl Fn(&Mark) -> bool) -> Option<Other> {
        let marks = &self.stage.places.get(place)?.marks;
        if marks.is_empty() {
            return None;
        }
        let creator = self.creator(place);
        marks.iter().rev().find(|m| m.writer != hand.writer && m.writer != creator && matters(m)).map(|m| Other { writer: m.writer, span: m.span, only_mark: false })
    }

    /// The definition that removed what is written here, or replaced what is around it.
    pub(super) fn blocked(&self, place: PlaceId, hand: Hand) -> Option<Other> {
        self.stage.places.upwards(place).find_map(|p| self.others(p, hand, |m| matches!(m.kind, MarkKind::Removed | MarkKind::Replaced(_)))).map(|o| Other { only_mark: true, ..o })
    }

    /// The same for the parts of a new value.
    pub(super) fn blocked_below(&self, place: PlaceId, new: &Value, hand: Hand) -> Option<Other> {
        let children = &self.stage.places.get(place)?.children;
        children.iter().find_map(|c| {
            let step = &self.stage.places.get(*c)?.step;
            let inner = self.part(place, new, step)?;
            self.others(*c, hand, |m| matches!(m.kind, MarkKind::Removed)).map(|o| Other { only_mark: true, ..o }).or_else(|| self.blocked_below(*c, inner, hand))
        })
    }

    /// The part of a value that is at a place below, whether its list knows its keys or not.
    fn part<'v>(&self, place: PlaceId, v: &'v Value, step: &Step) -> Option<&'v Value> {
        if let (Data::List(l), Step::Key(key)) = (&v.data, step)
            && let ListRule::Keyed(keys) = list_rule(self.stage.places.get(place).and_then(|p| p.node), [Some(l), None])
        {
            return l.items.iter().find(|i| key_of(&keys, i).as_ref() == Some(key));
        }
        value_below(v, step)
    }

    /// Who wrote what is at a place: the last other definition there, below or above, else the creator of the object.
    pub(super) fn last_writer(&self, place: PlaceId, hand: Hand) -> Other {
        let near = self.stage.places.upwards(place).find_map(|p| {
            let own = p == place;
            self.others(p, hand, |m| match m.kind {
                MarkKind::Set | MarkKind::Appended | MarkKind::Taken(_) => own,
                MarkKind::Replaced(_) => true,
                MarkKind::Removed => false,
            })
        });
        near.or_else(|| self.marked_below(place, hand)).unwrap_or_else(|| self.creator_of(place))
    }

    /// The creator of the object that a place is in.
    pub(super) fn creator_of(&self, place: PlaceId) -> Other {
        let object = self.stage.objects.get(self.stage.places.object(place));
        Other { writer: object.map_or(0, |o| o.creator), span: object.map(|o| o.span).unwrap_or_default(), only_mark: false }
    }

    /// Whether another definition did anything at a place or below it.
    pub(super) fn touched(&self, place: PlaceId, hand: Hand) -> bool {
        self.others(place, hand, |_| true).is_some() || self.stage.places.get(place).is_some_and(|p| p.children.iter().any(|c| self.touched(*c, hand)))
    }

    fn marked_below(&self, place: PlaceId, hand: Hand) -> Option<Other> {
        self.stage.places.get(place)?.children.iter().find_map(|c| self.others(*c, hand, |m| !matches!(m.kind, MarkKind::Removed)).or_else(|| self.marked_below(*c, hand)))
    }

    /// A different write of the same definition in the same phase.
    pub(super) fn own_mark(&self, place: PlaceId, hand: Hand) -> Option<Span> {
        let marks = &self.stage.places.get(place)?.marks;
        let same_phase = |m: &Mark| match m.kind {
            MarkKind::Replaced(_) => hand.op.phase() <= 1,
            MarkKind::Removed => hand.op.phase() == Op::Remove.phase(),
            MarkKind::Set => hand.op.phase() == Op::Merge.phase(),
            _ => false,
        };
        marks.iter().find(|m| m.writer == hand.writer && same_phase(m)).map(|m| m.span)
    }

    /// J0610 at build.
    pub(super) fn written_twice(&mut self, place: PlaceId, first: Span, hand: Hand) {
        let shown = self.stage.places.show(place);
        let mut d = Diagnostic::new(codes::J0610, format!("`{shown}` is written twice, with different values"));
        let at = self.writer(hand.writer).map_or(self.entry, |w| w.span);
        d = d.primary(at, "").secondary(first, "written here").secondary(hand.span, "and here");
        self.sink.push(d);
    }

    fn writer(&self, i: u16) -> Option<&Writer> {
        self.stage.writers.get(usize::from(i))
    }

    /// J0903. Whether the write is done nevertheless (compatibility).
    pub(super) fn conflict(&mut self, place: PlaceId, current: Option<&Value>, new: Option<&Value>, other: Other, hand: Hand) -> bool {
        if other.writer == hand.writer {
            self.written_twice(place, other.span, hand);
            return false;
        }
        let creator = self.creator(place) == other.writer;
        let overrules = matches!(hand.op, Op::Replace | Op::ReplaceElement | Op::Take | Op::Remove | Op::Object);
        let lenient = self.env.compat && ((overrules && !creator) || other.only_mark);
        let mut shown = self.stage.places.show(place);
        let (Some(me), Some(them)) = (self.writer(hand.writer), self.writer(other.writer)) else { return lenient };
        let (current, new) = first_difference(current, new, &mut shown);
        let mine = match new {
            Some(v) => format!("`{}` writes {} with `{}`", me.name, short(v), hand.op.sign()),
            None => format!("`{}` takes it away", me.name),
        };
        let theirs = match current {
            Some(v) => format!("`{}` has {} there already", them.name, short(v)),
            None => format!("`{}` has taken it away already", them.name),
        };
        let at_mine = self.users_part(place, new, me.span);
        let at_theirs = current.and_then(|v| self.origins.yaml_span(v.origin)).filter(|s| *s != at_mine).unwrap_or(them.span);
        let message = format!("{} `{}` and {} `{}` disagree about `{shown}`", me.word, me.name, them.word, them.name);
        let mut d = Diagnostic::new(codes::J0903, message).primary(at_mine, mine);
        if at_theirs != at_mine {
            d = d.secondary(at_theirs, theirs);
        }
        d = d.secondary(hand.span, "written here");
        if other.span != Span::default() && other.span != hand.span {
            d = d.secondary(other.span, "the other is written here");
        }
        let d = match (hand.op, current.map(|v| &v.data)) {
            (Op::Merge, Some(Data::List(_))) if creator => {
                d.help("change one of the two; a definition that means to replace the list writes `:=`, one that means to add to it `+=`")
            }
            (Op::Merge, _) if creator => d.help("change one of the two; a definition that means to overrule the component writes `:=`"),
            _ => d.help("remove one of the two, or make them agree"),
        };
        self.sink.push(if lenient { d.with_severity(Severity::Warning) } else { d });
        lenient
    }

    /// Where the application says what a definition writes: the key of the list element that it is in, else the value itself, else the definition's type.
    fn users_part(&self, place: PlaceId, new: Option<&Value>, otherwise: Span) -> Span {
        let parameters = self.unit_parameters.as_ref();
        let keys = self.stage.places.upwards(place).filter_map(|p| match self.stage.places.get(p).map(|p| &p.step) {
            Some(Step::Key(k)) => Some(k.clone()),
            _ => None,
        });
        let named = keys.take(1).find_map(|k| parameters.and_then(|p| self.text_place(p, &k, 0)));
        named.or_else(|| new.and_then(|v| self.origins.yaml_span(v.origin))).unwrap_or(otherwise)
    }

    /// Where a text stands in the parameters, as a value or as a key.
    fn text_place(&self, v: &Value, text: &str, depth: u32) -> Option<Span> {
        if depth > 16 {
            return None;
        }
        match &v.data {
            Data::String(s) if s == text => self.origins.yaml_span(v.origin),
            Data::Map(m) => m.iter().find_map(|e| {
                let key = (e.key == text).then(|| self.origins.yaml_span(e.key_origin)).flatten();
                key.or_else(|| self.text_place(&e.value, text, depth + 1))
            }),
            Data::List(l) => l.items.iter().find_map(|i| self.text_place(i, text, depth + 1)),
            _ => None,
        }
    }

    /// J0605 at build.
    pub(super) fn wrong_operator(&mut self, place: PlaceId, why: &str, hand: Hand) {
        let shown = self.stage.places.show(place);
        let d = Diagnostic::new(codes::J0605, format!("`{}` is not for `{shown}`: {why}", hand.op.sign())).primary(hand.span, "").secondary(self.entry, "evaluated for this");
        self.sink.push(d);
    }

    /// Warns when an earlier definition has read what changes now (J0907).
    pub(super) fn changed(&mut self, place: PlaceId, old: Option<&Value>, new: Option<&Value>, hand: Hand) {
        if self.stage.outer {
            return;
        }
        let mut readers = Vec::new();
        let presence = old.is_some() != new.is_some();
        for (i, p) in self.stage.places.upwards(place).enumerate() {
            let Some(p) = self.stage.places.get(p) else { continue };
            for (reader, kind) in &p.reads {
                let hit = match (i, kind) {
                    (_, ReadKind::Value) => true,
                    (0, ReadKind::Presence) | (1, ReadKind::Keys) => presence,
                    _ => false,
                };
                if hit && *reader < hand.writer {
                    readers.push(*reader);
                }
            }
        }
        self.readers_below(place, old, new, hand, 0, &mut readers);
        readers.sort_unstable();
        readers.dedup();
        for reader in readers {
            self.warn_read(place, reader, hand);
        }
    }

    fn readers_below(&self, place: PlaceId, old: Option<&Value>, new: Option<&Value>, hand: Hand, depth: u32, readers: &mut Vec<u16>) {
        let Some(p) = self.stage.places.get(place) else { return };
        if depth > 128 || (p.children.is_empty() && p.reads.is_empty()) {
            return;
        }
        let same = match (old, new) {
            (Some(a), Some(b)) => a.same(b),
            (None, None) => true,
            _ => false,
        };
        if same {
            return;
        }
        if depth > 0 || p.reads.iter().any(|(_, k)| *k == ReadKind::Keys) {
            for (reader, kind) in &p.reads {
                let hit = match kind {
                    ReadKind::Value => true,
                    ReadKind::Presence => old.is_some() != new.is_some(),
                    ReadKind::Keys => element_keys(old) != element_keys(new),
                };
                if hit && *reader < hand.writer {
                    readers.push(*reader);
                }
            }
        }
        for c in &p.children {
            let Some(child) = self.stage.places.get(*c) else { continue };
            self.readers_below(*c, old.and_then(|v| value_below(v, &child.step)), new.and_then(|v| self.part(place, v, &child.step)), hand, depth + 1, readers);
        }
    }

    fn warn_read(&mut self, place: PlaceId, reader: u16, hand: Hand) {
        let pair = (reader, hand.writer);
        if self.stage.warned.contains(&pair) {
            return;
        }
        let (Some(me), Some(them)) = (self.writer(hand.writer), self.writer(reader)) else { return };
        let shown = self.stage.places.show(place);
        let d = Diagnostic::new(codes::J0907, format!("{} `{}` changes `{shown}`, which {} `{}` before it has read", me.word, me.name, them.word, them.name))
            .primary(me.span, "changes it")
            .secondary(them.span, "has read it")
            .help(format!("put `{}` before `{}`", me.name, them.name));
        self.sink.push(d);
        self.stage.warned.push(pair);
    }

    /// A volume must not end with two sources (`retainKeys`).
    pub(super) fn check_retained_element(&mut self, list: PlaceId, element: PlaceId, keys: &[ecow::EcoString], before: &Value, after: &Value, hand: Hand) {
        if !self.stage.places.get(list).and_then(|p| p.node).is_some_and(|n| n.retain_keys()) {
            return;
        }
        let sources = |v: &Value| v.as_map().map_or(0, |m| m.keys().filter(|k| !keys.contains(k)).count());
        if sources(after) > 1 && sources(before) < sources(after) {
            let other = self.last_writer(element, hand);
            self.conflict(element, Some(before), Some(after), other, hand);
        }
    }

    /// A strategy must not keep `rollingUpdate` beside another type (`retainKeys`).
    pub(super) fn check_retained_object(&mut self, place: PlaceId, after: &Value, hand: Hand) {
        let Some(p) = self.stage.places.get(place) else { return };
        if !p.node.is_some_and(|n| n.retain_keys()) {
            return;
        }
        let recreates = after.get("type").and_then(Value::as_str).is_some_and(|t| t != "RollingUpdate");
        if recreates && after.get("rollingUpdate").is_some() {
            let other = self.last_writer(place, hand);
            self.conflict(place, Some(after), Some(after), other, hand);
        }
    }
}

/// The first part in which two objects differ, and its path; the values themselves when they are no objects.
fn first_difference<'v>(a: Option<&'v Value>, b: Option<&'v Value>, path: &mut String) -> (Option<&'v Value>, Option<&'v Value>) {
    let (mut a, mut b) = (a, b);
    for _ in 0..16 {
        let (Some(Data::Map(x)), Some(Data::Map(y))) = (a.map(|v| &v.data), b.map(|v| &v.data)) else { break };
        let differs = x.keys().chain(y.keys()).find(|k| match (x.get(k), y.get(k)) {
            (Some(p), Some(q)) => !p.same(q),
            _ => true,
        });
        let Some(key) = differs else { break };
        let parts = (x.get(key), y.get(key));
        if parts.0.is_none() || parts.1.is_none() {
            break;
        }
        (a, b) = parts;
        path.push('.');
        path.push_str(key);
    }
    (a, b)
}

/// Which elements a list or map has, as far as somebody who went over it can tell.
fn element_keys(v: Option<&Value>) -> Vec<String> {
    match v.map(|v| &v.data) {
        Some(Data::Map(m)) => m.keys().map(ToString::to_string).collect(),
        Some(Data::List(l)) => l.items.iter().enumerate().map(|(i, item)| l.keys.as_ref().and_then(|k| key_of(k, item)).map_or_else(|| i.to_string(), |k| k.to_string())).collect(),
        _ => Vec::new(),
    }
}

/// A value in a few words.
pub(in crate::eval) fn short(v: &Value) -> String {
    match &v.data {
        Data::Null => "`null`".into(),
        Data::Bool(b) => format!("`{b}`"),
        Data::Int(i) => format!("`{i}`"),
        Data::Number(n) => format!("`{}`", n.text),
        Data::String(s) if s.chars().count() <= 60 => format!("`{s}`"),
        Data::String(s) => format!("`{}…`", s.chars().take(60).collect::<String>()),
        Data::List(l) => match l.items.len() {
            0 => "`[]`".into(),
            1 => "a list of 1".into(),
            n => format!("a list of {n}"),
        },
        Data::Map(m) => {
            let names: Vec<&str> = m.keys().take(4).map(|k| k.as_str()).collect();
            if names.is_empty() { "`{}`".into() } else { format!("an object with `{}`", names.join("`, `")) }
        }
    }
}
