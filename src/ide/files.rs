//! The files of a workspace: what is open in the editor over what is on disk. What was read from disk is kept until the editor says that it has changed.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::source::{DiskWorld, ReadError, World};

/// Extensions of the files that matter.
pub const EXTENSIONS: &[&str] = &["jibe", "yaml", "yml", "json"];

/// Largest file that is kept in memory, in bytes; larger ones are read again when they are needed.
const KEPT: usize = 1 << 20;

/// A world of open buffers over the disk. Clones share everything.
#[derive(Clone, Default)]
pub struct Files {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    buffers: HashMap<PathBuf, Arc<str>>,
    disk: HashMap<PathBuf, Arc<[u8]>>,
    walks: HashMap<PathBuf, Arc<[PathBuf]>>,
}

impl Files {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The text of a file in the editor.
    pub fn set(&self, path: &Path, text: Arc<str>) {
        self.lock().buffers.insert(path.to_owned(), text);
    }

    /// The file is no longer open: what is on disk counts again.
    pub fn close(&self, path: &Path) {
        let mut inner = self.lock();
        inner.buffers.remove(path);
        inner.disk.remove(path);
    }

    /// Whether the file is open in the editor.
    pub fn is_open(&self, path: &Path) -> bool {
        self.lock().buffers.contains_key(path)
    }

    /// The files that are open in the editor, sorted.
    pub fn open(&self) -> Vec<PathBuf> {
        let mut all: Vec<PathBuf> = self.lock().buffers.keys().cloned().collect();
        all.sort();
        all
    }

    /// The file has changed on disk; with `listed`, it has come or gone.
    pub fn forget(&self, path: &Path, listed: bool) {
        let mut inner = self.lock();
        inner.disk.remove(path);
        if listed {
            inner.walks.clear();
        }
    }

    /// The text as the compiler reads it; bytes that are not UTF-8 count as question marks.
    pub fn text(&self, path: &Path, limit: u64) -> Result<Arc<str>, ReadError> {
        if let Some(text) = self.lock().buffers.get(path) {
            return Ok(text.clone());
        }
        self.read(path, limit).map(|bytes| match String::from_utf8(bytes) {
            Ok(text) => text.into(),
            Err(e) => crate::syntax::ascii_for_invalid(e.as_bytes()).into(),
        })
    }
}

impl World for Files {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        let known = {
            let inner = self.lock();
            inner.buffers.get(path).map(|t| t.as_bytes().to_vec()).or_else(|| inner.disk.get(path).map(|b| b.to_vec()))
        };
        if let Some(bytes) = known {
            return if bytes.len() as u64 > limit { Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit }) } else { Ok(bytes) };
        }
        let bytes = DiskWorld.read(path, limit)?;
        if bytes.len() <= KEPT {
            self.lock().disk.insert(path.to_owned(), bytes.as_slice().into());
        }
        Ok(bytes)
    }

    fn walk(&self, folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, ReadError> {
        let known = self.lock().walks.get(folder).cloned();
        let all = match known {
            Some(all) => all,
            None => {
                let found: Arc<[PathBuf]> = if DiskWorld.is_folder(folder) { DiskWorld.walk(folder, EXTENSIONS)?.into() } else { Arc::new([]) };
                self.lock().walks.insert(folder.to_owned(), found.clone());
                found
            }
        };
        let wanted = |p: &Path| p.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e));
        let mut found: Vec<PathBuf> = all.iter().filter(|p| wanted(p)).cloned().collect();
        found.extend(self.lock().buffers.keys().filter(|p| p.starts_with(folder) && wanted(p)).cloned());
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn is_file(&self, path: &Path) -> bool {
        let known = {
            let inner = self.lock();
            inner.buffers.contains_key(path) || inner.disk.contains_key(path)
        };
        known || DiskWorld.is_file(path)
    }

    fn is_folder(&self, path: &Path) -> bool {
        DiskWorld.is_folder(path) || self.lock().buffers.keys().any(|p| p.starts_with(path) && p != path)
    }

    fn kept(&self, key: &str) -> Option<Vec<u8>> {
        DiskWorld.kept(key)
    }

    fn keep(&self, key: &str, bytes: &[u8]) {
        DiskWorld.keep(key, bytes);
    }
}
