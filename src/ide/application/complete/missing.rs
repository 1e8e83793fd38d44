//! Required properties that are not given: written out by an action.

use super::template::scalar_text;
use crate::base::Range;
use crate::ide::application::Asked;
use crate::ide::application::place::{Here, Place, Typed, Walker, fields};
use crate::ide::application::tree::{Data, Node, Tree};
use crate::ide::{Action, ActionKind, FileEdit, Location};
use crate::types::{Field, Text, Ty, Type};

/// Adds what is required in the records around an offset, the innermost that lacks something.
pub fn add_required(asked: &Asked<'_>, offset: u32) -> Option<Action> {
    let tree = Tree::new(asked.text);
    let document = tree.document_at(offset)?;
    let walker = Walker { asked, tree: &tree, document };
    let root = document.root.as_ref()?;
    let mut best = None;
    around(&walker, &walker.root(), root, offset, &mut best);
    best
}

fn around<'a, 't>(walker: &Walker<'a, 't>, here: &Here<'a>, node: &'t Node, offset: u32, best: &mut Option<Action>) {
    if let Some(action) = lacking(walker, here, node) {
        *best = Some(action);
    }
    match &node.data {
        Data::Map(m) => {
            if let Some(e) = m.entries.iter().rev().find(|e| e.range().touches(offset)) {
                let below = walker.step(here, Some(node), &super::super::cursor::Step::Key(e.key.clone()));
                around(walker, &below, &e.value, offset, best);
            }
        }
        Data::List(l) => {
            if let Some((i, item)) = l.items.iter().enumerate().rev().find(|(_, i)| Range::new(i.start, i.value.range.end.max(i.start)).touches(offset)) {
                let below = walker.step(here, Some(node), &super::super::cursor::Step::Index(i));
                around(walker, &below, &item.value, offset, best);
            }
        }
        _ => {}
    }
}

/// Writes what a unit lacks below its `properties`, or a record of properties in itself.
fn lacking<'a>(walker: &Walker<'a, '_>, here: &Here<'a>, node: &Node) -> Option<Action> {
    let map = node.as_map().filter(|m| !m.flow)?;
    if let Some(kind) = here.place_unit() {
        if matches!(here.place, Place::Part(super::super::skeleton::Part::OverrideComponent | super::super::skeleton::Part::OverrideTrait)) {
            return None;
        }
        let id = walker.definition(kind, node)?;
        let typed = Typed { ty: walker.asked.library.types.parameters(id), schema: None };
        let properties = map.entries.iter().find(|e| e.key == "properties");
        if properties.is_some_and(|p| !p.value.is_missing()) {
            return None;
        }
        let needed = needed(&typed, None);
        let column = node.column as usize;
        let mut text = if properties.is_none() { format!("\n{}properties:", " ".repeat(column)) } else { String::new() };
        let at = properties.map_or_else(|| end_of_line(walker.asked.text, map.entries.last().map_or(node.range.end, |e| e.range().end)), |p| p.range().end);
        write(&needed, column + 2, &mut text);
        return action(walker, &needed, at, text);
    }
    let Place::Typed(typed) = &here.place else { return None };
    // An override gives only what it changes.
    here.unit?;
    let needed = needed(typed, Some(node));
    let mut text = String::new();
    write(&needed, node.column as usize, &mut text);
    let at = end_of_line(walker.asked.text, map.entries.last().map_or(node.range.end, |e| e.range().end));
    action(walker, &needed, at, text)
}

fn needed(typed: &Typed<'_>, node: Option<&Node>) -> Vec<Field> {
    let given = |name: &str| node.is_some_and(|n| n.get(name).is_some());
    fields(typed, node).into_iter().map(|(f, _)| f).filter(|f| f.is_required() && !given(&f.name)).collect()
}

fn action(walker: &Walker<'_, '_>, needed: &[Field], at: u32, text: String) -> Option<Action> {
    if needed.is_empty() {
        return None;
    }
    let names: Vec<String> = needed.iter().map(|f| format!("`{}`", f.name)).collect();
    let word = if needed.len() == 1 { "property" } else { "properties" };
    Some(Action {
        title: format!("Add the required {word} {}", names.join(", ")),
        kind: ActionKind::QuickFix,
        edits: vec![FileEdit { at: Location { file: walker.asked.name.to_owned(), range: Range::new(at, at) }, text }],
        preferred: false,
        mends: None,
    })
}

fn end_of_line(text: &str, at: u32) -> u32 {
    let rest = text.get(at as usize..).unwrap_or("");
    at + rest.find('\n').map_or(rest.len(), |i| i - usize::from(rest.as_bytes().get(i.wrapping_sub(1)) == Some(&b'\r'))) as u32
}

/// A line for each field, with a value to begin with.
fn write(needed: &[Field], column: usize, out: &mut String) {
    for f in needed {
        out.push_str(&format!("\n{}{}:", " ".repeat(column), scalar_text(&f.name)));
        sample(&f.ty, column, 0, out);
    }
}

fn sample(ty: &Ty, column: usize, depth: u32, out: &mut String) {
    let first = ty.members().into_iter().next().unwrap_or_else(Type::error);
    match first.shape() {
        Type::Record(_) => {
            let needed = needed(&Typed { ty: first.clone(), schema: None }, None);
            if needed.is_empty() || depth > 4 {
                return out.push_str(" {}");
            }
            for f in &needed {
                out.push_str(&format!("\n{}{}:", " ".repeat(column + 2), scalar_text(&f.name)));
                sample(&f.ty, column + 2, depth + 1, out);
            }
        }
        Type::List(l) if l.length.min > 0 && depth < 4 => match l.element.members().first().filter(|m| m.as_record().is_some()) {
            Some(element) => {
                let needed = needed(&Typed { ty: element.clone(), schema: None }, None);
                if needed.is_empty() {
                    return out.push_str(&format!("\n{}- {{}}", " ".repeat(column + 2)));
                }
                for (i, f) in needed.iter().enumerate() {
                    let dash = if i == 0 { "- " } else { "  " };
                    out.push_str(&format!("\n{}{dash}{}:", " ".repeat(column + 2), scalar_text(&f.name)));
                    sample(&f.ty, column + 4, depth + 1, out);
                }
            }
            None => out.push_str(&format!("\n{}- \"\"", " ".repeat(column + 2))),
        },
        Type::List(_) => out.push_str(" []"),
        Type::Map(_) | Type::Object => out.push_str(" {}"),
        Type::Bool(b) => out.push_str(if b.unwrap_or(false) { " true" } else { " false" }),
        Type::Int(i) => out.push_str(&format!(" {}", i.low.max(0).min(i.high).max(i.low))),
        Type::Number(_) => out.push_str(" 0"),
        Type::Text(Text::Literals(all)) => out.push_str(&format!(" {}", scalar_text(all.first().map_or("", |l| l)))),
        Type::Quantity => out.push_str(" 100m"),
        _ => out.push_str(" \"\""),
    }
}
