//! Loading: which modules a run needs, and from which files. A build loads what an application reaches; a check loads whole packages.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::kept::KeptModules;
use super::package::{Package, Text};
use super::program::Program;
use super::{Block, DefId, DefName, DefinitionKind, Expr, ImportSource, Module, ModuleId, StmtKind, TestStmt, TypeExpr, lower};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes};
use crate::source::{Sources, World};
use crate::syntax;

/// Loads and links modules. Packages are given in the order in which names are looked up: the project, its dependencies; `std` comes last by itself.
///
/// ```text
/// let mut loader = Loader::new(&world, &sources);
/// loader.package("acme", &[PathBuf::from("definitions")]);
/// loader.definition(DefinitionKind::Component, None, "webservice");
/// let (program, findings) = loader.finish();
/// ```
pub struct Loader<'w> {
    pub(super) world: &'w dyn World,
    pub(super) sources: &'w Sources,
    pub(super) packages: Vec<Package>,
    pub(super) modules: Vec<Loaded>,
    loaded: FxHashMap<(u32, u32), ModuleId>,
    queue: VecDeque<ModuleId>,
    pub(super) diagnostics: Vec<Diagnostic>,
    std: Option<Package>,
    kubevela: bool,
    /// Load what tests need, too.
    tests: bool,
    /// Report what is wrong with names in the standard library, too.
    pub(super) distrust_std: bool,
    /// Modules of earlier loads.
    kept: Option<&'w KeptModules>,
}

/// A module on its way into the program.
pub(super) struct Loaded {
    pub module: Arc<Module>,
    pub package: u32,
    pub path: PathBuf,
    /// The modules of its imports, where they are modules.
    pub imports: Vec<Option<ModuleId>>,
}

impl<'w> Loader<'w> {
    /// A loader without packages but `std`.
    pub fn new(world: &'w dyn World, sources: &'w Sources) -> Self {
        Self {
            world,
            sources,
            packages: Vec::new(),
            modules: Vec::new(),
            loaded: FxHashMap::default(),
            queue: VecDeque::new(),
            diagnostics: Vec::new(),
            std: Some(Package::std()),
            kubevela: false,
            tests: false,
            distrust_std: false,
            kept: None,
        }
    }

    /// Takes modules whose text has not changed from an earlier load, and keeps those of this one.
    #[must_use]
    pub fn keeping(mut self, kept: &'w KeptModules) -> Self {
        self.kept = Some(kept);
        self
    }

    /// Also loads what tests refer to.
    #[must_use]
    pub fn with_tests(mut self) -> Self {
        self.tests = true;
        self
    }

    /// Also checks names in the standard library, whose modules are otherwise trusted.
    #[must_use]
    pub fn distrusting_std(mut self) -> Self {
        self.distrust_std = true;
        self
    }

    /// Also looks up the definitions that imitate KubeVela, before those of the standard library.
    #[must_use]
    pub fn imitating_kubevela(mut self) -> Self {
        self.kubevela = true;
        self
    }

    /// Adds a package in folders and files of definitions. A package called `std` replaces the embedded one.
    pub fn package(&mut self, name: &str, roots: &[PathBuf]) {
        let (package, failed) = Package::read(name, roots, self.world, self.sources);
        for (path, reason) in failed {
            self.diagnostics.push(Diagnostic::new(codes::J1402, format!("cannot read `{}`: {reason}", path.display())));
        }
        if name == "std" {
            self.std = None;
        }
        self.packages.push(package);
    }

    fn ready(&mut self) {
        if let Some(std) = self.std.take() {
            if self.kubevela {
                self.packages.push(Package::kubevela());
            }
            self.packages.push(std);
        }
    }

    /// Loads a definition as an application sees it, and all that it needs. `None`: no package has it.
    pub fn definition(&mut self, kind: DefinitionKind, package: Option<&str>, name: &str) -> Option<DefId> {
        self.ready();
        let order: Vec<usize> = (0..self.packages.len()).collect();
        let found = self.find(&order, kind, package, name);
        self.drain();
        found
    }

    /// The packages (of dependencies) that both define a name which the project does not: J0210, unless a package is named.
    pub fn ambiguous(&mut self, kind: DefinitionKind, name: &str) -> Option<(EcoString, EcoString)> {
        self.ready();
        let key = (kind, EcoString::from(name));
        let has = |p: &&Package| p.index.contains_key(&key);
        if self.packages.first().is_some_and(|p| has(&p)) {
            return None;
        }
        let last = self.packages.len().saturating_sub(1 + usize::from(self.kubevela));
        let mut found = self.packages.get(..last).unwrap_or(&[]).iter().filter(has);
        Some((found.next()?.name.clone(), found.next()?.name.clone()))
    }

    /// Loads all modules of a package.
    pub fn whole(&mut self, package: &str) {
        self.ready();
        if let Some(p) = self.packages.iter().position(|p| p.name == package) {
            for m in 0..self.packages.get(p).map_or(0, |p| p.modules.len()) {
                self.load(p as u32, m as u32);
            }
        }
        self.drain();
    }

    /// Loads every module that has rules, and gives the rules in the order of the packages.
    pub fn rules(&mut self) -> Vec<DefId> {
        self.ready();
        let mut wanted = Vec::new();
        for (p, package) in self.packages.iter().enumerate() {
            let mut modules: Vec<u32> = package.index.iter().filter(|((k, _), _)| *k == DefinitionKind::Rule).flat_map(|(_, m)| m.iter().copied()).collect();
            modules.sort_unstable();
            modules.dedup();
            wanted.extend(modules.into_iter().map(|m| (p as u32, m)));
        }
        let mut rules = Vec::new();
        for (p, m) in wanted {
            if let Some(id) = self.load(p, m) {
                let module = self.modules.get(id.index()).map(|l| l.module.clone()).unwrap_or_default();
                let own = module.definitions.iter().enumerate().filter(|(_, d)| d.kind == DefinitionKind::Rule);
                rules.extend(own.map(|(i, _)| DefId { module: id, index: i as u32 }));
            }
        }
        self.drain();
        rules
    }

    /// Links what was loaded.
    pub fn finish(mut self) -> (Program, Vec<Diagnostic>) {
        self.ready();
        self.extensions();
        self.drain();
        super::link::link(self)
    }

    /// Modules that extend views count wherever they stand in the project and its dependencies.
    fn extensions(&mut self) {
        let mut wanted = Vec::new();
        for (p, package) in self.packages.iter().enumerate() {
            for (m, module) in package.modules.iter().enumerate() {
                if let Text::Read(_, bytes) = &module.text
                    && memchr::memmem::find(bytes, b"extend view").is_some()
                {
                    wanted.push((p as u32, m as u32));
                }
            }
        }
        for (p, m) in wanted {
            self.load(p, m);
        }
    }

    fn find(&mut self, order: &[usize], kind: DefinitionKind, package: Option<&str>, name: &str) -> Option<DefId> {
        let key = (kind, EcoString::from(name));
        for &p in order {
            let Some(candidate) = self.packages.get(p) else { continue };
            if package.is_some_and(|wanted| candidate.name != wanted) {
                continue;
            }
            for m in candidate.index.get(&key).cloned().unwrap_or_default() {
                let Some(id) = self.load(p as u32, m) else { continue };
                let module = self.modules.get(id.index()).map(|l| l.module.clone()).unwrap_or_default();
                if let Some(i) = module.definitions.iter().position(|d| d.kind == kind && d.name == name) {
                    return Some(DefId { module: id, index: i as u32 });
                }
            }
        }
        None
    }

    /// Loads a module, if it is not loaded yet; what it needs is put in the queue.
    fn load(&mut self, package: u32, module: u32) -> Option<ModuleId> {
        if let Some(id) = self.loaded.get(&(package, module)) {
            return Some(*id);
        }
        let source = self.packages.get(package as usize)?.modules.get(module as usize)?;
        let (name, path, text) = (source.name.clone(), source.path.clone(), source.text.clone());
        let lowered = match text {
            Text::Embedded(text) => {
                let file = self.sources.add(path.display().to_string(), text);
                match self.kept.and_then(|k| k.unchanged(&name, file, text.as_bytes())) {
                    Some(kept) => kept.module.clone(),
                    None => self.embedded(&name, file, text),
                }
            }
            Text::Read(file, bytes) => match self.kept.and_then(|k| k.unchanged(&name, file, &bytes)) {
                Some(kept) => {
                    self.diagnostics.extend(kept.diagnostics.iter().cloned());
                    kept.module.clone()
                }
                None => self.lower(&name, file, syntax::parse_bytes(file, &bytes), bytes),
            },
        };
        let id = ModuleId(self.modules.len() as u32);
        self.modules.push(Loaded { module: lowered, package, path, imports: Vec::new() });
        self.loaded.insert((package, module), id);
        self.queue.push_back(id);
        Some(id)
    }

    /// A module of the standard library: from the prepared form, or parsed.
    fn embedded(&mut self, name: &EcoString, file: crate::base::FileId, text: &'static str) -> Arc<Module> {
        let Some(module) = super::prepared::load(name, text) else {
            return self.lower(name, file, syntax::parse(file, &Arc::from(text)), Arc::from(text.as_bytes()));
        };
        let module = Arc::new(Module { file, ..module });
        if let Some(kept) = self.kept {
            kept.keep(name, Arc::from(text.as_bytes()), module.clone(), None, Vec::new());
        }
        module
    }

    fn lower(&mut self, name: &EcoString, file: crate::base::FileId, parse: syntax::Parse, bytes: Arc<[u8]>) -> Arc<Module> {
        let (module, findings) = lower(name, file, &parse);
        let module = Arc::new(module);
        let diagnostics: Vec<Diagnostic> = parse.diagnostics.iter().cloned().chain(findings).collect();
        self.diagnostics.extend(diagnostics.iter().cloned());
        if let Some(kept) = self.kept {
            kept.keep(name, bytes, module.clone(), Some(Arc::new(parse.tree)), diagnostics);
        }
        module
    }

    /// Loads what the modules in the queue need.
    fn drain(&mut self) {
        while let Some(id) = self.queue.pop_front() {
            let Some(loaded) = self.modules.get(id.index()) else { continue };
            let (module, package) = (loaded.module.clone(), loaded.package);
            let mut imports = Vec::new();
            for import in &module.imports {
                imports.push(match &import.source {
                    ImportSource::Module(path) => self.import(path, import.source_range.in_file(module.file)),
                    ImportSource::Kubernetes(api_version) => {
                        self.resources(api_version);
                        None
                    }
                    ImportSource::File(_) => None,
                });
            }
            if let Some(loaded) = self.modules.get_mut(id.index()) {
                loaded.imports = imports;
            }
            let own = package as usize;
            let mut order = vec![own];
            order.extend((0..self.packages.len()).filter(|&p| p != own));
            for (kind, name) in wanted(&module, self.tests) {
                self.find(&order, kind, name.package.as_deref(), &name.name);
            }
        }
    }

    /// Modules that describe kinds of an `apiVersion` by hand.
    fn resources(&mut self, api_version: &str) {
        let found = self.packages.iter().enumerate().flat_map(|(p, package)| package.resources.get(api_version).into_iter().flatten().map(move |&m| (p as u32, m)));
        for (p, m) in found.collect::<Vec<_>>() {
            self.load(p, m);
        }
    }

    fn import(&mut self, path: &str, span: Span) -> Option<ModuleId> {
        let package = path.split('.').next().unwrap_or("");
        let Some(p) = self.packages.iter().position(|p| p.name == package) else {
            let d = Diagnostic::new(codes::J0201, format!("there is no package `{package}`")).primary(span, "");
            let near = crate::diagnostics::nearest(package, self.packages.iter().map(|p| p.name.as_str()));
            let help = near.map_or_else(|| "packages are `std`, the project and the dependencies of `jibe.toml`".to_owned(), |n| format!("did you mean `{n}`?"));
            self.diagnostics.push(d.help(help));
            return None;
        };
        let found = self.packages.get(p).and_then(|package| package.module(path));
        let Some(m) = found else {
            let mut d = Diagnostic::new(codes::J0201, format!("there is no module `{path}`")).primary(span, "");
            let names = self.packages.get(p).map(|p| p.modules.iter().map(|m| m.name.as_str()));
            if let Some(near) = names.and_then(|names| crate::diagnostics::nearest(path, names)) {
                d = d.help(format!("did you mean `{near}`?")).fix(format!("import `{near}`"), span, near);
            }
            self.diagnostics.push(d);
            return None;
        };
        self.load(p as u32, m)
    }

    /// Where a data file of a module is: `None` outside of the package.
    pub(super) fn data_path(&self, loaded: &Loaded, relative: &str) -> Option<PathBuf> {
        let folder = loaded.path.parent()?;
        let mut path = PathBuf::new();
        for part in folder.join(relative).components() {
            match part {
                std::path::Component::CurDir => {}
                std::path::Component::ParentDir => {
                    if !path.pop() {
                        return None;
                    }
                }
                part => path.push(part),
            }
        }
        let roots = self.packages.get(loaded.package as usize).map(|p| p.roots.as_slice()).unwrap_or(&[]);
        let inside = |root: &PathBuf| root == Path::new("") || path.starts_with(root.strip_prefix(".").unwrap_or(root));
        roots.iter().any(inside).then_some(path)
    }
}

/// The definitions that a module refers to.
pub(super) fn wanted(module: &Module, tests: bool) -> Vec<(DefinitionKind, DefName)> {
    let mut found = Vec::new();
    for definition in &module.definitions {
        in_block(&definition.body, &mut found);
        for target in &definition.targets {
            by_type_name(&target.segments, &mut found);
        }
    }
    for ty in &module.type_exprs {
        if let TypeExpr::Name { name, .. } = ty {
            by_type_name(&name.segments, &mut found);
        }
    }
    if tests && module.tests.iter().flat_map(|t| &t.stmts).any(|s| matches!(s, TestStmt::Let { .. } | TestStmt::Expect { .. })) {
        for expr in &module.exprs {
            if let Expr::Application(app) = expr {
                for unit in &app.units {
                    found.push((unit.kind, unit.definition.clone()));
                    found.extend(unit.traits.iter().map(|(name, _)| (DefinitionKind::Trait, name.clone())));
                }
            }
        }
    }
    found
}

fn in_block(block: &Block, found: &mut Vec<(DefinitionKind, DefName)>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::From { name, .. } => found.push((DefinitionKind::Component, name.clone())),
            StmtKind::Do { name, .. } => found.push((DefinitionKind::Step, name.clone())),
            StmtKind::If { then, otherwise, .. } => {
                in_block(then, found);
                otherwise.iter().for_each(|b| in_block(b, found));
            }
            StmtKind::For { body, .. } => in_block(body, found),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|a| in_block(&a.body, found)),
            _ => {}
        }
    }
}

/// `webservice`, `cron-task.parameters`, `std.webservice.parameters`: a first letter that is small.
fn by_type_name(segments: &[EcoString], found: &mut Vec<(DefinitionKind, DefName)>) {
    const KINDS: [DefinitionKind; 4] = [DefinitionKind::Component, DefinitionKind::Trait, DefinitionKind::Policy, DefinitionKind::Step];
    let Some(first) = segments.first().filter(|s| s.starts_with(|c: char| c.is_ascii_lowercase())) else { return };
    let name = |package: Option<&EcoString>, name: &EcoString| DefName { package: package.cloned(), name: name.clone(), range: crate::base::Range::default() };
    for kind in KINDS {
        found.push((kind, name(None, first)));
        if let Some(second) = segments.get(1).filter(|s| *s != "parameters") {
            found.push((kind, name(Some(first), second)));
        }
    }
}
