//! Expressions and modules by themselves, for `jibe eval`: the values of their `let`s.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::settings::Settings;
use crate::diagnostics::Diagnostic;
use crate::eval::{self, Budget, Env, Secrets};
use crate::hir::Loader;
use crate::kube::{Catalog, Version};
use crate::source::{MemoryWorld, Sources, World};
use crate::types::{Schemas, Types, Versions};
use crate::value::{Origins, Value};

/// The package that an expression stands in.
const PACKAGE: &str = "eval";
/// The file that an expression stands in.
const FILE: &str = "expression.jibe";
/// The file that a session stands in.
const SESSION: &str = "session.jibe";
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
    let done = evaluate(path, &Settings::default(), world, sources, false);
    (done.values, done.findings)
}

/// A module that was evaluated.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// Its `let`s in order; an absent one has no value.
    pub values: Vec<(String, Option<Value>)>,
    /// Their types.
    pub types: Vec<String>,
    pub findings: Vec<Diagnostic>,
}

/// Evaluates the text of a module that can import what a project can. Mistakes in types are found, too.
pub fn evaluate_text(text: &str, settings: &Settings, world: Box<dyn World>, sources: &Sources) -> Evaluated {
    let mut memory = MemoryWorld { below: Some(world), ..MemoryWorld::default() };
    memory.files.insert(PathBuf::from(SESSION), text.as_bytes().to_vec());
    evaluate(Path::new(SESSION), settings, &memory, sources, true)
}

fn evaluate(path: &Path, settings: &Settings, world: &dyn World, sources: &Sources, checked: bool) -> Evaluated {
    let mut loader = Loader::new(world, sources);
    loader.package(PACKAGE, &[path.to_owned()]);
    if !settings.definitions.is_empty() {
        loader.package(&settings.name, &settings.definitions);
    }
    settings.dependencies.iter().for_each(|(name, path)| loader.package(name, std::slice::from_ref(path)));
    loader.whole(PACKAGE);
    let (program, findings) = loader.finish();
    let mut out = Evaluated { findings, ..Evaluated::default() };
    if out.findings.iter().any(Diagnostic::is_error) {
        return out;
    }
    let (program, catalog) = (Arc::new(program), Arc::new(Catalog::new()));
    let types = Types::new(Arc::clone(&program), Schemas::new(Arc::clone(&catalog), Versions::ALL));
    let own: Vec<_> = program.modules().filter(|(id, _)| program.package(*id) == PACKAGE).collect();
    if checked {
        out.findings.extend(own.iter().flat_map(|(id, _)| types.check(*id)));
        if out.findings.iter().any(Diagnostic::is_error) {
            return out;
        }
    }
    let budget = Budget::default();
    let env = Env {
        program: &program,
        types: &types,
        catalog: &catalog,
        version: Version::NEWEST,
        compat: false,
        sources,
        budget: &budget,
        secrets: &Secrets::default(),
        coverage: None,
    };
    let mut origins = Origins::new();
    for (id, module) in own {
        for (i, item) in module.lets.iter().enumerate() {
            let value = eval::evaluate_let(&env, id, i as u32, &mut origins, &mut out.findings);
            out.values.push((item.name.to_string(), value));
            if checked {
                out.types.push(types.let_type(id, i as u32));
            }
        }
    }
    out
}
