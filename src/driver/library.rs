//! The definitions of a run: program, types, kinds, rules in force. Shared by all applications.

use std::sync::Arc;

use crate::eval::ActiveRule;
use crate::hir::Program;
use crate::kube::Catalog;
use crate::types::{Schemas, Types, Versions};

/// What applications are compiled with.
pub struct Library {
    pub program: Arc<Program>,
    pub types: Types,
    pub catalog: Arc<Catalog>,
    pub rules: Vec<ActiveRule>,
}

impl Default for Library {
    fn default() -> Self {
        let (program, catalog) = (Arc::new(Program::default()), Arc::new(Catalog::new()));
        let types = Types::new(program.clone(), Schemas::new(catalog.clone(), Versions::ALL));
        Self { program, types, catalog, rules: Vec::new() }
    }
}
