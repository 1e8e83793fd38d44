//! How much a finding counts: levels of `jibe.toml`, and comments that allow a rule, lint or warning in one place.

use std::collections::HashSet;

use super::session::Session;
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, Severity, codes, nearest};
use crate::hir::DefinitionKind;
use crate::lint::{self, Allowance};
use crate::source::SourceFile;

/// Findings after levels and comments have been applied, with what is wrong with the comments themselves; `judged` says of which files all has been looked at.
pub(super) fn settled(session: &Session, findings: Vec<Diagnostic>, judged: impl Fn(&SourceFile) -> bool) -> Vec<Diagnostic> {
    let levelled: Vec<Diagnostic> = findings.into_iter().filter_map(|d| levelled(session, d)).map(|d| hidden(session, d)).collect();
    let comments: Vec<Allowance> = session.sources.all().iter().filter(|s| judged(s)).flat_map(|s| lint::allowances(s)).collect();
    if comments.is_empty() {
        return levelled;
    }
    let mut used: HashSet<(usize, usize)> = HashSet::new();
    let mut kept = Vec::with_capacity(levelled.len());
    for d in levelled {
        match allowed(&d, &comments) {
            Some(place) => drop(used.insert(place)),
            None => kept.push(d),
        }
    }
    // Without the rules nothing can be said about comments that name them.
    if !session.knows_rules() {
        return kept;
    }
    // A component that could not be made was not judged: what its comments allow is not known.
    let all_judged = !kept.iter().any(|d| d.is_error() && d.rule.is_none());
    let found = comments.iter().enumerate().flat_map(|(i, c)| comment(session, i, c, &used, all_judged));
    kept.extend(found);
    kept
}

/// Findings of modules after levels and comments have been applied, for a server that knows them one by one: nothing is said of the comments themselves.
pub(super) fn settled_quietly(session: &Session, findings: Vec<Diagnostic>, files: &HashSet<FileId>) -> Vec<Diagnostic> {
    let comments: Vec<Allowance> = files.iter().filter_map(|f| session.sources.get(*f)).flat_map(|s| lint::allowances(&s)).collect();
    findings.into_iter().filter_map(|d| levelled(session, d)).filter(|d| allowed(d, &comments).is_none()).collect()
}

/// Without the values of sensitive parameters.
pub(super) fn hidden(session: &Session, mut d: Diagnostic) -> Diagnostic {
    let hide = |text: &mut String| {
        if let Some(clean) = session.secrets.hide(text) {
            *text = clean;
        }
    };
    hide(&mut d.message);
    d.labels.iter_mut().for_each(|l| hide(&mut l.message));
    d.notes.iter_mut().chain(&mut d.help).for_each(hide);
    d.fixes.iter_mut().for_each(|f| hide(&mut f.title));
    d
}

/// With the level that `jibe.toml` sets for its lint or code; levels of rules are theirs already.
fn levelled(session: &Session, d: Diagnostic) -> Option<Diagnostic> {
    let name = match &d.rule {
        Some(_) if d.code == codes::J1201 => return Some(d),
        Some(r) => r.name.as_str(),
        None if d.is_error() => return Some(d),
        None => d.code.0,
    };
    let Some(level) = session.settings.rules.iter().find(|r| r.name == name).and_then(|r| r.level.as_deref()) else { return Some(d) };
    severity(level).map(|s| d.with_severity(s))
}

/// What a level's word means; `None` is off.
fn severity(level: &str) -> Option<Severity> {
    match level {
        "off" => None,
        "info" => Some(Severity::Note),
        "warn" => Some(Severity::Warning),
        _ => Some(Severity::Error),
    }
}

/// The comment and the name in it that allow a finding. Errors that are no rule's cannot be allowed.
fn allowed(d: &Diagnostic, comments: &[Allowance]) -> Option<(usize, usize)> {
    let by_rule = d.rule.as_deref();
    if by_rule.is_none() && (d.is_error() || [codes::J1202, codes::J1203].contains(&d.code)) {
        return None;
    }
    let places: Vec<crate::base::Span> = d.span().into_iter().chain(by_rule.into_iter().flat_map(|r| r.anchors.iter().copied())).collect();
    comments.iter().enumerate().filter(|(_, c)| c.reason && places.iter().any(|s| c.covers(*s))).find_map(|(i, c)| {
        let names = |n: &str| n == d.code.0 || by_rule.is_some_and(|r| r.name == n);
        Some((i, c.allowed.iter().position(|a| names(&a.name))?))
    })
}

/// J1202, J1203: what is wrong with a comment.
fn comment(session: &Session, index: usize, c: &Allowance, used: &HashSet<(usize, usize)>, all_judged: bool) -> Vec<Diagnostic> {
    let mut out = Vec::new();
    if c.allowed.is_empty() {
        return vec![Diagnostic::new(codes::J1202, "the comment names no rule").primary(c.span, "").help("write `jibe: allow RULE: why it has to be so`")];
    }
    if !c.reason {
        out.push(Diagnostic::new(codes::J1202, "the comment does not say why, so it allows nothing").primary(c.span, "").help("write `: ` and the reason after the rule's name"));
    }
    for (n, a) in c.allowed.iter().enumerate() {
        if !is_known(session, &a.name) {
            let names = known(session);
            let mut d = Diagnostic::new(codes::J1202, format!("there is no rule or lint `{}`", a.name)).primary(a.span, "");
            if let Some(near) = nearest(&a.name, names.iter().map(String::as_str)) {
                d = d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), a.span, near);
            }
            out.push(d);
        } else if c.reason && all_judged && !used.contains(&(index, n)) && was_run(session, &a.name) {
            let d = Diagnostic::new(codes::J1203, format!("nothing here breaks `{}`", a.name)).primary(a.span, "the comment is not needed");
            out.push(if c.allowed.len() == 1 { d.fix("delete the comment", c.whole, "") } else { d });
        }
    }
    out
}

/// Whether a name is that of a rule, of a lint, or the code of a warning.
fn is_known(session: &Session, name: &str) -> bool {
    lint::lint(name).is_some() || is_warning(name) || session.library.program.names(DefinitionKind::Rule).iter().any(|r| r == name)
}

fn is_warning(name: &str) -> bool {
    codes::CODES.iter().any(|c| c.code.0 == name && c.severity != Severity::Error)
}

/// The names that can be allowed and given levels, without codes.
fn known(session: &Session) -> Vec<String> {
    let rules = session.library.program.names(DefinitionKind::Rule).into_iter().map(|r| r.to_string());
    rules.chain(lint::LINTS.iter().map(|l| l.name.to_owned())).collect()
}

/// Whether this run looked for it.
fn was_run(session: &Session, name: &str) -> bool {
    let rules = &session.library.rules;
    let is_rule = rules.iter().any(|r| session.library.program.definition(r.definition).name == name);
    is_rule || is_warning(name) || (lint::lint(name).is_some() && super::lints::is_on(session, name))
}

/// J1401 for names in `[rules]` that nothing has.
pub(super) fn settings_checked(session: &Session) -> Vec<Diagnostic> {
    let unknown = session.settings.rules.iter().filter(|r| !is_known(session, &r.name));
    let names = known(session);
    let finding = |r: &super::settings::RuleSetting| {
        let code = codes::CODES.iter().any(|c| c.code.0 == r.name);
        let message = if code { format!("`{}` is an error: it has no level", r.name) } else { format!("there is no rule or lint `{}`", r.name) };
        let d = Diagnostic::new(codes::J1401, message).primary(r.span, "");
        match nearest(&r.name, names.iter().map(String::as_str)).filter(|_| !code) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("rename it to `{near}`"), r.span, near),
            None => d,
        }
    };
    unknown.map(finding).collect()
}
