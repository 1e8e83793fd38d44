//! How words are coloured: by what they stand for, which a grammar for colours cannot know.

use super::Asked;
use super::names::{Meaning, uses_in};
use crate::base::Range;
use crate::ide::{Kind, SemanticToken, TokenKind};
use crate::syntax::{SyntaxKind as K, Tree};

/// The tokens of a file, or of the part of it that is asked for.
pub fn tokens(asked: &Asked<'_>, part: Option<Range>) -> Vec<SemanticToken> {
    let tree = &asked.tree;
    let mut named: Vec<SemanticToken> = Vec::new();
    for u in uses_in(asked, true) {
        let Some(kind) = kind_of(&u.meaning) else { continue };
        let library = match &u.meaning {
            Meaning::Declared(span, _) => asked.project.source(*span).is_some_and(|s| s.name.starts_with(crate::ide::STD)),
            Meaning::Builtin(_) | Meaning::BuiltinType(_) | Meaning::Kubernetes { .. } => true,
            _ => false,
        };
        // A shorthand member is the name that it reads.
        match named.last_mut() {
            Some(last) if last.range == u.range => {
                if last.kind == TokenKind::Property {
                    last.kind = kind;
                }
            }
            Some(last) if last.range.end > u.range.start => {}
            _ => named.push(SemanticToken { range: u.range, kind, declares: u.declares, deprecated: false, library }),
        }
    }
    let mut out = Vec::new();
    let mut next = named.into_iter().peekable();
    for node in tree.tokens(Tree::ROOT) {
        let range = tree.range(node);
        while let Some(n) = next.next_if(|n| n.range.end <= range.start || n.range.start <= range.start) {
            out.push(n);
        }
        let covered = out.last().is_some_and(|l| l.range.end > range.start);
        if let (Some(kind), false) = (plain(tree, node), covered) {
            out.push(SemanticToken { range, kind, declares: false, deprecated: false, library: false });
        }
    }
    out.extend(next);
    if let Some(part) = part {
        out.retain(|t| t.range.end > part.start && t.range.start < part.end);
    }
    by_line(asked.text(), out)
}

/// Tokens over several lines are cut: editors want one line each.
fn by_line(text: &str, all: Vec<SemanticToken>) -> Vec<SemanticToken> {
    let mut out = Vec::with_capacity(all.len());
    for t in all {
        let mut start = t.range.start;
        for line in t.range.of(text).split('\n') {
            let end = start + line.len() as u32;
            if end > start {
                out.push(SemanticToken { range: Range::new(start, end), ..t });
            }
            start = end + 1;
        }
    }
    out
}

fn kind_of(meaning: &Meaning) -> Option<TokenKind> {
    Some(match meaning {
        Meaning::Declared(_, kind) => match kind {
            Kind::Component | Kind::Trait | Kind::Policy | Kind::Step | Kind::Rule | Kind::Object => TokenKind::Definition,
            Kind::Type | Kind::Resource | Kind::View => TokenKind::Type,
            Kind::Function => TokenKind::Function,
            Kind::Method => TokenKind::Method,
            Kind::Parameter => TokenKind::Parameter,
            Kind::Module | Kind::File => TokenKind::Namespace,
            Kind::Property => TokenKind::Property,
            Kind::Test => return None,
            _ => TokenKind::Variable,
        },
        Meaning::Module(_) => TokenKind::Namespace,
        Meaning::Kubernetes { .. } | Meaning::BuiltinType(_) => TokenKind::Type,
        Meaning::Builtin(_) => TokenKind::Function,
        Meaning::Field { ty, name } => {
            if super::names::field_of(ty, name).is_some() || super::signature::method(name).is_none() {
                TokenKind::Property
            } else {
                TokenKind::Method
            }
        }
    })
}

/// What a token is by itself.
fn plain(tree: &Tree, node: crate::syntax::NodeId) -> Option<TokenKind> {
    Some(match tree.kind(node) {
        K::Comment | K::DocComment | K::ModuleDoc => TokenKind::Comment,
        K::Keyword | K::DefKind => TokenKind::Keyword,
        K::Prefix if tree.text(node).starts_with(|c: char| c.is_ascii_alphabetic()) => TokenKind::Keyword,
        K::Number | K::Limit => TokenKind::Number,
        K::Regex => TokenKind::Regex,
        K::RawString | K::Chunk | K::Quote | K::Escape => TokenKind::String,
        K::Operator | K::Prefix | K::Assign => TokenKind::Operator,
        K::FieldName => TokenKind::Property,
        K::Ident if matches!(tree.text(node), "parameters" | "context" | "target" | "output" | "outputs") => TokenKind::Keyword,
        K::Ident if tree.parent(node).is_some_and(|p| tree.kind(p) == K::Attribute) => TokenKind::Attribute,
        _ => return None,
    })
}
