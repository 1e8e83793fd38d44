//! `jibe check`: everything `build` does except printing objects; definitions too.

use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, inputs, report};
use crate::driver::Session;
use crate::source::DiskWorld;

/// Checks applications and definitions without printing objects
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
}

/// Checks and reports to standard output.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let inputs = inputs(&arguments.paths)?;
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    let work = session.read(&inputs, true)?;
    let findings = session.check(work);
    Ok(report(findings, &session.sources, common, Stream::Stdout))
}
