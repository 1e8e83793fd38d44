//! How a run ends.

use std::any::Any;
use std::process::ExitCode;

use crate::diagnostics::{Diagnostic, codes};
use crate::driver::Unreadable;

/// The three ends of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// No error: 0.
    Clean,
    /// Errors in the input (warnings too under `--deny-warnings`): 1.
    Errors,
    /// Wrong usage, missing file, internal fault: 2.
    Fault,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Clean => 0,
            Exit::Errors => 1,
            Exit::Fault => 2,
        })
    }
}

/// Why a run could not do its work at all.
#[derive(Clone, Debug)]
pub struct Fault {
    pub diagnostic: Box<Diagnostic>,
}

impl Fault {
    /// Wrong usage, or a file that cannot be read.
    pub fn new(message: impl Into<String>) -> Self {
        Self { diagnostic: Box::new(Diagnostic::new(codes::J1402, message)) }
    }

    /// The same with advice.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.diagnostic.help = Some(help.into());
        self
    }

    /// A panic that should not have happened.
    pub fn internal(panic: &(dyn Any + Send)) -> Self {
        let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned()).or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        let diagnostic =
            Diagnostic::new(codes::J1501, format!("internal error: {text}")).help("this is a mistake in Jibe, not in your files: please report it with the input that caused it");
        Self { diagnostic: Box::new(diagnostic) }
    }
}

impl From<Unreadable> for Fault {
    fn from(e: Unreadable) -> Self {
        Self::new(format!("cannot read `{}`: {}", e.path.display(), e.reason))
    }
}
