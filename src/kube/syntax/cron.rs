//! CronJob schedules, as robfig/cron's standard parser reads them, which the server uses.

/// The five fields: name, least, most, names.
const FIELDS: [(&str, u64, u64, &[(&str, u64)]); 5] = [
    ("minute", 0, 59, &[]),
    ("hour", 0, 23, &[]),
    ("day of the month", 1, 31, &[]),
    ("month", 1, 12, &[("jan", 1), ("feb", 2), ("mar", 3), ("apr", 4), ("may", 5), ("jun", 6), ("jul", 7), ("aug", 8), ("sep", 9), ("oct", 10), ("nov", 11), ("dec", 12)]),
    ("day of the week", 0, 6, &[("sun", 0), ("mon", 1), ("tue", 2), ("wed", 3), ("thu", 4), ("fri", 5), ("sat", 6)]),
];

const NAMED: [&str; 7] = ["@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"];

/// Reads a schedule without its time zone (`TZ=…` is the caller's to refuse).
///
/// # Errors
/// What is wrong, in words.
pub fn schedule(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err("the schedule is empty".to_owned());
    }
    if text.starts_with('@') {
        return named(text);
    }
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err(format!("a schedule has five fields (minute, hour, day, month, weekday), this one has {}", fields.len()));
    }
    for (field, (name, least, most, names)) in fields.iter().zip(FIELDS) {
        for range in field.split(',').filter(|r| !r.is_empty()) {
            one_range(range, least, most, names).map_err(|why| format!("{name}: {why}"))?;
        }
    }
    Ok(())
}

fn named(text: &str) -> Result<(), String> {
    if NAMED.contains(&text) {
        return Ok(());
    }
    if let Some(every) = text.strip_prefix("@every ") {
        return super::duration::go_duration(every).map(|_| ()).ok_or_else(|| format!("`{every}` is no duration such as `1h30m`"));
    }
    Err(format!("`{text}` is none of {}", NAMED.map(|n| format!("`{n}`")).join(", ")))
}

fn one_range(text: &str, least: u64, most: u64, names: &[(&str, u64)]) -> Result<(), String> {
    let (range, step) = match text.split_once('/') {
        Some((_, step)) if step.contains('/') => return Err(format!("`{text}` has too many `/`")),
        Some((range, step)) => (range, Some(number(step)?)),
        None => (text, None),
    };
    let mut ends = range.split('-');
    let low = ends.next().unwrap_or("");
    let high = ends.next();
    let (start, end) = if low == "*" || low == "?" {
        (least, most)
    } else {
        let start = number_or_name(low, names)?;
        if ends.next().is_some() {
            return Err(format!("`{text}` has too many `-`"));
        }
        match high {
            Some(high) => (start, number_or_name(high, names)?),
            None => (start, if step.is_some() { most } else { start }),
        }
    };
    if start < least || end > most {
        let wrong = if start < least { start } else { end };
        return Err(format!("`{wrong}` is out of range, {least} to {most} are allowed"));
    }
    if start > end {
        return Err(format!("`{text}` starts after its end"));
    }
    if step == Some(0) {
        return Err(format!("the step of `{text}` is zero"));
    }
    Ok(())
}

fn number_or_name(text: &str, names: &[(&str, u64)]) -> Result<u64, String> {
    let lower = text.to_lowercase();
    match names.iter().find(|(n, _)| *n == lower) {
        Some((_, n)) => Ok(*n),
        None => number(text),
    }
}

fn number(text: &str) -> Result<u64, String> {
    text.strip_prefix('+').unwrap_or(text).parse::<i64>().ok().and_then(|n| u64::try_from(n).ok()).ok_or_else(|| format!("`{text}` is no number"))
}
