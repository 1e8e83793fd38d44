//! Positions as editors count them: lines from 0, columns in bytes or in UTF-16 units, as agreed at the start.

use gen_lsp_types as lsp;

use crate::base::{LineIndex, Range};
use crate::source::SourceFile;

/// How columns are counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Encoding {
    Utf8,
    /// What every client understands.
    #[default]
    Utf16,
}

impl Encoding {
    /// The byte offset of a position; a position beyond the text or its line counts as the end of it.
    pub fn offset(self, text: &str, lines: &LineIndex, at: lsp::Position) -> u32 {
        match self {
            Self::Utf16 => lines.offset_of_utf16(text, at.line, at.character),
            Self::Utf8 => {
                let Some(start) = lines.line_start(at.line as usize) else { return text.len() as u32 };
                let next = lines.line_start(at.line as usize + 1).unwrap_or(text.len() as u32);
                let line = Range::new(start, next).of(text);
                let line = line.strip_suffix('\n').map_or(line, |l| l.strip_suffix('\r').unwrap_or(l));
                let mut column = (at.character as usize).min(line.len());
                while !line.is_char_boundary(column) {
                    column -= 1;
                }
                start + column as u32
            }
        }
    }

    /// The position of a byte offset.
    pub fn position(self, text: &str, lines: &LineIndex, offset: u32) -> lsp::Position {
        let (line, character) = match self {
            Self::Utf16 => lines.utf16(text, offset),
            Self::Utf8 => {
                let offset = offset.min(text.len() as u32);
                let line = lines.line_of(offset);
                (line as u32, offset - lines.line_start(line).unwrap_or(0))
            }
        };
        lsp::Position { line, character }
    }

    /// A stretch of a file.
    pub fn range(self, source: &SourceFile, range: Range) -> lsp::Range {
        let lines = source.lines();
        lsp::Range { start: self.position(&source.text, lines, range.start), end: self.position(&source.text, lines, range.end) }
    }

    /// The stretch of a file that the editor means.
    pub fn bytes(self, source: &SourceFile, range: lsp::Range) -> Range {
        let lines = source.lines();
        let (start, end) = (self.offset(&source.text, lines, range.start), self.offset(&source.text, lines, range.end));
        Range::new(start.min(end), end.max(start))
    }
}
