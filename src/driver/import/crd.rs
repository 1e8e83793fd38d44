//! A custom resource definition as a `resource` declaration and a component that makes it.

use std::collections::BTreeMap;
use std::path::PathBuf;

use ecow::EcoString;

use super::text;
use crate::diagnostics::Diagnostic;
use crate::driver::Input;
use crate::driver::session::{Options, Session};
use crate::kube::{self, Facts, ListKind, Node, Shape, crd};
use crate::source::MemoryWorld;
use crate::value::{Data, Value};

/// Deeper schemas end in `Json`.
const DEEPEST: usize = 40;

/// A module made from a definition.
#[derive(Clone, Debug)]
pub struct Imported {
    pub kind: EcoString,
    pub api_version: String,
    /// The name of the component in it.
    pub component: String,
    pub text: String,
    /// Patterns were left out: the language has no like of them.
    pub without_patterns: bool,
}

/// Makes the module for one version of a definition: the one given, or that which is stored. It has been checked. Its component has none of the names that are `taken`.
///
/// # Errors
/// What the compiler says about it (then it must not be written), or that there is no such version.
pub fn import_crd(definition: &crd::Definition, version: Option<&str>, taken: &[String]) -> Result<Imported, Vec<Diagnostic>> {
    let chosen = match version {
        Some(name) => definition.version(name),
        None => definition.versions.iter().find(|v| v.storage && v.served).or_else(|| definition.versions.iter().find(|v| v.served)).or(definition.versions.first()),
    };
    let Some(chosen) = chosen else { return Err(Vec::new()) };
    let kind = crd::custom_kind(definition, chosen);
    let mut findings = Vec::new();
    for patterns in [true, false] {
        let imported = module(definition, &kind, patterns, taken);
        findings = checked(&imported.text);
        if findings.is_empty() {
            return Ok(imported);
        }
    }
    Err(findings)
}

/// The mistakes in a module on its own.
fn checked(module: &str) -> Vec<Diagnostic> {
    let path = PathBuf::from("definitions/imported.jibe");
    let world = MemoryWorld { files: BTreeMap::from([(path.clone(), module.as_bytes().to_vec())]), below: None };
    let inputs = [Input::Path(path)];
    let mut session = Session::new(Box::new(world), Options::default(), &inputs);
    let Ok(work) = session.read(&inputs, true) else { return Vec::new() };
    session.check(work).into_iter().filter(Diagnostic::is_error).collect()
}

/// `ScaledObject` → `scaled-object`, `HTTPRoute` → `http-route`.
pub fn kebab(kind: &str) -> String {
    let chars: Vec<char> = kind.chars().collect();
    let mut out = String::new();
    for (i, c) in chars.iter().enumerate() {
        let before = i.checked_sub(1).and_then(|j| chars.get(j));
        let starts = c.is_ascii_uppercase() && before.is_some_and(|b| !b.is_ascii_uppercase() || chars.get(i + 1).is_some_and(char::is_ascii_lowercase));
        if starts && !out.ends_with('-') {
            out.push('-');
        }
        out.push(if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    }
    let out = out.trim_matches('-').to_owned();
    if out.starts_with(|c: char| c.is_ascii_lowercase()) { out } else { format!("x-{out}") }
}

fn module(definition: &crd::Definition, kind: &kube::CustomKind, patterns: bool, taken: &[String]) -> Imported {
    let root = Node::owned(&kind.schema);
    let mut component = kebab(&kind.kind);
    // The same kind of another group: the group's first word tells them apart.
    if taken.contains(&component) {
        component = format!("{}-{component}", kebab(definition.group.split('.').next().unwrap_or("other")));
    }
    let writer = Writer { patterns, rules: std::cell::Cell::new(0) };
    let own: Vec<_> = root.props().filter(|p| !["apiVersion", "kind", "metadata", "status"].contains(&p.name)).collect();
    let mut fields = String::new();
    for p in &own {
        fields.push_str(&writer.field(p.name, p.node, p.required, 2, 0));
    }
    let about = root.doc().unwrap_or_default();
    let mut out = format!("//! `{}` of `{}`, made by `jibe import crd`.\n", kind.kind, kind.api_version);
    if writer.rules.get() > 0 {
        out.push_str(&format!("//! The definition has {} rules in CEL besides: name its file under `crds` in `jibe.toml`, and they are checked too.\n", writer.rules.get()));
    }
    out.push('\n');
    out.push_str(&text::docs(if about.is_empty() { "A custom resource." } else { &about }, 0));
    if !definition.namespaced {
        out.push_str("@cluster\n");
    }
    out.push_str(&format!("resource {}: {} {{\n{fields}}}\n\n", kind.kind, text::string(&kind.api_version)));
    out.push_str(&format!("/// Makes a `{}`, called like the component.\n", kind.kind));
    let spec = own.iter().find(|p| p.name == "spec");
    let is_record = |n: Node<'_>| matches!(n.shape(), Shape::Object) && n.props().next().is_some() && !n.facts().nullable;
    match spec {
        Some(spec) if own.len() == 1 && is_record(spec.node) => {
            out.push_str(&format!("component {component}: {0} {{\n  parameters: {0}.spec\n  output {{ spec: parameters }}\n}}\n", kind.kind));
        }
        _ => {
            let mark = |required: bool| if required { "" } else { "?" };
            let parameters: String = own
                .iter()
                .map(|p| {
                    format!(
                        "{}    {}{}: {}.{}\n",
                        text::docs(&p.node.doc().unwrap_or_else(|| format!("The object's `{}`.", p.name)), 4),
                        text::key(p.name),
                        mark(p.required),
                        kind.kind,
                        p.name
                    )
                })
                .collect();
            let written: String = own.iter().map(|p| format!("    {}{}: parameters.{}\n", text::key(p.name), mark(p.required), p.name)).collect();
            out.push_str(&format!("component {component}: {} {{\n  parameters {{\n{parameters}  }}\n  output {{\n{written}  }}\n}}\n", kind.kind));
        }
    }
    Imported { kind: kind.kind.as_str().into(), api_version: kind.api_version.clone(), component, text: crate::format::format(&out), without_patterns: !patterns }
}

/// Writes types.
struct Writer {
    patterns: bool,
    /// CEL rules that were passed.
    rules: std::cell::Cell<usize>,
}

impl Writer {
    fn field(&self, name: &str, node: Node<'_>, required: bool, indent: usize, depth: usize) -> String {
        let docs = text::docs(&node.doc().unwrap_or_default(), indent);
        format!("{docs}{}{}{}: {}\n", " ".repeat(indent), text::key(name), if required { "" } else { "?" }, self.ty(node, indent, depth))
    }

    fn ty(&self, node: Node<'_>, indent: usize, depth: usize) -> String {
        let facts = node.facts();
        self.rules.set(self.rules.get() + facts.rules.len());
        let base = if depth > DEEPEST { "Json".to_owned() } else { self.shape(node, facts, indent, depth) };
        if facts.nullable && base != "Json" { format!("{base} | Null") } else { base }
    }

    fn shape(&self, node: Node<'_>, facts: &Facts, indent: usize, depth: usize) -> String {
        match node.shape() {
            Shape::Any => "Json".to_owned(),
            Shape::Embedded => "Object".to_owned(),
            Shape::Bool => values(facts).unwrap_or_else(|| "Bool".to_owned()),
            Shape::Int32 => values(facts).unwrap_or_else(|| integer(facts, "Int", i64::from(i32::MIN), i64::from(i32::MAX))),
            Shape::Int64 => values(facts).unwrap_or_else(|| integer(facts, "Int64", i64::MIN, i64::MAX)),
            Shape::Double => number(facts),
            Shape::Quantity => "Quantity".to_owned(),
            Shape::IntOrString if is_quantity(facts) => "Quantity".to_owned(),
            Shape::IntOrString => format!("Int | {}", self.string(facts)),
            Shape::DateTime => "String".to_owned(),
            Shape::Bytes => "Base64".to_owned(),
            Shape::String => self.string(facts),
            Shape::Array(item) => {
                let element = self.ty(item, indent, depth + 1);
                let keys = match node.list_kind() {
                    ListKind::Map(keys) if keys.iter().all(|k| item.prop(k).is_some_and(|p| p.required) && text::is_word(k)) => format!(" by {}", keys.join(", ")),
                    _ => String::new(),
                };
                format!("[{element}{keys}]{}", length(facts.min_items, facts.max_items))
            }
            Shape::Map(item) => format!("{{[String]: {}}}", self.ty(item, indent, depth + 1)),
            Shape::Object => {
                let fields: String = node.props().map(|p| self.field(p.name, p.node, p.required, indent + 2, depth + 1)).collect();
                let open = if node.preserves_unknown() { format!("{}[String]: Json\n", " ".repeat(indent + 2)) } else { String::new() };
                if fields.is_empty() && open.is_empty() { "{}".to_owned() } else { format!("{{\n{fields}{open}{}}}", " ".repeat(indent)) }
            }
        }
    }

    fn string(&self, facts: &Facts) -> String {
        let length = match (facts.min_length, facts.max_length) {
            (None | Some(0), None) => String::new(),
            (low, high) => format!("{}..{}", low.unwrap_or(0), high.map_or(String::new(), |h| format!("={h}"))),
        };
        if let Some(all) = values(facts) {
            return all;
        }
        let pattern = facts.pattern.as_deref().filter(|_| self.patterns).map(searched).filter(|p| !p.contains('\n') && crate::types::is_regular(p));
        let parts: Vec<String> = pattern.map(|p| format!("/{}/", slashes(&p))).into_iter().chain(Some(length).filter(|l| !l.is_empty())).collect();
        if parts.is_empty() { "String".to_owned() } else { format!("String({})", parts.join(", ")) }
    }
}

/// The values that are allowed, as a union.
fn values(facts: &Facts) -> Option<String> {
    let one = |v: &Value| match &v.data {
        Data::String(s) => Some(text::string(s)),
        Data::Int(i) => Some(i.to_string()),
        Data::Bool(b) => Some(b.to_string()),
        _ => None,
    };
    let all: Vec<String> = facts.values.iter().filter_map(one).collect();
    if all.is_empty() { None } else { Some(all.join(" | ")) }
}

fn is_quantity(facts: &Facts) -> bool {
    facts.format.is_some_and(|f| f.name() == "Quantity") || facts.pattern.as_deref().is_some_and(|p| p.contains("Ki|") || p.contains("[KMGTPE]i") || p.contains("[EPTGMk]i"))
}

fn integer(facts: &Facts, name: &str, least: i64, most: i64) -> String {
    let (low, high) = facts.int_range();
    let (low, high) = (low.filter(|l| *l > least), high.filter(|h| *h < most));
    match (low, high) {
        (None, None) => name.to_owned(),
        (low, high) => {
            let text = |n: Option<i64>| n.map_or(String::new(), |n| n.to_string());
            format!("{name}({}..{}{})", text(low), if high.is_some() { "=" } else { "" }, text(high))
        }
    }
}

fn number(facts: &Facts) -> String {
    let text = |b: &Option<kube::facts::Bound>| b.as_ref().map(|b| b.value.text.to_string());
    match (text(&facts.minimum), text(&facts.maximum)) {
        (None, None) => "Number".to_owned(),
        (low, high) => {
            let close = if high.is_some() && !facts.maximum.as_ref().is_some_and(|b| b.exclusive) { "=" } else { "" };
            format!("Number({}..{close}{})", low.unwrap_or_default(), high.unwrap_or_default())
        }
    }
}

fn length(least: Option<u32>, most: Option<u32>) -> String {
    match (least.filter(|l| *l > 0), most) {
        (None, None) => String::new(),
        (low, high) => format!("({}..{})", low.unwrap_or(0), high.map_or(String::new(), |h| format!("={h}"))),
    }
}

/// A pattern that is searched anywhere, as one that matches whole texts.
fn searched(pattern: &str) -> String {
    let front = if pattern.starts_with('^') { "" } else { ".*" };
    let closed = pattern.ends_with('$') && !pattern.ends_with("\\$");
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = if closed { body.strip_suffix('$').unwrap_or(body) } else { body };
    let back = if closed { "" } else { ".*" };
    if body.contains('|') && !(front.is_empty() && back.is_empty()) { format!("{front}(?:{body}){back}") } else { format!("{front}{body}{back}") }
}

/// A `/` inside of a regex is escaped, once.
fn slashes(pattern: &str) -> String {
    let mut out = String::new();
    let mut escaped = false;
    for c in pattern.chars() {
        if c == '/' && !escaped {
            out.push('\\');
        }
        escaped = c == '\\' && !escaped;
        out.push(c);
    }
    out
}
