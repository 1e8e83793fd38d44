//! From text to tokens, as libyaml does it (Kubernetes' reader is a port of that): indentation becomes block tokens, a `:` makes the node before it a key.
//! Knows tokens only; the grammar is [`super::build`]'s.

mod block;
mod plain;
mod property;
mod quoted;

use std::borrow::Cow;
use std::collections::VecDeque;

use super::MAX_DEPTH;
use super::problem::{Kind as ProblemKind, Problem};
use crate::base::Range;

/// How a scalar is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    Plain,
    Quoted,
    Block,
}

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind<'t> {
    StreamEnd,
    Version {
        major: u32,
        minor: u32,
    },
    TagDirective(Box<(String, String)>),
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias(&'t str),
    Anchor(&'t str),
    /// Handle and suffix.
    Tag(Box<(String, String)>),
    Scalar(Cow<'t, str>, Style),
}

/// A token and where it stands.
#[derive(Clone, Debug)]
pub struct Token<'t> {
    pub kind: Kind<'t>,
    pub range: Range,
}

/// A place where a key without `?` may have begun: known to be one when `:` follows on the same line.
#[derive(Clone, Copy, Debug, Default)]
struct Candidate {
    possible: bool,
    /// Nothing else may stand there: the place is at the indentation of a block mapping.
    required: bool,
    token: usize,
    at: usize,
    line: usize,
    column: isize,
}

/// Reads tokens from one document of a text; positions are those of the whole text.
pub struct Scanner<'t> {
    pub(super) text: &'t str,
    /// The bytes up to the end of the document.
    bytes: &'t [u8],
    at: usize,
    /// Counts line ends passed.
    line: usize,
    line_start: usize,
    queue: VecDeque<Token<'t>>,
    /// Tokens handed out.
    taken: usize,
    indent: isize,
    indents: Vec<isize>,
    key_allowed: bool,
    /// One a flow level, and one for the block level.
    candidates: Vec<Candidate>,
    ended: bool,
    /// The last line has no line end, and nobody has noticed yet.
    unended: bool,
    /// The last scalar scanned, and the last in quotes that goes over several lines: for messages.
    last_scalar: Option<Range>,
    pub(super) last_long_quote: Option<Range>,
    /// Where the last thing that has content ends.
    pub(super) content_end: u32,
}

impl<'t> Scanner<'t> {
    /// A scanner of the document at `range`.
    pub fn new(text: &'t str, range: Range) -> Self {
        let bytes = text.as_bytes().get(..range.end as usize).unwrap_or_default();
        let start = range.start as usize;
        // A byte order mark may begin each document of a stream.
        let at = if bytes.get(start..).is_some_and(|b| b.starts_with("\u{feff}".as_bytes())) { start + 3 } else { start };
        Self {
            text,
            bytes,
            at,
            line: 0,
            line_start: at,
            queue: VecDeque::with_capacity(16),
            taken: 0,
            indent: -1,
            indents: Vec::new(),
            key_allowed: true,
            candidates: vec![Candidate::default()],
            ended: false,
            unended: bytes.last().is_some_and(|b| *b != b'\n'),
            last_scalar: None,
            last_long_quote: None,
            content_end: range.start,
        }
    }

    /// The next token, left where it is.
    pub fn peek(&mut self) -> Result<&Token<'t>, Problem> {
        self.fill()?;
        self.queue.front().ok_or_else(|| Problem::new(ProblemKind::EndOfText, self.here(0)))
    }

    /// Takes the token that [`Self::peek`] showed.
    pub fn take(&mut self) -> Option<Token<'t>> {
        self.taken += 1;
        self.queue.pop_front()
    }

    /// Scans until the first token of the queue is certain: not to be preceded by a `Key` that a later `:` makes.
    fn fill(&mut self) -> Result<(), Problem> {
        loop {
            if !self.queue.is_empty() && !self.head_may_be_key()? {
                return Ok(());
            }
            if self.ended {
                return Ok(());
            }
            self.fetch()?;
        }
    }

    fn head_may_be_key(&mut self) -> Result<bool, Problem> {
        let taken = self.taken;
        match self.candidates.iter().position(|c| c.possible && c.token == taken) {
            Some(i) => self.still_possible(i),
            None => Ok(false),
        }
    }

    /// Whether the candidate can still become a key: on one line, within 1024 characters.
    fn still_possible(&mut self, i: usize) -> Result<bool, Problem> {
        let Some(c) = self.candidates.get(i).copied() else { return Ok(false) };
        if !c.possible {
            return Ok(false);
        }
        let bytes = self.at - c.at;
        let long = bytes > 4096 || (bytes > 1024 && self.text.get(c.at..self.at).is_none_or(|t| t.chars().count() > 1024));
        if c.line < self.line || long {
            if c.required {
                return Err(Problem::new(ProblemKind::NoColon, self.candidate_range(c)));
            }
            if let Some(c) = self.candidates.get_mut(i) {
                c.possible = false;
            }
            return Ok(false);
        }
        Ok(true)
    }

    fn candidate_range(&self, c: Candidate) -> Range {
        let line = self.text.get(c.at..).and_then(|t| t.lines().next()).unwrap_or("").trim_end();
        Range::new(c.at as u32, (c.at + line.len()) as u32)
    }

    /// Scans one token (or several that belong together).
    fn fetch(&mut self) -> Result<(), Problem> {
        self.skip_to_token();
        let column = self.column();
        self.unroll(column);
        let Some(byte) = self.bytes.get(self.at).copied() else { return self.stream_end() };
        let blank_next = self.blank_or_end(1);
        if column == 0 {
            if byte == b'%' {
                return self.directive();
            }
            if (byte == b'-' || byte == b'.') && self.document_indicator() {
                return self.document(if byte == b'-' { Kind::DocumentStart } else { Kind::DocumentEnd });
            }
        }
        let flow = self.in_flow();
        match byte {
            b'[' => self.flow_start(Kind::FlowSequenceStart),
            b'{' => self.flow_start(Kind::FlowMappingStart),
            b']' => self.flow_end(Kind::FlowSequenceEnd),
            b'}' => self.flow_end(Kind::FlowMappingEnd),
            b',' => self.flow_entry(),
            b'-' if blank_next => self.block_entry(),
            b'?' if flow || blank_next => self.key(),
            b':' if flow || blank_next => self.value(),
            b'*' | b'&' => self.anchor(byte == b'*'),
            b'!' => self.tag(),
            b'|' | b'>' if !flow => self.block_scalar(byte == b'|'),
            b'\'' | b'"' => self.quoted_scalar(byte == b'\''),
            b'-' => self.plain_scalar(),
            b'?' | b':' if !flow => self.plain_scalar(),
            b'|' | b'>' | b'%' | b'@' | b'`' | b'?' | b':' | b'\t' | b'#' => Err(Problem::new(ProblemKind::BadStart, self.here(1))),
            _ => self.plain_scalar(),
        }
    }

    fn in_flow(&self) -> bool {
        self.candidates.len() > 1
    }

    fn column(&self) -> isize {
        (self.at - self.line_start) as isize
    }

    /// The range of `length` bytes here.
    fn here(&self, length: usize) -> Range {
        Range::new(self.at as u32, (self.at + length).min(self.bytes.len()) as u32)
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn blank_or_end(&self, ahead: usize) -> bool {
        matches!(self.byte(ahead), b' ' | b'\t' | 0) || self.break_length(ahead) > 0
    }

    /// How many bytes the line end at this place has; 0: there is none. YAML 1.1 has five: CR LF, CR, LF, NEL, LS and PS.
    fn break_length(&self, ahead: usize) -> usize {
        match self.byte(ahead) {
            b'\n' => 1,
            b'\r' => 1 + usize::from(self.byte(ahead + 1) == b'\n'),
            0xc2 if self.byte(ahead + 1) == 0x85 => 2,
            0xe2 if self.byte(ahead + 1) == 0x80 && matches!(self.byte(ahead + 2), 0xa8 | 0xa9) => 3,
            _ => 0,
        }
    }

    /// Passes a line end of that many bytes; the text it stands for (a line feed, unless it is LS or PS).
    fn pass_break(&mut self, length: usize) -> &'t str {
        let text = if length == 3 { self.text.get(self.at..self.at + 3).unwrap_or("\n") } else { "\n" };
        self.at += length;
        self.line += 1;
        self.line_start = self.at;
        text
    }

    /// `---` or `...` at the line's start, with nothing directly after it.
    fn document_indicator(&self) -> bool {
        let first = self.byte(0);
        (first == b'-' || first == b'.') && self.byte(1) == first && self.byte(2) == first && self.blank_or_end(3)
    }

    fn push(&mut self, kind: Kind<'t>, range: Range) {
        if !matches!(kind, Kind::BlockEnd | Kind::StreamEnd) {
            self.content_end = self.content_end.max(range.end);
        }
        self.queue.push_back(Token { kind, range });
    }

    fn push_here(&mut self, kind: Kind<'t>, length: usize) {
        let range = self.here(length);
        self.at += length;
        self.push(kind, range);
    }

    /// Passes blanks, comments and line ends.
    fn skip_to_token(&mut self) {
        loop {
            loop {
                match self.byte(0) {
                    b' ' => self.at += 1,
                    b'\t' if self.in_flow() || !self.key_allowed => self.at += 1,
                    _ => break,
                }
            }
            if self.byte(0) == b'#' {
                self.skip_to_break();
            }
            let length = self.break_length(0);
            if length == 0 {
                return;
            }
            self.pass_break(length);
            if !self.in_flow() {
                self.key_allowed = true;
            }
        }
    }

    /// Passes everything up to the line's end.
    fn skip_to_break(&mut self) {
        while self.at < self.bytes.len() && self.break_length(0) == 0 {
            self.at += 1;
        }
    }

    /// Opens a block where the column is deeper than the indentation. `number`: the token before which it opens; the queue's end unless given.
    fn roll(&mut self, column: isize, number: Option<usize>, kind: Kind<'t>, at: usize) -> Result<(), Problem> {
        if self.in_flow() || self.indent >= column {
            return Ok(());
        }
        let range = Range::new(at as u32, at as u32);
        if self.indents.len() >= MAX_DEPTH {
            return Err(Problem::new(ProblemKind::TooDeep, range));
        }
        self.indents.push(self.indent);
        self.indent = column;
        let token = Token { kind, range };
        match number {
            Some(n) => self.queue.insert(n.saturating_sub(self.taken).min(self.queue.len()), token),
            None => self.queue.push_back(token),
        }
        Ok(())
    }

    /// Closes the blocks that are deeper than the column.
    fn unroll(&mut self, column: isize) {
        if self.in_flow() {
            return;
        }
        while self.indent > column {
            let range = self.here(0);
            self.push(Kind::BlockEnd, range);
            self.indent = self.indents.pop().unwrap_or(-1);
        }
    }

    /// Notes that a key may begin here.
    fn save_candidate(&mut self) -> Result<(), Problem> {
        if !self.key_allowed {
            return Ok(());
        }
        let column = self.column();
        let required = !self.in_flow() && self.indent == column;
        let new = Candidate { possible: true, required, token: self.taken + self.queue.len(), at: self.at, line: self.line, column };
        self.drop_candidate()?;
        if let Some(last) = self.candidates.last_mut() {
            *last = new;
        }
        Ok(())
    }

    /// Gives up the candidate of this level; a mistake if it had to become a key.
    fn drop_candidate(&mut self) -> Result<(), Problem> {
        let Some(last) = self.candidates.last().copied() else { return Ok(()) };
        if last.possible && last.required {
            return Err(Problem::new(ProblemKind::NoColon, self.candidate_range(last)));
        }
        if let Some(last) = self.candidates.last_mut() {
            last.possible = false;
        }
        Ok(())
    }

    fn stream_end(&mut self) -> Result<(), Problem> {
        self.unroll(-1);
        self.drop_candidate()?;
        self.key_allowed = false;
        self.ended = true;
        let range = self.here(0);
        self.push(Kind::StreamEnd, range);
        Ok(())
    }

    fn document(&mut self, kind: Kind<'t>) -> Result<(), Problem> {
        self.unroll(-1);
        self.drop_candidate()?;
        self.key_allowed = false;
        let range = self.here(3);
        self.at += 3;
        self.queue.push_back(Token { kind, range });
        Ok(())
    }

    fn flow_start(&mut self, kind: Kind<'t>) -> Result<(), Problem> {
        self.save_candidate()?;
        if self.candidates.len() > MAX_DEPTH {
            return Err(Problem::new(ProblemKind::TooDeep, self.here(1)));
        }
        self.candidates.push(Candidate::default());
        self.key_allowed = true;
        self.push_here(kind, 1);
        Ok(())
    }

    fn flow_end(&mut self, kind: Kind<'t>) -> Result<(), Problem> {
        self.drop_candidate()?;
        if self.candidates.len() > 1 {
            self.candidates.pop();
        }
        self.key_allowed = false;
        self.push_here(kind, 1);
        Ok(())
    }

    fn flow_entry(&mut self) -> Result<(), Problem> {
        self.drop_candidate()?;
        self.key_allowed = true;
        self.push_here(Kind::FlowEntry, 1);
        Ok(())
    }

    fn block_entry(&mut self) -> Result<(), Problem> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(Problem::new(ProblemKind::EntryNotAllowed, self.here(1)));
            }
            self.roll(self.column(), None, Kind::BlockSequenceStart, self.at)?;
        }
        self.drop_candidate()?;
        self.key_allowed = true;
        self.push_here(Kind::BlockEntry, 1);
        Ok(())
    }

    fn key(&mut self) -> Result<(), Problem> {
        if !self.in_flow() {
            if !self.key_allowed {
                return Err(Problem::new(ProblemKind::KeyNotAllowed, self.here(1)));
            }
            self.roll(self.column(), None, Kind::BlockMappingStart, self.at)?;
        }
        self.drop_candidate()?;
        self.key_allowed = !self.in_flow();
        self.push_here(Kind::Key, 1);
        Ok(())
    }

    fn value(&mut self) -> Result<(), Problem> {
        let level = self.candidates.len() - 1;
        if self.still_possible(level)? {
            let Some(c) = self.candidates.get(level).copied() else { return Ok(()) };
            let place = c.token.saturating_sub(self.taken).min(self.queue.len());
            self.queue.insert(place, Token { kind: Kind::Key, range: Range::new(c.at as u32, c.at as u32) });
            self.roll(c.column, Some(c.token), Kind::BlockMappingStart, c.at)?;
            if let Some(c) = self.candidates.get_mut(level) {
                c.possible = false;
            }
            self.key_allowed = false;
        } else {
            if !self.in_flow() {
                if !self.key_allowed {
                    return Err(Problem::new(ProblemKind::ColonNotAllowed, self.here(1)).with(self.last_scalar));
                }
                self.roll(self.column(), None, Kind::BlockMappingStart, self.at)?;
            }
            self.key_allowed = !self.in_flow();
        }
        self.push_here(Kind::Value, 1);
        Ok(())
    }

    /// Queues a scalar.
    fn push_scalar(&mut self, text: Cow<'t, str>, style: Style, range: Range) {
        self.last_scalar = Some(range);
        self.push(Kind::Scalar(text, style), range);
    }
}

/// Line ends between words: the first is folded into a space unless more follow or it is LS or PS.
#[derive(Debug, Default)]
struct Fold<'t> {
    first: Option<&'t str>,
    more: String,
}

impl<'t> Fold<'t> {
    fn add(&mut self, line_end: &'t str) {
        match self.first {
            None => self.first = Some(line_end),
            Some(_) => self.more.push_str(line_end),
        }
    }

    /// Writes what the line ends stand for, and forgets them.
    fn flush(&mut self, into: &mut String) {
        match self.first.take() {
            None | Some("\n") if self.more.is_empty() => into.push(' '),
            None | Some("\n") => into.push_str(&self.more),
            Some(other) => {
                into.push_str(other);
                into.push_str(&self.more);
            }
        }
        self.more.clear();
    }
}
