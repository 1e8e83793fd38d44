//! The coverage of tests as a table and as JSON.

use std::fmt::Write;

use crate::base::Span;
use crate::driver::Covered;
use crate::source::Sources;

/// A line a definition, and below it the branches that no test took.
pub fn table(covered: &[Covered], sources: &Sources) -> String {
    let names: Vec<String> = covered.iter().map(|c| format!("{} {}", c.kind, c.name)).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0).max(10);
    let mut out = format!("\n{:width$}  branches  taken  \n", "definition");
    for (c, name) in covered.iter().zip(&names) {
        let (file, line) = place(c.span, sources);
        let _ = writeln!(out, "{name:width$}  {:>8}  {:>4} %  {file}:{line}", c.branches, percent(c.taken, c.branches));
        for m in &c.missed {
            let _ = writeln!(out, "  {:>4}  {}", place(m.span, sources).1, m.what);
        }
    }
    let (all, taken) = totals(covered);
    let _ = writeln!(out, "{taken} of {all} branches taken, {} %", percent(taken, all));
    out
}

/// The same for machines.
pub fn json(covered: &[Covered], sources: &Sources) -> serde_json::Value {
    let definitions: Vec<serde_json::Value> = covered
        .iter()
        .map(|c| {
            let (file, line) = place(c.span, sources);
            let missed: Vec<_> = c.missed.iter().map(|m| serde_json::json!({ "line": place(m.span, sources).1, "what": m.what })).collect();
            serde_json::json!({ "kind": c.kind, "name": c.name, "file": file, "line": line, "branches": c.branches, "taken": c.taken, "missed": missed })
        })
        .collect();
    let (all, taken) = totals(covered);
    serde_json::json!({ "branches": all, "taken": taken, "definitions": definitions })
}

/// How many of all branches were taken, in percent.
pub fn taken(covered: &[Covered]) -> usize {
    let (all, taken) = totals(covered);
    percent(taken, all)
}

fn totals(covered: &[Covered]) -> (usize, usize) {
    (covered.iter().map(|c| c.branches).sum(), covered.iter().map(|c| c.taken).sum())
}

/// Rounded down, so that 100 means all.
fn percent(taken: usize, all: usize) -> usize {
    (taken * 100).checked_div(all).unwrap_or(100)
}

fn place(span: Span, sources: &Sources) -> (String, u32) {
    sources.get(span.file).map(|f| (f.name.clone(), f.line_column(span.start).line)).unwrap_or_default()
}
