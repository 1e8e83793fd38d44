//! YAML output as kubectl's users know it: lists not indented under their key, two spaces a level, block text for several lines. The same bytes for the same value.

use super::quote;
use super::write_json;
use crate::value::{Data, Entry, List, Map, Value};

/// See [`super::write`].
pub fn write(value: &Value, out: &mut String) {
    match &value.data {
        Data::Map(map) if !map.is_empty() => fields(map, 0, false, out),
        Data::List(list) if !list.items.is_empty() => items(list, 0, false, out),
        // Block text at the root is read in two ways by YAML 1.1 and 1.2.
        Data::String(text) if text.contains('\n') => {
            write_json::string(text, out);
            out.push('\n');
        }
        _ => scalar(value, 0, out),
    }
}

/// The entries of a map: `apiVersion`, `kind` and `metadata` first if it is a Kubernetes object, the others as they come.
pub fn ordered(map: &Map) -> impl Iterator<Item = &Entry> {
    const FIRST: [&str; 3] = ["apiVersion", "kind", "metadata"];
    let object = map.contains("apiVersion") && map.contains("kind");
    let first = FIRST.iter().filter(move |_| object).filter_map(|k| map.entry(k));
    first.chain(map.iter().filter(move |e| !object || !FIRST.contains(&e.key.as_str())))
}

/// The fields of a map, each on its line. `inline`: the first begins on the line of a `- `.
fn fields(map: &Map, indent: usize, inline: bool, out: &mut String) {
    for (i, entry) in ordered(map).enumerate() {
        if i > 0 || !inline {
            spaces(indent, out);
        }
        key(&entry.key, indent, out);
        match &entry.value.data {
            Data::Map(map) if !map.is_empty() => {
                out.push('\n');
                fields(map, indent + 2, false, out);
            }
            Data::List(list) if !list.items.is_empty() => {
                out.push('\n');
                items(list, indent, false, out);
            }
            _ => {
                out.push(' ');
                scalar(&entry.value, indent, out);
            }
        }
    }
}

/// A key and its `:`. Beyond 1024 characters YAML wants `? `.
fn key(key: &str, indent: usize, out: &mut String) {
    let long = key.len() > 128;
    if long {
        out.push_str("? ");
    }
    match quote::style(key) {
        quote::Style::Plain => out.push_str(key),
        quote::Style::Single => quote::single(key, out),
        quote::Style::Double | quote::Style::Block => write_json::string(key, out),
    }
    if long {
        out.push('\n');
        spaces(indent, out);
    }
    out.push(':');
}

fn items(list: &List, indent: usize, inline: bool, out: &mut String) {
    for (i, item) in list.items.iter().enumerate() {
        if i > 0 || !inline {
            spaces(indent, out);
        }
        out.push_str("- ");
        match &item.data {
            Data::Map(map) if !map.is_empty() => fields(map, indent + 2, true, out),
            Data::List(list) if !list.items.is_empty() => items(list, indent + 2, true, out),
            _ => scalar(item, indent, out),
        }
    }
}

/// A value on the rest of a line, with the line's end. `indent` is that of the key or dash before it.
fn scalar(value: &Value, indent: usize, out: &mut String) {
    match &value.data {
        Data::Null => out.push_str("null"),
        Data::Bool(true) => out.push_str("true"),
        Data::Bool(false) => out.push_str("false"),
        Data::Int(i) => write_json::integer(*i, out),
        Data::Number(n) => number(&n.text, out),
        Data::List(_) => out.push_str("[]"),
        Data::Map(_) => out.push_str("{}"),
        Data::String(text) => match quote::style(text) {
            quote::Style::Plain => out.push_str(text),
            quote::Style::Single => quote::single(text, out),
            quote::Style::Double => write_json::string(text, out),
            quote::Style::Block => return block(text, indent + 2, out),
        },
    }
    out.push('\n');
}

/// A JSON number so that YAML 1.1 takes it for one: an exponent wants a point before it and a sign.
fn number(text: &str, out: &mut String) {
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return out.push_str(text) };
    out.push_str(mantissa);
    if !mantissa.contains('.') {
        out.push_str(".0");
    }
    out.push('e');
    if !exponent.starts_with(['+', '-']) {
        out.push('+');
    }
    out.push_str(exponent);
}

/// Text of several lines, its line ends kept.
fn block(text: &str, indent: usize, out: &mut String) {
    out.push('|');
    if text.starts_with([' ', '\t', '\n']) {
        out.push('2');
    }
    let body = text.strip_suffix('\n');
    match body {
        None => out.push('-'),
        Some(body) if body.ends_with('\n') => out.push('+'),
        Some(_) => {}
    }
    out.push('\n');
    for line in body.unwrap_or(text).split('\n') {
        if !line.is_empty() {
            spaces(indent, out);
            out.push_str(line);
        }
        out.push('\n');
    }
}

fn spaces(mut count: usize, out: &mut String) {
    const SPACES: &str = "                                                                ";
    while count > 0 {
        let some = count.min(SPACES.len());
        out.push_str(SPACES.get(..some).unwrap_or(""));
        count -= some;
    }
}
