//! A place in an object: a value (or its absence) and the way to it. Walking costs nothing but a few words on the stack; the path is built only when something is wrong.

use crate::kube::syntax::Quantity;
use crate::value::{Data, Map, Origin, Path, Segment, Value};

/// The last step to a place.
#[derive(Clone, Copy, Debug)]
enum Step<'v> {
    Root,
    /// A field of a record.
    Field(&'v str),
    /// A key of a map.
    Key(&'v str),
    Index(usize),
}

/// A place in an object. `'v` is the object's life, `'p` that of the places above.
#[derive(Clone, Copy, Debug)]
pub struct At<'p, 'v> {
    above: Option<&'p At<'p, 'v>>,
    step: Step<'v>,
    value: Option<&'v Value>,
}

/// A field that takes a number or a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IntOrText<'v> {
    Int(i64),
    Text(&'v str),
}

fn whole(value: &Value) -> Option<i64> {
    match &value.data {
        Data::Int(i) => Some(*i),
        // `3.0` in YAML is the integer 3 to the server.
        Data::Number(n) => {
            let f = n.as_f64();
            (f.fract() == 0.0 && f.abs() < 9e18).then_some(f as i64)
        }
        _ => None,
    }
}

impl<'p, 'v> At<'p, 'v> {
    /// The object itself.
    pub fn root(object: &'v Value) -> Self {
        Self { above: None, step: Step::Root, value: Some(object) }
    }

    fn below(&'p self, step: Step<'v>, value: Option<&'v Value>) -> At<'p, 'v> {
        At { above: Some(self), step, value: value.filter(|v| !v.is_null()) }
    }

    /// A field of the record here.
    pub fn get(&'p self, name: &'v str) -> At<'p, 'v> {
        self.below(Step::Field(name), self.value.and_then(|v| v.get(name)))
    }

    /// The value here under another name, where the server's path differs from the object's.
    pub fn called(&'p self, name: &'v str, value: Option<&'v Value>) -> At<'p, 'v> {
        self.below(Step::Field(name), value)
    }

    /// The value here under another key, where the server's path differs from the object's.
    pub fn called_key(&'p self, name: &'v str, value: Option<&'v Value>) -> At<'p, 'v> {
        self.below(Step::Key(name), value)
    }

    /// A key of the map here.
    pub fn key(&'p self, name: &'v str) -> At<'p, 'v> {
        self.below(Step::Key(name), self.value.and_then(|v| v.get(name)))
    }

    /// The element at an index; none beyond the end.
    pub fn index(&'p self, i: usize) -> At<'p, 'v> {
        self.below(Step::Index(i), self.list().get(i))
    }

    /// An index below this place, whatever stands here: for paths of the server's own.
    pub fn indexed(&'p self, i: usize) -> At<'p, 'v> {
        self.below(Step::Index(i), self.value)
    }

    /// A value as an element of the list here, by an index of the server's own.
    pub fn element(&'p self, i: usize, value: &'v Value) -> At<'p, 'v> {
        self.below(Step::Index(i), Some(value))
    }

    /// The elements of the list here.
    pub fn items(&'p self) -> impl Iterator<Item = At<'p, 'v>> + use<'p, 'v> {
        self.list().iter().enumerate().map(|(i, v)| self.below(Step::Index(i), Some(v)))
    }

    /// The entries of the map here, each at its key.
    pub fn entries(&'p self) -> impl Iterator<Item = (&'v str, At<'p, 'v>)> + use<'p, 'v> {
        self.map().into_iter().flat_map(|m| m.iter()).map(|e| (e.key.as_str(), self.below(Step::Key(&e.key), Some(&e.value))))
    }

    /// The value, unless it is absent or null.
    pub fn value(&self) -> Option<&'v Value> {
        self.value
    }

    /// Whether something other than null stands here.
    pub fn is_set(&self) -> bool {
        self.value.is_some()
    }

    /// The elements; none when it is no list.
    pub fn list(&self) -> &'v [Value] {
        self.value.and_then(|v| v.as_list()).unwrap_or(&[])
    }

    /// The map, if it is one.
    pub fn map(&self) -> Option<&'v Map> {
        self.value.and_then(|v| v.as_map())
    }

    /// How many elements or entries there are.
    pub fn len(&self) -> usize {
        self.map().map_or_else(|| self.list().len(), Map::len)
    }

    /// Whether there are no elements or entries.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The text; empty when absent.
    pub fn text(&self) -> &'v str {
        self.value.and_then(|v| v.as_str()).unwrap_or("")
    }

    /// The text, if there is one.
    pub fn opt_text(&self) -> Option<&'v str> {
        self.value.and_then(|v| v.as_str())
    }

    /// The number; 0 when absent.
    pub fn int(&self) -> i64 {
        self.opt_int().unwrap_or(0)
    }

    /// The number, if there is one.
    pub fn opt_int(&self) -> Option<i64> {
        self.value.and_then(whole)
    }

    /// The truth value; false when absent.
    pub fn flag(&self) -> bool {
        self.opt_flag().unwrap_or(false)
    }

    /// The truth value, if there is one.
    pub fn opt_flag(&self) -> Option<bool> {
        self.value.and_then(|v| v.as_bool())
    }

    /// The number or text, if there is one.
    pub fn int_or_text(&self) -> Option<IntOrText<'v>> {
        let value = self.value?;
        value.as_str().map(IntOrText::Text).or_else(|| whole(value).map(IntOrText::Int))
    }

    /// The quantity, if there is one that can be read.
    pub fn quantity(&self) -> Option<Quantity> {
        quantity(self.value?)
    }

    /// Where it comes from; what lacks it when it is absent.
    pub fn origin(&self) -> Origin {
        match (self.value, self.above) {
            (Some(v), _) => v.origin,
            (None, Some(above)) => above.origin(),
            (None, None) => Origin::UNKNOWN,
        }
    }

    /// Where the key of the entry here is written; the value's place when that is unknown.
    pub fn key_origin(&self) -> Origin {
        let name = match self.step {
            Step::Field(n) | Step::Key(n) => n,
            _ => return self.origin(),
        };
        let entry = self.above.and_then(|a| a.map()).and_then(|m| m.entry(name));
        entry.map(|e| e.key_origin).filter(|o| *o != Origin::UNKNOWN).unwrap_or_else(|| self.origin())
    }

    /// The name of the last step, for messages.
    pub fn name(&self) -> &'v str {
        match self.step {
            Step::Field(n) | Step::Key(n) => n,
            Step::Root => "",
            Step::Index(_) => self.above.map_or("", |a| a.name()),
        }
    }

    /// The way from the root.
    pub fn path(&self) -> Path {
        let mut segments = Vec::new();
        let mut here = Some(self);
        while let Some(at) = here {
            match at.step {
                Step::Root => {}
                Step::Field(n) => segments.push(Segment::Field(n.into())),
                Step::Key(n) => segments.push(Segment::Key(n.into())),
                Step::Index(i) => segments.push(Segment::Index(i)),
            }
            here = at.above;
        }
        segments.reverse();
        Path { segments }
    }
}

/// The quantity that a text or number stands for.
pub fn quantity(value: &Value) -> Option<Quantity> {
    match &value.data {
        Data::String(s) => Quantity::parse(s.trim()).ok(),
        Data::Int(i) => Some(Quantity::whole(*i)),
        Data::Number(n) => Quantity::parse(&n.text).ok(),
        _ => None,
    }
}
