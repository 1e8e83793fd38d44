//! The direct parts of expressions and types, for passes that go over all of them.

use super::{Arg, Expr, ExprId, Key, ListItem, Member, Part, Pattern, PatternKind, RecordTypeMember, TypeExpr, TypeExprId};

impl Expr {
    /// Calls `f` with each direct part, in the order of the text. Parts of an application literal are included.
    pub fn each_child(&self, f: &mut impl FnMut(ExprId)) {
        match self {
            Self::Missing | Self::Null | Self::Bool(_) | Self::Int(_) | Self::Number(_) | Self::String(_) | Self::Regex(_) => {}
            Self::Local(_) | Self::Global(_) | Self::Parameters | Self::Context | Self::Target | Self::Output | Self::Outputs => {}
            Self::Template(parts) => parts.iter().for_each(|p| {
                if let Part::Hole(e) = p {
                    f(*e);
                }
            }),
            Self::Field { base, .. } => f(*base),
            Self::Index { base, index, .. } => {
                f(*base);
                f(*index);
            }
            Self::Call { callee, args } => {
                f(*callee);
                for arg in args {
                    match arg {
                        Arg::Value(e) | Arg::Lambda { body: e, .. } => f(*e),
                    }
                }
            }
            Self::Unary { operand: e, .. } | Self::Has(e) | Self::Is { value: e, .. } => f(*e),
            Self::Binary { left, right, .. } => {
                f(*left);
                f(*right);
            }
            Self::Cast { value, message, .. } => {
                f(*value);
                f(*message);
            }
            Self::If { condition, then, otherwise } => {
                f(*condition);
                f(*then);
                otherwise.iter().for_each(|e| f(*e));
            }
            Self::Match { scrutinee, arms } => {
                f(*scrutinee);
                for arm in arms {
                    arm.pattern.each_literal(f);
                    f(arm.value);
                }
            }
            Self::List(items) => items.iter().for_each(|i| i.each_child(f)),
            Self::Record(members) => members.iter().for_each(|m| m.each_child(f)),
            Self::Block { lets, result } => {
                lets.iter().for_each(|(_, _, e)| f(*e));
                f(*result);
            }
            Self::Application(app) => {
                for unit in &app.units {
                    unit.properties.iter().for_each(|m| m.each_child(f));
                    unit.traits.iter().for_each(|(_, e)| f(*e));
                }
                app.fields.iter().for_each(|m| m.each_child(f));
            }
        }
    }
}

impl Pattern {
    /// The literals in a pattern.
    pub fn each_literal(&self, f: &mut impl FnMut(ExprId)) {
        match &self.kind {
            PatternKind::Literal(e) => f(*e),
            PatternKind::Record(fields) => fields.iter().for_each(|p| p.pattern.each_literal(f)),
            PatternKind::Or(patterns) => patterns.iter().for_each(|p| p.each_literal(f)),
            PatternKind::Missing | PatternKind::Any | PatternKind::Absent | PatternKind::Type(_) | PatternKind::Bind(_) => {}
        }
    }
}

impl ListItem {
    /// The expressions of an element.
    pub fn each_child(&self, f: &mut impl FnMut(ExprId)) {
        match self {
            Self::Value(e) | Self::Spread(e) => f(*e),
            Self::If { condition, item } => {
                f(*condition);
                item.each_child(f);
            }
            Self::For { source, item, .. } => {
                f(*source);
                item.each_child(f);
            }
        }
    }
}

impl Key {
    fn each_child(&self, f: &mut impl FnMut(ExprId)) {
        if let Self::Computed(e) = self {
            f(*e);
        }
    }
}

impl Member {
    /// The expressions of a member, those of nested members included.
    pub fn each_child(&self, f: &mut impl FnMut(ExprId)) {
        match self {
            Self::Field { key, at, value, .. } => {
                key.each_child(f);
                at.iter().for_each(|e| f(*e));
                f(*value);
            }
            Self::Spread { value, .. } | Self::Let { value, .. } => f(*value),
            Self::If { condition, then, otherwise, .. } => {
                f(*condition);
                then.iter().chain(otherwise).for_each(|m| m.each_child(f));
            }
            Self::For { source, filter, members, .. } => {
                f(*source);
                filter.iter().for_each(|e| f(*e));
                members.iter().for_each(|m| m.each_child(f));
            }
            Self::Remove { key, at, .. } => {
                key.each_child(f);
                at.iter().for_each(|e| f(*e));
            }
        }
    }
}

impl TypeExpr {
    /// Calls `f` with each direct part that is a type.
    pub fn each_child(&self, f: &mut impl FnMut(TypeExprId)) {
        match self {
            Self::Missing | Self::Literal(_) => {}
            Self::Name { arguments, .. } => arguments.iter().for_each(|t| f(*t)),
            Self::List { element, .. } => f(*element),
            Self::Record(members) => {
                for member in members {
                    match member {
                        RecordTypeMember::Field { ty, .. } | RecordTypeMember::Spread { ty, .. } => f(*ty),
                        RecordTypeMember::Map { key, value, .. } => {
                            f(*key);
                            f(*value);
                        }
                    }
                }
            }
            Self::Union(members) => members.iter().for_each(|t| f(*t)),
            Self::Refined { base, .. } | Self::Field { base, .. } | Self::Element(base) => f(*base),
        }
    }
}
