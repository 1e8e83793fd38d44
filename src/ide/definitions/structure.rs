//! The shape of a file: symbols, what can be folded, what is selected around a place.

use super::Asked;
use super::describe::{deprecated, one_line};
use super::names::kind_of;
use crate::base::Range;
use crate::hir::{Block, Definition, Module, OutputName, RecordTypeMember, StmtKind, TypeExpr, TypeExprId};
use crate::ide::{Folding, FoldingKind, Kind, Symbol};
use crate::syntax::{SyntaxKind as K, Tree};

/// The items of a module, with parameters and outputs of definitions and fields of types in them.
pub fn symbols(asked: &Asked<'_>) -> Vec<Symbol> {
    let m = asked.module;
    let mut all = Vec::new();
    let mut item = |name: &str, kind, detail: Option<String>, range: Range, name_range: Range, deprecated: bool, children: Vec<Symbol>| {
        if !name.is_empty() {
            all.push(Symbol { name: name.to_owned(), kind, detail, range: range.to(name_range), name_range, deprecated, children });
        }
    };
    for d in &m.definitions {
        let detail = asked.signature_of(m, d);
        let detail = detail.split_once(d.name.as_str()).map(|(_, rest)| rest.trim_start_matches(": ").trim().to_owned()).filter(|s| !s.is_empty());
        item(&d.name, kind_of(d.kind), detail, d.range, d.name_range, deprecated(m, &d.attributes).is_some(), in_definition(asked, d));
    }
    for t in &m.types {
        item(&t.name, Kind::Type, None, t.range, t.name_range, deprecated(m, &t.attributes).is_some(), fields(asked, m, t.ty, Kind::Property, 0));
    }
    for f in &m.functions {
        let signature = asked.function_signature(m, f);
        item(&f.name, Kind::Function, signature.find('(').and_then(|i| signature.get(i..)).map(str::to_owned), f.range, f.name_range, false, Vec::new());
    }
    m.lets.iter().for_each(|l| item(&l.name, Kind::Variable, None, l.range, l.name_range, false, Vec::new()));
    m.views.iter().for_each(|v| item(&v.name, Kind::View, None, v.range, v.name_range, false, Vec::new()));
    for r in &m.resources {
        item(&r.name, Kind::Resource, Some(r.api_version.to_string()), r.range, r.name_range, deprecated(m, &r.attributes).is_some(), fields(asked, m, r.ty, Kind::Property, 0));
    }
    m.tests.iter().for_each(|t| item(&t.name, Kind::Test, None, t.range, t.name_range, false, Vec::new()));
    all.sort_by_key(|s| s.range.start);
    all
}

fn in_definition(asked: &Asked<'_>, d: &Definition) -> Vec<Symbol> {
    let mut out = d.parameters.map(|(ty, _)| fields(asked, asked.module, ty, Kind::Parameter, 0)).unwrap_or_default();
    outputs(asked, &d.body, &mut out);
    out.sort_by_key(|s| s.range.start);
    out
}

fn outputs(asked: &Asked<'_>, block: &Block, out: &mut Vec<Symbol>) {
    for s in &block.stmts {
        match &s.kind {
            StmtKind::Output { name, kind, .. } => {
                let detail = kind.as_ref().map(|k| k.range.of(asked.text()).to_owned());
                let (name, name_range) = match name {
                    OutputName::Name(name, range) => (name.to_string(), *range),
                    OutputName::Main => ("output".to_owned(), s.keyword),
                    OutputName::Computed(e) => (one_line(asked.module.range(*e).of(asked.text())), asked.module.range(*e)),
                };
                out.push(Symbol { name, kind: Kind::Object, detail, range: s.range.to(name_range), name_range, deprecated: false, children: Vec::new() });
            }
            StmtKind::If { then, otherwise, .. } => {
                outputs(asked, then, out);
                otherwise.iter().for_each(|b| outputs(asked, b, out));
            }
            StmtKind::For { body, .. } => outputs(asked, body, out),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|a| outputs(asked, &a.body, out)),
            _ => {}
        }
    }
}

/// The fields of a type that is written out.
fn fields(asked: &Asked<'_>, m: &Module, ty: TypeExprId, kind: Kind, depth: u32) -> Vec<Symbol> {
    if depth > 8 {
        return Vec::new();
    }
    match m.type_expr(ty) {
        TypeExpr::Record(members) => members
            .iter()
            .filter_map(|member| match member {
                RecordTypeMember::Field { name, name_range, attributes, ty, range, .. } if !name.is_empty() => Some(Symbol {
                    name: name.to_string(),
                    kind,
                    detail: Some(one_line(m.type_range(*ty).of(asked.text()))),
                    range: range.to(*name_range),
                    name_range: *name_range,
                    deprecated: deprecated(m, attributes).is_some(),
                    children: fields(asked, m, *ty, Kind::Property, depth + 1),
                }),
                _ => None,
            })
            .collect(),
        TypeExpr::List { element, .. } => fields(asked, m, *element, kind, depth + 1),
        TypeExpr::Refined { base, .. } => fields(asked, m, *base, kind, depth + 1),
        TypeExpr::Union(members) => members.iter().flat_map(|t| fields(asked, m, *t, kind, depth + 1)).collect(),
        _ => Vec::new(),
    }
}

/// Brackets over several lines, runs of imports and of comments.
pub fn foldings(asked: &Asked<'_>) -> Vec<Folding> {
    let (tree, lines) = (&asked.tree, asked.source.lines());
    let mut out = Vec::new();
    for node in tree.descendants(Tree::ROOT) {
        if matches!(
            tree.kind(node),
            K::Record | K::List | K::StmtBlock | K::TypeRecord | K::TypeList | K::ViewArms | K::MatchArms | K::MatchStmtArms | K::TestBlock | K::AppBody | K::FnBlock
        ) {
            let range = tree.range(node);
            if lines.line_of(range.start) < lines.line_of(range.end) {
                out.push(Folding { range, kind: FoldingKind::Region });
            }
        }
    }
    runs(asked, |k| k == K::Import, FoldingKind::Imports, &mut out);
    runs(asked, |k| matches!(k, K::Comment | K::DocComment | K::ModuleDoc), FoldingKind::Comment, &mut out);
    out.sort_by_key(|f| (f.range.start, std::cmp::Reverse(f.range.end)));
    out
}

/// Nodes of a kind on lines that follow each other.
fn runs(asked: &Asked<'_>, wanted: impl Fn(K) -> bool, kind: FoldingKind, out: &mut Vec<Folding>) {
    let (tree, lines) = (&asked.tree, asked.source.lines());
    let mut run: Option<Range> = None;
    for node in tree.descendants(Tree::ROOT).filter(|n| wanted(tree.kind(*n))) {
        let range = tree.range(node);
        match &mut run {
            Some(r) if lines.line_of(range.start) <= lines.line_of(r.end) + 1 => r.end = range.end,
            _ => {
                if let Some(r) = run.replace(range).filter(|r| lines.line_of(r.start) < lines.line_of(r.end)) {
                    out.push(Folding { range: r, kind });
                }
            }
        }
    }
    if let Some(r) = run.filter(|r| lines.line_of(r.start) < lines.line_of(r.end)) {
        out.push(Folding { range: r, kind });
    }
}

/// What is selected around a place, from inside out.
pub fn selection(asked: &Asked<'_>, offset: u32) -> Vec<Range> {
    let tree = &asked.tree;
    let Some(mut token) = tree.token_at(offset) else { return Vec::new() };
    // At the end of a word, the word.
    if tree.kind(token).is_trivia()
        && let Some(before) = tree.token_before(token).filter(|b| tree.range(*b).end == offset && !tree.kind(*b).is_trivia())
    {
        token = before;
    }
    let mut out: Vec<Range> = Vec::new();
    for range in tree.ancestors(token).map(|n| tree.range(n)) {
        if out.last() != Some(&range) && out.last().is_none_or(|l| range.start <= l.start && l.end <= range.end) {
            out.push(range);
        }
    }
    out
}
