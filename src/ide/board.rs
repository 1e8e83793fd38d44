//! What has been found so far, by the unit of work that found it and by the file that it is shown in.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use crate::base::{FileId, Span};
use crate::diagnostics::Diagnostic;
use crate::render::arrange;
use crate::source::Sources;

/// A unit of work that finds something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Work {
    /// Reading settings and definitions of the project with this root, and linking them.
    Load(PathBuf),
    /// Checking one module.
    Module(FileId),
    /// Reading and compiling the documents of one file.
    Document(FileId),
    /// Policies and workflows of a project that no application names.
    Alone(PathBuf),
}

/// What one unit of work has found.
#[derive(Clone, Debug)]
pub struct Found {
    pub work: Work,
    /// It need not be done again while this number stays the same.
    pub key: u64,
    pub findings: Arc<[Diagnostic]>,
}

/// The findings of a workspace.
#[derive(Debug, Default)]
pub struct Board {
    done: HashMap<Work, (u64, Arc<[Diagnostic]>)>,
    by_file: HashMap<FileId, BTreeSet<Work>>,
    touched: BTreeSet<FileId>,
}

impl Board {
    /// The number under which a unit of work was done last.
    pub fn key(&self, work: &Work) -> Option<u64> {
        self.done.get(work).map(|(key, _)| *key)
    }

    /// Replaces what a unit of work has found; `own` is the file for findings that have no place, or one in a file that comes with Jibe.
    pub fn put(&mut self, found: Found, own: FileId, sources: &Sources) {
        self.take(&found.work, own, sources);
        for d in found.findings.iter() {
            let home = home(d, own, sources);
            self.by_file.entry(home).or_default().insert(found.work.clone());
            self.touched.insert(home);
        }
        self.done.insert(found.work, (found.key, found.findings));
    }

    /// Forgets a unit of work.
    pub fn take(&mut self, work: &Work, own: FileId, sources: &Sources) {
        let Some((_, old)) = self.done.remove(work) else { return };
        for d in old.iter() {
            let home = home(d, own, sources);
            if let Some(works) = self.by_file.get_mut(&home) {
                works.remove(work);
            }
            self.touched.insert(home);
        }
        self.touched.insert(own);
    }

    /// The files whose findings may have changed since the last call.
    pub fn touched(&mut self) -> BTreeSet<FileId> {
        std::mem::take(&mut self.touched)
    }

    /// Says the findings of a file again.
    pub fn touch(&mut self, file: FileId) {
        self.touched.insert(file);
    }

    /// Everything that is to be shown in a file, sorted, each once.
    pub fn of(&self, file: FileId, owner: impl Fn(&Work) -> FileId, sources: &Sources) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        for work in self.by_file.get(&file).into_iter().flatten() {
            let own = owner(work);
            let found = self.done.get(work).map(|(_, f)| f.iter()).into_iter().flatten();
            all.extend(found.filter(|d| home(d, own, sources) == file).cloned());
        }
        arrange(all)
    }
}

/// The file that a finding is shown in.
pub fn home(d: &Diagnostic, own: FileId, sources: &Sources) -> FileId {
    match d.span().filter(|s| s.file != FileId::default() && !is_embedded(*s, sources)) {
        Some(span) => span.file,
        None => own,
    }
}

/// Whether a span is in a file that comes with Jibe.
pub fn is_embedded(span: Span, sources: &Sources) -> bool {
    sources.get(span.file).is_none_or(|f| f.name.starts_with(super::STD) || f.name.is_empty())
}
