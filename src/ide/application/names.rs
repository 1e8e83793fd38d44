//! Where names are declared and used: definitions, parameters, components, policies, steps, outputs.

use ecow::EcoString;

use super::Asked;
use super::cursor::{Step, What, spots};
use super::place::{Declared, Walker};
use super::skeleton::Named;
use super::tree::{Data, Tree};
use super::visit::{Name, inner, names, visit};
use crate::base::{Range, Span};
use crate::hir::DefId;
use crate::ide::{FileEdit, Location, Reference, Refusal};
use crate::types::Format;

/// What the word at an offset stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A definition, named by a `type:`. Others may use it in other files: [`uses`].
    Definition(DefId),
    /// A parameter or a field of one, by where it is declared. Others may give it in other files: [`uses_of_field`].
    Field(Span),
    /// A component, policy, step or output of this document.
    Name(Named, EcoString),
}

/// What the word at an offset stands for, and where the word is.
pub fn subject(asked: &Asked<'_>, offset: u32) -> Option<(Subject, Range)> {
    let tree = Tree::new(asked.text);
    let all = names(asked, &tree);
    if let Some(n) = all.iter().find(|n| n.range.touches(offset) && !n.text.is_empty()) {
        return Some((Subject::Name(n.named, n.text.clone()), n.range));
    }
    let spot = spots(&tree, asked.text, offset).into_iter().next()?;
    let walker = Walker { asked, tree: &tree, document: spot.document };
    let (here, node) = walker.at(&spot.path);
    match spot.what {
        What::Key { entry: Some(entry), .. } => {
            let below = walker.step(&here, node, &Step::Key(entry.key.clone()));
            match below.declared? {
                Declared::Field(f, _) if f.span != Span::default() => Some((Subject::Field(f.span), inner(asked.text, entry.key_range))),
                _ => None,
            }
        }
        What::Value { node: Some(node), .. } => {
            let text = node.as_text()?;
            if let Some(kind) = here.type_name() {
                return Some((Subject::Definition(asked.find(kind, text)?), name_part(asked.text, node.range)));
            }
            match here.declared? {
                Declared::Field(f, _) if f.span != Span::default() => Some((Subject::Field(f.span), node.range)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The plain name in `package.name@revision`, without quotes.
fn name_part(text: &str, range: Range) -> Range {
    let range = inner(text, range);
    let word = range.of(text);
    let end = word.find('@').unwrap_or(word.len());
    let start = word.get(..end).and_then(|w| w.find('.')).map_or(0, |i| i + 1);
    Range::new(range.start + start as u32, range.start + end as u32)
}

/// Where the word at an offset is declared.
pub fn definition(asked: &Asked<'_>, offset: u32) -> Vec<Location> {
    match subject(asked, offset) {
        Some((Subject::Definition(id), _)) => {
            let module = asked.library.program.module(id.module);
            located(asked, asked.library.program.definition(id).name_range.in_file(module.file)).into_iter().collect()
        }
        Some((Subject::Field(span), _)) => located(asked, span).into_iter().collect(),
        Some((Subject::Name(..), _)) => references(asked, offset).into_iter().filter(|r| r.declares).map(|r| r.at).collect(),
        None => Vec::new(),
    }
}

fn located(asked: &Asked<'_>, span: Span) -> Option<Location> {
    Some(Location { file: asked.sources.get(span.file)?.name.clone(), range: span.range() })
}

fn here(asked: &Asked<'_>, range: Range) -> Location {
    Location { file: asked.name.to_owned(), range }
}

/// All places in this text that stand for the same as the word at an offset.
pub fn references(asked: &Asked<'_>, offset: u32) -> Vec<Reference> {
    let plain = |range| Reference { at: here(asked, range), declares: false, writes: false };
    match subject(asked, offset) {
        Some((Subject::Definition(id), _)) => uses(asked, id).into_iter().map(plain).collect(),
        Some((Subject::Field(span), _)) => uses_of_field(asked, span).into_iter().map(|range| Reference { writes: true, ..plain(range) }).collect(),
        Some((Subject::Name(named, text), range)) => {
            let tree = Tree::new(asked.text);
            same_names(asked, &tree, named, &text, range).into_iter().map(|n| Reference { declares: n.declares, ..plain(n.range) }).collect()
        }
        None => Vec::new(),
    }
}

/// The names that mean the same: in the same document; a document that is no application may be about any.
fn same_names(asked: &Asked<'_>, tree: &Tree, named: Named, text: &str, range: Range) -> Vec<Name> {
    let all = names(asked, tree);
    let own = all.iter().find(|n| n.range == range).map(|n| n.document);
    let is_application = |i: usize| tree.documents.get(i).and_then(|d| d.root.as_ref()?.get("spec")).is_some();
    let reaches = |n: &&Name| Some(n.document) == own || own.is_some_and(|o| !is_application(o)) || !is_application(n.document);
    all.iter().filter(|n| n.named == named && n.text == text).filter(reaches).cloned().collect()
}

/// The names in `type:` values that stand for a definition.
pub fn uses(asked: &Asked<'_>, definition: DefId) -> Vec<Range> {
    let mut found = Vec::new();
    if !asked.text.contains(asked.library.program.definition(definition).name.as_str()) {
        return found;
    }
    let tree = Tree::new(asked.text);
    for document in &tree.documents {
        visit(asked, &tree, document, &mut |v| {
            if let (Some(kind), Some(text)) = (v.here.type_name(), v.node.as_text())
                && asked.find(kind, text) == Some(definition)
            {
                found.push(name_part(asked.text, v.node.range));
            }
        });
    }
    found
}

/// The keys that give a parameter, or a field of one, by where it is declared. Without their quotes.
pub fn uses_of_field(asked: &Asked<'_>, declared: Span) -> Vec<Range> {
    let name = asked.sources.text_of(declared);
    let mut found = Vec::new();
    if name.is_empty() || !asked.text.contains(&name) {
        return found;
    }
    let tree = Tree::new(asked.text);
    for document in &tree.documents {
        visit(asked, &tree, document, &mut |v| {
            if let (Some(entry), Some(Declared::Field(f, _))) = (v.entry, &v.here.declared)
                && f.span == declared
            {
                found.push(inner(asked.text, entry.key_range));
            }
        });
    }
    found.extend(parameter_keys(asked, &tree, declared));
    found.sort();
    found
}

/// The first words of `parameterKey` paths that name a parameter.
fn parameter_keys(asked: &Asked<'_>, tree: &Tree, declared: Span) -> Vec<Range> {
    let mut found = Vec::new();
    for document in &tree.documents {
        let walker = Walker { asked, tree, document };
        visit(asked, tree, document, &mut |v| {
            let Some(kind) = v.here.place_unit() else { return };
            let Some(id) = walker.definition(kind, v.node) else { return };
            let parameters = asked.library.types.parameters(id);
            for input in v.node.get("inputs").into_iter().flat_map(|n| n.items()) {
                let Some(key) = input.get("parameterKey") else { continue };
                let Some(text) = key.as_text() else { continue };
                let first = text.split(['.', '[']).next().unwrap_or("");
                if parameters.as_record().and_then(|r| r.field(first)).is_some_and(|f| f.span == declared) {
                    let start = inner(asked.text, key.range).start;
                    found.push(Range::new(start, start + first.len() as u32));
                }
            }
        });
    }
    found
}

/// The name at an offset, if it can be renamed inside of this text. Definitions and parameters are renamed where they are declared.
pub fn renameable(asked: &Asked<'_>, offset: u32) -> Result<Range, Refusal> {
    match subject(asked, offset) {
        Some((Subject::Name(..) | Subject::Definition(_), range)) => Ok(range),
        Some((Subject::Field(span), range)) if asked.sources.text_of(span) == range.of(asked.text) => Ok(range),
        _ => Err("there is no name here that could be changed".into()),
    }
}

/// The edits that give a component, policy, step or output another name.
pub fn rename(asked: &Asked<'_>, offset: u32, new: &str) -> Result<Vec<FileEdit>, Refusal> {
    let Some((Subject::Name(named, old), range)) = subject(asked, offset) else { return Err("there is no name here that could be changed in this file alone".into()) };
    let tree = Tree::new(asked.text);
    if new == old {
        return Ok(Vec::new());
    }
    let fits = match named {
        Named::Component | Named::Policy | Named::Step => Format::by_name("DnsSubdomain").is_none_or(|f| f.accepts(new).is_ok()),
        Named::Output => !new.is_empty() && !new.contains(['.', ' ', '\n', '\r', '"', '\'']),
    };
    if !fits {
        return Err(format!("`{new}` cannot be the name of a {}: it has small letters, digits, `-` and `.`, and begins and ends with a letter or digit", named.word()));
    }
    let same = same_names(asked, &tree, named, &old, range);
    let taken = names(asked, &tree).iter().any(|n| n.declares && n.named == named && n.text == new && same.iter().any(|s| s.document == n.document));
    if taken {
        return Err(format!("there is a {} `{new}` already", named.word()));
    }
    Ok(same.into_iter().map(|n| FileEdit { at: here(asked, n.range), text: written(asked.text, n.range, new) }).collect())
}

/// A name as it is written at a range: quoted where it is not and would mean something else, such as a number.
pub fn written(text: &str, range: Range, new: &str) -> String {
    let quoted = text.get(..range.start as usize).is_some_and(|t| t.ends_with(['"', '\'']));
    let whole = text.get(range.end as usize..).is_none_or(|t| !t.starts_with('.'));
    if quoted || !whole {
        return new.to_owned();
    }
    let mut out = String::new();
    crate::yaml::write(&crate::value::Value::string(new, crate::value::Origin::UNKNOWN), &mut out);
    out.trim_end().to_owned()
}

/// Whether a node is a collection.
pub(super) fn is_collection(data: &Data) -> bool {
    matches!(data, Data::Map(_) | Data::List(_))
}
