//! From byte offsets to lines and columns, and back. Used at the edge only: rendering, JSON output, the language server.

/// A place as people count: both from 1, columns in characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineColumn {
    pub line: u32,
    pub column: u32,
}

/// Where the lines of a text begin.
#[derive(Clone, Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Reads the text once. A line ends at `\n`; a lone `\r` is no line end.
    pub fn new(text: &str) -> Self {
        let mut starts = vec![0];
        starts.extend(memchr::memchr_iter(b'\n', text.as_bytes()).map(|i| i as u32 + 1));
        Self { starts }
    }

    /// How many lines the text has (at least 1).
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }

    /// The line (from 0) that holds the offset.
    pub fn line_of(&self, offset: u32) -> usize {
        self.starts.partition_point(|&s| s <= offset).saturating_sub(1)
    }

    /// The byte offset at which a line (from 0) begins.
    pub fn line_start(&self, line: usize) -> Option<u32> {
        self.starts.get(line).copied()
    }

    /// Line and column of a byte offset; an offset beyond the text counts as its end, one inside a character as its start.
    pub fn line_column(&self, text: &str, offset: u32) -> LineColumn {
        let line = self.line_of(offset);
        let start = self.line_start(line).unwrap_or(0) as usize;
        let mut end = (offset as usize).min(text.len());
        while end > start && !text.is_char_boundary(end) {
            end -= 1;
        }
        let column = text.get(start..end).map_or(0, |s| s.chars().count());
        LineColumn { line: line as u32 + 1, column: column as u32 + 1 }
    }

    /// Byte offset of a line and a column in UTF-16 units, both from 0, as the language server protocol counts by default. Clamped to the line.
    pub fn offset_of_utf16(&self, text: &str, line: u32, units: u32) -> u32 {
        let Some(start) = self.line_start(line as usize) else { return text.len() as u32 };
        let end = self.line_start(line as usize + 1).unwrap_or(text.len() as u32);
        let mut left = units;
        let mut offset = start;
        for c in text.get(start as usize..end as usize).unwrap_or("").chars() {
            if left == 0 || c == '\n' || (c == '\r' && offset + 2 >= end) {
                break;
            }
            left = left.saturating_sub(c.len_utf16() as u32);
            offset += c.len_utf8() as u32;
        }
        offset
    }

    /// Line and UTF-16 column, both from 0, of a byte offset.
    pub fn utf16(&self, text: &str, offset: u32) -> (u32, u32) {
        let line = self.line_of(offset);
        let start = self.line_start(line).unwrap_or(0) as usize;
        let mut end = (offset as usize).min(text.len());
        while end > start && !text.is_char_boundary(end) {
            end -= 1;
        }
        let units: usize = text.get(start..end).unwrap_or("").chars().map(char::len_utf16).sum();
        (line as u32, units as u32)
    }
}
