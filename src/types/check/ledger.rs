//! The ledger of a definition: what was proved for every value of its parameters, and what waits for the build (language reference §12).

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use super::{Checker, definition};
use crate::base::Span;
use crate::hir::{DefId, ExprId};
use crate::types::relate::{JsonKind, json_kind};
use crate::types::resolve::Types;
use crate::types::text::Text;
use crate::types::ty::{Ty, Type};

/// What a check has found about one definition.
#[derive(Clone, Debug, Default)]
pub struct Ledger {
    /// Obligations that hold for every parameter value, context and version, by kind, each with its places.
    pub proved: BTreeMap<&'static str, BTreeSet<Span>>,
    /// The definition's own conditions: they can fail at build, with its message.
    pub own: BTreeMap<&'static str, BTreeSet<Span>>,
    /// What rules over whole objects look at when an application is built.
    pub later: BTreeMap<&'static str, BTreeSet<Span>>,
    /// Mistakes that were found.
    pub mistakes: usize,
}

impl Types {
    /// The ledger of a definition.
    pub fn ledger(&self, id: DefId) -> Ledger {
        let (findings, mut ledger) = definition::check_with_ledger(self, id);
        ledger.mistakes = findings.iter().filter(|d| d.is_error()).count();
        ledger
    }
}

impl Checker<'_> {
    /// A value fits its place.
    pub fn proved(&mut self, e: ExprId, expected: &Ty) {
        if self.quiet > 0 || expected.is_error() {
            return;
        }
        let span = self.span(e);
        let kind = match expected.shape() {
            Type::Text(Text::Any) => "values of the right type",
            Type::Text(_) | Type::Quantity => "texts with the right syntax and length",
            Type::Int(_) | Type::Number(_) => "numbers in range",
            Type::Json | Type::Object => {
                self.ledger.later.entry("free-form JSON and objects").or_default().insert(span);
                return;
            }
            _ if json_kind(expected) == JsonKind::List => "lists with the right elements and length",
            _ => "values of the right type",
        };
        self.ledger.proved.entry(kind).or_default().insert(span);
    }

    /// Another obligation holds.
    pub fn holds(&mut self, kind: &'static str, span: Span) {
        if self.quiet == 0 {
            self.ledger.proved.entry(kind).or_default().insert(span);
        }
    }

    /// The definition's own condition.
    pub fn depends(&mut self, kind: &'static str, span: Span) {
        if self.quiet == 0 {
            self.ledger.own.entry(kind).or_default().insert(span);
        }
    }

    /// Something waits for the build.
    pub fn waits(&mut self, kind: &'static str, span: Span) {
        if self.quiet == 0 {
            self.ledger.later.entry(kind).or_default().insert(span);
        }
    }
}
