//! What a new name must be like, and how it is written.

use super::names::{Meaning, Use};
use crate::ide::{Kind, Refusal, TextEdit};
use crate::syntax::RESERVED;

/// Whether a thing of this kind can have this name.
///
/// # Errors
/// Why not, in the words for the user.
pub fn fits(kind: Kind, name: &str) -> Result<(), Refusal> {
    let word = |kebab: bool| {
        let mut chars = name.chars();
        let first = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_');
        first && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || (kebab && c == '-')) && !name.ends_with('-')
    };
    let capital = name.starts_with(|c: char| c.is_ascii_uppercase());
    match kind {
        Kind::Component | Kind::Trait | Kind::Policy | Kind::Step | Kind::Rule if word(true) && !capital => Ok(()),
        Kind::Component | Kind::Trait | Kind::Policy | Kind::Step | Kind::Rule => {
            Err(format!("`{name}` cannot be the name of a definition: it has small letters, digits and `-`, and begins with a letter"))
        }
        Kind::Type | Kind::Resource | Kind::View if word(false) && capital => Ok(()),
        Kind::Type | Kind::Resource | Kind::View => Err(format!("`{name}` cannot be the name of a type: it has letters, digits and `_`, and begins with a capital")),
        // Any text can be the name of a field; what is no word is quoted.
        Kind::Parameter | Kind::Property if !name.is_empty() && !name.contains(['\n', '\r']) => Ok(()),
        Kind::Object if word(true) => Ok(()),
        Kind::Variable | Kind::Function | Kind::File if word(false) && !capital && !RESERVED.contains(&name) => Ok(()),
        Kind::Test => Err("a test is renamed by typing".to_owned()),
        _ => Err(format!("`{name}` cannot be a name here: names have letters, digits and `_`, begin with a small letter, and are no reserved words")),
    }
}

/// A name as it is written where a field or another name stands.
pub fn escape_name(kind: Kind, name: &str) -> String {
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') && !name.starts_with(|c: char| c.is_ascii_digit());
    if matches!(kind, Kind::Parameter | Kind::Property) && !plain { format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\"")) } else { name.to_owned() }
}

/// The edit of one use. A shorthand (`{ image }`) is written out, since only one of its two meanings changes.
pub(in crate::ide) fn edit(all: &[Use], u: &Use, old: &str, new: &str, text: &str) -> Option<TextEdit> {
    let written = u.range.of(text);
    // Under another name (`import … { a as b }`) it stays that name.
    if written.trim_matches('"') != old {
        return None;
    }
    let kind = if let Meaning::Declared(_, kind) = &u.meaning { *kind } else { Kind::Property };
    let double = all.iter().any(|o| o.range == u.range && o.writes != u.writes);
    let name = escape_name(kind, new);
    let text = match (double, u.writes) {
        (true, true) => format!("{name}: {old}"),
        (true, false) => format!("{old}: {name}"),
        _ => name,
    };
    Some(TextEdit { range: u.range, text })
}
