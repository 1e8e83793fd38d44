//! CEL as the API server evaluates it for `x-kubernetes-validations`: parser, type rules and libraries of Kubernetes 1.36, values typed by schemas.
//!
//! Written here instead of using the `cel` crate: rules see data through their schema (sets without order, keyed lists, formats as types, nulls as absent, integers
//! apart from doubles, errors inside data), `oldSelf` and optional types, the libraries of Kubernetes, Go's syntaxes and Go's error texts; the crate has none of
//! these and an own, owned data model. Mirrors `cel-go`, `k8s.io/apiserver/pkg/cel` and `apiextensions-apiserver/pkg/apiserver/schema/cel`.

mod ast;
mod check;
mod cost;
mod error;
mod escape;
mod eval;
mod formats;
mod formatting;
mod functions;
mod lex;
mod lists;
mod network;
mod parse;
mod policy;
mod quantity;
mod semver;
mod strings;
mod time;
mod types;
mod url;
mod value;

use ecow::EcoString;

pub use ast::{Expr, ExprKind, Literal};
pub use cost::{least_bytes, most_places};
pub use error::{CompileError, ErrorKind, EvalError};
pub use escape::{RESERVED, escape, unescape};
pub use eval::STEPS_PER_RULE;
pub use policy::{PolicyScope, Wanted};
pub use time::{Timestamp, go_duration, lenient_duration};
pub use url::{Url, parse_request_uri};
pub use value::{Eval, Val, deep_equal, equal, from_data};

use std::sync::Arc;

use types::Ty;

use crate::kube::crd::Schema;
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

    /// The value with these variables; a variable may be an error, which shows when it is read. The steps taken go off `budget`; when it or [`STEPS_PER_RULE`]
    /// is used up, the error is [`ErrorKind::Unsupported`].
    pub fn evaluate<'a>(&self, vars: Vec<(EcoString, Eval<'a>)>, budget: &mut u64) -> Eval<'a> {
        let mut interpreter = eval::Interpreter::new(vars, &self.patterns, (*budget).min(STEPS_PER_RULE));
        let result = interpreter.eval(&self.expr);
        *budget = budget.saturating_sub(interpreter.steps());
        result
    }
}

/// What an expression is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// `rule`: gives a boolean.
    Rule,
    /// `messageExpression`: gives a string.
    Message,
}

/// A compiled expression and what it may cost at most, in the server's units.
#[derive(Debug)]
pub struct Compiled {
    pub program: Program,
    pub cost: u64,
}

/// Compiles an expression as the API server does when a definition is created: it parses, its types fit the schema at its place, and its result is what its
/// purpose needs. `root`: the schema is that of a whole resource, or of an embedded one.
pub fn compile(text: &str, schema: &Schema, root: bool, purpose: Purpose, optional_old_self: bool) -> Result<Compiled, CompileError> {
    let program = Program::parse(text)?;
    let Some(this) = Ty::of(schema, root) else {
        return Err(CompileError { offset: 0, message: "rules are not possible here: the schema has no type".into() });
    };
    let old = if optional_old_self { Ty::Optional(Arc::new(this.clone())) } else { this.clone() };
    let vars: Vec<(EcoString, Ty)> = vec![("self".into(), this), ("oldSelf".into(), old)];
    let result = check::check(&program.expr, vars.clone())?;
    let wanted = match (purpose, &result) {
        (Purpose::Rule, Ty::Bool) | (Purpose::Message, Ty::Str) => None,
        (Purpose::Rule, _) => Some("a bool"),
        (Purpose::Message, _) => Some("a string"),
    };
    match wanted {
        Some(wanted) => Err(CompileError { offset: 0, message: format!("must evaluate to {wanted}, not to a value of type `{}`", result.name()) }),
        None => {
            let seen = if root { schema.with_meta() } else { schema };
            let cost = cost::estimate(&program.expr, check::Checker::new(vars), seen);
            Ok(Compiled { program, cost })
        }
    }
}

/// Compiles an expression without `self`: any type may come out.
pub fn compile_free(text: &str) -> Result<Program, CompileError> {
    let program = Program::parse(text)?;
    check::check(&program.expr, Vec::new())?;
    Ok(program)
}

/// Calls `f` on an expression and everything in it.
pub fn walk(expr: &Expr, f: &mut dyn FnMut(&Expr)) {
    f(expr);
    expr.kind.parts(&mut |e| walk(e, f));
}
