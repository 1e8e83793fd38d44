//! Types as messages show them: names where there are names, structure where it is short.

use std::fmt;

use super::text::{Language, Text};
use super::ty::{Field, Presence, Type};

/// How deep structure is shown.
const DEPTH: usize = 2;
/// How many fields of a record, or members of a union.
const WIDTH: usize = 6;

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        show(self, f, 0)
    }
}

fn show(ty: &Type, f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
    match ty {
        Type::Error => f.write_str("?"),
        Type::Never => f.write_str("nothing"),
        Type::Null => f.write_str("null"),
        Type::Bool(None) => f.write_str("Bool"),
        Type::Bool(Some(b)) => write!(f, "{b}"),
        Type::Int(i) => write!(f, "{i}"),
        Type::Number(b) => write!(f, "{b}"),
        Type::Text(t) => write!(f, "{t}"),
        Type::Quantity => f.write_str("Quantity"),
        Type::List(l) => {
            f.write_str("[")?;
            show(&l.element, f, depth + 1)?;
            if let Some(keys) = l.keys.as_ref().filter(|_| !l.kubernetes) {
                write!(f, " by {}", keys.join(", "))?;
            }
            f.write_str("]")?;
            let length = l.length.to_string();
            if length.is_empty() { Ok(()) } else { write!(f, "({length})") }
        }
        Type::Map(m) => {
            f.write_str("{[")?;
            show(&m.key, f, depth + 1)?;
            f.write_str("]: ")?;
            show(&m.value, f, depth + 1)?;
            f.write_str("}")
        }
        Type::Record(r) => match &r.name {
            Some(name) => f.write_str(name),
            None if depth >= DEPTH => f.write_str("{ … }"),
            None => record(&r.fields, r.rest.is_some(), &r.rows, f, depth),
        },
        Type::Union(u) => match &u.name {
            Some(name) => f.write_str(name),
            None => {
                for (i, m) in u.members.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" | ")?;
                    }
                    if i >= WIDTH {
                        return f.write_str("…");
                    }
                    show(m, f, depth + 1)?;
                }
                Ok(())
            }
        },
        Type::Named(n) => f.write_str(&n.name),
        Type::Json => f.write_str("Json"),
        Type::Object => f.write_str("Object"),
    }
}

fn record(fields: &[Field], open: bool, rows: &[ecow::EcoString], f: &mut fmt::Formatter<'_>, depth: usize) -> fmt::Result {
    if fields.is_empty() && !open && rows.is_empty() {
        return f.write_str("{}");
    }
    f.write_str("{ ")?;
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            f.write_str(", ")?;
        }
        if i >= WIDTH {
            f.write_str("…")?;
            break;
        }
        write!(f, "{}{}", field.name, if field.presence == Presence::Optional { "?" } else { "" })?;
        if depth == 0 {
            f.write_str(": ")?;
            show(&field.ty, f, depth + 1)?;
        }
    }
    for row in rows {
        write!(f, "{}...{row}", if fields.is_empty() { "" } else { ", " })?;
    }
    if open {
        f.write_str(if fields.is_empty() { "…" } else { ", …" })?;
    }
    f.write_str(" }")
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Text::Any => f.write_str("String"),
            Text::Language(l) => write!(f, "{l}"),
            Text::Literals(all) => {
                for (i, l) in all.iter().enumerate() {
                    if i > 0 {
                        f.write_str(" | ")?;
                    }
                    if i > WIDTH * 2 {
                        return f.write_str("…");
                    }
                    write!(f, "\"{l}\"")?;
                }
                Ok(())
            }
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(name) = &self.name {
            return f.write_str(name);
        }
        f.write_str(self.format.map_or("String", super::text::Format::name))?;
        let mut parts: Vec<String> = self.patterns.iter().map(|p| format!("/{}/", p.as_str().replace('/', "\\/"))).collect();
        let own = self.format.map(super::text::Format::length);
        if own != Some(self.length.0) {
            parts.push(self.length.0.to_string());
        }
        parts.retain(|p| !p.is_empty());
        if parts.is_empty() { Ok(()) } else { write!(f, "({})", parts.join(", ")) }
    }
}
