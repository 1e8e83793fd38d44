//! What a plain scalar is: YAML 1.1 as go-yaml resolves it.

use crate::value::{Data, Number};

/// What Kubernetes makes of an unquoted word.
#[derive(Clone, Debug)]
pub enum Resolved {
    Data(Data),
    /// Infinite or not a number: no JSON has it.
    NotFinite,
    /// The merge key `<<`.
    Merge,
}

/// Resolves an unquoted word.
pub fn resolve(word: &str) -> Resolved {
    let Some(&first) = word.as_bytes().first() else { return Resolved::Data(Data::Null) };
    match first {
        b'0'..=b'9' | b'+' | b'-' | b'.' => number(word).unwrap_or_else(|| Resolved::Data(Data::String(word.into()))),
        b'y' | b'Y' | b'n' | b'N' | b't' | b'T' | b'f' | b'F' | b'o' | b'O' | b'~' => Resolved::Data(named(word).unwrap_or_else(|| Data::String(word.into()))),
        b'<' if word == "<<" => Resolved::Merge,
        _ => Resolved::Data(Data::String(word.into())),
    }
}

fn named(word: &str) -> Option<Data> {
    Some(match word {
        "y" | "Y" | "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => Data::Bool(true),
        "n" | "N" | "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => Data::Bool(false),
        "~" | "null" | "Null" | "NULL" => Data::Null,
        _ => return None,
    })
}

/// A word that begins with a digit, a sign or a point. `None`: no number.
fn number(word: &str) -> Option<Resolved> {
    let unsigned = word.strip_prefix(['+', '-']).unwrap_or(word);
    if matches!(unsigned, ".inf" | ".Inf" | ".INF") || matches!(word, ".nan" | ".NaN" | ".NAN") {
        return Some(Resolved::NotFinite);
    }
    let cleaned;
    let plain = if word.contains('_') && !word.starts_with('.') {
        cleaned = word.replace('_', "");
        cleaned.as_str()
    } else {
        word
    };
    if let Some(data) = integer(plain) {
        return Some(Resolved::Data(data));
    }
    if !is_float(plain) {
        return None;
    }
    let float: f64 = plain.parse().ok()?;
    // Go's parser calls this out of range, so the word stays text.
    float.is_finite().then(|| Resolved::Data(from_f64(float)))
}

/// Integers in the bases of Go's literals: `0x1f`, `0b1`, `0o7`, `07`.
fn integer(plain: &str) -> Option<Data> {
    let (negative, digits) = match plain.as_bytes().first()? {
        b'-' => (true, plain.get(1..)?),
        b'+' => (false, plain.get(1..)?),
        _ => (false, plain),
    };
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
    if let Ok(magnitude) = u64::from_str_radix(digits, radix) {
        let value = if negative { -i128::from(magnitude) } else { i128::from(magnitude) };
        return Some(match i64::try_from(value) {
            Ok(i) => Data::Int(i),
            Err(_) => Data::Number(Number::new(ecow::eco_format!("{value}"))),
        });
    }
    None
}

/// `^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`
fn is_float(text: &str) -> bool {
    fn digits(bytes: &[u8], mut at: usize) -> usize {
        while bytes.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        at
    }
    let bytes = text.as_bytes();
    let mut at = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    let whole = digits(bytes, at);
    if whole == at {
        if bytes.get(at) != Some(&b'.') {
            return false;
        }
        let end = digits(bytes, at + 1);
        if end == at + 1 {
            return false;
        }
        at = end;
    } else {
        at = whole;
        if bytes.get(at) == Some(&b'.') {
            at = digits(bytes, at + 1);
        }
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        let end = digits(bytes, at);
        if end == at {
            return false;
        }
        at = end;
    }
    at == bytes.len()
}

/// A double as the JSON between YAML and the API server has it: whole numbers that JSON writes without an exponent are integers.
pub fn from_f64(float: f64) -> Data {
    if float.fract() == 0.0 && float.abs() < 9_223_372_036_854_775_808.0 {
        return Data::Int(float as i64);
    }
    let text = if float.abs() >= 1e21 || float.abs() < 1e-6 { ecow::eco_format!("{float:e}") } else { ecow::eco_format!("{float}") };
    Data::Number(Number::new(text))
}
