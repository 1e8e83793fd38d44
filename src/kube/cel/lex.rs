//! Tokens of CEL (cel-spec `langdef.md`, "Lexical analysis").

use ecow::EcoString;

use super::error::CompileError;

/// A token; operators by their text.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token {
    Int(u64),
    /// Digits that do not fit 64 bits.
    BigInt(EcoString),
    Uint(u64),
    Double(f64),
    Str(EcoString),
    Bytes(Vec<u8>),
    Ident(EcoString),
    Op(&'static str),
    End,
}

/// Operators, longest first.
const OPERATORS: [&str; 26] = ["&&", "||", "==", "!=", "<=", ">=", "?", ":", ".", ",", "(", ")", "[", "]", "{", "}", "<", ">", "+", "-", "*", "/", "%", "!", "=", "`"];

/// Cuts the text into tokens, each with its byte offset.
pub(super) fn lex(text: &str) -> Result<Vec<(Token, usize)>, CompileError> {
    let mut lexer = Lexer { text, at: 0 };
    let mut tokens = Vec::new();
    loop {
        lexer.blank();
        let start = lexer.at;
        let Some(c) = lexer.peek() else {
            tokens.push((Token::End, start));
            return Ok(tokens);
        };
        let token = lexer.token(c)?;
        tokens.push((token, start));
    }
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Lexer<'t> {
    fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn error(&self, at: usize, message: impl Into<String>) -> CompileError {
        CompileError { offset: at, message: message.into() }
    }

    fn blank(&mut self) {
        loop {
            let rest = self.rest();
            let trimmed = rest.trim_start_matches(['\t', ' ', '\r', '\n', '\u{c}']);
            self.at += rest.len() - trimmed.len();
            if !trimmed.starts_with("//") {
                return;
            }
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    fn token(&mut self, c: char) -> Result<Token, CompileError> {
        if c.is_ascii_digit() || (c == '.' && self.rest().as_bytes().get(1).is_some_and(u8::is_ascii_digit)) {
            return self.number();
        }
        if let Some(prefix) = self.string_prefix() {
            return self.string(prefix);
        }
        if c.is_ascii_alphabetic() || c == '_' {
            let rest = self.rest();
            let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            self.at += end;
            return Ok(Token::Ident(rest.get(..end).unwrap_or("").into()));
        }
        match OPERATORS.iter().find(|o| self.rest().starts_with(**o)) {
            Some(o) => {
                self.at += o.len();
                Ok(Token::Op(o))
            }
            None => Err(self.error(self.at, format!("unexpected sign `{c}`"))),
        }
    }

    fn number(&mut self) -> Result<Token, CompileError> {
        let (start, rest) = (self.at, self.rest());
        if let Some(hex) = rest.strip_prefix("0x").or_else(|| rest.strip_prefix("0X")) {
            let n = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
            self.at += 2 + n;
            let digits = hex.get(..n).unwrap_or("");
            let value = u64::from_str_radix(digits, 16).map_err(|_| self.error(start, "invalid number"))?;
            return Ok(if self.unsigned() { Token::Uint(value) } else { Token::Int(value) });
        }
        let bytes = rest.as_bytes();
        let digits = |from: usize| bytes.get(from..).unwrap_or(&[]).iter().take_while(|b| b.is_ascii_digit()).count();
        let mut n = digits(0);
        let mut float = false;
        if bytes.get(n) == Some(&b'.') && digits(n + 1) > 0 {
            float = true;
            n += 1 + digits(n + 1);
        }
        if matches!(bytes.get(n), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(bytes.get(n + 1), Some(b'+' | b'-')));
            let exponent = digits(n + 1 + sign);
            if exponent > 0 {
                float = true;
                n += 1 + sign + exponent;
            }
        }
        self.at += n;
        let text = rest.get(..n).unwrap_or("");
        if float {
            return text.parse().map(Token::Double).map_err(|_| self.error(start, "invalid number"));
        }
        let unsigned = self.unsigned();
        match (text.parse::<u64>(), unsigned) {
            (Ok(v), true) => Ok(Token::Uint(v)),
            (Ok(v), false) => Ok(Token::Int(v)),
            (Err(_), true) => Err(self.error(start, "invalid uint literal")),
            (Err(_), false) => Ok(Token::BigInt(text.into())),
        }
    }

    fn unsigned(&mut self) -> bool {
        let found = matches!(self.peek(), Some('u' | 'U'));
        self.at += usize::from(found);
        found
    }

    /// `r`, `b`, `rb`, `br` in any case, or nothing, before a quote: (length, raw, bytes).
    fn string_prefix(&self) -> Option<(usize, bool, bool)> {
        let bytes = self.rest().as_bytes();
        let (mut raw, mut is_bytes) = (false, false);
        for n in 0..3 {
            match bytes.get(n)? {
                b'"' | b'\'' => return Some((n, raw, is_bytes)),
                b'r' | b'R' if !raw => raw = true,
                b'b' | b'B' if !is_bytes => is_bytes = true,
                _ => return None,
            }
        }
        None
    }

    fn string(&mut self, (prefix, raw, is_bytes): (usize, bool, bool)) -> Result<Token, CompileError> {
        let start = self.at;
        self.at += prefix;
        let quote = if self.rest().starts_with("\"\"\"") {
            "\"\"\""
        } else if self.rest().starts_with("'''") {
            "'''"
        } else if self.rest().starts_with('"') {
            "\""
        } else {
            "'"
        };
        self.at += quote.len();
        let mut out: Vec<u8> = Vec::new();
        loop {
            let rest = self.rest();
            if rest.starts_with(quote) {
                self.at += quote.len();
                break;
            }
            let Some(c) = rest.chars().next() else { return Err(self.error(start, "string not closed")) };
            if quote.len() == 1 && (c == '\n' || c == '\r') {
                return Err(self.error(start, "string not closed"));
            }
            if c == '\\' {
                if raw {
                    out.push(b'\\');
                    self.at += 1;
                    if let Some(next) = self.peek() {
                        push(&mut out, next);
                        self.at += next.len_utf8();
                    }
                } else {
                    self.escape(&mut out, is_bytes)?;
                }
                continue;
            }
            push(&mut out, c);
            self.at += c.len_utf8();
        }
        if is_bytes {
            return Ok(Token::Bytes(out));
        }
        String::from_utf8(out).map(|s| Token::Str(s.into())).map_err(|_| self.error(start, "string is not UTF-8"))
    }

    fn escape(&mut self, out: &mut Vec<u8>, is_bytes: bool) -> Result<(), CompileError> {
        let start = self.at;
        let invalid = |l: &Self| l.error(start, "invalid escape");
        let Some(c) = self.rest().chars().nth(1) else { return Err(invalid(self)) };
        self.at += 1 + c.len_utf8();
        let simple = match c {
            'a' => 7,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'v' => 11,
            '\\' | '\'' | '"' | '`' | '?' => c as u8,
            'x' | 'X' | 'u' | 'U' | '0'..='3' => {
                let (radix, n) = match c {
                    'x' | 'X' => (16, 2),
                    'u' => (16, 4),
                    'U' => (16, 8),
                    _ => (8, 3),
                };
                if radix == 8 {
                    self.at -= 1;
                }
                let digits = self.rest().get(..n).filter(|d| d.chars().all(|c| c.is_digit(radix))).ok_or_else(|| invalid(self))?;
                let value = u32::from_str_radix(digits, radix).map_err(|_| invalid(self))?;
                self.at += n;
                if is_bytes && n < 4 {
                    out.push(u8::try_from(value).map_err(|_| invalid(self))?);
                } else {
                    if is_bytes {
                        return Err(invalid(self));
                    }
                    push(out, char::from_u32(value).ok_or_else(|| invalid(self))?);
                }
                return Ok(());
            }
            _ => return Err(invalid(self)),
        };
        out.push(simple);
        Ok(())
    }
}

fn push(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
}
