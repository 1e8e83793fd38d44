//! Expressions and patterns.

use ecow::EcoString;
use serde::{Deserialize, Serialize};

use super::module::{Application, TypeName};
use super::{ExprId, LocalId, NameId, TypeExprId};
use crate::base::Range;

/// An expression. Precedence is folded; parentheses are gone; every variant's range is in [`super::Module::expr_ranges`].
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Expr {
    /// Junk, or nothing where an expression must be: already reported, silent later.
    Missing,
    Null,
    Bool(bool),
    /// A literal without a point (octal ones converted).
    Int(i64),
    /// A literal with a point, or an integer beyond 64 bits: its decimal text without `_`.
    Number(EcoString),
    /// A string without holes.
    String(EcoString),
    /// A string with holes.
    Template(Vec<Part>),
    /// `/…/` without the slashes, `\/` replaced by `/`: only as argument of `matches`.
    Regex(EcoString),
    Local(LocalId),
    /// A name of the module, an import, or built in.
    Global(NameId),
    /// `parameters`, and the like: the names that definitions have in scope.
    Parameters,
    Context,
    Target,
    Output,
    Outputs,
    /// `x.f`, `x?.f`.
    Field {
        base: ExprId,
        name: EcoString,
        name_range: Range,
        optional: bool,
    },
    /// `x[k]`, `x?[k]`.
    Index {
        base: ExprId,
        index: ExprId,
        optional: bool,
    },
    /// `f(…)`, `x.m(…)` (then `callee` is a `Field`).
    Call {
        callee: ExprId,
        args: Vec<Arg>,
    },
    Unary {
        op: UnaryOp,
        operand: ExprId,
    },
    /// `has p`: steps inside may be written `.` although optional.
    Has(ExprId),
    Binary {
        op: BinaryOp,
        op_range: Range,
        left: ExprId,
        right: ExprId,
    },
    /// `e is T`.
    Is {
        value: ExprId,
        ty: TypeName,
    },
    /// `e as T else m`.
    Cast {
        value: ExprId,
        ty: TypeExprId,
        message: ExprId,
    },
    If {
        condition: ExprId,
        then: ExprId,
        otherwise: Option<ExprId>,
    },
    Match {
        scrutinee: ExprId,
        arms: Vec<MatchArm>,
    },
    List(Vec<ListItem>),
    Record(Vec<Member>),
    /// `{ let … e }` as a function's body.
    Block {
        lets: Vec<(LocalId, Option<TypeExprId>, ExprId)>,
        result: ExprId,
    },
    /// `application n { … }`, in tests only.
    Application(Box<Application>),
}

/// A piece of a template.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Part {
    Text(EcoString),
    Hole(ExprId),
}

/// An argument of a call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Arg {
    Value(ExprId),
    Lambda { parameters: Vec<LocalId>, body: ExprId, range: Range },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UnaryOp {
    Not,
    Negate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BinaryOp {
    Multiply,
    Add,
    Subtract,
    /// `??`
    Otherwise,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Equal,
    NotEqual,
    And,
    Or,
}

/// An arm of a `match` expression.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MatchArm {
    pub pattern: Pattern,
    pub value: ExprId,
}

/// A pattern with its range.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pattern {
    pub kind: PatternKind,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PatternKind {
    /// Junk: already reported.
    Missing,
    /// `_`: matches also what is absent.
    Any,
    Absent,
    /// A scalar literal: an `Expr` among Null, Bool, Int, Number, String.
    Literal(ExprId),
    /// A type or kind.
    Type(TypeName),
    /// Binds what is present.
    Bind(LocalId),
    Record(Vec<PatternField>),
    Or(Vec<Pattern>),
}

/// `f` (present, bound) or `f: p`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PatternField {
    pub name: EcoString,
    pub name_range: Range,
    /// `{ f }` is `{ f: f }` with a `Bind`.
    pub pattern: Pattern,
}

/// An element of a list literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ListItem {
    Value(ExprId),
    Spread(ExprId),
    /// `if c => e`
    If {
        condition: ExprId,
        item: Box<ListItem>,
    },
    /// `for x in xs … => e`; clauses nest outside in.
    For {
        binders: Vec<LocalId>,
        source: ExprId,
        item: Box<ListItem>,
    },
}

/// A member of a record literal or of a patch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Member {
    /// `k: e`, `k?: e`, `k := e`, `k[i]: e`, `[e]: v`, and the shorthand `x` (value is the name).
    Field {
        key: Key,
        key_range: Range,
        at: Option<ExprId>,
        optional: bool,
        assign: Assign,
        value: ExprId,
        range: Range,
    },
    Spread {
        value: ExprId,
        range: Range,
    },
    If {
        condition: ExprId,
        then: Vec<Member>,
        otherwise: Vec<Member>,
        range: Range,
    },
    For {
        binders: Vec<LocalId>,
        source: ExprId,
        filter: Option<ExprId>,
        members: Vec<Member>,
        range: Range,
    },
    Let {
        local: LocalId,
        ty: Option<TypeExprId>,
        value: ExprId,
    },
    /// `remove f`, `remove f[k]`
    Remove {
        key: Key,
        key_range: Range,
        at: Option<ExprId>,
        range: Range,
    },
}

/// The key of a member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Key {
    /// A word or a string without holes.
    Name(EcoString),
    /// A string with holes, or `[e]`.
    Computed(ExprId),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Assign {
    /// `:`
    Merge,
    /// `:=`
    Replace,
    /// `+=`
    Append,
    /// `-=`
    Take,
    /// `??=`
    Weak,
}
