//! One definition: its attributes, parameters, statements, and that `output` is written once on every path.

use super::{Checker, Ledger, scope};
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{Attribute, Block, DefId, Definition, DefinitionKind, OutputName, PatternKind, Stmt, StmtKind, TypeName, TypeRef};
use crate::types::resolve::Types;
use crate::types::ty::Type;

const ATTRIBUTES: [&str; 11] = ["deprecated", "example", "sensitive", "level", "version", "stage", "podDisruptive", "manageWorkload", "controlPlaneOnly", "immutable", "alias"];

/// Everything that is wrong with a definition.
pub(super) fn check(types: &Types, id: DefId) -> Vec<Diagnostic> {
    check_with_ledger(types, id).0
}

/// The same, and what was proved.
pub(super) fn check_with_ledger(types: &Types, id: DefId) -> (Vec<Diagnostic>, Ledger) {
    let program = types.program.clone();
    let d = program.definition(id);
    let mut c = Checker::new(types, id.module, &d.owner);
    c.scope = scope::of(types, id, d);
    c.attributes(&d.attributes, d);
    c.targets(id, d);
    if let Some((ty, _)) = &d.parameters {
        c.defaults_in(*ty, true);
        c.parameters_are_objects(id, *ty);
        c.default_circle();
    }
    if let Some((ty, _)) = &d.returns {
        c.type_of(*ty);
        c.defaults_in(*ty, false);
    }
    c.allowed(&d.body, d);
    c.in_circle(id, d);
    c.block_of(id, &d.body);
    if d.kind == DefinitionKind::Component {
        c.written_once(d);
    }
    c.unused(d);
    (c.out, c.ledger)
}

impl Checker<'_> {
    /// Known attributes in places that have them.
    fn attributes(&mut self, all: &[Attribute], d: &Definition) {
        for a in all {
            let known = ATTRIBUTES.contains(&a.name.as_str()) || a.name == "label";
            let fits = match a.name.as_str() {
                "level" => d.kind == DefinitionKind::Rule,
                "stage" | "podDisruptive" | "manageWorkload" => d.kind == DefinitionKind::Trait,
                "sensitive" => false,
                _ => true,
            };
            if known && fits {
                if a.name == "example" {
                    self.example(a);
                }
                continue;
            }
            let span = self.at(a.range);
            let mut finding =
                Diagnostic::new(codes::J0320, if known { format!("`@{}` is not for a {}", a.name, d.kind.word()) } else { format!("there is no attribute `@{}`", a.name) })
                    .primary(span, "");
            if let Some(near) = nearest(&a.name, ATTRIBUTES).filter(|_| !known) {
                finding = finding.help(format!("did you mean `@{near}`?"));
            }
            self.report(finding);
        }
    }

    /// Attributes of parameters and fields of types.
    pub fn field_attributes(&mut self, all: &[Attribute], ty: crate::hir::TypeExprId, in_parameters: bool) {
        const FIELD: [&str; 5] = ["deprecated", "example", "sensitive", "immutable", "label"];
        for a in all {
            if FIELD.contains(&a.name.as_str()) {
                if a.name == "example" {
                    let wanted = self.type_of(ty);
                    a.arguments.iter().for_each(|e| {
                        self.check_present(*e, &wanted);
                    });
                }
                continue;
            }
            let _ = in_parameters;
            let span = self.at(a.range);
            let known = ATTRIBUTES.contains(&a.name.as_str());
            let mut finding =
                Diagnostic::new(codes::J0320, if known { format!("`@{}` is not for a field", a.name) } else { format!("there is no attribute `@{}`", a.name) }).primary(span, "");
            if let Some(near) = nearest(&a.name, FIELD).filter(|_| !known) {
                finding = finding.help(format!("did you mean `@{near}`?"));
            }
            self.report(finding);
        }
    }

    /// J0212: defaults of parameters that need each other.
    fn default_circle(&mut self) {
        let Some(parameters) = self.scope.parameters.clone() else { return };
        let Type::Record(record) = parameters.shape() else { return };
        if let Some(f) = self.types.default_circle(record) {
            self.report(Diagnostic::new(codes::J0212, format!("the default of `{}` needs itself", f.name)).primary(f.span, "this closes the circle"));
        }
    }

    fn example(&mut self, a: &Attribute) {
        let Some(ty) = self.scope.parameters.clone() else { return };
        for e in &a.arguments {
            self.check_present(*e, &ty);
        }
    }

    fn targets(&mut self, id: DefId, d: &Definition) {
        if let Some(result) = &d.result {
            self.kind_known(result);
        }
        for t in &d.targets {
            match self.program.type_name(id.module, t).0 {
                TypeRef::View(..) | TypeRef::Definition(_) | TypeRef::Unknown => {}
                _ => self.kind_known(t),
            }
        }
    }

    /// J0204 where nobody describes a kind is said by the import; here: a type that is no kind.
    fn kind_known(&mut self, name: &TypeName) {
        let Some(ty) = self.types.named(self.module, name) else { return };
        if !ty.is_error() && !crate::types::kubernetes::is_kind(&ty) && !matches!(&*ty, crate::types::ty::Type::Object) {
            let span = self.at(name.range);
            self.report(Diagnostic::new(codes::J0303, format!("`{ty}` is no kind")).primary(span, ""));
        }
    }

    fn parameters_are_objects(&mut self, id: DefId, ty: crate::hir::TypeExprId) {
        use crate::types::relate::{JsonKind, json_kind};
        let parameters = self.types.parameters(id);
        let good = parameters.members().iter().all(|m| json_kind(m) == JsonKind::Object || m.is_error());
        if !good {
            let span = self.at(self.program.module(self.module).type_range(ty));
            self.report(Diagnostic::new(codes::J0303, format!("parameters are objects, not `{parameters}`")).primary(span, ""));
        }
    }

    /// J0601: which statements a kind of definition has.
    fn allowed(&mut self, block: &Block, d: &Definition) {
        let from = has_from(&d.body);
        self.allowed_in(block, d, from);
    }

    fn allowed_in(&mut self, block: &Block, d: &Definition, from: bool) {
        for s in &block.stmts {
            if let Some(words) = refused(s, d, from) {
                let span = self.at(s.keyword);
                self.report(Diagnostic::new(codes::J0601, words).primary(span, ""));
            }
            match &s.kind {
                StmtKind::If { then, otherwise, .. } => {
                    self.allowed_in(then, d, from);
                    if let Some(b) = otherwise {
                        self.allowed_in(b, d, from);
                    }
                }
                StmtKind::For { body, .. } => self.allowed_in(body, d, from),
                StmtKind::Match { arms, .. } => arms.iter().for_each(|a| self.allowed_in(&a.body, d, from)),
                _ => {}
            }
        }
    }

    /// J0614.
    fn in_circle(&mut self, id: DefId, d: &Definition) {
        for (name, kind, range) in references(&d.body) {
            let Some(first) = self.program.find_from(id.module, kind, name) else { continue };
            let mut todo = vec![first];
            let mut seen = vec![first];
            let program = self.program.clone();
            while let Some(at) = todo.pop() {
                if at == id {
                    let span = self.at(range);
                    self.report(Diagnostic::new(codes::J0614, format!("`{}` is made of itself", d.name)).primary(span, ""));
                    break;
                }
                for (n, k, _) in references(&program.definition(at).body) {
                    if let Some(next) = program.find_from(at.module, k, n)
                        && !seen.contains(&next)
                    {
                        seen.push(next);
                        todo.push(next);
                    }
                }
            }
        }
    }

    /// J0602: the main object exactly once on every path.
    fn written_once(&mut self, d: &Definition) {
        let mut paths = Paths::default();
        let (least, _) = paths.block(&d.body, 0, false);
        if let Some(again) = paths.again {
            let span = self.at(again);
            self.report(Diagnostic::new(codes::J0602, "`output` has been written before on this path").primary(span, ""));
        } else if let Some(looped) = paths.looped {
            let span = self.at(looped);
            self.report(Diagnostic::new(codes::J0602, "`output` is written in a loop: it must be written exactly once").primary(span, ""));
        } else if least == 0 {
            let range = paths.lacking.unwrap_or(d.name_range);
            let span = self.at(range);
            let words = if paths.lacking.is_some() { "`output` is not written when this does not hold" } else { "this component writes no `output`" };
            self.report(Diagnostic::new(codes::J0602, words).primary(span, "").help("write `output { … }` on every path, once"));
        } else {
            let span = self.at(d.name_range);
            self.holds("`output` written once on every path", span);
        }
    }
}

fn has_from(block: &Block) -> bool {
    block.stmts.iter().any(|s| match &s.kind {
        StmtKind::From { .. } => true,
        StmtKind::If { then, otherwise, .. } => has_from(then) || otherwise.as_ref().is_some_and(has_from),
        StmtKind::Match { arms, .. } => arms.iter().any(|a| has_from(&a.body)),
        _ => false,
    })
}

fn refused(s: &Stmt, d: &Definition, from: bool) -> Option<String> {
    use DefinitionKind::{Component, Policy, Rule, Step, Trait};
    let patches = !d.targets.is_empty();
    let kind = d.kind.word();
    let (good, what) = match &s.kind {
        StmtKind::Output { .. } => (matches!(d.kind, Component | Trait | Policy), "output"),
        StmtKind::Status(_) => (matches!(d.kind, Component | Trait | Policy), "status"),
        StmtKind::Patch(_) => match d.kind {
            Component if !from => return Some("a component patches only what `from` made".into()),
            Policy if !patches => return Some("a policy patches only with `for`".into()),
            k => (matches!(k, Component | Trait | Policy), "patch"),
        },
        StmtKind::From { .. } => (d.kind == Component, "from"),
        StmtKind::Conflicts(_) => (d.kind == Trait || (d.kind == Policy && patches), "conflicts"),
        StmtKind::Do { .. } => (d.kind == Step, "do"),
        _ => (true, ""),
    };
    let _ = Rule;
    if good { None } else { Some(format!("a {kind} has no `{what}`")) }
}

fn references(block: &Block) -> Vec<(&crate::hir::DefName, DefinitionKind, Range)> {
    let mut out = Vec::new();
    for s in &block.stmts {
        match &s.kind {
            StmtKind::From { name, .. } => out.push((name, DefinitionKind::Component, name.range)),
            StmtKind::Do { name, .. } => out.push((name, DefinitionKind::Step, name.range)),
            StmtKind::If { then, otherwise, .. } => {
                out.extend(references(then));
                if let Some(b) = otherwise {
                    out.extend(references(b));
                }
            }
            StmtKind::For { body, .. } => out.extend(references(body)),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|a| out.extend(references(&a.body))),
            _ => {}
        }
    }
    out
}

/// How often the main object is written on the paths through a body.
#[derive(Default)]
struct Paths {
    /// A second one on a path.
    again: Option<Range>,
    /// One in a loop.
    looped: Option<Range>,
    /// The statement whose other branch lacks it.
    lacking: Option<Range>,
}

impl Paths {
    /// The least and the greatest number after a block that begins with `before` written.
    fn block(&mut self, block: &Block, before: u32, in_loop: bool) -> (u32, u32) {
        let (mut least, mut most) = (before, before);
        for s in &block.stmts {
            let (a, b) = self.stmt(s, most, in_loop);
            least += a;
            most += b;
        }
        (least, most)
    }

    fn stmt(&mut self, s: &Stmt, before: u32, in_loop: bool) -> (u32, u32) {
        match &s.kind {
            StmtKind::Output { name: OutputName::Main, .. } | StmtKind::From { .. } => {
                if in_loop {
                    self.looped.get_or_insert(s.keyword);
                }
                if before > 0 {
                    self.again.get_or_insert(s.keyword);
                }
                (1, 1)
            }
            StmtKind::If { then, otherwise, .. } => {
                let (a, b) = self.block(then, before, in_loop);
                let (c, d) = otherwise.as_ref().map_or((before, before), |o| self.block(o, before, in_loop));
                self.differ(s, a, c, b.max(d) - before);
                (a.min(c) - before.min(a.min(c)), b.max(d) - before)
            }
            StmtKind::Match { arms, .. } => {
                let all: Vec<(u32, u32)> = arms.iter().filter(|a| !matches!(a.pattern.kind, PatternKind::Missing)).map(|a| self.block(&a.body, before, in_loop)).collect();
                let least = all.iter().map(|(a, _)| *a).min().unwrap_or(before);
                let most = all.iter().map(|(_, b)| *b).max().unwrap_or(before);
                self.differ(s, least, most, most - before);
                (least - before.min(least), most - before)
            }
            StmtKind::For { body, .. } => {
                let (_, most) = self.block(body, before, true);
                (0, most - before)
            }
            _ => (0, 0),
        }
    }

    fn differ(&mut self, s: &Stmt, a: u32, b: u32, most: u32) {
        if a != b && most > 0 {
            self.lacking.get_or_insert(s.keyword);
        }
    }
}
