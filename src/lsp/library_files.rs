//! The modules that come with Jibe as files that an editor can open: written below the folder of temporary files when one is first shown.

use std::path::{Path, PathBuf};

use crate::ide::STD;
use crate::source::STDLIB;

/// The folder, of this version.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("jibe-library-{}", env!("CARGO_PKG_VERSION")))
}

/// The file of a module (`std:pods.jibe`), written if it is not there. `None` where there is no such module or it cannot be written.
pub fn file_of(name: &str) -> Option<PathBuf> {
    let relative = name.strip_prefix(STD)?;
    let (_, text) = STDLIB.iter().find(|(path, _)| *path == relative)?;
    let path = folder().join(relative);
    let there = std::fs::metadata(&path).is_ok_and(|m| m.len() == text.len() as u64);
    if !there {
        std::fs::create_dir_all(path.parent()?).ok()?;
        std::fs::write(&path, text).ok()?;
        // A hint for people: what is written there is read by nobody.
        if let Ok(meta) = std::fs::metadata(&path) {
            let mut permissions = meta.permissions();
            permissions.set_readonly(true);
            let _ = std::fs::set_permissions(&path, permissions);
        }
    }
    Some(path)
}

/// The module that a file shows.
pub fn module_of(path: &Path) -> Option<String> {
    let relative = path.strip_prefix(folder()).ok()?;
    let relative = relative.to_string_lossy().replace('\\', "/");
    STDLIB.iter().any(|(p, _)| *p == relative).then(|| format!("{STD}{relative}"))
}
