//! The writes of one definition into the objects, phase by phase.

use super::place::{ListRule, PlaceId, Step, key_of_index, list_rule, scalar_text, set_step};
use super::{Op, Write};
use crate::eval::machine::Machine;
use crate::kube::schema::Shape;
use crate::value::{Data, List, Map, Value};

/// What a write needs at hand while it descends.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hand {
    pub writer: u16,
    pub op: Op,
    pub span: crate::base::Span,
}

impl<'a> Machine<'a, '_> {
    /// Applies what the current definition wrote. Conflicts are reported; `false` when there were any.
    pub(in crate::eval) fn apply_writes(&mut self) -> bool {
        let mut writes = self.net_writes();
        writes.sort_by_key(|w| w.op.phase());
        let before = self.sink.iter().filter(|d| d.is_error()).count();
        for w in writes {
            self.apply(w);
        }
        self.sink.iter().filter(|d| d.is_error()).count() == before
    }

    /// The writes of the current definition without those that it takes away again itself. `-=` of keys becomes `remove` of each.
    fn net_writes(&mut self) -> Vec<Write> {
        let mut all = Vec::new();
        for w in std::mem::take(&mut self.stage.pending) {
            match (w.op, self.taken_places(&w)) {
                (Op::Take, Some(places)) => all.extend(places.into_iter().map(|place| Write { place, op: Op::Remove, value: Value::default(), span: w.span })),
                _ => all.push(w),
            }
        }
        let gone: Vec<PlaceId> = all.iter().filter(|w| w.op == Op::Remove).map(|w| w.place).collect();
        if !gone.is_empty() {
            all.retain(|w| matches!(w.op, Op::Remove | Op::Weak) || !self.stage.places.upwards(w.place).any(|p| gone.contains(&p)));
            for w in all.iter_mut().filter(|w| matches!(w.op, Op::Merge | Op::Replace | Op::ReplaceElement)) {
                w.value = self.labelled(w.place, std::mem::take(&mut w.value));
                for g in &gone {
                    let path = self.stage.places.steps(*g);
                    if let Some(at) = path.iter().position(|p| *p == w.place) {
                        self.strip(&mut w.value, path.get(at + 1..).unwrap_or_default(), w.op == Op::Merge);
                    }
                }
            }
        }
        all
    }

    /// Takes a part out of a value; with `hollow` also what becomes empty by that.
    fn strip(&self, value: &mut Value, path: &[PlaceId], hollow: bool) -> bool {
        let Some((first, rest)) = path.split_first() else { return true };
        let Some(step) = self.stage.places.get(*first).map(|p| p.step.clone()) else { return false };
        let Some(mut inner) = take_below(value, &step) else { return false };
        let gone = self.strip(&mut inner, rest, hollow);
        put_below(value, &step, if gone { None } else { Some(inner) });
        gone && hollow && is_empty(value)
    }

    /// The places that a `-=` removes, where it is one of keys.
    fn taken_places(&mut self, w: &Write) -> Option<Vec<PlaceId>> {
        if w.op != Op::Take {
            return None;
        }
        let one = [w.value.clone()];
        let values = w.value.as_list().unwrap_or(&one);
        let node = self.stage.places.get(w.place).and_then(|p| p.node);
        let there = self.stage.peek(w.place).map(|v| v.data.clone());
        let is_map = matches!(there, Some(Data::Map(_))) || matches!(node.map(|n| n.shape()), Some(Shape::Map(_)));
        let list = if let Some(Data::List(l)) = &there { Some(l.as_ref()) } else { None };
        let rule = list_rule(node, [list, None]);
        let step = |v: &Value| {
            if is_map {
                return scalar_text(v).map(Step::Field);
            }
            match &rule {
                ListRule::Keyed(keys) => key_of_index(keys, v).map(Step::Key),
                ListRule::Set => Some(set_step(v)),
                ListRule::Atomic => None,
            }
        };
        let steps: Option<Vec<Step>> = values.iter().map(step).collect();
        Some(steps?.into_iter().map(|s| self.stage.places.step(w.place, s)).collect())
    }

    fn apply(&mut self, w: Write) {
        let object = self.stage.places.object(w.place);
        let Some(o) = self.stage.objects.get_mut(object) else { return };
        let mut root = Some(std::mem::take(&mut o.value));
        let hand = Hand { writer: self.stage.current, op: w.op, span: w.span };
        if w.op != Op::Weak || !(self.blocked(w.place, hand).is_some() || self.touched(w.place, hand)) {
            self.drop_weak_above(&mut root, w.place, w.op == Op::Weak);
        }
        if let Some(p) = self.stage.places.get_mut(w.place) {
            p.implicit = false;
        }
        let path = self.stage.places.steps(w.place);
        let path = path.get(1..).unwrap_or_default();
        self.descend(&mut root, path, &mut |machine, slot| machine.perform(slot, w.place, w.value.clone(), hand));
        if let (Some(o), Some(value)) = (self.stage.objects.get_mut(object), root) {
            o.value = value;
        }
    }

    fn perform(&mut self, slot: &mut Option<Value>, place: PlaceId, value: Value, hand: Hand) {
        match hand.op {
            Op::Merge => self.merge(slot, place, value, hand),
            Op::Replace | Op::ReplaceElement => self.replace(slot, place, Some(value), hand),
            Op::Remove => self.replace(slot, place, None, hand),
            Op::Append => self.append(slot, place, value, hand),
            Op::Take => self.take(slot, place, &value, hand),
            Op::Weak => self.weak(slot, place, value, hand),
            Op::Object => self.whole_object(slot, place, value, hand),
        }
    }

    /// Weak values at a place and above it give way before anything else is written there.
    fn drop_weak_above(&mut self, root: &mut Option<Value>, place: PlaceId, weak_too: bool) {
        let weak: Vec<PlaceId> = self.stage.places.upwards(place).skip(usize::from(weak_too)).filter(|p| self.stage.places.get(*p).is_some_and(|p| p.weak.is_some())).collect();
        for p in weak {
            if let Some(p) = self.stage.places.get_mut(p) {
                p.weak = None;
            }
            let path = self.stage.places.steps(p);
            self.descend(root, path.get(1..).unwrap_or_default(), &mut |_, slot| *slot = None);
        }
    }

    /// Goes down to a place, making what lies between if something comes out at its end, and lets `act` change what is there.
    pub(super) fn descend(&mut self, slot: &mut Option<Value>, path: &[PlaceId], act: &mut dyn FnMut(&mut Self, &mut Option<Value>)) {
        let Some((first, rest)) = path.split_first() else {
            act(self, slot);
            return;
        };
        let Some(step) = self.stage.places.get(*first).map(|p| p.step.clone()) else { return };
        let new = slot.is_none();
        let mut holder = match slot.take() {
            Some(v) => v,
            None => self.empty_for(*first),
        };
        let mut inner = take_below(&mut holder, &step);
        self.descend(&mut inner, rest, act);
        let made = inner.is_some();
        put_below(&mut holder, &step, inner);
        let parent = self.stage.places.get(*first).and_then(|p| p.parent);
        if let Some(p) = parent.and_then(|p| self.stage.places.get_mut(p)) {
            p.implicit |= new && made;
        }
        let hollow = !made && parent.and_then(|p| self.stage.places.get(p)).is_some_and(|p| p.implicit) && is_empty(&holder);
        *slot = if (new && !made) || hollow { None } else { Some(holder) };
    }

    /// An empty list or map for the place above this one.
    fn empty_for(&self, below: PlaceId) -> Value {
        let Some(p) = self.stage.places.get(below) else { return Value::default() };
        match p.step {
            Step::Key(_) | Step::Index(_) => {
                let node = p.parent.and_then(|p| self.stage.places.get(p)).and_then(|p| p.node);
                let keys = match list_rule(node, [None, None]) {
                    ListRule::Keyed(keys) => Some(keys),
                    _ => None,
                };
                Value::new(Data::List(std::sync::Arc::new(List { items: Vec::new(), keys })))
            }
            Step::Field(_) | Step::Object(_) => Value::map(Map::new(), crate::value::Origin::UNKNOWN),
        }
    }
}

fn is_empty(v: &Value) -> bool {
    match &v.data {
        Data::Map(m) => m.is_empty(),
        Data::List(l) => l.items.is_empty(),
        _ => false,
    }
}

/// Takes the value below a step out of its holder, leaving a gap that [`put_below`] fills.
pub(super) fn take_below(holder: &mut Value, step: &Step) -> Option<Value> {
    match (&mut holder.data, step) {
        (Data::Map(m), Step::Field(f)) => {
            if !m.contains(f) {
                return None;
            }
            std::sync::Arc::make_mut(m).get_mut(f).map(std::mem::take)
        }
        (Data::List(l), Step::Key(_) | Step::Index(_)) => {
            let at = position(l, step)?;
            std::sync::Arc::make_mut(l).items.get_mut(at).map(|v| {
                // The element stays where it is, so that its key can be found again.
                v.clone()
            })
        }
        _ => None,
    }
}

/// Puts a value below a step: in place of what was there, at the end if nothing was, or takes it away.
pub(super) fn put_below(holder: &mut Value, step: &Step, inner: Option<Value>) {
    match (&mut holder.data, step) {
        (Data::Map(m), Step::Field(f)) => match inner {
            Some(v) => {
                let m = std::sync::Arc::make_mut(m);
                match m.get_mut(f) {
                    Some(old) => *old = v,
                    None => {
                        let origin = v.origin;
                        m.insert(f.clone(), origin, v);
                    }
                }
            }
            None if m.contains(f) => {
                std::sync::Arc::make_mut(m).remove(f);
            }
            None => {}
        },
        (Data::List(l), Step::Key(_) | Step::Index(_)) => {
            let at = position(l, step);
            match (at, inner) {
                (Some(i), Some(v)) => {
                    if let Some(old) = std::sync::Arc::make_mut(l).items.get_mut(i) {
                        *old = v;
                    }
                }
                (Some(i), None) => {
                    std::sync::Arc::make_mut(l).items.remove(i);
                }
                (None, Some(v)) => std::sync::Arc::make_mut(l).items.push(v),
                (None, None) => {}
            }
        }
        _ => {}
    }
}

fn position(l: &List, step: &Step) -> Option<usize> {
    match step {
        Step::Index(i) => (*i < l.items.len()).then_some(*i),
        Step::Key(k) => l.items.iter().position(|item| match &l.keys {
            Some(keys) => super::place::key_of(keys, item).as_ref() == Some(k),
            None => scalar_text(item).as_ref() == Some(k),
        }),
        _ => None,
    }
}
