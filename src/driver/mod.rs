//! A run: settings, files, definitions and applications brought together, in parallel, with results in a fixed order. Knows no terminal.

mod affected;
mod ambiguous;
pub mod breaking;
pub mod compare;
mod coverage;
mod documents;
mod evaluate;
mod field_errors;
pub mod import;
mod inputs;
mod join;
mod levels;
mod library;
mod lints;
mod manifests;
mod practice;
mod progress;
mod reference;
mod rehome;
mod session;
mod set;
mod settings;
mod tests;
pub mod why;

pub use affected::projects;
pub use coverage::{Covered, Missed};
pub use evaluate::{Evaluated, evaluate_expression, evaluate_module, evaluate_text};
pub use field_errors::Placed;
pub use inputs::{Input, Unreadable};
pub use library::{Kept, Library, Places};
pub use manifests::{Validation, manifest_objects, validate};
pub use progress::progress;
pub use session::{Options, Outcome, Session, Work};
pub use settings::Settings;
pub use tests::TestOutcome;
