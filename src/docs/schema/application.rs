//! The document around the definitions: what an application has besides properties.

use std::collections::{BTreeMap, HashMap};

use serde_json::{Value, json};

use super::{Writer, deprecate, describe, put, reference, types};
use crate::eval::{self, Env};
use crate::hir::{Attribute, DefId, Definition, DefinitionKind, Expr, Module};
use crate::types::{Format, Type};

/// The schema of an application that can use all definitions of a program.
pub fn application(env: &Env<'_>) -> Value {
    let mut w = Writer { env, definitions: serde_json::Map::new(), known: HashMap::new(), named: HashMap::new(), reachable: Vec::new() };
    let text = json!({ "type": "string" });
    let texts = json!({ "type": "array", "items": { "type": "string" } });
    let input = closed(json!({ "from": text, "parameterKey": text }), &["from"]);
    let output = closed(json!({ "name": text, "valueFrom": text }), &["name", "valueFrom"]);
    w.definitions.insert("inputs".into(), json!({ "type": "array", "items": input, "description": "Values of the workflow that fill properties." }));
    w.definitions.insert("outputs".into(), json!({ "type": "array", "items": output, "description": "Values that later steps can use." }));
    let flow = || (reference("inputs"), reference("outputs"));

    let (inputs, outputs) = flow();
    let own = json!({
        "name": { "type": "string", "minLength": 1, "description": "The component's name; that of its objects." },
        "traits": { "type": ["array", "null"], "items": reference("trait"), "description": "What is added to the component." },
        "dependsOn": texts, "inputs": inputs, "outputs": outputs, "scopes": {}, "externalRevision": text,
    });
    w.units(DefinitionKind::Component, "component", own, &["name", "type"]);
    w.units(DefinitionKind::Trait, "trait", json!({}), &["type"]);
    w.units(DefinitionKind::Policy, "policy", json!({ "name": { "type": "string", "minLength": 1 } }), &["type"]);
    let step = |more: Value| {
        let (inputs, outputs) = flow();
        let mut all = json!({
            "name": text, "if": { "type": "string", "description": "Runs only when this condition holds." }, "timeout": text, "dependsOn": texts, "inputs": inputs, "outputs": outputs,
            "meta": closed(json!({ "alias": text }), &[]),
        });
        if let (Some(all), Value::Object(more)) = (all.as_object_mut(), more) {
            all.extend(more);
        }
        all
    };
    let mode = json!({ "enum": ["StepByStep", "DAG"] });
    w.units(DefinitionKind::Step, "subStep", step(json!({})), &["type"]);
    w.units(DefinitionKind::Step, "step", step(json!({ "mode": mode, "subSteps": { "type": "array", "items": reference("subStep") } })), &["type"]);

    let workflow = closed(json!({ "ref": text, "mode": closed(json!({ "steps": mode, "subSteps": mode }), &[]), "steps": { "type": "array", "items": reference("step") } }), &[]);
    let spec = closed(
        json!({
            "components": { "type": "array", "items": reference("component"), "description": "What runs." },
            "policies": { "type": ["array", "null"], "items": reference("policy"), "description": "Where and how it runs." },
            "workflow": workflow,
        }),
        &[],
    );
    let app_name = json!({ "allOf": [w.format(Format::DnsSubdomain), { "maxLength": 63 }], "description": "The application's name." });
    let namespace = w.format(Format::DnsLabel);
    let strings = json!({ "type": "object", "additionalProperties": { "type": "string" } });
    let metadata = json!({
        "type": "object", "required": ["name"],
        "properties": { "name": app_name, "namespace": namespace, "labels": strings, "annotations": strings },
    });
    let top = closed(
        json!({
            "apiVersion": { "const": "core.oam.dev/v1beta1" }, "kind": { "const": "Application" }, "metadata": metadata, "spec": spec, "status": {},
        }),
        &["apiVersion", "kind", "metadata", "spec"],
    );
    w.definitions.insert("application".into(), top);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Application",
        "description": "An Open Application Model application, with the definitions of the project and of the standard library.",
        // Other documents in the same file are not judged.
        "if": { "properties": { "kind": { "const": "Application" } } },
        "then": reference("application"),
        "definitions": w.definitions,
    })
}

/// An object with these fields and no others.
fn closed(properties: Value, required: &[&str]) -> Value {
    let mut out = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        put(&mut out, "required", required.to_vec());
    }
    out
}

impl Writer<'_> {
    /// Everything with a type and properties of one kind: the types, and for each what its properties are.
    fn units(&mut self, kind: DefinitionKind, name: &str, own: Value, required: &[&str]) {
        let types = self.definitions_of(kind);
        let branches: Vec<Value> = types.iter().map(|(type_name, id)| self.branch(kind, type_name, *id)).collect();
        let names: Vec<&str> = types.keys().map(String::as_str).collect();
        let program = self.env.program;
        let docs: Vec<String> = types
            .values()
            .map(|id| {
                let d = program.definition(*id);
                let old = instead(program.module(id.module), &d.attributes).map(|t| format!("**deprecated**: {t}\n\n")).unwrap_or_default();
                format!("{old}{}", crate::docs::example::without_examples(&d.docs).trim())
            })
            .collect();
        // A name may say its package (`std.webservice`) or version (`webservice@v1`).
        let listed = json!({ "enum": names, "markdownEnumDescriptions": docs });
        let type_schema = json!({ "anyOf": [listed, { "type": "string", "pattern": "^[^.@]+[.@].+$" }], "description": "The definition that it is made by." });
        let mut properties = json!({ "type": type_schema, "properties": { "type": "object" } });
        if let (Some(all), Value::Object(own)) = (properties.as_object_mut(), own) {
            all.extend(own);
        }
        let mut out = closed(properties, required);
        put(&mut out, "allOf", branches);
        self.definitions.insert(name.to_owned(), out);
    }

    /// Definitions by the name that an application uses: those of the project hide those of the library.
    fn definitions_of(&mut self, kind: DefinitionKind) -> BTreeMap<String, DefId> {
        let program = self.env.program;
        let names: Vec<String> = program.definitions().filter(|(_, d)| d.kind == kind && !d.name.is_empty()).map(|(_, d)| d.name.to_string()).collect();
        names.into_iter().filter_map(|n| Some((n.clone(), program.find(kind, None, &n)?))).collect()
    }

    /// `if type == X then properties: …`
    fn branch(&mut self, kind: DefinitionKind, type_name: &str, id: DefId) -> Value {
        let word = if kind == DefinitionKind::Step { "step" } else { kind.word() };
        let condition = json!({ "properties": { "type": { "const": type_name } }, "required": ["type"] });
        let key = format!("{word}.{type_name}");
        let known = self.reachable.iter().find(|(k, _)| *k == id).map(|(_, n)| n.clone());
        let name = known.unwrap_or_else(|| self.parameters(id, &key));
        let required = self.required_of(id);
        let mut then = json!({ "properties": { "properties": reference(&name) } });
        if !required.is_empty() {
            // What an input of the workflow fills need not be written.
            let strict = json!({ "required": ["properties"], "properties": { "properties": { "required": required } } });
            let has_inputs = matches!(kind, DefinitionKind::Component | DefinitionKind::Step);
            then = if has_inputs { json!({ "allOf": [then, { "if": { "required": ["inputs"] }, "else": strict }] }) } else { json!({ "allOf": [then, strict] }) };
        }
        json!({ "if": condition, "then": then })
    }

    /// Writes the parameters of a definition; gives the name.
    fn parameters(&mut self, id: DefId, key: &str) -> String {
        let program = self.env.program;
        let d = program.definition(id);
        let module = program.module(id.module);
        let ty = self.env.types.parameters(id);
        let mut schema = self.ty(&ty, 0);
        if let (Type::Record(_), Some(map)) = (ty.shape(), schema.as_object_mut()) {
            // Required properties are asked for where the properties stand.
            map.remove("required");
        }
        describe(&mut schema, &d.docs);
        if let Some(text) = instead(module, &d.attributes) {
            deprecate(&mut schema, &text);
        }
        let examples = self.examples(id, d);
        if !examples.is_empty() {
            put(&mut schema, "examples", examples);
        }
        let name = self.free(key);
        self.definitions.insert(name.clone(), schema);
        self.reachable.push((id, name.clone()));
        name
    }

    fn required_of(&self, id: DefId) -> Vec<String> {
        let ty = self.env.types.parameters(id);
        ty.as_record().map(|r| r.fields.iter().filter(|f| f.is_required()).map(|f| f.name.to_string()).collect()).unwrap_or_default()
    }

    fn examples(&self, id: DefId, d: &Definition) -> Vec<Value> {
        let shown = d.attributes.iter().filter(|a| a.name == "example").flat_map(|a| &a.arguments);
        shown.filter_map(|e| eval::constant(self.env, id.module, *e)).map(|v| types::plain(&v)).collect()
    }
}

fn instead(module: &Module, attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
    let text = attribute.arguments.first().map(|e| module.expr(*e));
    Some(if let Some(Expr::String(s)) = text { s.to_string() } else { String::new() })
}
