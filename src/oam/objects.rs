//! Rendered objects under the API server's eyes: schema and rules of each, and what objects of one placement must not share. Findings are blamed on the application's line that a value came from.

use std::collections::{HashMap, HashSet};

use ecow::EcoString;

use super::blame::{diagnostic, places};
use super::compile::{Compiler, Object};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, ObjectRef, Severity, codes};
use crate::kube;
use crate::value::{Origins, Value};

/// What makes an object one of its kind: group (without the version), kind, namespace, name.
pub type Identity = (String, String, String, String);

/// The identity of an object.
pub fn identity(value: &Value) -> Identity {
    let text = |path: &[&str]| value.at(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let group = text(&["apiVersion"]).rsplit_once('/').map(|(g, _)| g.to_owned()).unwrap_or_default();
    (group, text(&["kind"]), text(&["metadata", "namespace"]), text(&["metadata", "name"]))
}

/// What a finding about an object says it is.
pub fn reference(value: &Value, path: Option<String>) -> ObjectRef {
    let text = |path: &[&str]| value.at(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    let namespace = text(&["metadata", "namespace"]);
    ObjectRef { api_version: text(&["apiVersion"]), kind: text(&["kind"]), namespace: (!namespace.is_empty()).then_some(namespace), name: text(&["metadata", "name"]), path }
}

/// Checks an object against schema and server rules.
pub fn check(object: &Object, compiler: &Compiler<'_>, origins: &Origins, findings: &mut Vec<Diagnostic>) {
    let text = |field: &str| object.value.get(field).and_then(Value::as_str).unwrap_or_default();
    // What a `resource` describes was checked by its type.
    let described = compiler.env.program.resource(text("apiVersion"), text("kind")).is_some();
    for error in kube::validate(&object.value, compiler.env.catalog, compiler.env.version, None).iter().filter(|e| !described || e.code != codes::J1104) {
        findings.push(diagnostic(&object.value, object.asked, error, origins, compiler.env.sources));
    }
}

/// Two objects of one identity in one placement, and two services that want one node port.
/// `repeated`: names that several components have.
pub fn duplicates(objects: &[Object], repeated: &HashSet<EcoString>, origins: &Origins, compat: bool, findings: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<Identity, &Object> = HashMap::new();
    for object in objects {
        let id = identity(&object.value);
        // An object without a name is reported as such.
        if id.3.is_empty() {
            continue;
        }
        match seen.get(&id) {
            // Two components of one name have been reported as such.
            Some(first) if first.component == object.component && !compat && repeated.contains(&object.component) => {}
            Some(first) => findings.push(duplicate(object, first, origins, compat)),
            None => {
                seen.insert(id, object);
            }
        }
    }
    if !compat {
        node_ports(objects, origins, findings);
    }
}

fn duplicate(second: &Object, first: &Object, origins: &Origins, compat: bool) -> Diagnostic {
    let (_, kind, namespace, name) = identity(&second.value);
    let place = |o: &Object| o.value.at(&["metadata", "name"]).and_then(|v| places(v.origin, origins).0).filter(|_| o.asked == Span::default()).unwrap_or(o.asked);
    let namespace = if namespace.is_empty() { String::new() } else { format!(" in namespace `{namespace}`") };
    let by = |o: &Object| format!("component `{}`", o.component);
    let d = Diagnostic::new(codes::J0910, format!("two objects are the {kind} `{name}`{namespace}: one would overwrite the other"))
        .primary(place(second), format!("made a second time here, for {}", by(second)))
        .secondary(place(first), format!("and already here, for {}", by(first)))
        .object(reference(&second.value, None));
    // Both come from one place: copies.
    let d = if first.asked == second.asked { d.help("each copy of a replication needs names of its own: definitions see its key as `context.replicaKey`") } else { d };
    if compat { d.with_severity(Severity::Warning) } else { d }
}

/// A node port belongs to one Service of a cluster.
fn node_ports(objects: &[Object], origins: &Origins, findings: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<(i64, String), (&Object, &Value)> = HashMap::new();
    for object in objects.iter().filter(|o| o.value.get("kind").and_then(Value::as_str) == Some("Service")) {
        for port in object.value.at(&["spec", "ports"]).and_then(Value::as_list).unwrap_or_default() {
            let Some(value) = port.get("nodePort") else { continue };
            let Some(number) = value.as_int().filter(|n| *n > 0) else { continue };
            let protocol = port.get("protocol").and_then(Value::as_str).unwrap_or("TCP").to_owned();
            match seen.get(&(number, protocol.clone())) {
                Some((first, other)) if identity(&first.value) != identity(&object.value) => {
                    let span = |v: &Value, o: &Object| places(v.origin, origins).0.unwrap_or(o.asked);
                    findings.push(
                        Diagnostic::new(codes::J0910, format!("two Services want the node port {number}: a node port belongs to one Service of a cluster"))
                            .primary(span(value, object), format!("`{}` wants it too", object.component))
                            .secondary(span(other, first), format!("`{}` has it already", first.component))
                            .object(reference(&object.value, Some("spec.ports".into()))),
                    );
                }
                Some(_) => {}
                None => {
                    seen.insert((number, protocol), (object, value));
                }
            }
        }
    }
}
