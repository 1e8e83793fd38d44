//! Methods of lists, maps and records.

use std::sync::Arc;

use super::Returned;
use crate::diagnostics::codes;
use crate::eval::expr::push_text;
use crate::eval::machine::{Frame, Machine, Stop};
use crate::eval::order;
use crate::hir::{Arg, Expr, ExprId};
use crate::value::{Data, List, Map, Value};

impl<'a> Machine<'a, '_> {
    pub(super) fn list_method(&mut self, f: &mut Frame<'a>, id: ExprId, subject: &Value, l: &Arc<List>, name: &str, args: &'a [Arg]) -> Result<Option<Returned>, Stop> {
        self.work(f, id, l.items.len())?;
        let value = match name {
            "map" => {
                let mut out = Vec::with_capacity(l.items.len());
                for item in &l.items {
                    out.push(self.apply_present(f, id, args, item)?);
                }
                self.list(f, id, out, subject.origin)?
            }
            "filter" => {
                let mut out = Vec::with_capacity(l.items.len());
                for item in &l.items {
                    if self.apply_test(f, id, args, item)? {
                        out.push(item.clone());
                    }
                }
                Value::with(Data::List(Arc::new(List { items: out, keys: l.keys.clone() })), subject.origin)
            }
            "any" | "all" => {
                let wanted = name == "any";
                let mut result = !wanted;
                for item in &l.items {
                    if self.apply_test(f, id, args, item)? == wanted {
                        result = wanted;
                        break;
                    }
                }
                self.bool_of(f, id, result, subject.origin)
            }
            "find" => {
                for item in &l.items {
                    if self.apply_test(f, id, args, item)? {
                        return Ok(Some(Returned(Some(item.clone()))));
                    }
                }
                return Ok(Some(Returned(None)));
            }
            "contains" => {
                let wanted = self.value_argument(f, id, args, 0)?;
                let there = l.items.iter().any(|i| order::equal(i, &wanted));
                self.bool_of(f, id, there, subject.origin)
            }
            "distinct" => {
                let mut out: Vec<Value> = Vec::with_capacity(l.items.len());
                for item in &l.items {
                    self.work(f, id, out.len())?;
                    if !out.iter().any(|o| order::equal(o, item)) {
                        out.push(item.clone());
                    }
                }
                Value::with(Data::List(Arc::new(List { items: out, keys: l.keys.clone() })), subject.origin)
            }
            "distinctBy" => self.distinct_by(f, id, subject, l, args)?,
            "sortBy" => {
                let mut keyed = Vec::with_capacity(l.items.len());
                for item in &l.items {
                    keyed.push((self.apply_present(f, id, args, item)?, item.clone()));
                }
                keyed.sort_by(|a, b| order::sort_order(&a.0.data, &b.0.data));
                let items = keyed.into_iter().map(|k| k.1).collect();
                Value::with(Data::List(Arc::new(List { items, keys: l.keys.clone() })), subject.origin)
            }
            "join" => {
                let separator = self.text_argument(f, id, args, 0)?;
                let mut out = String::new();
                for (i, item) in l.items.iter().enumerate() {
                    if i > 0 {
                        out.push_str(&separator);
                    }
                    if !push_text(&mut out, &item.data) {
                        return Err(self.mistake(f, id, codes::J0303, format!("`join` cannot write {}", item.kind_name())));
                    }
                    if out.len() > crate::eval::budget::MAX_STRING {
                        break;
                    }
                }
                let origin = self.computed(f, id, [subject.origin, crate::value::Origin::UNKNOWN]);
                self.text(f, id, out, origin)?
            }
            _ => return Ok(None),
        };
        Ok(Some(Returned(Some(value))))
    }

    fn distinct_by(&mut self, f: &mut Frame<'a>, id: ExprId, subject: &Value, l: &Arc<List>, args: &'a [Arg]) -> Result<Value, Stop> {
        let mut seen: Vec<Value> = Vec::with_capacity(l.items.len());
        let mut out: Vec<Value> = Vec::with_capacity(l.items.len());
        for item in &l.items {
            let key = self.apply_present(f, id, args, item)?;
            self.work(f, id, seen.len())?;
            if !seen.iter().any(|s| order::equal(s, &key)) {
                seen.push(key);
                out.push(item.clone());
            }
        }
        // `distinctBy(x => x.k)` makes a list that is keyed by `k`.
        let keys = match args.first() {
            Some(Arg::Lambda { parameters, body, .. }) => match f.module.expr(*body) {
                Expr::Field { base, name, .. } if matches!((f.module.expr(*base), parameters.as_slice()), (Expr::Local(l), [p]) if l == p) => Some(Arc::from([name.clone()])),
                _ => None,
            },
            _ => None,
        };
        Ok(Value::with(Data::List(Arc::new(List { items: out, keys: keys.or_else(|| l.keys.clone()) })), subject.origin))
    }

    /// A lambda's result for one argument.
    fn apply_lambda(&mut self, f: &mut Frame<'a>, id: ExprId, args: &'a [Arg], item: &Value) -> Result<Option<Value>, Stop> {
        let Some(Arg::Lambda { parameters, body, .. }) = args.first() else {
            return Err(self.mistake(f, id, codes::J0303, "this method takes a lambda"));
        };
        if let Some(p) = parameters.first() {
            f.set(*p, Some(item.clone()), None);
        }
        self.eval(f, *body)
    }

    fn apply_present(&mut self, f: &mut Frame<'a>, id: ExprId, args: &'a [Arg], item: &Value) -> Result<Value, Stop> {
        match self.apply_lambda(f, id, args, item)? {
            Some(v) => Ok(v),
            None => Err(self.mistake(f, id, codes::J0401, "the lambda's result is absent here")),
        }
    }

    fn apply_test(&mut self, f: &mut Frame<'a>, id: ExprId, args: &'a [Arg], item: &Value) -> Result<bool, Stop> {
        match self.apply_lambda(f, id, args, item)?.and_then(|v| v.as_bool()) {
            Some(b) => Ok(b),
            None => Err(self.mistake(f, id, codes::J0303, "the lambda must give a boolean")),
        }
    }

    pub(super) fn map_method(&mut self, f: &mut Frame<'a>, id: ExprId, subject: &Value, m: &Arc<Map>, name: &str, args: &'a [Arg]) -> Result<Option<Returned>, Stop> {
        match name {
            "contains" => {
                let key = self.text_argument(f, id, args, 0)?;
                Ok(Some(Returned(Some(self.bool_of(f, id, m.contains(&key), subject.origin)))))
            }
            "without" => {
                let mut rest = Map::clone(m);
                for i in 0..args.len() {
                    let field = self.text_argument(f, id, args, i)?;
                    rest.remove(&field);
                }
                Ok(Some(Returned(Some(Value::map(rest, subject.origin)))))
            }
            _ => Ok(None),
        }
    }
}
