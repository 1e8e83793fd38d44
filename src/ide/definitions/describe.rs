//! Things in words: what stands under a name, as Markdown.

use super::Asked;
use super::names::Meaning;
use crate::base::{Range, Span};
use crate::hir::{Attribute, Definition, DefinitionKind, Expr, FnItem, Module, ModuleId, RecordTypeMember, TypeExpr};
use crate::ide::Kind;
use crate::types::{Field, Presence, Ty, Type, Typed};

/// So many fields of a record are listed.
const LISTED: usize = 16;
/// Longest text of a default, in characters.
const LONGEST: usize = 80;

/// Code, and what is said about it.
pub(super) fn block(code: &str, docs: &str) -> String {
    let docs = docs.trim();
    if docs.is_empty() { format!("```jibe\n{code}\n```") } else { format!("```jibe\n{code}\n```\n\n{docs}") }
}

/// A text on one line, cut where it is long.
pub(super) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = line.chars().take(LONGEST).collect();
    if short.len() < line.len() { format!("{short}…") } else { line }
}

/// A type, with a question mark where there may be no value.
pub(super) fn typed(t: &Typed) -> String {
    if t.absent { format!("{}?", t.ty) } else { t.ty.to_string() }
}

/// What `@deprecated` says.
pub(super) fn deprecated(module: &Module, attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
    Some(attribute.arguments.first().map_or(String::new(), |e| if let Expr::String(s) = module.expr(*e) { s.to_string() } else { String::new() }))
}

fn with_deprecation(docs: &str, instead: Option<String>) -> String {
    match instead {
        Some(instead) => format!("**Deprecated**: {instead}\n\n{docs}"),
        None => docs.to_owned(),
    }
}

impl Asked<'_> {
    pub(super) fn text_of(&self, module: &Module, range: Range) -> String {
        self.project.session.sources.text_of(range.in_file(module.file))
    }

    /// `replicas: Int(1..=500) = 1`
    pub(super) fn field_line(&self, f: &Field) -> String {
        let mark = if f.is_optional() { "?" } else { "" };
        let default = match f.presence {
            Presence::Default(m, e) => {
                let module = self.project.library().program.module(m);
                format!(" = {}", one_line(&self.text_of(module, module.range(e))))
            }
            _ => String::new(),
        };
        format!("{}{mark}: {}{default}", f.name, f.ty)
    }

    /// A field, as Markdown.
    pub(super) fn field(&self, f: &Field) -> String {
        let mut docs = with_deprecation(&f.description().unwrap_or_default(), f.deprecated.as_ref().map(ToString::to_string));
        if let Some((gate, _)) = &f.gate {
            docs.push_str(&format!("\n\nneeds the feature gate `{gate}`"));
        }
        if let Some(fields) = self.fields_of(&f.ty) {
            docs.push_str(&format!("\n\n```jibe\n{fields}```"));
        }
        block(&self.field_line(f), &docs)
    }

    /// The fields of a record, or of what is in a list, a line each.
    fn fields_of(&self, ty: &Ty) -> Option<String> {
        let inner = if let Type::List(l) = &**ty { &l.element } else { ty };
        let Type::Record(r) = &**inner else { return None };
        let mut lines: Vec<String> = r.fields.iter().take(LISTED).map(|f| self.field_line(f)).collect();
        if r.fields.len() > LISTED {
            lines.push("…".into());
        }
        (!lines.is_empty()).then(|| format!("{}\n", lines.join("\n")))
    }

    /// `component service: Deployment`
    pub(super) fn signature_of(&self, module: &Module, d: &Definition) -> String {
        let keyword = if d.kind == DefinitionKind::Step { "step" } else { d.kind.word() };
        let mut out = format!("{keyword} {}", d.name);
        if let Some(result) = &d.result {
            out.push_str(&format!(": {}", self.text_of(module, result.range)));
        }
        let targets: Vec<String> = d.targets.iter().map(|t| self.text_of(module, t.range)).collect();
        if !targets.is_empty() {
            out.push_str(&format!(" for {}", targets.join(" | ")));
        }
        out
    }

    fn definition_markdown(&self, id: ModuleId, index: usize) -> Option<String> {
        let library = self.project.library();
        let module = library.program.module(id);
        let d = module.definitions.get(index)?;
        let mut code = self.signature_of(module, d);
        let parameters = library.types.parameters(crate::hir::DefId { module: id, index: index as u32 });
        if let Some(fields) = self.fields_of(&parameters) {
            code = format!("{code} {{\n{}}}", fields.lines().map(|l| format!("  {l}\n")).collect::<String>());
        }
        let docs = with_deprecation(&d.docs, deprecated(module, &d.attributes));
        Some(format!("{}\n\ndefined in `{}`", block(&code, &docs), module.name))
    }

    /// `fn portName(p: Port) -> PortName`
    pub(super) fn function_signature(&self, module: &Module, f: &FnItem) -> String {
        let parameters: Vec<String> =
            f.parameters.iter().map(|p| format!("{}{}: {}", p.name, if p.optional { "?" } else { "" }, one_line(&self.text_of(module, module.type_range(p.ty))))).collect();
        let generics: Vec<&str> = f.type_parameters.iter().map(|(n, _)| n.as_str()).collect();
        let generics = if generics.is_empty() { String::new() } else { format!("<{}>", generics.join(", ")) };
        let mark = if f.result_optional { "?" } else { "" };
        format!("fn {}{generics}({}) -> {}{mark}", f.name, parameters.join(", "), one_line(&self.text_of(module, module.type_range(f.result))))
    }

    /// What is declared at a place, as Markdown.
    pub(super) fn declared(&self, at: Span) -> Option<String> {
        let library = self.project.library();
        let id = self.project.module_in(at.file)?;
        let m = library.program.module(id);
        let here = |r: Range| r == at.range();
        if let Some(i) = m.definitions.iter().position(|d| here(d.name_range)) {
            return self.definition_markdown(id, i);
        }
        if let Some(f) = m.functions.iter().find(|f| here(f.name_range)) {
            return Some(block(&self.function_signature(m, f), &f.docs));
        }
        if let Some((i, t)) = m.types.iter().enumerate().find(|(_, t)| here(t.name_range)) {
            let mut code = format!("type {} = {}", t.name, one_line(&self.text_of(m, m.type_range(t.ty))));
            if t.parameters.is_empty()
                && let Some(fields) = self.fields_of(&library.types.alias(id, i as u32, Vec::new()))
            {
                code = format!("type {} = {{\n{}}}", t.name, fields.lines().map(|l| format!("  {l}\n")).collect::<String>());
            }
            return Some(block(&code, &with_deprecation(&t.docs, deprecated(m, &t.attributes))));
        }
        if let Some(l) = m.lets.iter().find(|l| here(l.name_range)) {
            let learnt = self.project.learnt(id);
            let ty = learnt.notes.expressions.get(&l.value).map(|t| format!(": {}", typed(t))).unwrap_or_default();
            return Some(block(&format!("let {}{ty} = {}", l.name, one_line(&self.text_of(m, m.range(l.value)))), &l.docs));
        }
        if let Some(v) = m.views.iter().find(|v| here(v.name_range)) {
            let ty = v.ty.map(|t| format!(": {}", one_line(&self.text_of(m, m.type_range(t))))).unwrap_or_default();
            return Some(block(&format!("view {}{ty}", v.name), &v.docs));
        }
        if let Some(r) = m.resources.iter().find(|r| here(r.name_range)) {
            return Some(block(&format!("resource {}: \"{}\"", r.name, r.api_version), &with_deprecation(&r.docs, deprecated(m, &r.attributes))));
        }
        self.declared_field(id, at.range()).or_else(|| {
            let learnt = self.project.learnt(id);
            let ty = learnt.notes.locals.get(&at.range())?;
            Some(block(&format!("{}: {}", at.range().of(&self.project.source(at)?.text), typed(ty)), ""))
        })
    }

    /// A field of a type expression.
    fn declared_field(&self, id: ModuleId, at: Range) -> Option<String> {
        let library = self.project.library();
        let m = library.program.module(id);
        m.type_exprs.iter().enumerate().find_map(|(i, ty)| {
            let TypeExpr::Record(members) = ty else { return None };
            let name = members.iter().find_map(|member| match member {
                RecordTypeMember::Field { name, name_range, .. } if *name_range == at => Some(name),
                _ => None,
            })?;
            let ty = library.types.of(id, crate::hir::TypeExprId(i as u32), &crate::types::TypeArgs::none());
            Some(self.field(ty.as_record()?.field(name)?))
        })
    }

    /// What a name stands for, as Markdown.
    pub(super) fn meaning(&self, meaning: &Meaning) -> Option<String> {
        let library = self.project.library();
        match meaning {
            Meaning::Declared(span, Kind::Object) => Some(block(&format!("output {}", self.project.session.sources.text_of(*span)), "")),
            Meaning::Declared(span, _) => self.declared(*span),
            Meaning::Module(m) => {
                let module = library.program.module(*m);
                Some(block(&format!("import {}", module.name), &module.docs))
            }
            Meaning::Kubernetes { api_version, name } => {
                let node = library.catalog.kind(self.project.session.version(), api_version, name).map(|k| k.node);
                let node = node.or_else(|| library.catalog.named_type(self.project.session.version(), api_version, name));
                let docs = node.and_then(crate::kube::Node::doc).unwrap_or_default();
                Some(block(&format!("import \"{api_version}\" {{ {name} }}"), &docs))
            }
            Meaning::BuiltinType(name) => {
                let shown = crate::types::builtin(name).map(|t| t.to_string()).filter(|t| *t != **name);
                Some(block(&shown.map_or_else(|| format!("type {name}"), |t| format!("type {name} = {t}")), "built in"))
            }
            Meaning::Builtin(b) => Some(block(super::signature::builtin(*b), "built in")),
            Meaning::Field { ty, name } => match super::names::field_of(ty, name) {
                Some(f) => Some(format!("{}\n\nfield of `{ty}`", self.field(&f))),
                None => super::signature::method(name).map(|s| block(s, &format!("of `{ty}`"))),
            },
        }
    }
}
