//! Statements of definitions, from top to bottom; what a failed `require` leaves to be done (language reference §13).

use ecow::EcoString;

use super::call::Filler;
use super::machine::{Frame, Machine, Scope, Seen, Stop};
use crate::base::{Range, Span};
use crate::diagnostics::{Code, Diagnostic, Severity, codes};
use crate::hir::{Block, DefId, DefName, DefinitionKind, Expr, ExprId, OutputName, Require, Stmt, StmtKind, TypeName, TypeRef};
use crate::types::{Mode, Reading};
use crate::value::{Data, Map, Origin, Value};

/// One definition at work.
pub(super) struct Run {
    pub definition: DefId,
    /// A `require` or cast has failed, or something was unknown.
    pub failed: bool,
    /// What it outputs; joins the objects of the component when its body is done.
    pub outputs: Vec<Made>,
    /// The component's own definition and those it came `from`.
    pub made: Vec<DefId>,
    /// How deep `from` is nested.
    pub depth: u32,
    /// For rules: the code and level of a failed `require`.
    pub rule: Option<(Code, Severity, EcoString)>,
}

/// An object that a definition outputs.
pub(super) struct Made {
    pub value: Value,
    pub name: Option<EcoString>,
    pub span: Span,
}

impl Run {
    pub fn of(definition: DefId) -> Self {
        Self { definition, failed: false, outputs: Vec::new(), made: vec![definition], depth: 0, rule: None }
    }
}

impl<'a> Machine<'a, '_> {
    /// Runs a block. `Err` only when the budget is exhausted; everything else is in `run.failed`.
    pub(super) fn block(&mut self, f: &mut Frame<'a>, block: &'a Block, run: &mut Run) -> Result<(), Stop> {
        let mut skipping = false;
        let mut narrowed: Vec<String> = Vec::new();
        for stmt in &block.stmts {
            if let StmtKind::Require(r) = &stmt.kind {
                if skipping && mentions(f, r.condition, &narrowed) {
                    continue;
                }
                let ok = match self.require(f, r, stmt, run) {
                    Ok(ok) => ok,
                    Err(Stop::Budget) => return Err(Stop::Budget),
                    Err(Stop::Unknown) => {
                        run.failed = true;
                        continue;
                    }
                };
                if !ok {
                    run.failed |= run.rule.is_none();
                    skipping = true;
                    paths_of(f, r.condition, &mut narrowed, 0);
                }
                continue;
            }
            if skipping {
                continue;
            }
            match self.statement(f, stmt, run) {
                Ok(()) => {}
                Err(Stop::Budget) => return Err(Stop::Budget),
                Err(Stop::Unknown) => {
                    run.failed = true;
                    // Later conditions that need what failed are unknown by themselves.
                    skipping = true;
                }
            }
        }
        Ok(())
    }

    fn statement(&mut self, f: &mut Frame<'a>, stmt: &'a Stmt, run: &mut Run) -> Result<(), Stop> {
        match &stmt.kind {
            StmtKind::Let { local, ty, value, .. } => self.bind(f, *local, *ty, *value),
            StmtKind::If { condition, then, otherwise } => {
                if self.truth(f, *condition)? {
                    self.nested(f, then, run)
                } else {
                    otherwise.as_ref().map_or(Ok(()), |b| self.nested(f, b, run))
                }
            }
            StmtKind::For { binders, source, filter, body } => {
                for round in self.rounds(f, *source, binders.len())? {
                    self.begin(f, binders, round);
                    let wanted = match filter {
                        Some(c) => self.truth(f, *c)?,
                        None => true,
                    };
                    if wanted {
                        self.nested(f, body, run)?;
                    }
                }
                Ok(())
            }
            StmtKind::Match { scrutinee, arms } => {
                let value = self.scrutinee(f, *scrutinee, arms.iter().map(|a| &a.pattern))?;
                for (i, arm) in arms.iter().enumerate() {
                    if self.matches(f, &arm.pattern, value.as_ref())? {
                        self.took(f.id, *scrutinee, super::Way::Arm(i as u16));
                        return self.nested(f, &arm.body, run);
                    }
                }
                Err(self.mistake(f, *scrutinee, codes::J0404, "no arm matches this value"))
            }
            StmtKind::Output { name, kind, value, whole } => self.output(f, stmt.keyword, name, kind.as_ref(), *value, *whole, run),
            StmtKind::Patch(p) => self.patch(f, p),
            StmtKind::From { name, arguments } => self.from(f, name, *arguments, run),
            StmtKind::Missing | StmtKind::Misplaced(_) => Err(Stop::Unknown),
            StmtKind::Require(_) | StmtKind::Do { .. } | StmtKind::Conflicts(_) | StmtKind::Status(_) => Ok(()),
        }
    }

    fn nested(&mut self, f: &mut Frame<'a>, block: &'a Block, run: &mut Run) -> Result<(), Stop> {
        self.block(f, block, run)
    }

    /// Whether a requirement holds; reported when not.
    fn require(&mut self, f: &mut Frame<'a>, r: &'a Require, stmt: &Stmt, run: &Run) -> Result<bool, Stop> {
        if self.truth(f, r.condition)? {
            return Ok(true);
        }
        let text = self.message(f, r.message)?;
        let mut spans = Vec::new();
        if let Some(at) = r.at
            && let Some(v) = self.eval_quiet(f, at)?
        {
            spans.extend(self.origins.yaml_span(v.origin));
        }
        if spans.is_empty() {
            self.operands(f, r.condition, &mut spans, 0);
        }
        let (code, severity) = match &run.rule {
            Some((code, severity, _)) => (*code, *severity),
            None => (codes::J0901, Severity::Error),
        };
        let text = match &run.rule {
            Some((_, _, name)) => format!("{text} (rule `{name}`)"),
            None => text,
        };
        let mut d = Diagnostic::new(code, text).with_severity(severity).primary(spans.first().copied().unwrap_or(self.entry), "");
        for s in spans.iter().skip(1).take(3) {
            d = d.secondary(*s, "and this");
        }
        let here = f.module.range(r.condition);
        d = d.secondary((if here == Range::default() { stmt.range } else { here }).in_file(f.module.file), "this must hold");
        if let Some((_, _, name)) = &run.rule {
            let anchors = vec![self.origins.yaml_span(self.name.1).unwrap_or(self.entry), self.asked];
            d = d.of_rule(name.as_str(), anchors).note(format!("where it has to be so, say why: `# jibe: allow {name}: …` on the line or above the component"));
        }
        if !self.sink.iter().any(|other| other.code == d.code && other.message == d.message && other.span() == d.span()) {
            self.sink.push(d);
        }
        Ok(false)
    }

    /// The places in the application that a condition looks at.
    fn operands(&mut self, f: &mut Frame<'a>, id: ExprId, spans: &mut Vec<Span>, depth: u32) {
        if depth > 16 || spans.len() > 4 {
            return;
        }
        let module = f.module;
        match module.expr(id) {
            Expr::Field { .. } | Expr::Index { .. } | Expr::Local(_) | Expr::Parameters => {
                let origin = match self.eval_quiet(f, id) {
                    Ok(Some(v)) => v.origin,
                    _ => self.origin_of_path(f, id),
                };
                if let Some(s) = self.origins.yaml_span(origin)
                    && !spans.contains(&s)
                {
                    spans.push(s);
                }
            }
            Expr::Binary { left, right, .. } => {
                self.operands(f, *left, spans, depth + 1);
                self.operands(f, *right, spans, depth + 1);
            }
            Expr::Unary { operand, .. } => self.operands(f, *operand, spans, depth + 1),
            Expr::Has(e) => self.operands(f, *e, spans, depth + 1),
            Expr::Is { value, .. } | Expr::Cast { value, .. } => self.operands(f, *value, spans, depth + 1),
            Expr::Call { callee, args } => {
                if let Expr::Field { base, .. } = module.expr(*callee) {
                    self.operands(f, *base, spans, depth + 1);
                }
                for a in args {
                    if let crate::hir::Arg::Value(e) = a {
                        self.operands(f, *e, spans, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    /// The origin of the innermost part of a path that is there.
    pub(super) fn origin_of_path(&mut self, f: &mut Frame<'a>, id: ExprId) -> Origin {
        let mut at = id;
        for _ in 0..64 {
            match self.eval_quiet(f, at) {
                Ok(Some(v)) if v.origin != Origin::UNKNOWN => return v.origin,
                _ => {}
            }
            match f.module.expr(at) {
                Expr::Field { base, .. } | Expr::Index { base, .. } => at = *base,
                _ => break,
            }
        }
        Origin::UNKNOWN
    }

    /// `output …`
    #[expect(clippy::too_many_arguments, reason = "the parts of the statement")]
    fn output(&mut self, f: &mut Frame<'a>, keyword: Range, name: &'a OutputName, kind: Option<&TypeName>, value: ExprId, whole: bool, run: &mut Run) -> Result<(), Stop> {
        let name = match name {
            OutputName::Main => None,
            OutputName::Name(n, _) => Some(n.clone()),
            OutputName::Computed(e) => match self.present(f, *e)?.data {
                Data::String(s) => Some(s),
                _ => return Err(self.mistake(f, *e, codes::J0303, "the name of an output is a string")),
            },
        };
        let mut v = self.present(f, value)?;
        if !whole {
            let result = self.env.program.definition(run.definition).result.as_ref();
            let kind = kind.or(if name.is_none() { result } else { None });
            let Some((api_version, kind)) = kind.and_then(|k| self.kind_of(f, k)) else {
                return Err(self.mistake(f, value, codes::J0303, "the kind of this output is not known"));
            };
            v = self.draft(f, v, api_version, kind, value);
        }
        let span = keyword.in_file(f.module.file);
        let made = Made { value: v, name, span };
        if self.env.program.definition(run.definition).kind == DefinitionKind::Component {
            self.add(made);
            self.show_output(f);
        } else {
            run.outputs.push(made);
        }
        Ok(())
    }

    /// The `apiVersion` and `kind` that a type name stands for.
    fn kind_of(&self, f: &Frame<'a>, name: &TypeName) -> Option<(EcoString, EcoString)> {
        match self.env.program.type_name(f.id, name).0 {
            TypeRef::Kubernetes { api_version, name } => Some((api_version, name)),
            TypeRef::Resource(m, i) => self.env.program.module(m).resources.get(i as usize).map(|r| (r.api_version.clone(), r.name.clone())),
            _ => None,
        }
    }

    /// A literal output with what its kind adds.
    fn draft(&mut self, f: &Frame<'a>, v: Value, api_version: EcoString, kind: EcoString, at: ExprId) -> Value {
        let Data::Map(m) = &v.data else { return v };
        let origin = self.literal(f, f.module.range(at));
        let mut whole = Map::with_capacity(m.len() + 2);
        whole.insert("apiVersion".into(), origin, Value::string(api_version, origin));
        whole.insert("kind".into(), origin, Value::string(kind, origin));
        for e in m.iter() {
            whole.insert(e.key.clone(), e.key_origin, e.value.clone());
        }
        Value::map(whole, v.origin)
    }

    /// Adds an object to the component's, read by its kind's schema.
    pub(super) fn add(&mut self, made: Made) {
        let node = self.schema_of(&made.value);
        let value = match node {
            Some(node) => super::annotate::annotate(made.value, node),
            None => made.value,
        };
        if let Some(name) = &made.name {
            self.stage_duplicate(name, made.span);
        }
        let kind = value.get("kind").and_then(Value::as_str).map(EcoString::from);
        self.stage.add(value, made.name, node, made.span);
        if let Some(kind) = kind {
            self.outputs_changed(&kind);
        }
    }

    fn schema_of(&self, object: &Value) -> Option<crate::kube::schema::Node<'a>> {
        let catalog: &'a crate::kube::Catalog = self.env.catalog;
        let (api_version, kind) = (object.get("apiVersion")?.as_str()?, object.get("kind")?.as_str()?);
        catalog.kind(self.env.version, api_version, kind).map(|k| k.node)
    }

    /// J0905.
    fn stage_duplicate(&mut self, name: &EcoString, span: Span) {
        if self.env.compat {
            return;
        }
        let Some(first) = self.stage.objects.iter().find(|o| o.output.as_ref() == Some(name)) else { return };
        let writer = |i: u16| self.stage.writers.get(usize::from(i)).map(|w| (w.word, w.name.clone(), w.span));
        let (Some(a), Some(b)) = (writer(first.creator), writer(self.stage.current)) else { return };
        let mut d = Diagnostic::new(codes::J0905, format!("the output `{name}` exists already: {} `{}` makes it too", a.0, a.1)).primary(b.2, format!("`{}` makes it again", b.1));
        if a.2 != b.2 {
            d = d.secondary(a.2, "first made by this");
        }
        d = d.secondary(span, "written here");
        if first.span != span {
            d = d.secondary(first.span, "and here");
        }
        self.sink.push(d);
    }

    /// J0907 for definitions that went over all outputs of a kind.
    fn outputs_changed(&mut self, kind: &str) {
        let current = self.stage.current;
        let readers: Vec<u16> = self.stage.outputs_read.iter().filter(|(r, k)| *r < current && k == kind).map(|(r, _)| *r).collect();
        for reader in readers {
            let writer = |i: u16| self.stage.writers.get(usize::from(i)).map(|w| (w.word, w.name.clone(), w.span));
            let (Some(me), Some(them)) = (writer(current), writer(reader)) else { continue };
            let d = Diagnostic::new(codes::J0907, format!("{} `{}` adds a `{kind}`, after {} `{}` has gone over them", me.0, me.1, them.0, them.1))
                .primary(me.2, "adds one")
                .secondary(them.2, "has gone over them")
                .help(format!("put `{}` before `{}`", me.1, them.1));
            self.sink.push(d);
        }
    }

    /// Brings the main object into scope, once there is one.
    fn show_output(&mut self, f: &mut Frame<'a>) {
        if let (Some(scope), Some(place)) = (&mut f.scope, self.stage.main()) {
            scope.output = Seen::At(place);
            scope.outputs = true;
        }
    }

    /// `from webservice { … }`
    fn from(&mut self, f: &mut Frame<'a>, name: &'a DefName, arguments: ExprId, run: &mut Run) -> Result<(), Stop> {
        let program = self.env.program;
        let Some(inner) = program.find_from(f.id, DefinitionKind::Component, name) else {
            let d = Diagnostic::new(codes::J0803, format!("there is no component `{}`", name.name)).primary(name.range.in_file(f.module.file), "");
            return Err(self.report(d));
        };
        if run.depth >= 16 || run.made.contains(&inner) {
            let d = Diagnostic::new(codes::J0614, format!("`from {}` goes round in a circle", name.name)).primary(name.range.in_file(f.module.file), "");
            return Err(self.report(d));
        }
        let given = self.present(f, arguments)?;
        let at = name.range.in_file(f.module.file);
        let ty = self.env.types.parameters(inner);
        let scope = Scope { context: f.scope.as_ref().map(|s| s.context.clone()).unwrap_or_default(), ..Scope::default() };
        let types = self.env.types;
        let compat = self.env.compat;
        let reading = Reading { subject: &name.name, at, mode: if compat { Mode::Lenient } else { Mode::Strict } };
        let decoded = types.decode(Some(&given), &ty, reading, &mut Filler::reading(self, scope.clone()));
        // What is only warned of has been said where the application was read.
        self.sink.extend(decoded.diagnostics.into_iter().filter(|d| !compat || d.is_error()));
        let Some(parameters) = decoded.value else { return Err(Stop::Unknown) };
        let definition = program.definition(inner);
        let module = program.module(inner.module);
        self.env.secrets.note(&ty, &parameters);
        self.at_work(inner, Some(&given));
        let mut frame = Frame::new(module, inner.module, &definition.owner, Some(Scope { parameters: Some(parameters), ..scope }));
        let mut deeper = Run { depth: run.depth + 1, ..Run::of(inner) };
        deeper.made.extend(run.made.iter().copied());
        self.rename_creator(&name.name);
        self.component_body(&mut frame, &definition.body, &mut deeper)?;
        run.failed |= deeper.failed;
        run.made = deeper.made;
        if deeper.failed {
            return Err(Stop::Unknown);
        }
        self.show_output(f);
        Ok(())
    }

    /// Messages call the creator by the definition that wrote the object.
    fn rename_creator(&mut self, name: &EcoString) {
        if let Some(w) = self.stage.writers.first_mut() {
            w.name = name.clone();
        }
    }

    /// The body of a component, its patches included: to them, what it came `from` is the creator.
    pub(super) fn component_body(&mut self, f: &mut Frame<'a>, body: &'a Block, run: &mut Run) -> Result<(), Stop> {
        self.block(f, body, run)?;
        if self.stage.pending.is_empty() || run.failed {
            self.stage.pending.clear();
            return Ok(());
        }
        let name = self.env.program.definition(run.definition).name.clone();
        let span = self.stage.writers.first().map(|w| w.span).unwrap_or_default();
        self.stage.begin_outer(name, span);
        run.failed |= !self.apply_writes();
        self.stage.end_outer();
        Ok(())
    }
}

/// The stable paths in an expression, as text.
fn paths_of(f: &Frame<'_>, id: ExprId, out: &mut Vec<String>, depth: u32) {
    if depth > 32 {
        return;
    }
    if let Some(p) = path_text(f, id, 0) {
        out.push(p);
        return;
    }
    f.module.expr(id).each_child(&mut |child| paths_of(f, child, out, depth + 1));
}

fn path_text(f: &Frame<'_>, id: ExprId, depth: u32) -> Option<String> {
    if depth > 32 {
        return None;
    }
    Some(match f.module.expr(id) {
        Expr::Parameters => "parameters".into(),
        Expr::Context => "context".into(),
        Expr::Target => "target".into(),
        Expr::Output => "output".into(),
        Expr::Outputs => "outputs".into(),
        Expr::Local(l) => format!("#{}", l.0),
        Expr::Field { base, name, .. } if !super::patch::is_map_member(name) => format!("{}.{name}", path_text(f, *base, depth + 1)?),
        _ => return None,
    })
}

/// Whether an expression uses one of the paths or a part of one.
fn mentions(f: &Frame<'_>, id: ExprId, narrowed: &[String]) -> bool {
    let mut used = Vec::new();
    paths_of(f, id, &mut used, 0);
    used.iter().any(|u| narrowed.iter().any(|n| u == n || u.strip_prefix(n.as_str()).is_some_and(|rest| rest.starts_with('.'))))
}
