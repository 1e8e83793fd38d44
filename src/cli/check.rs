//! `jibe check`: everything `build` does except printing objects; definitions too.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::PathBuf;

use super::args::MessageFormat;
use super::progress::Line;
use super::report::Stream;
use super::watch::{self, Watched};
use super::{Common, Exit, Fault, inputs, report, write_stdout};
use crate::diagnostics::Diagnostic;
use crate::driver::{Input, Options, Session, projects};
use crate::source::DiskWorld;

/// Checks applications and definitions without printing objects
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The paths are files that changed: YAML that is no application is passed over, and applications of the project that use a changed definition are checked too
    #[arg(long)]
    pub changed: bool,
    /// Mend what is certain, in the files
    #[arg(long)]
    pub fix: bool,
    /// List for each definition what was proved and what waits for the build
    #[arg(long)]
    pub proofs: bool,
    /// Do it again whenever a file has changed
    #[arg(long)]
    pub watch: bool,
}

/// Checks and reports to standard output; with `--fix`, mends what is certain first.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.watch {
        let watched = Watched { paths: &arguments.paths, shared: Vec::new(), alone: !arguments.proofs };
        return watch::repeat(&watched, common, |paths| once(&Arguments { paths: paths.to_vec(), ..arguments.clone() }, common));
    }
    once(arguments, common)
}

fn once(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let mut inputs = inputs(&arguments.paths)?;
    if arguments.changed {
        inputs = projects(inputs);
    }
    let line = Line::start("checking", common);
    let (findings, session) = super::fix::mended(arguments.fix, common, || check(&inputs, arguments.changed, common))?;
    drop(line);
    session.cover_secrets();
    if arguments.proofs && matches!(common.message_format, MessageFormat::Human | MessageFormat::Short) {
        write_stdout(proofs(&session).as_bytes());
    }
    let exit = report(findings, &session.sources, common, Stream::Stdout);
    // The process ends here.
    if !arguments.watch {
        std::mem::forget(session);
    }
    Ok(exit)
}

fn check(inputs: &[Input], changed: bool, common: &Common) -> Result<(Vec<Diagnostic>, Session), Fault> {
    let mut session = Session::new(Box::new(DiskWorld), Options { changed, ..common.options() }, inputs);
    let work = session.read(inputs, true)?;
    let findings = session.check(work);
    Ok((findings, session))
}

/// The ledgers of the project's definitions.
fn proofs(session: &Session) -> String {
    let library = &session.library;
    let mut out = String::new();
    for (id, d) in library.program.definitions().filter(|(id, _)| library.program.package(id.module) != "std") {
        let ledger = library.types.ledger(id);
        let _ = writeln!(out, "{} {}{}", d.kind.word(), d.name, if ledger.mistakes > 0 { ": has mistakes, nothing is promised" } else { "" });
        for (title, part) in [("proved", &ledger.proved), ("its own conditions", &ledger.own), ("looked at when an application is built", &ledger.later)] {
            if part.is_empty() {
                continue;
            }
            let _ = writeln!(out, "  {title}:");
            for (what, places) in part {
                let lines: BTreeSet<u32> = places.iter().filter_map(|s| Some(session.sources.get(s.file)?.line_column(s.start).line)).collect();
                let shown: Vec<String> = lines.iter().take(8).map(ToString::to_string).collect();
                let more = if lines.len() > shown.len() { ", …" } else { "" };
                let _ = writeln!(out, "    {:>4} {what} (line {}{more})", places.len(), shown.join(", "));
            }
        }
    }
    out
}
