//! The checker: marked cases (`//~ CODE` on the line of the primary label), the language's examples, the standard library.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jibe::hir::Loader;
use jibe::source::{DiskWorld, Sources};
use jibe::types::{Schemas, Types, Versions};
use libtest_mimic::{Failed, Trial};

use crate::trial;

/// A line, from 1, and a code.
type Mark = (u32, String);

pub fn tests() -> Vec<Trial> {
    let mut all = Vec::new();
    for path in files("tests/cases/check") {
        let name = format!("check::{}", path.file_stem().unwrap_or_default().to_string_lossy());
        all.push(trial(&name, move || marked(&path)));
    }
    for path in applications("tests/cases/check") {
        let name = format!("check::{}", path.file_name().unwrap_or_default().to_string_lossy());
        all.push(trial(&name, move || application(&path)));
    }
    all.extend(crate::trials!("check": standard_library, examples_with_errors));
    all
}

fn files(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "jibe")).collect();
    all.sort();
    all
}

/// What is found in a file that is the only one of its package, by line.
fn found(path: &Path, package: &str) -> (BTreeSet<Mark>, String) {
    let sources = Sources::new();
    let mut loader = Loader::new(&DiskWorld, &sources).with_tests();
    if package != "std" {
        loader.package(package, &[path.to_path_buf()]);
    }
    loader.whole(package);
    let (program, mut findings) = loader.finish();
    let types = Types::new(Arc::new(program), Schemas::new(Arc::default(), Versions::ALL));
    let program = Arc::clone(&types.program);
    for (id, _) in program.modules().filter(|(id, _)| program.package(*id) == package) {
        findings.extend(types.check(id));
    }
    let mut marks = BTreeSet::new();
    let mut text = String::new();
    for d in &findings {
        let span = d.span().unwrap_or_default();
        let (line, file) = sources.get(span.file).map_or((0, String::new()), |f| (f.line_column(span.start).line, f.name.clone()));
        marks.insert((line, d.code.0.to_owned()));
        text.push_str(&format!("{file}:{line} {} {}\n", d.code.0, d.message));
    }
    (marks, text)
}

/// The marks of a file.
fn expected(path: &Path) -> BTreeSet<Mark> {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let mut marks = BTreeSet::new();
    for (i, line) in text.lines().enumerate() {
        for code in
            line.split(if path.extension().is_some_and(|e| e == "yaml") { "#~" } else { "//~" }).skip(1).flat_map(|m| m.split_whitespace().take_while(|w| w.starts_with('J')))
        {
            marks.insert((i as u32 + 1, code.to_owned()));
        }
    }
    marks
}

fn marked(path: &Path) -> Result<(), Failed> {
    let (found, text) = found(path, "main");
    let wanted = expected(path);
    let missing: Vec<&Mark> = wanted.difference(&found).collect();
    let extra: Vec<&Mark> = found.difference(&wanted).collect();
    if missing.is_empty() && extra.is_empty() { Ok(()) } else { Err(format!("{}: not found {missing:?}, found too {extra:?}\n{text}", path.display()).into()) }
}

fn applications(folder: &str) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect();
    all.sort();
    all
}

/// An application with marks in comments, checked by the whole program; errors and warnings count.
fn application(path: &Path) -> Result<(), Failed> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_jibe")).args(["check", "--message-format", "json"]).arg(path).output()?;
    let json: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut found = BTreeSet::new();
    for d in json["diagnostics"].as_array().into_iter().flatten() {
        let primary = d["labels"].as_array().into_iter().flatten().find(|l| l["primary"] == true);
        let line = primary.and_then(|l| l["start"]["line"].as_u64()).unwrap_or(0);
        found.insert((line as u32, d["code"].as_str().unwrap_or("").to_owned()));
    }
    let wanted = expected(path);
    let missing: Vec<&Mark> = wanted.difference(&found).collect();
    let extra: Vec<&Mark> = found.difference(&wanted).collect();
    if missing.is_empty() && extra.is_empty() {
        Ok(())
    } else {
        Err(format!("{}: not found {missing:?}, found too {extra:?}\n{}", path.display(), String::from_utf8_lossy(&output.stdout)).into())
    }
}

fn standard_library() -> Result<(), Failed> {
    let (marks, text) = found(Path::new("stdlib"), "std");
    if marks.is_empty() { Ok(()) } else { Err(text.into()) }
}

/// The mistakes of the language reference's examples.
fn examples_with_errors() -> Result<(), Failed> {
    let folder = "../shared/language/examples/errors";
    if !Path::new(folder).exists() {
        eprintln!("skipped: {folder} is not there");
        return Ok(());
    }
    files(folder).iter().try_for_each(|f| marked(f))
}
