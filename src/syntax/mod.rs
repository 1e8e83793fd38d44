//! From text to the lossless tree ([`Tree`]). Parsing is total: any text gives a tree, with what is wrong in it as junk and as missing nodes, and the diagnostics for them.
//! The grammar is `grammar/jibe.pest`; nothing of the parser generator leaves this module.

mod brackets;
mod build;
mod kind;
mod parse;
mod scan;
mod tree;
mod validate;

pub use kind::SyntaxKind;
pub use parse::{Parse, ascii_for_invalid, on_deep_stack, parse, parse_bytes};
pub use tree::{Children, NodeId, Tree};
pub use validate::RESERVED;

mod pest_grammar {
    //! The generated parser.
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/jibe.pest"]
    pub(super) struct JibeParser;
}
