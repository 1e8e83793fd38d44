//! Languages of text: named formats, regexes, and what templates make, with exact inclusion and counterexamples.

mod decimals;
mod format;
mod inclusion;
mod language;
mod nfa;

pub use format::Format;
pub use language::{Failure, Language, Text};
pub use nfa::{Nfa, NfaError};
