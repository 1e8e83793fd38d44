//! The tree of an expression; macros are nodes of their own.

use ecow::EcoString;

/// An expression and its byte offset in the text.
#[derive(Clone, Debug)]
pub struct Expr {
    pub kind: ExprKind,
    pub offset: usize,
    /// How many expressions lie within each other here, at most [`MAX_HEIGHT`].
    height: u16,
}

/// Every walk goes down this far by recursion.
pub const MAX_HEIGHT: u16 = 180;

impl Expr {
    /// An expression; `None` when it would nest too deeply.
    pub fn new(kind: ExprKind, offset: usize) -> Option<Self> {
        let mut below = 0;
        kind.parts(&mut |e| below = below.max(e.height));
        (below < MAX_HEIGHT).then_some(Self { kind, offset, height: below + 1 })
    }
}

impl ExprKind {
    /// Calls `f` on the expressions directly in it.
    pub fn parts<'e>(&'e self, f: &mut dyn FnMut(&'e Expr)) {
        match self {
            ExprKind::Literal(_) | ExprKind::Ident(_) => {}
            ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } => f(operand),
            ExprKind::Index { operand, index, .. } => [operand, index].into_iter().for_each(|e| f(e)),
            ExprKind::Call { target, args, .. } => target.iter().map(|t| &**t).chain(args).for_each(f),
            ExprKind::List(items) => items.iter().for_each(|(_, e)| f(e)),
            ExprKind::Map(entries) => entries.iter().flat_map(|(_, k, v)| [k, v]).for_each(f),
            ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Binary(_, a, b) => [a, b].into_iter().for_each(|e| f(e)),
            ExprKind::Not(a) | ExprKind::Neg(a) => f(a),
            ExprKind::Ternary(a, b, c) => [a, b, c].into_iter().for_each(|e| f(e)),
            ExprKind::Comprehension(c) => [Some(&c.range), c.filter.as_ref(), Some(&c.body)].into_iter().flatten().for_each(f),
            ExprKind::OptMap { target, body, .. } => [target, body].into_iter().for_each(|e| f(e)),
        }
    }
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
