//! From tokens to values: the grammar of YAML 1.1 as libyaml has it, scalars resolved, aliases and merge keys expanded within a budget.

use std::borrow::Cow;
use std::collections::HashMap;

use ecow::EcoString;

use super::problem::{Kind as ProblemKind, Problem};
use super::read::MAX_FINDINGS;
use super::scalar::{self, Scalar};
use super::scan::{Kind, Scanner, Style};
use super::{MAX_DEPTH, duplicate};
use crate::base::{FileId, Range, Span};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::value::{Data, Map, Origin, OriginKind, Origins, Value};

/// Builds the value of one document.
pub struct Builder<'t, 'r> {
    file: FileId,
    scanner: Scanner<'t>,
    origins: &'r mut Origins,
    findings: &'r mut Vec<Diagnostic>,
    anchors: HashMap<&'t str, Anchor>,
    /// The brackets that are open.
    open: Vec<Range>,
    /// `%TAG` handles and their prefixes.
    tags: Vec<(String, String)>,
    /// Nodes counted as Kubernetes' reader does: all, and those that aliases repeat.
    decoded: u64,
    repeated: u64,
}

/// What an anchor names.
enum Anchor {
    /// The node, counted from the document's start, is not finished.
    Open(u64),
    Done {
        value: Value,
        size: u64,
    },
}

/// A finished node.
struct Node {
    value: Value,
    /// How many nodes it has, those repeated by aliases too.
    size: u64,
    alias: bool,
    /// The merge key `<<`, not as text.
    merge: bool,
    range: Range,
}

/// A key of a mapping.
struct Key {
    text: EcoString,
    span: Span,
    merge: bool,
}

/// A collection being built.
#[derive(Default)]
struct Fields {
    map: Map,
    size: u64,
}

impl<'t, 'r> Builder<'t, 'r> {
    /// A builder for the document at `range`.
    pub fn new(text: &'t str, range: Range, file: FileId, origins: &'r mut Origins, findings: &'r mut Vec<Diagnostic>) -> Self {
        Self { file, scanner: Scanner::new(text, range), origins, findings, anchors: HashMap::new(), open: Vec::new(), tags: Vec::new(), decoded: 1, repeated: 0 }
    }

    /// The document's value; null where there is none.
    pub fn document(&mut self) -> Result<Value, Problem> {
        self.read().map_err(|problem| self.blame_quote(problem))
    }

    /// A string that goes over several lines and ends just before the place nobody understands: its quote was not closed where it should have been.
    fn blame_quote(&self, problem: Problem) -> Problem {
        let Some(quote) = self.scanner.last_long_quote else { return problem };
        // The scanner may be ahead of the problem: then it lies inside.
        let start = problem.range.start;
        let between = if (quote.start + 1..quote.end).contains(&start) { Some("") } else { self.scanner.text.get(quote.end as usize..start as usize) };
        let confused = matches!(
            problem.kind,
            ProblemKind::ExpectedKey | ProblemKind::ExpectedEntry | ProblemKind::ExpectedComma(_) | ProblemKind::ColonNotAllowed | ProblemKind::QuoteNotClosed
        );
        match between {
            Some(text) if confused && !text.contains('\n') => {
                Problem::new(ProblemKind::QuoteNotClosed, Range::new(quote.start, quote.start + 1)).with(Some(Range::new(quote.end - 1, quote.end)))
            }
            _ => problem,
        }
    }

    fn read(&mut self) -> Result<Value, Problem> {
        self.directives()?;
        let node = match self.scanner.peek()?.kind {
            Kind::StreamEnd => return Ok(self.null(self.start()).value),
            Kind::DocumentStart => {
                self.scanner.take();
                let next = self.scanner.peek()?;
                let at = next.range.start;
                match next.kind {
                    Kind::Version { .. } | Kind::TagDirective(_) | Kind::DocumentStart | Kind::DocumentEnd | Kind::StreamEnd => self.null(at),
                    _ => self.node(true, false, 0)?,
                }
            }
            _ => self.node(true, false, 0)?,
        };
        self.unread()?;
        Ok(node.value)
    }

    fn start(&self) -> u32 {
        self.scanner.content_end
    }

    /// Kubernetes reads one document and passes over what is left: worth a warning.
    fn unread(&mut self) -> Result<(), Problem> {
        let mut token = self.scanner.peek()?.clone();
        let mut ended = false;
        while token.kind == Kind::DocumentEnd {
            ended = true;
            self.scanner.take();
            match self.scanner.peek() {
                Ok(next) => token = next.clone(),
                Err(_) => return Ok(()),
            }
        }
        if matches!(token.kind, Kind::StreamEnd | Kind::DocumentStart) {
            return Ok(());
        }
        let span = token.range.in_file(self.file);
        let message = "Kubernetes does not read this: the document has ended before";
        let help = if ended { "separate documents by a line `---`, not `...`" } else { "separate documents by a line `---`" };
        self.report(Diagnostic::new(codes::J0801, message).with_severity(Severity::Warning).primary(span, "from here on").help(help));
        Ok(())
    }

    fn directives(&mut self) -> Result<(), Problem> {
        let mut version = false;
        let mut last = None;
        loop {
            let token = self.scanner.peek()?.clone();
            match token.kind {
                Kind::Version { major, minor } => {
                    if version || major != 1 || minor != 1 {
                        return Err(Problem::new(ProblemKind::BadDirective, token.range));
                    }
                    version = true;
                }
                Kind::TagDirective(pair) => {
                    if self.tags.iter().any(|t| t.0 == pair.0) {
                        return Err(Problem::new(ProblemKind::BadDirective, token.range));
                    }
                    self.tags.push(*pair);
                }
                Kind::DocumentStart => return Ok(()),
                _ => return last.map_or(Ok(()), |range| Err(Problem::new(ProblemKind::BadDirective, range))),
            }
            last = Some(token.range);
            self.scanner.take();
        }
    }

    fn leaf(&mut self, range: Range) -> Origin {
        self.origins.leaf(range.in_file(self.file), OriginKind::Yaml)
    }

    /// A value that is not written: null at that offset.
    fn null(&mut self, at: u32) -> Node {
        self.decoded += 1;
        let range = Range::new(at, at);
        Node { value: Value::with(Data::Null, self.leaf(range)), size: 1, alias: false, merge: false, range }
    }

    /// A node with its anchor and tag. `block`: block collections may begin here; `indentless`: a list too that is not indented more than its key.
    fn node(&mut self, block: bool, indentless: bool, depth: usize) -> Result<Node, Problem> {
        let mut anchor = None;
        let mut tag = None;
        loop {
            let token = self.scanner.peek()?;
            let range = token.range;
            match &token.kind {
                Kind::Alias(name) if anchor.is_none() && tag.is_none() => {
                    let name = *name;
                    self.scanner.take();
                    return self.alias(name, range);
                }
                Kind::Anchor(name) if anchor.is_none() => anchor = Some((*name, range)),
                Kind::Tag(pair) if tag.is_none() => {
                    let pair = (**pair).clone();
                    tag = Some((self.tag_name(pair, range)?, range));
                }
                _ => break,
            }
            self.scanner.take();
        }
        self.decoded += 1;
        let number = self.decoded;
        if let Some((name, _)) = anchor {
            self.anchors.insert(name, Anchor::Open(number));
        }
        self.check_budget(Range::new(self.start(), self.start()))?;
        let properties = anchor.map(|a| a.1).or(tag.as_ref().map(|t| t.1));
        let node = self.content(block, indentless, depth, tag.map(|t| t.0), properties)?;
        // Inside of the node the name may have been given anew.
        if let Some((name, _)) = anchor
            && matches!(self.anchors.get(name), Some(Anchor::Open(n)) if *n == number)
        {
            self.anchors.insert(name, Anchor::Done { value: node.value.clone(), size: node.size });
        }
        Ok(node)
    }

    fn content(&mut self, block: bool, indentless: bool, depth: usize, tag: Option<String>, properties: Option<Range>) -> Result<Node, Problem> {
        let token = self.scanner.peek()?;
        let range = token.range;
        let begins = match token.kind {
            Kind::Scalar(..) => {
                let Some(Kind::Scalar(text, style)) = self.scanner.take().map(|t| t.kind) else { return Ok(self.null(range.start)) };
                let implicit = tag.as_deref().map_or(style == Style::Plain, |t| t == "!" || t.strip_prefix(scalar::TAG_PREFIX) == Some("merge"));
                let merge = implicit && text == "<<";
                let data = self.scalar(text, style, tag, range)?;
                return Ok(Node { value: Value::with(data, self.leaf(range)), size: 1, alias: false, merge, range });
            }
            Kind::FlowSequenceStart | Kind::FlowMappingStart => true,
            Kind::BlockEntry => indentless,
            Kind::BlockSequenceStart | Kind::BlockMappingStart => block,
            _ => false,
        };
        if !begins {
            let Some(properties) = properties else { return Err(self.no_node(range)) };
            let data = self.scalar(Cow::Borrowed(""), Style::Plain, tag, properties)?;
            let at = Range::new(properties.end, properties.end);
            return Ok(Node { value: Value::with(data, self.leaf(at)), size: 1, alias: false, merge: false, range: at });
        }
        if depth >= MAX_DEPTH {
            return Err(Problem::new(ProblemKind::TooDeep, range));
        }
        match token.kind {
            Kind::FlowMappingStart => self.flow_mapping(range, depth + 1),
            Kind::FlowSequenceStart => self.flow_sequence(range, depth + 1),
            Kind::BlockMappingStart => self.block_mapping(range, depth + 1),
            Kind::BlockSequenceStart => {
                self.scanner.take();
                self.block_sequence(range, true, depth + 1)
            }
            _ => self.block_sequence(range, false, depth + 1),
        }
    }

    /// What cannot begin a node. A list item on a later line than the bracket that is open tells that the bracket should be closed.
    fn no_node(&self, range: Range) -> Problem {
        let text = self.scanner.text;
        let item = range.of(text) == "-";
        match self.open.last() {
            Some(open) if item && Range::new(open.end, range.start).of(text).contains('\n') => Problem::new(ProblemKind::BracketNotClosed, *open).with(Some(range)),
            _ => Problem::new(ProblemKind::ExpectedNode, range),
        }
    }

    fn finish(&mut self, value: impl FnOnce(Origin) -> Value, size: u64, range: Range) -> Node {
        let origin = self.leaf(range);
        Node { value: value(origin), size, alias: false, merge: false, range }
    }

    fn block_sequence(&mut self, start: Range, indented: bool, depth: usize) -> Result<Node, Problem> {
        let mut items = Vec::new();
        let mut size: u64 = 1;
        loop {
            let token = self.scanner.peek()?;
            let range = token.range;
            match token.kind {
                Kind::BlockEntry => {
                    self.scanner.take();
                    let empty = match self.scanner.peek()?.kind {
                        Kind::BlockEntry | Kind::BlockEnd => true,
                        Kind::Key | Kind::Value => !indented,
                        _ => false,
                    };
                    let item = if empty { self.null(range.end) } else { self.node(true, false, depth)? };
                    size = size.saturating_add(item.size);
                    items.push(item.value);
                }
                Kind::BlockEnd if indented => {
                    self.scanner.take();
                    break;
                }
                _ if !indented => break,
                _ => return Err(Problem::new(ProblemKind::ExpectedEntry, range).with(Some(start))),
            }
        }
        let range = Range::new(start.start, self.scanner_end(start, &items));
        Ok(self.finish(|origin| Value::list(items, origin), size, range))
    }

    /// Where the last item ends.
    fn scanner_end(&self, start: Range, items: &[Value]) -> u32 {
        items.last().map_or(start.end, |v| self.origins.span(v.origin).end)
    }

    fn block_mapping(&mut self, start: Range, depth: usize) -> Result<Node, Problem> {
        self.scanner.take();
        let mut fields = Fields { map: Map::new(), size: 1 };
        let mut end = start.end;
        loop {
            let token = self.scanner.peek()?;
            let range = token.range;
            match token.kind {
                Kind::Key => self.scanner.take(),
                Kind::BlockEnd => {
                    self.scanner.take();
                    break;
                }
                _ => {
                    let last = fields.map.iter().last().map(|e| self.origins.span(e.key_origin).range());
                    return Err(Problem::new(ProblemKind::ExpectedKey, range).with(last.or(Some(start))));
                }
            };
            let key = match self.scanner.peek()?.kind {
                Kind::Key | Kind::Value | Kind::BlockEnd => return Err(Problem::new(ProblemKind::KeyNull, range)),
                _ => self.key(true, depth)?,
            };
            let token = self.scanner.peek()?;
            let mut at = token.range.start;
            let mut empty = true;
            if token.kind == Kind::Value {
                at = token.range.end;
                self.scanner.take();
                empty = matches!(self.scanner.peek()?.kind, Kind::Key | Kind::Value | Kind::BlockEnd);
            }
            let value = if empty { self.null(at) } else { self.node(true, true, depth)? };
            end = value.range.end;
            self.add(&mut fields, key, value)?;
        }
        let range = Range::new(start.start, end);
        Ok(self.finish(|origin| Value::map(fields.map, origin), fields.size, range))
    }

    fn flow_sequence(&mut self, start: Range, depth: usize) -> Result<Node, Problem> {
        self.open.push(start);
        self.scanner.take();
        let mut items = Vec::new();
        let mut size: u64 = 1;
        loop {
            let mut token = self.scanner.peek()?;
            if token.kind != Kind::FlowSequenceEnd && !items.is_empty() {
                if token.kind != Kind::FlowEntry {
                    return Err(Problem::new(ProblemKind::ExpectedComma(']'), token.range).with(Some(start)));
                }
                self.scanner.take();
                token = self.scanner.peek()?;
            }
            let range = token.range;
            let item = match token.kind {
                Kind::FlowSequenceEnd => {
                    self.scanner.take();
                    self.open.pop();
                    let whole = Range::new(start.start, range.end);
                    return Ok(self.finish(|origin| Value::list(items, origin), size, whole));
                }
                Kind::Key => {
                    self.scanner.take();
                    self.single_pair(range, depth)?
                }
                Kind::StreamEnd => return Err(Problem::new(ProblemKind::BracketNotClosed, start)),
                _ => self.node(false, false, depth)?,
            };
            size = size.saturating_add(item.size);
            items.push(item.value);
        }
    }

    /// An element `key: value` of a flow sequence: a mapping with one key.
    fn single_pair(&mut self, start: Range, depth: usize) -> Result<Node, Problem> {
        if depth >= MAX_DEPTH {
            return Err(Problem::new(ProblemKind::TooDeep, start));
        }
        self.decoded += 1;
        let key = match self.scanner.peek()?.kind {
            Kind::Value | Kind::FlowEntry | Kind::FlowSequenceEnd => return Err(Problem::new(ProblemKind::KeyNull, start)),
            _ => self.key(false, depth + 1)?,
        };
        let value = self.flow_value(Kind::FlowSequenceEnd, depth + 1)?;
        let range = Range::new(key.span.start, value.range.end);
        let mut fields = Fields { map: Map::new(), size: 1 };
        self.add(&mut fields, key, value)?;
        Ok(self.finish(|origin| Value::map(fields.map, origin), fields.size, range))
    }

    /// The `: value` after a key in a flow collection; null where it is missing.
    fn flow_value(&mut self, end: Kind<'static>, depth: usize) -> Result<Node, Problem> {
        let token = self.scanner.peek()?;
        if token.kind != Kind::Value {
            let at = token.range.start;
            return Ok(self.null(at));
        }
        let at = token.range.end;
        self.scanner.take();
        let next = self.scanner.peek()?;
        if next.kind == Kind::FlowEntry || next.kind == end { Ok(self.null(at)) } else { self.node(false, false, depth) }
    }

    fn flow_mapping(&mut self, start: Range, depth: usize) -> Result<Node, Problem> {
        self.open.push(start);
        self.scanner.take();
        let mut fields = Fields { map: Map::new(), size: 1 };
        let mut first = true;
        loop {
            let mut token = self.scanner.peek()?;
            if token.kind != Kind::FlowMappingEnd && !first {
                if token.kind != Kind::FlowEntry {
                    return Err(Problem::new(ProblemKind::ExpectedComma('}'), token.range).with(Some(start)));
                }
                self.scanner.take();
                token = self.scanner.peek()?;
            }
            first = false;
            let range = token.range;
            match token.kind {
                Kind::FlowMappingEnd => {
                    self.scanner.take();
                    self.open.pop();
                    let whole = Range::new(start.start, range.end);
                    return Ok(self.finish(|origin| Value::map(fields.map, origin), fields.size, whole));
                }
                Kind::Key => {
                    self.scanner.take();
                    let key = match self.scanner.peek()?.kind {
                        Kind::Value | Kind::FlowEntry | Kind::FlowMappingEnd => return Err(Problem::new(ProblemKind::KeyNull, range)),
                        _ => self.key(false, depth)?,
                    };
                    let value = self.flow_value(Kind::FlowMappingEnd, depth)?;
                    self.add(&mut fields, key, value)?;
                }
                Kind::StreamEnd => return Err(Problem::new(ProblemKind::BracketNotClosed, start)),
                _ => {
                    let key = self.key(false, depth)?;
                    let value = self.null(key.span.end);
                    self.add(&mut fields, key, value)?;
                }
            }
        }
    }

    /// Adds a field; `<<` adds those of the mappings it names.
    fn add(&mut self, fields: &mut Fields, key: Key, value: Node) -> Result<(), Problem> {
        fields.size = fields.size.saturating_add(value.size);
        if key.merge {
            return self.merge(&mut fields.map, &key, value);
        }
        fields.size = fields.size.saturating_add(1);
        if let Some(first) = fields.map.entry(&key.text) {
            let same = first.value.same(&value.value);
            let first = self.origins.span(first.key_origin);
            let finding = duplicate::key(self.scanner.text, &key.text, key.span, value.range, first, same);
            self.report(finding);
            return Ok(());
        }
        let origin = self.origins.leaf(key.span, OriginKind::Yaml);
        fields.map.insert(key.text, origin, value.value);
        Ok(())
    }

    fn merge(&mut self, map: &mut Map, key: &Key, node: Node) -> Result<(), Problem> {
        let not_map = Problem::new(ProblemKind::MergeNotMap, node.range).with(Some(key.span.range()));
        match &node.value.data {
            Data::Map(other) => self.merge_one(map, key, other),
            Data::List(list) if !node.alias => {
                for item in &list.items {
                    let Data::Map(other) = &item.data else { return Err(not_map) };
                    self.merge_one(map, key, other);
                }
            }
            _ => return Err(not_map),
        }
        Ok(())
    }

    fn merge_one(&mut self, map: &mut Map, key: &Key, other: &Map) {
        for entry in other {
            if let Some(first) = map.entry(&entry.key) {
                let finding = duplicate::merged(&entry.key, key.span, self.origins.span(entry.key_origin), self.origins.span(first.key_origin));
                self.report(finding);
            } else {
                map.insert(entry.key.clone(), entry.key_origin, entry.value.clone());
            }
        }
    }

    fn alias(&mut self, name: &str, range: Range) -> Result<Node, Problem> {
        let (value, size) = match self.anchors.get(name) {
            Some(Anchor::Done { value, size }) => (value.clone(), *size),
            Some(Anchor::Open(_)) => return Err(Problem::new(ProblemKind::AliasInItself, range)),
            None => return Err(Problem::new(ProblemKind::UnknownAlias(self.nearest_anchor(name)), range)),
        };
        self.decoded = self.decoded.saturating_add(size).saturating_add(1);
        self.repeated = self.repeated.saturating_add(size);
        self.check_budget(range)?;
        let origin = self.origins.add(range.in_file(self.file), OriginKind::Yaml, [value.origin, Origin::UNKNOWN]);
        Ok(Node { value: Value::with(value.data, origin), size: size.saturating_add(1), alias: true, merge: false, range })
    }

    fn report(&mut self, finding: Diagnostic) {
        if self.findings.len() < MAX_FINDINGS {
            self.findings.push(finding);
        }
    }

    fn nearest_anchor(&self, name: &str) -> Option<String> {
        let mut names: Vec<&str> = self.anchors.keys().copied().collect();
        names.sort_unstable();
        crate::diagnostics::nearest(name, names).map(str::to_owned)
    }

    /// The rule of Kubernetes' reader: up to 99 % of the nodes of a small document may come from aliases, 10 % of a large one.
    fn check_budget(&self, range: Range) -> Result<(), Problem> {
        if self.repeated <= 100 || self.decoded <= 1000 {
            return Ok(());
        }
        let allowed = match self.decoded {
            0..=400_000 => 0.99,
            4_000_000.. => 0.10,
            n => 0.99 - 0.89 * ((n - 400_000) as f64 / 3_600_000.0),
        };
        if self.repeated as f64 / self.decoded as f64 > allowed { Err(Problem::new(ProblemKind::Aliases, range)) } else { Ok(()) }
    }

    fn tag_name(&self, pair: (String, String), range: Range) -> Result<String, Problem> {
        let (handle, suffix) = pair;
        if handle.is_empty() {
            return Ok(suffix);
        }
        let prefix = match self.tags.iter().find(|t| t.0 == handle) {
            Some((_, prefix)) => prefix.as_str(),
            None => match handle.as_str() {
                "!" => "!",
                "!!" => scalar::TAG_PREFIX,
                _ => return Err(Problem::new(ProblemKind::UnknownTagHandle(handle), range)),
            },
        };
        Ok(format!("{prefix}{suffix}"))
    }

    fn scalar(&mut self, text: Cow<'t, str>, style: Style, tag: Option<String>, range: Range) -> Result<Data, Problem> {
        let resolved = match tag {
            None if style == Style::Plain => scalar::resolve(&text),
            None => Scalar::Text,
            Some(tag) => match scalar::resolve_tagged(&tag, &text) {
                Ok(scalar::Tagged::Scalar(resolved)) => resolved,
                Ok(scalar::Tagged::Binary(text)) => return Ok(Data::String(text)),
                Err(wanted) => return Err(Problem::new(ProblemKind::NotTagged(wanted), range)),
            },
        };
        match resolved {
            Scalar::Float(f) if !f.is_finite() => Err(Problem::new(ProblemKind::NotFinite, range)),
            other => Ok(other.data(&text)),
        }
    }

    /// A key: any scalar, as the text that JSON has for it.
    fn key(&mut self, block: bool, depth: usize) -> Result<Key, Problem> {
        let token = self.scanner.peek()?;
        let range = token.range;
        if let Kind::Scalar(..) = token.kind
            && let Some(Kind::Scalar(text, style)) = self.scanner.take().map(|t| t.kind)
        {
            self.decoded += 1;
            let span = range.in_file(self.file);
            if style != Style::Plain {
                return Ok(Key { text: text.as_ref().into(), span, merge: false });
            }
            let text = match scalar::resolve(&text) {
                Scalar::Text => EcoString::from(text.as_ref()),
                Scalar::Null => return Err(Problem::new(ProblemKind::KeyNull, range)),
                other => other.key().ok_or_else(|| Problem::new(ProblemKind::KeyTooLarge, range))?,
            };
            let merge = text == "<<";
            return Ok(Key { text, span, merge });
        }
        let node = self.node(block, block, depth)?;
        let span = node.range.in_file(self.file);
        let text = match &node.value.data {
            Data::String(s) => s.clone(),
            Data::Bool(b) => EcoString::from(if *b { "true" } else { "false" }),
            Data::Int(i) => ecow::eco_format!("{i}"),
            Data::Number(n) => n.text.clone(),
            Data::Null => return Err(Problem::new(ProblemKind::KeyNull, node.range)),
            Data::List(_) | Data::Map(_) => return Err(Problem::new(ProblemKind::KeyNotScalar, node.range)),
        };
        Ok(Key { text, span, merge: node.merge })
    }
}
