//! Stretches of the text around a problem: lines, indentation, values.

use crate::base::{FileId, Range, Span};

/// The text that was read, and where the document with the problem is in it.
pub struct Place<'t> {
    pub text: &'t str,
    pub document: Range,
    pub file: FileId,
}

impl<'t> Place<'t> {
    /// The range in the file, widened to whole characters and cut at the text's end.
    pub fn span(&self, range: Range) -> Span {
        let mut start = (range.start as usize).min(self.text.len());
        let mut end = (range.end as usize).min(self.text.len()).max(start);
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        Range::new(start as u32, end as u32).in_file(self.file)
    }

    /// The line that holds the offset, without its line end.
    pub fn line(&self, offset: u32) -> Range {
        let offset = (offset as usize).min(self.text.len());
        let start = self.text.get(..offset).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        let length = self.text.get(start..).map_or(0, |t| t.find('\n').unwrap_or(t.len()));
        Range::new(start as u32, (start + length) as u32)
    }

    /// The line before, unless the document begins with this one.
    pub fn line_before(&self, line: Range) -> Option<Range> {
        (line.start > self.document.start && line.start > 0).then(|| self.line(line.start - 1))
    }

    /// The nearest line before that has more than blanks and comments.
    pub fn content_before(&self, mut line: Range) -> Option<Range> {
        loop {
            line = self.line_before(line)?;
            let text = line.of(self.text).trim();
            if !text.is_empty() && !text.starts_with('#') {
                return Some(line);
            }
        }
    }

    /// Whether nothing but blanks stands before the offset in its line.
    pub fn is_first(&self, offset: u32) -> bool {
        let start = self.line(offset).start;
        Range::new(start, offset).of(self.text).trim().is_empty()
    }

    /// How many blanks a line begins with.
    pub fn indent(&self, line: Range) -> usize {
        let text = line.of(self.text);
        text.len() - text.trim_start_matches([' ', '\t']).len()
    }

    /// The rest of the line from an offset: without a comment, without blanks at the end.
    pub fn rest(&self, offset: u32) -> Range {
        let end = self.line(offset).end;
        let text = Range::new(offset, end).of(self.text);
        let text = text.find(" #").map_or(text, |i| text.get(..i).unwrap_or(text)).trim_end();
        Range::new(offset, offset + text.len() as u32)
    }

    /// A value without quotes from an offset: up to the line's end, or up to the `,` or bracket that ends it in a flow collection.
    pub fn value(&self, offset: u32) -> Range {
        let rest = self.rest(offset);
        let line = self.line(offset);
        let before = Range::new(line.start, offset).of(self.text);
        let depth = before.matches(['[', '{']).count() as isize - before.matches([']', '}']).count() as isize;
        if depth <= 0 {
            return rest;
        }
        let text = rest.of(self.text);
        let length = text.find([',', ']', '}']).unwrap_or(text.len());
        Range::new(offset, offset + text.get(..length).unwrap_or("").trim_end().len() as u32)
    }

    /// The text of a range for a message: one line, not too long.
    pub fn shown(&self, range: Range) -> String {
        let text = range.of(self.text).lines().next().unwrap_or("").trim_end();
        match text.char_indices().nth(48) {
            Some((i, _)) => format!("{}…", text.get(..i).unwrap_or("")),
            None => text.to_owned(),
        }
    }

    /// The text of a range in double quotes.
    pub fn quoted(&self, range: Range) -> String {
        let mut out = String::new();
        crate::yaml::write_json::string(range.of(self.text), &mut out);
        out
    }
}
