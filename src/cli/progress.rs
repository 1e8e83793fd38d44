//! How far a long run is: one line on standard error, on a terminal only, after a second; taken away at the end.

use std::io::{IsTerminal, Write};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Common, MessageFormat};
use crate::driver::progress;

/// Nothing is shown before.
const PATIENCE: Duration = Duration::from_secs(1);
/// How often the line changes.
const BEAT: Duration = Duration::from_millis(120);

/// The line; it goes when this is dropped.
pub struct Line {
    ended: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Line {
    /// Begins to count. `what`: `checking`.
    pub fn start(what: &'static str, common: &Common) -> Self {
        let ended = Arc::new((Mutex::new(false), Condvar::new()));
        let wanted = std::io::stderr().is_terminal() && !common.quiet && common.message_format == MessageFormat::Human;
        let thread = wanted.then(|| {
            let ended = Arc::clone(&ended);
            std::thread::spawn(move || show(what, &ended))
        });
        Self { ended, thread }
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let (flag, bell) = &*self.ended;
        *flag.lock().unwrap_or_else(PoisonError::into_inner) = true;
        bell.notify_all();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn show(what: &str, ended: &(Mutex<bool>, Condvar)) {
    let begun = Instant::now();
    let (before, _) = progress();
    let (flag, bell) = ended;
    let mut over = flag.lock().unwrap_or_else(PoisonError::into_inner);
    let mut shown = false;
    while !*over {
        over = bell.wait_timeout(over, BEAT).unwrap_or_else(PoisonError::into_inner).0;
        if !*over && begun.elapsed() >= PATIENCE {
            let (done, total) = progress();
            let count = if total > before { format!(" {} of {}", done - before, total - before) } else { String::new() };
            let text = format!("\r\x1b[K{what}{count}, {} s", begun.elapsed().as_secs());
            let _ = std::io::stderr().write_all(text.as_bytes());
            shown = true;
        }
    }
    if shown {
        let _ = std::io::stderr().write_all(b"\r\x1b[K");
    }
}
