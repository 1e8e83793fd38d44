//! The tokens that matter for brackets: a small scanner over code and strings, which agrees with the tokens of the grammar.

use crate::base::Range;

/// What the scanner tells apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token {
    Space,
    Newline,
    Comment,
    Open(u8),
    Close(u8),
    /// `"`
    Quote,
    /// `"""`
    TripleQuote,
    /// `${` in a string.
    Hole,
    Word,
    /// Anything else: a sign, a regex, a raw string, text in a string.
    Other,
}

/// Walks over a text.
pub(super) struct Scanner<'t> {
    bytes: &'t [u8],
    at: usize,
    line: u32,
    line_start: usize,
    indent: u32,
    /// No token of the line has been read yet.
    fresh: bool,
    first: u32,
}

impl<'t> Scanner<'t> {
    pub fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{FEFF}') { 3 } else { 0 };
        Self { bytes: text.as_bytes(), at, line: 0, line_start: at, indent: 0, fresh: true, first: u32::MAX }
    }

    /// The line of the last token, from 0.
    pub fn line(&self) -> u32 {
        self.line
    }

    /// How far the line is indented, in characters.
    pub fn indent(&self) -> u32 {
        self.indent
    }

    /// Whether the token at `start` is the first of its line.
    pub fn first_on_line(&self, start: u32) -> bool {
        self.first == start
    }

    /// Goes back to an offset on the line of the last token but one.
    pub fn rewind(&mut self, at: u32) {
        if self.bytes.get(at as usize..self.at).is_some_and(|b| b.contains(&b'\n')) {
            self.line = self.line.saturating_sub(1);
            self.line_start = self.bytes.get(..at as usize).and_then(|b| memchr::memrchr(b'\n', b)).map_or(0, |i| i + 1);
            self.indent = self.bytes.get(self.line_start..).unwrap_or(&[]).iter().take_while(|b| matches!(b, b' ' | b'\t')).count() as u32;
            self.fresh = false;
        }
        self.at = at as usize;
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn rest(&self) -> &'t [u8] {
        self.bytes.get(self.at..).unwrap_or(&[])
    }

    fn token(&mut self, token: Token, length: usize) -> Option<(Token, Range)> {
        let start = self.at;
        self.at = (start + length).min(self.bytes.len());
        match token {
            Token::Newline => {
                self.line += 1;
                self.line_start = self.at;
                self.fresh = true;
            }
            Token::Space | Token::Comment => {}
            _ if self.fresh => {
                self.fresh = false;
                self.first = start as u32;
                self.indent = (start - self.line_start) as u32;
            }
            _ => {}
        }
        Some((token, Range::new(start as u32, self.at as u32)))
    }

    /// The next token of code.
    pub fn code(&mut self) -> Option<(Token, Range)> {
        let rest = self.rest();
        let &first = rest.first()?;
        match first {
            b'\n' => self.token(Token::Newline, 1),
            b' ' | b'\t' | b'\r' => self.token(Token::Space, rest.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\r')).count()),
            b'{' | b'[' | b'(' => self.token(Token::Open(first), 1),
            b'}' | b']' | b')' => self.token(Token::Close(first), 1),
            b'"' if rest.starts_with(b"\"\"\"") => self.token(Token::TripleQuote, 3),
            b'"' => self.token(Token::Quote, 1),
            b'/' if self.peek(1) == b'/' => self.token(Token::Comment, memchr::memchr(b'\n', rest).unwrap_or(rest.len())),
            b'/' => self.token(Token::Other, regex_length(rest).unwrap_or(1)),
            b'r' if self.peek(1) == b'"' => {
                if let Some(length) = raw_length(rest) {
                    return self.raw(length);
                }
                self.token(Token::Word, 1)
            }
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => self.token(Token::Word, rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()),
            b'0'..=b'9' => self.token(Token::Other, rest.iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count()),
            0x80.. => self.token(Token::Other, rest.iter().take_while(|b| **b >= 0x80).count()),
            _ => self.token(Token::Other, 1),
        }
    }

    /// A raw string, which may span lines.
    fn raw(&mut self, length: usize) -> Option<(Token, Range)> {
        let lines = self.rest().get(..length).map_or(0, |b| memchr::memchr_iter(b'\n', b).count());
        let found = self.token(Token::Other, length);
        self.line += lines as u32;
        found
    }

    /// The next piece of a string whose opening quote has been read.
    pub fn string(&mut self, multi: bool) -> Option<(Token, Range)> {
        let rest = self.rest();
        let &first = rest.first()?;
        match first {
            b'\\' if rest.get(1).is_some_and(|&b| multi || b != b'\n') => self.token(Token::Other, 2),
            b'$' if rest.get(1) == Some(&b'{') => self.token(Token::Hole, 2),
            b'"' if multi && rest.starts_with(b"\"\"\"") => self.token(Token::TripleQuote, 3),
            b'"' if !multi => self.token(Token::Quote, 1),
            b'\n' if multi => {
                self.line += 1;
                self.line_start = self.at + 1;
                self.at += 1;
                Some((Token::Other, Range::new(self.at as u32 - 1, self.at as u32)))
            }
            b'\n' => self.token(Token::Newline, 1),
            _ => {
                let length = rest.iter().skip(1).take_while(|b| !matches!(b, b'\\' | b'$' | b'"' | b'\n')).count();
                self.token(Token::Other, length + 1)
            }
        }
    }
}

/// The bytes of a regex `/…/` at the start of the text, if it ends on its line.
pub(super) fn regex_length(text: &[u8]) -> Option<usize> {
    let mut at = 1;
    loop {
        match text.get(at)? {
            b'\n' => return None,
            b'/' => return (at > 1).then_some(at + 1),
            b'\\' if text.get(at + 1).is_some_and(|&b| b != b'\n') => at += 2,
            b'\\' => return None,
            _ => at += 1,
        }
    }
}

/// The bytes of a raw string `r"…"` or `r"""…"""` at the start of the text, if it is closed.
fn raw_length(text: &[u8]) -> Option<usize> {
    if text.starts_with(b"r\"\"\"") {
        return memchr::memmem::find(text.get(4..)?, b"\"\"\"").map(|i| i + 7);
    }
    let rest = text.get(2..)?;
    match memchr::memchr2(b'"', b'\n', rest) {
        Some(i) if rest.get(i) == Some(&b'"') => Some(i + 3),
        _ => None,
    }
}
