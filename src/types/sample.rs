//! Values of a type, chosen at random but repeatably: for tests of what the checker promises, and for comparing definitions.

use std::sync::Arc;

use ecow::EcoString;

use super::text::{Format, Language, Nfa, Text};
use super::ty::{List, Presence, Record, Ty, Type};
use crate::value::{Data, Map, Number, Origin, Value};

/// How deep values get.
const DEPTH: u32 = 12;
/// How often a text is tried before an example is taken.
const TRIES: u32 = 24;

/// A stream of numbers that is the same for the same seed (xorshift).
#[derive(Clone, Debug)]
pub struct Random(u64);

impl Random {
    /// A stream.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// Less than `n`; 0 for 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n == 0 { 0 } else { self.next() % n }
    }

    /// One in `n`.
    pub fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let i = self.below(all.len() as u64) as usize;
        all.get(i)
    }
}

/// A value of a type as it can be given: defaulted fields may be left out. `None`: the type has no values that can be made up.
pub fn sample(ty: &Ty, random: &mut Random) -> Option<Value> {
    make(ty, random, 0)
}

fn plain(data: Data) -> Value {
    Value::with(data, Origin::UNKNOWN)
}

fn string(text: impl Into<EcoString>) -> Value {
    Value::string(text, Origin::UNKNOWN)
}

fn make(ty: &Ty, random: &mut Random, depth: u32) -> Option<Value> {
    if depth > DEPTH {
        return None;
    }
    Some(match ty.shape() {
        Type::Error | Type::Never | Type::Named(_) => return None,
        Type::Null => plain(Data::Null),
        Type::Bool(b) => plain(Data::Bool(b.unwrap_or_else(|| random.one_in(2)))),
        Type::Int(i) => {
            let near = i.low.max(0).saturating_add(random.below(10) as i64).clamp(i.low, i.high);
            plain(Data::Int(*random.pick(&[i.low, i.high, near, near, near])?))
        }
        Type::Number(b) => {
            let whole = Number::from_int(random.below(100) as i64);
            let number = [whole].into_iter().chain(b.low.clone()).chain(b.high.clone().filter(|_| !b.high_open)).find(|n| b.contains(n))?;
            plain(Data::Number(number))
        }
        Type::Text(t) => string(text(t, random)?),
        Type::Quantity => match random.below(5) {
            0 => plain(Data::Int(1)),
            1 => string("500m"),
            2 => string("2Gi"),
            3 => string("0.5"),
            _ => string("1e3"),
        },
        Type::List(l) => list(l, random, depth)?,
        Type::Map(m) => {
            let mut map = Map::new();
            for _ in 0..m.length.min.max(random.below(3)) {
                if let (Some(k), Some(v)) = (make(&m.key, random, depth + 1), make(&m.value, random, depth + 1)) {
                    map.insert(k.as_str().unwrap_or_default().into(), Origin::UNKNOWN, v);
                }
            }
            Value::map(map, Origin::UNKNOWN)
        }
        Type::Record(r) => record(r, random, depth)?,
        Type::Union(u) => {
            let first = random.below(u.members.len() as u64) as usize;
            let order = u.members.iter().cycle().skip(first).take(u.members.len());
            order.into_iter().find_map(|m| make(m, random, depth + 1))?
        }
        Type::Json => match random.below(3) {
            0 => plain(Data::Bool(true)),
            1 => string("text"),
            _ => plain(Data::Int(7)),
        },
        Type::Object => {
            let mut meta = Map::new();
            meta.insert("name".into(), Origin::UNKNOWN, string("made-up"));
            let mut map = Map::new();
            map.insert("apiVersion".into(), Origin::UNKNOWN, string("v1"));
            map.insert("kind".into(), Origin::UNKNOWN, string("ConfigMap"));
            map.insert("metadata".into(), Origin::UNKNOWN, Value::map(meta, Origin::UNKNOWN));
            Value::map(map, Origin::UNKNOWN)
        }
    })
}

fn list(l: &List, random: &mut Random, depth: u32) -> Option<Value> {
    let most = l.length.max.unwrap_or(u64::MAX);
    let count = (l.length.min + random.below(3)).min(most);
    let mut items: Vec<Value> = Vec::new();
    for _ in 0..count {
        let item = make(&l.element, random, depth + 1)?;
        // A key that is left out has its default, which may be what the other gives.
        let same = |a: &Value| l.keys.as_ref().is_some_and(|keys| keys.iter().all(|k| a.get(k).zip(item.get(k)).is_none_or(|(x, y)| x.same(y))));
        if !items.iter().any(same) {
            items.push(item);
        }
    }
    if (items.len() as u64) < l.length.min { None } else { Some(Value::list(items, Origin::UNKNOWN)) }
}

fn record(r: &Record, random: &mut Random, depth: u32) -> Option<Value> {
    let mut map = Map::new();
    for f in &r.fields {
        let given = match f.presence {
            Presence::Required => true,
            Presence::Optional | Presence::Default(..) => random.one_in(2),
        };
        if !given {
            continue;
        }
        match make(&f.ty, random, depth + 1) {
            Some(v) => {
                map.insert(f.name.clone(), Origin::UNKNOWN, v);
            }
            None if f.is_required() => return None,
            None => {}
        }
    }
    Some(Value::map(map, Origin::UNKNOWN))
}

fn text(t: &Text, random: &mut Random) -> Option<EcoString> {
    match t {
        Text::Any => Some((*random.pick(&["", "a", "some text", "x: y", "yes", "0x1F", "ü"])?).into()),
        Text::Literals(all) => random.pick(all).cloned(),
        Text::Language(l) => language(l, random),
    }
}

fn language(l: &Arc<Language>, random: &mut Random) -> Option<EcoString> {
    let bounds = l.lengths();
    let most = bounds.max.unwrap_or(bounds.min + 20).min(bounds.min + 300);
    if !l.format.is_some_and(Format::is_parsed) {
        let source = l.source();
        for i in 0..TRIES {
            // Long ones first: they are what proofs are about.
            let target = if i % 3 == 0 { most } else { bounds.min + random.below(most - bounds.min + 1).min(12) };
            let made = walk(&source, target, random);
            if l.accepts(&made).is_ok() {
                return Some(made.into());
            }
        }
    }
    l.format.map(|f| EcoString::from(f.example())).filter(|e| l.accepts(e).is_ok())
}

/// A text of an automaton, of about `target` code points.
fn walk(nfa: &Nfa, target: u64, random: &mut Random) -> String {
    let mut set = nfa.initial();
    let mut out = String::new();
    let mut best = String::new();
    for _ in 0..target {
        let edges: Vec<(u32, u32)> = set.iter().filter_map(|s| nfa.states.get(*s as usize)).flat_map(|s| s.edges.iter().map(|(l, h, _)| (*l, *h))).collect();
        let Some((low, high)) = random.pick(&edges).copied() else { break };
        // Printable ASCII where there is some.
        let (a, b) = (low.max(33), high.min(126));
        let c = if a <= b { a + random.below(u64::from(b - a) + 1) as u32 } else { low };
        let Some(c) = char::from_u32(c) else { break };
        out.push(c);
        set = nfa.step(&set, u32::from(c));
        if nfa.accepts_in(&set) {
            best.clone_from(&out);
        }
    }
    best
}
