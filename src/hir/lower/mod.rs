//! From the lossless tree to the lowered module: precedence folded, strings decoded, local names resolved to slots, `parameters` hoisted.
//! Any tree gives a module; what could not be read is `Missing` in it and already reported.

mod expr;
mod items;
mod pattern;
mod record;
mod scope;
mod stmt;
mod text;
mod types;

use ecow::EcoString;

use super::{Attribute, DefName, Expr, ExprId, Module, NameId, NameRef, Owner, TypeExpr, TypeExprId, TypeName};
use crate::base::{FileId, Range};
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::syntax::{NodeId, Parse, SyntaxKind as K, Tree, on_deep_stack};
use scope::Scopes;

/// How deep expressions and types nest in a lowered module; deeper ones are J0102, so that passes may recurse.
pub const MAX_NESTING: u16 = 256;

/// Lowers a parsed file that is the module `name`.
pub fn lower(name: &str, file: FileId, parse: &Parse) -> (Module, Vec<Diagnostic>) {
    on_deep_stack(parse.is_deep(), || {
        let mut lowerer = Lowerer::new(name, file, &parse.tree);
        lowerer.file();
        (lowerer.module, lowerer.diagnostics)
    })
    .unwrap_or_default()
}

struct Lowerer<'t> {
    tree: &'t Tree,
    file: FileId,
    module: Module,
    diagnostics: Vec<Diagnostic>,
    scopes: Scopes,
    /// In the body of a definition, where `parameters`, `context`, … are in scope.
    in_definition: bool,
    depths: Vec<u16>,
    type_depths: Vec<u16>,
}

impl<'t> Lowerer<'t> {
    fn new(name: &str, file: FileId, tree: &'t Tree) -> Self {
        let module = Module { name: name.into(), file, docs: tree.module_docs().into(), ..Module::default() };
        Self { tree, file, module, diagnostics: Vec::new(), scopes: Scopes::default(), in_definition: false, depths: Vec::new(), type_depths: Vec::new() }
    }

    fn report(&mut self, code: Code, message: impl Into<String>, range: Range) {
        self.diagnostics.push(Diagnostic::new(code, message).primary(range.in_file(self.file), ""));
    }

    fn text(&self, id: NodeId) -> EcoString {
        self.tree.text(id).into()
    }

    /// Adds an expression; one that nests too deep is replaced by `Missing`.
    fn add(&mut self, expr: Expr, range: Range) -> ExprId {
        let mut depth = 0;
        expr.each_child(&mut |child| depth = depth.max(self.depths.get(child.index()).copied().unwrap_or(0)));
        let mut expr = expr;
        if depth >= MAX_NESTING {
            self.report(codes::J0102, format!("this expression is nested deeper than {MAX_NESTING}"), range);
            expr = Expr::Missing;
            depth = 0;
        }
        let id = ExprId(self.module.exprs.len() as u32);
        self.module.exprs.push(expr);
        self.module.expr_ranges.push(range);
        self.depths.push(depth + 1);
        id
    }

    fn add_type(&mut self, ty: TypeExpr, range: Range) -> TypeExprId {
        let mut depth = 0;
        ty.each_child(&mut |child| depth = depth.max(self.type_depths.get(child.index()).copied().unwrap_or(0)));
        let mut ty = ty;
        if depth >= MAX_NESTING {
            self.report(codes::J0102, format!("this type is nested deeper than {MAX_NESTING}"), range);
            ty = TypeExpr::Missing;
            depth = 0;
        }
        let id = TypeExprId(self.module.type_exprs.len() as u32);
        self.module.type_exprs.push(ty);
        self.module.type_expr_ranges.push(range);
        self.type_depths.push(depth + 1);
        id
    }

    fn missing(&mut self, at: NodeId) -> ExprId {
        let end = self.tree.range(at).end;
        self.add(Expr::Missing, Range::new(end, end))
    }

    fn missing_type(&mut self, at: NodeId) -> TypeExprId {
        let end = self.tree.range(at).end;
        self.add_type(TypeExpr::Missing, Range::new(end, end))
    }

    /// A use of a name that is not local.
    fn global(&mut self, name: &str, range: Range) -> NameId {
        let id = NameId(self.module.names.len() as u32);
        self.module.names.push(NameRef { name: name.into(), range });
        id
    }

    /// The children that are expressions or stand for missing ones.
    fn expr_nodes(&self, node: NodeId) -> Vec<NodeId> {
        self.tree.children(node).filter(|&c| matches!(self.tree.kind(c), K::Expr | K::NoExpr)).collect()
    }

    /// The `n`th expression of a node, or `Missing`.
    fn nth_expr(&mut self, node: NodeId, n: usize) -> ExprId {
        let found = self.tree.children(node).filter(|&c| matches!(self.tree.kind(c), K::Expr | K::NoExpr)).nth(n);
        match found {
            Some(found) => self.expr(found),
            None => self.missing(node),
        }
    }

    /// The expressions after a sign or keyword among the children of a node.
    fn expr_after(&mut self, node: NodeId, token: &str) -> Option<ExprId> {
        let found = self.after(node, token).find(|&c| matches!(self.tree.kind(c), K::Expr | K::NoExpr))?;
        Some(self.expr(found))
    }

    /// The children after a sign or keyword.
    fn after(&self, node: NodeId, token: &str) -> impl Iterator<Item = NodeId> + use<'t> {
        let tree = self.tree;
        let token = tree.token(node, token);
        tree.children(node).filter(move |&c| token.is_some_and(|t| c > t))
    }

    /// The first name among the children: an identifier, field name or kebab name, with its range; empty where it is missing.
    fn name(&self, node: NodeId) -> (EcoString, Range) {
        let tree = self.tree;
        let is_name = |k: K| matches!(k, K::Ident | K::FieldName | K::Kebab | K::KebabType | K::TypePattern | K::NoName);
        match tree.children(node).find(|&c| is_name(tree.kind(c))) {
            Some(c) => (self.text(c), tree.range(c)),
            None => (EcoString::new(), Range::new(tree.range(node).end, tree.range(node).end)),
        }
    }

    fn names(&self, node: NodeId, kind: K) -> Vec<(EcoString, Range)> {
        self.tree.children_of(node, kind).map(|c| (self.text(c), self.tree.range(c))).collect()
    }

    fn type_name(&self, node: NodeId) -> TypeName {
        let parts = self.tree.children(node).filter(|&c| matches!(self.tree.kind(c), K::KebabType | K::FieldName));
        TypeName { segments: parts.map(|c| self.text(c)).collect(), range: self.tree.range(node) }
    }

    /// A type pattern is one token: `apps.Deployment`.
    fn type_name_of_token(&self, token: NodeId) -> TypeName {
        TypeName { segments: self.tree.text(token).split('.').map(EcoString::from).collect(), range: self.tree.range(token) }
    }

    fn type_names(&self, node: NodeId) -> Vec<TypeName> {
        self.tree.children_of(node, K::TypeName).map(|c| self.type_name(c)).collect()
    }

    fn def_name(&self, node: NodeId) -> DefName {
        let mut parts = self.names(node, K::Kebab);
        let range = self.tree.range(node);
        let name = parts.pop().map(|(n, _)| n).unwrap_or_default();
        DefName { package: parts.pop().map(|(n, _)| n), name, range }
    }

    fn attributes(&mut self, node: NodeId) -> Vec<Attribute> {
        let found: Vec<NodeId> = self.tree.children_of(node, K::Attribute).collect();
        found.into_iter().map(|a| self.attribute(a)).collect()
    }

    fn attribute(&mut self, node: NodeId) -> Attribute {
        let (name, range) = self.name(node);
        let arguments = self.expr_nodes(node).into_iter().map(|e| self.expr(e)).collect();
        Attribute { name, range, arguments }
    }

    /// Starts the frame of a new owner.
    fn enter(&mut self) {
        self.scopes = Scopes::default();
    }

    /// Ends it.
    fn leave(&mut self) -> Owner {
        std::mem::take(&mut self.scopes).into_owner()
    }
}
