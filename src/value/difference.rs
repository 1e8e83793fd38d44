//! What differs between two values: changes by path, list elements matched by the field that names them.

use super::{Data, Path, Value};

/// One change at a path.
#[derive(Clone, Debug)]
pub struct Change {
    pub path: Path,
    /// Absent: added.
    pub old: Option<Value>,
    /// Absent: removed.
    pub new: Option<Value>,
}

/// Fields that name the elements of Kubernetes' lists, the most telling first. All elements of both lists must have one of them, each value once.
const NAMES: &[&str] = &["name", "containerPort", "port", "key", "ip", "mountPath", "path", "host", "type"];

/// Deeper values are compared as wholes.
const DEEPEST: usize = 128;

/// The changes that lead from `old` to `new`, in the order of `old`'s fields, added ones last. Numbers are compared by value, maps without order.
pub fn difference(old: &Value, new: &Value) -> Vec<Change> {
    let mut changes = Vec::new();
    compare(old, new, &Path::new(), 0, &mut changes);
    changes
}

fn compare(old: &Value, new: &Value, path: &Path, depth: usize, changes: &mut Vec<Change>) {
    if old.same(new) {
        return;
    }
    match (&old.data, &new.data) {
        (Data::Map(a), Data::Map(b)) if depth < DEEPEST => {
            for e in a.iter() {
                let here = field(path, &e.key);
                match b.get(&e.key) {
                    Some(v) => compare(&e.value, v, &here, depth + 1, changes),
                    None => changes.push(Change { path: here, old: Some(e.value.clone()), new: None }),
                }
            }
            for e in b.iter().filter(|e| !a.contains(&e.key)) {
                changes.push(Change { path: field(path, &e.key), old: None, new: Some(e.value.clone()) });
            }
        }
        (Data::List(a), Data::List(b)) if depth < DEEPEST => lists(&a.items, &b.items, path, depth, changes),
        _ => changes.push(Change { path: path.clone(), old: Some(old.clone()), new: Some(new.clone()) }),
    }
}

/// A field as `.name`, a key that is no word as `[key]`.
fn field(path: &Path, key: &str) -> Path {
    if !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') { path.field(key) } else { path.key(key) }
}

fn lists(old: &[Value], new: &[Value], path: &Path, depth: usize, changes: &mut Vec<Change>) {
    let Some(name) = NAMES.iter().find(|n| names(old, n) && names(new, n)) else {
        for i in 0..old.len().max(new.len()) {
            match (old.get(i), new.get(i)) {
                (Some(a), Some(b)) => compare(a, b, &path.index(i), depth + 1, changes),
                (a, b) => changes.push(Change { path: path.index(i), old: a.cloned(), new: b.cloned() }),
            }
        }
        return;
    };
    let key = |v: &Value| v.get(name).map(label).unwrap_or_default();
    for a in old {
        let here = path.key(&key(a));
        match new.iter().find(|b| key(b) == key(a)) {
            Some(b) => compare(a, b, &here, depth + 1, changes),
            None => changes.push(Change { path: here, old: Some(a.clone()), new: None }),
        }
    }
    for b in new.iter().filter(|b| !old.iter().any(|a| key(a) == key(b))) {
        changes.push(Change { path: path.key(&key(b)), old: None, new: Some(b.clone()) });
    }
}

/// Whether the field names the elements: a scalar in each, no two equal.
fn names(list: &[Value], field: &str) -> bool {
    let mut seen = std::collections::HashSet::new();
    list.iter().all(|v| v.get(field).is_some_and(|f| matches!(f.data, Data::String(_) | Data::Int(_)) && seen.insert(label(f))))
}

fn label(v: &Value) -> String {
    match &v.data {
        Data::String(s) => s.to_string(),
        Data::Int(i) => i.to_string(),
        _ => String::new(),
    }
}
