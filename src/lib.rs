//! Jibe: a typed configuration language and its compiler.
//!
//! The modules in the order of the pipeline; a module imports only from those above it (checked by `tests/tidy.rs`).

/// Positions in text.
pub mod base;
/// Files: the `World`, the files of a run, limits, the embedded standard library.
pub mod source;
/// Findings and their codes.
pub mod diagnostics;
/// The tree of values with origins.
pub mod value;
/// YAML and JSON: reading with positions as Kubernetes does, deterministic writing.
pub mod yaml;
/// Kubernetes: schemas, small syntaxes, the API server's rules.
pub mod kube;
/// Text to lossless tree.
pub mod syntax;
/// Lowered modules: the program that types and evaluation walk.
pub mod hir;
/// Types: what values may be, which fit which, reading values as types, checking definitions.
pub mod types;
/// Evaluation of definitions: objects and patches.
pub mod eval;

/// Applications: reading, placements, rendering, delivery plans.
pub mod oam;
/// Objects as output: order of installation, streams, folders.
pub mod emit;
/// A run: settings, files, definitions and applications brought together.
pub mod driver;
/// One way to lay out definitions.
pub mod format;
/// Findings as text: terminal, JSON, SARIF, GitHub, JUnit.
pub mod render;
/// The command line.
pub mod cli;
/// The reference of a library, as Markdown and as a site.
pub mod docs;
