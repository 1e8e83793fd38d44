//! Mistakes in the layout: indentation, `:` missing or one too many, list items in the wrong place.

use super::indent;
use super::place::Place;
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::yaml::problem::Problem;

/// A line where a key has to be, without a `:` and a blank.
pub fn no_colon(range: Range, place: &Place<'_>) -> Diagnostic {
    let text = range.of(place.text);
    if let Some(finding) = conflict_marker(range, place) {
        return finding;
    }
    if let Some(finding) = no_space(range, place) {
        return finding;
    }
    if let Some(finding) = no_space_after_dash(range, place) {
        return finding;
    }
    if let Some(quote) = text.chars().next().filter(|c| matches!(c, '"' | '\'')) {
        let closed = text.get(1..).is_some_and(|t| t.contains(quote));
        if !closed {
            return super::value::quote_not_closed(range, None, place);
        }
    }
    let line = place.line(range.start);
    if let Some(before) = place.content_before(line) {
        let header = before.of(place.text).trim_end();
        if [": |", ": >", "- |", "- >"].iter().any(|sign| header.ends_with(sign)) {
            let label = place.error(range, "block text has to be indented deeper than its key");
            return label
                .secondary(place.span(place.rest(before.start + place.indent(before) as u32)), "the text of this begins on the next line")
                .help("indent the lines of the text");
        }
    }
    let finding = place.error(place.rest(range.start), format!("`{}` is no `key: value`: a `:` is missing", place.shown(range)));
    match text.split_once(' ') {
        Some((key, value)) if !value.contains(' ') && !key.is_empty() => {
            let at = range.start + key.len() as u32;
            finding.help(format!("write `{key}: {value}`")).unsafe_fix("insert `:`", place.span(Range::new(at, at)), ":")
        }
        _ => finding.help("write a key, `:` and a blank; or indent the line if it continues the one before"),
    }
}

/// What git leaves where it could not merge.
fn conflict_marker(range: Range, place: &Place<'_>) -> Option<Diagnostic> {
    let text = range.of(place.text);
    let marked = ["<<<<<<<", "=======", ">>>>>>>"].iter().any(|m| text.starts_with(m));
    marked.then(|| {
        place.error(range, format!("`{}` is a conflict marker of a merge", text.get(..7).unwrap_or(""))).help("settle the conflict: keep one of the two sides, delete the markers")
    })
}

/// `key:value`, on the first line of the range.
fn no_space(range: Range, place: &Place<'_>) -> Option<Diagnostic> {
    let line = place.rest(range.start);
    let text = line.of(place.text);
    let colon = text.find(':')?;
    let key = text.get(..colon)?;
    let value = text.get(colon + 1..)?;
    let word = !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/'));
    if !word || value.is_empty() || value.starts_with([' ', '\t', '/']) {
        return None;
    }
    let after = line.start + colon as u32 + 1;
    let finding = place.error(line, format!("a blank is missing after `{key}:`")).help(format!("write `{key}: {value}`"));
    Some(finding.fix("insert a blank after `:`", place.span(Range::new(after, after)), " "))
}

/// `-item`.
pub fn no_space_after_dash(range: Range, place: &Place<'_>) -> Option<Diagnostic> {
    let line = place.rest(range.start);
    let next = line.of(place.text).strip_prefix('-')?.chars().next()?;
    if matches!(next, ' ' | '-') {
        return None;
    }
    let after = Range::new(range.start + 1, range.start + 1);
    let finding = place.error(line, "a blank is missing after `-`").help("a list item is `-`, a blank and the value");
    Some(finding.fix("insert a blank after `-`", place.span(after), " "))
}

/// A `:` that cannot make a key of the text before it (`scalar`).
pub fn second_colon(colon: Range, scalar: Option<Range>, place: &Place<'_>) -> Diagnostic {
    let Some(scalar) = scalar.filter(|s| s.end <= colon.start) else {
        return place.error(colon, "`:` cannot stand here: there is no key before it");
    };
    let (first, last) = (place.line(scalar.start), place.line(colon.start));
    if first == last && colon.start - scalar.start > 1024 {
        return place.error(scalar, "a key of more than 1024 characters").help("write `? ` before it, or shorten it");
    }
    if first == last {
        return colon_in_value(scalar, place);
    }
    if place.is_first(scalar.start) || begins_entry(scalar.start, place) {
        // The scalar is not a value: its first line should have been `key: value`.
        return no_space(scalar, place).unwrap_or_else(|| no_colon(place.rest(scalar.start), place));
    }
    let key = Range::new(last.start + place.indent(last) as u32, colon.start);
    deeper(key, Range::new(first.start + place.indent(first) as u32, scalar.start), place)
}

/// Whether only list dashes stand before the offset in its line.
fn begins_entry(offset: u32, place: &Place<'_>) -> bool {
    let start = place.line(offset).start;
    Range::new(start, offset).of(place.text).bytes().all(|b| matches!(b, b' ' | b'-'))
}

/// `key: text: more`.
fn colon_in_value(scalar: Range, place: &Place<'_>) -> Diagnostic {
    let value = place.rest(scalar.start);
    let shown = place.shown(value);
    let finding = place.error(value, format!("`{shown}` has a `:` and a blank in it, so YAML takes it for a mapping, which cannot begin here"));
    let text = value.of(place.text);
    if text.contains(['"', '\\']) {
        return finding.help("quote the value, or begin the mapping on the next line");
    }
    finding.help("quote the value, or begin the mapping on the next line").unsafe_fix("quote the value", place.span(value), place.quoted(value))
}

/// A line deeper than the field before it, which has a value already (`before`: that field up to its value).
fn deeper(key: Range, before: Range, place: &Place<'_>) -> Diagnostic {
    if let Some(finding) = no_space_after_dash(before, place) {
        return finding;
    }
    if let Some(finding) = indent::odd_one(place.line(before.start), place.line(key.start), place) {
        return finding;
    }
    let field = before.of(place.text).trim_start_matches(['-', ' ']).trim_end().trim_end_matches(':').to_owned();
    let column = place.line(before.start).start + place.indent(place.line(before.start)) as u32;
    let dashes = before.of(place.text).len() - before.of(place.text).trim_start_matches(['-', ' ']).len();
    let wanted = column - place.line(before.start).start + dashes as u32;
    let line = place.line(key.start);
    let indent = Range::new(line.start, line.start + place.indent(line) as u32);
    let field = if field.is_empty() { "?".to_owned() } else { field };
    let finding = place
        .error(place.rest(key.start), format!("this line is indented deeper than `{field}`, which has a value already"))
        .secondary(place.span(place.rest(before.start)), format!("`{field}` and its value"));
    finding.help(format!("indent it like `{field}`, by {wanted}")).unsafe_fix(format!("indent it by {wanted}"), place.span(indent), " ".repeat(wanted as usize))
}

/// `key: - item`.
pub fn list_on_line(range: Range, place: &Place<'_>) -> Diagnostic {
    let finding = place.error(place.rest(range.start), "a list cannot begin on the line of its key");
    let line = place.line(range.start);
    let at = Range::new(range.start, range.start);
    let indent = " ".repeat(place.indent(line));
    finding.help("begin the list on the next line; quote the value if it is text").unsafe_fix("begin the list on the next line", place.span(at), format!("\n{indent}"))
}

/// Something where the next key or list item has to be.
pub fn unexpected(problem: &Problem, place: &Place<'_>) -> Diagnostic {
    let range = problem.range;
    let rest = place.rest(range.start);
    if let Some(finding) = conflict_marker(rest, place) {
        return finding;
    }
    if !place.is_first(range.start) {
        return after_value(rest, place);
    }
    if range.of(place.text).starts_with(':') || rest.of(place.text).starts_with(": ") {
        return super::value::key_null(range, place);
    }
    let line = place.line(range.start);
    let indent = place.indent(line);
    let item = rest.of(place.text).starts_with("- ") || rest.of(place.text) == "-";
    let levels = indent::levels(line, place);
    if let Some(before) = place.content_before(line)
        && place.indent(before) < indent
        && let Some(field) = field_with_value(before, place)
    {
        return deeper(rest, field, place);
    }
    if !levels.is_empty() && !levels.iter().any(|l| l.indent == indent) {
        return indent::between(rest, indent, item, &levels, place);
    }
    let finding = if item {
        place.error(rest, "a list item where a key has to be").help("indent it as the other items of its list; a mapping and a list cannot be mixed")
    } else {
        place.error(rest, "a key where a list item has to be").help("begin it with `- ` if it is an item, or indent it as deep as the item it belongs to")
    };
    match problem.context {
        Some(context) if place.line(context.start) != line => finding.secondary(place.span(place.rest(context.start)), if item { "the mapping" } else { "the list begins here" }),
        _ => finding,
    }
}

/// Text after a value that has ended: a string in quotes, a collection in brackets.
fn after_value(rest: Range, place: &Place<'_>) -> Diagnostic {
    let line = place.line(rest.start);
    let before = Range::new(line.start, rest.start).of(place.text).trim_end();
    match before.chars().next_back() {
        Some(quote @ ('"' | '\'')) => {
            let message = format!("text after the closing `{quote}`");
            let help = if quote == '\'' {
                "inside of single quotes, write `''` for `'`; or quote the whole value"
            } else {
                "inside of double quotes, write `\\\"` for `\"`; or quote the whole value"
            };
            place.error(rest, message).help(help)
        }
        Some(c @ (']' | '}')) => place.error(rest, format!("text after the closing `{c}`")).help("quote the whole value if it is text"),
        _ => place.error(rest, format!("`{}` cannot stand here", place.shown(rest))).help("quote the whole value if it is text"),
    }
}

/// The field of a line up to its value, if it has one.
fn field_with_value(line: Range, place: &Place<'_>) -> Option<Range> {
    let rest = place.rest(line.start + place.indent(line) as u32);
    let text = rest.of(place.text);
    let colon = text.find(": ")?;
    let value = text.get(colon + 2..)?.trim();
    let has_value = !value.is_empty() && !value.starts_with(['|', '>', '&', '!']);
    has_value.then(|| Range::new(rest.start, rest.start + colon as u32 + 1))
}
