//! From nodes to documents of the pretty printer.

use pretty::{Arena, DocAllocator, DocBuilder};

use super::INDENT;
use super::spacing::{Gap, gap};
use crate::syntax::{NodeId, SyntaxKind as K, Tree};

pub(super) type Doc<'a> = DocBuilder<'a, Arena<'a>>;

/// A laid out node.
pub(super) struct Piece<'a> {
    pub doc: Doc<'a>,
    /// It has a line end that is there in any case.
    pub forced: bool,
}

/// Something in the node cannot be laid out: what is around it stays as it is.
pub(super) struct Unreadable;

pub(super) type Laid<'a> = Result<Piece<'a>, Unreadable>;

pub(super) struct Layout<'a> {
    pub arena: &'a Arena<'a>,
    pub tree: &'a Tree,
}

impl<'a> Layout<'a> {
    pub fn new(arena: &'a Arena<'a>, tree: &'a Tree) -> Self {
        Self { arena, tree }
    }

    /// The whole file.
    pub fn file(&self) -> Doc<'a> {
        let body = self.sequence(self.tree.all_children(Tree::ROOT).collect());
        match body {
            Some(body) if self.ends_in_string() => body,
            Some(body) => body.append(self.arena.hardline()),
            None => self.arena.nil(),
        }
    }

    /// Whether the text ends inside a string that nobody closes: a line end would belong to it.
    fn ends_in_string(&self) -> bool {
        let tree = self.tree;
        let end = tree.source().len() as u32;
        let token = tree.token_at(end);
        // Junk ends before the line end, unless that is in a string.
        if token.is_some_and(|t| tree.kind(t) == K::Junk && tree.range(t).end == end && tree.source().ends_with('\n')) {
            return true;
        }
        let last = token.and_then(|t| tree.parent(t));
        last.is_some_and(|s| tree.kind(s) == K::String && tree.children_of(s, K::Quote).count() < 2 && tree.child(s, K::RawString).is_none())
    }

    pub fn text(&self, node: NodeId) -> Doc<'a> {
        self.arena.text(self.tree.text(node))
    }

    pub fn piece(&self, doc: Doc<'a>, forced: bool) -> Piece<'a> {
        Piece { doc, forced }
    }

    /// A node as it is written, with its own lines.
    pub fn verbatim(&self, node: NodeId) -> Piece<'a> {
        let text = self.tree.text(node);
        let mut doc = self.arena.nil();
        for (i, line) in text.split('\n').enumerate() {
            if i > 0 {
                doc = doc.append(self.arena.text("\n"));
            }
            doc = doc.append(self.arena.text(line.trim_end_matches('\r')));
        }
        self.piece(doc, text.contains('\n'))
    }

    /// Any node.
    pub fn node(&self, node: NodeId) -> Laid<'a> {
        let kind = self.tree.kind(node);
        match kind {
            K::Junk => Err(Unreadable),
            K::Comment | K::DocComment | K::ModuleDoc => Err(Unreadable),
            _ if kind.is_missing() => Err(Unreadable),
            _ if kind.is_token() => Ok(self.piece(self.text(node), false)),
            K::String => Ok(self.string(node)),
            K::Item | K::Stmt | K::TypeMember => self.with_attributes(node),
            K::Type => self.union(node),
            K::Expr => self.expr(node),
            // A bracket that the parser had to close.
            K::Paren | K::TypeParen | K::AtKey | K::TypeList if !self.tree.children(node).last().is_some_and(|c| matches!(self.tree.text(c), ")" | "]")) => Err(Unreadable),
            K::IfExpr | K::IfItem | K::Require | K::Cast | K::Comprehension => self.breakable(node),
            _ => self.row(&self.tree.all_children(node).collect::<Vec<_>>()),
        }
    }

    /// Children in a row, brackets of lists laid out as such.
    pub fn row(&self, children: &[NodeId]) -> Laid<'a> {
        let mut doc = self.arena.nil();
        let mut forced = false;
        let mut previous: Option<NodeId> = None;
        let mut i = 0;
        while let Some(&child) = children.get(i) {
            i += 1;
            match self.tree.kind(child) {
                K::Whitespace | K::Newline => continue,
                _ => {}
            }
            if let Some(previous) = previous {
                doc = doc.append(self.gap(previous, child));
            }
            previous = Some(child);
            if self.opens_list(child) {
                let (piece, next) = self.container(children, i - 1)?;
                previous = children.get(next - 1).copied();
                doc = doc.append(piece.doc);
                forced |= piece.forced;
                i = next;
                continue;
            }
            let piece = self.node(child)?;
            doc = doc.append(piece.doc);
            forced |= piece.forced;
        }
        Ok(self.piece(doc, forced))
    }

    fn gap(&self, before: NodeId, after: NodeId) -> Doc<'a> {
        match gap(self.tree, before, after) {
            Gap::None => self.arena.nil(),
            Gap::Space => self.arena.text(" "),
        }
    }

    /// Attributes stand on lines of their own, comments between them too.
    fn with_attributes(&self, node: NodeId) -> Laid<'a> {
        let mut parts = Vec::new();
        let mut forced = false;
        for child in self.tree.all_children(node) {
            match self.tree.kind(child) {
                K::Whitespace | K::Newline => {}
                K::Comment | K::DocComment | K::ModuleDoc => {
                    parts.push(self.arena.text(self.tree.text(child).trim_end()));
                    forced = true;
                }
                _ => {
                    let piece = self.node(child)?;
                    forced |= piece.forced || self.tree.kind(child) == K::Attribute;
                    parts.push(piece.doc);
                }
            }
        }
        Ok(self.piece(self.arena.intersperse(parts, self.arena.hardline()), forced))
    }

    /// Whether a line ends between two nodes in the source.
    pub fn line_between(&self, before: NodeId, after: NodeId) -> bool {
        let range = crate::base::Range::new(self.tree.range(before).end, self.tree.range(after).start);
        range.of(self.tree.source()).contains('\n')
    }

    /// `A | B`: on one line, or one line a member.
    fn union(&self, node: NodeId) -> Laid<'a> {
        let tree = self.tree;
        let members: Vec<NodeId> = tree.children(node).filter(|&c| !(tree.kind(c) == K::Sign && tree.text(c) == "|")).collect();
        if tree.all_children(node).any(|c| tree.kind(c).is_trivia() && !matches!(tree.kind(c), K::Whitespace | K::Newline)) {
            return Err(Unreadable);
        }
        if let [only] = members.as_slice() {
            return self.node(*only);
        }
        let lines = members.windows(2).any(|w| if let [a, b] = w { self.line_between(*a, *b) } else { false });
        let mut docs = Vec::new();
        let mut forced = false;
        for member in members {
            let piece = self.node(member)?;
            forced |= piece.forced;
            docs.push(piece.doc);
        }
        let leading = self.leads(node);
        let a = self.arena;
        let bar = |d: Doc<'a>| a.text("| ").append(d.nest(INDENT));
        let doc = if lines && leading {
            a.concat(docs.into_iter().map(|d| a.hardline().append(bar(d)))).nest(INDENT)
        } else if forced {
            let row = a.intersperse(docs, a.text(" | "));
            if leading { a.text(" ").append(row) } else { row }
        } else {
            let mut docs = docs.into_iter();
            let first = docs.next().unwrap_or_else(|| a.nil());
            let first = if leading { a.line().append(a.text("| ").flat_alt(a.nil())).append(first.nest(INDENT)) } else { first };
            first.append(a.concat(docs.map(|d| a.line().append(bar(d))))).nest(INDENT).group()
        };
        Ok(self.piece(doc, forced || (lines && leading)))
    }

    /// Whether a type follows `=`, `:` or `->`: a union then has its own space before it.
    pub fn leads(&self, node: NodeId) -> bool {
        is_union(self.tree, node) && self.tree.significant_before(node).is_some_and(|t| matches!(self.tree.text(t), "=" | ":" | "->"))
    }

    /// Operands and operators; when broken, an operator that may begin a line does.
    fn expr(&self, node: NodeId) -> Laid<'a> {
        let tree = self.tree;
        let parts: Vec<NodeId> = tree.all_children(node).filter(|&c| !matches!(tree.kind(c), K::Whitespace | K::Newline)).collect();
        if parts.len() == 1 {
            return self.row(&parts);
        }
        let begins = |n: NodeId| tree.kind(n) == K::Operator && matches!(tree.text(n), "??" | "||" | "&&" | "==" | "!=" | "+" | "*");
        let lines = parts.windows(2).any(|w| if let [a, b] = w { (tree.kind(*a) == K::Operator || tree.kind(*b) == K::Operator) && self.line_between(*a, *b) } else { false });
        self.broken_row(&parts, lines, |before, after| begins(after) || (tree.kind(before) == K::Operator && !begins(before)))
    }

    /// `if c then a else b` and the like: broken before their keywords.
    fn breakable(&self, node: NodeId) -> Laid<'a> {
        let tree = self.tree;
        let parts: Vec<NodeId> = tree.all_children(node).filter(|&c| !matches!(tree.kind(c), K::Whitespace | K::Newline)).collect();
        let mut first_then = true;
        let mut breaks = Vec::new();
        for &part in &parts {
            let word = tree.text(part);
            let is_break = match tree.kind(part) {
                K::Keyword if word == "then" => std::mem::replace(&mut first_then, false),
                K::Keyword if word == "else" => true,
                K::Sign if word == "=>" => false,
                K::ComprehensionFor | K::ComprehensionIf => Some(&part) != parts.first(),
                _ => false,
            };
            if is_break {
                breaks.push(part);
            }
        }
        let lines = parts.windows(2).any(|w| if let [a, b] = w { breaks.contains(b) && self.line_between(*a, *b) } else { false });
        self.broken_row(&parts, lines, |_, after| breaks.contains(&after))
    }

    /// A row that is broken at some places: at all of them or at none.
    fn broken_row(&self, parts: &[NodeId], lines: bool, breaks: impl Fn(NodeId, NodeId) -> bool) -> Laid<'a> {
        let a = self.arena;
        let mut pieces = Vec::new();
        let mut forced = false;
        for &part in parts {
            let piece = self.node(part)?;
            forced |= piece.forced;
            pieces.push((part, piece.doc));
        }
        let mut doc = a.nil();
        let mut previous: Option<NodeId> = None;
        let mut any = false;
        for (part, piece) in pieces {
            if let Some(previous) = previous {
                let separator = if !breaks(previous, part) {
                    self.gap(previous, part)
                } else {
                    any = true;
                    match (lines, forced) {
                        (true, _) => a.hardline(),
                        (false, true) => a.text(" "),
                        (false, false) => a.line(),
                    }
                };
                doc = doc.append(separator);
            }
            doc = doc.append(piece);
            previous = Some(part);
        }
        // A row that stays on its line lends no indentation to the brackets in it.
        let doc = if any && (lines || !forced) { doc.nest(INDENT) } else { doc };
        Ok(self.piece(if lines || forced { doc } else { doc.group() }, forced || (lines && any)))
    }
}

/// Whether a type has several members.
pub(super) fn is_union(tree: &Tree, node: NodeId) -> bool {
    tree.kind(node) == K::Type && tree.children(node).filter(|&c| tree.kind(c) == K::TypePost).count() > 1
}
