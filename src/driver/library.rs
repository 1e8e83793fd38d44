//! The definitions of a run: program, types, kinds, rules in force. Only what the applications reach is loaded; all of them share it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;
use rayon::prelude::*;

use super::session::Work;
use super::settings::Settings;
use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, Severity};
use crate::eval::ActiveRule;
use crate::hir::{DefId, DefinitionKind, Expr, KeptModules, Loader, ModuleId, Program};
use crate::kube::{Catalog, Version, crd};
use crate::oam::Application;
use crate::source::{Sources, World};
use crate::types::{Notes, Schemas, Types, Versions};
use crate::value::Value;

/// What applications are compiled with.
pub struct Library {
    pub program: Arc<Program>,
    pub types: Arc<Types>,
    pub catalog: Arc<Catalog>,
    pub rules: Vec<ActiveRule>,
    /// Definitions that imitate KubeVela are in force.
    imitates: bool,
}

/// What a server keeps from one load to the next.
#[derive(Default)]
pub struct Kept {
    pub modules: KeptModules,
    kinds: Mutex<Option<Kinds>>,
}

/// The kinds of a project and what was found while reading them.
#[derive(Clone)]
struct Kinds {
    catalog: Arc<Catalog>,
    schemas: Schemas,
    findings: Vec<Diagnostic>,
}

impl Kept {
    /// Custom resource definitions or settings have changed: kinds are read again by the next load.
    pub fn forget_kinds(&self) {
        *self.kinds.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Default for Library {
    fn default() -> Self {
        Self::of(Program::default(), Catalog::new(), &Settings::default())
    }
}

/// Where definitions come from.
pub struct Places<'a> {
    pub world: &'a dyn World,
    pub sources: &'a Sources,
    pub settings: &'a Settings,
    /// `-d`, and `.jibe` files among the inputs.
    pub more: Vec<PathBuf>,
    /// Whether KubeVela is imitated.
    pub compat: bool,
    /// All rules are in force, those of the standard library too.
    pub lint: bool,
}

impl Library {
    fn of(program: Program, catalog: Catalog, settings: &Settings) -> Self {
        let catalog = Arc::new(catalog);
        let schemas = schemas(&catalog, settings);
        Self::with(program, catalog, schemas)
    }

    fn with(program: Program, catalog: Arc<Catalog>, schemas: Schemas) -> Self {
        let program = Arc::new(program);
        let types = Arc::new(Types::new(Arc::clone(&program), schemas));
        Self { program, types, catalog, rules: Vec::new(), imitates: false }
    }

    /// Loads all there is: the project, its dependencies, the standard library. What has not changed since the last load is taken from `kept`.
    pub fn load_all(places: &Places<'_>, kept: &Kept) -> (Self, Vec<Diagnostic>) {
        let settings = places.settings;
        let mut loader = Loader::new(places.world, places.sources).with_tests().keeping(&kept.modules);
        if places.compat {
            loader = loader.imitating_kubevela();
        }
        loader.package(&settings.name, &roots(settings, &places.more, places.world));
        for (name, path) in &settings.dependencies {
            loader.package(name, std::slice::from_ref(path));
        }
        loader.whole(&settings.name);
        settings.dependencies.iter().for_each(|(name, _)| loader.whole(name));
        loader.whole("std");
        if places.compat {
            loader.whole("kubevela");
        }
        let rules = loader.rules();
        let (program, mut findings) = loader.finish();
        let known = kept.kinds.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let kinds = known.unwrap_or_else(|| {
            let mut findings = Vec::new();
            let catalog = Arc::new(catalog(places, &mut findings));
            Kinds { schemas: schemas(&catalog, settings), catalog, findings }
        });
        findings.extend(kinds.findings.iter().cloned());
        *kept.kinds.lock().unwrap_or_else(PoisonError::into_inner) = Some(kinds.clone());
        let mut library = Self::with(program, kinds.catalog, kinds.schemas);
        library.imitates = places.compat;
        library.rules = rules.into_iter().filter_map(|id| library.active(id, settings, places.lint)).collect();
        (library, findings)
    }

    /// What is wrong with some modules, as [`Library::check`] says it; what was said about them before is said again.
    pub fn check_modules(&self, modules: &[ModuleId], known: &[Diagnostic]) -> Vec<Diagnostic> {
        let types = Types::new(Arc::clone(&self.program), self.types.schemas.clone());
        self.found_in(&types, modules.to_vec(), known)
    }

    /// The modules that a check looks at: all but those that come with Jibe.
    pub fn own_modules(&self) -> Vec<ModuleId> {
        self.program.modules().map(|(id, _)| id).filter(|id| !self.is_embedded(self.program.package(*id))).collect()
    }

    /// Loads what applications need, and the rules that are in force. With `whole` everything in the project's own package, to be checked.
    pub fn load(places: &Places<'_>, work: &[Option<&Work>], whole: bool) -> (Self, Vec<Diagnostic>) {
        let settings = places.settings;
        let mut loader = Loader::new(places.world, places.sources);
        if whole {
            loader = loader.with_tests();
        }
        if places.compat {
            loader = loader.imitating_kubevela();
        }
        let roots = roots(settings, &places.more, places.world);
        loader.package(&settings.name, &roots);
        for (name, path) in &settings.dependencies {
            loader.package(name, std::slice::from_ref(path));
        }
        for (kind, package, name) in work.iter().flatten().flat_map(|w| wanted(w)) {
            loader.definition(kind, package.as_deref(), &name);
        }
        let ambiguous = if settings.dependencies.len() > 1 { work.iter().flatten().flat_map(|w| super::ambiguous::uses(w, &mut loader)).collect() } else { Vec::new() };
        if whole {
            loader.whole(&settings.name);
        }
        // Rules of the project and its dependencies are in force; those of the standard library where `jibe.toml` names them.
        let has_rules = !roots.is_empty() || !settings.dependencies.is_empty() || !settings.rules.is_empty() || places.lint;
        let rules = if has_rules { loader.rules() } else { Vec::new() };
        let (program, mut findings) = loader.finish();
        findings.extend(ambiguous);
        let catalog = catalog(places, &mut findings);
        let mut library = Self::of(program, catalog, settings);
        library.imitates = places.compat;
        library.rules = rules.into_iter().filter_map(|id| library.active(id, settings, places.lint)).collect();
        (library, findings)
    }

    /// What is wrong with the definitions that were loaded, but for those of the standard library, which its own project checks. Items with a mistake among `known` that kept them from being read as they were meant are passed over.
    pub fn check(&self, known: &[Diagnostic]) -> Vec<Diagnostic> {
        self.found_in(&self.types, self.own_modules(), known)
    }

    /// What is wrong with one module, and what was learnt about it.
    pub fn check_and_note(&self, module: ModuleId, known: &[Diagnostic]) -> (Vec<Diagnostic>, Notes) {
        let (found, notes) = Types::check_and_note(&self.program, &self.types.schemas, module);
        (self.sound(found, known), notes)
    }

    fn found_in(&self, types: &Types, modules: Vec<ModuleId>, known: &[Diagnostic]) -> Vec<Diagnostic> {
        let found: Vec<Vec<Diagnostic>> = modules.into_par_iter().map(|id| types.check(id)).collect();
        self.sound(found.into_iter().flatten().collect(), known)
    }

    /// Without what stands in items that could not be read as they were meant.
    fn sound(&self, found: Vec<Diagnostic>, known: &[Diagnostic]) -> Vec<Diagnostic> {
        let unread: Vec<Span> = known.iter().filter(|d| d.is_error() && d.code.0.starts_with("J01")).filter_map(Diagnostic::span).collect();
        let sound = |d: &Diagnostic| d.span().is_none_or(|at| !unread.iter().any(|s| s.file == at.file && self.same_item(*s, at)));
        found.into_iter().filter(sound).collect()
    }

    /// Whether two places stand in one item of a module.
    fn same_item(&self, a: Span, b: Span) -> bool {
        let Some((_, m)) = self.program.modules().find(|(_, m)| m.file == a.file) else { return false };
        let functions = m.functions.iter().map(|f| f.range);
        let items = functions
            .chain(m.types.iter().map(|t| t.range))
            .chain(m.definitions.iter().map(|d| d.range))
            .chain(m.lets.iter().map(|l| l.range))
            .chain(m.tests.iter().map(|t| t.range));
        let starts: Vec<u32> = items.map(|r: Range| r.start).collect();
        // What follows an item, up to the next one, belongs to it: an item that cannot be read ends early.
        let item = |s: Span| starts.iter().filter(|start| **start <= s.start).max();
        item(a) == item(b)
    }

    /// Packages that come with Jibe are checked by its own tests.
    fn is_embedded(&self, package: &str) -> bool {
        package == "std" || (self.imitates && package == "kubevela")
    }

    fn active(&self, definition: DefId, settings: &Settings, all: bool) -> Option<ActiveRule> {
        let rule = self.program.definition(definition);
        let named = settings.rules.iter().find(|r| rule.name == r.name);
        let level = match named {
            Some(r) if r.level.is_some() => r.level.clone(),
            None if self.program.package(definition.module) == "std" && !all => return None,
            _ => self.level(definition),
        };
        let severity = match level.as_deref() {
            Some("off") => return None,
            Some("info") => Severity::Note,
            Some("warn") => Severity::Warning,
            _ => Severity::Error,
        };
        Some(ActiveRule { definition, parameters: named.and_then(|r| r.parameters.clone()), severity })
    }

    /// What `@level("…")` says.
    fn level(&self, definition: DefId) -> Option<String> {
        let module = self.program.module(definition.module);
        let attribute = self.program.definition(definition).attributes.iter().find(|a| a.name == "level")?;
        match module.expr(*attribute.arguments.first()?) {
            Expr::String(text) => Some(text.to_string()),
            _ => None,
        }
    }
}

/// The places of the project's definitions; none inside another.
fn roots(settings: &Settings, more: &[PathBuf], world: &dyn World) -> Vec<PathBuf> {
    let mut roots: Vec<PathBuf> = settings.definitions.clone();
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    for path in more {
        if !roots.iter().any(|r| absolute(path).starts_with(absolute(r))) {
            roots.push(path.clone());
        }
    }
    roots.retain(|r| world.is_file(r) || world.is_folder(r) || more.contains(r));
    roots
}

fn schemas(catalog: &Arc<Catalog>, settings: &Settings) -> Schemas {
    let versions = Versions(Version::all().filter(|v| (settings.oldest..=settings.newest).contains(v)).fold(0, |bits, v| bits | (1 << v.index())));
    Schemas::new(Arc::clone(catalog), versions)
}

/// The custom resource definitions of the project.
fn catalog(places: &Places<'_>, findings: &mut Vec<Diagnostic>) -> Catalog {
    let mut catalog = Catalog::new();
    if !places.settings.crds.is_empty() {
        let (definitions, found) = crd::load(places.world, places.sources, &expanded(&places.settings.crds, places.world));
        findings.extend(found);
        catalog.define(&definitions);
    }
    catalog
}

/// Paths with `*` in their last part stand for the files of that folder whose names fit.
pub(super) fn expanded(paths: &[PathBuf], world: &dyn World) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for path in paths {
        let pattern = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let Some((head, tail)) = pattern.split_once('*') else {
            out.push(path.clone());
            continue;
        };
        let folder = path.parent().unwrap_or(Path::new("."));
        let fits = |p: &PathBuf| {
            let name = p.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            p.parent() == Some(folder) && name.len() >= head.len() + tail.len() && name.starts_with(head) && name.ends_with(tail)
        };
        out.extend(world.walk(folder, &["yaml", "yml", "json"]).unwrap_or_default().into_iter().filter(fits));
    }
    out
}

/// A definition as an application names it.
pub(super) type Wanted = (DefinitionKind, Option<EcoString>, EcoString);

fn named(kind: DefinitionKind, name: &str) -> Wanted {
    let plain = name.split_once('@').map_or(name, |(n, _)| n);
    let (package, plain) = plain.split_once('.').map_or((None, plain), |(p, n)| (Some(p.into()), n));
    (kind, package, EcoString::from(plain))
}

/// The definitions that one application names.
pub(super) fn wanted_by(app: &Application) -> BTreeSet<Wanted> {
    let mut found = BTreeSet::new();
    of_application(app, &mut |kind, name| {
        found.insert(named(kind, name));
    });
    found
}

/// The definitions that applications name: types of components, traits, policies, steps, and those in overrides.
pub(super) fn wanted(work: &Work) -> BTreeSet<Wanted> {
    let mut found = BTreeSet::new();
    let mut add = |kind: DefinitionKind, name: &str| {
        found.insert(named(kind, name));
    };
    for (app, _) in &work.applications {
        of_application(app, &mut add);
    }
    for (policy, _) in &work.policies {
        add(DefinitionKind::Policy, &policy.unit.type_name.text);
        of_override(policy.unit.properties.as_ref(), &mut add);
    }
    for (_, workflow, _) in &work.workflows {
        for step in workflow.steps.iter().flat_map(|s| std::iter::once(s).chain(&s.sub_steps)) {
            add(DefinitionKind::Step, &step.unit.type_name.text);
        }
    }
    found
}

fn of_application(app: &Application, add: &mut dyn FnMut(DefinitionKind, &str)) {
    for c in &app.components {
        add(DefinitionKind::Component, &c.unit.type_name.text);
        for t in &c.traits {
            add(DefinitionKind::Trait, &t.type_name.text);
        }
    }
    for p in &app.policies {
        add(DefinitionKind::Policy, &p.unit.type_name.text);
        of_override(p.unit.properties.as_ref(), add);
    }
    for step in app.workflow.iter().flat_map(|w| &w.steps).flat_map(|s| std::iter::once(s).chain(&s.sub_steps)) {
        add(DefinitionKind::Step, &step.unit.type_name.text);
        of_override(step.unit.properties.as_ref().and_then(|p| p.get("override")), add);
    }
}

fn of_override(properties: Option<&Value>, add: &mut dyn FnMut(DefinitionKind, &str)) {
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).map(str::to_owned);
    for c in properties.and_then(|p| p.get("components")).and_then(Value::as_list).unwrap_or_default() {
        if let Some(t) = text(c, "type") {
            add(DefinitionKind::Component, &t);
        }
        for t in c.get("traits").and_then(Value::as_list).unwrap_or_default() {
            if let Some(t) = text(t, "type") {
                add(DefinitionKind::Trait, &t);
            }
        }
    }
}
