//! Numbers that are no 64-bit integers, as decimal text. Arithmetic on them is `eval`'s.

use std::str::FromStr;

use bigdecimal::BigDecimal;
use ecow::EcoString;

/// A decimal number by its text, a JSON number (`0.5`, `1e21`, `18446744073709551616`).
#[derive(Clone, Debug)]
pub struct Number {
    pub text: EcoString,
}

impl Number {
    /// A number from JSON number syntax; the caller has checked it.
    pub fn new(text: impl Into<EcoString>) -> Self {
        Self { text: text.into() }
    }

    /// An integer as a number.
    pub fn from_int(i: i64) -> Self {
        Self { text: ecow::eco_format!("{i}") }
    }

    /// The exact value; `None` when the exponent is absurd (beyond 10^±6144, decimal128's range).
    pub fn decimal(&self) -> Option<BigDecimal> {
        if let Some((_, e)) = self.text.split_once(['e', 'E'])
            && e.parse::<i64>().map_or(true, |e| e.abs() > 6144)
        {
            return None;
        }
        BigDecimal::from_str(&self.text).ok()
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        self.text.parse().unwrap_or(f64::NAN)
    }

    /// Equality by value.
    pub fn same(&self, other: &Number) -> bool {
        self.text == other.text || matches!((self.decimal(), other.decimal()), (Some(a), Some(b)) if a == b)
    }
}
