//! Scalars: text, numbers, booleans, and the quotes that decide between them.

use super::words::{expectation, one_of, short, shown};
use super::{Decoder, Mode, Place, quoted};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, Edit, Fix, Severity, codes, nearest};
use crate::types::interval::{Interval, Length};
use crate::types::text::{Failure, Format, Language, Text};
use crate::types::ty::{Ty, Type};
use crate::value::{Data, Number, Value};

/// Booleans by other names.
const TRUE_WORDS: [&str; 9] = ["yes", "Yes", "YES", "on", "On", "ON", "y", "Y", "TRUE"];

impl Decoder<'_> {
    pub(super) fn scalar(&mut self, value: &Value, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        match (&value.data, &**ty) {
            (Data::Null, Type::Null) => Some(value.clone()),
            (Data::Bool(b), Type::Bool(wanted)) => {
                if wanted.is_some_and(|w| w != *b) {
                    return self.wrong_kind(value, ty, place);
                }
                self.odd_boolean(value, *b, place);
                Some(value.clone())
            }
            (Data::Int(i), Type::Int(limits)) => self.integer(value, *i, *limits, place),
            (Data::Number(n), Type::Int(limits)) => match whole(n) {
                Some(i) => self.integer(value, i, *limits, place).map(|_| Value::with(Data::Int(i), value.origin)),
                None => self.no_integer(value, n, ty, place),
            },
            (Data::Int(i), Type::Number(bounds)) => {
                let good = bounds.contains(&Number::from_int(*i));
                self.number(value, good, ty, place)
            }
            (Data::Number(n), Type::Number(bounds)) => {
                let good = bounds.contains(n);
                self.number(value, good, ty, place)
            }
            (Data::Int(_), Type::Quantity) => Some(value.clone()),
            (Data::Number(n), Type::Quantity) => {
                if n.decimal().is_some() {
                    Some(value.clone())
                } else {
                    self.wrong_kind(value, ty, place)
                }
            }
            (Data::String(s), Type::Quantity) => match Format::Quantity.accepts(s) {
                Ok(()) => Some(value.clone()),
                Err(_) => self.wrong_text(value, s, &Text::format(Format::Quantity), place),
            },
            (Data::String(s), Type::Text(text)) => match text.accepts(s) {
                Ok(()) => Some(value.clone()),
                Err(_) => self.wrong_text(value, s, text, place),
            },
            (Data::Int(_) | Data::Number(_) | Data::Bool(_), Type::Text(_)) => self.needs_quotes(value, ty, place),
            (Data::String(s), Type::Int(_) | Type::Number(_) | Type::Bool(_)) => self.needs_no_quotes(value, s, ty, place),
            _ => self.wrong_kind(value, ty, place),
        }
    }

    /// `yes` reads as `true`.
    fn odd_boolean(&mut self, value: &Value, b: bool, place: &Place<'_>) {
        if self.quiet {
            return;
        }
        let span = self.span(value, place);
        let Some(text) = self.defaults.text(span) else { return };
        if text == "true" || text == "false" || text.len() > 5 || !text.bytes().all(|c| c.is_ascii_alphabetic()) {
            return;
        }
        let finding = Diagnostic::new(codes::J0812, format!("`{text}` is a boolean")).primary(span, "").fix(format!("write `{b}`"), span, b.to_string());
        self.out.push(finding);
    }

    fn integer(&mut self, value: &Value, i: i64, limits: Interval, place: &Place<'_>) -> Option<Value> {
        if limits.contains(i) {
            return Some(value.clone());
        }
        let called = self.called(place);
        self.error(codes::J0305, || format!("{called} must be {}, not {i}", limits.words()), value, place, |d| d);
        None
    }

    fn number(&mut self, value: &Value, good: bool, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        if good {
            return Some(value.clone());
        }
        let called = self.called(place);
        let expected = expectation(ty);
        self.error(codes::J0305, || format!("{called} must be {expected}, not {}", shown(value)), value, place, |d| d);
        None
    }

    fn no_integer(&mut self, value: &Value, n: &Number, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        let called = self.called(place);
        let expected = expectation(ty);
        self.error(codes::J0303, || format!("{called} must be {expected}, not {}", n.text), value, place, |d| d);
        None
    }

    /// A number or boolean where text belongs.
    fn needs_quotes(&mut self, value: &Value, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        let called = self.called(place);
        self.failed = true;
        if self.quiet {
            return None;
        }
        let span = self.span(value, place);
        let source = self.defaults.text(span).map(str::to_owned);
        let text = source.clone().unwrap_or_else(|| plain(value));
        let kind = match value.data {
            Data::Bool(_) => "a boolean",
            _ => "a number",
        };
        let expected = expectation(ty);
        let message = match &value.data {
            Data::Bool(_) if text != "true" && text != "false" => format!("`{text}` is a boolean in Kubernetes' YAML: {called} must be {expected}"),
            _ => format!("{called} must be {expected}, but `{text}` is {kind}"),
        };
        let mut finding = Diagnostic::new(codes::J0813, message).primary(span, format!("quote it: `\"{text}\"`"));
        let fits = matches!(ty.shape(), Type::Text(t) if t.accepts(&text).is_ok());
        if fits {
            finding = finding.fix("put it in quotes", span, quoted(&text));
        }
        self.out.push(finding);
        None
    }

    /// Text where a number or boolean belongs.
    fn needs_no_quotes(&mut self, value: &Value, text: &str, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        let called = self.called(place);
        let fits = match ty.shape() {
            Type::Int(limits) => text.parse::<i64>().is_ok_and(|i| limits.contains(i)),
            Type::Number(b) => text.bytes().all(|c| c.is_ascii_digit() || c == b'.') && Number::new(text).decimal().is_some() && b.contains(&Number::new(text)),
            Type::Bool(None) => text == "true" || text == "false",
            _ => false,
        };
        if !fits {
            return self.no_number(value, text, ty, place);
        }
        let expected = expectation(ty);
        let span = self.span(value, place);
        let fix = text.to_string();
        self.error(codes::J0813, || format!("{called} must be {expected}, but `\"{fix}\"` in quotes is text"), value, place, |d| d.fix("take the quotes away", span, text));
        None
    }

    /// Text that is no number: perhaps one with a unit.
    fn no_number(&mut self, value: &Value, text: &str, ty: &Ty, place: &Place<'_>) -> Option<Value> {
        let called = self.called(place);
        let expected = expectation(ty);
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        let unit = text.get(digits.len()..).unwrap_or("").trim();
        let in_range = matches!(ty.shape(), Type::Int(limits) if digits.parse::<i64>().is_ok_and(|i| limits.contains(i)));
        let seconds = in_range && ["s", "sec", "second", "seconds"].contains(&unit) && place.last().to_lowercase().contains("second");
        let boolean = matches!(ty.shape(), Type::Bool(None)) && (TRUE_WORDS.contains(&text) || text.eq_ignore_ascii_case("no") || text.eq_ignore_ascii_case("off"));
        let span = self.span(value, place);
        let shown = short(text);
        self.error(
            codes::J0303,
            || format!("{called} must be {expected}, not the text `{shown}`"),
            value,
            place,
            |d| {
                if seconds {
                    d.help("seconds are given as a plain number").fix("drop the unit", span, digits)
                } else if boolean {
                    d.help(format!("write `{}` without quotes", TRUE_WORDS.contains(&text)))
                } else {
                    d
                }
            },
        );
        None
    }

    /// KubeVela does not look at images, nor does the API server: only the node that pulls it does.
    fn tolerates(&self, l: &Language, given: &str) -> bool {
        self.reading.mode == Mode::Lenient && l.format == Some(Format::ImageReference) && !given.is_empty() && given.trim() == given
    }

    /// Text that its type does not admit.
    fn wrong_text(&mut self, value: &Value, given: &str, text: &Text, place: &Place<'_>) -> Option<Value> {
        if let Text::Language(l) = text
            && self.tolerates(l, given)
        {
            if !self.quiet {
                let span = self.span(value, place);
                let finding = wrong_syntax(&self.called(place), given, l, span, self.defaults.text(span));
                self.out.push(finding.with_severity(Severity::Warning));
            }
            return Some(value.clone());
        }
        self.failed = true;
        if self.quiet {
            return None;
        }
        let span = self.span(value, place);
        let called = self.called(place);
        let finding = match text {
            Text::Literals(all) => not_one_of(&called, given, all.iter().map(|l| l.as_str()).collect(), span),
            Text::Language(l) => wrong_syntax(&called, given, l, span, self.defaults.text(span)),
            Text::Any => return None,
        };
        self.out.push(finding);
        None
    }
}

/// A value that is none of the allowed ones.
pub(super) fn not_one_of(called: &str, given: &str, all: Vec<&str>, span: Span) -> Diagnostic {
    let allowed = one_of(all.iter().take(12).map(|l| if l.is_empty() { "``".to_string() } else { format!("`{l}`") }).collect());
    let mut finding = Diagnostic::new(codes::J0304, format!("{called} must be {allowed}, not `{}`", short(given))).primary(span, "");
    let near = nearest(given, all.iter().copied()).or_else(|| same_letters(given, &all));
    if let Some(near) = near {
        finding = finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near);
    }
    finding
}

/// The same word but for signs and case: `runtime/default`, `RuntimeDefault`.
fn same_letters<'a>(given: &str, all: &[&'a str]) -> Option<&'a str> {
    let plain = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    let wanted = plain(given);
    all.iter().copied().find(|l| !wanted.is_empty() && plain(l) == wanted)
}

fn wrong_syntax(called: &str, given: &str, l: &Language, span: Span, source: Option<&str>) -> Diagnostic {
    let what = match (&l.name, l.format) {
        (Some(name), _) => name.to_string(),
        (None, Some(f)) => f.name().to_string(),
        (None, None) => String::new(),
    };
    if let Err(Failure::Length { can, must }) = l.accepts(given)
        && !(given.is_empty() && l.format.is_some())
    {
        let count = can.min;
        let words = if must.max == Some(must.min) { must.words() } else { format!("{} character{}", must.words(), if must == Length::new(1, None) { "" } else { "s" }) };
        return Diagnostic::new(codes::J0307, format!("{called} must have {words}, but `{}` has {count}", short(given))).primary(span, "");
    }
    let message = if given.is_empty() {
        format!("{called} must not be empty")
    } else {
        format!("`{}` is no valid {}", short(given), if what.is_empty() { format!("value for {called}") } else { format!("{what} for {called}") })
    };
    let wrong = l.wrong_at(given);
    let reason = l.format.and_then(|f| f.accepts(given).err());
    let label = match (given.get(wrong..).and_then(|rest| rest.chars().next()), reason) {
        (Some(' '), _) => "there is a blank in it".to_string(),
        (Some(c), Some(reason)) if reason.len() > 60 && (wrong > 0 || !c.is_alphanumeric()) => format!("`{c}` does not belong there"),
        (_, Some(reason)) if reason.len() <= 60 && !given.is_empty() => reason,
        (Some(c), _) if wrong > 0 || !c.is_alphanumeric() => format!("`{c}` does not belong there"),
        (None, _) if !given.is_empty() && wrong == given.len() => "it ends too early".to_string(),
        _ => String::new(),
    };
    let mut finding = Diagnostic::new(codes::J0306, message).primary(span, label);
    finding = match l.format {
        Some(f) => finding.help(format!("write {}, such as `{}`", f.words(), f.example())),
        None => match l.patterns.first() {
            Some(p) => finding.help(format!("it must match `{p}`")),
            None => finding,
        },
    };
    let fixed = repaired(given, l);
    if l.format == Some(Format::Quantity)
        && fixed.is_none()
        && let Some(near) = quantity(given)
    {
        finding = finding.help(near);
    }
    if let Some(fixed) = fixed {
        let text = if source.is_none_or(|s| s.starts_with(['"', '\''])) || given.contains(' ') { quoted(&fixed) } else { fixed.clone() };
        finding.fixes.push(Fix {
            title: format!("write `{fixed}`"),
            safe: given.replace(' ', "") == fixed || given.eq_ignore_ascii_case(&fixed),
            edits: vec![Edit { span, text }],
        });
    }
    finding
}

/// The text as it was probably meant: without blanks, in lower case, with `-` for other signs.
fn repaired(given: &str, l: &Language) -> Option<String> {
    let trimmed: String = given.chars().filter(|c| !c.is_whitespace()).collect();
    let lower = given.to_lowercase();
    let dashed: String = lower.chars().map(|c| if c == '_' || c == ' ' { '-' } else { c }).collect();
    let slash = format!("/{given}");
    [trimmed, lower, dashed, slash].into_iter().find(|t| t != given && !t.is_empty() && l.accepts(t).is_ok())
}

/// What a quantity with a wrong unit was probably meant to be.
fn quantity(given: &str) -> Option<String> {
    let digits = given.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|i| *i > 0)?;
    let (number, unit) = given.split_at(digits);
    let bare = unit.trim().trim_end_matches(['b', 'B']).to_lowercase();
    let (decimal, binary) = match bare.trim_end_matches('i') {
        "k" => ("k", "Ki"),
        "m" => ("M", "Mi"),
        "g" => ("G", "Gi"),
        "t" => ("T", "Ti"),
        _ => return None,
    };
    if given == format!("{number}{decimal}") { None } else { Some(format!("did you mean `{number}{binary}` or `{number}{decimal}`?")) }
}

fn whole(n: &Number) -> Option<i64> {
    let d = n.decimal()?;
    if d.is_integer() { d.with_scale(0).to_string().parse().ok() } else { None }
}

fn plain(value: &Value) -> String {
    match &value.data {
        Data::Bool(b) => b.to_string(),
        Data::Int(i) => i.to_string(),
        Data::Number(n) => n.text.to_string(),
        _ => String::new(),
    }
}
