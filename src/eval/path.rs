//! Paths: `parameters.a.b`, `xs[k]`, `outputs.x`; what they read is recorded when it belongs to an object.

use ecow::EcoString;

use super::machine::{Frame, Machine, Outcome, Seen, Slot, Stop};
use super::patch::{self, PlaceId};
use crate::diagnostics::codes;
use crate::hir::{Expr, ExprId};
use crate::value::{Data, List, Map, Origin, Value};

/// A value and, when it is part of an object of the component, its place.
pub(super) struct Located {
    pub value: Option<Value>,
    pub place: Option<PlaceId>,
}

impl<'a> Machine<'a, '_> {
    /// The value of a path, its read recorded.
    pub(super) fn path_value(&mut self, f: &mut Frame<'a>, id: ExprId) -> Outcome {
        if let Some(v) = peek(f, id, 0) {
            return Ok(v.cloned());
        }
        let located = self.locate_step(f, id)?;
        if let Some(place) = located.place {
            self.stage.read_value(place, located.value.as_ref());
        }
        Ok(located.value)
    }

    /// The value of an expression of which only the kind, or that it is there, matters.
    pub(super) fn eval_quiet(&mut self, f: &mut Frame<'a>, id: ExprId) -> Outcome {
        let located = self.locate(f, id)?;
        if let Some(place) = located.place {
            self.stage.read_presence(place);
        }
        Ok(located.value)
    }

    /// Whether a path is there.
    pub(super) fn has(&mut self, f: &mut Frame<'a>, id: ExprId) -> Result<bool, Stop> {
        Ok(self.eval_quiet(f, id)?.is_some())
    }

    /// The value of an expression and its place, nothing recorded for the place itself.
    pub(super) fn locate(&mut self, f: &mut Frame<'a>, id: ExprId) -> Result<Located, Stop> {
        match f.module.expr(id) {
            Expr::Local(_) | Expr::Parameters | Expr::Context | Expr::Target | Expr::Output | Expr::Outputs | Expr::Field { .. } | Expr::Index { .. } => {
                self.enter(f, id)?;
                let located = self.locate_step(f, id);
                self.leave();
                located
            }
            _ => Ok(Located { value: self.eval(f, id)?, place: None }),
        }
    }

    fn locate_step(&mut self, f: &mut Frame<'a>, id: ExprId) -> Result<Located, Stop> {
        let module = f.module;
        match module.expr(id) {
            Expr::Local(l) => {
                let (value, place) = self.local(f, *l)?;
                Ok(Located { value, place })
            }
            Expr::Parameters => match f.scope.as_ref().and_then(|s| s.parameters.clone()) {
                Some(p) => Ok(Located { value: Some(p), place: None }),
                None => Err(Stop::Unknown),
            },
            Expr::Context => Ok(Located { value: f.scope.as_ref().map(|s| s.context.clone()), place: None }),
            Expr::Target => self.seen(f, id, f.scope.as_ref().map_or(Seen::Nothing, |s| s.target)),
            Expr::Output => self.seen(f, id, f.scope.as_ref().map_or(Seen::Nothing, |s| s.output)),
            Expr::Outputs => {
                self.outputs_known(f, id)?;
                Ok(Located { value: Some(self.stage.outputs()), place: None })
            }
            Expr::Field { base, name, .. } => {
                if matches!(module.expr(*base), Expr::Outputs) && !patch::is_map_member(name) {
                    self.outputs_known(f, id)?;
                    return Ok(self.stage.output(name));
                }
                let b = self.locate(f, *base)?;
                self.field(f, id, b, name)
            }
            Expr::Index { base, index, .. } => {
                if matches!(module.expr(*base), Expr::Outputs) {
                    self.outputs_known(f, id)?;
                    let Some(key) = self.eval(f, *index)? else { return Ok(Located { value: None, place: None }) };
                    return Ok(key.as_str().map_or(Located { value: None, place: None }, |k| self.stage.output(k)));
                }
                let b = self.locate(f, *base)?;
                if b.value.is_none() && b.place.is_none() {
                    return Ok(b);
                }
                let key = self.present(f, *index)?;
                self.index(f, id, b, &key)
            }
            _ => Err(Stop::Unknown),
        }
    }

    fn outputs_known(&mut self, f: &Frame<'a>, id: ExprId) -> Result<(), Stop> {
        match &f.scope {
            Some(s) if s.output == Seen::Unknown => Err(Stop::Unknown),
            Some(s) if s.outputs => Ok(()),
            _ => Err(self.mistake(f, id, codes::J0201, "`outputs` is not in scope here")),
        }
    }

    pub(super) fn seen(&mut self, f: &Frame<'a>, id: ExprId, seen: Seen) -> Result<Located, Stop> {
        match seen {
            Seen::At(place) => Ok(Located { value: self.stage.value(place), place: Some(place) }),
            Seen::Unknown => Err(Stop::Unknown),
            Seen::Nothing => Err(self.mistake(f, id, codes::J0201, "this name is not in scope here")),
        }
    }

    /// `b.name`
    pub(super) fn field(&mut self, f: &Frame<'a>, id: ExprId, b: Located, name: &EcoString) -> Result<Located, Stop> {
        match &b.value {
            Some(Value { data: Data::Map(m), .. }) if !m.is_open() || !patch::is_map_member(name) => {
                let place = b.place.map(|p| self.stage.field(p, name));
                let value = m.get(name).cloned();
                Ok(match (value, place) {
                    (None, Some(place)) => Located { value: self.standing_in(place), place: Some(place) },
                    (value, place) => Located { value, place },
                })
            }
            Some(v) => {
                let value = self.property(f, id, v, name)?;
                if let Some(p) = b.place {
                    self.stage.read_keys(p);
                }
                Ok(Located { value: Some(value), place: None })
            }
            None => {
                let place = b.place.map(|p| self.stage.field(p, name));
                let value = place.and_then(|p| self.standing_in(p));
                Ok(Located { value, place })
            }
        }
    }

    /// What an object has although nobody wrote it: a name, labels, annotations (language reference §7.2).
    fn standing_in(&mut self, place: PlaceId) -> Option<Value> {
        match self.stage.metadata_field(place)? {
            patch::Metadata::Name { main: true } => Some(Value::string(self.name.0.clone(), self.name.1)),
            patch::Metadata::Name { main: false } => None,
            patch::Metadata::Map => {
                let mut empty = Map::new();
                empty.set_open();
                Some(Value::map(empty, Origin::UNKNOWN))
            }
        }
    }

    /// `.length`, `.isEmpty`, `.keys`, `.values`
    fn property(&mut self, f: &Frame<'a>, id: ExprId, v: &Value, name: &str) -> Result<Value, Stop> {
        let data = match (&v.data, name) {
            (Data::List(l), "length") => Data::Int(l.items.len() as i64),
            (Data::List(l), "isEmpty") => Data::Bool(l.items.is_empty()),
            (Data::Map(m), "length") => Data::Int(m.len() as i64),
            (Data::Map(m), "isEmpty") => Data::Bool(m.is_empty()),
            (Data::String(s), "length") => Data::Int(s.chars().count() as i64),
            (Data::Map(m), "keys") => {
                let items: Vec<Value> = m.sorted().into_iter().map(|e| Value::string(e.key.clone(), e.key_origin)).collect();
                return self.list(f, id, items, v.origin);
            }
            (Data::Map(m), "values") => {
                let items: Vec<Value> = m.sorted().into_iter().map(|e| e.value.clone()).collect();
                return self.list(f, id, items, v.origin);
            }
            _ => return Err(self.mistake(f, id, codes::J0301, format!("{} has no `{name}`", v.kind_name()))),
        };
        let origin = self.computed(f, id, [v.origin, Origin::UNKNOWN]);
        Ok(Value::with(data, origin))
    }

    /// `b[key]`
    pub(super) fn index(&mut self, f: &Frame<'a>, id: ExprId, b: Located, key: &Value) -> Result<Located, Stop> {
        match b.value.as_ref().map(|v| &v.data) {
            Some(Data::Map(m)) => match &key.data {
                Data::String(k) => {
                    let value = m.get(k).cloned();
                    Ok(Located { value, place: b.place.map(|p| self.stage.field(p, k)) })
                }
                _ => Err(self.mistake(f, id, codes::J0303, format!("a map is indexed by text, not by {}", key.kind_name()))),
            },
            Some(Data::List(l)) => {
                let at = position(l, key);
                let value = at.and_then(|i| l.items.get(i)).cloned();
                let place = b.place.map(|p| match at {
                    Some(i) => self.stage.element(p, l, i),
                    None => self.stage.keyed(p, l.keys.as_deref(), key),
                });
                Ok(Located { value, place })
            }
            None => Ok(Located { value: None, place: b.place.map(|p| self.stage.keyed(p, None, key)) }),
            Some(_) => Err(self.mistake(f, id, codes::J0303, "only lists and maps are indexed")),
        }
    }
}

/// The value of a path that begins at `parameters`, `context` or a local name and belongs to no object, without copying; `None` for everything else.
fn peek<'f>(f: &'f Frame<'_>, id: ExprId, depth: u32) -> Option<Option<&'f Value>> {
    if depth > 32 {
        return None;
    }
    match f.module.expr(id) {
        Expr::Parameters => Some(Some(f.scope.as_ref()?.parameters.as_ref()?)),
        Expr::Context => Some(Some(&f.scope.as_ref()?.context)),
        Expr::Local(l) => match f.get(*l) {
            Slot::Set(v, None) => Some(v.as_ref()),
            _ => None,
        },
        Expr::Field { base, name, .. } => match peek(f, *base, depth + 1)? {
            None => Some(None),
            Some(Value { data: Data::Map(m), .. }) if !m.is_open() || !patch::is_map_member(name) => Some(m.get(name)),
            Some(_) => None,
        },
        _ => None,
    }
}

/// The position of the element that a key means: by the list's keys, or a number.
pub(super) fn position(l: &List, key: &Value) -> Option<usize> {
    let Some(keys) = &l.keys else {
        return key.as_int().and_then(|i| usize::try_from(i).ok()).filter(|i| *i < l.items.len());
    };
    let number_is_key = matches!((&key.data, keys.as_ref()), (Data::Int(_), [only]) if l.items.iter().any(|v| matches!(v.get(only).map(|v| &v.data), Some(Data::Int(_)))));
    if let (Some(i), false) = (key.as_int(), number_is_key) {
        return usize::try_from(i).ok().filter(|i| *i < l.items.len());
    }
    let wanted = patch::key_of_index(keys, key)?;
    l.items.iter().position(|item| patch::key_of(keys, item).as_ref() == Some(&wanted))
}
