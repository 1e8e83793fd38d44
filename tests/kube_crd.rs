//! Custom resources: own small definitions, and a real server's verdicts where the shared corpus is present.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jibe::base::FileId;
use jibe::diagnostics::Severity;
use jibe::kube::cel::{self, ErrorKind, Val};
use jibe::kube::crd::{Definition, Definitions, Schema, rule_problems, schema_problems, validate};
use jibe::kube::{FieldError, Reason, Version};
use jibe::value::{Origins, Value};
use jibe::yaml;
use libtest_mimic::Trial;

pub fn tests() -> Vec<Trial> {
    crate::trials!("kube_crd": cases, kept_definitions, expressions, hostile_expressions, shared_verdicts, shared_definitions, shared_schemas)
}

fn read(text: &str) -> Value {
    let mut origins = Origins::new();
    if text.trim_start().starts_with('{') {
        return yaml::read_json(text, FileId(0), &mut origins).0.unwrap_or_default();
    }
    yaml::read(text, FileId(0), &mut origins).0.into_iter().next().map(|d| d.value).unwrap_or_default()
}

fn definitions(text: &str) -> Vec<Definition> {
    let mut origins = Origins::new();
    let documents = yaml::read(text, FileId(0), &mut origins).0;
    let origins = Arc::new(origins);
    documents.iter().filter_map(|d| Definition::read(&d.value, &origins, "crd.yaml")).collect()
}

fn errors(found: &[FieldError]) -> Vec<&FieldError> {
    found.iter().filter(|e| e.code.severity() == Severity::Error).collect()
}

/// `tests/cases/crd/*.yaml`: definitions, then objects below a comment that says what comes out.
fn cases() {
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/crd")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let mut known = Definitions::new();
        definitions(&text).into_iter().for_each(|d| known.insert(d));
        let (mut old, mut wrong) = (None, Vec::new());
        for document in text.split("\n---\n") {
            let object = read(document);
            let comments: String = document.lines().take_while(|l| l.starts_with('#')).collect::<Vec<_>>().join("\n");
            let name = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("");
            let Some(definition) = known.get(name("apiVersion").split('/').next().unwrap_or(""), name("kind")) else { continue };
            if comments.ends_with("old") {
                old = Some(object);
                continue;
            }
            let found = validate(&object, old.take().as_ref(), definition, Version::from_minor(36).unwrap());
            let ours: BTreeSet<String> = found.iter().map(|e| format!("{} {}", e.code.0, e.path)).collect();
            let expected = comments.lines().filter_map(|l| l.find('J').map(|at| l[at..].to_owned())).collect();
            if ours != expected {
                wrong.push(format!("{document}\ngives {ours:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}: {}", entry.path().display(), wrong.join("\n"));
    }
}

/// What was compiled once is the same when an earlier run has kept it; an entry that is broken is as good as none.
fn kept_definitions() {
    let home = std::env::temp_dir().join(format!("jibe-kept-{}", std::process::id()));
    std::fs::create_dir_all(&home).unwrap();
    let properties: String = (0..200).map(|i| format!("                  field{i}: {{type: string, description: number {i}, pattern: '^[a-z]+$', maxLength: 9}}\n")).collect();
    let definition = format!(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {{name: things.example.com}}\nspec:\n  group: example.com\n  scope: Namespaced\n  names: {{kind: Thing, plural: things}}\n  versions:\n    - name: v1\n      served: true\n      storage: true\n      schema:\n        openAPIV3Schema:\n          type: object\n          properties:\n            spec:\n              type: object\n              required: [size]\n              x-kubernetes-validations: [{{rule: self.size < self.most, message: too large}}]\n              properties:\n                size: {{type: integer, enum: [1, 5, 9]}}\n                most: {{type: integer, default: 7, minimum: 0.5}}\n                parts:\n                  type: object\n                  properties:\n{}",
        properties.replace("                  field", "                    field")
    );
    std::fs::write(home.join("crd.yaml"), definition).unwrap();
    std::fs::write(home.join("a.yaml"), "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a, namespace: b}\nspec: {size: 9, parts: {field7: A}}\n").unwrap();
    let run = || {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_jibe"))
            .args(["validate", "a.yaml", "--crd", "crd.yaml", "--message-format", "json"])
            .current_dir(&home)
            .env("JIBE_CACHE", home.join("cache"))
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let entries = || std::fs::read_dir(home.join("cache")).unwrap().flatten().map(|e| e.path()).collect::<Vec<_>>();
    let first = run();
    assert!(first.contains("J1112") && first.contains("field7") && first.contains("crd.yaml"), "{first}");
    assert_eq!(entries().len(), 1);
    assert_eq!(run(), first);
    for broken in ["", "short", "long enough to be read but of no sense at all"] {
        std::fs::write(&entries()[0], broken).unwrap();
        assert_eq!(run(), first);
    }
    // The entry was written anew, and is good.
    assert!(std::fs::metadata(&entries()[0]).unwrap().len() > 1000);
    std::fs::remove_dir_all(&home).unwrap();
}

/// An expression's value, or why there is none.
fn evaluated<'a>(text: &str) -> Result<Val<'a>, &'static str> {
    let program = cel::compile_free(text).map_err(|_| "invalid")?;
    program.evaluate(Vec::new(), &mut 1_000_000).map_err(|e| if e.kind == ErrorKind::Unsupported { "unsupported" } else { "error" })
}

/// `tests/cases/cel/expressions.txt`.
fn expressions() {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/cel/expressions.txt")).unwrap();
    let mut wrong = Vec::new();
    for line in text.lines().filter(|l| !l.starts_with('#')) {
        let Some((expression, expected)) = line.rsplit_once(" => ") else { continue };
        let found = evaluated(expression);
        let fits = match (&found, expected) {
            (Err(e), "error" | "invalid" | "unsupported") => *e == expected,
            (Err(_), _) | (Ok(_), "error" | "invalid") => false,
            (Ok(v), _) => evaluated(expected).is_ok_and(|w| v.type_name() == w.type_name() && cel::equal(v, &w).unwrap_or(false)),
        };
        if !fits {
            wrong.push(format!("{expression} => {found:?}, not {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Deep, long and endless expressions end with an error.
fn hostile_expressions() {
    let chain = vec!["1"; 20_000].join(" + ");
    let list = format!("[{}]", vec!["1"; 200].join(","));
    let endless = format!("{list}.all(a, {list}.all(b, {list}.all(c, a + b + c > 0)))");
    for text in ["(".repeat(50_000), "[".repeat(50_000), "!".repeat(50_000), "-".repeat(50_000), "a.".repeat(50_000), "a ? ".repeat(20_000), chain, endless] {
        assert!(evaluated(&text).is_err());
    }
    assert!(evaluated(&vec!["true"; 2_000].join(" && ")).is_ok());
}

/// The shared corpus beside the project, if it is there.
fn shared() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    ["../shared/kubernetes", "../../shared/kubernetes"].iter().map(|p| root.join(p)).find(|p| p.is_dir())
}

#[derive(Default)]
struct Tally {
    agree: usize,
    total: usize,
    named: usize,
    refused: usize,
    wrong: Vec<String>,
}

fn shared_verdicts() {
    let Some(shared) = shared() else {
        println!("skipped: the shared verdicts are not here");
        return;
    };
    let mut files: BTreeMap<String, Definitions> = BTreeMap::new();
    for entry in std::fs::read_dir(shared.join("custom/crds")).unwrap().flatten() {
        let mut all = Definitions::new();
        definitions(&std::fs::read_to_string(entry.path()).unwrap()).into_iter().for_each(|d| all.insert(d));
        files.insert(entry.path().file_stem().unwrap().to_string_lossy().into_owned(), all);
    }
    let mut main = Definitions::new();
    definitions(&std::fs::read_to_string(shared.join("crds.yaml")).unwrap()).into_iter().for_each(|d| main.insert(d));
    let mut tally = Tally::default();
    for file in ["custom/verdicts.jsonl", "verdicts.jsonl"] {
        for line in std::fs::read_to_string(shared.join(file)).unwrap().lines() {
            let case: serde_json::Value = serde_json::from_str(line).unwrap();
            let known = match case["crd"].as_str() {
                Some(name) => &files[name],
                None if matches!(case["kind"].as_str(), Some("Widget" | "Gadget")) => &main,
                None => continue,
            };
            judge(line, &case, known, &mut tally);
        }
    }
    println!("{} of {} agree, field named in {} of {}", tally.agree, tally.total, tally.named, tally.refused);
    tally.wrong.iter().filter(|w| !w.starts_with("field") || std::env::var_os("FIELDS").is_some()).for_each(|w| println!("{w}"));
    assert!(!tally.wrong.iter().any(|w| w.starts_with("false alarm")), "false alarms");
    assert!(tally.agree * 1000 >= tally.total * 995, "fewer than 99.5 % agree");
}

fn judge(line: &str, case: &serde_json::Value, known: &Definitions, tally: &mut Tally) {
    let verdict = &case["verdicts"]["1.36"];
    // The object as it was sent, numbers and all: from the line itself.
    let whole = read(line);
    let object = match case["yaml"].as_str() {
        Some(text) if case["media"] == "application/json" => yaml::read_json(text, FileId(0), &mut Origins::new()).0.unwrap_or_default(),
        Some(text) => read(text),
        None => whole.get("object").cloned().unwrap_or_default(),
    };
    let old = whole.get("old").filter(|o| o.as_map().is_some());
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("").to_owned();
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    if kind.is_empty() || api_version.is_empty() || case["yaml"].is_string() {
        return;
    }
    let group = api_version.split('/').next().unwrap_or("");
    let found = match known.get(group, &kind) {
        Some(definition) => validate(&object, old, definition, Version::from_minor(36).unwrap()),
        None => return,
    };
    let (refused, expected) = (!errors(&found).is_empty(), verdict["accepted"] == false);
    let id = case["id"].as_str().unwrap_or("");
    tally.total += 1;
    if refused == expected {
        tally.agree += 1;
    } else {
        let what = if refused { "false alarm" } else { "miss" };
        let ours: Vec<String> = errors(&found).iter().map(|e| format!("{}: {}", e.path, e.message)).collect();
        tally.wrong.push(format!("{what} {id}: {ours:?} | {}", verdict["message"].as_str().unwrap_or("")));
    }
    let notes: Vec<String> = found.iter().filter(|e| e.code.severity() == Severity::Note).map(|e| format!("{}: {}", e.path, e.message)).collect();
    if !notes.is_empty() {
        tally.wrong.push(format!("note {id}: {notes:?}"));
    }
    if refused && expected && verdict["code"] == 422 {
        fields(id, verdict, &found, tally);
    }
}

fn fields(id: &str, verdict: &serde_json::Value, found: &[FieldError], tally: &mut Tally) {
    let reason = |r: Reason| match r {
        Reason::UnknownField | Reason::Decode => "Decode",
        r => ["Required", "Invalid", "NotSupported", "Duplicate", "Forbidden", "NotFound", "TooLong", "TooMany", "TypeInvalid"][r as usize],
    };
    let causes = verdict["causes"].as_array().unwrap();
    let named = |c: &serde_json::Value| c["field"] != "<nil>" && c["field"] != "";
    let theirs: BTreeSet<String> =
        causes.iter().filter(|c| named(c)).map(|c| format!("{} {}", c["field"].as_str().unwrap(), c["reason"].as_str().unwrap().replace("FieldValue", ""))).collect();
    let ours: BTreeSet<String> = errors(found).iter().map(|e| format!("{} {}", e.path, reason(e.reason))).collect();
    if let Some(first) = causes.first().filter(|c| named(c)) {
        tally.refused += 1;
        let field = first["field"].as_str().unwrap();
        tally.named += usize::from(errors(found).iter().any(|e| e.path.to_string() == field));
    }
    let missing: Vec<_> = theirs.difference(&ours).collect();
    let extra: Vec<_> = if causes.iter().all(named) { ours.difference(&theirs).collect() } else { Vec::new() };
    if !missing.is_empty() || !extra.is_empty() {
        tally.wrong.push(format!("field {id}: missing {missing:?} extra {extra:?} | {}", verdict["message"].as_str().unwrap_or("")));
    }
}

/// Every pattern and every rule of the real definitions can be compiled.
fn shared_definitions() {
    let Some(shared) = shared() else {
        println!("skipped: the shared definitions are not here");
        return;
    };
    let (mut patterns, mut rules) = (0, 0);
    for entry in std::fs::read_dir(shared.join("custom/crds")).unwrap().flatten() {
        for definition in definitions(&std::fs::read_to_string(entry.path()).unwrap()) {
            for version in &definition.versions {
                let problems = rule_problems(version.schema(), true);
                assert!(problems.is_empty(), "{}: {problems:#?}", entry.path().display());
                let problems = schema_problems(version.written().unwrap(), &jibe::value::Path::new(), version.status, Version::from_minor(36).unwrap());
                assert!(problems.is_empty(), "{}: {problems:#?}", entry.path().display());
                walk(version.schema(), &mut |s| {
                    if let Some(p) = &s.pattern {
                        patterns += 1;
                        assert!(p.regex().is_some(), "{}: {}", entry.path().display(), p.text);
                    }
                    for rule in &s.rules {
                        rules += 1;
                        assert!(rule.program().is_ok(), "{}: {}: {:?}", entry.path().display(), rule.rule, rule.program());
                    }
                });
            }
        }
    }
    println!("{patterns} patterns, {rules} rules");
}

fn walk(s: &Schema, f: &mut dyn FnMut(&Schema)) {
    f(s);
    let parts = s.properties.iter().flatten().map(|(_, p)| p).chain(&s.items).chain(s.additional_schema()).chain(&s.all_of).chain(&s.any_of).chain(&s.one_of).chain(&s.not);
    parts.for_each(|p| walk(p, f));
}

/// The server's verdicts on schemas of definitions.
fn shared_schemas() {
    let Some(shared) = shared() else {
        println!("skipped: the shared verdicts are not here");
        return;
    };
    let (mut agree, mut total, mut wrong) = (0, 0, Vec::new());
    for line in std::fs::read_to_string(shared.join("verdicts.jsonl")).unwrap().lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let id = case["id"].as_str().unwrap();
        let verdict = &case["verdicts"]["1.36"];
        if case["kind"] != "CustomResourceDefinition" || !(id.contains("/structural-schema/") || id.contains("/cel-rule/")) || verdict["code"] == 400 {
            continue;
        }
        let whole = read(line);
        let version = &whole.at(&["object", "spec", "versions"]).and_then(Value::as_list).unwrap()[0];
        let path = jibe::value::Path::new().field("spec").field("validation").field("openAPIV3Schema");
        let status = version.at(&["subresources", "status"]).is_some();
        let found = schema_problems(version.at(&["schema", "openAPIV3Schema"]).unwrap(), &path, status, Version::from_minor(36).unwrap());
        total += 1;
        let ours: BTreeSet<String> = found.iter().map(|e| e.path.to_string()).collect();
        let theirs: BTreeSet<String> = verdict["causes"].as_array().unwrap().iter().map(|c| c["field"].as_str().unwrap().to_owned()).collect();
        if ours == theirs {
            agree += 1;
        } else {
            wrong.push(format!("{id}: ours {ours:?}, theirs {theirs:?}"));
        }
    }
    println!("schemas: {agree} of {total} agree\n{}", wrong.join("\n"));
    assert_eq!(agree, total);
}
