//! `test` blocks: expectations about applications that are written in them (language reference §7.4).

use std::sync::Arc;

use ecow::EcoString;

use super::machine::{Frame, Machine, Outcome, Stop};
use super::patch::short;
use super::{Context, Env};
use crate::base::{FileId, Span};
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::hir::{AppUnit, Application, BinaryOp, DefName, DefinitionKind, Expect, Expr, ExprId, ModuleId, TestStmt};
use crate::kube::Version;
use crate::value::{Data, List, Map, Origin, Origins, Value};

/// Compiles an application that a test has written, as `jibe build` would.
pub trait CompileApplication {
    /// `file` holds the Application as YAML.
    fn compile(&self, file: FileId, version: Option<Version>) -> Compiled;
}

/// What became of it.
#[derive(Clone, Debug, Default)]
pub struct Compiled {
    /// In emission order.
    pub objects: Vec<CompiledObject>,
    pub diagnostics: Vec<Diagnostic>,
}

/// An object and what it belongs to.
#[derive(Clone, Debug)]
pub struct CompiledObject {
    pub component: EcoString,
    /// `None` is the main object.
    pub output: Option<EcoString>,
    pub value: Value,
}

/// The outcome of one test.
#[derive(Clone, Debug, Default)]
pub struct TestResult {
    /// J1301 for each expectation that does not hold, and errors on the way. Empty: it passed.
    pub findings: Vec<Diagnostic>,
}

/// What the evaluation of a test has at hand.
pub(super) struct Testing<'t> {
    pub compile: &'t dyn CompileApplication,
}

/// Runs a test of a module.
pub fn run_test(env: &Env<'_>, module: ModuleId, index: usize, compile: &dyn CompileApplication) -> TestResult {
    let mut origins = Origins::new();
    let mut findings = Vec::new();
    let home = env.program.module(module);
    let Some(test) = home.tests.get(index) else { return TestResult::default() };
    let mut m = Machine::new(env, &Context::default(), Span::default(), &mut origins, &mut findings);
    m.testing = Some(Testing { compile });
    let mut frame = Frame::new(home, module, &test.owner, None);
    for stmt in &test.stmts {
        let result = match stmt {
            TestStmt::Let { local, ty, value } => m.bind(&mut frame, *local, *ty, *value),
            TestStmt::Expect { expect, range } => m.expect(&mut frame, expect, range.in_file(home.file)),
        };
        if result == Err(Stop::Budget) {
            break;
        }
    }
    m.finish();
    TestResult { findings }
}

impl<'a> Machine<'a, '_> {
    fn expect(&mut self, f: &mut Frame<'a>, expect: &'a Expect, span: Span) -> Result<(), Stop> {
        match expect {
            Expect::True(e) => {
                let holds = self.eval(f, *e)?.and_then(|v| v.as_bool());
                if holds != Some(true) {
                    let mut d = Diagnostic::new(codes::J1301, "the expectation does not hold").primary(span, "");
                    if let Expr::Binary { op, left, right, .. } = f.module.expr(*e)
                        && !matches!(op, BinaryOp::And | BinaryOp::Or)
                    {
                        for side in [*left, *right] {
                            let shown = self.eval(f, side)?.map_or_else(|| "absent".to_owned(), |v| short(&v));
                            d = d.secondary(self.span(f, side), format!("is {shown}"));
                        }
                    }
                    self.sink.push(d);
                }
                Ok(())
            }
            Expect::Finding { error, code, at, application } => self.expect_finding(f, *error, code, at.as_deref(), *application, span),
        }
    }

    fn expect_finding(&mut self, f: &mut Frame<'a>, error: bool, code: &str, at: Option<&str>, application: ExprId, span: Span) -> Result<(), Stop> {
        let Expr::Application(app) = f.module.expr(application) else {
            return Err(self.mistake(f, application, codes::J0303, "an `application` stands here"));
        };
        let (file, compiled) = self.compile_literal(f, app)?;
        let wanted = if error { Severity::Error } else { Severity::Warning };
        let place = at.and_then(|path| self.yaml_place(file, path));
        let hit = compiled.diagnostics.iter().any(|d| {
            let right_place = match (at, place, d.span()) {
                (None, ..) => true,
                (Some(_), Some((key, value)), Some(s)) => s.file == file && (within(s, key) || within(s, value)),
                _ => false,
            };
            d.code.0 == code && d.severity == wanted && right_place
        });
        let others: Vec<&Diagnostic> = compiled.diagnostics.iter().filter(|d| d.is_error() && (d.code.0 != code || !error)).collect();
        if hit && others.is_empty() {
            return Ok(());
        }
        let mut d = Diagnostic::new(
            codes::J1301,
            if hit { format!("`{code}` was reported, but not alone") } else { format!("`{code}` was not reported{}", if at.is_some() { " there" } else { "" }) },
        )
        .primary(span, "");
        for other in compiled.diagnostics.iter().take(5) {
            d = d.note(format!("reported: {} {}", other.code.0, other.message));
        }
        if compiled.diagnostics.is_empty() {
            d = d.note("nothing was reported");
        }
        self.sink.push(d);
        Ok(())
    }

    /// The spans of the key and the value at a path of the YAML that a test wrote.
    fn yaml_place(&self, file: FileId, path: &str) -> Option<(Span, Span)> {
        let source = self.env.sources.get(file)?;
        let mut origins = Origins::new();
        let (documents, _) = crate::yaml::read(&source.text, file, &mut origins);
        let mut at = documents.into_iter().next()?.value;
        let mut key = Span::default();
        for step in path.split('.') {
            let (name, indexes) = step.split_once('[').map_or((step, ""), |(n, i)| (n, i));
            if !name.is_empty() {
                let e = at.as_map()?.entry(name)?;
                key = origins.span(e.key_origin);
                at = e.value.clone();
            }
            for index in indexes.split('[').filter(|i| !i.is_empty()) {
                let i = index.trim_end_matches(']').parse::<usize>().ok()?;
                at = at.as_list()?.get(i)?.clone();
            }
        }
        Some((key, origins.span(at.origin)))
    }

    /// An application as a value: its components by name, and `objects`.
    pub(super) fn application(&mut self, f: &mut Frame<'a>, _id: ExprId, app: &'a Application) -> Outcome {
        let (_, compiled) = self.compile_literal(f, app)?;
        let errors: Vec<Diagnostic> = compiled.diagnostics.into_iter().filter(Diagnostic::is_error).collect();
        if !errors.is_empty() {
            self.sink.extend(errors);
            return Err(Stop::Unknown);
        }
        let mut whole = Map::new();
        let all: Vec<Value> = compiled.objects.iter().map(|o| detached(&o.value)).collect();
        for unit in app.units.iter().filter(|u| u.kind != DefinitionKind::Step) {
            let mut part = Map::new();
            let mut outputs = Map::new();
            outputs.set_open();
            for o in compiled.objects.iter().filter(|o| o.component == unit.name) {
                match &o.output {
                    None => {
                        part.insert("output".into(), Origin::UNKNOWN, detached(&o.value));
                    }
                    Some(name) => {
                        outputs.insert(name.clone(), Origin::UNKNOWN, detached(&o.value));
                    }
                }
            }
            part.insert("outputs".into(), Origin::UNKNOWN, Value::map(outputs, Origin::UNKNOWN));
            whole.insert(unit.name.clone(), Origin::UNKNOWN, Value::map(part, Origin::UNKNOWN));
        }
        if !whole.contains("objects") {
            whole.insert("objects".into(), Origin::UNKNOWN, Value::list(all, Origin::UNKNOWN));
        }
        Ok(Some(Value::map(whole, Origin::UNKNOWN)))
    }

    fn compile_literal(&mut self, f: &mut Frame<'a>, app: &'a Application) -> Result<(FileId, Compiled), Stop> {
        let mut version = None;
        let value = self.application_yaml(f, app, &mut version)?;
        let Some(testing) = &self.testing else { return Err(Stop::Unknown) };
        let file = self.env.sources.add(format!("{}.yaml", app.name), super::builtin::to_json(&value));
        let compiled = testing.compile.compile(file, version);
        Ok((file, compiled))
    }

    /// The Application resource that an application literal stands for.
    fn application_yaml(&mut self, f: &mut Frame<'a>, app: &'a Application, version: &mut Option<Version>) -> Result<Value, Stop> {
        let mut fields = super::literal::Building::default();
        self.members(f, &app.fields, &mut fields)?;
        let fields = fields.finish();
        let mut metadata = vec![("name", text(&app.name))];
        for name in ["namespace", "labels", "annotations"] {
            metadata.extend(fields.get(name).map(|v| (name, v.clone())));
        }
        *version = fields.get("kubernetes").and_then(|v| match v.as_int() {
            Some(minor) => u8::try_from(minor).ok().and_then(Version::from_minor),
            None => v.as_str().and_then(|s| s.parse().ok()),
        });
        let mut lists: [Vec<Value>; 3] = Default::default();
        for unit in &app.units {
            let v = self.unit_yaml(f, unit)?;
            let [components, policies, steps] = &mut lists;
            match unit.kind {
                DefinitionKind::Component => components.push(v),
                DefinitionKind::Policy => policies.push(v),
                _ => steps.push(v),
            }
        }
        let [components, policies, steps] = lists;
        let mut spec = vec![("components", Value::list(components, Origin::UNKNOWN))];
        if !policies.is_empty() {
            spec.push(("policies", Value::list(policies, Origin::UNKNOWN)));
        }
        if !steps.is_empty() {
            spec.push(("workflow", record([("steps", Value::list(steps, Origin::UNKNOWN))])));
        }
        Ok(record([("apiVersion", text("core.oam.dev/v1beta1")), ("kind", text("Application")), ("metadata", record(metadata)), ("spec", record(spec))]))
    }

    fn unit_yaml(&mut self, f: &mut Frame<'a>, unit: &'a AppUnit) -> Result<Value, Stop> {
        let mut fields = vec![("name", text(&unit.name)), ("type", text(&type_of(&unit.definition)))];
        let mut properties = super::literal::Building::default();
        self.members(f, &unit.properties, &mut properties)?;
        let properties = properties.finish();
        if !unit.properties.is_empty() {
            fields.push(("properties", Value::map(properties, Origin::UNKNOWN)));
        }
        let mut traits = Vec::new();
        for (name, e) in &unit.traits {
            let v = self.present(f, *e)?;
            let mut one = vec![("type", text(&type_of(name)))];
            if !matches!(f.module.expr(*e), Expr::Record(m) if m.is_empty()) {
                one.push(("properties", v));
            }
            traits.push(record(one));
        }
        if !traits.is_empty() {
            fields.push(("traits", Value::list(traits, Origin::UNKNOWN)));
        }
        Ok(record(fields))
    }
}

/// A value without origins: those it has belong to another arena.
fn detached(v: &Value) -> Value {
    let data = match &v.data {
        Data::Map(m) => {
            let mut out = Map::with_capacity(m.len());
            if m.is_open() {
                out.set_open();
            }
            for e in m.iter() {
                out.insert(e.key.clone(), Origin::UNKNOWN, detached(&e.value));
            }
            Data::Map(Arc::new(out))
        }
        Data::List(l) => Data::List(Arc::new(List { items: l.items.iter().map(detached).collect(), keys: l.keys.clone() })),
        other => other.clone(),
    };
    Value::new(data)
}

fn type_of(name: &DefName) -> EcoString {
    name.name.clone()
}

fn text(s: &str) -> Value {
    Value::string(s, Origin::UNKNOWN)
}

fn record<'n>(fields: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let mut map = Map::new();
    for (name, v) in fields {
        map.insert(name.into(), Origin::UNKNOWN, v);
    }
    Value::map(map, Origin::UNKNOWN)
}

fn within(inner: Span, outer: Span) -> bool {
    inner.file == outer.file && outer.start <= inner.start && inner.end <= outer.end.max(outer.start + 1)
}
