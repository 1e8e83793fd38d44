//! YAML as Kubernetes reads it (YAML 1.1 scalars, one JSON value a document), with positions; JSON as the API server decodes it; deterministic output of both.

mod build;
mod duplicate;
mod explain;
mod json;
mod problem;
mod quote;
mod read;
mod scalar;
mod scan;
mod write;
mod write_json;

use crate::base::{FileId, Range, Span};
use crate::diagnostics::Diagnostic;
use crate::value::{Origins, Value};

/// One document of a stream.
#[derive(Clone, Debug)]
pub struct Document {
    pub value: Value,
    /// The document's text, without the separators.
    pub span: Span,
    /// Whether all of it could be read; only [`read_tolerant`] gives others.
    pub complete: bool,
}

/// Deepest nesting of lists and maps that is read.
pub const MAX_DEPTH: usize = 128;

/// Reads a stream of documents. A document that cannot be read is left out of the result and has an error in the findings; the others are read.
/// Documents that are empty (nothing but comments) are read as null, as Kubernetes does.
pub fn read(text: &str, file: FileId, origins: &mut Origins) -> (Vec<Document>, Vec<Diagnostic>) {
    read_range(text, Range::new(0, text.len() as u32), file, origins)
}

/// Reads a part of a stream that begins and ends at the start of a line, so that large files can be read in pieces. Positions are those of the whole text.
pub fn read_range(text: &str, part: Range, file: FileId, origins: &mut Origins) -> (Vec<Document>, Vec<Diagnostic>) {
    read::read(text, part, file, origins)
}

/// Reads a stream that is being edited: of a document that cannot be read, what is there without the lines that are wrong. The findings are those of [`read`].
/// Such a document serves completion and hover; it is no base for further findings.
pub fn read_tolerant(text: &str, file: FileId, origins: &mut Origins) -> (Vec<Document>, Vec<Diagnostic>) {
    read::read_tolerant(text, file, origins)
}

/// Reads one JSON value. Numbers keep their text: `3` is an integer, `3.0` and `1e1` are not.
pub fn read_json(text: &str, file: FileId, origins: &mut Origins) -> (Option<Value>, Vec<Diagnostic>) {
    json::read(text, file, origins)
}

/// Text from the bytes of a file: UTF-8, or UTF-16 with a byte order mark. Where it is neither, the broken bytes are replaced and the finding (J0101) says where they are.
pub fn decode(bytes: Vec<u8>, file: FileId) -> (String, Option<Diagnostic>) {
    read::decode(bytes, file)
}

/// Appends a value as a YAML document: no `---`, a line end at the end. Reading it back, as Kubernetes or any YAML 1.1 or 1.2 reader does, gives the same value.
pub fn write(value: &Value, out: &mut String) {
    write::write(value, out);
}

/// Appends a value as JSON without blanks or line ends.
pub fn write_json(value: &Value, out: &mut String) {
    write_json::compact(value, out);
}

/// Appends a value as JSON, indented by two spaces; no line end at the end.
pub fn write_json_pretty(value: &Value, out: &mut String) {
    write_json::pretty(value, 0, out);
}

/// Appends a value as indented JSON inside of a text whose lines are `depth` levels deep; no line end at the end.
pub fn write_json_indented(value: &Value, depth: usize, out: &mut String) {
    write_json::pretty(value, depth, out);
}
