//! The formatter: one way to lay out a file. It keeps comments, at most one blank line, and the choice whether a bracket is broken over lines;
//! it breaks what does not fit. What cannot be read stays as it is.

mod containers;
mod layout;
mod spacing;
mod text;

use std::sync::Arc;

use pretty::Arena;

use crate::base::FileId;
use crate::syntax::{NodeId, Parse, SyntaxKind as K, Tree, on_deep_stack, parse};
use layout::Layout;

/// Lines are broken to fit this many characters where that is possible.
pub const WIDTH: usize = 120;

/// One step of indentation, in spaces.
const INDENT: isize = 2;

/// The formatted text of a file. A file that cannot be parsed at all, or whose brackets do not match, is given back as it is.
pub fn format(text: &str) -> String {
    let text: Arc<str> = Arc::from(text);
    let parsed = parse(FileId(0), &text);
    let formatted = on_deep_stack(parsed.is_deep(), || render(&parsed)).unwrap_or_else(|| text.to_string());
    // The last defence: formatting never changes what is written, only where.
    if formatted == *text || same_tokens(&parsed.tree, &parse(FileId(0), &Arc::from(formatted.as_str())).tree) { formatted } else { text.to_string() }
}

fn render(parsed: &Parse) -> String {
    let arena = Arena::new();
    let layout = Layout::new(&arena, &parsed.tree);
    let mut out = String::new();
    if layout.file().render_fmt(WIDTH, &mut out).is_err() {
        return parsed.tree.source().to_string();
    }
    out
}

/// Whether two trees have the same tokens, commas and the white space in comments and strings over lines aside.
fn same_tokens(a: &Tree, b: &Tree) -> bool {
    let tokens =
        |t: &Tree| -> Vec<NodeId> { t.tokens(Tree::ROOT).filter(|&n| !matches!(t.kind(n), K::Whitespace | K::Newline) && (t.kind(n) != K::Sign || t.text(n) != ",")).collect() };
    let (left, right) = (tokens(a), tokens(b));
    let squeeze = |s: &str| s.split_whitespace().collect::<Vec<_>>().join(" ");
    let same = |&(l, r): &(&NodeId, &NodeId)| {
        let (x, y) = (a.text(*l), b.text(*r));
        a.kind(*l) == b.kind(*r) && (x == y || squeeze(x) == squeeze(y))
    };
    // A leading `|` of a union may come or go.
    let bar = |t: &Tree, n: &NodeId| t.kind(*n) == K::Sign && t.text(*n) == "|";
    let left: Vec<NodeId> = left.into_iter().filter(|n| !bar(a, n)).collect();
    let right: Vec<NodeId> = right.into_iter().filter(|n| !bar(b, n)).collect();
    left.len() == right.len() && left.iter().zip(&right).all(|pair| same(&pair))
}
