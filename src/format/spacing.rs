//! Where a space stands between two neighbours on a line.

use crate::syntax::{NodeId, SyntaxKind as K, Tree};

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    None,
    Space,
}

/// What stands between two children of a node.
pub(super) fn gap(tree: &Tree, before: NodeId, after: NodeId) -> Gap {
    let parent = tree.parent(after).map_or(K::File, |p| tree.kind(p));
    let (a, b) = (tree.kind(before), tree.kind(after));
    let (x, y) = (tree.text(before), tree.text(after));
    let glued = match parent {
        K::Dotted
        | K::Path
        | K::DefName
        | K::TypeName
        | K::String
        | K::Span
        | K::Access
        | K::TypeField
        | K::PlaceField
        | K::Index
        | K::TypeElement
        | K::Literal
        | K::TypePost
        | K::Place
        | K::Hole => true,
        K::Paren | K::TypeParen | K::AtKey => true,
        K::Operand => a != K::Prefix || matches!(x, "!" | "-"),
        K::TypeRef | K::TypeParams => x != ",",
        K::Attribute => x == "@" || y == "(",
        K::Spread | K::TypeRest => x == "...",
        K::TypeList => x == "[" || y == "]",
        K::TypeMap => x == "[" || y == "]",
        _ => false,
    };
    let sign = |k: K, t: &str, s: &[&str]| k == K::Sign && s.contains(&t);
    let tight = sign(b, y, &[",", ":"])
        || b == K::Optional
        || (b == K::Assign && y == ":")
        || matches!(b, K::Params | K::TypeParams | K::Call | K::AtKey | K::Refinement)
        || (parent == K::Lambda && (x == "(" || y == ")"))
        || (parent == K::Field && b == K::AtKey)
        || (b == K::Type && super::layout::is_union(tree, after) && matches!(x, "=" | ":" | "->") && a == K::Sign);
    if glued || tight { Gap::None } else { Gap::Space }
}
