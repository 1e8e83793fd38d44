//! Plain Kubernetes manifests: read, split into objects, judged in parallel.

use std::collections::HashMap;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::field_errors::Placed;
use super::inputs::{self, File, Input, Unreadable};
use super::rehome::rehome;
use super::session::Session;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::kube::{self, Catalog, FieldError, Reason, Stage, Version, crd};
use crate::source::SourceFile;
use crate::value::{Origins, Path, Value};
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

/// Size of the stretches that large files are cut into, in bytes.
const PART: usize = 1 << 20;
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
    let old = inputs::read(&options.old, &*session.world, &session.sources)?.manifests;
    let stored: Stored = old
        .into_iter()
        .filter_map(|f| read(session, f))
        .flat_map(|m| {
            let origins = Arc::new(m.origins);
            m.objects.into_iter().map(move |o| (identity(&o), (o, origins.clone()))).collect::<Vec<_>>()
        })
        .collect();
    let (given, mut findings) = crd::load(&*session.world, &session.sources, &[session.settings.crds.as_slice(), &options.definitions].concat());
    let mut catalog = Catalog::new();
    catalog.define(&definitions_among(session, &files));
    catalog.define(&given);
    findings.extend(session.findings.iter().cloned());
    let court = Court { session, catalog: &catalog, version: session.version(), stored: &stored, strict: options.strict };
    let ids: Vec<_> = files.iter().map(|f| f.id).collect();
    super::progress::expect(ids.len());
    let judged: Vec<Vec<Diagnostic>> = files.into_par_iter().map(|f| court.file(f)).collect();
    findings.extend(judged.into_iter().flatten());
    if session.options.lint {
        findings.extend(session.practice(ids.into_iter()));
    }
    Ok(super::levels::settled(session, findings, |_| true))
}

/// Definitions among the manifests themselves serve the other manifests.
fn definitions_among(session: &Session, files: &[File]) -> crd::Definitions {
    let found: Vec<(Vec<Value>, Arc<Origins>, String)> = files
        .par_iter()
        .filter_map(|f| session.sources.get(f.id))
        .filter(|s| memchr::memmem::find(s.text.as_bytes(), b"CustomResourceDefinition").is_some())
        .map(|source| {
            let m = parse(&source);
            (m.objects, Arc::new(m.origins), source.name.clone())
        })
        .collect();
    let mut all = crd::Definitions::new();
    for (objects, origins, name) in &found {
        objects.iter().filter_map(|o| crd::Definition::read(o, origins, name)).for_each(|d| all.insert(d));
    }
    all
}

/// All objects in the inputs, lists taken apart.
///
/// # Errors
/// The first path that cannot be read.
pub fn manifest_objects(session: &Session, inputs: &[Input]) -> Result<(Vec<Value>, Vec<Diagnostic>), Unreadable> {
    let files = inputs::read(inputs, &*session.world, &session.sources)?.manifests;
    let (mut objects, mut findings) = (Vec::new(), Vec::new());
    for manifest in files.into_iter().filter_map(|f| read(session, f)) {
        objects.extend(manifest.objects);
        findings.extend(manifest.findings);
    }
    Ok((objects, findings))
}

fn read(session: &Session, file: File) -> Option<Manifest> {
    let source = session.sources.get(file.id)?;
    let mut manifest = parse(&source);
    manifest.findings.extend(file.finding);
    Some(manifest)
}

/// The whole file at once.
fn parse(source: &SourceFile) -> Manifest {
    parse_part(source, 0..source.text.len())
}

/// The objects of a file, with the arena that they point into.
pub(super) fn objects_of(source: &SourceFile) -> (Vec<Value>, Origins) {
    let manifest = parse(source);
    (manifest.objects, manifest.origins)
}

/// A stretch of a file that holds whole documents.
fn parse_part(source: &SourceFile, part: Range<usize>) -> Manifest {
    let mut origins = Origins::new();
    let (values, findings) = if is_json(source) {
        let (value, findings) = yaml::read_json(&source.text, source.id, &mut origins);
        (value.into_iter().collect::<Vec<_>>(), findings)
    } else {
        let (documents, findings) = yaml::read_range(&source.text, crate::base::Range::new(part.start as u32, part.end as u32), source.id, &mut origins);
        (documents.into_iter().map(|d| d.value).collect(), findings)
    };
    let mut objects = Vec::new();
    values.into_iter().filter(|v| !v.is_null()).for_each(|v| unfold(v, 0, &mut objects));
    Manifest { objects, origins, findings }
}

fn is_json(source: &SourceFile) -> bool {
    source.name.ends_with(".json") || (source.name == "-" && source.text.trim_start().starts_with('{'))
}

/// Stretches of about [`PART`] bytes, cut before document markers: a large file is read on all cores, and never all of it is in memory as values.
/// Nothing of a document reaches beyond its marker but directives (`%YAML`), so files with these stay whole.
fn parts(source: &SourceFile) -> Vec<Range<usize>> {
    let text = source.text.as_bytes();
    let mut parts = Vec::new();
    let mut from = 0;
    if text.len() > 2 * PART && !is_json(source) && memchr::memmem::find(text, b"\n%").is_none() {
        for at in memchr::memmem::find_iter(text, b"\n---") {
            let at = at + 1;
            let marker = text.get(at + 3).is_none_or(u8::is_ascii_whitespace);
            if marker && at - from >= PART {
                parts.push(from..at);
                from = at;
            }
        }
    }
    parts.push(from..text.len());
    parts
}

/// A `List` stands for its elements.
fn unfold(value: Value, depth: usize, out: &mut Vec<Value>) {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or("");
    let items = value.get("items").and_then(Value::as_list);
    match items {
        Some(items) if kind.ends_with("List") && depth < MAX_LISTS && !items.is_empty() => items.iter().for_each(|i| unfold(i.clone(), depth + 1, out)),
        _ => out.push(value),
    }
}

/// Objects in the cluster, by identity, each with the arena of its file.
type Stored = HashMap<[String; 4], (Value, Arc<Origins>)>;

/// What all judgements of a run share.
struct Court<'a> {
    session: &'a Session,
    catalog: &'a Catalog,
    version: Version,
    stored: &'a Stored,
    strict: bool,
}

impl Court<'_> {
    fn file(&self, file: File) -> Vec<Diagnostic> {
        let Some(source) = self.session.sources.get(file.id) else { return Vec::new() };
        let judged: Vec<Vec<Diagnostic>> = parts(&source).into_par_iter().map(|part| self.manifest(parse_part(&source, part))).collect();
        super::progress::done();
        judged.into_iter().flatten().chain(file.finding).collect()
    }

    fn manifest(&self, manifest: Manifest) -> Vec<Diagnostic> {
        let Manifest { objects, mut origins, mut findings } = manifest;
        for object in &objects {
            let stored = if self.stored.is_empty() { None } else { self.stored.get(&identity(object)) };
            // Findings speak of both, so both have to be in one arena.
            let old = stored.map(|(old, from)| rehome(old, from, &mut origins));
            let placed = Placed { object, origins: &origins, sources: &self.session.sources };
            findings.extend(self.unserved(object).map(|e| placed.finding(e).with_severity(Severity::Warning)));
            for error in kube::validate(object, self.catalog, self.version, old.as_ref()) {
                let mut d = placed.finding(error);
                // A manifest may be for a cluster with the gate: the server accepts it either way.
                if d.code == codes::J0704 {
                    d.severity = Severity::Warning;
                }
                if d.code == codes::J1104 {
                    if object.get("apiVersion").and_then(Value::as_str).is_some_and(|v| v.starts_with("core.oam.dev/")) {
                        d.help = Some("applications are checked by `jibe check`".to_owned());
                    }
                    if self.strict {
                        d.severity = Severity::Error;
                    }
                }
                findings.push(d);
            }
        }
        findings
    }
}

impl Court<'_> {
    /// APIs before v1 are off unless the cluster switches them on.
    fn unserved(&self, object: &Value) -> Option<FieldError> {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let info = self.catalog.kind(self.version, text("apiVersion")?, text("kind")?)?;
        if info.custom.is_some() || info.stage == Stage::Stable {
            return None;
        }
        let message = format!("`{}` is no stable API: clusters serve it only where it is switched on", info.api_version);
        let origin = object.get("apiVersion")?.origin;
        let error = FieldError::new(codes::J0704, Reason::Forbidden, Path::new().field("apiVersion"), origin, message);
        let stable = self.catalog.kinds(self.version).find(|k| k.kind == info.kind && k.group() == info.group() && k.stage == Stage::Stable);
        Some(match stable {
            Some(s) => error.help(format!("`{}` is", s.api_version)),
            None => error.help(format!("the API server's option is `--runtime-config={}=true`", info.api_version)),
        })
    }
}

/// What makes two manifests be of one object: group, kind, namespace, name.
fn identity(object: &Value) -> [String; 4] {
    let text = |path: &[&str]| object.at(path).and_then(Value::as_str).unwrap_or("").to_owned();
    let group = text(&["apiVersion"]).split_once('/').map_or(String::new(), |(group, _)| group.to_owned());
    let namespace = Some(text(&["metadata", "namespace"])).filter(|n| !n.is_empty()).unwrap_or_else(|| "default".into());
    [group, text(&["kind"]), namespace, text(&["metadata", "name"])]
}
