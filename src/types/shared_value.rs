//! A value that two members of a union both have, to show why they cannot be told apart.

use super::fit::fits;
use super::sample::{Choices, sample};
use super::ty::Ty;
use crate::yaml;

/// How many values of each member are tried.
const TRIES: u64 = 64;
/// Longer values explain nothing, in bytes.
const LONGEST: usize = 160;

/// The shortest value found, as JSON; the same in every run.
pub(super) fn shared_value(a: &Ty, b: &Ty) -> Option<String> {
    let mut random = Choices::new(1);
    let mut best: Option<String> = None;
    for _ in 0..TRIES {
        for (from, other) in [(a, b), (b, a)] {
            let Some(value) = sample(from, &mut random).filter(|v| fits(v, other)) else { continue };
            let mut text = String::new();
            yaml::write_json(&value, &mut text);
            if text.len() <= LONGEST && best.as_ref().is_none_or(|b| (text.len(), &text) < (b.len(), b)) {
                best = Some(text);
            }
        }
    }
    best
}
