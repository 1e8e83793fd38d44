//! `missing-docs`, `missing-example`: people choose a definition by what is said about it.

use super::{Look, finding};
use crate::diagnostics::Diagnostic;
use crate::hir::{Definition, DefinitionKind, RecordTypeMember, TypeExpr, TypeExprId};

/// How deep records in parameters are searched.
const DEPTH: u32 = 8;

pub(super) fn check(look: &Look<'_>, out: &mut Vec<Diagnostic>) {
    for d in &look.module.definitions {
        if d.docs.is_empty() && !d.name.is_empty() {
            let d = finding("missing-docs", format!("the {} `{}` has no doc comment", d.kind.word(), d.name), look.at(d.name_range));
            out.push(d.help("say in a `///` line above it what it is for"));
        }
        example(look, d, out);
        if let Some((ty, _)) = &d.parameters {
            parameters(look, *ty, 0, out);
        }
    }
}

fn example(look: &Look<'_>, d: &Definition, out: &mut Vec<Diagnostic>) {
    // A whole application in the doc comment is an example, too.
    if d.docs.contains("```yaml") && d.docs.contains("kind: Application") {
        return;
    }
    let wanted = matches!(d.kind, DefinitionKind::Component | DefinitionKind::Trait | DefinitionKind::Policy) && d.parameters.is_some();
    if wanted && !d.attributes.iter().any(|a| a.name == "example" || a.name == "deprecated") {
        let d = finding("missing-example", format!("the {} `{}` shows no example", d.kind.word(), d.name), look.at(d.name_range));
        out.push(d.help("add `@example({ … })` above it: it is checked, and shown in the reference and in editors"));
    }
}

fn parameters(look: &Look<'_>, ty: TypeExprId, depth: u32, out: &mut Vec<Diagnostic>) {
    if depth > DEPTH {
        return;
    }
    match look.module.type_expr(ty) {
        TypeExpr::Record(members) => {
            for member in members {
                let RecordTypeMember::Field { name, name_range, docs, attributes, .. } = member else { continue };
                if docs.is_empty() && !attributes.iter().any(|a| a.name == "deprecated") {
                    let d = finding("missing-docs", format!("the parameter `{name}` has no doc comment"), look.at(*name_range));
                    out.push(d.help("say in a `///` line above it what it does"));
                }
            }
        }
        TypeExpr::Union(members) => members.iter().for_each(|m| parameters(look, *m, depth + 1, out)),
        _ => {}
    }
}
