//! A run: settings, files, definitions and applications brought together, in parallel, with results in a fixed order. Knows no terminal.

mod inputs;
mod join;
mod rehome;
mod session;
mod settings;

pub use inputs::{Input, Unreadable};
pub use session::{Options, Session};
pub use settings::Settings;
