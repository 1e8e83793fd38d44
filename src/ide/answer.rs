//! What the editor is told, as plain data on byte offsets: no line numbers, no types of the protocol. `lsp` turns it into messages.

use crate::base::Range;

/// A place in a file. Files are named as [`crate::source::SourceFile::name`] names them: a path, or `std:pods.jibe`.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location {
    pub file: String,
    pub range: Range,
}

/// What is shown over a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hover {
    /// The word it is about.
    pub range: Range,
    pub markdown: String,
}

/// What kind of thing a name stands for: completions, symbols and tokens draw from one list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `component`, and the `type:` that names one.
    Component,
    Trait,
    Policy,
    Step,
    Rule,
    Test,
    Type,
    /// A kind of Kubernetes, or a `resource`.
    Resource,
    View,
    Function,
    /// A method or built-in function.
    Method,
    Module,
    Parameter,
    /// A local or module-wide `let`.
    Variable,
    /// A field of a record, a property in YAML.
    #[default]
    Property,
    /// A value of an enumeration, a literal.
    Value,
    Keyword,
    /// A text with places to fill in.
    Snippet,
    /// A file that can be imported.
    File,
    /// An application, or another document.
    Document,
    /// An object that is rendered (`output`).
    Object,
}

/// What a completion writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Insert {
    Text(String),
    /// With `$1`, `${2:name}`, `$0` as places to fill in; `$`, `}` and `\` of its own are escaped by `\`. Lines after the first are indented as the first one is by the client.
    Snippet(String),
}

/// One proposal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What is shown and what the typed word is compared with.
    pub label: String,
    pub kind: Kind,
    /// On the same line, such as a type: `Quantity`.
    pub detail: Option<String>,
    /// Markdown.
    pub documentation: Option<String>,
    pub insert: Insert,
    /// The text that is replaced: the word being typed; empty at the cursor where there is none.
    pub range: Range,
    /// Lower ones first; equal ones by label. Required properties come before optional ones, names in scope before keywords.
    pub sort: u32,
    pub deprecated: bool,
    /// Edits elsewhere in the same file, such as an import that the name needs.
    pub more: Vec<TextEdit>,
}

impl Completion {
    /// A proposal that writes its label.
    pub fn new(label: impl Into<String>, kind: Kind, range: Range) -> Self {
        let label = label.into();
        Self { insert: Insert::Text(label.clone()), label, kind, detail: None, documentation: None, range, sort: 50, deprecated: false, more: Vec::new() }
    }
}

/// A replacement in the file that was asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextEdit {
    pub range: Range,
    pub text: String,
}

/// A replacement in some file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileEdit {
    pub at: Location,
    pub text: String,
}

/// Something that has a name, with what is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Symbol {
    pub name: String,
    pub kind: Kind,
    /// `for PodTemplate`, `webservice`.
    pub detail: Option<String>,
    /// Everything that belongs to it.
    pub range: Range,
    /// Its name; inside `range`.
    pub name_range: Range,
    pub deprecated: bool,
    pub children: Vec<Symbol>,
}

/// A symbol of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkspaceSymbol {
    pub name: String,
    pub kind: Kind,
    /// The module or application that it is in.
    pub container: Option<String>,
    pub at: Location,
}

/// How a word is coloured. Tokens are in the order of the text, on one line each, and do not overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SemanticToken {
    pub range: Range,
    pub kind: TokenKind,
    /// This is where the name is declared.
    pub declares: bool,
    pub deprecated: bool,
    /// It comes with Jibe.
    pub library: bool,
}

/// The kinds of tokens, in the order of the legend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenKind {
    Keyword,
    /// A definition, or a name that refers to one.
    Definition,
    Type,
    Function,
    Method,
    Parameter,
    Variable,
    Property,
    EnumMember,
    String,
    Number,
    Regex,
    Operator,
    Comment,
    Namespace,
    Attribute,
}

/// A text between words that is not in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inlay {
    pub offset: u32,
    pub label: String,
    /// `true`: the type of a name; `false`: a value, such as a default.
    pub is_type: bool,
    /// Markdown.
    pub tooltip: Option<String>,
}

/// Something that can be done to the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// An imperative.
    pub title: String,
    pub kind: ActionKind,
    pub edits: Vec<FileEdit>,
    /// It is what the user meant.
    pub preferred: bool,
    /// The code of the diagnostic that it mends, and where its primary label is.
    pub mends: Option<(&'static str, Range)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    QuickFix,
    Refactor,
    /// All safe fixes of a file.
    FixAll,
}

/// Lines that can be folded away, from the line of `start` to that of `end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Folding {
    pub range: Range,
    pub kind: FoldingKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FoldingKind {
    Region,
    Comment,
    Imports,
}

/// A line above the text that runs a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lens {
    pub range: Range,
    pub title: String,
    pub command: Command,
}

/// What a lens does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Shows the rendered objects of the file (`jibe.preview`).
    Preview,
    /// Shows places (`editor.action.showReferences`).
    References(Vec<Location>),
}

/// The signature of what is being called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signature {
    /// `portName(p: Port) -> PortName`
    pub label: String,
    pub documentation: Option<String>,
    /// Byte ranges in `label`.
    pub parameters: Vec<Range>,
    pub active: u32,
}

/// A use of a name. The declaration is one of them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    pub at: Location,
    pub declares: bool,
    pub writes: bool,
}

/// Something that uses or is used: a definition, function or application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    pub name: String,
    pub kind: Kind,
    pub detail: Option<String>,
    pub file: String,
    pub range: Range,
    pub name_range: Range,
    /// Where it uses the other one.
    pub uses: Vec<Range>,
}

/// Why a rename is not possible, in the words for the user.
pub type Refusal = String;
