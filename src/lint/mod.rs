//! What a definition does well or badly beyond being right: style lints. And the comments that allow one rule or lint in one place.
//!
//! Each lint has a name, by which `jibe.toml` sets its level and a comment allows it, and a code of the family J121x.

mod allow;
mod deprecated;
mod docs;
mod naming;
mod simpler;

pub use allow::{Allowance, Allowed, allowances};

use crate::base::{Range, Span};
use crate::diagnostics::{Code, Diagnostic, Severity, codes};
use crate::hir::{Module, ModuleId, Program};
use crate::types::Types;

/// A style lint.
#[derive(Clone, Copy, Debug)]
pub struct Lint {
    pub name: &'static str,
    pub code: Code,
    /// Its level unless `jibe.toml` says otherwise.
    pub level: Severity,
    pub title: &'static str,
}

/// All of them.
pub const LINTS: &[Lint] = &[
    Lint { name: "missing-docs", code: codes::J1210, level: Severity::Warning, title: "a definition or parameter without a doc comment" },
    Lint { name: "missing-example", code: codes::J1211, level: Severity::Note, title: "a definition without `@example`" },
    Lint { name: "naming", code: codes::J1212, level: Severity::Warning, title: "a name that is written unlike all others" },
    Lint { name: "deprecated", code: codes::J1213, level: Severity::Warning, title: "use of what is deprecated, in definitions and applications" },
    Lint { name: "simpler", code: codes::J1214, level: Severity::Note, title: "an expression that can be written shorter" },
];

/// The lint of a name.
pub fn lint(name: &str) -> Option<&'static Lint> {
    LINTS.iter().find(|l| l.name == name)
}

/// A finding of a lint, with its level by default.
pub fn finding(name: &'static str, message: impl Into<String>, span: Span) -> Diagnostic {
    let (code, level) = lint(name).map_or((codes::J1210, Severity::Warning), |l| (l.code, l.level));
    Diagnostic::new(code, message).with_severity(level).primary(span, "").of_rule(name, Vec::new())
}

/// What the lints find in a module; `text` is its source.
pub fn check(program: &Program, types: &Types, id: ModuleId, text: &str) -> Vec<Diagnostic> {
    let module = program.module(id);
    let look = Look { program, types, id, module, text };
    let mut out = Vec::new();
    docs::check(&look, &mut out);
    naming::check(&look, &mut out);
    deprecated::check(&look, &mut out);
    simpler::check(&look, &mut out);
    out.sort_by_key(|d| d.span());
    out
}

/// What a lint looks at.
struct Look<'a> {
    program: &'a Program,
    types: &'a Types,
    id: ModuleId,
    module: &'a Module,
    text: &'a str,
}

impl Look<'_> {
    fn at(&self, range: Range) -> Span {
        range.in_file(self.module.file)
    }
}
