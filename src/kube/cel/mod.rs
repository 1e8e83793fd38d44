//! CEL as the API server evaluates it for `x-kubernetes-validations`: parser, type rules and libraries of Kubernetes 1.36, values typed by schemas.
//!
//! Written here instead of using the `cel` crate: rules see data through their schema (sets without order, keyed lists, formats as types, nulls as absent, integers
//! apart from doubles, errors inside data), `oldSelf` and optional types, the libraries of Kubernetes, Go's syntaxes and Go's error texts; the crate has none of
//! these and an own, owned data model. Mirrors `cel-go`, `k8s.io/apiserver/pkg/cel` and `apiextensions-apiserver/pkg/apiserver/schema/cel`.

mod ast;
mod error;
mod escape;
mod eval;
mod formats;
mod formatting;
mod functions;
mod lex;
mod lists;
mod parse;
mod quantity;
mod semver;
mod strings;
mod time;
mod url;
mod value;

use ecow::EcoString;

pub use ast::{Expr, ExprKind, Literal};
pub use error::{CompileError, ErrorKind, EvalError};
pub use escape::{escape, unescape};
pub use eval::STEPS_PER_RULE;
pub use time::{Timestamp, go_duration, lenient_duration};
pub use url::{Url, parse_request_uri};
pub use value::{Eval, Val, deep_equal, from_data};

use crate::kube::regex::Pattern;

/// An expression, ready to be evaluated.
#[derive(Debug)]
pub struct Program {
    expr: Expr,
    patterns: Vec<Pattern>,
    uses_old_self: bool,
}

impl Program {
    /// Parses an expression. Types are not looked at.
    pub fn parse(text: &str) -> Result<Self, CompileError> {
        let expr = parse::parse(text)?;
        let mut program = Self { patterns: Vec::new(), uses_old_self: false, expr };
        let (mut patterns, mut uses) = (Vec::new(), false);
        walk(&program.expr, &mut |e| match &e.kind {
            ExprKind::Ident(n) if n == "oldSelf" => uses = true,
            ExprKind::Call { name, args, target } if matches!(name.as_str(), "matches" | "find" | "findAll") => {
                let at = usize::from(target.is_none());
                if let Some(Expr { kind: ExprKind::Literal(Literal::Str(s)), .. }) = args.get(at) {
                    patterns.push(Pattern::new(s));
                }
            }
            _ => {}
        });
        program.patterns = patterns;
        program.uses_old_self = uses;
        Ok(program)
    }

    /// Whether it mentions `oldSelf`: such a rule compares with the stored object.
    pub fn uses_old_self(&self) -> bool {
        self.uses_old_self
    }

    /// The tree.
    pub fn expr(&self) -> &Expr {
        &self.expr
    }

    /// The value with these variables; a variable may be an error, which shows when it is read.
    pub fn evaluate<'a>(&self, vars: Vec<(EcoString, Eval<'a>)>) -> Eval<'a> {
        eval::Interpreter::new(vars, &self.patterns).eval(&self.expr)
    }
}

/// Calls `f` on an expression and everything in it.
pub fn walk(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Ident(_) => {}
        ExprKind::Select { operand, .. } | ExprKind::Has { operand, .. } => walk(operand, f),
        ExprKind::Index { operand, index, .. } => {
            walk(operand, f);
            walk(index, f);
        }
        ExprKind::Call { target, args, .. } => target.iter().map(|t| &**t).chain(args).for_each(|e| walk(e, f)),
        ExprKind::List(items) => items.iter().for_each(|(_, e)| walk(e, f)),
        ExprKind::Map(entries) => entries.iter().for_each(|(_, k, v)| {
            walk(k, f);
            walk(v, f);
        }),
        ExprKind::And(a, b) | ExprKind::Or(a, b) | ExprKind::Binary(_, a, b) => {
            walk(a, f);
            walk(b, f);
        }
        ExprKind::Not(a) | ExprKind::Neg(a) => walk(a, f),
        ExprKind::Ternary(a, b, c) => [a, b, c].into_iter().for_each(|e| walk(e, f)),
        ExprKind::Comprehension(c) => [Some(&c.range), c.filter.as_ref(), Some(&c.body)].into_iter().flatten().for_each(|e| walk(e, f)),
        ExprKind::OptMap { target, body, .. } => {
            walk(target, f);
            walk(body, f);
        }
    }
}
