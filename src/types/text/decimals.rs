//! Regexes for ranges of decimals.

/// The decimals of the integers from `low` to `high`, as a regex.
pub fn between(low: u64, high: u64) -> String {
    let mut parts = Vec::new();
    for digits in 1..=high.to_string().len() {
        let least = if digits == 1 { 0 } else { 10u64.saturating_pow(digits as u32 - 1) };
        let most = if digits >= 20 { u64::MAX } else { 10u64.saturating_pow(digits as u32).saturating_sub(1) };
        let (a, b) = (low.max(least), high.min(most));
        if a <= b {
            parts.push(of_one_length(a.to_string().as_bytes(), b.to_string().as_bytes()));
        }
    }
    parts.join("|")
}

/// Between two decimals of the same length.
fn of_one_length(a: &[u8], b: &[u8]) -> String {
    let ([x, rest_a @ ..], [y, rest_b @ ..]) = (a, b) else { return String::new() };
    if x == y {
        return format!("{}({})", char::from(*x), of_one_length(rest_a, rest_b));
    }
    let mut parts = vec![format!("{}({})", char::from(*x), at_least(rest_a)), format!("{}({})", char::from(*y), at_most(rest_b))];
    if x + 1 < *y {
        parts.push(format!("[{}-{}]{}", char::from(x + 1), char::from(y - 1), any(rest_a.len())));
    }
    parts.join("|")
}

fn at_least(a: &[u8]) -> String {
    let [x, rest @ ..] = a else { return String::new() };
    let mut parts = vec![format!("{}({})", char::from(*x), at_least(rest))];
    if *x < b'9' {
        parts.push(format!("[{}-9]{}", char::from(x + 1), any(rest.len())));
    }
    parts.join("|")
}

fn at_most(b: &[u8]) -> String {
    let [y, rest @ ..] = b else { return String::new() };
    let mut parts = vec![format!("{}({})", char::from(*y), at_most(rest))];
    if *y > b'0' {
        parts.push(format!("[0-{}]{}", char::from(y - 1), any(rest.len())));
    }
    parts.join("|")
}

fn any(n: usize) -> String {
    if n == 0 { String::new() } else { format!("[0-9]{{{n}}}") }
}
