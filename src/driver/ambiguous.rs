//! Names that two dependencies define and the project does not: J0210, wherever an application uses one without saying which package is meant.

use super::session::Work;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{DefinitionKind, Loader};
use crate::oam::{Application, Step, Text};

/// One finding for each use.
pub(super) fn uses(work: &Work, loader: &mut Loader<'_>) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (kind, name, span) in names(work) {
        // With a package or a revision it is told apart already, or reported elsewhere.
        if name.contains('.') {
            continue;
        }
        let plain = name.split_once('@').map_or(name, |(n, _)| n);
        let Some((first, second)) = loader.ambiguous(kind, plain) else { continue };
        let d = Diagnostic::new(codes::J0210, format!("the packages `{first}` and `{second}` both define the {} `{plain}`", kind.word()));
        found.push(d.primary(span, "which one is not said").help(format!("write `{first}.{name}` or `{second}.{name}`")));
    }
    found
}

/// The types that applications, and policies and workflows on their own, name.
fn names(work: &Work) -> Vec<(DefinitionKind, &str, Span)> {
    let mut out = Vec::new();
    for (app, _) in &work.applications {
        of_application(app, &mut out);
    }
    out.extend(work.policies.iter().map(|(p, _)| entry(DefinitionKind::Policy, &p.unit.type_name)));
    work.workflows.iter().for_each(|(_, w, _)| of_steps(&w.steps, &mut out));
    out
}

fn of_application<'w>(app: &'w Application, out: &mut Vec<(DefinitionKind, &'w str, Span)>) {
    for c in &app.components {
        out.push(entry(DefinitionKind::Component, &c.unit.type_name));
        out.extend(c.traits.iter().map(|t| entry(DefinitionKind::Trait, &t.type_name)));
    }
    out.extend(app.policies.iter().map(|p| entry(DefinitionKind::Policy, &p.unit.type_name)));
    app.workflow.iter().for_each(|w| of_steps(&w.steps, out));
}

fn of_steps<'w>(steps: &'w [Step], out: &mut Vec<(DefinitionKind, &'w str, Span)>) {
    out.extend(steps.iter().flat_map(|s| std::iter::once(s).chain(&s.sub_steps)).map(|s| entry(DefinitionKind::Step, &s.unit.type_name)));
}

fn entry(kind: DefinitionKind, name: &Text) -> (DefinitionKind, &str, Span) {
    (kind, &name.text, name.span)
}
