//! JSON output: compact or indented by two spaces; keys in the order of YAML output; nothing but the needed characters escaped.

use super::write::ordered;
use crate::value::{Data, Value};

/// Appends compact JSON.
pub fn compact(value: &Value, out: &mut String) {
    match &value.data {
        Data::List(list) => {
            out.push('[');
            for (i, item) in list.items.iter().enumerate() {
                if i > 0 {
                    out.push(',');
                }
                compact(item, out);
            }
            out.push(']');
        }
        Data::Map(map) => {
            out.push('{');
            for (i, entry) in ordered(map).enumerate() {
                if i > 0 {
                    out.push(',');
                }
                string(&entry.key, out);
                out.push(':');
                compact(&entry.value, out);
            }
            out.push('}');
        }
        scalar => self::scalar(scalar, out),
    }
}

/// Appends indented JSON, `depth` levels deep; no line end after it.
pub fn pretty(value: &Value, depth: usize, out: &mut String) {
    match &value.data {
        Data::List(list) if !list.items.is_empty() => {
            out.push('[');
            for (i, item) in list.items.iter().enumerate() {
                line(i > 0, depth + 1, out);
                pretty(item, depth + 1, out);
            }
            line(false, depth, out);
            out.push(']');
        }
        Data::Map(map) if !map.is_empty() => {
            out.push('{');
            for (i, entry) in ordered(map).enumerate() {
                line(i > 0, depth + 1, out);
                string(&entry.key, out);
                out.push_str(": ");
                pretty(&entry.value, depth + 1, out);
            }
            line(false, depth, out);
            out.push('}');
        }
        _ => compact(value, out),
    }
}

fn line(comma: bool, depth: usize, out: &mut String) {
    out.push_str(if comma { ",\n" } else { "\n" });
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn scalar(data: &Data, out: &mut String) {
    match data {
        Data::Bool(true) => out.push_str("true"),
        Data::Bool(false) => out.push_str("false"),
        Data::Int(i) => integer(*i, out),
        Data::Number(n) => out.push_str(&n.text),
        Data::String(s) => string(s, out),
        Data::Null | Data::List(_) | Data::Map(_) => out.push_str("null"),
    }
}

/// Appends an integer in decimal digits.
pub fn integer(value: i64, out: &mut String) {
    use std::fmt::Write;
    // Writing to a string cannot fail.
    let _ = write!(out, "{value}");
}

/// Appends a JSON string with its quotes. It is a double-quoted YAML string too.
pub fn string(text: &str, out: &mut String) {
    out.push('"');
    let mut from = 0;
    for (i, c) in text.char_indices() {
        let escape: &str = match c {
            '"' => "\\\"",
            '\\' => "\\\\",
            '\n' => "\\n",
            '\r' => "\\r",
            '\t' => "\\t",
            '\u{8}' => "\\b",
            '\u{c}' => "\\f",
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}' => "",
            _ => continue,
        };
        out.push_str(text.get(from..i).unwrap_or(""));
        from = i + c.len_utf8();
        if escape.is_empty() {
            out.push_str("\\u");
            for shift in [12, 8, 4, 0] {
                out.push(char::from_digit((c as u32 >> shift) & 0xf, 16).unwrap_or('0'));
            }
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(text.get(from..).unwrap_or(""));
    out.push('"');
}
