//! All values of a text with what is expected of them, and the names in it.

use ecow::EcoString;

use super::Asked;
use super::cursor::Step;
use super::place::{Here, Walker};
use super::skeleton::Named;
use super::tree::{Data, Document, Entry, Node, Tree};
use crate::base::Range;

/// A value that is visited.
pub struct Visited<'v, 'a, 't> {
    pub here: &'v Here<'a>,
    /// Its entry, if it is the value of a key.
    pub entry: Option<&'t Entry>,
    pub node: &'t Node,
    /// The node that it is in.
    pub parent: Option<&'t Node>,
}

/// Visits all values of a document, in the order of the text.
pub fn visit<'a, 't>(asked: &Asked<'a>, tree: &'t Tree, document: &'t Document, see: &mut dyn FnMut(&Visited<'_, 'a, 't>)) {
    let walker = Walker { asked, tree, document };
    if let Some(root) = &document.root {
        below(&walker, &Visited { here: &walker.root(), entry: None, node: root, parent: None }, see);
    }
}

fn below<'a, 't>(walker: &Walker<'a, '_>, at: &Visited<'_, 'a, 't>, see: &mut dyn FnMut(&Visited<'_, 'a, 't>))
where
    't: 't,
{
    see(at);
    let mut go = |step: &Step, node: &'t Node, entry: Option<&'t Entry>| {
        let here = walker.step(at.here, Some(at.node), step);
        below(walker, &Visited { here: &here, entry, node, parent: Some(at.node) }, see);
    };
    match &at.node.data {
        Data::Map(m) => m.entries.iter().for_each(|e| go(&Step::Key(e.key.clone()), &e.value, Some(e))),
        Data::List(l) => l.items.iter().enumerate().for_each(|(i, item)| go(&Step::Index(i), &item.value, None)),
        Data::Scalar(_) | Data::Missing => {}
    }
}

/// A name in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub named: Named,
    pub text: EcoString,
    /// Without quotes.
    pub range: Range,
    pub declares: bool,
    /// Index of the document.
    pub document: usize,
    /// All of what is named, where it is declared.
    pub whole: Range,
}

/// All names of components, policies, steps and outputs.
pub fn names(asked: &Asked<'_>, tree: &Tree) -> Vec<Name> {
    let mut found = Vec::new();
    for (index, document) in tree.documents.iter().enumerate() {
        visit(asked, tree, document, &mut |v| {
            let text = v.node.as_text();
            if let (Some((named, declares)), Some(text)) = (v.here.named(), text) {
                let range = inner(asked.text, v.node.range);
                let (text, range) = if named == Named::Output && !declares { head(text, range) } else { (text.clone(), range) };
                found.push(Name { named, text, range, declares, document: index, whole: v.parent.map_or(range, |p| p.range) });
            }
            // A policy that stands alone has its name in `metadata`.
            if let (Some(super::skeleton::Part::PolicyDocument), Some(name)) = (v.entry.is_none().then_some(()).and(part(v.here)), v.node.at(&["metadata", "name"]))
                && let Some(text) = name.as_text()
            {
                found.push(Name { named: Named::Policy, text: text.clone(), range: inner(asked.text, name.range), declares: true, document: index, whole: v.node.range });
            }
            if let Some(condition) = v.entry.filter(|e| e.key == "if" && step_of(v)).and(text) {
                found.extend(statuses(asked.text, condition, inner(asked.text, v.node.range), index));
            }
        });
    }
    found
}

fn part(here: &Here<'_>) -> Option<super::skeleton::Part> {
    if let super::place::Place::Part(p) = here.place { Some(p) } else { None }
}

/// Whether a value is a key's of a step.
fn step_of(v: &Visited<'_, '_, '_>) -> bool {
    matches!(&v.here.declared, Some(super::place::Declared::Key(k)) if k.name == "if")
}

/// A range without the quotes.
pub fn inner(text: &str, range: Range) -> Range {
    let quoted = range.of(text);
    match quoted.chars().next() {
        Some(q @ ('"' | '\'')) if quoted.len() >= 2 && quoted.ends_with(q) => Range::new(range.start + 1, range.end - 1),
        Some('"' | '\'') => Range::new(range.start + 1, range.end),
        _ => range,
    }
}

/// The output that `output.field` is about.
fn head(text: &EcoString, range: Range) -> (EcoString, Range) {
    match text.split_once('.') {
        Some((first, _)) => (first.into(), Range::new(range.start, range.start + first.len() as u32)),
        None => (text.clone(), range),
    }
}

/// The steps that a condition names: `status.STEP.…`.
fn statuses(text: &str, condition: &str, range: Range, document: usize) -> Vec<Name> {
    // An escape in quotes would shift what follows.
    if range.of(text) != condition {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, matched) in condition.match_indices("status.") {
        let rest = condition.get(at + matched.len()..).unwrap_or("");
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let before = condition.get(..at).and_then(|s| s.chars().next_back());
        if end > 0 && before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"'))) {
            let start = range.start + (at + matched.len()) as u32;
            let range = Range::new(start, start + end as u32);
            found.push(Name { named: Named::Step, text: rest.get(..end).unwrap_or("").into(), range, declares: false, document, whole: range });
        }
    }
    found
}
