//! The order in which parameters are read: defaults that use other parameters come after these.

use std::sync::Arc;

use ecow::EcoString;

use super::resolve::Types;
use super::ty::{Presence, Record, Ty, Type};
use crate::hir::{Arg, Expr, ExprId, Key, ListItem, Member, Module, Part};

/// How deep types and expressions are searched for uses of parameters.
const DEPTH: u32 = 24;

impl Types {
    /// The indexes of the fields of the top-level parameters in order of need; in a circle, which the checker reports, as they stand.
    pub(super) fn reading_order(&self, record: &Record) -> Vec<usize> {
        record.order.0.get_or_init(|| Arc::from(self.order(record))).to_vec()
    }

    fn order(&self, record: &Record) -> Vec<usize> {
        let needs: Vec<Vec<EcoString>> = record
            .fields
            .iter()
            .map(|f| {
                let mut used = Vec::new();
                if let Presence::Default(m, e) = f.presence {
                    parameters_used(self.program.module(m), e, &mut used, 0);
                }
                self.in_type(&f.ty, &mut used, 0);
                used
            })
            .collect();
        let mut out: Vec<usize> = Vec::with_capacity(needs.len());
        let mut left: Vec<usize> = (0..needs.len()).collect();
        while !left.is_empty() {
            let ready: Vec<usize> = left
                .iter()
                .copied()
                .filter(|i| needs.get(*i).is_none_or(|n| !n.iter().any(|name| left.iter().any(|j| j != i && record.fields.get(*j).is_some_and(|f| f.name == *name)))))
                .collect();
            if ready.is_empty() {
                out.append(&mut left);
                break;
            }
            left.retain(|i| !ready.contains(i));
            out.extend(ready);
        }
        out
    }

    /// Parameters that the defaults inside a type use.
    fn in_type(&self, ty: &Ty, used: &mut Vec<EcoString>, depth: u32) {
        if depth > DEPTH {
            return;
        }
        match &**ty {
            Type::Record(r) => {
                for f in &r.fields {
                    if let Presence::Default(m, e) = f.presence {
                        parameters_used(self.program.module(m), e, used, 0);
                    }
                    self.in_type(&f.ty, used, depth + 1);
                }
            }
            Type::Union(u) => u.members.iter().for_each(|m| self.in_type(m, used, depth + 1)),
            Type::List(l) => self.in_type(&l.element, used, depth + 1),
            Type::Map(m) => self.in_type(&m.value, used, depth + 1),
            _ => {}
        }
    }
}

/// The fields of `parameters` that an expression reads.
pub(super) fn parameters_used(module: &Module, id: ExprId, used: &mut Vec<EcoString>, depth: u32) {
    if depth > DEPTH {
        return;
    }
    let expr = module.expr(id);
    if let Expr::Field { base, name, .. } = expr
        && matches!(module.expr(*base), Expr::Parameters)
    {
        used.push(name.clone());
    }
    for child in children(expr) {
        parameters_used(module, child, used, depth + 1);
    }
}

/// The expressions directly inside another.
pub(super) fn children(expr: &Expr) -> Vec<ExprId> {
    let mut out = Vec::new();
    match expr {
        Expr::Template(parts) => out.extend(parts.iter().filter_map(|p| if let Part::Hole(e) = p { Some(*e) } else { None })),
        Expr::Field { base, .. } => out.push(*base),
        Expr::Index { base, index, .. } => out.extend([*base, *index]),
        Expr::Call { callee, args } => {
            out.push(*callee);
            out.extend(args.iter().map(|a| match a {
                Arg::Value(e) => *e,
                Arg::Lambda { body, .. } => *body,
            }));
        }
        Expr::Unary { operand, .. } => out.push(*operand),
        Expr::Has(e) => out.push(*e),
        Expr::Binary { left, right, .. } => out.extend([*left, *right]),
        Expr::Is { value, .. } => out.push(*value),
        Expr::Cast { value, message, .. } => out.extend([*value, *message]),
        Expr::If { condition, then, otherwise } => {
            out.extend([*condition, *then]);
            out.extend(*otherwise);
        }
        Expr::Match { scrutinee, arms } => {
            out.push(*scrutinee);
            out.extend(arms.iter().map(|a| a.value));
        }
        Expr::List(items) => items.iter().for_each(|i| in_item(i, &mut out)),
        Expr::Record(members) => in_members(members, &mut out),
        Expr::Block { lets, result } => {
            out.extend(lets.iter().map(|(_, _, e)| *e));
            out.push(*result);
        }
        _ => {}
    }
    out
}

fn in_item(item: &ListItem, out: &mut Vec<ExprId>) {
    match item {
        ListItem::Value(e) | ListItem::Spread(e) => out.push(*e),
        ListItem::If { condition, item } => {
            out.push(*condition);
            in_item(item, out);
        }
        ListItem::For { source, item, .. } => {
            out.push(*source);
            in_item(item, out);
        }
    }
}

/// The expressions in members of records and patches.
pub(super) fn in_members(members: &[Member], out: &mut Vec<ExprId>) {
    for m in members {
        match m {
            Member::Field { key, at, value, .. } => {
                if let Key::Computed(e) = key {
                    out.push(*e);
                }
                out.extend(*at);
                out.push(*value);
            }
            Member::Spread { value, .. } => out.push(*value),
            Member::If { condition, then, otherwise, .. } => {
                out.push(*condition);
                in_members(then, out);
                in_members(otherwise, out);
            }
            Member::For { source, filter, members, .. } => {
                out.push(*source);
                out.extend(*filter);
                in_members(members, out);
            }
            Member::Let { value, .. } => out.push(*value),
            Member::Remove { key, at, .. } => {
                if let Key::Computed(e) = key {
                    out.push(*e);
                }
                out.extend(*at);
            }
        }
    }
}
