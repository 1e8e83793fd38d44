//! Budgets of one application (language reference §13): evaluation always ends, whatever the input.

use std::sync::atomic::{AtomicU64, Ordering};

/// Steps of evaluation for one application.
pub const MAX_STEPS: u64 = 10_000_000;
/// Bytes of values for one application.
pub const MAX_BYTES: u64 = 64 << 20;
/// Bytes of one string.
pub const MAX_STRING: usize = 1 << 20;
/// Elements of one list, fields of one map.
pub const MAX_LIST: usize = 100_000;
/// Expressions inside each other, calls included.
pub const MAX_DEPTH: u32 = 256;
/// Nesting of values.
pub const MAX_VALUE_DEPTH: u32 = 128;
/// So many values are bound before their nesting is looked at: until then it cannot be harmful.
pub const FREE_BINDINGS: u32 = 32;

/// What is left for an application; shared by the evaluation of all its components.
#[derive(Debug)]
pub struct Budget {
    steps: AtomicU64,
    bytes: AtomicU64,
}

impl Default for Budget {
    fn default() -> Self {
        Self { steps: AtomicU64::new(MAX_STEPS), bytes: AtomicU64::new(MAX_BYTES) }
    }
}

impl Budget {
    /// Steps and bytes that are left.
    pub fn left(&self) -> (u64, u64) {
        (self.steps.load(Ordering::Relaxed), self.bytes.load(Ordering::Relaxed))
    }

    /// Takes off what one evaluation has used.
    pub fn take(&self, steps: u64, bytes: u64) {
        let less = |cell: &AtomicU64, n: u64| {
            let _ = cell.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| Some(left.saturating_sub(n)));
        };
        less(&self.steps, steps);
        less(&self.bytes, bytes);
    }
}
