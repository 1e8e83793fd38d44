//! Answers for editors, as plain data: what is under the cursor, what can be written there, where else it is used. Knows no protocol; `lsp` is one way to ask.
//!
//! The data are on byte offsets; the language server makes lines and columns of them.

mod answer;

pub use answer::{
    Action, ActionKind, Caller, Command, Completion, FileEdit, Folding, FoldingKind, Hover, Inlay, Insert, Kind, Lens, Location, Reference, Refusal, SemanticToken, Signature,
    Symbol, TextEdit, TokenKind, WorkspaceSymbol,
};
