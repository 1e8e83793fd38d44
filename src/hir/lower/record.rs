//! Members of records and patches, elements of lists, application literals.

use super::Lowerer;
use crate::hir::{AppUnit, Application, Assign, DefinitionKind, Expr, ExprId, Key, ListItem, LocalId, LocalKind, Member};
use crate::syntax::{NodeId, SyntaxKind as K};

/// The branches of an `if`: condition (none for the last `else`) and block.
pub(super) type Branches = Vec<(Option<NodeId>, Option<NodeId>)>;

impl Lowerer<'_> {
    /// `{ … }` as an expression.
    pub(super) fn record(&mut self, node: NodeId) -> ExprId {
        let members = self.members(node);
        self.add(Expr::Record(members), self.tree.range(node))
    }

    /// The record among the children, or `Missing`.
    pub(super) fn record_of(&mut self, node: NodeId) -> ExprId {
        match self.tree.child(node, K::Record) {
            Some(record) => self.record(record),
            None => self.missing(node),
        }
    }

    pub(super) fn members(&mut self, node: NodeId) -> Vec<Member> {
        let mark = self.scopes.mark();
        let nodes: Vec<NodeId> = self.tree.children(node).collect();
        let members = nodes.into_iter().filter_map(|m| self.member(m)).collect();
        self.scopes.reset(mark);
        members
    }

    fn member(&mut self, node: NodeId) -> Option<Member> {
        let tree = self.tree;
        let range = tree.range(node);
        Some(match tree.kind(node) {
            K::Field => return self.field(node),
            K::Spread => Member::Spread { value: self.nth_expr(node, 0), range },
            K::IfMembers => {
                let branches = self.branches(node, K::Record);
                return self.if_members(&branches, node);
            }
            K::ForMembers => {
                let mark = self.scopes.mark();
                let (binders, source, filter) = self.for_head(node);
                let members = tree.child(node, K::Record).map(|r| self.members(r)).unwrap_or_default();
                self.scopes.reset(mark);
                Member::For { binders, source, filter, members, range }
            }
            K::Let => {
                let (local, ty, _, value) = self.let_parts(node);
                Member::Let { local, ty, value }
            }
            K::Remove => {
                let key = tree.child(node, K::Key)?;
                let (name, key_range) = (self.key(key), tree.range(key));
                let at = tree.child(node, K::AtKey).map(|a| self.nth_expr(a, 0));
                Member::Remove { key: name, key_range, at, range }
            }
            _ => return None,
        })
    }

    fn key(&mut self, node: NodeId) -> Key {
        match self.tree.child(node, K::String) {
            None => Key::Name(self.text(node)),
            Some(s) => match self.string(s) {
                Expr::String(text) => Key::Name(text),
                template => Key::Computed(self.add(template, self.tree.range(s))),
            },
        }
    }

    fn field(&mut self, node: NodeId) -> Option<Member> {
        let tree = self.tree;
        let range = tree.range(node);
        let at_key = tree.child(node, K::AtKey);
        let key_node = tree.child(node, K::Key);
        let (key, key_range, at) = match (key_node, at_key) {
            (Some(key), at) => (self.key(key), tree.range(key), at.map(|a| self.nth_expr(a, 0))),
            (None, Some(at)) => (Key::Computed(self.nth_expr(at, 0)), tree.range(at), None),
            (None, None) => return None,
        };
        let optional = tree.child(node, K::Optional).is_some();
        let Some(assign) = tree.child(node, K::Assign) else {
            let value = match &key {
                Key::Name(name) if at.is_none() && self.is_shorthand(node, name) && key_node.is_some_and(|k| tree.child(k, K::String).is_none()) => {
                    let name = name.clone();
                    let value = self.resolve(&name, key_range);
                    self.add(value, key_range)
                }
                _ => self.missing(node),
            };
            return Some(Member::Field { key, key_range, at, optional, assign: Assign::Merge, value, range });
        };
        let assign = match tree.text(assign) {
            ":=" => Assign::Replace,
            "+=" => Assign::Append,
            "-=" => Assign::Take,
            "??=" => Assign::Weak,
            _ => Assign::Merge,
        };
        let value = self.nth_expr(node, 0);
        Some(Member::Field { key, key_range, at, optional, assign, value, range })
    }

    /// Whether a member without a value is a name: not when it is a reserved word or has junk behind it, which is reported.
    fn is_shorthand(&self, node: NodeId, name: &str) -> bool {
        let junk = self.tree.next_significant_after(node).is_some_and(|n| self.tree.kind(n) == K::Junk);
        !junk && !crate::syntax::RESERVED.contains(&name)
    }

    /// The branches of an `if … else if … else`, whose blocks are of this kind.
    pub(super) fn branches(&self, node: NodeId, block: K) -> Branches {
        let mut branches = Branches::new();
        let mut condition = None;
        for c in self.tree.children(node) {
            match self.tree.kind(c) {
                K::Expr | K::NoExpr => condition = Some(c),
                k if k == block => branches.push((condition.take(), Some(c))),
                K::NoBlock => branches.push((condition.take(), None)),
                _ => {}
            }
        }
        branches
    }

    fn if_members(&mut self, branches: &[(Option<NodeId>, Option<NodeId>)], node: NodeId) -> Option<Member> {
        let range = self.tree.range(node);
        let branches = self.limit_branches(branches, range);
        let mut lowered = Vec::new();
        for &(condition, block) in branches {
            let condition = condition.map(|c| self.expr(c));
            lowered.push((condition, block.map(|b| self.members(b)).unwrap_or_default()));
        }
        let mut otherwise = Vec::new();
        while let Some((condition, then)) = lowered.pop() {
            otherwise = match condition {
                None => then,
                Some(condition) => vec![Member::If { condition, then, otherwise, range }],
            };
        }
        otherwise.pop()
    }

    /// `for a, b in source if filter`; the binders become visible (to the filter too).
    pub(super) fn for_head(&mut self, node: NodeId) -> (Vec<LocalId>, ExprId, Option<ExprId>) {
        let source = match self.expr_after(node, "in") {
            Some(source) => source,
            None => self.missing(node),
        };
        let binders = self.binders(node);
        let filter = self.expr_after(node, "if");
        (binders, source, filter)
    }

    fn binders(&mut self, node: NodeId) -> Vec<LocalId> {
        let names = self.tree.child(node, K::Binders).map(|b| self.names(b, K::Ident)).unwrap_or_default();
        names.into_iter().map(|(name, range)| self.declare(name, range, LocalKind::Loop)).collect()
    }

    /// `[ … ]`
    pub(super) fn list(&mut self, node: NodeId) -> ExprId {
        let tree = self.tree;
        let nodes: Vec<NodeId> = tree.children(node).collect();
        let mut items = Vec::new();
        for item in nodes {
            match tree.kind(item) {
                K::Expr => items.push(ListItem::Value(self.expr(item))),
                K::Spread => items.push(ListItem::Spread(self.nth_expr(item, 0))),
                K::IfItem => items.push(self.if_item(item)),
                K::Comprehension => items.push(self.comprehension(item)),
                _ => {}
            }
        }
        self.add(Expr::List(items), tree.range(node))
    }

    fn if_item(&mut self, node: NodeId) -> ListItem {
        if self.tree.has_token(node, "then") {
            return ListItem::Value(self.if_expr(node));
        }
        let condition = self.nth_expr(node, 0);
        let value = self.nth_expr(node, 1);
        ListItem::If { condition, item: Box::new(ListItem::Value(value)) }
    }

    fn comprehension(&mut self, node: NodeId) -> ListItem {
        enum Clause {
            For(Vec<LocalId>, ExprId),
            If(ExprId),
        }
        let tree = self.tree;
        let mark = self.scopes.mark();
        let mut clauses = Vec::new();
        for c in tree.children(node) {
            match tree.kind(c) {
                K::ComprehensionFor => {
                    let (binders, source, _) = self.for_head(c);
                    clauses.push(Clause::For(binders, source));
                }
                K::ComprehensionIf => clauses.push(Clause::If(self.nth_expr(c, 0))),
                _ => {}
            }
        }
        let too_many = clauses.len() > 32;
        if too_many {
            self.report(crate::diagnostics::codes::J0102, "this has more than 32 clauses", tree.range(node));
            clauses.truncate(32);
        }
        let mut item = ListItem::Value(self.nth_expr(node, 0));
        self.scopes.reset(mark);
        while let Some(clause) = clauses.pop() {
            item = match clause {
                Clause::For(binders, source) => ListItem::For { binders, source, item: Box::new(item) },
                Clause::If(condition) => ListItem::If { condition, item: Box::new(item) },
            };
        }
        item
    }

    /// `application n { … }`
    pub(super) fn application(&mut self, node: NodeId) -> ExprId {
        let tree = self.tree;
        let (name, _) = self.name(node);
        let mut units = Vec::new();
        let mut fields = Vec::new();
        for c in tree.children(node) {
            match tree.kind(c) {
                K::AppUnit => units.push(self.app_unit(c)),
                K::Field => fields.extend(self.field(c)),
                _ => {}
            }
        }
        self.add(Expr::Application(Box::new(Application { name, units, fields })), tree.range(node))
    }

    fn app_unit(&mut self, node: NodeId) -> AppUnit {
        let tree = self.tree;
        let kind = if tree.has_token(node, "policy") {
            DefinitionKind::Policy
        } else if tree.has_token(node, "step") {
            DefinitionKind::Step
        } else {
            DefinitionKind::Component
        };
        let (name, range) = self.name(node);
        let definition = match tree.child(node, K::DefName) {
            Some(d) => self.def_name(d),
            None => crate::hir::DefName { package: None, name: ecow::EcoString::new(), range },
        };
        let mut properties = Vec::new();
        let mut traits = Vec::new();
        if let Some(body) = tree.child(node, K::AppBody) {
            properties = self.members(body);
            for t in tree.children_of(body, K::AppTrait) {
                if let Some(d) = tree.child(t, K::DefName) {
                    let d = self.def_name(d);
                    traits.push((d, self.record_of(t)));
                }
            }
        }
        AppUnit { kind, name, definition, properties, traits, range: tree.range(node) }
    }
}
