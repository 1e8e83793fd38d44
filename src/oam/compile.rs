//! An application to objects: types resolved, properties read, each placement rendered, labelled, checked and put in order.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

use ecow::EcoString;

use super::labels::{self, Role, Stamp};
use super::model::{Application, Component, Policy, Step, Text, Unit};
use super::placement::{self, Placement};
use super::resolve::{base_name, resolve};
use super::{beta, names, objects};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::eval::{self, ActiveRule, ComponentInput, Context, Creator, Env, RenderedObject};
use crate::hir::{DefId, DefinitionKind};
use crate::oam::Reader;
use crate::value::{Map, Origin, OriginKind, Origins, Value};

/// Policies that act through the compiler or at delivery and make no objects: they need properties.
const NEED_PROPERTIES: &[&str] =
    &["topology", "override", "replication", "garbage-collect", "apply-once", "read-only", "take-over", "shared-resource", "resource-update", "env-binding"];

/// What a compilation shares with others.
pub struct Compiler<'a> {
    pub env: Env<'a>,
    pub rules: &'a [ActiveRule],
}

/// What an application became.
#[derive(Debug, Default)]
pub struct Compiled {
    pub application: EcoString,
    pub deliveries: Vec<Delivery>,
    pub findings: Vec<Diagnostic>,
}

/// The objects of one placement.
#[derive(Debug, Default)]
pub struct Delivery {
    /// A cluster's name or what selects it; empty for the local one.
    pub cluster: EcoString,
    /// The namespace that a policy forces.
    pub namespace: Option<EcoString>,
    pub step: EcoString,
    pub topology: Option<EcoString>,
    pub objects: Vec<Object>,
}

/// One object, ready to be printed.
#[derive(Clone, Debug)]
pub struct Object {
    pub value: Value,
    /// The component (or policy) that it belongs to.
    pub component: EcoString,
    /// The name of the output; `None` is a component's main object.
    pub output: Option<EcoString>,
    /// Where the application asks for it: the type of the component or trait.
    pub asked: Span,
    /// The types that may have written into it, in order: component, traits, policies. What [`OriginKind::Patch`] counts.
    pub writers: Arc<[EcoString]>,
}

/// Compiles one application. Everything that can be found is found: a component that fails does not keep others from being checked.
pub fn compile(compiler: &Compiler<'_>, app: &Application, origins: &mut Origins) -> Compiled {
    let mut run = Run { compiler, app, origins, findings: Vec::new(), app_labels: Value::default(), app_annotations: Value::default() };
    run.app_labels = Value::map(app.labels.clone(), Origin::UNKNOWN);
    run.app_annotations = Value::map(app.annotations.clone(), Origin::UNKNOWN);
    let fitting = run.policies();
    run.steps();
    let repeated = repeated(app);
    let mut own = Vec::new();
    let app = &last_of_each(app, compiler.env.compat);
    run.app = app;
    let placements = placement::place(app, run.origins, compiler.env.compat, &mut run.findings);
    let mut deliveries: Vec<Delivery> = Vec::new();
    for (i, p) in placements.iter().enumerate() {
        if i == 0 {
            own = run.policy_objects(p);
        }
        let mut delivery = run.placement(p, &fitting);
        delivery.objects.append(&mut own);
        objects::duplicates(&delivery.objects, &repeated, run.origins, compiler.env.compat, &mut run.findings);
        if !p.check_only {
            deliveries.push(delivery);
        }
    }
    Compiled { application: app.name.text.clone(), deliveries, findings: run.findings }
}

/// Checks policies and steps that no application names: types and properties.
pub fn check_parts(compiler: &Compiler<'_>, app: &Application, origins: &mut Origins) -> Vec<Diagnostic> {
    let mut run =
        Run { compiler, app, origins, findings: Vec::new(), app_labels: Value::map(Map::new(), Origin::UNKNOWN), app_annotations: Value::map(Map::new(), Origin::UNKNOWN) };
    run.policies();
    run.steps();
    run.findings
}

/// The state of one compilation.
struct Run<'r, 'a> {
    compiler: &'r Compiler<'a>,
    app: &'r Application,
    origins: &'r mut Origins,
    findings: Vec<Diagnostic>,
    app_labels: Value,
    app_annotations: Value,
}

impl Run<'_, '_> {
    fn resolve(&mut self, kind: DefinitionKind, name: &Text) -> Option<DefId> {
        resolve(self.compiler.env.program, kind, name, self.compiler.env.sources, &mut self.findings)
    }

    fn unit(&mut self, kind: DefinitionKind, unit: &Unit) -> Option<eval::Unit> {
        let definition = self.resolve(kind, &unit.type_name)?;
        if unit.broken {
            return None;
        }
        Some(eval::Unit { definition, type_name: unit.type_name.text.clone(), type_span: unit.type_name.span, properties: unit.properties.clone(), span: unit.span })
    }

    /// Resolves all policies and reads the properties of those that make nothing themselves. Gives those that apply to components.
    fn policies(&mut self) -> Vec<eval::Unit> {
        let mut fitting = Vec::new();
        let app = self.app;
        for policy in &app.policies {
            let Some(unit) = self.unit(DefinitionKind::Policy, &policy.unit) else { continue };
            if self.lacks_properties(policy) {
                continue;
            }
            let definition = self.compiler.env.program.definition(unit.definition);
            if !definition.targets.is_empty() {
                fitting.push(unit);
            } else if !makes_objects(&definition.body) {
                let context = self.context(&policy.name, None, "");
                eval::decode_parameters(&self.compiler.env, &unit, &context, self.origins, &mut self.findings);
                if policy.unit.type_name.text == "override" {
                    for change in policy.unit.properties.as_ref().and_then(|p| p.get("components")).and_then(Value::as_list).unwrap_or_default() {
                        self.change(change, &context);
                    }
                }
            }
        }
        fitting
    }

    /// Unknown properties in a change are compared with the definition alone: what the change is merged into may have the right name already.
    fn change(&mut self, change: &Value, context: &Context) {
        let compat = self.compiler.env.compat;
        let app = self.app;
        let text = |v: &Value, key: &str| v.get(key).and_then(|t| Some(Text::new(t.as_str()?, t.origin, Span::default())));
        let mut parts: Vec<(DefinitionKind, Text, Value)> = Vec::new();
        let of_name = |n: &Text| app.components.iter().find(|c| c.name.text == n.text).map(|c| c.unit.type_name.clone());
        let component_type = text(change, "type").or_else(|| text(change, "name").as_ref().and_then(of_name));
        if let (Some(t), Some(p)) = (component_type, change.get("properties")) {
            parts.push((DefinitionKind::Component, t, p.clone()));
        }
        for t in change.get("traits").and_then(Value::as_list).unwrap_or_default() {
            if let (Some(kind), Some(p)) = (text(t, "type"), t.get("properties")) {
                parts.push((DefinitionKind::Trait, kind, p.clone()));
            }
        }
        for (kind, name, properties) in parts {
            // Unknown types are reported where the change is applied.
            let Some(definition) = resolve(self.compiler.env.program, kind, &name, self.compiler.env.sources, &mut Vec::new()) else { continue };
            let unit = eval::Unit {
                definition,
                type_name: name.text.clone(),
                type_span: self.origins.span(name.origin),
                properties: Some(properties),
                span: self.origins.span(change.origin),
            };
            let mut found = Vec::new();
            eval::decode_parameters(&self.compiler.env, &unit, context, self.origins, &mut found);
            self.findings.extend(found.into_iter().filter(|d| !compat && d.code == codes::J0301));
        }
    }

    fn lacks_properties(&mut self, policy: &Policy) -> bool {
        let kind = policy.unit.type_name.as_str();
        if policy.unit.properties.is_some() || !NEED_PROPERTIES.contains(&kind) {
            return false;
        }
        let place = if policy.named { policy.name.span } else { policy.unit.type_name.span };
        self.findings.push(
            Diagnostic::new(codes::J0302, format!("the policy `{}` has no `properties`: a `{kind}` policy needs them", policy.name.text))
                .primary(place, "`properties` is missing here")
                .help("add `properties:` below `type`"),
        );
        true
    }

    /// The objects that policies make themselves, rendered once, with the first placement.
    fn policy_objects(&mut self, placement: &Placement<'_>) -> Vec<Object> {
        let mut out = Vec::new();
        let app = self.app;
        for policy in &app.policies {
            // Unknown types have been reported.
            let Some(definition) = self.compiler.env.program.find(DefinitionKind::Policy, None, base_name(&policy.unit.type_name.text)) else { continue };
            let (targets, makes) = {
                let d = self.compiler.env.program.definition(definition);
                (!d.targets.is_empty(), makes_objects(&d.body))
            };
            if targets || !makes {
                continue;
            }
            let unit = eval::Unit {
                definition,
                type_name: policy.unit.type_name.text.clone(),
                type_span: policy.unit.type_name.span,
                properties: policy.unit.properties.clone(),
                span: policy.unit.span,
            };
            let context = self.context(&policy.name, None, placement.cluster.name());
            let rendered = eval::render_policy(&self.compiler.env, &unit, &context, self.origins, &mut self.findings);
            let writers: Arc<[EcoString]> = [unit.type_name.clone()].into();
            let component = Component { name: policy.name.clone(), ..Component::default() };
            for object in rendered.objects {
                out.push(self.finish(object, &component, placement, Role::Policy, unit.type_span, &writers));
            }
        }
        out
    }

    /// Resolves all steps and reads their properties.
    fn steps(&mut self) {
        let app = self.app;
        let steps = app.workflow.iter().flat_map(|w| &w.steps).flat_map(|s| std::iter::once(s).chain(&s.sub_steps));
        for step in steps {
            let Some(unit) = self.unit(DefinitionKind::Step, &step.unit) else { continue };
            let context = self.context(&step.name, None, "");
            let mut found = Vec::new();
            eval::decode_parameters(&self.compiler.env, &unit, &context, self.origins, &mut found);
            let compat = self.compiler.env.compat;
            // KubeVela's dry-run does not look into steps.
            self.findings.extend(found.into_iter().filter(|d| !filled(d, step)).map(|d| if compat { d.with_severity(Severity::Warning) } else { d }));
        }
    }

    fn context(&self, name: &Text, replica_key: Option<&EcoString>, cluster: &str) -> Context {
        let compat = self.compiler.env.compat;
        let optional = |given: Option<&EcoString>| given.cloned().or_else(|| compat.then(EcoString::new));
        let annotation = |key: &str| self.app.annotations.get(key).and_then(Value::as_str).map(EcoString::from);
        Context {
            name: name.text.clone(),
            name_origin: name.origin,
            app_name: self.app.name.text.clone(),
            namespace: self.app.namespace().into(),
            cluster: cluster.into(),
            replica_key: optional(replica_key),
            workflow_name: optional(annotation("app.oam.dev/workflowName").as_ref()),
            publish_version: optional(annotation("app.oam.dev/publishVersion").as_ref()),
            app_labels: self.app_labels.clone(),
            app_annotations: self.app_annotations.clone(),
            ..Context::default()
        }
    }

    /// Renders all components of a placement.
    fn placement(&mut self, placement: &Placement<'_>, policies: &[eval::Unit]) -> Delivery {
        let mut delivery = Delivery {
            cluster: if placement.cluster == placement::Cluster::Local { EcoString::new() } else { placement.cluster.describe().into() },
            namespace: placement.namespace.as_ref().map(|n| n.text.clone()),
            step: placement.step.clone(),
            topology: placement.topology.clone(),
            objects: Vec::new(),
        };
        for component in placement.components.iter() {
            self.component(component, placement, policies, &mut delivery.objects);
        }
        delivery
    }

    fn component(&mut self, component: &Component, placement: &Placement<'_>, policies: &[eval::Unit], out: &mut Vec<Object>) {
        let unit = self.unit(DefinitionKind::Component, &component.unit);
        let renamed = unit.as_ref().and_then(|u| self.component_name(component, u, !component.traits.is_empty() || !policies.is_empty()));
        let component = renamed.as_ref().unwrap_or(component);
        let traits: Vec<eval::Unit> = component.traits.iter().filter_map(|t| self.unit(DefinitionKind::Trait, t)).collect();
        let all_known = traits.len() == component.traits.len();
        let mut context = self.context(&component.name, component.replica_key.as_ref(), placement.cluster.name());
        context.component_type.clone_from(&component.unit.type_name.text);
        context.asked = component.unit.type_name.span;
        if let Some(namespace) = &placement.namespace {
            context.namespace = namespace.text.clone();
        }
        let Some(unit) = unit else {
            for t in &traits {
                eval::decode_parameters(&self.compiler.env, t, &context, self.origins, &mut self.findings);
            }
            return;
        };
        let asked = unit.type_span;
        let trait_spans: Vec<_> = traits.iter().map(|t| (t.type_name.clone(), t.type_span)).collect();
        let policy_spans: Vec<_> = policies.iter().map(|t| (t.type_name.clone(), t.type_span)).collect();
        let component_type = unit.type_name.clone();
        let writers: Arc<[EcoString]> = std::iter::once(&component_type).chain(trait_spans.iter().chain(&policy_spans).map(|(t, _)| t)).cloned().collect();
        let input = ComponentInput { context, component: unit, traits, policies: policies.to_vec() };
        let mut found = Vec::new();
        let rendered = eval::render(&self.compiler.env, &input, self.origins, &mut found);
        let waiting = self.settle_inputs(found, component);
        if waiting || !rendered.healthy || !all_known {
            self.check_partly(&rendered.partial, asked);
            return;
        }
        let mut objects = Vec::with_capacity(rendered.objects.len());
        for object in rendered.objects {
            let (role, span, rewrite) = match object.creator {
                Creator::Component if object.output.is_none() => (Role::Workload(&component_type), asked, None),
                Creator::Component => (Role::Added(None), asked, None),
                Creator::Trait(i) => trait_spans.get(i).map_or((Role::Added(None), asked, None), |(t, s)| (Role::Added(Some(t)), *s, Some(t))),
                Creator::Policy(i) => policy_spans.get(i).map_or((Role::Policy, asked, None), |(t, s)| (Role::Added(Some(t)), *s, None)),
            };
            let mut done = self.finish(object, component, placement, role, span, &writers);
            if let (true, Some(trait_type)) = (self.compiler.env.compat, rewrite) {
                self.check(&done);
                if beta::rewrite(&mut done.value, trait_type) {
                    self.findings.push(
                        Diagnostic::new(codes::J0702, format!("`{trait_type}` prints `networking.k8s.io/v1beta1`, as KubeVela does; no supported Kubernetes serves it"))
                            .primary(span, "")
                            .with_severity(Severity::Warning),
                    );
                }
            } else {
                self.check(&done);
            }
            objects.push(done);
        }
        self.rules(&objects, &input.context);
        out.append(&mut objects);
    }

    /// The name must have the syntax that the component's objects need. If it has not, gives the component with a repaired name, so that its objects cause no further findings.
    fn component_name(&mut self, component: &Component, unit: &eval::Unit, extended: bool) -> Option<Component> {
        let definition = self.compiler.env.program.definition(unit.definition);
        let free = definition.result.as_ref().is_some_and(|r| r.segments.last().is_some_and(|s| s == "Object"));
        if component.name.text.is_empty() || self.compiler.env.compat {
            return None;
        }
        let mut reader = Reader { origins: self.origins, sources: self.compiler.env.sources, compat: self.compiler.env.compat, findings: Vec::new() };
        let repaired = if free && !extended { names::component_label(&mut reader, &component.name) } else { names::component_name(&mut reader, &component.name) };
        let found = reader.findings;
        self.findings.extend(found);
        let text = repaired?;
        Some(Component { name: Text { text, ..component.name.clone() }, ..component.clone() })
    }

    /// What a workflow input fills is not missing: such a component is planned, not rendered. Whether it is one.
    fn settle_inputs(&mut self, found: Vec<Diagnostic>, component: &Component) -> bool {
        let mut waiting = false;
        for d in found {
            let input = component.inputs.iter().find(|i| i.parameter_key.as_ref().is_some_and(|k| names_missing(&d, &k.text)));
            match input {
                Some(input) => {
                    waiting = true;
                    let d = Diagnostic::new(codes::J0816, format!("`{}` needs the workflow input `{}` and is not rendered", component.name.text, input.from.text))
                        .primary(input.from.span, "known when the workflow runs");
                    self.findings.push(d.with_severity(Severity::Warning));
                }
                None => self.findings.push(d),
            }
        }
        waiting
    }

    /// Adds what the compiler adds.
    fn finish(&mut self, object: RenderedObject, component: &Component, placement: &Placement<'_>, role: Role<'_>, asked: Span, writers: &Arc<[EcoString]>) -> Object {
        let RenderedObject { mut value, output, .. } = object;
        let env = &self.compiler.env;
        let origin = labels::origin(self.origins, component.name.origin);
        let namespace = placement.namespace.as_ref().map_or(self.app.namespace(), |n| n.as_str());
        let stamp = Stamp {
            app_name: &self.app.name.text,
            app_namespace: self.app.namespace(),
            namespace,
            component: &component.name.text,
            replica_key: component.replica_key.as_deref(),
            labels: &self.app.labels,
            annotations: &self.app.annotations,
            compat: env.compat,
            origin,
        };
        let text = |k: &str| value.get(k).and_then(Value::as_str).unwrap_or_default().to_owned();
        let namespaced = self.compiler.env.catalog.kind(env.version, &text("apiVersion"), &text("kind")).is_none_or(|k| k.namespaced);
        labels::stamp(&mut value, role, output.as_deref(), &stamp, namespaced);
        if let (Some(n), true) = (&placement.namespace, namespaced) {
            let span = self.origins.span(n.origin);
            let origin = self.origins.add(span, OriginKind::Compiler, [n.origin, Origin::UNKNOWN]);
            labels::force_namespace(&mut value, &n.text, origin);
        }
        Object { value, component: component.name.text.clone(), output, asked, writers: Arc::clone(writers) }
    }

    /// Of objects that lack what a failed trait would have written, only the values that the user wrote are judged: their kinds and the names of their fields.
    fn check_partly(&mut self, objects: &[RenderedObject], asked: crate::base::Span) {
        for object in objects {
            for error in crate::kube::validate(&object.value, self.compiler.env.catalog, self.compiler.env.version, None) {
                let given = self.origins.get(error.origin).kind == OriginKind::Yaml;
                if given && matches!(error.reason, crate::kube::Reason::Decode | crate::kube::Reason::TypeInvalid | crate::kube::Reason::UnknownField) {
                    self.findings.push(super::blame::diagnostic(&object.value, asked, &error, self.origins, self.compiler.env.sources));
                }
            }
        }
    }

    /// Checks an object against schema and server rules.
    fn check(&mut self, object: &Object) {
        objects::check(object, self.compiler, self.origins, &mut self.findings);
    }

    fn rules(&mut self, objects: &[Object], context: &Context) {
        if self.compiler.rules.is_empty() {
            return;
        }
        let rendered: Vec<RenderedObject> = objects.iter().map(|o| RenderedObject { value: o.value.clone(), output: o.output.clone(), creator: Creator::Component }).collect();
        eval::apply_rules(&self.compiler.env, self.compiler.rules, &rendered, context, self.origins, &mut self.findings);
    }
}

/// Whether a definition has an `output`, at any depth.
fn makes_objects(block: &crate::hir::Block) -> bool {
    use crate::hir::StmtKind;
    block.stmts.iter().any(|s| match &s.kind {
        StmtKind::Output { .. } => true,
        StmtKind::If { then, otherwise, .. } => makes_objects(then) || otherwise.as_ref().is_some_and(makes_objects),
        StmtKind::For { body, .. } => makes_objects(body),
        StmtKind::Match { arms, .. } => arms.iter().any(|a| makes_objects(&a.body)),
        _ => false,
    })
}

/// Whether a finding is about a property that an input of the step fills.
fn filled(d: &Diagnostic, step: &Step) -> bool {
    step.inputs.iter().any(|i| i.parameter_key.as_ref().is_some_and(|k| names_missing(d, &k.text)))
}

/// Whether a finding says that the field at the end of a path is missing.
fn names_missing(d: &Diagnostic, path: &str) -> bool {
    d.code == codes::J0302 && path.split(['.', '[', ']']).any(|word| !word.is_empty() && (d.message.contains(&format!("`{word}`")) || d.message.contains(&format!(".{word}`"))))
}

/// The names that several components have.
fn repeated(app: &Application) -> HashSet<EcoString> {
    let mut seen = HashSet::new();
    app.components.iter().filter(|c| !seen.insert(c.name.text.as_str())).map(|c| c.name.text.clone()).collect()
}

/// KubeVela keeps components by name: of several with one name it renders the last, as often as there are. By default two of one name are an error anyway.
fn last_of_each(app: &Application, compat: bool) -> Cow<'_, Application> {
    if !compat || repeated(app).is_empty() {
        return Cow::Borrowed(app);
    }
    let mut own = app.clone();
    for c in &mut own.components {
        if let Some(last) = app.components.iter().rev().find(|o| o.name.text == c.name.text) {
            *c = last.clone();
        }
    }
    Cow::Owned(own)
}
