//! The list and set libraries.

use std::cmp::Ordering;

use super::error::EvalError;
use super::value::{Eval, Val, compare, equal};

/// Calls one of the functions.
pub(super) fn call<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    if name == "lists.range" {
        let [Val::Int(n)] = args else { return None };
        return Some(if *n > 1_000_000 { Err(EvalError::unsupported("range too long")) } else { Ok(Val::list((0..*n).map(Val::Int).collect())) });
    }
    let (list, rest) = args.split_first()?;
    if !list.is_list() {
        return None;
    }
    let items = match list.elements() {
        Ok(items) => items,
        Err(e) => return Some(Err(e)),
    };
    Some(match (name, rest) {
        ("isSorted", []) => is_sorted(&items).map(Val::Bool),
        ("sum", []) => sum(&items),
        ("min", []) => extreme(&items, "min", Ordering::Greater),
        ("max", []) => extreme(&items, "max", Ordering::Less),
        ("indexOf", [v]) => Ok(Val::Int(items.iter().position(|x| same(x, v)).map_or(-1, |i| i as i64))),
        ("lastIndexOf", [v]) => Ok(Val::Int(items.iter().rposition(|x| same(x, v)).map_or(-1, |i| i as i64))),
        ("slice", [Val::Int(from), Val::Int(to)]) => slice(&items, *from, *to),
        ("flatten", []) => flatten(items, 1).map(Val::list),
        ("flatten", [Val::Int(depth)]) => flatten(items, *depth).map(Val::list),
        ("sort", []) => sort_keyed(items.iter().map(|v| (v.clone(), v.clone())).collect()),
        ("distinct", []) => Ok(distinct(items)),
        ("reverse", []) => Ok(Val::list(items.into_iter().rev().collect())),
        ("first", []) => Ok(items.into_iter().next().map_or(Val::Optional(None), Val::some)),
        ("last", []) => Ok(items.into_iter().next_back().map_or(Val::Optional(None), Val::some)),
        ("sets.contains", [b]) => b.elements().map(|b| Val::Bool(within(&b, &items))),
        ("sets.equivalent", [b]) => b.elements().map(|b| Val::Bool(within(&b, &items) && within(&items, &b))),
        ("sets.intersects", [b]) => b.elements().map(|b| Val::Bool(items.iter().any(|x| b.iter().any(|y| same(x, y))))),
        _ => return None,
    })
}

fn same<'a>(a: &Val<'a>, b: &Val<'a>) -> bool {
    equal(a, b).unwrap_or(false)
}

/// Whether every element of the first is in the second.
fn within<'a>(some: &[Val<'a>], all: &[Val<'a>]) -> bool {
    some.iter().all(|x| all.iter().any(|y| same(x, y)))
}

fn is_sorted(items: &[Val]) -> Result<bool, EvalError> {
    for pair in items.windows(2) {
        if let [a, b] = pair
            && compare(a, b)? == Ordering::Greater
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn sum<'a>(items: &[Val<'a>]) -> Eval<'a> {
    let overflow = || EvalError::new("integer overflow");
    let mut items = items.iter();
    let Some(first) = items.next() else { return Ok(Val::Int(0)) };
    let mut total = first.clone();
    for v in items {
        total = match (&total, v) {
            (Val::Int(a), Val::Int(b)) => Val::Int(a.checked_add(*b).ok_or_else(overflow)?),
            (Val::Uint(a), Val::Uint(b)) => Val::Uint(a.checked_add(*b).ok_or_else(overflow)?),
            (Val::Double(a), Val::Double(b)) => Val::Double(a + b),
            (Val::Duration(a), Val::Duration(b)) => Val::Duration(a.checked_add(*b).ok_or_else(overflow)?),
            _ => return Err(EvalError::no_overload()),
        };
    }
    Ok(total)
}

fn extreme<'a>(items: &[Val<'a>], name: &str, replace: Ordering) -> Eval<'a> {
    let mut items = items.iter();
    let Some(mut best) = items.next() else { return Err(EvalError::new(format!("{name} called on empty list"))) };
    for v in items {
        if compare(best, v)? == replace {
            best = v;
        }
    }
    Ok(best.clone())
}

fn slice<'a>(items: &[Val<'a>], from: i64, to: i64) -> Eval<'a> {
    let wrong = |why: &str| Err(EvalError::new(format!("cannot slice({from}, {to}), {why}")));
    let (Ok(start), Ok(end)) = (usize::try_from(from), usize::try_from(to)) else { return wrong("negative indexes not supported") };
    if start > end {
        return wrong("start index must be less than or equal to end index");
    }
    match items.get(start..end) {
        Some(part) => Ok(Val::list(part.to_vec())),
        None => wrong(&format!("list is length {}", items.len())),
    }
}

fn flatten(items: Vec<Val<'_>>, depth: i64) -> Result<Vec<Val<'_>>, EvalError> {
    if depth < 0 {
        return Err(EvalError::new("level must be non-negative"));
    }
    let mut out = Vec::new();
    for v in items {
        if v.is_list() && depth > 0 && depth < 100 {
            out.extend(flatten(v.elements()?, depth - 1)?);
        } else {
            out.push(v);
        }
    }
    Ok(out)
}

fn distinct(items: Vec<Val<'_>>) -> Val<'_> {
    let mut out: Vec<Val> = Vec::new();
    for v in items {
        if !out.iter().any(|x| same(x, &v)) {
            out.push(v);
        }
    }
    Val::list(out)
}

/// The second values in the order of the first.
pub(in crate::kube::cel) fn sort_keyed<'a>(mut items: Vec<(Val<'a>, Val<'a>)>) -> Eval<'a> {
    let Some(kind) = items.first().map(|(k, _)| k.type_name().to_owned()) else { return Ok(Val::list(Vec::new())) };
    if items.iter().any(|(k, _)| k.type_name() != kind) {
        return Err(EvalError::new("list elements must have the same type"));
    }
    if items.iter().any(|(k, _)| compare(k, k).is_err()) {
        return Err(EvalError::new("list elements must be comparable"));
    }
    items.sort_by(|a, b| compare(&a.0, &b.0).unwrap_or(Ordering::Equal));
    Ok(Val::list(items.into_iter().map(|(_, v)| v).collect()))
}
