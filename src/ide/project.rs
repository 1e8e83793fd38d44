//! A project as it stands: settings, everything that is defined, and where it is. It is made anew when a definition changes, and then only read.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::hash::{BuildHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxBuildHasher, FxHashMap, FxHasher};

use super::files::Files;
use crate::base::{FileId, Span};
use crate::diagnostics::Diagnostic;
use crate::driver::{Kept, Library, Options, Places, Session, Settings, Work};
use crate::hir::{Module, ModuleId};
use crate::source::{SourceFile, Sources};
use crate::syntax::{Tree, parse};
use crate::types::Notes;

/// The files that belong to one `jibe.toml`, or to a folder without one.
pub struct Project {
    /// Settings, files and library. The library holds everything: the project, its dependencies, the standard library.
    pub session: Session,
    /// Where it is; absolute.
    pub root: PathBuf,
    /// What was found in settings and while definitions were read and linked.
    pub findings: Vec<Diagnostic>,
    kept: Arc<Kept>,
    modules: HashMap<FileId, ModuleId>,
    keys: Mutex<Keys>,
    /// What the settings say of rules and lints.
    levels: u64,
    learnt: Mutex<FxHashMap<ModuleId, Arc<Learnt>>>,
    trees: Mutex<FxHashMap<ModuleId, Arc<Tree>>>,
}

/// What a check of a module has found and learnt.
pub struct Learnt {
    pub findings: Vec<Diagnostic>,
    pub notes: Notes,
}

/// Fingerprints that were asked for.
#[derive(Default)]
struct Keys {
    texts: FxHashMap<ModuleId, u64>,
    closures: FxHashMap<ModuleId, u64>,
    names: Option<u64>,
    rules: Option<u64>,
}

/// A module with everything that is known of its file.
#[derive(Clone)]
pub struct Unit<'p> {
    pub id: ModuleId,
    pub module: &'p Module,
    pub source: Arc<SourceFile>,
}

impl Project {
    /// Loads what is there. `more`: `.jibe` files that the settings do not name.
    pub fn load(root: &Path, files: &Files, sources: &Sources, options: &Options, more: Vec<PathBuf>, kept: Arc<Kept>) -> Self {
        let (settings, mut findings) = settings(root, files, sources);
        let more: Vec<PathBuf> = options.definitions.iter().cloned().chain(more).collect();
        let places = Places { world: files, sources, settings: &settings, more, compat: options.compat, lint: options.lint };
        let (library, found) = Library::load_all(&places, &kept);
        findings.extend(found);
        let modules = library.program.modules().map(|(id, m)| (m.file, id)).collect();
        let levels = hash(&settings.rules.iter().map(|r| (r.name.clone(), r.level.clone())).collect::<Vec<_>>());
        let session = Session {
            world: Box::new(files.clone()),
            sources: sources.clone(),
            options: options.clone(),
            settings,
            library,
            secrets: crate::eval::Secrets::default(),
            coverage: None,
            context: BTreeSet::new(),
            findings: Vec::new(),
        };
        Self { session, root: root.to_owned(), findings, kept, modules, keys: Mutex::default(), learnt: Mutex::default(), trees: Mutex::default(), levels }
    }

    /// The program, the types and the rules.
    pub fn library(&self) -> &Library {
        &self.session.library
    }

    /// The module in a file.
    pub fn module_in(&self, file: FileId) -> Option<ModuleId> {
        self.modules.get(&file).copied()
    }

    /// The module of a file with its text.
    pub fn unit(&self, file: FileId) -> Option<Unit<'_>> {
        let id = self.module_in(file)?;
        Some(Unit { id, module: self.library().program.module(id), source: self.session.sources.get(file)? })
    }

    /// The tree of a module.
    pub fn tree(&self, id: ModuleId) -> Arc<Tree> {
        let module = self.library().program.module(id);
        let read = self.kept.modules.get(&module.name).filter(|k| k.module.file == module.file).and_then(|k| k.tree.clone());
        if let Some(tree) = read {
            return tree;
        }
        // Modules of the standard library come without.
        if let Some(tree) = self.trees.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return tree.clone();
        }
        let text = self.session.sources.get(module.file).map(|s| s.text.clone()).unwrap_or_default();
        let tree = Arc::new(parse(module.file, &text).tree);
        self.trees.lock().unwrap_or_else(PoisonError::into_inner).insert(id, tree.clone());
        tree
    }

    /// What a check of one module finds and learns; checked once.
    pub fn learnt(&self, id: ModuleId) -> Arc<Learnt> {
        if let Some(known) = self.learnt.lock().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return known.clone();
        }
        let (mut findings, notes) = self.library().check_and_note(id, &self.findings);
        let file = self.library().program.module(id).file;
        findings.retain(|d| d.span().is_none_or(|s| s.file == file));
        let learnt = Arc::new(Learnt { findings, notes });
        self.learnt.lock().unwrap_or_else(PoisonError::into_inner).insert(id, learnt.clone());
        learnt
    }

    /// What is wrong with some modules. Only what stands in their files is given back.
    pub fn check_modules(&self, ids: &[ModuleId]) -> Vec<Diagnostic> {
        let files: HashSet<FileId> = ids.iter().map(|id| self.library().program.module(*id).file).collect();
        let mut found = self.library().check_modules(ids, &self.findings);
        found.retain(|d| d.span().is_none_or(|s| files.contains(&s.file)));
        self.session.settle_modules(ids, found)
    }

    /// A number that stays the same as long as nothing changes that can change what is said of a module.
    pub fn module_key(&self, id: ModuleId) -> u64 {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        hash(&(self.closure(&mut keys, id), self.levels))
    }

    /// The same for documents: their text, the definitions that they name, the rules in force, and the parts that stand in other documents.
    pub fn document_key(&self, text: &str, work: &Work, parts: u64) -> u64 {
        let mut keys = self.keys.lock().unwrap_or_else(PoisonError::into_inner);
        let mut hasher = FxHasher::default();
        (hash(text), parts, self.rules(&mut keys)).hash(&mut hasher);
        for (kind, package, name) in work.named_definitions() {
            match self.library().program.find(kind, package.as_deref(), &name) {
                Some(d) => self.closure(&mut keys, d.module).hash(&mut hasher),
                None => self.names(&mut keys).hash(&mut hasher),
            }
        }
        hasher.finish()
    }

    fn closure(&self, keys: &mut Keys, id: ModuleId) -> u64 {
        if let Some(known) = keys.closures.get(&id) {
            return *known;
        }
        let program = &self.library().program;
        let mut reached: HashSet<ModuleId> = HashSet::from([id]);
        let mut open = vec![id];
        while let Some(at) = open.pop() {
            open.extend(program.uses(at).into_iter().filter(|m| reached.insert(*m)));
        }
        let mut texts: Vec<u64> = reached.iter().map(|m| self.text(keys, *m)).collect();
        texts.sort_unstable();
        let key = hash(&(self.text(keys, id), texts, self.names(keys)));
        keys.closures.insert(id, key);
        key
    }

    fn text(&self, keys: &mut Keys, id: ModuleId) -> u64 {
        *keys.texts.entry(id).or_insert_with(|| {
            let module = self.library().program.module(id);
            let text = self.session.sources.get(module.file).map(|s| s.text.clone()).unwrap_or_default();
            // Data files are read with the module.
            hash(&(module.name.as_str(), &*text, self.data(id)))
        })
    }

    fn data(&self, id: ModuleId) -> u64 {
        let program = &self.library().program;
        let values: Vec<String> = (0..).map_while(|i| program.data(id, i)).map(|v| format!("{v:?}")).collect();
        if values.is_empty() { 0 } else { hash(&values) }
    }

    fn names(&self, keys: &mut Keys) -> u64 {
        *keys.names.get_or_insert_with(|| {
            let mut known: Vec<_> = self.library().program.known().to_vec();
            known.sort_unstable();
            hash(&(known, self.settings_key()))
        })
    }

    fn rules(&self, keys: &mut Keys) -> u64 {
        if let Some(known) = keys.rules {
            return known;
        }
        let rules: Vec<_> = self.library().rules.iter().map(|r| (self.closure(keys, r.definition.module), r.definition.index, r.severity, format!("{:?}", r.parameters))).collect();
        let key = hash(&(rules, self.settings_key()));
        keys.rules = Some(key);
        key
    }

    fn settings_key(&self) -> u64 {
        let s = &self.session.settings;
        hash(&(&s.name, s.oldest, s.newest, self.session.version(), &s.crds, Arc::as_ptr(&self.library().catalog) as usize))
    }

    /// The name of the file that a span is in, and its text.
    pub fn source(&self, span: Span) -> Option<Arc<SourceFile>> {
        self.session.sources.get(span.file)
    }
}

/// A fingerprint: for telling whether something has changed, not against people.
pub fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    FxBuildHasher.hash_one(value)
}

/// The settings of a folder; paths are absolute.
pub fn settings(root: &Path, files: &Files, sources: &Sources) -> (Settings, Vec<Diagnostic>) {
    // A folder without settings of its own or above has the defaults.
    if Settings::locate(root, files).is_none() {
        return (Settings { root: root.to_owned(), ..Settings::default() }, Vec::new());
    }
    let (mut settings, findings) = Settings::find(root, files, sources);
    let absolute = |p: &mut PathBuf| {
        let given = if p.as_os_str().is_empty() { PathBuf::from(".") } else { p.clone() };
        *p = std::path::absolute(&given).unwrap_or(given);
    };
    absolute(&mut settings.root);
    settings.definitions.iter_mut().for_each(absolute);
    settings.crds.iter_mut().for_each(absolute);
    settings.dependencies.iter_mut().for_each(|(_, p)| absolute(p));
    (settings, findings)
}
