//! Reading values as types: what an application gives, `as` casts, arguments of functions. One walk that types, fills defaults in, orders fields, sets list keys, and says everything that is wrong.

mod list;
mod object;
mod scalar;
mod union;
mod words;

use std::borrow::Cow;

use ecow::EcoString;

use super::interval::Length;
use super::resolve::Types;
use super::ty::{Ty, Type};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{ExprId, ModuleId};
use crate::value::{Data, Map, Origins, Value};

/// Nesting of values that are read.
const DEPTH: u32 = 128;

/// What reading needs from evaluation.
pub trait Defaults {
    /// Evaluates the default of a field. `siblings` are the top-level parameters that are known so far; `None`: it failed, which has been reported.
    fn default(&mut self, module: ModuleId, default: ExprId, siblings: &Map) -> Option<Value>;

    /// Where the values come from.
    fn origins(&self) -> &Origins;

    /// The text of a span, where the sources are at hand (`yes` and `true` are one value, but not one text).
    fn text(&self, _span: Span) -> Option<&str> {
        None
    }
}

/// How strict the reading is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Undeclared properties are errors.
    Strict,
    /// Undeclared properties are warnings, and left out (`--compat kubevela`).
    Lenient,
    /// Undeclared fields are left out silently: arguments of functions.
    Project,
}

/// For whom a value is read.
#[derive(Clone, Copy, Debug)]
pub struct Reading<'a> {
    /// What messages call the whole value: the type name of the component, `webservice`.
    pub subject: &'a str,
    /// Where a missing property of the whole value is reported: the key `properties`, or the type's name.
    pub at: Span,
    pub mode: Mode,
}

/// A value as its type says, and what was wrong. `value` is `None` when there was an error.
#[derive(Debug, Default)]
pub struct Decoded {
    pub value: Option<Value>,
    pub diagnostics: Vec<Diagnostic>,
}

impl Types {
    /// Reads `value` as `ty`; an absent one reads as the empty record.
    pub fn decode(&self, value: Option<&Value>, ty: &Ty, reading: Reading<'_>, defaults: &mut dyn Defaults) -> Decoded {
        let mut decoder = Decoder { types: self, reading, defaults, out: Vec::new(), quiet: false, failed: false, top: None, depth: 0 };
        let empty = Value::map(Map::new(), crate::value::Origin::UNKNOWN);
        let given = match value {
            Some(v) if !(v.is_null() && super::relate::json_kind(ty) == super::relate::JsonKind::Object) => v,
            _ => &empty,
        };
        let value = decoder.value(given, ty, &Place::root());
        let value = value.filter(|_| !decoder.failed);
        Decoded { value, diagnostics: decoder.out }
    }

    /// Reads `value` as `ty` for `as`: strictly, and without words.
    pub fn cast(&self, value: &Value, ty: &Ty, defaults: &mut dyn Defaults) -> Option<Value> {
        self.quietly(value, ty, Mode::Strict, defaults)
    }

    /// Shapes a value for a place of a type that the checker has found it to fit: extra fields are left out, defaults filled in, list keys set.
    /// A value that does not fit after all stays as it is.
    pub fn coerce(&self, value: &Value, ty: &Ty, defaults: &mut dyn Defaults) -> Value {
        self.quietly(value, ty, Mode::Project, defaults).unwrap_or_else(|| value.clone())
    }

    fn quietly(&self, value: &Value, ty: &Ty, mode: Mode, defaults: &mut dyn Defaults) -> Option<Value> {
        let reading = Reading { subject: "", at: Span::default(), mode };
        let mut decoder = Decoder { types: self, reading, defaults, out: Vec::new(), quiet: true, failed: false, top: None, depth: 0 };
        let value = decoder.value(value, ty, &Place::root());
        value.filter(|_| !decoder.failed)
    }
}

/// Where in the whole value the reading is.
pub(super) struct Place<'p> {
    parent: Option<&'p Place<'p>>,
    step: PlaceStep<'p>,
    /// Where its key stands; for elements where the element begins.
    at: Span,
}

enum PlaceStep<'p> {
    Root,
    Field(&'p str),
    Index(usize),
}

impl<'p> Place<'p> {
    fn root() -> Self {
        Self { parent: None, step: PlaceStep::Root, at: Span::default() }
    }

    fn field(&'p self, name: &'p str, at: Span) -> Place<'p> {
        Place { parent: Some(self), step: PlaceStep::Field(name), at }
    }

    fn index(&'p self, i: usize, at: Span) -> Place<'p> {
        Place { parent: Some(self), step: PlaceStep::Index(i), at }
    }

    fn is_root(&self) -> bool {
        matches!(self.step, PlaceStep::Root)
    }

    /// `env[2].valueFrom`, at most two fields.
    fn path(&self) -> String {
        match (&self.step, self.parent) {
            (PlaceStep::Root, _) | (_, None) => String::new(),
            (PlaceStep::Field(name), Some(p)) => match p.path() {
                before if before.is_empty() => (*name).to_string(),
                before => format!("{before}.{name}"),
            },
            (PlaceStep::Index(i), Some(p)) => format!("{}[{i}]", p.path()),
        }
    }
}

/// The walk.
pub(super) struct Decoder<'d> {
    types: &'d Types,
    reading: Reading<'d>,
    defaults: &'d mut dyn Defaults,
    out: Vec<Diagnostic>,
    quiet: bool,
    failed: bool,
    /// The top-level parameters that are known so far.
    top: Option<Map>,
    depth: u32,
}

impl Decoder<'_> {
    /// Reads one value; `None`: it has a mistake, which has been said.
    fn value(&mut self, value: &Value, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        if self.depth >= DEPTH {
            self.error(codes::J0908, || format!("{} is nested too deep", "the value"), value, place, |d| d);
            return None;
        }
        self.depth += 1;
        let out = self.by_type(value, ty, place);
        self.depth -= 1;
        out
    }

    fn by_type(&mut self, value: &Value, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        match &**ty {
            Type::Error | Type::Never => Some(value.clone()),
            Type::Named(n) => {
                let shape = n.shape().clone();
                self.by_type(value, &shape, place)
            }
            Type::Json => Some(value.clone()),
            Type::Union(u) => self.union(value, ty, u, place),
            Type::Record(r) => match &value.data {
                Data::Map(m) => self.record(value, m, r, place),
                _ => self.wrong_kind(value, ty, place),
            },
            Type::Map(m) => match &value.data {
                Data::Map(given) => self.map(value, given, m, place),
                _ => self.wrong_kind(value, ty, place),
            },
            Type::List(l) => match &value.data {
                Data::List(given) => self.list(value, given, l, place),
                _ => self.wrong_kind(value, ty, place),
            },
            Type::Object => self.object(value, ty, place),
            _ => self.scalar(value, ty, place),
        }
    }

    /// A whole Kubernetes object: it says what it is. Its schema is checked when it is used.
    fn object(&mut self, value: &Value, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        let Data::Map(map) = &value.data else { return self.wrong_kind(value, ty, place) };
        let mut good = true;
        for field in ["apiVersion", "kind"] {
            match map.entry(field) {
                Some(e) if e.value.as_str().is_some_and(|s| !s.is_empty()) => {}
                Some(e) => {
                    let name = self.name(place, field);
                    self.error(codes::J0303, || format!("{name} must be text, not {}", words::shown(&e.value)), &e.value, place, |d| d);
                    good = false;
                }
                None => {
                    let whole = self.whole(place);
                    self.missing_in(place, map, |d| d, format!("{whole} lacks `{field}`: every Kubernetes object has it"));
                    good = false;
                }
            }
        }
        good.then(|| value.clone())
    }

    /// How messages call the place: `` `env[2]` ``, or the subject of the whole value.
    fn called(&self, place: &Place<'_>) -> String {
        if place.is_root() { format!("the value of `{}`", self.reading.subject) } else { format!("`{}`", place.path()) }
    }

    /// How messages call the record at the place, as that which has properties.
    fn whole(&self, place: &Place<'_>) -> String {
        if place.is_root() { format!("`{}`", self.reading.subject) } else { format!("`{}`", place.path()) }
    }

    /// How messages call a field of the place.
    fn name(&self, place: &Place<'_>, field: &str) -> String {
        format!("`{}`", place.field(field, Span::default()).path())
    }

    /// The span of a value: its own, or where its key stands.
    fn span(&self, value: &Value, place: &Place<'_>) -> Span {
        let origins = self.defaults.origins();
        match origins.yaml_span(value.origin) {
            Some(span) => span,
            None if place.is_root() || place.at == Span::default() => self.reading.at,
            None => place.at,
        }
    }

    fn key_span(&self, origin: crate::value::Origin) -> Span {
        let origins = self.defaults.origins();
        origins.yaml_span(origin).unwrap_or_else(|| origins.span(origin))
    }

    /// Reports an error at a value; `more` adds labels, help and fixes.
    fn error(&mut self, code: crate::diagnostics::Code, message: impl FnOnce() -> String, value: &Value, place: &Place<'_>, more: impl FnOnce(Diagnostic) -> Diagnostic) {
        self.failed = true;
        if self.quiet {
            return;
        }
        let span = self.span(value, place);
        self.out.push(more(Diagnostic::new(code, message()).primary(span, "")));
    }

    /// Reports that a record lacks something: at the key it stands under, or at its first key.
    fn missing_in(&mut self, place: &Place<'_>, map: &Map, more: impl FnOnce(Diagnostic) -> Diagnostic, message: String) {
        self.failed = true;
        if self.quiet {
            return;
        }
        let first = map.iter().next().map(|e| self.key_span(e.key_origin));
        let at = match place.step {
            PlaceStep::Root => self.reading.at,
            PlaceStep::Field(_) => place.at,
            PlaceStep::Index(_) => first.filter(|s| *s != Span::default()).unwrap_or(place.at),
        };
        self.out.push(more(Diagnostic::new(codes::J0302, message).primary(at, "")));
    }

    /// The wrong kind of value.
    fn wrong_kind(&mut self, value: &Value, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        let called = self.called(place);
        let expected = words::expectation(ty);
        let text = words::shown(value);
        let help = words::kind_help(value, ty, place.last());
        let wrapped = words::wrapped(value, ty);
        let span = self.span(value, place);
        // A list or an object can have many lines: the key that it stands under has one.
        if matches!(value.data, Data::List(_) | Data::Map(_)) && matches!(place.step, PlaceStep::Field(_)) && place.at != Span::default() && !self.quiet {
            self.failed = true;
            let finding = Diagnostic::new(codes::J0303, format!("{called} must be {expected}, not {text}")).primary(place.at, "");
            self.out.push(match help {
                Some(h) => finding.help(h),
                None => finding,
            });
            return None;
        }
        self.error(
            codes::J0303,
            || format!("{called} must be {expected}, not {text}"),
            value,
            place,
            |d| {
                let d = match help {
                    Some(h) => d.help(h),
                    None => d,
                };
                match wrapped {
                    Some(list) => d.fix("make it a list", span, list),
                    None => d,
                }
            },
        );
        None
    }

    /// A list or map that is too long or too short.
    fn wrong_length(&mut self, value: &Value, place: &Place<'_>, count: u64, must: Length, noun: &str) {
        let called = self.called(place);
        let plural = if must.max == Some(1) || (must.max.is_none() && must.min == 1) { "" } else { "s" };
        self.error(codes::J0308, || format!("{called} must have {} {noun}{plural}, not {count}", must.words()), value, place, |d| d);
    }
}

impl Place<'_> {
    /// The innermost field's name.
    fn last(&self) -> Cow<'_, str> {
        match (&self.step, self.parent) {
            (PlaceStep::Field(name), _) => Cow::Borrowed(name),
            (PlaceStep::Index(_), Some(p)) => p.last(),
            _ => Cow::Borrowed(""),
        }
    }
}

/// A text that a YAML plain scalar can be: no quotes are needed.
pub(super) fn quoted(text: &str) -> String {
    let mut out = EcoString::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c => out.push(c),
        }
    }
    out.push('"');
    out.to_string()
}
