//! Unions: which member a value is meant to be, so that errors are reported against it alone.

use ecow::EcoString;

use super::scalar::not_one_of;
use super::words::{and, kind_of, shown_plain};
use super::{Decoder, Place};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::types::relate::{JsonKind, json_kind};
use crate::types::text::Text;
use crate::types::ty::{Record, Ty, Type, Union};
use crate::types::unions::{Choice, Shown, choose};
use crate::value::{Data, Map, Value};

/// A map as the choice sees it.
struct Given<'a>(&'a Map);

impl Shown for Given<'_> {
    fn has(&self, field: &str) -> Option<bool> {
        Some(self.0.get(field).is_some_and(|v| !v.is_null()))
    }

    fn can_be(&self, field: &str, ty: &Ty) -> Option<bool> {
        self.0.get(field).map(|v| literal_is(v, ty))
    }
}

/// Whether a scalar is of a literal type.
fn literal_is(value: &Value, ty: &Ty) -> bool {
    match (&value.data, ty.shape()) {
        (_, Type::Union(u)) => u.members.iter().any(|m| literal_is(value, m)),
        (Data::String(s), Type::Text(t)) => t.accepts(s).is_ok(),
        (Data::Int(i), Type::Int(limits)) => limits.contains(*i),
        (Data::Bool(b), Type::Bool(wanted)) => wanted.is_none_or(|w| w == *b),
        (Data::Null, Type::Null) => true,
        _ => false,
    }
}

impl Decoder<'_> {
    pub(super) fn union(&mut self, value: &Value, ty: &Ty, union: &Union, place: &Place<'_>) -> Option<Value> {
        let kind = kind_of(value);
        let fitting: Vec<&Ty> = union.members.iter().filter(|m| takes(m, kind)).collect();
        match (fitting.as_slice(), &value.data) {
            ([], _) => self.no_member(value, ty, union, place),
            ([one], _) => self.value(value, one, place),
            (_, Data::Map(map)) => self.record_member(value, map, union, &fitting, place),
            (many, _) => self.scalar_member(value, many, union, place),
        }
    }

    /// No member is of the value's kind. A scalar may only have its quotes wrong.
    fn no_member(&mut self, value: &Value, ty: &Ty, union: &Union, place: &Place<'_>) -> Option<Value> {
        let scalar = match &value.data {
            Data::Int(_) | Data::Number(_) | Data::Bool(_) => union.members.iter().find(|m| matches!(m.shape(), Type::Text(_))),
            Data::String(s) => union.members.iter().find(|m| matches!(m.shape(), Type::Int(i) if s.parse::<i64>().is_ok_and(|n| i.contains(n)))),
            _ => None,
        };
        match scalar {
            Some(member) if union.members.iter().filter(|m| !matches!(m.shape(), Type::Null)).count() == 1 || !matches!(value.data, Data::Null) => self.value(value, member, place),
            _ => self.wrong_kind(value, ty, place),
        }
    }

    /// Several members of one scalar kind, or lists.
    fn scalar_member(&mut self, value: &Value, members: &[&Ty], union: &Union, place: &Place<'_>) -> Option<Value> {
        let (quiet, failed) = (std::mem::replace(&mut self.quiet, true), self.failed);
        let found = members.iter().find_map(|m| {
            self.failed = failed;
            self.value(value, m, place)
        });
        self.quiet = quiet;
        self.failed = failed;
        if found.is_some() {
            return found;
        }
        // Digits in quotes where a number is admitted too.
        if let Data::String(s) = &value.data
            && let Some(number) = union.members.iter().find(|m| matches!(m.shape(), Type::Int(i) if s.parse::<i64>().is_ok_and(|n| i.contains(n))))
        {
            return self.value(value, number, place);
        }
        let language = members.iter().find(|m| matches!(m.shape(), Type::Text(Text::Language(_)))).or(members.first())?;
        self.value(value, language, place)
    }

    fn record_member(&mut self, value: &Value, map: &Map, union: &Union, fitting: &[&Ty], place: &Place<'_>) -> Option<Value> {
        match choose(union, &Given(map)) {
            Choice::One(i) => {
                let member = union.members.get(i)?;
                if let Some(record) = member.as_record()
                    && !self.clashes(map, union, record, place)
                {
                    self.failed = true;
                    return None;
                }
                self.value(value, member, place)
            }
            Choice::BadTag(tag) => {
                self.bad_tag(map, union, &tag, place);
                None
            }
            Choice::NoTag(tag) => {
                let field = union.members.iter().filter_map(|m| m.as_record()).find_map(|r| r.field(&tag).map(|f| (f.clone(), r)));
                if let Some((f, r)) = field {
                    let all: Vec<EcoString> = self.tag_values(union, &tag);
                    let f = crate::types::ty::Field { ty: Type::Text(Text::Literals(all.into())).share(), ..f };
                    self.missing_property(&f, map, r, place);
                }
                None
            }
            Choice::Nothing(fields) => {
                self.nothing_left(value, map, union, &fields, place);
                None
            }
            Choice::Several(many) => match many.first().and_then(|i| union.members.get(*i)).or(fitting.first().copied()) {
                Some(member) => self.value(value, member, place),
                None => self.wrong_kind(value, fitting.first()?, place),
            },
        }
    }

    fn tag_values(&self, union: &Union, tag: &str) -> Vec<EcoString> {
        let mut all: Vec<EcoString> = Vec::new();
        for f in union.members.iter().filter_map(|m| m.as_record()?.field(tag)) {
            if let Type::Text(Text::Literals(l)) = f.ty.shape() {
                for text in l.iter() {
                    if !all.contains(text) {
                        all.push(text.clone());
                    }
                }
            }
        }
        all
    }

    fn bad_tag(&mut self, map: &Map, union: &Union, tag: &str, place: &Place<'_>) {
        self.failed = true;
        let Some(entry) = map.entry(tag).filter(|_| !self.quiet) else { return };
        let all = self.tag_values(union, tag);
        let called = self.name(place, tag);
        let key = self.key_span(entry.key_origin);
        let span = self.span(&entry.value, &place.field(tag, key));
        self.out.push(not_one_of(&called, &shown_plain(&entry.value), all.iter().map(|l| l.as_str()).collect(), span));
    }

    /// Whether every key that only other members declare is absent; otherwise says which two keys exclude each other.
    fn clashes(&mut self, map: &Map, union: &Union, chosen: &Record, place: &Place<'_>) -> bool {
        if self.reading.mode == super::Mode::Project || chosen.rest.is_some() {
            return true;
        }
        let others = || union.members.iter().filter_map(|m| m.as_record());
        let strange: Vec<_> = map.iter().filter(|e| chosen.field(&e.key).is_none() && !e.value.is_null() && others().any(|r| r.field(&e.key).is_some())).collect();
        if strange.is_empty() {
            return true;
        }
        if self.quiet {
            return false;
        }
        let deciders = union.deciders().clone();
        for e in strange {
            let at = self.key_span(e.key_origin);
            let whole = self.whole(place);
            let tag = deciders.tags.iter().find(|t| chosen.field(t).is_some());
            let decided = deciders.presence.iter().map(|(f, _, _)| f).find(|f| **f != e.key && chosen.field(f).is_some() && map.get(f).is_some());
            let tag_entry = tag.and_then(|t| map.entry(t));
            let finding = if let (Some(t), Some(te)) = (tag, tag_entry) {
                let value = shown_plain(&te.value);
                let span = self.key_span(te.key_origin);
                Diagnostic::new(codes::J0309, format!("{whole} has `{}`, which does not go with `{t}: {value}`", e.key))
                    .primary(at, "does not belong here")
                    .secondary(span, "this decides")
            } else if let Some(f) = decided {
                let other = map.entry(f).map(|o| self.key_span(o.key_origin)).unwrap_or(at);
                Diagnostic::new(codes::J0309, format!("{whole} has `{f}` and `{}`; one of them must go", e.key)).primary(at, "").secondary(other, "")
            } else {
                let fields: Vec<String> = chosen.fields.iter().take(8).map(|f| format!("`{}`", f.name)).collect();
                let hint = tag.map(|t| format!("it needs another `{t}`")).unwrap_or_else(|| format!("this form has {}", and(&fields, "and")));
                Diagnostic::new(codes::J0309, format!("{whole} has `{}`, which does not go with the rest", e.key)).primary(at, "").help(hint)
            };
            self.out.push(finding);
        }
        false
    }

    /// No member is left: of the deciding fields there are several, or none.
    fn nothing_left(&mut self, value: &Value, map: &Map, union: &Union, fields: &[EcoString], place: &Place<'_>) {
        self.failed = true;
        if self.quiet {
            return;
        }
        let whole = self.whole(place);
        let present: Vec<&crate::value::Entry> = map.iter().filter(|e| fields.contains(&e.key)).collect();
        if let [first, rest @ ..] = present.as_slice()
            && let Some(second) = rest.first()
        {
            let names: Vec<String> = present.iter().map(|e| format!("`{}`", e.key)).collect();
            let (a, b) = (self.key_span(first.key_origin), self.key_span(second.key_origin));
            let words = if names.len() == 2 { "one of them must go" } else { "only one can stay" };
            self.out.push(Diagnostic::new(codes::J0309, format!("{whole} has {}; {words}", and(&names, "and"))).primary(b, "").secondary(a, ""));
            return;
        }
        let known = |key: &str| union.members.iter().filter_map(|m| m.as_record()).any(|r| r.field(key).is_some());
        let misspelt = map.iter().filter(|e| !known(&e.key)).find_map(|e| Some((e, nearest(&e.key, fields.iter().map(|f| f.as_str()))?)));
        if let Some((e, near)) = misspelt {
            let at = self.key_span(e.key_origin);
            let finding = Diagnostic::new(codes::J0301, format!("{whole} has no property `{}`", e.key))
                .primary(at, "unknown property")
                .help(format!("did you mean `{near}`?"))
                .fix(format!("rename it to `{near}`"), at, near);
            self.out.push(finding);
            return;
        }
        let names: Vec<String> = fields.iter().map(|f| format!("`{f}`")).collect();
        let unknown: Vec<String> = map.iter().filter(|e| !known(&e.key)).map(|e| format!("`{}`", e.key)).collect();
        let message = format!("{whole} needs one of {}", and(&names, "or"));
        let at = self.span(value, place);
        let key = map.iter().find(|e| !known(&e.key)).map(|e| self.key_span(e.key_origin));
        let mut finding = Diagnostic::new(codes::J0309, message);
        finding = match key {
            Some(span) => finding.primary(span, format!("{} is no property of it", unknown.first().cloned().unwrap_or_default())),
            None if map.is_empty() || place.is_root() => finding.primary(if place.is_root() { self.reading.at } else { place.at }, ""),
            None => finding.primary(map.iter().next().map(|e| self.key_span(e.key_origin)).unwrap_or(at), ""),
        };
        self.out.push(finding);
    }
}

/// Whether a member has values of a kind.
fn takes(member: &Ty, kind: JsonKind) -> bool {
    match member.shape() {
        Type::Json | Type::Error => true,
        Type::Quantity => matches!(kind, JsonKind::String | JsonKind::Number),
        _ => json_kind(member) == kind,
    }
}
