//! Jibe: a typed configuration language and its compiler.
//!
//! The modules in the order of the pipeline; a module imports only from those above it (checked by `tests/tidy.rs`).

/// Positions in text.
pub mod base;
/// Findings and their codes.
pub mod diagnostics;
/// Evaluation of definitions: objects and patches.
pub mod eval;
/// Lowered modules: the program that types and evaluation walk.
pub mod hir;
/// Kubernetes: schemas, small syntaxes, the API server's rules.
pub mod kube;
/// Files: the `World`, the files of a run, limits, the embedded standard library.
pub mod source;
/// Text to lossless tree.
pub mod syntax;
/// Types: what values may be, which fit which, reading values as types, checking definitions.
pub mod types;
/// The tree of values with origins.
pub mod value;
/// YAML and JSON: reading with positions as Kubernetes does, deterministic writing.
pub mod yaml;

/// The command line.
pub mod cli;
/// The reference of a library, as Markdown and as a site.
pub mod docs;
/// A run: settings, files, definitions and applications brought together.
pub mod driver;
/// Objects as output: order of installation, streams, folders.
pub mod emit;
/// One way to lay out definitions.
pub mod format;
/// Answers for editors: hover, completion, references, as plain data.
pub mod ide;
/// Style lints of definitions, and the comments that allow a rule or lint.
pub mod lint;
/// The language server.
pub mod lsp;
/// Applications: reading, placements, rendering, delivery plans.
pub mod oam;
/// Findings as text: terminal, JSON, SARIF, GitHub, JUnit.
pub mod render;
