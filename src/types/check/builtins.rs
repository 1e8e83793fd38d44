//! Built-in functions (language reference §6.6).

use super::condition::not_empty;
use super::{Checker, present};
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Arg, Builtin, ExprId};
use crate::types::interval::{Bounds, Interval, Length};
use crate::types::text::{Format, Language, Text};
use crate::types::ty::{Field, List, MapType, Presence, Record, Ty, Type, Typed};
use crate::types::unions::unite;

impl Checker<'_> {
    pub fn builtin(&mut self, e: ExprId, b: Builtin, args: &[Arg]) -> Typed {
        let count = match b {
            Builtin::JsonMerge | Builtin::JsonPatch | Builtin::Min | Builtin::Max | Builtin::Div | Builtin::Rem => 2,
            _ => 1,
        };
        let values: Vec<ExprId> = args.iter().filter_map(|a| if let Arg::Value(v) = a { Some(*v) } else { None }).collect();
        if values.len() != count || args.len() != count {
            self.wrong(codes::J0303, e, format!("`{}` takes {count} value{}", b.name(), if count == 1 { "" } else { "s" }));
            return self.all_unknown(args);
        }
        let (Some(first), second) = (values.first().copied(), values.get(1).copied().unwrap_or(e)) else { return present(Type::error()) };
        match b {
            Builtin::NonEmpty => self.non_empty(first),
            Builtin::DnsLabel => self.text_to(first, Type::format(Format::DnsLabel)),
            Builtin::DnsLabel1035 => self.text_to(first, Type::format(Format::DnsLabel1035)),
            Builtin::DnsSubdomain => self.text_to(first, Type::format(Format::DnsSubdomain)),
            Builtin::Base64 => self.text_to(first, Type::format(Format::Base64)),
            Builtin::FromBase64 => Typed { absent: true, ..self.text_to(first, Type::string()) },
            Builtin::Sha256 => self.text_to(first, Type::language(Language::new(None, vec!["[0-9a-f]{64}".into()], Length::exactly(64)))),
            Builtin::ToJson | Builtin::ToYaml => {
                self.value(first);
                present(Type::language(Language::new(None, vec![], Length::new(1, None))))
            }
            Builtin::ParseJson => Typed { absent: true, ..self.text_to(first, Type::Json.share()) },
            Builtin::JsonMerge => {
                self.object_argument(first);
                self.check_present(second, &Type::Json.share());
                present(Type::Object.share())
            }
            Builtin::JsonPatch => {
                self.object_argument(first);
                let operations = Type::list(operation());
                self.check_present(second, &operations);
                present(Type::Object.share())
            }
            Builtin::Min | Builtin::Max => self.extreme(b, first, second),
            Builtin::Div | Builtin::Rem => self.division(b, first, second),
            Builtin::Dbg => {
                if !self.in_test {
                    let span = self.span(e);
                    self.report(Diagnostic::new(codes::J0913, "`dbg` is for tests and for trying out").primary(span, "").help("take it away"));
                }
                self.infer(first)
            }
        }
    }

    fn text_to(&mut self, v: ExprId, result: Ty) -> Typed {
        let ty = self.value(v);
        if !super::expr::is_text(&ty) {
            self.wrong(codes::J0303, v, format!("this takes text, not `{ty}`"));
        }
        present(result)
    }

    fn object_argument(&mut self, v: ExprId) {
        let ty = self.value(v);
        let object = |m: &Ty| matches!(m.shape(), Type::Object | Type::Error) || m.as_record().is_some_and(|r| r.field("apiVersion").is_some() && r.field("kind").is_some());
        if !ty.members().iter().all(object) {
            self.wrong(codes::J0303, v, format!("expected an object, found `{ty}`"));
        }
    }

    fn non_empty(&mut self, v: ExprId) -> Typed {
        let typed = self.infer(v);
        let mut parts = Vec::new();
        for m in typed.ty.members() {
            match m.shape() {
                Type::Text(t) => {
                    let rest = not_empty(t);
                    if !matches!(&*rest, Type::Text(Text::Literals(l)) if l.is_empty()) {
                        parts.push(rest);
                    }
                }
                Type::List(l) => parts.push(Type::List(List { length: l.length.meet(Length::new(1, None)), ..l.clone() }).share()),
                Type::Map(x) => parts.push(Type::Map(MapType { length: x.length.meet(Length::new(1, None)), ..x.clone() }).share()),
                Type::Error | Type::Never => parts.push(m.clone()),
                _ => {
                    self.wrong(codes::J0303, v, format!("`nonEmpty` takes text, a list or a map, not `{}`", typed.ty));
                    return present(Type::error());
                }
            }
        }
        Typed::optional(unite(&parts).0)
    }

    fn extreme(&mut self, b: Builtin, first: ExprId, second: ExprId) -> Typed {
        let (x, y) = (self.value(first), self.value(second));
        if x.is_error() || y.is_error() {
            return present(Type::error());
        }
        if let (Some(i), Some(j)) = (super::binary::integers(&x), super::binary::integers(&y)) {
            let pick = |a: i64, b2: i64| if b == Builtin::Min { a.min(b2) } else { a.max(b2) };
            return present(Type::Int(Interval::new(pick(i.low, j.low), pick(i.high, j.high))).share());
        }
        let number = |t: &Ty| t.members().iter().all(|m| matches!(m.shape(), Type::Int(_) | Type::Number(_)));
        if number(&x) && number(&y) {
            return present(Type::Number(Bounds::default()).share());
        }
        match super::flow::join(&x, &y) {
            Some(ty) if ty.members().iter().all(|m| matches!(m.shape(), Type::Quantity | Type::Text(_) | Type::Int(_) | Type::Number(_))) => present(ty),
            _ => {
                self.wrong(codes::J0316, second, format!("`{}` cannot compare `{x}` with `{y}`", b.name()));
                present(Type::error())
            }
        }
    }

    fn division(&mut self, b: Builtin, first: ExprId, second: ExprId) -> Typed {
        let (x, y) = (self.value(first), self.value(second));
        let (Some(i), Some(j)) = (super::binary::integers(&x), super::binary::integers(&y)) else {
            if !x.is_error() && !y.is_error() {
                self.wrong(codes::J0303, first, format!("`{}` is for integers", b.name()));
            }
            return present(Type::error());
        };
        if j.contains(0) {
            self.wrong_help(codes::J0506, second, "the divisor can be 0", "refine its type, such as `Int(1..)`, or look first: `if x > 0`");
            return present(Type::error());
        }
        if b == Builtin::Rem {
            return present(if j.low > 0 { Type::int(0, j.high - 1) } else { Type::int(j.low.saturating_add(1), 0) });
        }
        let floor = |a: i64, d: i64| i128::from(a).div_euclid(i128::from(d)) - i128::from(d < 0 && i128::from(a).rem_euclid(i128::from(d)) != 0);
        let all = [floor(i.low, j.low), floor(i.low, j.high), floor(i.high, j.low), floor(i.high, j.high)];
        let clamp = |n: i128| i64::try_from(n).unwrap_or(if n < 0 { i64::MIN } else { i64::MAX });
        present(Type::int(clamp(all.iter().copied().min().unwrap_or(0)), clamp(all.iter().copied().max().unwrap_or(0))))
    }
}

/// An operation of RFC 6902.
fn operation() -> Ty {
    let pointer = || Type::format(Format::JsonPointer);
    let literals = |all: &[&str]| Type::Text(Text::Literals(all.iter().map(|l| (*l).into()).collect())).share();
    let record =
        |fields: Vec<(&str, Ty)>| Type::Record(Record { fields: fields.into_iter().map(|(n, t)| Field::new(n, t, Presence::Required)).collect(), ..Record::default() }).share();
    unite(&[
        record(vec![("op", literals(&["add", "replace", "test"])), ("path", pointer()), ("value", Type::Json.share())]),
        record(vec![("op", literals(&["remove"])), ("path", pointer())]),
        record(vec![("op", literals(&["move", "copy"])), ("from", pointer()), ("path", pointer())]),
    ])
    .0
}
