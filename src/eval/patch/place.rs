//! Places in the objects of a component: a tree in which each place remembers who wrote and who read it.

use std::sync::Arc;

use ecow::EcoString;

use crate::base::Span;
use crate::kube::schema::{ListKind, Node, Shape};
use crate::value::{Data, List, Value};

/// A place of [`Places`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::eval) struct PlaceId(pub u32);

/// How a place is reached from the one above it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::eval) enum Step {
    /// An object, by its position.
    Object(usize),
    /// A field of a record or a key of a map.
    Field(EcoString),
    /// The element of a keyed list with these key values, or the value of a set.
    Key(EcoString),
    /// An element by position.
    Index(usize),
}

/// Between the parts of a key that consists of several fields.
const KEY_SEPARATOR: char = '\u{1f}';

/// What a definition did to a place.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub writer: u16,
    pub kind: MarkKind,
    pub span: Span,
}

#[derive(Clone, Debug)]
pub(super) enum MarkKind {
    /// `:` wrote the value that is here.
    Set,
    /// `:=`: all that is here and below; the value it wrote.
    Replaced(Value),
    /// `+=`
    Appended,
    /// `remove`, `-=` of a key.
    Removed,
    /// `-=` of a value.
    Taken(Value),
}

/// What an earlier definition looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadKind {
    /// The value and all below.
    Value,
    /// Only whether it is there.
    Presence,
    /// Which elements there are.
    Keys,
}

/// One place.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub parent: Option<PlaceId>,
    pub step: Step,
    pub node: Option<Node<'a>>,
    pub children: Vec<PlaceId>,
    pub marks: Vec<Mark>,
    pub reads: Vec<(u16, ReadKind)>,
    /// Who wrote the weak value that is here.
    pub weak: Option<(u16, Span)>,
    /// Nobody wrote this record or list itself: it was made for what is in it, and goes when that goes.
    pub implicit: bool,
}

/// All places that were touched.
#[derive(Debug, Default)]
pub(super) struct Places<'a> {
    all: Vec<Place<'a>>,
}

impl<'a> Places<'a> {
    /// The place of an object.
    pub fn root(&mut self, object: usize, node: Option<Node<'a>>) -> PlaceId {
        self.push(None, Step::Object(object), node)
    }

    fn push(&mut self, parent: Option<PlaceId>, step: Step, node: Option<Node<'a>>) -> PlaceId {
        let id = PlaceId(self.all.len() as u32);
        self.all.push(Place { parent, step, node, children: Vec::new(), marks: Vec::new(), reads: Vec::new(), weak: None, implicit: false });
        id
    }

    pub fn get(&self, id: PlaceId) -> Option<&Place<'a>> {
        self.all.get(id.0 as usize)
    }

    pub fn get_mut(&mut self, id: PlaceId) -> Option<&mut Place<'a>> {
        self.all.get_mut(id.0 as usize)
    }

    /// The place one step below, if it was touched before.
    pub fn child(&self, id: PlaceId, step: &Step) -> Option<PlaceId> {
        self.get(id)?.children.iter().copied().find(|c| self.get(*c).is_some_and(|p| p.step == *step))
    }

    /// The place one step below.
    pub fn step(&mut self, id: PlaceId, step: Step) -> PlaceId {
        if let Some(c) = self.child(id, &step) {
            return c;
        }
        let node = self.get(id).and_then(|p| p.node).and_then(|n| below(n, &step));
        let c = self.push(Some(id), step, node);
        if let Some(p) = self.get_mut(id) {
            p.children.push(c);
        }
        c
    }

    /// Forgets who wrote what; a weak value is the component's from now on.
    pub fn forget_marks(&mut self) {
        for p in &mut self.all {
            p.marks.clear();
            if let Some((writer, _)) = &mut p.weak {
                *writer = 0;
            }
        }
    }

    /// The place and those above it, innermost first.
    pub fn upwards(&self, id: PlaceId) -> impl Iterator<Item = PlaceId> + '_ {
        std::iter::successors(Some(id), |p| self.get(*p).and_then(|p| p.parent))
    }

    /// The steps from the object down to a place.
    pub fn steps(&self, id: PlaceId) -> Vec<PlaceId> {
        let mut all: Vec<PlaceId> = self.upwards(id).collect();
        all.reverse();
        all
    }

    /// The object that a place is in.
    pub fn object(&self, id: PlaceId) -> usize {
        self.upwards(id).last().and_then(|p| self.get(p)).map_or(usize::MAX, |p| if let Step::Object(i) = p.step { i } else { usize::MAX })
    }

    /// The place in words: `spec.containers["web"].env`.
    pub fn show(&self, id: PlaceId) -> String {
        let mut out = String::new();
        for p in self.steps(id) {
            match self.get(p).map(|p| &p.step) {
                Some(Step::Field(f)) if is_word(f) => {
                    if !out.is_empty() {
                        out.push('.');
                    }
                    out.push_str(f);
                }
                Some(Step::Field(k) | Step::Key(k)) => out.push_str(&format!("[\"{}\"]", k.as_str().replace(KEY_SEPARATOR, ", "))),
                Some(Step::Index(i)) => out.push_str(&format!("[{i}]")),
                Some(Step::Object(_)) | None => {}
            }
        }
        if out.is_empty() { "the object".to_owned() } else { out }
    }
}

fn is_word(s: &str) -> bool {
    !s.is_empty() && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The schema one step below.
fn below<'a>(node: Node<'a>, step: &Step) -> Option<Node<'a>> {
    match (node.shape(), step) {
        (Shape::Map(v), Step::Field(_)) => Some(v),
        (Shape::Array(v), Step::Key(_) | Step::Index(_)) => Some(v),
        (_, Step::Field(f)) => node.prop(f).map(|p| p.node),
        _ => None,
    }
}

/// How the list at a place merges.
pub(super) enum ListRule {
    Keyed(Arc<[EcoString]>),
    Set,
    Atomic,
}

/// The rule for a list: the schema's, otherwise that of the keys which the value carries.
pub(super) fn list_rule(node: Option<Node<'_>>, lists: [Option<&List>; 2]) -> ListRule {
    let carried = || lists.into_iter().flatten().find_map(|l| l.keys.clone());
    match node.map(Node::list_kind) {
        Some(ListKind::Map(keys)) => ListRule::Keyed(carried().filter(|k| **k == **keys).unwrap_or_else(|| Arc::from(&**keys))),
        Some(ListKind::Set) => ListRule::Set,
        Some(ListKind::Atomic) => ListRule::Atomic,
        None => carried().map_or(ListRule::Atomic, ListRule::Keyed),
    }
}

/// The key of an element, its parts as text. A `protocol` that is left out is TCP, as the API server reads it.
pub(in crate::eval) fn key_of(keys: &[EcoString], element: &Value) -> Option<EcoString> {
    let map = element.as_map()?;
    let part = |key: &EcoString| match map.get(key) {
        Some(v) => scalar_text(v),
        None if key == "protocol" => Some("TCP".into()),
        None => None,
    };
    match keys {
        [only] => part(only),
        _ => {
            let parts: Option<Vec<EcoString>> = keys.iter().map(part).collect();
            Some(parts?.join(KEY_SEPARATOR.encode_utf8(&mut [0; 4])).into())
        }
    }
}

/// The key that an index means: a scalar for one key, a record for several.
pub(in crate::eval) fn key_of_index(keys: &[EcoString], index: &Value) -> Option<EcoString> {
    match &index.data {
        Data::Map(_) => key_of(keys, index),
        _ => match keys {
            [_] => scalar_text(index),
            [_, second] if second == "protocol" => Some(ecow::eco_format!("{}{KEY_SEPARATOR}TCP", scalar_text(index)?)),
            _ => None,
        },
    }
}

/// A scalar as text.
pub(super) fn scalar_text(v: &Value) -> Option<EcoString> {
    Some(match &v.data {
        Data::String(s) => s.clone(),
        Data::Int(i) => ecow::eco_format!("{i}"),
        Data::Number(n) => n.text.clone(),
        Data::Bool(b) => ecow::eco_format!("{b}"),
        Data::Null | Data::List(_) | Data::Map(_) => return None,
    })
}

/// The identity of a value of a set.
pub(super) fn set_step(v: &Value) -> Step {
    Step::Key(scalar_text(v).unwrap_or_default())
}

/// The value one step below another.
pub(super) fn value_below<'v>(v: &'v Value, step: &Step) -> Option<&'v Value> {
    match (&v.data, step) {
        (Data::Map(m), Step::Field(f)) => m.get(f),
        (Data::List(l), Step::Key(k)) => l.items.iter().find(|item| match &l.keys {
            Some(keys) => key_of(keys, item).as_ref() == Some(k),
            None => scalar_text(item).as_ref() == Some(k),
        }),
        (Data::List(l), Step::Index(i)) => l.items.get(*i),
        _ => None,
    }
}
