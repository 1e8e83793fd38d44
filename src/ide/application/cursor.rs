//! What is under the cursor: a key, a value, or a place where one could be written.

use ecow::EcoString;

use super::tree::{Data, Document, Entry, Node, Style, Tree};
use crate::base::Range;

/// One step from a document's root to a place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Key(EcoString),
    Index(usize),
}

/// A place that the cursor is at.
#[derive(Debug)]
pub struct Spot<'t> {
    pub document: &'t Document,
    /// Of the mapping for a key, of the value for a value, of the sequence for an item.
    pub path: Vec<Step>,
    pub what: What<'t>,
    /// The text that writing here replaces.
    pub word: Range,
    /// Inside of brackets.
    pub flow: bool,
    /// Where the key or item stands, or would: what goes below it is indented by two more.
    pub column: u32,
}

/// What can stand there.
#[derive(Clone, Copy, Debug)]
pub enum What<'t> {
    /// A key of the mapping; with its entry where there is one.
    Key { map: Option<&'t Node>, entry: Option<&'t Entry> },
    /// A value, on the line of its key or dash. `begins`: a mapping could begin here, as after a dash.
    Value { node: Option<&'t Node>, begins: bool },
    /// The block below a key that has none.
    Below,
    /// A new item of a sequence, dash and all.
    Item,
}

/// All places that the cursor may be meant to be at, the likeliest first; none in comments and in block text.
pub fn spots<'t>(tree: &'t Tree, text: &str, offset: u32) -> Vec<Spot<'t>> {
    let offset = offset.min(text.len() as u32);
    let Some(document) = tree.document_at(offset).filter(|_| !tree.in_comment(offset)) else { return Vec::new() };
    let line_start = text.get(..offset as usize).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1) as u32;
    let line = text.get(line_start as usize..).and_then(|t| t.split('\n').next()).unwrap_or("");
    if line.starts_with("---") && offset > line_start {
        return Vec::new();
    }
    let mut finder = Finder { text, document, offset, column: offset - line_start, blank: line.trim().is_empty(), line_start, path: Vec::new(), found: Vec::new() };
    match &document.root {
        Some(root) => finder.node(root, 0),
        None if finder.blank => finder.push(What::Key { map: None, entry: None }, Range::new(offset, offset), false, finder.column),
        None => {}
    }
    finder.found
}

struct Finder<'t, 'x> {
    text: &'x str,
    document: &'t Document,
    offset: u32,
    column: u32,
    /// The line holds nothing.
    blank: bool,
    line_start: u32,
    path: Vec<Step>,
    found: Vec<Spot<'t>>,
}

impl<'t> Finder<'t, '_> {
    fn push(&mut self, what: What<'t>, word: Range, flow: bool, column: u32) {
        self.found.push(Spot { document: self.document, path: self.path.clone(), what, word, flow, column });
    }

    fn here(&self) -> Range {
        Range::new(self.offset, self.offset)
    }

    /// Looks for the cursor in a node that could hold it. `parent`: the column of what the node belongs to.
    fn node(&mut self, node: &'t Node, parent: u32) {
        match &node.data {
            Data::Map(map) if map.flow => self.flow_map(node),
            Data::List(list) if list.flow => self.flow_list(node),
            Data::Map(_) => self.map(node),
            Data::List(_) => self.list(node, parent),
            Data::Scalar(s) => {
                if s.style != Style::Block && node.range.touches(self.offset) {
                    // A word by itself below a key may become a key.
                    let begins = s.style == Style::Plain && self.begins_line(node.range.start) && !node.range.of(self.text).contains('\n');
                    self.push(What::Value { node: Some(node), begins }, node.range, false, node.column);
                }
            }
            Data::Missing => {}
        }
    }

    /// Whether nothing but blanks and dashes stands before an offset on its line.
    fn begins_line(&self, at: u32) -> bool {
        let start = self.text.get(..at as usize).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        self.text.get(start..at as usize).is_some_and(|t| t.chars().all(|c| matches!(c, ' ' | '-')))
    }

    fn map(&mut self, node: &'t Node) {
        let Some(map) = node.as_map() else { return };
        let before = map.entries.iter().rev().find(|e| e.key_range.start <= self.offset);
        if self.blank {
            // Nothing above that it could belong to, or its column says that it is a key of this mapping.
            let Some(entry) = before.filter(|_| self.column > node.column) else {
                if let Some(e) = before {
                    self.dash_below(e, node.column);
                }
                let word = self.here();
                let column = self.column;
                let at = self.found.len();
                self.push(What::Key { map: Some(node), entry: None }, word, false, column);
                if at > 0 {
                    self.found.rotate_right(1);
                }
                return;
            };
            return self.below(entry, node.column);
        }
        let Some(entry) = before else { return };
        if entry.key_range.touches(self.offset) {
            let (word, column) = (entry.key_range, self.column_of(entry.key_range.start));
            return self.push(What::Key { map: Some(node), entry: Some(entry) }, word, false, column);
        }
        if entry.colon.is_none_or(|c| self.offset <= c) && entry.value.range.start > self.offset {
            return;
        }
        self.path.push(Step::Key(entry.key.clone()));
        self.value(entry, node.column);
        self.path.pop();
    }

    /// A sequence that stands at the same column as its key can be gone on with where a key could stand.
    fn dash_below(&mut self, entry: &'t Entry, column: u32) {
        let list = matches!(&entry.value.data, Data::List(l) if !l.flow) && entry.value.column == column;
        if (list || entry.value.is_missing()) && self.column == column {
            self.path.push(Step::Key(entry.key.clone()));
            let (word, column) = (self.here(), self.column);
            self.push(What::Item, word, false, column);
            self.path.pop();
        }
    }

    fn column_of(&self, at: u32) -> u32 {
        let start = self.text.get(..at as usize).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        at - start as u32
    }

    /// The cursor is on an empty line right of a key, below it.
    fn below(&mut self, entry: &'t Entry, column: u32) {
        self.path.push(Step::Key(entry.key.clone()));
        match &entry.value.data {
            Data::Missing => {
                let (word, column) = (self.here(), self.column);
                self.push(What::Below, word, false, column);
            }
            _ => self.node(&entry.value, column),
        }
        self.path.pop();
    }

    /// The cursor is after the colon of an entry, on a line that holds something.
    fn value(&mut self, entry: &'t Entry, column: u32) {
        let value = &entry.value;
        if value.is_missing() {
            let same_line = self.line_start <= entry.key_range.start;
            if same_line && entry.colon.is_some_and(|c| self.offset > c) {
                let word = self.here();
                let column = self.column_of(entry.key_range.start);
                self.push(What::Value { node: None, begins: false }, word, false, column);
            }
            return;
        }
        if matches!(value.data, Data::Scalar(_)) && value.range.touches(self.offset) && !self.begins_line(value.range.start) {
            if !matches!(&value.data, Data::Scalar(s) if s.style == Style::Block) {
                let column = self.column_of(entry.key_range.start);
                self.push(What::Value { node: Some(value), begins: false }, value.range, false, column);
            }
            return;
        }
        // Between the key and the block below it, on the key's line.
        if self.line_start <= entry.key_range.start && value.range.start > self.offset && !self.same_line(value.range.start) {
            return;
        }
        self.node(value, column);
    }

    fn same_line(&self, at: u32) -> bool {
        at >= self.line_start && !Range::new(self.line_start, at.max(self.line_start)).of(self.text).contains('\n')
    }

    fn list(&mut self, node: &'t Node, parent: u32) {
        let Some(list) = node.as_list() else { return };
        let before = list.items.iter().enumerate().rev().find(|(_, i)| i.start <= self.offset);
        if self.blank {
            let Some((index, item)) = before.filter(|_| self.column > node.column) else {
                // At the dash or left of it, but right of the key: a new item.
                if self.column >= parent {
                    let word = self.here();
                    let column = self.column;
                    self.push(What::Item, word, false, column);
                }
                return;
            };
            self.path.push(Step::Index(index));
            match &item.value.data {
                Data::Missing => {
                    let (word, column) = (self.here(), self.column);
                    self.push(What::Below, word, false, column);
                }
                _ => self.node(&item.value, node.column),
            }
            self.path.pop();
            return;
        }
        let Some((index, item)) = before else { return };
        self.path.push(Step::Index(index));
        if item.value.is_missing() {
            if self.offset > item.start && self.line_start <= item.start {
                let word = self.here();
                self.push(What::Value { node: None, begins: true }, word, false, self.column.max(node.column + 2));
            }
        } else if self.offset > item.start {
            self.node(&item.value, node.column);
        }
        self.path.pop();
    }

    /// Whether the cursor is inside of the brackets.
    fn inside(&self, node: &Node) -> bool {
        let closed = node.range.of(self.text).ends_with(['}', ']']);
        node.range.start < self.offset && (self.offset < node.range.end || (!closed && self.offset <= node.range.end))
    }

    fn flow_map(&mut self, node: &'t Node) {
        let Some(map) = node.as_map() else { return };
        // `[a: b]` has no braces of its own.
        if node.range.of(self.text).starts_with('{') && !self.inside(node) {
            return;
        }
        for entry in &map.entries {
            if entry.key_range.touches(self.offset) {
                return self.push(What::Key { map: Some(node), entry: Some(entry) }, entry.key_range, true, node.column);
            }
            let Some(colon) = entry.colon else { continue };
            let gap = Range::new(colon + 1, entry.value.range.start.max(colon + 1));
            if gap.touches(self.offset) || entry.value.range.touches(self.offset) {
                self.path.push(Step::Key(entry.key.clone()));
                self.flow_value(&entry.value, node.column);
                self.path.pop();
                return;
            }
            // Blanks after `key:`, up to the next sign.
            if entry.value.is_missing() && self.offset > colon && Range::new(colon + 1, self.offset).of(self.text).trim().is_empty() {
                self.path.push(Step::Key(entry.key.clone()));
                let word = self.here();
                self.push(What::Value { node: None, begins: false }, word, true, node.column);
                self.path.pop();
                return;
            }
        }
        if self.after_sign(&['{', ',']) {
            let word = self.here();
            self.push(What::Key { map: Some(node), entry: None }, word, true, node.column);
        }
    }

    fn flow_list(&mut self, node: &'t Node) {
        let Some(list) = node.as_list().filter(|_| self.inside(node)) else { return };
        for (index, item) in list.items.iter().enumerate() {
            if item.value.range.touches(self.offset) {
                self.path.push(Step::Index(index));
                self.flow_value(&item.value, node.column);
                self.path.pop();
                return;
            }
        }
        if self.after_sign(&['[', ',']) {
            let index = list.items.iter().filter(|i| i.start < self.offset).count();
            self.path.push(Step::Index(index));
            let word = self.here();
            self.push(What::Value { node: None, begins: false }, word, true, node.column);
            self.path.pop();
        }
    }

    fn flow_value(&mut self, value: &'t Node, column: u32) {
        match &value.data {
            Data::Map(_) => self.flow_map(value),
            Data::List(_) => self.flow_list(value),
            Data::Scalar(_) if value.range.touches(self.offset) => self.push(What::Value { node: Some(value), begins: false }, value.range, true, column),
            Data::Scalar(_) => {}
            Data::Missing => {
                let word = self.here();
                self.push(What::Value { node: None, begins: false }, word, true, column);
            }
        }
    }

    /// Whether the last thing before the cursor, but for blanks, is one of these signs.
    fn after_sign(&self, signs: &[char]) -> bool {
        self.text.get(..self.offset as usize).is_some_and(|t| t.trim_end().ends_with(signs))
    }
}
