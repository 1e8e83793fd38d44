//! `jibe lint`: everything `check` does, with all best-practice rules and style lints.

use std::path::PathBuf;

use super::progress::Line;
use super::report::Stream;
use super::watch::{self, Watched};
use super::{Common, Exit, Fault, fix, inputs, report, write_stdout};
use crate::driver::{Input, Options, Session, projects};
use crate::lint::LINTS;
use crate::source::DiskWorld;

/// Checks applications against best practice and definitions for style
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(default_value = ".", value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The paths are files that changed: YAML that is no application is passed over, and applications of the project that use a changed definition are looked at too
    #[arg(long)]
    pub changed: bool,
    /// Mend what is certain, in the files
    #[arg(long)]
    pub fix: bool,
    /// Only list the rules and lints with their levels
    #[arg(long)]
    pub list: bool,
    /// Do it again whenever a file has changed
    #[arg(long)]
    pub watch: bool,
}

/// Checks and reports to standard output.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.watch {
        let watched = Watched { paths: &arguments.paths, shared: Vec::new(), alone: true };
        return watch::repeat(&watched, common, |paths| once(&Arguments { paths: paths.to_vec(), ..arguments.clone() }, common));
    }
    once(arguments, common)
}

fn once(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let mut inputs = inputs(&arguments.paths)?;
    if arguments.changed {
        inputs = projects(inputs);
    }
    let once = || lint(&inputs, arguments.changed, common);
    if arguments.list {
        let (_, session) = once()?;
        write_stdout(list(&session).as_bytes());
        return Ok(Exit::Clean);
    }
    let line = Line::start("checking", common);
    let (findings, session) = fix::mended(arguments.fix, common, once)?;
    drop(line);
    session.cover_secrets();
    Ok(report(findings, &session.sources, common, Stream::Stdout))
}

fn lint(inputs: &[Input], changed: bool, common: &Common) -> Result<(Vec<crate::diagnostics::Diagnostic>, Session), Fault> {
    let mut session = Session::new(Box::new(DiskWorld), Options { lint: true, changed, ..common.options() }, inputs);
    let work = session.read(inputs, true)?;
    let findings = session.check(work);
    Ok((findings, session))
}

/// Name, level and title of each.
fn list(session: &Session) -> String {
    let mut lines: Vec<(String, String, String)> = session
        .rules()
        .into_iter()
        .map(|(name, level, docs)| (name, level, docs.lines().next().unwrap_or("").trim_end_matches('.').to_owned()))
        .chain(LINTS.iter().map(|l| (l.name.to_owned(), session.level_of(l).to_owned(), l.title.to_owned())))
        .collect();
    lines.sort();
    let width = lines.iter().map(|(n, _, _)| n.len()).max().unwrap_or(0);
    lines.iter().map(|(name, level, title)| format!("{name:width$}  {level:5}  {title}\n")).collect()
}
