//! Items of a module.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::{Lowerer, Range};
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{
    Definition, DefinitionKind, Expect, FnItem, Import, ImportSource, ImportedName, LetItem, LocalKind, Param, ResourceItem, TestItem, TestStmt, TypeItem, ViewArm, ViewItem,
};
use crate::syntax::{NodeId, SyntaxKind as K, Tree};

impl Lowerer<'_> {
    /// Lowers the file: imports first, since local names are compared with them.
    pub(super) fn file(&mut self) {
        let items: Vec<NodeId> = self.tree.children_of(Tree::ROOT, K::Item).collect();
        let mut rest = Vec::new();
        for &item in &items {
            match self.tree.child(item, K::Import) {
                Some(import) => self.import(import),
                None => rest.push(item),
            }
        }
        for item in rest {
            self.item(item);
        }
        self.duplicates();
        self.unused_imports();
    }

    fn item(&mut self, item: NodeId) {
        let Some(node) = self.tree.children(item).find(|&c| self.tree.kind(c) != K::Attribute) else { return };
        self.enter();
        match self.tree.kind(node) {
            K::TypeItem => self.type_item(item, node),
            K::FnItem => self.fn_item(item, node),
            K::Let => self.let_item(item, node),
            K::View => self.view(item, node),
            K::Resource => self.resource(item, node),
            K::Test => self.test(node),
            K::Definition => self.definition(item, node),
            _ => {}
        }
    }

    fn docs(&self, item: NodeId) -> EcoString {
        self.tree.docs(item).into()
    }

    fn import(&mut self, node: NodeId) {
        let tree = self.tree;
        let (source, source_range) = if let Some(s) = tree.child(node, K::String) {
            let text = self.plain_string(s);
            let file = text.starts_with("./") || text.starts_with("../");
            (if file { ImportSource::File(text) } else { ImportSource::Kubernetes(text) }, tree.range(s))
        } else if let Some(d) = tree.child(node, K::Dotted) {
            let parts: Vec<&str> = tree.children_of(d, K::Kebab).map(|k| tree.text(k)).collect();
            (ImportSource::Module(parts.join(".").into()), tree.range(d))
        } else {
            return;
        };
        let names = tree.children_of(node, K::ImportName).map(|n| {
            let mut parts = tree.children_of(n, K::Ident);
            let first = parts.next();
            let local = parts.next().or(first);
            let text = |n: Option<NodeId>| n.map(|n| EcoString::from(tree.text(n))).unwrap_or_default();
            ImportedName { name: text(first), range: first.map(|n| tree.range(n)).unwrap_or_default(), local: text(local) }
        });
        let names = names.collect();
        let alias = tree.has_token(node, "as").then(|| self.name(node));
        self.module.imports.push(Import { source, source_range, names, alias, range: tree.range(node) });
    }

    fn type_item(&mut self, item: NodeId, node: NodeId) {
        let (name, name_range) = self.name(node);
        let attributes = self.attributes(item);
        let parameters = self.type_parameters(node);
        let ty = self.nth_type(node, 0);
        self.module.types.push(TypeItem { name, name_range, docs: self.docs(item), attributes, parameters, ty, range: self.tree.range(node) });
    }

    fn type_parameters(&self, node: NodeId) -> Vec<(EcoString, Range)> {
        self.tree.child(node, K::TypeParams).map(|p| self.names(p, K::Ident)).unwrap_or_default()
    }

    fn fn_item(&mut self, item: NodeId, node: NodeId) {
        let tree = self.tree;
        let (name, name_range) = self.name(node);
        let type_parameters = self.type_parameters(node);
        let mut parameters = Vec::new();
        for param in tree.child(node, K::Params).into_iter().flat_map(|p| tree.children_of(p, K::Param)) {
            let (name, range) = self.name(param);
            let ty = self.nth_type(param, 0);
            let local = self.declare(name.clone(), range, LocalKind::Parameter);
            parameters.push(Param { local, name, optional: tree.child(param, K::Optional).is_some(), ty });
        }
        let result = self.nth_type(node, 0);
        let result_optional = tree.child(node, K::Optional).is_some();
        let body = match tree.child(node, K::FnBlock) {
            Some(block) => self.fn_block(block),
            None => self.nth_expr(node, 0),
        };
        let owner = self.leave();
        let item = FnItem { name, name_range, docs: self.docs(item), type_parameters, parameters, result, result_optional, body, owner, range: tree.range(node) };
        self.module.functions.push(item);
    }

    fn let_item(&mut self, item: NodeId, node: NodeId) {
        let (name, name_range) = self.name(node);
        let ty = self.optional_type(node);
        let optional = self.tree.child(node, K::Optional).is_some();
        let value = self.nth_expr(node, 0);
        let owner = self.leave();
        self.module.lets.push(LetItem { name, name_range, docs: self.docs(item), ty, optional, value, owner, range: self.tree.range(node) });
    }

    fn view(&mut self, item: NodeId, node: NodeId) {
        let tree = self.tree;
        let (name, name_range) = self.name(node);
        let extend = tree.has_token(node, "extend");
        let ty = (!extend).then(|| self.nth_type(node, 0));
        let mut arms = Vec::new();
        for arm in tree.child(node, K::ViewArms).into_iter().flat_map(|a| tree.children_of(a, K::ViewArm)) {
            let path = tree.child(arm, K::Path).map(|p| self.names(p, K::FieldName)).unwrap_or_default();
            arms.push(ViewArm { kinds: self.type_names(arm), path });
        }
        self.module.views.push(ViewItem { name, name_range, docs: self.docs(item), extend, ty, arms, range: tree.range(node) });
    }

    fn resource(&mut self, item: NodeId, node: NodeId) {
        let tree = self.tree;
        let (name, name_range) = self.name(node);
        let attributes = self.attributes(item);
        let (api_version, api_version_range) = match tree.child(node, K::String) {
            Some(s) => (self.plain_string(s), tree.range(s)),
            None => (EcoString::new(), name_range),
        };
        let ty = match tree.child(node, K::TypeRecord) {
            Some(record) => self.record_type(record),
            None => self.missing_type(node),
        };
        self.module.resources.push(ResourceItem { name, name_range, docs: self.docs(item), attributes, api_version, api_version_range, ty, range: tree.range(node) });
    }

    fn test(&mut self, node: NodeId) {
        let tree = self.tree;
        let (name, name_range) = match tree.child(node, K::String) {
            Some(s) => (self.plain_string(s), tree.range(s)),
            None => (EcoString::new(), tree.range(node)),
        };
        let mut stmts = Vec::new();
        for stmt in tree.child(node, K::TestBlock).into_iter().flat_map(|b| tree.children(b)) {
            match tree.kind(stmt) {
                K::Let => {
                    let (local, ty, _, value) = self.let_parts(stmt);
                    stmts.push(TestStmt::Let { local, ty, value });
                }
                K::Expect => {
                    let expect = self.expect(stmt);
                    stmts.push(TestStmt::Expect { expect, range: tree.range(stmt) });
                }
                _ => {}
            }
        }
        let owner = self.leave();
        self.module.tests.push(TestItem { name, name_range, stmts, owner, range: tree.range(node) });
    }

    fn expect(&mut self, node: NodeId) -> Expect {
        let tree = self.tree;
        let Some(finding) = tree.child(node, K::ExpectFinding) else { return Expect::True(self.nth_expr(node, 0)) };
        let (code, _) = self.name(finding);
        let at = tree.child(finding, K::String).map(|s| self.plain_string(s));
        Expect::Finding { error: tree.has_token(finding, "error"), code, at, application: self.nth_expr(finding, 0) }
    }

    fn definition(&mut self, item: NodeId, node: NodeId) {
        let tree = self.tree;
        self.in_definition = true;
        let kind = tree.child(node, K::DefKind).map_or(DefinitionKind::Component, |k| match tree.text(k) {
            "trait" => DefinitionKind::Trait,
            "policy" => DefinitionKind::Policy,
            "step" => DefinitionKind::Step,
            "rule" => DefinitionKind::Rule,
            _ => DefinitionKind::Component,
        });
        let (name, name_range) = self.name(node);
        let attributes = self.attributes(item);
        let result = tree.child(node, K::TypeName).map(|t| self.type_name(t));
        let targets = tree.child(node, K::ForTarget).map(|t| self.type_names(t)).unwrap_or_default();
        let block = tree.child(node, K::StmtBlock);
        let parameters = self.hoist(block, K::Parameters);
        let returns = self.hoist(block, K::Returns);
        let body = block.map(|b| self.block(b, [parameters.map(|p| p.1), returns.map(|r| r.1)])).unwrap_or_default();
        self.in_definition = false;
        let owner = self.leave();
        let docs = self.docs(item);
        let definition = Definition { kind, name, name_range, range: tree.range(node), docs, attributes, result, targets, parameters, returns, body, owner };
        self.module.definitions.push(definition);
    }

    /// The first `parameters` or `returns` of a body.
    fn hoist(&mut self, block: Option<NodeId>, kind: K) -> Option<(crate::hir::TypeExprId, Range)> {
        let tree = self.tree;
        let stmt = tree.children_of(block?, K::Stmt).find_map(|s| tree.child(s, kind))?;
        let ty = match tree.child(stmt, K::TypeRecord) {
            Some(record) => self.record_type(record),
            None => self.nth_type(stmt, 0),
        };
        Some((ty, tree.range(stmt)))
    }

    /// J0208 for imported names that nothing in the file uses.
    fn unused_imports(&mut self) {
        let tree = self.tree;
        let mut used: FxHashSet<&str> = FxHashSet::default();
        let mut skip = 0;
        for id in tree.descendants(Tree::ROOT) {
            match tree.kind(id) {
                K::Import => skip = tree.range(id).end,
                K::Ident | K::KebabType | K::FieldName if tree.range(id).start >= skip => {
                    used.insert(tree.text(id));
                }
                K::TypePattern => used.extend(tree.text(id).split('.')),
                // What cannot be read may use anything.
                K::Junk => used.extend(tree.text(id).split(|c: char| !c.is_alphanumeric() && c != '_')),
                _ => {}
            }
        }
        let mut found = Vec::new();
        for import in &self.module.imports {
            let names = import.names.iter().map(|n| (&n.local, n.range)).chain(import.alias.iter().map(|(a, r)| (a, *r)));
            let unused = names.filter(|(n, _)| !n.is_empty() && !used.contains(n.as_str()));
            // One fix an import: it takes all that is unused away.
            let mut fix = Some(self.thinned(import, &used));
            for (name, range) in unused {
                let d = Diagnostic::new(codes::J0208, format!("nothing uses the import `{name}`")).primary(range.in_file(self.file), "");
                found.push(match fix.take() {
                    Some((title, at, text)) => d.fix(title, at.in_file(self.file), text),
                    None => d,
                });
            }
        }
        self.diagnostics.extend(found);
    }

    /// An import with only what is used: what to do, where, and the text.
    fn thinned(&self, import: &Import, used: &FxHashSet<&str>) -> (&'static str, Range, String) {
        let kept: Vec<String> = import
            .names
            .iter()
            .filter(|n| used.contains(n.local.as_str()))
            .map(|n| if n.local == n.name { n.name.to_string() } else { format!("{} as {}", n.name, n.local) })
            .collect();
        if kept.is_empty() {
            let after = self.tree.source().get(import.range.end as usize..).unwrap_or("");
            let end = import.range.end + u32::from(after.starts_with('\n'));
            return ("delete the import", Range::new(import.range.start, end), String::new());
        }
        let source = import.source_range.of(self.tree.source()).trim();
        ("import only what is used", import.range, format!("import {source} {{ {} }}", kept.join(", ")))
    }

    /// J0205 for names that a module has twice.
    fn duplicates(&mut self) {
        let m = &self.module;
        let mut names: Vec<(String, EcoString, Range)> = Vec::new();
        let mut add = |space: &str, name: &EcoString, range: Range| names.push((format!("{space} {name}"), name.clone(), range));
        for import in &m.imports {
            import.names.iter().for_each(|n| add("", &n.local, n.range));
            import.alias.iter().for_each(|(n, r)| add("", n, *r));
        }
        m.types.iter().for_each(|t| add("", &t.name, t.name_range));
        m.functions.iter().for_each(|f| add("", &f.name, f.name_range));
        m.lets.iter().for_each(|l| add("", &l.name, l.name_range));
        m.views.iter().filter(|v| !v.extend).for_each(|v| add("", &v.name, v.name_range));
        m.resources.iter().for_each(|r| add("", &r.name, r.name_range));
        m.definitions.iter().for_each(|d| add(d.kind.word(), &d.name, d.name_range));
        m.tests.iter().for_each(|t| add("test", &t.name, t.name_range));
        names.sort_by_key(|(_, _, range)| range.start);
        let mut first: FxHashMap<String, Range> = FxHashMap::default();
        for (key, name, range) in names {
            if name.is_empty() {
                continue;
            }
            if let Some(other) = first.get(&key) {
                let d = Diagnostic::new(codes::J0205, format!("`{name}` is defined twice")).primary(range.in_file(self.file), "");
                self.diagnostics.push(d.secondary(other.in_file(self.file), "defined here first").help("give one of them another name"));
            } else {
                first.insert(key, range);
            }
        }
    }
}
