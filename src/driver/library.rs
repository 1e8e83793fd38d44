//! The definitions of a run: program, types, kinds, rules in force. Shared by all applications.

use std::sync::Arc;

use crate::eval::ActiveRule;
use crate::hir::Program;
use crate::kube::Catalog;

/// What applications are compiled with.
pub struct Library {
    pub program: Arc<Program>,
    pub catalog: Catalog,
    pub rules: Vec<ActiveRule>,
}

impl Default for Library {
    fn default() -> Self {
        Self { program: Arc::new(Program::default()), catalog: Catalog::new(), rules: Vec::new() }
    }
}
