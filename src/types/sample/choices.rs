//! The stream of choices that a value is made from. It is kept, so a value can be made again from fewer or smaller choices: that is how values shrink, and why none ever leaves its type.

/// Numbers that are the same for the same seed (xorshift), or a list of them that was kept. 0 is the plainest choice everywhere.
#[derive(Clone, Debug)]
pub struct Choices {
    state: u64,
    /// What was chosen so far.
    made: Vec<u32>,
    /// What is to be chosen again; 0 beyond its end.
    given: Option<Vec<u32>>,
    /// How many nodes the value has so far.
    pub(super) nodes: u32,
    /// How often what may be left out is given, in sixths.
    pub(super) density: u64,
}

impl Choices {
    /// Choices of a seed.
    pub fn new(seed: u64) -> Self {
        // The steps of splitmix, so that neighbouring seeds have nothing in common.
        let mut z = seed.wrapping_add(0x9E37_79B9_7F4A_7C15);
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Self { state: (z ^ (z >> 31)) | 1, made: Vec::new(), given: None, nodes: 0, density: 3 }
    }

    /// The choices of an earlier value, or some like them.
    pub fn again(given: Vec<u32>) -> Self {
        Self { given: Some(given), ..Self::new(0) }
    }

    /// What was chosen.
    pub fn made(&self) -> &[u32] {
        &self.made
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    /// Less than `n` (at most 2³²); 0 for 0.
    pub fn below(&mut self, n: u64) -> u64 {
        if n < 2 {
            return 0;
        }
        let chosen = match &self.given {
            Some(given) => given.get(self.made.len()).map_or(0, |c| u64::from(*c).min(n - 1)),
            None => self.next() % n,
        };
        self.made.push(u32::try_from(chosen).unwrap_or(u32::MAX));
        chosen
    }

    /// True `times` times in `of`.
    pub fn odds(&mut self, times: u64, of: u64) -> bool {
        // Falsehood is the plain choice.
        self.below(of) >= of.saturating_sub(times)
    }

    /// One of them; the first is the plainest.
    pub fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let i = self.below(all.len() as u64) as usize;
        all.get(i)
    }
}

/// Simpler lists of choices than `choices`, the boldest first, until `fails` takes one; then from that one again. At most `most` are tried.
pub fn shrink(choices: &[u32], most: u32, fails: &mut dyn FnMut(&[u32]) -> bool) -> Vec<u32> {
    let mut best = choices.to_vec();
    let mut left = most;
    let mut progress = true;
    while progress && left > 0 {
        progress = false;
        let mut size = best.len().max(1).next_power_of_two();
        while size > 0 {
            let mut at = 0;
            while at < best.len() && left > 0 {
                let end = (at + size).min(best.len());
                let mut without = best.clone();
                without.drain(at..end);
                let mut plain = best.clone();
                plain.iter_mut().take(end).skip(at).for_each(|c| *c = 0);
                let mut smaller = best.clone();
                smaller.iter_mut().take(end).skip(at).for_each(|c| *c /= 2);
                let mut tried = false;
                let mut less = best.clone();
                less.iter_mut().take(end).skip(at).for_each(|c| *c = c.saturating_sub(1));
                for candidate in [without, plain, smaller, less] {
                    if left > 0 && simpler(&candidate, &best) {
                        left -= 1;
                        if fails(&candidate) {
                            best = candidate;
                            (tried, progress) = (true, true);
                            break;
                        }
                    }
                }
                if !tried {
                    at = end;
                }
            }
            size /= 2;
        }
    }
    best
}

/// Whether one list is simpler: shorter, or as long and smaller.
fn simpler(a: &[u32], b: &[u32]) -> bool {
    (a.len(), a) < (b.len(), b)
}
