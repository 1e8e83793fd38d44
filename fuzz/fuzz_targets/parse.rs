//! Any bytes give a tree whose tokens are the text, and a lowered module. `cargo fuzz run parse -- -dict=…` from the root of the project.
#![no_main]

use jibe::base::FileId;
use jibe::syntax::{Tree, ascii_for_invalid, parse_bytes};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let parsed = parse_bytes(FileId(0), bytes);
    let text = ascii_for_invalid(bytes);
    let tokens: String = parsed.tree.tokens(Tree::ROOT).map(|t| parsed.tree.text(t)).collect();
    assert_eq!(tokens, text);
    let (module, _) = jibe::hir::lower("main", FileId(0), &parsed);
    assert_eq!(module.exprs.len(), module.expr_ranges.len());
});
