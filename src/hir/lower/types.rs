//! Type expressions.

use ecow::EcoString;

use super::Lowerer;
use super::text::number;
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Expr, RecordTypeMember, Refinement, TypeExpr, TypeExprId};
use crate::syntax::{NodeId, SyntaxKind as K};

impl Lowerer<'_> {
    /// The `n`th type among the children, or `Missing`.
    pub(super) fn nth_type(&mut self, node: NodeId, n: usize) -> TypeExprId {
        let found = self.tree.children(node).filter(|&c| matches!(self.tree.kind(c), K::Type | K::TypePost | K::NoType)).nth(n);
        match found {
            Some(found) => self.ty(found),
            None => self.missing_type(node),
        }
    }

    /// The type among the children, if one is written.
    pub(super) fn optional_type(&mut self, node: NodeId) -> Option<TypeExprId> {
        let found = self.tree.children(node).find(|&c| matches!(self.tree.kind(c), K::Type | K::TypePost | K::NoType))?;
        Some(self.ty(found))
    }

    fn ty(&mut self, node: NodeId) -> TypeExprId {
        match self.tree.kind(node) {
            K::Type => {
                let members: Vec<NodeId> = self.tree.children(node).filter(|&c| matches!(self.tree.kind(c), K::TypePost | K::NoType)).collect();
                let mut lowered: Vec<TypeExprId> = members.into_iter().map(|m| self.ty(m)).collect();
                match (lowered.len(), lowered.pop()) {
                    (1, Some(only)) => only,
                    (_, Some(last)) => {
                        lowered.push(last);
                        self.add_type(TypeExpr::Union(lowered), self.tree.range(node))
                    }
                    _ => self.missing_type(node),
                }
            }
            K::TypePost => self.type_post(node),
            _ => self.missing_type(node),
        }
    }

    fn type_post(&mut self, node: NodeId) -> TypeExprId {
        let tree = self.tree;
        let start = tree.range(node);
        let mut base: Option<TypeExprId> = None;
        for c in tree.children(node) {
            let range = Range::new(start.start, tree.range(c).end);
            base = Some(match (tree.kind(c), base) {
                (K::Refinement, Some(base)) => {
                    let refinements = self.refinements(c);
                    self.add_type(TypeExpr::Refined { base, refinements }, range)
                }
                (K::TypeField, Some(base)) => {
                    let (name, name_range) = self.name(c);
                    self.add_type(TypeExpr::Field { base, name, name_range }, range)
                }
                (K::TypeElement, Some(base)) => self.add_type(TypeExpr::Element(base), range),
                (_, Some(base)) => base,
                (_, None) => self.type_atom(c),
            });
        }
        base.unwrap_or_else(|| self.missing_type(node))
    }

    fn type_atom(&mut self, node: NodeId) -> TypeExprId {
        let tree = self.tree;
        let range = tree.range(node);
        match tree.kind(node) {
            K::Literal => {
                let literal = self.literal(node);
                self.add_type(TypeExpr::Literal(literal), range)
            }
            K::TypeRef => {
                let Some(name) = tree.child(node, K::TypeName) else { return self.missing_type(node) };
                let name = self.type_name(name);
                let arguments: Vec<NodeId> = tree.children(node).filter(|&c| matches!(tree.kind(c), K::Type | K::NoType)).collect();
                let arguments = arguments.into_iter().map(|a| self.ty(a)).collect();
                self.add_type(TypeExpr::Name { name, arguments }, range)
            }
            K::TypeList => {
                let element = self.nth_type(node, 0);
                let keys = self.names(node, K::FieldName);
                self.add_type(TypeExpr::List { element, keys }, range)
            }
            K::TypeRecord => self.record_type(node),
            K::TypeParen => self.nth_type(node, 0),
            _ => self.missing_type(node),
        }
    }

    fn refinements(&mut self, node: NodeId) -> Vec<Refinement> {
        let tree = self.tree;
        let mut found = Vec::new();
        for c in tree.children(node) {
            match tree.kind(c) {
                K::Regex => found.push(Refinement::Regex(regex_text(tree.text(c)), tree.range(c))),
                K::Span => found.push(self.span(c)),
                _ => {}
            }
        }
        found
    }

    fn span(&self, node: NodeId) -> Refinement {
        let tree = self.tree;
        let range = tree.range(node);
        let inclusive = tree.has_token(node, "..=");
        let dots = tree.token(node, "..=").or_else(|| tree.token(node, ".."));
        let mut low = None;
        let mut high = None;
        for limit in tree.children_of(node, K::Limit) {
            let text = limit_text(tree.text(limit));
            match dots {
                Some(dots) if limit > dots => high = text,
                Some(_) => low = text,
                None => {
                    low = text.clone();
                    high = text;
                }
            }
        }
        Refinement::Span { low, high, inclusive: inclusive || dots.is_none(), range }
    }

    /// `{ … }` as a type.
    pub(super) fn record_type(&mut self, node: NodeId) -> TypeExprId {
        let tree = self.tree;
        let members: Vec<NodeId> = tree.children_of(node, K::TypeMember).collect();
        let members = members.into_iter().filter_map(|m| self.type_member(m)).collect();
        self.add_type(TypeExpr::Record(members), tree.range(node))
    }

    fn type_member(&mut self, member: NodeId) -> Option<RecordTypeMember> {
        let tree = self.tree;
        let node = tree.children(member).find(|&c| matches!(tree.kind(c), K::TypeRest | K::TypeMap | K::TypeProp))?;
        let range = tree.range(node);
        Some(match tree.kind(node) {
            K::TypeRest => {
                let ty = self.nth_type(node, 0);
                let mut without = self.names(node, K::FieldName);
                without.extend(tree.child(node, K::Without).map(|w| self.names(w, K::FieldName)).unwrap_or_default());
                RecordTypeMember::Spread { ty, without, range }
            }
            K::TypeMap => RecordTypeMember::Map { key: self.nth_type(node, 0), value: self.nth_type(node, 1), range },
            _ => {
                let key = tree.child(node, K::Key)?;
                let name = match tree.child(key, K::String) {
                    Some(s) => self.plain_string(s),
                    None => self.text(key),
                };
                let attributes = self.attributes(member);
                let optional = tree.child(node, K::Optional);
                let ty = self.nth_type(node, 0);
                // `a = Int` lacks its colon: what follows is meant as the type.
                let typed = tree.child(node, K::NoColon).is_none();
                let default = self.expr_nodes(node).first().copied().filter(|_| typed).map(|e| self.expr(e));
                if let (Some(mark), true) = (optional, default.is_some()) {
                    let place = tree.range(mark).in_file(self.file);
                    let d = Diagnostic::new(codes::J0407, format!("`{name}` is optional and has a default")).primary(tree.range(key).to(tree.range(mark)).in_file(self.file), "");
                    self.diagnostics.push(d.help("a field with a default is never absent: drop the `?`").fix("drop the `?`", place, ""));
                }
                RecordTypeMember::Field {
                    name,
                    name_range: tree.range(key),
                    docs: tree.docs(member).into(),
                    attributes,
                    optional: optional.is_some() && default.is_none(),
                    ty,
                    default,
                    range,
                }
            }
        })
    }

    /// A scalar literal of a type or pattern.
    pub(super) fn literal(&mut self, node: NodeId) -> crate::hir::ExprId {
        let tree = self.tree;
        let expr = tree.children(node).find_map(|c| match tree.kind(c) {
            K::String => Some(Expr::String(self.plain_string(c))),
            K::Number => Some(number(tree.text(c), tree.has_token(node, "-"))),
            K::Keyword => Some(match tree.text(c) {
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                _ => Expr::Null,
            }),
            _ => None,
        });
        self.add(expr.unwrap_or(Expr::Missing), tree.range(node))
    }
}

/// The text of a regex without the slashes.
pub(super) fn regex_text(token: &str) -> EcoString {
    let inner = token.strip_prefix('/').and_then(|t| t.strip_suffix('/')).unwrap_or(token);
    inner.replace("\\/", "/").into()
}

fn limit_text(token: &str) -> Option<EcoString> {
    let (negative, digits) = match token.strip_prefix('-') {
        Some(rest) => (true, rest.trim_start()),
        None => (false, token),
    };
    match number(digits, negative) {
        Expr::Int(n) => Some(n.to_string().into()),
        Expr::Number(n) => Some(n),
        _ => None,
    }
}
