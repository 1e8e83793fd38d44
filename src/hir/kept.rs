//! Lowered modules that outlive a load: what a language server keeps, so that a change of one file reads one file.

use std::sync::{Arc, Mutex, PoisonError};

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::Module;
use crate::base::FileId;
use crate::diagnostics::Diagnostic;
use crate::syntax::Tree;

/// A module as it was read, with what was found while reading it.
#[derive(Debug)]
pub struct KeptModule {
    pub module: Arc<Module>,
    /// Not there for modules that come in the prepared form.
    pub tree: Option<Arc<Tree>>,
    /// What the parser and the lowering have found.
    pub diagnostics: Vec<Diagnostic>,
    /// What it was read from.
    bytes: Arc<[u8]>,
}

/// Modules by name, each as it was last read. Shared by loads one after the other.
#[derive(Debug, Default)]
pub struct KeptModules {
    by_name: Mutex<FxHashMap<EcoString, Arc<KeptModule>>>,
}

impl KeptModules {
    /// The module of this name as it was last read.
    pub fn get(&self, name: &str) -> Option<Arc<KeptModule>> {
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// The module, if it was last read from these bytes, under this number.
    pub(super) fn unchanged(&self, name: &str, file: FileId, bytes: &[u8]) -> Option<Arc<KeptModule>> {
        self.get(name).filter(|k| k.module.file == file && *k.bytes == *bytes)
    }

    pub(super) fn keep(&self, name: &EcoString, bytes: Arc<[u8]>, module: Arc<Module>, tree: Option<Arc<Tree>>, diagnostics: Vec<Diagnostic>) -> Arc<KeptModule> {
        let kept = Arc::new(KeptModule { module, tree, diagnostics, bytes });
        self.by_name.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone(), kept.clone());
        kept
    }
}
