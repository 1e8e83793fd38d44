//! What a request is answered with: the workspace, what is known of the editor, and the way from one's names to the other's.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use gen_lsp_types as lsp;

use super::capabilities::Client;
use super::{library_files, uri};
use crate::base::{Range, Span};
pub use crate::ide::File;
use crate::ide::{self, STD, Workspace};
use crate::source::{SourceFile, Sources};

/// What is known of the editor.
#[derive(Debug, Default)]
pub struct Editor {
    pub client: Client,
    /// The URIs of open texts, as the editor writes them, and their versions.
    pub open: HashMap<PathBuf, (String, i32)>,
}

/// A place that was asked about.
pub struct Place {
    pub file: File,
    pub offset: u32,
}

/// For one request.
pub struct Context<'a> {
    pub workspace: &'a mut Workspace,
    pub editor: &'a Editor,
}

impl Editor {
    /// The URI of a file by its name among the sources.
    pub fn uri(&self, name: &str) -> lsp::Uri {
        self.uri_text(name).into()
    }

    fn uri_text(&self, name: &str) -> String {
        if name.starts_with(STD) {
            return library_files::file_of(name).map_or_else(|| name.to_owned(), |p| uri::of_path(&p));
        }
        let path = std::path::absolute(name).unwrap_or_else(|_| PathBuf::from(name));
        self.open.get(&path).map_or_else(|| uri::of_path(&path), |(uri, _)| uri.clone())
    }

    /// A span as the protocol has it.
    pub fn location(&self, span: Span, sources: &Sources) -> Option<lsp::Location> {
        let source = sources.get(span.file)?;
        Some(lsp::Location { uri: self.uri(&source.name), range: self.range(&source, span.range()) })
    }

    /// A stretch of a file.
    pub fn range(&self, source: &SourceFile, range: Range) -> lsp::Range {
        self.client.encoding.range(source, range)
    }
}

impl Context<'_> {
    /// The file of a URI, with its project up to date. `None` where it cannot be read.
    pub fn file(&mut self, uri: &str) -> Option<File> {
        let path = self.editor.open.iter().find(|(_, (u, _))| u == uri).map_or_else(|| uri::to_path(uri), |(p, _)| p.clone());
        match library_files::module_of(&path) {
            Some(name) => self.workspace.library_file(&name),
            None => self.workspace.file(&path),
        }
    }

    /// A place in a file.
    pub fn place(&mut self, at: &lsp::TextDocumentPositionParams) -> Option<Place> {
        let file = self.file(&at.text_document.uri.0)?;
        let offset = self.editor.client.encoding.offset(&file.source.text, file.source.lines(), at.position);
        Some(Place { file, offset })
    }

    /// A place in some file, as the protocol has it.
    pub fn location(&self, at: &ide::Location) -> Option<lsp::Location> {
        let source = self.named(&at.file)?;
        Some(lsp::Location { uri: self.editor.uri(&source.name), range: self.editor.range(&source, at.range) })
    }

    /// A file by its name among the sources.
    pub fn named(&self, name: &str) -> Option<Arc<SourceFile>> {
        self.workspace.sources.named(name)
    }

    /// Edits of several files.
    pub fn workspace_edit(&self, edits: &[ide::FileEdit]) -> lsp::WorkspaceEdit {
        let mut changes: HashMap<lsp::Uri, Vec<lsp::TextEdit>> = HashMap::new();
        let mut sorted: Vec<&ide::FileEdit> = edits.iter().collect();
        sorted.sort_by_key(|e| (&e.at.file, e.at.range.start));
        sorted.dedup();
        for edit in sorted {
            let Some(source) = self.named(&edit.at.file) else { continue };
            let range = self.editor.range(&source, edit.at.range);
            changes.entry(self.editor.uri(&source.name)).or_default().push(lsp::TextEdit { range, new_text: edit.text.clone() });
        }
        lsp::WorkspaceEdit { changes: Some(changes), ..lsp::WorkspaceEdit::default() }
    }

    /// Edits of one file.
    pub fn edits(&self, source: &SourceFile, edits: &[ide::TextEdit]) -> Vec<lsp::TextEdit> {
        edits.iter().map(|e| lsp::TextEdit { range: self.editor.range(source, e.range), new_text: e.text.clone() }).collect()
    }
}

/// Markdown.
pub fn markdown(text: String) -> lsp::MarkupContent {
    lsp::MarkupContent { kind: lsp::MarkupKind::Markdown, value: text }
}
