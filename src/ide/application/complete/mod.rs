//! What can be written at the cursor.

mod keys;
pub mod missing;
mod template;
mod types;
mod values;

use super::Asked;
use super::cursor::{Spot, What, spots};
use super::place::{Here, Place, Walker};
use super::skeleton::Part;
use super::tree::{Node, Tree};
use crate::base::Range;
use crate::ide::{Completion, Insert};
use crate::types::Type;

/// What can be written at an offset. What is there already is not offered again.
pub fn completions(asked: &Asked<'_>, offset: u32) -> Vec<Completion> {
    let tree = Tree::new(asked.text);
    let mut found: Vec<Completion> = Vec::new();
    for spot in spots(&tree, asked.text, offset) {
        let walker = Walker { asked, tree: &tree, document: spot.document };
        let (here, node) = walker.at(&spot.path);
        let writer = Writer::new(asked, &spot);
        let completer = Completer { asked, tree: &tree, walker: &walker, spot: &spot, writer };
        completer.at(&here, node, &mut found);
    }
    found.sort_by(|a, b| (a.sort, &a.label).cmp(&(b.sort, &b.label)));
    found.dedup_by(|a, b| a.label == b.label && a.kind == b.kind);
    found
}

struct Completer<'c, 'a, 't> {
    asked: &'c Asked<'a>,
    tree: &'t Tree,
    walker: &'c Walker<'a, 't>,
    spot: &'c Spot<'t>,
    writer: Writer,
}

/// How what is accepted is written down at a spot.
#[derive(Clone)]
struct Writer {
    word: Range,
    flow: bool,
    /// Blanks before lines after the first so that they stand at the column of the key; the client adds the indentation of the line.
    pad: usize,
    /// Before everything: a blank after a colon, a dash.
    lead: String,
    /// A `:` is there already.
    colon: bool,
}

impl Writer {
    fn new(asked: &Asked<'_>, spot: &Spot<'_>) -> Self {
        let at = spot.word.start as usize;
        let line_start = asked.text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        let line = asked.text.get(line_start..at).unwrap_or("");
        let indent = line.len() - line.trim_start_matches(' ').len();
        let pad = (spot.column as usize).saturating_sub(indent);
        let glued = matches!(spot.what, What::Value { node: None, .. }) && line.ends_with([':', '-']);
        let colon = matches!(spot.what, What::Key { entry: Some(e), .. } if e.colon.is_some());
        Self { word: spot.word, flow: spot.flow, pad, lead: if glued { " ".into() } else { String::new() }, colon }
    }
}

impl<'a, 't> Completer<'_, 'a, 't> {
    fn at(&self, here: &Here<'a>, node: Option<&'t Node>, found: &mut Vec<Completion>) {
        match self.spot.what {
            What::Key { map, entry } => self.keys(here, map, entry.map(|e| e.key.as_str()), &self.writer, found),
            What::Value { node: written, begins } => {
                let written = written.or(node.filter(|n| !n.is_missing()));
                self.values(here, found);
                if begins {
                    self.block(here, &self.writer, found);
                } else if written.is_none() && !self.spot.flow {
                    // The block goes to the next line.
                    let below = Writer { lead: format!("\n{}", " ".repeat(self.writer.pad + 2)), pad: self.writer.pad + 2, ..self.writer.clone() };
                    self.block(here, &below, found);
                } else if written.is_none() {
                    self.brackets(here, found);
                }
            }
            What::Below => {
                self.values(here, found);
                self.block(here, &self.writer, found);
            }
            What::Item => self.item(here, &self.writer, found),
        }
    }

    /// What can begin a block: keys of a record, items of a list.
    fn block(&self, here: &Here<'a>, writer: &Writer, found: &mut Vec<Completion>) {
        match &here.place {
            Place::Part(Part::List(_)) => self.item(here, writer, found),
            Place::Typed(t) if t.ty.members().iter().any(|m| matches!(m.shape(), Type::List(_))) => self.item(here, writer, found),
            _ => self.keys(here, None, None, writer, found),
        }
    }

    /// A new item of a list, with its dash.
    fn item(&self, here: &Here<'a>, writer: &Writer, found: &mut Vec<Completion>) {
        let index = super::cursor::Step::Index(usize::MAX);
        let element = self.walker.step(here, None, &index);
        if matches!(element.place, Place::Open) {
            return;
        }
        let before = found.len();
        let inner = Writer { lead: format!("{}- ", writer.lead), pad: writer.pad + 2, ..writer.clone() };
        self.keys(&element, None, None, &inner, found);
        self.values(&element, found);
        for c in found.iter_mut().skip(before) {
            // Values know nothing of the dash.
            let text = match &mut c.insert {
                Insert::Text(t) | Insert::Snippet(t) => t,
            };
            if !text.trim_start().starts_with("- ") {
                *text = format!("{}{}", inner.lead, text.trim_start());
            }
        }
    }

    /// In brackets a list or record begins with one.
    fn brackets(&self, here: &Here<'a>, found: &mut Vec<Completion>) {
        let Place::Typed(t) = &here.place else { return };
        let (open, close) = match t.ty.shape() {
            Type::List(_) => ("[", "]"),
            Type::Record(_) | Type::Map(_) => ("{ ", " }"),
            _ => return,
        };
        let mut c = Completion::new(format!("{open}…{close}"), crate::ide::Kind::Snippet, self.writer.word);
        c.insert = Insert::Snippet(format!("{}{open}$1{}", self.writer.lead, close.replace('}', "\\}")));
        found.push(c);
    }
}
