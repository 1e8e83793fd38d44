//! Whether a value is of a type, for `is` and `match`: no words, no defaults, no copies.

use super::text::Format;
use super::ty::{Presence, Record, Ty, Type};
use super::unions::{Choice, Shown, choose};
use crate::value::{Data, List, Map, Number, Value};

/// Whether `value` is of `ty`. Kinds are decided by `apiVersion` and `kind` alone.
pub fn fits(value: &Value, ty: &Ty) -> bool {
    depth(value, ty, 0)
}

fn depth(value: &Value, ty: &Ty, level: u32) -> bool {
    if level > 128 {
        return false;
    }
    match (&value.data, &**ty) {
        (_, Type::Error | Type::Json) => true,
        (_, Type::Never) => false,
        (_, Type::Named(n)) => match &n.kind {
            Some((api_version, kind)) => value.get("apiVersion").and_then(Value::as_str) == Some(api_version) && value.get("kind").and_then(Value::as_str) == Some(kind),
            None => depth(value, n.shape(), level + 1),
        },
        (Data::Map(m), Type::Union(u)) => {
            let records = u.members.iter().filter(|t| t.as_record().is_some()).count();
            if records > 1 {
                match choose(u, &Given(m)) {
                    Choice::One(i) => u.members.get(i).is_some_and(|t| depth(value, t, level + 1)),
                    Choice::Several(all) => all.iter().filter_map(|i| u.members.get(*i)).any(|t| depth(value, t, level + 1)),
                    _ => false,
                }
            } else {
                u.members.iter().any(|t| depth(value, t, level + 1))
            }
        }
        (_, Type::Union(u)) => u.members.iter().any(|t| depth(value, t, level + 1)),
        (Data::Null, Type::Null) => true,
        (Data::Bool(b), Type::Bool(wanted)) => wanted.is_none_or(|w| w == *b),
        (Data::Int(i), Type::Int(limits)) => limits.contains(*i),
        (Data::Number(n), Type::Int(limits)) => n.decimal().is_some_and(|d| d.is_integer() && d.with_scale(0).to_string().parse().is_ok_and(|i| limits.contains(i))),
        (Data::Int(i), Type::Number(b)) => b.contains(&Number::from_int(*i)),
        (Data::Number(n), Type::Number(b)) => b.contains(n),
        (Data::String(s), Type::Text(t)) => t.accepts(s).is_ok(),
        (Data::Int(_) | Data::Number(_), Type::Quantity) => true,
        (Data::String(s), Type::Quantity) => Format::Quantity.accepts(s).is_ok(),
        (Data::List(l), Type::List(t)) => t.length.contains(l.items.len() as u64) && list(l, &t.element, level),
        (Data::Map(m), Type::Map(t)) => m.iter().all(|e| depth(&Value::string(e.key.clone(), e.key_origin), &t.key, level + 1) && depth(&e.value, &t.value, level + 1)),
        (Data::Map(m), Type::Record(r)) => record(m, r, level),
        (Data::Map(m), Type::Object) => ["apiVersion", "kind"].iter().all(|k| m.get(k).and_then(Value::as_str).is_some()),
        _ => false,
    }
}

fn list(l: &List, element: &Ty, level: u32) -> bool {
    l.items.iter().all(|v| depth(v, element, level + 1))
}

fn record(m: &Map, r: &Record, level: u32) -> bool {
    let declared = r.fields.iter().all(|f| match m.get(&f.name) {
        Some(v) => depth(v, &f.ty, level + 1),
        None => f.presence != Presence::Required,
    });
    declared
        && m.iter().filter(|e| r.field(&e.key).is_none()).all(|e| match &r.rest {
            Some((key, value)) => depth(&Value::string(e.key.clone(), e.key_origin), key, level + 1) && depth(&e.value, value, level + 1),
            None => !r.rows.is_empty(),
        })
}

/// A map as the choice among members sees it.
struct Given<'a>(&'a Map);

impl Shown for Given<'_> {
    fn has(&self, field: &str) -> Option<bool> {
        Some(self.0.contains(field))
    }

    fn can_be(&self, field: &str, ty: &Ty) -> Option<bool> {
        self.0.get(field).map(|v| fits(v, ty))
    }
}
