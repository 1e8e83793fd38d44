//! `jibe test`: runs the `test` blocks of definitions and compares the applications in `tests` with what they have to become.

use std::fmt::Write;
use std::path::PathBuf;

use rayon::prelude::*;

use super::progress::Line;
use super::report::Stream;
use super::watch::{self, Watched};
use super::{Common, Exit, Fault, MessageFormat, coverage, inputs, random, report, snapshots, write_stdout};
use crate::driver::{Draws, Session, TestOutcome};
use crate::eval::Coverage;
use crate::render;
use crate::source::DiskWorld;

/// Runs the tests of definitions, and compares applications in `tests` with what they have to become
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Files and folders of definitions and applications; the project's own when none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only tests whose name, or whose module's name, contains this
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    pub filter: String,
    /// Only say which tests there are
    #[arg(long)]
    pub list: bool,
    /// Write what the applications in `tests` become as what is expected of them
    #[arg(long)]
    pub bless: bool,
    /// Say which branches of each definition no test took
    #[arg(long)]
    pub coverage: bool,
    /// Fail when fewer branches than this, in percent, were taken
    #[arg(long, value_name = "PERCENT", requires = "coverage", value_parser = clap::value_parser!(u8).range(0..=100))]
    pub fail_under: Option<u8>,
    /// Try definitions with N random applications each; the paths are then names of definitions or packages
    #[arg(long, value_name = "N")]
    pub random: Option<u64>,
    /// Where the random numbers start
    #[arg(long, value_name = "S", default_value_t = 1, requires = "random")]
    pub seed: u64,
    /// How results are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Do it again whenever a file has changed
    #[arg(long)]
    pub watch: bool,
}

/// How results are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A line a test
    Human,
    /// One JSON document
    Json,
    /// JUnit XML, a test case a test
    Junit,
}

/// Runs the tests; those that fail make the exit code 1.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.watch {
        let here = [PathBuf::from(".")];
        let paths = if arguments.paths.is_empty() { &here[..] } else { &arguments.paths };
        let watched = Watched { paths, shared: Vec::new(), alone: true };
        return watch::repeat(&watched, common, |paths| {
            // All of them are those of the project.
            let paths = if paths == here { Vec::new() } else { paths.to_vec() };
            once(&Arguments { paths, ..arguments.clone() }, common)
        });
    }
    once(arguments, common)
}

fn once(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if let Some(count) = arguments.random {
        let names: Vec<String> = arguments.paths.iter().map(|p| p.display().to_string()).collect();
        return random::run(&names, Draws { count, seed: arguments.seed }, common);
    }
    let here = [PathBuf::from(".")];
    let inputs = inputs(if arguments.paths.is_empty() { &here } else { &arguments.paths })?;
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    let line = Line::start("testing", common);
    session.coverage = arguments.coverage.then(Coverage::default);
    let work = session.read(&inputs, true)?;
    let broken = session.findings.iter().any(|d| d.is_error());
    if broken {
        drop(line);
        return Ok(report(session.findings.clone(), &session.sources, common, Stream::Stdout));
    }
    let found = snapshots::find(&arguments.paths, &session.settings.root);
    let snapshots: Vec<PathBuf> = found.into_iter().filter(|p| p.display().to_string().contains(&arguments.filter)).collect();
    let mut outcomes = if arguments.bless || work.definitions.is_empty() { Vec::new() } else { session.tests(&arguments.filter) };
    if arguments.list {
        let blocks = outcomes.iter().map(|o| format!("{}: {}\n", o.module, o.name));
        write_stdout(blocks.chain(snapshots.iter().map(|p| format!("{}\n", p.display()))).collect::<String>().as_bytes());
        return Ok(Exit::Clean);
    }
    let compared: Vec<_> = snapshots.par_iter().map(|p| snapshots::run(&session, p, arguments.bless)).collect();
    for one in compared {
        outcomes.extend(one?);
    }
    drop(line);
    Ok(finish(arguments, common, &session, &outcomes))
}

fn finish(arguments: &Arguments, common: &Common, session: &Session, outcomes: &[TestOutcome]) -> Exit {
    session.cover_secrets();
    let covered = session.covered();
    let enough = arguments.fail_under.is_none_or(|wanted| coverage::taken(&covered) >= usize::from(wanted));
    let exit = if outcomes.iter().all(passed) && enough { Exit::Clean } else { Exit::Errors };
    match arguments.format {
        Format::Json => write_stdout(json(outcomes, session, arguments.coverage.then(|| coverage::json(&covered, &session.sources))).as_bytes()),
        Format::Junit => {
            let tests: Vec<render::TestCase<'_>> = outcomes.iter().map(|o| render::TestCase { module: &o.module, name: &o.name, findings: &o.findings }).collect();
            write_stdout(render::junit_tests(&tests, &session.sources).as_bytes());
        }
        Format::Human => {
            let human = matches!(common.message_format, MessageFormat::Human);
            if human {
                write_stdout(table(outcomes, arguments.bless, common.quiet).as_bytes());
                if arguments.coverage {
                    write_stdout(coverage::table(&covered, &session.sources).as_bytes());
                }
            }
            let findings: Vec<_> = outcomes.iter().flat_map(|o| o.findings.iter().cloned()).collect();
            if !findings.is_empty() || !human {
                let reported = report(findings, &session.sources, common, if human { Stream::Stderr } else { Stream::Stdout });
                return if reported == Exit::Clean { exit } else { reported };
            }
        }
    }
    exit
}

fn passed(o: &TestOutcome) -> bool {
    o.findings.iter().all(|d| !d.is_error())
}

fn table(outcomes: &[TestOutcome], blessed: bool, quiet: bool) -> String {
    let mut text = String::new();
    for o in outcomes {
        let word = if blessed {
            "wrote "
        } else if passed(o) {
            "ok    "
        } else {
            "FAILED"
        };
        if !quiet || word == "FAILED" {
            let _ = writeln!(text, "{word} {}: {}", o.module, o.name);
        }
    }
    let good = outcomes.iter().filter(|o| passed(o)).count();
    if !blessed && !quiet {
        let _ = writeln!(text, "{good} passed, {} failed", outcomes.len() - good);
    }
    text
}

/// `{ "tests": […], "passed": 1, "failed": 0 }`, with findings as `--message-format json` has them.
fn json(outcomes: &[TestOutcome], session: &Session, coverage: Option<serde_json::Value>) -> String {
    let tests: Vec<serde_json::Value> = outcomes
        .iter()
        .map(|o| {
            let findings = render::document(&o.findings, &session.sources).get("diagnostics").cloned().unwrap_or_default();
            let at = session.sources.get(o.span.file);
            let (file, line) = at.map(|f| (f.name.clone(), f.line_column(o.span.start).line)).unwrap_or_default();
            serde_json::json!({ "module": o.module, "name": o.name, "file": file, "line": line, "passed": passed(o), "diagnostics": findings })
        })
        .collect();
    let good = outcomes.iter().filter(|o| passed(o)).count();
    let mut document = serde_json::json!({ "version": 1, "tests": tests, "passed": good, "failed": outcomes.len() - good });
    if let (Some(coverage), Some(map)) = (coverage, document.as_object_mut()) {
        map.insert("coverage".to_owned(), coverage);
    }
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
