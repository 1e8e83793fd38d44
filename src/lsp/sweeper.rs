//! The thread that checks everything, after a pause in typing, and stops when typing goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

use super::analyst::Job;
use crate::ide::{Found, Sweep};

/// The pause after which everything is checked.
const PAUSE: Duration = Duration::from_millis(120);

/// What the thread is told.
pub enum Order {
    /// Something has changed: the state of this number is to be checked after a pause.
    Soon(u64),
    /// These checks are to be made now, for the state of this number.
    Now(u64, Vec<Sweep>),
}

/// The thread's work, until nobody gives orders any more. `generation` is the number of the newest state.
pub fn run(orders: &Receiver<Order>, jobs: &Sender<Job>, generation: &Arc<AtomicU64>) {
    let mut waiting: Option<u64> = None;
    loop {
        let order = match waiting {
            None => orders.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) => orders.recv_timeout(PAUSE),
        };
        match order {
            Ok(Order::Soon(number)) => waiting = Some(number),
            Ok(Order::Now(number, sweeps)) => {
                let stop = || generation.load(Ordering::Acquire) != number;
                for sweep in sweeps {
                    let mut tell = |found: Vec<Found>| drop(jobs.send(Job::Swept(number, found)));
                    // A fault in a check costs the findings of that check.
                    let _ = catch_unwind(AssertUnwindSafe(|| sweep.run(&stop, &mut tell)));
                }
                if !stop() {
                    drop(jobs.send(Job::SweepDone));
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Some(number) = waiting.take()
                    && jobs.send(Job::Sweep(number)).is_err()
                {
                    return;
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
