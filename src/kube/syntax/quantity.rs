//! Quantities (`100m`, `1.5Gi`, `1e3`) as apimachinery's `resource.ParseQuantity` reads them.

/// A quantity in units of 10⁻⁹, rounded away from zero, as the server keeps it. Beyond ±10²⁸ or so it saturates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Quantity {
    nano: i128,
}

/// One whole unit.
const ONE: i128 = 1_000_000_000;
/// Where values saturate; far beyond what binary suffixes are capped at (2⁶³ − 1).
const MOST: i128 = i128::MAX / 4;

/// What is wrong with the text of a quantity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// It is no number with a suffix.
    Shape,
    /// A number with a suffix that does not exist.
    Suffix,
}

impl Quantity {
    /// Nothing.
    pub const ZERO: Quantity = Quantity { nano: 0 };

    /// A whole number.
    pub fn whole(n: i64) -> Self {
        Self { nano: i128::from(n) * ONE }
    }

    /// Below zero, zero, or above.
    pub fn signum(self) -> i32 {
        self.nano.signum() as i32
    }

    /// Whether it is a whole number.
    pub fn is_whole(self) -> bool {
        self.nano % ONE == 0
    }

    /// Whether it is a whole number of thousandths.
    pub fn is_milli(self) -> bool {
        self.nano % 1_000_000 == 0
    }

    /// The value rounded up, as `Value()`; saturates.
    pub fn value(self) -> i64 {
        let up = self.nano.div_euclid(ONE) + i128::from(self.nano.rem_euclid(ONE) != 0);
        i64::try_from(up).unwrap_or(if up > 0 { i64::MAX } else { i64::MIN })
    }

    /// Thousandths, rounded up, as `MilliValue()`; saturates.
    pub fn milli_value(self) -> i64 {
        let up = self.nano.div_euclid(1_000_000) + i128::from(self.nano.rem_euclid(1_000_000) != 0);
        i64::try_from(up).unwrap_or(if up > 0 { i64::MAX } else { i64::MIN })
    }

    /// Rounded up to thousandths, as resource lists keep values.
    #[must_use]
    pub fn rounded_to_milli(self) -> Quantity {
        if self.is_milli() { self } else { Quantity { nano: (self.nano / 1_000_000 + self.nano.signum()) * 1_000_000 } }
    }

    /// The remainder of a division into parts; zero when the divisor is zero.
    pub fn remainder(self, by: Quantity) -> Quantity {
        Quantity { nano: self.nano.checked_rem(by.nano).unwrap_or(0) }
    }

    /// The sum; saturates.
    pub fn plus(self, other: Quantity) -> Quantity {
        Quantity { nano: self.nano.saturating_add(other.nano).clamp(-MOST, MOST) }
    }

    /// Reads a quantity.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Flaw> {
        let (negative, rest) = match text.as_bytes().first() {
            None => return Err(Flaw::Shape),
            Some(b'-') => (true, text.get(1..).unwrap_or("")),
            Some(b'+') => (false, text.get(1..).unwrap_or("")),
            Some(_) => (false, text),
        };
        let digits = |s: &str| s.bytes().take_while(u8::is_ascii_digit).count();
        let (whole, rest) = rest.split_at(digits(rest));
        let (part, suffix) = match rest.strip_prefix('.') {
            Some(after) => after.split_at(digits(after)),
            None => ("", rest),
        };
        shape_of_suffix(suffix)?;
        let (base, exponent) = interpret(suffix).ok_or(Flaw::Suffix)?;
        // Without any digit the server reads zero (`.`, `m`, `-`).
        let nano = magnitude(whole, part, base, exponent);
        Ok(Self { nano: if negative { -nano } else { nano } })
    }
}

impl std::fmt::Display for Quantity {
    /// As a plain decimal number, or in thousandths where that is whole (`1500m`).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.is_whole() {
            write!(f, "{}", self.nano / ONE)
        } else if self.is_milli() {
            write!(f, "{}m", self.nano / 1_000_000)
        } else {
            write!(f, "{}n", self.nano)
        }
    }
}

/// `[eEinumkKMGTP]*[-+]?[0-9]*` up to the end.
fn shape_of_suffix(suffix: &str) -> Result<(), Flaw> {
    let after = suffix.trim_start_matches(|c| "eEinumkKMGTP".contains(c));
    let after = after.strip_prefix(['-', '+']).unwrap_or(after);
    if after.bytes().all(|b| b.is_ascii_digit()) { Ok(()) } else { Err(Flaw::Shape) }
}

/// Base and exponent of a suffix.
fn interpret(suffix: &str) -> Option<(u32, i64)> {
    Some(match suffix {
        "" => (10, 0),
        "n" => (10, -9),
        "u" => (10, -6),
        "m" => (10, -3),
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
            let exponent = suffix.strip_prefix(['e', 'E'])?;
            // A bare sign is no number.
            let number = exponent.strip_prefix('+').unwrap_or(exponent);
            if number.is_empty() || exponent.starts_with("+-") {
                return None;
            }
            (10, number.parse::<i64>().ok()?)
        }
    })
}

/// Digits of an unsigned number and its scale, as nano units, rounded up.
fn magnitude(whole: &str, part: &str, base: u32, exponent: i64) -> i128 {
    let mut mantissa: i128 = 0;
    // Decimal places of the mantissa; digits beyond what fits only round up.
    let mut places: i64 = 0;
    let mut lost = false;
    for (is_part, b) in whole.bytes().map(|b| (false, b)).chain(part.bytes().map(|b| (true, b))) {
        let digit = i128::from(b.wrapping_sub(b'0'));
        if mantissa < 10_i128.pow(27) {
            mantissa = mantissa * 10 + digit;
            places += i64::from(is_part);
        } else if is_part {
            lost |= digit != 0;
        } else {
            mantissa = mantissa.saturating_mul(10).min(MOST);
        }
    }
    if mantissa == 0 {
        return i128::from(lost);
    }
    if base == 2 {
        mantissa = mantissa.checked_shl(exponent.clamp(0, 60) as u32).filter(|m| *m >> exponent.clamp(0, 60) == mantissa).unwrap_or(MOST);
    }
    let scale = 9 - places + if base == 10 { exponent.clamp(-10_000, 10_000) } else { 0 };
    let nano = if scale >= 0 {
        u32::try_from(scale).ok().and_then(|s| 10_i128.checked_pow(s)).and_then(|p| mantissa.checked_mul(p)).unwrap_or(MOST).min(MOST)
    } else {
        match u32::try_from(-scale).ok().and_then(|s| 10_i128.checked_pow(s)) {
            Some(p) => mantissa / p + i128::from(mantissa % p != 0 || lost),
            None => 1,
        }
    };
    if base == 2 { nano.min(i128::from(i64::MAX) * ONE) } else { nano }
}
