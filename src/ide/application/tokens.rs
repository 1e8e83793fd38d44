//! Colours: what only we know about words of the text; the rest is the grammar's.

use super::Asked;
use super::place::{Declared, Place};
use super::skeleton::Part;
use super::tree::Tree;
use super::visit::visit;
use crate::base::Range;
use crate::ide::{SemanticToken, TokenKind};
use crate::types::{Text, Type};

/// The words that name definitions, parameters, components and choices.
pub fn tokens(asked: &Asked<'_>) -> Vec<SemanticToken> {
    let tree = Tree::new(asked.text);
    let mut found = Vec::new();
    for document in &tree.documents {
        visit(asked, &tree, document, &mut |v| {
            let plain = |range: Range, kind: TokenKind| SemanticToken { range, kind, declares: false, deprecated: false, library: false };
            if let (Some(entry), Some(declared)) = (v.entry, &v.here.declared) {
                let mut token = plain(entry.key_range, TokenKind::Property);
                match declared {
                    Declared::Key(_) => token.kind = TokenKind::Keyword,
                    Declared::Field(f, _) => token.deprecated = f.deprecated.is_some(),
                }
                found.push(token);
            }
            let Some(text) = v.node.as_text().filter(|t| !t.is_empty()) else { return };
            let range = v.node.range;
            if let Some(kind) = v.here.type_name() {
                if let Some(id) = asked.find(kind, text) {
                    let library = asked.library.program.package(id.module) == "std";
                    found.push(SemanticToken { deprecated: asked.deprecated(id).is_some(), library, ..plain(range, TokenKind::Definition) });
                }
            } else if let Some((_, declares)) = v.here.named() {
                found.push(SemanticToken { declares, ..plain(range, TokenKind::Variable) });
            } else if is_choice(&v.here.place, text) {
                found.push(plain(range, TokenKind::EnumMember));
            }
        });
    }
    found.retain(|t| t.range.start < t.range.end && !t.range.of(asked.text).contains('\n'));
    found.sort_by_key(|t| t.range);
    found.dedup_by(|b, a| b.range.start < a.range.end);
    found
}

fn is_choice(place: &Place<'_>, text: &str) -> bool {
    match place {
        Place::Part(Part::Words(words)) => words.contains(&text),
        Place::Typed(t) => t.ty.members().iter().any(|m| matches!(m.shape(), Type::Text(Text::Literals(all)) if all.iter().any(|l| l == text))),
        _ => false,
    }
}
