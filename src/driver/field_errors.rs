//! What is wrong with fields of an object that stands in a file, as findings in that file.

use crate::base::Span;
use crate::diagnostics::{Diagnostic, ObjectRef, codes};
use crate::kube::{FieldError, Reason};
use crate::source::Sources;
use crate::value::{Origin, Origins, Path, Segment, Value};

/// An object with what is needed to say where its parts stand.
#[derive(Clone, Copy)]
pub struct Placed<'a> {
    pub object: &'a Value,
    pub origins: &'a Origins,
    pub sources: &'a Sources,
}

impl Placed<'_> {
    /// The finding about one field.
    pub fn finding(&self, error: FieldError) -> Diagnostic {
        let mut d = Diagnostic::new(error.code, error.message);
        let span = self.span(error.origin, &error.path);
        d = d.primary(span, "");
        for (origin, word) in error.related {
            let at = self.origins.span(origin);
            if at != Span::default() {
                d = d.secondary(self.first_line(at), word);
            }
        }
        if let Some(at) = error.defined {
            d = d.secondary(self.first_line(at), "the definition asks for it here");
        }
        if let Some(help) = error.help {
            d = d.help(help);
        }
        if let Some(text) = error.replacement
            && span.end > span.start
        {
            let title = if error.code == codes::J0301 { format!("rename it to `{text}`") } else { format!("write `{text}`") };
            d = if matches!(error.reason, Reason::UnknownField | Reason::Decode) { d.fix(title, span, text) } else { d.unsafe_fix(title, span, text) };
        }
        d.object(self.reference(Some(&error.path)))
    }

    /// The object's name as findings carry it.
    pub fn reference(&self, path: Option<&Path>) -> ObjectRef {
        let text = |path: &[&str]| self.object.at(path).and_then(Value::as_str).map(str::to_owned);
        ObjectRef {
            api_version: text(&["apiVersion"]).unwrap_or_default(),
            kind: text(&["kind"]).unwrap_or_default(),
            namespace: text(&["metadata", "namespace"]),
            name: text(&["metadata", "name"]).unwrap_or_default(),
            path: path.map(ToString::to_string),
        }
    }

    /// The span of a value when it is one line; else that of the key under which it stands: a whole block would hide the rest.
    fn span(&self, origin: Origin, path: &Path) -> Span {
        let span = self.origins.span(origin);
        if self.sources.get(span.file).is_some_and(|f| !span.range().of(&f.text).contains('\n')) && span != Span::default() {
            return span;
        }
        match self.key_of(path) {
            Some(key) => self.origins.span(key),
            None => self.first_line(if span == Span::default() { self.origins.span(self.object.origin) } else { span }),
        }
    }

    /// The key of the deepest part of the path that is there.
    fn key_of(&self, path: &Path) -> Option<Origin> {
        let mut at = self.object;
        let mut key = None;
        for segment in &path.segments {
            match segment {
                Segment::Field(name) | Segment::Key(name) => {
                    let Some(entry) = at.as_map().and_then(|m| m.entry(name)) else { break };
                    key = Some(entry.key_origin);
                    at = &entry.value;
                }
                Segment::Index(i) => {
                    let Some(item) = at.as_list().and_then(|l| l.get(*i)) else { break };
                    // The first line of an element names it better than the list's key.
                    key = item.as_map().and_then(|m| m.iter().next()).map(|e| e.key_origin).or(key);
                    at = item;
                }
            }
        }
        key
    }

    fn first_line(&self, span: Span) -> Span {
        let length = self.sources.get(span.file).map_or(0, |f| span.range().of(&f.text).lines().next().map_or(0, |l| l.trim_end().len()));
        Span { end: span.start + length as u32, ..span }
    }
}
