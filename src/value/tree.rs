//! Values: cheap to clone (shared by `Arc`), 4 bytes of origin each.

use std::sync::Arc;

use ecow::EcoString;

use super::{Map, Number, Origin};

/// What a value is, as in JSON; integers apart from other numbers.
#[derive(Clone, Debug, Default)]
pub enum Data {
    #[default]
    Null,
    Bool(bool),
    Int(i64),
    /// A number that is no 64-bit integer: fractions, and integers beyond 64 bits. Keeps its text.
    Number(Number),
    String(EcoString),
    List(Arc<List>),
    Map(Arc<Map>),
}

/// A list, and the fields that identify its elements where its type says so.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub items: Vec<Value>,
    /// The list keys (`["name"]`, `["containerPort", "protocol"]`); `None` when the list has no declared keys or its type is not known yet.
    pub keys: Option<Arc<[EcoString]>>,
}

/// A value and where it came from. Equality of values ([`Value::same`]) ignores origins.
#[derive(Clone, Debug, Default)]
pub struct Value {
    pub data: Data,
    pub origin: Origin,
}

impl Value {
    /// A value of unknown origin.
    pub fn new(data: Data) -> Self {
        Self { data, origin: Origin::UNKNOWN }
    }

    /// A value with an origin.
    pub fn with(data: Data, origin: Origin) -> Self {
        Self { data, origin }
    }

    /// A string.
    pub fn string(text: impl Into<EcoString>, origin: Origin) -> Self {
        Self { data: Data::String(text.into()), origin }
    }

    /// A list without keys.
    pub fn list(items: Vec<Value>, origin: Origin) -> Self {
        Self { data: Data::List(Arc::new(List { items, keys: None })), origin }
    }

    /// A map.
    pub fn map(map: Map, origin: Origin) -> Self {
        Self { data: Data::Map(Arc::new(map)), origin }
    }

    /// The text, if it is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Data::String(s) = &self.data { Some(s) } else { None }
    }

    /// The integer, if it is one that fits 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        if let Data::Int(i) = self.data { Some(i) } else { None }
    }

    /// The truth value, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Data::Bool(b) = self.data { Some(b) } else { None }
    }

    /// The elements, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Data::List(l) = &self.data { Some(&l.items) } else { None }
    }

    /// The map, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Data::Map(m) = &self.data { Some(m) } else { None }
    }

    /// The field of a map; `None` for everything else.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }

    /// The value at a chain of fields.
    pub fn at(&self, path: &[&str]) -> Option<&Value> {
        path.iter().try_fold(self, |v, k| v.get(k))
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self.data, Data::Null)
    }

    /// The JSON kind with its article, for messages: `a string`, `an integer`, `a list`, …
    pub fn kind_name(&self) -> &'static str {
        match self.data {
            Data::Null => "null",
            Data::Bool(_) => "a boolean",
            Data::Int(_) => "an integer",
            Data::Number(_) => "a number",
            Data::String(_) => "a string",
            Data::List(_) => "a list",
            Data::Map(_) => "an object",
        }
    }

    /// Equality of content: numbers by value (`1` is `1.0`), maps without order, lists with it; origins and list keys do not count.
    pub fn same(&self, other: &Value) -> bool {
        match (&self.data, &other.data) {
            (Data::Null, Data::Null) => true,
            (Data::Bool(a), Data::Bool(b)) => a == b,
            (Data::Int(a), Data::Int(b)) => a == b,
            (Data::Number(a), Data::Number(b)) => a.same(b),
            (Data::Int(a), Data::Number(b)) | (Data::Number(b), Data::Int(a)) => b.same(&Number::from_int(*a)),
            (Data::String(a), Data::String(b)) => a == b,
            (Data::List(a), Data::List(b)) => Arc::ptr_eq(a, b) || (a.items.len() == b.items.len() && a.items.iter().zip(&b.items).all(|(x, y)| x.same(y))),
            (Data::Map(a), Data::Map(b)) => Arc::ptr_eq(a, b) || (a.len() == b.len() && a.iter().all(|e| b.get(&e.key).is_some_and(|v| v.same(&e.value)))),
            _ => false,
        }
    }
}
