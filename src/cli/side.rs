//! One side of a comparison: a file, a folder, `-`, or `REVISION:PATH` of the git repository around the working folder. A revision's files are read into memory; nothing is checked out.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Common, Fault, inputs};
use crate::diagnostics::{Diagnostic, codes};
use crate::driver::compare::{self, Placed};
use crate::driver::{Input, Options, Session};
use crate::source::{DiskWorld, MemoryWorld, ReadError, World};

/// Larger files of a revision are no configuration.
const MAX_BLOB: u64 = 16 << 20;

/// Where the files of a side are.
pub struct Side {
    pub world: Box<dyn World>,
    /// The path in that world; `-` for standard input.
    pub path: PathBuf,
    /// As the user wrote it.
    pub name: String,
}

impl Side {
    /// Finds out what an argument names: a path that exists wins over a revision.
    ///
    /// # Errors
    /// Neither a path nor a revision.
    pub fn of(argument: &Path) -> Result<Self, Fault> {
        let name = argument.display().to_string();
        if name == "-" || DiskWorld.is_file(argument) || DiskWorld.is_folder(argument) {
            return Ok(Self { world: Box::new(DiskWorld), path: argument.to_owned(), name });
        }
        let Some((revision, path)) = name.split_once(':').filter(|(r, _)| !r.is_empty() && !r.starts_with('-')) else {
            return Err(Fault::new(format!("cannot read `{name}`: no such file or folder")).help("a file, a folder, `-`, or `REVISION:PATH` such as `main:deploy`"));
        };
        let prefix = if path.starts_with("./") || path.starts_with("../") || path == "." { git(&["rev-parse", "--show-prefix"])?.trim().to_owned() } else { String::new() };
        let within = normal(&Path::new(&prefix).join(path));
        // The files stand where they are in the working folder: so settings and dependencies are found.
        let root = PathBuf::from(git(&["rev-parse", "--show-toplevel"])?.trim());
        let path = normal(&root.join(&within));
        let world = Revision(MemoryWorld { files: revision_files(&root, revision)?, below: None });
        if !world.is_file(&path) && !world.is_folder(&path) {
            return Err(
                Fault::new(format!("`{}` is not in `{revision}`", within.display())).help("paths start at the root of the repository, or at this folder when they begin with `./`")
            );
        }
        Ok(Self { world: Box::new(world), path, name })
    }

    /// The session of this side, and what is to be read: everything in a folder.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn session(self, options: Options) -> Result<(Session, Vec<Input>), Fault> {
        let inputs = if self.path == Path::new("-") {
            inputs(std::slice::from_ref(&self.path))?
        } else if self.world.is_folder(&self.path) {
            let found = self.world.walk(&self.path, &["yaml", "yml", "json", "jibe"]).map_err(|e| Fault::new(format!("cannot read `{}`: {e}", self.name)))?;
            found.into_iter().filter(|p| is_ours(p, &*self.world)).map(Input::Path).collect()
        } else {
            vec![Input::Path(self.path.clone())]
        };
        Ok((Session::new(self.world, options, &[Input::Path(self.path)]), inputs))
    }

    /// Its objects: applications are compiled. The findings are those of the compilation; with an error among them there are no objects.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn objects(self, common: &Common) -> Result<(Session, Vec<Placed>, Vec<Diagnostic>), Fault> {
        let (mut session, inputs) = self.session(common.options())?;
        let mut work = session.read(&inputs, false)?;
        // What a plain manifest holds is judged by `jibe validate`.
        let plain = std::mem::take(&mut work.objects);
        let mut outcome = session.compile(work);
        // That nothing is there is a side without objects.
        let findings: Vec<Diagnostic> = std::mem::take(&mut outcome.findings).into_iter().filter(|d| d.is_error() && d.code != codes::J0804).collect();
        outcome.objects.extend(plain);
        let objects = if findings.is_empty() { compare::objects(&outcome) } else { Vec::new() };
        Ok((session, objects, findings))
    }
}

/// The files of a revision, by absolute paths; asked for by whatever path leads there from the working folder.
struct Revision(MemoryWorld);

impl Revision {
    fn place(path: &Path) -> PathBuf {
        normal(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
    }
}

impl World for Revision {
    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, ReadError> {
        self.0.read(&Self::place(path), limit)
    }

    fn walk(&self, folder: &Path, extensions: &[&str]) -> Result<Vec<PathBuf>, ReadError> {
        self.0.walk(&Self::place(folder), extensions)
    }

    fn is_file(&self, path: &Path) -> bool {
        self.0.is_file(&Self::place(path))
    }

    fn is_folder(&self, path: &Path) -> bool {
        self.0.is_folder(&Self::place(path))
    }
}

/// Files of a folder that can hold objects or definitions; what tests expect is neither.
fn is_ours(path: &Path, world: &dyn World) -> bool {
    let name = path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
    if name.ends_with(".jibe") {
        return true;
    }
    let text = world.read(path, MAX_BLOB).unwrap_or_default();
    let has = |word: &str| memchr::memmem::find(&text, word.as_bytes()).is_some();
    !name.contains(".expected.") && has("kind") && has("apiVersion")
}

/// A path without `.` and `..`, as far as they can be resolved.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    if out.as_os_str().is_empty() { PathBuf::from(".") } else { out }
}

fn git(arguments: &[&str]) -> Result<String, Fault> {
    let output = Command::new("git").args(arguments).output().map_err(|e| Fault::new(format!("cannot run `git`: {e}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(Fault::new(format!("git: {}", said.trim().trim_start_matches("fatal: "))));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// All files of a revision that definitions and applications can use, by their paths from the root.
fn revision_files(folder: &Path, revision: &str) -> Result<BTreeMap<PathBuf, Vec<u8>>, Fault> {
    let root = folder.display().to_string();
    let root = root.as_str();
    let listing = git(&["-C", root, "ls-tree", "-r", "-z", "--long", "--end-of-options", revision])?;
    let mut wanted: Vec<(&str, &str)> = Vec::new();
    for entry in listing.split('\0') {
        let Some((head, path)) = entry.split_once('\t') else { continue };
        let mut words = head.split_whitespace();
        let (Some(mode), Some("blob"), Some(id), Some(size)) = (words.next(), words.next(), words.next(), words.next()) else { continue };
        // Links are not followed: their targets are in the tree too.
        if mode != "120000" && size.parse::<u64>().is_ok_and(|s| s <= MAX_BLOB) {
            wanted.push((id, path));
        }
    }
    let failed = |e: std::io::Error| Fault::new(format!("cannot read `{revision}`: {e}"));
    let mut child = Command::new("git").args(["-C", root, "cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(failed)?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return Err(Fault::new("cannot run `git cat-file`")) };
    let ids: Vec<String> = wanted.iter().map(|(id, _)| format!("{id}\n")).collect();
    let asking = std::thread::spawn(move || ids.iter().try_for_each(|id| input.write_all(id.as_bytes())));
    let mut output = BufReader::new(output);
    let mut files = BTreeMap::new();
    for (_, path) in wanted {
        let mut head = String::new();
        output.read_line(&mut head).map_err(failed)?;
        let size: u64 = head.split_whitespace().nth(2).and_then(|s| s.parse().ok()).ok_or_else(|| Fault::new(format!("cannot read `{revision}:{path}`")))?;
        let mut bytes = vec![0; usize::try_from(size).unwrap_or(0)];
        output.read_exact(&mut bytes).map_err(failed)?;
        output.read_exact(&mut [0]).map_err(failed)?;
        files.insert(folder.join(path), bytes);
    }
    let _ = asking.join();
    let _ = child.wait();
    Ok(files)
}
