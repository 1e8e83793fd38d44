//! Reads the body of a `json_schema!({…})` call as a JSON value; `subschema_for::<PATH>()` becomes `{"$ref": PATH}`, with the description that is inserted into it.

use serde_json::{Map, Value, json};

/// Parses the value at the beginning of the text.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut reader = Reader { bytes: text.as_bytes(), text, at: 0 };
    reader.value()
}

struct Reader<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    fn peek(&mut self) -> u8 {
        self.blank();
        self.bytes.get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, b: u8) -> bool {
        let found = self.peek() == b;
        self.at += usize::from(found);
        found
    }

    fn value(&mut self) -> Result<Value, String> {
        match self.peek() {
            b'{' => {
                self.at += 1;
                let mut map = Map::new();
                while !self.eat(b'}') {
                    let key = self.string()?;
                    if !self.eat(b':') {
                        return Err(format!("`:` expected after {key}"));
                    }
                    map.insert(key, self.value()?);
                    self.eat(b',');
                }
                Ok(Value::Object(map))
            }
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                while !self.eat(b']') {
                    list.push(self.value()?);
                    self.eat(b',');
                }
                Ok(Value::Array(list))
            }
            b'"' => self.string().map(Value::String),
            b'(' => self.reference(),
            _ => {
                let rest = &self.text[self.at..];
                if rest.starts_with("__gen") {
                    return self.reference();
                }
                let end = rest.find([',', '}', ']', '\n']).unwrap_or(rest.len());
                self.at += end;
                serde_json::from_str(rest[..end].trim()).map_err(|e| format!("{}: {e}", &rest[..end]))
            }
        }
    }

    /// `(__gen.subschema_for::<X>())`, `({ let mut schema_obj = …; … })`, `__gen.subschema_for::<X>()`.
    fn reference(&mut self) -> Result<Value, String> {
        let rest = &self.text[self.at..];
        let from = rest.find("subschema_for::<").ok_or("no subschema_for")? + "subschema_for::<".len();
        let to = from + rest[from..].find(">()").ok_or("no end of the path")?;
        let mut value = json!({ "$ref": &rest[from..to] });
        let bracketed = rest.starts_with('(');
        self.at += to + 3;
        if bracketed {
            let mut depth = 1;
            while depth > 0 {
                match self.peek() {
                    0 => return Err("no end of a reference".into()),
                    b'"' => {
                        let text = self.string()?;
                        if text != "description" {
                            value["description"] = Value::String(text);
                        }
                        continue;
                    }
                    b'(' => depth += 1,
                    b')' => depth -= 1,
                    _ => {}
                }
                self.at += 1;
            }
        }
        Ok(value)
    }

    fn string(&mut self) -> Result<String, String> {
        if !self.eat(b'"') {
            return Err(format!("string expected at {:.60}", &self.text[self.at..]));
        }
        let mut out = String::new();
        let mut chars = self.text[self.at..].char_indices();
        while let Some((i, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += i + 1;
                    return Ok(out);
                }
                '\\' => match chars.next().map(|(_, c)| c) {
                    Some('n') => out.push('\n'),
                    Some('t') => out.push('\t'),
                    Some('r') => out.push('\r'),
                    Some('u') => {
                        let hex: String = chars.by_ref().map(|(_, c)| c).skip_while(|c| *c == '{').take_while(|c| *c != '}').collect();
                        out.push(u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32).ok_or("bad escape")?);
                    }
                    Some(c) => out.push(c),
                    None => break,
                },
                c => out.push(c),
            }
        }
        Err("string without end".into())
    }
}
