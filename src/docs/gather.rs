//! What the reference says of each module: plain data.

use super::example::{Example, examples, without_examples};
use super::parameters::{ParameterReference, deprecated, one_line, parameters};
use crate::hir::{Block, DefId, Definition, DefinitionKind, ModuleId, Program, StmtKind, TypeName, TypeRef};
use crate::source::Sources;

/// A module and its items.
#[derive(Clone, Debug, Default)]
pub struct ModuleReference {
    /// `std.containers`
    pub name: String,
    pub docs: String,
    pub items: Vec<ItemReference>,
}

/// A definition, type, view, function or resource.
#[derive(Clone, Debug, Default)]
pub struct ItemReference {
    /// `component`, `trait`, `policy`, `workflow step`, `rule`, `type`, `view`, `function`, `resource`.
    pub kind: &'static str,
    pub name: String,
    /// Markdown.
    pub docs: String,
    /// One line of Jibe: `trait env for PodTemplate`.
    pub signature: String,
    /// What to use instead.
    pub deprecated: Option<String>,
    pub parameters: Vec<ParameterReference>,
    pub examples: Vec<Example>,
    /// Kinds of workloads that a trait, a policy or a rule is about; empty: all.
    pub fits: Vec<String>,
    /// Kinds of the objects that it makes.
    pub makes: Vec<String>,
    /// Those of them that a `resource` describes.
    pub custom: Vec<String>,
    /// Definitions that cannot stand beside it.
    pub conflicts: Vec<String>,
    /// Its own text.
    pub source: String,
}

impl ItemReference {
    /// Whether applications can name it.
    pub fn is_definition(&self) -> bool {
        matches!(self.kind, "component" | "trait" | "policy" | "workflow step" | "rule")
    }
}

/// Gathers a module.
pub fn gather(program: &Program, sources: &Sources, id: ModuleId) -> ModuleReference {
    let module = program.module(id);
    let text = sources.get(module.file).map(|f| f.text.to_string()).unwrap_or_default();
    let mut items: Vec<ItemReference> = Vec::new();
    for (index, d) in module.definitions.iter().enumerate() {
        items.push(definition(program, sources, DefId { module: id, index: index as u32 }, d, &text));
    }
    for v in module.views.iter().filter(|v| !v.extend) {
        items.push(ItemReference {
            kind: "view",
            name: v.name.to_string(),
            docs: v.docs.to_string(),
            signature: format!("view {}", v.name),
            source: code(v.range.of(&text)),
            ..Default::default()
        });
    }
    for t in &module.types {
        items.push(ItemReference {
            kind: "type",
            name: t.name.to_string(),
            docs: t.docs.to_string(),
            signature: format!("type {}", t.name),
            deprecated: deprecated(program, id, &t.attributes),
            parameters: parameters(program, sources, id, t.ty),
            source: code(t.range.of(&text)),
            ..Default::default()
        });
    }
    for f in &module.functions {
        let head = code(f.range.of(&text));
        let signature = one_line(&head).trim_start_matches("fn ").to_owned();
        let end = signature.find(" = ").or_else(|| signature.find(" { let")).unwrap_or(signature.len());
        let signature = format!("fn {}", signature.get(..end).unwrap_or(&signature).trim_end_matches('{').trim());
        items.push(ItemReference { kind: "function", name: f.name.to_string(), docs: f.docs.to_string(), signature, source: head, ..Default::default() });
    }
    for r in &module.resources {
        items.push(ItemReference {
            kind: "resource",
            name: r.name.to_string(),
            docs: r.docs.to_string(),
            signature: format!("resource {}: \"{}\"", r.name, r.api_version),
            parameters: parameters(program, sources, id, r.ty),
            source: code(r.range.of(&text)),
            ..Default::default()
        });
    }
    ModuleReference { name: module.name.to_string(), docs: module.docs.to_string(), items }
}

fn definition(program: &Program, sources: &Sources, id: DefId, d: &Definition, text: &str) -> ItemReference {
    let keyword = if d.kind == DefinitionKind::Step { "step" } else { d.kind.word() };
    let mut signature = format!("{keyword} {}", d.name);
    if let Some(result) = &d.result {
        signature.push_str(&format!(": {}", result.range.of(text)));
    }
    let targets: Vec<&str> = d.targets.iter().map(|t| t.range.of(text)).collect();
    if !targets.is_empty() {
        signature.push_str(&format!(" for {}", targets.join(" | ")));
    }
    let mut kinds: Vec<&TypeName> = d.result.iter().collect();
    let mut conflicts = Vec::new();
    in_block(&d.body, &mut kinds, &mut conflicts);
    let (mut makes, mut custom) = (Vec::new(), Vec::new());
    for kind in kinds {
        let (name, described) = kind_name(program, id.module, kind);
        if described {
            custom.push(name.clone());
        }
        if !makes.contains(&name) {
            makes.push(name);
        }
    }
    ItemReference {
        kind: d.kind.word(),
        name: d.name.to_string(),
        docs: without_examples(&d.docs),
        signature,
        deprecated: deprecated(program, id.module, &d.attributes),
        parameters: d.parameters.as_ref().map(|(ty, _)| parameters(program, sources, id.module, *ty)).unwrap_or_default(),
        examples: examples(program, id),
        fits: d.targets.iter().flat_map(|t| fits(program, id.module, t)).collect(),
        makes,
        custom,
        conflicts,
        source: code(d.range.of(text)),
    }
}

/// An item's text without the comments and attributes before it.
fn code(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let keywords = ["component ", "trait ", "policy ", "step ", "rule ", "type ", "fn ", "view ", "resource "];
    let from = lines.iter().position(|l| keywords.iter().any(|k| l.starts_with(k))).unwrap_or(0);
    lines.get(from..).unwrap_or(&[]).join("\n").trim().to_owned()
}

/// The kinds that a target stands for.
fn fits(program: &Program, module: ModuleId, name: &TypeName) -> Vec<String> {
    match program.type_name(module, name) {
        (TypeRef::View(m, v), _) => program.arms(m, v).iter().flat_map(|a| a.arm.kinds.iter().map(|k| k.segments.join("."))).collect(),
        _ => vec![name.segments.join(".")],
    }
}

/// A kind by the name that Kubernetes has for it, and whether a `resource` describes it.
fn kind_name(program: &Program, module: ModuleId, name: &TypeName) -> (String, bool) {
    match program.type_name(module, name).0 {
        TypeRef::Kubernetes { name, .. } => (name.to_string(), false),
        TypeRef::Resource(m, i) => (program.module(m).resources.get(i as usize).map(|r| r.name.to_string()).unwrap_or_default(), true),
        _ => (name.segments.join("."), false),
    }
}

/// What the statements of a body output and exclude.
fn in_block<'p>(block: &'p Block, kinds: &mut Vec<&'p TypeName>, conflicts: &mut Vec<String>) {
    for stmt in &block.stmts {
        match &stmt.kind {
            StmtKind::Output { kind: Some(kind), .. } => kinds.push(kind),
            StmtKind::Conflicts(names) => conflicts.extend(names.iter().map(|n| n.name.to_string())),
            StmtKind::If { then, otherwise, .. } => {
                in_block(then, kinds, conflicts);
                otherwise.iter().for_each(|b| in_block(b, kinds, conflicts));
            }
            StmtKind::For { body, .. } => in_block(body, kinds, conflicts),
            StmtKind::Match { arms, .. } => arms.iter().for_each(|a| in_block(&a.body, kinds, conflicts)),
            _ => {}
        }
    }
}
