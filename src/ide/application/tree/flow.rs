//! Collections in brackets. What is not closed ends where the reader is told.

use super::{Data, Entry, Item, List, Map, Node, Scalar, Style, scalar};
use crate::base::Range;

/// Deeper nesting is left out.
const DEEPEST: u32 = 64;

/// Reads the collection at `start`, up to `limit` at most; also gives the comments in it.
pub fn read(text: &str, start: usize, limit: usize) -> (Node, Vec<Range>) {
    let mut reader = Reader { text, at: start, limit: limit.min(text.len()), depth: 0, comments: Vec::new() };
    let node = reader.node();
    (node, reader.comments)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    limit: usize,
    depth: u32,
    comments: Vec<Range>,
}

impl Reader<'_> {
    fn byte(&self) -> Option<u8> {
        if self.at < self.limit { self.text.as_bytes().get(self.at).copied() } else { None }
    }

    fn blanks(&mut self) {
        while let Some(b) = self.byte() {
            match b {
                b' ' | b'\t' | b'\n' | b'\r' => self.at += 1,
                b'#' => {
                    let rest = self.text.get(self.at..self.limit).unwrap_or("");
                    let length = rest.find('\n').unwrap_or(rest.len());
                    self.comments.push(self.range(self.at, self.at + length));
                    self.at += length;
                }
                _ => return,
            }
        }
    }

    fn range(&self, start: usize, end: usize) -> Range {
        Range::new(start as u32, end as u32)
    }

    fn column(&self, at: usize) -> u32 {
        let start = self.text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
        (at - start) as u32
    }

    fn node(&mut self) -> Node {
        let start = self.at;
        let column = self.column(start);
        self.depth += 1;
        let data = match self.byte() {
            _ if self.depth > DEEPEST => {
                self.at = self.limit;
                Data::Missing
            }
            Some(b'{') => self.map(),
            Some(b'[') => self.list(),
            Some(b'"' | b'\'') => {
                let end = scalar::quoted_end(self.text, start, self.limit).unwrap_or_else(|| {
                    let rest = self.text.get(start..self.limit).unwrap_or("");
                    start + rest.find('\n').unwrap_or(rest.len())
                });
                self.at = end;
                Data::Scalar(Scalar { text: scalar::unquoted(self.text.get(start..end).unwrap_or("")), style: Style::Quoted })
            }
            _ => {
                self.at = scalar::plain_end(self.text, start, self.limit, true);
                let text = self.text.get(start..self.at).unwrap_or("");
                if text.is_empty() { Data::Missing } else { Data::Scalar(Scalar { text: text.into(), style: Style::Plain }) }
            }
        };
        self.depth -= 1;
        Node { range: self.range(start, self.at), column, data }
    }

    fn map(&mut self) -> Data {
        self.at += 1;
        let mut entries = Vec::new();
        loop {
            self.blanks();
            match self.byte() {
                None => break,
                Some(b'}') => {
                    self.at += 1;
                    break;
                }
                // The bracket of something around.
                Some(b']') => break,
                Some(b',') => self.at += 1,
                Some(b'{' | b'[' | b':') => {
                    // No key: passed over.
                    let before = self.at;
                    self.node();
                    self.at = self.at.max(before + 1);
                }
                Some(_) => {
                    let before = self.at;
                    entries.push(self.entry());
                    self.at = self.at.max(before + 1);
                }
            }
        }
        Data::Map(Map { entries, flow: true })
    }

    fn entry(&mut self) -> Entry {
        let start = self.at;
        match scalar::key(self.text, start, self.limit, true) {
            Some(key) => {
                self.at = key.colon + 1;
                let after = self.at;
                self.blanks();
                let value = match self.byte() {
                    None | Some(b',' | b'}' | b']') => {
                        let at = after.min(self.limit);
                        Node::missing(at as u32, self.column(at))
                    }
                    _ => self.node(),
                };
                Entry { key: key.text, key_range: self.range(key.start, key.end), colon: Some(key.colon as u32), value }
            }
            None => {
                let node = self.node();
                let key = node.as_text().cloned().unwrap_or_default();
                let end = node.range.end;
                Entry { key, key_range: node.range, colon: None, value: Node::missing(end, node.column) }
            }
        }
    }

    fn list(&mut self) -> Data {
        self.at += 1;
        let mut items = Vec::new();
        loop {
            self.blanks();
            let before = self.at;
            match self.byte() {
                None | Some(b'}') => break,
                Some(b']') => {
                    self.at += 1;
                    break;
                }
                Some(b',') => self.at += 1,
                Some(b'{' | b'[') => {
                    let value = self.node();
                    items.push(Item { start: before as u32, value });
                }
                Some(_) if scalar::key(self.text, before, self.limit, true).is_some() => {
                    // `[a: b]`: a map of one pair.
                    let column = self.column(before);
                    let entry = self.entry();
                    let range = entry.range();
                    items.push(Item { start: before as u32, value: Node { range, column, data: Data::Map(Map { entries: vec![entry], flow: true }) } });
                }
                Some(_) => {
                    let value = self.node();
                    items.push(Item { start: before as u32, value });
                }
            }
            self.at = self.at.max(before + 1);
        }
        Data::List(List { items, flow: true })
    }
}
