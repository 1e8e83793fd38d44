//! Whether every text of one automaton is accepted by others: one breadth-first walk of their product.

use std::collections::HashMap;

use super::nfa::Nfa;

/// How many pairs of states a walk may visit.
const WALK_LIMIT: usize = 20_000;

/// The answer of [`included`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inclusion {
    Holds,
    /// The shortest text of the left side that the right one does not accept.
    Counterexample(String),
    /// The walk was too long.
    Unknown,
}

/// The right side of an inclusion: all of `all` must accept, none of `none`.
pub struct Target<'a> {
    pub all: Vec<&'a Nfa>,
    pub none: Vec<&'a Nfa>,
}

/// Deterministic states of one automaton, made as the walk needs them.
struct Subsets<'a> {
    nfa: &'a Nfa,
    sets: Vec<Vec<u32>>,
    ids: HashMap<Vec<u32>, u32>,
}

impl<'a> Subsets<'a> {
    fn new(nfa: &'a Nfa) -> Self {
        let initial = nfa.initial();
        Self { nfa, sets: vec![initial.clone()], ids: HashMap::from([(initial, 0)]) }
    }

    fn set(&self, id: u32) -> &[u32] {
        self.sets.get(id as usize).map_or(&[], Vec::as_slice)
    }

    fn step(&mut self, id: u32, c: u32) -> u32 {
        let next = self.nfa.step(self.set(id), c);
        if let Some(known) = self.ids.get(&next) {
            return *known;
        }
        let new = self.sets.len() as u32;
        self.sets.push(next.clone());
        self.ids.insert(next, new);
        new
    }

    fn accepts(&self, id: u32) -> bool {
        self.nfa.accepts_in(self.set(id))
    }

    fn is_dead(&self, id: u32) -> bool {
        self.set(id).is_empty()
    }

    /// The code points at which its behaviour changes within `low..=high`.
    fn cuts(&self, id: u32, low: u32, high: u32, cuts: &mut Vec<u32>) {
        for s in self.set(id) {
            if let Some(state) = self.nfa.states.get(*s as usize) {
                for (l, h, _) in &state.edges {
                    if *l > low && *l <= high {
                        cuts.push(*l);
                    }
                    if *h >= low && *h < high {
                        cuts.push(h + 1);
                    }
                }
            }
        }
    }
}

/// Where the walk came from: the index before, and the code point read (`None`: nothing).
type Step = (usize, Option<u32>);

/// Whether every text of `source` that also has what `given` demands is accepted by `target`.
pub fn included<'a>(source: &'a Nfa, given: &Target<'a>, target: &Target<'a>) -> Inclusion {
    let alive = alive_states(source);
    if !alive.first().copied().unwrap_or(false) {
        return Inclusion::Holds;
    }
    let wanted = target.all.len() + target.none.len();
    let mut sides = sides_of(target);
    sides.extend(sides_of(given));
    let free = sides.len() == wanted;
    let start = (0u32, vec![0u32; sides.len()]);
    let mut seen: HashMap<(u32, Vec<u32>), ()> = HashMap::from([(start.clone(), ())]);
    let mut queue = vec![start];
    let mut came: Vec<Step> = vec![(0, None)];
    let mut at = 0;
    while let Some((s, ids)) = queue.get(at).cloned() {
        let holds = |from: usize, to: usize| sides.iter().zip(&ids).take(to).skip(from).all(|((side, wanted), id)| side.accepts(*id) == *wanted);
        let good = holds(0, wanted) || !holds(wanted, sides.len());
        if source.accepting.get(s as usize).copied().unwrap_or(false) && !good {
            return Inclusion::Counterexample(spell(&came, at));
        }
        if free
            && sides.iter().zip(&ids).any(|((side, wanted), id)| *wanted && side.is_dead(*id))
            && let Some(rest) = shortest_from(source, s)
        {
            return Inclusion::Counterexample(spell(&came, at) + &rest);
        }
        if sides.iter().zip(&ids).skip(wanted).any(|((side, needed), id)| *needed && side.is_dead(*id)) {
            at += 1;
            continue;
        }
        let Some(state) = source.states.get(s as usize) else { break };
        let mut visit = |key: (u32, Vec<u32>), c: Option<u32>| {
            if alive.get(key.0 as usize).copied().unwrap_or(false) && seen.insert(key.clone(), ()).is_none() {
                queue.push(key);
                came.push((at, c));
            }
        };
        for t in &state.silent {
            visit((*t, ids.clone()), None);
        }
        let mut edges: Vec<&(u32, u32, u32)> = state.edges.iter().collect();
        edges.sort_by_key(|(l, h, _)| rank(readable(*l, *h)));
        for (low, high, t) in edges {
            for (l, h) in pieces(&sides, &ids, *low, *high) {
                let c = readable(l, h);
                let next = sides.iter_mut().zip(&ids).map(|((side, _), id)| side.step(*id, c)).collect();
                visit((*t, next), Some(c));
            }
        }
        if queue.len() > WALK_LIMIT {
            return Inclusion::Unknown;
        }
        at += 1;
    }
    Inclusion::Holds
}

fn sides_of<'a>(t: &Target<'a>) -> Vec<(Subsets<'a>, bool)> {
    t.all.iter().map(|n| (Subsets::new(n), true)).chain(t.none.iter().map(|n| (Subsets::new(n), false))).collect()
}

/// `low..=high` cut where one of the sides changes its behaviour.
fn pieces(sides: &[(Subsets<'_>, bool)], ids: &[u32], low: u32, high: u32) -> Vec<(u32, u32)> {
    let mut cuts = vec![low];
    for ((side, _), id) in sides.iter().zip(ids) {
        side.cuts(*id, low, high, &mut cuts);
    }
    cuts.sort_unstable();
    cuts.dedup();
    let ends = cuts.iter().skip(1).map(|c| c - 1).chain([high]);
    cuts.iter().copied().zip(ends.collect::<Vec<_>>()).collect()
}

/// Code points that read well, the best first.
const BEST: [u32; 6] = [97, 65, 48, 45, 46, 32];

/// The place of a code point among those that read well.
fn rank(c: u32) -> usize {
    BEST.iter().position(|b| *b == c).unwrap_or(BEST.len())
}

/// The code point of a range that reads best.
fn readable(low: u32, high: u32) -> u32 {
    BEST.iter().copied().find(|c| low <= *c && *c <= high).unwrap_or(if low < 33 && high > 33 { 33 } else { low })
}

fn spell(came: &[Step], mut at: usize) -> String {
    let mut out = Vec::new();
    while at != 0 {
        let Some((before, c)) = came.get(at) else { break };
        if let Some(c) = c.and_then(char::from_u32) {
            out.push(c);
        }
        at = *before;
    }
    out.iter().rev().collect()
}

/// Which states can still reach an accepting one.
fn alive_states(nfa: &Nfa) -> Vec<bool> {
    let mut alive = nfa.accepting.clone();
    let mut back: Vec<Vec<u32>> = vec![Vec::new(); nfa.states.len()];
    for (i, s) in nfa.states.iter().enumerate() {
        for t in s.silent.iter().chain(s.edges.iter().map(|(_, _, t)| t)) {
            if let Some(b) = back.get_mut(*t as usize) {
                b.push(i as u32);
            }
        }
    }
    let mut todo: Vec<u32> = alive.iter().enumerate().filter(|(_, a)| **a).map(|(i, _)| i as u32).collect();
    while let Some(s) = todo.pop() {
        for b in back.get(s as usize).into_iter().flatten() {
            if let Some(a) = alive.get_mut(*b as usize)
                && !*a
            {
                *a = true;
                todo.push(*b);
            }
        }
    }
    alive
}

/// The shortest text from a state to acceptance.
fn shortest_from(nfa: &Nfa, start: u32) -> Option<String> {
    let mut came: HashMap<u32, (u32, Option<u32>)> = HashMap::from([(start, (start, None))]);
    let mut queue = std::collections::VecDeque::from([start]);
    while let Some(s) = queue.pop_front() {
        if nfa.accepting.get(s as usize).copied().unwrap_or(false) {
            let mut out = Vec::new();
            let mut at = s;
            while at != start {
                let (before, c) = came.get(&at)?;
                out.extend(c.and_then(char::from_u32));
                at = *before;
            }
            return Some(out.iter().rev().collect());
        }
        let state = nfa.states.get(s as usize)?;
        for t in &state.silent {
            if !came.contains_key(t) {
                came.insert(*t, (s, None));
                queue.push_front(*t);
            }
        }
        for (l, h, t) in &state.edges {
            if !came.contains_key(t) {
                came.insert(*t, (s, Some(readable(*l, *h))));
                queue.push_back(*t);
            }
        }
    }
    None
}

/// Whether no text is in both.
pub fn disjoint(a: &[&Nfa], b: &[&Nfa]) -> bool {
    let all: Vec<&Nfa> = a.iter().chain(b).copied().collect();
    let mut sides: Vec<Subsets<'_>> = all.iter().map(|n| Subsets::new(n)).collect();
    let start = vec![0u32; sides.len()];
    let mut seen: HashMap<Vec<u32>, ()> = HashMap::from([(start.clone(), ())]);
    let mut todo = vec![start];
    while let Some(ids) = todo.pop() {
        if sides.iter().zip(&ids).all(|(s, id)| s.accepts(*id)) {
            return false;
        }
        if seen.len() > WALK_LIMIT {
            return false;
        }
        let pairs: Vec<(Subsets<'_>, bool)> = sides.drain(..).map(|s| (s, true)).collect();
        let ranges = pieces(&pairs, &ids, 0, 0x10_FFFF);
        sides = pairs.into_iter().map(|(s, _)| s).collect();
        for (l, h) in ranges {
            let c = readable(l, h);
            let next: Vec<u32> = sides.iter_mut().zip(&ids).map(|(s, id)| s.step(*id, c)).collect();
            if sides.iter().zip(&next).any(|(s, id)| s.is_dead(*id)) {
                continue;
            }
            if seen.insert(next.clone(), ()).is_none() {
                todo.push(next);
            }
        }
    }
    true
}
