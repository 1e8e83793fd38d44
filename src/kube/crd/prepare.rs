//! What the server does to a custom resource before it validates: find unknown fields, drop nulls, set defaults
//! (`pruning`, `defaulting` of apiextensions-apiserver).

use super::schema::{Additional, Schema};
use crate::diagnostics::{codes, nearest};
use crate::kube::{FieldError, Reason};
use crate::value::{Data, Map, Origin, Path, Value};

/// How deep objects may nest.
pub(super) const MAX_DEPTH: usize = 200;

const META: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// What rules the fields of a value.
#[derive(Clone, Copy)]
enum Rules<'a> {
    /// A schema says.
    Known(&'a Schema),
    /// Nothing is allowed: below `additionalProperties: true`, a scalar, a list without items.
    Closed,
}

/// The unknown fields of an object, in its order.
pub(super) fn unknown_fields(object: &Value, schema: &Schema) -> Vec<FieldError> {
    let mut found = Vec::new();
    visit(object, Rules::Known(schema), true, &Path::new(), &mut found, 0);
    found
}

/// The unknown fields of a value that is no resource; `embedded`: `apiVersion`, `kind` and `metadata` belong to it.
pub(super) fn unknown_fields_below(value: &Value, schema: &Schema, embedded: bool) -> Vec<FieldError> {
    let mut found = Vec::new();
    visit(value, Rules::Known(schema), embedded, &Path::new(), &mut found, 0);
    found
}

fn visit(value: &Value, rules: Rules, root: bool, path: &Path, found: &mut Vec<FieldError>, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    match &value.data {
        Data::Map(map) => visit_map(map, rules, root, path, found, depth),
        Data::List(list) => {
            let items = match rules {
                Rules::Known(s) => match &s.items {
                    Some(items) => Rules::Known(items),
                    None if s.preserve_unknown => return,
                    None => Rules::Closed,
                },
                Rules::Closed => Rules::Closed,
            };
            // Below a list that keeps unknown fields, its elements keep them too.
            let keep = matches!(rules, Rules::Known(s) if s.preserve_unknown);
            for (i, item) in list.items.iter().enumerate() {
                match (keep, items, &item.data) {
                    (true, Rules::Known(s), Data::Map(map)) => visit_fields(map, s, true, false, &path.index(i), found, depth + 1),
                    _ => visit(item, items, false, &path.index(i), found, depth + 1),
                }
            }
        }
        _ => {}
    }
}

fn visit_map(map: &Map, rules: Rules, root: bool, path: &Path, found: &mut Vec<FieldError>, depth: usize) {
    match rules {
        Rules::Known(s) => visit_fields(map, s, s.preserve_unknown, root, path, found, depth),
        Rules::Closed => {
            for e in map {
                found.push(unknown(e.key.as_str(), e.key_origin, path, &[]));
            }
        }
    }
}

fn visit_fields(map: &Map, s: &Schema, keep: bool, root: bool, path: &Path, found: &mut Vec<FieldError>, depth: usize) {
    for e in map {
        let key = e.key.as_str();
        if (root || s.embedded) && META.contains(&key) {
            continue;
        }
        if let Some(p) = s.property(key) {
            visit(&e.value, Rules::Known(p), false, &path.field(key), found, depth + 1);
        } else if let Some(additional) = &s.additional {
            let rules = match additional {
                Additional::Schema(p) => Rules::Known(p),
                Additional::Any => Rules::Closed,
            };
            visit(&e.value, rules, false, &path.field(key), found, depth + 1);
        } else if !keep {
            let names: Vec<&str> = s.property_names().chain(if root || s.embedded { &META[..] } else { &[] }.iter().copied()).collect();
            found.push(unknown(key, e.key_origin, path, &names));
        }
    }
}

/// One unknown field, with the name that was meant.
pub(super) fn unknown(key: &str, origin: Origin, parent: &Path, names: &[&str]) -> FieldError {
    let error = FieldError::new(codes::J0301, Reason::UnknownField, parent.field(key), origin, format!("unknown field `{key}`"));
    match nearest(key, names.iter().copied()) {
        Some(name) => error.help(format!("did you mean `{name}`?")).replacement(name),
        None => error,
    }
}

/// The object as it is stored: nulls that do not count dropped, defaults set, unknown fields gone.
pub(super) fn stored(object: &Value, schema: &Schema) -> Value {
    normal(object, schema, 0).unwrap_or_else(|| object.clone())
}

/// The changed value; `None` when nothing changes.
fn normal(value: &Value, s: &Schema, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match &value.data {
        Data::Map(map) => normal_map(map, s, value.origin, depth).map(|m| Value::map(m, value.origin)),
        Data::List(list) => {
            let items = s.items.as_ref()?;
            let mut changed: Option<Vec<Value>> = None;
            for (i, item) in list.items.iter().enumerate() {
                let new = match (&items.default, item.is_null() && !items.nullable) {
                    (Some(default), true) => Some(placed(default, item.origin, items, depth)),
                    _ => normal(item, items, depth + 1),
                };
                if let Some(new) = new
                    && let Some(place) = changed.get_or_insert_with(|| list.items.clone()).get_mut(i)
                {
                    *place = new;
                }
            }
            changed.map(|c| Value::list(c, value.origin))
        }
        _ => None,
    }
}

fn normal_map(map: &Map, s: &Schema, origin: Origin, depth: usize) -> Option<Map> {
    let mut changed: Option<Map> = None;
    for e in map {
        let Some(child) = s.field(&e.key) else { continue };
        if e.value.is_null() && !child.nullable {
            let target = changed.get_or_insert_with(|| map.clone());
            match &child.default {
                Some(default) => {
                    target.insert(e.key.clone(), e.key_origin, placed(default, e.value.origin, child, depth));
                }
                None => {
                    target.remove(&e.key);
                }
            }
        } else if let Some(new) = normal(&e.value, child, depth + 1) {
            changed.get_or_insert_with(|| map.clone()).insert(e.key.clone(), e.key_origin, new);
        }
    }
    if s.below.defaults {
        for (name, child) in s.properties.iter().flatten() {
            if let Some(default) = &child.default
                && !map.contains(name)
            {
                changed.get_or_insert_with(|| map.clone()).insert(name.clone(), origin, placed(default, origin, child, depth));
            }
        }
    }
    changed
}

/// A default in place: it stands where the object stands that lacks it, and gets defaults itself.
fn placed(default: &Value, origin: Origin, s: &Schema, depth: usize) -> Value {
    let value = moved(default, origin, depth);
    normal(&value, s, depth + 1).unwrap_or(value)
}

fn moved(value: &Value, origin: Origin, depth: usize) -> Value {
    if depth > MAX_DEPTH {
        return Value::with(Data::Null, origin);
    }
    match &value.data {
        Data::Map(m) => {
            let entries = m.iter().map(|e| crate::value::Entry { key: e.key.clone(), key_origin: origin, value: moved(&e.value, origin, depth + 1) });
            Value::map(entries.collect(), origin)
        }
        Data::List(l) => Value::list(l.items.iter().map(|v| moved(v, origin, depth + 1)).collect(), origin),
        data => Value::with(data.clone(), origin),
    }
}
