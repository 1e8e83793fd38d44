//! Why a document cannot be read, as the reader meets it. [`super::explain`] tells what mistake is behind it.

use crate::base::Range;

/// What the reader met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    EndOfText,
    /// Text where a key has to be, and no `:` after it.
    NoColon,
    TooDeep,
    /// A character that cannot begin anything.
    BadStart,
    EntryNotAllowed,
    KeyNotAllowed,
    ColonNotAllowed,
    TabIndent,
    QuoteNotClosed,
    BracketNotClosed,
    UnknownEscape,
    EscapeDigits(usize),
    EscapeNoCharacter,
    TextAfterBlockSign,
    BlockIndentZero,
    BadAlias,
    BadAnchor,
    BadTag,
    BadDirective,
    UnknownTagHandle(String),
    /// What the tag says and the text is not.
    NotTagged(&'static str),
    NotFinite,
    ExpectedNode,
    ExpectedKey,
    ExpectedEntry,
    /// The bracket that closes the flow collection.
    ExpectedComma(char),
    KeyNull,
    KeyTooLarge,
    KeyNotScalar,
    MergeNotMap,
    /// The nearest anchor that there is.
    UnknownAlias(Option<String>),
    AliasInItself,
    Aliases,
    ControlCharacter(char),
    Separator,
}

/// A problem, where it is, and a place that explains it.
#[derive(Clone, Debug)]
pub struct Problem {
    pub kind: Kind,
    pub range: Range,
    pub context: Option<Range>,
}

impl Problem {
    pub fn new(kind: Kind, range: Range) -> Self {
        Self { kind, range, context: None }
    }

    /// The same with a place that explains it.
    #[must_use]
    pub fn with(mut self, context: Option<Range>) -> Self {
        self.context = context;
        self
    }
}
