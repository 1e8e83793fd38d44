//! `jibe test --random`: definitions on trial with drawn properties; a table, and for each failure the smallest application that shows it.

use std::fmt::Write;

use super::report::Stream;
use super::{Common, Compat, Exit, Fault, MessageFormat, report, write_stdout};
use crate::driver::{Draws, Failure, Session, Tried, Unknown};
use crate::hir::DefinitionKind;
use crate::source::DiskWorld;

/// Tries the definitions; a failure makes the exit code 1.
pub fn run(names: &[String], draws: Draws, common: &Common) -> Result<Exit, Fault> {
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &[]);
    session.read_for_trial();
    if session.findings.iter().any(|d| d.is_error()) {
        return Ok(report(session.findings.clone(), &session.sources, common, Stream::Stdout));
    }
    let tried = session.try_at_random(names, draws).map_err(|u| Fault::new(unknown(&u)))?;
    if tried.is_empty() {
        return Err(Fault::new("there are no definitions here to try: name some, such as `webservice`, or `std` for the standard library"));
    }
    let human = matches!(common.message_format, MessageFormat::Human);
    let findings: Vec<_> = tried.iter().flat_map(|t| t.failures.iter().flat_map(|f| f.findings.iter().cloned())).collect();
    if human {
        let mut text = String::new();
        for t in &tried {
            for f in &t.failures {
                failure(t, f, draws.seed, common, &mut text);
            }
        }
        write_stdout(text.as_bytes());
        if !findings.is_empty() {
            report(findings, &session.sources, common, Stream::Stdout);
        }
        write_stdout(table(&tried, draws, common.quiet).as_bytes());
    } else {
        report(findings, &session.sources, common, Stream::Stdout);
    }
    Ok(if tried.iter().any(|t| t.failed > 0) { Exit::Errors } else { Exit::Clean })
}

fn unknown(u: &Unknown) -> String {
    let near = u.nearest.as_ref().map(|n| format!(": did you mean `{n}`?")).unwrap_or_default();
    format!("no definition and no package is called `{}`{near}", u.name)
}

fn kind(kind: DefinitionKind) -> &'static str {
    match kind {
        DefinitionKind::Component => "component",
        DefinitionKind::Trait => "trait",
        DefinitionKind::Policy => "policy",
        DefinitionKind::Step => "step",
        DefinitionKind::Rule => "rule",
    }
}

/// The application, as YAML, below what it is and how to come by it.
fn failure(t: &Tried, f: &Failure, seed: u64, common: &Common, out: &mut String) {
    let compat = if common.compat == Some(Compat::Kubevela) { " --compat kubevela" } else { "" };
    let _ = writeln!(out, "# {} `{}` fails with {} ({} times), smallest for Kubernetes {}:", kind(t.kind), t.name, f.code.0, f.times, f.version);
    let _ = writeln!(out, "# jibe test --random {} --seed {seed}{compat} {}", f.draw + 1, t.name);
    let _ = writeln!(out, "{}", f.application);
}

fn table(tried: &[Tried], draws: Draws, quiet: bool) -> String {
    let mut out = String::new();
    let width = tried.iter().map(|t| t.name.len()).max().unwrap_or(0).max(10);
    let _ = writeln!(out, "{:9}  {:width$}  {:>8}  {:>8}  {:>8}  {:>8}", "", "definition", "draws", "rendered", "refused", "failed");
    for t in tried.iter().filter(|t| !quiet || t.failed > 0) {
        let drawn = draws.count - t.undrawn;
        let _ = writeln!(out, "{:9}  {:width$}  {drawn:8}  {:8}  {:8}  {:8}", kind(t.kind), t.name, t.rendered, t.refused, t.failed);
    }
    let sum = |of: fn(&Tried) -> u64| tried.iter().map(of).sum::<u64>();
    let _ = writeln!(
        out,
        "{} definitions, {} rendered, {} refused on purpose, {} failed; seed {}",
        tried.len(),
        sum(|t| t.rendered),
        sum(|t| t.refused),
        sum(|t| t.failed),
        draws.seed
    );
    out
}
