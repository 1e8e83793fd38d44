//! From the parser's tokens to the tree: signs, space and comments between rules become tokens; trailing trivia goes to the outermost node that ends there.

use std::sync::Arc;

use pest::Token;
use pest::iterators::Pairs;

use super::SyntaxKind;
use super::brackets::Balanced;
use super::pest_grammar::Rule;
use super::tree::{NodeData, Tree};

/// The tree of a balanced text, in positions of the original one.
pub(super) fn build(original: &Arc<str>, balanced: &Balanced<'_>, pairs: Pairs<'_, Rule>) -> Tree {
    let mut b =
        Builder { text: &balanced.text, balanced, nodes: Vec::with_capacity(original.len() / 2 + 8), open: Vec::new(), pending: Vec::new(), cursor: 0, last_end: 0, leaf: None };
    for token in pairs.tokens() {
        match token {
            Token::Start { rule, pos } => b.start(rule, pos.pos()),
            Token::End { rule, pos } => b.end(rule, pos.pos()),
        }
    }
    b.finish(original)
}

/// The tree of a text that is not parsed at all.
pub(super) fn all_junk(text: &Arc<str>) -> Tree {
    let end = text.len() as u32;
    let mut nodes = vec![NodeData { kind: SyntaxKind::File, start: 0, end, parent: 0, next: 1 }];
    if end > 0 {
        nodes.push(NodeData { kind: SyntaxKind::Junk, start: 0, end, parent: 0, next: 2 });
    }
    if let Some(root) = nodes.first_mut() {
        root.next = if end > 0 { 2 } else { 1 };
    }
    Tree { text: text.clone(), nodes }
}

struct Builder<'t> {
    text: &'t str,
    balanced: &'t Balanced<'t>,
    nodes: Vec<NodeData>,
    /// Indices of the nodes that are not finished.
    open: Vec<u32>,
    /// Trivia whose parent is not known yet (positions in the balanced text).
    pending: Vec<(SyntaxKind, usize, usize)>,
    /// How far the text has been turned into tokens.
    cursor: usize,
    /// End of the last token that is no trivia.
    last_end: usize,
    /// The token being read.
    leaf: Option<(SyntaxKind, usize)>,
}

impl Builder<'_> {
    fn start(&mut self, rule: Rule, pos: usize) {
        if self.leaf.is_some() || rule == Rule::EOI {
            return;
        }
        let kind = SyntaxKind::of_rule(rule);
        self.gap(pos);
        if kind.is_token() {
            self.leaf = Some((kind, pos));
            return;
        }
        if kind.is_missing() {
            self.push(kind, self.last_end, self.last_end);
            return;
        }
        if !self.open.is_empty() {
            self.flush();
        }
        let index = self.push(kind, pos, pos);
        self.open.push(index);
    }

    fn end(&mut self, rule: Rule, pos: usize) {
        let kind = SyntaxKind::of_rule(rule);
        if rule == Rule::EOI || kind.is_missing() {
            return;
        }
        if let Some((leaf, start)) = self.leaf {
            if leaf != kind {
                return;
            }
            self.leaf = None;
            self.cursor = pos;
            self.token(leaf, start, pos);
            return;
        }
        self.gap(pos);
        if rule == Rule::file {
            self.gap(self.text.len());
            self.flush();
        }
        let end = if rule == Rule::file { self.text.len() } else { self.last_end };
        let next = self.nodes.len() as u32;
        let original = self.balanced.original(end as u32);
        if let Some(node) = self.open.pop().and_then(|i| self.nodes.get_mut(i as usize)) {
            node.end = original.max(node.start);
            node.next = next;
        }
    }

    fn push(&mut self, kind: SyntaxKind, start: usize, end: usize) -> u32 {
        let index = self.nodes.len() as u32;
        let parent = self.open.last().copied().unwrap_or(0);
        let (start, end) = if self.balanced.is_patched() { (self.balanced.original(start as u32), self.balanced.original(end as u32)) } else { (start as u32, end as u32) };
        self.nodes.push(NodeData { kind, start, end, parent, next: index + 1 });
        index
    }

    fn flush(&mut self) {
        for (kind, start, end) in std::mem::take(&mut self.pending) {
            self.push(kind, start, end);
        }
    }

    fn token(&mut self, kind: SyntaxKind, start: usize, end: usize) {
        if kind == SyntaxKind::Comment {
            let text = self.text.get(start..end).unwrap_or("");
            let kind = if text.starts_with("///") {
                SyntaxKind::DocComment
            } else if text.starts_with("//!") {
                SyntaxKind::ModuleDoc
            } else {
                SyntaxKind::Comment
            };
            self.pending.push((kind, start, end));
            return;
        }
        if kind.is_trivia() {
            self.pending.push((kind, start, end));
            return;
        }
        // Junk ends where its last word ends.
        let trimmed = if kind == SyntaxKind::Junk { start + self.text.get(start..end).unwrap_or("").trim_end_matches([' ', '\t', '\r', '\n']).len() } else { end };
        if self.balanced.is_patched() && self.balanced.original(start as u32) == self.balanced.original(trimmed as u32) {
            return; // a closer that the balancing has added
        }
        self.flush();
        self.push(kind, start, trimmed);
        self.last_end = trimmed;
        if trimmed < end {
            self.cursor = trimmed;
            self.gap(end);
        }
    }

    /// Tokens of the text between rules, up to `to`.
    fn gap(&mut self, to: usize) {
        while self.cursor < to {
            let start = self.cursor;
            let rest = self.text.get(start..to).unwrap_or("");
            let Some((kind, length)) = sign(rest) else { break };
            self.cursor = start + length;
            self.token(kind, start, start + length);
        }
    }

    fn finish(mut self, original: &Arc<str>) -> Tree {
        if self.nodes.is_empty() {
            return all_junk(original);
        }
        let end = self.nodes.len() as u32;
        if let Some(root) = self.nodes.first_mut() {
            root.start = 0;
            root.end = original.len() as u32;
            root.next = end;
        }
        Tree { text: original.clone(), nodes: self.nodes }
    }
}

const SIGNS: [&str; 20] = ["\"\"\"", "...", "..=", "??=", "=>", "->", "||", "&&", "==", "!=", "<=", ">=", "?.", "??", ":=", "+=", "-=", "${", "..", "//"];

/// The first token of a text outside rules: its kind and length in bytes.
fn sign(text: &str) -> Option<(SyntaxKind, usize)> {
    let first = text.chars().next()?;
    Some(match first {
        '\n' => (SyntaxKind::Newline, 1),
        ' ' | '\t' | '\r' | '\u{FEFF}' => {
            let length = text.find(|c| !matches!(c, ' ' | '\t' | '\r' | '\u{FEFF}')).unwrap_or(text.len());
            (SyntaxKind::Whitespace, length)
        }
        '"' => (SyntaxKind::Quote, if text.starts_with("\"\"\"") { 3 } else { 1 }),
        _ => {
            let long = if first.is_ascii_punctuation() { SIGNS.iter().find(|s| text.starts_with(**s)) } else { None };
            match long {
                Some(&"//") => (SyntaxKind::Comment, text.find('\n').unwrap_or(text.len())),
                Some(s) => (SyntaxKind::Sign, s.len()),
                None => (SyntaxKind::Sign, first.len_utf8()),
            }
        }
    })
}
