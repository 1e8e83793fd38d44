//! Reading records with known fields: every unknown key, wrong kind and missing field is reported at its place, and reading goes on with what could be made of it.

use ecow::EcoString;

use super::model::Text;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::source::Sources;
use crate::value::{Data, Entry, Map, Origin, Origins, Value};

/// What reading needs: where values stand, and where findings go.
pub struct Reader<'a> {
    pub origins: &'a Origins,
    pub sources: &'a Sources,
    /// Names are taken as they are, as KubeVela takes them.
    pub compat: bool,
    pub findings: Vec<Diagnostic>,
}

/// A record whose keys have been compared with what is known.
pub struct Record<'v> {
    map: &'v Map,
    /// Where a missing field is reported: the first key, else what the record belongs to.
    pub place: Span,
    /// Misspelt keys that stand for known ones: the known name, the position of the key.
    renamed: Vec<(&'static str, usize)>,
    /// Keys that resemble no known one.
    pub strangers: Vec<usize>,
}

impl<'v> Record<'v> {
    /// The entry of a field, also under a misspelt key; a `null` counts as not given.
    pub fn entry(&self, key: &str) -> Option<&'v Entry> {
        let at = self.map.position(key).or_else(|| self.renamed.iter().find(|(k, _)| *k == key).map(|(_, i)| *i))?;
        self.map.iter().nth(at).filter(|e| !e.value.is_null())
    }

    /// The value of a field.
    pub fn get(&self, key: &str) -> Option<&'v Value> {
        self.entry(key).map(|e| &e.value)
    }

    /// The entries that resemble nothing known.
    pub fn stranger_entries(&self) -> impl Iterator<Item = &'v Entry> + '_ {
        self.strangers.iter().filter_map(|i| self.map.iter().nth(*i))
    }
}

impl<'a> Reader<'a> {
    /// Where a value stands.
    pub fn span(&self, origin: Origin) -> Span {
        self.origins.span(origin)
    }

    /// The text of a value as it stands in the file.
    pub fn source_text(&self, origin: Origin) -> String {
        self.sources.text_of(self.span(origin))
    }

    /// Reports.
    pub fn report(&mut self, d: Diagnostic) {
        self.findings.push(d);
    }

    /// Reads a record with these fields. `what` is a noun with its article (`a component`), `name` the field it stands under.
    pub fn record<'v>(&mut self, value: &'v Value, name: &str, what: &str, known: &'static [&'static str]) -> Option<Record<'v>> {
        let Some(map) = value.as_map() else {
            self.wrong_kind(value, name, "an object");
            return None;
        };
        let place = map.iter().next().map_or_else(|| self.span(value.origin), |e| self.span(e.key_origin));
        let mut record = Record { map, place, renamed: Vec::new(), strangers: Vec::new() };
        for (i, e) in map.iter().enumerate() {
            if known.contains(&e.key.as_str()) {
                continue;
            }
            let free = known.iter().copied().filter(|k| !map.contains(k) && !record.renamed.iter().any(|(r, _)| r == k));
            match nearest(&e.key, free) {
                Some(near) => {
                    if let Some(near) = known.iter().find(|k| **k == near) {
                        record.renamed.push((near, i));
                    }
                    let span = self.span(e.key_origin);
                    self.report(
                        Diagnostic::new(codes::J0301, format!("unknown field `{}` of {what}", short(&e.key)))
                            .primary(span, "no such field")
                            .help(format!("did you mean `{near}`?"))
                            .fix(format!("rename it to `{near}`"), span, in_quotes(self.sources, span, near)),
                    );
                }
                None => record.strangers.push(i),
            }
        }
        Some(record)
    }

    /// Reports the keys that resemble no known field, as one mistake: it is most often one (a block with the wrong indentation).
    pub fn strangers(&mut self, record: &Record<'_>, what: &str, known: &[&str], help: Option<&str>) {
        let entries: Vec<&Entry> = record.stranger_entries().collect();
        let Some((first, rest)) = entries.split_first() else { return };
        let names: Vec<String> = entries.iter().take(12).map(|e| format!("`{}`", short(&e.key))).collect();
        let message = if rest.is_empty() { format!("unknown field {} of {what}", names.join("")) } else { format!("unknown fields {} of {what}", names.join(", ")) };
        let mut d = Diagnostic::new(codes::J0301, message).primary(self.span(first.key_origin), format!("{what} has no such field"));
        for e in rest.iter().take(12) {
            d = d.secondary(self.span(e.key_origin), "nor this one");
        }
        let help = help.map_or_else(|| format!("the fields of {what} are {}", list(known)), ToOwned::to_owned);
        self.report(d.help(help));
    }

    /// Reports a value of the wrong kind.
    pub fn wrong_kind(&mut self, value: &Value, name: &str, expected: &str) {
        let more = match (expected, &value.data) {
            ("an object", _) => " (`key: value` lines)",
            ("a list", Data::Map(_)) => " (entries that begin with `-`)",
            _ => "",
        };
        let mut d = Diagnostic::new(codes::J0303, format!("{name} must be {expected}{more}, not {}", value.kind_name()))
            .primary(self.narrow(value), format!("this is {}", value.kind_name()));
        if expected == "a list" && !matches!(value.data, Data::Map(_) | Data::Null) {
            let text = self.source_text(value.origin);
            if !text.contains('\n') {
                d = d.fix("make it a list", self.span(value.origin), format!("[{text}]"));
            }
        }
        self.report(d);
    }

    /// The place of a value, but for a whole block only its first key or element.
    fn narrow(&self, value: &Value) -> Span {
        match &value.data {
            Data::Map(m) => m.iter().next().map_or_else(|| self.span(value.origin), |e| self.span(e.key_origin)),
            Data::List(l) => l.items.first().map_or_else(|| self.span(value.origin), |v| self.narrow_scalar(v, value)),
            _ => self.span(value.origin),
        }
    }

    fn narrow_scalar(&self, first: &Value, list: &Value) -> Span {
        match first.data {
            Data::Map(_) | Data::List(_) => Span { end: self.span(list.origin).start + 1, ..self.span(list.origin) },
            _ => self.span(first.origin),
        }
    }

    /// Reports a missing field, at the place of the record.
    pub fn missing(&mut self, place: Span, what: &str, field: &str) {
        self.report(Diagnostic::new(codes::J0302, format!("{what} has no `{field}`")).primary(place, format!("`{field}` is missing here")).help(format!("add `{field}: …`")));
    }

    /// Reads a text; other scalars are reported and taken as they are written.
    pub fn text(&mut self, value: &Value, name: &str) -> Option<Text> {
        let span = self.span(value.origin);
        let reported = value.as_str().is_none();
        let text: EcoString = match &value.data {
            Data::String(s) => s.clone(),
            Data::Bool(_) | Data::Int(_) | Data::Number(_) => {
                let raw = self.source_text(value.origin);
                let kind = value.kind_name();
                self.report(
                    Diagnostic::new(codes::J0813, format!("{name} must be a string, but `{}` is {kind}", short(&raw)))
                        .primary(span, format!("{kind} in Kubernetes' YAML"))
                        .help(format!("quote it: \"{}\"", short(&raw)))
                        .fix("quote it", span, format!("\"{raw}\"")),
                );
                raw.into()
            }
            _ => {
                self.wrong_kind(value, name, "a string");
                return None;
            }
        };
        Some(Text { text, origin: value.origin, span, reported })
    }

    /// Reads a field that must be there.
    pub fn required_text(&mut self, record: &Record<'_>, key: &str, what: &str) -> Option<Text> {
        match record.get(key) {
            Some(value) => {
                let text = self.text(value, &format!("`{key}`"))?;
                if text.text.is_empty() {
                    self.report(Diagnostic::new(codes::J0302, format!("`{key}` of {what} is empty")).primary(text.span, "empty"));
                    return None;
                }
                Some(text)
            }
            None => {
                self.missing(record.place, what, key);
                None
            }
        }
    }

    /// Reads a field that may be left out.
    pub fn optional_text(&mut self, record: &Record<'_>, key: &str) -> Option<Text> {
        record.get(key).and_then(|v| self.text(v, &format!("`{key}`"))).filter(|t| !t.text.is_empty())
    }

    /// Reads a list field; nothing when it is left out.
    pub fn list<'v>(&mut self, record: &Record<'v>, key: &str) -> &'v [Value] {
        match record.entry(key) {
            None => &[],
            Some(e) => match e.value.as_list() {
                Some(items) => items,
                None => {
                    // A block is better named by its key than by its first line.
                    if matches!(e.value.data, Data::Map(_)) {
                        let span = self.span(e.key_origin);
                        self.report(
                            Diagnostic::new(codes::J0303, format!("`{key}` must be a list (entries that begin with `-`), not an object"))
                                .primary(span, "this is an object")
                                .help("write each entry as `- name: …`"),
                        );
                    } else {
                        self.wrong_kind(&e.value, &format!("`{key}`"), "a list");
                    }
                    &[]
                }
            },
        }
    }

    /// Reads a list of texts.
    pub fn texts(&mut self, record: &Record<'_>, key: &str) -> Vec<Text> {
        let items = self.list(record, key);
        items.iter().filter_map(|v| self.text(v, &format!("an entry of `{key}`"))).collect()
    }

    /// Reads an object of any content.
    pub fn object(&mut self, record: &Record<'_>, key: &str) -> Option<Value> {
        let e = record.entry(key)?;
        if e.value.as_map().is_some() {
            return Some(e.value.clone());
        }
        if let Data::List(_) = e.value.data {
            let span = self.span(e.key_origin);
            self.report(
                Diagnostic::new(codes::J0303, format!("`{key}` must be an object (`key: value` lines), not a list"))
                    .primary(span, "this is a list")
                    .help("remove the `-` before the keys"),
            );
        } else {
            self.wrong_kind(&e.value, &format!("`{key}`"), "an object");
        }
        None
    }

    /// Reads a map of texts, as labels are.
    pub fn text_map(&mut self, record: &Record<'_>, key: &str) -> Map {
        let Some(value) = self.object(record, key) else { return Map::new() };
        let mut map = Map::new();
        for e in value.as_map().into_iter().flatten() {
            if let Some(t) = self.text(&e.value, &format!("`{key}.{}`", e.key)) {
                map.insert(e.key.clone(), e.key_origin, Value::string(t.text, t.origin));
            }
        }
        map
    }
}

/// A replacement for the scalar at a span, in the quotes that it has.
pub fn in_quotes(sources: &Sources, span: Span, text: &str) -> String {
    match sources.text_of(span).chars().next() {
        Some(q @ ('"' | '\'')) => format!("{q}{text}{q}"),
        _ => text.to_owned(),
    }
}

/// The user's words in a message: at most 60 characters of them.
pub fn short(text: &str) -> String {
    let mut out: String = text.chars().take(60).collect();
    if text.chars().nth(60).is_some() {
        out.push('…');
    }
    out
}

/// `a`, `b` and `c`, in backticks.
pub fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.join(""),
    }
}
