//! Built-in functions and methods (language reference §6.6), a file for each family.

mod data;
mod lists;
mod patches;
mod text;

pub(super) use data::to_json;

use super::machine::{Frame, Machine, Outcome, Stop};
use super::number;
use super::order;
use crate::diagnostics::codes;
use crate::hir::{Arg, Builtin, ExprId};
use crate::value::{Data, Origin, Value};

/// Arguments that have been evaluated.
pub(super) type Values = [Option<Value>];

impl<'a> Machine<'a, '_> {
    /// A call of a built-in function.
    pub(super) fn builtin(&mut self, f: &mut Frame<'a>, id: ExprId, which: Builtin, args: &'a [Arg]) -> Outcome {
        if let (Builtin::JsonMerge | Builtin::JsonPatch, [Arg::Value(target), Arg::Value(change)]) = (which, args) {
            return self.json_builtin(f, id, which, *target, *change);
        }
        let mut values = Vec::with_capacity(args.len());
        for arg in args {
            values.push(match arg {
                Arg::Value(e) => self.eval(f, *e)?,
                Arg::Lambda { .. } => return Err(self.mistake(f, id, codes::J0303, "this function takes no lambda")),
            });
        }
        match which {
            Builtin::NonEmpty => return Ok(values.into_iter().next().flatten().filter(|v| !is_empty(v))),
            Builtin::Dbg => return self.dbg(f, id, values),
            _ => {}
        }
        let first = self.argument(f, id, &values, 0)?;
        match which {
            Builtin::DnsLabel | Builtin::DnsLabel1035 | Builtin::DnsSubdomain | Builtin::Base64 | Builtin::FromBase64 | Builtin::Sha256 => self.text_function(f, id, which, &first),
            Builtin::ToJson | Builtin::ToYaml | Builtin::ParseJson => self.data_function(f, id, which, &first),
            Builtin::Min | Builtin::Max => {
                let second = self.argument(f, id, &values, 1)?;
                let Some(order) = order::compare(&first.data, &second.data) else {
                    return Err(self.mistake(f, id, codes::J0316, "these have no order"));
                };
                Ok(Some(if order.is_le() == (which == Builtin::Min) { first } else { second }))
            }
            Builtin::Div | Builtin::Rem => {
                let second = self.argument(f, id, &values, 1)?;
                let (Some(a), Some(b)) = (first.as_int(), second.as_int()) else {
                    return Err(self.mistake(f, id, codes::J0316, "division takes integers"));
                };
                let Some((q, r)) = number::div_rem(a, b) else {
                    return Err(self.mistake(f, id, codes::J0506, "the divisor is 0"));
                };
                let origin = self.computed(f, id, [first.origin, second.origin]);
                Ok(Some(Value::with(Data::Int(if which == Builtin::Div { q } else { r }), origin)))
            }
            Builtin::NonEmpty | Builtin::Dbg | Builtin::JsonMerge | Builtin::JsonPatch => Err(self.mistake(f, id, codes::J0303, "an argument is missing")),
        }
    }

    pub(super) fn argument(&mut self, f: &Frame<'a>, id: ExprId, values: &Values, i: usize) -> Result<Value, Stop> {
        match values.get(i) {
            Some(Some(v)) => Ok(v.clone()),
            Some(None) => Err(self.mistake(f, id, codes::J0401, "an argument is absent here")),
            None => Err(self.mistake(f, id, codes::J0303, "an argument is missing")),
        }
    }

    /// `dbg(e)`: the value, and a note that shows it with its place.
    fn dbg(&mut self, f: &Frame<'a>, id: ExprId, values: Vec<Option<Value>>) -> Outcome {
        let value = values.into_iter().next().flatten();
        let shown = value.as_ref().map_or_else(|| "absent".to_owned(), to_json);
        let from = value.as_ref().and_then(|v| self.origins.yaml_span(v.origin));
        let mut d = crate::diagnostics::Diagnostic::new(codes::J0913, format!("dbg: {shown}")).with_severity(crate::diagnostics::Severity::Note).primary(self.span(f, id), "");
        if let Some(from) = from {
            d = d.secondary(from, "it comes from here");
        }
        self.sink.push(d);
        Ok(value)
    }

    /// A method: `x.m(…)`.
    pub(super) fn method(&mut self, f: &mut Frame<'a>, id: ExprId, subject: Value, name: &str, args: &'a [Arg]) -> Outcome {
        let result = match &subject.data {
            Data::List(l) => {
                let l = l.clone();
                self.list_method(f, id, &subject, &l, name, args)?
            }
            Data::Map(m) => {
                let m = m.clone();
                self.map_method(f, id, &subject, &m, name, args)?
            }
            Data::String(s) => {
                let s = s.clone();
                self.text_method(f, id, &subject, &s, name, args)?
            }
            _ => None,
        };
        match result {
            Some(outcome) => Ok(outcome.0),
            None => Err(self.mistake(f, id, codes::J0301, format!("{} has no method `{name}`", subject.kind_name()))),
        }
    }

    /// A method's argument that is a value.
    pub(super) fn value_argument(&mut self, f: &mut Frame<'a>, id: ExprId, args: &'a [Arg], i: usize) -> Result<Value, Stop> {
        match args.get(i) {
            Some(Arg::Value(e)) => self.present(f, *e),
            _ => Err(self.mistake(f, id, codes::J0303, "this method takes a value")),
        }
    }

    /// A method's argument that is text.
    pub(super) fn text_argument(&mut self, f: &mut Frame<'a>, id: ExprId, args: &'a [Arg], i: usize) -> Result<ecow::EcoString, Stop> {
        match self.value_argument(f, id, args, i)?.data {
            Data::String(s) => Ok(s),
            _ => Err(self.mistake(f, id, codes::J0303, "this method takes a string")),
        }
    }

    /// A truth value computed from another value.
    pub(super) fn bool_of(&mut self, f: &Frame<'a>, id: ExprId, b: bool, from: Origin) -> Value {
        let origin = self.computed(f, id, [from, Origin::UNKNOWN]);
        Value::with(Data::Bool(b), origin)
    }
}

/// What a method returned; the value may be absent.
pub(super) struct Returned(pub Option<Value>);

fn is_empty(v: &Value) -> bool {
    match &v.data {
        Data::String(s) => s.is_empty(),
        Data::List(l) => l.items.is_empty(),
        Data::Map(m) => m.is_empty(),
        _ => false,
    }
}
