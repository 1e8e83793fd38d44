//! The ground everything stands on: positions in text and the index from offsets to lines. Knows no file system and no language.

mod line_index;
mod span;

pub use line_index::{LineColumn, LineIndex};
pub use span::{FileId, Range, Span};
