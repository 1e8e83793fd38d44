//! Quantities in rules (`resource.Quantity`): exact decimals with the shape that `isInteger` and `asInteger` depend on.

use std::cmp::Ordering;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, RoundingMode, ToPrimitive};

/// A quantity.
#[derive(Clone, Debug)]
pub struct Quantity {
    value: BigDecimal,
    /// Whether the API server holds it as a 64-bit integer with a non-negative power of ten: only then it counts as an integer.
    whole: bool,
}

/// The largest value a quantity takes.
const MAX: i64 = i64::MAX;

impl Quantity {
    /// Reads `1.5Gi`, `100m`, `1e3`; rounds up below nano and caps at 2^63-1, as the server does.
    pub fn parse(text: &str) -> Option<Self> {
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let (negative, rest) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let n = digits(rest);
        let (whole, mut rest) = (rest.get(..n)?, rest.get(n..)?);
        let mut fraction = "";
        if let Some(after) = rest.strip_prefix('.') {
            let f = digits(after);
            fraction = after.get(..f)?;
            rest = after.get(f..)?;
        }
        if whole.is_empty() && fraction.is_empty() {
            return None;
        }
        let (base, exponent) = suffix(rest)?;
        let stripped = whole.trim_start_matches('0');
        let number: BigInt = format!("{stripped}{fraction}0").parse::<BigInt>().ok()? / 10;
        let number = if negative { -number } else { number };
        let mut value = BigDecimal::new(number, fraction.len() as i64);
        value = match base {
            10 => value * BigDecimal::new(BigInt::from(1), -i64::from(exponent)),
            _ => value * BigDecimal::from(BigInt::from(1) << exponent as usize),
        };
        // Below nano: away from zero.
        let rounded = value.with_scale_round(9, RoundingMode::Up);
        let capped = clamp(rounded);
        let fast = match base {
            10 => 18 - stripped.len() as i64 - fraction.len() as i64 >= 0,
            _ => fraction.is_empty() && 15 - stripped.len() as i64 - i64::from(exponent) * 3 / 10 > 0,
        };
        let scale = if base == 10 { i64::from(exponent) } else { 0 } - fraction.len() as i64;
        Some(Self { value: capped, whole: fast && scale >= 0 })
    }

    /// An integer as a quantity.
    pub fn from_int(i: i64) -> Self {
        Self { value: BigDecimal::from(i), whole: true }
    }

    /// The order by value.
    pub fn compare(&self, other: &Self) -> Ordering {
        self.value.cmp(&other.value)
    }

    /// Sum.
    #[must_use]
    pub fn plus(&self, other: &Self) -> Self {
        let value = &self.value + &other.value;
        // The sum stays in the short form when both are, and it fits.
        let whole = self.whole && other.whole && value.to_i64().is_some();
        Self { value, whole }
    }

    /// Difference.
    #[must_use]
    pub fn minus(&self, other: &Self) -> Self {
        let value = &self.value - &other.value;
        let whole = self.whole && other.whole && value.to_i64().is_some();
        Self { value, whole }
    }

    /// -1, 0, 1.
    pub fn sign(&self) -> i64 {
        match self.value.sign() {
            bigdecimal::num_bigint::Sign::Minus => -1,
            bigdecimal::num_bigint::Sign::NoSign => 0,
            bigdecimal::num_bigint::Sign::Plus => 1,
        }
    }

    /// The integer, if the server takes it for one.
    pub fn as_int(&self) -> Option<i64> {
        if self.whole { self.value.to_i64() } else { None }
    }

    /// The nearest double.
    pub fn as_f64(&self) -> f64 {
        self.value.to_f64().unwrap_or(f64::NAN)
    }
}

fn clamp(value: BigDecimal) -> BigDecimal {
    let max = BigDecimal::from(MAX);
    if value > max {
        max
    } else if value < -max.clone() {
        -max
    } else {
        value
    }
}

/// The base and the exponent of a suffix.
fn suffix(text: &str) -> Option<(u32, i32)> {
    Some(match text {
        "n" => (10, -9),
        "u" => (10, -6),
        "m" => (10, -3),
        "" => (10, 0),
        "k" => (10, 3),
        "M" => (10, 6),
        "G" => (10, 9),
        "T" => (10, 12),
        "P" => (10, 15),
        "E" => (10, 18),
        "Ki" => (2, 10),
        "Mi" => (2, 20),
        "Gi" => (2, 30),
        "Ti" => (2, 40),
        "Pi" => (2, 50),
        "Ei" => (2, 60),
        _ => {
            let exponent = text.strip_prefix(['e', 'E'])?;
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            if digits.is_empty() || digits.len() > 4 || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return None;
            }
            (10, exponent.parse().ok()?)
        }
    })
}
