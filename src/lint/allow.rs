//! Comments that allow a rule or lint in one place, with the reason:
//!
//! ```text
//! # jibe: allow no-latest, probes-set: a batch job of the mirror
//! - name: web
//! ```
//!
//! At the end of a line it is about the entry that begins on the line, with everything nested in it. Alone on a line it is about the entry that begins on the next one;
//! before the first entry of a document, about the whole document. Definitions say `// jibe: allow …`; before everything else and an empty line it is about the whole module.

use crate::base::{FileId, Range, Span};
use crate::source::SourceFile;

/// A comment of this kind.
#[derive(Clone, Debug)]
pub struct Allowance {
    /// The comment, for findings about it.
    pub span: Span,
    pub allowed: Vec<Allowed>,
    /// Whether it says why.
    pub reason: bool,
    /// What goes with it when it is deleted: the blanks before it, or its line.
    pub whole: Span,
    /// What it is about.
    covers: Range,
}

/// One name in it.
#[derive(Clone, Debug)]
pub struct Allowed {
    pub name: String,
    pub span: Span,
}

impl Allowance {
    /// Whether a place is covered.
    pub fn covers(&self, span: Span) -> bool {
        span.file == self.span.file && (self.covers.start..self.covers.end).contains(&span.start)
    }
}

/// A line of the text.
#[derive(Clone, Copy)]
struct Line<'t> {
    start: usize,
    /// Without its end.
    text: &'t str,
    /// Where the comment begins, in the line.
    comment: Option<usize>,
}

impl<'t> Line<'t> {
    fn content(self) -> &'t str {
        self.text.get(..self.comment.unwrap_or(self.text.len())).unwrap_or("").trim_end()
    }

    fn is_empty(self) -> bool {
        self.content().trim().is_empty()
    }

    fn indent(self) -> usize {
        self.text.len() - self.text.trim_start().len()
    }

    fn end(self) -> usize {
        self.start + self.text.len()
    }
}

/// The comments of a file, in order. Text of a file without any is not looked at twice.
pub fn allowances(source: &SourceFile) -> Vec<Allowance> {
    let mark: &[u8] = b"jibe: allow";
    if memchr::memmem::find(source.text.as_bytes(), mark).is_none() {
        return Vec::new();
    }
    let jibe = source.name.ends_with(".jibe");
    let lines = lines(&source.text, jibe);
    let mut out = Vec::new();
    for (i, line) in lines.iter().enumerate() {
        let Some(at) = line.comment else { continue };
        let comment = line.text.get(at..).unwrap_or("");
        let skipped = if jibe { "//" } else { "#" };
        let Some(body) = comment.strip_prefix(skipped).map(str::trim_start).and_then(|c| c.strip_prefix("jibe:")).map(str::trim_start).and_then(|c| c.strip_prefix("allow")) else {
            continue;
        };
        let offset = line.start + at + (comment.len() - body.len());
        let mut a = parse(body, offset, source.id);
        a.span = Span::new(source.id, (line.start + at) as u32, line.end() as u32);
        let (from, to) = if line.is_empty() { (line.start, (line.end() + 1).min(source.text.len())) } else { (line.start + line.content().len(), line.end()) };
        a.whole = Span::new(source.id, from as u32, to as u32);
        a.covers = if line.is_empty() { own_line(&lines, i, jibe) } else { entry(&lines, i, jibe) };
        out.push(a);
    }
    out
}

/// ` a, b: why`
fn parse(body: &str, offset: usize, file: FileId) -> Allowance {
    let (names, reason) = body.split_once(':').unwrap_or((body, ""));
    let mut allowed = Vec::new();
    let mut at = 0;
    for part in names.split(',') {
        let name = part.trim();
        let start = offset + at + (part.len() - part.trim_start().len());
        if !name.is_empty() {
            allowed.push(Allowed { name: name.to_owned(), span: Span::new(file, start as u32, (start + name.len()) as u32) });
        }
        at += part.len() + 1;
    }
    Allowance { span: Span::default(), allowed, reason: !reason.trim().is_empty(), whole: Span::default(), covers: Range::default() }
}

/// A comment alone on its line.
fn own_line(lines: &[Line<'_>], i: usize, jibe: bool) -> Range {
    let first = lines.get(..i).unwrap_or(&[]).iter().rev().take_while(|l| jibe || !is_marker(l)).all(|l| l.is_empty());
    let next = lines.iter().skip(i + 1).position(|l| !l.is_empty()).map(|n| n + i + 1);
    let from = lines.get(i).map_or(0, |l| l.start);
    let Some(next) = next else { return Range::new(from as u32, from as u32) };
    let gap = lines.get(i + 1).is_some_and(|l| l.text.trim().is_empty());
    if first && (!jibe || gap) {
        let end = lines.iter().skip(i).find(|l| !jibe && is_marker(l)).or(lines.last()).map_or(from, |l| l.end());
        return Range::new(from as u32, end as u32 + 1);
    }
    entry(lines, next, jibe)
}

fn is_marker(line: &Line<'_>) -> bool {
    line.text.starts_with("---")
}

/// The entry that begins on a line: the line, what is indented deeper below it, and a list that belongs to its key.
fn entry(lines: &[Line<'_>], i: usize, jibe: bool) -> Range {
    let Some(head) = lines.get(i) else { return Range::default() };
    let indent = head.indent();
    let list_below = !jibe && head.content().ends_with(':') && !head.text.trim_start().starts_with("- ");
    let mut end = head.end();
    for l in lines.iter().skip(i + 1) {
        if l.is_empty() {
            continue;
        }
        let text = l.text.trim_start();
        let deeper = l.indent() > indent;
        let listed = list_below && l.indent() == indent && (text.starts_with("- ") || text == "-");
        let closing = jibe && l.indent() == indent && text.starts_with(['}', ']', ')']);
        if (!deeper && !listed && !closing) || (!jibe && is_marker(l)) {
            break;
        }
        end = l.end();
        if closing && !l.content().ends_with(['{', '[', '(']) {
            break;
        }
    }
    Range::new(head.start as u32, end as u32 + 1)
}

fn lines(text: &str, jibe: bool) -> Vec<Line<'_>> {
    let mut out = Vec::new();
    let mut start = 0;
    // Text below `|` or `>` is no YAML: the indentation of the key that it belongs to.
    let mut literal: Option<usize> = None;
    for whole in text.split_inclusive('\n') {
        let line = whole.trim_end_matches(['\n', '\r']);
        let mut l = Line { start, text: line, comment: None };
        start += whole.len();
        if let Some(indent) = literal {
            if line.trim().is_empty() || l.indent() > indent {
                out.push(l);
                continue;
            }
            literal = None;
        }
        l.comment = comment_start(line, jibe);
        if !jibe && opens_literal(l.content()) {
            literal = Some(l.indent());
        }
        out.push(l);
    }
    out
}

fn opens_literal(content: &str) -> bool {
    let text = content.trim_end_matches(|c: char| c.is_ascii_digit() || c == '+' || c == '-');
    text.strip_suffix(['|', '>']).is_some_and(|before| before.is_empty() || before.ends_with([' ', '\t']))
}

/// Where a comment begins; a sign inside quotes begins none.
fn comment_start(line: &str, jibe: bool) -> Option<usize> {
    let bytes = line.as_bytes();
    let mut quote: Option<u8> = None;
    let mut i = 0;
    while let Some(&b) = bytes.get(i) {
        let before = i.checked_sub(1).and_then(|p| bytes.get(p)).copied();
        match quote {
            Some(q) => {
                if b == b'\\' && q == b'"' {
                    i += 1;
                } else if b == q {
                    quote = None;
                }
            }
            // A quote inside a word is a letter to YAML.
            None if (b == b'"' || (b == b'\'' && !jibe)) && (jibe || before.is_none_or(|p| b" \t[{,:(".contains(&p))) => quote = Some(b),
            None if jibe && b == b'/' && bytes.get(i + 1) == Some(&b'/') => return Some(i),
            None if !jibe && b == b'#' && before.is_none_or(|p| p == b' ' || p == b'\t') => return Some(i),
            None => {}
        }
        i += 1;
    }
    None
}
