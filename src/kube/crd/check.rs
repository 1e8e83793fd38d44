//! Values against the schema: types, formats, bounds, choices, alternatives (`k8s.io/kube-openapi/pkg/validation/validate`), with that library's way of
//! choosing the alternative whose errors are shown.

use super::correlate::Correlation;
use super::numbers;
use super::schema::{Schema, Type};
use crate::diagnostics::{Code, codes, nearest};
use crate::kube::{FieldError, Reason, Version, formats};
use crate::value::{Data, Origin, Path, Value};

/// What a check found. `matches` counts what was right: the alternative with most of it counts as the one that was meant.
#[derive(Default)]
pub(super) struct Outcome {
    pub errors: Vec<FieldError>,
    matches: u32,
    /// Something is wrong that keeps the definition's rules from being checked; it may be said in the help of another error only.
    blocks: bool,
}

/// Whether the server leaves the definition's rules unchecked because of an error (`hasBlockingErr`).
pub(super) fn blocking(e: &FieldError) -> bool {
    matches!(e.reason, Reason::NotSupported | Reason::Required | Reason::TooLong | Reason::TooMany | Reason::TypeInvalid)
}

impl Outcome {
    fn add(&mut self, error: FieldError) {
        let known = self.errors.iter().any(|e| e.path == error.path && e.reason == error.reason && e.message == error.message);
        if !known {
            self.errors.push(error);
        }
    }

    fn merge(&mut self, other: Outcome) {
        self.matches += other.matches;
        self.blocks |= other.blocks;
        for e in other.errors {
            self.add(e);
        }
    }

    /// Whether rules are left out because of what was found.
    pub fn blocks_rules(&self) -> bool {
        self.blocks || self.errors.iter().any(blocking)
    }

    fn valid(&self) -> bool {
        self.errors.is_empty()
    }
}

/// Checks values for one version of Kubernetes.
pub(super) struct Checker {
    pub version: Version,
}

/// The place of a value: its path, and how deep it lies.
#[derive(Clone, Copy)]
pub(super) struct Place<'p> {
    pub path: &'p Path,
    pub depth: usize,
}

/// An error about a value.
pub(super) fn error(code: Code, reason: Reason, path: &Path, origin: Origin, message: impl Into<String>) -> FieldError {
    FieldError::new(code, reason, path.clone(), origin, message)
}

/// The JSON type that the server sees: whole numbers in 64 bits are integers.
pub(super) fn json_type(v: &Value) -> &'static str {
    match v.data {
        Data::Null => "null",
        Data::Bool(_) => "boolean",
        Data::Int(_) => "integer",
        Data::Number(_) => "number",
        Data::String(_) => "string",
        Data::List(_) => "array",
        Data::Map(_) => "object",
    }
}

impl Checker {
    /// Checks a value; what did not change against the stored one is tolerated.
    pub fn check(&self, value: &Value, s: &Schema, place: Place, old: Option<Correlation>) -> Outcome {
        let mut out = self.node(value, s, place, old);
        if out.valid() {
            return out;
        }
        // The innermost node that complains is the one that says so.
        for e in out.errors.iter_mut().filter(|e| e.defined.is_none()) {
            *e = e.clone().defined(s.span);
        }
        if !out.valid() && old.is_some_and(|c| c.unchanged()) {
            out.errors.clear();
            out.blocks = false;
        }
        out
    }

    fn node(&self, value: &Value, s: &Schema, place: Place, old: Option<Correlation>) -> Outcome {
        let mut out = Outcome::default();
        if place.depth > super::prepare::MAX_DEPTH {
            return out;
        }
        if value.is_null() {
            if s.kind != Type::Any || s.int_or_string {
                match s.nullable {
                    true => out.matches += 1,
                    false => out.add(wrong_type(value, s, place.path)),
                }
            }
            out.merge(self.choices(value, s, place.path));
            return out;
        }
        let format = self.format(s);
        if s.kind != Type::Any || s.int_or_string || !format.is_empty() {
            out.merge(self.kind(value, s, format, place.path));
            out.matches += 1;
        }
        out.merge(self.alternatives(value, s, place));
        out.matches += 1;
        match &value.data {
            Data::String(text) => {
                out.merge(text_bounds(text, value.origin, s, place.path));
                out.matches += 1;
                if self.is_text_format(s, format) {
                    if !formats::valid(format, text) {
                        out.add(error(codes::J1109, Reason::TypeInvalid, place.path, value.origin, format!("{} is no {}", quoted(text), format_words(format))));
                    }
                    out.matches += 1;
                }
            }
            Data::Int(_) | Data::Number(_) => {
                out.merge(Outcome { errors: numbers::check(value, s, format, place.path), matches: 1, blocks: false });
                out.matches += 1;
            }
            Data::List(list) => {
                out.merge(self.list(&list.items, value.origin, s, place, old));
                out.matches += 1;
            }
            _ => {}
        }
        out.merge(self.choices(value, s, place.path));
        out.matches += 1;
        if let Data::Map(_) = value.data {
            out.merge(self.object(value, s, place, old));
            out.matches += 1;
        }
        out.matches += 1;
        out
    }

    /// The format, if the server looks at it for this type.
    fn format<'s>(&self, s: &'s Schema) -> &'s str {
        let format = s.format.as_str();
        let kept = match s.kind {
            _ if format.is_empty() => false,
            _ if s.int_or_string => formats::known(format, self.version),
            Type::Any | Type::String => formats::known(format, self.version),
            Type::Integer => matches!(format, "int32" | "int64"),
            Type::Number => matches!(format, "float" | "double"),
            _ => false,
        };
        if kept { format } else { "" }
    }

    fn is_text_format(&self, s: &Schema, format: &str) -> bool {
        !format.is_empty() && formats::known(format, self.version) && !matches!(s.kind, Type::Integer | Type::Number)
    }

    fn kind(&self, value: &Value, s: &Schema, format: &str, path: &Path) -> Outcome {
        let found = json_type(value);
        let float_integer = matches!(&value.data, Data::Number(n) if numbers::is_json_integer(n.as_f64()));
        let fits = if s.int_or_string {
            matches!(found, "integer" | "string") || found == "number" && float_integer
        } else {
            found == s.kind.name() || s.kind == Type::Integer && float_integer || s.kind == Type::Number && found == "integer"
        };
        let text_or_list = matches!(found, "string" | "array");
        // With a format, texts and lists are left to the format.
        let left = text_or_list && !format.is_empty() && !s.int_or_string && !matches!(s.kind, Type::Integer | Type::Number);
        if fits || left { Outcome { matches: 1, ..Outcome::default() } } else { Outcome { errors: vec![wrong_type(value, s, path)], ..Outcome::default() } }
    }

    fn choices(&self, value: &Value, s: &Schema, path: &Path) -> Outcome {
        let mut out = Outcome::default();
        if s.choices.is_empty() || s.choices.iter().any(|c| chosen(value, c)) {
            return out;
        }
        let names: Vec<String> = s.choices.iter().map(scalar_text).collect();
        let word = scalar_text(value);
        let mut e = error(codes::J1107, Reason::NotSupported, path, value.origin, format!("{} is not one of the allowed values", shown(value)));
        e = match nearest(&word, names.iter().map(String::as_str)) {
            Some(n) if value.as_str().is_some() => e.help(format!("did you mean `{n}`? Allowed: {}", list_of(&names))).replacement(n),
            _ => e.help(format!("allowed: {}", list_of(&names))),
        };
        out.add(e);
        out
    }

    fn list(&self, items: &[Value], origin: Origin, s: &Schema, place: Place, old: Option<Correlation>) -> Outcome {
        let mut out = Outcome { matches: 1, ..Outcome::default() };
        if let Some(schema) = &s.items {
            for (i, item) in items.iter().enumerate() {
                let path = place.path.index(i);
                out.merge(self.check(item, schema, Place { path: &path, depth: place.depth + 1 }, old.and_then(|c| c.index(i))));
            }
        }
        let n = items.len() as i64;
        if let Some(min) = s.bounds.min_items.filter(|m| n < *m) {
            out.add(error(codes::J1108, Reason::Invalid, place.path, origin, format!("has {n} elements, at least {min} needed")));
        }
        if let Some(max) = s.bounds.max_items.filter(|m| n > *m) {
            out.add(error(codes::J1108, Reason::TooMany, place.path, origin, format!("has {n} elements, at most {max} allowed")));
        }
        if s.bounds.unique_items {
            let twice = items.iter().enumerate().find(|(i, v)| items.iter().take(*i).any(|u| crate::kube::cel::deep_equal(u, v)));
            if let Some((_, v)) = twice {
                out.add(error(codes::J1111, Reason::Invalid, place.path, v.origin, "elements must differ from each other"));
            }
        }
        out
    }

    fn object(&self, value: &Value, s: &Schema, place: Place, old: Option<Correlation>) -> Outcome {
        let mut out = Outcome::default();
        let Some(map) = value.as_map() else { return out };
        let n = map.len() as i64;
        if let Some(min) = s.bounds.min_properties.filter(|m| n < *m) {
            out.add(error(codes::J1108, Reason::Invalid, place.path, value.origin, format!("has {n} fields, at least {min} needed")));
        }
        if let Some(max) = s.bounds.max_properties.filter(|m| n > *m) {
            out.add(error(codes::J1108, Reason::TooMany, place.path, value.origin, format!("has {n} fields, at most {max} allowed")));
        }
        for e in map {
            let Some(schema) = s.field(&e.key) else { continue };
            let path = place.path.field(&e.key);
            // What the type of the object is cannot be tolerated.
            let fixed = place.path.segments.is_empty() && matches!(e.key.as_str(), "apiVersion" | "kind");
            let old = if fixed { None } else { old.and_then(|c| c.key(&e.key)) };
            out.merge(self.check(&e.value, schema, Place { path: &path, depth: place.depth + 1 }, old));
        }
        for name in &s.required {
            if !map.contains(name) {
                out.add(error(codes::J1105, Reason::Required, &place.path.field(name), value.origin, format!("required field `{name}` is missing")));
            }
        }
        out
    }

    fn alternatives(&self, value: &Value, s: &Schema, place: Place) -> Outcome {
        let mut out = Outcome { matches: 1, ..Outcome::default() };
        let place = Place { path: place.path, depth: place.depth + 1 };
        let wrong = |message: String| error(codes::J1110, Reason::Invalid, place.path, value.origin, message);
        if !s.any_of.is_empty() {
            let (passed, best) = self.best(value, &s.any_of, place, true);
            match passed {
                0 => out.merge(folded(wrong(format!("fits none of {} alternatives{}", s.any_of.len(), required_sets(&s.any_of))), best, place.path)),
                _ => out.merge(best),
            }
        }
        if !s.one_of.is_empty() {
            let (passed, best) = self.best(value, &s.one_of, place, false);
            match passed {
                1 => out.merge(best),
                0 => out.merge(folded(wrong(format!("fits none of {} alternatives, exactly one is needed{}", s.one_of.len(), required_sets(&s.one_of))), best, place.path)),
                n => out.add(wrong(format!("fits {n} of {} alternatives, exactly one is allowed{}", s.one_of.len(), required_sets(&s.one_of)))),
            }
        }
        if !s.all_of.is_empty() {
            // The server adds an error that says nothing more than the parts' own.
            for part in &s.all_of {
                out.merge(self.node(value, part, place, None));
            }
        }
        if let Some(not) = &s.not
            && self.node(value, not, place, None).valid()
        {
            out.add(wrong("fits what the definition forbids (`not`)".into()));
        }
        out
    }

    /// How many alternatives fit, and the result that counts: the first that fits, else the one with most matches.
    fn best(&self, value: &Value, all: &[std::sync::Arc<Schema>], place: Place, first_only: bool) -> (usize, Outcome) {
        let (mut passed, mut success, mut failure) = (0, None, None::<Outcome>);
        for s in all {
            let result = self.node(value, s, place, None);
            if result.valid() {
                passed += 1;
                success = success.or(Some(result));
                failure = None;
                if first_only {
                    break;
                }
            } else if passed == 0 && failure.as_ref().is_none_or(|f| result.matches > f.matches) {
                failure = Some(result);
            }
        }
        (passed, success.or(failure).unwrap_or_default())
    }
}

/// One error for alternatives that do not fit: what is wrong with the nearest of them goes into its help.
fn folded(error: FieldError, best: Outcome, path: &Path) -> Outcome {
    let blocks = best.blocks_rules();
    let detail: Vec<String> = best
        .errors
        .iter()
        .filter(|e| e.reason != Reason::Required)
        .take(3)
        .map(|e| if e.path == *path { e.message.clone() } else { format!("`{}` {}", e.path, e.message) })
        .collect();
    let error = if detail.is_empty() { error } else { error.help(format!("the nearest one: {}", detail.join("; "))) };
    Outcome { errors: vec![error], matches: best.matches, blocks }
}

/// `: a or b`, when the alternatives differ in required fields only.
fn required_sets(alternatives: &[std::sync::Arc<Schema>]) -> String {
    let names: Vec<String> = alternatives.iter().map(|a| a.required.join(" with ")).collect();
    if names.iter().any(String::is_empty) || names.len() > 8 { String::new() } else { format!(" ({})", list_of(&names)) }
}

fn text_bounds(text: &str, origin: Origin, s: &Schema, path: &Path) -> Outcome {
    let mut out = Outcome::default();
    let b = &s.bounds;
    let n = if b.max_length.is_some() || b.min_length.is_some() { text.chars().count() as i64 } else { 0 };
    // One error of these three at most.
    if let Some(max) = b.max_length.filter(|m| n > *m) {
        out.add(error(codes::J1108, Reason::TooLong, path, origin, format!("has {n} characters, at most {max} allowed")));
    } else if let Some(min) = b.min_length.filter(|m| n < *m) {
        out.add(error(codes::J1108, Reason::Invalid, path, origin, format!("has {n} characters, at least {min} needed")));
    } else if let Some(pattern) = &s.pattern {
        match pattern.matches(text) {
            Some(true) => {}
            Some(false) => out.add(error(codes::J1109, Reason::Invalid, path, origin, format!("{} does not match `{}`", quoted(text), pattern.text))),
            None => out.add(error(codes::J1103, Reason::Invalid, path, origin, format!("not checked against `{}`: this pattern cannot be compiled", pattern.text))),
        }
    }
    out
}

fn wrong_type(value: &Value, s: &Schema, path: &Path) -> FieldError {
    let wanted = match s.type_names() {
        "integer,string" => "an integer or a string",
        "integer" => "an integer",
        "number" => "a number",
        "string" => "a string",
        "boolean" => "a boolean",
        "array" => "a list",
        "object" => "an object",
        _ => s.format.as_str(),
    };
    let e = error(codes::J1106, Reason::TypeInvalid, path, value.origin, format!("must be {wanted}, not {}", value.kind_name()));
    match (&value.data, s.kind) {
        (Data::Int(_) | Data::Bool(_), Type::String) => e.help("put it in quotes"),
        (Data::Null, _) => e.help("take it away, or give a value"),
        _ => e,
    }
}

/// Whether a value is the given choice: numbers are converted to the choice's own kind, as Go converts them.
fn chosen(value: &Value, choice: &Value) -> bool {
    match (&value.data, &choice.data) {
        (Data::Number(n), Data::Int(i)) => n.as_f64().trunc() == *i as f64,
        (Data::Int(i), Data::Number(n)) => n.as_f64() == *i as f64,
        _ => crate::kube::cel::deep_equal(value, choice),
    }
}

pub(super) fn scalar_text(v: &Value) -> String {
    match &v.data {
        Data::Null => "null".into(),
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::Number(n) => n.text.to_string(),
        Data::String(s) => s.to_string(),
        Data::List(_) => "a list".into(),
        Data::Map(_) => "an object".into(),
    }
}

fn shown(v: &Value) -> String {
    match &v.data {
        Data::List(_) | Data::Map(_) => v.kind_name().to_owned(),
        _ => quoted(&scalar_text(v)),
    }
}

/// A word of the user in backticks, cut when long.
pub(super) fn quoted(text: &str) -> String {
    let short: String = text.chars().take(60).collect();
    if short.len() < text.len() { format!("`{}…`", short.escape_debug()) } else { format!("`{}`", short.escape_debug()) }
}

fn list_of(names: &[String]) -> String {
    let shown: Vec<String> = names.iter().take(12).map(|n| if n.is_empty() { "an empty text".into() } else { format!("`{n}`") }).collect();
    let more = if names.len() > 12 { format!(" and {} more", names.len() - 12) } else { String::new() };
    format!("{}{more}", shown.join(", "))
}

fn format_words(format: &str) -> String {
    match format {
        "date-time" => "date and time (`2026-01-02T15:04:05Z`)".into(),
        "date" => "date (`2026-01-02`)".into(),
        "byte" => "base64 text".into(),
        "duration" => "duration (`1h30m`)".into(),
        "uri" => "absolute URI".into(),
        f => f.to_owned(),
    }
}
