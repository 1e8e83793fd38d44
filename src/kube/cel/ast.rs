//! The tree of an expression; macros are nodes of their own.

use ecow::EcoString;

/// An expression and its byte offset in the text.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub offset: usize,
}

/// A constant.
#[derive(Clone, Debug)]
pub enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Str(EcoString),
    Bytes(std::sync::Arc<[u8]>),
}

/// Operators of two operands that are evaluated both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    Eq,
    Ne,
    Lt,
    Le,
    Gt,
    Ge,
    In,
    Add,
    Sub,
    Mul,
    Div,
    Rem,
}

impl Binary {
    /// The sign.
    pub fn sign(self) -> &'static str {
        match self {
            Binary::Eq => "==",
            Binary::Ne => "!=",
            Binary::Lt => "<",
            Binary::Le => "<=",
            Binary::Gt => ">",
            Binary::Ge => ">=",
            Binary::In => "in",
            Binary::Add => "+",
            Binary::Sub => "-",
            Binary::Mul => "*",
            Binary::Div => "/",
            Binary::Rem => "%",
        }
    }
}

/// The macros that go over a list or a map.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fold {
    All,
    Exists,
    ExistsOne,
    Map,
    Filter,
    TransformList,
    TransformMap,
    TransformMapEntry,
    SortBy,
}

/// A macro over a list or a map: one variable (elements or keys) or two (index and element, key and value).
#[derive(Clone, Debug)]
pub struct Comprehension {
    pub fold: Fold,
    pub range: Expr,
    pub vars: Vec<EcoString>,
    /// The condition of `map` and of the transforms.
    pub filter: Option<Expr>,
    pub body: Expr,
}

/// What an expression is.
#[derive(Clone, Debug)]
pub enum ExprKind {
    Literal(Literal),
    Ident(EcoString),
    /// `a.b`; with `optional`, `a.?b`.
    Select {
        operand: Box<Expr>,
        field: EcoString,
        optional: bool,
    },
    /// `has(a.b)`.
    Has {
        operand: Box<Expr>,
        field: EcoString,
        optional: bool,
    },
    /// `a[b]`; with `optional`, `a[?b]`.
    Index {
        operand: Box<Expr>,
        index: Box<Expr>,
        optional: bool,
    },
    /// `f(a)`, `x.f(a)`; a function of a library (`sets.contains`) has its full name and no target.
    Call {
        name: EcoString,
        target: Option<Box<Expr>>,
        args: Vec<Expr>,
    },
    /// Elements; `true` where one is optional (`[?a]`).
    List(Vec<(bool, Expr)>),
    /// Entries; `true` where one is optional (`{?a: b}`).
    Map(Vec<(bool, Expr, Expr)>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Not(Box<Expr>),
    Neg(Box<Expr>),
    Ternary(Box<Expr>, Box<Expr>, Box<Expr>),
    Binary(Binary, Box<Expr>, Box<Expr>),
    Comprehension(Box<Comprehension>),
    /// `x.optMap(v, e)`; with `flat`, `optFlatMap`.
    OptMap {
        target: Box<Expr>,
        var: EcoString,
        body: Box<Expr>,
        flat: bool,
    },
}
