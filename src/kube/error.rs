//! What is wrong with a field of an object: made by schema checks, server rules and custom resource checks alike; turned into diagnostics by their callers, who know files and definitions.

use crate::base::Span;
use crate::diagnostics::Code;
use crate::value::{Origin, Path};

/// The API server's reasons (`field.ErrorType` of apimachinery), and those of decoding, which it answers with 400.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reason {
    Required,
    Invalid,
    NotSupported,
    Duplicate,
    Forbidden,
    NotFound,
    TooLong,
    TooMany,
    TypeInvalid,
    /// Decoding: unknown field (strict field validation).
    UnknownField,
    /// Decoding: wrong JSON type, bad quantity, number out of the type's range. Hides semantic errors of the object.
    Decode,
}

/// One finding about one field.
#[derive(Clone, Debug)]
pub struct FieldError {
    pub code: Code,
    pub reason: Reason,
    /// In the server's notation when printed; what `field` of a cause says.
    pub path: Path,
    /// The value that is wrong (for a missing field: the object that lacks it); gives the position.
    pub origin: Origin,
    /// Ours, better than the server's: lower-case, user's words in backticks. Does not repeat the path.
    pub message: String,
    /// Other values that matter, each with a word: the first of two duplicates, the selector that does not match.
    pub related: Vec<(Origin, String)>,
    /// What to do, if that is known.
    pub help: Option<String>,
    /// The text that would be right in place of the wrong value or key, if that is certain.
    pub replacement: Option<String>,
    /// Where a custom resource definition asks for it.
    pub defined: Option<Span>,
}

impl FieldError {
    /// A finding without extras.
    pub fn new(code: Code, reason: Reason, path: Path, origin: Origin, message: impl Into<String>) -> Self {
        Self { code, reason, path, origin, message: message.into(), related: Vec::new(), help: None, replacement: None, defined: None }
    }

    /// Adds another value that matters.
    #[must_use]
    pub fn related(mut self, origin: Origin, word: impl Into<String>) -> Self {
        self.related.push((origin, word.into()));
        self
    }

    /// Adds what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds where a definition asks for it; a span without length says nothing.
    #[must_use]
    pub fn defined(mut self, span: Span) -> Self {
        self.defined = (span.end > span.start).then_some(span);
        self
    }

    /// Adds the text that would be right.
    #[must_use]
    pub fn replacement(mut self, text: impl Into<String>) -> Self {
        self.replacement = Some(text.into());
        self
    }
}
