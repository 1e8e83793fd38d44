//! What is wrong with the names of a module: unknown ones (J0201) and functions that call themselves (J0212).

use ecow::EcoString;

use super::program::{Global, Program, TypeRef};
use super::{BUILTIN_TYPES, Block, Builtin, DefName, DefinitionKind, Expr, ExprId, Module, ModuleId, OutputName, Pattern, PatternKind, PlaceBase, StmtKind, TypeExpr, TypeName};
use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, Severity, codes, nearest};

/// Reports unknown names of a module.
pub(super) fn check(program: &Program, id: ModuleId, out: &mut Vec<Diagnostic>) {
    let mut c = Checker { program, id, m: program.module(id), out };
    c.expressions();
    c.type_names();
    for i in 0..c.m.definitions.len() {
        c.definition(i);
    }
    c.recursion();
}

struct Checker<'p, 'o> {
    program: &'p Program,
    id: ModuleId,
    m: &'p Module,
    out: &'o mut Vec<Diagnostic>,
}

/// The names that definitions have in scope.
const SPECIAL: [&str; 5] = ["parameters", "context", "target", "output", "outputs"];

impl<'p> Checker<'p, '_> {
    fn span(&self, range: Range) -> Span {
        range.in_file(self.m.file)
    }

    fn expressions(&mut self) {
        let Some(links) = self.program.links.get(self.id.index()) else { return };
        for (name, global) in self.m.names.iter().zip(&links.globals) {
            // A name of an import that could not be found has been reported there.
            if *global != Global::Unknown || name.name.is_empty() || links.names.get(&name.name) == Some(&Global::Unknown) || links.types.get(&name.name) == Some(&TypeRef::Unknown)
            {
                continue;
            }
            let span = self.span(name.range);
            let mut d = Diagnostic::new(codes::J0201, format!("unknown name `{}`", name.name)).primary(span, "");
            let locals = self.locals_around(name.range);
            let in_definition = self.m.definitions.iter().any(|d| inside(d.range, name.range));
            let special: &[&str] = if in_definition { &SPECIAL } else { &[] };
            let known =
                links.names.keys().map(EcoString::as_str).chain(Builtin::ALL.iter().map(|b| b.name())).chain(locals.iter().map(EcoString::as_str)).chain(special.iter().copied());
            let mut known: Vec<&str> = known.collect();
            known.sort_unstable();
            if SPECIAL.contains(&name.name.as_str()) {
                d = d.help(format!("`{}` is known in definitions only: functions get what they need as arguments", name.name));
            } else if let Some(home) = self.elsewhere(&name.name) {
                d = d.help(format!("`{}` is in the module `{home}`: write `import {home} {{ {} }}`", name.name, name.name));
            } else if links.types.contains_key(&name.name) || BUILTIN_TYPES.contains(&name.name.as_str()) {
                d = d.help(format!("`{}` is a type", name.name));
            } else if let Some(near) = nearest(&name.name, known).filter(|_| name.name.len() > 1) {
                d = d.help(format!("did you mean `{near}`?")).fix(format!("rename it to `{near}`"), span, near);
            }
            self.out.push(d);
        }
    }

    /// Local names that the place may have meant: all of the item around it.
    fn locals_around(&self, at: Range) -> Vec<EcoString> {
        let owners = self.m.definitions.iter().map(|d| (d.range, &d.owner)).chain(self.m.functions.iter().map(|f| (f.range, &f.owner)));
        let owners = owners.chain(self.m.tests.iter().map(|t| (t.range, &t.owner))).chain(self.m.lets.iter().map(|l| (l.range, &l.owner)));
        owners.filter(|(r, _)| inside(*r, at)).flat_map(|(_, o)| o.locals.iter().map(|l| l.name.clone())).collect()
    }

    /// A loaded module that has this name.
    fn elsewhere(&self, name: &str) -> Option<&'p EcoString> {
        let has = |m: &Module| {
            m.functions.iter().any(|f| f.name == name)
                || m.lets.iter().any(|l| l.name == name)
                || m.types.iter().any(|t| t.name == name)
                || m.views.iter().any(|v| v.name == name && !v.extend)
        };
        self.program.modules().find(|(id, m)| *id != self.id && has(m)).map(|(_, m)| &m.name)
    }

    fn type_names(&mut self) {
        let m = self.m;
        for ty in &m.type_exprs {
            if let TypeExpr::Name { name, .. } = ty {
                self.type_name(name, false);
            }
        }
        for expr in &m.exprs {
            match expr {
                Expr::Is { ty, .. } => self.type_name(ty, false),
                Expr::Match { arms, .. } => arms.iter().for_each(|a| self.pattern(&a.pattern)),
                _ => {}
            }
        }
        for view in &m.views {
            view.arms.iter().flat_map(|a| &a.kinds).for_each(|k| self.type_name(k, false));
            if view.extend {
                let name = TypeName { segments: vec![view.name.clone()], range: view.name_range };
                if !matches!(self.program.type_name(self.id, &name).0, TypeRef::View(..)) {
                    self.type_name(&name, true);
                }
            }
        }
    }

    fn pattern(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Type(name) => self.type_name(name, false),
            PatternKind::Or(patterns) => patterns.iter().for_each(|p| self.pattern(p)),
            PatternKind::Record(fields) => fields.iter().for_each(|f| self.pattern(&f.pattern)),
            _ => {}
        }
    }

    /// Reports a type name that means nothing; `place`: views and definitions are fine, too.
    fn type_name(&mut self, name: &TypeName, place: bool) {
        let Some(first) = name.segments.first() else { return };
        let (found, _) = self.program.type_name(self.id, name);
        let span = self.span(name.range);
        let written = name.segments.join(".");
        let d = match found {
            TypeRef::Unknown => self.unknown_type(name, first, span),
            TypeRef::View(..) if !place => {
                Some(Diagnostic::new(codes::J0201, format!("`{written}` is a view, not a type")).primary(span, "").help("a view stands after `for` and `patch`"))
            }
            TypeRef::Definition(_) if !place => Some(
                Diagnostic::new(codes::J0201, format!("`{written}` is a definition, not a type"))
                    .primary(span, "")
                    .help(format!("the type of its parameters is `{written}.parameters`")),
            ),
            _ => None,
        };
        self.out.extend(d);
    }

    fn unknown_type(&self, name: &TypeName, first: &EcoString, span: Span) -> Option<Diagnostic> {
        let links = self.program.links.get(self.id.index())?;
        if links.types.contains_key(first) || first.is_empty() {
            return None; // its import could not be found, which is reported there
        }
        let mut d = Diagnostic::new(codes::J0201, format!("unknown type `{}`", name.segments.join("."))).primary(span, "");
        let mut known: Vec<&str> = links.types.keys().map(EcoString::as_str).chain(BUILTIN_TYPES.iter().copied()).chain(links.aliases.keys().map(EcoString::as_str)).collect();
        known.sort_unstable();
        if let Some(home) = self.elsewhere(first) {
            return Some(d.help(format!("`{first}` is in the module `{home}`: write `import {home} {{ {first} }}`")));
        }
        let catalog = crate::kube::Catalog::new();
        let kind = catalog.kinds(crate::kube::Version::NEWEST).find(|k| k.kind == first.as_str()).map(|k| k.api_version.to_string());
        if let Some(api_version) = kind {
            return Some(d.help(format!("write `import \"{api_version}\" {{ {first} }}`")));
        }
        if let Some(near) = nearest(first, known) {
            let at = Span::new(span.file, span.start, span.start + first.len() as u32);
            d = d.help(format!("did you mean `{near}`?")).fix(format!("rename it to `{near}`"), at, near);
        }
        Some(d)
    }

    fn definition(&mut self, index: usize) {
        let m = self.m;
        let Some(definition) = m.definitions.get(index) else { return };
        definition.result.iter().for_each(|t| self.type_name(t, false));
        for target in &definition.targets {
            let (found, rest) = self.program.type_name(self.id, target);
            if found == TypeRef::Unknown && target.segments.first().is_some_and(|s| s.starts_with(|c: char| c.is_ascii_lowercase())) {
                let name = DefName { package: None, name: target.segments.join(".").into(), range: target.range };
                self.definition_name(DefinitionKind::Component, &name, Severity::Error);
            } else if rest.is_empty() || found != TypeRef::Unknown {
                self.type_name(target, true);
            }
        }
        self.block(&definition.body);
    }

    fn block(&mut self, block: &'p Block) {
        for stmt in &block.stmts {
            match &stmt.kind {
                StmtKind::From { name, .. } => self.definition_name(DefinitionKind::Component, name, Severity::Error),
                StmtKind::Do { name, .. } => self.definition_name(DefinitionKind::Step, name, Severity::Error),
                StmtKind::Conflicts(names) => names.iter().for_each(|n| self.definition_name(DefinitionKind::Trait, n, Severity::Warning)),
                StmtKind::If { then, otherwise, .. } => {
                    self.block(then);
                    otherwise.iter().for_each(|b| self.block(b));
                }
                StmtKind::For { body, .. } => self.block(body),
                StmtKind::Match { arms, .. } => arms.iter().for_each(|a| {
                    self.pattern(&a.pattern);
                    self.block(&a.body);
                }),
                StmtKind::Output { kind: Some(kind), name: OutputName::Main | OutputName::Name(..) | OutputName::Computed(_), .. } => self.type_name(kind, false),
                StmtKind::Patch(patch) => match &patch.place.base {
                    PlaceBase::View(name) => self.type_name(name, true),
                    PlaceBase::OutputsOf(name) => self.type_name(name, false),
                    PlaceBase::Unknown(name) if !name.is_empty() => {
                        let locals = self.locals_around(patch.place.range);
                        let known = locals.iter().map(EcoString::as_str).chain(["target", "output", "outputs"]);
                        let span = self.span(patch.place.range);
                        let mut d = Diagnostic::new(codes::J0201, format!("unknown place `{name}`")).primary(span, "");
                        if let Some(near) = nearest(name, known) {
                            d = d.help(format!("did you mean `{near}`?"));
                        }
                        self.out.push(d);
                    }
                    _ => {}
                },
                _ => {}
            }
        }
    }

    /// A definition that is named must be known (its module may not be loaded, as for `conflicts`).
    fn definition_name(&mut self, kind: DefinitionKind, name: &DefName, severity: Severity) {
        if name.name.is_empty()
            || self.program.find_from(self.id, kind, name).is_some()
            || self.program.known.iter().any(|(k, n)| *k == kind && *n == name.name && name.package.is_none())
        {
            return;
        }
        let span = self.span(name.range);
        let mut d = Diagnostic::new(codes::J0201, format!("unknown {} `{}`", kind.word(), name.name)).primary(span, "").with_severity(severity);
        let names = self.program.names(kind);
        if let Some(near) = nearest(&name.name, names.iter().map(EcoString::as_str)) {
            d = d.help(format!("did you mean `{near}`?")).fix(format!("rename it to `{near}`"), span, near);
        }
        self.out.push(d);
    }

    /// J0212: functions and `let`s of the module that use themselves, directly or through others. (Across modules this takes an import cycle.)
    fn recursion(&mut self) {
        let m = self.m;
        let bodies: Vec<(EcoString, ExprId)> = m.functions.iter().map(|f| (f.name.clone(), f.body)).chain(m.lets.iter().map(|l| (l.name.clone(), l.value))).collect();
        let count = m.functions.len();
        let uses: Vec<Vec<(usize, Range)>> = bodies.iter().map(|(_, body)| self.uses(*body, count)).collect();
        let mut state = vec![0u8; bodies.len()];
        for start in 0..bodies.len() {
            let mut stack = vec![(start, 0)];
            while let Some(&mut (at, ref mut next)) = stack.last_mut() {
                if *next == 0 {
                    if state.get(at) != Some(&0) {
                        stack.pop();
                        continue;
                    }
                    if let Some(s) = state.get_mut(at) {
                        *s = 1;
                    }
                }
                let Some(&(target, range)) = uses.get(at).and_then(|u| u.get(*next)) else {
                    if let Some(s) = state.get_mut(at) {
                        *s = 2;
                    }
                    stack.pop();
                    continue;
                };
                *next += 1;
                match state.get(target) {
                    Some(1) => {
                        let name = bodies.get(target).map(|b| b.0.clone()).unwrap_or_default();
                        let d = Diagnostic::new(codes::J0212, format!("`{name}` uses itself")).primary(self.span(range), "this use closes the circle");
                        self.out.push(d.note("there is no recursion: every run ends"));
                    }
                    Some(0) => stack.push((target, 0)),
                    _ => {}
                }
            }
        }
    }

    /// Functions and `let`s of this module that an expression uses.
    fn uses(&self, body: ExprId, functions: usize) -> Vec<(usize, Range)> {
        let mut found = Vec::new();
        let mut open = vec![body];
        while let Some(e) = open.pop() {
            let expr = self.m.expr(e);
            if let Expr::Global(name) = expr {
                match self.program.global(self.id, *name) {
                    Global::Function(m, i) if m == self.id => found.push((i as usize, self.m.range(e))),
                    Global::Let(m, i) if m == self.id => found.push((functions + i as usize, self.m.range(e))),
                    _ => {}
                }
            }
            expr.each_child(&mut |c| open.push(c));
        }
        found.reverse();
        found
    }
}

fn inside(outer: Range, inner: Range) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
