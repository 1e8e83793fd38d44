//! Code as HTML with its words marked: Jibe by its own syntax tree, YAML line by line.

use std::sync::Arc;

use super::prose::escape;
use crate::base::FileId;
use crate::syntax::{SyntaxKind as K, Tree, parse};

fn span(class: &str, text: &str) -> String {
    format!("<span class=\"{class}\">{}</span>", escape(text))
}

/// An item of Jibe.
pub(super) fn jibe(code: &str) -> String {
    let parsed = parse(FileId(0), &Arc::from(code));
    let tree = &parsed.tree;
    let mut out = String::new();
    for token in tree.tokens(Tree::ROOT) {
        let text = tree.text(token);
        let class = match tree.kind(token) {
            K::Keyword | K::DefKind => "k",
            K::Chunk | K::Quote | K::Escape | K::RawString | K::Regex => "s",
            K::Number | K::Limit => "n",
            K::Comment | K::DocComment | K::ModuleDoc => "c",
            K::Ident | K::TypePattern if text.starts_with(|c: char| c.is_ascii_uppercase()) => "t",
            K::FieldName => "f",
            _ => "",
        };
        out.push_str(&if class.is_empty() { escape(text) } else { span(class, text) });
    }
    out
}

/// A document in YAML.
pub(super) fn yaml(text: &str) -> String {
    text.trim_end().lines().map(yaml_line).collect::<Vec<_>>().join("\n")
}

fn yaml_line(line: &str) -> String {
    let body = line.trim_start();
    let mut out = " ".repeat(line.len() - body.len());
    if body.starts_with('#') {
        return out + &span("c", body);
    }
    let mut rest = body;
    while let Some(after) = rest.strip_prefix("- ") {
        out.push_str("- ");
        rest = after;
    }
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    if let Some((key, value)) = rest.split_once(':')
        && !key.is_empty()
        && key.trim_matches('"').chars().all(plain)
        && (value.is_empty() || value.starts_with(' '))
    {
        out.push_str(&span("f", key));
        out.push(':');
        rest = value;
    }
    let value = rest.trim_start();
    out.push_str(&" ".repeat(rest.len() - value.len()));
    let number = value.parse::<f64>().is_ok() || matches!(value, "true" | "false" | "null");
    match value {
        "" => {}
        v if number => out.push_str(&span("n", v)),
        v if v.starts_with(['{', '[', '|', '>']) => out.push_str(&escape(v)),
        v => out.push_str(&span("s", v)),
    }
    out
}
