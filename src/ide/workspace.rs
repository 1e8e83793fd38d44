//! The state of a server: files, projects, documents, findings. Changes are cheap; what depends on them is made when it is asked for.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::ask::File;
use super::board::{Board, Found, Work};
use super::files::{EXTENSIONS, Files};
use super::project::{Project, hash};
use super::search::Holdings;
use super::sweep::{Document, Parts, Sweep};
use crate::base::FileId;
use crate::diagnostics::Diagnostic;
use crate::driver::{Kept, Options, Settings};
use crate::oam::Compiled;
use crate::source::{MAX_MANIFEST_BYTES, SourceFile, Sources, World};
use crate::value::Origins;

/// What applications and their parts have in their `apiVersion`.
const OURS: &str = "oam.dev/";

/// Everything that the server knows.
pub struct Workspace {
    pub files: Files,
    pub sources: Sources,
    pub board: Board,
    options: Options,
    folders: Vec<PathBuf>,
    slots: BTreeMap<PathBuf, Slot>,
    /// The root of the project of files in a folder.
    homes: HashMap<PathBuf, PathBuf>,
    /// What was read; `None`: nothing of ours is in it.
    documents: HashMap<PathBuf, Option<Arc<Document>>>,
    /// Open files that have changed since they were checked.
    changed: BTreeSet<PathBuf>,
    /// The document that was compiled last: its path, its key, its applications.
    compiled: Option<(PathBuf, u64, Arc<Vec<(Compiled, Origins)>>)>,
}

/// A project with the files that belong to it.
#[derive(Default)]
struct Slot {
    kept: Arc<Kept>,
    definitions: BTreeSet<PathBuf>,
    documents: BTreeSet<PathBuf>,
    project: Option<Arc<Project>>,
    parts: Option<Arc<Parts>>,
}

/// What has happened to a file on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskChange {
    Created,
    Changed,
    Deleted,
}

impl Workspace {
    /// A workspace of some folders; nothing is read yet.
    pub fn new(folders: Vec<PathBuf>, options: Options) -> Self {
        Self {
            files: Files::default(),
            sources: Sources::by_name(),
            board: Board::default(),
            options,
            folders,
            slots: BTreeMap::new(),
            homes: HashMap::new(),
            documents: HashMap::new(),
            changed: BTreeSet::new(),
            compiled: None,
        }
    }

    /// Finds and reads the files of the folders.
    pub fn scan(&mut self) {
        for folder in self.folders.clone() {
            for path in self.files.walk(&folder, EXTENSIONS).unwrap_or_default() {
                self.enlist(&path);
            }
        }
        let waiting: Vec<PathBuf> = self.slots.values().flat_map(|s| s.documents.iter().cloned()).collect();
        self.read_documents(&waiting);
    }

    /// Adds or removes workspace folders.
    pub fn set_folders(&mut self, added: Vec<PathBuf>, removed: &[PathBuf]) {
        self.folders.retain(|f| !removed.contains(f));
        self.folders.extend(added);
        self.homes.clear();
        self.scan();
    }

    /// The root of the project of a file.
    pub fn home(&mut self, path: &Path) -> PathBuf {
        let folder = path.parent().unwrap_or(Path::new("/")).to_owned();
        if let Some(known) = self.homes.get(&folder) {
            return known.clone();
        }
        let found = Settings::locate(path, &self.files).and_then(|p| std::path::absolute(p).ok()).and_then(|p| Some(p.parent()?.to_owned()));
        let around = || self.folders.iter().filter(|f| folder.starts_with(f)).max_by_key(|f| f.as_os_str().len()).cloned();
        let home = found.or_else(around).unwrap_or_else(|| folder.clone());
        self.homes.insert(folder, home.clone());
        home
    }

    fn slot(&mut self, path: &Path) -> &mut Slot {
        let home = self.home(path);
        self.slots.entry(home).or_default()
    }

    /// Notes that a file exists.
    fn enlist(&mut self, path: &Path) {
        let slot = self.slot(path);
        if is_definition(path) {
            if slot.definitions.insert(path.to_owned()) {
                slot.project = None;
            }
        } else {
            slot.documents.insert(path.to_owned());
        }
    }

    /// The text of a file in the editor, new or changed.
    pub fn set(&mut self, path: &Path, text: Arc<str>) {
        self.files.set(path, text);
        self.enlist(path);
        self.invalidate(path);
        self.changed.insert(path.to_owned());
    }

    /// A file was closed in the editor: what is on disk counts.
    pub fn close(&mut self, path: &Path) {
        self.files.close(path);
        if self.files.is_file(path) {
            self.invalidate(path);
        } else {
            self.remove(path);
        }
        self.changed.remove(path);
    }

    /// Something has happened to a file on disk. What is open in the editor is not looked at.
    pub fn disk(&mut self, path: &Path, change: DiskChange) {
        self.files.forget(path, change != DiskChange::Changed);
        if is_settings(path) {
            self.homes.clear();
            self.slots.clear();
            self.board = Board::default();
            self.scan();
            let open = self.files.open();
            open.iter().for_each(|p| self.enlist(p));
            self.changed.extend(open);
            return;
        }
        if self.files.is_open(path) {
            return;
        }
        match change {
            DiskChange::Deleted => self.remove(path),
            DiskChange::Created | DiskChange::Changed => {
                self.enlist(path);
                self.invalidate(path);
            }
        }
    }

    fn remove(&mut self, path: &Path) {
        let slot = self.slot(path);
        slot.definitions.remove(path);
        slot.documents.remove(path);
        self.invalidate(path);
        self.documents.remove(path);
        if let Some(source) = self.sources.named(&name_of(path)) {
            for work in [Work::Document(source.id), Work::Module(source.id)] {
                self.board.take(&work, source.id, &self.sources.clone());
            }
        }
    }

    /// Drops what was made of a file.
    fn invalidate(&mut self, path: &Path) {
        let known = self.documents.remove(path);
        let had_parts = known.flatten().is_some_and(|d| d.work.has_parts());
        let slot = self.slot(path);
        if is_definition(path) {
            slot.project = None;
            return;
        }
        if had_parts {
            slot.parts = None;
        }
        let Some(project) = slot.project.as_ref() else { return };
        let settings = &project.session.settings;
        let defines_kinds = settings.crds.iter().any(|c| path.starts_with(c) || c.parent() == path.parent());
        let imported = imports_file(project, path);
        if defines_kinds {
            slot.kept.forget_kinds();
        }
        if defines_kinds || imported {
            slot.project = None;
        }
    }

    /// The project of a file, up to date.
    pub fn project(&mut self, path: &Path) -> Arc<Project> {
        let home = self.home(path);
        self.project_at(&home)
    }

    fn project_at(&mut self, home: &Path) -> Arc<Project> {
        let slot = self.slots.entry(home.to_owned()).or_default();
        if let Some(project) = &slot.project {
            return project.clone();
        }
        let more = slot.definitions.iter().cloned().collect();
        let project = Arc::new(Project::load(home, &self.files, &self.sources, &self.options, more, slot.kept.clone()));
        slot.project = Some(project.clone());
        let found = Found { work: Work::Load(home.to_owned()), key: 0, findings: project.findings.clone().into() };
        let own = self.settings_file(home);
        self.board.put(found, own, &self.sources);
        project
    }

    /// All projects, up to date.
    pub fn projects(&mut self) -> Vec<Arc<Project>> {
        let homes: Vec<PathBuf> = self.slots.keys().cloned().collect();
        homes.iter().map(|h| self.project_at(h)).collect()
    }

    /// The settings file of a project, for findings without a place.
    fn settings_file(&self, home: &Path) -> FileId {
        let here = std::path::absolute(".").unwrap_or_default();
        let path = home.join("jibe.toml");
        let name = path.strip_prefix(here).unwrap_or(&path);
        self.sources.named(&name_of(name)).map_or_else(|| self.sources.add(name_of(&path), ""), |s| s.id)
    }

    /// The documents of a file, if it holds any of ours.
    pub fn document(&mut self, path: &Path) -> Option<Arc<Document>> {
        if !self.documents.contains_key(path) {
            self.read_documents(&[path.to_owned()]);
        }
        self.documents.get(path).cloned().flatten()
    }

    fn read_documents(&mut self, paths: &[PathBuf]) {
        // Reading needs no definitions: any project will do.
        let mut by_home: BTreeMap<PathBuf, Vec<PathBuf>> = BTreeMap::new();
        let unread: Vec<&PathBuf> = paths.iter().filter(|p| !is_definition(p) && !self.documents.contains_key(*p)).collect();
        for path in unread {
            by_home.entry(self.home(path)).or_default().push(path.clone());
        }
        for (home, paths) in by_home {
            let project = self.project_at(&home);
            let files = &self.files;
            let texts: Vec<_> = paths.par_iter().map(|p| files.text(p, MAX_MANIFEST_BYTES).ok().filter(|t| t.contains(OURS))).collect();
            // Files get their numbers in order.
            self.documents.extend(paths.iter().map(|p| (p.clone(), None)));
            let numbered: Vec<_> = paths.iter().zip(texts).filter_map(|(p, t)| Some((p, self.sources.add(name_of(p), t.clone()?), t?))).collect();
            let read: Vec<_> = numbered
                .into_par_iter()
                .map(|(p, file, text)| {
                    let work = project.session.read_documents(file);
                    (p.clone(), Arc::new(Document { file, text, work }))
                })
                .collect();
            if let Some(slot) = self.slots.get_mut(&home)
                && read.iter().any(|(_, d)| d.work.has_parts())
            {
                slot.parts = None;
            }
            self.documents.extend(read.into_iter().map(|(p, d)| (p, Some(d))));
        }
    }

    /// Policies and workflows of a project that are documents of their own.
    pub fn parts(&mut self, home: &Path) -> Arc<Parts> {
        let Some(slot) = self.slots.get(home) else { return Arc::default() };
        if let Some(parts) = &slot.parts {
            return parts.clone();
        }
        let waiting: Vec<PathBuf> = slot.documents.iter().cloned().collect();
        self.read_documents(&waiting);
        let mut parts = Parts::default();
        let mut texts = Vec::new();
        for document in waiting.iter().filter_map(|p| self.documents.get(p)?.as_ref()).filter(|d| d.work.has_parts()) {
            parts.work.add_parts(&document.work);
            texts.push((document.file, hash(&*document.text)));
        }
        parts.key = if texts.is_empty() { 0 } else { hash(&texts) };
        let parts = Arc::new(parts);
        if let Some(slot) = self.slots.get_mut(home) {
            slot.parts = Some(parts.clone());
        }
        parts
    }

    /// Checks the open files that have changed, each by itself, and notes what was found.
    pub fn settle(&mut self) {
        for path in std::mem::take(&mut self.changed) {
            self.check_file(&path);
            // The findings are told for the new version of the text, be they the same.
            if let Some(source) = self.source(&path) {
                self.board.touch(source.id);
            }
        }
    }

    /// Checks one file by itself.
    pub fn check_file(&mut self, path: &Path) {
        let home = self.home(path);
        let project = self.project_at(&home);
        let found = if is_definition(path) {
            let Some((id, file)) = self.sources.named(&name_of(path)).and_then(|s| Some((project.module_in(s.id)?, s.id))) else { return };
            Found { work: Work::Module(file), key: project.module_key(id), findings: project.learnt(id).findings.as_slice().into() }
        } else {
            let Some(document) = self.document(path) else {
                if let Some(source) = self.sources.named(&name_of(path)) {
                    self.board.take(&Work::Document(source.id), source.id, &self.sources.clone());
                }
                return;
            };
            // What was found is noted with it.
            self.compiled(path, &project, &document);
            return;
        };
        self.note(found);
    }

    /// Notes what a unit of work has found.
    pub fn note(&mut self, found: Found) {
        let own = self.owner(&found.work);
        self.board.put(found, own, &self.sources);
    }

    fn owner(&self, work: &Work) -> FileId {
        match work {
            Work::Module(file) | Work::Document(file) => *file,
            Work::Load(root) | Work::Alone(root) => self.settings_file(root),
        }
    }

    /// The checks of everything that are to be made.
    pub fn sweeps(&mut self) -> Vec<Sweep> {
        let homes: Vec<PathBuf> = self.slots.keys().cloned().collect();
        let mut all = Vec::new();
        for home in homes {
            let project = self.project_at(&home);
            let parts = self.parts(&home);
            let paths: Vec<PathBuf> = self.slots.get(&home).map(|s| s.documents.iter().cloned().collect()).unwrap_or_default();
            self.read_documents(&paths);
            let documents: Vec<Arc<Document>> = paths.iter().filter_map(|p| self.documents.get(p).cloned().flatten()).collect();
            let works = documents.iter().map(|d| Work::Document(d.file)).chain(project.library().program.modules().map(|(_, m)| Work::Module(m.file)));
            let known = works.filter_map(|w| Some((w.clone(), self.board.key(&w)?))).collect();
            all.push(Sweep { project, documents, parts, known });
        }
        all
    }

    /// Files whose findings have changed since the last call, and what is to be shown in each.
    pub fn news(&mut self) -> Vec<(Arc<SourceFile>, Vec<Diagnostic>)> {
        let touched = self.board.touched();
        touched.into_iter().filter_map(|file| Some((self.sources.get(file)?, self.findings(file)))).collect()
    }

    /// What is to be shown in a file.
    pub fn findings(&self, file: FileId) -> Vec<Diagnostic> {
        self.board.of(file, |w| self.owner(w), &self.sources)
    }

    /// All projects with their documents.
    pub fn everything(&mut self) -> Holdings {
        let homes: Vec<PathBuf> = self.slots.keys().cloned().collect();
        let mut all = Vec::new();
        for home in homes {
            let project = self.project_at(&home);
            let paths: Vec<PathBuf> = self.slots.get(&home).map(|s| s.documents.iter().cloned().collect()).unwrap_or_default();
            self.read_documents(&paths);
            let documents = paths.into_iter().filter_map(|p| self.documents.get(&p).cloned().flatten().map(|d| (p, d))).collect();
            all.push((project, documents));
        }
        all
    }

    /// A file that is asked about; `None` where it cannot be read.
    pub fn file(&mut self, path: &Path) -> Option<File> {
        let project = self.project(path);
        let mut compiled = Arc::default();
        // A document that is nothing of ours is read by nobody else: its text may be an old one.
        let mut known = is_definition(path);
        if !known && let Some(document) = self.document(path) {
            compiled = self.compiled(path, &project, &document);
            known = true;
        }
        let source = self.source(path).filter(|_| known).or_else(|| {
            let text = self.files.text(path, crate::source::MAX_JIBE_BYTES).ok()?;
            self.sources.get(self.sources.add(name_of(path), text))
        })?;
        Some(File { path: path.to_owned(), source, project, compiled })
    }

    /// A module that comes with Jibe, as any project has it.
    pub fn library_file(&mut self, name: &str) -> Option<File> {
        let project = self.projects().into_iter().next()?;
        Some(File { path: PathBuf::from(name), source: self.sources.named(name)?, project, compiled: Arc::default() })
    }

    /// The applications of a document, compiled; kept for the document that was asked about last.
    fn compiled(&mut self, path: &Path, project: &Project, document: &Document) -> Arc<Vec<(Compiled, Origins)>> {
        let home = self.home(path);
        let parts = self.parts(&home);
        let key = project.document_key(&document.text, &document.work, parts.key);
        if let Some((_, _, known)) = self.compiled.as_ref().filter(|(p, k, _)| p == path && *k == key) {
            return known.clone();
        }
        let mut outcome = project.session.compile_documents(&document.work, &parts.work);
        let findings = std::mem::take(&mut outcome.findings);
        self.note(Found { work: Work::Document(document.file), key, findings: findings.into() });
        let compiled = Arc::new(outcome.applications);
        self.compiled = Some((path.to_owned(), key, compiled.clone()));
        compiled
    }

    /// The documents of all projects, with the paths of their files.
    pub fn all_documents(&self) -> impl Iterator<Item = (&Path, &Arc<Document>)> {
        self.documents.iter().filter_map(|(p, d)| Some((p.as_path(), d.as_ref()?)))
    }

    /// A file by its path, as the compiler knows it.
    pub fn source(&self, path: &Path) -> Option<Arc<SourceFile>> {
        self.sources.named(&name_of(path))
    }
}

/// Whether a path is that of a module.
pub fn is_definition(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "jibe")
}

/// Whether a path is that of a settings file.
pub fn is_settings(path: &Path) -> bool {
    path.file_name().is_some_and(|n| n == "jibe.toml")
}

/// How a file is called in [`Sources`].
pub fn name_of(path: &Path) -> String {
    path.display().to_string()
}

fn imports_file(project: &Project, path: &Path) -> bool {
    let Some(name) = path.file_name().and_then(|n| n.to_str()) else { return false };
    let imports = project.library().program.modules().flat_map(|(_, m)| &m.imports);
    imports.into_iter().any(|i| matches!(&i.source, crate::hir::ImportSource::File(f) if f.ends_with(name)))
}
