//! Modules: types with their defaults, functions, constants, views, resources, tests, definitions.

use super::{Checker, definition, present};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{DefId, Expr, ExprId, FnItem, Global, ImportSource, Module, ModuleId, Owner, RecordTypeMember, TypeExpr, TypeExprId, ViewItem};
use crate::types::kubernetes::is_kind;
use crate::types::relate::fits;
use crate::types::resolve::{TypeArgs, Types};
use crate::types::ty::{Ty, Type, Typed};

/// Everything that is wrong with a module.
pub(super) fn module(types: &Types, id: ModuleId) -> Vec<Diagnostic> {
    let program = types.program.clone();
    let m = program.module(id);
    let mut out = Vec::new();
    let mut c = Checker::new(types, id, &Owner::default());
    c.imports(m);
    for t in &m.types {
        c.args = TypeArgs::opaque(t.parameters.iter().map(|(n, _)| n));
        c.type_of(t.ty);
        c.defaults_in(t.ty, false);
    }
    c.args = TypeArgs::none();
    for (i, r) in m.resources.iter().enumerate() {
        types.resource(id, i as u32);
        c.defaults_in(r.ty, false);
    }
    for (i, l) in m.lets.iter().enumerate() {
        let mut inner = Checker::new(types, id, &l.owner);
        let _ = i;
        inner.module_constant(l.ty, l.optional, l.value);
        out.append(&mut inner.out);
    }
    for f in &m.functions {
        out.append(&mut function(types, id, f));
    }
    c.recursion(id, m);
    for (i, v) in m.views.iter().enumerate() {
        c.view(id, i as u32, v);
    }
    for t in &m.tests {
        out.append(&mut super::tests::check(types, id, t));
    }
    for i in 0..m.definitions.len() {
        out.append(&mut definition::check(types, DefId { module: id, index: i as u32 }));
    }
    out.append(&mut c.out);
    out
}

fn function(types: &Types, id: ModuleId, f: &FnItem) -> Vec<Diagnostic> {
    let mut c = Checker::new(types, id, &f.owner);
    c.args = TypeArgs::opaque(f.type_parameters.iter().map(|(n, _)| n));
    for p in &f.parameters {
        let ty = c.type_of(p.ty);
        c.defaults_in(p.ty, false);
        c.bind(p.local, Typed { ty, absent: p.optional }, None);
    }
    let result = c.type_of(f.result);
    let typed = c.check(f.body, &result);
    if typed.absent && !f.result_optional {
        let body = c.result_of(f.body);
        c.may_be_absent(body);
    }
    c.unused_locals(&f.owner, true);
    c.out
}

impl Checker<'_> {
    /// The expression that a body ends in.
    fn result_of(&self, e: ExprId) -> ExprId {
        match self.program.module(self.module).expr(e) {
            Expr::Block { result, .. } => *result,
            _ => e,
        }
    }

    fn module_constant(&mut self, ty: Option<TypeExprId>, optional: bool, value: ExprId) {
        match ty.map(|t| self.type_of(t)) {
            Some(t) => {
                let typed = self.check(value, &t);
                if typed.absent && !optional {
                    self.may_be_absent(value);
                }
            }
            None => {
                self.infer(value);
            }
        }
    }

    /// The type of a `let` of a module.
    pub fn module_let(&mut self, module: ModuleId, index: u32) -> Typed {
        if let Some(known) = self.types.known_let(module, index) {
            return known;
        }
        let program = self.program.clone();
        let Some(l) = program.module(module).lets.get(index as usize) else { return present(Type::error()) };
        if self.depth > 60 {
            return present(Type::error());
        }
        let typed = match l.ty {
            Some(ty) => Typed { ty: self.types.of(module, ty, &TypeArgs::none()), absent: l.optional },
            None => {
                // A circle is found by its depth.
                let mut inner = Checker::new(self.types, module, &l.owner);
                inner.quiet = 1;
                inner.depth = self.depth + 10;
                inner.infer(l.value)
            }
        };
        self.types.keep_let(module, index, typed.clone());
        typed
    }

    /// J0204: names of `apiVersion`s that nobody describes.
    fn imports(&mut self, m: &Module) {
        for import in &m.imports {
            let ImportSource::Kubernetes(api_version) = &import.source else { continue };
            for name in &import.names {
                let known = self.program.resource(api_version, &name.name).is_some() || self.types.schemas.named(api_version, &name.name).is_some();
                if known {
                    continue;
                }
                let api_known = self.types.schemas.api_version_known(api_version);
                let range = if api_known { name.range } else { import.source_range };
                let span = self.at(range);
                let words = if api_known { format!("`{api_version}` has no `{}`", name.name) } else { format!("nobody describes `{api_version}`") };
                let mut finding = Diagnostic::new(codes::J0204, words).primary(span, "");
                let all = self.types.schemas.names_in(api_version);
                finding = match nearest(&name.name, all.iter().map(|n| n.as_str())) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None if !api_known => finding.help("name its definition in `jibe.toml` (`crds = [\"…\"]`), or describe it: `resource Kind: \"group/version\" { … }`"),
                    None => finding,
                };
                self.report(finding);
                if !api_known {
                    break;
                }
            }
        }
    }

    /// Defaults in a type expression, against the types of their fields.
    pub fn defaults_in(&mut self, id: TypeExprId, in_parameters: bool) {
        if self.depth > 60 {
            return;
        }
        self.depth += 1;
        let program = self.program.clone();
        match program.module(self.module).type_expr(id) {
            TypeExpr::Record(members) => {
                for m in members {
                    match m {
                        RecordTypeMember::Field { ty, default, attributes, .. } => {
                            self.defaults_in(*ty, in_parameters);
                            self.field_attributes(attributes, *ty, in_parameters);
                            if let Some(d) = default {
                                let wanted = self.type_of(*ty);
                                self.check_present(*d, &wanted);
                            }
                        }
                        RecordTypeMember::Spread { ty, .. } => self.defaults_in(*ty, in_parameters),
                        RecordTypeMember::Map { value, .. } => self.defaults_in(*value, in_parameters),
                    }
                }
            }
            TypeExpr::Union(members) => members.iter().for_each(|m| self.defaults_in(*m, in_parameters)),
            TypeExpr::List { element, .. } => self.defaults_in(*element, in_parameters),
            TypeExpr::Refined { base, .. } | TypeExpr::Field { base, .. } => self.defaults_in(*base, in_parameters),
            TypeExpr::Element(base) => self.defaults_in(*base, in_parameters),
            TypeExpr::Name { arguments, .. } => arguments.iter().for_each(|a| self.defaults_in(*a, in_parameters)),
            TypeExpr::Missing | TypeExpr::Literal(_) => {}
        }
        self.depth -= 1;
    }

    /// J0212: functions that call themselves, directly or through others.
    fn recursion(&mut self, id: ModuleId, m: &Module) {
        for (i, f) in m.functions.iter().enumerate() {
            let own = (id, i as u32);
            let direct = calls(&self.program, id, f.body);
            for (callee, at) in direct {
                let mut seen = vec![callee];
                let mut todo = vec![callee];
                let mut round = callee == own;
                while let Some((cm, ci)) = todo.pop() {
                    if (cm, ci) == own {
                        round = true;
                        break;
                    }
                    let program = self.program.clone();
                    let Some(g) = program.module(cm).functions.get(ci as usize) else { continue };
                    for (next, _) in calls(&program, cm, g.body) {
                        if !seen.contains(&next) {
                            seen.push(next);
                            todo.push(next);
                        }
                    }
                }
                if round {
                    let span = self.span(at);
                    self.report(
                        Diagnostic::new(codes::J0212, format!("`{}` calls itself", f.name))
                            .primary(span, "this closes the circle")
                            .help("there is no recursion: go over a list instead"),
                    );
                    break;
                }
            }
        }
    }

    /// J0611: the path of each arm has the view's type in every version.
    fn view(&mut self, id: ModuleId, index: u32, v: &ViewItem) {
        let declared = if v.extend { self.extended(id, v) } else { v.ty.map(|t| self.type_of(t)) };
        let _ = index;
        for arm in &v.arms {
            for kind in &arm.kinds {
                let span = self.at(kind.range);
                let Some(ty) = self.types.named(id, kind) else { continue };
                if ty.is_error() {
                    continue;
                }
                if !is_kind(&ty) {
                    self.report(Diagnostic::new(codes::J0303, format!("`{ty}` is no kind")).primary(span, ""));
                    continue;
                }
                self.arm(&ty, &arm.path, declared.as_ref());
            }
        }
    }

    fn arm(&mut self, kind: &Ty, path: &[(ecow::EcoString, crate::base::Range)], declared: Option<&Ty>) {
        let mut at = kind.clone();
        for (name, range) in path {
            let span = self.at(*range);
            let next = match at.shape() {
                Type::Record(r) => match r.field(name) {
                    Some(f) => f.ty.clone(),
                    None => {
                        let mut finding = Diagnostic::new(codes::J0611, format!("`{at}` has no field `{name}`")).primary(span, "");
                        if let Some(near) = nearest(name, r.fields.iter().map(|f| f.name.as_str())) {
                            finding = finding.help(format!("did you mean `{near}`?"));
                        }
                        self.report(finding);
                        return;
                    }
                },
                Type::Json | Type::Object | Type::Error | Type::Map(_) => return,
                _ => {
                    self.report(Diagnostic::new(codes::J0611, format!("`{at}` has no fields")).primary(span, ""));
                    return;
                }
            };
            at = next;
        }
        let custom =
            matches!(&**kind, Type::Named(n) if n.kind.as_ref().is_some_and(|(api, _)| self.types.schemas.is_custom(api) || self.program.resource(api, &n.name).is_some()));
        if let Some(view) = declared
            && !custom
            && !view.is_error()
            && let Err(_why) = fits(&at, view)
            && let Some((_, range)) = path.last()
        {
            let span = self.at(*range);
            self.report(Diagnostic::new(codes::J0611, format!("the view is a `{view}`, but this is a `{at}`")).primary(span, ""));
        }
    }

    /// The type of the view that `extend view` extends.
    fn extended(&mut self, id: ModuleId, v: &ViewItem) -> Option<Ty> {
        let name = crate::hir::TypeName { segments: vec![v.name.clone()], range: v.name_range };
        match self.program.type_name(id, &name).0 {
            crate::hir::TypeRef::View(m, i) => super::scope::view_type(self.types, m, i),
            _ => None,
        }
    }
}

/// Functions that an expression calls.
fn calls(program: &crate::hir::Program, module: ModuleId, e: ExprId) -> Vec<((ModuleId, u32), ExprId)> {
    let m = program.module(module);
    let mut out = Vec::new();
    let mut todo = vec![e];
    while let Some(e) = todo.pop() {
        let expr = m.expr(e);
        if let Expr::Global(name) = expr
            && let Global::Function(fm, fi) = program.global(module, *name)
        {
            out.push(((fm, fi), e));
        }
        if let Expr::Field { base, name, .. } = expr
            && let Expr::Global(alias) = m.expr(*base)
            && let Global::ModuleAlias(target) = program.global(module, *alias)
            && let Global::Function(fm, fi) = program.member(target, name)
        {
            out.push(((fm, fi), e));
        }
        expr.each_child(&mut |c| todo.push(c));
    }
    out
}
