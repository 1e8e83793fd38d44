//! Data as text: JSON and YAML.

use crate::diagnostics::codes;
use crate::eval::machine::{Frame, Machine, Outcome};
use crate::hir::{Builtin, ExprId};
use crate::value::{Data, Map, Origin, Value};

impl<'a> Machine<'a, '_> {
    pub(super) fn data_function(&mut self, f: &mut Frame<'a>, id: ExprId, which: Builtin, v: &Value) -> Outcome {
        match which {
            Builtin::ToJson => {
                let text = to_json(v);
                let origin = self.computed(f, id, [v.origin, Origin::UNKNOWN]);
                Ok(Some(self.text(f, id, text, origin)?))
            }
            Builtin::ToYaml => {
                let mut text = String::new();
                crate::yaml::write(v, &mut text);
                let origin = self.computed(f, id, [v.origin, Origin::UNKNOWN]);
                Ok(Some(self.text(f, id, text, origin)?))
            }
            _ => {
                let Some(s) = v.as_str() else {
                    return Err(self.mistake(f, id, codes::J0303, "`parseJson` takes a string"));
                };
                self.work(f, id, s.len() / 16)?;
                self.spend(f, id, s.len())?;
                Ok(parse_json(s, v.origin))
            }
        }
    }
}

/// Compact JSON: records in their order, maps by key.
pub(in crate::eval) fn to_json(v: &Value) -> String {
    let mut out = String::new();
    write(v, &mut out, 0);
    out
}

fn write(v: &Value, out: &mut String, depth: u32) {
    match &v.data {
        Data::Null => out.push_str("null"),
        Data::Bool(b) => out.push_str(if *b { "true" } else { "false" }),
        Data::Int(i) => out.push_str(&i.to_string()),
        Data::Number(n) => out.push_str(&n.text),
        Data::String(s) => quote(s, out),
        Data::List(l) => {
            out.push('[');
            for (i, item) in l.items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                if depth < 256 {
                    write(item, out, depth + 1);
                }
            }
            out.push(']');
        }
        Data::Map(m) => {
            out.push('{');
            let entries: Vec<_> = if m.is_open() { m.sorted() } else { m.iter().collect() };
            for (i, e) in entries.into_iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                quote(&e.key, out);
                out.push(':');
                if depth < 256 {
                    write(&e.value, out, depth + 1);
                }
            }
            out.push('}');
        }
    }
}

fn quote(s: &str, out: &mut String) {
    out.push('"');
    for c in s.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", c as u32)),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// JSON text as a value; `None` when it is malformed, too deep, or repeats a key.
fn parse_json(s: &str, origin: Origin) -> Option<Value> {
    let mut p = Json { rest: s, origin };
    let v = p.value(0)?;
    p.space();
    p.rest.is_empty().then_some(v)
}

struct Json<'s> {
    rest: &'s str,
    origin: Origin,
}

impl Json<'_> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, word: &str) -> bool {
        match self.rest.strip_prefix(word) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: u32) -> Option<Value> {
        if depth > 128 {
            return None;
        }
        self.space();
        let data = match self.rest.bytes().next()? {
            b'{' => return self.object(depth),
            b'[' => return self.array(depth),
            b'"' => Data::String(self.string()?.into()),
            b'n' if self.eat("null") => Data::Null,
            b't' if self.eat("true") => Data::Bool(true),
            b'f' if self.eat("false") => Data::Bool(false),
            _ => self.number()?,
        };
        Some(Value::with(data, self.origin))
    }

    fn object(&mut self, depth: u32) -> Option<Value> {
        self.eat("{");
        let mut map = Map::new();
        self.space();
        if !self.eat("}") {
            loop {
                self.space();
                let key = self.string()?;
                self.space();
                if !self.eat(":") {
                    return None;
                }
                let v = self.value(depth + 1)?;
                if map.insert(key.into(), self.origin, v).is_some() {
                    return None;
                }
                self.space();
                if self.eat("}") {
                    break;
                }
                if !self.eat(",") {
                    return None;
                }
            }
        }
        Some(Value::map(map, self.origin))
    }

    fn array(&mut self, depth: u32) -> Option<Value> {
        self.eat("[");
        let mut items = Vec::new();
        self.space();
        if !self.eat("]") {
            loop {
                items.push(self.value(depth + 1)?);
                self.space();
                if self.eat("]") {
                    break;
                }
                if !self.eat(",") {
                    return None;
                }
            }
        }
        Some(Value::list(items, self.origin))
    }

    /// A string by its extent, read by the JSON library.
    fn string(&mut self) -> Option<String> {
        let bytes = self.rest.as_bytes();
        if bytes.first() != Some(&b'"') {
            return None;
        }
        let mut end = 1;
        loop {
            match bytes.get(end)? {
                b'"' => break,
                b'\\' => end += 2,
                _ => end += 1,
            }
        }
        let (text, rest) = self.rest.split_at_checked(end + 1)?;
        self.rest = rest;
        serde_json::from_str(text).ok()
    }

    fn number(&mut self) -> Option<Data> {
        let end = self.rest.find(|c: char| !(c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(end)?;
        if !is_json_number(text) {
            return None;
        }
        self.rest = rest;
        Some(match text.parse::<i64>() {
            Ok(i) => Data::Int(i),
            Err(_) => Data::Number(crate::value::Number::new(text)),
        })
    }
}

/// `-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?`
fn is_json_number(text: &str) -> bool {
    let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    let whole = digits(rest);
    if whole == 0 || (whole > 1 && rest.starts_with('0')) {
        return false;
    }
    rest = rest.get(whole..).unwrap_or("");
    if let Some(part) = rest.strip_prefix('.') {
        let n = digits(part);
        if n == 0 {
            return false;
        }
        rest = part.get(n..).unwrap_or("");
    }
    if let Some(e) = rest.strip_prefix(['e', 'E']) {
        let e = e.strip_prefix(['-', '+']).unwrap_or(e);
        let n = digits(e);
        if n == 0 {
            return false;
        }
        rest = e.get(n..).unwrap_or("");
    }
    rest.is_empty()
}
