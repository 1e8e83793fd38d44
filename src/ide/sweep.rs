//! The check of everything, which runs beside the editor's questions: modules and documents whose fingerprint has changed since they were looked at.

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;

use super::board::{Found, Work};
use super::project::{Project, hash};
use crate::base::FileId;
use crate::driver;

/// A file of YAML or JSON that holds something of ours.
pub struct Document {
    pub file: FileId,
    pub text: Arc<str>,
    /// What it holds.
    pub work: driver::Work,
}

/// Policies and workflows that are documents of their own, of all files of a project.
#[derive(Default)]
pub struct Parts {
    pub work: driver::Work,
    /// A fingerprint of the files that they are in.
    pub key: u64,
}

/// A check of a whole project.
pub struct Sweep {
    pub project: Arc<Project>,
    pub documents: Vec<Arc<Document>>,
    pub parts: Arc<Parts>,
    /// Under which number each unit of work was done last.
    pub known: HashMap<Work, u64>,
}

/// How many documents are compiled between two looks at whether to go on.
const BATCH: usize = 32;

impl Sweep {
    /// Does what has to be done again, and gives it to `tell` in parts. Ends early, without more, when `stop` says so.
    pub fn run(&self, stop: &(dyn Fn() -> bool + Sync), tell: &mut dyn FnMut(Vec<Found>)) {
        let library = self.project.library();
        let program = &library.program;
        let changed: Vec<_> = library.own_modules().into_iter().map(|id| (id, program.module(id).file, self.project.module_key(id))).collect();
        let changed: Vec<_> = changed.into_iter().filter(|(_, file, key)| self.known.get(&Work::Module(*file)) != Some(key)).collect();
        if stop() {
            return;
        }
        if !changed.is_empty() {
            let ids: Vec<_> = changed.iter().map(|(id, _, _)| *id).collect();
            let mut by_file: HashMap<FileId, Vec<_>> = HashMap::new();
            for d in self.project.check_modules(&ids) {
                by_file.entry(d.span().map(|s| s.file).unwrap_or_default()).or_default().push(d);
            }
            tell(changed.iter().map(|(_, file, key)| Found { work: Work::Module(*file), key: *key, findings: by_file.remove(file).unwrap_or_default().into() }).collect());
        }
        for batch in self.documents.chunks(BATCH) {
            if stop() {
                return;
            }
            let found: Vec<Found> = batch.par_iter().filter_map(|d| self.document(d)).collect();
            if !found.is_empty() {
                tell(found);
            }
        }
        if !stop() {
            tell(vec![self.alone()]);
        }
    }

    fn document(&self, document: &Document) -> Option<Found> {
        let work = Work::Document(document.file);
        let key = self.project.document_key(&document.text, &document.work, self.parts.key);
        if self.known.get(&work) == Some(&key) {
            return None;
        }
        Some(compile(&self.project, document, &self.parts, key))
    }

    fn alone(&self) -> Found {
        let work = Work::Alone(self.project.root.clone());
        if !self.parts.work.has_parts() {
            return Found { work, key: 0, findings: Arc::new([]) };
        }
        let naming: Vec<_> = self.documents.iter().flat_map(|d| d.work.applications()).filter(|(a, _)| a.workflow.is_some()).cloned().collect();
        let findings = self.project.session.check_alone(&naming, &self.parts.work);
        Found { work, key: hash(&self.parts.key), findings: findings.into() }
    }
}

/// What is wrong with the documents of a file.
pub fn compile(project: &Project, document: &Document, parts: &Parts, key: u64) -> Found {
    let outcome = project.session.compile_documents(&document.work, &parts.work);
    Found { work: Work::Document(document.file), key, findings: outcome.findings.into() }
}
