//! Applies safe fixes to files: the first of each finding, as long as they do not touch each other.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::{Common, Fault};
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, Edit};
use crate::driver::Session;
use crate::source::Sources;

/// A fix can uncover the next one; this many rounds are enough for all that were seen.
const ROUNDS: usize = 3;

/// The findings of a check, after what is certain has been mended in the files when that is asked for.
pub fn mended(asked: bool, common: &Common, mut check: impl FnMut() -> Result<(Vec<Diagnostic>, Session), Fault>) -> Result<(Vec<Diagnostic>, Session), Fault> {
    for _ in 0..if asked { ROUNDS } else { 0 } {
        let (findings, session) = check()?;
        let applied = apply(&crate::render::arrange(findings), &session.sources)?;
        if applied == 0 {
            break;
        }
        if !common.quiet {
            super::report::remark(&format!("{applied} fix{} applied", if applied == 1 { "" } else { "es" }));
        }
    }
    check()
}

/// Rewrites the files; gives how many fixes were applied. Only files on disk are changed, each by renaming a new one into its place.
pub fn apply(findings: &[Diagnostic], sources: &Sources) -> Result<usize, Fault> {
    let mut by_file: BTreeMap<FileId, Vec<&Edit>> = BTreeMap::new();
    let mut applied = 0;
    for fix in findings.iter().filter_map(|d| d.fixes.iter().find(|f| f.safe)) {
        let clashes = |e: &Edit| {
            by_file
                .get(&e.span.file)
                .is_some_and(|others| others.iter().any(|o| e.span.start < o.span.end.max(o.span.start + 1) && o.span.start < e.span.end.max(e.span.start + 1)))
        };
        let on_disk = fix.edits.iter().all(|e| sources.get(e.span.file).is_some_and(|f| Path::new(&f.name).is_file()));
        if fix.edits.is_empty() || !on_disk || fix.edits.iter().any(clashes) {
            continue;
        }
        applied += 1;
        for e in &fix.edits {
            by_file.entry(e.span.file).or_default().push(e);
        }
    }
    for (file, mut edits) in by_file {
        let Some(source) = sources.get(file) else { continue };
        edits.sort_by_key(|e| e.span.start);
        let mut text = String::with_capacity(source.text.len() + 64);
        let mut at = 0;
        for e in edits {
            text.push_str(source.text.get(at..e.span.start as usize).unwrap_or(""));
            text.push_str(&e.text);
            at = e.span.end as usize;
        }
        text.push_str(source.text.get(at..).unwrap_or(""));
        write(Path::new(&source.name), &text).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", source.name)))?;
    }
    Ok(applied)
}

fn write(path: &Path, text: &str) -> std::io::Result<()> {
    let mut fresh: PathBuf = path.to_owned();
    fresh.set_extension(format!("fixed-{}", std::process::id()));
    std::fs::write(&fresh, text)?;
    std::fs::set_permissions(&fresh, std::fs::metadata(path)?.permissions())?;
    std::fs::rename(&fresh, path)
}
