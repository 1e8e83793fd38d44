//! What a schema says about the parts of a value: list keys, and which objects are maps.

use std::sync::Arc;

use crate::kube::schema::{ListKind, Node, Shape};
use crate::value::{Data, Value};

/// The value with the keys of its lists and its maps marked as the schema has them. What does not fit the schema stays as it is.
pub(super) fn annotate(value: Value, node: Node<'_>) -> Value {
    let mut value = value;
    mark(&mut value, node, 0);
    value
}

fn mark(value: &mut Value, node: Node<'_>, depth: u32) {
    if depth > 128 {
        return;
    }
    match (&mut value.data, node.shape()) {
        (Data::Map(m), Shape::Map(of)) if (!m.is_open() || m.iter().any(|e| needs(&e.value))) => {
            let m = Arc::make_mut(m);
            m.set_open();
            m.iter_mut().for_each(|(_, v)| mark(v, of, depth + 1));
        }
        (Data::Map(m), Shape::Object | Shape::Embedded) if m.iter().any(|e| needs(&e.value)) => {
            for (key, v) in Arc::make_mut(m).iter_mut() {
                if let Some(prop) = node.prop(key) {
                    mark(v, prop.node, depth + 1);
                }
            }
        }
        (Data::List(l), Shape::Array(of)) => {
            let keys = match node.list_kind() {
                ListKind::Map(keys) if l.keys.as_deref() != Some(keys) => Some(Arc::from(&**keys)),
                _ => None,
            };
            if keys.is_some() || l.items.iter().any(needs) {
                let l = Arc::make_mut(l);
                if keys.is_some() {
                    l.keys = keys;
                }
                l.items.iter_mut().for_each(|v| mark(v, of, depth + 1));
            }
        }
        _ => {}
    }
}

/// Whether there can be anything to mark in a value.
fn needs(v: &Value) -> bool {
    matches!(v.data, Data::Map(_) | Data::List(_))
}
