//! Plain Kubernetes manifests: read, split into objects, judged in parallel.

use std::path::PathBuf;

use rayon::prelude::*;

use super::field_errors::Placed;
use super::inputs::{self, File, Input, Unreadable};
use super::session::Session;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::kube::{self, Catalog, Version, crd};
use crate::source::SourceFile;
use crate::value::{Origins, Value};
use crate::yaml;

/// What a validation is told besides its inputs.
#[derive(Clone, Debug, Default)]
pub struct Validation {
    /// Files and folders of custom resource definitions.
    pub definitions: Vec<PathBuf>,
    /// Manifests as they are in the cluster: objects of the inputs are judged as updates of the object with the same kind and name.
    pub old: Vec<Input>,
    /// Kinds without a schema are errors.
    pub strict: bool,
}

/// How deep `List` objects may hold each other.
const MAX_LISTS: usize = 8;

/// The objects of one file.
struct Manifest {
    objects: Vec<Value>,
    origins: Origins,
    findings: Vec<Diagnostic>,
}

/// Judges all objects in the inputs.
///
/// # Errors
/// The first path that cannot be read.
pub fn validate(session: &Session, inputs: &[Input], options: &Validation) -> Result<Vec<Diagnostic>, Unreadable> {
    let files = inputs::read(inputs, &*session.world, &session.sources)?.manifests;
    let stored: Vec<Value> = inputs::read(&options.old, &*session.world, &session.sources)?.manifests.into_iter().filter_map(|f| read(session, f)).flat_map(|m| m.objects).collect();
    let (given, mut findings) = crd::load(&*session.world, &session.sources, &[session.settings.crds.as_slice(), &options.definitions].concat());
    let mut catalog = Catalog::new();
    catalog.define(&definitions_among(session, &files));
    catalog.define(&given);
    findings.extend(session.findings.iter().cloned());
    let version = session.version();
    let judged: Vec<Vec<Diagnostic>> = files.into_par_iter().map(|f| judge(session, f, &catalog, version, &stored, options.strict)).collect();
    findings.extend(judged.into_iter().flatten());
    Ok(findings)
}

/// Definitions among the manifests themselves serve the other manifests.
fn definitions_among(session: &Session, files: &[File]) -> crd::Definitions {
    let found: Vec<(Vec<Value>, std::sync::Arc<Origins>, String)> = files
        .par_iter()
        .filter_map(|f| session.sources.get(f.id))
        .filter(|s| memchr::memmem::find(s.text.as_bytes(), b"CustomResourceDefinition").is_some())
        .map(|source| {
            let m = parse(&source);
            (m.objects, std::sync::Arc::new(m.origins), source.name.clone())
        })
        .collect();
    let mut all = crd::Definitions::new();
    for (objects, origins, name) in &found {
        objects.iter().filter_map(|o| crd::Definition::read(o, origins, name)).for_each(|d| all.insert(d));
    }
    all
}

fn read(session: &Session, file: File) -> Option<Manifest> {
    let source = session.sources.get(file.id)?;
    let mut manifest = parse(&source);
    manifest.findings.extend(file.finding);
    Some(manifest)
}

fn parse(source: &SourceFile) -> Manifest {
    let mut origins = Origins::new();
    let json = source.name.ends_with(".json") || (source.name == "-" && source.text.trim_start().starts_with('{'));
    let (values, findings) = if json {
        let (value, findings) = yaml::read_json(&source.text, source.id, &mut origins);
        (value.into_iter().collect::<Vec<_>>(), findings)
    } else {
        let (documents, findings) = yaml::read(&source.text, source.id, &mut origins);
        (documents.into_iter().map(|d| d.value).collect(), findings)
    };
    let mut objects = Vec::new();
    values.into_iter().filter(|v| !v.is_null()).for_each(|v| unfold(v, 0, &mut objects));
    Manifest { objects, origins, findings }
}

/// A `List` stands for its elements.
fn unfold(value: Value, depth: usize, out: &mut Vec<Value>) {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or("");
    let items = value.get("items").and_then(Value::as_list);
    match items {
        Some(items) if kind.ends_with("List") && depth < MAX_LISTS => items.iter().for_each(|i| unfold(i.clone(), depth + 1, out)),
        _ => out.push(value),
    }
}

fn judge(session: &Session, file: File, catalog: &Catalog, version: Version, stored: &[Value], strict: bool) -> Vec<Diagnostic> {
    let Some(Manifest { objects, origins, mut findings }) = read(session, file) else { return Vec::new() };
    for object in &objects {
        let old = stored.iter().find(|o| same_object(o, object));
        let placed = Placed { object, origins: &origins, sources: &session.sources };
        for error in kube::validate(object, catalog, version, old) {
            let mut d = placed.finding(error);
            // A manifest may be for a cluster with the gate: the server accepts it either way.
            if d.code == codes::J0704 {
                d.severity = Severity::Warning;
            }
            if strict && d.code == codes::J1104 {
                d.severity = Severity::Error;
            }
            findings.push(d);
        }
    }
    findings
}

/// Whether two manifests are of one object: group, kind, namespace and name.
fn same_object(a: &Value, b: &Value) -> bool {
    let text = |v: &Value, path: &[&str]| v.at(path).and_then(Value::as_str).unwrap_or("").to_owned();
    let group = |v: &Value| text(v, &["apiVersion"]).split_once('/').map_or(String::new(), |(g, _)| g.to_owned());
    let namespace = |v: &Value| Some(text(v, &["metadata", "namespace"])).filter(|n| !n.is_empty()).unwrap_or_else(|| "default".into());
    group(a) == group(b) && text(a, &["kind"]) == text(b, &["kind"]) && text(a, &["metadata", "name"]) == text(b, &["metadata", "name"]) && namespace(a) == namespace(b)
}
