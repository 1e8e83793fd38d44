//! Where a field of a rendered object came from: the chain of its origins, writer by writer.

use std::collections::HashSet;

use ecow::EcoString;

use crate::base::Span;
use crate::oam::Object;
use crate::source::Sources;
use crate::value::{Data, Origin, OriginKind, Origins, Value};

/// How many steps of a chain are shown.
const LONGEST: usize = 64;

/// One step of the chain.
#[derive(Clone, Debug)]
pub struct Link {
    /// How far from the value.
    pub depth: usize,
    /// `written by the trait scaler`, `default`, `given in the application`.
    pub how: String,
    pub span: Span,
}

/// A field that was found.
#[derive(Clone, Debug)]
pub struct Found<'o> {
    pub value: &'o Value,
    pub chain: Vec<Link>,
}

/// The value at a path in the API server's notation (`spec.template.spec.containers[0].image`, `metadata.labels[app]`, `containers[name=web]`), or the longest part of the path that exists.
pub fn find<'o>(object: &'o Value, path: &str) -> Result<&'o Value, String> {
    let mut at = object;
    let mut walked = String::new();
    for step in steps(path) {
        let next = match &step {
            Step::Field(name) => at.get(name),
            Step::Bracket(text) => bracket(at, text),
        };
        let Some(value) = next else {
            let known: Vec<&str> = at.as_map().map(|m| m.keys().map(EcoString::as_str).collect()).unwrap_or_default();
            let place = if walked.is_empty() { "the object".to_owned() } else { format!("`{walked}`") };
            let there = if known.is_empty() { format!("it is {}", at.kind_name()) } else { format!("it has {}", known.join(", ")) };
            return Err(format!("{place} has no `{}`: {there}", step.text()));
        };
        match &step {
            Step::Field(name) if walked.is_empty() => walked.push_str(name),
            Step::Field(name) => walked = format!("{walked}.{name}"),
            Step::Bracket(text) => walked = format!("{walked}[{text}]"),
        }
        at = value;
    }
    Ok(at)
}

fn bracket<'v>(value: &'v Value, text: &str) -> Option<&'v Value> {
    if let Some(list) = value.as_list() {
        if let Ok(i) = text.parse::<usize>() {
            return list.get(i);
        }
        // `[name=web]`, or just the value of the key.
        let (key, wanted) = text.split_once('=').unwrap_or(("name", text));
        return list.iter().find(|v| v.get(key).and_then(Value::as_str) == Some(wanted));
    }
    value.get(text)
}

enum Step {
    Field(String),
    Bracket(String),
}

impl Step {
    fn text(&self) -> &str {
        match self {
            Self::Field(s) | Self::Bracket(s) => s,
        }
    }
}

fn steps(path: &str) -> Vec<Step> {
    let mut out = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[')
            && let Some((text, after)) = inner.split_once(']')
        {
            out.push(Step::Bracket(text.trim_matches(['"', '\'']).to_owned()));
            rest = after;
        } else {
            rest = rest.strip_prefix('.').unwrap_or(rest);
            let end = rest.find(['.', '[']).unwrap_or(rest.len()).max(usize::from(rest.starts_with('[')));
            let (name, after) = rest.split_at(end);
            if !name.is_empty() {
                out.push(Step::Field(name.to_owned()));
            }
            rest = after;
        }
    }
    out
}

/// The chain of a value of an object, nearest first.
pub fn chain(object: &Object, value: &Value, origins: &Origins, sources: &Sources) -> Vec<Link> {
    let mut out = Vec::new();
    let mut seen = HashSet::new();
    let mut stack = vec![(value.origin, 0)];
    while let Some((origin, depth)) = stack.pop() {
        if origin == Origin::UNKNOWN || !seen.insert(origin) || out.len() >= LONGEST {
            continue;
        }
        let node = origins.get(origin);
        let deeper = if node.kind == OriginKind::Joined && node.span == Span::default() { depth } else { depth + 1 };
        if node.span != Span::default() || node.kind == OriginKind::Compiler {
            out.push(Link { depth, how: how(node.kind, object, node.span, sources), span: node.span });
        }
        stack.extend(node.parents.iter().rev().map(|p| (*p, deeper)));
    }
    if let Some(around) = written_around(&object.value, value, None, origins, 0).flatten()
        && seen.insert(around)
    {
        let node = origins.get(around);
        out.push(Link { depth: 0, how: format!("{}, with what is around it", how(node.kind, object, node.span, sources)), span: node.span });
    }
    out
}

/// The innermost record or list around a part of an object that a patch wrote as a whole. The outer `None`: the part is not in this value.
fn written_around(at: &Value, part: &Value, around: Option<Origin>, origins: &Origins, depth: u32) -> Option<Option<Origin>> {
    if std::ptr::eq(at, part) {
        return Some(around);
    }
    if depth > 128 {
        return None;
    }
    let here = if matches!(origins.get(at.origin).kind, OriginKind::Patch(_)) { Some(at.origin) } else { around };
    match &at.data {
        Data::Map(m) => m.iter().find_map(|e| written_around(&e.value, part, here, origins, depth + 1)),
        Data::List(l) => l.items.iter().find_map(|i| written_around(i, part, here, origins, depth + 1)),
        _ => None,
    }
}

fn how(kind: OriginKind, object: &Object, span: Span, sources: &Sources) -> String {
    match kind {
        OriginKind::Yaml => "given in the application".to_owned(),
        OriginKind::Literal => "written in the definition".to_owned(),
        OriginKind::Default => "default of the parameter".to_owned(),
        OriginKind::Computed => {
            let text = sources.text_of(span);
            let short: String = text.chars().take(60).collect();
            if short.contains('\n') || short.is_empty() { "computed".to_owned() } else { format!("computed by `{short}`") }
        }
        OriginKind::Patch(i) => match object.writers.get(usize::from(i)) {
            Some(name) if i == 0 => format!("written by the component type `{name}`"),
            Some(name) => format!("written by `{name}`"),
            None => "written by a patch".to_owned(),
        },
        OriginKind::Compiler => format!("added by the compiler for the component `{}`", object.component),
        OriginKind::Joined => "joined from equal or merged writes".to_owned(),
        OriginKind::Unknown => "unknown".to_owned(),
    }
}
