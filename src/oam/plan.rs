//! The delivery plan: the workflow's steps in order, or those that OAM implies when there is no workflow.

use ecow::{EcoString, eco_format};

use super::model::{Application, Mode, Step};
use crate::value::{Map, Value};

/// A step of the plan: one of the application's, or an implied one.
#[derive(Clone, Debug)]
pub struct PlanStep<'a> {
    pub name: EcoString,
    pub type_name: EcoString,
    /// `None` for an implied step.
    pub step: Option<&'a Step>,
    /// What an implied `deploy` would list.
    policies: Vec<EcoString>,
    /// What an implied `apply-component` applies.
    component: Option<EcoString>,
    pub depends_on: Vec<EcoString>,
    pub sub_steps: Vec<PlanStep<'a>>,
}

impl<'a> PlanStep<'a> {
    fn given(step: &'a Step) -> Self {
        Self {
            name: step.name.text.clone(),
            type_name: step.unit.type_name.text.clone(),
            step: Some(step),
            policies: Vec::new(),
            component: None,
            depends_on: step.depends_on.iter().map(|d| d.text.clone()).collect(),
            sub_steps: step.sub_steps.iter().map(Self::given).collect(),
        }
    }

    fn implied(name: EcoString, type_name: &str) -> Self {
        Self { name, type_name: type_name.into(), step: None, policies: Vec::new(), component: None, depends_on: Vec::new(), sub_steps: Vec::new() }
    }

    /// The properties that the application gives.
    pub fn properties(&self) -> Option<&'a Map> {
        self.step.and_then(super::placement::properties)
    }

    /// The policies of a `deploy`; `None` for other steps.
    pub fn deploys(&self) -> Option<Vec<EcoString>> {
        if self.type_name != "deploy" {
            return None;
        }
        let Some(step) = self.step else { return Some(self.policies.clone()) };
        let names = super::placement::properties(step).and_then(|p| p.get("policies")).and_then(Value::as_list).unwrap_or_default();
        Some(names.iter().filter_map(|v| v.as_str().map(EcoString::from)).collect())
    }

    /// The component that an `apply-component` step applies.
    pub fn applies(&self) -> Option<EcoString> {
        if self.type_name != "apply-component" {
            return None;
        }
        self.component.clone().or_else(|| self.properties()?.get("component")?.as_str().map(EcoString::from))
    }

    /// The component of an `apply-component` that names a cluster or a namespace.
    pub fn applies_elsewhere(&self) -> Option<&'a str> {
        let properties = self.properties().filter(|_| self.type_name == "apply-component")?;
        let given = |k: &str| properties.get(k).and_then(Value::as_str).is_some_and(|s| !s.is_empty());
        properties.get("component").and_then(Value::as_str).filter(|_| given("cluster") || given("namespace"))
    }
}

/// The steps of an application: its workflow's, or the implied ones (one `deploy` for each topology with all overrides; else one `deploy` where there are overrides;
/// else one `apply-component` for each component).
pub fn steps(app: &Application) -> Vec<PlanStep<'_>> {
    if let Some(workflow) = app.workflow.as_ref().filter(|w| !w.steps.is_empty()) {
        return workflow.steps.iter().map(PlanStep::given).collect();
    }
    let of = |kinds: &[&str]| app.policies.iter().filter(|p| !p.external && kinds.contains(&p.unit.type_name.as_str())).map(|p| p.name.text.clone()).collect::<Vec<_>>();
    let (topologies, changes) = (of(&["topology"]), of(&["override", "replication"]));
    if !topologies.is_empty() {
        let deploy = |t: &EcoString| PlanStep { policies: changes.iter().chain([t]).cloned().collect(), ..PlanStep::implied(eco_format!("deploy-{t}"), "deploy") };
        return topologies.iter().map(deploy).collect();
    }
    if !changes.is_empty() {
        return vec![PlanStep { policies: changes, ..PlanStep::implied("deploy".into(), "deploy") }];
    }
    let apply = |c: &super::model::Component| PlanStep {
        component: Some(c.name.text.clone()),
        depends_on: c.depends_on.iter().map(|d| d.text.clone()).collect(),
        ..PlanStep::implied(c.name.text.clone(), "apply-component")
    };
    app.components.iter().map(apply).collect()
}

/// How the steps follow each other: without a workflow all at once, but for what they depend on.
pub fn modes(app: &Application) -> (Mode, Mode) {
    app.workflow.as_ref().filter(|w| !w.steps.is_empty()).map_or((Mode::Dag, Mode::Dag), |w| (w.mode, w.sub_mode))
}

/// A step and, with `nested`, its sub-steps.
pub fn flatten<'s, 'a>(step: &'s PlanStep<'a>, nested: bool) -> impl Iterator<Item = &'s PlanStep<'a>> {
    std::iter::once(step).chain(step.sub_steps.iter().filter(move |_| nested))
}
