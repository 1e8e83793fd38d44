//! What can be written at a place: where the cursor is, by the tree; what fits there, by [`super::propose`].

use super::Asked;
use super::propose::Proposals;
use crate::base::Range;
use crate::hir::{DefinitionKind, Expr, ExprId};
use crate::ide::{Completion, Kind};
use crate::syntax::{NodeId, SyntaxKind as K};
use crate::types::Type;

/// The proposals at a place.
pub fn completions(asked: &Asked<'_>, offset: u32) -> Vec<Completion> {
    let tree = &asked.tree;
    let text = asked.text();
    let before = offset.checked_sub(1).and_then(|o| tree.token_at(o));
    let kind = before.map(|t| tree.kind(t));
    let in_comment = |t: NodeId| matches!(tree.kind(t), K::Comment | K::DocComment | K::ModuleDoc) && tree.range(t).end >= offset;
    if before.is_some_and(in_comment) || matches!(kind, Some(K::Regex | K::Number)) && before.is_some_and(|t| tree.range(t).end >= offset) {
        return Vec::new();
    }
    let word = word_at(text, offset, false);
    let mut p = Proposals::new(asked, word);
    if in_string(asked, offset, &mut p) {
        return p.out;
    }
    let lead = text.get(..word.start as usize).unwrap_or("");
    let node = tree.node_covering(Range::new(word.start.saturating_sub(u32::from(word.start == word.end)), word.end));
    let around: Vec<K> = tree.ancestors(node).map(|n| tree.kind(n)).collect();
    let previous = previous_word(tree, word.start);
    if lead.ends_with('@') {
        p.attributes();
    } else if lead.ends_with('.') && !lead.ends_with("..") {
        member(asked, word, &around, &mut p);
    } else if around.contains(&K::Import) || previous.as_deref() == Some("import") {
        import(asked, node, word, &mut p);
    } else if let Some(kind) = definition_word(asked, word, previous.as_deref()) {
        p.range = word_at(text, offset, true);
        p.definitions(kind);
    } else if in_type(&around, asked, word) || matches!(previous.as_deref(), Some("is" | "as")) {
        p.types(around.contains(&K::ForTarget) || previous.as_deref() == Some("for"));
    } else {
        place(asked, offset, word, node, &mut p);
    }
    p.out
}

/// The word around a place.
fn word_at(text: &str, offset: u32, kebab: bool) -> Range {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || (kebab && c == '-');
    let at = offset as usize;
    let start = text.get(..at).unwrap_or("").char_indices().rev().take_while(|(_, c)| is_word(*c)).last().map_or(at, |(i, _)| i);
    let end = at + text.get(at..).unwrap_or("").chars().take_while(|c| is_word(*c)).map(char::len_utf8).sum::<usize>();
    Range::new(start as u32, end as u32)
}

/// The last word or sign before a place.
fn previous_word(tree: &crate::syntax::Tree, offset: u32) -> Option<String> {
    let mut token = tree.token_at(offset.checked_sub(1)?)?;
    while tree.kind(token).is_trivia() {
        if tree.kind(token) == K::Newline {
            return None;
        }
        token = tree.token_before(token)?;
    }
    Some(tree.text(token).to_owned())
}

/// Inside of quotes; `true`: and not in a hole.
fn in_string(asked: &Asked<'_>, offset: u32, p: &mut Proposals<'_, '_>) -> bool {
    let tree = &asked.tree;
    let Some(token) = offset.checked_sub(1).and_then(|o| tree.token_at(o)) else { return false };
    let string = match tree.kind(token) {
        K::Chunk | K::RawString | K::Escape => tree.parent(token),
        K::Quote => tree.parent(token).filter(|s| tree.range(*s).start < offset && (tree.range(*s).end > offset || tree.range(*s).end == tree.range(token).start)),
        _ => None,
    };
    let Some(string) = string.filter(|s| tree.kind(*s) == K::String) else { return false };
    let inner = Range::new(tree.range(string).start + 1, tree.range(string).end.saturating_sub(1).max(tree.range(string).start + 1).max(offset));
    p.range = inner;
    if tree.ancestors(string).any(|n| tree.kind(n) == K::Import) {
        p.api_versions();
        return true;
    }
    let learnt = asked.learnt();
    let e = asked.module.expr_ranges.iter().position(|r| *r == tree.range(string)).map(|i| ExprId(i as u32));
    if let Some(ty) = e.and_then(|e| learnt.notes.expected.get(&e)) {
        p.texts(ty, false);
    }
    true
}

/// After a dot.
fn member(asked: &Asked<'_>, word: Range, around: &[K], p: &mut Proposals<'_, '_>) {
    let learnt = asked.learnt();
    let m = asked.module;
    for (i, e) in m.exprs.iter().enumerate() {
        let Expr::Field { base, name_range, .. } = e else { continue };
        if name_range.start != word.start || m.expr_ranges.get(i).is_none_or(|r| r.end < word.start) {
            continue;
        }
        if let Expr::Global(n) = m.expr(*base)
            && let crate::hir::Global::ModuleAlias(other) = asked.project.library().program.global(asked.id, *n)
        {
            p.module_members(other, true);
            return;
        }
        if let Some(ty) = learnt.notes.expressions.get(base) {
            p.members(&ty.ty, true);
            return;
        }
    }
    if let Some((_, (ty, _))) = learnt.notes.fields.iter().find(|(r, _)| r.start == word.start) {
        p.members(ty, false);
        return;
    }
    if around.iter().any(|k| matches!(k, K::TypeName | K::TypeRef | K::TypePost | K::Type)) {
        p.qualified_types(word.start);
    } else if around.contains(&K::Import) || around.contains(&K::Dotted) {
        import(asked, asked.tree.node_covering(word), word, p);
    }
}

/// In an import: its source, or a name between its braces.
fn import(asked: &Asked<'_>, node: NodeId, word: Range, p: &mut Proposals<'_, '_>) {
    let import = asked.module.imports.iter().find(|i| i.range.touches(word.start));
    let tree = &asked.tree;
    let braces = tree.ancestors(node).find(|n| tree.kind(*n) == K::Import).and_then(|n| tree.token(n, "{")).is_some_and(|b| tree.range(b).end <= word.start);
    match import.filter(|_| braces) {
        Some(import) => p.importable(import),
        None => {
            let start = asked.text().get(..word.start as usize).unwrap_or("");
            let from = start.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).map_or(0, |i| i + 1);
            p.range = Range::new(from as u32, word.end);
            p.modules();
        }
    }
}

/// After a keyword that expects the name of a definition.
fn definition_word(asked: &Asked<'_>, word: Range, previous: Option<&str>) -> Option<DefinitionKind> {
    let tree = &asked.tree;
    let inside = |k: K| tree.ancestors(tree.node_covering(Range::new(word.start.saturating_sub(1), word.start))).any(|n| tree.kind(n) == k);
    match previous? {
        "from" => Some(DefinitionKind::Component),
        "do" => Some(DefinitionKind::Step),
        "conflicts" => Some(DefinitionKind::Trait),
        "trait" if inside(K::AppBody) || inside(K::AppUnit) => Some(DefinitionKind::Trait),
        ":" if inside(K::AppUnit) => {
            let unit = tree.ancestors(tree.node_covering(Range::new(word.start.saturating_sub(1), word.start))).find(|n| tree.kind(*n) == K::AppUnit)?;
            match tree.text(unit).split_whitespace().next()? {
                "policy" => Some(DefinitionKind::Policy),
                "step" => Some(DefinitionKind::Step),
                _ => Some(DefinitionKind::Component),
            }
        }
        _ => None,
    }
}

/// Where a type is expected.
fn in_type(around: &[K], asked: &Asked<'_>, word: Range) -> bool {
    let nearest = around.iter().find(|k| {
        matches!(k, K::TypeName | K::TypeRef | K::Type | K::TypePost | K::TypeList | K::TypeParen | K::TypeMap | K::ForTarget | K::Expr | K::Record | K::StmtBlock | K::TypeRecord)
    });
    match nearest {
        Some(K::TypeName | K::TypeRef | K::Type | K::TypePost | K::TypeList | K::TypeParen | K::TypeMap | K::ForTarget) => true,
        // A type is missing: after a colon in a type's record, after `->`, `:` of a definition, `for`.
        _ => {
            let tree = &asked.tree;
            let missing = |o: u32| {
                tree.descendants(crate::syntax::Tree::ROOT)
                    .any(|n| tree.kind(n) == K::NoType && (tree.range(n).start..=o).contains(&tree.range(n).start) && between_is_blank(asked.text(), tree.range(n).start, o))
            };
            let header = matches!(previous_word(tree, word.start).as_deref(), Some("for" | ":" | "|"))
                && around.iter().find(|k| !matches!(k, K::DefName | K::ForTarget)).is_some_and(|k| *k == K::Definition);
            missing(word.start) || header
        }
    }
}

fn between_is_blank(text: &str, from: u32, to: u32) -> bool {
    text.get(from as usize..to as usize).is_some_and(|t| t.chars().all(|c| c == ' ' || c == '\t'))
}

/// Members of a record, statements, items, or an expression.
fn place(asked: &Asked<'_>, offset: u32, word: Range, node: NodeId, p: &mut Proposals<'_, '_>) {
    let tree = &asked.tree;
    let learnt = asked.learnt();
    let holder = tree.ancestors(node).find(|n| {
        matches!(
            tree.kind(*n),
            K::Record
                | K::StmtBlock
                | K::File
                | K::Expr
                | K::TestBlock
                | K::AppBody
                | K::TypeRecord
                | K::List
                | K::Call
                | K::IfMembers
                | K::ForMembers
                | K::ViewArms
                | K::MatchStmtArms
                | K::MatchArms
        )
    });
    let Some(holder) = holder else { return };
    let key = tree.ancestors(node).any(|n| tree.kind(n) == K::Key && tree.range(n).touches(offset));
    match tree.kind(holder) {
        K::Record | K::IfMembers | K::ForMembers => {
            let record = tree.ancestors(holder).find(|n| tree.kind(*n) == K::Record).map(|n| tree.range(n));
            let e = record.and_then(|r| asked.module.expr_ranges.iter().position(|x| *x == r)).map(|i| ExprId(i as u32));
            let starts = key || starts_member(asked, word.start);
            match e.and_then(|e| learnt.notes.expected.get(&e)) {
                Some(ty) if starts => p.fields(ty, record.unwrap_or_default()),
                _ if starts => {}
                _ => return expression(asked, word, p),
            }
            p.member_words();
            p.names(word.start);
        }
        K::StmtBlock if starts_member(asked, word.start) => p.statements(),
        K::TestBlock => {
            p.words(&["let", "expect"]);
            p.names(word.start);
        }
        K::AppBody => p.words(&["component", "trait", "policy", "step", "namespace", "labels", "annotations", "kubernetes"]),
        K::File if starts_member(asked, word.start) => p.items(),
        K::TypeRecord | K::File | K::ViewArms => {}
        _ => expression(asked, word, p),
    }
}

/// Whether something begins here: at the start of a line, or after a bracket or comma.
fn starts_member(asked: &Asked<'_>, start: u32) -> bool {
    let before = asked.text().get(..start as usize).unwrap_or("").trim_end_matches([' ', '\t', '\r']);
    before.is_empty() || before.ends_with(['\n', '{', ',', '}'])
}

/// A value: what fits the place first, then what is in scope.
fn expression(asked: &Asked<'_>, word: Range, p: &mut Proposals<'_, '_>) {
    let learnt = asked.learnt();
    // Where nothing is written yet, the place stands before the blanks.
    let empty = |r: &Range| r.start == r.end && r.start <= word.start && between_is_blank(asked.text(), r.start, word.start);
    let missing = asked.module.expr_ranges.iter().position(empty).map(|i| ExprId(i as u32));
    let here = missing.or_else(|| asked.expression(word.end, |e| asked.module.range(e).start == word.start));
    if let Some(ty) = here.and_then(|e| learnt.notes.expected.get(&e)) {
        p.texts(ty, true);
        if ty.members().iter().any(|t| matches!(t.shape(), Type::Bool(_))) {
            p.add(Completion { sort: 5, ..Completion::new("true", Kind::Value, word) });
            p.add(Completion { sort: 5, ..Completion::new("false", Kind::Value, word) });
        }
    }
    p.names(word.start);
    p.expression_words();
}
