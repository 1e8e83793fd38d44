//! The order in which findings are shown, and that each is shown once.

use std::collections::HashSet;

use crate::diagnostics::Diagnostic;

/// Sorts findings by file and position (those without a position last) and drops repetitions: the same code and message at the same place is one finding, however many
/// placements or definitions met it.
pub fn arrange(mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
    findings.sort_by_key(|d| {
        let at = d.span();
        (at.is_none(), at.map(|s| (s.file, s.start)), d.severity, at.map(|s| s.end))
    });
    let mut seen = HashSet::new();
    findings.retain(|d| seen.insert((d.code, d.span(), d.message.clone())));
    findings
}
