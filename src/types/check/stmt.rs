//! Statements of definitions (language reference §7.1).

use super::env::{Facts, Root};
use super::{Checker, present, scope};
use crate::diagnostics::{Diagnostic, Severity, codes, nearest};
use crate::hir::{Block, DefId, DefName, DefinitionKind, ExprId, LocalId, OutputName, Pattern, Require, Stmt, StmtKind, TypeExprId, TypeName};
use crate::types::kubernetes::draft;
use crate::types::ty::{Field, Presence, Record, Ty, Type, Typed};

impl Checker<'_> {
    /// Statements from top to bottom; what `require` finds out holds to the end of the block.
    pub fn block_of(&mut self, id: DefId, block: &Block) {
        let before = self.env.facts.0.len();
        for s in &block.stmts {
            self.stmt(id, s);
        }
        self.env.facts.0.truncate(before);
    }

    fn stmt(&mut self, id: DefId, s: &Stmt) {
        match &s.kind {
            StmtKind::Let { local, ty, optional, value } => self.bind_let(*local, *ty, *optional, *value),
            StmtKind::Require(r) => self.require(r),
            StmtKind::If { condition, then, otherwise } => {
                let c = self.condition(*condition);
                self.uncertain(|u| u.under(&c.holds, |k| k.block_of(id, then)));
                if let Some(b) = otherwise {
                    self.uncertain(|u| u.under(&c.fails, |k| k.block_of(id, b)));
                }
            }
            StmtKind::For { binders, source, filter, body } => {
                self.bind_loop(binders, *source);
                let facts = filter.map(|f| self.condition(f).holds).unwrap_or_default();
                self.uncertain(|u| u.under(&facts, |k| k.block_of(id, body)));
            }
            StmtKind::Match { scrutinee, arms } => {
                let patterns: Vec<&Pattern> = arms.iter().map(|a| &a.pattern).collect();
                self.arms(*scrutinee, &patterns, *scrutinee, |c, i, _| {
                    if let Some(arm) = arms.get(i) {
                        c.uncertain(|u| u.block_of(id, &arm.body));
                    }
                });
            }
            StmtKind::Output { name, kind, value, whole } => self.output(id, s, name, kind.as_ref(), *value, *whole),
            StmtKind::Patch(p) => self.patch(id, p),
            StmtKind::From { name, arguments } => self.from(id, name, *arguments),
            StmtKind::Do { name, arguments } => self.does(id, name, *arguments),
            StmtKind::Conflicts(names) => self.conflicts(id, names),
            StmtKind::Status(e) => self.status(id, *e),
            StmtKind::Misplaced(what) => {
                let span = self.at(s.keyword);
                self.report(Diagnostic::new(codes::J0603, format!("`{what}` stands once, at the top level of the body")).primary(span, ""));
            }
            StmtKind::Missing => {}
        }
    }

    /// A `let`: of a definition, a block, a record.
    pub fn bind_let(&mut self, local: LocalId, ty: Option<TypeExprId>, optional: bool, value: ExprId) {
        let declared = ty.map(|t| self.type_of(t));
        let typed = match &declared {
            Some(t) => self.check(value, t),
            None => self.infer(value),
        };
        if typed.absent && declared.is_some() && !optional {
            self.may_be_absent(value);
        }
        let alias = self.path(value);
        let ty = declared.unwrap_or_else(|| typed.ty.clone());
        let absent = if optional { true } else { typed.absent };
        self.bind(local, Typed { ty, absent }, alias);
    }

    fn require(&mut self, r: &Require) {
        let span = self.span(r.condition);
        self.depends("`require`", span);
        let c = self.narrow(r.condition);
        if let Some(known) = c.known {
            let span = self.span(r.condition);
            let severity = if known { Severity::Warning } else { Severity::Error };
            self.report(Diagnostic::new(codes::J0406, format!("this is always {known}")).primary(span, "").with_severity(severity));
        }
        self.under(&c.fails, |k| {
            k.message(r.message);
            if let Some(at) = r.at {
                k.lenient += 1;
                k.infer(at);
                k.lenient -= 1;
            }
        });
        self.env.facts.0.extend(c.holds.0);
    }

    fn output(&mut self, id: DefId, s: &Stmt, name: &OutputName, kind: Option<&TypeName>, value: ExprId, whole: bool) {
        if let OutputName::Computed(e) = name {
            let ty = self.value(*e);
            if !super::expr::is_text(&ty) {
                self.wrong(codes::J0303, *e, format!("the name of an output is text, not `{ty}`"));
            }
        }
        if matches!(name, OutputName::Main) && self.scope.kind == Some(DefinitionKind::Trait) {
            let span = self.at(s.keyword);
            self.report(Diagnostic::new(codes::J0601, "a trait adds objects: `output name: Kind { … }`").primary(span, "the main object is the component's"));
            self.infer(value);
            return;
        }
        if whole {
            self.check_present(value, &Type::Object.share());
            return;
        }
        let declared = kind.map(|k| (self.kind(k), k));
        let result = match (&declared, name) {
            (Some((ty, _)), _) => ty.clone(),
            (None, OutputName::Main) => self.scope.result.clone(),
            (None, _) => None,
        };
        let Some(result) = result else {
            let named_unknown = declared.is_some() || (matches!(name, OutputName::Main) && self.program.definition(id).result.is_some());
            if !named_unknown {
                let span = self.at(s.keyword);
                self.report(Diagnostic::new(codes::J0303, "this output does not say its kind").primary(span, "").help("write `output name: Kind { … }`"));
            }
            self.infer(value);
            return;
        };
        if matches!(&*result, Type::Object) {
            self.check_present(value, &result);
            return;
        }
        if let (Some((_, k)), Type::Named(n)) = (&declared, &*result) {
            self.kind_versions(n, k);
        }
        self.no_status(value);
        let wanted = draft(&result);
        self.check_present(value, &wanted);
    }

    /// A kind by its name; `None` where it is none, which has been said.
    fn kind(&mut self, name: &TypeName) -> Option<Ty> {
        let ty = self.types.named(self.module, name)?;
        if ty.is_error() {
            return None;
        }
        if crate::types::kubernetes::is_kind(&ty) || matches!(&*ty, Type::Object) {
            return Some(ty);
        }
        let span = self.at(name.range);
        self.report(Diagnostic::new(codes::J0303, format!("`{ty}` is no kind")).primary(span, ""));
        None
    }

    /// J0702.
    fn kind_versions(&mut self, n: &crate::types::ty::Named, name: &TypeName) {
        let missing = self.versions().missing_from(n.versions);
        if missing.is_empty() {
            return;
        }
        let list: Vec<String> = missing.iter().map(ToString::to_string).collect();
        let span = self.at(name.range);
        self.report(
            Diagnostic::new(codes::J0702, format!("Kubernetes {} has no `{}`", list.join(", "), n.name))
                .primary(span, "")
                .help("write it under `if context.clusterVersion.minor >= … { … }`"),
        );
    }

    /// J0706.
    pub fn no_status(&mut self, value: ExprId) {
        use crate::hir::{Expr, Key, Member};
        let program = self.program.clone();
        let Expr::Record(members) = program.module(self.module).expr(value) else { return };
        for m in members {
            if let Member::Field { key: Key::Name(name), key_range, .. } = m
                && name == "status"
            {
                let span = self.at(*key_range);
                self.report(Diagnostic::new(codes::J0706, "the cluster writes `status`").primary(span, "").help("delete it"));
            }
        }
    }

    fn from(&mut self, id: DefId, name: &DefName, arguments: ExprId) {
        let Some(inner) = self.referred(name, DefinitionKind::Component, arguments) else { return };
        self.given(inner, arguments);
        let (mine, theirs) = (self.scope.result.clone(), self.types.result(inner));
        if let (Some(a), Some(b)) = (mine, theirs)
            && !a.is_error()
            && !b.is_error()
            && super::condition::kind_name(&a) != super::condition::kind_name(&b)
        {
            let span = self.at(name.range);
            let d = self.program.definition(id).name.clone();
            self.report(Diagnostic::new(codes::J0303, format!("`{}` makes a `{b}`, but `{d}` a `{a}`", name.name)).primary(span, ""));
        }
    }

    fn does(&mut self, _id: DefId, name: &DefName, arguments: ExprId) {
        let Some(inner) = self.referred(name, DefinitionKind::Step, arguments) else { return };
        self.given(inner, arguments);
    }

    /// Arguments of a definition: a record, defaults filled in.
    pub(super) fn given(&mut self, inner: DefId, arguments: ExprId) {
        let wanted = self.types.parameters(inner);
        self.check_present(arguments, &wanted);
    }

    pub(super) fn referred(&mut self, name: &DefName, kind: DefinitionKind, arguments: ExprId) -> Option<DefId> {
        let found = self.program.find_from(self.module, kind, name);
        if found.is_none() {
            self.unknown_definition(name, kind, Severity::Error);
            self.infer(arguments);
        }
        found
    }

    pub(super) fn unknown_definition(&mut self, name: &DefName, kind: DefinitionKind, severity: Severity) {
        let span = self.at(name.range);
        let known = self.program.names(kind);
        let mut finding = Diagnostic::new(codes::J0803, format!("there is no {} `{}`", kind.word(), name.name)).primary(span, "").with_severity(severity);
        if let Some(near) = nearest(&name.name, known.iter().map(|k| k.as_str())) {
            finding = finding.help(format!("did you mean `{near}`?"));
        }
        self.report(finding);
    }

    fn conflicts(&mut self, id: DefId, names: &[DefName]) {
        for n in names {
            let known = self.program.names(DefinitionKind::Trait).contains(&n.name) || self.program.find_from(id.module, DefinitionKind::Trait, n).is_some();
            if !known {
                self.unknown_definition(n, DefinitionKind::Trait, Severity::Warning);
            }
        }
    }

    fn status(&mut self, id: DefId, e: ExprId) {
        let program = self.program.clone();
        let inner = scope::in_status(self.types, id, program.definition(id), &self.scope);
        let before = std::mem::replace(&mut self.scope, inner);
        let facts = std::mem::take(&mut self.env.facts);
        self.env.facts = Facts(facts.0.iter().filter(|(p, _)| !matches!(p.root, Root::Output | Root::Outputs | Root::Target)).cloned().collect());
        self.in_status = true;
        let wanted = status_type();
        self.check_present(e, &wanted);
        self.in_status = false;
        self.env.facts = facts;
        self.scope = before;
    }
}

fn status_type() -> Ty {
    let fields = vec![
        Field::new("healthy", Type::bool(), Presence::Required),
        Field::new("message", Type::string(), Presence::Optional),
        Field::new("details", Type::map(Type::string(), Type::string()), Presence::Optional),
    ];
    let _ = present;
    Type::Record(Record { name: Some("status".into()), fields, ..Record::default() }).share()
}
