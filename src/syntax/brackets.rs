//! Brackets and strings before parsing: how deep they nest, and a text in which all of them are closed.
//!
//! A balanced text is parsed as it is. In any other, what nobody closes is closed where the indentation says (or, a string, at the end of its
//! line), and a closer too many becomes U+0001, which no rule accepts. So one forgotten bracket costs one diagnostic, and what follows is read.

use std::borrow::Cow;

use super::scan::{Scanner, Token};
use crate::base::{FileId, Range};
use crate::diagnostics::{Diagnostic, codes};

/// How deep brackets may nest (language reference §2).
pub const MAX_DEPTH: usize = 128;

/// How deep brackets together with `if … then if …`, `as … else … as …` and `A<B<…>>` may nest.
const MAX_CHAIN: usize = 320;

/// A text whose brackets match.
pub(super) struct Balanced<'t> {
    pub text: Cow<'t, str>,
    /// Where (in `text`) something was added, and how many bytes.
    inserted: Vec<(u32, u32)>,
    pub diagnostics: Vec<Diagnostic>,
    /// The deepest nesting; more than the limits when it was exceeded (then `text` is not to be parsed).
    pub too_deep: Option<Range>,
    pub depth: usize,
}

impl Balanced<'_> {
    /// Whether something was added.
    pub fn is_patched(&self) -> bool {
        !self.inserted.is_empty()
    }

    /// From an offset in the balanced text to one in the text of the user.
    pub fn original(&self, offset: u32) -> u32 {
        let before = self.inserted.partition_point(|&(at, _)| at < offset);
        let mut shift = 0;
        for &(at, count) in self.inserted.get(..before).unwrap_or(&[]) {
            shift += count.min(offset - at);
        }
        offset - shift
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Opener {
    Brace,
    Bracket,
    Paren,
    /// `${`
    Hole,
    Plain,
    Multi,
}

impl Opener {
    fn closer(self) -> &'static str {
        match self {
            Self::Brace | Self::Hole => "}",
            Self::Bracket => "]",
            Self::Paren => ")",
            Self::Plain => "\"",
            Self::Multi => "\"\"\"",
        }
    }

    fn of_closer(byte: u8) -> Self {
        match byte {
            b'}' => Self::Brace,
            b']' => Self::Bracket,
            _ => Self::Paren,
        }
    }

    fn matches(self, closer: u8) -> bool {
        self.closer().as_bytes() == [closer]
    }
}

struct Open {
    kind: Opener,
    range: Range,
    line: u32,
    indent: u32,
    /// Chained words (`if`, `as`, `<`) at this level since its last separator.
    chain: u32,
}

enum Edit {
    Insert(&'static str),
    Stray,
}

/// Reads the brackets of a text.
pub(super) fn balance(file: FileId, text: &str) -> Balanced<'_> {
    let mut pass = Pass::new(file, text, false);
    pass.run();
    if pass.broken && pass.too_deep.is_none() {
        pass = Pass::new(file, text, true);
        pass.run();
    }
    pass.finish()
}

struct Pass<'t> {
    file: FileId,
    text: &'t str,
    scanner: Scanner<'t>,
    repair: bool,
    broken: bool,
    stack: Vec<Open>,
    edits: Vec<(u32, Edit)>,
    diagnostics: Vec<Diagnostic>,
    too_deep: Option<Range>,
    deepest: usize,
    /// End of the last token that is no trivia.
    last_end: u32,
    chain: u32,
    outer_chain: u32,
    continues: bool,
    after_else: bool,
    /// The last line of which a part was read again.
    rewound: Option<u32>,
}

impl<'t> Pass<'t> {
    fn new(file: FileId, text: &'t str, repair: bool) -> Self {
        Self {
            file,
            text,
            scanner: Scanner::new(text),
            repair,
            broken: false,
            stack: Vec::new(),
            edits: Vec::new(),
            diagnostics: Vec::new(),
            too_deep: None,
            deepest: 0,
            last_end: 0,
            chain: 0,
            outer_chain: 0,
            continues: false,
            after_else: false,
            rewound: None,
        }
    }

    fn run(&mut self) {
        loop {
            if self.too_deep.is_some() || (self.broken && !self.repair) {
                return;
            }
            let more = match self.stack.last().map(|o| o.kind) {
                Some(kind @ (Opener::Plain | Opener::Multi)) => self.string(kind == Opener::Multi),
                _ => self.code(),
            };
            if !more {
                break;
            }
        }
        // A string reaches to the end; what is around it ends there too.
        let in_string = self.stack.last().is_some_and(|o| matches!(o.kind, Opener::Plain | Opener::Multi));
        let at = if in_string { self.text.len() as u32 } else { self.last_end };
        while let Some(open) = self.stack.pop() {
            self.unclosed(&open, at);
        }
    }

    /// Reads one token of code; `false` at the end.
    fn code(&mut self) -> bool {
        let Some((token, range)) = self.scanner.code() else { return false };
        if matches!(token, Token::Space | Token::Newline | Token::Comment) {
            return true;
        }
        let closes = matches!(token, Token::Close(_));
        let first = self.scanner.first_on_line(range.start);
        if self.repair && first && !closes {
            self.dedent(self.scanner.indent());
        }
        self.count_chain(token, range, first);
        match token {
            Token::Open(byte) => {
                let kind = match byte {
                    b'{' => Opener::Brace,
                    b'[' => Opener::Bracket,
                    _ => Opener::Paren,
                };
                self.open(kind, range);
            }
            Token::Quote => self.open(Opener::Plain, range),
            Token::TripleQuote => self.open(Opener::Multi, range),
            Token::Close(byte) => self.close(byte, range, first),
            _ => {}
        }
        self.last_end = range.end;
        true
    }

    /// Counts what nests without brackets, so that recursion stays bounded.
    fn count_chain(&mut self, token: Token, range: Range, first: bool) {
        let text = range.of(self.text);
        let word = matches!(token, Token::Word);
        let continues_before = if word { matches!(text, "then" | "else") } else { matches!(text.as_bytes().first(), Some(b'.' | b'?' | b'|' | b'&' | b'=' | b'!' | b'+' | b'*')) };
        if text == "," || (first && !self.continues && !continues_before) {
            self.chain = 0;
        }
        if (word && (text == "as" || text == "match" || (text == "if" && !self.after_else))) || text == "<" {
            self.chain += 1;
            self.check_depth(range);
        }
        self.after_else = text == "else";
        self.continues = if word {
            matches!(text, "then" | "else" | "if" | "as" | "match" | "is" | "has" | "in")
        } else {
            matches!(text.as_bytes().last(), Some(b'=' | b'>' | b'<' | b'+' | b'-' | b'*' | b'&' | b'|' | b'?' | b':' | b'!' | b'.' | b','))
        };
    }

    fn check_depth(&mut self, range: Range) {
        let depth = self.stack.iter().filter(|o| !matches!(o.kind, Opener::Plain | Opener::Multi)).count();
        let all = depth + (self.outer_chain + self.chain) as usize;
        self.deepest = self.deepest.max(all);
        if depth > MAX_DEPTH || all > MAX_CHAIN {
            self.too_deep = Some(range);
        }
    }

    fn open(&mut self, kind: Opener, range: Range) {
        self.stack.push(Open { kind, range, line: self.scanner.line(), indent: self.scanner.indent(), chain: self.chain });
        self.outer_chain += self.chain;
        self.chain = 0;
        self.check_depth(range);
    }

    fn popped(&mut self, open: &Open) {
        self.chain = open.chain;
        self.outer_chain = self.outer_chain.saturating_sub(open.chain);
    }

    /// A closing bracket.
    fn close(&mut self, byte: u8, range: Range, first: bool) {
        if self.stack.last().is_some_and(|o| o.kind.matches(byte)) && !(self.repair && first && self.stack.last().is_some_and(|o| o.indent != self.scanner.indent())) {
            if let Some(open) = self.stack.pop() {
                self.popped(&open);
            }
            return;
        }
        self.broken = true;
        if !self.repair {
            return;
        }
        let floor = self.stack.iter().rposition(|o| o.kind == Opener::Hole).unwrap_or(0);
        let indent = self.scanner.indent();
        let inner = self.stack.get(floor..).unwrap_or(&[]);
        let mut found = if first { inner.iter().rposition(|o| o.kind.matches(byte) && o.indent == indent) } else { inner.iter().rposition(|o| o.kind.matches(byte)) };
        if first && found.is_none() {
            // No opener stands on a line of this indentation: those further in are left open.
            found =
                inner.iter().rposition(|o| o.kind.matches(byte) && o.indent <= indent).or_else(|| (inner.last().is_some_and(|o| o.kind.matches(byte))).then(|| inner.len() - 1));
            if found.is_some_and(|f| f + 1 < inner.len() && inner.last().is_some_and(|o| o.kind.matches(byte))) {
                found = Some(inner.len() - 1);
            }
        }
        let Some(found) = found.map(|f| f + floor) else {
            let kind = Opener::of_closer(byte);
            self.edits.push((range.start, Edit::Stray));
            let d = Diagnostic::new(codes::J0104, format!("unexpected `{}`: nothing is open here that it could close", kind.closer()));
            self.diagnostics.push(d.primary(range.in_file(self.file), "").unsafe_fix("delete it", range.in_file(self.file), ""));
            return;
        };
        while self.stack.len() > found + 1 {
            if let Some(open) = self.stack.pop() {
                self.unclosed(&open, self.last_end);
            }
        }
        if let Some(open) = self.stack.pop() {
            self.popped(&open);
        }
    }

    /// A line begins further left than what is open: close it.
    fn dedent(&mut self, indent: u32) {
        let line = self.scanner.line();
        while self.stack.last().is_some_and(|o| o.line < line && indent <= o.indent && !matches!(o.kind, Opener::Plain | Opener::Multi | Opener::Hole)) {
            if let Some(open) = self.stack.pop() {
                self.unclosed(&open, self.last_end);
            }
        }
    }

    /// Reads a piece of a string; `false` at the end of the text.
    fn string(&mut self, multi: bool) -> bool {
        let Some((token, range)) = self.scanner.string(multi) else { return false };
        match token {
            Token::Hole => self.open(Opener::Hole, range),
            Token::Quote | Token::TripleQuote => {
                if let Some(open) = self.stack.pop() {
                    self.popped(&open);
                }
            }
            Token::Newline => {
                self.line_end_in_string(range.start);
                return true;
            }
            _ => {}
        }
        self.last_end = range.end;
        true
    }

    /// A line ends inside `"…`.
    fn line_end_in_string(&mut self, at: u32) {
        self.broken = true;
        let Some(open) = self.stack.pop() else { return };
        self.popped(&open);
        if !self.repair {
            return;
        }
        let [.., outer, hole] = self.stack.as_slice() else { return self.unclosed(&open, at) };
        if hole.kind == Opener::Hole && outer.kind == Opener::Plain && hole.line == open.line && self.rewound != Some(open.line) {
            // Once a line, so that scanning stays linear.
            self.rewound = Some(open.line);
            // `"text ${x"`: the quote closes the outer string, the hole is what was left open.
            if let Some(hole) = self.stack.pop() {
                self.unclosed(&hole, open.range.start);
            }
            if let Some(outer) = self.stack.pop() {
                self.popped(&outer);
            }
            self.edits.retain(|(p, _)| *p <= open.range.start);
            self.scanner.rewind(open.range.end);
            self.last_end = open.range.end;
            return;
        }
        self.unclosed(&open, at);
    }

    fn unclosed(&mut self, open: &Open, at: u32) {
        self.broken = true;
        self.popped(open);
        let closer = open.kind.closer();
        let escape = matches!(open.kind, Opener::Plain | Opener::Multi) && ends_in_backslash(self.text, at);
        let patch = match (open.kind, escape) {
            (Opener::Plain, true) => "\\\"",
            (Opener::Multi, true) => "\\\"\"\"",
            _ => closer,
        };
        self.edits.push((at, Edit::Insert(patch)));
        let what = open.range.of(self.text);
        let message = if matches!(open.kind, Opener::Plain | Opener::Multi) { "this string is not closed".to_owned() } else { format!("`{what}` is not closed") };
        let spans_lines = Range::new(open.range.end, at).of(self.text).contains('\n') && matches!(open.kind, Opener::Brace | Opener::Bracket | Opener::Paren);
        let text = if spans_lines { format!("\n{}{closer}", " ".repeat(open.indent as usize)) } else { closer.to_owned() };
        let place = Range::new(at, at).in_file(self.file);
        let mut d = Diagnostic::new(codes::J0106, message).primary(open.range.in_file(self.file), "");
        if at > open.range.end {
            d = d.secondary(place, format!("`{closer}` may be missing here"));
        }
        self.diagnostics.push(d.unsafe_fix(format!("insert `{closer}`"), place, text));
    }

    fn finish(mut self) -> Balanced<'t> {
        self.diagnostics.sort_by_key(|d| d.span().map(|s| s.start));
        let mut balanced = Balanced { text: Cow::Borrowed(self.text), inserted: Vec::new(), diagnostics: self.diagnostics, too_deep: self.too_deep, depth: self.deepest };
        if self.edits.is_empty() || balanced.too_deep.is_some() {
            return balanced;
        }
        self.edits.sort_by_key(|(at, _)| *at);
        let mut patched = String::with_capacity(self.text.len() + self.edits.len());
        let mut from = 0;
        for (at, edit) in &self.edits {
            let at = *at as usize;
            patched.push_str(self.text.get(from..at).unwrap_or(""));
            from = at;
            match edit {
                Edit::Insert(text) => {
                    balanced.inserted.push((patched.len() as u32, text.len() as u32));
                    patched.push_str(text);
                }
                Edit::Stray => {
                    patched.push('\u{1}');
                    from += 1;
                }
            }
        }
        patched.push_str(self.text.get(from..).unwrap_or(""));
        balanced.text = Cow::Owned(patched);
        balanced
    }
}

/// Whether the text before `at` ends in a backslash that escapes what follows.
fn ends_in_backslash(text: &str, at: u32) -> bool {
    let before = text.as_bytes().get(..at as usize).unwrap_or(&[]);
    before.iter().rev().take_while(|&&b| b == b'\\').count() % 2 == 1
}
