//! YAML as an editor has it: half-typed, with a tree for any text. Where it is valid it has the structure that [`crate::yaml`] reads; where not, each line keeps what its indentation says.

mod block;
mod flow;
mod line;
mod scalar;

use ecow::EcoString;

use crate::base::Range;

/// The documents of a text.
#[derive(Debug, Default)]
pub struct Tree {
    pub documents: Vec<Document>,
    /// Where comments stand, from `#` to the end of the line.
    pub comments: Vec<Range>,
}

/// One document of a stream.
#[derive(Debug)]
pub struct Document {
    /// Without the separators; ends where the next one begins.
    pub range: Range,
    /// `None`: nothing but comments.
    pub root: Option<Node>,
}

/// A value.
#[derive(Debug)]
pub struct Node {
    /// From its first to its last character; empty where nothing is written.
    pub range: Range,
    /// The column that it begins in.
    pub column: u32,
    pub data: Data,
}

/// What a value is.
#[derive(Debug)]
pub enum Data {
    /// Nothing after `key:` or `-`.
    Missing,
    Map(Map),
    List(List),
    Scalar(Scalar),
}

/// A mapping.
#[derive(Debug)]
pub struct Map {
    pub entries: Vec<Entry>,
    /// `{ … }`
    pub flow: bool,
}

/// `key: value`; while it is being typed, `key`.
#[derive(Debug)]
pub struct Entry {
    pub key: EcoString,
    /// With quotes, if it has any.
    pub key_range: Range,
    /// Where the `:` is.
    pub colon: Option<u32>,
    pub value: Node,
}

/// A sequence.
#[derive(Debug)]
pub struct List {
    pub items: Vec<Item>,
    /// `[ … ]`
    pub flow: bool,
}

/// `- value`
#[derive(Debug)]
pub struct Item {
    /// Where it begins: at the dash, in `[ … ]` at the value.
    pub start: u32,
    pub value: Node,
}

/// A text, number or word.
#[derive(Debug)]
pub struct Scalar {
    /// Without quotes.
    pub text: EcoString,
    pub style: Style,
}

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    /// `|` or `>`
    Block,
    /// `*name`
    Alias,
}

impl Tree {
    /// Reads a text; any text has a tree.
    pub fn new(text: &str) -> Self {
        block::parse(text)
    }

    /// The document at an offset.
    pub fn document_at(&self, offset: u32) -> Option<&Document> {
        let after = self.documents.partition_point(|d| d.range.start <= offset);
        self.documents.get(after.checked_sub(1)?)
    }

    /// Whether an offset is inside of a comment.
    pub fn in_comment(&self, offset: u32) -> bool {
        self.comments.iter().any(|c| c.start < offset && offset <= c.end)
    }
}

impl Node {
    pub(super) fn missing(at: u32, column: u32) -> Self {
        Self { range: Range::new(at, at), column, data: Data::Missing }
    }

    /// The mapping, if it is one.
    pub fn as_map(&self) -> Option<&Map> {
        if let Data::Map(m) = &self.data { Some(m) } else { None }
    }

    /// The sequence, if it is one.
    pub fn as_list(&self) -> Option<&List> {
        if let Data::List(l) = &self.data { Some(l) } else { None }
    }

    /// The text of a scalar that is no block and no alias.
    pub fn as_text(&self) -> Option<&EcoString> {
        match &self.data {
            Data::Scalar(s) if matches!(s.style, Style::Plain | Style::Quoted) => Some(&s.text),
            _ => None,
        }
    }

    /// The items of a sequence; none for everything else.
    pub fn items(&self) -> impl Iterator<Item = &Node> {
        self.as_list().into_iter().flat_map(|l| l.items.iter().map(|i| &i.value))
    }

    /// The value of a key.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|e| &e.value)
    }

    /// The entry of a key.
    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.as_map()?.entries.iter().find(|e| e.key == key)
    }

    /// The value at a chain of keys.
    pub fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |n, k| n.get(k))
    }

    /// Whether nothing is written.
    pub fn is_missing(&self) -> bool {
        matches!(self.data, Data::Missing)
    }
}

impl Entry {
    /// From the key to the end of the value.
    pub fn range(&self) -> Range {
        let end = self.value.range.end.max(self.key_range.end).max(self.colon.map_or(0, |c| c + 1));
        Range::new(self.key_range.start, end)
    }
}
