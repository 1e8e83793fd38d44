//! Text of files and users on its way to a terminal: what would move the cursor, change colours or turn the direction of writing is replaced, byte for byte, so that columns stay right.

use std::borrow::Cow;

/// The text without control characters (but for line ends and tabs) and without marks that reorder what is read.
pub fn printable(text: &str) -> Cow<'_, str> {
    if !text.chars().any(acts) {
        return Cow::Borrowed(text);
    }
    let fit = |c: char| match c {
        _ if !acts(c) => c,
        '\r' => ' ',
        _ => match c.len_utf8() {
            1 => '?',
            2 => '·',
            _ => char::REPLACEMENT_CHARACTER,
        },
    };
    Cow::Owned(text.chars().map(fit).collect())
}

fn acts(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
