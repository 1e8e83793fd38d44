//! `jibe check`: everything `build` does except printing objects; definitions too.

use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, inputs, report};
use crate::diagnostics::Diagnostic;
use crate::driver::{Input, Session};
use crate::source::DiskWorld;

/// Checks applications and definitions without printing objects
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Mend what is certain, in the files
    #[arg(long)]
    pub fix: bool,
}

/// Checks and reports to standard output; with `--fix`, mends what is certain first.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let inputs = inputs(&arguments.paths)?;
    // A fix can uncover the next one; three rounds are enough for all that were seen.
    for _ in 0..if arguments.fix { 3 } else { 0 } {
        let (findings, session) = check(&inputs, common)?;
        let applied = super::fix::apply(&crate::render::arrange(findings), &session.sources)?;
        if applied == 0 {
            break;
        }
        if !common.quiet {
            super::report::remark(&format!("{applied} fix{} applied", if applied == 1 { "" } else { "es" }));
        }
    }
    let (findings, session) = check(&inputs, common)?;
    Ok(report(findings, &session.sources, common, Stream::Stdout))
}

fn check(inputs: &[Input], common: &Common) -> Result<(Vec<Diagnostic>, Session), Fault> {
    let mut session = Session::new(Box::new(DiskWorld), common.options(), inputs);
    let work = session.read(inputs, true)?;
    let findings = session.check(work);
    Ok((findings, session))
}
