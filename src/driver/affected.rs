//! What a change touches: a hook names the files that changed, and the applications that use a changed definition are compiled too. A module is touched when it
//! changed or uses one that is ([`crate::hir::Program::uses`]); a changed rule, kind or setting touches everything.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::inputs::{self, Input, Unreadable};
use super::library::{expanded, wanted_by};
use super::session::{Session, Work};
use super::settings::FILE as SETTINGS;
use crate::base::FileId;
use crate::diagnostics::Diagnostic;
use crate::hir::{DefinitionKind, ImportSource, ModuleId};

/// The project's documents that were not named.
pub(super) struct Rest {
    pub work: Work,
    /// The files that changed, as absolute paths.
    changed: BTreeSet<PathBuf>,
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

impl Session {
    /// Reads the documents of the project that are not among the inputs.
    pub(super) fn rest(&self, inputs: &[Input]) -> Result<Rest, Unreadable> {
        let changed: BTreeSet<PathBuf> = inputs.iter().filter_map(|i| if let Input::Path(p) = i { Some(absolute(p)) } else { None }).collect();
        let root = if self.settings.root == Path::new("") { Path::new(".") } else { &self.settings.root };
        let found = self.world.walk(root, inputs::MANIFESTS).map_err(|e| Unreadable { path: root.to_owned(), reason: e.to_string() })?;
        let named = |p: &Path| absolute(p).ancestors().any(|a| changed.contains(a));
        let others: Vec<Input> = found.into_iter().filter(|p| !named(p)).map(Input::Path).collect();
        Ok(Rest { work: self.read_inputs(&others)?, changed })
    }

    /// Whether more than applications changed: definitions, kinds, settings, data that definitions import.
    pub(super) fn touches_definitions(&self, work: &Work, rest: &Rest) -> bool {
        !work.definitions.is_empty() || self.touches_everything(rest)
    }

    fn touches_everything(&self, rest: &Rest) -> bool {
        let kinds = expanded(&self.settings.crds, &*self.world);
        kinds.iter().any(|p| rest.changed.contains(&absolute(p))) || rest.changed.iter().any(|p| p.file_name().is_some_and(|n| n == SETTINGS))
    }

    /// Adds the applications that the change touches. Policies and workflows of other files are there to be named, and not checked by themselves.
    pub(super) fn add_touched(&mut self, work: &mut Work, rest: Rest) {
        let everything = self.touches_everything(&rest);
        let touched = self.touched_modules(&rest.changed);
        let program = &self.library.program;
        let rules = touched.iter().any(|id| program.module(*id).definitions.iter().any(|d| d.kind == DefinitionKind::Rule));
        let all = everything || rules;
        let mut kept: BTreeSet<FileId> = BTreeSet::new();
        for (app, origins) in rest.work.applications {
            let uses = || wanted_by(&app).iter().any(|(kind, package, name)| program.find(*kind, package.as_deref(), name).is_some_and(|d| touched.contains(&d.module)));
            if all || uses() {
                kept.insert(app.span.file);
                work.applications.push((app, origins));
            }
        }
        let files = rest.work.policies.iter().map(|(p, _)| p.name.span.file).chain(rest.work.workflows.iter().map(|(n, _, _)| n.span.file));
        self.context = files.filter(|f| !all && !kept.contains(f)).collect();
        work.policies.extend(rest.work.policies);
        work.workflows.extend(rest.work.workflows);
        work.findings.extend(rest.work.findings.into_iter().filter(|d: &Diagnostic| d.span().is_some_and(|s| kept.contains(&s.file))));
    }

    /// The loaded modules that changed, and those that use them, directly or not.
    fn touched_modules(&self, changed: &BTreeSet<PathBuf>) -> BTreeSet<ModuleId> {
        let program = &self.library.program;
        let data: BTreeSet<&std::ffi::OsStr> = changed.iter().filter_map(|p| p.file_name()).collect();
        let is_changed = |file: FileId| self.sources.get(file).is_some_and(|f| absolute(Path::new(&f.name)).ancestors().any(|a| changed.contains(a)));
        // Data by its name alone: rather one application too many.
        let imports = |source: &ImportSource| matches!(source, ImportSource::File(path) if Path::new(path.as_str()).file_name().is_some_and(|n| data.contains(n)));
        let modules: Vec<(ModuleId, Vec<ModuleId>)> = program.modules().map(|(id, _)| (id, program.uses(id))).collect();
        let mut touched: BTreeSet<ModuleId> = program.modules().filter(|(_, m)| is_changed(m.file) || m.imports.iter().any(|i| imports(&i.source))).map(|(id, _)| id).collect();
        loop {
            let before = touched.len();
            for (id, uses) in &modules {
                if uses.iter().any(|u| touched.contains(u)) {
                    touched.insert(*id);
                }
            }
            if touched.len() == before {
                return touched;
            }
        }
    }
}

/// What a hook names: a changed `jibe.toml` stands for the project, in which everything may have changed.
pub fn projects(inputs: Vec<Input>) -> Vec<Input> {
    let folder = |p: PathBuf| if p.file_name().is_some_and(|n| n == SETTINGS) { p.parent().filter(|f| *f != Path::new("")).unwrap_or(Path::new(".")).to_owned() } else { p };
    inputs.into_iter().map(|i| if let Input::Path(p) = i { Input::Path(folder(p)) } else { i }).collect()
}
