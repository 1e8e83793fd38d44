//! The order in which parameters are read: defaults that use other parameters come after these.

use std::sync::Arc;

use ecow::EcoString;

use super::resolve::Types;
use super::ty::{Field, Presence, Record, Ty, Type};
use crate::hir::{Expr, ExprId, Module};

/// How deep types and expressions are searched for uses of parameters.
const DEPTH: u32 = 24;

impl Types {
    /// The indexes of the fields of the top-level parameters in order of need; in a circle, which the checker reports, as they stand.
    pub(super) fn reading_order(&self, record: &Record) -> Vec<usize> {
        record.order.0.get_or_init(|| Arc::from(self.order(record))).to_vec()
    }

    /// A parameter whose default needs itself, directly or through the defaults of others.
    pub(super) fn default_circle<'r>(&self, record: &'r Record) -> Option<&'r Field> {
        let needs = self.needs(record);
        let names: Vec<&EcoString> = record.fields.iter().map(|f| &f.name).collect();
        record
            .fields
            .iter()
            .enumerate()
            .find(|(i, f)| {
                let mut seen: Vec<usize> = Vec::new();
                let mut todo = vec![*i];
                while let Some(at) = todo.pop() {
                    for name in needs.get(at).into_iter().flatten() {
                        if *name == f.name {
                            return true;
                        }
                        if let Some(next) = names.iter().position(|n| *n == name)
                            && !seen.contains(&next)
                        {
                            seen.push(next);
                            todo.push(next);
                        }
                    }
                }
                false
            })
            .map(|(_, f)| f)
    }

    /// For each field the parameters that its defaults use.
    fn needs(&self, record: &Record) -> Vec<Vec<EcoString>> {
        let of = |f: &Field| {
            let mut used = Vec::new();
            if let Presence::Default(m, e) = f.presence {
                parameters_used(self.program.module(m), e, &mut used, 0);
            }
            self.in_type(&f.ty, &mut used, 0);
            used
        };
        record.fields.iter().map(of).collect()
    }

    fn order(&self, record: &Record) -> Vec<usize> {
        let needs = self.needs(record);
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
    expr.each_child(&mut |child| parameters_used(module, child, used, depth + 1));
}
