//! Lines: where they begin, how far they are indented, where comments begin.

use crate::base::Range;

/// One line of a text.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub start: u32,
    /// Without the line end.
    pub end: u32,
    /// The first character that is no blank; `end` where there is none.
    pub content: u32,
    pub kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Nothing, or a comment only.
    Blank,
    /// `---` or `...`, at the left.
    Separator,
    Text,
}

impl Line {
    /// The column of the first character.
    pub fn indent(self) -> u32 {
        self.content - self.start
    }
}

/// The lines of a text; at least one.
pub fn lines(text: &str) -> Vec<Line> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let without = line.strip_suffix('\r').unwrap_or(line);
        let trimmed = without.trim_start_matches([' ', '\t']);
        let content = start + (without.len() - trimmed.len());
        let kind = if trimmed.is_empty() || trimmed.starts_with('#') {
            Kind::Blank
        } else if without.starts_with("---") && is_blank_or_end(without.as_bytes().get(3)) || without.trim_end() == "..." {
            Kind::Separator
        } else {
            Kind::Text
        };
        out.push(Line { start: start as u32, end: (start + without.len()) as u32, content: content as u32, kind });
        start += line.len() + 1;
    }
    out
}

pub fn is_blank_or_end(byte: Option<&u8>) -> bool {
    matches!(byte, None | Some(b' ' | b'\t' | b'\n' | b'\r'))
}

/// The comment that begins in this part of a line, which holds no quotes: a `#` at its start or after a blank.
pub fn comment(text: &str, part: Range) -> Option<Range> {
    let bytes = part.of(text).as_bytes();
    let mut before = None;
    for (i, b) in bytes.iter().enumerate() {
        if *b == b'#' && is_blank_or_end(before.as_ref()) {
            return Some(Range::new(part.start + i as u32, part.end));
        }
        before = Some(*b);
    }
    None
}
