//! Applications around drawn properties: a component alone, a trait on a component that it fits, a policy or a step beside one.

use ecow::EcoString;

use super::subject::Subject;
use crate::hir::DefinitionKind;
use crate::types::{Choices, Ty, sample};
use crate::value::{Map, Origin, Value};

/// The longest names that a component and an application can have.
const LONGEST: &str = "a23456789-b23456789-c23456789-d23456789-e23456789-f23456789-g23";

/// A unit: its type and its properties.
type Unit<'a> = (&'a EcoString, &'a Option<Value>);

/// What an application is made of.
#[derive(Default)]
pub struct Parts<'a> {
    pub name: Option<&'a str>,
    pub component_name: Option<&'a str>,
    pub namespace: Option<&'a str>,
    pub component: Option<Unit<'a>>,
    pub traits: Option<Unit<'a>>,
    pub policy: Option<Unit<'a>>,
    pub step: Option<Unit<'a>>,
}

/// An application with a drawn use of the definition. `None`: its types give no value.
pub fn draw(subject: &Subject, choices: &mut Choices) -> Option<Value> {
    let component_name = choices.pick(&["c", "c", "c", "web-1", LONGEST]).copied();
    let name = choices.pick(&["app", "app", "app", "my-app", LONGEST]).copied();
    let namespace = choices.pick(&[None, None, None, Some("apps"), Some(LONGEST)]).copied().flatten();
    let base = choices.pick(&subject.bases).cloned();
    let properties = properties(&subject.parameters, choices)?;
    // A policy without properties is a mistake of another sort.
    let properties = properties.or_else(|| (subject.kind == DefinitionKind::Policy).then(|| Value::map(Map::new(), Origin::UNKNOWN)));
    let unit = (&subject.name, &properties);
    let mut parts = Parts { name, component_name, namespace, component: base.as_ref().map(|(t, p)| (t, p)), ..Parts::default() };
    match subject.kind {
        DefinitionKind::Component => parts.component = Some(unit),
        DefinitionKind::Trait => parts.traits = Some(unit),
        DefinitionKind::Policy => parts.policy = Some(unit),
        _ => parts.step = Some(unit),
    }
    Some(assemble(parts))
}

/// Drawn properties: `Some(None)` when there are none to give, `None` when the type gives no value.
pub fn properties(ty: &Ty, choices: &mut Choices) -> Option<Option<Value>> {
    let value = sample(ty, choices)?;
    Some(Some(value).filter(|v| v.as_map().is_none_or(|m| !m.is_empty())))
}

fn text(text: &str) -> Value {
    Value::string(text, Origin::UNKNOWN)
}

fn record(entries: impl IntoIterator<Item = (&'static str, Option<Value>)>) -> Value {
    let mut map = Map::new();
    for (k, v) in entries {
        if let Some(v) = v {
            map.insert(k.into(), Origin::UNKNOWN, v);
        }
    }
    Value::map(map, Origin::UNKNOWN)
}

/// The application itself, as a document.
pub fn assemble(parts: Parts<'_>) -> Value {
    let one = |v: Value| Value::list(vec![v], Origin::UNKNOWN);
    let unit = |name: Option<&str>, (kind, properties): Unit<'_>, more: Option<Value>| {
        record([("name", name.map(text)), ("type", Some(text(kind))), ("properties", properties.clone()), ("traits", more)])
    };
    let traits = parts.traits.map(|t| one(unit(None, t, None)));
    let component = parts.component.map(|c| one(unit(parts.component_name.or(Some("c")), c, traits)));
    let policy = parts.policy.map(|p| one(unit(Some("p"), p, None)));
    let workflow = parts.step.map(|s| record([("steps", Some(one(unit(Some("s"), s, None))))]));
    let metadata = record([("name", Some(text(parts.name.unwrap_or("app")))), ("namespace", parts.namespace.map(text))]);
    let spec = record([("components", component), ("policies", policy), ("workflow", workflow)]);
    record([("apiVersion", Some(text("core.oam.dev/v1beta1"))), ("kind", Some(text("Application"))), ("metadata", Some(metadata)), ("spec", Some(spec))])
}
