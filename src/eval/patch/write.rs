//! One write at its place: merge, replace, append, take, weak. What earlier definitions did there decides whether it may.

use std::sync::Arc;

use super::apply::{Hand, put_below, take_below};
use super::conflict::Other;
use super::place::{ListRule, Mark, MarkKind, PlaceId, Step, key_of, list_rule, scalar_text, set_step, value_below};
use crate::eval::machine::Machine;
use crate::eval::order;
use crate::kube::schema::{Node, Shape};
use crate::value::{Data, List, Origin, OriginKind, Value};

impl<'a> Machine<'a, '_> {
    fn node(&self, place: PlaceId) -> Option<Node<'a>> {
        self.stage.places.get(place).and_then(|p| p.node)
    }

    /// Equality as the place's type has it.
    pub(super) fn equal_at(&self, place: PlaceId, a: &Value, b: &Value) -> bool {
        match self.node(place).map(Node::shape) {
            Some(Shape::Quantity) => order::equal_quantity(a, b),
            _ => a.same(b),
        }
    }

    fn mark(&mut self, place: PlaceId, kind: MarkKind, hand: Hand) {
        if let Some(p) = self.stage.places.get_mut(place) {
            p.marks.push(Mark { writer: hand.writer, kind, span: hand.span });
        }
    }

    fn patched(&mut self, hand: Hand, new: Origin, old: Origin) -> Origin {
        self.origins.add(hand.span, OriginKind::Patch(hand.writer), [new, old])
    }

    /// `f: v`
    pub(super) fn merge(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Value, hand: Hand) {
        if self.stage.places.get(place).is_some_and(|p| p.weak.is_some()) {
            if let Some(p) = self.stage.places.get_mut(place) {
                p.weak = None;
            }
            *slot = None;
        }
        let Some(current) = slot else {
            self.put_new(slot, place, new, hand);
            return;
        };
        let opaque = matches!(self.node(place).map(Node::shape), Some(Shape::Any));
        match (&current.data, &new.data) {
            (Data::Map(_), Data::Map(n)) if !opaque => {
                for e in n.iter() {
                    let step = Step::Field(e.key.clone());
                    let child = self.stage.places.step(place, step.clone());
                    let mut inner = take_below(current, &step);
                    self.merge(&mut inner, child, e.value.clone(), hand);
                    put_below(current, &step, inner);
                }
                self.check_retained_object(place, current, hand);
            }
            (Data::List(_), Data::List(_)) if !opaque => self.merge_lists(current, place, &new, hand),
            _ if self.equal_at(place, current, &new) => {
                if let Some(other) = self.differs_from_base(place, &new, hand).or_else(|| self.contradicted(place, &new, hand)) {
                    let current = current.clone();
                    if !self.conflict(place, Some(&current), Some(&new), other, hand) {
                        return;
                    }
                }
                let Some(current) = slot else { return };
                current.origin = self.origins.add(hand.span, OriginKind::Joined, [current.origin, new.origin]);
                self.mark(place, MarkKind::Set, hand);
            }
            _ => {
                let other = self.last_writer(place, hand);
                let current = current.clone();
                if self.conflict(place, Some(&current), Some(&new), other, hand) {
                    self.overwrite(slot, place, new, hand);
                }
            }
        }
    }

    fn merge_lists(&mut self, current: &mut Value, place: PlaceId, new: &Value, hand: Hand) {
        let (Data::List(c), Data::List(n)) = (&current.data, &new.data) else { return };
        match list_rule(self.node(place), [Some(c), Some(n)]) {
            ListRule::Keyed(keys) => {
                let n = n.clone();
                for item in &n.items {
                    let Some(key) = key_of(&keys, item) else {
                        push(current, item.clone());
                        continue;
                    };
                    let step = Step::Key(key);
                    let child = self.stage.places.step(place, step.clone());
                    with_keys(current, &keys);
                    let mut inner = take_below(current, &step);
                    let before = inner.clone();
                    self.merge(&mut inner, child, item.clone(), hand);
                    if let (Some(before), Some(after)) = (&before, &inner) {
                        self.check_retained_element(place, child, &keys, before, after, hand);
                    }
                    put_below(current, &step, inner);
                }
            }
            ListRule::Set => {
                let n = n.clone();
                for item in &n.items {
                    let child = self.stage.places.step(place, set_step(item));
                    let there = current.as_list().is_some_and(|l| l.iter().any(|v| v.same(item)));
                    if !there {
                        if let Some(other) = self.blocked(child, hand)
                            && !self.conflict(child, None, Some(item), other, hand)
                        {
                            continue;
                        }
                        self.changed(child, None, Some(item), hand);
                        push(current, item.clone());
                    }
                    self.mark(child, MarkKind::Set, hand);
                }
            }
            ListRule::Atomic => {
                if current.same(new) {
                    if let Some(other) = self.differs_from_base(place, new, hand).or_else(|| self.contradicted(place, new, hand)) {
                        let old = current.clone();
                        if !self.conflict(place, Some(&old), Some(new), other, hand) {
                            return;
                        }
                    }
                    current.origin = self.origins.add(hand.span, OriginKind::Joined, [current.origin, new.origin]);
                    self.mark(place, MarkKind::Set, hand);
                    return;
                }
                let other = self.last_writer(place, hand);
                let old = current.clone();
                if self.conflict(place, Some(&old), Some(new), other, hand) {
                    let mut slot = Some(old);
                    self.overwrite(&mut slot, place, new.clone(), hand);
                    if let Some(v) = slot {
                        *current = v;
                    }
                }
            }
        }
    }

    /// Writes where nothing is.
    fn put_new(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Value, hand: Hand) {
        let blocked = self.blocked(place, hand).or_else(|| self.blocked_below(place, &new, hand));
        if let Some(other) = blocked
            && !self.conflict(place, None, Some(&new), other, hand)
        {
            return;
        }
        self.changed(place, None, Some(&new), hand);
        self.mark_leaves(place, &new, hand);
        let new = self.labelled(place, new);
        let origin = self.patched(hand, new.origin, Origin::UNKNOWN);
        *slot = Some(Value::with(new.data, origin));
    }

    fn overwrite(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Value, hand: Hand) {
        let old = slot.take();
        self.changed(place, old.as_ref(), Some(&new), hand);
        self.mark_leaves(place, &new, hand);
        let new = self.labelled(place, new);
        let origin = self.patched(hand, new.origin, old.map_or(Origin::UNKNOWN, |v| v.origin));
        *slot = Some(Value::with(new.data, origin));
    }

    /// The value with the list keys that its place gives it.
    pub(super) fn labelled(&self, place: PlaceId, v: Value) -> Value {
        match self.node(place) {
            Some(node) => crate::eval::annotate::annotate(v, node),
            None => v,
        }
    }

    /// Marks the scalars, atomic lists and empty containers of a value as written.
    fn mark_leaves(&mut self, place: PlaceId, v: &Value, hand: Hand) {
        match &v.data {
            Data::Map(m) if !m.is_empty() => {
                for e in m.iter() {
                    let child = self.stage.places.step(place, Step::Field(e.key.clone()));
                    self.mark_leaves(child, &e.value, hand);
                }
            }
            Data::List(l) if !l.items.is_empty() => match list_rule(self.node(place), [Some(l), None]) {
                ListRule::Keyed(keys) => {
                    for item in &l.items {
                        if let Some(key) = key_of(&keys, item) {
                            let child = self.stage.places.step(place, Step::Key(key));
                            self.mark_leaves(child, item, hand);
                        }
                    }
                }
                ListRule::Set => {
                    for item in &l.items {
                        let child = self.stage.places.step(place, set_step(item));
                        self.mark(child, MarkKind::Set, hand);
                    }
                }
                ListRule::Atomic => self.mark(place, MarkKind::Set, hand),
            },
            _ => self.mark(place, MarkKind::Set, hand),
        }
    }

    /// `f := v`, and `remove f` with no value.
    pub(super) fn replace(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Option<Value>, hand: Hand) {
        let new = new.map(|v| self.labelled(place, v));
        let same = match (&*slot, &new) {
            (Some(a), Some(b)) => self.equal_at(place, a, b),
            (None, None) => true,
            _ => false,
        };
        if let Some(other) = self.undone(place, slot.as_ref(), new.as_ref(), same, hand) {
            let current = slot.clone();
            if !self.conflict(place, current.as_ref(), new.as_ref(), other, hand) {
                return;
            }
        }
        if let Some(twice) = self.own_mark(place, hand)
            && !same
        {
            self.written_twice(place, twice, hand);
            return;
        }
        self.clear_weak_below(place);
        if !same {
            self.changed(place, slot.as_ref(), new.as_ref(), hand);
        }
        let old = slot.take().map_or(Origin::UNKNOWN, |v| v.origin);
        let kind = new.clone().map_or(MarkKind::Removed, MarkKind::Replaced);
        self.mark(place, kind, hand);
        if let Some(v) = new {
            let origin = if same { self.origins.add(hand.span, OriginKind::Joined, [old, v.origin]) } else { self.patched(hand, v.origin, old) };
            *slot = Some(Value::with(v.data, origin));
        }
    }

    fn clear_weak_below(&mut self, place: PlaceId) {
        let Some(p) = self.stage.places.get_mut(place) else { return };
        p.weak = None;
        for c in p.children.clone() {
            self.clear_weak_below(c);
        }
    }

    /// `f += v`
    pub(super) fn append(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Value, hand: Hand) {
        let Data::List(n) = &new.data else {
            self.wrong_operator(place, "`+=` takes a list", hand);
            return;
        };
        let lists = [slot.as_ref().and_then(as_list), Some(n.as_ref())];
        match list_rule(self.node(place), lists) {
            ListRule::Set => return self.merge(slot, place, new, hand),
            ListRule::Keyed(_) => return self.wrong_operator(place, "this list is keyed: use `:` to add elements", hand),
            ListRule::Atomic => {}
        }
        if !matches!(slot.as_ref().map(|v| &v.data), None | Some(Data::List(_))) {
            return self.wrong_operator(place, "`+=` is for lists", hand);
        }
        let other = self.blocked(place, hand).or_else(|| self.others(place, hand, |m| matches!(&m.kind, MarkKind::Set | MarkKind::Taken(_))));
        if let Some(other) = other {
            let current = slot.clone();
            if !self.conflict(place, current.as_ref(), Some(&new), other, hand) {
                return;
            }
        }
        let old = slot.take();
        let mut all = old.as_ref().and_then(|v| v.as_list()).map(<[Value]>::to_vec).unwrap_or_default();
        all.extend(n.items.iter().cloned());
        let origin = self.patched(hand, new.origin, old.as_ref().map_or(Origin::UNKNOWN, |v| v.origin));
        let joined = self.labelled(place, Value::list(all, origin));
        self.changed(place, old.as_ref(), Some(&joined), hand);
        *slot = Some(joined);
        self.mark(place, MarkKind::Appended, hand);
    }

    /// `f -= v`
    pub(super) fn take(&mut self, slot: &mut Option<Value>, place: PlaceId, gone: &Value, hand: Hand) {
        let one = [gone.clone()];
        let values: &[Value] = gone.as_list().unwrap_or(&one);
        let is_map = matches!(slot.as_ref().map(|v| &v.data), Some(Data::Map(_))) || matches!(self.node(place).map(Node::shape), Some(Shape::Map(_)));
        let rule = list_rule(self.node(place), [slot.as_ref().and_then(as_list), None]);
        for v in values {
            let step = if is_map {
                scalar_text(v).map(Step::Field)
            } else {
                match &rule {
                    ListRule::Keyed(keys) => super::place::key_of_index(keys, v).map(Step::Key),
                    ListRule::Set => Some(set_step(v)),
                    ListRule::Atomic => None,
                }
            };
            match step {
                Some(step) => {
                    let child = self.stage.places.step(place, step.clone());
                    if let ListRule::Keyed(keys) = &rule
                        && let Some(holder) = slot
                    {
                        with_keys(holder, keys);
                    }
                    let mut inner = slot.as_mut().and_then(|h| take_below(h, &step));
                    self.replace(&mut inner, child, None, hand);
                    if let Some(holder) = slot {
                        put_below(holder, &step, inner);
                    }
                }
                None => self.take_value(slot, place, v, hand),
            }
        }
    }

    fn take_value(&mut self, slot: &mut Option<Value>, place: PlaceId, v: &Value, hand: Hand) {
        let there = slot.as_ref().and_then(|s| s.as_list()).is_some_and(|l| l.iter().any(|i| i.same(v)));
        let other = self.others(place, hand, |m| match m.kind {
            MarkKind::Appended => true,
            MarkKind::Set | MarkKind::Replaced(_) => there,
            _ => false,
        });
        if let Some(other) = other {
            let current = slot.clone();
            if !self.conflict(place, current.as_ref(), None, other, hand) {
                return;
            }
        }
        self.mark(place, MarkKind::Taken(v.clone()), hand);
        if !there {
            return;
        }
        let old = slot.clone();
        if let Some(Value { data: Data::List(l), .. }) = slot {
            Arc::make_mut(l).items.retain(|i| !i.same(v));
        }
        let new = slot.clone();
        self.changed(place, old.as_ref(), new.as_ref(), hand);
    }

    /// What the creator wrote where another definition has since written the value that `:` now gives: it differs, whichever of the two comes first.
    fn differs_from_base(&self, place: PlaceId, new: &Value, hand: Hand) -> Option<Other> {
        let base = self.stage.base(place)?;
        if self.equal_at(place, base, new) {
            return None;
        }
        let mut other = self.creator_of(place);
        other.only_mark = true;
        (other.writer != hand.writer).then_some(other)
    }

    /// Another definition whose `:=` at the place or above it wrote something else here than the equal value that is now written again.
    fn contradicted(&self, place: PlaceId, new: &Value, hand: Hand) -> Option<Other> {
        let mut steps: Vec<&Step> = Vec::new();
        for p in self.stage.places.upwards(place) {
            let at = self.stage.places.get(p)?;
            let differs = |m: &Mark| match &m.kind {
                MarkKind::Replaced(wrote) => !steps.iter().rev().try_fold(wrote, |v, s| value_below(v, s)).is_some_and(|v| self.equal_at(place, v, new)),
                _ => false,
            };
            if let Some(other) = self.others(p, hand, differs) {
                return Some(Other { only_mark: true, ..other });
            }
            steps.push(&at.step);
        }
        None
    }

    /// `f ??= v`
    pub(super) fn weak(&mut self, slot: &mut Option<Value>, place: PlaceId, new: Value, hand: Hand) {
        if self.blocked(place, hand).is_some() || self.touched(place, hand) {
            return;
        }
        let weak = self.stage.places.get(place).and_then(|p| p.weak);
        match (&*slot, weak) {
            (Some(current), Some((writer, span))) if writer != hand.writer => {
                if !self.equal_at(place, current, &new) {
                    let current = current.clone();
                    self.conflict(place, Some(&current), Some(&new), Other { writer, span, only_mark: false }, hand);
                }
            }
            (Some(_), _) => {}
            (None, _) => {
                self.changed(place, None, Some(&new), hand);
                let new = self.labelled(place, new);
                let origin = self.patched(hand, new.origin, Origin::UNKNOWN);
                *slot = Some(Value::with(new.data, origin));
                if let Some(p) = self.stage.places.get_mut(place) {
                    p.weak = Some((hand.writer, hand.span));
                }
            }
        }
    }

    /// Another definition whose write this one would undo by replacing a place.
    fn undone(&self, place: PlaceId, current: Option<&Value>, new: Option<&Value>, same: bool, hand: Hand) -> Option<Other> {
        if !same {
            let above = self.stage.places.upwards(place).skip(1).find_map(|p| self.others(p, hand, |m| matches!(m.kind, MarkKind::Replaced(_) | MarkKind::Removed)));
            if let Some(mut other) = above {
                other.only_mark = current.is_none();
                return Some(other);
            }
        }
        if let (true, Some(n)) = (same, new)
            && let Some(other) = self.contradicted(place, n, hand)
        {
            return Some(other);
        }
        self.undone_below(place, current, new, hand, 0)
    }

    fn undone_below(&self, place: PlaceId, current: Option<&Value>, new: Option<&Value>, hand: Hand, depth: u32) -> Option<Other> {
        if depth > 128 {
            return None;
        }
        let same = match (current, new) {
            (Some(a), Some(b)) => self.equal_at(place, a, b),
            (None, None) => true,
            _ => false,
        };
        let here = self.others(place, hand, |m| match &m.kind {
            MarkKind::Set => !same,
            MarkKind::Replaced(wrote) => !same || !new.is_some_and(|n| self.equal_at(place, n, wrote)),
            MarkKind::Removed => new.is_some(),
            MarkKind::Appended => true,
            MarkKind::Taken(v) => new.and_then(|n| n.as_list()).is_some_and(|l| l.iter().any(|i| i.same(v))),
        });
        if let Some(mut other) = here {
            other.only_mark = current.is_none();
            return Some(other);
        }
        self.stage.places.get(place)?.children.iter().find_map(|c| {
            let step = &self.stage.places.get(*c)?.step;
            self.undone_below(*c, current.and_then(|v| value_below(v, step)), new.and_then(|v| value_below(v, step)), hand, depth + 1)
        })
    }
}

fn as_list(v: &Value) -> Option<&List> {
    if let Data::List(l) = &v.data { Some(l) } else { None }
}

fn push(holder: &mut Value, item: Value) {
    if let Data::List(l) = &mut holder.data {
        Arc::make_mut(l).items.push(item);
    }
}

/// Gives a list its keys, so that its elements are found by them.
fn with_keys(holder: &mut Value, keys: &Arc<[ecow::EcoString]>) {
    if let Data::List(l) = &mut holder.data
        && l.keys.is_none()
    {
        Arc::make_mut(l).keys = Some(keys.clone());
    }
}
