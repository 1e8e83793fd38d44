//! Definitions from files and folders, read in parallel.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::cache;
use super::definition::{Definition, Definitions};
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, codes};
use crate::source::{Sources, World};
use crate::value::Origins;
use crate::yaml;

/// The largest file that is read, in bytes.
const MAX_FILE: u64 = 64 << 20;

/// Reads the definitions in files and folders: YAML and JSON, several documents a file; documents that are no definitions are passed over.
/// Findings: files that cannot be read (J1402), and what the reader has to say about files that hold a definition.
pub fn load(world: &dyn World, sources: &Sources, paths: &[PathBuf]) -> (Definitions, Vec<Diagnostic>) {
    let mut findings = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        if world.is_folder(path) {
            match world.walk(path, &["yaml", "yml", "json"]) {
                Ok(found) => files.extend(found),
                Err(e) => findings.push(unreadable(path, &e.to_string())),
            }
        } else {
            files.push(path.clone());
        }
    }
    let texts: Vec<Result<Option<String>, Box<Diagnostic>>> = files.par_iter().map(|path| text(world, path)).collect();
    // Files get their numbers in order, so that a run says the same every time.
    let mut sized = Vec::new();
    for (path, text) in files.iter().zip(texts) {
        match text {
            Ok(Some(text)) => sized.push((path, sources.add(path.display().to_string(), text))),
            Ok(None) => {}
            Err(e) => findings.push(*e),
        }
    }
    let read: Vec<(Vec<Definition>, Vec<Diagnostic>)> = sized.par_iter().map(|(path, id)| kept_or_parsed(world, sources, path, *id)).collect();
    let mut all = Definitions::new();
    for (definitions, problems) in read {
        definitions.into_iter().for_each(|d| all.insert(d));
        findings.extend(problems);
    }
    (all, findings)
}

fn unreadable(path: &Path, why: &str) -> Diagnostic {
    Diagnostic::new(codes::J1402, format!("cannot read `{}`: {why}", path.display()))
}

/// The text of a file; `None` when it cannot hold a definition.
fn text(world: &dyn World, path: &Path) -> Result<Option<String>, Box<Diagnostic>> {
    let bytes = world.read(path, MAX_FILE).map_err(|e| Box::new(unreadable(path, &e.to_string())))?;
    // A quick look saves reading the others.
    if memchr::memmem::find(&bytes, b"CustomResourceDefinition").is_none() {
        return Ok(None);
    }
    match yaml::decode(bytes, FileId::default()) {
        (text, None) => Ok(Some(text)),
        (_, Some(_)) => Err(Box::new(unreadable(path, "it is not UTF-8"))),
    }
}

/// What an earlier run kept, or else what is read now, kept for later runs if nothing was found in it.
fn kept_or_parsed(world: &dyn World, sources: &Sources, path: &Path, id: FileId) -> (Vec<Definition>, Vec<Diagnostic>) {
    let Some(source) = sources.get(id) else { return (Vec::new(), Vec::new()) };
    let Some(key) = cache::key(&source.text) else { return parse(sources, path, id) };
    if let Some(definitions) = cache::find(world, &key, &source) {
        return (definitions, Vec::new());
    }
    let (definitions, problems) = parse(sources, path, id);
    if problems.is_empty() && !definitions.is_empty() {
        cache::keep(world, &key, &definitions);
    }
    (definitions, problems)
}

fn parse(sources: &Sources, path: &Path, id: FileId) -> (Vec<Definition>, Vec<Diagnostic>) {
    let Some(source) = sources.get(id) else { return (Vec::new(), Vec::new()) };
    let mut origins = Origins::new();
    let json = path.extension().is_some_and(|e| e == "json");
    let (values, problems) = if json {
        let (value, problems) = yaml::read_json(&source.text, id, &mut origins);
        (value.into_iter().collect(), problems)
    } else {
        let (documents, problems) = yaml::read(&source.text, id, &mut origins);
        (documents.into_iter().map(|d| d.value).collect::<Vec<_>>(), problems)
    };
    let origins = Arc::new(origins);
    (values.iter().filter_map(|v| Definition::read(v, &origins, &source.name)).collect(), problems)
}
