//! `naming`: definitions in `kebab-case`, parameters, functions and `let`s in `camelCase`, types in `UpperCamelCase`, as KubeVela and Kubernetes write theirs.

use super::{Look, finding};
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::hir::{RecordTypeMember, TypeExpr};

pub(super) fn check(look: &Look<'_>, out: &mut Vec<Diagnostic>) {
    let m = look.module;
    for d in &m.definitions {
        say(look, &format!("{} `{}`", d.kind.word(), d.name), &d.name, d.name_range, kebab(&d.name), "kebab-case", out);
        let Some((ty, _)) = &d.parameters else { continue };
        let TypeExpr::Record(members) = m.type_expr(*ty) else { continue };
        for member in members {
            if let RecordTypeMember::Field { name, name_range, .. } = member {
                say(look, &format!("parameter `{name}`"), name, *name_range, camel(name), "camelCase", out);
            }
        }
    }
    for f in &m.functions {
        say(look, &format!("function `{}`", f.name), &f.name, f.name_range, camel(&f.name), "camelCase", out);
    }
    for l in &m.lets {
        say(look, &format!("name `{}`", l.name), &l.name, l.name_range, camel(&l.name), "camelCase", out);
    }
    for t in &m.types {
        let good: String = t.name.split('_').map(capital).collect();
        say(look, &format!("type `{}`", t.name), &t.name, t.name_range, good, "UpperCamelCase", out);
    }
}

fn say(look: &Look<'_>, what: &str, name: &str, range: Range, good: String, style: &str, out: &mut Vec<Diagnostic>) {
    if name.is_empty() || name.starts_with('_') || name == good {
        return;
    }
    out.push(finding("naming", format!("the {what} is not in {style}"), look.at(range)).help(format!("call it `{good}`")));
}

/// `cronTask`, `cron_task` → `cron-task`.
fn kebab(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c == '_' || c == '-' {
            out.push('-');
        } else if c.is_ascii_uppercase() {
            if !out.is_empty() && !out.ends_with('-') {
                out.push('-');
            }
            out.push(c.to_ascii_lowercase());
        } else {
            out.push(c);
        }
    }
    out
}

/// `min_replicas`, `min-replicas` → `minReplicas`.
fn camel(name: &str) -> String {
    let mut parts = name.split(['_', '-']).filter(|p| !p.is_empty());
    let first = parts.next().unwrap_or("");
    let mut chars = first.chars();
    let mut out: String = chars.next().map(|c| c.to_ascii_lowercase()).into_iter().chain(chars).collect();
    parts.for_each(|p| out.push_str(&capital(p)));
    out
}

fn capital(part: &str) -> String {
    let mut chars = part.chars();
    chars.next().map(|c| c.to_ascii_uppercase()).into_iter().chain(chars).collect()
}
