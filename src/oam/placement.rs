//! Policies that act through the compiler: where the components go (`topology`), how they are changed on the way (`override`), how often they are copied (`replication`).
//! The result is one [`Placement`] for each target of each delivery.

use std::borrow::Cow;

use ecow::EcoString;

use super::model::{Application, Component, Policy, Step, Text};
use super::overrides;
use super::plan::{self, PlanStep};
use crate::diagnostics::Diagnostic;
use crate::value::{Map, Origins, Value};

/// Where a placement goes.
#[derive(Clone, Debug, PartialEq)]
pub enum Cluster {
    /// The cluster that the application is applied to.
    Local,
    Named(Text),
    /// All clusters with these labels: which they are only the control plane knows.
    Labelled(Vec<(EcoString, EcoString)>),
}

impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Cluster {
    /// For `context.cluster`: the name, empty when it is not known.
    pub fn name(&self) -> &str {
        match self {
            Self::Named(t) => t.as_str(),
            Self::Local | Self::Labelled(_) => "",
        }
    }

    /// For people.
    pub fn describe(&self) -> String {
        match self {
            Self::Local => "local".to_owned(),
            Self::Named(t) => t.text.to_string(),
            Self::Labelled(labels) if labels.is_empty() => "all clusters".to_owned(),
            Self::Labelled(labels) => format!("clusters labelled {}", labels.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join(",")),
        }
    }
}

/// One target of one delivery: the components as they are rendered there.
#[derive(Clone, Debug)]
pub struct Placement<'a> {
    pub cluster: Cluster,
    /// The namespace that a topology forces, else `None`.
    pub namespace: Option<Text>,
    /// The workflow step that delivers it.
    pub step: EcoString,
    pub topology: Option<EcoString>,
    pub components: Cow<'a, [Component]>,
    /// Rendered to be checked only: no delivery uses the override that made it.
    pub check_only: bool,
}

/// All placements of an application in order of delivery.
pub fn place<'a>(app: &'a Application, origins: &mut Origins, compat: bool, findings: &mut Vec<Diagnostic>) -> Vec<Placement<'a>> {
    let mut placements = Vec::new();
    let steps = plan::steps(app);
    let mut used: Vec<&str> = Vec::new();
    for step in steps.iter().flat_map(|s| plan::flatten(s, !compat)) {
        if let Some(policies) = step.deploys() {
            let chosen: Vec<&Policy> = policies.iter().filter_map(|n| app.policy(n)).collect();
            used.extend(chosen.iter().map(|p| p.name.as_str()));
            deliver(app, &chosen, step, origins, compat, &mut placements, findings);
        } else if let (false, Some(component)) = (compat, step.applies_elsewhere()) {
            placements.extend(elsewhere(app, step, component));
        }
    }
    let whole = placements.iter().all(|p: &Placement<'_>| p.components.len() < app.components.len())
        && !steps.iter().flat_map(|s| plan::flatten(s, !compat)).any(|s| s.deploys().is_some());
    if whole {
        placements.insert(0, remaining(app, &placements));
        placements.retain(|p| !p.components.is_empty() || app.components.is_empty());
    }
    unused_overrides(app, &used, origins, compat, &mut placements, findings);
    placements
}

/// The local placement of everything that no step sends elsewhere.
fn remaining<'a>(app: &'a Application, placed: &[Placement<'_>]) -> Placement<'a> {
    let gone = |c: &Component| placed.iter().any(|p| p.components.iter().any(|o| o.name.text == c.name.text));
    let components: Cow<'a, [Component]> =
        if placed.is_empty() { Cow::Borrowed(app.components.as_slice()) } else { Cow::Owned(app.components.iter().filter(|c| !gone(c)).cloned().collect()) };
    Placement { cluster: Cluster::Local, namespace: None, step: EcoString::new(), topology: None, components, check_only: false }
}

/// `apply-component` with a cluster or namespace of its own.
fn elsewhere<'a>(app: &Application, step: &PlanStep<'_>, component: &str) -> Option<Placement<'a>> {
    let found = app.components.iter().find(|c| c.name.text == component)?.clone();
    let text = |key: &str| -> Option<Text> {
        let v = step.properties()?.get(key)?;
        v.as_str().filter(|s| !s.is_empty()).map(|s| Text { text: s.into(), origin: v.origin, ..Text::default() })
    };
    let cluster = text("cluster").filter(|t| t.text != "local").map_or(Cluster::Local, Cluster::Named);
    Some(Placement { cluster, namespace: text("namespace"), step: step.name.clone(), topology: None, components: Cow::Owned(vec![found]), check_only: false })
}

/// The placements of one `deploy`.
fn deliver<'a>(app: &'a Application, policies: &[&Policy], step: &PlanStep<'_>, origins: &mut Origins, compat: bool, out: &mut Vec<Placement<'a>>, findings: &mut Vec<Diagnostic>) {
    let of = |kind: &str| policies.iter().filter(|p| p.unit.type_name.text == kind).copied().collect::<Vec<&Policy>>();
    let mut components: Cow<'a, [Component]> = Cow::Borrowed(app.components.as_slice());
    for policy in of("override") {
        components = Cow::Owned(overrides::apply(&components, policy.unit.properties.as_ref(), origins, compat, findings));
    }
    if let Some(own) = step.properties().and_then(|p| p.get("override")) {
        components = Cow::Owned(overrides::apply(&components, Some(own), origins, compat, findings));
    }
    if !compat {
        for policy in of("replication") {
            components = Cow::Owned(replicate(&components, policy.unit.properties.as_ref()));
        }
    }
    let topologies = of("topology");
    if topologies.is_empty() {
        out.push(Placement { cluster: Cluster::Local, namespace: None, step: step.name.clone(), topology: None, components: components.clone(), check_only: false });
    }
    let mut seen: Vec<(Cluster, Option<Text>)> = Vec::new();
    for topology in topologies {
        let properties = topology.unit.properties.as_ref();
        let namespace = properties.and_then(|p| p.get("namespace")).and_then(|v| v.as_str().filter(|s| !s.is_empty()).map(|s| Text::new(s, v.origin, origins.span(v.origin))));
        // KubeVela's dry-run prints each topology once, whatever its clusters and namespace.
        if compat {
            out.push(Placement {
                cluster: Cluster::Local,
                namespace: None,
                step: step.name.clone(),
                topology: Some(topology.name.text.clone()),
                components: components.clone(),
                check_only: false,
            });
            continue;
        }
        for cluster in clusters(properties, origins) {
            let target = (cluster, namespace.clone());
            if seen.contains(&target) {
                continue;
            }
            seen.push(target.clone());
            out.push(Placement {
                cluster: target.0,
                namespace: target.1,
                step: step.name.clone(),
                topology: Some(topology.name.text.clone()),
                components: components.clone(),
                check_only: false,
            });
        }
    }
}

/// The clusters of a topology.
fn clusters(properties: Option<&Value>, origins: &Origins) -> Vec<Cluster> {
    let Some(properties) = properties else { return vec![Cluster::Local] };
    if let Some(names) = properties.get("clusters").and_then(Value::as_list) {
        let named = names.iter().filter_map(|v| v.as_str().map(|s| Text::new(s, v.origin, origins.span(v.origin))));
        return named.map(|t| if t.text == "local" { Cluster::Local } else { Cluster::Named(t) }).collect();
    }
    for key in ["clusterLabelSelector", "clusterSelector"] {
        if let Some(map) = properties.get(key).and_then(Value::as_map) {
            return vec![Cluster::Labelled(map.sorted().into_iter().filter_map(|e| Some((e.key.clone(), e.value.as_str()?.into()))).collect())];
        }
    }
    vec![Cluster::Local]
}

/// Selected components are taken out and appended once for each key.
fn replicate(components: &[Component], properties: Option<&Value>) -> Vec<Component> {
    let texts = |key: &str| -> Vec<EcoString> {
        properties.and_then(|p| p.get(key)).and_then(Value::as_list).unwrap_or_default().iter().filter_map(|v| v.as_str().map(EcoString::from)).collect()
    };
    let (keys, selector) = (texts("keys"), texts("selector"));
    let selected = |c: &Component| selector.is_empty() || selector.contains(&c.name.text);
    let mut out: Vec<Component> = components.iter().filter(|c| !selected(c)).cloned().collect();
    for c in components.iter().filter(|c| selected(c)) {
        out.extend(keys.iter().map(|k| Component { replica_key: Some(k.clone()), ..c.clone() }));
    }
    out
}

/// Overrides that no delivery uses are applied once, to find their mistakes.
fn unused_overrides<'a>(app: &'a Application, used: &[&str], origins: &mut Origins, compat: bool, out: &mut Vec<Placement<'a>>, findings: &mut Vec<Diagnostic>) {
    if compat {
        return;
    }
    for policy in app.policies.iter().filter(|p| p.unit.type_name.text == "override" && !used.contains(&p.name.as_str())) {
        let components = overrides::apply(&app.components, policy.unit.properties.as_ref(), origins, compat, findings);
        out.push(Placement { cluster: Cluster::Local, namespace: None, step: EcoString::new(), topology: None, components: Cow::Owned(components), check_only: true });
    }
}

/// The properties of a step, empty when there are none.
pub fn properties(step: &Step) -> Option<&Map> {
    step.unit.properties.as_ref().and_then(Value::as_map)
}
