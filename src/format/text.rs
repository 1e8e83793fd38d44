//! Strings over several lines: they keep their text and follow the indentation of what is around them.

use pretty::DocAllocator;

use super::INDENT;
use super::layout::{Layout, Piece};
use crate::syntax::{NodeId, SyntaxKind as K};

impl<'a> Layout<'a> {
    /// A string literal.
    pub(super) fn string(&self, node: NodeId) -> Piece<'a> {
        let tree = self.tree;
        let text = tree.text(node);
        if !text.contains('\n') {
            return self.piece(self.text(node), false);
        }
        // A hole over lines would be moved with the text: leave such a string alone.
        let code = tree.children_of(node, K::Hole).any(|h| tree.text(h).contains('\n'));
        let open = if text.starts_with('r') { "r\"\"\"" } else { "\"\"\"" };
        let inner = text.strip_prefix(open).and_then(|t| t.strip_suffix("\"\"\""));
        let lines: Vec<&str> = inner.unwrap_or("").split('\n').map(|l| l.strip_suffix('\r').unwrap_or(l)).collect();
        let (Some((first, rest)), false) = (lines.split_first(), code || inner.is_none()) else { return self.verbatim(node) };
        let Some((indent, body)) = rest.split_last() else { return self.verbatim(node) };
        let blank = |l: &str| l.trim().is_empty();
        if !blank(first) || !blank(indent) || body.iter().any(|l| !blank(l) && !l.starts_with(indent)) {
            return self.verbatim(node);
        }
        let a = self.arena;
        let mut doc = a.text(open);
        for line in body {
            let content = line.strip_prefix(indent).unwrap_or("");
            doc = if content.is_empty() { doc.append(a.text("\n")) } else { doc.append(a.hardline()).append(a.text(content)) };
        }
        doc = doc.append(a.hardline()).append(a.text("\"\"\""));
        self.piece(doc.nest(INDENT), true)
    }
}
