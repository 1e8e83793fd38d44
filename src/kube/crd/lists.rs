//! Sets and keyed lists: no element twice (`listtype` of apiextensions-apiserver).

use std::collections::HashMap;

use super::check::error;
use super::prepare::MAX_DEPTH;
use super::schema::{ListType, Schema};
use crate::diagnostics::codes;
use crate::kube::{FieldError, Reason};
use crate::value::{Data, Path, Value};

/// Elements that occur twice.
pub(super) fn duplicates(object: &Value, schema: &Schema) -> Vec<FieldError> {
    let mut errors = Vec::new();
    visit(object, schema, &Path::new(), 0, &mut errors);
    errors
}

fn visit(value: &Value, s: &Schema, path: &Path, depth: usize, errors: &mut Vec<FieldError>) {
    if depth > MAX_DEPTH || !s.below.keyed_lists {
        return;
    }
    match &value.data {
        Data::Map(map) => {
            for e in map.iter() {
                if let Some(p) = s.property(&e.key) {
                    visit(&e.value, p, &path.field(&e.key), depth + 1, errors);
                } else if let Some(p) = s.additional_schema() {
                    visit(&e.value, p, &path.key(&e.key), depth + 1, errors);
                }
            }
        }
        Data::List(list) => {
            match s.list_type {
                ListType::Set => set(&list.items, path, errors),
                ListType::Map => keyed(&list.items, s, path, errors),
                ListType::Atomic => {}
            }
            if let Some(items) = &s.items {
                for (i, item) in list.items.iter().enumerate() {
                    visit(item, items, &path.index(i), depth + 1, errors);
                }
            }
        }
        _ => {}
    }
}

/// A text that two values share exactly when the server takes them for the same.
fn identity(v: &Value) -> String {
    match &v.data {
        Data::Null => "null".into(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => format!("i{i}"),
        Data::Number(n) => format!("f{:e}", n.as_f64()),
        Data::String(s) => format!("{:?}", s.as_str()),
        Data::List(l) => format!("[{}]", l.items.iter().map(compound).collect::<Vec<_>>().join(",")),
        Data::Map(_) => compound(v),
    }
}

/// In objects and lists the server compares JSON text: `1` and `1.0` are the same there.
fn compound(v: &Value) -> String {
    match &v.data {
        Data::Int(i) => format!("n{:e}", *i as f64),
        Data::Number(n) => format!("n{:e}", n.as_f64()),
        Data::List(l) => format!("[{}]", l.items.iter().map(compound).collect::<Vec<_>>().join(",")),
        Data::Map(m) => format!("{{{}}}", m.sorted().iter().map(|e| format!("{:?}:{}", e.key.as_str(), compound(&e.value))).collect::<Vec<_>>().join(",")),
        _ => identity(v),
    }
}

fn report(keys: Vec<(String, String)>, items: &[Value], path: &Path, errors: &mut Vec<FieldError>) {
    let mut seen: HashMap<String, (usize, u32)> = HashMap::new();
    for (i, (id, words)) in keys.into_iter().enumerate() {
        let (first, times) = seen.entry(id).or_insert((i, 0));
        *times += 1;
        // The server names the second one only.
        if *times == 2
            && let (Some(item), Some(first)) = (items.get(i), items.get(*first))
        {
            errors.push(error(codes::J1111, Reason::Duplicate, &path.index(i), item.origin, format!("{words} is there twice")).related(first.origin, "the first one"));
        }
    }
}

fn set(items: &[Value], path: &Path, errors: &mut Vec<FieldError>) {
    if items.len() > 1 {
        report(items.iter().map(|v| (identity(v), super::check::quoted(&super::check::scalar_text(v)))).collect(), items, path, errors);
    }
}

fn keyed(items: &[Value], s: &Schema, path: &Path, errors: &mut Vec<FieldError>) {
    if let Some((i, v)) = items.iter().enumerate().find(|(_, v)| !matches!(v.data, Data::Map(_) | Data::Null)) {
        errors.push(error(codes::J1106, Reason::Invalid, &path.index(i), v.origin, format!("must be an object, not {}", v.kind_name())));
        return;
    }
    if items.len() < 2 {
        return;
    }
    let single = s.map_keys.len() == 1;
    let key = |v: &Value| {
        let parts = s.map_keys.iter().map(|k| match v.get(k) {
            Some(value) if single => identity(value),
            Some(value) => format!("{k}={}", compound(value)),
            None => "-".into(),
        });
        let id: Vec<String> = parts.collect();
        let words: Vec<String> = s.map_keys.iter().filter_map(|k| v.get(k).map(|x| format!("{k}: {}", super::check::scalar_text(x)))).collect();
        (id.join("\u{0}"), if words.is_empty() { "an element without keys".into() } else { format!("an element with `{}`", words.join(", ")) })
    };
    report(items.iter().map(key).collect(), items, path, errors);
}
