//! Numbers against bounds, as the server's library compares: bounds are doubles, integers are compared as integers.

use super::check::error;
use super::schema::{Schema, Type};
use crate::diagnostics::codes;
use crate::kube::{FieldError, Reason};
use crate::value::{Data, Path, Value};

/// What is wrong with a number.
pub(super) fn check(value: &Value, s: &Schema, format: &str, path: &Path) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let (int, float) = match &value.data {
        Data::Int(i) => (Some(*i), *i as f64),
        Data::Number(n) => (None, n.as_f64()),
        _ => return errors,
    };
    let mut wrong = |message: String| errors.push(error(codes::J1108, Reason::Invalid, path, value.origin, message));
    let shown = super::check::scalar_text(value);
    let kind = if s.int_or_string { Type::Any } else { s.kind };
    if !in_range(int, float, kind, format) {
        let range = match (kind, format) {
            (Type::Integer, "int32") => "a 32-bit integer",
            (Type::Integer, _) => "a 64-bit integer",
            _ => "a 32-bit floating point number",
        };
        wrong(format!("{shown} is not {range}"));
    }
    let b = &s.bounds;
    if let Some(factor) = b.multiple_of {
        let fits = match int.filter(|_| in_range(None, factor, kind, format)) {
            Some(i) => (factor as i64) > 0 && i % (factor as i64) == 0,
            None => factor > 0.0 && in_range(None, factor, kind, format) && is_json_integer(if factor < 1.0 { 1.0 / factor * float } else { float / factor }),
        };
        if !fits {
            wrong(format!("{shown} is not a multiple of {factor}"));
        }
    }
    if let Some(max) = b.maximum {
        let exact = in_range(None, max, kind, format);
        let over = match int.filter(|_| exact) {
            Some(i) => i > max as i64 || b.exclusive_maximum && i == max as i64,
            None => float > max || b.exclusive_maximum && float >= max,
        };
        if over {
            wrong(format!("{shown} is too large: it must be {} {max}", if b.exclusive_maximum { "less than" } else { "at most" }));
        } else if !exact {
            wrong(format!("the definition's maximum {max} is out of the type's range: the server refuses every value"));
        }
    }
    if let Some(min) = b.minimum {
        let exact = in_range(None, min, kind, format);
        let under = match int.filter(|_| exact) {
            Some(i) => i < min as i64 || b.exclusive_minimum && i == min as i64,
            None => float < min || b.exclusive_minimum && float <= min,
        };
        if under {
            wrong(format!("{shown} is too small: it must be {} {min}", if b.exclusive_minimum { "greater than" } else { "at least" }));
        } else if !exact {
            wrong(format!("the definition's minimum {min} is out of the type's range: the server refuses every value"));
        }
    }
    errors
}

/// Whether a number lies in the range of its type and format.
fn in_range(int: Option<i64>, float: f64, kind: Type, format: &str) -> bool {
    match (kind, format) {
        (Type::Integer, "int32") => match int {
            Some(i) => i32::try_from(i).is_ok(),
            None => float.fract() == 0.0 && float >= f64::from(i32::MIN) && float <= f64::from(i32::MAX),
        },
        (Type::Integer, _) => int.is_some() || float.fract() == 0.0 && (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&float),
        (Type::Number, "float") => (float as f32).is_finite(),
        _ => true,
    }
}

/// `IsFloat64AJSONInteger`: a double within ±(2^53-1) that is whole, or as good as.
pub(super) fn is_json_integer(f: f64) -> bool {
    const MAX: f64 = 9_007_199_254_740_991.0;
    if f.is_nan() || f.abs() > MAX {
        return false;
    }
    let whole = f.trunc();
    if f == whole {
        return true;
    }
    let diff = (f - whole).abs();
    whole != 0.0 && diff / (f.abs() + whole.abs()) < 1e-9
}
