//! One run over applications: everything that is shared between them, and the passes over each.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use super::inputs::{self, File, Found, Input, Unreadable};
use super::library::{Library, Places};
use super::rehome::rehome;
use super::settings::Settings;
use crate::base::{FileId, Span};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::eval::{Budget, Coverage, Secrets};
use crate::kube::{self, Version};
use crate::oam::{self, Application, Compiled, Compiler, Document, Outline, Policy, Reader, Text, Workflow};
use crate::source::{ReadError, SourceFile, Sources, World};
use crate::value::{Origins, Value};
use crate::yaml;

/// What the command line says, besides inputs.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Files and folders of definitions (`-d`).
    pub definitions: Vec<PathBuf>,
    /// The version to build for; the project's newest when not given.
    pub kube_version: Option<Version>,
    /// `--set PATH=VALUE`
    pub set: Vec<String>,
    /// Do as KubeVela does where it differs.
    pub compat: bool,
    /// Run all rules and lints, not only those that `jibe.toml` names.
    pub lint: bool,
    /// The inputs are files that changed, of any kind: what is none of ours is passed over, and what uses a changed definition is compiled too.
    pub changed: bool,
}

/// The shared part of a run.
pub struct Session {
    pub world: Box<dyn World>,
    pub sources: Sources,
    pub options: Options,
    pub settings: Settings,
    pub library: Library,
    /// Values of sensitive parameters, which findings do not show.
    pub secrets: Secrets,
    /// Where the branches that tests take are noted, when they are counted.
    pub coverage: Option<Coverage>,
    /// What was found while the session was set up.
    pub findings: Vec<Diagnostic>,
    /// Files whose policies and workflows are there to be named only.
    pub context: BTreeSet<FileId>,
}

/// A document with the arena that its values point into.
pub(super) struct Read {
    pub document: Document,
    pub origins: Origins,
    pub findings: Vec<Diagnostic>,
}

/// The documents of a run, told apart.
#[derive(Clone, Default)]
pub struct Work {
    pub(super) applications: Vec<(Application, Origins)>,
    /// Policies and workflows that are documents of their own.
    pub(super) policies: Vec<(Policy, Origins)>,
    pub(super) workflows: Vec<(Text, Workflow, Origins)>,
    /// Kubernetes objects that pass through.
    pub objects: Vec<(Value, Origins)>,
    /// `.jibe` files among the inputs.
    pub definitions: Vec<PathBuf>,
    pub findings: Vec<Diagnostic>,
}

impl Work {
    pub(super) fn add(&mut self, read: Read) {
        self.findings.extend(read.findings);
        match read.document {
            Document::Application(app) => self.applications.push((*app, read.origins)),
            Document::Policy(p) => self.policies.push((*p, read.origins)),
            Document::Workflow(name, w) => self.workflows.push((name, *w, read.origins)),
            Document::Object(v) => self.objects.push((v, read.origins)),
            Document::Other => {}
        }
    }
}

impl Session {
    /// A session for inputs; settings are found from the first path.
    pub fn new(world: Box<dyn World>, options: Options, inputs: &[Input]) -> Self {
        let sources = Sources::new();
        let start = inputs.iter().find_map(|i| if let Input::Path(p) = i { Some(p.as_path()) } else { None }).unwrap_or(Path::new("."));
        let (settings, findings) = Settings::find(start, &*world, &sources);
        Self { world, sources, options, settings, library: Library::default(), secrets: Secrets::default(), coverage: None, findings, context: BTreeSet::new() }
    }

    /// The version that objects are made for.
    pub fn version(&self) -> Version {
        self.options.kube_version.unwrap_or(self.settings.newest)
    }

    /// Reads all inputs and loads the definitions that they need; with `whole`, all of the project's, to be checked.
    pub fn read(&mut self, inputs: &[Input], whole: bool) -> Result<Work, Unreadable> {
        if let Some(path) = self.options.definitions.iter().find(|p| !self.world.is_file(p) && !self.world.is_folder(p)) {
            return Err(Unreadable { path: path.clone(), reason: ReadError::NotFound.to_string() });
        }
        let mut work = self.read_inputs(inputs)?;
        let rest = if self.options.changed { Some(self.rest(inputs)?) } else { None };
        let unfit = super::set::apply(&self.options.set, &mut work, &self.sources);
        self.findings.extend(unfit);
        let more = self.options.definitions.iter().chain(&work.definitions).cloned().collect();
        let places = Places { world: &*self.world, sources: &self.sources, settings: &self.settings, more, compat: self.options.compat, lint: self.options.lint };
        let touching = rest.as_ref().map_or(!work.definitions.is_empty(), |r| self.touches_definitions(&work, r));
        let (library, findings) = Library::load(&places, &[Some(&work), rest.as_ref().filter(|_| touching).map(|r| &r.work)], whole && touching);
        self.library = library;
        if let Some(rest) = rest {
            self.add_touched(&mut work, rest);
        }
        self.findings.extend(findings);
        let more = self.library.check(&self.findings);
        self.findings.extend(more);
        self.findings.extend(super::levels::settings_checked(self));
        if whole {
            self.findings.extend(super::lints::definitions(self));
        }
        Ok(work)
    }

    pub(super) fn read_inputs(&self, inputs: &[Input]) -> Result<Work, Unreadable> {
        let Found { manifests, definitions } = inputs::read(inputs, &*self.world, &self.sources)?;
        // Of what changed only what can be ours is read, as if it had been found.
        let read: Vec<Vec<Read>> = manifests.into_par_iter().map(|f| self.read_file(File { found: f.found || self.options.changed, ..f })).collect();
        let mut work = Work { definitions, ..Work::default() };
        read.into_iter().flatten().for_each(|r| work.add(r));
        Ok(work)
    }

    /// Reads the documents of one file.
    pub(super) fn read_file(&self, file: File) -> Vec<Read> {
        let Some(source) = self.sources.get(file.id) else { return Vec::new() };
        // Of files in a folder only those that can hold something of ours are read.
        if file.found && !source.text.contains("oam.dev/") {
            return Vec::new();
        }
        let mut origins = Origins::new();
        let (documents, mut findings) = yaml::read(&source.text, file.id, &mut origins);
        findings.extend(file.finding);
        let broken = !findings.is_empty();
        let mut documents: Vec<yaml::Document> = documents.into_iter().filter(|d| !d.value.is_null()).collect();
        let mut out = Vec::new();
        if documents.is_empty() && !broken && !file.found {
            let d = Diagnostic::new(codes::J0804, "the file holds no document").primary(crate::base::Span::new(file.id, 0, 0), "nothing here");
            out.push(Read { document: Document::Other, origins: Origins::new(), findings: vec![d] });
        }
        if documents.len() == 1 {
            if let Some(d) = documents.pop() {
                out.push(self.read_document(&d.value, origins, file.found));
            }
        } else {
            for d in documents {
                let mut own = Origins::new();
                let value = rehome(&d.value, &origins, &mut own);
                out.push(self.read_document(&value, own, file.found));
            }
        }
        out.push(Read { document: Document::Other, origins: Origins::new(), findings });
        out
    }

    fn read_document(&self, value: &Value, origins: Origins, found: bool) -> Read {
        let mut reader = Reader { origins: &origins, sources: &self.sources, compat: self.options.compat, findings: Vec::new() };
        let mut document = oam::read(&mut reader, value);
        let mut findings = self.lenient(reader.findings);
        if found && matches!(document, Document::Other | Document::Object(_)) {
            (document, findings) = (Document::Other, Vec::new());
        }
        Read { document, origins, findings }
    }

    /// Checks the applications: everything but printing.
    pub fn check(&self, work: Work) -> Vec<Diagnostic> {
        // Objects are dropped by the thread that made them.
        self.each(work, |_, _| ()).1.findings
    }

    /// Compiles all applications, in parallel, in the order of the input.
    pub fn compile(&self, work: Work) -> Outcome {
        let (applications, outcome) = self.each(work, |compiled, origins| (compiled, origins));
        Outcome { applications, ..outcome }
    }

    /// Compiles all applications, in parallel; `keep` says what is kept of each besides its findings. The outcome has no applications.
    pub fn each<T: Send>(&self, work: Work, keep: impl Fn(Compiled, Origins) -> T + Sync) -> (Vec<T>, Outcome) {
        let Work { applications, policies, workflows, findings, objects, .. } = work;
        let mut outcome = Outcome { findings: self.findings.clone(), ..Outcome::default() };
        outcome.findings.extend(findings);
        outcome.findings.extend(self.alone(&applications, &policies, &workflows));
        outcome.findings.extend(super::lints::applications(self, &applications));
        super::progress::expect(applications.len());
        let one = |(app, origins)| {
            let (mut compiled, origins) = self.application(app, origins, &policies, &workflows);
            let findings = std::mem::take(&mut compiled.findings);
            (findings, keep(compiled, origins))
        };
        let compiled: Vec<(Vec<Diagnostic>, T)> = applications.into_par_iter().map(one).collect();
        let mut kept = Vec::with_capacity(compiled.len());
        for (mut findings, c) in compiled {
            outcome.findings.append(&mut findings);
            kept.push(c);
        }
        let judge = |(value, origins): &(Value, Origins)| -> Vec<Diagnostic> {
            let errors = kube::validate(value, &self.library.catalog, self.version(), None);
            errors.iter().map(|e| oam::diagnostic(value, Span::default(), e, origins, &self.sources)).collect()
        };
        let judged: Vec<Vec<Diagnostic>> = objects.par_iter().map(judge).collect();
        outcome.findings.extend(self.practice_of(&objects));
        for ((value, origins), found) in objects.into_iter().zip(judged) {
            outcome.findings.extend(found);
            // `vela dry-run` prints what belongs to applications only.
            if !self.options.compat {
                outcome.objects.push((value, origins));
            }
        }
        let passed: Vec<FileId> = outcome.objects.iter().map(|(o, origins)| origins.span(o.origin).file).collect();
        let ours = |s: &SourceFile| !s.name.starts_with("std:") && (s.name.ends_with(".jibe") || s.text.contains("oam.dev/") || passed.contains(&s.id));
        outcome.findings = super::levels::settled(self, std::mem::take(&mut outcome.findings), ours);
        (kept, outcome)
    }

    /// Checks policies and workflows that no application names.
    pub(super) fn alone(&self, applications: &[(Application, Origins)], policies: &[(Policy, Origins)], workflows: &[(Text, Workflow, Origins)]) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        let referred = |name: &Text| applications.iter().any(|(a, _)| a.workflow.as_ref().and_then(|w| w.reference.as_ref()).is_some_and(|r| r.text == name.text));
        let of_workflow = |w: &Workflow| {
            w.steps
                .iter()
                .flat_map(|s| std::iter::once(s).chain(&s.sub_steps))
                .filter_map(|s| Some(s.unit.properties.as_ref()?.get("policies")?.as_list()?.to_vec()))
                .flatten()
                .collect::<Vec<_>>()
        };
        let named: Vec<Value> = if policies.is_empty() {
            Vec::new()
        } else {
            applications.iter().filter_map(|(a, _)| a.workflow.as_ref()).chain(workflows.iter().map(|(_, w, _)| w)).flat_map(of_workflow).collect()
        };
        let mut parts: Vec<(Application, Origins)> = Vec::new();
        for (policy, origins) in
            policies.iter().filter(|(p, _)| !self.context.contains(&p.name.span.file)).filter(|(p, _)| !named.iter().any(|n| n.as_str() == Some(p.name.as_str())))
        {
            parts.push((Application { policies: vec![policy.clone()], ..Application::default() }, origins.clone()));
        }
        for (_, workflow, origins) in workflows.iter().filter(|(n, _, _)| !self.context.contains(&n.span.file) && !referred(n)) {
            parts.push((Application { workflow: Some(workflow.clone()), ..Application::default() }, origins.clone()));
        }
        for (app, mut origins) in parts {
            let budget = Budget::default();
            findings.extend(oam::check_parts(&Compiler { env: self.environment(&budget, None), rules: &self.library.rules }, &app, &mut origins));
        }
        findings
    }

    pub(super) fn application(&self, mut app: Application, mut origins: Origins, policies: &[(Policy, Origins)], workflows: &[(Text, Workflow, Origins)]) -> (Compiled, Origins) {
        let mut findings = self.joined(&mut app, &mut origins, policies, workflows);
        let budget = Budget::default();
        let compiler = Compiler { env: self.environment(&budget, None), rules: &self.library.rules };
        let mut compiled = oam::compile(&compiler, &app, &mut origins);
        findings.append(&mut compiled.findings);
        compiled.findings = findings;
        super::progress::done();
        (compiled, origins)
    }

    /// Joins what stands in documents of its own, and checks names and references.
    pub(super) fn joined(&self, app: &mut Application, origins: &mut Origins, policies: &[(Policy, Origins)], workflows: &[(Text, Workflow, Origins)]) -> Vec<Diagnostic> {
        let mut findings = super::join::join(app, origins, policies, workflows);
        let mut reader = Reader { origins, sources: &self.sources, compat: self.options.compat, findings: Vec::new() };
        oam::check(&mut reader, app, self.options.compat);
        findings.extend(self.lenient(reader.findings));
        findings
    }

    /// KubeVela's dry-run ignores unknown fields, and looks neither at references nor at the syntax of names.
    fn lenient(&self, findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        if !self.options.compat {
            return findings;
        }
        let unnamed = |d: &Diagnostic| d.code == codes::J0302 && ["`metadata.name`", "`valueFrom`"].iter().any(|f| d.message.contains(f));
        let ignored = |d: &Diagnostic| unnamed(d) || [codes::J0301, codes::J0305, codes::J0306, codes::J0806, codes::J0805, codes::J0807, codes::J0817].contains(&d.code);
        findings.into_iter().map(|d| if ignored(&d) { d.with_severity(Severity::Warning) } else { d }).collect()
    }

    /// The delivery plans of all applications.
    pub fn plan(&self, work: Work) -> (Vec<Outline>, Vec<Diagnostic>) {
        let Work { applications, policies, workflows, findings, .. } = work;
        let mut all = self.findings.clone();
        all.extend(findings);
        let mut plans = Vec::new();
        for (mut app, mut origins) in applications {
            all.extend(self.joined(&mut app, &mut origins, &policies, &workflows));
            let placements = oam::place(&app, &mut origins, false, &mut all);
            plans.push(oam::outline(&app, &placements));
        }
        (plans, all)
    }
}

/// What a run made.
#[derive(Default)]
pub struct Outcome {
    /// In the order of the input.
    pub applications: Vec<(Compiled, Origins)>,
    /// Objects that pass through.
    pub objects: Vec<(Value, Origins)>,
    pub findings: Vec<Diagnostic>,
}
