//! The files of a package and which definitions they hold: read by lines, so that a file is parsed only when something in it is wanted.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::DefinitionKind;
use crate::base::FileId;
use crate::source::{MAX_JIBE_BYTES, ReadError, STDLIB, Sources, World};

/// The folder of the embedded library whose modules are a package of their own.
const KUBEVELA: &str = "kubevela/";

/// A package: its modules and an index of their definitions.
#[derive(Debug, Default)]
pub(super) struct Package {
    pub name: EcoString,
    pub modules: Vec<ModuleFile>,
    by_name: FxHashMap<EcoString, u32>,
    /// Modules that seem to hold a definition of this name.
    pub index: FxHashMap<(DefinitionKind, EcoString), Vec<u32>>,
    /// Modules that seem to describe kinds of this `apiVersion`.
    pub resources: FxHashMap<EcoString, Vec<u32>>,
    /// Folders that data files may be read from.
    pub roots: Vec<PathBuf>,
}

/// A module that may be loaded.
#[derive(Debug)]
pub(super) struct ModuleFile {
    /// `acme.net.gateways`
    pub name: EcoString,
    /// For messages, and as the base of data imports; `std:pods.jibe` for the standard library.
    pub path: PathBuf,
    pub text: Text,
}

/// Where the text of a module is.
#[derive(Clone, Debug)]
pub(super) enum Text {
    Embedded(&'static str),
    /// Read, and known to the sources.
    Read(FileId, Arc<[u8]>),
}

impl Package {
    /// The standard library.
    pub fn std() -> Self {
        let mut package = Self { name: "std".into(), ..Self::default() };
        for (path, text) in STDLIB.iter().filter(|(path, _)| !path.starts_with(KUBEVELA)) {
            package.embed(path, text);
        }
        package
    }

    /// The definitions that imitate KubeVela where the standard library differs; looked up before `std` in that mode.
    pub fn kubevela() -> Self {
        let mut package = Self { name: "kubevela".into(), ..Self::default() };
        for (path, text) in STDLIB.iter().filter(|(path, _)| path.starts_with(KUBEVELA)) {
            package.embed(path, text);
        }
        package
    }

    fn embed(&mut self, path: &str, text: &'static str) {
        self.add(ModuleFile { name: std_name(path).into(), path: PathBuf::from(format!("std:{path}")), text: Text::Embedded(text) }, text.as_bytes());
    }

    /// A package in folders or files. What cannot be read is given back with the reason.
    pub fn read(name: &str, roots: &[PathBuf], world: &dyn World, sources: &Sources) -> (Self, Vec<(PathBuf, ReadError)>) {
        let mut package = Self { name: name.into(), ..Self::default() };
        let mut failed = Vec::new();
        for root in roots {
            let (folder, files) = if world.is_folder(root) {
                match world.walk(root, &["jibe"]) {
                    Ok(files) => (root.clone(), files),
                    Err(e) => {
                        failed.push((root.clone(), e));
                        continue;
                    }
                }
            } else {
                (root.parent().map(Path::to_owned).unwrap_or_default(), vec![root.clone()])
            };
            package.roots.push(folder.clone());
            for path in files {
                match world.read(&path, MAX_JIBE_BYTES) {
                    Ok(bytes) => package.add_file(&folder, path, bytes, sources),
                    Err(e) => failed.push((path, e)),
                }
            }
        }
        (package, failed)
    }

    fn add_file(&mut self, folder: &Path, path: PathBuf, bytes: Vec<u8>, sources: &Sources) {
        let relative = path.strip_prefix(folder).unwrap_or(&path).with_extension("");
        let parts: Vec<String> = relative.components().map(|c| c.as_os_str().to_string_lossy().into_owned()).collect();
        let name = format!("{}.{}", self.name, parts.join("."));
        if self.modules.iter().any(|m| m.path == path) {
            return;
        }
        let file = sources.add(path.display().to_string(), crate::syntax::ascii_for_invalid(&bytes));
        let bytes: Arc<[u8]> = bytes.into();
        self.add(ModuleFile { name: name.into(), path, text: Text::Read(file, bytes.clone()) }, &bytes);
    }

    fn add(&mut self, module: ModuleFile, text: &[u8]) {
        let at = self.modules.len() as u32;
        let found = scan(text);
        for api_version in found.api_versions {
            let modules = self.resources.entry(api_version).or_default();
            if modules.last() != Some(&at) {
                modules.push(at);
            }
        }
        for (kind, name) in found.definitions {
            let modules = self.index.entry((kind, name)).or_default();
            if modules.last() != Some(&at) {
                modules.push(at);
            }
        }
        self.by_name.entry(module.name.clone()).or_insert(at);
        self.modules.push(module);
    }

    /// The module of this name.
    pub fn module(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }
}

/// The name of a module of the standard library, from its path below `stdlib/`.
pub(super) fn std_name(path: &str) -> String {
    let name = path.trim_end_matches(".jibe").replace('/', ".");
    if path.starts_with(KUBEVELA) { name } else { format!("std.{name}") }
}

/// What a text seems to hold.
#[derive(Default)]
struct Found {
    definitions: Vec<(DefinitionKind, EcoString)>,
    api_versions: Vec<EcoString>,
}

/// The definitions that a text seems to hold: lines that begin with a keyword and a name, attributes before them skipped. Tests can look the same; that does no harm.
fn scan(text: &[u8]) -> Found {
    let mut found = Found::default();
    let mut start = 0;
    while start < text.len() {
        let end = memchr::memchr(b'\n', text.get(start..).unwrap_or(&[])).map_or(text.len(), |i| start + i);
        let line = text.get(start..end).unwrap_or(&[]).trim_ascii_start();
        start = end + 1;
        match line.first() {
            Some(b'@') => {
                let words = line.split(|b| b.is_ascii_whitespace() || *b == b')').filter(|w| !w.is_empty());
                let words: Vec<&[u8]> = words.collect();
                found.definitions.extend(words.windows(2).filter_map(|w| if let [a, b] = w { definition(a, b) } else { None }));
            }
            Some(b'c' | b't' | b'p' | b's' | b'r') => {
                let mut words = line.splitn(3, |b| matches!(b, b' ' | b'\t' | b'{' | b':')).filter(|w| !w.is_empty());
                if let (Some(a), Some(b)) = (words.next(), words.next()) {
                    found.definitions.extend(definition(a, b));
                    if a == b"resource" {
                        found.api_versions.extend(line.split(|c| *c == b'"').nth(1).and_then(|t| std::str::from_utf8(t).ok()).map(EcoString::from));
                    }
                }
            }
            _ => {}
        }
    }
    found
}

fn definition(keyword: &[u8], name: &[u8]) -> Option<(DefinitionKind, EcoString)> {
    let kind = match keyword {
        b"component" => DefinitionKind::Component,
        b"trait" => DefinitionKind::Trait,
        b"policy" => DefinitionKind::Policy,
        b"step" => DefinitionKind::Step,
        b"rule" => DefinitionKind::Rule,
        _ => return None,
    };
    let length = name.iter().take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-')).count();
    let name = std::str::from_utf8(name.get(..length)?).ok()?;
    (!name.is_empty()).then(|| (kind, name.into()))
}
