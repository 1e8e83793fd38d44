//! Equality and order of values: numbers by value, quantities and durations by what they mean.

use std::cmp::Ordering;

use super::number::decimal;
use crate::kube::syntax::Quantity;
use crate::kube::syntax::duration::go_duration;
use crate::value::{Data, Value};

/// Equality as `==` has it: by content; text against a number is compared as a quantity.
pub(super) fn equal(a: &Value, b: &Value) -> bool {
    match (&a.data, &b.data) {
        (Data::String(_), Data::Int(_) | Data::Number(_)) | (Data::Int(_) | Data::Number(_), Data::String(_)) => equal_quantity(a, b),
        (Data::List(x), Data::List(y)) => x.items.len() == y.items.len() && x.items.iter().zip(&y.items).all(|(p, q)| equal(p, q)),
        (Data::Map(x), Data::Map(y)) => x.len() == y.len() && x.iter().all(|e| y.get(&e.key).is_some_and(|v| equal(v, &e.value))),
        _ => a.same(b),
    }
}

/// Equality where the place holds a quantity.
pub(super) fn equal_quantity(a: &Value, b: &Value) -> bool {
    a.same(b) || matches!((quantity(&a.data), quantity(&b.data)), (Some(x), Some(y)) if x == y)
}

/// Order of numbers, quantities, durations; `None` where there is none.
pub(super) fn compare(a: &Data, b: &Data) -> Option<Ordering> {
    match (a, b) {
        (Data::Int(x), Data::Int(y)) => Some(x.cmp(y)),
        (Data::String(x), Data::String(y)) => match (quantity(a), quantity(b)) {
            (Some(p), Some(q)) => Some(p.cmp(&q)),
            _ => Some(go_duration(x)?.cmp(&go_duration(y)?)),
        },
        (Data::String(_), _) | (_, Data::String(_)) => Some(quantity(a)?.cmp(&quantity(b)?)),
        _ => Some(decimal(a).ok()?.cmp(&decimal(b).ok()?)),
    }
}

/// Order for `sortBy`: numbers by value, text by code point, quantities given as numbers before those given as text only by value.
pub(super) fn sort_order(a: &Data, b: &Data) -> Ordering {
    match (a, b) {
        (Data::String(x), Data::String(y)) => x.cmp(y),
        _ => compare(a, b).unwrap_or(Ordering::Equal),
    }
}

fn quantity(d: &Data) -> Option<Quantity> {
    match d {
        Data::Int(i) => Some(Quantity::whole(*i)),
        Data::Number(n) => Quantity::parse(&n.text).ok(),
        Data::String(s) if s.bytes().any(|b| b.is_ascii_digit()) => Quantity::parse(s).ok(),
        _ => None,
    }
}
