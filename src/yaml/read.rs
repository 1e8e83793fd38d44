//! Reading a stream of YAML documents.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle};

use super::scalar::{self, Resolved};
use super::{Document, MAX_DEPTH};
use crate::base::{FileId, Span};
use crate::diagnostics::{Diagnostic, codes};
use crate::value::{Data, Map, OriginKind, Origins, Value};

/// See [`super::read`].
pub fn read(text: &str, file: FileId, origins: &mut Origins) -> (Vec<Document>, Vec<Diagnostic>) {
    let mut offsets: Vec<u32> = text.char_indices().map(|(i, _)| i as u32).collect();
    offsets.push(text.len() as u32);
    let mut reader = Reader { file, origins, offsets, documents: Vec::new(), findings: Vec::new(), stack: Vec::new(), anchors: HashMap::new() };
    for event in Parser::new_from_str(text) {
        match event {
            Ok((event, span)) => {
                let span = reader.span(span.start.index(), span.end.index());
                if reader.event(event, span).is_none() {
                    break;
                }
            }
            Err(error) => {
                let at = error.marker().index();
                let span = reader.span(at, at);
                reader.findings.push(Diagnostic::new(codes::J0801, error.info().to_owned()).primary(span, ""));
                break;
            }
        }
    }
    (reader.documents, reader.findings)
}

/// See [`super::decode`].
pub fn decode(bytes: Vec<u8>, file: FileId) -> (String, Option<Diagnostic>) {
    match String::from_utf8(bytes) {
        Ok(text) => (text, None),
        Err(error) => {
            let at = error.utf8_error().valid_up_to() as u32;
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let finding = Diagnostic::new(codes::J0101, "this file is not UTF-8").primary(Span::new(file, at, at + 1), "the first byte that is not");
            (text, Some(finding))
        }
    }
}

/// A key that is there already: labels both, offers to delete the second.
pub fn duplicate(key: &str, second: Span, first: Span) -> Diagnostic {
    Diagnostic::new(codes::J0814, format!("key `{key}` is given twice")).primary(second, "the second").secondary(first, "the first")
}

/// What is being built: the anchor, where it began, and what is there so far.
struct Open {
    anchor: usize,
    span: Span,
    node: Node,
}

enum Node {
    List(Vec<Value>),
    Map(Map, Option<(ecow::EcoString, Span)>),
}

struct Reader<'o> {
    file: FileId,
    origins: &'o mut Origins,
    offsets: Vec<u32>,
    documents: Vec<Document>,
    findings: Vec<Diagnostic>,
    stack: Vec<Open>,
    anchors: HashMap<usize, Value>,
}

impl Reader<'_> {
    fn span(&self, start: usize, end: usize) -> Span {
        let at = |i: usize| self.offsets.get(i).or(self.offsets.last()).copied().unwrap_or(0);
        Span::new(self.file, at(start), at(end))
    }

    fn event(&mut self, event: Event<'_>, span: Span) -> Option<()> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let data = if style == ScalarStyle::Plain {
                    match scalar::resolve(&text) {
                        Resolved::Data(data) => data,
                        Resolved::Merge => Data::String("<<".into()),
                        Resolved::NotFinite => {
                            self.findings.push(Diagnostic::new(codes::J0801, "a number that is not finite").primary(span, ""));
                            return None;
                        }
                    }
                } else {
                    Data::String(text.as_ref().into())
                };
                let value = Value::with(data, self.origins.leaf(span, OriginKind::Yaml));
                self.add(value, anchor, span)
            }
            Event::Alias(id) => {
                let mut value = self.anchors.get(&id).cloned().unwrap_or_default();
                value.origin = self.origins.add(span, OriginKind::Yaml, [value.origin, Default::default()]);
                self.add(value, 0, span)
            }
            Event::SequenceStart(anchor, _) => self.open(anchor, span, Node::List(Vec::new())),
            Event::MappingStart(anchor, _) => self.open(anchor, span, Node::Map(Map::new(), None)),
            Event::SequenceEnd | Event::MappingEnd => {
                let open = self.stack.pop()?;
                let whole = Span::new(self.file, open.span.start, span.end);
                let origin = self.origins.leaf(whole, OriginKind::Yaml);
                let value = match open.node {
                    Node::List(items) => Value::list(items, origin),
                    Node::Map(map, _) => Value::map(map, origin),
                };
                self.add(value, open.anchor, whole)
            }
            _ => Some(()),
        }
    }

    fn open(&mut self, anchor: usize, span: Span, node: Node) -> Option<()> {
        if self.stack.len() >= MAX_DEPTH {
            self.findings.push(Diagnostic::new(codes::J0801, format!("nested deeper than {MAX_DEPTH}")).primary(span, ""));
            return None;
        }
        self.stack.push(Open { anchor, span, node });
        Some(())
    }

    fn add(&mut self, value: Value, anchor: usize, span: Span) -> Option<()> {
        if anchor > 0 {
            self.anchors.insert(anchor, value.clone());
        }
        match self.stack.last_mut() {
            None => self.documents.push(Document { value, span }),
            Some(Open { node: Node::List(items), .. }) => items.push(value),
            Some(Open { node: Node::Map(map, key), .. }) => match key.take() {
                None => {
                    let text = match &value.data {
                        Data::String(s) => s.clone(),
                        Data::Int(i) => ecow::eco_format!("{i}"),
                        Data::Bool(b) => ecow::eco_format!("{b}"),
                        Data::Number(n) => n.text.clone(),
                        _ => return None,
                    };
                    *key = Some((text, span));
                }
                Some((name, key_span)) => {
                    if map.contains(&name) {
                        self.findings.push(Diagnostic::new(codes::J0814, format!("key `{name}` is given twice")).primary(key_span, ""));
                    } else {
                        let origin = self.origins.leaf(key_span, OriginKind::Yaml);
                        map.insert(name, origin, value);
                    }
                }
            },
        }
        Some(())
    }
}
