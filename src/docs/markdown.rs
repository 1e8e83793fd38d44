//! The reference as Markdown.

use super::prose::summary;
use super::site::KINDS;
use super::{ItemReference, ModuleReference};

/// One document for all modules, in the order given.
pub fn markdown(title: &str, modules: &[ModuleReference]) -> String {
    let mut out = format!("# {title}\n");
    for module in modules {
        out.push_str(&format!("\n## {}\n\n{}\n", module.name, module.docs.trim()));
        module.items.iter().for_each(|item| write_item(item, &mut out));
    }
    out
}

/// A list of all definitions, a line each.
pub fn index(title: &str, modules: &[ModuleReference]) -> String {
    let mut out = format!("# {title}\n");
    for (kind, heading) in KINDS {
        let mut rows: Vec<(&str, &ItemReference)> = modules.iter().flat_map(|m| m.items.iter().map(|i| (m.name.as_str(), i))).filter(|(_, i)| i.kind == kind).collect();
        if rows.is_empty() {
            continue;
        }
        rows.sort_by(|a, b| a.1.name.cmp(&b.1.name));
        out.push_str(&format!("\n## {heading}\n\n| name | module | |\n|---|---|---|\n"));
        for (module, item) in rows {
            let old = item.deprecated.as_ref().map(|d| format!(" Deprecated: {d}.")).unwrap_or_default();
            out.push_str(&format!("| `{}` | {module} | {}{} |\n", item.name, cell(summary(&item.docs)), cell_text(&old)));
        }
    }
    out
}

fn write_item(item: &ItemReference, out: &mut String) {
    out.push_str(&format!("\n### {} `{}`\n\n", item.kind, item.name));
    if let Some(instead) = &item.deprecated {
        out.push_str(&format!("**Deprecated**: {instead}.\n\n"));
    }
    if !item.docs.is_empty() {
        out.push_str(item.docs.trim());
        out.push_str("\n\n");
    }
    let list = |names: &[String]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
    for (word, names) in [("Fits", &item.fits), ("Makes", &item.makes), ("Not with", &item.conflicts)] {
        if !names.is_empty() {
            out.push_str(&format!("{word}: {}\n\n", list(names)));
        }
    }
    for example in &item.examples {
        out.push_str(&format!("```yaml\n{}\n```\n\n", example.application.trim_end()));
    }
    if !item.is_definition() {
        let code = if item.kind == "function" { &item.signature } else { &item.source };
        out.push_str(&format!("```text\n{code}\n```\n"));
    } else if !item.parameters.is_empty() {
        out.push_str("| parameter | type | default | |\n|---|---|---|---|\n");
        for p in &item.parameters {
            let default = match (&p.default, p.required) {
                (Some(d), _) => format!("`{}`", cell(d)),
                (None, true) => "required".to_owned(),
                (None, false) => String::new(),
            };
            let word = p.deprecated.as_ref().map_or_else(|| p.docs.clone(), |d| format!("Deprecated: {d}. {}", p.docs));
            out.push_str(&format!("| `{}` | `{}` | {default} | {} |\n", cell(&p.path), cell(&p.ty), cell(&word)));
        }
    }
}

/// A text that may stand in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The same, with a space before it.
fn cell_text(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!(" {}", cell(text)) }
}
