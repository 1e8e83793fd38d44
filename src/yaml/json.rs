//! Reading JSON as the API server decodes it: positions, duplicate keys, numbers by their text.

use crate::base::{FileId, Span};
use crate::diagnostics::{Diagnostic, codes};
use crate::value::{Data, Map, Number, Origin, OriginKind, Origins, Value};
use ecow::EcoString;

use super::MAX_DEPTH;
use super::read::MAX_FINDINGS;

/// See [`super::read_json`].
pub fn read(text: &str, file: FileId, origins: &mut Origins) -> (Option<Value>, Vec<Diagnostic>) {
    let at = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let mut reader = Reader { text, bytes: text.as_bytes(), at, open: Vec::new(), file, origins, findings: Vec::new() };
    let value = reader.whole();
    (value.ok(), reader.findings)
}

/// A finding has been made; nothing more can be read.
struct Stop;

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where the brackets stand that are not closed yet.
    open: Vec<usize>,
    file: FileId,
    origins: &'t mut Origins,
    findings: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn whole(&mut self) -> Result<Value, Stop> {
        let value = self.value(0)?;
        self.space();
        if self.at < self.bytes.len() {
            return self.fail(self.at, self.bytes.len(), "text after the end of the JSON value");
        }
        Ok(value)
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, start as u32, end as u32)
    }

    fn leaf(&mut self, start: usize) -> Origin {
        let span = self.span(start, self.at);
        self.origins.leaf(span, OriginKind::Yaml)
    }

    fn fail<T>(&mut self, start: usize, end: usize, message: impl Into<String>) -> Result<T, Stop> {
        let span = self.span(start, end);
        self.findings.push(Diagnostic::new(codes::J0801, message).primary(span, ""));
        Err(Stop)
    }

    fn unexpected<T>(&mut self, wanted: &str) -> Result<T, Stop> {
        let at = self.at;
        let Some(c) = self.text.get(at..).and_then(|t| t.chars().next()) else {
            return match self.open.last().copied() {
                Some(open) => {
                    let sign = self.text.get(open..open + 1).unwrap_or("");
                    self.fail(open, open + 1, format!("`{sign}` is not closed"))
                }
                None => self.fail(at, at, format!("the JSON text ends where {wanted} is wanted")),
            };
        };
        let span = self.span(at, at + c.len_utf8());
        let before = self.text.get(..at).unwrap_or("").trim_end();
        let mut finding = Diagnostic::new(codes::J0801, format!("unexpected `{c}`: JSON wants {wanted} here")).primary(span, "");
        if before.ends_with(',') && matches!(c, ']' | '}') {
            let comma = self.span(before.len() - 1, before.len());
            finding = Diagnostic::new(codes::J0801, format!("a comma before `{c}`: JSON does not allow it")).primary(comma, "").help("delete the comma").fix(
                "delete the comma",
                comma,
                "",
            );
        } else if c == '\'' {
            finding = finding.help("JSON strings are in double quotes");
        } else if matches!(c, '/' | '#') {
            finding = finding.help("JSON has no comments");
        }
        self.findings.push(finding);
        Err(Stop)
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn value(&mut self, depth: usize) -> Result<Value, Stop> {
        self.space();
        let start = self.at;
        if depth > MAX_DEPTH {
            return self.fail(start, start + 1, format!("nested deeper than {MAX_DEPTH}"));
        }
        match self.peek() {
            Some(b'{') => self.map(depth),
            Some(b'[') => self.list(depth),
            Some(b'"') => {
                let text = self.string()?;
                Ok(Value::with(Data::String(text), self.leaf(start)))
            }
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b'a'..=b'z') => {
                for (word, data) in [("true", Data::Bool(true)), ("false", Data::Bool(false)), ("null", Data::Null)] {
                    if self.bytes.get(start..).is_some_and(|b| b.starts_with(word.as_bytes())) {
                        self.at += word.len();
                        return Ok(Value::with(data, self.leaf(start)));
                    }
                }
                self.unexpected("a value")
            }
            _ => self.unexpected("a value"),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, Stop> {
        let start = self.at;
        self.open.push(start);
        self.at += 1;
        let mut items = Vec::new();
        self.space();
        if self.peek() == Some(b']') {
            self.close();
            return Ok(Value::list(items, self.leaf(start)));
        }
        loop {
            items.push(self.value(depth + 1)?);
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.close();
                    return Ok(Value::list(items, self.leaf(start)));
                }
                _ => return self.unexpected("`,` or `]`"),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Result<Value, Stop> {
        let start = self.at;
        self.open.push(start);
        self.at += 1;
        let mut map = Map::new();
        self.space();
        if self.peek() == Some(b'}') {
            self.close();
            return Ok(Value::map(map, self.leaf(start)));
        }
        loop {
            self.space();
            if self.peek() != Some(b'"') {
                return self.unexpected("a key in double quotes");
            }
            let key_start = self.at;
            let key = self.string()?;
            let key_origin = self.leaf(key_start);
            self.space();
            if self.peek() != Some(b':') {
                return self.unexpected("`:`");
            }
            self.at += 1;
            let value = self.value(depth + 1)?;
            if let Some(first) = map.entry(&key) {
                let (second, first, same) = (self.origins.span(key_origin), self.origins.span(first.key_origin), first.value.same(&value));
                let finding = super::duplicate::key(self.text, &key, second, self.origins.span(value.origin).range(), first, same);
                if self.findings.len() < MAX_FINDINGS {
                    self.findings.push(finding);
                }
            } else {
                map.insert(key, key_origin, value);
            }
            self.space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.close();
                    return Ok(Value::map(map, self.leaf(start)));
                }
                _ => return self.unexpected("`,` or `}`"),
            }
        }
    }

    /// Passes a closing bracket.
    fn close(&mut self) {
        self.open.pop();
        self.at += 1;
    }

    fn number(&mut self) -> Result<Value, Stop> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return self.unexpected("a digit"),
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return self.unexpected("a digit");
            }
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if !matches!(self.peek(), Some(b'0'..=b'9')) {
                return self.unexpected("a digit");
            }
            self.digits();
        }
        let text = self.text.get(start..self.at).unwrap_or("");
        let data = match text.parse::<i64>() {
            Ok(i) if whole => Data::Int(i),
            _ if text.parse::<f64>().is_ok_and(f64::is_finite) => Data::Number(Number::new(text)),
            _ => return self.fail(start, self.at, "this number is too large for Kubernetes to store"),
        };
        Ok(Value::with(data, self.leaf(start)))
    }

    fn digits(&mut self) {
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
    }

    fn string(&mut self) -> Result<EcoString, Stop> {
        let start = self.at;
        self.at += 1;
        let mut text = EcoString::new();
        loop {
            let run = self.at;
            while self.peek().is_some_and(|b| b != b'"' && b != b'\\' && b >= 0x20) {
                self.at += 1;
            }
            text.push_str(self.text.get(run..self.at).unwrap_or(""));
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => text.push(self.escape()?),
                Some(_) => return self.fail(self.at, self.at + 1, "a control character in a JSON string: write it as an escape"),
                None => return self.fail(start, start + 1, "this string is not closed"),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Stop> {
        let start = self.at;
        self.at += 2;
        Ok(match self.bytes.get(start + 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                let Some(high) = self.hex4() else { return self.fail(start, start + 2, "`\\u` wants four hexadecimal digits") };
                if (0xd800..0xdc00).contains(&high) && self.bytes.get(self.at..self.at + 2) == Some(b"\\u") {
                    let back = self.at;
                    self.at += 2;
                    if let Some(low) = self.hex4().filter(|l| (0xdc00..0xe000).contains(l)) {
                        return Ok(char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)).unwrap_or('\u{fffd}'));
                    }
                    self.at = back;
                }
                // Go's decoder reads half a pair as the replacement character.
                char::from_u32(high).unwrap_or('\u{fffd}')
            }
            _ => return self.fail(start, start + 1, "JSON does not know this escape"),
        })
    }

    fn hex4(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
        self.at += 4;
        u32::from_str_radix(digits, 16).ok()
    }
}
