//! Gives lists of a value the keys that its schema declares, so that values can be merged without the schema.

use std::sync::Arc;

use super::schema::{ListKind, Node, Shape};
use crate::value::{Data, List, Map, Value};

const MAX_DEPTH: usize = 256;

/// The value with list keys set throughout; parts without keyed lists are shared with the original.
pub fn annotate(value: &Value, node: Node<'_>) -> Value {
    walk(value, node, 0).unwrap_or_else(|| value.clone())
}

/// The changed value; `None` when nothing changes.
fn walk(value: &Value, node: Node<'_>, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    match (&value.data, node.shape()) {
        (Data::List(list), Shape::Array(item)) => {
            let keys = if let ListKind::Map(keys) = node.list_kind() { Some(keys.clone()) } else { None };
            let mut items: Option<Vec<Value>> = None;
            for (i, v) in list.items.iter().enumerate() {
                if let Some(new) = walk(v, item, depth + 1)
                    && let Some(slot) = items.get_or_insert_with(|| list.items.clone()).get_mut(i)
                {
                    *slot = new;
                }
            }
            if items.is_none() && keys == list.keys {
                return None;
            }
            let items = items.unwrap_or_else(|| list.items.clone());
            Some(Value::with(Data::List(Arc::new(List { items, keys })), value.origin))
        }
        (Data::Map(map), shape) => {
            let mut changed: Option<Map> = None;
            for e in map.iter() {
                let below = match shape {
                    Shape::Map(item) => Some(item),
                    _ => node.prop(&e.key).map(|p| p.node),
                };
                if let Some(new) = below.and_then(|n| walk(&e.value, n, depth + 1)) {
                    changed.get_or_insert_with(|| (**map).clone()).insert(e.key.clone(), e.key_origin, new);
                }
            }
            changed.map(|m| Value::map(m, value.origin))
        }
        _ => None,
    }
}
