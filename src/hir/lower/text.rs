//! Strings and numbers: from what is written to what is meant.

use ecow::EcoString;

use super::Lowerer;
use crate::base::Range;
use crate::diagnostics::codes;
use crate::hir::{Expr, ExprId, Part};
use crate::syntax::{NodeId, SyntaxKind as K};

/// A piece of a string as written.
enum Piece {
    Raw(String, u32),
    /// An escape, decoded.
    Text(String),
    Hole(ExprId),
}

impl Lowerer<'_> {
    /// A string literal.
    pub(super) fn string(&mut self, node: NodeId) -> Expr {
        let tree = self.tree;
        if let Some(raw) = tree.child(node, K::RawString) {
            let text = tree.text(raw);
            let start = tree.range(raw).start;
            return match text.strip_prefix("r\"\"\"") {
                Some(inner) => {
                    let inner = inner.strip_suffix("\"\"\"").unwrap_or(inner);
                    self.template(vec![Piece::Raw(inner.to_owned(), start + 4)], true, tree.range(raw))
                }
                None => Expr::String(text.trim_start_matches("r\"").trim_end_matches('"').into()),
            };
        }
        let multi = tree.child(node, K::Quote).is_some_and(|q| tree.text(q).len() == 3);
        let mut pieces = Vec::new();
        for c in tree.children(node) {
            match tree.kind(c) {
                K::Chunk => pieces.push(Piece::Raw(tree.text(c).to_owned(), tree.range(c).start)),
                K::Escape => pieces.push(Piece::Text(unescape(tree.text(c)))),
                K::Hole => pieces.push(Piece::Hole(self.nth_expr(c, 0))),
                _ => {}
            }
        }
        self.template(pieces, multi, tree.range(node))
    }

    /// The text of a string that may have no holes.
    pub(super) fn plain_string(&mut self, node: NodeId) -> EcoString {
        match self.string(node) {
            Expr::String(text) => text,
            Expr::Template(_) => {
                self.report(codes::J0104, "unexpected `${`: this string may have no holes", self.tree.range(node));
                EcoString::new()
            }
            _ => EcoString::new(),
        }
    }

    fn template(&mut self, mut pieces: Vec<Piece>, multi: bool, range: Range) -> Expr {
        if multi {
            self.outdent(&mut pieces, range);
        }
        let mut parts: Vec<Part> = Vec::new();
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Raw(t, _) | Piece::Text(t) => text.push_str(&t),
                Piece::Hole(e) => {
                    if !text.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut text).into()));
                    }
                    parts.push(Part::Hole(e));
                }
            }
        }
        if parts.is_empty() {
            return Expr::String(text.into());
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.into()));
        }
        Expr::Template(parts)
    }

    /// Takes the indentation of the closing `"""` from every line, and the first and the last line end away.
    fn outdent(&mut self, pieces: &mut [Piece], range: Range) {
        for piece in pieces.iter_mut() {
            if let Piece::Raw(text, _) = piece
                && text.contains('\r')
            {
                *text = text.replace("\r\n", "\n");
            }
        }
        let opened = match pieces.first_mut() {
            Some(Piece::Raw(text, start)) => match text.split_once('\n') {
                Some((before, rest)) if before.trim().is_empty() => {
                    *start += before.len() as u32;
                    *text = format!("\n{rest}");
                    true
                }
                _ => false,
            },
            _ => false,
        };
        let indent = match pieces.last_mut() {
            Some(Piece::Raw(text, _)) => match text.rsplit_once('\n') {
                Some((rest, last)) if last.chars().all(|c| c == ' ' || c == '\t') => {
                    let indent = last.to_owned();
                    *text = rest.to_owned();
                    Some(indent)
                }
                _ => None,
            },
            _ => None,
        };
        let (true, Some(indent)) = (opened, indent) else {
            let message = if opened { "the closing `\"\"\"` must stand alone on its line" } else { "the text of a `\"\"\"` string begins on the next line" };
            return self.report(codes::J0110, message, range);
        };
        let mut wrong = Vec::new();
        let count = pieces.len();
        for (i, piece) in pieces.iter_mut().enumerate() {
            let Piece::Raw(text, start) = piece else { continue };
            let mut out = String::with_capacity(text.len());
            let mut at = *start;
            let last = text.matches('\n').count();
            for (n, line) in text.split('\n').enumerate() {
                if n == 0 {
                    out.push_str(line);
                } else {
                    // A line is blank when nothing but its end follows, in this piece or (on its last line) in the string.
                    let blank = line.trim().is_empty() && (n < last || i + 1 == count);
                    out.push('\n');
                    match line.strip_prefix(indent.as_str()) {
                        Some(rest) => out.push_str(if blank { rest.trim_end_matches('\r') } else { rest }),
                        None if blank => {}
                        None => {
                            wrong.push(Range::new(at, at + line.len() as u32));
                            out.push_str(line.trim_start());
                        }
                    }
                }
                at += line.len() as u32 + 1;
            }
            *text = out;
        }
        if let Some(Piece::Raw(text, _)) = pieces.first_mut() {
            // The line end after the opening quotes; a string with no line at all has none.
            if text.starts_with('\n') {
                text.remove(0);
            }
        }
        for range in wrong {
            self.report(codes::J0110, "this line is less indented than the closing `\"\"\"`", range);
        }
    }
}

/// What an escape means; one that does not exist stands for itself.
fn unescape(escape: &str) -> String {
    match escape.as_bytes().get(1) {
        Some(b'n') => "\n".to_owned(),
        Some(b't') => "\t".to_owned(),
        Some(b'r') => "\r".to_owned(),
        Some(b'u') => {
            let hex = escape.trim_start_matches("\\u{").trim_end_matches('}');
            u32::from_str_radix(hex, 16).ok().and_then(char::from_u32).map_or_else(|| escape.to_owned(), String::from)
        }
        Some(_) => escape.chars().skip(1).collect(),
        None => String::new(),
    }
}

/// A number: an `Int`, or the text of a `Number`.
pub(super) fn number(text: &str, negative: bool) -> Expr {
    let digits = text.replace('_', "");
    if let Some(octal) = digits.strip_prefix("0o") {
        return match i64::from_str_radix(octal, 8) {
            Ok(n) => Expr::Int(if negative { -n } else { n }),
            Err(_) => Expr::Missing,
        };
    }
    let digits = if negative { format!("-{digits}") } else { digits };
    if !digits.trim_start_matches('-').bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return Expr::Missing;
    }
    match digits.parse::<i64>() {
        Ok(n) => Expr::Int(n),
        Err(_) => Expr::Number(digits.into()),
    }
}
