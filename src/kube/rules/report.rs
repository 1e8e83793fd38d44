//! What a run over one object finds, and the words for what occurs in every rule.

use super::At;
use crate::diagnostics::{Code, codes, nearest};
use crate::kube::syntax::names::{self, Verdict};
use crate::kube::{FieldError, Reason, Version};
use crate::value::{Origin, Value};

/// One run over one object.
pub struct Report<'v> {
    /// The server's version.
    pub version: Version,
    /// The server counts generations of this kind itself: what a manifest says is dropped (`PrepareForCreate` of its strategy).
    pub own_generation: bool,
    /// The stored object, when this is an update.
    pub old: Option<&'v Value>,
    pub errors: Vec<FieldError>,
}

/// Words in backticks, joined by commas.
pub fn quoted(words: &[&str]) -> String {
    words.iter().map(|w| format!("`{w}`")).collect::<Vec<_>>().join(", ")
}

/// What to call a value in a message.
pub fn shown(value: &Value) -> String {
    match &value.data {
        crate::value::Data::String(s) if s.len() <= 80 => format!("`{s}`"),
        crate::value::Data::String(s) => format!("`{}…`", s.chars().take(60).collect::<String>()),
        crate::value::Data::Int(i) => format!("`{i}`"),
        crate::value::Data::Number(n) => format!("`{}`", n.text),
        crate::value::Data::Bool(b) => format!("`{b}`"),
        _ => "this value".to_owned(),
    }
}

impl<'v> Report<'v> {
    /// Whether this is the version or a newer one.
    pub fn since(&self, minor: u8) -> bool {
        self.version.minor() >= minor
    }

    /// Adds a finding about a value.
    pub fn error(&mut self, code: Code, reason: Reason, at: &At<'_, '_>, message: impl Into<String>) -> &mut FieldError {
        self.push(FieldError::new(code, reason, at.path(), at.origin(), message))
    }

    fn push(&mut self, error: FieldError) -> &mut FieldError {
        let at = self.errors.len();
        self.errors.push(error);
        #[expect(clippy::indexing_slicing, reason = "an element was just pushed there")]
        &mut self.errors[at]
    }

    /// The value is wrong.
    pub fn invalid(&mut self, code: Code, at: &At<'_, '_>, message: impl Into<String>) -> &mut FieldError {
        self.error(code, Reason::Invalid, at, message)
    }

    /// The field must not be there; the label is on its key.
    pub fn forbidden(&mut self, code: Code, at: &At<'_, '_>, message: impl Into<String>) -> &mut FieldError {
        let origin = at.key_origin();
        self.push(FieldError::new(code, Reason::Forbidden, at.path(), origin, message))
    }

    /// A required field is absent or empty.
    pub fn required(&mut self, at: &At<'_, '_>, why: &str) -> &mut FieldError {
        let name = at.name();
        let state = if at.is_set() { "empty" } else { "missing" };
        let message = if why.is_empty() { format!("`{name}` is {state}") } else { format!("`{name}` is {state}: {why}") };
        self.error(codes::J1003, Reason::Required, at, message)
    }

    /// Required when the text is empty. Says whether it is there.
    pub fn need_text(&mut self, at: &At<'_, '_>, why: &str) -> bool {
        let there = !at.text().is_empty();
        if !there {
            self.required(at, why);
        }
        there
    }

    /// The value occurs a second time; `first` is where it occurs first.
    pub fn duplicate(&mut self, at: &At<'_, '_>, first: Option<Origin>, what: &str) {
        let error = self.error(codes::J1014, Reason::Duplicate, at, format!("{what} is given twice"));
        if let Some(first) = first {
            error.related.push((first, "first given here".to_owned()));
        }
    }

    /// The text is none of those allowed. An empty one is missing.
    pub fn one_of(&mut self, at: &At<'_, '_>, allowed: &[&str]) -> bool {
        let text = at.text();
        if allowed.contains(&text) {
            return true;
        }
        self.not_supported(at, text, allowed);
        false
    }

    /// If the text is there, it has to be one of those allowed.
    pub fn one_of_if_set(&mut self, at: &At<'_, '_>, allowed: &[&str]) {
        if at.is_set() {
            self.one_of(at, allowed);
        }
    }

    /// If the text is there and not empty, it has to be one of those allowed (a default fills empty ones).
    pub fn one_of_or_empty(&mut self, at: &At<'_, '_>, allowed: &[&str]) {
        if !at.text().is_empty() {
            self.one_of(at, allowed);
        }
    }

    /// The finding of [`Report::one_of`], about a text that is found already.
    pub fn not_supported(&mut self, at: &At<'_, '_>, text: &str, allowed: &[&str]) {
        let message = match (text, allowed) {
            ("", _) => format!("`{}` is empty: it is one of {}", at.name(), quoted(allowed)),
            (_, [only]) => format!("`{text}` is not allowed here: only `{only}` is"),
            _ => format!("`{text}` is none of {}", quoted(allowed)),
        };
        let near = nearest(text, allowed.iter().copied()).filter(|_| !text.is_empty());
        let error = self.error(codes::J1004, Reason::NotSupported, at, message);
        if let Some(near) = near {
            error.help = Some(format!("did you mean `{near}`?"));
            error.replacement = Some(near.to_owned());
        }
    }

    /// Reports what a recogniser of a small syntax says against a text.
    pub fn syntax(&mut self, code: Code, at: &At<'_, '_>, verdict: Verdict) -> bool {
        let Err(why) = verdict else { return true };
        let text = at.value().map_or_else(|| "this".to_owned(), shown);
        let text = if text == "``" { "an empty text".to_owned() } else { text };
        self.invalid(code, at, format!("{text} is refused: {why}"));
        false
    }

    /// A name that has to be a DNS label; knows the repair.
    pub fn dns_label(&mut self, at: &At<'_, '_>) -> bool {
        self.named(at, names::dns_label(at.text()), false, names::LABEL_MAX)
    }

    /// A name that has to be a DNS subdomain; knows the repair.
    pub fn dns_subdomain(&mut self, at: &At<'_, '_>) -> bool {
        self.named(at, names::dns_subdomain(at.text()), true, names::SUBDOMAIN_MAX)
    }

    fn named(&mut self, at: &At<'_, '_>, verdict: Verdict, dots: bool, max: usize) -> bool {
        let Err(why) = verdict else { return true };
        let text = at.text();
        let repaired = names::repaired(text, dots, max);
        let error = self.invalid(codes::J1001, at, format!("`{text}` is no valid name: {why}"));
        if let Some(name) = repaired {
            error.help = Some(format!("`{name}` would be one"));
            error.replacement = Some(name);
        }
        false
    }

    /// A number that must not be negative. An absent one is fine.
    pub fn nonnegative(&mut self, at: &At<'_, '_>) {
        let n = at.int();
        if n < 0 {
            self.invalid(codes::J1005, at, format!("`{n}` is negative: `{}` is 0 or more", at.name()));
        }
    }

    /// A number that has to be above zero.
    pub fn positive(&mut self, at: &At<'_, '_>) {
        let n = at.int();
        if n <= 0 {
            self.invalid(codes::J1005, at, format!("`{n}` is not above 0, as `{}` has to be", at.name()));
        }
    }

    /// A number within bounds.
    pub fn within(&mut self, at: &At<'_, '_>, low: i64, high: i64) {
        let n = at.int();
        if n < low || n > high {
            self.invalid(codes::J1005, at, format!("`{n}` is out of range: `{}` is {low} to {high}", at.name()));
        }
    }

    /// A list or text that has grown too large.
    pub fn too_many(&mut self, at: &At<'_, '_>, most: usize) {
        let n = at.len();
        if n > most {
            self.error(codes::J1006, Reason::TooMany, at, format!("`{}` has {n} elements, at most {most} are allowed", at.name()));
        }
    }

    /// A text that is too long.
    pub fn too_long(&mut self, at: &At<'_, '_>, most: usize) {
        let n = at.text().len();
        if n > most {
            self.error(codes::J1006, Reason::TooLong, at, format!("`{}` has {n} bytes, at most {most} are allowed", at.name()));
        }
    }

    /// A field that must not differ from the stored object's. Absent, null and empty count as equal.
    pub fn immutable(&mut self, at: &At<'_, '_>, old: &At<'_, '_>) -> bool {
        let same = super::same::same(at.value(), old.value());
        if !same {
            self.changed(at, old, &format!("`{}` cannot change once the object exists", at.name()));
        }
        same
    }

    /// The finding of [`Report::immutable`].
    pub fn changed(&mut self, at: &At<'_, '_>, old: &At<'_, '_>, message: &str) {
        let was = old.origin();
        let error = self.invalid(codes::J1060, at, message);
        if was != Origin::UNKNOWN {
            error.related.push((was, "the stored object has another value".to_owned()));
        }
        error.help = Some("delete the object and create it anew, or give it another name".to_owned());
    }
}
