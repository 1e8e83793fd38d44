//! Regular expressions as the API server reads them: Go's RE2 syntax, compiled on first use.
//!
//! The engine is linear in time, as RE2 is. What differs from the engine's own syntax is translated: `\d`, `\w`, `\s` and `\b` mean ASCII in Go,
//! `\Q…\E` quotes, set operations in classes are plain characters, `\z` ends the text.

use std::sync::OnceLock;

use ecow::EcoString;
use regex_automata::meta::Regex;

/// Go refuses larger counts.
const MAX_REPEAT: u32 = 1000;

/// A pattern of a schema or of a rule. Unanchored, as in RE2.
#[derive(Debug)]
pub struct Pattern {
    pub text: EcoString,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    /// A pattern; compiled when first asked.
    pub fn new(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// Whether the text contains a match; `None` when the pattern cannot be compiled.
    pub fn matches(&self, text: &str) -> Option<bool> {
        self.regex().map(|r| r.is_match(text))
    }

    /// The compiled form.
    pub fn regex(&self) -> Option<&Regex> {
        self.compiled.get_or_init(|| compile(&self.text)).as_ref()
    }
}

/// Compiles a pattern in Go's syntax; `None` when Go would refuse it (or this engine does).
pub fn compile(pattern: &str) -> Option<Regex> {
    let translated = translate(pattern)?;
    let syntax = regex_automata::util::syntax::Config::new().utf8(true).nest_limit(200);
    let config = Regex::config().nfa_size_limit(Some(32 << 20)).hybrid_cache_capacity(8 << 20).utf8_empty(true);
    Regex::builder().syntax(syntax).configure(config).build(&translated).ok()
}

/// Whether Go would refuse a pattern. What only this engine cannot take (too large when compiled) is not malformed.
pub fn is_malformed(pattern: &str) -> bool {
    translate(pattern).is_none_or(|t| regex_syntax::ParserBuilder::new().nest_limit(1000).build().parse(&t).is_err())
}

/// Go's syntax in the engine's; `None` for what Go refuses and the engine would accept.
pub fn translate(pattern: &str) -> Option<String> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        match c {
            '\\' => rest = escape(rest, &mut out, false)?,
            '[' => rest = class(rest, &mut out)?,
            '(' => {
                // Look-around and the engine's own flags are not in RE2.
                if let Some(group) = rest.strip_prefix('?') {
                    let flags: String = group.chars().take_while(|c| !matches!(c, ')' | ':' | '<')).collect();
                    let named = group.starts_with("P<") || (group.starts_with('<') && !group.starts_with("<=") && !group.starts_with("<!"));
                    if !named && (flags.is_empty() && !group.starts_with(':') || !flags.chars().all(|c| matches!(c, 'i' | 'm' | 's' | 'U' | '-'))) {
                        return None;
                    }
                }
                out.push('(');
            }
            '{' => match counts(rest) {
                Some((n, end)) => {
                    if n > MAX_REPEAT {
                        return None;
                    }
                    out.push('{');
                    out.push_str(rest.get(..end)?);
                    rest = rest.get(end..)?;
                }
                None => out.push_str("\\{"),
            },
            '}' => out.push_str("\\}"),
            '&' | '~' | '#' | ' ' | '-' => {
                if c != ' ' {
                    out.push('\\');
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    Some(out)
}

/// `3}`, `3,}` or `3,5}` after `{`: the largest count and the length with the brace.
fn counts(rest: &str) -> Option<(u32, usize)> {
    let end = rest.find('}')?;
    let inside = rest.get(..end)?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let number = |s: &str| s.parse::<u32>().unwrap_or(u32::MAX);
    match inside.split_once(',') {
        None if digits(inside) => Some((number(inside), end + 1)),
        Some((a, "")) if digits(a) => Some((number(a), end + 1)),
        Some((a, b)) if digits(a) && digits(b) => Some((number(a).max(number(b)), end + 1)),
        _ => None,
    }
}

/// An escape after its backslash; in a class or outside.
fn escape<'t>(rest: &'t str, out: &mut String, in_class: bool) -> Option<&'t str> {
    let c = rest.chars().next()?;
    let after = rest.get(c.len_utf8()..)?;
    let wrap = |out: &mut String, set: &str, negated: bool| {
        out.push('[');
        if negated {
            out.push('^');
        }
        out.push_str(set);
        out.push(']');
    };
    match c {
        'd' => wrap(out, "0-9", false),
        'D' => wrap(out, "0-9", true),
        'w' => wrap(out, "0-9A-Za-z_", false),
        'W' => wrap(out, "0-9A-Za-z_", true),
        's' => wrap(out, r"\t\n\f\r ", false),
        'S' => wrap(out, r"\t\n\f\r ", true),
        'b' if !in_class => out.push_str(r"(?-u:\b)"),
        // Go's `\B` also holds inside a multi-byte character; the engine's ASCII one needs bytes. Near enough.
        'B' if !in_class => out.push_str(r"\B"),
        'Q' => {
            let (quoted, after) = match after.split_once("\\E") {
                Some(parts) => parts,
                None => (after, ""),
            };
            quoted.chars().for_each(|c| literal(c, out));
            return Some(after);
        }
        'A' | 'z' if !in_class => {
            out.push('\\');
            out.push(c);
        }
        'C' => return None,
        'p' | 'P' | 'x' => {
            out.push('\\');
            out.push(c);
            if after.starts_with('{') {
                let end = after.find('}')? + 1;
                out.push_str(after.get(..end)?);
                return after.get(end..);
            }
            let n = if c == 'x' { 2 } else { 1 };
            out.push_str(after.get(..n)?);
            return after.get(n..);
        }
        'a' | 'f' | 'n' | 'r' | 't' | 'v' => {
            out.push('\\');
            out.push(c);
        }
        '0'..='7' => {
            // Octal: `\0`, `\012`, `\123`; a single `\1` would be a back-reference, which RE2 refuses.
            let digits: String = rest.chars().take(3).take_while(|c| ('0'..='7').contains(c)).collect();
            if c != '0' && digits.len() < 2 {
                return None;
            }
            let code = u32::from_str_radix(&digits, 8).ok()?;
            literal(char::from_u32(code)?, out);
            return rest.get(digits.len()..);
        }
        c if c.is_ascii_punctuation() => literal(c, out),
        _ => return None,
    }
    Some(after)
}

/// A class after its `[`.
fn class<'t>(mut rest: &'t str, out: &mut String) -> Option<&'t str> {
    out.push('[');
    if let Some(r) = rest.strip_prefix('^') {
        out.push('^');
        rest = r;
    }
    let mut first = true;
    loop {
        let c = rest.chars().next()?;
        if c == ']' && !first {
            out.push(']');
            return rest.get(1..);
        }
        first = false;
        if rest.starts_with("[:")
            && let Some(end) = rest.find(":]")
        {
            out.push_str(rest.get(..end + 2)?);
            rest = rest.get(end + 2..)?;
            continue;
        }
        rest = rest.get(c.len_utf8()..)?;
        match c {
            '\\' => rest = escape(rest, out, true)?,
            // A dash that starts no range is itself; one between two characters makes a range.
            '-' => {
                let range =
                    !out.ends_with(['[', '^', ']']) && !rest.starts_with(']') || (out.ends_with("\\[") || out.ends_with("\\]") || out.ends_with("\\^")) && !rest.starts_with(']');
                out.push_str(if range { "-" } else { "\\-" });
            }
            '[' | ']' | '&' | '~' | '^' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
}

fn literal(c: char, out: &mut String) {
    if c.is_ascii_punctuation() || c.is_ascii_whitespace() || c.is_ascii_control() {
        out.push_str(&format!("\\x{{{:X}}}", u32::from(c)));
    } else {
        out.push(c);
    }
}
