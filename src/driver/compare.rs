//! Two sets of objects compared as the API server would see them: objects by kind, namespace and name; keyed lists without order; quantities by value; a default that is written out equals one that is left out.

use std::collections::HashMap;

use super::session::{Outcome, Session};
use crate::kube::syntax::quantity::Quantity;
use crate::kube::{Catalog, ListKind, Node, Shape, Version};
use crate::value::{Change, Data, Path, Value};

/// Deeper values are compared as wholes.
const DEEPEST: usize = 128;

/// An object of one or both sides.
#[derive(Clone, Debug)]
pub struct Compared {
    /// Absent: added.
    pub old: Option<Value>,
    /// Absent: removed.
    pub new: Option<Value>,
    /// The cluster it is for; empty for the local one.
    pub cluster: String,
    /// What differs, if it is on both sides.
    pub changes: Vec<Change>,
}

impl Compared {
    /// The newer of the two.
    pub fn object(&self) -> Option<&Value> {
        self.new.as_ref().or(self.old.as_ref())
    }

    /// Whether nothing differs.
    pub fn is_same(&self) -> bool {
        self.old.is_some() && self.new.is_some() && self.changes.is_empty()
    }
}

/// An object and the cluster it is for.
pub type Placed = (String, Value);

/// All objects of an outcome: of applications in the order in which they are installed, then those that pass through.
pub fn objects(outcome: &Outcome) -> Vec<Placed> {
    let mut all = Vec::new();
    for (compiled, _) in &outcome.applications {
        for delivery in &compiled.deliveries {
            all.extend(delivery.objects.iter().map(|o| (delivery.cluster.to_string(), o.value.clone())));
        }
    }
    all.extend(outcome.objects.iter().map(|(v, _)| (String::new(), v.clone())));
    all
}

/// Compares; the schemas are those of the session. Objects in the order of the new side, removed ones after them. Those that are the same are in the result too.
pub fn compare(session: &Session, old: Vec<Placed>, new: Vec<Placed>) -> Vec<Compared> {
    compare_with(&session.library.catalog, session.version(), old, new)
}

/// Compares with the schemas of a catalog.
pub fn compare_with(catalog: &Catalog, version: Version, old: Vec<Placed>, new: Vec<Placed>) -> Vec<Compared> {
    let mut seen: HashMap<[String; 5], usize> = HashMap::new();
    let mut before: Vec<(([String; 5], usize), Option<Placed>)> = old.into_iter().map(|o| (numbered(&o, &mut seen), Some(o))).collect();
    let place: HashMap<([String; 5], usize), usize> = before.iter().enumerate().map(|(i, (key, _))| (key.clone(), i)).collect();
    seen.clear();
    let mut all = Vec::new();
    for object in new {
        let key = numbered(&object, &mut seen);
        let old = place.get(&key).and_then(|i| before.get_mut(*i)).and_then(|(_, o)| o.take()).map(|(_, o)| o);
        let (cluster, new) = object;
        let changes = old.as_ref().map(|o| differences(o, &new, catalog, version)).unwrap_or_default();
        all.push(Compared { old, new: Some(new), cluster, changes });
    }
    all.extend(before.into_iter().filter_map(|(_, o)| o).map(|(cluster, old)| Compared { old: Some(old), new: None, cluster, changes: Vec::new() }));
    all
}

/// Group, kind, namespace and name, and the how many-th object of that identity it is.
fn numbered((cluster, object): &Placed, seen: &mut HashMap<[String; 5], usize>) -> ([String; 5], usize) {
    let text = |path: &[&str]| object.at(path).and_then(Value::as_str).unwrap_or("").to_owned();
    let group = text(&["apiVersion"]).split_once('/').map_or(String::new(), |(group, _)| group.to_owned());
    let namespace = Some(text(&["metadata", "namespace"])).filter(|n| n != "default").unwrap_or_default();
    let name = Some(text(&["metadata", "name"])).filter(|n| !n.is_empty()).unwrap_or_else(|| text(&["metadata", "generateName"]));
    let key = [cluster.clone(), group, text(&["kind"]), namespace, name];
    let count = seen.entry(key.clone()).or_default();
    *count += 1;
    (key, *count)
}

/// The changes that lead from one object to another of the same kind.
pub fn differences(old: &Value, new: &Value, catalog: &Catalog, version: Version) -> Vec<Change> {
    let text = |key: &str| new.get(key).and_then(Value::as_str).unwrap_or("");
    let info = catalog.kind(version, text("apiVersion"), text("kind"));
    let mut changes = Vec::new();
    pair(Some(old), Some(new), info.map(|i| i.node), &Path::new(), 0, &mut changes);
    changes
}

/// What stands at one place before and after; null reads as not given, and what is not given as its default.
fn pair(old: Option<&Value>, new: Option<&Value>, node: Option<Node<'_>>, path: &Path, depth: usize, changes: &mut Vec<Change>) {
    let given = |v: Option<&Value>| v.filter(|v| !v.is_null()).cloned();
    let (before, after) = (given(old), given(new));
    match (&before, &after) {
        (Some(a), Some(b)) => both(a, b, node, path, depth, changes),
        (None, None) => {}
        (one, other) => {
            let default = node.and_then(|n| n.facts().default.as_ref());
            // Objects were matched with `default` as what no namespace means.
            let home = one.as_ref().or(other.as_ref()).and_then(Value::as_str) == Some("default") && path.to_string() == "metadata.namespace";
            if home {
                return;
            }
            if one.as_ref().or(other.as_ref()).zip(default).is_none_or(|(v, d)| !v.same(d)) {
                changes.push(Change { path: path.clone(), old: before, new: after });
            }
        }
    }
}

fn both(old: &Value, new: &Value, node: Option<Node<'_>>, path: &Path, depth: usize, changes: &mut Vec<Change>) {
    if old.same(new) {
        return;
    }
    match (&old.data, &new.data) {
        (Data::Map(a), Data::Map(b)) if depth < DEEPEST => {
            let below = |key: &str| match node.map(Node::shape) {
                Some(Shape::Map(item)) => Some(item),
                _ => node.and_then(|n| n.prop(key)).map(|p| p.node),
            };
            for e in a.iter() {
                pair(Some(&e.value), b.get(&e.key), below(&e.key), &field(path, &e.key), depth + 1, changes);
            }
            for e in b.iter().filter(|e| !a.contains(&e.key)) {
                pair(None, Some(&e.value), below(&e.key), &field(path, &e.key), depth + 1, changes);
            }
        }
        (Data::List(a), Data::List(b)) if depth < DEEPEST => lists(&a.items, &b.items, node, path, depth, changes),
        _ if node.is_some_and(|n| matches!(n.shape(), Shape::Quantity)) && amount(old).is_some_and(|a| amount(new) == Some(a)) => {}
        _ => changes.push(Change { path: path.clone(), old: Some(old.clone()), new: Some(new.clone()) }),
    }
}

/// A quantity's value.
fn amount(value: &Value) -> Option<Quantity> {
    match &value.data {
        Data::String(s) => Quantity::parse(s).ok(),
        Data::Int(i) => Quantity::parse(&i.to_string()).ok(),
        Data::Number(n) => Quantity::parse(&n.text).ok(),
        _ => None,
    }
}

/// A field as `.name`, a key that is no word as `[key]`.
fn field(path: &Path, key: &str) -> Path {
    if !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-') { path.field(key) } else { path.key(key) }
}

fn lists(old: &[Value], new: &[Value], node: Option<Node<'_>>, path: &Path, depth: usize, changes: &mut Vec<Change>) {
    let item = match node.map(Node::shape) {
        Some(Shape::Array(item)) => Some(item),
        _ => None,
    };
    match node.map(Node::list_kind) {
        Some(ListKind::Map(keys)) => {
            let key = |v: &Value| keys.iter().map(|k| named(v, k, item)).collect::<Vec<_>>();
            let unique = |list: &[Value]| list.iter().map(key).collect::<std::collections::HashSet<_>>().len() == list.len();
            if unique(old) && unique(new) {
                return keyed(old, new, item, path, depth, changes, &key);
            }
            ordered(old, new, item, path, depth, changes);
        }
        Some(ListKind::Set) => {
            for a in old.iter().filter(|a| !new.iter().any(|b| b.same(a))) {
                changes.push(Change { path: path.key(&shown(a)), old: Some(a.clone()), new: None });
            }
            for b in new.iter().filter(|b| !old.iter().any(|a| a.same(b))) {
                changes.push(Change { path: path.key(&shown(b)), old: None, new: Some(b.clone()) });
            }
        }
        _ => ordered(old, new, item, path, depth, changes),
    }
}

/// A key of an element; one that is left out has its default.
fn named(element: &Value, key: &str, item: Option<Node<'_>>) -> String {
    let default = || item.and_then(|n| n.prop(key)).and_then(|p| p.facts().default.as_ref()).map(shown);
    element.get(key).map(shown).or_else(default).unwrap_or_else(|| if key == "protocol" { "TCP".to_owned() } else { String::new() })
}

fn shown(v: &Value) -> String {
    match &v.data {
        Data::String(s) => s.to_string(),
        Data::Int(i) => i.to_string(),
        _ => {
            let mut out = String::new();
            crate::yaml::write_json(v, &mut out);
            out
        }
    }
}

type KeyOf<'a> = &'a dyn Fn(&Value) -> Vec<String>;

/// Elements by their keys.
fn keyed(old: &[Value], new: &[Value], item: Option<Node<'_>>, path: &Path, depth: usize, changes: &mut Vec<Change>, key: KeyOf<'_>) {
    // `TCP` says nothing where all elements have it.
    let plain = |k: &[String]| k.iter().filter(|k| !k.is_empty() && *k != "TCP").cloned().collect::<Vec<_>>().join(",");
    for a in old {
        let k = key(a);
        pair(Some(a), new.iter().find(|b| key(b) == k), item, &path.key(&plain(&k)), depth + 1, changes);
    }
    for b in new {
        let k = key(b);
        if !old.iter().any(|a| key(a) == k) {
            changes.push(Change { path: path.key(&plain(&k)), old: None, new: Some(b.clone()) });
        }
    }
}

/// Elements in their order: equal ends are passed over.
fn ordered(old: &[Value], new: &[Value], item: Option<Node<'_>>, path: &Path, depth: usize, changes: &mut Vec<Change>) {
    let head = old.iter().zip(new).take_while(|(a, b)| a.same(b)).count();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a.same(b)).count();
    // Lists of one length are compared place by place.
    let tail = if old.len() == new.len() { 0 } else { tail.min(old.len().min(new.len()) - head) };
    let (a, b) = (old.get(head..old.len() - tail).unwrap_or_default(), new.get(head..new.len() - tail).unwrap_or_default());
    for i in 0..a.len().max(b.len()) {
        pair(a.get(i), b.get(i), item, &path.index(head + i), depth + 1, changes);
    }
}
