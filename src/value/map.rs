//! Maps in the order in which their keys were first written. Small ones are searched, large ones indexed.

use std::collections::HashMap;

use ecow::EcoString;

use super::{Origin, Value};

/// Up to this many entries a search beats an index.
const INDEX_FROM: usize = 24;

/// One field: the key, where the key stands, the value.
#[derive(Clone, Debug)]
pub struct Entry {
    pub key: EcoString,
    pub key_origin: Origin,
    pub value: Value,
}

/// A map that keeps the order of its keys.
#[derive(Clone, Debug, Default)]
pub struct Map {
    entries: Vec<Entry>,
    /// Key → position; only for large maps. Keyed by a randomised hash, since keys can be hostile.
    #[expect(clippy::box_collection, reason = "nearly all maps are small and have none: a pointer instead of 48 bytes in each")]
    index: Option<Box<HashMap<EcoString, u32>>>,
    /// Its type is `{[K]: V}`: it has `keys`, `values` and `length` instead of fields.
    open: bool,
}

impl Map {
    /// An empty map.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty map with room.
    pub fn with_capacity(n: usize) -> Self {
        Self { entries: Vec::with_capacity(n), index: None, open: false }
    }

    /// How many fields there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether it is a map (`{[K]: V}`) and no record. Reading by a type, schemas and computed keys make it one; equality does not see it.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Marks it as a map.
    pub fn set_open(&mut self) {
        self.open = true;
    }

    /// The position of a key.
    pub fn position(&self, key: &str) -> Option<usize> {
        match &self.index {
            Some(index) => index.get(key).map(|&i| i as usize),
            None => self.entries.iter().position(|e| e.key == key),
        }
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.entry(key).map(|e| &e.value)
    }

    /// The whole entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.position(key).and_then(|i| self.entries.get(i))
    }

    /// The value of a key, to change.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let i = self.position(key)?;
        self.entries.get_mut(i).map(|e| &mut e.value)
    }

    /// Whether there is such a key.
    pub fn contains(&self, key: &str) -> bool {
        self.position(key).is_some()
    }

    /// Sets a key: an existing one keeps its place. The previous value is handed back.
    pub fn insert(&mut self, key: EcoString, key_origin: Origin, value: Value) -> Option<Value> {
        if let Some(i) = self.position(&key) {
            let e = self.entries.get_mut(i)?;
            e.key_origin = key_origin;
            return Some(std::mem::replace(&mut e.value, value));
        }
        let at = self.entries.len();
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), at as u32);
        } else if at + 1 > INDEX_FROM {
            let mut index: HashMap<EcoString, u32> = self.entries.iter().enumerate().map(|(i, e)| (e.key.clone(), i as u32)).collect();
            index.insert(key.clone(), at as u32);
            self.index = Some(Box::new(index));
        }
        self.entries.push(Entry { key, key_origin, value });
        None
    }

    /// Takes a key out; the others keep their order.
    pub fn remove(&mut self, key: &str) -> Option<Entry> {
        let i = self.position(key)?;
        let entry = self.entries.remove(i);
        if self.index.is_some() {
            self.index = Some(Box::new(self.entries.iter().enumerate().map(|(i, e)| (e.key.clone(), i as u32)).collect()));
        }
        Some(entry)
    }

    /// The fields in order.
    pub fn iter(&self) -> std::slice::Iter<'_, Entry> {
        self.entries.iter()
    }

    /// The fields in order, values to change.
    pub fn iter_mut(&mut self) -> impl Iterator<Item = (&EcoString, &mut Value)> {
        self.entries.iter_mut().map(|e| (&e.key, &mut e.value))
    }

    /// Takes the map apart.
    pub fn into_entries(self) -> Vec<Entry> {
        self.entries
    }

    /// The keys in order.
    pub fn keys(&self) -> impl Iterator<Item = &EcoString> {
        self.entries.iter().map(|e| &e.key)
    }

    /// The fields sorted by key (code points), as map iteration in the language and canonical output need.
    pub fn sorted(&self) -> Vec<&Entry> {
        let mut all: Vec<&Entry> = self.entries.iter().collect();
        all.sort_by(|a, b| a.key.cmp(&b.key));
        all
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = &'a Entry;
    type IntoIter = std::slice::Iter<'a, Entry>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl FromIterator<Entry> for Map {
    fn from_iter<I: IntoIterator<Item = Entry>>(iter: I) -> Self {
        let mut map = Map::new();
        for e in iter {
            map.insert(e.key, e.key_origin, e.value);
        }
        map
    }
}
