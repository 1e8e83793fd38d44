//! The language's evaluation: `test` blocks of the files in `tests/cases/eval` must hold.

use std::path::{Path, PathBuf};

use jibe::driver::{Input, Options, Session};
use jibe::source::DiskWorld;
use libtest_mimic::{Failed, Trial};

pub fn tests() -> Vec<Trial> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/eval");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).map(|d| d.filter_map(|e| Some(e.ok()?.path())).collect()).unwrap_or_default();
    files.retain(|f| f.extension().is_some_and(|e| e == "jibe"));
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let name = format!("eval::{}", file.file_stem().and_then(|s| s.to_str()).unwrap_or("?"));
            crate::trial(&name, move || run(&file))
        })
        .collect()
}

/// Runs the tests of one file, on a thread with room for deep recursion.
fn run(file: &Path) -> Result<(), Failed> {
    let file = file.to_owned();
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || check(&file)).map_err(|e| Failed::from(e.to_string()))?;
    thread.join().unwrap_or_else(|_| Err("it panicked".into()))
}

fn check(file: &Path) -> Result<(), Failed> {
    let inputs = [Input::Path(file.to_owned())];
    let mut session = Session::new(Box::new(DiskWorld), Options::default(), &inputs);
    session.read(&inputs, true).map_err(|e| Failed::from(format!("{e:?}")))?;
    let broken: Vec<String> = session.findings.iter().filter(|d| d.is_error()).map(|d| format!("{} {}", d.code.0, d.message)).collect();
    if !broken.is_empty() {
        return Err(broken.join("\n").into());
    }
    let outcomes = session.tests("");
    if outcomes.is_empty() {
        return Err("the file has no tests".into());
    }
    let failed: Vec<String> = outcomes
        .iter()
        .filter(|o| o.findings.iter().any(|d| d.is_error()))
        .map(|o| format!("{}: {}", o.name, o.findings.iter().map(|d| format!("{} {} {:?} {:?}", d.code.0, d.message, d.notes, d.labels)).collect::<Vec<_>>().join("; ")))
        .collect();
    if failed.is_empty() { Ok(()) } else { Err(failed.join("\n").into()) }
}
