//! What an unquoted word is: YAML 1.1 as Kubernetes' reader resolves it, which is neither the whole of YAML 1.1 (no numbers to base 60, dates are text) nor 1.2.

use base64::Engine;
use ecow::{EcoString, eco_format};

use crate::value::{Data, Number};

/// The long form of `!!`.
pub const TAG_PREFIX: &str = "tag:yaml.org,2002:";

/// What a word is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Scalar {
    Null,
    Bool(bool),
    Int(i64),
    /// Beyond 63 bits, within 64.
    Unsigned(u64),
    Float(f64),
    /// The word itself.
    Text,
}

impl Scalar {
    /// The value; `word` is what [`resolve`] was given.
    pub fn data(self, word: &str) -> Data {
        match self {
            Self::Null => Data::Null,
            Self::Bool(b) => Data::Bool(b),
            Self::Int(i) => Data::Int(i),
            Self::Unsigned(u) => Data::Number(Number::new(eco_format!("{u}"))),
            Self::Float(f) => from_f64(f),
            Self::Text => Data::String(word.into()),
        }
    }

    /// The text of a key that is no text; `None`: Kubernetes has none for it.
    pub fn key(self) -> Option<EcoString> {
        Some(match self {
            Self::Bool(b) => EcoString::from(if b { "true" } else { "false" }),
            Self::Int(i) => eco_format!("{i}"),
            Self::Float(f) => float_key(f),
            Self::Null | Self::Unsigned(_) | Self::Text => return None,
        })
    }
}

/// Resolves an unquoted word.
pub fn resolve(word: &str) -> Scalar {
    let Some(&first) = word.as_bytes().first() else { return Scalar::Null };
    match first {
        b'0'..=b'9' | b'+' | b'-' => signed_or_digit(word),
        b'.' => point(word),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' if word.len() <= 5 => named(word),
        _ => Scalar::Text,
    }
}

fn named(word: &str) -> Scalar {
    match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Scalar::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Scalar::Bool(false),
        "~" | "null" | "Null" | "NULL" => Scalar::Null,
        _ => Scalar::Text,
    }
}

/// A word that begins with a point. Go's number syntax: underscores only between digits.
fn point(word: &str) -> Scalar {
    match word {
        ".inf" | ".Inf" | ".INF" => return Scalar::Float(f64::INFINITY),
        ".nan" | ".NaN" | ".NAN" => return Scalar::Float(f64::NAN),
        _ => {}
    }
    if !word.contains('_') {
        return float(word);
    }
    let bytes = word.as_bytes();
    let digit = |i: Option<usize>| i.and_then(|i| bytes.get(i)).is_some_and(u8::is_ascii_digit);
    let between = bytes.iter().enumerate().filter(|(_, b)| **b == b'_').all(|(i, _)| digit(i.checked_sub(1)) && digit(Some(i + 1)));
    if between { float(&word.replace('_', "")) } else { Scalar::Text }
}

/// A word that begins with a digit or a sign; underscores do not count wherever they are.
fn signed_or_digit(word: &str) -> Scalar {
    match word {
        "+.inf" | "+.Inf" | "+.INF" => return Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => return Scalar::Float(f64::NEG_INFINITY),
        _ => {}
    }
    let cleaned;
    let plain = if word.contains('_') {
        cleaned = word.replace('_', "");
        cleaned.as_str()
    } else {
        word
    };
    integer(plain).unwrap_or_else(|| float(plain))
}

/// Integers in the bases of Go's literals: `0x1f`, `0b1`, `0o7`, `07`.
fn integer(plain: &str) -> Option<Scalar> {
    let sign = plain.as_bytes().first().copied();
    let digits = if matches!(sign, Some(b'-' | b'+')) { plain.get(1..)? } else { plain };
    let (radix, digits) = match digits.as_bytes() {
        [b'0', b'x' | b'X', _, ..] => (16, digits.get(2..)?),
        [b'0', b'o' | b'O', _, ..] => (8, digits.get(2..)?),
        [b'0', b'b' | b'B', _, ..] => (2, digits.get(2..)?),
        [b'0', _, ..] => (8, digits.get(1..)?),
        _ => (10, digits),
    };
    if digits.is_empty() || !digits.bytes().all(|b| (b as char).is_digit(radix)) {
        return None;
    }
    let magnitude = u64::from_str_radix(digits, radix).ok()?;
    if sign == Some(b'-') {
        return i64::try_from(-i128::from(magnitude)).ok().map(Scalar::Int);
    }
    match i64::try_from(magnitude) {
        Ok(i) => Some(Scalar::Int(i)),
        Err(_) => (sign != Some(b'+')).then_some(Scalar::Unsigned(magnitude)),
    }
}

/// A float in decimal notation, within the range of doubles; everything else is text.
fn float(plain: &str) -> Scalar {
    if !is_float(plain) {
        return Scalar::Text;
    }
    match plain.parse::<f64>() {
        Ok(f) if f.is_finite() => Scalar::Float(f),
        _ => Scalar::Text,
    }
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let rest = text.strip_prefix(['-', '+']).unwrap_or(text);
    let after = |t: &str| t.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let whole = rest.len() - after(rest);
    let mut rest = rest.get(whole..).unwrap_or("");
    if let Some(fraction) = rest.strip_prefix('.') {
        let left = after(fraction);
        if whole == 0 && left == fraction.len() {
            return false;
        }
        rest = fraction.get(fraction.len() - left..).unwrap_or("");
    } else if whole == 0 {
        return false;
    }
    match rest.strip_prefix(['e', 'E']) {
        None => rest.is_empty(),
        Some(exponent) => {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            !digits.is_empty() && after(digits) == 0
        }
    }
}

/// A double as the JSON between YAML and the API server has it, where whole numbers below 10^21 have no fraction and no exponent.
pub fn from_f64(float: f64) -> Data {
    let text = json_float(float);
    match text.parse::<i64>() {
        Ok(i) => Data::Int(i),
        Err(_) if text == "-0" => Data::Int(0),
        Err(_) => Data::Number(Number::new(text)),
    }
}

/// A double as Go writes it in JSON.
fn json_float(float: f64) -> EcoString {
    let magnitude = float.abs();
    if magnitude != 0.0 && !(1e-6..1e21).contains(&magnitude) {
        let text = eco_format!("{float:e}");
        return if text.contains("e-") { text } else { text.replace("e", "e+") };
    }
    eco_format!("{float}")
}

/// A double as a key: Go's shortest notation of it in single precision.
fn float_key(float: f64) -> EcoString {
    let single = float as f32;
    if float.is_nan() {
        return EcoString::from(".nan");
    }
    if single.is_infinite() {
        return EcoString::from(if single > 0.0 { ".inf" } else { "-.inf" });
    }
    let scientific = format!("{single:e}");
    let (digits, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    let precision = digits.bytes().filter(u8::is_ascii_digit).count() as i32;
    // The shortest notation of whole numbers goes up to 21 digits without an exponent.
    let limit = if precision > exponent { precision.max(21) } else { 21 };
    if single != 0.0 && (exponent < -4 || exponent >= limit) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return eco_format!("{digits}e{sign}{:02}", exponent.abs());
    }
    eco_format!("{single}")
}

/// What a tagged scalar is.
pub enum Tagged {
    Scalar(Scalar),
    /// Decoded from base64.
    Binary(EcoString),
}

/// Resolves a scalar with a tag (`tag:yaml.org,2002:int`); `Err` is what it is not, for the message.
pub fn resolve_tagged(tag: &str, text: &str) -> Result<Tagged, &'static str> {
    let Some(name) = tag.strip_prefix(TAG_PREFIX) else { return Ok(Tagged::Scalar(Scalar::Text)) };
    let scalar = resolve(text);
    let (fits, wanted) = match name {
        "bool" => (matches!(scalar, Scalar::Bool(_)), "a boolean"),
        "int" => (matches!(scalar, Scalar::Int(_) | Scalar::Unsigned(_)), "an integer"),
        "float" => match scalar {
            Scalar::Int(i) => return Ok(Tagged::Scalar(Scalar::Float(i as f64))),
            _ => (matches!(scalar, Scalar::Float(_)), "a number"),
        },
        "null" => (scalar == Scalar::Null, "null"),
        "timestamp" if is_timestamp(text) => return Ok(Tagged::Scalar(Scalar::Text)),
        "timestamp" => (false, "a time"),
        "binary" => {
            let engine = base64::engine::GeneralPurpose::new(&base64::alphabet::STANDARD, base64::engine::GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true));
            let packed: Vec<u8> = text.bytes().filter(|b| !matches!(b, b'\n' | b'\r')).collect();
            return match engine.decode(packed) {
                Ok(bytes) => Ok(Tagged::Binary(String::from_utf8_lossy(&bytes).as_ref().into())),
                Err(_) => Err("base64"),
            };
        }
        _ => return Ok(Tagged::Scalar(Scalar::Text)),
    };
    if fits { Ok(Tagged::Scalar(scalar)) } else { Err(wanted) }
}

/// `2001-12-14`, `2001-12-14 21:59:43.1`, `2001-12-14T21:59:43Z`, `…+01:00`; months, days and times may have one digit.
fn is_timestamp(text: &str) -> bool {
    fn number(text: &str, range: std::ops::RangeInclusive<u32>) -> Option<&str> {
        let digits = text.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let value: u32 = text.get(..digits)?.parse().ok()?;
        range.contains(&value).then(|| text.get(digits..))?
    }
    fn parse(text: &str) -> Option<bool> {
        let year = text.get(..4)?;
        let rest = number(text.get(4..)?.strip_prefix('-')?, 1..=12)?;
        let month: u32 = text.get(5..text.len() - rest.len())?.parse().ok()?;
        let leap = year.parse::<u32>().ok().map(|y| (y % 4 == 0 && y % 100 != 0) || y % 400 == 0)?;
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            _ => 31,
        };
        let rest = number(rest.strip_prefix('-')?, 1..=days)?;
        if rest.is_empty() {
            return Some(true);
        }
        let zoned = !rest.starts_with(' ');
        let rest = number(rest.strip_prefix(['T', 't', ' '])?, 0..=23)?;
        let rest = number(rest.strip_prefix(':')?, 0..=59)?;
        let mut rest = number(rest.strip_prefix(':')?, 0..=59)?;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            rest = fraction.trim_start_matches(|c: char| c.is_ascii_digit());
            if rest.len() == fraction.len() {
                return None;
            }
        }
        if !zoned {
            return Some(rest.is_empty());
        }
        if rest == "Z" {
            return Some(true);
        }
        let zone = rest.strip_prefix(['+', '-'])?;
        let (hours, minutes) = zone.split_once(':')?;
        Some(hours.len() == 2 && minutes.len() == 2 && number(hours, 0..=24)?.is_empty() && number(minutes, 0..=60)?.is_empty())
    }
    text.bytes().take_while(u8::is_ascii_digit).count() == 4 && parse(text).unwrap_or(false)
}
