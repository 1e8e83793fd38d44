//! The texts that are open in the editor, kept in step by its changes.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use gen_lsp_types as lsp;

use super::position::Encoding;
use super::uri;
use crate::base::LineIndex;

/// An open text.
#[derive(Debug)]
pub struct Buffer {
    pub path: PathBuf,
    pub text: String,
    pub version: i32,
}

/// The open texts by URI.
#[derive(Debug, Default)]
pub struct Buffers {
    all: HashMap<String, Buffer>,
}

impl Buffers {
    /// A text is opened. One that is no file yet gets a name that tells its language.
    pub fn open(&mut self, item: lsp::TextDocumentItem, folder: &Path) -> &Buffer {
        let mut path = uri::to_path(&item.uri.0);
        if !path.is_absolute() {
            let name: String = item.uri.0.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).collect();
            let language = item.language_id.to_string();
            path = folder.join(format!("{name}.{}", if language == "jibe" { "jibe" } else { "yaml" }));
        }
        let buffer = Buffer { path, text: item.text, version: item.version };
        self.all.entry(item.uri.0).insert_entry(buffer).into_mut()
    }

    /// Applies changes; `None` for a text that is not open.
    pub fn change(&mut self, params: lsp::DidChangeTextDocumentParams, encoding: Encoding) -> Option<&Buffer> {
        let buffer = self.all.get_mut(&params.text_document.text_document_identifier.uri.0)?;
        for change in params.content_changes {
            match change {
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(whole) => buffer.text = whole.text,
                lsp::TextDocumentContentChangeEvent::TextDocumentContentChangePartial(part) => {
                    let lines = LineIndex::new(&buffer.text);
                    let a = encoding.offset(&buffer.text, &lines, part.range.start) as usize;
                    let b = encoding.offset(&buffer.text, &lines, part.range.end) as usize;
                    buffer.text.replace_range(a.min(b)..b.max(a), &part.text);
                }
            }
        }
        buffer.version = params.text_document.version;
        Some(buffer)
    }

    /// A text is closed.
    pub fn close(&mut self, uri: &str) -> Option<Buffer> {
        self.all.remove(uri)
    }
}

impl Buffer {
    /// The text, to be shared.
    pub fn shared(&self) -> Arc<str> {
        self.text.as_str().into()
    }
}
