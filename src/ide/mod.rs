//! Answers for editors, as plain data: what is under the cursor, what can be written there, where else it is used. Knows no protocol; `lsp` is one way to ask.
//!
//! The data are on byte offsets; the language server makes lines and columns of them. [`Workspace`] is the state between questions, [`Project`] what an answer is made from.

mod allow;
mod answer;
pub mod application;
mod ask;
mod board;
pub mod definitions;
mod files;
mod project;
pub mod search;
mod sweep;
mod workspace;

pub use answer::{
    Action, ActionKind, Caller, Command, Completion, FileEdit, Folding, FoldingKind, Hover, Inlay, Insert, Kind, Lens, Location, Reference, Refusal, SemanticToken, Signature,
    Symbol, TextEdit, TokenKind, WorkspaceSymbol,
};
pub use ask::File;
pub use board::{Board, Found, Work, is_embedded};
pub use files::Files;
pub use project::{Project, Unit, hash as fingerprint};
pub use sweep::{Document, Parts, Sweep};
pub use workspace::{DiskChange, Workspace, is_definition, is_settings, name_of};

/// What the names of files that come with Jibe begin with.
pub const STD: &str = "std:";
