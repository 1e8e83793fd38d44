//! Applications: metadata, components, traits, policies.

use super::super::fields::{Reader, Record};
use super::super::model::{Application, Component, Input, Output, Policy, Text, Unit};
use super::super::names;
use super::{TOP, workflow};
use crate::value::{Map, Value};

/// The fields of `metadata` (`ObjectMeta`).
pub const METADATA: &[&str] = &[
    "name",
    "namespace",
    "labels",
    "annotations",
    "generateName",
    "finalizers",
    "ownerReferences",
    "uid",
    "resourceVersion",
    "generation",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "managedFields",
    "selfLink",
];
const SPEC: &[&str] = &["components", "policies", "workflow"];
const COMPONENT: &[&str] = &["name", "type", "properties", "traits", "dependsOn", "inputs", "outputs", "scopes", "externalRevision"];
const TRAIT: &[&str] = &["type", "properties"];
const POLICY: &[&str] = &["name", "type", "properties"];
const INPUT: &[&str] = &["from", "parameterKey"];
const OUTPUT: &[&str] = &["name", "valueFrom"];

/// Reads an application.
pub fn read(reader: &mut Reader<'_>, value: &Value) -> Option<Application> {
    let what = "an application";
    let record = reader.record(value, "a document", what, TOP)?;
    let misplaced = record.stranger_entries().any(|e| SPEC.contains(&e.key.as_str()));
    reader.strangers(&record, what, TOP, misplaced.then_some("`components`, `policies` and `workflow` belong below `spec`"));
    let mut app = Application { span: reader.span(value.origin), ..Application::default() };
    metadata(reader, &record, &mut app);
    match record.entry("spec") {
        Some(e) => {
            if let Some(spec) = reader.record(&e.value, "`spec`", "`spec`", SPEC) {
                reader.strangers(&spec, "`spec`", SPEC, None);
                read_spec(reader, &spec, &mut app);
            }
        }
        // The parts of the spec stand at the top: reported above, read all the same.
        None if misplaced => {
            if let Some(map) = value.as_map() {
                let inner: Map = map.iter().filter(|e| SPEC.contains(&e.key.as_str())).cloned().collect();
                let inner = Value::map(inner, value.origin);
                if let Some(spec) = reader.record(&inner, "`spec`", "`spec`", SPEC) {
                    read_spec(reader, &spec, &mut app);
                }
            }
        }
        None => reader.missing(record.place, what, "spec"),
    }
    Some(app)
}

fn metadata(reader: &mut Reader<'_>, record: &Record<'_>, app: &mut Application) {
    let what = "the application";
    let Some(entry) = record.entry("metadata") else {
        return reader.missing(record.place, what, "metadata.name");
    };
    let Some(metadata) = reader.record(&entry.value, "`metadata`", "`metadata`", METADATA) else { return };
    reader.strangers(&metadata, "`metadata`", METADATA, None);
    match metadata.get("name") {
        Some(v) => {
            if let Some(name) = reader.text(v, "`metadata.name`") {
                let repaired = names::application_name(reader, &name);
                app.name = repaired.filter(|_| !reader.compat).map_or(name.clone(), |text| Text { text, ..name });
            }
        }
        None => {
            let place = if entry.value.as_map().is_some_and(|m| !m.is_empty()) { metadata.place } else { reader.span(entry.key_origin) };
            reader.missing(place, what, "metadata.name");
        }
    }
    app.namespace = reader.optional_text(&metadata, "namespace");
    if let Some(namespace) = &app.namespace.clone() {
        names::namespace(reader, namespace);
    }
    app.labels = reader.text_map(&metadata, "labels");
    app.annotations = reader.text_map(&metadata, "annotations");
    names::labels(reader, &mut app.labels, &mut app.annotations);
}

fn read_spec(reader: &mut Reader<'_>, spec: &Record<'_>, app: &mut Application) {
    if spec.get("components").is_none() && spec.get("workflow").is_none() && spec.get("policies").is_none() {
        reader.missing(spec.place, "the application", "components");
    }
    for v in reader.list(spec, "components") {
        app.components.extend(component(reader, v));
    }
    for (i, v) in reader.list(spec, "policies").iter().enumerate() {
        app.policies.extend(policy(reader, v, i));
    }
    if let Some(e) = spec.entry("workflow") {
        app.workflow = workflow::read(reader, &e.value);
    }
}

fn component(reader: &mut Reader<'_>, value: &Value) -> Option<Component> {
    let what = "a component";
    let record = reader.record(value, "a component", what, COMPONENT)?;
    let name = reader.required_text(&record, "name", what);
    let unit = unit(reader, value, &record, what, COMPONENT);
    let traits = reader.list(&record, "traits").iter().filter_map(|v| trait_unit(reader, v)).collect();
    let depends_on = reader.texts(&record, "dependsOn");
    let (inputs, outputs) = data_flow(reader, &record);
    Some(Component { name: name.unwrap_or_default(), unit, traits, depends_on, inputs, outputs, replica_key: None })
}

fn trait_unit(reader: &mut Reader<'_>, value: &Value) -> Option<Unit> {
    let what = "a trait";
    let record = reader.record(value, "a trait", what, TRAIT)?;
    Some(unit(reader, value, &record, what, TRAIT))
}

fn policy(reader: &mut Reader<'_>, value: &Value, index: usize) -> Option<Policy> {
    let what = "a policy";
    let record = reader.record(value, "a policy", what, POLICY)?;
    let unit = unit(reader, value, &record, what, POLICY);
    let given = reader.optional_text(&record, "name");
    let named = given.is_some();
    let name = given.unwrap_or_else(|| Text { text: ecow::eco_format!("{}-auto-gen-{index}", unit.type_name.text), ..unit.type_name.clone() });
    Some(Policy { name, named, unit, external: false })
}

/// Type and properties. Keys that belong to nothing are taken for properties with the wrong indentation when there are no others: reported once, checked all the same.
pub fn unit(reader: &mut Reader<'_>, value: &Value, record: &Record<'_>, what: &str, known: &[&str]) -> Unit {
    let help = "what the type takes goes below `properties`";
    reader.strangers(record, what, known, Some(help));
    let type_name = reader.required_text(record, "type", what).unwrap_or_default();
    let mut properties = reader.object(record, "properties");
    if properties.is_none() && record.entry("properties").is_none() && record.stranger_entries().next().is_some() {
        let map: Map = record.stranger_entries().cloned().collect();
        properties = Some(Value::map(map, value.origin));
    }
    let broken = properties.is_none() && record.get("properties").is_some();
    Unit { type_name, properties, span: record.place, broken }
}

/// `inputs` and `outputs` of a component or step.
pub fn data_flow(reader: &mut Reader<'_>, record: &Record<'_>) -> (Vec<Input>, Vec<Output>) {
    let mut inputs = Vec::new();
    for v in reader.list(record, "inputs") {
        let Some(r) = reader.record(v, "an input", "an input", INPUT) else { continue };
        reader.strangers(&r, "an input", INPUT, None);
        let from = reader.required_text(&r, "from", "an input");
        let parameter_key = reader.optional_text(&r, "parameterKey");
        inputs.extend(from.map(|from| Input { from, parameter_key }));
    }
    let mut outputs = Vec::new();
    for v in reader.list(record, "outputs") {
        let Some(r) = reader.record(v, "an output", "an output", OUTPUT) else { continue };
        reader.strangers(&r, "an output", OUTPUT, None);
        let name = reader.required_text(&r, "name", "an output");
        let value_from = reader.required_text(&r, "valueFrom", "an output");
        outputs.extend(name.map(|name| Output { name, value_from }));
    }
    (inputs, outputs)
}
