//! Records: properties that exist, those that are missing, defaults, and misspellings that explain both.

use super::words::{and, expectation, kind_of, shown_plain};
use super::{Decoder, Mode, Place, PlaceStep};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, Label, codes, nearest};
use crate::types::relate::{JsonKind, json_kind};
use crate::types::ty::{Field, Presence, Record, Type};
use crate::value::{Entry, Map, Value};

/// How many properties a message lists.
const LISTED: usize = 14;

impl Decoder<'_> {
    pub(super) fn record(&mut self, value: &Value, given: &Map, record: &Record, place: &Place<'_>) -> Option<Value> {
        let top = place.is_root() && self.top.is_none();
        if top {
            self.top = Some(Map::with_capacity(record.fields.len()));
        }
        let mut slots: Vec<Option<(crate::value::Origin, Value)>> = vec![None; record.fields.len()];
        let mut missing: Vec<usize> = Vec::new();
        let mut whole = true;
        for i in order(self, record, top) {
            let Some(field) = record.fields.get(i) else { continue };
            let entry = given.entry(&field.name);
            if entry.is_none() && field.is_required() {
                missing.push(i);
                continue;
            }
            match self.slot(field, entry, place) {
                Slot::Value(origin, v) => {
                    if top && let Some(known) = &mut self.top {
                        known.insert(field.name.clone(), origin, v.clone());
                    }
                    if let Some(slot) = slots.get_mut(i) {
                        *slot = Some((origin, v));
                    }
                }
                Slot::Absent => {}
                Slot::Wrong => whole = false,
            }
        }
        let mut map = Map::with_capacity(given.len().max(record.fields.len()));
        for (field, slot) in record.fields.iter().zip(slots) {
            if let Some((origin, v)) = slot {
                map.insert(field.name.clone(), origin, v);
            }
        }
        whole &= self.others(given, record, &mut map, missing, place);
        whole.then(|| Value::map(map, value.origin))
    }

    /// The value of one field: given, or its default.
    fn slot(&mut self, field: &Field, entry: Option<&Entry>, place: &Place<'_>) -> Slot {
        if let Some(e) = entry {
            let null_is_absent = e.value.is_null() && !field.is_required() && !admits_null(&field.ty.shape().clone());
            if !null_is_absent {
                let at = if self.quiet { Span::default() } else { self.key_span(e.key_origin) };
                let inner = place.field(&field.name, at);
                let found = self.out.len();
                let read = self.value(&e.value, &field.ty, &inner);
                self.blame_declaration(found, field);
                return match read {
                    Some(v) => Slot::Value(e.key_origin, v),
                    None => Slot::Wrong,
                };
            }
            if !self.quiet {
                let at = self.key_span(e.key_origin);
                let name = self.name(place, &field.name);
                let span = self.span(&e.value, &place.field(&field.name, at));
                self.out.push(Diagnostic::new(codes::J0811, format!("null reads as not given: {name} is left out")).primary(if span == Span::default() { at } else { span }, ""));
            }
        }
        let Presence::Default(module, default) = field.presence else { return Slot::Absent };
        let siblings = self.top.take().unwrap_or_default();
        let made = self.defaults.default(module, default, &siblings);
        self.top = Some(siblings);
        match made {
            // A default is typed by the checker; it may still lack defaults of its own.
            Some(v) => {
                let quiet = std::mem::replace(&mut self.quiet, true);
                let failed = self.failed;
                let shaped = self.value(&v, &field.ty, &place.field(&field.name, Span::default()));
                self.quiet = quiet;
                self.failed = failed;
                let origin = v.origin;
                Slot::Value(origin, shaped.unwrap_or(v))
            }
            None => {
                self.failed = true;
                Slot::Wrong
            }
        }
    }

    /// Shows the declaration of a field in what was found about its value, unless something nearer is shown already.
    fn blame_declaration(&mut self, found: usize, field: &Field) {
        if field.span == Span::default() {
            return;
        }
        for finding in self.out.iter_mut().skip(found).filter(|d| d.is_error() && d.labels.len() == 1) {
            finding.labels.push(Label { span: field.span, message: format!("`{}` is declared here", field.name), primary: false });
        }
    }

    /// Keys that the record does not declare, and declared ones that are missing.
    fn others(&mut self, given: &Map, record: &Record, map: &mut Map, missing: Vec<usize>, place: &Place<'_>) -> bool {
        let mut whole = true;
        let mut unknown: Vec<&Entry> = Vec::new();
        for e in given.iter().filter(|e| record.field(&e.key).is_none()) {
            let Some((key, value)) = &record.rest else {
                unknown.push(e);
                continue;
            };
            let name = Value::string(e.key.clone(), e.key_origin);
            let at = if self.quiet { Span::default() } else { self.key_span(e.key_origin) };
            let good = self.value(&name, key, place).is_some();
            match self.value(&e.value, value, &place.field(&e.key, at)) {
                Some(v) if good => {
                    map.insert(e.key.clone(), e.key_origin, v);
                }
                _ => whole = false,
            }
        }
        if unknown.is_empty() && missing.is_empty() {
            return whole;
        }
        if self.reading.mode == Mode::Project {
            self.failed |= !missing.is_empty();
            return whole && missing.is_empty();
        }
        self.explain(given, record, &unknown, missing, place) && whole
    }

    /// Reports unknown and missing properties; an unknown one that was meant to be a missing one stands for it.
    fn explain(&mut self, given: &Map, record: &Record, unknown: &[&Entry], mut missing: Vec<usize>, place: &Place<'_>) -> bool {
        let lenient = self.reading.mode == Mode::Lenient;
        if self.quiet {
            let bad = !missing.is_empty() || (!unknown.is_empty() && !lenient);
            self.failed |= bad;
            return !bad;
        }
        let mut meant: Vec<Option<usize>> = Vec::new();
        for e in unknown {
            let candidates: Vec<&str> = missing.iter().filter_map(|i| record.fields.get(*i)).map(|f| f.name.as_str()).collect();
            let near = stands_for(&e.key, &candidates).and_then(|n| record.fields.iter().position(|f| f.name == n));
            if let Some(i) = near {
                missing.retain(|m| *m != i);
            }
            meant.push(near);
        }
        // One key too many and one too few, of the kind that is missing: the same mistake.
        if let ([i], [(n, e)]) =
            (missing.as_slice(), meant.iter().zip(unknown).enumerate().filter(|(_, (m, _))| m.is_none()).map(|(n, (_, e))| (n, e)).collect::<Vec<_>>().as_slice())
            && record.fields.get(*i).is_some_and(|f| suits(&e.value, f))
            && nearest(&e.key, record.fields.iter().filter(|f| given.get(&f.name).is_none()).map(|f| f.name.as_str())).is_none()
            && let Some(m) = meant.get_mut(*n)
        {
            *m = Some(*i);
            missing.clear();
        }
        for (e, near) in unknown.iter().zip(&meant) {
            self.unknown_property(e, near.and_then(|i| record.fields.get(i)), record, given, lenient, place);
        }
        for i in &missing {
            if let Some(f) = record.fields.get(*i) {
                self.missing_property(f, given, record, place);
            }
        }
        let bad = !missing.is_empty() || (!unknown.is_empty() && !lenient) || (lenient && meant.iter().any(Option::is_some));
        self.failed |= bad;
        !bad
    }

    fn unknown_property(&mut self, e: &Entry, stands_for: Option<&Field>, record: &Record, given: &Map, lenient: bool, place: &Place<'_>) {
        let free = || record.fields.iter().filter(|f| given.get(&f.name).is_none()).map(|f| f.name.as_str());
        let near = stands_for.or_else(|| nearest(&e.key, free()).and_then(|n| record.field(n)));
        let at = self.key_span(e.key_origin);
        let whole = self.whole(place);
        let code = if lenient { codes::J0810 } else { codes::J0301 };
        let mut finding = Diagnostic::new(code, format!("{whole} has no property `{}`", e.key)).primary(at, "unknown property");
        if lenient && stands_for.is_some() {
            finding = finding.with_severity(crate::diagnostics::Severity::Error);
        }
        match near {
            Some(f) => {
                let needed = if stands_for.is_some() { ", which is missing" } else { "" };
                finding = finding.help(format!("did you mean `{}`{needed}?", f.name));
                if f.span != Span::default() {
                    finding = finding.secondary(f.span, format!("`{}` is declared here", f.name));
                }
                if suits(&e.value, f) {
                    let title = format!("rename it to `{}`", f.name);
                    finding = finding.fix(title, at, f.name.as_str());
                }
            }
            None => {
                let mut names: Vec<String> = free().take(LISTED).map(|n| format!("`{n}`")).collect();
                if free().nth(LISTED).is_some() {
                    names.push("…".into());
                }
                if !names.is_empty() {
                    finding = finding.help(format!("it could have {}", and(&names, "or")));
                } else if record.fields.is_empty() {
                    finding = finding.help("it takes no properties");
                }
            }
        }
        self.out.push(finding);
    }

    pub(super) fn missing_property(&mut self, f: &Field, given: &Map, _record: &Record, place: &Place<'_>) {
        let whole = if place.is_root() { format!("`{}`", self.reading.subject) } else { called_by_name(place, given) };
        let expected = expectation(&f.ty);
        let name = f.name.clone();
        let doc = f.docs.lines().next().unwrap_or("").trim_end_matches('.').to_string();
        let span = f.span;
        self.missing_in(
            place,
            given,
            |d| {
                let d = if doc.is_empty() { d.help(format!("`{name}` is {expected}")) } else { d.help(format!("`{name}` is {expected}: {doc}")) };
                if span == Span::default() { d } else { d.secondary(span, "it is declared here, without a default") }
            },
            format!("{whole} needs the property `{}`", f.name),
        );
    }
}

/// What became of a field.
enum Slot {
    Value(crate::value::Origin, Value),
    Absent,
    Wrong,
}

fn admits_null(ty: &Type) -> bool {
    match ty.shape() {
        Type::Null | Type::Json | Type::Error => true,
        Type::Union(u) => u.members.iter().any(|m| admits_null(m)),
        _ => false,
    }
}

/// `volumeMounts.pvc[0]`, with its name where it has one.
fn called_by_name(place: &Place<'_>, given: &Map) -> String {
    let path = place.path();
    match (&place.step, given.get("name").and_then(Value::as_str)) {
        (PlaceStep::Index(_), Some(name)) => format!("`{path}` (`{name}`)"),
        _ => format!("`{path}`"),
    }
}

/// The missing name that an unknown one was meant to be.
fn stands_for<'a>(unknown: &str, missing: &[&'a str]) -> Option<&'a str> {
    if let Some(near) = nearest(unknown, missing.iter().copied()) {
        return Some(near);
    }
    let lower = unknown.to_lowercase();
    missing.iter().copied().find(|m| {
        let m = m.to_lowercase();
        m.len() >= 3 && lower.len() >= 3 && (lower.ends_with(&m) || m.ends_with(&lower) || lower.starts_with(&m) || m.starts_with(&lower))
    })
}

/// Whether a value is of the kind of JSON that the field holds.
fn suits(value: &Value, field: &Field) -> bool {
    let given = kind_of(value);
    field.ty.members().iter().any(|m| {
        let kind = json_kind(m);
        kind == given || (kind == JsonKind::Any && !matches!(given, JsonKind::List | JsonKind::Object)) || matches!(m.shape(), Type::Json)
    }) && !shown_plain(value).is_empty()
}

/// The order in which fields are read: those whose defaults use other parameters after these.
fn order(decoder: &Decoder<'_>, record: &Record, top: bool) -> Vec<usize> {
    if !top || decoder.quiet {
        return (0..record.fields.len()).collect();
    }
    decoder.types.reading_order(record)
}
