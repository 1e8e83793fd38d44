//! Where a value of the application ended up: the fields of the rendered objects that were made of it.

use std::collections::HashSet;

use super::Asked;
use crate::base::Range;
use crate::oam::Object;
use crate::value::{Data, Origin, OriginKind, Origins, Path, Value};

/// So many fields are shown.
const SHOWN: usize = 5;
/// So far the origins of one field are followed.
const FOLLOWED: usize = 96;
/// Deeper values are not looked at.
const DEEPEST: u32 = 64;

/// A field of an object.
pub struct Effect {
    /// `Deployment web`
    pub object: String,
    pub path: String,
    pub value: String,
    /// It has exactly this value in the application; otherwise it was computed from it.
    pub same: bool,
}

/// `Deployment web`
pub fn label(object: &Value) -> String {
    let text = |path: &[&str]| object.at(path).and_then(Value::as_str).unwrap_or("?").to_owned();
    format!("{} {}", text(&["kind"]), text(&["metadata", "name"]))
}

/// The fields that were made of what is written at a range.
pub fn effects(asked: &Asked<'_>, range: Range) -> Vec<Effect> {
    let mut found = Vec::new();
    let mut seen = HashSet::new();
    for (compiled, origins) in asked.compiled {
        for object in compiled.deliveries.iter().flat_map(|d| &d.objects) {
            let name = label(&object.value);
            let mut search = Search { asked, origins, range, found: Vec::new() };
            search.value(&object.value, &Path::new(), 0);
            for (path, value, same) in search.found {
                let path = path.to_string();
                if seen.insert((name.clone(), path.clone())) {
                    found.push(Effect { object: name.clone(), path, value: shown(&value), same });
                }
            }
        }
    }
    found
}

/// The objects that were rendered because of what is written at a range: the type of a component or trait.
pub fn objects<'a>(asked: &Asked<'a>, range: Range) -> Vec<&'a Object> {
    let mut found: Vec<&Object> = Vec::new();
    let mut seen = HashSet::new();
    for (compiled, _) in asked.compiled {
        for object in compiled.deliveries.iter().flat_map(|d| &d.objects) {
            if object.asked.file == asked.file && object.asked.range() == range && seen.insert(label(&object.value)) {
                found.push(object);
            }
        }
    }
    found
}

struct Search<'s, 'a> {
    asked: &'s Asked<'a>,
    origins: &'s Origins,
    range: Range,
    found: Vec<(Path, Value, bool)>,
}

impl Search<'_, '_> {
    fn value(&mut self, value: &Value, path: &Path, depth: u32) {
        if depth > DEEPEST {
            return;
        }
        match &value.data {
            Data::Map(m) if !m.is_empty() => m.iter().for_each(|e| self.value(&e.value, &step(path, m.is_open() || !is_plain(&e.key), &e.key), depth + 1)),
            Data::List(l) if !l.items.is_empty() => l.items.iter().enumerate().for_each(|(i, v)| self.value(v, &path.index(i), depth + 1)),
            _ => {
                if let Some(same) = self.comes_from(value.origin) {
                    self.found.push((path.clone(), value.clone(), same));
                }
            }
        }
    }

    /// Whether the range is among the origins; and whether nothing was computed on the way.
    fn comes_from(&self, origin: Origin) -> Option<bool> {
        let mut todo = vec![(origin, true)];
        let mut seen = HashSet::new();
        let mut best = None;
        while let Some((origin, same)) = todo.pop() {
            if origin == Origin::UNKNOWN || !seen.insert(origin) || seen.len() > FOLLOWED {
                continue;
            }
            let node = self.origins.get(origin);
            let at = node.span;
            if node.kind == OriginKind::Yaml && at.file == self.asked.file && self.range.start <= at.start && at.end <= self.range.end && at.end > at.start {
                best = Some(best.unwrap_or(false) || same);
            }
            let same = same && node.kind != OriginKind::Computed;
            todo.extend(node.parents.iter().map(|p| (*p, same)));
        }
        best
    }
}

fn is_plain(key: &str) -> bool {
    key.chars().all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}

fn step(path: &Path, bracket: bool, key: &str) -> Path {
    if bracket { path.key(key) } else { path.field(key) }
}

fn shown(value: &Value) -> String {
    let mut out = String::new();
    crate::yaml::write_json(value, &mut out);
    let short: String = out.chars().take(60).collect();
    if short.len() < out.len() { format!("{short}…") } else { short }
}

/// The effects of a value, as Markdown; empty where there are none.
pub fn markdown(asked: &Asked<'_>, range: Range) -> String {
    let found = effects(asked, range);
    let mut out = String::new();
    let mut last = "";
    for e in found.iter().take(SHOWN) {
        if e.object != last {
            out.push_str(&format!("\n\n→ `{}`", e.object));
            last = &e.object;
        }
        let sign = if e.same { "" } else { " (computed)" };
        out.push_str(&format!("\n- `{}`: `{}`{sign}", e.path, e.value.replace('`', "'")));
    }
    if found.len() > SHOWN {
        out.push_str(&format!("\n\nand {} more fields", found.len() - SHOWN));
    }
    out
}
