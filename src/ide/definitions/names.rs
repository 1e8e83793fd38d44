//! Every name of a module and what it stands for.

use ecow::EcoString;

use super::Asked;
use crate::base::{FileId, Range, Span};
use crate::hir::{
    Block, Builtin, DefId, DefName, DefinitionKind, Expr, Global, ImportSource, LocalKind, Module, ModuleId, OutputName, Pattern, PatternKind, PlaceBase, Program,
    RecordTypeMember, StmtKind, TypeExpr, TypeName, TypeRef,
};
use crate::ide::{Kind, Project};
use crate::types::Ty;

/// What a name stands for.
#[derive(Clone, Debug)]
pub enum Meaning {
    /// Something that a module declares, by where its name stands: everything but what follows.
    Declared(Span, Kind),
    /// A module, by its file.
    Module(ModuleId),
    /// A kind or type of Kubernetes.
    Kubernetes {
        api_version: EcoString,
        name: EcoString,
    },
    BuiltinType(EcoString),
    Builtin(Builtin),
    /// A field of a type that no module declares, or a method.
    Field {
        ty: Ty,
        name: EcoString,
    },
}

/// A name somewhere in a module.
#[derive(Clone, Debug)]
pub struct Use {
    pub range: Range,
    pub meaning: Meaning,
    /// This is where it is declared.
    pub declares: bool,
    /// The key of a member of a literal or patch.
    pub writes: bool,
}

/// All names of a module, by position. With `fields`, names of fields too, for which the module is checked.
pub fn uses_in(asked: &Asked<'_>, fields: bool) -> Vec<Use> {
    let mut w = Walk { project: asked.project, program: &asked.project.library().program, id: asked.id, m: asked.module, text: &asked.source.text, out: Vec::new() };
    w.imports();
    w.items();
    w.types();
    w.expressions(asked);
    for d in &asked.module.definitions {
        w.definition(d);
    }
    if fields {
        w.fields(asked);
    }
    let mut out = w.out;
    out.retain(|u| u.range.start < u.range.end || u.declares);
    out.sort_by_key(|u| (u.range.start, u.range.end, matches!(u.meaning, Meaning::Field { .. })));
    out
}

struct Walk<'a> {
    project: &'a Project,
    program: &'a Program,
    id: ModuleId,
    m: &'a Module,
    text: &'a str,
    out: Vec<Use>,
}

/// Where a definition's name stands.
pub(super) fn declared_definition(program: &Program, id: DefId) -> Meaning {
    let d = program.definition(id);
    Meaning::Declared(d.name_range.in_file(program.module(id.module).file), kind_of(d.kind))
}

/// The kind of thing that a kind of definition is.
pub(in crate::ide) fn kind_of(kind: DefinitionKind) -> Kind {
    match kind {
        DefinitionKind::Component => Kind::Component,
        DefinitionKind::Trait => Kind::Trait,
        DefinitionKind::Policy => Kind::Policy,
        DefinitionKind::Step => Kind::Step,
        DefinitionKind::Rule => Kind::Rule,
    }
}

/// What a name means as an expression.
pub(super) fn of_global(program: &Program, global: &Global) -> Option<Meaning> {
    let at = |m: ModuleId, range: Option<Range>, kind| Some(Meaning::Declared(range?.in_file(program.module(m).file), kind));
    match *global {
        Global::Function(m, i) => at(m, program.module(m).functions.get(i as usize).map(|f| f.name_range), Kind::Function),
        Global::Let(m, i) => at(m, program.module(m).lets.get(i as usize).map(|l| l.name_range), Kind::Variable),
        Global::View(m, i) => at(m, program.module(m).views.get(i as usize).map(|v| v.name_range), Kind::View),
        Global::ModuleAlias(m) => Some(Meaning::Module(m)),
        Global::Builtin(b) => Some(Meaning::Builtin(b)),
        Global::Data(m, i) => {
            let mut files = program.module(m).imports.iter().filter(|i| matches!(i.source, ImportSource::File(_)) && i.alias.is_some());
            at(m, files.nth(i as usize)?.alias.as_ref().map(|(_, r)| *r), Kind::File)
        }
        Global::Unknown => None,
    }
}

/// What a type name means.
pub(super) fn of_type(program: &Program, ty: &TypeRef) -> Option<Meaning> {
    let at = |m: ModuleId, range: Option<Range>, kind| Some(Meaning::Declared(range?.in_file(program.module(m).file), kind));
    match ty {
        TypeRef::Alias(m, i) => at(*m, program.module(*m).types.get(*i as usize).map(|t| t.name_range), Kind::Type),
        TypeRef::Resource(m, i) => at(*m, program.module(*m).resources.get(*i as usize).map(|t| t.name_range), Kind::Resource),
        TypeRef::View(m, i) => at(*m, program.module(*m).views.get(*i as usize).map(|t| t.name_range), Kind::View),
        TypeRef::Kubernetes { api_version, name } => Some(Meaning::Kubernetes { api_version: api_version.clone(), name: name.clone() }),
        TypeRef::Builtin(name) => Some(Meaning::BuiltinType(name.clone())),
        TypeRef::Definition(d) | TypeRef::DefinitionParameters(d) => Some(declared_definition(program, *d)),
        TypeRef::TypeParameter | TypeRef::Unknown => None,
    }
}

impl Walk<'_> {
    fn put(&mut self, range: Range, meaning: Option<Meaning>) {
        if let Some(meaning) = meaning {
            self.out.push(Use { range, meaning, declares: false, writes: false });
        }
    }

    fn declare(&mut self, range: Range, kind: Kind) {
        let span = range.in_file(self.m.file);
        self.out.push(Use { range, meaning: Meaning::Declared(span, kind), declares: true, writes: false });
    }

    fn imports(&mut self) {
        for import in &self.m.imports {
            let target = match &import.source {
                ImportSource::Module(path) => self.program.module_named(path),
                _ => None,
            };
            self.put(import.source_range, target.map(Meaning::Module));
            if let Some((_, range)) = &import.alias {
                match target {
                    Some(m) => self.put(*range, Some(Meaning::Module(m))),
                    None => self.declare(*range, Kind::File),
                }
            }
            for name in &import.names {
                let ty = self.program.type_name(self.id, &TypeName { segments: vec![name.local.clone()], range: name.range }).0;
                let meaning = of_type(self.program, &ty).filter(|m| !matches!(m, Meaning::BuiltinType(_)));
                let meaning = meaning.or_else(|| of_global(self.program, &self.program.global_named(self.id, &name.local)));
                self.put(name.range, meaning);
            }
        }
    }

    fn items(&mut self) {
        for t in &self.m.types {
            self.declare(t.name_range, Kind::Type);
            t.parameters.iter().for_each(|(_, r)| self.declare(*r, Kind::Type));
        }
        for f in &self.m.functions {
            self.declare(f.name_range, Kind::Function);
            f.type_parameters.iter().for_each(|(_, r)| self.declare(*r, Kind::Type));
        }
        self.m.lets.iter().for_each(|l| self.declare(l.name_range, Kind::Variable));
        self.m.resources.iter().for_each(|r| self.declare(r.name_range, Kind::Resource));
        for v in &self.m.views {
            if v.extend {
                self.type_name(&TypeName { segments: vec![v.name.clone()], range: v.name_range });
            } else {
                self.declare(v.name_range, Kind::View);
            }
            v.arms.iter().flat_map(|a| &a.kinds).for_each(|k| self.type_name(k));
        }
        self.m.tests.iter().for_each(|t| self.declare(t.name_range, Kind::Test));
    }

    fn types(&mut self) {
        let m = self.m;
        let hoisted: Vec<Range> = m.definitions.iter().filter_map(|d| d.parameters.as_ref()).map(|(_, r)| *r).collect();
        for ty in &m.type_exprs {
            match ty {
                TypeExpr::Name { name, .. } => self.type_name(name),
                TypeExpr::Record(members) => {
                    for member in members {
                        if let RecordTypeMember::Field { name_range, .. } = member {
                            let parameter = hoisted.iter().any(|r| r.start <= name_range.start && name_range.end <= r.end);
                            self.declare(*name_range, if parameter { Kind::Parameter } else { Kind::Property });
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Each segment of a type name, as far as it is a name of its own.
    fn type_name(&mut self, name: &TypeName) {
        let (found, rest) = self.program.type_name(self.id, name);
        let mut at = name.range.start;
        let named = name.segments.len() - rest.len() - usize::from(matches!(found, TypeRef::DefinitionParameters(_)));
        for (i, segment) in name.segments.iter().enumerate() {
            let range = Range::new(at, at + segment.len() as u32);
            at = range.end + 1;
            if i + 1 == named && range.of(self.text) == segment {
                if found == TypeRef::TypeParameter {
                    self.type_parameter(segment, range);
                } else {
                    self.put(range, of_type(self.program, &found));
                }
            } else if i == 0 && named > 1 {
                self.put(range, of_global(self.program, &self.program.global_named(self.id, segment)));
            }
        }
    }

    fn type_parameter(&mut self, name: &str, at: Range) {
        let inside = |r: Range| r.start <= at.start && at.end <= r.end;
        let types = self.m.types.iter().filter(|t| inside(t.range)).flat_map(|t| &t.parameters);
        let all = types.chain(self.m.functions.iter().filter(|f| inside(f.range)).flat_map(|f| &f.type_parameters));
        let found = all.into_iter().find(|(n, _)| n == name).map(|(_, r)| Meaning::Declared(r.in_file(self.m.file), Kind::Type));
        self.put(at, found);
    }

    fn expressions(&mut self, asked: &Asked<'_>) {
        let m = self.m;
        for (i, name) in m.names.iter().enumerate() {
            let global = self.program.global(self.id, crate::hir::NameId(i as u32));
            self.put(name.range, of_global(self.program, &global));
        }
        for (_, owner) in asked.owners() {
            for local in &owner.locals {
                self.declare(local.range, local_kind(local.kind));
            }
        }
        for (e, range) in m.exprs.iter().zip(&m.expr_ranges) {
            match e {
                Expr::Local(l) => {
                    let local = asked.owner_at(range.start).and_then(|o| o.locals.get(l.index()));
                    self.put(*range, local.map(|l| Meaning::Declared(l.range.in_file(m.file), local_kind(l.kind))));
                }
                Expr::Field { base, name, name_range, .. } => {
                    if let Expr::Global(n) = m.expr(*base)
                        && let Global::ModuleAlias(other) = self.program.global(self.id, *n)
                    {
                        self.put(*name_range, of_global(self.program, &self.program.member(other, name)));
                    }
                }
                Expr::Is { ty, .. } => self.type_name(ty),
                Expr::Match { arms, .. } => arms.iter().for_each(|a| self.pattern(&a.pattern)),
                Expr::Application(app) => {
                    for unit in &app.units {
                        self.definition_name(unit.kind, &unit.definition);
                        unit.traits.iter().for_each(|(t, _)| self.definition_name(DefinitionKind::Trait, t));
                    }
                }
                _ => {}
            }
        }
    }

    fn pattern(&mut self, p: &Pattern) {
        match &p.kind {
            PatternKind::Type(name) => self.type_name(name),
            PatternKind::Record(fields) => fields.iter().for_each(|f| self.pattern(&f.pattern)),
            PatternKind::Or(all) => all.iter().for_each(|p| self.pattern(p)),
            _ => {}
        }
    }

    fn definition(&mut self, d: &crate::hir::Definition) {
        self.declare(d.name_range, kind_of(d.kind));
        d.result.iter().chain(&d.targets).for_each(|t| self.type_name(t));
        self.block(&d.body, d);
    }

    fn definition_name(&mut self, kind: DefinitionKind, name: &DefName) {
        let found = self.program.find_from(self.id, kind, name).map(|d| declared_definition(self.program, d));
        let range = Range::new(name.range.end.saturating_sub(name.name.len() as u32), name.range.end);
        self.put(if range.of(self.text) == name.name { range } else { name.range }, found);
    }

    fn block(&mut self, block: &Block, d: &crate::hir::Definition) {
        for s in &block.stmts {
            match &s.kind {
                StmtKind::If { then, otherwise, .. } => {
                    self.block(then, d);
                    otherwise.iter().for_each(|b| self.block(b, d));
                }
                StmtKind::For { body, .. } => self.block(body, d),
                StmtKind::Match { arms, .. } => arms.iter().for_each(|a| {
                    self.pattern(&a.pattern);
                    self.block(&a.body, d);
                }),
                StmtKind::Output { name, kind, .. } => {
                    kind.iter().for_each(|k| self.type_name(k));
                    if let OutputName::Name(_, range) = name {
                        self.declare(*range, Kind::Object);
                    }
                }
                StmtKind::From { name, .. } => self.definition_name(DefinitionKind::Component, name),
                StmtKind::Do { name, .. } => self.definition_name(DefinitionKind::Step, name),
                StmtKind::Conflicts(names) => names.iter().for_each(|n| self.definition_name(DefinitionKind::Trait, n)),
                StmtKind::Patch(patch) => match &patch.place.base {
                    PlaceBase::View(name) | PlaceBase::OutputsOf(name) => self.type_name(name),
                    PlaceBase::Local(l) => {
                        if let Some(local) = d.owner.locals.get(l.index()) {
                            let range = Range::new(patch.place.range.start, patch.place.range.start + local.name.len() as u32);
                            self.put(range, Some(Meaning::Declared(local.range.in_file(self.m.file), local_kind(local.kind))));
                        }
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// Names of fields: those that a module declares by where they are declared.
    fn fields(&mut self, asked: &Asked<'_>) {
        let learnt = asked.learnt();
        for (range, (ty, name)) in &learnt.notes.fields {
            let field = field_of(ty, name);
            let span = field.as_ref().map(|f| f.span).filter(|s| s.file != FileId::default());
            let meaning = match span {
                Some(span) => Meaning::Declared(span, self.field_kind(span)),
                None => self.output(asked, *range, ty, name).unwrap_or_else(|| Meaning::Field { ty: ty.clone(), name: name.clone() }),
            };
            let writes = asked.tree.token_at(range.start).is_some_and(|t| matches!(asked.tree.kind(t), crate::syntax::SyntaxKind::FieldName));
            self.out.push(Use { range: *range, meaning, declares: false, writes });
        }
    }

    fn field_kind(&self, span: Span) -> Kind {
        let Some(m) = self.project.module_in(span.file).map(|id| self.program.module(id)) else { return Kind::Property };
        let inside = |r: &Range| r.start <= span.start && span.end <= r.end;
        if m.definitions.iter().filter_map(|d| d.parameters.as_ref()).any(|(_, r)| inside(r)) { Kind::Parameter } else { Kind::Property }
    }

    /// `outputs.x`: where the definition, or the component that it is for, makes it.
    fn output(&self, asked: &Asked<'_>, range: Range, ty: &Ty, name: &str) -> Option<Meaning> {
        if ty.as_record()?.name.as_deref() != Some("outputs") {
            return None;
        }
        let around = asked.module.definitions.iter().find(|d| d.range.touches(range.start))?;
        let target = around.targets.iter().find_map(|t| match self.program.type_name(self.id, t).0 {
            TypeRef::Definition(d) => Some(d),
            _ => None,
        });
        let found = target.and_then(|d| Some(output_in(&self.program.definition(d).body, name)?.in_file(self.program.module(d.module).file)));
        let found = found.or_else(|| Some(output_in(&around.body, name)?.in_file(self.m.file)));
        found.map(|s| Meaning::Declared(s, Kind::Object))
    }
}

fn output_in(block: &Block, name: &str) -> Option<Range> {
    block.stmts.iter().find_map(|s| match &s.kind {
        StmtKind::Output { name: OutputName::Name(n, range), .. } if n == name => Some(*range),
        StmtKind::If { then, otherwise, .. } => output_in(then, name).or_else(|| output_in(otherwise.as_ref()?, name)),
        StmtKind::For { body, .. } => output_in(body, name),
        StmtKind::Match { arms, .. } => arms.iter().find_map(|a| output_in(&a.body, name)),
        _ => None,
    })
}

fn local_kind(kind: LocalKind) -> Kind {
    match kind {
        LocalKind::Parameter => Kind::Parameter,
        LocalKind::Let | LocalKind::Loop | LocalKind::Pattern => Kind::Variable,
    }
}

/// The field of a type; of a union, that of the first member that has it.
pub(super) fn field_of(ty: &Ty, name: &str) -> Option<crate::types::Field> {
    ty.members().iter().find_map(|m| m.as_record()?.field(name).cloned())
}
