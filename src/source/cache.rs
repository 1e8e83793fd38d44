//! A folder where runs keep what later ones can use again: `JIBE_CACHE`, or `jibe` in the user's cache folder. Whatever goes wrong here costs time and nothing else.

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::SystemTime;

/// The most entries that are kept; beyond it the older half goes.
const MAX_ENTRIES: usize = 4096;
/// The largest entry, in bytes.
const MAX_ENTRY: u64 = 64 << 20;

/// The folder; `None` when there is none, or when `JIBE_CACHE` is `off` or empty.
fn folder() -> Option<&'static PathBuf> {
    static FOLDER: OnceLock<Option<PathBuf>> = OnceLock::new();
    FOLDER
        .get_or_init(|| {
            let given = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
            if let Some(own) = std::env::var_os("JIBE_CACHE") {
                return (!own.is_empty() && own != "off").then(|| own.into());
            }
            // XDG base directories; elsewhere what the system calls its place for such files.
            given("XDG_CACHE_HOME")
                .or_else(|| given("LOCALAPPDATA"))
                .or_else(|| given("HOME").map(|home| if cfg!(target_os = "macos") { home.join("Library/Caches") } else { home.join(".cache") }))
                .filter(|p| p.is_absolute())
                .map(|p| p.join("jibe"))
        })
        .as_ref()
}

/// What is kept under a key.
#[expect(clippy::disallowed_methods, reason = "part of the door to the file system")]
pub(super) fn read(key: &str) -> Option<Vec<u8>> {
    let path = folder()?.join(key);
    if fs::metadata(&path).ok()?.len() > MAX_ENTRY {
        return None;
    }
    fs::read(path).ok()
}

/// Keeps bytes under a key: written beside and renamed, so that a reader never sees half of them.
pub(super) fn write(key: &str, bytes: &[u8]) {
    let Some(folder) = folder() else { return };
    if bytes.len() as u64 > MAX_ENTRY || fs::create_dir_all(folder).is_err() {
        return;
    }
    prune(folder);
    let unfinished = folder.join(format!("{key}.{}", std::process::id()));
    let written = fs::OpenOptions::new().write(true).create_new(true).open(&unfinished).and_then(|mut f| f.write_all(bytes));
    if written.and_then(|()| fs::rename(&unfinished, folder.join(key))).is_err() {
        let _ = fs::remove_file(&unfinished);
    }
}

/// Removes the older half of the entries when there are too many; looked at once a run.
fn prune(folder: &PathBuf) {
    static DONE: OnceLock<()> = OnceLock::new();
    DONE.get_or_init(|| {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut all: Vec<(SystemTime, PathBuf)> = entries
            .filter_map(|e| Some((e.metadata().ok()?.modified().ok()?, e.path())))
            .filter(|(_, p)| p.file_name().is_some_and(|n| n.to_string_lossy().starts_with("crd-")))
            .collect();
        if all.len() > MAX_ENTRIES {
            all.sort();
            for (_, path) in all.iter().take(all.len() / 2) {
                let _ = fs::remove_file(path);
            }
        }
    });
}
