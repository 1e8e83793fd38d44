//! Durations and points in time as Go reads and prints them.

use std::fmt::Write as _;

pub use crate::kube::syntax::duration::go_duration;

const SECOND: i64 = 1_000_000_000;

/// `format: duration`: Go's syntax, or any text with a number before a unit (`2 days`, `PT1H`); nanoseconds.
pub fn lenient_duration(text: &str) -> Option<i64> {
    if let Some(d) = go_duration(text) {
        return Some(d);
    }
    const UNITS: [(&[&str], i64); 8] = [
        (&["ns", "nano"], 1),
        (&["us", "µs", "micro"], 1_000),
        (&["ms", "milli"], 1_000_000),
        (&["s", "sec"], SECOND),
        (&["m", "min"], 60 * SECOND),
        (&["h", "hr", "hour"], 3600 * SECOND),
        (&["d", "day"], 86_400 * SECOND),
        (&["w", "wk", "week"], 7 * 86_400 * SECOND),
    ];
    let mut total: i64 = 0;
    let mut found = false;
    let mut rest = text;
    // As the expression `(\d+)\s*([A-Za-zµ]+)`, found again and again.
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        rest = rest.get(start..)?;
        let n = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = (rest.get(..n)?, rest.get(n..)?);
        let trimmed = after.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        let end = trimmed.find(|c: char| !(c.is_ascii_alphabetic() || c == 'µ')).unwrap_or(trimmed.len());
        if end == 0 {
            rest = after;
            continue;
        }
        let unit = trimmed.get(..end)?.to_lowercase();
        let factor: i64 = number.parse().ok()?;
        for (names, size) in UNITS {
            for (i, name) in names.iter().enumerate() {
                if i + 1 == names.len() && unit.starts_with(name) || unit == *name {
                    found = true;
                    total = total.wrapping_add(factor.wrapping_mul(size));
                }
            }
        }
        rest = trimmed.get(end..)?;
    }
    found.then_some(total)
}

/// A point in time, with the offset of its zone.
#[derive(Clone, Copy, Debug)]
pub struct Timestamp {
    /// Seconds since 1970.
    pub seconds: i64,
    pub nanos: u32,
    /// Seconds east of UTC; for printing only.
    pub offset: i32,
}

/// The parts of a point in time at some offset.
#[derive(Clone, Copy, Debug)]
pub struct Civil {
    pub year: i64,
    /// From 1.
    pub month: i64,
    pub day: i64,
    /// From 0.
    pub day_of_year: i64,
    /// 0 is Sunday.
    pub weekday: i64,
    pub hour: i64,
    pub minute: i64,
    pub second: i64,
}

/// Days since 1970 of a date (Howard Hinnant's algorithm).
fn days(year: i64, month: i64, day: i64) -> i64 {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y - era * 400;
    let doy = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

fn leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        2 => 28 + i64::from(leap(year)),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Two or four digits at a place.
fn number(text: &str, at: usize, n: usize) -> Option<i64> {
    let digits = text.get(at..at + n)?;
    if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
}

fn date_days(text: &str) -> Option<i64> {
    let (year, month, day) = (number(text, 0, 4)?, number(text, 5, 2)?, number(text, 8, 2)?);
    let dashes = text.as_bytes().get(4) == Some(&b'-') && text.as_bytes().get(7) == Some(&b'-');
    (dashes && (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month)).then(|| days(year, month, day))
}

impl Timestamp {
    /// `2006-01-02`, at midnight UTC.
    pub fn date(text: &str) -> Option<Self> {
        if text.len() != 10 {
            return None;
        }
        date_days(text).map(|d| Self { seconds: d * 86_400, nanos: 0, offset: 0 })
    }

    /// RFC 3339 as Go's `time.Parse(time.RFC3339, …)` reads it: any fraction, `Z` or an offset.
    pub fn rfc3339(text: &str) -> Option<Self> {
        Self::parse(text, true)
    }

    /// What rules get for `format: date-time`: RFC 3339, or without a zone; empty text is 1970.
    pub fn lenient(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self { seconds: 0, nanos: 0, offset: 0 });
        }
        Self::parse(text, true).or_else(|| Self::parse(text, false))
    }

    fn parse(text: &str, zoned: bool) -> Option<Self> {
        let date = date_days(text)?;
        let bytes = text.as_bytes();
        if bytes.get(10) != Some(&b'T') || bytes.get(13) != Some(&b':') || bytes.get(16) != Some(&b':') {
            return None;
        }
        let (hour, minute, second) = (number(text, 11, 2)?, number(text, 14, 2)?, number(text, 17, 2)?);
        if hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let mut rest = text.get(19..)?;
        let mut nanos = 0_u32;
        if let Some(fraction) = rest.strip_prefix(['.', ',']) {
            let n = fraction.bytes().take_while(u8::is_ascii_digit).count();
            if n == 0 {
                return None;
            }
            for i in 0..9 {
                nanos = nanos * 10 + fraction.as_bytes().get(i).filter(|_| i < n).map_or(0, |d| u32::from(d - b'0'));
            }
            rest = fraction.get(n..)?;
        }
        let offset = match rest {
            "Z" if zoned => 0,
            "" if !zoned => 0,
            zone if zoned && zone.len() == 6 => {
                let sign = match zone.as_bytes().first()? {
                    b'+' => 1,
                    b'-' => -1,
                    _ => return None,
                };
                let (h, m) = (number(zone, 1, 2)?, number(zone, 4, 2)?);
                if zone.as_bytes().get(3) != Some(&b':') || h > 24 || m > 60 {
                    return None;
                }
                sign * (h * 3600 + m * 60)
            }
            _ => return None,
        };
        Some(Self { seconds: date * 86_400 + hour * 3600 + minute * 60 + second - offset, nanos, offset: offset as i32 })
    }

    /// Nanoseconds since 1970.
    pub fn instant(&self) -> i128 {
        i128::from(self.seconds) * i128::from(SECOND) + i128::from(self.nanos)
    }

    /// Whether both are the same point in time.
    pub fn same_instant(&self, other: &Self) -> bool {
        self.instant() == other.instant()
    }

    /// The point `nanos` later; `None` outside the years 1 to 9999.
    pub fn plus(&self, nanos: i64) -> Option<Self> {
        let at = self.instant() + i128::from(nanos);
        let seconds = i64::try_from(at.div_euclid(i128::from(SECOND))).ok()?;
        in_range(seconds).then(|| Self { seconds, nanos: at.rem_euclid(i128::from(SECOND)) as u32, offset: self.offset })
    }

    /// Its parts at an offset in seconds east of UTC.
    pub fn civil(&self, offset: i64) -> Civil {
        let local = self.seconds + offset;
        let (day_count, second) = (local.div_euclid(86_400), local.rem_euclid(86_400));
        let z = day_count + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z - era * 146_097;
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        Civil {
            year,
            month,
            day,
            day_of_year: day_count - days(year, 1, 1),
            weekday: (day_count + 4).rem_euclid(7),
            hour: second / 3600,
            minute: second % 3600 / 60,
            second: second % 60,
        }
    }

    /// RFC 3339 with as many digits as needed.
    pub fn text(&self) -> String {
        let c = self.civil(i64::from(self.offset));
        let mut out = format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
        if self.nanos > 0 {
            let digits = format!("{:09}", self.nanos);
            let _ = write!(out, ".{}", digits.trim_end_matches('0'));
        }
        if self.offset == 0 {
            out.push('Z');
        } else {
            let (sign, minutes) = (if self.offset < 0 { '-' } else { '+' }, self.offset.abs() / 60);
            let _ = write!(out, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        out
    }
}

/// Whether seconds since 1970 lie in the years 1 to 9999.
pub fn in_range(seconds: i64) -> bool {
    (-62_135_596_800..=253_402_300_799).contains(&seconds)
}
