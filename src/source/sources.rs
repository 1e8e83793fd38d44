//! The files of a run: text by [`FileId`], shared between threads. A run only adds files; a server, which lives long, gives a file that changes its old number ([`Sources::by_name`]).

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::base::{FileId, LineColumn, LineIndex, Span};

/// One file: the name to print and its text.
#[derive(Debug)]
pub struct SourceFile {
    pub id: FileId,
    /// As the user gave it (`app.yaml`, `-` for standard input), or `std:pods.jibe` for the standard library.
    pub name: String,
    pub text: Arc<str>,
    lines: OnceLock<LineIndex>,
}

impl SourceFile {
    /// The line index, built at first use.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(&self.text))
    }

    /// Line and column of a byte offset, from 1.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        self.lines().line_column(&self.text, offset)
    }
}

/// All files of a run. Adding is cheap; nothing is ever removed, so an id stays valid. Clones share the files.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    files: Arc<RwLock<Files>>,
}

#[derive(Debug, Default)]
struct Files {
    all: Vec<Arc<SourceFile>>,
    /// The numbers of names, where a name has one number.
    names: Option<HashMap<String, FileId>>,
}

impl Sources {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty set in which a name has one number for good: adding a file again replaces its text. File 0 is nobody's.
    pub fn by_name() -> Self {
        let sources = Self { files: Arc::new(RwLock::new(Files { all: Vec::new(), names: Some(HashMap::new()) })) };
        sources.add("", "");
        sources
    }

    /// Adds a file and gives its id.
    pub fn add(&self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let (name, text) = (name.into(), text.into());
        let mut files = self.files.write().unwrap_or_else(PoisonError::into_inner);
        let known = files.names.as_ref().and_then(|n| n.get(&name).copied());
        let id = known.unwrap_or(FileId(files.all.len() as u32));
        if known.and_then(|id| files.all.get(id.0 as usize)).is_some_and(|f| f.text == text) {
            return id;
        }
        if let Some(names) = files.names.as_mut().filter(|_| known.is_none()) {
            names.insert(name.clone(), id);
        }
        let file = Arc::new(SourceFile { id, name, text, lines: OnceLock::new() });
        match files.all.get_mut(id.0 as usize) {
            Some(slot) => *slot = file,
            None => files.all.push(file),
        }
        id
    }

    /// The file with this id; `None` only for an id of another set.
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).all.get(id.0 as usize).cloned()
    }

    /// The file of this name; only where a name has one number.
    pub fn named(&self, name: &str) -> Option<Arc<SourceFile>> {
        let files = self.files.read().unwrap_or_else(PoisonError::into_inner);
        files.all.get(files.names.as_ref()?.get(name)?.0 as usize).cloned()
    }

    /// All files, in the order in which they were added.
    pub fn all(&self) -> Vec<Arc<SourceFile>> {
        self.files.read().unwrap_or_else(PoisonError::into_inner).all.clone()
    }

    /// Replaces texts by others of the same length, for printing.
    pub fn cover(&self, cover: impl Fn(&str) -> Option<String>) {
        for file in &mut self.files.write().unwrap_or_else(PoisonError::into_inner).all {
            if let Some(text) = cover(&file.text).filter(|t| t.len() == file.text.len()) {
                *file = Arc::new(SourceFile { id: file.id, name: file.name.clone(), text: text.into(), lines: OnceLock::new() });
            }
        }
    }

    /// The text under a span; empty where the span does not fit.
    pub fn text_of(&self, span: Span) -> String {
        self.get(span.file).map(|f| span.range().of(&f.text).to_owned()).unwrap_or_default()
    }
}
