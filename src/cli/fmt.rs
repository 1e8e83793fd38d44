//! `jibe fmt`: one way to lay out definitions.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::{Common, Exit, Fault, write_stdout};
use crate::format::format;
use crate::source::{DiskWorld, MAX_JIBE_BYTES, World};

/// Formats definitions
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input (printed to standard output)
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Change nothing; exit with 1 when a file would change
    #[arg(long)]
    pub check: bool,
    /// Change nothing; print what would change
    #[arg(long)]
    pub diff: bool,
}

/// Formats files in place.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let mut changed = 0;
    for path in files(&arguments.paths)? {
        let stdin = path == Path::new("-");
        let bytes = if stdin { read_stdin()? } else { DiskWorld.read(&path, MAX_JIBE_BYTES).map_err(|e| Fault::new(format!("cannot read `{}`: {e}", path.display())))? };
        let Ok(text) = String::from_utf8(bytes) else { return Err(Fault::new(format!("`{}` is not UTF-8", path.display()))) };
        let formatted = format(&text);
        if stdin && !arguments.check && !arguments.diff {
            write_stdout(formatted.as_bytes());
            continue;
        }
        if formatted == text {
            continue;
        }
        changed += 1;
        if arguments.diff {
            write_stdout(diff(&path, &text, &formatted).as_bytes());
        } else if arguments.check {
            write_stdout(format!("{}\n", path.display()).as_bytes());
        } else {
            write(&path, &formatted)?;
            if common.verbose {
                write_stdout(format!("{}\n", path.display()).as_bytes());
            }
        }
    }
    Ok(if changed > 0 && (arguments.check || arguments.diff) { Exit::Errors } else { Exit::Clean })
}

fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut found = Vec::new();
    for path in paths {
        if path != Path::new("-") && DiskWorld.is_folder(path) {
            found.extend(DiskWorld.walk(path, &["jibe"]).map_err(|e| Fault::new(format!("cannot read `{}`: {e}", path.display())))?);
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

fn read_stdin() -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    std::io::stdin().take(MAX_JIBE_BYTES + 1).read_to_end(&mut bytes).map_err(|e| Fault::new(format!("cannot read standard input: {e}")))?;
    if bytes.len() as u64 > MAX_JIBE_BYTES {
        return Err(Fault::new(format!("standard input has more than {MAX_JIBE_BYTES} bytes")));
    }
    Ok(bytes)
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    std::fs::write(path, text).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", path.display())))
}

fn diff(path: &Path, old: &str, new: &str) -> String {
    let name = path.display().to_string();
    similar::TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(&name, &format!("{name} (formatted)")).to_string()
}
