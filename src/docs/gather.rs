//! What the reference says of each module: plain data.

use crate::hir::{Attribute, Definition, DefinitionKind, Expr, ExprId, Module, RecordTypeMember, TypeExpr, TypeExprId};

/// A module and its items.
#[derive(Clone, Debug, Default)]
pub struct ModuleReference {
    pub name: String,
    pub docs: String,
    pub items: Vec<ItemReference>,
}

/// A definition, type, function or resource.
#[derive(Clone, Debug, Default)]
pub struct ItemReference {
    /// `component`, `trait`, `policy`, `workflow step`, `rule`, `type`, `function`, `resource`.
    pub kind: &'static str,
    pub name: String,
    pub docs: String,
    /// One line of Jibe: `trait env for PodTemplate`.
    pub signature: String,
    /// What to use instead.
    pub deprecated: Option<String>,
    pub parameters: Vec<ParameterReference>,
    /// The arguments of `@example`, as written.
    pub examples: Vec<String>,
}

/// A parameter; nested ones follow with a longer path.
#[derive(Clone, Debug, Default)]
pub struct ParameterReference {
    /// `ports[].name`
    pub path: String,
    pub ty: String,
    pub docs: String,
    pub required: bool,
    pub default: Option<String>,
    pub deprecated: Option<String>,
}

/// Longest type text that is shown, in characters.
const LONGEST_TYPE: usize = 160;

/// Deeper nesting is left to the type's own entry.
const DEEPEST: usize = 6;

/// Gathers a module; `text` is its source.
pub fn gather(module: &Module, text: &str) -> ModuleReference {
    let mut items: Vec<ItemReference> = module.definitions.iter().map(|d| definition(module, text, d)).collect();
    for t in &module.types {
        items.push(ItemReference {
            kind: "type",
            name: t.name.to_string(),
            docs: t.docs.to_string(),
            signature: format!("type {} = {}", t.name, type_text(module, text, t.ty)),
            deprecated: deprecated(module, &t.attributes),
            parameters: parameters(module, text, t.ty),
            examples: Vec::new(),
        });
    }
    for f in &module.functions {
        let head = f.range.of(text);
        let signature = head.find("fn ").and_then(|at| head.get(at..)).and_then(|h| h.lines().next()).unwrap_or("");
        let signature = signature.split(" = ").next().unwrap_or(signature).trim_end_matches('{').trim();
        items.push(ItemReference { kind: "function", name: f.name.to_string(), docs: f.docs.to_string(), signature: signature.to_owned(), ..Default::default() });
    }
    for r in &module.resources {
        items.push(ItemReference {
            kind: "resource",
            name: r.name.to_string(),
            docs: r.docs.to_string(),
            signature: format!("resource {}: \"{}\"", r.name, r.api_version),
            parameters: parameters(module, text, r.ty),
            ..Default::default()
        });
    }
    ModuleReference { name: module.name.to_string(), docs: module.docs.to_string(), items }
}

fn definition(module: &Module, text: &str, d: &Definition) -> ItemReference {
    let keyword = if d.kind == DefinitionKind::Step { "step" } else { d.kind.word() };
    let mut signature = format!("{keyword} {}", d.name);
    if let Some(result) = &d.result {
        signature.push_str(&format!(": {}", result.range.of(text)));
    }
    let targets: Vec<&str> = d.targets.iter().map(|t| t.range.of(text)).collect();
    if !targets.is_empty() {
        signature.push_str(&format!(" for {}", targets.join(" | ")));
    }
    ItemReference {
        kind: d.kind.word(),
        name: d.name.to_string(),
        docs: d.docs.to_string(),
        signature,
        deprecated: deprecated(module, &d.attributes),
        parameters: d.parameters.as_ref().map(|(ty, _)| parameters(module, text, *ty)).unwrap_or_default(),
        examples: d.attributes.iter().filter(|a| a.name == "example").flat_map(|a| &a.arguments).map(|e| module.range(*e).of(text).to_owned()).collect(),
    }
}

fn deprecated(module: &Module, attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
    Some(attribute.arguments.first().and_then(|e| string(module, *e)).unwrap_or_default())
}

fn string(module: &Module, id: ExprId) -> Option<String> {
    if let Expr::String(s) = module.expr(id) { Some(s.to_string()) } else { None }
}

fn parameters(module: &Module, text: &str, ty: TypeExprId) -> Vec<ParameterReference> {
    let mut found = Vec::new();
    walk(module, text, ty, "", 0, &mut found);
    found
}

fn walk(module: &Module, text: &str, ty: TypeExprId, path: &str, depth: usize, found: &mut Vec<ParameterReference>) {
    if depth > DEEPEST {
        return;
    }
    match module.type_expr(ty) {
        TypeExpr::Record(members) => {
            for member in members {
                record_member(module, text, member, path, depth, found);
            }
        }
        TypeExpr::List { element, .. } => walk(module, text, *element, &format!("{path}[]"), depth + 1, found),
        TypeExpr::Refined { base, .. } => walk(module, text, *base, path, depth + 1, found),
        TypeExpr::Union(members) => members.iter().for_each(|m| walk(module, text, *m, path, depth + 1, found)),
        TypeExpr::Name { arguments, .. } => arguments.iter().for_each(|a| walk(module, text, *a, path, depth + 1, found)),
        TypeExpr::Missing | TypeExpr::Literal(_) | TypeExpr::Field { .. } | TypeExpr::Element(_) => {}
    }
}

fn record_member(module: &Module, text: &str, member: &RecordTypeMember, path: &str, depth: usize, found: &mut Vec<ParameterReference>) {
    let dot = if path.is_empty() { "" } else { "." };
    match member {
        RecordTypeMember::Field { name, docs, attributes, optional, ty, default, .. } => {
            let here = format!("{path}{dot}{name}");
            found.push(ParameterReference {
                path: here.clone(),
                ty: type_text(module, text, *ty),
                docs: docs.to_string(),
                required: !optional && default.is_none(),
                default: default.map(|e| module.range(e).of(text).to_owned()),
                deprecated: deprecated(module, attributes),
            });
            walk(module, text, *ty, &here, depth + 1, found);
        }
        // A named record is shown by its name; one that is written out, member by member.
        RecordTypeMember::Spread { ty, .. } if matches!(module.type_expr(*ty), TypeExpr::Record(_)) => walk(module, text, *ty, path, depth + 1, found),
        RecordTypeMember::Spread { range, .. } => {
            found.push(ParameterReference { path: format!("{path}{dot}…"), ty: range.of(text).trim().to_owned(), ..Default::default() });
        }
        RecordTypeMember::Map { value, .. } => walk(module, text, *value, &format!("{path}[…]"), depth + 1, found),
    }
}

/// The text of a type on one line, without comments; a long one is cut.
fn type_text(module: &Module, text: &str, ty: TypeExprId) -> String {
    let parts = module.type_range(ty).of(text).lines().map(str::trim).filter(|l| !l.starts_with("//") && !l.is_empty());
    let line = parts.collect::<Vec<_>>().join(" ");
    if line.chars().count() > LONGEST_TYPE {
        let short: String = line.chars().take(LONGEST_TYPE).collect();
        return format!("{short}…");
    }
    line
}
