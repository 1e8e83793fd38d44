//! Block structure, by indentation. Total: a line that fits nowhere belongs to the innermost block that its column allows.

use ecow::EcoString;

use super::line::{self, Kind, Line, is_blank_or_end};
use super::{Data, Document, Entry, Item, List, Map, Node, Scalar, Style, Tree, flow, scalar};
use crate::base::Range;

/// Deeper nesting is left out.
const DEEPEST: u32 = 128;

/// Reads all documents.
pub fn parse(text: &str) -> Tree {
    let mut parser = Parser { text, lines: line::lines(text), at: 0, depth: 0, comments: Vec::new() };
    let mut documents = Vec::new();
    let mut start = 0;
    let mut root = None;
    while let Some(l) = parser.line() {
        match l.kind {
            Kind::Separator => {
                if root.is_some() || !text.get(start as usize..l.start as usize).unwrap_or("").trim().is_empty() {
                    documents.push(Document { range: Range::new(start, l.start), root: root.take() });
                }
                parser.at += 1;
                start = parser.line().map_or(text.len() as u32, |l| l.start);
            }
            Kind::Blank => parser.blank(l),
            Kind::Text if root.is_none() => root = Some(parser.node(l.content, -1)),
            // What follows the root at its column or left of it.
            Kind::Text => {
                let stray = parser.node(l.content, -1);
                if let Some(Node { data: Data::Map(map), range, .. }) = &mut root
                    && let Data::Map(more) = stray.data
                {
                    map.entries.extend(more.entries);
                    range.end = range.end.max(stray.range.end);
                }
            }
        }
    }
    documents.push(Document { range: Range::new(start, text.len() as u32), root });
    for pair in 1..documents.len() {
        let next = documents.get(pair).map_or(0, |d| d.range.start);
        if let Some(d) = documents.get_mut(pair - 1) {
            // The separator belongs to the document before it.
            d.range.end = next;
        }
    }
    let mut comments = parser.comments;
    comments.sort();
    Tree { documents, comments }
}

pub(super) struct Parser<'t> {
    pub text: &'t str,
    pub lines: Vec<Line>,
    /// The line that is being read.
    pub at: usize,
    depth: u32,
    pub comments: Vec<Range>,
}

impl Parser<'_> {
    fn line(&self) -> Option<Line> {
        self.lines.get(self.at).copied()
    }

    fn blank(&mut self, l: Line) {
        if l.content < l.end {
            self.comments.push(Range::new(l.content, l.end));
        }
        self.at += 1;
    }

    /// The next line with text, which is then the current one; `None` at the end of the document.
    fn next_text(&mut self) -> Option<Line> {
        while let Some(l) = self.line() {
            match l.kind {
                Kind::Blank => self.blank(l),
                Kind::Separator => return None,
                Kind::Text => return Some(l),
            }
        }
        None
    }

    fn column(&self, at: u32) -> u32 {
        self.line().map_or(0, |l| at.saturating_sub(l.start))
    }

    /// Notes a comment after `from` on the current line, and goes to the next line.
    fn end_line(&mut self, from: u32) {
        if let Some(l) = self.line() {
            self.comments.extend(line::comment(self.text, Range::new(from.max(l.start), l.end.max(from))));
        }
        self.at += 1;
    }

    fn byte(&self, at: u32) -> Option<&u8> {
        self.text.as_bytes().get(at as usize)
    }

    fn is_dash(&self, at: u32) -> bool {
        self.byte(at) == Some(&b'-') && is_blank_or_end(self.byte(at + 1))
    }

    /// The node that begins at `at` on the current line, inside of something at column `parent`. Ends with the line after it as the current one.
    pub fn node(&mut self, at: u32, parent: i64) -> Node {
        let before = self.at;
        self.depth += 1;
        let node = if self.depth > DEEPEST {
            self.at += 1;
            Node::missing(at, self.column(at))
        } else {
            self.begin(at, parent)
        };
        self.depth -= 1;
        self.at = self.at.max(before + 1);
        node
    }

    fn begin(&mut self, at: u32, parent: i64) -> Node {
        let Some(l) = self.line() else { return Node::missing(at, 0) };
        if self.is_dash(at) {
            return self.list(at);
        }
        if scalar::key(self.text, at as usize, l.end as usize, false).is_some() && !matches!(self.byte(at), Some(b'[' | b'{' | b'|' | b'>' | b'&' | b'!' | b'*')) {
            return self.map(at);
        }
        self.inline(at, parent)
    }

    fn map(&mut self, at: u32) -> Node {
        let column = self.column(at);
        let mut entries: Vec<Entry> = Vec::new();
        let mut place = at;
        loop {
            entries.push(self.entry(place));
            let Some(next) = self.next_text().filter(|l| l.indent() >= column) else { break };
            if self.is_dash(next.content) {
                if next.indent() == column {
                    break;
                }
                // An item below a scalar: it belongs to nothing.
                self.node(next.content, i64::from(column));
                match self.next_text().filter(|l| l.indent() >= column && !self.is_dash(l.content)) {
                    Some(l) => place = l.content,
                    None => break,
                }
                continue;
            }
            place = next.content;
        }
        let end = entries.iter().map(|e| e.range().end).max().unwrap_or(at);
        Node { range: Range::new(at, end), column, data: Data::Map(Map { entries, flow: false }) }
    }

    fn entry(&mut self, at: u32) -> Entry {
        let before = self.at;
        let end = self.line().map_or(at, |l| l.end);
        let column = self.column(at);
        let entry = match scalar::key(self.text, at as usize, end as usize, false) {
            Some(key) => {
                let colon = key.colon as u32;
                let value = self.value(colon + 1, column);
                Entry { key: key.text, key_range: Range::new(key.start as u32, key.end as u32), colon: Some(colon), value }
            }
            // Being typed. What is indented more may be what it is to hold.
            None => {
                let stop = scalar::plain_end(self.text, at as usize, end as usize, false) as u32;
                let text = Range::new(at, stop).of(self.text);
                let value = self.value(stop, column);
                Entry { key: text.into(), key_range: Range::new(at, stop), colon: None, value }
            }
        };
        self.at = self.at.max(before + 1);
        entry
    }

    /// The value of a key at `column`: what stands after `from` on its line, or the block below.
    fn value(&mut self, from: u32, column: u32) -> Node {
        let end = self.line().map_or(from, |l| l.end);
        let blanks = Range::new(from, end).of(self.text).bytes().take_while(|b| matches!(b, b' ' | b'\t')).count() as u32;
        let at = from + blanks;
        if at < end && self.byte(at) != Some(&b'#') {
            let after = self.after_properties(at, end);
            if after < end {
                return self.inline(after, i64::from(column));
            }
        }
        self.end_line(from);
        match self.next_text() {
            Some(l) if l.indent() > column || (l.indent() == column && self.is_dash(l.content)) => self.node(l.content, i64::from(column)),
            _ => Node::missing(from, column + 2),
        }
    }

    /// Passes anchors and tags.
    fn after_properties(&self, at: u32, end: u32) -> u32 {
        let mut at = at;
        while at < end && matches!(self.byte(at), Some(b'&' | b'!')) {
            let rest = Range::new(at, end).of(self.text);
            let word = rest.find([' ', '\t']).unwrap_or(rest.len());
            let blanks = rest.get(word..).map_or(0, |r| r.len() - r.trim_start().len());
            at += (word + blanks) as u32;
        }
        at
    }

    fn list(&mut self, at: u32) -> Node {
        let column = self.column(at);
        let mut items = Vec::new();
        let mut place = at;
        loop {
            let before = self.at;
            let value = self.item(place, column);
            items.push(Item { start: place, value });
            self.at = self.at.max(before + 1);
            // Lines that are indented more than the dash and less than what follows it belong to nothing.
            while let Some(l) = self.next_text().filter(|l| l.indent() > column) {
                self.node(l.content, i64::from(column));
            }
            match self.next_text().filter(|l| l.indent() == column && self.is_dash(l.content)) {
                Some(l) => place = l.content,
                None => break,
            }
        }
        let end = items.last().map_or(at + 1, |i| i.value.range.end.max(i.start + 1));
        Node { range: Range::new(at, end), column, data: Data::List(List { items, flow: false }) }
    }

    fn item(&mut self, dash: u32, column: u32) -> Node {
        let end = self.line().map_or(dash, |l| l.end);
        let rest = Range::new(dash + 1, end).of(self.text);
        let at = dash + 1 + (rest.len() - rest.trim_start().len()) as u32;
        if at < end && self.byte(at) != Some(&b'#') {
            let after = self.after_properties(at, end);
            if after < end {
                return self.node(after, i64::from(column));
            }
        }
        self.end_line(dash + 1);
        match self.next_text().filter(|l| l.indent() > column) {
            Some(l) => self.node(l.content, i64::from(column)),
            None => Node::missing((dash + 1).min(end), column + 2),
        }
    }

    /// A value that is no block collection: what begins on this line inside of something at column `parent`.
    fn inline(&mut self, at: u32, parent: i64) -> Node {
        let end = self.line().map_or(at, |l| l.end);
        let column = self.column(at);
        match self.byte(at) {
            Some(b'[' | b'{') => self.flow(at, parent),
            Some(b'"' | b'\'') => self.quoted(at, parent),
            Some(b'|' | b'>') => self.block_text(at, parent),
            Some(b'*') => {
                let stop = scalar::plain_end(self.text, at as usize, end as usize, false) as u32;
                self.end_line(stop);
                Node { range: Range::new(at, stop), column, data: leaf(Range::new(at + 1, stop).of(self.text).into(), Style::Alias) }
            }
            _ => self.plain(at, parent),
        }
    }

    fn plain(&mut self, at: u32, parent: i64) -> Node {
        let end = self.line().map_or(at, |l| l.end);
        let column = self.column(at);
        let mut stop = scalar::plain_end(self.text, at as usize, end as usize, false) as u32;
        let mut text = EcoString::from(Range::new(at, stop).of(self.text));
        self.end_line(stop);
        while let Some(l) = self.next_text().filter(|l| i64::from(l.indent()) > parent) {
            if self.is_dash(l.content) || scalar::key(self.text, l.content as usize, l.end as usize, false).is_some() {
                // No part of a text: a mistake, or a line that is being typed is above it.
                self.node(l.content, parent);
                continue;
            }
            stop = scalar::plain_end(self.text, l.content as usize, l.end as usize, false) as u32;
            text.push(' ');
            text.push_str(Range::new(l.content, stop).of(self.text));
            self.end_line(stop);
        }
        Node { range: Range::new(at, stop.max(at)), column, data: leaf(text, Style::Plain) }
    }

    fn quoted(&mut self, at: u32, parent: i64) -> Node {
        let column = self.column(at);
        let end = self.line().map_or(at, |l| l.end);
        let mut stop = scalar::quoted_end(self.text, at as usize, end as usize);
        if stop.is_none() {
            // It may go on below, where that is indented.
            let more = self.lines.iter().skip(self.at + 1).take_while(|l| l.kind == Kind::Blank || (l.kind == Kind::Text && i64::from(l.indent()) > parent));
            if let Some(last) = more.last().map(|l| l.end) {
                stop = scalar::quoted_end(self.text, at as usize, last as usize);
            }
        }
        let stop = stop.map_or(end, |s| s as u32);
        while self.lines.get(self.at + 1).is_some_and(|l| l.start <= stop) {
            self.at += 1;
        }
        self.end_line(stop);
        let range = Range::new(at, stop);
        Node { range, column, data: leaf(scalar::unquoted(range.of(self.text)), Style::Quoted) }
    }

    fn block_text(&mut self, at: u32, parent: i64) -> Node {
        let column = self.column(at);
        let mut end = self.line().map_or(at, |l| l.end);
        self.end_line(at + 1);
        let first = end;
        while let Some(l) = self.line() {
            let inside = l.content == l.end || (l.kind != Kind::Separator && i64::from(l.indent()) > parent);
            if !inside {
                break;
            }
            if l.content < l.end {
                end = l.end;
            }
            self.at += 1;
        }
        Node { range: Range::new(at, end), column, data: leaf(Range::new(first, end).of(self.text).into(), Style::Block) }
    }

    fn flow(&mut self, at: u32, parent: i64) -> Node {
        let column = self.column(at);
        let first = self.line().map_or(at, |l| l.end);
        let closes = |l: &Line| matches!(self.text.as_bytes().get(l.content as usize), Some(b']' | b'}'));
        let inside = |l: &&Line| l.kind == Kind::Blank || (l.kind == Kind::Text && (i64::from(l.indent()) > parent || closes(l)));
        let limit = self.lines.iter().skip(self.at + 1).take_while(inside).last().map_or(first, |l| l.end);
        let (mut node, comments) = flow::read(self.text, at as usize, limit as usize);
        node.column = column;
        self.comments.extend(comments);
        while self.lines.get(self.at + 1).is_some_and(|l| l.start <= node.range.end) {
            self.at += 1;
        }
        self.end_line(node.range.end);
        node
    }
}

fn leaf(text: EcoString, style: Style) -> Data {
    Data::Scalar(Scalar { text, style })
}
