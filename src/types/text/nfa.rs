//! Nondeterministic automata over code points: what a template, a regex or a named format can be.

use std::collections::HashMap;

use regex_syntax::hir::{Class, Hir, HirKind};

/// An automaton larger than this is given up.
pub const STATE_LIMIT: usize = 4000;

/// One state: transitions over ranges of code points, and those that read nothing.
#[derive(Clone, Debug, Default)]
pub struct State {
    pub edges: Vec<(u32, u32, u32)>,
    pub silent: Vec<u32>,
}

/// An automaton with one initial state (0) and a set of accepting ones.
#[derive(Clone, Debug)]
pub struct Nfa {
    pub states: Vec<State>,
    pub accepting: Vec<bool>,
}

/// Why there is no automaton.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NfaError {
    /// Not a regex; the message is the parser's.
    Syntax(String),
    /// An anchor or word boundary.
    Anchor,
    TooLarge,
}

impl Nfa {
    /// The automaton of the empty text.
    pub fn empty() -> Self {
        Self { states: vec![State::default()], accepting: vec![true] }
    }

    /// Every text.
    pub fn any() -> Self {
        Self { states: vec![State { edges: vec![(0, 0x10_FFFF, 0)], silent: vec![] }], accepting: vec![true] }
    }

    /// One text.
    pub fn literal(text: &str) -> Self {
        let mut nfa = Self::empty();
        for c in text.chars() {
            nfa.then(u32::from(c), u32::from(c));
        }
        nfa
    }

    /// One of some texts.
    pub fn literals<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        Self::union(texts.into_iter().map(Self::literal).collect())
    }

    /// The decimals of the integers of an interval, exactly.
    pub fn decimals(low: i64, high: i64) -> Self {
        let mut parts = Vec::new();
        if low < 0 {
            let nearest = if high < 0 { high.unsigned_abs() } else { 1 };
            parts.push(format!("-({})", super::decimals::between(nearest, low.unsigned_abs())));
        }
        if high >= 0 {
            parts.push(super::decimals::between(low.max(0).unsigned_abs(), high.unsigned_abs()));
        }
        Self::regex(&parts.join("|")).unwrap_or_else(|_| Self::any())
    }

    /// The automaton of a regex that matches whole texts: no anchors, no boundaries; `\d \w \s` are ASCII.
    pub fn regex(pattern: &str) -> Result<Self, NfaError> {
        let hir = regex_syntax::ParserBuilder::new().nest_limit(64).build().parse(&ascii_classes(pattern)).map_err(|e| NfaError::Syntax(e.to_string()))?;
        let mut nfa = Self { states: vec![State::default()], accepting: vec![] };
        let end = nfa.add(&hir, 0, 0)?;
        nfa.accepting = vec![false; nfa.states.len()];
        if let Some(a) = nfa.accepting.get_mut(end as usize) {
            *a = true;
        }
        Ok(nfa)
    }

    fn state(&mut self) -> Result<u32, NfaError> {
        if self.states.len() >= STATE_LIMIT {
            return Err(NfaError::TooLarge);
        }
        self.states.push(State::default());
        Ok(self.states.len() as u32 - 1)
    }

    fn edge(&mut self, from: u32, low: u32, high: u32, to: u32) {
        if let Some(s) = self.states.get_mut(from as usize) {
            s.edges.push((low, high, to));
        }
    }

    fn silent(&mut self, from: u32, to: u32) {
        if let Some(s) = self.states.get_mut(from as usize) {
            s.silent.push(to);
        }
    }

    /// Appends one symbol to an automaton with a single chain of states.
    fn then(&mut self, low: u32, high: u32) {
        let last = self.states.len() as u32 - 1;
        self.states.push(State::default());
        self.edge(last, low, high, last + 1);
        if let Some(a) = self.accepting.last_mut() {
            *a = false;
        }
        self.accepting.push(true);
    }

    /// Adds the states of `hir` after `from`; gives the state after it.
    fn add(&mut self, hir: &Hir, from: u32, depth: u32) -> Result<u32, NfaError> {
        if depth > 200 {
            return Err(NfaError::TooLarge);
        }
        match hir.kind() {
            HirKind::Empty => Ok(from),
            HirKind::Literal(l) => {
                let text = std::str::from_utf8(&l.0).map_err(|e| NfaError::Syntax(e.to_string()))?;
                let mut at = from;
                for c in text.chars() {
                    let next = self.state()?;
                    self.edge(at, u32::from(c), u32::from(c), next);
                    at = next;
                }
                Ok(at)
            }
            HirKind::Class(class) => {
                let next = self.state()?;
                match class {
                    Class::Unicode(c) => c.ranges().iter().for_each(|r| self.edge(from, u32::from(r.start()), u32::from(r.end()), next)),
                    Class::Bytes(c) => c.ranges().iter().for_each(|r| self.edge(from, u32::from(r.start()), u32::from(r.end()), next)),
                }
                Ok(next)
            }
            HirKind::Look(_) => Err(NfaError::Anchor),
            HirKind::Capture(c) => self.add(&c.sub, from, depth + 1),
            HirKind::Concat(parts) => parts.iter().try_fold(from, |at, p| self.add(p, at, depth + 1)),
            HirKind::Alternation(parts) => {
                let end = self.state()?;
                for p in parts {
                    let begin = self.state()?;
                    self.silent(from, begin);
                    let e = self.add(p, begin, depth + 1)?;
                    self.silent(e, end);
                }
                Ok(end)
            }
            HirKind::Repetition(r) => self.repeat(&r.sub, r.min, r.max, from, depth),
        }
    }

    fn repeat(&mut self, sub: &Hir, min: u32, max: Option<u32>, from: u32, depth: u32) -> Result<u32, NfaError> {
        let mut at = from;
        for _ in 0..min {
            at = self.add(sub, at, depth + 1)?;
        }
        match max {
            None => {
                let hub = self.state()?;
                self.silent(at, hub);
                let e = self.add(sub, hub, depth + 1)?;
                self.silent(e, hub);
                let end = self.state()?;
                self.silent(hub, end);
                Ok(end)
            }
            Some(max) => {
                let end = self.state()?;
                self.silent(at, end);
                for _ in min..max {
                    at = self.add(sub, at, depth + 1)?;
                    self.silent(at, end);
                }
                Ok(end)
            }
        }
    }

    /// One after the other.
    #[must_use]
    pub fn concat(mut self, other: &Nfa) -> Nfa {
        let shift = self.states.len() as u32;
        let ends: Vec<usize> = self.accepting.iter().enumerate().filter(|(_, a)| **a).map(|(i, _)| i).collect();
        self.append(other);
        for e in ends {
            self.silent(e as u32, shift);
        }
        self.accepting = vec![false; shift as usize].into_iter().chain(other.accepting.iter().copied()).collect();
        self
    }

    fn append(&mut self, other: &Nfa) {
        let shift = self.states.len() as u32;
        self.states.extend(
            other.states.iter().map(|s| State { edges: s.edges.iter().map(|(l, h, t)| (*l, *h, t + shift)).collect(), silent: s.silent.iter().map(|t| t + shift).collect() }),
        );
    }

    /// One of several.
    pub fn union(parts: Vec<Nfa>) -> Nfa {
        let mut all = Nfa { states: vec![State::default()], accepting: vec![false] };
        for p in parts {
            let start = all.states.len() as u32;
            all.append(&p);
            all.accepting.extend(p.accepting);
            all.silent(0, start);
        }
        all
    }

    /// Any number of times, or at least once, with a separator between.
    pub fn joined(element: &Nfa, separator: &Nfa, or_none: bool) -> Nfa {
        let mut all = Nfa { states: vec![State::default()], accepting: vec![or_none] };
        let start = all.states.len() as u32;
        all.append(element);
        all.silent(0, start);
        all.accepting.extend(element.accepting.iter().copied());
        let sep = all.states.len() as u32;
        all.append(separator);
        all.accepting.extend(separator.accepting.iter().map(|_| false));
        for (i, a) in element.accepting.iter().enumerate() {
            if *a {
                all.silent(start + i as u32, sep);
            }
        }
        for (i, a) in separator.accepting.iter().enumerate() {
            if *a {
                all.silent(sep + i as u32, start);
            }
        }
        all
    }

    /// Only the texts of at most `max` (≤ 64) code points, by counting in the states.
    pub fn counted(&self, max: u64) -> Option<Nfa> {
        let mut ids: HashMap<(u32, u64), u32> = HashMap::from([((0, 0), 0)]);
        let mut out = Nfa { states: vec![State::default()], accepting: vec![false] };
        let mut todo = vec![(0u32, 0u64)];
        while let Some((s, n)) = todo.pop() {
            let id = *ids.get(&(s, n))?;
            let state = self.states.get(s as usize)?;
            *out.accepting.get_mut(id as usize)? = *self.accepting.get(s as usize)?;
            let mut visit = |key: (u32, u64), out: &mut Nfa| -> Option<u32> {
                if let Some(id) = ids.get(&key) {
                    return Some(*id);
                }
                if out.states.len() >= STATE_LIMIT {
                    return None;
                }
                out.states.push(State::default());
                out.accepting.push(false);
                let id = out.states.len() as u32 - 1;
                ids.insert(key, id);
                todo.push(key);
                Some(id)
            };
            for t in &state.silent {
                let to = visit((*t, n), &mut out)?;
                out.silent(id, to);
            }
            if n < max {
                for (l, h, t) in &state.edges {
                    let to = visit((*t, n + 1), &mut out)?;
                    out.edge(id, *l, *h, to);
                }
            }
        }
        Some(out)
    }

    /// With symbols mapped to lower or upper case (ASCII).
    #[must_use]
    pub fn cased(mut self, upper: bool) -> Nfa {
        let (from, to): (std::ops::RangeInclusive<u32>, i64) = if upper { (97..=122, -32) } else { (65..=90, 32) };
        for s in &mut self.states {
            let mut edges = Vec::new();
            for (l, h, t) in s.edges.drain(..) {
                if l < *from.start() {
                    edges.push((l, h.min(from.start() - 1), t));
                }
                if h > *from.end() {
                    edges.push((l.max(from.end() + 1), h, t));
                }
                let (a, b) = (l.max(*from.start()), h.min(*from.end()));
                if a <= b {
                    edges.push(((i64::from(a) + to) as u32, (i64::from(b) + to) as u32, t));
                }
            }
            s.edges = edges;
        }
        self
    }

    /// With every state accepting: all prefixes. States from which nothing is accepted are not expected.
    #[must_use]
    pub fn prefixes(mut self) -> Nfa {
        self.accepting.iter_mut().for_each(|a| *a = true);
        self
    }

    /// The shortest and the longest text that it accepts, in code points; `None`: no bound is known.
    pub fn lengths(&self) -> (u64, Option<u64>) {
        let mut set = self.initial();
        let (mut shortest, mut longest) = (None, 0);
        let limit = self.states.len().min(600) as u64;
        for n in 0..=limit {
            if self.accepts_in(&set) {
                shortest.get_or_insert(n);
                longest = n;
            }
            set = self.after_any(&set);
            if set.is_empty() {
                return (shortest.unwrap_or(0), Some(longest));
            }
        }
        (shortest.unwrap_or(0), None)
    }

    /// The states after any one code point.
    fn after_any(&self, set: &[u32]) -> Vec<u32> {
        let mut next = Vec::new();
        let mut seen = vec![false; self.states.len()];
        for (_, _, t) in set.iter().filter_map(|s| self.states.get(*s as usize)).flat_map(|s| &s.edges) {
            if let Some(mark) = seen.get_mut(*t as usize)
                && !std::mem::replace(mark, true)
            {
                next.push(*t);
            }
        }
        self.close(&mut next);
        next
    }

    /// Adds what is reachable without reading.
    pub fn close(&self, set: &mut Vec<u32>) {
        // Small sets are searched, large ones marked.
        let mut marks = vec![false; if self.states.len() > 64 { self.states.len() } else { 0 }];
        let mut fresh = |s: u32, set: &[u32]| match marks.get_mut(s as usize) {
            Some(mark) => !std::mem::replace(mark, true),
            None => !set.contains(&s),
        };
        for s in set.clone() {
            fresh(s, &[]);
        }
        let mut i = 0;
        while let Some(s) = set.get(i).copied() {
            i += 1;
            if let Some(state) = self.states.get(s as usize) {
                for t in &state.silent {
                    if fresh(*t, set) {
                        set.push(*t);
                    }
                }
            }
        }
        set.sort_unstable();
    }

    /// The states after one code point.
    pub fn step(&self, set: &[u32], c: u32) -> Vec<u32> {
        let mut next: Vec<u32> =
            set.iter().filter_map(|s| self.states.get(*s as usize)).flat_map(|s| s.edges.iter().filter(|(l, h, _)| *l <= c && c <= *h).map(|(_, _, t)| *t)).collect();
        next.sort_unstable();
        next.dedup();
        self.close(&mut next);
        next
    }

    /// Whether one of the states accepts.
    pub fn accepts_in(&self, set: &[u32]) -> bool {
        set.iter().any(|s| self.accepting.get(*s as usize).copied().unwrap_or(false))
    }

    /// The states before reading.
    pub fn initial(&self) -> Vec<u32> {
        let mut set = vec![0];
        self.close(&mut set);
        set
    }

    /// Whether it accepts the text; otherwise how many bytes of it are the beginning of an accepted text.
    pub fn accepts(&self, text: &str) -> Result<(), usize> {
        let mut set = self.initial();
        for (at, c) in text.char_indices() {
            set = self.step(&set, u32::from(c));
            if set.is_empty() {
                return Err(at);
            }
        }
        if self.accepts_in(&set) { Ok(()) } else { Err(text.len()) }
    }
}

/// `\d`, `\w`, `\s` and their opposites as ASCII classes.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('d') => out.push_str("[0-9]"),
            Some('D') => out.push_str("[^0-9]"),
            Some('w') => out.push_str("[0-9A-Za-z_]"),
            Some('W') => out.push_str("[^0-9A-Za-z_]"),
            Some('s') => out.push_str(r"[\t\n\f\r ]"),
            Some('S') => out.push_str(r"[^\t\n\f\r ]"),
            Some('/') => out.push('/'),
            Some(other) => {
                out.push('\\');
                out.push(other);
            }
            None => out.push('\\'),
        }
    }
    out
}
