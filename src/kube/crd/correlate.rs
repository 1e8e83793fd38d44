//! Which part of the stored object a part of the new one corresponds to: what did not change may stay wrong
//! (`CorrelatedObject` of apiserver, "ratcheting").

use super::schema::{ListType, Schema};
use crate::kube::cel::deep_equal;
use crate::value::{Data, Value};

/// A value, its counterpart in the stored object, and their schema.
#[derive(Clone, Copy)]
pub(super) struct Correlation<'a> {
    pub new: &'a Value,
    pub old: &'a Value,
    pub schema: &'a Schema,
}

impl<'a> Correlation<'a> {
    /// The counterpart of a field; `None` when it is new or nothing describes it.
    pub fn key(&self, name: &str) -> Option<Self> {
        let (new, old) = (self.new.get(name)?, self.old.get(name)?);
        Some(Self { new, old, schema: self.schema.field(name)? })
    }

    /// The counterpart of an element: only keyed lists have some.
    pub fn index(&self, i: usize) -> Option<Self> {
        if self.schema.list_type != ListType::Map {
            return None;
        }
        let new = self.new.as_list()?.get(i)?;
        let old = keyed(self.schema, self.old.as_list()?, new)?;
        Some(Self { new, old, schema: self.schema.items.as_deref()? })
    }

    /// Whether nothing changed.
    pub fn unchanged(&self) -> bool {
        match (&self.new.data, &self.old.data) {
            (Data::Null, Data::Null) => true,
            (Data::List(new), Data::List(old)) => {
                if new.items.len() != old.items.len() {
                    return false;
                }
                if self.schema.list_type != ListType::Map || self.schema.map_keys.is_empty() {
                    return deep_equal(self.new, self.old);
                }
                (0..new.items.len()).all(|i| self.index(i).is_some_and(|c| c.unchanged()))
            }
            (Data::Map(new), Data::Map(old)) => new.len() == old.len() && new.keys().all(|k| self.key(k).is_some_and(|c| c.unchanged())),
            _ => deep_equal(self.new, self.old),
        }
    }
}

/// The element of a keyed list that has the keys of another; elements that lack a key correspond to none.
pub(super) fn keyed<'a>(schema: &Schema, old: &'a [Value], element: &Value) -> Option<&'a Value> {
    if schema.map_keys.is_empty() {
        return None;
    }
    let scalar = |v: &Value| matches!(v.data, Data::Bool(_) | Data::Int(_) | Data::Number(_) | Data::String(_));
    let same = |candidate: &Value| {
        schema.map_keys.iter().all(|k| match (candidate.get(k), element.get(k)) {
            (Some(a), Some(b)) => scalar(a) && deep_equal(a, b),
            _ => false,
        })
    };
    old.iter().find(|c| same(c))
}
