//! Which branches an evaluation took: conditions, loops, arms, defaults. Counted when somebody asks (`jibe test --coverage`).

use std::sync::{Mutex, PoisonError};

use rustc_hash::FxHashSet;

use super::machine::Machine;
use crate::hir::{DefId, ExprId, ModuleId};

/// A branch: the expression that decides, and which way it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Branch {
    pub module: ModuleId,
    pub at: ExprId,
    pub way: Way,
}

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    /// A condition holds, or does not.
    Condition(bool),
    /// The body of a loop over this.
    Loop,
    /// An arm of the `match` on this.
    Arm(u16),
    /// The left side of this `??` is present, or not.
    Present(bool),
    /// A parameter with this default is given, or not.
    Given(bool),
    /// The function with this body is called.
    Called,
    /// The definition of this number is at work; `at` is its number.
    AtWork,
}

/// All branches that were taken, by any thread.
#[derive(Debug, Default)]
pub struct Coverage {
    taken: Mutex<FxHashSet<Branch>>,
}

impl Coverage {
    /// Whether a branch was taken.
    pub fn has(&self, branch: &Branch) -> bool {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).contains(branch)
    }

    /// Adds what one evaluation took.
    pub(super) fn add(&self, branches: impl IntoIterator<Item = Branch>) {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).extend(branches);
    }
}

impl Machine<'_, '_> {
    /// Notes a branch.
    pub(super) fn took(&mut self, module: ModuleId, at: ExprId, way: Way) {
        if self.env.coverage.is_some() {
            self.taken.insert(Branch { module, at, way });
        }
    }

    /// Notes that a definition is at work, and which of its parameters are given.
    pub(super) fn at_work(&mut self, id: DefId, given: Option<&crate::value::Value>) {
        if self.env.coverage.is_none() {
            return;
        }
        self.took(id.module, ExprId(id.index), Way::AtWork);
        let ty = self.env.types.parameters(id);
        let Some(record) = ty.as_record() else { return };
        for field in &record.fields {
            if let crate::types::Presence::Default(module, e) = field.presence {
                let there = given.and_then(|v| v.get(&field.name)).is_some_and(|v| !v.is_null());
                self.took(module, e, Way::Given(there));
            }
        }
    }
}
