//! Expressions of admission policies and match conditions: they see `object`, `oldObject`, `request`, `namespaceObject`, perhaps `params` and the policy's own
//! `variables` (`plugin/cel` of `k8s.io/apiserver`). What is not known before a request comes is dynamic; `authorizer` is not looked into.

use std::sync::Arc;

use ecow::EcoString;

use super::types::Ty;
use super::{CompileError, ExprKind, Program, check, walk};

/// What an expression has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// A validation, a match condition.
    Bool,
    /// A message.
    Text,
    /// The value of an audit annotation.
    TextOrNull,
    /// A variable.
    Anything,
}

/// What expressions of one policy can use.
#[derive(Clone, Debug, Default)]
pub struct PolicyScope {
    /// Whether the policy has parameters.
    pub params: bool,
    variables: Vec<(EcoString, Ty<'static>)>,
}

impl PolicyScope {
    /// A scope without variables.
    pub fn new(params: bool) -> Self {
        Self { params, variables: Vec::new() }
    }

    /// Compiles a variable's expression; later expressions can use it.
    ///
    /// # Errors
    /// What the server says against it. The variable is known then too, so that its uses give no second error.
    pub fn declare(&mut self, name: &str, text: &str) -> Result<(), CompileError> {
        let compiled = self.type_of(text);
        let kind = compiled.as_ref().map_or(Ty::Dyn, Clone::clone);
        self.variables.push((name.into(), kind));
        compiled.map(|_| ())
    }

    /// Compiles an expression.
    ///
    /// # Errors
    /// What the server says against it.
    pub fn compile(&self, text: &str, wanted: Wanted) -> Result<(), CompileError> {
        let found = self.type_of(text)?;
        // What asks the authorizer has a type that is not known here.
        let unknown = mentions(&Program::parse(text)?, "authorizer");
        let (fits, what) = match wanted {
            Wanted::Bool => (matches!(found, Ty::Bool), "a bool"),
            Wanted::Text => (matches!(found, Ty::Str), "a string"),
            Wanted::TextOrNull => (matches!(found, Ty::Str | Ty::Null), "a string or null"),
            Wanted::Anything => (true, ""),
        };
        if fits || unknown { Ok(()) } else { Err(CompileError { offset: 0, message: format!("must evaluate to {what}, not to a value of type `{}`", found.name()) }) }
    }

    fn type_of(&self, text: &str) -> Result<Ty<'static>, CompileError> {
        let program = Program::parse(text)?;
        if mentions(&program, "authorizer") {
            return Ok(Ty::Dyn);
        }
        let mut known: Vec<(EcoString, Ty<'static>)> = ["object", "oldObject", "request", "namespaceObject"].into_iter().map(|n| (n.into(), Ty::Dyn)).collect();
        if self.params {
            known.push(("params".into(), Ty::Dyn));
        }
        if !self.variables.is_empty() {
            known.push(("variables".into(), Ty::Record(Arc::new(self.variables.clone()))));
        }
        check::check(program.expr(), known)
    }
}

fn mentions(program: &Program, wanted: &str) -> bool {
    let mut found = false;
    walk(program.expr(), &mut |e| found |= matches!(&e.kind, ExprKind::Ident(n) if n == wanted));
    found
}
