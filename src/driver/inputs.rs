//! What the user named: files, folders, standard input. Read in parallel, numbered in the order given.

use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::base::{FileId, Span};
use crate::diagnostics::Diagnostic;
use crate::source::{MAX_MANIFEST_BYTES, ReadError, Sources, World};
use crate::yaml;

/// Extensions of files that may hold applications.
pub(super) const MANIFESTS: &[&str] = &["yaml", "yml", "json"];
/// The extension of definitions.
const DEFINITIONS: &[&str] = &["jibe"];

/// Something to read.
#[derive(Clone, Debug)]
pub enum Input {
    /// A file or folder.
    Path(PathBuf),
    /// Text that is there already: standard input, an unsaved buffer.
    Text { name: String, bytes: Vec<u8> },
}

/// A path that could not be read: no finding about its content, but a fault of the run.
#[derive(Clone, Debug)]
pub struct Unreadable {
    pub path: PathBuf,
    pub reason: String,
}

/// A file that was read.
#[derive(Debug)]
pub struct File {
    pub id: FileId,
    /// Found in a folder rather than named: what is no application in it is none of our business.
    pub found: bool,
    pub finding: Option<Diagnostic>,
}

/// The paths of a run, told apart.
#[derive(Debug, Default)]
pub struct Found {
    pub manifests: Vec<File>,
    /// `.jibe` files.
    pub definitions: Vec<PathBuf>,
}

/// Reads all inputs. Fails on the first path that is not there.
pub fn read(inputs: &[Input], world: &dyn World, sources: &Sources) -> Result<Found, Unreadable> {
    let mut found = Found::default();
    let mut pending: Vec<Pending> = Vec::new();
    for input in inputs {
        match input {
            Input::Text { name, bytes } => pending.push(Pending { name: name.clone(), found: false, source: Source::Bytes(bytes.clone()) }),
            Input::Path(path) if world.is_folder(path) => {
                let walk = |extensions| world.walk(path, extensions).map_err(|e| unreadable(path, &e));
                pending.extend(walk(MANIFESTS)?.into_iter().map(|p| Pending::path(p, true)));
                found.definitions.extend(walk(DEFINITIONS)?);
            }
            Input::Path(path) if has_extension(path, DEFINITIONS) => found.definitions.push(path.clone()),
            Input::Path(path) => pending.push(Pending::path(path.clone(), false)),
        }
    }
    let read: Vec<Result<Bytes, Unreadable>> = pending.into_par_iter().map(|p| p.read(world)).collect();
    let decoded: Vec<_> = read
        .into_par_iter()
        .map(|r| {
            r.map(|(name, found, bytes)| {
                let (text, finding) = yaml::decode(bytes, FileId::default());
                (name, found, text, finding)
            })
        })
        .collect();
    for item in decoded {
        let (name, in_folder, text, finding) = item?;
        let id = sources.add(name, text);
        found.manifests.push(File { id, found: in_folder, finding: finding.map(|d| in_file(d, id)) });
    }
    Ok(found)
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| extensions.contains(&e))
}

fn unreadable(path: &Path, error: &ReadError) -> Unreadable {
    Unreadable { path: path.to_owned(), reason: error.to_string() }
}

/// The finding was made before the file had a number.
fn in_file(mut d: Diagnostic, id: FileId) -> Diagnostic {
    for label in &mut d.labels {
        label.span = Span { file: id, ..label.span };
    }
    d
}

/// A name, whether it was found in a folder, and what the file holds.
type Bytes = (String, bool, Vec<u8>);

/// A file about to be read.
struct Pending {
    name: String,
    found: bool,
    source: Source,
}

enum Source {
    Bytes(Vec<u8>),
    Path(PathBuf),
}

impl Pending {
    fn path(path: PathBuf, found: bool) -> Self {
        let name = path.display().to_string();
        // What `.` was walked for is named as `git` names it.
        let name = name.strip_prefix("./").map_or_else(|| name.clone(), str::to_owned);
        Self { name, found, source: Source::Path(path) }
    }

    fn read(self, world: &dyn World) -> Result<Bytes, Unreadable> {
        let bytes = match self.source {
            Source::Bytes(bytes) => bytes,
            Source::Path(path) => world.read(&path, MAX_MANIFEST_BYTES).map_err(|e| unreadable(&path, &e))?,
        };
        Ok((self.name, self.found, bytes))
    }
}
