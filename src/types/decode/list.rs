//! Lists and maps.

use std::collections::HashMap;
use std::sync::Arc;

use ecow::EcoString;

use super::{Decoder, Place};
use crate::diagnostics::{Diagnostic, codes};
use crate::types::ty::{List as ListType, MapType, Type};
use crate::value::{Data, List, Map, Value};

impl Decoder<'_> {
    pub(super) fn list(&mut self, value: &Value, given: &List, ty: &ListType, place: &Place<'_>) -> Option<Value> {
        let mut items = Vec::with_capacity(given.items.len());
        let mut whole = true;
        for (i, item) in given.items.iter().enumerate() {
            let at = self.span(item, place);
            match self.value(item, &ty.element, &place.index(i, at)) {
                Some(v) => items.push(v),
                None => whole = false,
            }
        }
        let count = given.items.len() as u64;
        if !ty.length.contains(count) {
            self.wrong_length(value, place, count, ty.length, "element");
            return None;
        }
        if let Some(keys) = ty.keys.as_ref().filter(|_| !ty.kubernetes) {
            // What is written counts where an element has a mistake elsewhere.
            whole &= self.distinct(if whole { &items } else { &given.items }, keys, place);
        }
        if !whole {
            return None;
        }
        Some(Value::with(Data::List(Arc::new(List { items, keys: ty.keys.clone() })), value.origin))
    }

    /// Whether no two elements agree in the keys.
    fn distinct(&mut self, items: &[Value], keys: &[EcoString], place: &Place<'_>) -> bool {
        let mut seen: HashMap<String, usize> = HashMap::with_capacity(items.len());
        let mut good = true;
        for (i, item) in items.iter().enumerate() {
            let key = identity(item, keys);
            let Some(first) = seen.insert(key, i).and_then(|n| items.get(n)) else { continue };
            good = false;
            self.failed = true;
            if self.quiet {
                continue;
            }
            let part = |v: &Value| keys.iter().find_map(|k| v.get(k)).cloned().unwrap_or_default();
            let shown: Vec<String> = keys.iter().map(|k| format!("`{k}: {}`", item.get(k).map(super::words::shown_plain).unwrap_or_default())).collect();
            let (second, one) = (self.span(&part(item), place), self.span(&part(first), place));
            let called = self.called(place);
            self.out.push(
                Diagnostic::new(codes::J0310, format!("two elements of {called} have {}", shown.join(", "))).primary(second, "given again").secondary(one, "first given here"),
            );
        }
        good
    }

    pub(super) fn map(&mut self, value: &Value, given: &Map, ty: &MapType, place: &Place<'_>) -> Option<Value> {
        let any_key = matches!(&*ty.key, Type::Text(crate::types::text::Text::Any));
        let mut map = Map::with_capacity(given.len());
        map.set_open();
        let mut whole = true;
        for e in given {
            let at = if self.quiet { crate::base::Span::default() } else { self.key_span(e.key_origin) };
            let inner = place.field(&e.key, at);
            if !any_key {
                let key = Value::string(e.key.clone(), e.key_origin);
                if self.value(&key, &ty.key, place).is_none() {
                    whole = false;
                }
            }
            match self.value(&e.value, &ty.value, &inner) {
                Some(v) => {
                    map.insert(e.key.clone(), e.key_origin, v);
                }
                None => whole = false,
            }
        }
        let count = given.len() as u64;
        if !ty.length.contains(count) {
            self.wrong_length(value, place, count, ty.length, "entry");
            return None;
        }
        whole.then(|| Value::map(map, value.origin))
    }
}

/// What the keys of an element are, as one text.
fn identity(item: &Value, keys: &[EcoString]) -> String {
    let mut out = String::new();
    for k in keys {
        out.push_str(&item.get(k).map(super::words::shown_plain).unwrap_or_default());
        out.push('\u{0}');
    }
    out
}
