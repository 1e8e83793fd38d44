//! Reading a stream: bytes to text, text to documents as kubectl cuts it, each document by [`super::build`].

use super::Document;
use super::build::Builder;
use super::explain;
use super::problem::{Kind, Problem};
use crate::base::{FileId, Range, Span};
use crate::diagnostics::{Diagnostic, codes};
use crate::value::Origins;

/// With so many errors reading ends: more help nobody.
pub const MAX_FINDINGS: usize = 200;

/// See [`super::read_range`].
pub fn read(text: &str, part: Range, file: FileId, origins: &mut Origins) -> (Vec<Document>, Vec<Diagnostic>) {
    let mut documents = Vec::new();
    let mut findings = Vec::new();
    if u32::try_from(text.len()).is_err() {
        let span = Span::new(file, 0, 0);
        findings.push(Diagnostic::new(codes::J0801, "this text has more than 4 GiB").primary(span, ""));
        return (documents, findings);
    }
    let mut errors = 0;
    cut(text, part, |part| {
        let (range, problem) = match part {
            Part::Document(range) => {
                let before = findings.len();
                match document(text, range, file, origins, &mut findings) {
                    Ok(document) => {
                        documents.push(document);
                        errors += findings.iter().skip(before).filter(|f| f.is_error()).count();
                        return errors < MAX_FINDINGS;
                    }
                    Err(problem) => {
                        findings.truncate(before);
                        (range, problem)
                    }
                }
            }
            Part::BadSeparator(range) => (range, Problem::new(Kind::Separator, range)),
        };
        findings.push(explain::explain(&problem, text, range, file));
        errors += 1;
        errors < MAX_FINDINGS
    });
    if errors >= MAX_FINDINGS
        && let Some(last) = findings.last_mut()
    {
        last.notes.push("there are more: the rest of the file was not read".into());
    }
    (documents, findings)
}

fn document(text: &str, range: Range, file: FileId, origins: &mut Origins, findings: &mut Vec<Diagnostic>) -> Result<Document, Problem> {
    if let Some(problem) = control_character(text, range) {
        return Err(problem);
    }
    let mut builder = Builder::new(text, range, file, origins, findings);
    let value = builder.document()?;
    Ok(Document { value, span: range.in_file(file), complete: true })
}

enum Part {
    Document(Range),
    /// A line `--- text`: kubectl refuses it.
    BadSeparator(Range),
}

/// So many lines of a document are left out to make the rest readable.
const MAX_SKIPPED: usize = 12;

/// See [`super::read_tolerant`].
pub fn read_tolerant(text: &str, file: FileId, origins: &mut Origins) -> (Vec<Document>, Vec<Diagnostic>) {
    let whole = Range::new(0, text.len() as u32);
    let (mut documents, findings) = read(text, whole, file, origins);
    let mut broken = Vec::new();
    cut(text, whole, |part| {
        if let Part::Document(range) = part
            && !documents.iter().any(|d| d.span.range() == range)
        {
            broken.push(range);
        }
        broken.len() < MAX_FINDINGS
    });
    for range in broken {
        documents.extend(what_can_be_read(text, range, file, origins));
    }
    documents.sort_by_key(|d| d.span.start);
    (documents, findings)
}

/// A document without the lines that cannot be read: they become blanks, so that all others stay where they are.
fn what_can_be_read(text: &str, range: Range, file: FileId, origins: &mut Origins) -> Option<Document> {
    let mut copy = text.get(..range.end as usize)?.to_owned();
    for _ in 0..MAX_SKIPPED {
        let problem = match document(&copy, range, file, origins, &mut Vec::new()) {
            Ok(document) => return Some(Document { complete: false, ..document }),
            Err(problem) => problem,
        };
        let at = explain::explain(&problem, &copy, range, file).span()?.start.clamp(range.start, range.end) as usize;
        let start = copy.get(..at)?.rfind('\n').map_or(0, |i| i + 1).max(range.start as usize);
        let length = copy.get(start..)?.find('\n').unwrap_or(copy.len() - start);
        if copy.get(start..start + length)?.trim().is_empty() {
            return None;
        }
        copy.replace_range(start..start + length, &" ".repeat(length));
    }
    None
}

/// Cuts a stream as kubectl does, until `give` says no: at lines that begin with `---`. A separator without anything before it belongs to the document it begins.
fn cut(text: &str, part: Range, mut give: impl FnMut(Part) -> bool) {
    let (mut start, end) = (part.start as usize, part.end as usize);
    let bytes = text.as_bytes().get(..end).unwrap_or_default();
    let first = start;
    let rest = bytes.get(first..).unwrap_or_default();
    let mut lines = std::iter::once(first).filter(|_| rest.starts_with(b"---")).chain(memchr::memmem::find_iter(rest, b"\n---").map(|i| first + i + 1));
    loop {
        let Some(line) = lines.next() else {
            if start < bytes.len() {
                give(Part::Document(Range::new(start as u32, bytes.len() as u32)));
            }
            return;
        };
        let length = memchr::memchr(b'\n', bytes.get(line..).unwrap_or_default()).map_or(bytes.len() - line, |i| i + 1);
        let rest = text.get(line + 3..line + length).unwrap_or("").trim();
        let bad = !rest.is_empty() && !rest.starts_with('#');
        if line > start {
            if !give(Part::Document(Range::new(start as u32, line as u32))) {
                return;
            }
            start = line + length;
        }
        if bad {
            let end = line + text.get(line..line + length).unwrap_or("").trim_end().len();
            if !give(Part::BadSeparator(Range::new(line as u32, end as u32))) {
                return;
            }
            start = line + length;
        }
    }
}

/// The first character that YAML does not allow.
fn control_character(text: &str, range: Range) -> Option<Problem> {
    let part = range.of(text);
    // Bytes that may be or begin one: rare, so that a quick pass usually ends it.
    let suspicious = |b: u8| (b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')) || b == 0x7f || b == 0xc2 || b == 0xef;
    if !part.as_bytes().chunks(64).any(|c| c.iter().fold(false, |any, b| any | suspicious(*b))) {
        return None;
    }
    let forbidden = |c: char| match c {
        '\t' | '\n' | '\r' | '\u{85}' => false,
        '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => true,
        _ => false,
    };
    let (at, c) = part.char_indices().find(|(_, c)| forbidden(*c))?;
    let at = range.start + at as u32;
    Some(Problem::new(Kind::ControlCharacter(c), Range::new(at, at + c.len_utf8() as u32)))
}

/// See [`super::decode`].
pub fn decode(bytes: Vec<u8>, file: FileId) -> (String, Option<Diagnostic>) {
    let utf16 = match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => Some((rest, u16::from_le_bytes as fn([u8; 2]) -> u16)),
        [0xfe, 0xff, rest @ ..] => Some((rest, u16::from_be_bytes as fn([u8; 2]) -> u16)),
        _ => None,
    };
    if let Some((rest, unit)) = utf16 {
        let units = rest.chunks(2).map(|c| match c {
            [a, b] => unit([*a, *b]),
            _ => 0xdfff,
        });
        let mut text = String::with_capacity(rest.len() / 2);
        let mut broken = None;
        for c in char::decode_utf16(units) {
            if c.is_err() && broken.is_none() {
                broken = Some(text.len() as u32);
            }
            text.push(c.unwrap_or(char::REPLACEMENT_CHARACTER));
        }
        let finding = broken.map(|at| {
            Diagnostic::new(codes::J0101, "this file is not UTF-16, although it begins with its mark").primary(Span::new(file, at, at + 3), "the first unit that is not")
        });
        return (text, finding);
    }
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to() as u32;
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let finding = Diagnostic::new(codes::J0101, "this file is not UTF-8").primary(Span::new(file, at, at + 3), "the first byte that is not").help("save the file as UTF-8");
            (text, Some(finding))
        }
    }
}
