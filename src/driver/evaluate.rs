//! Expressions and modules by themselves, for `jibe eval`: the values of their `let`s.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::diagnostics::Diagnostic;
use crate::eval::{self, Budget, Env};
use crate::hir::Loader;
use crate::kube::{Catalog, Version};
use crate::source::{MemoryWorld, Sources, World};
use crate::types::{Schemas, Types, Versions};
use crate::value::{Origins, Value};

/// The package that an expression stands in.
const PACKAGE: &str = "eval";
/// The file that an expression stands in.
const FILE: &str = "expression.jibe";
/// What comes before it.
const HEAD: &str = "let value = ";

/// The value of an expression, in which everything built in can be used.
pub fn evaluate_expression(text: &str, world: Box<dyn World>, sources: &Sources) -> (Vec<(String, Option<Value>)>, Vec<Diagnostic>) {
    let mut memory = MemoryWorld { below: Some(world), ..MemoryWorld::default() };
    memory.files.insert(PathBuf::from(FILE), format!("{HEAD}{text}\n").into_bytes());
    evaluate_module(Path::new(FILE), &memory, sources)
}

/// The values of the `let`s of a module, in order; an absent one has none.
pub fn evaluate_module(path: &Path, world: &dyn World, sources: &Sources) -> (Vec<(String, Option<Value>)>, Vec<Diagnostic>) {
    let mut loader = Loader::new(world, sources);
    loader.package(PACKAGE, &[path.to_owned()]);
    loader.whole(PACKAGE);
    let (program, mut findings) = loader.finish();
    if findings.iter().any(Diagnostic::is_error) {
        return (Vec::new(), findings);
    }
    let (program, catalog) = (Arc::new(program), Arc::new(Catalog::new()));
    let types = Types::new(Arc::clone(&program), Schemas::new(Arc::clone(&catalog), Versions::ALL));
    let budget = Budget::default();
    let env = Env { program: &program, types: &types, catalog: &catalog, version: Version::NEWEST, compat: false, sources, budget: &budget, coverage: None };
    let mut origins = Origins::new();
    let mut out = Vec::new();
    for (id, module) in program.modules().filter(|(id, _)| program.package(*id) == PACKAGE) {
        for (i, item) in module.lets.iter().enumerate() {
            let value = eval::evaluate_let(&env, id, i as u32, &mut origins, &mut findings);
            out.push((item.name.to_string(), value));
        }
    }
    (out, findings)
}
