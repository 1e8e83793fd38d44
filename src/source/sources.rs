//! The files of a run: text by [`FileId`], append-only, shared between threads.

use std::sync::{Arc, OnceLock, RwLock};

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

/// All files of a run. Adding is cheap; nothing is ever removed, so an id stays valid.
#[derive(Debug, Default)]
pub struct Sources {
    files: RwLock<Vec<Arc<SourceFile>>>,
}

impl Sources {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and gives its id.
    pub fn add(&self, name: impl Into<String>, text: impl Into<Arc<str>>) -> FileId {
        let mut files = self.files.write().unwrap_or_else(|e| e.into_inner());
        let id = FileId(files.len() as u32);
        files.push(Arc::new(SourceFile { id, name: name.into(), text: text.into(), lines: OnceLock::new() }));
        id
    }

    /// The file with this id; `None` only for an id of another set.
    pub fn get(&self, id: FileId) -> Option<Arc<SourceFile>> {
        self.files.read().unwrap_or_else(|e| e.into_inner()).get(id.0 as usize).cloned()
    }

    /// The text under a span; empty where the span does not fit.
    pub fn text_of(&self, span: Span) -> String {
        self.get(span.file).map(|f| span.range().of(&f.text).to_owned()).unwrap_or_default()
    }
}
