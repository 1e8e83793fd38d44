//! `patch output = e`: an object replaced by another. Each leaf that differs counts as written by `:=`, each that is gone as removed (language reference §8.1).

use super::Op;
use super::apply::Hand;
use super::place::{ListRule, PlaceId, Step, key_of, list_rule, value_below};
use crate::eval::machine::Machine;
use crate::value::{Data, Value};

impl<'a> Machine<'a, '_> {
    /// Replaces an object. The writes are checked and marked one by one; the order of its parts is the new object's.
    pub(super) fn whole_object(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Value, hand: Hand) {
        let Some(old) = slot.take() else { return };
        let new = match self.stage.places.get(place).and_then(|p| p.node) {
            Some(node) => crate::eval::annotate::annotate(new, node),
            None => new,
        };
        let before = self.sink.iter().filter(|d| d.is_error()).count();
        self.difference(place, Some(&old), Some(&new), hand, 0);
        let clean = self.sink.iter().filter(|d| d.is_error()).count() == before;
        *slot = Some(if clean { new } else { old });
    }

    fn difference(&mut self, place: PlaceId, old: Option<&Value>, new: Option<&Value>, hand: Hand, depth: u32) {
        if depth > 128 || matches!((old, new), (Some(a), Some(b)) if a.same(b)) {
            return;
        }
        match (old.map(|v| &v.data), new.map(|v| &v.data)) {
            (Some(Data::Map(a)), Some(Data::Map(b))) => {
                let gone = a.keys().filter(|k| !b.contains(k));
                let steps: Vec<Step> = gone.chain(b.keys()).map(|k| Step::Field(k.clone())).collect();
                self.each(place, &steps, old, new, hand, depth);
            }
            (None, Some(Data::Map(b))) if !b.is_empty() => {
                let steps: Vec<Step> = b.keys().map(|k| Step::Field(k.clone())).collect();
                self.each(place, &steps, old, new, hand, depth);
            }
            (a, Some(Data::List(b))) if !b.items.is_empty() && matches!(a, None | Some(Data::List(_))) => {
                let first = if let Some(Data::List(a)) = a { Some(a.as_ref()) } else { None };
                let ListRule::Keyed(keys) = list_rule(self.stage.places.get(place).and_then(|p| p.node), [first, Some(b)]) else {
                    return self.leaf(place, old, new, hand);
                };
                let of = |l: &crate::value::List| l.items.iter().filter_map(|i| key_of(&keys, i)).map(Step::Key).collect::<Vec<_>>();
                let mut steps = of(b);
                steps.extend(first.map(of).unwrap_or_default().into_iter().filter(|s| !of(b).contains(s)));
                self.each(place, &steps, old, new, hand, depth);
            }
            _ => self.leaf(place, old, new, hand),
        }
    }

    fn each(&mut self, place: PlaceId, steps: &[Step], old: Option<&Value>, new: Option<&Value>, hand: Hand, depth: u32) {
        for step in steps {
            let child = self.stage.places.step(place, step.clone());
            self.difference(child, old.and_then(|v| value_below(v, step)), new.and_then(|v| value_below(v, step)), hand, depth + 1);
        }
    }

    fn leaf(&mut self, place: PlaceId, old: Option<&Value>, new: Option<&Value>, hand: Hand) {
        let mut slot = old.cloned();
        let hand = Hand { op: if new.is_some() { Op::Replace } else { Op::Remove }, ..hand };
        self.replace(&mut slot, place, new.cloned(), hand);
    }
}
