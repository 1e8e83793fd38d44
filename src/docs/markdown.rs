//! The reference as Markdown.

use super::{ItemReference, ModuleReference};

/// One document for all modules, in the order given.
pub fn markdown(modules: &[ModuleReference]) -> String {
    let mut out = String::from("# Reference\n");
    for module in modules {
        out.push_str(&format!("\n## {}\n\n{}\n", module.name, module.docs.trim()));
        module.items.iter().for_each(|item| write_item(item, &mut out));
    }
    out
}

fn write_item(item: &ItemReference, out: &mut String) {
    out.push_str(&format!("\n### {} `{}`\n\n", item.kind, item.name));
    if let Some(instead) = &item.deprecated {
        out.push_str(&format!("**Deprecated**: {instead}\n\n"));
    }
    if !item.docs.is_empty() {
        out.push_str(item.docs.trim());
        out.push_str("\n\n");
    }
    out.push_str(&format!("```text\n{}\n```\n", item.signature));
    if !item.parameters.is_empty() {
        out.push_str("\n| parameter | type | default | |\n|---|---|---|---|\n");
        for p in &item.parameters {
            let default = match (&p.default, p.required) {
                (Some(d), _) => format!("`{}`", cell(d)),
                (None, true) => "required".to_owned(),
                (None, false) => String::new(),
            };
            let word = p.deprecated.as_ref().map_or_else(|| p.docs.clone(), |d| format!("deprecated: {d}. {}", p.docs));
            out.push_str(&format!("| `{}` | `{}` | {default} | {} |\n", cell(&p.path), cell(&p.ty), cell(&word)));
        }
    }
    for example in &item.examples {
        out.push_str(&format!("\nExample:\n\n```text\n{} {example}\n```\n", item.name));
    }
}

/// A text that may stand in a table's cell.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").split_whitespace().collect::<Vec<_>>().join(" ")
}
