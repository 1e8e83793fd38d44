//! The door to files. The compiler core sees only [`World`]: the command line gives it the disk, tests and the language server a map of buffers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::cache;

/// Why a file could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    #[error("no such file or folder")]
    NotFound,
    #[error("this is a folder")]
    IsFolder,
    #[error("the file has {bytes} bytes; at most {limit} are read")]
    TooLarge { bytes: u64, limit: u64 },
    #[error("{0}")]
    Other(String),
}

/// Access to files by path. Paths are taken as given; relative ones start at the working folder.
pub trait World: Send + Sync {
    /// The bytes of a file of at most `limit` bytes.
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError>;

    /// Paths of all files below a folder whose extension is one of `extensions`, sorted; ignored files (`.gitignore`) and hidden ones left out.
    fn walk(&self, folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, ReadError>;

    /// Whether the path is a file.
    fn is_file(&self, path: &Path) -> bool;

    /// Whether the path is a folder.
    fn is_folder(&self, path: &Path) -> bool;

    /// What [`World::keep`] has kept under this key, if it still does. Keys are lower-case letters, digits and `-`.
    fn kept(&self, key: &str) -> Option<Vec<u8>> {
        let _ = key;
        None
    }

    /// Keeps bytes for later runs; may as well forget them.
    fn keep(&self, key: &str, bytes: &[u8]) {
        let _ = (key, bytes);
    }
}

/// The real file system.
#[derive(Debug, Default, Clone, Copy)]
pub struct DiskWorld;

impl World for DiskWorld {
    #[expect(clippy::disallowed_methods, reason = "this is the door to the file system")]
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        use std::io::Read;
        let file = std::fs::File::open(path).map_err(|e| read_error(&e))?;
        let meta = file.metadata().map_err(|e| read_error(&e))?;
        if meta.is_dir() {
            return Err(ReadError::IsFolder);
        }
        if meta.len() > limit {
            return Err(ReadError::TooLarge { bytes: meta.len(), limit });
        }
        let mut bytes = Vec::with_capacity(meta.len() as usize);
        // A pipe or a device has no length: read one byte more than allowed to notice.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(|e| read_error(&e))?;
        if bytes.len() as u64 > limit {
            return Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit });
        }
        Ok(bytes)
    }

    fn walk(&self, folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, ReadError> {
        let mut found = Vec::new();
        // What a build reads must not hang on the personal settings of who runs it.
        for entry in ignore::WalkBuilder::new(folder).require_git(false).git_global(false).build() {
            let entry = entry.map_err(|e| ReadError::Other(e.to_string()))?;
            let path = entry.path();
            let wanted = path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e));
            if wanted && entry.file_type().is_some_and(|t| t.is_file()) {
                found.push(path.to_path_buf());
            }
        }
        found.sort();
        Ok(found)
    }

    fn is_file(&self, path: &Path) -> bool {
        path.is_file()
    }

    fn is_folder(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn kept(&self, key: &str) -> Option<Vec<u8>> {
        cache::read(key)
    }

    fn keep(&self, key: &str, bytes: &[u8]) {
        cache::write(key, bytes);
    }
}

fn read_error(e: &std::io::Error) -> ReadError {
    match e.kind() {
        std::io::ErrorKind::NotFound => ReadError::NotFound,
        _ => ReadError::Other(e.to_string()),
    }
}

/// Files in memory: tests, and unsaved buffers over another world.
#[derive(Default)]
pub struct MemoryWorld {
    pub files: BTreeMap<PathBuf, Vec<u8>>,
    /// Asked for what `files` does not hold.
    pub below: Option<Box<dyn World>>,
}

impl World for MemoryWorld {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        match (self.files.get(path), &self.below) {
            (Some(bytes), _) if bytes.len() as u64 > limit => Err(ReadError::TooLarge { bytes: bytes.len() as u64, limit }),
            (Some(bytes), _) => Ok(bytes.clone()),
            (None, Some(below)) => below.read(path, limit),
            (None, None) => Err(ReadError::NotFound),
        }
    }

    fn walk(&self, folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, ReadError> {
        let mut found = match &self.below {
            Some(below) if below.is_folder(folder) => below.walk(folder, extensions)?,
            _ => Vec::new(),
        };
        let wanted = |p: &Path| p.starts_with(folder) && p.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e));
        found.extend(self.files.keys().filter(|p| wanted(p)).cloned());
        found.sort();
        found.dedup();
        Ok(found)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.files.contains_key(path) || self.below.as_ref().is_some_and(|b| b.is_file(path))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.files.keys().any(|p| p.starts_with(path) && p != path) || self.below.as_ref().is_some_and(|b| b.is_folder(path))
    }
    fn kept(&self, key: &str) -> Option<Vec<u8>> {
        self.below.as_ref()?.kept(key)
    }

    fn keep(&self, key: &str, bytes: &[u8]) {
        if let Some(below) = &self.below {
            below.keep(key, bytes);
        }
    }
}
