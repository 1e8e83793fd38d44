//! Intervals of integers, lengths and decimals.

use std::fmt;

use bigdecimal::BigDecimal;

use crate::value::Number;

/// A closed interval of 64-bit integers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Interval {
    pub low: i64,
    pub high: i64,
}

impl Interval {
    /// What `Int` holds: 32 bits.
    pub const INT: Interval = Interval { low: i32::MIN as i64, high: i32::MAX as i64 };
    /// What `Int64` holds.
    pub const INT64: Interval = Interval { low: i64::MIN, high: i64::MAX };

    /// From `low` to `high`, both included.
    pub const fn new(low: i64, high: i64) -> Self {
        Self { low, high }
    }

    /// One value.
    pub const fn point(value: i64) -> Self {
        Self { low: value, high: value }
    }

    /// The value, if it is one.
    pub fn single(self) -> Option<i64> {
        (self.low == self.high).then_some(self.low)
    }

    /// Whether it admits nothing.
    pub fn is_empty(self) -> bool {
        self.low > self.high
    }

    /// Whether `value` lies in it.
    pub fn contains(self, value: i64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Whether every value of `self` lies in `other`.
    pub fn within(self, other: Interval) -> bool {
        self.is_empty() || (other.low <= self.low && self.high <= other.high)
    }

    /// The values in both.
    #[must_use]
    pub fn meet(self, other: Interval) -> Interval {
        Interval { low: self.low.max(other.low), high: self.high.min(other.high) }
    }

    /// The smallest interval around both.
    #[must_use]
    pub fn hull(self, other: Interval) -> Interval {
        Interval { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// How its bounds read in messages: `1 to 65535`, `0 or more`, `at most 5`, `3`.
    pub fn words(self) -> String {
        let low = self.low > Interval::INT.low;
        let high = self.high < Interval::INT.high;
        match (low, high) {
            _ if self.low == self.high => self.low.to_string(),
            (true, true) => format!("{} to {}", self.low, self.high),
            (true, false) => format!("{} or more", self.low),
            (false, true) => format!("at most {}", self.high),
            (false, false) if self == Interval::INT => format!("{} to {} (32 bits)", self.low, self.high),
            (false, false) => "a 64-bit integer".into(),
        }
    }
}

impl fmt::Display for Interval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(value) = self.single() {
            return write!(f, "{value}");
        }
        let wide = self.low < Interval::INT.low || self.high > Interval::INT.high;
        let limits = if wide { Interval::INT64 } else { Interval::INT };
        f.write_str(if wide { "Int64" } else { "Int" })?;
        match (self.low > limits.low, self.high < limits.high) {
            (false, false) => Ok(()),
            (true, false) => write!(f, "({}..)", self.low),
            (false, true) => write!(f, "(..={})", self.high),
            (true, true) => write!(f, "({}..={})", self.low, self.high),
        }
    }
}

/// A range of lengths: of texts in code points, of lists in elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Length {
    pub min: u64,
    /// `None`: no upper bound.
    pub max: Option<u64>,
}

impl Length {
    /// Every length.
    pub const ANY: Length = Length { min: 0, max: None };

    /// From `min` to `max`.
    pub const fn new(min: u64, max: Option<u64>) -> Self {
        Self { min, max }
    }

    /// One length.
    pub const fn exactly(n: u64) -> Self {
        Self { min: n, max: Some(n) }
    }

    /// Whether no length is in it.
    pub fn is_empty(self) -> bool {
        self.max.is_some_and(|max| max < self.min)
    }

    /// Whether `n` is in it.
    pub fn contains(self, n: u64) -> bool {
        self.min <= n && self.max.is_none_or(|max| n <= max)
    }

    /// Whether every length of `self` is in `other`.
    pub fn within(self, other: Length) -> bool {
        self.min >= other.min
            && match (self.max, other.max) {
                (_, None) => true,
                (None, Some(_)) => false,
                (Some(a), Some(b)) => a <= b,
            }
    }

    /// The lengths in both.
    #[must_use]
    pub fn meet(self, other: Length) -> Length {
        let max = match (self.max, other.max) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        Length { min: self.min.max(other.min), max }
    }

    /// The smallest range around both.
    #[must_use]
    pub fn hull(self, other: Length) -> Length {
        Length { min: self.min.min(other.min), max: self.max.zip(other.max).map(|(a, b)| a.max(b)) }
    }

    /// The lengths of joined texts or lists.
    #[must_use]
    pub fn plus(self, other: Length) -> Length {
        Length { min: self.min.saturating_add(other.min), max: self.max.zip(other.max).map(|(a, b)| a.saturating_add(b)) }
    }

    /// As an interval of integers.
    pub fn interval(self) -> Interval {
        let cap = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        Interval { low: cap(self.min), high: self.max.map_or(i64::from(i32::MAX), cap) }
    }

    /// How it reads in messages: `1 to 63`, `at least 1`, `at most 63`, `3`.
    pub fn words(self) -> String {
        match (self.min, self.max) {
            (0, None) => "any number of".into(),
            (min, Some(max)) if min == max => min.to_string(),
            (0, Some(max)) => format!("at most {max}"),
            (min, Some(max)) => format!("{min} to {max}"),
            (min, None) => format!("at least {min}"),
        }
    }
}

impl fmt::Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.min, self.max) {
            (0, None) => Ok(()),
            (min, Some(max)) if min == max => write!(f, "{min}"),
            (0, Some(max)) => write!(f, "..={max}"),
            (min, Some(max)) => write!(f, "{min}..={max}"),
            (min, None) => write!(f, "{min}.."),
        }
    }
}

/// Bounds of decimals; `None` is unbounded. The upper bound may be exclusive (`0..1`).
#[derive(Clone, Debug, Default)]
pub struct Bounds {
    pub low: Option<Number>,
    pub high: Option<Number>,
    pub high_open: bool,
}

impl Bounds {
    /// One number.
    pub fn point(number: Number) -> Self {
        Self { low: Some(number.clone()), high: Some(number), high_open: false }
    }

    /// The bounds of integers.
    pub fn of(interval: Interval) -> Self {
        Self { low: Some(Number::from_int(interval.low)), high: Some(Number::from_int(interval.high)), high_open: false }
    }

    /// The number, if it is one.
    pub fn single(&self) -> Option<&Number> {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if !self.high_open && low.same(high) => Some(low),
            _ => None,
        }
    }

    /// Whether a number lies within.
    pub fn contains(&self, number: &Number) -> bool {
        let Some(n) = number.decimal() else { return false };
        self.holds(&n)
    }

    fn holds(&self, n: &BigDecimal) -> bool {
        let above = self.low.as_ref().and_then(Number::decimal).is_none_or(|low| *n >= low);
        let below = self.high.as_ref().and_then(Number::decimal).is_none_or(|high| if self.high_open { *n < high } else { *n <= high });
        above && below
    }

    /// Whether every number of `self` lies within `other`.
    pub fn within(&self, other: &Bounds) -> bool {
        let low = match (&self.low, &other.low) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => matches!((a.decimal(), b.decimal()), (Some(a), Some(b)) if a >= b),
        };
        let high = match (&self.high, &other.high) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => match (a.decimal(), b.decimal()) {
                (Some(a), Some(b)) => a < b || (a == b && (self.high_open || !other.high_open)),
                _ => false,
            },
        };
        low && high
    }

    /// Whether no number lies within both.
    pub fn disjoint(&self, other: &Bounds) -> bool {
        let below = |high: &Option<Number>, open: bool, low: &Option<Number>| match (high.as_ref().and_then(Number::decimal), low.as_ref().and_then(Number::decimal)) {
            (Some(h), Some(l)) => h < l || (open && h == l),
            _ => false,
        };
        below(&self.high, self.high_open, &other.low) || below(&other.high, other.high_open, &self.low)
    }

    /// Whether it admits nothing.
    pub fn is_empty(&self) -> bool {
        match (self.low.as_ref().and_then(Number::decimal), self.high.as_ref().and_then(Number::decimal)) {
            (Some(low), Some(high)) => low > high || (self.high_open && low == high),
            _ => false,
        }
    }

    /// How it reads in messages.
    pub fn words(&self) -> String {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) if low.same(high) => low.text.to_string(),
            (Some(low), Some(high)) if self.high_open => format!("from {} to less than {}", low.text, high.text),
            (Some(low), Some(high)) => format!("{} to {}", low.text, high.text),
            (Some(low), None) => format!("{} or more", low.text),
            (None, Some(high)) if self.high_open => format!("less than {}", high.text),
            (None, Some(high)) => format!("at most {}", high.text),
            (None, None) => "any number".into(),
        }
    }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(n) = self.single() {
            return f.write_str(&n.text);
        }
        f.write_str("Number")?;
        if self.low.is_none() && self.high.is_none() {
            return Ok(());
        }
        let low = self.low.as_ref().map_or("", |n| n.text.as_str());
        match &self.high {
            None => write!(f, "({low}..)"),
            Some(high) => write!(f, "({low}..{}{})", if self.high_open { "" } else { "=" }, high.text),
        }
    }
}
