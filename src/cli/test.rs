//! `jibe test`: runs the `test` blocks of definitions.

use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, MessageFormat, inputs, report, write_stdout};
use crate::driver::Session;
use crate::source::DiskWorld;

/// Runs the tests of definitions
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files and folders of definitions; the project's own when none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only tests whose name, or whose module's name, contains this
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub filter: String,
    /// Only say which tests there are
    #[arg(long)]
    pub list: bool,
}

/// Runs the tests; those that fail make the exit code 1.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let here = [PathBuf::from(".")];
    let inputs = inputs(if arguments.paths.is_empty() { &here } else { &arguments.paths })?;
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    session.read(&inputs, true)?;
    let broken = session.findings.iter().any(|d| d.is_error());
    if broken {
        return Ok(report(session.findings.clone(), &session.sources, common, Stream::Stdout));
    }
    let outcomes = session.tests(&arguments.filter);
    let human = matches!(common.message_format, MessageFormat::Human);
    let mut text = String::new();
    let (mut passed, mut failed) = (0, 0);
    let mut findings = Vec::new();
    for o in outcomes {
        if arguments.list {
            text.push_str(&format!("{}: {}\n", o.module, o.name));
            continue;
        }
        let good = o.findings.iter().all(|d| !d.is_error());
        if good {
            passed += 1;
        } else {
            failed += 1;
        }
        text.push_str(&format!("{} {}: {}\n", if good { "ok    " } else { "FAILED" }, o.module, o.name));
        findings.extend(o.findings);
    }
    if !arguments.list {
        text.push_str(&format!("{passed} passed, {failed} failed\n"));
    }
    if human || arguments.list {
        write_stdout(text.as_bytes());
    }
    if findings.is_empty() && (human || arguments.list) {
        return Ok(Exit::Clean);
    }
    Ok(report(findings, &session.sources, common, if human { Stream::Stderr } else { Stream::Stdout }))
}
