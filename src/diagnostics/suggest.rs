//! "Did you mean": the nearest of the names that would have been right.

/// Longer words, in bytes, have no neighbours.
const LONGEST: usize = 256;
/// At most so many candidates are looked at.
const MOST: usize = 2_000;

/// The candidate nearest to `word`, if one is near enough to be meant: case-insensitively equal, or within a third of the length in edits.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Nobody misspells a text this long; comparing it would take for ever.
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    let mut best: Option<(f64, &str)> = None;
    for candidate in candidates.into_iter().filter(|c| c.len() <= LONGEST).take(MOST) {
        let other = candidate.to_lowercase();
        let score = if lower == other {
            2.0
        } else {
            let distance = strsim::damerau_levenshtein(&lower, &other);
            let longest = lower.chars().count().max(other.chars().count());
            let close = distance <= (longest / 3).max(1) || (longest >= 4 && strsim::jaro_winkler(&lower, &other) > 0.9);
            let contains = lower.len() >= 4 && other.len() >= 4 && (other.starts_with(&lower) || lower.starts_with(&other));
            if !close && !contains {
                continue;
            }
            1.0 - distance as f64 / longest.max(1) as f64 + f64::from(u8::from(close))
        };
        if best.is_none_or(|(s, _)| score > s) {
            best = Some((score, candidate));
        }
    }
    best.map(|(_, c)| c)
}
