//! From what the reader met to what the user did: the text around a problem tells which of the usual mistakes it is.

mod indent;
mod layout;
mod place;
mod value;

use super::MAX_DEPTH;
use super::problem::{Kind, Problem};
use crate::base::{FileId, Range};
use crate::diagnostics::{Diagnostic, Severity, codes};
use place::Place;

/// The finding for a problem of the document at `document`.
pub fn explain(problem: &Problem, text: &str, document: Range, file: FileId) -> Diagnostic {
    let place = Place { text, document, file };
    if let Some(finding) = template(problem, &place) {
        return finding;
    }
    let range = problem.range;
    match &problem.kind {
        Kind::BadStart | Kind::TabIndent => value::bad_start(range, &place),
        Kind::NoColon => layout::no_colon(range, &place),
        Kind::ColonNotAllowed => layout::second_colon(range, problem.context, &place),
        Kind::ExpectedKey | Kind::ExpectedEntry => layout::unexpected(problem, &place),
        Kind::EntryNotAllowed => layout::list_on_line(range, &place),
        Kind::KeyNotAllowed => place.error(range, "`? ` cannot stand here").help("quote the text"),
        Kind::QuoteNotClosed => value::quote_not_closed(range, problem.context, &place),
        Kind::BracketNotClosed => value::bracket_not_closed(range, problem.context, &place),
        Kind::ExpectedComma(close) => value::expected_comma(range, *close, problem.context.unwrap_or(range), &place),
        Kind::ExpectedNode => value::expected_node(range, &place),
        Kind::UnknownEscape | Kind::EscapeDigits(_) | Kind::EscapeNoCharacter => value::escape(&problem.kind, range, &place),
        Kind::TextAfterBlockSign => value::after_block_sign(range, problem.context.unwrap_or(range), &place),
        Kind::BlockIndentZero => place.error(range, "the indentation of block text cannot be 0"),
        Kind::BadAlias => value::quote_it(range, "begins an alias in YAML", true, &place),
        Kind::BadAnchor => value::quote_it(range, "begins an anchor in YAML", true, &place),
        Kind::BadTag => value::quote_it(range, "begins a tag in YAML, and this is none", false, &place),
        Kind::UnknownAlias(nearest) => value::unknown_alias(range, nearest.as_deref(), &place),
        Kind::BadDirective => value::directive(range, &place),
        Kind::UnknownTagHandle(handle) => place.error(range, format!("the tag prefix `{handle}` is declared nowhere")),
        Kind::NotTagged(wanted) => place.error(range, format!("`{}` is not {wanted}, which its tag says it is", place.shown(range))),
        Kind::NotFinite => place.error(range, format!("`{}` is no number that Kubernetes can store", place.shown(range))).help("quote it if it is text"),
        Kind::KeyNull => value::key_null(range, &place),
        Kind::KeyTooLarge => place.error(range, format!("the number `{}` is too large for a key", place.shown(range))).help("quote it"),
        Kind::KeyNotScalar => place.error(range, "a list or a mapping cannot be a key").help("quote it if it is text"),
        Kind::MergeNotMap => place.error(range, "`<<` merges a mapping or a list of mappings, and this is neither"),
        Kind::AliasInItself => place.error(range, format!("`{}` stands inside of what it names", place.shown(range))),
        Kind::Aliases => Diagnostic::new(codes::J0815, "aliases repeat more than Kubernetes' reader allows").primary(place.span(range), "the budget ends here"),
        Kind::TooDeep => place.error(range, format!("lists and mappings nested deeper than {MAX_DEPTH}")),
        Kind::ControlCharacter(c) => {
            place.error(range, format!("the control character U+{:04X} is not allowed in YAML", u32::from(*c))).help("write it as an escape in double quotes, or delete it")
        }
        Kind::Separator => value::separator(range, &place),
        Kind::EndOfText => place.error(range, "the document ends too early"),
    }
}

/// A placeholder of a template engine where a value is: `{{ … }}`, `{% … %}`.
fn template(problem: &Problem, place: &Place<'_>) -> Option<Diagnostic> {
    let confused = matches!(
        problem.kind,
        Kind::KeyNotScalar
            | Kind::ExpectedKey
            | Kind::ExpectedEntry
            | Kind::ExpectedComma(_)
            | Kind::ExpectedNode
            | Kind::BadStart
            | Kind::ColonNotAllowed
            | Kind::NoColon
            | Kind::KeyNull
            | Kind::BracketNotClosed
            | Kind::BadAlias
    );
    if !confused {
        return None;
    }
    let line = place.line(problem.range.start);
    let text = line.of(place.text);
    let (open, close) = [("{{", "}}"), ("{%", "%}")].into_iter().find(|(open, _)| text.contains(open))?;
    let at = text.find(open)?;
    let before = text.get(..at)?.trim_end();
    if !(before.is_empty() || before.ends_with([':', '-', ',', '[', '{'])) {
        return None;
    }
    let length = text.get(at..)?.find(close).map_or(text.len() - at, |i| i + 2);
    let range = Range::new(line.start + at as u32, line.start + (at + length) as u32);
    let finding = place.error(range, format!("`{}` is a placeholder of a template, not YAML", place.shown(range)));
    Some(finding.note("in YAML `{` begins a mapping in braces").help("render the template first, or quote the value"))
}

impl Place<'_> {
    /// An error J0801 whose primary label is at the range.
    fn error(&self, range: Range, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(codes::J0801, message).with_severity(Severity::Error).primary(self.span(range), "")
    }
}
