//! Arithmetic: 64-bit integers where they suffice, decimal numbers of 34 digits (IEEE 754 decimal128) otherwise.

use std::num::NonZeroU64;

use bigdecimal::num_bigint::BigInt;
use bigdecimal::{BigDecimal, Context, RoundingMode, ToPrimitive, Zero};

use crate::hir::BinaryOp;
use crate::value::{Data, Number};

/// Digits that a result keeps.
const DIGITS: u64 = 34;
/// Largest decimal exponent, both ways.
const MAX_EXPONENT: i64 = 6144;

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trouble {
    /// An operand is no number.
    Kind,
    /// J0911.
    Range,
}

/// `a op b` for `+`, `-`, `*`.
pub(super) fn arithmetic(op: BinaryOp, a: &Data, b: &Data) -> Result<Data, Trouble> {
    if let (Data::Int(x), Data::Int(y)) = (a, b) {
        let whole = match op {
            BinaryOp::Add => x.checked_add(*y),
            BinaryOp::Subtract => x.checked_sub(*y),
            BinaryOp::Multiply => x.checked_mul(*y),
            _ => None,
        };
        if let Some(n) = whole {
            return Ok(Data::Int(n));
        }
    }
    let (x, y) = (decimal(a)?, decimal(b)?);
    let exact = match op {
        BinaryOp::Add | BinaryOp::Subtract if far_apart(&x, &y) => return Err(Trouble::Range),
        BinaryOp::Add => x + y,
        BinaryOp::Subtract => x - y,
        BinaryOp::Multiply => x * y,
        _ => return Err(Trouble::Kind),
    };
    rounded(&exact)
}

/// `-a`.
pub(super) fn negate(a: &Data) -> Result<Data, Trouble> {
    match a {
        Data::Int(i) if *i != i64::MIN => Ok(Data::Int(-i)),
        other => rounded(&-decimal(other)?),
    }
}

/// The value of a number.
pub(super) fn decimal(a: &Data) -> Result<BigDecimal, Trouble> {
    match a {
        Data::Int(i) => Ok(BigDecimal::from(*i)),
        Data::Number(n) => n.decimal().ok_or(Trouble::Range),
        _ => Err(Trouble::Kind),
    }
}

/// Sums of numbers whose exponents lie absurdly far apart would need as many digits.
fn far_apart(a: &BigDecimal, b: &BigDecimal) -> bool {
    (a.as_bigint_and_exponent().1 - b.as_bigint_and_exponent().1).abs() > 3 * MAX_EXPONENT
}

/// The nearest number of 34 digits, half to even; an integer where it is one and fits.
pub(super) fn rounded(exact: &BigDecimal) -> Result<Data, Trouble> {
    if exact.is_zero() {
        return Ok(Data::Int(0));
    }
    let precision = NonZeroU64::new(DIGITS).unwrap_or(NonZeroU64::MIN);
    let n = Context::new(precision, RoundingMode::HalfEven).round_decimal_ref(exact).normalized();
    let (digits, scale) = n.as_bigint_and_exponent();
    let magnitude = digits.magnitude().to_string().len() as i64 - scale;
    if magnitude.abs() > MAX_EXPONENT {
        return Err(Trouble::Range);
    }
    if scale <= 0
        && scale > -20
        && let Some(whole) = n.to_i64()
    {
        return Ok(Data::Int(whole));
    }
    Ok(Data::Number(Number::new(text(&digits, scale))))
}

/// Plain decimals while that is short, otherwise with an exponent.
fn text(digits: &BigInt, scale: i64) -> String {
    let plain = BigDecimal::new(digits.clone(), scale);
    if (-40..=40).contains(&scale) {
        return plain.to_plain_string();
    }
    format!("{digits}e{}", -scale)
}

/// Division and remainder of integers, rounded towards −∞. `None` for a divisor of 0.
pub(super) fn div_rem(a: i64, b: i64) -> Option<(i64, i64)> {
    let (a, b) = (i128::from(a), i128::from(b));
    if b == 0 {
        return None;
    }
    let (mut q, mut r) = (a / b, a % b);
    if r != 0 && (r < 0) != (b < 0) {
        q -= 1;
        r += b;
    }
    Some((i64::try_from(q).ok()?, i64::try_from(r).ok()?))
}
