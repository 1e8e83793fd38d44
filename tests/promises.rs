//! What the checker promises: whatever the types of parameters admit, the objects that the standard library renders have the right shape. Random applications, built by the whole program.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use jibe::hir::{DefinitionKind, Loader};
use jibe::source::{DiskWorld, Sources};
use jibe::types::{Choices, Schemas, Types, Versions, sample};
use jibe::value::{Data, Value};
use libtest_mimic::{Failed, Trial};

/// Applications for each definition.
const EACH: u64 = 12;
/// Codes that are no promise: a definition's own `require` and casts, rules over several fields, conflicts between traits, kinds without a schema.
const OWN: [&str; 10] = ["J0901", "J0902", "J0903", "J0904", "J0906", "J0905", "J0805", "J0808", "J0809", "J0910"];

pub fn tests() -> Vec<Trial> {
    crate::trials!("promises": standard_library)
}

fn standard_library() -> Result<(), Failed> {
    let sources = Sources::new();
    let mut loader = Loader::new(&DiskWorld, &sources);
    loader.whole("std");
    let (program, _) = loader.finish();
    let types = Types::new(Arc::new(program), Schemas::new(Arc::default(), Versions::ALL));
    let mut documents = String::new();
    let mut count = 0u64;
    for (id, d) in types.program.clone().definitions() {
        if !matches!(d.kind, DefinitionKind::Component | DefinitionKind::Trait) || d.name == "raw" || d.name.starts_with("k8s-objects") || d.name.starts_with("json-") {
            continue;
        }
        let ty = types.parameters(id);
        for i in 0..EACH {
            count += 1;
            let mut random = Choices::new(count * 7919 + i);
            let Some(value) = sample(&ty, &mut random) else { continue };
            let json = json(&value);
            let unit = match d.kind {
                DefinitionKind::Component => format!("    - {{ name: c, type: {}, properties: {json} }}\n", d.name),
                _ => format!(
                    "    - {{ name: c, type: {}, properties: {{ image: \"nginx:1.27\" }}, traits: [{{ type: {}, properties: {json} }}] }}\n",
                    base(d.targets.first().map(|t| t.segments.concat())),
                    d.name
                ),
            };
            let _ = write!(documents, "---\napiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {{ name: app-{}-{i} }}\nspec:\n  components:\n{unit}", d.name);
        }
    }
    let file = std::env::temp_dir().join(format!("jibe-promises-{}.yaml", std::process::id()));
    std::fs::write(&file, &documents)?;
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_jibe")).args(["check", "--message-format", "json"]).arg(&file).output()?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let lines: Vec<&str> = documents.lines().collect();
    let mut broken: BTreeMap<String, String> = BTreeMap::new();
    for d in answer["diagnostics"].as_array().into_iter().flatten() {
        let code = d["code"].as_str().unwrap_or("");
        if d["severity"] != "error" || OWN.contains(&code) || code.starts_with("J10") {
            continue;
        }
        let line = d["labels"][0]["start"]["line"].as_u64().unwrap_or(1) as usize;
        let of = lines.get(..line).and_then(|l| l.iter().rev().find(|l| l.starts_with("metadata"))).unwrap_or(&"");
        let text = format!("{code} {} {} line {line}: {}", d["message"], d["object"]["path"], lines.get(line - 1).unwrap_or(&""));
        broken.entry(format!("{of} {code}")).or_insert(text);
    }
    let _ = std::fs::remove_file(&file);
    if broken.is_empty() { Ok(()) } else { Err(broken.values().cloned().collect::<Vec<_>>().join("\n").into()) }
}

/// A component that a trait fits.
fn base(target: Option<String>) -> &'static str {
    match target.as_deref() {
        Some("StatefulSet") => "statefulset",
        Some("DaemonSet") => "daemon",
        Some("CronJob") => "cron-task",
        Some("Job") => "task",
        _ => "webservice",
    }
}

/// JSON, which is YAML.
fn json(v: &Value) -> String {
    fn to(v: &Value) -> serde_json::Value {
        match &v.data {
            Data::Null => serde_json::Value::Null,
            Data::Bool(b) => (*b).into(),
            Data::Int(i) => (*i).into(),
            Data::Number(n) => serde_json::from_str(&n.text).unwrap_or_default(),
            Data::String(s) => s.as_str().into(),
            Data::List(l) => l.items.iter().map(to).collect(),
            Data::Map(m) => m.iter().map(|e| (e.key.to_string(), to(&e.value))).collect::<serde_json::Map<_, _>>().into(),
        }
    }
    to(v).to_string()
}
