//! `'%s: %d'.format([…])`.

use super::error::EvalError;
use super::functions::text;
use super::value::Val;

/// Digits after the point unless the clause says otherwise.
const PRECISION: usize = 6;
/// More are refused.
const MAX_PRECISION: usize = 1000;

/// Fills the clauses of a format string.
pub(super) fn format(pattern: &str, args: &[Val]) -> Result<String, EvalError> {
    let mut out = String::with_capacity(pattern.len() + 16);
    let mut args = args.iter().enumerate();
    let mut rest = pattern;
    while let Some(at) = rest.find('%') {
        out.push_str(rest.get(..at).unwrap_or(""));
        rest = rest.get(at + 1..).unwrap_or("");
        if let Some(after) = rest.strip_prefix('%') {
            out.push('%');
            rest = after;
            continue;
        }
        let Some((_, arg)) = args.next() else { return Err(EvalError::new("index out of range")) };
        let mut precision = PRECISION;
        if let Some(after) = rest.strip_prefix('.') {
            let n = after.bytes().take_while(u8::is_ascii_digit).count();
            precision = after.get(..n).and_then(|d| d.parse().ok()).filter(|p| *p <= MAX_PRECISION).ok_or_else(|| EvalError::new("error while parsing precision"))?;
            rest = after.get(n..).unwrap_or("");
        }
        let Some(clause) = rest.chars().next() else { return Err(EvalError::new("unexpected end of string")) };
        rest = rest.get(clause.len_utf8()..).unwrap_or("");
        out.push_str(&clause_text(clause, precision, arg)?);
    }
    out.push_str(rest);
    Ok(out)
}

fn clause_text(clause: char, precision: usize, arg: &Val) -> Result<String, EvalError> {
    let wrong = || EvalError::new(format!("error during formatting: no `%{clause}` for a value of type {}", arg.type_name()));
    let signed = |i: i64, digits: String| if i < 0 { format!("-{digits}") } else { digits };
    Ok(match (clause, arg) {
        ('s', v) => shown(v).ok_or_else(wrong)?,
        ('d', Val::Int(i)) => i.to_string(),
        ('d', Val::Uint(u)) => u.to_string(),
        ('f', Val::Double(d)) if d.is_finite() => format!("{d:.precision$}"),
        ('e', Val::Double(d)) if d.is_finite() => scientific(*d, precision),
        ('f' | 'e', Val::Double(d)) => special(*d).to_owned(),
        ('f' | 'e', Val::Str(s)) if matches!(s.as_str(), "NaN" | "Infinity" | "-Infinity") => s.to_string(),
        ('b', Val::Int(i)) => signed(*i, format!("{:b}", i.unsigned_abs())),
        ('b', Val::Uint(u)) => format!("{u:b}"),
        ('b', Val::Bool(b)) => u8::from(*b).to_string(),
        ('o', Val::Int(i)) => signed(*i, format!("{:o}", i.unsigned_abs())),
        ('o', Val::Uint(u)) => format!("{u:o}"),
        ('x', Val::Int(i)) => signed(*i, format!("{:x}", i.unsigned_abs())),
        ('X', Val::Int(i)) => signed(*i, format!("{:X}", i.unsigned_abs())),
        ('x', Val::Uint(u)) => format!("{u:x}"),
        ('X', Val::Uint(u)) => format!("{u:X}"),
        ('x', Val::Str(s)) => s.bytes().map(|b| format!("{b:02x}")).collect(),
        ('X', Val::Str(s)) => s.bytes().map(|b| format!("{b:02X}")).collect(),
        ('x', Val::Bytes(b)) => b.iter().map(|b| format!("{b:02x}")).collect(),
        ('X', Val::Bytes(b)) => b.iter().map(|b| format!("{b:02X}")).collect(),
        ('d' | 'f' | 'e' | 'b' | 'o' | 'x' | 'X', _) => return Err(wrong()),
        _ => return Err(EvalError::new(format!("could not parse formatting clause: unrecognized formatting clause \"{clause}\""))),
    })
}

fn special(d: f64) -> &'static str {
    if d.is_nan() {
        "NaN"
    } else if d > 0.0 {
        "Infinity"
    } else {
        "-Infinity"
    }
}

fn scientific(d: f64, precision: usize) -> String {
    let plain = format!("{d:.precision$e}");
    let Some((mantissa, exponent)) = plain.split_once('e') else { return plain };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    format!("{mantissa}e{}{:02}", if exponent < 0 { '-' } else { '+' }, exponent.abs())
}

fn shown(v: &Val) -> Option<String> {
    match v {
        Val::Null => Some("null".to_owned()),
        v if v.is_list() => {
            let items: Option<Vec<String>> = v.elements().ok()?.iter().map(quoted).collect();
            Some(format!("[{}]", items?.join(", ")))
        }
        v if v.is_map() => {
            let pair = |k: &Val| Some(format!("{}:{}", quoted(k)?, quoted(&v.find(k)?.ok()?)?));
            let mut pairs: Vec<String> = v.keys().iter().map(pair).collect::<Option<_>>()?;
            pairs.sort();
            Some(format!("{{{}}}", pairs.join(", ")))
        }
        v => text(v),
    }
}

/// A value inside a list or map.
fn quoted(v: &Val) -> Option<String> {
    Some(match v {
        Val::Str(s) => format!("{:?}", s.as_str()),
        Val::Bytes(_) => format!("b{:?}", text(v)?),
        Val::Double(d) if d.is_finite() => format!("{d:.PRECISION$}"),
        Val::Double(d) => format!("{:?}", special(*d)),
        Val::Timestamp(_) => format!("timestamp({:?})", text(v)?),
        Val::Duration(_) => format!("duration({:?})", text(v)?),
        v => shown(v)?,
    })
}
