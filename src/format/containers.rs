//! Lists in brackets and sequences of lines: elements, comments and blank lines.

use pretty::DocAllocator;

use super::INDENT;
use super::layout::{Doc, Layout, Piece, Unreadable};
use crate::syntax::{NodeId, SyntaxKind as K};

/// What stands in a bracket.
struct Content<'a> {
    /// Elements with their trailing comment, and comments of their own lines.
    lines: Vec<Line<'a>>,
    /// There is a comment: it takes lines.
    comments: bool,
}

struct Line<'a> {
    doc: Doc<'a>,
    forced: bool,
    comment: bool,
    /// A blank line stands before it.
    blank: bool,
    /// It began on a line of its own.
    fresh: bool,
    node: NodeId,
}

impl<'a> Layout<'a> {
    /// Whether a sign opens a list of elements.
    pub(super) fn opens_list(&self, node: NodeId) -> bool {
        let tree = self.tree;
        let Some(parent) = tree.parent(node).filter(|_| tree.kind(node) == K::Sign) else { return false };
        let sign = tree.text(node);
        match tree.kind(parent) {
            K::Import
            | K::FnBlock
            | K::ViewArms
            | K::TestBlock
            | K::Application
            | K::AppBody
            | K::StmtBlock
            | K::MatchStmtArms
            | K::TypeRecord
            | K::RecordPattern
            | K::Record
            | K::MatchArms => sign == "{",
            K::Params | K::Call | K::Attribute | K::Without | K::Refinement => sign == "(",
            K::List => sign == "[",
            _ => false,
        }
    }

    /// Lays out the bracket at `open` of a row of children: the document, and the index after the closing sign.
    pub(super) fn container(&self, children: &[NodeId], open: usize) -> Result<(Piece<'a>, usize), Unreadable> {
        let tree = self.tree;
        let Some(&opener) = children.get(open) else { return Err(Unreadable) };
        let parent = tree.parent(opener).map_or(K::File, |p| tree.kind(p));
        let closer_text = match tree.text(opener) {
            "{" => "}",
            "[" => "]",
            _ => ")",
        };
        let closer = children.iter().rposition(|&c| tree.kind(c) == K::Sign && tree.text(c) == closer_text).filter(|&c| c > open).ok_or(Unreadable)?;
        let inside: Vec<NodeId> = children.get(open + 1..closer).unwrap_or(&[]).to_vec();
        if self.doubled_comma(&inside) {
            return Err(Unreadable);
        }
        let content = self.content(&inside);
        let next = closer + 1;
        let a = self.arena;
        let (opening, closing) = (self.text(opener), a.text(closer_text));
        if content.lines.is_empty() {
            return Ok((self.piece(opening.append(closing), false), next));
        }
        let first = content.lines.first().map(|l| l.node);
        let statements = matches!(parent, K::StmtBlock | K::TestBlock | K::FnBlock);
        let lines =
            content.comments || first.is_some_and(|f| self.line_between(opener, f)) || content.lines.iter().skip(1).any(|l| l.fresh) || (statements && content.lines.len() > 1);
        let map = parent == K::TypeRecord && content.lines.len() == 1 && first.is_some_and(|f| tree.child(f, K::TypeMap).is_some());
        let spaced = closer_text == "}" && !map;
        if parent == K::Import && !content.comments {
            return Ok((self.names(opening, content, a.text(closer_text)), next));
        }
        if lines {
            let body = self.lines(content);
            let doc = opening.append(a.hardline().append(body).nest(INDENT)).append(a.hardline()).append(closing);
            return Ok((self.piece(doc, true), next));
        }
        let forced = content.lines.iter().any(|l| l.forced);
        let hugs = content.lines.len() == 1 && content.lines.first().is_some_and(|l| self.hugs(l.node)) && !spaced;
        let docs = content.lines.into_iter().map(|l| l.doc);
        let doc = if forced || hugs || parent == K::Refinement {
            let pad = if spaced { a.text(" ") } else { a.nil() };
            opening.append(pad.clone()).append(a.intersperse(docs, a.text(", "))).append(pad).append(closing)
        } else {
            let edge = || if spaced { a.line() } else { a.line_() };
            let separator = a.hardline().flat_alt(a.text(", "));
            opening.append(edge().append(a.intersperse(docs, separator)).nest(INDENT)).append(edge()).append(closing).group()
        };
        Ok((self.piece(doc, forced), next))
    }

    /// Imported names: as many as fit on each line.
    fn names(&self, opening: Doc<'a>, content: Content<'a>, closing: Doc<'a>) -> Piece<'a> {
        let a = self.arena;
        let names = a.intersperse(content.lines.into_iter().map(|l| l.doc), a.text(",").append(a.softline()));
        let doc = opening.append(a.line().append(names).nest(INDENT)).append(a.line()).append(closing).group();
        self.piece(doc, false)
    }

    /// A single element whose own brackets may be broken instead of those around it.
    fn hugs(&self, node: NodeId) -> bool {
        let tree = self.tree;
        let last = tree.children(node).last();
        match tree.kind(node) {
            K::Expr => tree.children(node).count() == 1 && last.is_some_and(|l| self.hugs(l)),
            K::Operand => last.is_some_and(|l| matches!(tree.kind(l), K::Record | K::List | K::MatchExpr) || (tree.kind(l) == K::Call && self.hugs(l))),
            // A call is broken in its brackets only for what has brackets itself.
            K::Call => tree.children(node).filter(|&c| tree.kind(c) != K::Sign).last().is_some_and(|l| self.hugs(l)),
            K::Comprehension | K::Lambda | K::Spread => last.is_some_and(|l| self.hugs(l)),
            K::IfItem => !tree.has_token(node, "then") && last.is_some_and(|l| self.hugs(l)),
            _ => false,
        }
    }

    fn doubled_comma(&self, inside: &[NodeId]) -> bool {
        let mut comma = true;
        for &c in inside {
            let kind = self.tree.kind(c);
            if kind == K::Sign && self.tree.text(c) == "," {
                if comma {
                    return true;
                }
                comma = true;
            } else if !kind.is_trivia() {
                comma = false;
            }
        }
        false
    }

    /// The lines of a file.
    pub(super) fn sequence(&self, children: Vec<NodeId>) -> Option<Doc<'a>> {
        let content = self.content(&children);
        (!content.lines.is_empty()).then(|| self.lines(content))
    }

    fn lines(&self, content: Content<'a>) -> Doc<'a> {
        let a = self.arena;
        let mut doc = a.nil();
        for (i, line) in content.lines.into_iter().enumerate() {
            if i > 0 {
                // A blank line has no indentation.
                doc = if line.blank { doc.append(a.text("\n")).append(a.hardline()) } else { doc.append(a.hardline()) };
            }
            doc = doc.append(line.doc);
        }
        doc
    }

    /// Elements, comments and blank lines among the children of a bracket or file.
    fn content(&self, children: &[NodeId]) -> Content<'a> {
        let tree = self.tree;
        let a = self.arena;
        let mut content = Content { lines: Vec::new(), comments: false };
        let mut newlines = 0;
        let mut comma = false;
        for &child in children {
            match tree.kind(child) {
                K::Whitespace => {}
                K::Newline => newlines += 1,
                K::Comment | K::DocComment | K::ModuleDoc => {
                    content.comments = true;
                    let text = a.text(tree.text(child).trim_end());
                    match content.lines.last_mut() {
                        Some(last) if newlines == 0 && !last.comment => {
                            last.doc = last.doc.clone().append(a.text(" ")).append(text);
                            last.forced = true;
                            last.comment = true;
                        }
                        _ => content.lines.push(Line { doc: text, forced: true, comment: true, blank: newlines > 1, fresh: newlines > 0, node: child }),
                    }
                    newlines = 0;
                }
                K::Sign if tree.text(child) == "," => comma = true,
                kind => {
                    let piece = match self.node(child) {
                        Ok(piece) if kind != K::Junk => piece,
                        _ => self.verbatim(child),
                    };
                    match content.lines.last_mut() {
                        // What follows on the same line without a comma is junk behind an element.
                        Some(last) if newlines == 0 && !comma && !last.comment => {
                            last.doc = last.doc.clone().append(a.text(" ")).append(piece.doc);
                            last.forced |= piece.forced;
                            last.node = child;
                        }
                        _ => content.lines.push(Line { doc: piece.doc, forced: piece.forced, comment: false, blank: newlines > 1, fresh: newlines > 0, node: child }),
                    }
                    newlines = 0;
                    comma = false;
                }
            }
        }
        if let Some(first) = content.lines.first_mut() {
            first.blank = false;
        }
        content
    }
}
