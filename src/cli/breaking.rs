//! `jibe breaking`: what a new version of definitions breaks.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use serde_json::json;

use super::report::{Stream, colored};
use super::side::Side;
use super::{Common, Exit, Fault, diff, report, write_stdout};
use crate::diagnostics::Diagnostic;
use crate::driver::breaking::{self, Break};
use crate::driver::{Input, Options, Session};
use crate::source::{DiskWorld, MAX_MANIFEST_BYTES, World};

/// Tells which applications a new version of definitions can break, and what changes in the objects of those given
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 0: nothing breaks. 1: something breaks. 2: a side that cannot be read or has mistakes, wrong usage.")]
pub struct Arguments {
    /// Definitions as they were: a file, a folder or REVISION:PATH of the git repository
    pub old: PathBuf,
    /// Definitions as they are
    pub new: PathBuf,
    /// Applications to compile with both; may be repeated
    #[arg(long, value_name = "PATH")]
    pub apps: Vec<PathBuf>,
    /// How it is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    pub format: diff::Format,
}

/// Compares; 1 when something breaks.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let (mut old, mut new) = (loaded(&arguments.old, common)?, loaded(&arguments.new, common)?);
    let mut failed = false;
    for session in [&mut old, &mut new] {
        let findings: Vec<Diagnostic> = session.findings.iter().filter(|d| d.is_error()).cloned().collect();
        failed |= report(findings, &session.sources, common, Stream::Stderr) != Exit::Clean;
    }
    if failed {
        return Ok(Exit::Fault);
    }
    let mut found = breaking::definitions(&old, &new);
    for path in applications(&arguments.apps)? {
        let bytes = DiskWorld.read(&path, MAX_MANIFEST_BYTES).map_err(|e| Fault::new(format!("cannot read `{}`: {e}", path.display())))?;
        let name = path.display().to_string();
        let input = Input::Text { name: name.clone(), bytes };
        found.extend(breaking::application(&mut old, &mut new, &input, &name)?);
    }
    let text = match arguments.format {
        diff::Format::Human => human(&found, &diff::Paint(colored(common)), common.quiet),
        diff::Format::Json => format!("{:#}\n", document(&found)),
    };
    write_stdout(text.as_bytes());
    Ok(if found.iter().any(|b| b.class.breaks()) { Exit::Errors } else { Exit::Clean })
}

/// All definitions of a side.
fn loaded(argument: &Path, common: &Common) -> Result<Session, Fault> {
    let side = Side::of(argument)?;
    let path = side.path.clone();
    let (mut session, _) = side.session(common.options())?;
    let absolute = |p: &Path| std::path::absolute(p).unwrap_or_else(|_| p.to_owned());
    // A project's folder holds its definitions; another path is taken as it is.
    if !session.settings.definitions.iter().any(|d| absolute(d).starts_with(absolute(&path))) {
        session.options = Options { definitions: [session.options.definitions.clone(), vec![path]].concat(), ..session.options };
    }
    session.load_all();
    Ok(session)
}

/// Files with applications below the paths.
fn applications(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut all = Vec::new();
    for path in paths {
        if DiskWorld.is_folder(path) {
            let found = DiskWorld.walk(path, &["yaml", "yml", "json"]).map_err(|e| Fault::new(format!("cannot read `{}`: {e}", path.display())))?;
            let holds = |p: &PathBuf| {
                DiskWorld.read(p, MAX_MANIFEST_BYTES).is_ok_and(|b| memchr::memmem::find(&b, b"core.oam.dev/").is_some() && memchr::memmem::find(&b, b"Application").is_some())
            };
            all.extend(found.into_iter().filter(holds));
        } else {
            all.push(path.clone());
        }
    }
    Ok(all)
}

/// By definition and application.
fn human(found: &[Break], paint: &diff::Paint, quiet: bool) -> String {
    let mut out = String::new();
    let mut before = "";
    for b in found {
        if b.subject != before {
            let _ = writeln!(out, "{}", paint.bold(&b.subject));
            before = &b.subject;
        }
        let word = if b.class.breaks() { paint.red(b.class.word()) } else { b.class.word().to_owned() };
        let at = if b.class.word() == "update-refused" { format!("{}: ", b.at) } else { String::new() };
        let _ = writeln!(out, "  {word}: {at}{}", b.message);
        for line in diff::human(&b.objects, paint, false, true).lines() {
            let _ = writeln!(out, "    {line}");
        }
    }
    if !quiet && !found.is_empty() {
        let breaks = found.iter().filter(|b| b.class.breaks()).count();
        let others = found.len() - breaks;
        let _ = writeln!(out, "{breaks} breaking, {others} other change{}", if others == 1 { "" } else { "s" });
    }
    out
}

fn document(found: &[Break]) -> serde_json::Value {
    let entry = |b: &Break| {
        let mut e = json!({ "class": b.class.word(), "breaking": b.class.breaks(), "subject": b.subject, "at": b.at, "message": b.message });
        if !b.objects.is_empty() {
            diff::put(&mut e, "objects", b.objects.iter().map(|c| diff::object(c, false)).collect());
        }
        e
    };
    json!({ "version": 1, "changes": found.iter().map(entry).collect::<Vec<_>>() })
}
