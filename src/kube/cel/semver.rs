//! Semantic versions as `github.com/blang/semver/v4` reads and orders them.

use std::cmp::Ordering;

/// A version; build data do not take part in the order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Semver {
    pub major: u64,
    pub minor: u64,
    pub patch: u64,
    pub pre: Vec<Pre>,
}

/// One part of a pre-release.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pre {
    Number(u64),
    Text(String),
}

fn numeric(part: &str) -> Option<u64> {
    let valid = !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()) && !(part.len() > 1 && part.starts_with('0'));
    if valid { part.parse().ok() } else { None }
}

fn word(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

impl Semver {
    /// Reads `1.2.3-rc.1+build`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let (major, minor, rest) = (numeric(parts.next()?)?, numeric(parts.next()?)?, parts.next()?);
        let (rest, build) = rest.split_once('+').map_or((rest, None), |(r, b)| (r, Some(b)));
        let (patch, pre) = rest.split_once('-').map_or((rest, None), |(p, pre)| (p, Some(pre)));
        if build.is_some_and(|b| !b.split('.').all(word)) {
            return None;
        }
        let pre = pre.map(|p| p.split('.').map(pre_part).collect::<Option<Vec<_>>>()).unwrap_or(Some(Vec::new()))?;
        Some(Self { major, minor, patch: numeric(patch)?, pre })
    }

    /// Reads it after a repair: a `v` before it, zeros before numbers and missing numbers are tolerated.
    pub fn parse_lenient(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v').unwrap_or(text);
        let mut parts: Vec<String> = text.splitn(3, '.').map(str::to_owned).collect();
        for part in &mut parts {
            if part.len() > 1 {
                let trimmed = part.trim_start_matches('0');
                *part = if trimmed.starts_with(|c: char| c.is_ascii_digit()) { trimmed.to_owned() } else { format!("0{trimmed}") };
            }
        }
        if parts.len() < 3 {
            if parts.last().is_some_and(|p| p.contains(['+', '-'])) {
                return None;
            }
            parts.resize(3, "0".to_owned());
        }
        Self::parse(&parts.join("."))
    }

    /// The order of versions.
    pub fn compare(&self, other: &Self) -> Ordering {
        let core = (self.major, self.minor, self.patch).cmp(&(other.major, other.minor, other.patch));
        core.then_with(|| match (self.pre.is_empty(), other.pre.is_empty()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Greater,
            (false, true) => Ordering::Less,
            (false, false) => compare_pre(&self.pre, &other.pre),
        })
    }
}

fn pre_part(part: &str) -> Option<Pre> {
    if part.bytes().all(|b| b.is_ascii_digit()) && !part.is_empty() {
        return numeric(part).map(Pre::Number);
    }
    word(part).then(|| Pre::Text(part.to_owned()))
}

fn compare_pre(a: &[Pre], b: &[Pre]) -> Ordering {
    for (x, y) in a.iter().zip(b) {
        let order = match (x, y) {
            (Pre::Number(x), Pre::Number(y)) => x.cmp(y),
            (Pre::Text(x), Pre::Text(y)) => x.cmp(y),
            (Pre::Number(_), Pre::Text(_)) => Ordering::Less,
            (Pre::Text(_), Pre::Number(_)) => Ordering::Greater,
        };
        if order != Ordering::Equal {
            return order;
        }
    }
    a.len().cmp(&b.len())
}
