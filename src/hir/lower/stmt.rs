//! Statements of definitions, and blocks of functions.

use super::Lowerer;
use super::record::Branches;
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Block, Expr, ExprId, LocalId, LocalKind, MatchStmtArm, OutputName, Patch, Place, PlaceBase, PlaceStep, Require, Stmt, StmtKind, TypeExprId};
use crate::syntax::{NodeId, SyntaxKind as K};

impl Lowerer<'_> {
    /// A block of statements. `hoisted` are the ranges of statements that the definition already has.
    pub(super) fn block(&mut self, node: NodeId, hoisted: [Option<Range>; 2]) -> Block {
        let tree = self.tree;
        let mark = self.scopes.mark();
        let mut stmts = Vec::new();
        for stmt in tree.children_of(node, K::Stmt) {
            let Some(inner) = tree.children(stmt).find(|&c| tree.kind(c) != K::Attribute) else { continue };
            let range = tree.range(inner);
            if hoisted.contains(&Some(range)) {
                continue;
            }
            if let Some(a) = tree.child(stmt, K::Attribute) {
                self.report(codes::J0320, format!("`{}` is not allowed on a statement", tree.text(a)), tree.range(a));
            }
            let keyword = tree.children(inner).next().map(|c| tree.range(c)).unwrap_or(range);
            let kind = self.stmt(inner, keyword, hoisted);
            stmts.push(Stmt { kind, range, keyword });
        }
        self.scopes.reset(mark);
        Block { stmts }
    }

    fn inner_block(&mut self, node: Option<NodeId>) -> Block {
        node.map(|b| self.block(b, [None, None])).unwrap_or_default()
    }

    fn stmt(&mut self, node: NodeId, keyword: Range, hoisted: [Option<Range>; 2]) -> StmtKind {
        let tree = self.tree;
        match tree.kind(node) {
            K::Let => {
                let (local, ty, optional, value) = self.let_parts(node);
                StmtKind::Let { local, ty, optional, value }
            }
            K::Require => {
                let condition = self.nth_expr(node, 0);
                let message = self.expr_after(node, "else").unwrap_or_else(|| self.missing(node));
                let at = self.expr_after(node, "at");
                StmtKind::Require(Require { condition, message, at })
            }
            K::IfStmt => {
                let branches = self.branches(node, K::StmtBlock);
                self.if_stmt(&branches, node)
            }
            K::ForStmt => {
                let mark = self.scopes.mark();
                let (binders, source, filter) = self.for_head(node);
                let body = self.inner_block(tree.child(node, K::StmtBlock));
                self.scopes.reset(mark);
                StmtKind::For { binders, source, filter, body }
            }
            K::MatchStmt => {
                let scrutinee = self.nth_expr(node, 0);
                let mut arms = Vec::new();
                for arm in tree.child(node, K::MatchStmtArms).into_iter().flat_map(|a| tree.children_of(a, K::MatchStmtArm)) {
                    let mark = self.scopes.mark();
                    let pattern = self.arm_pattern(arm);
                    let body = self.inner_block(tree.child(arm, K::StmtBlock));
                    self.scopes.reset(mark);
                    arms.push(MatchStmtArm { pattern, body });
                }
                StmtKind::Match { scrutinee, arms }
            }
            K::Output => self.output(node),
            K::Patch => self.patch(node),
            K::From | K::Do => {
                let Some(name) = tree.child(node, K::DefName) else { return StmtKind::Missing };
                let name = self.def_name(name);
                let arguments = self.record_of(node);
                if tree.kind(node) == K::From { StmtKind::From { name, arguments } } else { StmtKind::Do { name, arguments } }
            }
            K::Status => StmtKind::Status(self.record_of(node)),
            K::Conflicts => StmtKind::Conflicts(tree.children_of(node, K::DefName).map(|d| self.def_name(d)).collect()),
            K::Parameters | K::Returns => {
                self.misplaced(node, keyword, hoisted);
                StmtKind::Missing
            }
            _ => StmtKind::Missing,
        }
    }

    fn misplaced(&mut self, node: NodeId, keyword: Range, hoisted: [Option<Range>; 2]) {
        let which = usize::from(self.tree.kind(node) == K::Returns);
        let word = if which == 0 { "parameters" } else { "returns" };
        let first = hoisted.get(which).copied().flatten();
        let message = if first.is_some() { format!("`{word}` is written twice") } else { format!("`{word}` stands at the top of the definition only") };
        let mut d = Diagnostic::new(codes::J0603, message).primary(keyword.in_file(self.file), "");
        if let Some(first) = first {
            d = d.secondary(first.in_file(self.file), "the first one");
        }
        self.diagnostics.push(d);
    }

    /// `let x?: T = e`; the name becomes visible after its value.
    pub(super) fn let_parts(&mut self, node: NodeId) -> (LocalId, Option<TypeExprId>, bool, ExprId) {
        let (name, range) = self.name(node);
        let ty = self.optional_type(node);
        let optional = self.tree.child(node, K::Optional).is_some();
        let value = self.nth_expr(node, 0);
        (self.declare(name, range, LocalKind::Let), ty, optional, value)
    }

    /// Chains of `else if` become nested: bounded like all nesting.
    pub(super) fn limit_branches<'b>(&mut self, branches: &'b [(Option<NodeId>, Option<NodeId>)], range: Range) -> &'b [(Option<NodeId>, Option<NodeId>)] {
        const MOST: usize = 96;
        if branches.len() > MOST {
            self.report(codes::J0102, format!("this has more than {MOST} branches"), range);
        }
        branches.get(..branches.len().min(MOST)).unwrap_or(branches)
    }

    fn if_stmt(&mut self, branches: &Branches, node: NodeId) -> StmtKind {
        let range = self.tree.range(node);
        let branches = self.limit_branches(branches, range);
        let mut lowered = Vec::new();
        for &(condition, block) in branches {
            let keyword = condition.or(block).map(|c| self.tree.range(c)).unwrap_or(range);
            let condition = condition.map(|c| self.expr(c));
            lowered.push((condition, self.inner_block(block), keyword));
        }
        let mut otherwise: Option<Block> = None;
        while let Some((condition, then, keyword)) = lowered.pop() {
            otherwise = Some(match condition {
                None => then,
                Some(condition) => {
                    let kind = StmtKind::If { condition, then, otherwise: otherwise.take() };
                    Block { stmts: vec![Stmt { kind, range: Range::new(keyword.start, range.end), keyword }] }
                }
            });
        }
        otherwise.and_then(|mut b| b.stmts.pop()).map_or(StmtKind::Missing, |s| s.kind)
    }

    fn output(&mut self, node: NodeId) -> StmtKind {
        let tree = self.tree;
        let name = if let Some(name) = tree.child(node, K::Ident) {
            OutputName::Name(self.text(name), tree.range(name))
        } else if let Some(s) = tree.child(node, K::String) {
            match self.string(s) {
                Expr::String(text) => OutputName::Name(text, tree.range(s)),
                template => OutputName::Computed(self.add(template, tree.range(s))),
            }
        } else {
            OutputName::Main
        };
        let kind = tree.child(node, K::TypeName).map(|t| self.type_name(t));
        let whole = tree.has_token(node, "=");
        let value = if whole { self.nth_expr(node, 0) } else { self.record_of(node) };
        StmtKind::Output { name, kind, value, whole }
    }

    fn patch(&mut self, node: NodeId) -> StmtKind {
        let tree = self.tree;
        let place = match tree.child(node, K::PatchPlace) {
            Some(place) => self.patch_place(place),
            None if tree.child(node, K::NoPlace).is_some() => return StmtKind::Missing,
            None => Place { base: PlaceBase::Default, steps: Vec::new(), range: tree.children(node).next().map(|k| tree.range(k)).unwrap_or_default() },
        };
        let optional = tree.child(node, K::Optional).is_some();
        let whole = tree.has_token(node, "=");
        let value = if whole { self.nth_expr(node, 0) } else { self.record_of(node) };
        StmtKind::Patch(Patch { place, optional, value, whole })
    }

    fn patch_place(&mut self, node: NodeId) -> Place {
        let tree = self.tree;
        let range = tree.range(node);
        let Some(place) = tree.child(node, K::Place) else {
            let kind = tree.child(node, K::TypeName).map(|t| self.type_name(t));
            let base = kind.map_or(PlaceBase::Unknown("".into()), PlaceBase::OutputsOf);
            return Place { base, steps: Vec::new(), range };
        };
        let (name, name_range) = self.name(place);
        let mut steps: Vec<PlaceStep> = Vec::new();
        for c in tree.children(place) {
            match tree.kind(c) {
                K::PlaceField => {
                    let (name, range) = self.name(c);
                    steps.push(PlaceStep::Field(name, range));
                }
                K::AtKey => steps.push(PlaceStep::Index(self.nth_expr(c, 0))),
                _ => {}
            }
        }
        let base = if let Some(local) = self.scopes.find(&name) {
            PlaceBase::Local(local)
        } else {
            match name.as_str() {
                "target" => PlaceBase::Target,
                "output" => PlaceBase::Output,
                "outputs" => PlaceBase::Outputs,
                _ if name.starts_with(|c: char| c.is_ascii_uppercase()) => PlaceBase::View(crate::hir::TypeName { segments: vec![name], range: name_range }),
                _ => self.view_by_alias(name, name_range, &mut steps),
            }
        };
        Place { base, steps, range }
    }

    /// `gw.Gateway…`: a view reached through the alias of an import.
    fn view_by_alias(&mut self, name: ecow::EcoString, range: Range, steps: &mut Vec<PlaceStep>) -> PlaceBase {
        let aliased = self.module.imports.iter().any(|i| i.alias.as_ref().is_some_and(|(a, _)| *a == name));
        match steps.first() {
            Some(PlaceStep::Field(view, field_range)) if aliased => {
                let ty = crate::hir::TypeName { segments: vec![name, view.clone()], range: range.to(*field_range) };
                steps.remove(0);
                PlaceBase::View(ty)
            }
            _ => PlaceBase::Unknown(name),
        }
    }

    /// `{ let … e }` as the body of a function.
    pub(super) fn fn_block(&mut self, node: NodeId) -> ExprId {
        let tree = self.tree;
        let mark = self.scopes.mark();
        let mut lets = Vec::new();
        let mut result = None;
        for c in tree.children(node) {
            match tree.kind(c) {
                K::Let => {
                    let (local, ty, _, value) = self.let_parts(c);
                    lets.push((local, ty, value));
                }
                K::Expr => result = Some(self.expr(c)),
                _ => {}
            }
        }
        self.scopes.reset(mark);
        let result = result.unwrap_or_else(|| self.missing(node));
        self.add(Expr::Block { lets, result }, tree.range(node))
    }
}
