//! `deprecated`: definitions that build on what should no longer be used.

use super::{Look, finding};
use crate::diagnostics::Diagnostic;
use crate::hir::{Attribute, Block, DefId, DefName, DefinitionKind, Expr, ExprId, Key, Member, Module, StmtKind, TypeExpr, TypeRef};
use crate::types::Type;

pub(super) fn check(look: &Look<'_>, out: &mut Vec<Diagnostic>) {
    for d in &look.module.definitions {
        if instead(look.module, &d.attributes).is_some() {
            // What is deprecated itself may go on as it is.
            continue;
        }
        block(look, &d.body, out);
    }
    for (i, ty) in look.module.type_exprs.iter().enumerate() {
        let TypeExpr::Name { name, .. } = ty else { continue };
        let TypeRef::Alias(home, index) = look.program.type_name(look.id, name).0 else { continue };
        let module = look.program.module(home);
        let Some(item) = module.types.get(index as usize) else { continue };
        if let Some(text) = instead(module, &item.attributes) {
            let range = look.module.type_expr_ranges.get(i).copied().unwrap_or_default();
            out.push(advised(finding("deprecated", format!("the type `{}` is deprecated", item.name), look.at(range)), &text));
        }
    }
}

/// What `@deprecated` says; `None` without one.
pub(super) fn instead(module: &Module, attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
    let text = attribute.arguments.first().map(|e| module.expr(*e));
    Some(if let Some(Expr::String(s)) = text { s.to_string() } else { String::new() })
}

fn advised(d: Diagnostic, text: &str) -> Diagnostic {
    if text.is_empty() { d } else { d.help(text) }
}

fn block(look: &Look<'_>, block_: &Block, out: &mut Vec<Diagnostic>) {
    for s in &block_.stmts {
        match &s.kind {
            StmtKind::From { name, arguments } => used(look, DefinitionKind::Component, name, *arguments, out),
            StmtKind::Do { name, arguments } => used(look, DefinitionKind::Step, name, *arguments, out),
            StmtKind::If { then, otherwise, .. } => {
                block(look, then, out);
                otherwise.iter().for_each(|b| block(look, b, out));
            }
            StmtKind::For { body, .. } => block(look, body, out),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|a| block(look, &a.body, out)),
            _ => {}
        }
    }
}

fn used(look: &Look<'_>, kind: DefinitionKind, name: &DefName, arguments: ExprId, out: &mut Vec<Diagnostic>) {
    let Some(id) = look.program.find_from(look.id, kind, name) else { return };
    definition(look, id, name, out);
    let parameters = look.types.parameters(id);
    let Type::Record(record) = parameters.shape() else { return };
    let Expr::Record(members) = look.module.expr(arguments) else { return };
    for m in members {
        let Member::Field { key: Key::Name(field), key_range, .. } = m else { continue };
        if let Some(text) = record.field(field).and_then(|f| f.deprecated.as_ref()) {
            out.push(advised(finding("deprecated", format!("`{field}` of `{}` is deprecated", name.name), look.at(*key_range)), text));
        }
    }
}

fn definition(look: &Look<'_>, id: DefId, name: &DefName, out: &mut Vec<Diagnostic>) {
    let d = look.program.definition(id);
    let module = look.program.module(id.module);
    if let Some(text) = instead(module, &d.attributes) {
        let finding = finding("deprecated", format!("the {} `{}` is deprecated", d.kind.word(), d.name), look.at(name.range));
        out.push(advised(finding.secondary(d.name_range.in_file(module.file), "declared here"), &text));
    }
}
