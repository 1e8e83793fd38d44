//! A component with its traits and policies, in the order of language reference §8.3; policies of their own; rules.

use ecow::EcoString;

use super::block::Run;
use super::call::Filler;
use super::machine::{Frame, Machine, Scope, Seen, Stop};
use super::patch::Writer;
use super::view::Aim;
use super::{ActiveRule, ComponentInput, Context, Creator, Env, Rendered, RenderedObject, Unit};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::hir::{DefId, DefinitionKind, StmtKind};
use crate::types::{Mode, Reading};
use crate::value::{Data, Map, Origin, Origins, Value};

/// See [`super::render`].
pub(super) fn component(env: &Env<'_>, input: &ComponentInput, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Rendered {
    let mut m = Machine::new(env, &input.context, input.component.span, origins, sink);
    let healthy = m.render(input) == Ok(true);
    m.finish();
    let made = m.objects();
    if healthy { Rendered { objects: made, partial: Vec::new(), healthy } } else { Rendered { objects: Vec::new(), partial: made, healthy } }
}

impl<'a> Machine<'a, '_> {
    /// Everything in order; whether all went well.
    fn render(&mut self, input: &ComponentInput) -> Result<bool, Stop> {
        let mut healthy = !self.excluded(input);
        self.add_writer(Creator::Component, "the component", &input.component);
        let context = context_value(self.env, &input.context);
        let mut run = Run::of(input.component.definition);
        let parameters = self.parameters(&input.component, &context);
        let parameters_good = parameters.is_some();
        healthy &= parameters_good;
        if parameters_good {
            let definition = self.env.program.definition(run.definition);
            let module = self.env.program.module(run.definition.module);
            let scope = Scope { parameters, context: context.clone(), ..Scope::default() };
            let mut frame = Frame::new(module, run.definition.module, &definition.owner, Some(scope));
            self.component_body(&mut frame, &definition.body, &mut run)?;
            healthy &= !run.failed;
        }
        let mut known = parameters_good && !run.failed && self.stage.main().is_some();
        if parameters_good && !run.failed && !known {
            let d = Diagnostic::new(codes::J0602, format!("the component `{}` has no `output` here", input.component.type_name)).primary(input.component.type_span, "");
            self.sink.push(d);
            healthy = false;
        }
        let trait_context = with_component_type(&context, &input.context);
        for (i, unit) in input.traits.iter().enumerate() {
            healthy &= self.apply_unit(unit, Creator::Trait(i), &trait_context, &run.made, &mut known)?;
        }
        for (i, unit) in input.policies.iter().enumerate() {
            healthy &= self.apply_unit(unit, Creator::Policy(i), &context, &run.made, &mut known)?;
        }
        Ok(healthy)
    }

    fn add_writer(&mut self, creator: Creator, word: &'static str, unit: &Unit) {
        self.stage.current = self.stage.writers.len() as u16;
        self.stage.writers.push(Writer { creator, word, name: unit.type_name.clone(), span: unit.type_span });
        self.entry = unit.type_span;
    }

    /// A trait, or a policy with `for`. Whether it went well; `known` turns false when the objects lack what it would have written.
    fn apply_unit(&mut self, unit: &Unit, creator: Creator, context: &Value, made: &[DefId], known: &mut bool) -> Result<bool, Stop> {
        let is_trait = matches!(creator, Creator::Trait(_));
        let main = self.stage.main();
        let aim = main.map(|place| self.aim(unit.definition, place, made));
        if !is_trait && matches!(aim, Some(Aim::Nothing) | None) {
            return Ok(true);
        }
        self.add_writer(creator, if is_trait { "the trait" } else { "the policy" }, unit);
        let parameters = self.parameters(unit, context);
        self.unit_parameters.clone_from(&parameters);
        if matches!(aim, Some(Aim::Nothing)) {
            self.does_not_fit(unit);
            return Ok(false);
        }
        let Some(parameters) = parameters else {
            *known = false;
            return Ok(false);
        };
        let unknown = Scope { parameters: Some(parameters), context: context.clone(), target: Seen::Unknown, output: Seen::Unknown, outputs: true };
        let (target, output) = match (main, aim) {
            (Some(place), Some(Aim::View(part))) => (Seen::At(part), Seen::At(place)),
            (Some(place), _) => (Seen::At(place), Seen::At(place)),
            (None, _) => (Seen::Unknown, Seen::Unknown),
        };
        if *known {
            let good = self.unit_body(unit, Scope { target, output, ..unknown })?;
            *known &= good != Body::Failed;
            return Ok(good == Body::Good);
        }
        // The objects lack what an earlier one would have written: only what needs none of them is reported. What can be done is done, to be looked at.
        let good = self.unit_body(unit, unknown.clone())?;
        if main.is_some() {
            let said = self.sink.len();
            let _ = self.unit_body(unit, Scope { target, output, ..unknown });
            self.sink.truncate(said);
        }
        Ok(good == Body::Good)
    }

    /// The body of a trait or policy, its writes and its outputs.
    fn unit_body(&mut self, unit: &Unit, scope: Scope) -> Result<Body, Stop> {
        let definition = self.env.program.definition(unit.definition);
        let module = self.env.program.module(unit.definition.module);
        let mut frame = Frame::new(module, unit.definition.module, &definition.owner, Some(scope));
        let mut run = Run::of(unit.definition);
        self.block(&mut frame, &definition.body, &mut run)?;
        if run.failed {
            self.stage.pending.clear();
            return Ok(Body::Failed);
        }
        let errors = |m: &Self| m.sink.iter().filter(|d| d.is_error()).count();
        let before = errors(self);
        self.apply_writes();
        for made in run.outputs {
            self.add(made);
        }
        Ok(if errors(self) == before { Body::Good } else { Body::Conflicts })
    }

    /// The parameters of a unit; mistakes are reported.
    pub(super) fn parameters(&mut self, unit: &Unit, context: &Value) -> Option<Value> {
        let types = self.env.types;
        let ty = types.parameters(unit.definition);
        let mode = if self.env.compat { Mode::Lenient } else { Mode::Strict };
        let reading = Reading { subject: &unit.type_name, at: unit.type_span, mode };
        let scope = Scope { context: context.clone(), ..Scope::default() };
        let entry = std::mem::replace(&mut self.entry, unit.type_span);
        let decoded = types.decode(unit.properties.as_ref(), &ty, reading, &mut Filler::reading(self, scope));
        self.entry = entry;
        self.sink.extend(decoded.diagnostics);
        // What cannot be read may be a secret as well.
        for value in decoded.value.iter().chain(unit.properties.as_ref()) {
            self.env.secrets.note(&ty, value);
        }
        if decoded.value.is_some() {
            self.at_work(unit.definition, unit.properties.as_ref());
        }
        decoded.value
    }

    /// J0808.
    fn does_not_fit(&mut self, unit: &Unit) {
        let definition = self.env.program.definition(unit.definition);
        let module = self.env.program.module(unit.definition.module);
        let wanted: Vec<String> = definition.targets.iter().map(|t| format!("`{}`", t.segments.join("."))).collect();
        let kind = self.stage.main().and_then(|p| self.stage.value(p)).and_then(|v| v.get("kind").and_then(Value::as_str).map(EcoString::from)).unwrap_or_default();
        let mut d = Diagnostic::new(codes::J0808, format!("the trait `{}` does not fit this component: it makes a `{kind}`", unit.type_name))
            .primary(unit.type_span, format!("it is for {}", wanted.join(" or ")));
        if let Some(t) = definition.targets.first() {
            d = d.secondary(t.range.in_file(module.file), "declared here");
        }
        self.sink.push(d);
    }

    /// J0809: traits that exclude each other.
    fn excluded(&mut self, input: &ComponentInput) -> bool {
        let program = self.env.program;
        let mut found = false;
        let mut said: Vec<(usize, usize)> = Vec::new();
        for (i, unit) in input.traits.iter().enumerate() {
            for stmt in &program.definition(unit.definition).body.stmts {
                let StmtKind::Conflicts(names) = &stmt.kind else { continue };
                for name in names {
                    let Some(other) = program.find_from(unit.definition.module, DefinitionKind::Trait, name) else { continue };
                    for (j, second) in input.traits.iter().enumerate() {
                        let pair = (i.min(j), i.max(j));
                        if i == j || second.definition != other || said.contains(&pair) {
                            continue;
                        }
                        said.push(pair);
                        let (Some(a), Some(b)) = (input.traits.get(pair.0), input.traits.get(pair.1)) else { continue };
                        let module = program.module(unit.definition.module);
                        let d = Diagnostic::new(codes::J0809, format!("the traits `{}` and `{}` exclude each other", a.type_name, b.type_name))
                            .primary(b.type_span, "")
                            .secondary(a.type_span, "the other")
                            .secondary(name.range.in_file(module.file), "declared here")
                            .help("remove one of the two");
                        let lenient = self.env.compat;
                        self.sink.push(if lenient { d.with_severity(Severity::Warning) } else { d });
                        found |= !lenient;
                    }
                }
            }
        }
        found
    }

    /// The objects with those who made them, the main one first.
    fn objects(&mut self) -> Vec<RenderedObject> {
        let stage = std::mem::take(&mut self.stage);
        let creators: Vec<Creator> = stage.writers.iter().map(|w| w.creator).collect();
        let (main, others): (Vec<_>, Vec<_>) = stage.objects.into_iter().partition(|o| o.output.is_none());
        main.into_iter()
            .chain(others)
            .map(|o| RenderedObject { value: o.value, output: o.output, creator: creators.get(usize::from(o.creator)).copied().unwrap_or(Creator::Component) })
            .collect()
    }
}

/// How a definition's body ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Good,
    /// Some of its writes were refused.
    Conflicts,
    /// Something in it failed: it wrote nothing.
    Failed,
}

/// See [`super::render_policy`].
pub(super) fn policy(env: &Env<'_>, unit: &Unit, context: &Context, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Rendered {
    let mut m = Machine::new(env, context, unit.type_span, origins, sink);
    let run = m.run_policy(unit, context);
    m.finish();
    match run {
        Ok(Some(run)) if !run.failed => {
            let object = |made: super::block::Made| RenderedObject { value: made.value, output: made.name, creator: Creator::Policy(0) };
            Rendered { objects: run.outputs.into_iter().map(object).collect(), partial: Vec::new(), healthy: true }
        }
        _ => Rendered::default(),
    }
}

impl<'a> Machine<'a, '_> {
    fn run_policy(&mut self, unit: &Unit, context: &Context) -> Result<Option<Run>, Stop> {
        self.add_writer(Creator::Policy(0), "the policy", unit);
        let context = context_value(self.env, context);
        let Some(parameters) = self.parameters(unit, &context) else { return Ok(None) };
        let definition = self.env.program.definition(unit.definition);
        let module = self.env.program.module(unit.definition.module);
        let scope = Scope { parameters: Some(parameters), context, ..Scope::default() };
        let mut frame = Frame::new(module, unit.definition.module, &definition.owner, Some(scope));
        let mut run = Run::of(unit.definition);
        self.block(&mut frame, &definition.body, &mut run)?;
        Ok(Some(run))
    }
}

/// See [`super::decode_parameters`].
pub(super) fn decode(env: &Env<'_>, unit: &Unit, context: &Context, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Option<Value> {
    let mut m = Machine::new(env, context, unit.type_span, origins, sink);
    let value = context_value(env, context);
    let parameters = m.parameters(unit, &value);
    m.finish();
    parameters
}

/// How deep objects are searched for nulls.
const NULL_DEPTH: u32 = 128;

/// The value without fields that are null; `None` when there are none.
fn without_nulls(v: &Value, depth: u32) -> Option<Value> {
    if depth == 0 {
        return None;
    }
    match &v.data {
        Data::Map(m) => {
            let inner: Vec<Option<Value>> = m.iter().map(|e| without_nulls(&e.value, depth - 1)).collect();
            if inner.iter().all(Option::is_none) && !m.iter().any(|e| e.value.is_null()) {
                return None;
            }
            let mut out = Map::with_capacity(m.len());
            if m.is_open() {
                out.set_open();
            }
            for (e, new) in m.iter().zip(inner).filter(|(e, _)| !e.value.is_null()) {
                out.insert(e.key.clone(), e.key_origin, new.unwrap_or_else(|| e.value.clone()));
            }
            Some(Value::map(out, v.origin))
        }
        Data::List(l) => {
            let inner: Vec<Option<Value>> = l.items.iter().map(|i| without_nulls(i, depth - 1)).collect();
            if inner.iter().all(Option::is_none) {
                return None;
            }
            let items = l.items.iter().zip(inner).map(|(i, new)| new.unwrap_or_else(|| i.clone())).collect();
            Some(Value::with(Data::List(std::sync::Arc::new(crate::value::List { items, keys: l.keys.clone() })), v.origin))
        }
        _ => None,
    }
}

/// See [`super::apply_rules`]. An object without a context of its own has the last one.
pub(super) fn rules(env: &Env<'_>, rules: &[ActiveRule], objects: &[RenderedObject], contexts: &[Context], origins: &mut Origins, sink: &mut Vec<Diagnostic>) {
    let Some(context) = contexts.last() else { return };
    let before = sink.len();
    let mut m = Machine::new(env, context, Span::default(), origins, sink);
    m.stage.writers.push(Writer { creator: Creator::Component, word: "the component", name: context.component_type.clone(), span: Span::default() });
    for o in objects {
        // A field that is `null` counts as absent to the API server.
        let value = without_nulls(&o.value, NULL_DEPTH).unwrap_or_else(|| o.value.clone());
        m.add(super::block::Made { value, name: o.output.clone(), span: Span::default() });
    }
    for rule in rules {
        if m.rule(rule, contexts).is_err() {
            break;
        }
    }
    m.finish();
    // Rules are checked against the types of what they look at: where evaluation stumbles, the object is not what its schema says, and that is said elsewhere.
    let own = [codes::J1201, codes::J0902, codes::J0908, codes::J0913];
    let found = sink.split_off(before);
    sink.extend(found.into_iter().filter(|d| own.contains(&d.code)));
}

impl<'a> Machine<'a, '_> {
    /// One rule over all objects that it is for.
    fn rule(&mut self, rule: &ActiveRule, contexts: &[Context]) -> Result<(), Stop> {
        let definition = self.env.program.definition(rule.definition);
        let module = self.env.program.module(rule.definition.module);
        let at = definition.name_range.in_file(module.file);
        let unit = Unit { definition: rule.definition, type_name: definition.name.clone(), type_span: at, properties: rule.parameters.clone(), span: at };
        let mut known: Option<(Value, Value)> = None;
        for i in 0..self.stage.objects.len() {
            let Some((place, origin)) = self.stage.objects.get(i).map(|o| (o.place, o.value.origin)) else { continue };
            let (target, output) = match self.aim(rule.definition, place, &[]) {
                Aim::Nothing => continue,
                Aim::View(part) => (Seen::At(part), Seen::At(place)),
                _ => (Seen::At(place), Seen::At(place)),
            };
            if let Some(own) = contexts.get(i) {
                self.name = (own.name.clone(), own.name_origin);
                known = known.filter(|_| contexts.len() == 1);
            }
            if known.is_none() {
                let Some(context) = contexts.get(i).or(contexts.last()).map(|c| context_value(self.env, c)) else { return Ok(()) };
                let Some(parameters) = self.parameters(&unit, &context) else { return Ok(()) };
                known = Some((parameters, context));
            }
            let Some((parameters, context)) = known.clone() else { return Ok(()) };
            self.entry = self.origins.yaml_span(origin).unwrap_or_else(|| self.origins.yaml_span(self.name.1).unwrap_or_default());
            let scope = Scope { parameters: Some(parameters), context, target, output, outputs: true };
            let mut frame = Frame::new(module, rule.definition.module, &definition.owner, Some(scope));
            let mut run = Run { rule: Some((codes::J1201, rule.severity, definition.name.clone())), ..Run::of(rule.definition) };
            self.block(&mut frame, &definition.body, &mut run)?;
        }
        Ok(())
    }
}

/// `context` as definitions see it (language reference §7.2).
pub(super) fn context_value(env: &Env<'_>, c: &Context) -> Value {
    let mut map = Map::with_capacity(16);
    let mut put = |name: &str, v: Value| {
        map.insert(name.into(), Origin::UNKNOWN, v);
    };
    let text = |s: &EcoString| Value::string(s.clone(), Origin::UNKNOWN);
    put("name", Value::string(c.name.clone(), c.name_origin));
    put("appName", text(&c.app_name));
    put("namespace", text(&c.namespace));
    put("revision", text(&c.revision));
    put("appRevision", text(&c.app_revision));
    put("appRevisionNum", Value::new(Data::Int(c.app_revision_num)));
    put("cluster", text(&c.cluster));
    for (name, value) in [("replicaKey", &c.replica_key), ("workflowName", &c.workflow_name), ("publishVersion", &c.publish_version)] {
        match value {
            Some(v) => put(name, text(v)),
            None if env.compat => put(name, Value::string("", Origin::UNKNOWN)),
            None => {}
        }
    }
    for (name, value) in [("appLabels", &c.app_labels), ("appAnnotations", &c.app_annotations)] {
        let mut of = value.as_map().cloned().unwrap_or_default();
        of.set_open();
        put(name, Value::map(of, value.origin));
    }
    let mut version = Map::with_capacity(4);
    version.insert("major".into(), Origin::UNKNOWN, Value::new(Data::Int(1)));
    version.insert("minor".into(), Origin::UNKNOWN, Value::new(Data::Int(i64::from(env.version.minor()))));
    version.insert("gitVersion".into(), Origin::UNKNOWN, Value::string(ecow::eco_format!("v{}.0", env.version), Origin::UNKNOWN));
    version.insert("platform".into(), Origin::UNKNOWN, Value::string("linux/amd64", Origin::UNKNOWN));
    put("clusterVersion", Value::map(version, Origin::UNKNOWN));
    Value::map(map, Origin::UNKNOWN)
}

fn with_component_type(context: &Value, c: &Context) -> Value {
    let Data::Map(m) = &context.data else { return context.clone() };
    let mut m = Map::clone(m);
    m.insert("componentType".into(), Origin::UNKNOWN, Value::string(c.component_type.clone(), Origin::UNKNOWN));
    Value::map(m, context.origin)
}
