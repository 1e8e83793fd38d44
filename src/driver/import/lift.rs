//! What becomes a parameter when manifests are made into a component: images, replicas, variables, resources, hosts, and the name.

use super::text;
use crate::value::{Data, Path, Value};

/// Which values are lifted out. From the first to the last of [`ALL`] less and less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lift {
    /// The name wherever it stands alone.
    pub name: bool,
    pub variables: bool,
    /// Images, replicas, resources, hosts.
    pub values: bool,
}

/// What is tried, in this order.
pub const ALL: [Lift; 5] = [
    Lift { name: true, variables: true, values: true },
    Lift { name: true, variables: false, values: true },
    Lift { name: false, variables: true, values: true },
    Lift { name: false, variables: false, values: true },
    Lift { name: false, variables: false, values: false },
];

/// A value that became a parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    /// In the language, with the default if it has one.
    pub ty: String,
    pub docs: String,
    /// What the application gives.
    pub value: Value,
    /// What to write in its place, by object and path; several places may have one parameter.
    pub places: Vec<(usize, Vec<String>, String)>,
    /// A type to import of `v1`.
    pub import: Option<&'static str>,
}

/// Where the pod of a workload is.
pub fn pod_path(kind: &str) -> Option<&'static [&'static str]> {
    Some(match kind {
        "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => &["spec", "template", "spec"],
        "CronJob" => &["spec", "jobTemplate", "spec", "template", "spec"],
        "Pod" => &["spec"],
        _ => return None,
    })
}

/// The parameters of some objects; the first is the main one.
pub fn parameters(objects: &[Value], lift: Lift) -> Vec<Parameter> {
    let mut all = Vec::new();
    for (i, object) in objects.iter().enumerate().filter(|_| lift.values) {
        let kind = object.get("kind").and_then(Value::as_str).unwrap_or("");
        if i == 0 {
            replicas(object, &mut all);
        }
        if let Some(pod) = pod_path(kind) {
            let prefix = if i == 0 { String::new() } else { object.at(&["metadata", "name"]).and_then(Value::as_str).map(camel).unwrap_or_default() };
            containers(object, i, pod, &prefix, lift, &mut all);
        }
        if kind == "Ingress" {
            hosts(object, i, &mut all);
        }
    }
    all
}

fn replicas(object: &Value, all: &mut Vec<Parameter>) {
    if let Some(count) = object.at(&["spec", "replicas"]).filter(|v| v.as_int().is_some_and(|n| n >= 0)) {
        let places = vec![(0, path(&["spec", "replicas"]), "parameters.replicas".to_owned())];
        all.push(Parameter { name: "replicas".into(), ty: "Int(0..) = 1".into(), docs: "How many pods run.".into(), value: count.clone(), places, import: None });
    }
}

fn path(words: &[&str]) -> Vec<String> {
    words.iter().map(|w| (*w).to_owned()).collect()
}

fn containers(object: &Value, index: usize, pod: &[&str], prefix: &str, lift: Lift, all: &mut Vec<Parameter>) {
    let list = object.at(pod).and_then(|p| p.get("containers")).and_then(Value::as_list).unwrap_or_default();
    for (n, container) in list.iter().enumerate() {
        let at = |field: &str| -> Vec<String> { pod.iter().map(|s| (*s).to_owned()).chain(["containers".to_owned(), n.to_string(), field.to_owned()]).collect() };
        let own = container.get("name").and_then(Value::as_str).unwrap_or("container");
        // The first container's parameters have the plain names.
        let named = |what: &str| match (prefix.is_empty(), n) {
            (true, 0) => what.to_owned(),
            (true, _) => format!("{}{}", camel(own), capital(what)),
            (false, 0) => format!("{prefix}{}", capital(what)),
            (false, _) => format!("{prefix}{}{}", capital(&camel(own)), capital(what)),
        };
        let mut add = |what: &str, ty: &str, docs: String, value: &Value, text: String, import| {
            let name = unique(named(what), all);
            let text = text.replace("PARAMETER", &format!("parameters.{name}"));
            all.push(Parameter { name, ty: ty.to_owned(), docs, value: value.clone(), places: vec![(index, at(what), text)], import });
        };
        if let Some(image) = container.get("image").filter(|v| v.as_str().is_some()) {
            add("image", "ImageReference", format!("The image of `{own}`."), image, "PARAMETER".into(), None);
        }
        if let Some((given, rest)) = container.get("env").filter(|_| lift.variables).and_then(variables) {
            let rest: Option<String> = rest.iter().map(|v| text::value(v, &mut Vec::new(), 0, &|_, _| None)).collect::<Option<Vec<_>>>().map(|r| r.join("\n"));
            if let Some(rest) = rest {
                let text = if rest.is_empty() {
                    "[for name, value in PARAMETER => { name, value }]".to_owned()
                } else {
                    format!("[\n{rest}\nfor name, value in PARAMETER => {{ name, value }}\n]")
                };
                add("env", "{[EnvName]: String} = {}", format!("Variables of `{own}`."), &given, text, None);
            }
        }
        if let Some(resources) = container.get("resources").filter(|v| v.as_map().is_some_and(|m| !m.is_empty())) {
            add("resources", "ResourceRequirements = {}", format!("Requests and limits of `{own}`."), resources, "PARAMETER".into(), Some("ResourceRequirements"));
        }
    }
}

/// Plain variables as a map, and the others; `None` where the order matters or there are none.
fn variables(env: &Value) -> Option<(Value, Vec<Value>)> {
    let list = env.as_list()?;
    let mut map = crate::value::Map::new();
    let mut rest = Vec::new();
    for v in list {
        let name = v.get("name")?.as_str()?;
        match v.get("value") {
            Some(value) if v.as_map()?.len() == 2 => {
                // `$(NAME)` sees what stands before it.
                if value.as_str()?.contains("$(") || map.insert(name.into(), v.origin, value.clone()).is_some() {
                    return None;
                }
            }
            _ => rest.push(v.clone()),
        }
    }
    if map.is_empty() { None } else { Some((Value::map(map, env.origin), rest)) }
}

fn hosts(object: &Value, index: usize, all: &mut Vec<Parameter>) {
    let mut found: Vec<(String, Vec<Vec<String>>)> = Vec::new();
    let mut add = |host: &Value, at: Path| {
        let Some(host) = host.as_str().filter(|h| !h.is_empty() && !h.starts_with('*')) else { return };
        let at: Vec<String> = at.to_string().replace(['[', ']'], ".").split('.').filter(|s| !s.is_empty()).map(str::to_owned).collect();
        match found.iter_mut().find(|(h, _)| h == host) {
            Some((_, places)) => places.push(at),
            None => found.push((host.to_owned(), vec![at])),
        }
    };
    let spec = Path::new().field("spec");
    for (i, rule) in object.at(&["spec", "rules"]).and_then(Value::as_list).unwrap_or_default().iter().enumerate() {
        rule.get("host").into_iter().for_each(|h| add(h, spec.field("rules").index(i).field("host")));
    }
    for (i, tls) in object.at(&["spec", "tls"]).and_then(Value::as_list).unwrap_or_default().iter().enumerate() {
        for (j, h) in tls.get("hosts").and_then(Value::as_list).unwrap_or_default().iter().enumerate() {
            add(h, spec.field("tls").index(i).field("hosts").index(j));
        }
    }
    for (host, places) in found {
        let name = match all.iter_mut().find(|p| p.ty == "Hostname" && p.value.as_str() == Some(&host)) {
            Some(p) => p.name.clone(),
            None => {
                let name = unique("host".into(), all);
                let value = Value::string(host, object.origin);
                all.push(Parameter { name: name.clone(), ty: "Hostname".into(), docs: "The host name that it is reached by.".into(), value, places: Vec::new(), import: None });
                name
            }
        };
        if let Some(p) = all.iter_mut().find(|p| p.name == name) {
            p.places.extend(places.into_iter().map(|at| (index, at, format!("parameters.{name}"))));
        }
    }
}

fn unique(name: String, all: &[Parameter]) -> String {
    let mut n = 1;
    let mut tried = name.clone();
    while all.iter().any(|p| p.name == tried) {
        n += 1;
        tried = format!("{name}{n}");
    }
    tried
}

/// `side-car` → `sideCar`.
pub fn camel(name: &str) -> String {
    let mut out = String::new();
    for part in name.split(|c: char| !c.is_ascii_alphanumeric()).filter(|p| !p.is_empty()) {
        out.push_str(&if out.is_empty() { part.to_ascii_lowercase() } else { capital(part) });
    }
    if out.starts_with(|c: char| c.is_ascii_lowercase()) { out } else { format!("x{out}") }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

/// Whether a value is the component's name at a place where names stand: names, labels, selectors, references.
pub fn is_name(path: &[String], value: &Value, name: &str) -> bool {
    let Data::String(s) = &value.data else { return false };
    let last = path.last().map(String::as_str).unwrap_or("");
    let above = path.len().checked_sub(2).and_then(|i| path.get(i)).map(String::as_str).unwrap_or("");
    let names = ["name", "serviceName", "serviceAccountName", "claimName", "secretName", "containerName"].contains(&last);
    let labels = ["labels", "matchLabels", "selector"].contains(&above);
    s == name && (names || labels)
}
