//! Expressions: the dispatcher, templates, operators, casts.

use ecow::EcoString;

use super::machine::{Frame, Machine, Outcome, Stop};
use super::number::{self, Trouble};
use super::{Way, order};
use crate::diagnostics::codes;
use crate::hir::{BinaryOp, Expr, ExprId, ListItem, Member, Part, UnaryOp};
use crate::value::{Data, Number, Origin, Value};

impl<'a> Machine<'a, '_> {
    /// The value of an expression, or absence.
    pub(super) fn eval(&mut self, f: &mut Frame<'a>, id: ExprId) -> Outcome {
        self.enter(f, id)?;
        let result = self.dispatch(f, id);
        self.leave();
        result
    }

    /// The value of an expression that must be there: J0401 otherwise.
    pub(super) fn present(&mut self, f: &mut Frame<'a>, id: ExprId) -> Result<Value, Stop> {
        match self.eval(f, id)? {
            Some(v) => Ok(v),
            None => Err(self.mistake(f, id, codes::J0401, "this is absent here")),
        }
    }

    /// The truth of a condition.
    pub(super) fn truth(&mut self, f: &mut Frame<'a>, id: ExprId) -> Result<bool, Stop> {
        match self.eval(f, id)?.map(|v| v.data) {
            Some(Data::Bool(b)) => {
                self.took(f.id, id, Way::Condition(b));
                Ok(b)
            }
            Some(_) => Err(self.mistake(f, id, codes::J0303, "a condition must be a boolean")),
            None => Err(self.mistake(f, id, codes::J0401, "this condition is absent here")),
        }
    }

    fn dispatch(&mut self, f: &mut Frame<'a>, id: ExprId) -> Outcome {
        let module = f.module;
        let value = match module.expr(id) {
            Expr::Missing | Expr::Regex(_) => return Err(Stop::Unknown),
            Expr::Null => Value::with(Data::Null, self.literal(f, module.range(id))),
            Expr::Bool(b) => Value::with(Data::Bool(*b), self.literal(f, module.range(id))),
            Expr::Int(i) => Value::with(Data::Int(*i), self.literal(f, module.range(id))),
            Expr::Number(text) => {
                let data = self.decimal_literal(f, id, text)?;
                Value::with(data, self.literal(f, module.range(id)))
            }
            Expr::String(s) => Value::string(s.clone(), self.literal(f, module.range(id))),
            Expr::Template(parts) => self.template(f, id, parts)?,
            Expr::Local(_) | Expr::Parameters | Expr::Context | Expr::Target | Expr::Output | Expr::Outputs | Expr::Field { .. } | Expr::Index { .. } => {
                return self.path_value(f, id);
            }
            Expr::Global(name) => return self.global(f, id, *name),
            Expr::Call { callee, args } => return self.call(f, id, *callee, args),
            Expr::Unary { op, operand } => self.unary(f, id, *op, *operand)?,
            Expr::Has(path) => {
                let there = self.has(f, *path)?;
                let origin = self.computed(f, id, [Origin::UNKNOWN; 2]);
                Value::with(Data::Bool(there), origin)
            }
            Expr::Binary { op: BinaryOp::Otherwise, left, right, .. } => {
                let first = self.eval(f, *left)?;
                self.took(f.id, id, Way::Present(first.is_some()));
                return if first.is_some() { Ok(first) } else { self.eval(f, *right) };
            }
            Expr::Binary { op, left, right, .. } => self.binary(f, id, *op, *left, *right)?,
            Expr::Is { value, ty } => {
                let there = match self.eval_quiet(f, *value)? {
                    Some(v) => self.is_type(f, &v, ty)?,
                    None => false,
                };
                let origin = self.computed(f, id, [Origin::UNKNOWN; 2]);
                Value::with(Data::Bool(there), origin)
            }
            Expr::Cast { value, ty, message } => return self.cast(f, id, *value, *ty, *message),
            Expr::If { condition, then, otherwise } => {
                return match (self.truth(f, *condition)?, otherwise) {
                    (true, _) => self.eval(f, *then),
                    (false, Some(e)) => self.eval(f, *e),
                    (false, None) => Ok(None),
                };
            }
            Expr::Match { scrutinee, arms } => return self.match_value(f, id, *scrutinee, arms, false),
            Expr::List(items) => self.list_literal(f, id, items)?,
            Expr::Record(members) => self.record_literal(f, id, members)?,
            Expr::Block { lets, result } => {
                for (local, ty, value) in lets {
                    self.bind(f, *local, *ty, *value)?;
                }
                return self.eval(f, *result);
            }
            Expr::Application(app) => return self.application(f, id, app),
        };
        Ok(Some(value))
    }

    fn decimal_literal(&mut self, f: &Frame<'a>, id: ExprId, text: &EcoString) -> Result<Data, Stop> {
        let literal = Data::Number(Number::new(text.clone()));
        match number::decimal(&literal).and_then(|d| number::rounded(&d)) {
            Ok(d) => Ok(d),
            Err(_) => Err(self.mistake(f, id, codes::J0911, "this number is beyond 10^±6144")),
        }
    }

    fn template(&mut self, f: &mut Frame<'a>, id: ExprId, parts: &'a [Part]) -> Result<Value, Stop> {
        let mut out = String::new();
        let mut parents = [Origin::UNKNOWN; 2];
        for part in parts {
            match part {
                Part::Text(t) => out.push_str(t),
                Part::Hole(e) => {
                    let v = self.present(f, *e)?;
                    if !push_text(&mut out, &v.data) {
                        return Err(self.mistake(f, *e, codes::J0303, format!("a template cannot hold {}", v.kind_name())));
                    }
                    self.adopt(&mut parents, v.origin);
                }
            }
        }
        let origin = self.computed(f, id, parents);
        self.text(f, id, out, origin)
    }

    /// Adds a parent to the two that a node has; more are chained.
    pub(super) fn adopt(&mut self, parents: &mut [Origin; 2], origin: Origin) {
        match parents {
            [a, _] if *a == Origin::UNKNOWN => *a = origin,
            [_, b] if *b == Origin::UNKNOWN => *b = origin,
            [_, b] => *b = self.origins.add(self.origins.span(origin), crate::value::OriginKind::Joined, [*b, origin]),
        }
    }

    fn unary(&mut self, f: &mut Frame<'a>, id: ExprId, op: UnaryOp, operand: ExprId) -> Result<Value, Stop> {
        match op {
            UnaryOp::Not => {
                let b = self.truth(f, operand)?;
                let origin = self.computed(f, id, [Origin::UNKNOWN; 2]);
                Ok(Value::with(Data::Bool(!b), origin))
            }
            UnaryOp::Negate => {
                let v = self.present(f, operand)?;
                let data = number::negate(&v.data).map_err(|t| self.trouble(f, id, t))?;
                let origin = self.computed(f, id, [v.origin, Origin::UNKNOWN]);
                Ok(Value::with(data, origin))
            }
        }
    }

    fn trouble(&mut self, f: &Frame<'a>, id: ExprId, t: Trouble) -> Stop {
        match t {
            Trouble::Kind => self.mistake(f, id, codes::J0316, "arithmetic takes numbers"),
            Trouble::Range => self.mistake(f, id, codes::J0911, "this number is beyond 10^±6144"),
        }
    }

    fn binary(&mut self, f: &mut Frame<'a>, id: ExprId, op: BinaryOp, left: ExprId, right: ExprId) -> Result<Value, Stop> {
        let (data, parents) = match op {
            BinaryOp::And | BinaryOp::Or => {
                let stop_at = op == BinaryOp::Or;
                let first = self.truth(f, left)?;
                let b = if first == stop_at { stop_at } else { self.truth(f, right)? };
                (Data::Bool(b), [Origin::UNKNOWN; 2])
            }
            BinaryOp::Equal | BinaryOp::NotEqual => {
                let (a, b) = (self.eval(f, left)?, self.eval(f, right)?);
                let same = matches!((&a, &b), (Some(a), Some(b)) if order::equal(a, b));
                let parents = [a.map_or(Origin::UNKNOWN, |v| v.origin), b.map_or(Origin::UNKNOWN, |v| v.origin)];
                (Data::Bool(same == (op == BinaryOp::Equal)), parents)
            }
            _ => {
                let (a, b) = (self.present(f, left)?, self.present(f, right)?);
                let data = match op {
                    BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply => number::arithmetic(op, &a.data, &b.data).map_err(|t| self.trouble(f, id, t))?,
                    _ => match order::compare(&a.data, &b.data) {
                        Some(o) => Data::Bool(match op {
                            BinaryOp::Less => o.is_lt(),
                            BinaryOp::LessEqual => o.is_le(),
                            BinaryOp::Greater => o.is_gt(),
                            _ => o.is_ge(),
                        }),
                        None => return Err(self.mistake(f, id, codes::J0316, format!("{} and {} have no order", a.kind_name(), b.kind_name()))),
                    },
                };
                (data, [a.origin, b.origin])
            }
        };
        let origin = self.computed(f, id, parents);
        Ok(Value::with(data, origin))
    }

    /// A value that counts as absent when it is an empty literal whose members are all optional (language reference §9).
    pub(super) fn eval_optional(&mut self, f: &mut Frame<'a>, id: ExprId) -> Outcome {
        let module = f.module;
        match module.expr(id) {
            Expr::Record(members) if may_come_out_empty(members) => Ok(self.eval(f, id)?.filter(|v| v.as_map().is_none_or(|m| !m.is_empty()))),
            Expr::List(items) if items_may_come_out_empty(items) => Ok(self.eval(f, id)?.filter(|v| v.as_list().is_none_or(|l| !l.is_empty()))),
            Expr::If { condition, then, otherwise } => match (self.truth(f, *condition)?, otherwise) {
                (true, _) => self.eval_optional(f, *then),
                (false, Some(e)) => self.eval_optional(f, *e),
                (false, None) => Ok(None),
            },
            Expr::Match { scrutinee, arms } => self.match_value(f, id, *scrutinee, arms, true),
            _ => self.eval(f, id),
        }
    }
}

/// Whether a record literal has members, all of them optional.
pub(super) fn may_come_out_empty(members: &[Member]) -> bool {
    !members.is_empty()
        && members.iter().all(|m| match m {
            Member::Field { optional, .. } => *optional,
            Member::Spread { .. } | Member::If { .. } | Member::For { .. } | Member::Let { .. } => true,
            Member::Remove { .. } => false,
        })
}

fn items_may_come_out_empty(items: &[ListItem]) -> bool {
    !items.is_empty() && items.iter().all(|i| !matches!(i, ListItem::Value(_)))
}

/// Writes a scalar as templates and `join` do; `false` for what they cannot hold.
pub(super) fn push_text(out: &mut String, data: &Data) -> bool {
    use std::fmt::Write;
    match data {
        Data::String(s) => out.push_str(s),
        Data::Int(i) => return write!(out, "{i}").is_ok(),
        Data::Number(n) => out.push_str(&n.text),
        Data::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Data::Null | Data::List(_) | Data::Map(_) => return false,
    }
    true
}
