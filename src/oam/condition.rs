//! The two small texts of workflow steps: `if` conditions (CUE expressions, checked lightly: brackets, strings, operators) and durations.

use super::fields::{Reader, short};
use super::model::Text;
use crate::diagnostics::{Diagnostic, codes};

/// What an `if` may begin a path with.
const ROOTS: &[&str] = &["status", "inputs", "context", "parameter", "timeout"];

/// Checks an `if`: `always`, or a comparison in CUE.
pub fn check(reader: &mut Reader<'_>, text: &Text) {
    if let Some(problem) = problem(&text.text) {
        let mut d = Diagnostic::new(codes::J0306, format!("`if` is no condition: {problem}")).primary(text.span, format!("in `{}`", short(&text.text)));
        d = match problem.as_str() {
            p if p.starts_with("`=`") => d.help("compare with `==`"),
            _ => d.help("write `always` or a comparison such as `status.step1.failed` or `inputs.name == \"x\"`"),
        };
        reader.report(d);
    }
}

/// What is wrong with a condition, if anything.
pub fn problem(text: &str) -> Option<String> {
    let trimmed = text.trim();
    if matches!(trimmed, "always" | "true" | "false") {
        return None;
    }
    let mut brackets = Vec::new();
    let mut chars = trimmed.char_indices().peekable();
    let mut previous = ' ';
    let mut after_operator = true;
    while let Some((i, c)) = chars.next() {
        let next = chars.peek().map(|(_, c)| *c);
        match c {
            '"' | '\'' => {
                if !skip_string(&mut chars, c) {
                    return Some(format!("the text that begins with {c} is not closed"));
                }
                after_operator = false;
            }
            '(' | '[' => brackets.push(c),
            ')' | ']' => {
                let open = if c == ')' { '(' } else { '[' };
                if brackets.pop() != Some(open) {
                    return Some(format!("`{c}` closes nothing"));
                }
            }
            '=' | '!' | '<' | '>' | '&' | '|' => {
                if let Some(problem) = operator(c, next, previous) {
                    return Some(problem);
                }
                if matches!((c, next), ('=' | '!' | '<' | '>', Some('=')) | ('&', Some('&')) | ('|', Some('|')) | ('!' | '=', Some('~'))) {
                    chars.next();
                }
                after_operator = c != '!' || after_operator || next == Some('=');
            }
            c if c.is_alphabetic() || c == '_' => {
                let word = word_at(trimmed, i);
                for _ in 1..word.chars().count() {
                    chars.next();
                }
                let root = word.split('.').next().unwrap_or(word);
                if previous != '.' && matches!(word, "and" | "or" | "not") {
                    let sign = if word == "and" {
                        "&&"
                    } else if word == "or" {
                        "||"
                    } else {
                        "!"
                    };
                    return Some(format!("`{word}` is no operator; write `{sign}`"));
                }
                if trimmed == word && !ROOTS.contains(&root) {
                    return Some(format!("`{word}` is neither `always` nor a path of `status`, `inputs` or `context`"));
                }
                after_operator = false;
            }
            c if !c.is_whitespace() => after_operator = false,
            _ => {}
        }
        if !c.is_whitespace() {
            previous = c;
        }
    }
    if let Some(open) = brackets.pop() {
        return Some(format!("`{open}` is not closed"));
    }
    after_operator.then(|| if trimmed.is_empty() { "it is empty".to_owned() } else { "it ends in an operator".to_owned() })
}

fn operator(c: char, next: Option<char>, previous: char) -> Option<String> {
    match (c, next) {
        ('=', Some('=' | '~')) | ('!' | '<' | '>', _) | ('&', Some('&')) | ('|', Some('|')) => None,
        ('=', _) if matches!(previous, '=' | '!' | '<' | '>') => None,
        ('=', _) => Some("`=` does not compare".to_owned()),
        _ => Some(format!("`{c}` is no operator; write `{c}{c}`")),
    }
}

fn skip_string(chars: &mut std::iter::Peekable<std::str::CharIndices<'_>>, quote: char) -> bool {
    while let Some((_, c)) = chars.next() {
        if c == '\\' {
            chars.next();
        } else if c == quote {
            return true;
        }
    }
    false
}

/// The identifier path that begins at a byte.
fn word_at(text: &str, from: usize) -> &str {
    let rest = text.get(from..).unwrap_or("");
    let end = rest.find(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '$' | '#'))).unwrap_or(rest.len());
    rest.get(..end).unwrap_or("")
}

/// Checks a duration in Go's syntax.
pub fn duration(reader: &mut Reader<'_>, text: &Text, field: &str) {
    if is_duration(&text.text) {
        return;
    }
    let mut d =
        Diagnostic::new(codes::J0306, format!("`{field}` `{}` is no duration", short(&text.text))).primary(text.span, "expected a number with a unit: `30s`, `5m`, `1h30m`");
    let repaired = repair_duration(&text.text);
    d = match repaired {
        Some(right) => d.help(format!("units are `ns`, `us`, `ms`, `s`, `m` and `h`; did you mean `{right}`?")).unsafe_fix(format!("write `{right}`"), text.span, right),
        None => d.help("units are `ns`, `us`, `ms`, `s`, `m` and `h`"),
    };
    reader.report(d);
}

/// `time.ParseDuration` without a sign.
pub fn is_duration(text: &str) -> bool {
    if text == "0" {
        return true;
    }
    let mut rest = text;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let valid = number.bytes().any(|b| b.is_ascii_digit()) && number.matches('.').count() <= 1;
        let unit = ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].into_iter().filter(|u| after.starts_with(u)).max_by_key(|u| u.len());
        match unit {
            Some(unit) if valid => rest = after.get(unit.len()..).unwrap_or(""),
            _ => return false,
        }
    }
    !text.is_empty()
}

/// The duration that was probably meant: `5min`, `2 hours`, `1d`, `30`.
fn repair_duration(text: &str) -> Option<String> {
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let digits = compact.find(|c: char| !c.is_ascii_digit()).unwrap_or(compact.len());
    let (number, unit) = compact.split_at(digits);
    let n: u64 = number.parse().ok()?;
    Some(match unit.to_lowercase().as_str() {
        "" | "s" | "sec" | "secs" | "second" | "seconds" => format!("{n}s"),
        "min" | "mins" | "minute" | "minutes" | "m" => format!("{n}m"),
        "hour" | "hours" | "hr" | "hrs" | "h" => format!("{n}h"),
        "d" | "day" | "days" => format!("{}h", n.checked_mul(24)?),
        _ => return None,
    })
}
