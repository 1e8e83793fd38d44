//! Values of a type, chosen at random but repeatably and leaning to edges (bounds, nothing, many, the longest names): for `jibe test --random` and for tests of what the checker promises.

mod choices;
mod text;

use ecow::EcoString;

use super::ty::{List, MapType, Presence, Record, Ty, Type};
use crate::value::{Data, Map, Number, Origin, Value};
pub use choices::{Choices, shrink};

/// How deep values get.
const DEPTH: u32 = 12;
/// Beyond so many nodes only what has to be there is added.
const NODES: u32 = 400;
/// How often another element is tried when one repeats a key.
const TRIES: u32 = 4;
/// So many more than the least are as many as any.
const MANY: u64 = 20;

/// A value of a type as it can be given: defaulted fields may be left out. `None`: the type has no values that can be made up.
pub fn sample(ty: &Ty, choices: &mut Choices) -> Option<Value> {
    choices.nodes = 0;
    choices.density = [1, 3, 5].get(choices.below(3) as usize).copied().unwrap_or(3);
    make(ty, choices, 0)
}

fn plain(data: Data) -> Value {
    Value::with(data, Origin::UNKNOWN)
}

fn string(text: impl Into<EcoString>) -> Value {
    Value::string(text, Origin::UNKNOWN)
}

fn record_of(entries: impl IntoIterator<Item = (EcoString, Value)>) -> Value {
    let mut map = Map::new();
    for (k, v) in entries {
        map.insert(k, Origin::UNKNOWN, v);
    }
    Value::map(map, Origin::UNKNOWN)
}

fn make(ty: &Ty, choices: &mut Choices, depth: u32) -> Option<Value> {
    choices.nodes += 1;
    if depth > DEPTH {
        return None;
    }
    Some(match ty.shape() {
        Type::Error | Type::Never | Type::Named(_) => return None,
        Type::Null => plain(Data::Null),
        Type::Bool(b) => plain(Data::Bool(b.unwrap_or_else(|| choices.below(2) == 1))),
        Type::Int(i) => {
            let near = |n: i64| n.clamp(i.low, i.high);
            let some = near(1).saturating_add(choices.below(10) as i64).min(i.high);
            let edges = [some, near(0), i.low, i.high, near(1), near(i.high.saturating_sub(1)), near(-1), near(1000), near(65_536)];
            plain(Data::Int(*choices.pick(&edges)?))
        }
        Type::Number(b) => {
            let whole = Number::from_int(choices.below(100) as i64);
            let bounds = [b.low.clone(), b.high.clone()].into_iter().flatten();
            let parts = ["0.5", "99.999", "-1.5"].map(Number::new);
            let all: Vec<Number> = std::iter::once(whole).chain(bounds).chain(parts).filter(|n| b.contains(n)).collect();
            let number = choices.pick(&all)?.clone();
            plain(number.text.parse().map_or(Data::Number(number), Data::Int))
        }
        Type::Text(t) => string(text::text(t, choices)?),
        Type::Quantity => match *choices.pick(&["1", "500m", "2Gi", "", "0.5", "1e3", "0", "100Ki", "1.5Gi", "2E"])? {
            "" => plain(Data::Int(1)),
            q => string(q),
        },
        Type::List(l) => list(l, choices, depth)?,
        Type::Map(m) => map(m, choices, depth)?,
        Type::Record(r) => record(r, choices, depth)?,
        Type::Union(u) => {
            let first = choices.below(u.members.len() as u64) as usize;
            let order = u.members.iter().cycle().skip(first).take(u.members.len());
            order.into_iter().find_map(|m| make(m, choices, depth + 1))?
        }
        Type::Json => json(choices, depth),
        Type::Object => object(choices),
    })
}

/// Whether one more comes: asked before each, so that a choice and what it brings can go together when a value shrinks. Seldom many.
struct More {
    min: u64,
    max: u64,
    /// In tenths.
    likely: u64,
}

impl More {
    fn new(min: u64, max: Option<u64>, choices: &mut Choices) -> Self {
        let likely = [4, 4, 6, 9].get(choices.below(4) as usize).copied().unwrap_or(4);
        Self { min, max: max.unwrap_or(MANY).min(min.saturating_add(MANY)), likely }
    }

    fn one(&self, there: u64, choices: &mut Choices) -> bool {
        there < self.min || (there < self.max && choices.nodes < NODES && choices.odds(self.likely, 10))
    }
}

fn list(l: &List, choices: &mut Choices, depth: u32) -> Option<Value> {
    let more = More::new(l.length.min, l.length.max, choices);
    let mut items: Vec<Value> = Vec::new();
    let mut there = 0;
    while more.one(there, choices) {
        there += 1;
        // A key that is left out has its default, which may be what the other gives.
        let same = |a: &Value, b: &Value| l.keys.as_ref().is_some_and(|keys| keys.iter().all(|k| a.get(k).zip(b.get(k)).is_none_or(|(x, y)| x.same(y)))) || (l.set && a.same(b));
        let twice = l.keys.is_none() && !l.set && !items.is_empty() && choices.odds(1, 6);
        let again = if twice { choices.pick(&items).cloned() } else { None };
        for _ in 0..TRIES {
            let item = match &again {
                Some(item) => item.clone(),
                None => match make(&l.element, choices, depth + 1) {
                    Some(item) => item,
                    None if items.len() as u64 >= l.length.min => break,
                    None => return None,
                },
            };
            if !items.iter().any(|i| same(i, &item)) {
                items.push(item);
                break;
            }
        }
    }
    if (items.len() as u64) < l.length.min { None } else { Some(Value::list(items, Origin::UNKNOWN)) }
}

fn map(m: &MapType, choices: &mut Choices, depth: u32) -> Option<Value> {
    let mut map = Map::new();
    let more = More::new(m.length.min, m.length.max, choices);
    let mut there = 0;
    while more.one(there, choices) {
        there += 1;
        if let (Some(k), Some(v)) = (make(&m.key, choices, depth + 1), make(&m.value, choices, depth + 1)) {
            map.insert(k.as_str().unwrap_or_default().into(), Origin::UNKNOWN, v);
        }
    }
    if (map.len() as u64) < m.length.min { None } else { Some(Value::map(map, Origin::UNKNOWN)) }
}

fn record(r: &Record, choices: &mut Choices, depth: u32) -> Option<Value> {
    // Of fields that exclude each other one is given, or none where none has to be.
    let mut chosen: Vec<EcoString> = Vec::new();
    for group in &r.groups {
        let none = !group.required && choices.odds(6 - choices.density.min(5), 6);
        if let Some(f) = choices.pick(&group.fields).filter(|_| !none) {
            chosen.push(f.clone());
        }
    }
    let grouped = |name: &EcoString| r.groups.iter().any(|g| g.fields.contains(name));
    let mut map = Map::new();
    for f in &r.fields {
        let given = match f.presence {
            Presence::Required => true,
            _ if grouped(&f.name) => chosen.contains(&f.name),
            Presence::Optional | Presence::Default(..) => {
                let sixths = if choices.nodes > NODES || depth > DEPTH - 4 { 0 } else { choices.density };
                choices.odds(sixths, 6)
            }
        };
        if !given {
            continue;
        }
        match make(&f.ty, choices, depth + 1) {
            Some(v) => {
                map.insert(f.name.clone(), Origin::UNKNOWN, v);
            }
            None if f.is_required() || chosen.contains(&f.name) => return None,
            None => {}
        }
    }
    if let Some((key, value)) = &r.rest {
        for _ in 0..choices.below(3) {
            if let (Some(k), Some(v)) = (make(key, choices, depth + 1), make(value, choices, depth + 1)) {
                let name = k.as_str().unwrap_or_default();
                if r.field(name).is_none() {
                    map.insert(name.into(), Origin::UNKNOWN, v);
                }
            }
        }
    }
    Some(Value::map(map, Origin::UNKNOWN))
}

fn json(choices: &mut Choices, depth: u32) -> Value {
    match choices.below(if depth + 1 < DEPTH { 7 } else { 5 }) {
        0 => string("text"),
        1 => plain(Data::Bool(true)),
        2 => plain(Data::Int(7)),
        3 => string(""),
        4 => plain(Data::Number(Number::new("1.5"))),
        5 => Value::list((0..choices.below(3)).map(|_| json(choices, depth + 1)).collect(), Origin::UNKNOWN),
        _ => record_of(["a", "B_c", "d.e/f"].iter().take(choices.below(4) as usize).map(|k| (EcoString::from(*k), json(choices, depth + 1))).collect::<Vec<_>>()),
    }
}

/// An object that Kubernetes takes.
fn object(choices: &mut Choices) -> Value {
    let name = *choices.pick(&["made-up", "another", "x"]).unwrap_or(&"made-up");
    let meta = record_of([("name".into(), string(name))]);
    let (api, kind) = *choices.pick(&[("v1", "ConfigMap"), ("v1", "Secret"), ("v1", "ServiceAccount")]).unwrap_or(&("v1", "ConfigMap"));
    record_of([("apiVersion".into(), string(api)), ("kind".into(), string(kind)), ("metadata".into(), meta)])
}
