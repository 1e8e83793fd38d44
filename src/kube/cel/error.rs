//! What can go wrong: at compilation and at evaluation.

use std::fmt;

/// A rule that does not parse or type-check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// Byte offset in the text of the rule.
    pub offset: usize,
    pub message: String,
}

impl fmt::Display for CompileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// Kinds of errors of an evaluation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The values have no such operation (the server: "no such overload").
    NoOverload,
    /// Anything else that the server would report: `no such key: a`, `division by zero`, …
    Runtime,
    /// Nothing that the server would say: this evaluator cannot do it, or its budget ran out. The rule counts as not checked.
    Unsupported,
}

/// An error of an evaluation; `&&`, `||`, `all` and `exists` may absorb it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EvalError {
    pub kind: ErrorKind,
    pub message: String,
}

impl EvalError {
    /// An error that the server reports too.
    pub fn new(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Runtime, message: message.into() }
    }

    /// The operation does not exist for these values.
    pub fn no_overload() -> Self {
        Self { kind: ErrorKind::NoOverload, message: "no such overload".into() }
    }

    /// This evaluator cannot do it.
    pub fn unsupported(message: impl Into<String>) -> Self {
        Self { kind: ErrorKind::Unsupported, message: message.into() }
    }
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}
