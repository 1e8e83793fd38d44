//! The tests of a project: the `test` blocks of its modules, run in parallel, in the order of the files.

use rayon::prelude::*;

use super::Session;
use crate::base::{FileId, Span};
use crate::diagnostics::{Diagnostic, codes};
use crate::eval::{self, Budget, CompileApplication, CompiledObject, Env};
use crate::hir::ModuleId;
use crate::kube::Version;
use crate::oam::{self, Compiler, Document, Reader};
use crate::value::Origins;
use crate::yaml;

/// A test that was run.
#[derive(Clone, Debug)]
pub struct TestOutcome {
    /// The module it stands in.
    pub module: String,
    pub name: String,
    pub span: Span,
    /// Empty: it passed.
    pub findings: Vec<Diagnostic>,
}

impl Session {
    /// Runs the tests of the project's modules whose name, or that of their module, contains `filter`.
    pub fn tests(&self, filter: &str) -> Vec<TestOutcome> {
        let program = &self.library.program;
        let mut wanted: Vec<(ModuleId, usize)> = Vec::new();
        for (id, module) in program.modules() {
            if program.package(id) != self.settings.name {
                continue;
            }
            let named = module.name.contains(filter);
            wanted.extend(module.tests.iter().enumerate().filter(|(_, t)| named || t.name.contains(filter)).map(|(i, _)| (id, i)));
        }
        super::progress::expect(wanted.len());
        wanted.into_par_iter().filter_map(|(id, i)| self.test(id, i)).collect()
    }

    fn test(&self, id: ModuleId, index: usize) -> Option<TestOutcome> {
        let module = self.library.program.module(id);
        let test = module.tests.get(index)?;
        let budget = Budget::default();
        let result = eval::run_test(&self.environment(&budget, None), id, index, self);
        super::progress::done();
        let findings = result.findings.into_iter().map(|d| super::levels::hidden(self, d)).collect();
        Some(TestOutcome { module: module.name.to_string(), name: test.name.to_string(), span: test.name_range.in_file(module.file), findings })
    }

    /// What evaluation of one application or test shares.
    pub(super) fn environment<'s>(&'s self, budget: &'s Budget, version: Option<Version>) -> Env<'s> {
        Env {
            program: &self.library.program,
            types: &self.library.types,
            catalog: &self.library.catalog,
            version: version.unwrap_or_else(|| self.version()),
            compat: self.options.compat,
            sources: &self.sources,
            budget,
            secrets: &self.secrets,
            coverage: self.coverage.as_ref(),
        }
    }
}

impl CompileApplication for Session {
    fn compile(&self, file: FileId, version: Option<Version>) -> eval::Compiled {
        let Some(source) = self.sources.get(file) else { return eval::Compiled::default() };
        let mut origins = Origins::new();
        let (documents, mut diagnostics) = yaml::read(&source.text, file, &mut origins);
        let value = documents.into_iter().next().map(|d| d.value).unwrap_or_default();
        let mut reader = Reader { origins: &origins, sources: &self.sources, compat: false, findings: Vec::new() };
        let document = oam::read(&mut reader, &value);
        diagnostics.append(&mut reader.findings);
        let Document::Application(mut app) = document else {
            diagnostics.push(Diagnostic::new(codes::J0804, "this is no Application"));
            return eval::Compiled { objects: Vec::new(), diagnostics };
        };
        diagnostics.extend(self.joined(&mut app, &mut origins, &[], &[]));
        let budget = Budget::default();
        let compiler = Compiler { env: self.environment(&budget, version), rules: &self.library.rules };
        let compiled = oam::compile(&compiler, &app, &mut origins);
        diagnostics.extend(compiled.findings);
        let object = |o: oam::Object| CompiledObject { component: o.component, output: o.output, value: o.value };
        let objects = compiled.deliveries.into_iter().flat_map(|d| d.objects).map(object).collect();
        eval::Compiled { objects, diagnostics }
    }
}
