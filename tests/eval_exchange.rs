//! Exchanging two traits changes at most the order of elements in lists (language reference §8.3): random pairs of patches, applied in both orders.

use std::collections::BTreeMap;
use std::path::PathBuf;

use jibe::driver::{Input, Options, Session};
use jibe::source::MemoryWorld;
use jibe::value::{Data, Value};
use libtest_mimic::{Failed, Trial};

/// How many traits there are; every pair is tried.
const TRAITS: usize = 40;

pub fn tests() -> Vec<Trial> {
    (1..=3).map(|seed| crate::trial(&format!("eval::exchange_{seed}"), move || run(seed))).collect()
}

/// Numbers that look random and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.roll(choices.len())]
    }
}

/// One write inside `patch { … }`.
fn write(d: &mut Dice) -> String {
    let v = d.roll(2) + 1;
    let w = d.roll(2) + 1;
    match d.roll(9) {
        0 => format!("spec: {{ {} }}", [format!("replicas: {v}"), format!("replicas := {v}"), "remove replicas".into(), format!("replicas ??= {v}")][d.roll(4)]),
        1 => {
            let op =
                d.of(&["args: [\"x1\"]", "args := [\"x1\"]", "args += [\"x1\"]", "args -= [\"x1\"]", "args += [\"x2\"]", "args := [\"x2\"]", "remove args", "args ??= [\"x1\"]"]);
            format!("spec: {{ template: {{ spec: {{ containers[context.name]: {{ {op} }} }} }} }}")
        }
        2 | 3 => {
            let key = d.of(&["A", "B"]);
            let op = [
                format!("env: [{{ name: \"{key}\", value: \"{v}\" }}]"),
                format!("env[\"{key}\"] := {{ value: \"{v}\" }}"),
                format!("env -= [\"{key}\"]"),
                "env := []".into(),
                format!("env := [{{ name: \"{key}\", value: \"{v}\" }}]"),
            ][d.roll(5)]
            .clone();
            format!("spec: {{ template: {{ spec: {{ containers[context.name]: {{ {op} }} }} }} }}")
        }
        4 | 5 => {
            let key = d.of(&["a", "b"]);
            let op = [
                format!("labels: {{ {key}: \"{v}\" }}"),
                format!("labels[\"{key}\"] := \"{v}\""),
                format!("labels -= [\"{key}\"]"),
                format!("labels := {{ {key}: \"{v}\" }}"),
                format!("labels ??= {{ {key}: \"{v}\" }}"),
            ][d.roll(5)]
            .clone();
            format!("metadata: {{ {op} }}")
        }
        6 | 7 => {
            let field = d.of(&["runAsUser", "runAsGroup"]);
            let op = [
                format!("securityContext: {{ {field}: {v} }}"),
                format!("securityContext: {{ {field} := {v} }}"),
                format!("securityContext := {{ {field}: {v} }}"),
                format!("securityContext: {{ {field} ??= {v} }}"),
                "remove securityContext".into(),
                format!("securityContext: {{ remove {field} }}"),
                format!("securityContext ??= {{ {field}: {v} }}"),
            ][d.roll(7)]
            .clone();
            format!("spec: {{ template: {{ spec: {{ {op} }} }} }}")
        }
        _ => {
            let op = [
                format!("tolerations += [{{ key: \"{v}\", operator: \"Exists\" }}]"),
                format!("tolerations := [{{ key: \"{v}\", operator: \"Exists\" }}]"),
                format!("volumes: [{{ name: \"d{v}\", emptyDir: {{ medium: {} }} }}]", ["\"\"", "\"Memory\""][w - 1]),
                format!("volumes[\"d{v}\"] := {{ emptyDir: {{}} }}"),
                format!("volumes -= [\"d{v}\"]"),
            ][d.roll(5)]
            .clone();
            format!("spec: {{ template: {{ spec: {{ {op} }} }} }}")
        }
    }
}

fn definitions(seed: u64) -> (String, Vec<String>) {
    let mut d = Dice(seed);
    let mut out = String::from(
        r#"//! Random patches.
import "apps/v1" { Deployment }
component base: Deployment {
  parameters {}
  output {
    metadata: { labels: { a: "1" } }
    spec: {
      replicas: 1
      selector: { matchLabels: { app: context.name } }
      template: {
        metadata: { labels: { app: context.name } }
        spec: { containers: [{ name: context.name, image: "nginx:1.27", args: ["x1"], env: [{ name: "A", value: "1" }] }] }
      }
    }
  }
}
"#,
    );
    let mut bodies = Vec::new();
    for i in 0..TRAITS {
        let patches: Vec<String> = (0..1 + d.roll(2)).map(|_| format!("patch {{ {} }}", write(&mut d))).collect();
        let body = patches.join("\n  ");
        out.push_str(&format!("trait t{i} for Deployment {{\n  parameters {{}}\n  {body}\n}}\n"));
        bodies.push(body);
    }
    (out, bodies)
}

fn application(name: &str, traits: &[usize]) -> String {
    let traits: Vec<String> = traits.iter().map(|t| format!("{{ type: t{t} }}")).collect();
    format!(
        "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: {{ name: {name} }}\nspec: {{ components: [{{ name: web, type: base, traits: [{}] }}] }}\n---\n",
        traits.join(", ")
    )
}

fn run(seed: u64) -> Result<(), Failed> {
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || check(seed)).map_err(|e| Failed::from(e.to_string()))?;
    thread.join().unwrap_or_else(|_| Err("it panicked".into()))
}

fn check(seed: u64) -> Result<(), Failed> {
    let (text, bodies) = definitions(seed);
    let mut world = MemoryWorld::default();
    world.files.insert(PathBuf::from("defs.jibe"), text.into_bytes());
    let mut yaml = String::new();
    let mut pairs = Vec::new();
    for a in 0..TRAITS {
        for b in a + 1..TRAITS {
            yaml.push_str(&application(&format!("p{a}-{b}"), &[a, b]));
            yaml.push_str(&application(&format!("p{a}-{b}"), &[b, a]));
            pairs.push((a, b));
        }
    }
    let inputs = [Input::Path(PathBuf::from("defs.jibe")), Input::Text { name: "apps.yaml".into(), bytes: yaml.into_bytes() }];
    let mut session = Session::new(Box::new(world), Options::default(), &inputs);
    let work = session.read(&inputs, false).map_err(|e| Failed::from(format!("{e:?}")))?;
    // Writing a place twice is refused when the trait is checked; such traits are still good enough here.
    let broken: Vec<String> = session.findings.iter().filter(|d| d.is_error() && d.code.0 != "J0610").map(|d| d.message.clone()).collect();
    if !broken.is_empty() {
        return Err(broken.join("\n").into());
    }
    let outcome = session.compile(work);
    let results: Vec<Option<String>> = outcome
        .applications
        .iter()
        .map(|(c, _)| {
            let failed = c.findings.iter().any(|d| d.is_error());
            if failed { None } else { c.deliveries.first().and_then(|d| d.objects.first()).map(|o| canonical(&o.value)) }
        })
        .collect();
    let mut wrong = BTreeMap::new();
    for ((a, b), both) in pairs.iter().zip(results.chunks(2)) {
        if let [first, second] = both
            && first != second
        {
            wrong.insert((*a, *b), format!("t{a}: {}\nt{b}: {}\n{a} {b}: {}\n{b} {a}: {}\n", bodies[*a], bodies[*b], shown(first), shown(second)));
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    let count = wrong.len();
    let some: Vec<String> = wrong.into_values().take(6).collect();
    Err(format!("{count} of {} pairs depend on their order\n{}", pairs.len(), some.join("\n")).into())
}

fn shown(s: &Option<String>) -> &str {
    s.as_deref().unwrap_or("refused")
}

/// A value as text without the order of lists and keys.
fn canonical(v: &Value) -> String {
    match &v.data {
        Data::Map(m) => format!("{{{}}}", m.sorted().iter().map(|e| format!("{}:{}", e.key, canonical(&e.value))).collect::<Vec<_>>().join(",")),
        Data::List(l) => {
            let mut items: Vec<String> = l.items.iter().map(canonical).collect();
            items.sort();
            format!("[{}]", items.join(","))
        }
        Data::String(s) => format!("{s:?}"),
        Data::Int(i) => i.to_string(),
        other => format!("{other:?}"),
    }
}
