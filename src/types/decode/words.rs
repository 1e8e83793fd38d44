//! Types and values in the words of application developers.

use crate::types::interval::Interval;
use crate::types::text::{Language, Text};
use crate::types::ty::{Record, Ty, Type};
use crate::value::{Data, Value};

/// What a type expects, with an article: `an integer from 1 to 65535`, `a list`, `` one of `A`, `B` ``.
pub fn expectation(ty: &Ty) -> String {
    match ty.shape() {
        Type::Null => "null".into(),
        Type::Bool(None) => "a boolean (`true` or `false`)".into(),
        Type::Bool(Some(b)) => format!("`{b}`"),
        Type::Int(i) => integer(*i),
        Type::Number(b) if b.low.is_none() && b.high.is_none() => "a number".into(),
        Type::Number(b) => format!("a number from {}", b.words()),
        Type::Text(Text::Any) => "text (a string)".into(),
        Type::Text(Text::Literals(all)) => one_of(all.iter().map(|l| format!("`{l}`")).collect()),
        Type::Text(Text::Language(l)) => language(l),
        Type::Quantity => "a quantity such as `500m` or `2Gi`".into(),
        Type::List(_) => "a list".into(),
        Type::Map(_) => "an object (a map from names to values)".into(),
        Type::Record(r) => record(r),
        Type::Object => "a Kubernetes object".into(),
        Type::Union(u) => union(&u.members),
        Type::Json | Type::Error | Type::Never | Type::Named(_) => "a value".into(),
    }
}

fn integer(i: Interval) -> String {
    let words = i.words();
    match i.single() {
        Some(n) => format!("the number {n}"),
        None if i == Interval::INT || i == Interval::INT64 => "an integer".into(),
        None if i.high < Interval::INT.high && i.low > Interval::INT.low => format!("an integer from {words}"),
        None => format!("an integer, {words}"),
    }
}

fn language(l: &Language) -> String {
    match (&l.name, l.format) {
        (Some(name), _) => format!("text (`{name}`)"),
        (None, Some(f)) => format!("text (`{}`)", f.name()),
        (None, None) => "text (a string)".into(),
    }
}

fn record(r: &Record) -> String {
    let names: Vec<String> = r.fields.iter().filter(|f| f.is_required()).chain(r.fields.iter().filter(|f| !f.is_required())).take(4).map(|f| format!("`{}`", f.name)).collect();
    if names.is_empty() { "an object".into() } else { format!("an object with {}", and(&names, "and")) }
}

fn union(members: &[Ty]) -> String {
    if members.iter().all(|m| m.as_record().is_some()) {
        let mut names: Vec<String> = Vec::new();
        for f in members.iter().filter_map(|m| m.as_record()).flat_map(|r| &r.fields) {
            let name = format!("`{}`", f.name);
            if !names.contains(&name) && names.len() < 5 {
                names.push(name);
            }
        }
        return format!("an object with {}", and(&names, "or"));
    }
    let mut parts: Vec<String> = Vec::new();
    for m in members {
        let part = match m.shape() {
            Type::Text(Text::Literals(l)) if l.len() == 1 && l.iter().any(|t| t.is_empty()) => "empty text".into(),
            _ => expectation(m),
        };
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    and(&parts, "or")
}

/// `one of `a`, `b` or `c``.
pub fn one_of(parts: Vec<String>) -> String {
    if parts.len() == 1 { parts.concat() } else { format!("one of {}", and(&parts, "or")) }
}

/// `a, b and c`.
pub fn and(parts: &[String], word: &str) -> String {
    match parts {
        [] => String::new(),
        [one] => one.clone(),
        [start @ .., last] => format!("{} {word} {last}", start.join(", ")),
    }
}

/// A value as messages show it: `` the text `ten` ``, `the number 70`, `a list`.
pub fn shown(value: &Value) -> String {
    match &value.data {
        Data::Null => "null".into(),
        Data::Bool(b) => format!("the boolean `{b}`"),
        Data::Int(i) => format!("the number {i}"),
        Data::Number(n) => format!("the number {}", n.text),
        Data::String(s) if s.is_empty() => "empty text".into(),
        Data::String(s) if s.contains('\n') => "text of several lines".into(),
        Data::String(s) => format!("the text `{}`", short(s)),
        Data::List(_) => "a list".into(),
        Data::Map(_) => "an object".into(),
    }
}

/// At most 60 characters.
pub fn short(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

/// What to do about the wrong kind of value, where that is plain.
pub fn kind_help(value: &Value, ty: &Ty, field: std::borrow::Cow<'_, str>) -> Option<String> {
    match (&value.data, ty.shape()) {
        (Data::String(s), Type::List(_)) if !s.contains('\n') && s.len() < 60 => Some(format!("write a list: `{field}: [\"{s}\"]`")),
        (Data::Int(i), Type::List(_)) => Some(format!("write a list: `{field}: [{i}]`")),
        (Data::Map(_), Type::List(l)) if l.element.as_record().is_some() => Some("begin each element with `- `".into()),
        (Data::List(_), Type::Map(m)) => Some(format!("write `{field}:` with a name and {} on each line, without `- `", expectation(&m.value))),
        (Data::List(_), Type::Record(_)) => Some("write the properties without `- `".into()),
        (Data::Int(_) | Data::String(_) | Data::Bool(_), Type::Record(r)) => {
            let first = r.fields.iter().find(|f| f.is_required()).or_else(|| r.fields.iter().find(|f| f.name == "value")).or(r.fields.first())?;
            Some(format!("write `{field}:` with properties below it, such as `{}: …`", first.name))
        }
        _ => None,
    }
}

/// A scalar as it is written.
pub fn shown_plain(value: &Value) -> String {
    match &value.data {
        Data::Null => "null".into(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::Number(n) => n.text.to_string(),
        Data::String(s) => s.to_string(),
        Data::List(_) => "[…]".into(),
        Data::Map(_) => "{…}".into(),
    }
}

/// The kind of JSON that a value is.
pub fn kind_of(value: &Value) -> crate::types::relate::JsonKind {
    use crate::types::relate::JsonKind;
    match value.data {
        Data::Null => JsonKind::Null,
        Data::Bool(_) => JsonKind::Boolean,
        Data::Int(_) | Data::Number(_) => JsonKind::Number,
        Data::String(_) => JsonKind::String,
        Data::List(_) => JsonKind::List,
        Data::Map(_) => JsonKind::Object,
    }
}

/// A single word where a list of text belongs, as a list; words that could be several elements are left alone.
pub fn wrapped(value: &Value, ty: &Ty) -> Option<String> {
    let Type::List(l) = ty.shape() else { return None };
    if let Data::Int(i) = &value.data {
        return l.element.members().iter().any(|m| matches!(m.shape(), Type::Int(limits) if limits.contains(*i))).then(|| format!("[{i}]"));
    }
    let Data::String(text) = &value.data else { return None };
    let fits = l.element.members().iter().any(|m| matches!(m.shape(), Type::Text(t) if t.accepts(text).is_ok()));
    (fits && !text.is_empty() && !text.contains(char::is_whitespace) && !text.contains(',')).then(|| format!("[{}]", super::quoted(text)))
}
