//! Tokens that the grammar reads generously: numbers, escapes, regexes, and the first letters of names.

use super::{K, NodeId, Range, Validator};
use crate::diagnostics::{Diagnostic, codes};

impl Validator<'_> {
    pub(super) fn number(&mut self, id: NodeId) {
        let range = self.tree.range(id);
        let text = self.tree.text(id);
        let digits = text.trim_start_matches('-').trim_start();
        let start = range.end - digits.len() as u32;
        let place = self.span(Range::new(start, range.end));
        if let Some(octal) = digits.strip_prefix("0o") {
            if octal.is_empty() || !octal.bytes().all(|b| (b'0'..=b'7').contains(&b)) {
                self.out.push(Diagnostic::new(codes::J0104, format!("`{digits}` is no number")).primary(place, "").help("an octal number is written `0o` and digits from 0 to 7"));
            }
            return;
        }
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        if !whole.bytes().all(|b| b.is_ascii_digit() || b == b'_') || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            let unit = whole.trim_start_matches(|c: char| c.is_ascii_digit());
            let d = Diagnostic::new(codes::J0104, format!("`{digits}` is no number")).primary(place, "");
            let quantity = unit.len() <= 2 && !unit.is_empty() && whole.starts_with(|c: char| c.is_ascii_digit());
            self.out.push(if quantity { d.help(format!("a quantity or duration is a string: `\"{digits}\"`")).fix("put it in quotes", place, format!("\"{digits}\"")) } else { d });
            return;
        }
        if whole.len() > 1 && whole.starts_with('0') {
            let plain = whole.trim_start_matches(['0', '_']);
            let plain = if plain.is_empty() { "0" } else { plain };
            let mut d = Diagnostic::new(codes::J0108, format!("`{digits}` begins with a zero")).primary(place, "");
            if !digits.contains('.') && plain.bytes().all(|b| (b'0'..=b'7').contains(&b)) {
                d = d.unsafe_fix(format!("write the octal number `0o{plain}`"), place, format!("0o{plain}"));
            }
            let decimal = digits.replacen(whole, plain, 1);
            self.out.push(
                d.unsafe_fix(format!("write the decimal number `{decimal}`"), place, decimal).help("an octal number (a file mode) is written `0o…`, any other without the zero"),
            );
        }
    }

    pub(super) fn escape(&mut self, id: NodeId) {
        let text = self.tree.text(id);
        let known = match text.as_bytes().get(1) {
            Some(b'n' | b't' | b'r' | b'"' | b'\\' | b'$') => true,
            Some(b'u') => text
                .strip_prefix("\\u{")
                .and_then(|t| t.strip_suffix('}'))
                .is_some_and(|hex| hex.len() <= 6 && u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).is_some()),
            _ => false,
        };
        if known {
            return;
        }
        let span = self.span(self.tree.range(id));
        let d = Diagnostic::new(codes::J0109, format!("unknown escape `{text}`")).primary(span, "");
        let d = d.help("the escapes are `\\n`, `\\t`, `\\r`, `\\\"`, `\\\\`, `\\$` and `\\u{hex}`; `r\"…\"` has none");
        self.out.push(d.fix("write a backslash as `\\\\`", span, format!("\\{text}")));
    }

    pub(super) fn regex(&mut self, id: NodeId) {
        let range = self.tree.range(id);
        let token = self.tree.text(id);
        let inner = token.strip_prefix('/').and_then(|t| t.strip_suffix('/')).unwrap_or(token);
        // `\/` keeps its length, so that positions stay.
        let pattern = inner.replace("\\/", "[/]");
        let place = |offset: usize, end: usize| {
            let shift = |o: usize| {
                let before = pattern.get(..o.min(pattern.len())).unwrap_or(&pattern).matches("[/]").count();
                range.start + 1 + (o.saturating_sub(before)) as u32
            };
            Range::new(shift(offset), shift(end.max(offset + 1)).min(range.end))
        };
        let mut parser = regex_syntax::ast::parse::ParserBuilder::new().nest_limit(100).build();
        let ast = match parser.parse(&pattern) {
            Ok(ast) => ast,
            Err(e) => {
                let place = place(e.span().start.offset, e.span().end.offset);
                let place = self.span(place);
                return self.out.push(Diagnostic::new(codes::J0115, format!("this regex is not valid: {}", e.kind())).primary(place, ""));
            }
        };
        let mut finder = Irregular(None);
        let _ = regex_syntax::ast::visit(&ast, &mut finder);
        if let Some((span, what)) = finder.0 {
            let place = self.span(place(span.start.offset, span.end.offset));
            self.out.push(Diagnostic::new(codes::J0115, format!("a regex has no {what} here")).primary(place, "").help("it always matches the whole text"));
        }
    }

    /// Types begin with a capital letter, everything else with a small one.
    pub(super) fn letter(&mut self, id: NodeId, capital: bool) {
        let kinds = [K::Ident, K::Kebab];
        let Some(name) = self.tree.children(id).find(|&c| kinds.contains(&self.tree.kind(c))) else { return };
        let text = self.tree.text(name);
        let Some(first) = text.chars().next() else { return };
        let right = if capital { first.is_ascii_uppercase() } else { !first.is_ascii_uppercase() };
        if right {
            return;
        }
        let (what, letter) = if capital {
            ("types, views and resources begin with a capital letter", first.to_ascii_uppercase())
        } else {
            ("this name begins with a small letter", first.to_ascii_lowercase())
        };
        let other = format!("{letter}{}", text.get(1..).unwrap_or(""));
        let span = self.span(self.tree.range(name));
        let d = Diagnostic::new(codes::J0114, format!("`{text}` has the wrong first letter: {what}")).primary(span, "");
        self.out.push(if other == text { d } else { d.unsafe_fix(format!("rename it to `{other}`"), span, other) });
    }
}

/// Finds anchors, word boundaries and flags.
struct Irregular(Option<(regex_syntax::ast::Span, &'static str)>);

impl regex_syntax::ast::Visitor for &mut Irregular {
    type Output = ();
    type Err = ();

    fn finish(self) -> Result<(), ()> {
        Ok(())
    }

    fn visit_pre(&mut self, ast: &regex_syntax::ast::Ast) -> Result<(), ()> {
        use regex_syntax::ast::{AssertionKind, Ast, GroupKind};
        let found = match ast {
            Ast::Flags(f) => Some((f.span, "flags")),
            Ast::Assertion(a) => Some((a.span, if matches!(a.kind, AssertionKind::WordBoundary | AssertionKind::NotWordBoundary) { "word boundaries" } else { "anchors" })),
            Ast::Group(g) => match &g.kind {
                GroupKind::NonCapturing(flags) if !flags.items.is_empty() => Some((flags.span, "flags")),
                _ => None,
            },
            _ => None,
        };
        if self.0.is_none() {
            self.0 = found;
        }
        Ok(())
    }
}
