//! Findings: one plain structure for everything Jibe has to say ([`Diagnostic`]), and the table of stable codes ([`codes`]).
//! Terminal, JSON, SARIF and editors are all made from it (`render`, `lsp`); nothing here prints.

pub mod codes;
mod diagnostic;
mod pages;
mod suggest;

pub use codes::Code;
pub use diagnostic::{Diagnostic, Edit, Fix, Label, ObjectRef, RuleRef, Severity};
pub use pages::{PAGES, page};
pub use suggest::nearest;
