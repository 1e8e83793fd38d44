//! Moves values from one arena of origins to another: a document of a stream, or a policy in a file of its own, joins its application.

use crate::value::{Data, Entry, Map, Origin, Origins, Value};

/// The value with its origins in `to`. Only where things stand is kept, which is all that a value read from a file has.
pub fn rehome(value: &Value, from: &Origins, to: &mut Origins) -> Value {
    let origin = moved(value.origin, from, to);
    match &value.data {
        Data::Map(map) => {
            let mut out = Map::with_capacity(map.len());
            for Entry { key, key_origin, value } in map.iter() {
                let key_origin = moved(*key_origin, from, to);
                out.insert(key.clone(), key_origin, rehome(value, from, to));
            }
            Value::map(out, origin)
        }
        Data::List(list) => Value::list(list.items.iter().map(|v| rehome(v, from, to)).collect(), origin),
        data => Value::with(data.clone(), origin),
    }
}

/// The node and, for an alias, its anchor.
fn moved(origin: Origin, from: &Origins, to: &mut Origins) -> Origin {
    let node = from.get(origin);
    let [a, b] = node.parents;
    let parents = [a, b].map(|p| {
        if p == Origin::UNKNOWN {
            p
        } else {
            let n = from.get(p);
            to.leaf(n.span, n.kind)
        }
    });
    to.add(node.span, node.kind, parents)
}
