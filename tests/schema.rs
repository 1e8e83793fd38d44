//! `jibe schema`: applications that compile fit it, applications with mistakes in types and properties do not. Judged by a small validator of JSON Schema draft-07; `.ci/schema` does the same
//! with a full one.

use std::path::{Path, PathBuf};
use std::process::Command;

use jibe::source::Sources;
use jibe::value::{Data, Origins, Value as Datum};
use libtest_mimic::Failed;
use libtest_mimic::Trial;
use serde_json::{Map, Value, json};

pub fn tests() -> Vec<Trial> {
    crate::trials!("schema": applications_fit, mistakes_do_not, definitions_of_a_project)
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn schema(folder: &Path) -> Result<Value, Failed> {
    let output = Command::new(env!("CARGO_BIN_EXE_jibe")).current_dir(folder).args(["schema"]).output()?;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// The documents of a YAML text.
fn documents(text: &str) -> Vec<Value> {
    let mut origins = Origins::new();
    let sources = Sources::new();
    let file = sources.add("test.yaml", text);
    jibe::yaml::read(text, file, &mut origins).0.into_iter().filter(|d| !d.value.is_null()).map(|d| plain(&d.value)).collect()
}

fn plain(v: &Datum) -> Value {
    match &v.data {
        Data::Null => Value::Null,
        Data::Bool(b) => (*b).into(),
        Data::Int(i) => (*i).into(),
        Data::Number(n) => serde_json::from_str(&n.text).unwrap_or_default(),
        Data::String(s) => s.as_str().into(),
        Data::List(l) => l.items.iter().map(plain).collect(),
        Data::Map(m) => m.iter().map(|e| (e.key.to_string(), plain(&e.value))).collect::<Map<_, _>>().into(),
    }
}

/// Why a value does not fit a schema; empty when it does.
fn judge(schema: &Value, value: &Value, all: &Value, at: &str, depth: u32) -> Vec<String> {
    let Some(s) = schema.as_object() else { return if schema == &Value::Bool(false) { vec![format!("{at}: nothing fits")] } else { Vec::new() } };
    assert!(depth < 100, "{at}: the schema goes round in a circle");
    if let Some(name) = s.get("$ref").and_then(Value::as_str) {
        let target = all.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{name} is not defined"));
        return judge(target, value, all, at, depth + 1);
    }
    let mut wrong = Vec::new();
    let fits = |schema: &Value| judge(schema, value, all, at, depth + 1).is_empty();
    for (key, rule) in s {
        let list = || rule.as_array().into_iter().flatten();
        let good = match key.as_str() {
            "type" if rule.is_array() => list().any(|t| is(value, t.as_str().unwrap_or(""))),
            "type" => is(value, rule.as_str().unwrap_or("")),
            "const" => value == rule,
            "enum" => list().any(|v| v == value),
            "anyOf" => list().any(fits),
            "oneOf" => list().filter(|s| fits(s)).count() == 1,
            "not" => !fits(rule),
            "allOf" => {
                list().for_each(|s| wrong.extend(judge(s, value, all, at, depth + 1)));
                true
            }
            "if" => {
                let branch = if fits(rule) { s.get("then") } else { s.get("else") };
                wrong.extend(branch.map(|b| judge(b, value, all, at, depth + 1)).unwrap_or_default());
                true
            }
            "minimum" => value.as_f64().is_none_or(|v| v >= rule.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|v| v <= rule.as_f64().unwrap()),
            "minLength" => value.as_str().is_none_or(|v| v.chars().count() as u64 >= rule.as_u64().unwrap()),
            "maxLength" => value.as_str().is_none_or(|v| v.chars().count() as u64 <= rule.as_u64().unwrap()),
            "pattern" => value.as_str().is_none_or(|v| regex_automata::meta::Regex::new(rule.as_str().unwrap()).unwrap().is_match(v)),
            "minItems" => value.as_array().is_none_or(|v| v.len() as u64 >= rule.as_u64().unwrap()),
            "maxItems" => value.as_array().is_none_or(|v| v.len() as u64 <= rule.as_u64().unwrap()),
            "minProperties" => value.as_object().is_none_or(|v| v.len() as u64 >= rule.as_u64().unwrap()),
            "maxProperties" => value.as_object().is_none_or(|v| v.len() as u64 <= rule.as_u64().unwrap()),
            "uniqueItems" => value.as_array().is_none_or(|v| v.iter().enumerate().all(|(i, a)| !v[..i].contains(a))),
            "required" => value.as_object().is_none_or(|v| list().all(|f| v.contains_key(f.as_str().unwrap()))),
            "propertyNames" => value.as_object().is_none_or(|v| v.keys().all(|k| judge(rule, &json!(k), all, at, depth + 1).is_empty())),
            "items" => {
                for (i, v) in value.as_array().into_iter().flatten().enumerate() {
                    wrong.extend(judge(rule, v, all, &format!("{at}/{i}"), depth + 1));
                }
                true
            }
            "properties" => {
                for (name, v) in value.as_object().into_iter().flatten() {
                    if let Some(rule) = rule.get(name) {
                        wrong.extend(judge(rule, v, all, &format!("{at}/{name}"), depth + 1));
                    }
                }
                true
            }
            "additionalProperties" => {
                for (name, v) in value.as_object().into_iter().flatten().filter(|(n, _)| s.get("properties").is_none_or(|p| p.get(n).is_none())) {
                    wrong.extend(judge(rule, v, all, &format!("{at}/{name}"), depth + 1));
                }
                true
            }
            "then"
            | "else"
            | "description"
            | "markdownDescription"
            | "default"
            | "deprecated"
            | "deprecationMessage"
            | "examples"
            | "markdownEnumDescriptions"
            | "title"
            | "$schema"
            | "definitions" => true,
            other => panic!("{at}: the schema has the keyword `{other}`"),
        };
        if !good {
            wrong.push(format!("{at}: {key} {rule}"));
        }
    }
    wrong
}

fn is(value: &Value, kind: &str) -> bool {
    match kind {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|f| f.fract() == 0.0),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        _ => value.is_object(),
    }
}

fn applications_fit() -> Result<(), Failed> {
    let schema = schema(&root())?;
    assert!(schema.to_string().len() < 500_000, "the schema has {} bytes", schema.to_string().len());
    let mut count = 0;
    let mut wrong = Vec::new();
    let cases = std::fs::read_dir(root().join("tests/cases/build"))?.flatten().map(|e| e.path()).filter(|p| !p.join("jibe.toml").exists() && !p.join("args").exists());
    for folder in cases.chain([root().join("examples/shop")]) {
        let Ok(text) = std::fs::read_to_string(folder.join("app.yaml")) else { continue };
        let findings = std::fs::read_to_string(folder.join("expected.diagnostics")).unwrap_or_default();
        if findings.contains(" error ") {
            continue;
        }
        for d in documents(&text) {
            count += 1;
            wrong.extend(judge(&schema, &d, &schema, &folder.file_name().unwrap_or_default().to_string_lossy(), 0));
        }
    }
    assert!(count >= 5, "only {count} applications");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

fn mistakes_do_not() -> Result<(), Failed> {
    let schema = schema(&root())?;
    let app = |component: &str| format!("apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {{ name: shop }}\nspec:\n  components:\n    - {component}\n");
    for (component, good) in [
        ("{ name: web, type: webservice, properties: { image: \"nginx:1.27\" } }", true),
        ("{ name: web, type: std.webservice, properties: { anything: 1 } }", true),
        ("{ name: web, type: webservise, properties: { image: \"nginx:1.27\" } }", false),
        ("{ name: web, type: webservice, properties: { imge: \"nginx:1.27\" } }", false),
        ("{ name: web, type: webservice, properties: { image: 5 } }", false),
        ("{ name: web, type: webservice, properties: { image: \"Nginx 1\" } }", false),
        ("{ name: web, type: webservice }", false),
        ("{ name: web, type: webservice, inputs: [{ from: image, parameterKey: image }] }", true),
        ("{ name: web, type: webservice, propertis: {} }", false),
        ("{ name: web, type: webservice, properties: { image: \"nginx:1.27\", exposeType: Nowhere } }", false),
        ("{ name: web, type: webservice, properties: { image: \"nginx:1.27\" }, traits: [{ type: scaler, properties: { replicas: 2 } }] }", true),
        ("{ name: web, type: webservice, properties: { image: \"nginx:1.27\" }, traits: [{ type: scaler, properties: { replicas: two } }] }", false),
        ("{ name: web, type: webservice, properties: { image: \"nginx:1.27\", ports: [{ port: 70000 }] } }", false),
    ] {
        let found: Vec<String> = documents(&app(component)).iter().flat_map(|d| judge(&schema, d, &schema, "", 0)).collect();
        assert_eq!(found.is_empty(), good, "{component}: {found:?}");
    }
    let other = documents("apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n");
    assert!(judge(&schema, &other[0], &schema, "", 0).is_empty(), "other documents are not judged");
    Ok(())
}

fn definitions_of_a_project() -> Result<(), Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("schema");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("definitions"))?;
    std::fs::write(folder.join("jibe.toml"), "name = \"acme\"\ndefinitions = [\"definitions\"]\n")?;
    let text = "import \"v1\" { ConfigMap }\n/// Settings of `x`.\n@example({ level: \"info\" })\ncomponent settings: ConfigMap {\n  parameters {\n    /// How much is logged.\n    level: \"debug\" | \"info\" = \"info\"\n    @deprecated(\"use level\")\n    verbose?: Bool\n    count: Int(1..=5)\n    size?: String(/[a-z]+/, ..=8)\n  }\n  output { data: { level: parameters.level, count: \"${parameters.count}\", size?: parameters.size } }\n}\n";
    std::fs::write(folder.join("definitions/settings.jibe"), text)?;
    let schema = schema(&folder)?;
    let settings = &schema["definitions"]["component.settings"];
    let wanted = json!({
        "type": "object",
        "properties": {
            "level": { "type": "string", "enum": ["debug", "info"], "description": "How much is logged.", "default": "info" },
            "verbose": { "type": "boolean", "deprecated": true, "deprecationMessage": "use level" },
            "count": { "type": "integer", "minimum": 1, "maximum": 5 },
            "size": { "type": "string", "pattern": "^(?:[a-z]+)$", "maxLength": 8 },
        },
        "additionalProperties": false,
        "markdownDescription": "Settings of `x`.",
        "description": "Settings of x.",
        "examples": [{ "level": "info" }],
    });
    assert_eq!(settings, &wanted, "{settings:#}");
    Ok(())
}
