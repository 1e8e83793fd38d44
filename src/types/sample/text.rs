//! Texts: hazards where anything goes, else walks through the automaton of a language, to its shortest, its longest and some between.

use std::sync::Arc;

use ecow::EcoString;

use super::choices::Choices;
use crate::types::text::{Format, Language, Nfa, Text};

/// How often a walk is tried before an example is taken.
const TRIES: u64 = 12;
/// Beyond its minimum a text gets no longer than this.
const LONG: u64 = 300;
/// Texts that are easily mistaken, by YAML, by a shell, by a format.
const HAZARDS: [&str; 20] = [
    "a",
    "",
    "some text",
    "x: y",
    "yes",
    "0x1F",
    "ü",
    "日本語 🙂",
    "null",
    "1e3",
    " blanks around ",
    "line\nline\n",
    "- a",
    "#",
    "{{ x }}",
    "$(X)",
    "A_B.c-d/e",
    "*",
    "'\"\\",
    "2001-01-01",
];

/// A text of a type; `None` when none was found.
pub fn text(t: &Text, choices: &mut Choices) -> Option<EcoString> {
    match t {
        Text::Any => Some(match choices.below(HAZARDS.len() as u64 + 1) as usize {
            i if i < HAZARDS.len() => HAZARDS.get(i).copied().unwrap_or_default().into(),
            _ => "long-".repeat(60).into(),
        }),
        Text::Literals(all) => choices.pick(all).cloned(),
        Text::Language(l) => language(l, choices),
    }
}

fn language(l: &Arc<Language>, choices: &mut Choices) -> Option<EcoString> {
    let known: &[&str] = l.format.map_or(&[], examples);
    let known: Vec<&str> = l.format.map(Format::example).into_iter().chain(known.iter().copied()).filter(|e| l.accepts(e).is_ok()).collect();
    let bounds = l.lengths();
    let most = bounds.max.unwrap_or(bounds.min + 20).min(bounds.min + LONG);
    // One choice of the sort and one of the text: few numbers, so that the text is soon the plainest.
    let sort = choices.below(8);
    let seed = choices.below(1 << 16);
    let parsed = l.format.is_some_and(Format::is_parsed);
    if (sort < 3 || parsed) && !known.is_empty() {
        return known.get(if sort == 0 { 0 } else { seed as usize % known.len() }).map(|e| (*e).into());
    }
    let source = l.source();
    let mut walker = Choices::new(seed);
    for i in 0..TRIES {
        let target = match sort {
            0 | 3 => bounds.min.max(1) + i,
            4..=6 if i < TRIES / 2 => most,
            _ => bounds.min + walker.below(most.saturating_sub(bounds.min) + 1).min(12),
        };
        let made = walk(&source, target.min(most), &mut walker);
        if l.accepts(&made).is_ok() {
            return Some(made.into());
        }
    }
    known.first().map(|e| (*e).into())
}

/// More texts of formats that only a parser knows, and of those whose edges a walk seldom meets.
fn examples(format: Format) -> &'static [&'static str] {
    match format {
        Format::Cron => &["* * * * *", "@hourly", "0 0 1 1 *", "*/5 1-3 * JAN MON", "59 23 31 12 6"],
        Format::IpAddress => &["10.0.0.1", "::1", "2001:db8::1", "255.255.255.255"],
        Format::Cidr => &["0.0.0.0/0", "::/0", "10.1.0.0/16", "192.168.1.1/32"],
        Format::Url => &["https://example.com", "http://a.b:8080/c?d=e#f", "oci://example.com/x"],
        Format::Duration => &["0s", "1h30m", "100ms", "1.5h", "720h"],
        Format::ImageReference => &["nginx", "example.com:5000/a/b:1.2.3", "a/b@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"],
        Format::Quantity => &["0", "1", "500m", "2Gi"],
        Format::HttpPath => &["/", "/a/b", "/a%20b"],
        Format::LabelValue => &["", "a", "A.b_c-d"],
        Format::Hostname => &["a", "*.example.com", "example.com"],
        _ => &[],
    }
}

/// A text of an automaton, of about `target` code points.
fn walk(nfa: &Nfa, target: u64, choices: &mut Choices) -> String {
    let mut set = nfa.initial();
    let mut out = String::new();
    let mut best = String::new();
    for _ in 0..target {
        let edges: Vec<(u32, u32)> = set.iter().filter_map(|s| nfa.states.get(*s as usize)).flat_map(|s| s.edges.iter().map(|(l, h, _)| (*l, *h))).collect();
        let Some((low, high)) = choices.pick(&edges).copied() else { break };
        // Printable ASCII where there is some, but for one letter in sixteen.
        let (a, b) = (low.max(33), high.min(126));
        let c = match choices.below(16) {
            0 if high > 0xFF => low.max(0xE0) + choices.below(u64::from(high.min(0x2FF) - low.clamp(0xE0, high.min(0x2FF))) + 1) as u32,
            _ if a <= b => a + choices.below(u64::from(b - a) + 1) as u32,
            _ => low,
        };
        let Some(c) = char::from_u32(c) else { break };
        out.push(c);
        set = nfa.step(&set, u32::from(c));
        if nfa.accepts_in(&set) {
            best.clone_from(&out);
        }
    }
    best
}
