//! Names of fields in rules: reserved words and signs are written as `__namespace__`, `__dash__`, … (`escaping.go` of the API server).

use ecow::EcoString;

/// Words that are no names in rules (the grammar of CEL).
pub const RESERVED: [&str; 21] = [
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
];

/// The name of a field as rules write it; `None` when rules cannot reach it.
pub fn escape(name: &str) -> Option<EcoString> {
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    if RESERVED.contains(&name) {
        return Some(ecow::eco_format!("__{name}__"));
    }
    let mut out = EcoString::with_capacity(name.len());
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("__") {
            out.push_str("__underscores__");
            rest = after;
            continue;
        }
        match c {
            '.' => out.push_str("__dot__"),
            '-' => out.push_str("__dash__"),
            '/' => out.push_str("__slash__"),
            c if c.is_ascii_alphanumeric() || c == '_' => out.push(c),
            _ => return None,
        }
        rest = rest.get(c.len_utf8()..).unwrap_or("");
    }
    Some(out)
}

/// The field that a name in a rule means; `None` when it means none.
pub fn unescape(name: &str) -> Option<EcoString> {
    if !name.contains("__") {
        return Some(name.into());
    }
    let mut out = EcoString::with_capacity(name.len());
    let mut rest = name;
    while let Some(c) = rest.chars().next() {
        let word = rest.strip_prefix("__").and_then(|inner| {
            let end = inner.find('_')?;
            (end > 0 && inner.get(end..)?.starts_with("__")).then(|| inner.get(..end)).flatten()
        });
        let Some(word) = word else {
            out.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or("");
            continue;
        };
        match word {
            "underscores" => out.push_str("__"),
            "dot" => out.push('.'),
            "dash" => out.push('-'),
            "slash" => out.push('/'),
            reserved if RESERVED.contains(&reserved) && name.len() == reserved.len() + 4 => out.push_str(reserved),
            _ => return None,
        }
        rest = rest.get(word.len() + 4..).unwrap_or("");
    }
    Some(out)
}
