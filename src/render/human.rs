//! Findings for people. The excerpts are miette's, one a file, the file with the mistake first; what frames them is ours, so that it stays calm:
//!
//! ```text
//! error[J0301]: unknown field `imge`
//!    ╭─[app.yaml:9:9]
//!  8 │       properties:
//!  9 │         imge: nginx
//!    ·         ──┬─
//!    ·           ╰── `webservice` has no such parameter
//!    ╰────
//!   help: did you mean `image`?
//! ```

use std::borrow::Cow;
use std::fmt::Write;
use std::sync::{Arc, OnceLock};

use anstyle::{AnsiColor, Style as Ansi};
use miette::{GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use super::printable::printable;
use super::{Counts, SHOWN, Style};
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, Label, Severity};
use crate::source::{SourceFile, Sources};

/// Lines longer than this many bytes are not shown, only named.
const LONGEST_LINE: usize = 600;
/// An excerpt shows at most this many lines under one label.
const MOST_LINES: usize = 12;

/// Renders all findings and a last line that counts them.
pub fn render(findings: &[Diagnostic], sources: &Sources, style: &Style) -> String {
    let mut out = String::new();
    for d in findings.iter().take(SHOWN) {
        finding(d, sources, style, &mut out);
        out.push('\n');
    }
    if findings.len() > SHOWN {
        let _ = writeln!(out, "… and {} more\n", findings.len() - SHOWN);
    }
    if style.summary
        && let Some(sentence) = Counts::of(findings).sentence()
    {
        let _ = writeln!(out, "{sentence}");
    }
    out
}

fn finding(d: &Diagnostic, sources: &Sources, style: &Style, out: &mut String) {
    let color = match d.severity {
        Severity::Error => AnsiColor::Red,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Note => AnsiColor::Cyan,
    };
    let head = format!("{}[{}]", super::severity_word(d.severity), d.code.0);
    let _ = write!(out, "{}", paint(&head, Ansi::new().fg_color(Some(color.into())).bold(), style));
    let message = wrap(&format!(": {}", printable(&d.message)), style.width.saturating_sub(head.len()), "  ");
    let _ = writeln!(out, "{}", paint(&message, Ansi::new().bold(), style));
    for (file, labels) in by_file(d) {
        if let Some(file) = sources.get(file) {
            excerpt(&file, &labels, style, out);
        }
    }
    if let Some(object) = &d.object {
        let place = object.path.as_ref().map(|p| format!(" {p}")).unwrap_or_default();
        let name = if object.name.is_empty() { String::new() } else { format!("/{}", object.name) };
        line("in", &printable(&format!("{}{name}{place}", object.kind)), style, out);
    }
    for note in &d.notes {
        line("note", &printable(note), style, out);
    }
    if let Some(help) = &d.help {
        line("help", &printable(help), style, out);
    }
}

/// `  word: text`, wrapped under itself.
fn line(word: &str, text: &str, style: &Style, out: &mut String) {
    let indent = " ".repeat(word.len() + 4);
    let text = wrap(text, style.width.saturating_sub(indent.len()), &indent);
    let _ = writeln!(out, "  {}: {text}", paint(word, Ansi::new().fg_color(Some(AnsiColor::Cyan.into())), style));
}

fn paint(text: &str, ansi: Ansi, style: &Style) -> String {
    if style.color { format!("{ansi}{text}{ansi:#}") } else { text.to_owned() }
}

/// Breaks at spaces so that lines have at most `width` columns; lines after the first get the indent.
fn wrap(text: &str, width: usize, indent: &str) -> String {
    let width = width.max(30);
    let mut out = String::new();
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
            out.push_str(indent);
        }
        let mut used = 0;
        for (j, word) in line.split(' ').enumerate() {
            let columns = unicode_width::UnicodeWidthStr::width(word);
            if j > 0 && used + 1 + columns > width {
                out.push('\n');
                out.push_str(indent);
                used = 0;
            } else if j > 0 {
                out.push(' ');
                used += 1;
            }
            out.push_str(word);
            used += columns;
        }
    }
    out
}

/// Labels grouped by file: the primary label's file first, then in the order of the labels.
fn by_file(d: &Diagnostic) -> Vec<(FileId, Vec<&Label>)> {
    let mut groups: Vec<(FileId, Vec<&Label>)> = Vec::new();
    let primary_first = d.labels.iter().filter(|l| l.primary).chain(d.labels.iter().filter(|l| !l.primary));
    for label in primary_first {
        match groups.iter_mut().find(|(f, _)| *f == label.span.file) {
            Some((_, labels)) => labels.push(label),
            None => groups.push((label.span.file, vec![label])),
        }
    }
    groups
}

/// Prints the lines around the labels of one file; only the place and the words where the lines are too long to show.
fn excerpt(file: &Arc<SourceFile>, labels: &[&Label], style: &Style, out: &mut String) {
    let text = Excerpt { file: Arc::clone(file), labels: labels.iter().map(|l| miette_label(file, l)).collect(), changed: OnceLock::new() };
    let too_long = labels.iter().any(|l| text.widest_line(l.span.start as usize) > LONGEST_LINE);
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(style.width.max(40)).with_context_lines(1).tab_width(2).without_cause_chain();
    let mut drawn = String::new();
    if !too_long && handler.render_report(&mut drawn, &text).is_ok() {
        // Our own head stands in place of miette's: everything before the frame's first line.
        let from = drawn.find('╭').map_or(0, |i| drawn.get(..i).and_then(|s| s.rfind('\n')).map_or(0, |n| n + 1));
        for l in drawn.get(from..).unwrap_or("").lines() {
            out.push_str(l.trim_end());
            out.push('\n');
        }
        return;
    }
    for l in labels {
        let at = file.line_column(l.span.start);
        let words = if l.message.is_empty() { String::new() } else { format!(" {}", printable(&l.message)) };
        let _ = writeln!(out, "   ─ {}:{}:{}{words}", printable(&file.name), at.line, at.column);
    }
}

/// A label within the text; one that spans many lines is cut down to its first line.
fn miette_label(file: &SourceFile, label: &Label) -> LabeledSpan {
    let length = file.text.len();
    let start = floor_boundary(&file.text, (label.span.start as usize).min(length));
    let mut end = floor_boundary(&file.text, (label.span.end as usize).clamp(start, length));
    let lines = file.lines();
    let (first, last) = (lines.line_of(start as u32), lines.line_of(end as u32));
    if last > first {
        let line_end = lines.line_start(first + 1).map_or(length, |n| n as usize);
        end = start + file.text.get(start..line_end).unwrap_or("").trim_end().len();
    }
    let words = (!label.message.is_empty()).then(|| printable(&label.message).into_owned());
    if label.primary { LabeledSpan::new_primary_with_span(words, (start, end - start)) } else { LabeledSpan::new_with_span(words, (start, end - start)) }
}

fn floor_boundary(text: &str, mut at: usize) -> usize {
    while at > 0 && !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// One file's labels, as miette wants them.
#[derive(Debug)]
struct Excerpt {
    file: Arc<SourceFile>,
    labels: Vec<LabeledSpan>,
    /// Lines that had to be changed to be printed.
    changed: OnceLock<Box<Changed>>,
}

/// A list that only grows, so that what is in it can be lent out.
#[derive(Debug)]
struct Changed {
    text: String,
    next: OnceLock<Box<Changed>>,
}

impl Excerpt {
    fn keep(&self, text: String) -> &str {
        let mut end = &self.changed;
        while let Some(one) = end.get() {
            end = &one.next;
        }
        &end.get_or_init(|| Box::new(Changed { text, next: OnceLock::new() })).text
    }

    /// The longest line that an excerpt at the offset would show, in bytes.
    fn widest_line(&self, offset: usize) -> usize {
        let lines = self.file.lines();
        let line = lines.line_of(offset as u32);
        let length = |l: usize| {
            let start = lines.line_start(l)? as usize;
            Some(lines.line_start(l + 1).map_or(self.file.text.len(), |n| n as usize).saturating_sub(start))
        };
        [line.checked_sub(1), Some(line), Some(line + 1)].into_iter().flatten().filter_map(length).max().unwrap_or(0)
    }
}

impl std::fmt::Display for Excerpt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("-")
    }
}

impl std::error::Error for Excerpt {}

impl miette::Diagnostic for Excerpt {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Excerpt {
    /// The lines of a span with some around it, found through the line index (the text is not scanned).
    fn read_span<'a>(&'a self, span: &SourceSpan, before: usize, after: usize) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let lines = self.file.lines();
        let text: &str = &self.file.text;
        let (first, last) = (lines.line_of(span.offset() as u32), lines.line_of((span.offset() + span.len()) as u32));
        if last - first > MOST_LINES * 4 {
            return Err(MietteError::OutOfBounds);
        }
        let from = lines.line_start(first.saturating_sub(before)).unwrap_or(0) as usize;
        let from = if before == 0 { span.offset().min(text.len()) } else { from };
        let to = if after == 0 { (span.offset() + span.len()).min(text.len()) } else { lines.line_start(last + after + 1).map_or(text.len(), |n| n as usize) };
        let data = text.get(from..to).ok_or(MietteError::OutOfBounds)?;
        let at = self.file.line_column(from as u32);
        let count = data.lines().count();
        let (line, column) = (at.line as usize - 1, at.column as usize - 1);
        let name = printable(&self.file.name).into_owned();
        let data = match printable(data) {
            Cow::Borrowed(data) => data,
            Cow::Owned(data) => self.keep(data),
        };
        Ok(Box::new(MietteSpanContents::new_named(name, data.as_bytes(), (from, data.len()).into(), line, column, count)))
    }
}
