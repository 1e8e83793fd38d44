//! Manifests as a component, and an application that reproduces them. It is compiled and compared with them before it is handed out.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use super::crd::kebab;
use super::lift::{self, Lift, Parameter};
use super::text;
use crate::diagnostics::Diagnostic;
use crate::driver::Input;
use crate::driver::compare::{self, Compared};
use crate::driver::session::{Options, Session};
use crate::kube::Version;
use crate::source::{DiskWorld, MemoryWorld};
use crate::value::{Map, Origin, Value};
use crate::yaml;

/// Kinds that are the main object, the first that is there.
const MAIN: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "CronJob", "Job", "Pod"];
/// What a server adds to an object's metadata.
const SERVERS: &[&str] = &["uid", "resourceVersion", "generation", "creationTimestamp", "managedFields", "selfLink", "deletionTimestamp"];
/// Annotations that a server or `kubectl` writes.
const WRITTEN: &[&str] = &["kubectl.kubernetes.io/last-applied-configuration", "deployment.kubernetes.io/revision"];
/// Labels that the compiler writes on every object.
const STAMPED: &[&str] = &["app.oam.dev/", "workload.oam.dev/", "trait.oam.dev/"];

/// A component with its application.
#[derive(Clone, Debug)]
pub struct Component {
    pub name: String,
    /// The module.
    pub definition: String,
    /// The application's YAML.
    pub application: String,
    /// How many objects it makes.
    pub objects: usize,
}

/// Why manifests cannot be made into a component.
pub enum Refusal {
    /// What cannot be done at all.
    Impossible(String),
    /// The component does not compile: the findings, and the module and application with the mistakes.
    Findings(Box<Session>, Vec<Diagnostic>),
    /// What was built differs.
    Different(Vec<Compared>),
}

/// Makes a component called `name` (or like the main object), and an application.
///
/// # Errors
/// The component that comes nearest does not reproduce the objects.
pub fn import_manifests(objects: &[Value], name: Option<&str>, version: Option<Version>) -> Result<Component, Refusal> {
    let mut objects: Vec<Value> = objects.iter().map(cleaned).collect();
    let kind = |v: &Value| v.get("kind").and_then(Value::as_str).unwrap_or("").to_owned();
    let main = MAIN.iter().find_map(|m| objects.iter().position(|o| kind(o) == *m)).unwrap_or(0);
    if main >= objects.len() {
        return Err(Refusal::Impossible("no object is in there".into()));
    }
    if let Some(bad) = objects.iter().find(|o| kind(o).is_empty() || o.get("apiVersion").and_then(Value::as_str).is_none()) {
        let mut text = String::new();
        yaml::write_json(bad, &mut text);
        return Err(Refusal::Impossible(format!("this is no Kubernetes object: {}", text.chars().take(60).collect::<String>())));
    }
    let first = objects.remove(main);
    objects.insert(0, first);
    let own = objects.first().and_then(|o| o.at(&["metadata", "name"])).and_then(Value::as_str).unwrap_or("app").to_owned();
    let name = name.map_or_else(|| kebab(&own.to_ascii_lowercase()), str::to_owned);
    let namespaces: BTreeSet<&str> = objects.iter().filter_map(|o| o.at(&["metadata", "namespace"]).and_then(Value::as_str)).collect();
    let home = if namespaces.len() == 1 { namespaces.first().map(|n| (*n).to_owned()) } else { None };
    let mut refusal = Refusal::Impossible("nothing was tried".into());
    let mut before = String::new();
    for lift in lift::ALL {
        let draft = Draft { objects: &objects, name: &name, own: &own, home: home.as_deref(), lift };
        let Some(component) = draft.component() else { return Err(Refusal::Impossible("the objects are nested too deep".into())) };
        if component.definition == before {
            continue;
        }
        before.clone_from(&component.definition);
        match proved(&component, &objects, version) {
            Ok(()) => return Ok(component),
            Err(why) => refusal = why,
        }
    }
    Err(refusal)
}

/// The object without what a server writes, and without what the compiler will write.
fn cleaned(object: &Value) -> Value {
    let Some(map) = object.as_map() else { return object.clone() };
    let mut map = map.clone();
    map.remove("status");
    if let Some(metadata) = map.get("metadata").and_then(Value::as_map).cloned() {
        let mut metadata = metadata;
        let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("");
        if crate::kube::Catalog::new().kind(Version::NEWEST, text("apiVersion"), text("kind")).is_some_and(|k| !k.namespaced) {
            metadata.remove("namespace");
        }
        SERVERS.iter().for_each(|s| drop(metadata.remove(s)));
        for (field, unwanted) in [("labels", STAMPED), ("annotations", WRITTEN)] {
            let Some(kept) = metadata.get(field).and_then(Value::as_map) else { continue };
            let kept: Map = kept.clone().into_entries().into_iter().filter(|e| !unwanted.iter().any(|u| e.key.starts_with(u))).collect();
            if kept.is_empty() {
                metadata.remove(field);
            } else {
                metadata.insert(field.into(), Origin::UNKNOWN, Value::map(kept, Origin::UNKNOWN));
            }
        }
        map.insert("metadata".into(), Origin::UNKNOWN, Value::map(metadata, Origin::UNKNOWN));
    }
    Value::map(map, object.origin)
}

/// Compiles and compares.
fn proved(component: &Component, objects: &[Value], version: Option<Version>) -> Result<(), Refusal> {
    let (definition, application) = (PathBuf::from("imported.jibe"), PathBuf::from("imported.yaml"));
    let files = BTreeMap::from([(definition.clone(), component.definition.as_bytes().to_vec()), (application.clone(), component.application.as_bytes().to_vec())]);
    // Custom kinds of the project around are known.
    let world = MemoryWorld { files, below: Some(Box::new(DiskWorld)) };
    let inputs = [Input::Path(definition), Input::Path(application)];
    let mut session = Session::new(Box::new(world), Options { kube_version: version, ..Options::default() }, &inputs);
    session.settings.definitions.clear();
    let work = match session.read(&inputs, true) {
        Ok(work) => work,
        Err(e) => return Err(Refusal::Impossible(e.reason)),
    };
    let outcome = session.compile(work);
    if outcome.findings.iter().any(Diagnostic::is_error) {
        return Err(Refusal::Findings(Box::new(session), outcome.findings.into_iter().filter(Diagnostic::is_error).collect()));
    }
    let built: Vec<_> = compare::objects(&outcome).into_iter().map(|(cluster, o)| (cluster, cleaned(&o))).collect();
    let wanted = objects.iter().map(|o| (String::new(), o.clone())).collect();
    let differs: Vec<Compared> = compare::compare(&session, wanted, built).into_iter().filter(|c| !c.is_same()).collect();
    if differs.is_empty() { Ok(()) } else { Err(Refusal::Different(differs)) }
}

/// A component in the making.
struct Draft<'a> {
    /// The main object first.
    objects: &'a [Value],
    name: &'a str,
    /// The main object's name.
    own: &'a str,
    /// The namespace of all objects.
    home: Option<&'a str>,
    lift: Lift,
}

impl Draft<'_> {
    fn component(&self) -> Option<Component> {
        let parameters = lift::parameters(self.objects, self.lift);
        let mut imports: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let mut outputs = String::new();
        let mut main = String::new();
        let mut names: BTreeSet<String> = BTreeSet::new();
        for (i, object) in self.objects.iter().enumerate() {
            let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
            let (api, kind) = (text("apiVersion"), text("kind"));
            let known = known(&api, &kind);
            let local = if known { imported(&mut imports, &api, &kind) } else { "Object".to_owned() };
            // Of a kind that nobody describes any object is made.
            let literal_of = if known { "" } else { "= " };
            let literal = self.literal(i, object, &parameters, known)?;
            if i == 0 {
                main = local;
                outputs.push_str(&format!("  output {literal_of}{literal}\n"));
            } else {
                let name = self.output(&kebab(&kind), object, &mut names);
                let local = if known { format!(": {local}") } else { String::new() };
                outputs.push_str(&format!("  output {}{local} {literal_of}{literal}\n", text::string(&name)));
            }
        }
        for p in parameters.iter().filter_map(|p| p.import) {
            imports.entry("v1".into()).or_default().insert(p.to_owned());
        }
        let imports: String = imports.iter().map(|(api, names)| format!("import {} {{ {} }}\n", text::string(api), names.iter().cloned().collect::<Vec<_>>().join(", "))).collect();
        let fields: String = parameters.iter().map(|p| format!("{}    {}: {}\n", text::docs(&p.docs, 4), p.name, p.ty)).collect();
        let fields = if fields.is_empty() { String::new() } else { format!("  parameters {{\n{fields}  }}\n") };
        let definition =
            format!("//! Made from manifests by `jibe import yaml`.\n\n{imports}\n/// The objects of `{}`.\ncomponent {}: {main} {{\n{fields}{outputs}}}\n", self.own, self.name);
        Some(Component { name: self.name.to_owned(), definition: crate::format::format(&definition), application: self.application(&parameters), objects: self.objects.len() })
    }

    /// The object as a record: without its kind where the type says it, without the namespace that the application gives.
    fn literal(&self, index: usize, object: &Value, parameters: &[Parameter], known: bool) -> Option<String> {
        let mut map = object.as_map()?.clone();
        if known {
            map.remove("apiVersion");
            map.remove("kind");
        }
        if let Some(metadata) = map.get("metadata").and_then(Value::as_map).cloned() {
            let mut metadata = metadata;
            if metadata.get("namespace").and_then(Value::as_str) == self.home && self.home.is_some() {
                metadata.remove("namespace");
            }
            // The main object is called like the component.
            if index == 0 && self.lift.name && self.own == self.name {
                metadata.remove("name");
            }
            if metadata.is_empty() {
                map.remove("metadata");
            } else {
                map.insert("metadata".into(), Origin::UNKNOWN, Value::map(metadata, Origin::UNKNOWN));
            }
        }
        let instead = |path: &[String], v: &Value| {
            let lifted = parameters.iter().flat_map(|p| &p.places).find(|(i, at, _)| *i == index && at == path).map(|(_, _, text)| text.clone());
            lifted.or_else(|| (self.lift.name && self.own == self.name && lift::is_name(path, v, self.own)).then(|| "context.name".to_owned()))
        };
        text::value(&Value::map(map, Origin::UNKNOWN), &mut Vec::new(), 2, &instead)
    }

    /// A name for an output that no other has.
    fn output(&self, kind: &str, object: &Value, names: &mut BTreeSet<String>) -> String {
        let own = object.at(&["metadata", "name"]).and_then(Value::as_str).unwrap_or("");
        let long = format!("{kind}-{}", kebab(&own.replace('.', "-")));
        let mut n = 1;
        let mut name = kind.to_owned();
        while names.contains(&name) {
            name = if n == 1 { long.clone() } else { format!("{long}-{n}") };
            n += 1;
        }
        names.insert(name.clone());
        name
    }

    fn application(&self, parameters: &[Parameter]) -> String {
        let text = |s: &str| Value::string(s, Origin::UNKNOWN);
        let mut properties = Map::new();
        for p in parameters {
            properties.insert(p.name.as_str().into(), Origin::UNKNOWN, p.value.clone());
        }
        let record = |fields: Vec<(&str, Value)>| {
            let mut map = Map::new();
            for (k, v) in fields {
                map.insert(k.into(), Origin::UNKNOWN, v);
            }
            Value::map(map, Origin::UNKNOWN)
        };
        let mut metadata = vec![("name", text(self.name))];
        metadata.extend(self.home.map(|n| ("namespace", text(n))));
        let mut component = vec![("name", text(self.name)), ("type", text(self.name))];
        if !properties.is_empty() {
            component.push(("properties", Value::map(properties, Origin::UNKNOWN)));
        }
        let spec = record(vec![("components", Value::list(vec![record(component)], Origin::UNKNOWN))]);
        let app = record(vec![("apiVersion", text("core.oam.dev/v1beta1")), ("kind", text("Application")), ("metadata", record(metadata)), ("spec", spec)]);
        let mut out = String::new();
        yaml::write(&app, &mut out);
        out
    }
}

/// Whether Jibe has a schema of the kind in its newest version.
fn known(api: &str, kind: &str) -> bool {
    crate::kube::Catalog::new().kind(Version::NEWEST, api, kind).is_some()
}

/// The name of an imported kind; one that another group has too gets its group's name.
fn imported(imports: &mut BTreeMap<String, BTreeSet<String>>, api: &str, kind: &str) -> String {
    let taken = imports.iter().any(|(other, names)| other != api && names.iter().any(|n| n == kind));
    if !taken {
        imports.entry(api.to_owned()).or_default().insert(kind.to_owned());
        return kind.to_owned();
    }
    let local = format!("{kind}{}", api.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase());
    imports.entry(api.to_owned()).or_default().insert(format!("{kind} as {local}"));
    local
}
