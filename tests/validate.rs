//! `jibe validate`: own cases with marks, and a real server's verdicts where the shared corpora are present.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use jibe::diagnostics::{Diagnostic, Severity};
use jibe::driver::{self, Input, Options, Session, Validation};
use jibe::kube::Version;
use jibe::source::MemoryWorld;
use libtest_mimic::Trial;
use serde_json::Value;

/// The trials.
pub fn tests() -> Vec<Trial> {
    crate::trials!["validate": cases, verdicts, single_fields, hostile_files, updates_label_both_files, machines_get_every_finding]
}

fn run(files: BTreeMap<PathBuf, Vec<u8>>, inputs: &[&str], version: Version, validation: &Validation) -> (Vec<Diagnostic>, Session) {
    let inputs: Vec<Input> = inputs.iter().map(|p| Input::Path(p.into())).collect();
    let options = Options { kube_version: Some(version), ..Options::default() };
    let session = Session::new(Box::new(MemoryWorld { files, below: None }), options, &inputs);
    let findings = driver::validate(&session, &inputs, validation).expect("all there");
    (findings, session)
}

fn newest_measured() -> Version {
    Version::from_minor(36).expect("supported")
}

/// `tests/cases/validate/*.yaml`: each `#~ CODE…` at the end of a line says what is found there; nothing else may be. `# kube: 1.33` sets the version.
fn cases() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/validate")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let version = text.lines().find_map(|l| l.strip_prefix("# kube: ")).map_or(newest_measured(), |v| v.trim().parse().unwrap());
        let expected: BTreeSet<String> = text
            .lines()
            .enumerate()
            .filter_map(|(i, l)| Some((i + 1, l.split_once("#~ ")?.1)))
            .flat_map(|(line, codes)| codes.split_whitespace().map(move |c| format!("{line}: {c}")).collect::<Vec<_>>())
            .collect();
        let (findings, session) = run([(PathBuf::from("case.yaml"), text.into_bytes())].into(), &["case.yaml"], version, &Validation::default());
        let found: BTreeSet<String> = findings
            .iter()
            .map(|d| {
                let span = d.span().unwrap_or_default();
                format!("{}: {}", session.sources.get(span.file).map_or(0, |f| f.line_column(span.start).line), d.code.0)
            })
            .collect();
        if found != expected {
            wrong.push(format!("{}: expected {expected:?}, found {found:?}", entry.file_name().display()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn shared(name: &str) -> Option<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kubernetes").join(name);
    let text = std::fs::read_to_string(&path).ok();
    if text.is_none() {
        println!("skipped: {} is not there", path.display());
    }
    text
}

/// What of the verdicts has to agree at least, in percent.
const VERDICTS_FLOOR: f64 = 99.5;
/// Objects that we refuse and the server accepts.
const VERDICTS_ALARMS: usize = 0;

fn verdicts() {
    let (Some(text), Some(crds)) = (shared("verdicts.jsonl"), shared("crds.yaml")) else { return };
    let all: Vec<Value> = text.lines().map(|l| serde_json::from_str(l).unwrap()).collect();
    for minor in [33, 36] {
        let version = Version::from_minor(minor).unwrap();
        let mut files: BTreeMap<PathBuf, Vec<u8>> = [(PathBuf::from("crds.yaml"), crds.clone().into_bytes())].into();
        let mut accepted = BTreeMap::new();
        for (i, case) in all.iter().enumerate() {
            let verdict = case["verdicts"].get(version.to_string()).unwrap_or(&case["verdicts"]["1.36"]);
            let object = &case["object"];
            let named = |key: &str| object[key].as_str().is_some_and(|t| !t.is_empty());
            let typed = object.is_null() || (named("apiVersion") && named("kind"));
            if verdict.is_null() || !case["old"].is_null() || !typed {
                continue;
            }
            let json = case["yaml"].is_null() || case["media"] == "application/json";
            let path = format!("all/{i}.{}", if json { "json" } else { "yaml" });
            files.insert(path.clone().into(), case["yaml"].as_str().map_or_else(|| object.to_string(), str::to_owned).into_bytes());
            accepted.insert(path, (verdict["accepted"] == true, case["id"].as_str().unwrap_or("").to_owned()));
        }
        let validation = Validation { definitions: vec!["crds.yaml".into()], ..Validation::default() };
        let (findings, session) = run(files, &["all"], version, &validation);
        check(&accepted, &findings, &session, VERDICTS_FLOOR, VERDICTS_ALARMS);
    }
}

/// Compares what was refused with what the server refused.
fn check(accepted: &BTreeMap<String, (bool, String)>, findings: &[Diagnostic], session: &Session, floor: f64, alarms: usize) {
    let refused: BTreeSet<String> = findings.iter().filter(|d| d.severity == Severity::Error).filter_map(|d| session.sources.get(d.span()?.file)).map(|f| f.name.clone()).collect();
    let false_alarms: Vec<&str> = accepted.iter().filter(|(path, (ok, _))| *ok && refused.contains(*path)).map(|(_, (_, id))| id.as_str()).collect();
    let agree = accepted.iter().filter(|(path, (ok, _))| *ok != refused.contains(*path)).count();
    let share = 100.0 * agree as f64 / accepted.len() as f64;
    assert!(false_alarms.len() <= alarms, "false alarms: {false_alarms:?}");
    assert!(share >= floor, "only {share:.2} % agree");
}

/// What of the answers about single fields has to agree at least, in percent.
const FIELDS_FLOOR: f64 = 99.5;

fn single_fields() {
    let Some(text) = shared("field-probes.jsonl") else { return };
    let mut bases: BTreeMap<String, Value> = BTreeMap::new();
    let mut files = BTreeMap::new();
    let mut accepted = BTreeMap::new();
    for line in text.lines() {
        let row: Value = serde_json::from_str(line).unwrap();
        let base = row["base"].as_str().unwrap_or("").to_owned();
        if row.get("object").is_some() {
            bases.insert(base, row["object"].clone());
            continue;
        }
        // A fifth of them: the others say nothing new about the program.
        for (i, probe) in row["probes"].as_array().into_iter().flatten().enumerate().filter(|(i, p)| i % 5 == 0 && !p[1].is_null()) {
            let object = changed(&bases[&base], &row["pointer"], &probe[0]);
            let path = format!("all/{}-{i}.json", files.len());
            files.insert(PathBuf::from(&path), object.to_string().into_bytes());
            accepted.insert(path, (probe[1] == true, format!("{} {} = {}", row["kind"], row["path"], probe[0])));
        }
    }
    let (findings, session) = run(files, &["all"], newest_measured(), &Validation::default());
    check(&accepted, &findings, &session, FIELDS_FLOOR, 0);
}

fn changed(base: &Value, pointer: &Value, value: &Value) -> Value {
    let mut object = base.clone();
    let steps = pointer.as_array().unwrap();
    let (last, way) = steps.split_last().unwrap();
    let mut place = &mut object;
    for step in way {
        place = match step.as_u64() {
            Some(i) => &mut place[i as usize],
            None => &mut place[step.as_str().unwrap()],
        };
    }
    match (value.as_str(), last.as_u64()) {
        (Some("(as is)"), _) => {}
        (Some("(absent)"), Some(i)) => drop(place.as_array_mut().unwrap().remove(i as usize)),
        (Some("(absent)"), None) => drop(place.as_object_mut().unwrap().remove(last.as_str().unwrap())),
        (_, Some(i)) => place[i as usize] = value.clone(),
        (_, None) => place[last.as_str().unwrap()] = value.clone(),
    }
    object
}

/// Nothing hangs, overflows or passes silently.
fn hostile_files() {
    let mut bomb = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\na: &a [x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, before) in ('b'..='i').zip('a'..) {
        bomb += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 9].join(","));
    }
    let texts: [Vec<u8>; 6] = [
        bomb.into_bytes(),
        "[".repeat(10_000).into_bytes(),
        format!("{}1{}", "{\"a\":".repeat(10_000), "}".repeat(10_000)).into_bytes(),
        vec![0, 159, 146, 150, 0, 1, 2],
        b"apiVersion: v1\nkind: Pod\nmetadata: 5\n".to_vec(),
        b"- 1\n- 2\n".to_vec(),
    ];
    for text in texts {
        let (findings, _) = run([(PathBuf::from("a.yaml"), text)].into(), &["a.yaml"], newest_measured(), &Validation::default());
        assert!(findings.iter().any(|d| d.severity == Severity::Error));
    }
}

/// Labels of both objects of an update stand in their own files.
fn updates_label_both_files() {
    let object = |label: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  selector: {{matchLabels: {{app: {label}}}}}\n  template:\n    metadata: {{labels: {{app: {label}}}}}\n    spec: {{containers: [{{name: a, image: b}}]}}\n"
        )
    };
    let files = [("new.yaml", object("a")), ("old.yaml", object("b"))].map(|(n, t)| (PathBuf::from(n), t.into_bytes()));
    let validation = Validation { old: vec![Input::Path("old.yaml".into())], ..Validation::default() };
    let (findings, session) = run(files.into(), &["new.yaml"], newest_measured(), &validation);
    let [finding] = findings.as_slice() else { panic!("{findings:?}") };
    let file = |primary| finding.labels.iter().find(|l| l.primary == primary).and_then(|l| session.sources.get(l.span.file)).map(|f| f.name.clone());
    assert_eq!((file(true).as_deref(), file(false).as_deref()), (Some("new.yaml"), Some("old.yaml")));
}

/// Documents for machines hold every finding: whoever compares files one by one would take the others for accepted.
fn machines_get_every_finding() {
    let keys: String = (0..1500).map(|i| format!("  k{i}: {i}\n")).collect();
    let text = format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a}}\ndata:\n{keys}");
    let (findings, session) = run([(PathBuf::from("a.yaml"), text.into_bytes())].into(), &["a.yaml"], newest_measured(), &Validation::default());
    assert_eq!(findings.len(), 1500);
    let document = jibe::render::document(&findings, &session.sources);
    assert_eq!(document["diagnostics"].as_array().map(Vec::len), Some(1500));
}
