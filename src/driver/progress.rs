//! How far a run is: counted here, shown by the command line on a terminal.

use std::sync::atomic::{AtomicUsize, Ordering};

static DONE: AtomicUsize = AtomicUsize::new(0);
static TOTAL: AtomicUsize = AtomicUsize::new(0);

/// So many things are about to be looked at.
pub(super) fn expect(count: usize) {
    TOTAL.fetch_add(count, Ordering::Relaxed);
}

/// One of them has been.
pub(super) fn done() {
    DONE.fetch_add(1, Ordering::Relaxed);
}

/// How many of how many have been looked at since the process began.
pub fn progress() -> (usize, usize) {
    let done = DONE.load(Ordering::Relaxed);
    (done, TOTAL.load(Ordering::Relaxed).max(done))
}
