//! Telling the members of a union apart: the rule for declared unions, and which member a value is meant to be.

use std::sync::Arc;

use ecow::EcoString;

use super::relate::{JsonKind, disjoint, fits, is_tag, json_kind};
use super::text::Text;
use super::ty::{Presence, Record, Ty, Type, Union};

/// What tells the record members of a union apart.
#[derive(Debug, Default)]
pub struct Deciders {
    /// Fields that are tags of at least two members.
    pub tags: Vec<EcoString>,
    /// A field, a member that requires it, and one that does not declare it.
    pub presence: Vec<(EcoString, usize, usize)>,
}

impl Union {
    /// What tells the record members apart.
    pub fn deciders(&self) -> &Arc<Deciders> {
        self.deciders.get_or_init(|| Arc::new(deciders(&self.members)))
    }
}

fn deciders(members: &[Ty]) -> Deciders {
    let mut out = Deciders::default();
    let records: Vec<(usize, &Record)> = members.iter().enumerate().filter_map(|(i, m)| Some((i, m.as_record()?))).collect();
    for (i, a) in &records {
        for (j, b) in &records {
            if i >= j {
                continue;
            }
            for tag in tags(a, b) {
                if !out.tags.contains(&tag) {
                    out.tags.push(tag);
                }
            }
            for (x, y, p, q) in [(a, b, i, j), (b, a, j, i)] {
                for f in x.fields.iter().filter(|f| f.is_required() && y.field(&f.name).is_none() && !declares_rest(y, &f.name)) {
                    out.presence.push((f.name.clone(), *p, *q));
                }
            }
        }
    }
    out
}

fn declares_rest(r: &Record, name: &str) -> bool {
    r.rest.as_ref().is_some_and(|(key, _)| match key.shape() {
        Type::Text(t) => t.accepts(name).is_ok(),
        _ => true,
    })
}

/// Fields that both require or default, with disjoint literal types.
fn tags(a: &Record, b: &Record) -> Vec<EcoString> {
    a.fields
        .iter()
        .filter(|f| !f.is_optional())
        .filter(|f| b.field(&f.name).is_some_and(|g| !g.is_optional() && is_tag(&f.ty) && is_tag(&g.ty) && disjoint(&f.ty, &g.ty)))
        .map(|f| f.name.clone())
        .collect()
}

/// Whether two members can be told apart (language reference, union rule).
pub fn distinct(a: &Ty, b: &Ty) -> bool {
    if let (Some(x), Some(y)) = (a.as_record(), b.as_record()) {
        let by_tag = tags(x, y).iter().any(|t| {
            let defaulted = [x, y].iter().filter(|r| r.field(t).is_some_and(|f| matches!(f.presence, Presence::Default(..)))).count();
            defaulted < 2
        });
        let present = |x: &Record, y: &Record| x.fields.iter().any(|f| f.is_required() && y.field(&f.name).is_none() && !declares_rest(y, &f.name));
        return by_tag || present(x, y) || present(y, x);
    }
    let (p, q) = (json_kind(a), json_kind(b));
    if p == JsonKind::Any || q == JsonKind::Any {
        return matches!((a.shape(), b.shape()), (Type::Quantity, _) | (_, Type::Quantity)) && disjoint(a, b);
    }
    if p != q {
        return true;
    }
    matches!(p, JsonKind::Null | JsonKind::Boolean | JsonKind::Number | JsonKind::String) && disjoint(a, b)
}

/// Joins members to a union: flattens, merges scalars where one contains the other or both are literals. Gives the first pair that cannot be told apart (indexes into `members`).
pub fn unite(members: &[Ty]) -> (Ty, Option<(usize, usize)>) {
    let mut flat: Vec<(usize, Ty)> = Vec::new();
    for (i, m) in members.iter().enumerate() {
        for part in m.members() {
            if !matches!(&*part, Type::Never) {
                flat.push((i, part));
            }
        }
    }
    if flat.iter().any(|(_, t)| t.is_error()) {
        return (Type::error(), None);
    }
    let mut merged: Vec<(usize, Ty)> = Vec::new();
    'next: for (i, part) in flat {
        for (_, known) in &mut merged {
            if same(known, &part) {
                continue 'next;
            }
            if let Some(both) = merge_scalars(known, &part) {
                *known = both;
                continue 'next;
            }
        }
        merged.push((i, part));
    }
    let mut clash = None;
    'pairs: for (n, (i, a)) in merged.iter().enumerate() {
        for (j, b) in merged.iter().skip(n + 1) {
            if !distinct(a, b) {
                clash = Some((*i, *j));
                break 'pairs;
            }
        }
    }
    let mut parts: Vec<Ty> = merged.into_iter().map(|(_, t)| t).collect();
    let ty = match parts.len() {
        0 => Type::Never.share(),
        1 => parts.remove(0),
        _ => Type::Union(Union::of(parts)).share(),
    };
    (ty, clash)
}

/// Whether two types are plainly one.
fn same(a: &Ty, b: &Ty) -> bool {
    if Arc::ptr_eq(a, b) {
        return true;
    }
    match (&**a, &**b) {
        (Type::Named(x), Type::Named(y)) => x.identity == y.identity,
        (Type::List(x), Type::List(y)) => x.length == y.length && x.keys == y.keys && same(&x.element, &y.element),
        (Type::Map(x), Type::Map(y)) => x.length == y.length && same(&x.key, &y.key) && same(&x.value, &y.value),
        (Type::Text(Text::Language(x)), Type::Text(Text::Language(y))) => {
            x.format == y.format && x.patterns == y.patterns && x.length == y.length && x.made.is_none() && y.made.is_none()
        }
        (Type::Object, Type::Object) | (Type::Json, Type::Json) => true,
        _ => false,
    }
}

/// One scalar type for two, where the union of both is one.
pub fn merge_scalars(a: &Ty, b: &Ty) -> Option<Ty> {
    if !a.is_scalar() || !b.is_scalar() {
        return None;
    }
    if let (Type::Text(Text::Literals(x)), Type::Text(Text::Literals(y))) = (a.shape(), b.shape()) {
        let mut all: Vec<EcoString> = x.to_vec();
        all.extend(y.iter().filter(|l| !x.contains(l)).cloned());
        return Some(Type::Text(Text::Literals(all.into())).share());
    }
    if let (Type::Bool(Some(x)), Type::Bool(Some(y))) = (a.shape(), b.shape())
        && x != y
    {
        return Some(Type::bool());
    }
    if let (Type::Int(x), Type::Int(y)) = (a.shape(), b.shape())
        && (x.high.checked_add(1) == Some(y.low) || y.high.checked_add(1) == Some(x.low))
    {
        return Some(Type::Int(x.hull(*y)).share());
    }
    if matches!((a.shape(), b.shape()), (Type::Text(Text::Language(x)), Type::Text(Text::Language(y))) if x.made.is_some() != y.made.is_some()) {
        return None;
    }
    if fits(a, b).is_ok() {
        return Some(b.clone());
    }
    if fits(b, a).is_ok() {
        return Some(a.clone());
    }
    None
}

/// What a record value shows of itself.
pub trait Shown {
    /// Whether the field is there; `None` when that is not known.
    fn has(&self, field: &str) -> Option<bool>;
    /// Whether a tag's value can be one of `ty`; `None` when that is not known.
    fn can_be(&self, field: &str, ty: &Ty) -> Option<bool>;
}

/// The member that a record value is meant to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// This one alone.
    One(usize),
    /// A tag has a value that no member has.
    BadTag(EcoString),
    /// A tag without default is missing.
    NoTag(EcoString),
    /// None is left: these fields decide; those that are there exclude each other, or one of them is needed.
    Nothing(Vec<EcoString>),
    /// Several are left.
    Several(Vec<usize>),
}

/// Chooses among the record members by elimination.
pub fn choose(union: &Union, shown: &dyn Shown) -> Choice {
    let deciders = union.deciders();
    let records: Vec<Option<&Record>> = union.members.iter().map(|m| m.as_record()).collect();
    let mut alive: Vec<bool> = records.iter().map(Option::is_some).collect();
    for tag in &deciders.tags {
        let given = shown.has(tag);
        let keep: Vec<bool> = records
            .iter()
            .map(|r| match r.and_then(|r| r.field(tag)) {
                None => true,
                Some(f) => match given {
                    Some(true) => shown.can_be(tag, &f.ty).unwrap_or(true),
                    Some(false) => !f.is_required(),
                    None => true,
                },
            })
            .collect();
        let left = alive.iter().zip(&keep).filter(|(a, k)| **a && **k).count();
        if left == 0 && alive.iter().any(|a| *a) {
            return if given == Some(true) { Choice::BadTag(tag.clone()) } else { Choice::NoTag(tag.clone()) };
        }
        alive.iter_mut().zip(keep).for_each(|(a, k)| *a &= k);
    }
    let before = alive.clone();
    // Where tags decide, the rest is checked against the member that they name.
    if !deciders.tags.is_empty()
        && let [only] = alive.iter().enumerate().filter(|(_, a)| **a).map(|(i, _)| i).collect::<Vec<_>>().as_slice()
    {
        return Choice::One(*only);
    }
    for (field, needs, lacks) in &deciders.presence {
        let remove = match shown.has(field) {
            Some(true) => *lacks,
            Some(false) => *needs,
            None => continue,
        };
        if let Some(a) = alive.get_mut(remove) {
            *a = false;
        }
    }
    let left: Vec<usize> = alive.iter().enumerate().filter(|(_, a)| **a).map(|(i, _)| i).collect();
    match left.as_slice() {
        [one] => Choice::One(*one),
        [] => {
            let mut fields: Vec<EcoString> = Vec::new();
            for (field, needs, lacks) in &deciders.presence {
                if before.get(*needs) == Some(&true) && before.get(*lacks) == Some(&true) && !fields.contains(field) {
                    fields.push(field.clone());
                }
            }
            Choice::Nothing(fields)
        }
        _ => Choice::Several(left),
    }
}
