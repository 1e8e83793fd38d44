//! The entry: from text to tree and diagnostics.

use std::sync::Arc;

use pest::Parser;

use super::brackets::{self, MAX_DEPTH};
use super::build::{all_junk, build};
use super::pest_grammar::{JibeParser, Rule};
use super::{Tree, validate};
use crate::base::{FileId, Range};
use crate::diagnostics::{Diagnostic, codes};
use crate::source::MAX_JIBE_BYTES;

/// A nesting from which parsing gets a stack of its own.
const DEEP: usize = 24;

/// The stack for deeply nested files, in bytes.
const DEEP_STACK: usize = 64 << 20;

/// A tree and what is wrong with its text.
#[derive(Clone, Debug)]
pub struct Parse {
    pub tree: Tree,
    pub diagnostics: Vec<Diagnostic>,
    /// How deep brackets nest.
    pub depth: usize,
}

impl Parse {
    /// Whether passes that recurse over this tree need more stack than threads usually have.
    pub fn is_deep(&self) -> bool {
        self.depth > DEEP
    }
}

/// Runs a pass over a tree, on a large stack if the tree is deep.
pub fn on_deep_stack<T: Send>(deep: bool, pass: impl FnOnce() -> T + Send) -> Option<T> {
    if !deep {
        return Some(pass());
    }
    std::thread::scope(|scope| std::thread::Builder::new().stack_size(DEEP_STACK).spawn_scoped(scope, pass).ok().and_then(|t| t.join().ok()))
}

/// Parses a file. Any text gives a tree.
pub fn parse(file: FileId, text: &Arc<str>) -> Parse {
    if text.len() as u64 > MAX_JIBE_BYTES {
        let d = Diagnostic::new(codes::J0103, format!("this file has {} bytes; at most {MAX_JIBE_BYTES} are read", text.len()));
        return Parse { tree: all_junk(text), diagnostics: vec![d.primary(Range::new(0, 0).in_file(file), "")], depth: 0 };
    }
    let balanced = brackets::balance(file, text);
    if let Some(range) = balanced.too_deep {
        let d = Diagnostic::new(codes::J0102, format!("this is nested deeper than {MAX_DEPTH}"));
        return Parse { tree: all_junk(text), diagnostics: vec![d.primary(range.in_file(file), "")], depth: 0 };
    }
    let depth = balanced.depth;
    let tree = on_deep_stack(depth > DEEP, || JibeParser::parse(Rule::file, &balanced.text).ok().map(|pairs| build(text, &balanced, pairs))).flatten();
    let Some(tree) = tree else {
        let mut diagnostics = balanced.diagnostics;
        diagnostics.push(Diagnostic::new(codes::J0104, "this file cannot be read").primary(Range::new(0, 0).in_file(file), ""));
        return Parse { tree: all_junk(text), diagnostics, depth: 0 };
    };
    let mut diagnostics = balanced.diagnostics;
    validate::validate(file, &tree, &mut diagnostics);
    diagnostics.sort_by_key(|d| d.span().map(|s| s.start));
    Parse { tree, diagnostics, depth }
}

/// Parses the bytes of a file: text that is not UTF-8 is J0101, and read as if each wrong byte were a question mark.
pub fn parse_bytes(file: FileId, bytes: &[u8]) -> Parse {
    match std::str::from_utf8(bytes) {
        Ok(text) => parse(file, &Arc::from(text)),
        Err(e) => {
            let at = e.valid_up_to() as u32;
            let text = ascii_for_invalid(bytes);
            let mut parsed = parse(file, &Arc::from(text));
            let wrong = bytes.get(at as usize).copied().unwrap_or(0);
            let d = Diagnostic::new(codes::J0101, format!("this file is not UTF-8: byte 0x{wrong:02X}")).primary(Range::new(at, at + 1).in_file(file), "");
            parsed.diagnostics.insert(0, d);
            parsed
        }
    }
}

/// The bytes as text of the same length.
pub fn ascii_for_invalid(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|_| '?'));
    }
    text
}
