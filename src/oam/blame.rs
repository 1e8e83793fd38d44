//! Whom a finding about an object is blamed on: the application's line that the value came from, and the definition that wrote it.

use super::fields::{in_quotes, short};
use super::objects::reference;
use crate::base::Span;
use crate::diagnostics::Diagnostic;
use crate::kube::{FieldError, Reason};
use crate::source::Sources;
use crate::value::{Data, Origin, OriginKind, Origins, Path, Segment, Value};

/// How many parts of a value are searched for one that the application gave.
const PARTS: usize = 200;

/// A field error at its line: the user's part of the value, and the definition that wrote it.
pub fn diagnostic(object: &Value, asked: Span, error: &FieldError, origins: &Origins, sources: &Sources) -> Diagnostic {
    let path = error.path.to_string();
    let mut d = Diagnostic::new(error.code, with_field(error)).object(reference(object, Some(path)));
    let (yaml, definition) = places(error.origin, origins);
    // A value that a definition made: the other value that matters may be the user's, or a part of this one.
    let related = || error.related.iter().find_map(|(o, word)| Some((places(*o, origins).0?, word.as_str())));
    let part = || at(object, &error.path).and_then(|v| user_part(v, asked, origins)).map(|s| (s, ""));
    let element = || element_name(object, &error.path, origins).map(|s| (s, ""));
    let primary = yaml.map(|s| (s, "")).or_else(element).or_else(related).or_else(part);
    d = match (primary, definition) {
        (Some((yaml, word)), Some(definition)) => d.primary(yaml, word).secondary(definition, "this writes the field"),
        (Some((yaml, word)), None) => d.primary(yaml, word),
        (None, Some(definition)) if asked != Span::default() => d.primary(asked, "asked for here").secondary(definition, "this writes the field"),
        (None, Some(definition)) => d.primary(definition, ""),
        (None, None) => d.primary(asked, "asked for here"),
    };
    for (origin, word) in &error.related {
        let (yaml, definition) = places(*origin, origins);
        if let Some(span) = yaml.or(definition).filter(|s| !d.labels.iter().any(|l| l.span == *s)) {
            d = d.secondary(span, word.clone());
        }
    }
    if let Some(span) = error.defined {
        d = d.secondary(span, "the custom resource definition asks for it");
    }
    if let Some(note) = names_on(object, &error.path) {
        d = d.note(note);
    }
    if let Some(help) = &error.help {
        d = d.help(help.clone());
    }
    // Only what the user wrote as it stands can be replaced.
    if let (Some(text), true) = (&error.replacement, origins.get(error.origin).kind == OriginKind::Yaml) {
        let span = origins.span(error.origin);
        d = d.fix(format!("write `{text}`"), span, in_quotes(sources, span, text));
    }
    d
}

/// The message; one about the kind of a value also says which field it is.
fn with_field(error: &FieldError) -> String {
    let about_kind = matches!(error.reason, Reason::Decode | Reason::TypeInvalid);
    match error.path.segments.last() {
        Some(Segment::Field(name) | Segment::Key(name)) if about_kind && !error.message.contains(&format!("`{name}`")) => format!("`{name}`: {}", error.message),
        _ => error.message.clone(),
    }
}

/// The place in the application and the place in a definition that a value came from.
pub fn places(origin: Origin, origins: &Origins) -> (Option<Span>, Option<Span>) {
    let node = origins.get(origin);
    let yaml = origins.yaml_span(origin).filter(|s| *s != Span::default());
    let definition = matches!(node.kind, OriginKind::Literal | OriginKind::Default | OriginKind::Computed | OriginKind::Patch(_)).then_some(node.span);
    (yaml, definition.filter(|s| *s != Span::default()))
}

/// The value at a path, as far as the path exists.
fn at<'v>(object: &'v Value, path: &Path) -> Option<&'v Value> {
    path.segments.iter().try_fold(object, |v, s| match s {
        Segment::Field(k) | Segment::Key(k) => v.get(k),
        Segment::Index(i) => v.as_list()?.get(*i),
    })
}

/// The place of what the application calls the innermost element around a path.
fn element_name(object: &Value, path: &Path, origins: &Origins) -> Option<Span> {
    let mut v = object;
    let mut element = None;
    for segment in &path.segments {
        let next = match segment {
            Segment::Field(k) | Segment::Key(k) => v.get(k),
            Segment::Index(i) => v.as_list().and_then(|l| l.get(*i)),
        };
        let Some(next) = next else { break };
        if matches!(segment, Segment::Index(_)) {
            element = Some(next);
        }
        v = next;
    }
    places(element?.get("name")?.origin, origins).0
}

/// The first part of a value that stands below the type of what asked for it.
fn user_part(value: &Value, asked: Span, origins: &Origins) -> Option<Span> {
    let mut stack = vec![value];
    let mut seen = 0;
    while let Some(v) = stack.pop() {
        seen += 1;
        if seen > PARTS {
            return None;
        }
        if let Some(span) = origins.yaml_span(v.origin).filter(|s| s.file == asked.file && s.start > asked.start) {
            return Some(span);
        }
        match &v.data {
            Data::Map(m) => stack.extend(m.iter().map(|e| &e.value).collect::<Vec<_>>().into_iter().rev()),
            Data::List(l) => stack.extend(l.items.iter().rev()),
            _ => {}
        }
    }
    None
}

/// What the numbered elements of a path are called: `env[0]` is `MODE`.
fn names_on(object: &Value, path: &Path) -> Option<String> {
    let mut v = object;
    let mut parts = Vec::new();
    let mut field = "";
    for segment in &path.segments {
        match segment {
            Segment::Field(k) | Segment::Key(k) => {
                field = k;
                let Some(next) = v.get(k) else { break };
                v = next;
            }
            Segment::Index(i) => {
                let Some(next) = v.as_list().and_then(|l| l.get(*i)) else { break };
                v = next;
                if let Some(name) = v.get("name").and_then(Value::as_str).filter(|n| !n.is_empty()) {
                    parts.push(format!("`{field}[{i}]` is `{}`", short(name)));
                }
            }
        }
    }
    (!parts.is_empty()).then(|| parts.join(", "))
}
