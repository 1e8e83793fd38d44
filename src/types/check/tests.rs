//! Tests: conditions and messages. Applications in them are compiled when the test runs, mistakes included.

use super::{Checker, present};
use crate::diagnostics::codes::CODES;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Application, Expect, ModuleId, TestItem, TestStmt};
use crate::types::resolve::Types;
use crate::types::ty::{Type, Typed};

/// Everything that is wrong with a test.
pub(super) fn check(types: &Types, module: ModuleId, t: &TestItem) -> Vec<Diagnostic> {
    let mut c = Checker::new(types, module, &t.owner);
    c.in_test = true;
    c.lenient = 1;
    for s in &t.stmts {
        match s {
            TestStmt::Let { local, ty, value } => c.bind_let(*local, *ty, true, *value),
            TestStmt::Expect { expect: Expect::True(e), .. } => {
                c.boolean(*e);
            }
            TestStmt::Expect { expect: Expect::Finding { code, application, .. }, range } => {
                if !CODES.iter().any(|k| k.code.0 == code.as_str()) {
                    let span = c.at(*range);
                    c.report(Diagnostic::new(codes::J0201, format!("there is no code `{code}`")).primary(span, ""));
                }
                c.infer(*application);
            }
        }
    }
    c.out
}

impl Checker<'_> {
    /// An application: its parts are known when the test runs.
    pub fn application(&mut self, _app: &Application) -> Typed {
        present(Type::error())
    }
}
