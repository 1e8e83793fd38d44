//! Scalars on one line: where they end and what they say.

use ecow::EcoString;

use super::line::is_blank_or_end;

/// The end (exclusive) of the quoted scalar that begins at `start`, if it is closed before `end`.
pub fn quoted_end(text: &str, start: usize, end: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.get(start)?;
    let mut at = start + 1;
    while at < end {
        match *bytes.get(at)? {
            b'\\' if quote == b'"' => at += 1,
            b if b == quote => {
                if quote == b'\'' && at + 1 < end && bytes.get(at + 1) == Some(&b'\'') {
                    at += 1;
                } else {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// What a quoted scalar says. Line ends count as one blank.
pub fn unquoted(text: &str) -> EcoString {
    let Some(quote) = text.chars().next() else { return EcoString::new() };
    let inner = text.get(1..).unwrap_or("");
    let inner = inner.strip_suffix(quote).unwrap_or(inner);
    if quote == '\'' {
        return inner.replace("''", "'").into();
    }
    if !inner.contains('\\') {
        return inner.into();
    }
    let mut out = EcoString::new();
    let mut chars = inner.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('t') => out.push('\t'),
            Some(c) => out.push(c),
            None => {}
        }
    }
    out
}

/// A key in a part of a line.
pub struct Key {
    pub text: EcoString,
    /// Its bytes in the text.
    pub start: usize,
    pub end: usize,
    pub colon: usize,
}

/// The key that begins at `start`, if a `:` makes it one before `end`. In `{ … }` and `[ … ]` (`flow`) their signs end it.
pub fn key(text: &str, start: usize, end: usize, flow: bool) -> Option<Key> {
    let bytes = text.as_bytes();
    if let b'"' | b'\'' = *bytes.get(start)? {
        let close = quoted_end(text, start, end)?;
        let colon = close + text.get(close..end)?.bytes().take_while(|b| matches!(b, b' ' | b'\t')).count();
        let is_key = bytes.get(colon) == Some(&b':') && colon < end;
        return is_key.then(|| Key { text: unquoted(text.get(start..close).unwrap_or("")), start, end: close, colon });
    }
    let mut at = start;
    while at < end {
        match *bytes.get(at)? {
            b':' if at + 1 >= end || is_blank_or_end(bytes.get(at + 1)) || (flow && matches!(bytes.get(at + 1), Some(b',' | b']' | b'}' | b'[' | b'{'))) => {
                let raw = text.get(start..at)?.trim_end();
                return Some(Key { text: raw.into(), start, end: start + raw.len(), colon: at });
            }
            b'#' if at > start && matches!(bytes.get(at - 1), Some(b' ' | b'\t')) => return None,
            b',' | b'[' | b']' | b'{' | b'}' if flow => return None,
            b'\n' => return None,
            _ => {}
        }
        at += 1;
    }
    None
}

/// The end of a plain scalar: before a comment, in `{ … }` and `[ … ]` (`flow`) before their signs; without blanks at its end.
pub fn plain_end(text: &str, start: usize, end: usize, flow: bool) -> usize {
    let bytes = text.as_bytes();
    let mut at = start;
    while at < end {
        match bytes.get(at) {
            Some(b'#') if at == start || matches!(bytes.get(at - 1), Some(b' ' | b'\t')) => break,
            Some(b',' | b'[' | b']' | b'{' | b'}') if flow => break,
            Some(b':') if flow && at + 1 < end && is_blank_or_end(bytes.get(at + 1)) => break,
            Some(b'\n') => break,
            None => break,
            _ => at += 1,
        }
    }
    start + text.get(start..at).unwrap_or("").trim_end().len()
}
