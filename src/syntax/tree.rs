//! The lossless tree: one flat arena in the order of the text. The tokens of a tree, put together, are the text again.

use std::sync::Arc;

use super::SyntaxKind;
use crate::base::Range;

/// A node or token of a [`Tree`]. The root is the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

#[derive(Clone, Copy, Debug)]
pub(super) struct NodeData {
    pub kind: SyntaxKind,
    pub start: u32,
    pub end: u32,
    pub parent: u32,
    /// The first node after this one's descendants.
    pub next: u32,
}

/// A parsed file: nodes in the order in which they begin, a parent before its children.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(super) text: Arc<str>,
    pub(super) nodes: Vec<NodeData>,
}

impl Tree {
    /// The node of the whole file.
    pub const ROOT: NodeId = NodeId(0);

    /// The text it was parsed from.
    pub fn source(&self) -> &Arc<str> {
        &self.text
    }

    /// How many nodes and tokens there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: there is always the root.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    fn data(&self, id: NodeId) -> NodeData {
        self.nodes.get(id.0 as usize).copied().unwrap_or(NodeData { kind: SyntaxKind::Junk, start: 0, end: 0, parent: 0, next: 0 })
    }

    /// What it is.
    pub fn kind(&self, id: NodeId) -> SyntaxKind {
        self.data(id).kind
    }

    /// Where it stands, without leading and trailing trivia.
    pub fn range(&self, id: NodeId) -> Range {
        let d = self.data(id);
        Range::new(d.start, d.end)
    }

    /// Its text.
    pub fn text(&self, id: NodeId) -> &str {
        self.range(id).of(&self.text)
    }

    /// The node it is a child of; `None` for the root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id.0 != 0).then(|| NodeId(self.data(id).parent))
    }

    /// The node and those around it, from inside out.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(Some(id), |&n| self.parent(n))
    }

    /// All children, trivia included.
    pub fn all_children(&self, id: NodeId) -> Children<'_> {
        let d = self.data(id);
        Children { tree: self, at: id.0 + 1, end: d.next }
    }

    /// Children without trivia.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.all_children(id).filter(|&c| !self.kind(c).is_trivia())
    }

    /// The first child of a kind.
    pub fn child(&self, id: NodeId, kind: SyntaxKind) -> Option<NodeId> {
        self.all_children(id).find(|&c| self.kind(c) == kind)
    }

    /// The children of a kind.
    pub fn children_of(&self, id: NodeId, kind: SyntaxKind) -> impl Iterator<Item = NodeId> + '_ {
        self.all_children(id).filter(move |&c| self.kind(c) == kind)
    }

    /// Whether a child is this sign or keyword.
    pub fn has_token(&self, id: NodeId, text: &str) -> bool {
        self.token(id, text).is_some()
    }

    /// The first child that is this sign or keyword.
    pub fn token(&self, id: NodeId, text: &str) -> Option<NodeId> {
        self.all_children(id).find(|&c| matches!(self.kind(c), SyntaxKind::Sign | SyntaxKind::Keyword) && self.text(c) == text)
    }

    /// The node and everything in it, in the order of the text.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + use<> {
        (id.0..self.data(id).next.max(id.0)).map(NodeId)
    }

    /// The tokens in a node, trivia included, in the order of the text.
    pub fn tokens(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.descendants(id).filter(|&n| self.kind(n).is_token())
    }

    /// The token that holds the byte at `offset`; between two tokens the one that begins there. At the end of the text the last one.
    pub fn token_at(&self, offset: u32) -> Option<NodeId> {
        let after = self.nodes.partition_point(|d| d.start <= offset);
        (0..after as u32).rev().map(NodeId).find(|&n| self.kind(n).is_token() && self.range(n).start < self.range(n).end)
    }

    /// The smallest node (no token) that covers a range.
    pub fn node_covering(&self, range: Range) -> NodeId {
        let start = self.token_at(range.start).unwrap_or(Self::ROOT);
        self.ancestors(start).find(|&n| !self.kind(n).is_token() && self.range(n).start <= range.start && range.end <= self.range(n).end).unwrap_or(Self::ROOT)
    }

    /// The token before, trivia included.
    pub fn token_before(&self, id: NodeId) -> Option<NodeId> {
        (0..id.0).rev().map(NodeId).find(|&n| self.kind(n).is_token())
    }

    /// The nearest token before that is no trivia.
    pub fn significant_before(&self, id: NodeId) -> Option<NodeId> {
        (0..id.0).rev().map(NodeId).find(|&n| self.kind(n).is_token() && !self.kind(n).is_trivia())
    }

    /// The nearest token after the beginning of a node that is no trivia (for a missing node: what stands there instead).
    pub fn next_significant(&self, id: NodeId) -> Option<NodeId> {
        (id.0 + 1..self.nodes.len() as u32).map(NodeId).find(|&n| self.kind(n).is_token() && !self.kind(n).is_trivia())
    }

    /// The nearest token after the end of a node that is no trivia.
    pub fn next_significant_after(&self, id: NodeId) -> Option<NodeId> {
        (self.data(id).next..self.nodes.len() as u32).map(NodeId).find(|&n| self.kind(n).is_token() && !self.kind(n).is_trivia())
    }

    /// The documentation of an item, statement, parameter or field of a type: the `///` lines right before it, without the slashes and one space.
    pub fn docs(&self, id: NodeId) -> String {
        let mut lines: Vec<&str> = self.doc_comments(id).into_iter().map(|c| doc_text(self.text(c))).collect();
        while lines.last().is_some_and(|l| l.is_empty()) {
            lines.pop();
        }
        lines.join("\n")
    }

    /// The `///` comments right before a node or between its attributes; a blank line cuts them off.
    pub fn doc_comments(&self, id: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        let mut newlines = 0;
        for n in (0..id.0).rev().map(NodeId) {
            match self.kind(n) {
                SyntaxKind::DocComment => {
                    found.push(n);
                    newlines = 0;
                }
                SyntaxKind::Newline if newlines == 0 => newlines = 1,
                SyntaxKind::Whitespace => {}
                _ => break,
            }
        }
        found.reverse();
        // A comment behind something on its line documents nothing.
        while let Some(&first) = found.first() {
            let alone = self.token_before(first).is_none_or(|t| match self.kind(t) {
                SyntaxKind::Newline => true,
                SyntaxKind::Whitespace => self.token_before(t).is_none_or(|t| self.kind(t) == SyntaxKind::Newline),
                _ => false,
            });
            if alone {
                break;
            }
            found.remove(0);
        }
        let inside = self.all_children(id).take_while(|&c| self.kind(c).is_trivia() || self.kind(c) == SyntaxKind::Attribute);
        found.extend(inside.filter(|&c| self.kind(c) == SyntaxKind::DocComment));
        found
    }

    /// The documentation of the module: its `//!` lines.
    pub fn module_docs(&self) -> String {
        let lines: Vec<&str> = self.children_of(Self::ROOT, SyntaxKind::ModuleDoc).map(|c| doc_text(self.text(c))).collect();
        lines.join("\n")
    }
}

fn doc_text(comment: &str) -> &str {
    let text = comment.get(3..).unwrap_or("").trim_end();
    text.strip_prefix(' ').unwrap_or(text)
}

/// Children of a node, in the order of the text.
pub struct Children<'t> {
    tree: &'t Tree,
    at: u32,
    end: u32,
}

impl Iterator for Children<'_> {
    type Item = NodeId;

    fn next(&mut self) -> Option<NodeId> {
        if self.at >= self.end {
            return None;
        }
        let id = NodeId(self.at);
        self.at = self.tree.data(id).next.max(self.at + 1);
        Some(id)
    }
}
