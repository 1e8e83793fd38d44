//! Mistakes inside of values: signs that mean something to YAML, quotes, brackets, escapes.

use super::place::Place;
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::yaml::problem::Kind;

/// A character that cannot begin anything, or a tab where indentation is.
pub fn bad_start(range: Range, place: &Place<'_>) -> Diagnostic {
    let c = range.of(place.text).chars().next().unwrap_or(' ');
    match c {
        '\t' => {
            let blanks = Range::new(range.start, place.line(range.start).end).of(place.text);
            let length = blanks.len() - blanks.trim_start_matches('\t').len();
            let tabs = Range::new(range.start, range.start + length as u32);
            let message = if place.is_first(range.start) { "a tab in the indentation: YAML takes only spaces there" } else { "a tab where YAML takes only spaces" };
            place.error(tabs, message).help("replace the tab by spaces").unsafe_fix("replace the tab by spaces", place.span(tabs), "  ".repeat(length))
        }
        '|' | '>' => place.error(range, format!("`{c}` begins block text, which cannot stand inside of brackets")).help("quote the value if it is text"),
        _ => quote_it(range, "cannot begin a value", true, place),
    }
}

/// A value that has to be quoted because of its first character. `safe`: it cannot be meant otherwise.
pub fn quote_it(range: Range, why: &str, safe: bool, place: &Place<'_>) -> Diagnostic {
    let value = place.value(range.start);
    let first = value.of(place.text).chars().next().unwrap_or(' ');
    let finding = place.error(value, format!("`{first}` {why}: quote the value")).help(format!("write {}", place.quoted(value)));
    let (title, span, text) = ("quote the value", place.span(value), place.quoted(value));
    if safe { finding.fix(title, span, text) } else { finding.unsafe_fix(title, span, text) }
}

/// An alias that names nothing.
pub fn unknown_alias(range: Range, nearest: Option<&str>, place: &Place<'_>) -> Diagnostic {
    let name = range.of(place.text).trim_start_matches('*');
    let value = place.value(range.start);
    let finding = place.error(range, format!("`*{name}` is an alias, and no anchor `&{name}` stands before it"));
    match nearest {
        Some(nearest) => finding.help(format!("did you mean `*{nearest}`?")).unsafe_fix(format!("name `{nearest}`"), place.span(range), format!("*{nearest}")),
        None => finding.help("quote the value if it is text").unsafe_fix("quote the value", place.span(value), place.quoted(value)),
    }
}

/// A quote that is not closed; `closed_at` is the one that closes it by accident, or the document's end.
pub fn quote_not_closed(range: Range, closed_at: Option<Range>, place: &Place<'_>) -> Diagnostic {
    let quote = range.of(place.text).chars().next().unwrap_or('"');
    let rest = place.rest(range.start);
    let mut finding = place.error(rest, format!("the string that begins with `{quote}` here is not closed on its line"));
    if let Some(at) = closed_at {
        finding = finding.secondary(place.span(at), "so it ends here");
    }
    let end = Range::new(rest.end, rest.end);
    finding.help(format!("close it with `{quote}`")).unsafe_fix("close the string at the end of the line", place.span(end), quote)
}

/// A bracket that is not closed; `seen` is what stands where its end has to be.
pub fn bracket_not_closed(open: Range, seen: Option<Range>, place: &Place<'_>) -> Diagnostic {
    let sign = open.of(place.text);
    let close = if sign == "[" { "]" } else { "}" };
    let mut finding = place.error(open, format!("`{sign}` is not closed"));
    if let Some(seen) = seen {
        finding = finding.secondary(place.span(seen), format!("`,` or `{close}` is missing before this"));
    }
    finding.help(format!("close it with `{close}`"))
}

/// Two elements without a comma between them, or a bracket not closed: told apart by indentation.
pub fn expected_comma(range: Range, close: char, open: Range, place: &Place<'_>) -> Diagnostic {
    let (line, first) = (place.line(range.start), place.line(open.start));
    if range.of(place.text) == ":" && place.is_first(range.start) {
        return place.error(range, "`:` has to stand on the line of its key").secondary(place.span(open), "inside of this");
    }
    let ended = range.of(place.text).is_empty() && range.end >= place.document.end;
    if ended || (line != first && place.indent(line) <= place.indent(first) && !range.of(place.text).starts_with([']', '}'])) {
        return bracket_not_closed(open, (!ended).then_some(range), place);
    }
    let token = range.of(place.text);
    if token == ":" {
        return place.error(range, "`:` cannot stand here: a value inside of brackets has no second `:`").help("quote the text that has a `:`").secondary(place.span(open), "");
    }
    if token.starts_with([']', '}']) {
        return place.error(range, format!("`{token}` does not close the bracket that is open")).secondary(place.span(open), format!("wants `{close}`"));
    }
    let before = place.text.get(..range.start as usize).unwrap_or("").trim_end().len() as u32;
    let finding = place.error(Range::new(before.saturating_sub(1), before), format!("`,` or `{close}` is missing after this"));
    finding.help("separate the elements with `,`").unsafe_fix("insert `,`", place.span(Range::new(before, before)), ",")
}

/// A sign where a value has to be.
pub fn expected_node(range: Range, place: &Place<'_>) -> Diagnostic {
    let token = place.shown(range);
    match token.as_str() {
        "" => place.error(range, "a value is missing here"),
        "," => place.error(range, "a value is missing before `,`").help("delete one `,`"),
        "]" | "}" => place.error(range, format!("`{token}` closes nothing")).help("quote it if it is text"),
        _ => place.error(range, format!("`{token}` cannot stand where a value has to be")),
    }
}

/// Escapes in double quotes.
pub fn escape(kind: &Kind, range: Range, place: &Place<'_>) -> Diagnostic {
    let shown = place.shown(range);
    match kind {
        Kind::EscapeDigits(n) => place.error(range, format!("`{shown}` wants {n} hexadecimal digits")),
        Kind::EscapeNoCharacter => place.error(range, format!("`{shown}` is no character")).help("write the character itself, or `\\U` and eight digits"),
        _ => {
            let finding = place.error(range, format!("`{shown}` is no escape of double-quoted YAML"));
            finding.help(format!("write `\\{shown}`, or use single quotes, in which `\\` means itself")).fix("double the backslash", place.span(range), format!("\\{shown}"))
        }
    }
}

/// Text after `|` or `>`.
pub fn after_block_sign(range: Range, sign: Range, place: &Place<'_>) -> Diagnostic {
    let value = place.rest(sign.start);
    let c = sign.of(place.text);
    let spaced = place.text.get(sign.end as usize..).is_some_and(|t| t.starts_with([' ', '\t']));
    if spaced {
        let text = place.rest(range.start);
        return place.error(text, format!("text after `{c}`: block text begins on the next line")).help("move the text to the next line and indent it, or quote the value");
    }
    quote_it(value, "begins block text in YAML", true, place)
}

/// A line that begins with `%`.
pub fn directive(range: Range, place: &Place<'_>) -> Diagnostic {
    let line = place.line(range.start);
    let text = line.of(place.text);
    if text.starts_with("%YAML") || text.starts_with("%TAG") {
        let with_end = Range::new(line.start, (line.end + 1).min(place.text.len() as u32));
        return place.error(range, "Kubernetes' reader does not take this directive").help("delete the line").fix("delete the line", place.span(with_end), "");
    }
    place.error(range, "a line that begins with `%` is a directive in YAML, and this is none").help("indent or quote it if it is text")
}

/// A key that is not there, or null.
pub fn key_null(range: Range, place: &Place<'_>) -> Diagnostic {
    let text = range.of(place.text);
    if text.is_empty() || text.starts_with([':', '?']) {
        return place.error(Range::new(range.start, range.start + 1), "a key is missing before `:`");
    }
    place.error(range, format!("`{text}` is null, which cannot be a key")).help("quote it").fix("quote it", place.span(range), place.quoted(range))
}

/// Text after `---`.
pub fn separator(range: Range, place: &Place<'_>) -> Diagnostic {
    let text = range.of(place.text);
    let rest = text.trim_start_matches('-');
    let dashes = text.len() - rest.len();
    let finding = place.error(range, "nothing but a comment may follow `---` on its line");
    if dashes > 3 && rest.is_empty() {
        return finding.help("write three dashes").fix("write three dashes", place.span(range), "---");
    }
    let blanks = rest.len() - rest.trim_start().len();
    let gap = Range::new(range.start + dashes as u32, range.start + (dashes + blanks) as u32);
    finding.help("put the text on the next line").unsafe_fix("put the text on the next line", place.span(gap), "\n")
}
