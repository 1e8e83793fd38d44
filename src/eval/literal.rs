//! Record and list literals, loops over values, `let`s.

use ecow::EcoString;

use super::budget::MAX_LIST;
use super::machine::{Frame, Machine, Slot, Stop};
use super::order;
use super::patch::PlaceId;
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Assign, Expr, ExprId, Key, ListItem, LocalId, Member, TypeExprId};
use crate::value::{Data, Map, Value};

/// A record being made: fields written out beat spreads wherever they stand (language reference §6.5).
#[derive(Default)]
pub(super) struct Building {
    map: Map,
    /// Which entries were written out, by position.
    written: Vec<bool>,
}

impl Building {
    /// The record.
    pub(super) fn finish(self) -> Map {
        self.map
    }
}

/// What a loop goes over: pairs for a map or an indexed list, with the place of each element.
pub(super) struct Round {
    pub first: Value,
    pub second: Option<Value>,
    pub place: Option<PlaceId>,
}

impl<'a> Machine<'a, '_> {
    /// A record literal.
    pub(super) fn record_literal(&mut self, f: &mut Frame<'a>, id: ExprId, members: &'a [Member]) -> Result<Value, Stop> {
        let mut b = Building { map: Map::with_capacity(members.len()), written: Vec::with_capacity(members.len()) };
        self.members(f, members, &mut b)?;
        if b.map.len() > MAX_LIST {
            return Err(self.exhausted(f, id, "makes an object of more than 100,000 fields"));
        }
        self.spend(f, id, b.map.len() * 64 + 32)?;
        let origin = self.literal(f, f.module.range(id));
        Ok(Value::map(b.map, origin))
    }

    /// Members into a record.
    pub(super) fn members(&mut self, f: &mut Frame<'a>, members: &'a [Member], b: &mut Building) -> Result<(), Stop> {
        for member in members {
            match member {
                Member::Field { key, key_range, at, optional, assign, value, range } => {
                    if at.is_some() || *assign != Assign::Merge {
                        let d = Diagnostic::new(codes::J0604, "patch operators stand in a `patch` only").primary(range.in_file(f.module.file), "");
                        self.sink.push(d);
                        return Err(Stop::Unknown);
                    }
                    let v = if *optional {
                        match self.eval_optional(f, *value)? {
                            Some(v) => v,
                            None => continue,
                        }
                    } else {
                        self.present(f, *value)?
                    };
                    let (name, computed) = self.key(f, key)?;
                    if computed {
                        b.map.set_open();
                    }
                    self.put(f, b, name, *key_range, v)?;
                }
                Member::Spread { value, .. } => {
                    let v = self.present(f, *value)?;
                    let Data::Map(m) = &v.data else {
                        return Err(self.mistake(f, *value, codes::J0303, format!("only a record or map can be spread here, not {}", v.kind_name())));
                    };
                    if m.is_open() {
                        b.map.set_open();
                    }
                    for e in m.iter() {
                        match b.map.position(&e.key) {
                            Some(i) if b.written.get(i).copied().unwrap_or(false) => {}
                            Some(_) => {
                                b.map.insert(e.key.clone(), e.key_origin, e.value.clone());
                            }
                            None => {
                                b.map.insert(e.key.clone(), e.key_origin, e.value.clone());
                                b.written.push(false);
                            }
                        }
                    }
                }
                Member::If { condition, then, otherwise, .. } => {
                    let branch = if self.truth(f, *condition)? { then } else { otherwise };
                    self.members(f, branch, b)?;
                }
                Member::For { binders, source, filter, members, .. } => {
                    b.map.set_open();
                    for round in self.rounds(f, *source, binders.len())? {
                        self.begin(f, binders, round);
                        if match filter {
                            Some(c) => self.truth(f, *c)?,
                            None => true,
                        } {
                            self.members(f, members, b)?;
                        }
                    }
                }
                Member::Let { local, ty, value } => self.bind(f, *local, *ty, *value)?,
                Member::Remove { range, .. } => {
                    let d = Diagnostic::new(codes::J0604, "`remove` stands in a `patch` only").primary(range.in_file(f.module.file), "");
                    self.sink.push(d);
                    return Err(Stop::Unknown);
                }
            }
        }
        Ok(())
    }

    /// The name of a key, and whether it was computed.
    pub(super) fn key(&mut self, f: &mut Frame<'a>, key: &'a Key) -> Result<(EcoString, bool), Stop> {
        match key {
            Key::Name(n) => Ok((n.clone(), false)),
            Key::Computed(e) => {
                let v = self.present(f, *e)?;
                match v.data {
                    Data::String(s) => Ok((s, true)),
                    _ => Err(self.mistake(f, *e, codes::J0303, format!("a key must be a string, not {}", v.kind_name()))),
                }
            }
        }
    }

    fn put(&mut self, f: &Frame<'a>, b: &mut Building, name: EcoString, range: Range, v: Value) -> Result<(), Stop> {
        match b.map.position(&name) {
            Some(i) if b.written.get(i).copied().unwrap_or(false) => {
                let entry = b.map.entry(&name);
                if entry.is_some_and(|e| !order::equal(&e.value, &v)) {
                    let first = entry.map(|e| self.origins.span(e.key_origin)).unwrap_or_default();
                    let at = range.in_file(f.module.file);
                    let mut d = self.blame(codes::J0906, format!("the key `{name}` comes twice, with different values"), v.origin, at);
                    if first != at {
                        d = d.secondary(first, "first given here");
                    }
                    self.sink.push(d);
                    return Err(Stop::Unknown);
                }
            }
            there => {
                let origin = self.literal(f, range);
                b.map.insert(name, origin, v);
                match there.and_then(|i| b.written.get_mut(i)) {
                    Some(w) => *w = true,
                    None => b.written.push(true),
                }
            }
        }
        Ok(())
    }

    /// A list literal.
    pub(super) fn list_literal(&mut self, f: &mut Frame<'a>, id: ExprId, items: &'a [ListItem]) -> Result<Value, Stop> {
        let mut out = Vec::with_capacity(items.len());
        for item in items {
            self.list_item(f, id, item, &mut out)?;
        }
        let origin = self.literal(f, f.module.range(id));
        self.list(f, id, out, origin)
    }

    fn list_item(&mut self, f: &mut Frame<'a>, id: ExprId, item: &'a ListItem, out: &mut Vec<Value>) -> Result<(), Stop> {
        if out.len() > MAX_LIST {
            return Err(self.exhausted(f, id, "makes a list of more than 100,000 elements"));
        }
        match item {
            ListItem::Value(e) => {
                let v = self.present(f, *e)?;
                out.push(v);
            }
            ListItem::Spread(e) => {
                let v = self.present(f, *e)?;
                let Data::List(l) = &v.data else {
                    return Err(self.mistake(f, *e, codes::J0303, format!("only a list can be spread here, not {}", v.kind_name())));
                };
                self.work(f, id, l.items.len())?;
                out.extend(l.items.iter().cloned());
            }
            ListItem::If { condition, item } => {
                if self.truth(f, *condition)? {
                    self.list_item(f, id, item, out)?;
                }
            }
            ListItem::For { binders, source, item } => {
                for round in self.rounds(f, *source, binders.len())? {
                    self.begin(f, binders, round);
                    self.list_item(f, id, item, out)?;
                }
            }
        }
        Ok(())
    }

    /// What a loop over the source goes through: a list in order, a map by its keys.
    pub(super) fn rounds(&mut self, f: &mut Frame<'a>, source: ExprId, binders: usize) -> Result<Vec<Round>, Stop> {
        let located = self.locate(f, source)?;
        if let Some(place) = located.place {
            self.stage.read_keys(place);
        }
        let Some(v) = located.value else {
            return Err(self.mistake(f, source, codes::J0401, "this is absent here"));
        };
        match &v.data {
            Data::List(l) => {
                self.work(f, source, l.items.len())?;
                if !l.items.is_empty() {
                    self.took(f.id, source, super::Way::Loop);
                }
                let mut rounds = Vec::with_capacity(l.items.len());
                for (i, item) in l.items.iter().enumerate() {
                    let place = located.place.map(|p| self.stage.element(p, l, i));
                    rounds.push(match binders {
                        2 => Round { first: Value::with(Data::Int(i as i64), item.origin), second: Some(item.clone()), place },
                        _ => Round { first: item.clone(), second: None, place },
                    });
                }
                Ok(rounds)
            }
            Data::Map(m) => {
                self.work(f, source, m.len())?;
                if !m.is_empty() {
                    self.took(f.id, source, super::Way::Loop);
                }
                let mut rounds = Vec::with_capacity(m.len());
                for e in m.sorted() {
                    let place = located.place.map(|p| self.stage.field(p, &e.key));
                    rounds.push(Round { first: Value::string(e.key.clone(), e.key_origin), second: Some(e.value.clone()), place });
                }
                Ok(rounds)
            }
            _ => Err(self.mistake(f, source, codes::J0303, format!("a loop goes over a list or a map, not {}", v.kind_name()))),
        }
    }

    /// Binds the names of a loop for one round.
    pub(super) fn begin(&mut self, f: &mut Frame<'a>, binders: &[LocalId], round: Round) {
        match (binders, round.second) {
            ([a], None) => f.set(*a, Some(round.first), round.place),
            ([a], Some(second)) => f.set(*a, Some(second), round.place),
            ([a, b, ..], second) => {
                f.set(*a, Some(round.first), None);
                f.set(*b, second, round.place);
            }
            ([], _) => {}
        }
    }

    /// A `let`: another name of a place when it is bound to one.
    pub(super) fn bind(&mut self, f: &mut Frame<'a>, local: LocalId, ty: Option<TypeExprId>, value: ExprId) -> Result<(), Stop> {
        let located = self.locate(f, value)?;
        let v = match (located.value, ty) {
            (Some(v), Some(ty)) if located.place.is_none() && is_literal(f.module.expr(value)) => Some(self.fit(f, v, ty)),
            (v, _) => v,
        };
        if let (Some(v), None) = (&v, located.place) {
            self.bound(f, value, v)?;
        }
        f.set(local, v, located.place);
        Ok(())
    }

    /// The value and place of a local, an error that was reported otherwise.
    pub(super) fn local(&self, f: &Frame<'a>, local: LocalId) -> Result<(Option<Value>, Option<PlaceId>), Stop> {
        match f.get(local) {
            Slot::Unset => Err(Stop::Unknown),
            Slot::Set(v, p) => Ok((v.clone(), *p)),
        }
    }
}

/// Whether an expression is a record or list literal, or chooses among some.
pub(super) fn is_literal(e: &Expr) -> bool {
    matches!(e, Expr::Record(_) | Expr::List(_) | Expr::If { .. } | Expr::Match { .. } | Expr::Binary { .. })
}
