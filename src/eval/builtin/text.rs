//! Text: methods of strings, names made to fit, encodings, checksums.

use base64::Engine;
use ecow::EcoString;
use sha2::{Digest, Sha256};

use super::Returned;
use crate::diagnostics::codes;
use crate::eval::machine::{Frame, Machine, Outcome, Stop};
use crate::hir::{Arg, Builtin, Expr, ExprId};
use crate::value::{Origin, Value};

impl<'a> Machine<'a, '_> {
    pub(super) fn text_method(&mut self, f: &mut Frame<'a>, id: ExprId, subject: &Value, s: &EcoString, name: &str, args: &'a [Arg]) -> Result<Option<Returned>, Stop> {
        self.work(f, id, s.len() / 64)?;
        let new: String = match name {
            "lower" => s.as_str().to_ascii_lowercase(),
            "upper" => s.as_str().to_ascii_uppercase(),
            "trim" => s.trim().to_owned(),
            "trimPrefix" => {
                let p = self.text_argument(f, id, args, 0)?;
                s.strip_prefix(p.as_str()).unwrap_or(s).to_owned()
            }
            "trimSuffix" => {
                let p = self.text_argument(f, id, args, 0)?;
                s.strip_suffix(p.as_str()).unwrap_or(s).to_owned()
            }
            "replace" => {
                let (from, to) = (self.text_argument(f, id, args, 0)?, self.text_argument(f, id, args, 1)?);
                if from.is_empty() {
                    return Err(self.mistake(f, id, codes::J0303, "`replace` needs something to look for"));
                }
                let grown = s.len() + s.matches(from.as_str()).count() * to.len();
                if grown > 2 * crate::eval::budget::MAX_STRING {
                    return Err(self.exhausted(f, id, "makes a string of more than 1 MiB"));
                }
                s.as_str().replace(from.as_str(), &to)
            }
            "take" => {
                let n = self.value_argument(f, id, args, 0)?.as_int().unwrap_or(0);
                s.chars().take(usize::try_from(n).unwrap_or(0)).collect()
            }
            "split" => {
                let separator = self.text_argument(f, id, args, 0)?;
                if separator.is_empty() {
                    return Err(self.mistake(f, id, codes::J0303, "`split` needs a separator"));
                }
                let items = s.split(separator.as_str()).map(|p| Value::string(p, subject.origin)).collect();
                return Ok(Some(Returned(Some(self.list(f, id, items, subject.origin)?))));
            }
            "startsWith" | "endsWith" | "contains" => {
                let p = self.text_argument(f, id, args, 0)?;
                let b = match name {
                    "startsWith" => s.starts_with(p.as_str()),
                    "endsWith" => s.ends_with(p.as_str()),
                    _ => s.contains(p.as_str()),
                };
                return Ok(Some(Returned(Some(self.bool_of(f, id, b, subject.origin)))));
            }
            "matches" => {
                let b = self.regex_matches(f, id, s, args)?;
                return Ok(Some(Returned(Some(self.bool_of(f, id, b, subject.origin)))));
            }
            _ => return Ok(None),
        };
        let origin = self.computed(f, id, [subject.origin, Origin::UNKNOWN]);
        Ok(Some(Returned(Some(self.text(f, id, new, origin)?))))
    }

    /// Whether a regex matches the whole text.
    fn regex_matches(&mut self, f: &Frame<'a>, id: ExprId, s: &str, args: &[Arg]) -> Result<bool, Stop> {
        let Some(Arg::Value(e)) = args.first() else {
            return Err(self.mistake(f, id, codes::J0303, "`matches` takes a regex"));
        };
        let Expr::Regex(source) = f.module.expr(*e) else {
            return Err(self.mistake(f, id, codes::J0303, "`matches` takes a regex"));
        };
        self.work(f, id, s.len())?;
        match whole_regex(source) {
            Some(regex) => Ok(regex.is_match(s)),
            None => Err(self.mistake(f, *e, codes::J0115, "this regex cannot be read")),
        }
    }

    pub(super) fn text_function(&mut self, f: &mut Frame<'a>, id: ExprId, which: Builtin, v: &Value) -> Outcome {
        let Some(s) = v.as_str() else {
            return Err(self.mistake(f, id, codes::J0303, format!("`{}` takes a string, not {}", which.name(), v.kind_name())));
        };
        self.work(f, id, s.len() / 64)?;
        let new: EcoString = match which {
            Builtin::DnsLabel => dns_name(s, Name::Label),
            Builtin::DnsLabel1035 => dns_name(s, Name::Label1035),
            Builtin::DnsSubdomain => dns_name(s, Name::Subdomain),
            Builtin::Base64 => base64::engine::general_purpose::STANDARD.encode(s).into(),
            Builtin::FromBase64 => match base64::engine::general_purpose::STANDARD.decode(s).ok().and_then(|b| String::from_utf8(b).ok()) {
                Some(t) => t.into(),
                None => return Ok(None),
            },
            _ => sha256(s).into(),
        };
        if new == s {
            return Ok(Some(v.clone()));
        }
        let origin = self.computed(f, id, [v.origin, Origin::UNKNOWN]);
        Ok(Some(self.text(f, id, new, origin)?))
    }
}

/// A regex that matches whole texts, with `\d \w \s` in ASCII.
fn whole_regex(source: &str) -> Option<regex_automata::meta::Regex> {
    use regex_automata::{meta, util::syntax};
    let whole = format!("^(?:{})$", source.replace("\\d", "[0-9]").replace("\\w", "[0-9A-Za-z_]"));
    let config = meta::Config::new().nfa_size_limit(Some(1 << 20));
    meta::Builder::new().configure(config).syntax(syntax::Config::new().dot_matches_new_line(true)).build(&whole).ok()
}

/// SHA-256 in hexadecimal.
pub(in crate::eval) fn sha256(s: &str) -> String {
    let mut out = String::with_capacity(64);
    for byte in Sha256::digest(s.as_bytes()) {
        out.push_str(&format!("{byte:02x}"));
    }
    out
}

/// Which names are wanted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    Label,
    Label1035,
    Subdomain,
}

impl Name {
    fn fits(self, s: &str) -> bool {
        match self {
            Name::Label => is_label(s),
            Name::Label1035 => is_label(s) && s.starts_with(|c: char| c.is_ascii_lowercase()),
            Name::Subdomain => s.len() <= 253 && !s.is_empty() && s.split('.').all(is_label_of_any_length),
        }
    }

    fn cut(self) -> usize {
        if self == Name::Subdomain { 244 } else { 54 }
    }
}

fn is_label(s: &str) -> bool {
    s.len() <= 63 && is_label_of_any_length(s)
}

fn is_label_of_any_length(s: &str) -> bool {
    let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let bytes = s.as_bytes();
    matches!((bytes.first(), bytes.last()), (Some(a), Some(z)) if inner(*a) && inner(*z)) && bytes.iter().all(|b| inner(*b) || *b == b'-')
}

/// The text itself where it fits, else one made of it that does, with 8 digits of its checksum (language reference §6.6).
fn dns_name(s: &str, name: Name) -> EcoString {
    if name.fits(s) {
        return s.into();
    }
    let mut out = String::with_capacity(s.len().min(256));
    let keeps_dot = |i: usize| {
        let before = s.get(..i).and_then(|p| p.rsplit('.').next()).unwrap_or("").to_lowercase();
        let after = s.get(i + 1..).and_then(|p| p.split('.').next()).unwrap_or("").to_lowercase();
        name == Name::Subdomain && is_label_of_any_length(&before) && is_label_of_any_length(&after)
    };
    for (i, c) in s.char_indices() {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => out.push(c),
            '-' => out.push('-'),
            '.' if keeps_dot(i) => out.push('.'),
            _ if out.ends_with('-') => {}
            _ => out.push('-'),
        }
    }
    let mut text = out.trim_matches('-').to_owned();
    if text.is_empty() || (name == Name::Label1035 && text.starts_with(|c: char| c.is_ascii_digit())) {
        text.insert_str(0, "x-");
    }
    text.truncate(name.cut());
    let hash = sha256(s);
    let hash = hash.get(..8).unwrap_or_default();
    ecow::eco_format!("{}-{hash}", text.trim_matches(['-', '.']))
}
