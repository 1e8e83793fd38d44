//! Durations such as `1h30m`, as Go's `time.ParseDuration` reads them.

/// The duration in nanoseconds; `None` when it is none or beyond 64 bits.
pub fn go_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.as_bytes().first()? {
        b'-' => (true, text.get(1..)?),
        b'+' => (false, text.get(1..)?),
        _ => (false, text),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, after) = rest.split_at(rest.bytes().take_while(u8::is_ascii_digit).count());
        let (part, after) = match after.strip_prefix('.') {
            Some(a) => a.split_at(a.bytes().take_while(u8::is_ascii_digit).count()),
            None => ("", after),
        };
        if whole.is_empty() && part.is_empty() {
            return None;
        }
        let (unit, next) = after.split_at(after.bytes().take_while(|b| *b != b'.' && !b.is_ascii_digit()).count());
        let scale: u64 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let fraction = if part.is_empty() { 0.0 } else { format!("0.{part}").parse::<f64>().ok()? * scale as f64 };
        total = total.checked_add(whole.checked_mul(scale)?)?.checked_add(fraction as u64)?;
        if total > 1 << 63 {
            return None;
        }
        rest = next;
    }
    if negative { 0_i64.checked_sub_unsigned(total) } else { i64::try_from(total).ok() }
}
