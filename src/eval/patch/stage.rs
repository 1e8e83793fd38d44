//! The objects of a component while definitions work on them, and what is read through `target`, `output` and `outputs`.

use ecow::EcoString;

use super::Write;
use super::place::{ListRule, PlaceId, Places, ReadKind, Step, key_of, key_of_index, list_rule, value_below};
use crate::base::Span;
use crate::eval::Creator;
use crate::eval::path::Located;
use crate::kube::schema::{Node, Shape};
use crate::value::{Data, List, Map, Origin, Value};

/// A definition that writes: the component, a trait, a policy.
#[derive(Clone, Debug)]
pub(in crate::eval) struct Writer {
    pub creator: Creator,
    /// `the trait`, `the component`, …
    pub word: &'static str,
    pub name: EcoString,
    /// Its type in the application.
    pub span: Span,
}

/// An object under construction.
#[derive(Debug)]
pub(in crate::eval) struct StageObject {
    pub value: Value,
    /// As its creator left it.
    pub base: Value,
    /// `None` is the main object.
    pub output: Option<EcoString>,
    /// Which writer made it.
    pub creator: u16,
    pub place: PlaceId,
    pub span: Span,
}

/// The objects and who did what to them.
#[derive(Debug, Default)]
pub(in crate::eval) struct Stage<'a> {
    pub objects: Vec<StageObject>,
    pub(super) places: Places<'a>,
    pub writers: Vec<Writer>,
    /// The definition that is being evaluated.
    pub current: u16,
    /// Its writes so far.
    pub pending: Vec<Write>,
    /// Who has gone over the outputs of a kind (`kind` as text).
    pub outputs_read: Vec<(u16, EcoString)>,
    /// Pairs of definitions that J0907 has named.
    pub(super) warned: Vec<(u16, u16)>,
    /// A component patches what it has `from` another: its own reads do not count.
    pub(super) outer: bool,
}

/// Which field of an object's metadata a place is.
pub(in crate::eval) enum Metadata {
    Name {
        main: bool,
    },
    /// Labels or annotations.
    Map,
}

impl<'a> Stage<'a> {
    /// Adds an object.
    pub fn add(&mut self, value: Value, output: Option<EcoString>, node: Option<Node<'a>>, span: Span) {
        let place = self.places.root(self.objects.len(), node);
        self.objects.push(StageObject { base: value.clone(), value, output, creator: self.current, place, span });
    }

    /// A component begins to write over what it came `from`: for a while it is a writer of its own.
    pub fn begin_outer(&mut self, name: EcoString, span: Span) {
        self.current = self.writers.len() as u16;
        self.writers.push(Writer { creator: Creator::Component, word: "the component", name, span });
        self.outer = true;
    }

    /// It is done: to those that come later, all of it is the component's.
    pub fn end_outer(&mut self) {
        self.writers.pop();
        self.current = 0;
        self.outer = false;
        self.places.forget_marks();
        for o in &mut self.objects {
            o.base = o.value.clone();
        }
    }

    /// The main object's place.
    pub fn main(&self) -> Option<PlaceId> {
        self.objects.iter().find(|o| o.output.is_none()).map(|o| o.place)
    }

    /// `outputs` as a value.
    pub fn outputs(&self) -> Value {
        let mut map = Map::new();
        map.set_open();
        for o in &self.objects {
            if let Some(name) = &o.output {
                map.insert(name.clone(), Origin::UNKNOWN, o.value.clone());
            }
        }
        Value::map(map, Origin::UNKNOWN)
    }

    /// `outputs.name`; the last of several.
    pub fn output(&self, name: &str) -> Located {
        match self.objects.iter().rev().find(|o| o.output.as_deref() == Some(name)) {
            Some(o) => Located { value: Some(o.value.clone()), place: Some(o.place) },
            None => Located { value: None, place: None },
        }
    }

    /// What is at a place.
    pub fn value(&self, place: PlaceId) -> Option<Value> {
        self.peek(place).cloned()
    }

    /// What the creator wrote at a place.
    pub(super) fn base(&self, place: PlaceId) -> Option<&Value> {
        let p = self.places.get(place)?;
        match (&p.step, p.parent) {
            (Step::Object(i), _) => self.objects.get(*i).map(|o| &o.base),
            (step, Some(parent)) => value_below(self.base(parent)?, step),
            _ => None,
        }
    }

    pub(super) fn peek(&self, place: PlaceId) -> Option<&Value> {
        let p = self.places.get(place)?;
        match (&p.step, p.parent) {
            (Step::Object(i), _) => self.objects.get(*i).map(|o| &o.value),
            (step, Some(parent)) => value_below(self.peek(parent)?, step),
            _ => None,
        }
    }

    /// The place of a field.
    pub fn field(&mut self, place: PlaceId, name: &str) -> PlaceId {
        self.places.step(place, Step::Field(name.into()))
    }

    /// The place of the element at a position.
    pub fn element(&mut self, place: PlaceId, list: &List, i: usize) -> PlaceId {
        let node = self.places.get(place).and_then(|p| p.node);
        let step = match (list_rule(node, [Some(list), None]), list.items.get(i)) {
            (ListRule::Keyed(keys), Some(item)) => key_of(&keys, item).map_or(Step::Index(i), Step::Key),
            _ => Step::Index(i),
        };
        self.places.step(place, step)
    }

    /// The place that an index means, whether something is there or not.
    pub fn keyed(&mut self, place: PlaceId, keys: Option<&[EcoString]>, index: &Value) -> PlaceId {
        let node = self.places.get(place).and_then(|p| p.node);
        let text = || super::place::scalar_text(index);
        let step = match (node.map(Node::shape), &index.data) {
            (Some(Shape::Array(_)), _) | (None, Data::Int(_) | Data::Map(_)) => {
                let known = match node.map(Node::list_kind) {
                    Some(crate::kube::schema::ListKind::Map(k)) => Some(&**k),
                    _ => keys,
                };
                match (known, index.as_int().and_then(|i| usize::try_from(i).ok())) {
                    (Some(k), _) => key_of_index(k, index).map(Step::Key),
                    (None, Some(i)) => Some(Step::Index(i)),
                    (None, None) => text().map(Step::Key),
                }
            }
            _ => text().map(Step::Field),
        };
        self.places.step(place, step.unwrap_or(Step::Key(EcoString::new())))
    }

    /// Records that the current definition has used a value.
    pub fn read_value(&mut self, place: PlaceId, _value: Option<&Value>) {
        self.record(place, ReadKind::Value);
    }

    /// Records that it has used what a JSON pointer leads to.
    pub fn read_path(&mut self, place: PlaceId, path: &[String]) {
        let mut at = place;
        for token in path {
            let list = match self.peek(at).map(|v| &v.data) {
                Some(Data::List(l)) => Some(l.clone()),
                _ => None,
            };
            at = match (list, token.parse::<usize>()) {
                (Some(l), Ok(i)) => self.element(at, &l, i),
                _ => self.field(at, token),
            };
        }
        self.record(at, ReadKind::Value);
    }

    /// Records that it has looked whether something is there.
    pub fn read_presence(&mut self, place: PlaceId) {
        self.record(place, ReadKind::Presence);
    }

    /// Records that it has looked which elements there are.
    pub fn read_keys(&mut self, place: PlaceId) {
        self.record(place, ReadKind::Keys);
    }

    fn record(&mut self, place: PlaceId, kind: ReadKind) {
        let reader = self.current;
        if let Some(p) = self.places.get_mut(place)
            && !p.reads.contains(&(reader, kind))
        {
            p.reads.push((reader, kind));
        }
    }

    /// Whether a place is `metadata.name`, `labels` or `annotations` of an object.
    pub fn metadata_field(&self, place: PlaceId) -> Option<Metadata> {
        let p = self.places.get(place)?;
        let Step::Field(name) = &p.step else { return None };
        let above = self.places.get(p.parent?)?;
        if above.step != Step::Field("metadata".into()) {
            return None;
        }
        let Step::Object(i) = self.places.get(above.parent?)?.step else { return None };
        match name.as_str() {
            "name" => Some(Metadata::Name { main: self.objects.get(i)?.output.is_none() }),
            "labels" | "annotations" => Some(Metadata::Map),
            _ => None,
        }
    }
}
