//! What is wrong in a tree: junk, missing parts, and what the grammar reads but the language does not have. One unreadable stretch gives one finding.

mod expected;
mod tokens;

pub use expected::RESERVED;

use rustc_hash::FxHashSet;

use super::{NodeId, SyntaxKind as K, Tree};
use crate::base::{FileId, Range, Span};
use crate::diagnostics::{Code, Diagnostic, codes};

/// Reports what is wrong; `out` holds what the balancing of brackets has reported.
pub(super) fn validate(file: FileId, tree: &Tree, out: &mut Vec<Diagnostic>) {
    let closed_at: FxHashSet<u32> = out.iter().flat_map(|d| d.labels.iter().filter(|l| !l.primary).map(|l| l.span.start)).collect();
    let stray: FxHashSet<u32> = out.iter().filter(|d| d.code == codes::J0104).filter_map(|d| d.span().map(|s| s.start)).collect();
    let mut v = Validator { file, tree, out, closed_at, stray, documented: FxHashSet::default(), seen: None };
    for id in tree.descendants(Tree::ROOT) {
        v.node(id);
    }
    v.documentation();
}

struct Validator<'t> {
    file: FileId,
    tree: &'t Tree,
    out: &'t mut Vec<Diagnostic>,
    /// Where the balancing has closed something: what is missing there is not reported again.
    closed_at: FxHashSet<u32>,
    /// Closing brackets that are reported already.
    stray: FxHashSet<u32>,
    documented: FxHashSet<NodeId>,
    /// The junk that stands for something missing before it, and is reported with it.
    seen: Option<NodeId>,
}

impl Validator<'_> {
    fn span(&self, range: Range) -> Span {
        range.in_file(self.file)
    }

    fn node(&mut self, id: NodeId) {
        let kind = self.tree.kind(id);
        match kind {
            K::Junk => self.junk(id),
            K::Number | K::Limit => self.number(id),
            K::Escape => self.escape(id),
            K::Regex => self.regex(id),
            K::Sign if self.tree.text(id) == "," => self.comma(id),
            K::Field => self.shorthand(id),
            K::FnBlock => self.fn_block(id),
            K::Item | K::Stmt | K::TypeMember | K::Param | K::Let => {
                self.documented.extend(self.tree.doc_comments(id));
                if kind == K::Let {
                    self.letter(id, false);
                }
            }
            K::TypeItem | K::View | K::Resource => self.letter(id, true),
            K::FnItem | K::Definition => self.letter(id, false),
            _ if kind.is_missing() => self.missing(id),
            _ => {}
        }
        if kind == K::Param {
            self.letter(id, false);
        }
    }

    /// Something that must be here is not.
    fn missing(&mut self, id: NodeId) {
        let at = self.tree.range(id).start;
        if self.closed_at.contains(&at) {
            return;
        }
        let expected = expected::missing(self.tree.kind(id));
        let next = self.tree.next_significant(id);
        match next {
            // What stands there instead is shown; when it is junk it is reported with this.
            Some(next) if self.same_line(at, next) => {
                if self.tree.kind(next) == K::Junk {
                    self.seen = Some(next);
                    if self.stray.contains(&self.tree.range(next).start) {
                        return;
                    }
                }
                let found = self.first_word(next);
                let range = if self.tree.kind(next) == K::Junk { self.first_line(next) } else { self.tree.range(next) };
                let d = Diagnostic::new(codes::J0104, format!("expected {expected}, found `{found}`")).primary(self.span(range), "");
                let d = self.with_hint(d, id, next);
                self.out.push(d);
            }
            _ => {
                let before = self.tree.significant_before(id).map(|t| self.tree.range(t)).unwrap_or_default();
                let message = if self.tree.kind(id) == K::NoExpr && before.of(self.tree.source()).ends_with(['=', ':']) {
                    format!("expected {expected} after `{}`", before.of(self.tree.source()))
                } else {
                    format!("expected {expected}")
                };
                self.out.push(Diagnostic::new(codes::J0104, message).primary(self.span(before), "something is missing after this"));
            }
        }
    }

    /// Advice for mistakes that are made often.
    fn with_hint(&self, d: Diagnostic, missing: NodeId, next: NodeId) -> Diagnostic {
        let text = self.tree.text(next);
        let sign = self.tree.range(next).start;
        let one = Range::new(sign, sign + 1);
        match self.tree.kind(missing) {
            K::NoColon if text.starts_with('=') => d.fix("write `:`", self.span(one), ":"),
            K::NoEquals if text.starts_with(':') => d.help("a type stands between the name and `=`: `let x: T = e`"),
            K::NoArrow if text.starts_with("->") => d.fix("write `=>`", self.span(Range::new(sign, sign + 2)), "=>"),
            _ => match expected::hint(text) {
                Some(hint) => d.help(hint),
                None => d,
            },
        }
    }

    /// What cannot be read.
    fn junk(&mut self, id: NodeId) {
        let range = self.tree.range(id);
        if self.seen == Some(id) || self.stray.contains(&range.start) {
            return;
        }
        let parent = self.tree.parent(id).unwrap_or(Tree::ROOT);
        let context = self.tree.kind(parent);
        let text = self.tree.text(id);
        let first = self.first_word(id);
        let place = self.span(self.first_line(id));
        let before = self.tree.significant_before(id).filter(|&p| p > parent);
        let previous = before.and_then(|t| self.tree.ancestors(t).find(|&n| self.tree.parent(n) == Some(parent))).filter(|&p| self.tree.kind(p) != K::Sign);
        let follows = previous.is_some_and(|p| self.same_line(self.tree.range(p).end, id));
        let d = if !follows && previous.is_some() && expected::cannot_begin(context, text) {
            let d = Diagnostic::new(codes::J0107, format!("this line does not continue the one before: no line begins with `{first}`"));
            d.primary(place, "").help(format!("an expression goes on when its line ends in an operator; `{first}` stands on the line of what it belongs to"))
        } else if follows {
            let d = Diagnostic::new(codes::J0104, format!("unexpected `{first}`: {}", expected::after(context))).primary(place, "");
            self.after_hint(d, text, range, previous)
        } else {
            let (what, words) = expected::inside(context);
            let mut d = Diagnostic::new(codes::J0104, format!("unexpected `{first}`: expected {what}")).primary(place, "");
            if let Some(near) = crate::diagnostics::nearest(&first, words.iter().copied()).filter(|_| first.len() > 2) {
                let word = Range::new(range.start, range.start + first.len() as u32);
                d = d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), self.span(word), near);
            } else if let Some(hint) = expected::hint(text) {
                d = d.help(hint);
            }
            d
        };
        self.out.push(d);
    }

    /// Advice about junk behind something that could be read.
    fn after_hint(&self, d: Diagnostic, text: &str, range: Range, previous: Option<NodeId>) -> Diagnostic {
        let one = self.span(Range::new(range.start, range.start + 1));
        if text.starts_with('=') && !text.starts_with("==") && previous.is_some_and(|p| self.tree.kind(p) == K::Field) {
            return d.help("a field is written `name: value`").fix("write `:`", one, ":");
        }
        if text.starts_with(';') {
            return d.help("there are no semicolons").fix("delete it", one, "");
        }
        match expected::hint(text) {
            Some(hint) => d.help(hint),
            None => d,
        }
    }

    /// A comma needs an element before it.
    fn comma(&mut self, id: NodeId) {
        let parent = self.tree.parent(id);
        let previous = self.tree.significant_before(id).filter(|&p| self.tree.parent(p) == parent);
        if previous.is_some_and(|p| self.tree.kind(p) == K::Sign && matches!(self.tree.text(p), "," | "{" | "[" | "(")) {
            let span = self.span(self.tree.range(id));
            self.out.push(Diagnostic::new(codes::J0104, "unexpected `,`: nothing stands before it").primary(span, "").fix("delete it", span, ""));
        }
    }

    /// A member without a value is a name; anything else lacks its value.
    fn shorthand(&mut self, id: NodeId) {
        if self.tree.child(id, K::Assign).is_some() {
            return;
        }
        let key = self.tree.child(id, K::Key);
        let word = key.is_some_and(|k| self.tree.child(k, K::String).is_none()) && self.tree.child(id, K::AtKey).is_none() && self.tree.child(id, K::Optional).is_none();
        let text = key.map(|k| self.tree.text(k)).unwrap_or("");
        if !word || expected::RESERVED.contains(&text) {
            // Junk behind it says the same.
            let next = self.tree.next_significant_after(id);
            if let Some(next) = next.filter(|&n| self.tree.kind(n) == K::Junk && self.same_line(self.tree.range(id).end, n)) {
                self.seen = Some(next);
            }
            let d = Diagnostic::new(codes::J0104, "expected `:` and a value after this key").primary(self.span(self.tree.range(id)), "");
            self.out.push(d);
        }
    }

    /// `{ let … e }`: one result, last.
    fn fn_block(&mut self, id: NodeId) {
        let results: Vec<NodeId> = self.tree.children_of(id, K::Expr).collect();
        let lets_after = |e: NodeId| self.tree.children_of(id, K::Let).any(|l| l > e);
        let mut found = Vec::new();
        for (i, &e) in results.iter().enumerate() {
            let text = self.tree.text(e);
            if i > 0 && text.starts_with(['(', '[', '-']) {
                found.push((codes::J0107, "this line does not continue the one before: a function has one result, at its end", e));
            } else if i + 1 < results.len() && !results.get(i + 1).is_some_and(|&n| self.tree.text(n).starts_with(['(', '[', '-'])) || lets_after(e) {
                found.push((codes::J0104, "a function has one result, at its end: nothing uses this expression", e));
            }
        }
        if results.is_empty() && self.tree.child(id, K::Junk).is_none() {
            let last = self.tree.children(id).last().unwrap_or(id);
            found.push((codes::J0104, "expected an expression: the result of the function", last));
        }
        for (code, message, at) in found {
            self.report(code, message, self.first_line(at));
        }
    }

    fn report(&mut self, code: Code, message: impl Into<String>, range: Range) {
        self.out.push(Diagnostic::new(code, message).primary(range.in_file(self.file), ""));
    }

    /// J0112 for doc comments that document nothing.
    fn documentation(&mut self) {
        let first_item = self.tree.child(Tree::ROOT, K::Item).map_or(u32::MAX, |i| self.tree.range(i).start);
        for id in self.tree.descendants(Tree::ROOT) {
            let range = self.tree.range(id);
            let (sign, message) = match self.tree.kind(id) {
                K::DocComment if !self.documented.contains(&id) => (3, "this comment documents nothing"),
                K::ModuleDoc if range.start > first_item => (3, "the documentation of a module stands before its items"),
                _ => continue,
            };
            let place = Range::new(range.start, range.start + sign);
            let d = Diagnostic::new(codes::J0112, message).primary(self.span(range), "");
            self.out.push(d.help("what it documents follows on the next line").fix("make it a plain comment", self.span(place), "//"));
        }
    }

    /// Whether a node begins on the line of an offset before it.
    fn same_line(&self, from: u32, node: NodeId) -> bool {
        !Range::new(from, self.tree.range(node).start).of(self.tree.source()).contains('\n')
    }

    /// The first word or sign of a stretch.
    fn first_word(&self, id: NodeId) -> String {
        let text = self.tree.text(id);
        let mut chars = text.chars();
        let Some(first) = chars.next() else { return String::new() };
        if first.is_alphanumeric() || first == '_' {
            return text.chars().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-')).collect();
        }
        text.chars()
            .take_while(|c| *c == first || (c.is_ascii_punctuation() && first.is_ascii_punctuation() && !matches!(c, '"' | '{' | '}' | '(' | ')' | '[' | ']')))
            .take(3)
            .collect()
    }

    /// The range of a node up to the end of its first line.
    fn first_line(&self, id: NodeId) -> Range {
        let range = self.tree.range(id);
        let length = self.tree.text(id).find('\n').unwrap_or(range.end.saturating_sub(range.start) as usize);
        Range::new(range.start, range.start + length as u32)
    }
}
