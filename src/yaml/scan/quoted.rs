//! Scalars in single or double quotes. The text is borrowed unless it has escapes or several lines.

use std::borrow::Cow;

use super::super::problem::{Kind as ProblemKind, Problem};
use super::{Fold, Scanner, Style};
use crate::base::Range;

impl Scanner<'_> {
    pub(super) fn quoted_scalar(&mut self, single: bool) -> Result<(), Problem> {
        self.save_candidate()?;
        self.key_allowed = false;
        let quote = if single { b'\'' } else { b'"' };
        let start = self.at;
        self.at += 1;
        let inside = self.at;
        let simple = self.bytes.get(inside..).unwrap_or_default().iter().position(|b| *b == quote || matches!(b, b'\\' | b'\n' | b'\r' | 0xc2 | 0xe2));
        if let Some(length) = simple
            && self.bytes.get(inside + length) == Some(&quote)
            && !(single && self.bytes.get(inside + length + 1) == Some(&quote))
        {
            let text = self.text.get(inside..inside + length).unwrap_or("");
            self.at = inside + length + 1;
            self.push_scalar(Cow::Borrowed(text), Style::Quoted, Range::new(start as u32, self.at as u32));
            return Ok(());
        }
        let line = self.line;
        let text = self.quoted_text(single, quote, start)?;
        let range = Range::new(start as u32, self.at as u32);
        if self.line > line {
            // One that begins on the line where the last one ended is a consequence of that one.
            let chained = self.last_long_quote.filter(|q| self.text.get(q.end as usize..start).is_some_and(|t| !t.contains('\n')));
            self.last_long_quote = Some(Range::new(chained.map_or(range.start, |q| q.start), range.end));
        }
        self.push_scalar(Cow::Owned(text), Style::Quoted, range);
        Ok(())
    }

    /// The text up to the closing quote, which is passed too.
    fn quoted_text(&mut self, single: bool, quote: u8, start: usize) -> Result<String, Problem> {
        let opening = Range::new(start as u32, start as u32 + 1);
        let mut text = String::new();
        let mut fold = Fold::default();
        loop {
            if self.column() == 0 && self.document_indicator() {
                return Err(Problem::new(ProblemKind::QuoteNotClosed, opening).with(Some(self.here(3))));
            }
            if self.at >= self.bytes.len() {
                return Err(Problem::new(ProblemKind::QuoteNotClosed, opening));
            }
            let mut leading = self.quoted_word(single, quote, opening, &mut text)?;
            if self.byte(0) == quote {
                self.at += 1;
                return Ok(text);
            }
            let blanks = self.at;
            let mut blanks_end = self.at;
            loop {
                match self.byte(0) {
                    b' ' | b'\t' => {
                        self.at += 1;
                        if !leading {
                            blanks_end = self.at;
                        }
                    }
                    _ => {
                        let length = self.break_length(0);
                        if length == 0 {
                            break;
                        }
                        let line_end = self.pass_break(length);
                        // After an escaped line end the first one counts like those that follow.
                        if leading && fold.first.is_none() {
                            fold.more.push_str(line_end);
                        } else {
                            fold.add(line_end);
                        }
                        leading = true;
                    }
                }
            }
            if !leading {
                text.push_str(self.text.get(blanks..blanks_end).unwrap_or(""));
            } else if fold.first.is_some() {
                fold.flush(&mut text);
            } else {
                text.push_str(&fold.more);
                fold.more.clear();
            }
        }
    }

    /// Characters up to a blank, a line end or the closing quote; whether they ended with an escaped line end.
    fn quoted_word(&mut self, single: bool, quote: u8, opening: Range, text: &mut String) -> Result<bool, Problem> {
        loop {
            let run = self.at;
            while let Some(&b) = self.bytes.get(self.at) {
                let stop = b == quote || matches!(b, b' ' | b'\t' | b'\n' | b'\r') || (b == b'\\' && !single) || (matches!(b, 0xc2 | 0xe2) && self.break_length(0) > 0);
                if stop {
                    break;
                }
                self.at += 1;
            }
            text.push_str(self.text.get(run..self.at).unwrap_or(""));
            match self.byte(0) {
                b'\'' if single && self.byte(1) == b'\'' => {
                    text.push('\'');
                    self.at += 2;
                }
                b'\\' if !single => {
                    let length = self.break_length(1);
                    if length > 0 {
                        self.at += 1;
                        self.pass_break(length);
                        return Ok(true);
                    }
                    let c = self.escape(opening)?;
                    text.push(c);
                }
                _ => return Ok(false),
            }
        }
    }

    fn escape(&mut self, opening: Range) -> Result<char, Problem> {
        let start = self.at;
        let digits = match self.byte(1) {
            b'x' => 2,
            b'u' => 4,
            b'U' => 8,
            other => {
                let c = match other {
                    b'0' => '\0',
                    b'a' => '\u{7}',
                    b'b' => '\u{8}',
                    b't' | b'\t' => '\t',
                    b'n' => '\n',
                    b'v' => '\u{b}',
                    b'f' => '\u{c}',
                    b'r' => '\r',
                    b'e' => '\u{1b}',
                    b' ' => ' ',
                    b'"' => '"',
                    b'\'' => '\'',
                    b'\\' => '\\',
                    b'N' => '\u{85}',
                    b'_' => '\u{a0}',
                    b'L' => '\u{2028}',
                    b'P' => '\u{2029}',
                    _ => {
                        let width = self.text.get(start + 1..).and_then(|t| t.chars().next()).map_or(0, char::len_utf8);
                        return Err(Problem::new(ProblemKind::UnknownEscape, self.here(1 + width)).with(Some(opening)));
                    }
                };
                self.at += 2;
                return Ok(c);
            }
        };
        let code = self.text.get(start + 2..start + 2 + digits).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
        let Some(code) = code.and_then(|d| u32::from_str_radix(d, 16).ok()) else {
            return Err(Problem::new(ProblemKind::EscapeDigits(digits), self.here(2)).with(Some(opening)));
        };
        let Some(c) = char::from_u32(code) else {
            return Err(Problem::new(ProblemKind::EscapeNoCharacter, self.here(2 + digits)).with(Some(opening)));
        };
        self.at += 2 + digits;
        Ok(c)
    }
}
