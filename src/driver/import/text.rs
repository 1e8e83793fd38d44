//! Values as Jibe's source text.

use crate::value::{Data, Value};

/// Deeper values are not written.
const DEEPEST: usize = 100;
/// Longer lines are broken.
const WIDTH: usize = 100;

/// A key of a record: a word, or a string.
pub fn key(name: &str) -> String {
    if is_word(name) { name.to_owned() } else { string(name) }
}

/// A name in the language.
pub fn is_word(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// A string on one line.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    text.chars().for_each(|c| escaped(c, &mut out));
    out.push('"');
    out
}

fn escaped(c: char, out: &mut String) {
    match c {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '$' => out.push_str("\\$"),
        '\n' => out.push_str("\\n"),
        '\t' => out.push_str("\\t"),
        '\r' => out.push_str("\\r"),
        c if c.is_control() || is_invisible(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
        c => out.push(c),
    }
}

/// Characters that a reader would not see, or that turn the direction of text.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A text of several lines as a block at this indentation, if it can be one.
fn lines(text: &str, indent: usize) -> Option<String> {
    let fits = |c: char| c == '\n' || !(c.is_control() || is_invisible(c));
    if !text.contains('\n') || !text.chars().all(fits) || text.contains("\"\"\"") || text.lines().any(|l| l.ends_with(' ') || l.starts_with('\t')) {
        return None;
    }
    let pad = " ".repeat(indent);
    let mut out = String::from("\"\"\"\n");
    for line in text.split('\n') {
        if !line.is_empty() {
            out.push_str(&pad);
            out.push_str(&line.replace('\\', "\\\\").replace('$', "\\$"));
        }
        out.push('\n');
    }
    out.push_str(&pad);
    out.push_str("\"\"\"");
    Some(out)
}

/// What stands in place of a value, if something does: the path to it and the value are given.
pub type Instead<'a> = &'a dyn Fn(&[String], &Value) -> Option<String>;

/// A value; `instead` is asked first at each place. `None`: too deep.
pub fn value(v: &Value, path: &mut Vec<String>, indent: usize, instead: Instead<'_>) -> Option<String> {
    if path.len() > DEEPEST {
        return None;
    }
    if let Some(text) = instead(path, v) {
        return Some(text);
    }
    Some(match &v.data {
        Data::Null => "null".to_owned(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::Number(n) => n.text.to_string(),
        Data::String(s) => lines(s, indent + 2).unwrap_or_else(|| string(s)),
        Data::List(l) => {
            let mut items = Vec::new();
            for (i, item) in l.items.iter().enumerate() {
                path.push(i.to_string());
                let text = value(item, path, indent + 2, instead);
                path.pop();
                items.push(text?);
            }
            block("[", &items, "]", indent)
        }
        Data::Map(m) => {
            let mut items = Vec::new();
            for e in m.iter().filter(|e| !e.value.is_null()) {
                path.push(e.key.to_string());
                let text = value(&e.value, path, indent + 2, instead);
                path.pop();
                items.push(format!("{}: {}", key(&e.key), text?));
            }
            block("{", &items, "}", indent)
        }
    })
}

/// Brackets with elements: on one line where they are short.
fn block(open: &str, items: &[String], close: &str, indent: usize) -> String {
    let room = if open == "{" { " " } else { "" };
    let width: usize = items.iter().map(|i| i.len() + 2).sum();
    if items.is_empty() {
        return format!("{open}{close}");
    }
    if indent + width < WIDTH && !items.iter().any(|i| i.contains('\n')) {
        return format!("{open}{room}{}{room}{close}", items.join(", "));
    }
    let pad = " ".repeat(indent + 2);
    let lines: String = items.iter().map(|i| format!("{pad}{i}\n")).collect();
    format!("{open}\n{lines}{}{close}", " ".repeat(indent))
}

/// A doc comment in front of something.
pub fn docs(text: &str, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let clean: String = text
        .trim()
        .chars()
        .map(|c| {
            if c == '\n' {
                c
            } else if c.is_control() || is_invisible(c) {
                ' '
            } else {
                c
            }
        })
        .collect();
    clean.lines().map(|l| format!("{pad}/// {}", l.trim_end()).trim_end().to_owned() + "\n").collect()
}
