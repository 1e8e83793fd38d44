//! Replacing a folder as a whole: the new one is written beside the old one and takes its place by renaming, so that a failure leaves the old one untouched.

use std::io;
use std::path::{Path, PathBuf};

/// The mark in folders that were written by a build. A folder with other things in it is never replaced.
const MARK: &str = ".jibe-output";

/// Writes the files (paths relative to the folder, with their text).
pub fn replace_folder(folder: &Path, files: &[(PathBuf, String)]) -> io::Result<()> {
    // What a link leads to is replaced, not the link.
    let target = if folder.is_symlink() { std::fs::canonicalize(folder)? } else { folder.to_owned() };
    let folder = target.as_path();
    refuse_foreign(folder)?;
    let parent = folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent)?;
    let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_else(|| "output".into());
    let fresh = parent.join(format!(".{name}.new-{}", std::process::id()));
    let old = parent.join(format!(".{name}.old-{}", std::process::id()));
    let written = write_all(&fresh, files);
    let swapped = written.and_then(|()| swap(folder, &fresh, &old));
    if swapped.is_err() {
        let _ = std::fs::remove_dir_all(&fresh);
    }
    swapped
}

/// Nothing but an empty folder, one that a build wrote, or one that is not there yet may be replaced: no file, no device.
fn refuse_foreign(folder: &Path) -> io::Result<()> {
    match std::fs::metadata(folder) {
        Ok(found) if !found.is_dir() => return Err(io::Error::other("this is a file, and the objects need a folder")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    let mut entries = std::fs::read_dir(folder)?;
    if !folder.join(MARK).is_file() && entries.next().is_some() {
        return Err(io::Error::other("the folder holds files that were not written by `jibe build`"));
    }
    Ok(())
}

fn write_all(fresh: &Path, files: &[(PathBuf, String)]) -> io::Result<()> {
    std::fs::create_dir_all(fresh)?;
    std::fs::write(fresh.join(MARK), "Written by `jibe build -o`; replaced as a whole by the next build.\n")?;
    for (path, text) in files {
        let path = fresh.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)?;
    }
    Ok(())
}

fn swap(folder: &Path, fresh: &Path, old: &Path) -> io::Result<()> {
    if !folder.exists() {
        return std::fs::rename(fresh, folder);
    }
    std::fs::rename(folder, old)?;
    if let Err(e) = std::fs::rename(fresh, folder) {
        std::fs::rename(old, folder)?;
        return Err(e);
    }
    std::fs::remove_dir_all(old)
}
