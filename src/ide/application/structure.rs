//! The shape of a text: symbols, what can be folded, what is selected next.

use super::cursor::Step;
use super::describe::kind_of;
use super::place::{Here, Place, Walker};
use super::skeleton::Part;
use super::tree::{Data, Document, Node, Style, Tree};
use super::{Asked, names};
use crate::base::Range;
use crate::ide::{Folding, FoldingKind, Kind, Symbol};

/// Documents, and what is in applications: components with their traits, policies, steps.
pub fn symbols(asked: &Asked<'_>) -> Vec<Symbol> {
    let tree = Tree::new(asked.text);
    tree.documents.iter().filter_map(|d| document(asked, &tree, d)).collect()
}

fn document(asked: &Asked<'_>, tree: &Tree, document: &Document) -> Option<Symbol> {
    let root = document.root.as_ref()?;
    let walker = Walker { asked, tree, document };
    let here = walker.root();
    let text = |path: &[&str]| root.at(path).and_then(Node::as_text).map(ToString::to_string);
    let name_range = root.at(&["metadata", "name"]).or_else(|| root.get("kind")).map_or(Range::new(root.range.start, root.range.start), |n| n.range);
    let mut symbol = Symbol {
        name: text(&["metadata", "name"]).or_else(|| text(&["kind"])).unwrap_or_else(|| "document".into()),
        kind: Kind::Document,
        detail: text(&["kind"]),
        range: root.range,
        name_range,
        ..Symbol::default()
    };
    if let Place::Typed(_) = here.place {
        symbol.kind = Kind::Object;
    }
    units(&walker, &here, root, &mut symbol.children);
    Some(symbol)
}

/// The units in a node, each with those in it.
fn units<'a, 't>(walker: &Walker<'a, 't>, here: &Here<'a>, node: &'t Node, found: &mut Vec<Symbol>) {
    let steps: Vec<(Step, &'t Node)> = match &node.data {
        Data::Map(m) => m.entries.iter().map(|e| (Step::Key(e.key.clone()), &e.value)).collect(),
        Data::List(l) => l.items.iter().enumerate().map(|(i, item)| (Step::Index(i), &item.value)).collect(),
        _ => return,
    };
    for (step, value) in steps {
        let below = walker.step(here, Some(node), &step);
        let Place::Part(part) = &below.place else { continue };
        match unit(walker, *part, value) {
            Some(mut symbol) => {
                units(walker, &below, value, &mut symbol.children);
                found.push(symbol);
            }
            None => units(walker, &below, value, found),
        }
    }
}

fn unit(walker: &Walker<'_, '_>, part: Part, node: &Node) -> Option<Symbol> {
    let kind = part.unit().filter(|_| !matches!(part, Part::PolicyDocument | Part::OverrideComponent | Part::OverrideTrait))?;
    let (name, ty) = (node.get("name"), node.get("type"));
    let text = |n: Option<&Node>| n.and_then(Node::as_text).filter(|t| !t.is_empty()).map(ToString::to_string);
    let shown = name.filter(|n| n.as_text().is_some()).or(ty);
    let definition = ty.and_then(Node::as_text).and_then(|t| walker.asked.find(kind, t));
    Some(Symbol {
        name: text(name).or_else(|| text(ty)).unwrap_or_else(|| kind.word().to_owned()),
        kind: kind_of(kind),
        detail: text(name).and(text(ty)),
        range: node.range,
        name_range: shown.map_or(Range::new(node.range.start, node.range.start), |n| n.range),
        deprecated: definition.is_some_and(|id| walker.asked.deprecated(id).is_some()),
        children: Vec::new(),
    })
}

/// Blocks of more than one line, and comments of more than one.
pub fn foldings(asked: &Asked<'_>) -> Vec<Folding> {
    let tree = Tree::new(asked.text);
    let mut found = Vec::new();
    for d in &tree.documents {
        if let Some(root) = &d.root {
            if tree.documents.len() > 1 && lines(asked.text, root.range) {
                found.push(Folding { range: root.range, kind: FoldingKind::Region });
            }
            fold(asked.text, root, &mut found);
        }
    }
    let mut run: Option<Range> = None;
    for c in &tree.comments {
        let alone = |r: Range| asked.text.get(..r.start as usize).is_none_or(|t| t.rsplit('\n').next().is_none_or(|l| l.trim().is_empty()));
        match &mut run {
            Some(r) if alone(*c) && Range::new(r.end, c.start).of(asked.text).matches('\n').count() == 1 => r.end = c.end,
            _ => {
                found.extend(run.take().filter(|r| lines(asked.text, *r)).map(|range| Folding { range, kind: FoldingKind::Comment }));
                run = alone(*c).then_some(*c);
            }
        }
    }
    found.extend(run.filter(|r| lines(asked.text, *r)).map(|range| Folding { range, kind: FoldingKind::Comment }));
    found.sort_by_key(|f| (f.range.start, std::cmp::Reverse(f.range.end)));
    found.dedup();
    found
}

fn lines(text: &str, range: Range) -> bool {
    range.of(text).trim_end().contains('\n')
}

fn fold(text: &str, node: &Node, found: &mut Vec<Folding>) {
    let mut add = |range: Range| {
        if lines(text, range) {
            found.push(Folding { range, kind: FoldingKind::Region });
        }
    };
    match &node.data {
        Data::Map(m) => {
            m.entries.iter().filter(|e| names::is_collection(&e.value.data) || is_block(&e.value)).for_each(|e| add(e.range()));
            m.entries.iter().for_each(|e| fold(text, &e.value, found));
        }
        Data::List(l) => {
            if !l.flow {
                l.items.iter().for_each(|i| add(Range::new(i.start, i.value.range.end.max(i.start))));
            }
            l.items.iter().for_each(|i| fold(text, &i.value, found));
        }
        _ => {}
    }
}

fn is_block(node: &Node) -> bool {
    matches!(&node.data, Data::Scalar(s) if s.style == Style::Block)
}

/// What is selected when a selection at an offset grows: from the word to the document.
pub fn selection(asked: &Asked<'_>, offset: u32) -> Vec<Range> {
    let tree = Tree::new(asked.text);
    let mut found = vec![Range::new(0, asked.text.len() as u32)];
    if let Some(d) = tree.document_at(offset)
        && let Some(root) = &d.root
    {
        found.push(d.range);
        grow(asked.text, root, offset, &mut found);
    }
    found.reverse();
    found.dedup();
    found
}

fn grow(text: &str, node: &Node, offset: u32, found: &mut Vec<Range>) {
    if !node.range.touches(offset) || node.range.start == node.range.end {
        return;
    }
    found.push(node.range);
    match &node.data {
        Data::Map(m) => {
            if let Some(e) = m.entries.iter().find(|e| e.range().touches(offset)) {
                found.push(e.range());
                if e.key_range.touches(offset) {
                    found.push(e.key_range);
                    found.push(super::visit::inner(text, e.key_range));
                } else {
                    grow(text, &e.value, offset, found);
                }
            }
        }
        Data::List(l) => {
            if let Some(i) = l.items.iter().find(|i| Range::new(i.start, i.value.range.end.max(i.start)).touches(offset)) {
                found.push(Range::new(i.start, i.value.range.end.max(i.start)));
                grow(text, &i.value, offset, found);
            }
        }
        Data::Scalar(_) => found.push(super::visit::inner(text, node.range)),
        Data::Missing => {}
    }
}

/// The innermost mapping around an offset.
pub fn innermost_map(node: &Node, offset: u32) -> Option<&Node> {
    if !node.range.touches(offset) {
        return None;
    }
    let below = match &node.data {
        Data::Map(m) => m.entries.iter().find_map(|e| innermost_map(&e.value, offset)),
        Data::List(l) => l.items.iter().find_map(|i| innermost_map(&i.value, offset)),
        _ => None,
    };
    below.or_else(|| node.as_map().map(|_| node))
}
