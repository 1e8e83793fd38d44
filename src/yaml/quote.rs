//! How a string is written so that every YAML reader, 1.1 or 1.2, takes it for that string.

use super::scalar::{self, Scalar};

/// A way to write a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Single,
    Double,
    /// Several lines, under `|`.
    Block,
}

/// The plainest way that is safe.
pub fn style(text: &str) -> Style {
    if plain(text) {
        return Style::Plain;
    }
    let mut lines = false;
    let mut escapes = false;
    for c in text.chars() {
        match c {
            '\n' => lines = true,
            '\t' => {}
            ' '..='~' => {}
            '\u{a0}'..='\u{2027}' | '\u{202a}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}' | '\u{10000}'.. => {}
            _ => return Style::Double,
        }
        escapes |= matches!(c, '"' | '\\');
    }
    if lines {
        let blank = text.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\n'));
        return if blank { Style::Double } else { Style::Block };
    }
    if escapes && !text.contains('\t') { Style::Single } else { Style::Double }
}

/// Appends a string in single quotes.
pub fn single(text: &str, out: &mut String) {
    out.push('\'');
    for (i, part) in text.split('\'').enumerate() {
        if i > 0 {
            out.push_str("''");
        }
        out.push_str(part);
    }
    out.push('\'');
}

/// Whether the text needs no quotes: no sign of YAML's where it would count, and no number, date, boolean or null of any YAML version.
fn plain(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (Some(&first), Some(&last)) = (bytes.first(), bytes.last()) else { return false };
    let begins = match first {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'/' | b'.' | b'$' | b'(' | b'+' | b'^' | b'\\' => true,
        b'-' => bytes.get(1).is_some_and(|b| *b != b' '),
        0x80.. => true,
        _ => false,
    };
    if !begins || matches!(last, b' ' | b':') || text.starts_with("---") || text.starts_with("...") {
        return false;
    }
    let mut before = 0;
    let mut ascii = true;
    for &b in bytes {
        match b {
            b' ' if before == b':' => return false,
            b'#' if before == b' ' => return false,
            b' '..=b'~' => {}
            0x80.. => ascii = false,
            _ => return false,
        }
        before = b;
    }
    if !ascii && !text.chars().all(|c| matches!(c, ' '..='~' | '\u{a1}'..='\u{167f}' | '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{2070}'..='\u{2fff}' | '\u{3001}'..='\u{fdff}' | '\u{10000}'..='\u{1ffff}')) {
        return false;
    }
    scalar::resolve(text) == Scalar::Text && !(matches!(first, b'0'..=b'9' | b'+' | b'-' | b'.') && numeric(text))
}

/// Numbers and dates of YAML 1.1 that Kubernetes' reader takes for text: to base 60, beyond 64 bits, with underscores; dates.
fn numeric(text: &str) -> bool {
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    let digits = plain.strip_prefix(['+', '-']).unwrap_or(&plain);
    let (radix, rest) = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, digits.get(2..)),
        [b'0', b'o' | b'O', ..] => (8, digits.get(2..)),
        [b'0', b'b' | b'B', ..] => (2, digits.get(2..)),
        _ => (10, Some(digits)),
    };
    if rest.unwrap_or("").chars().all(|c| c.is_digit(radix)) {
        return true;
    }
    let number = |t: &str| t.bytes().all(|b| matches!(b, b'0'..=b'9' | b'e' | b'E' | b'+' | b'-' | b'.')) && t.matches('.').count() < 2;
    if number(digits) {
        // Hyphens make it a telephone number or a range, unless they may be signs of an exponent.
        let signs = digits.match_indices(['+', '-']).all(|(i, _)| i > 0 && digits.as_bytes().get(i - 1).is_some_and(|b| matches!(b, b'e' | b'E')));
        return signs || date(text);
    }
    let sixty = digits.contains(':') && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b':' | b'.'));
    sixty || date(text)
}

/// Text that begins like a date: four digits, `-`, one or two, `-`, one or two.
fn date(text: &str) -> bool {
    let mut parts = text.splitn(3, '-');
    let digits = |t: Option<&str>, n: std::ops::RangeInclusive<usize>| t.is_some_and(|t| n.contains(&t.len()) && t.bytes().all(|b| b.is_ascii_digit()));
    if !digits(parts.next(), 4..=4) || !digits(parts.next(), 1..=2) {
        return false;
    }
    let Some(rest) = parts.next() else { return false };
    let day = rest.bytes().take_while(u8::is_ascii_digit).count();
    (1..=2).contains(&day) && rest.get(day..).is_some_and(|t| t.is_empty() || t.starts_with(['T', 't', ' ', '\t']))
}
