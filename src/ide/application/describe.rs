//! Definitions and fields in words: signatures, defaults, Markdown.

use super::Asked;
use super::place::Declared;
use crate::hir::{Attribute, DefId, DefinitionKind, Expr, Module};
use crate::ide::Kind;
use crate::kube;
use crate::types::{Field, Presence, Type};

/// So many parameters are listed with a definition.
const LISTED: usize = 14;
/// Descriptions of Kubernetes are cut at so many characters.
const LONGEST: usize = 1_200;

impl Asked<'_> {
    /// The text of a range of a module.
    fn text_in(&self, module: &Module, range: crate::base::Range) -> String {
        self.sources.text_of(range.in_file(module.file))
    }

    /// `component webservice: Deployment`
    pub(super) fn signature(&self, id: DefId) -> String {
        let (module, d) = (self.library.program.module(id.module), self.library.program.definition(id));
        let keyword = if d.kind == DefinitionKind::Step { "step" } else { d.kind.word() };
        let mut out = format!("{keyword} {}", d.name);
        if let Some(result) = &d.result {
            out.push_str(&format!(": {}", self.text_in(module, result.range)));
        }
        let targets: Vec<String> = d.targets.iter().map(|t| self.text_in(module, t.range)).collect();
        if !targets.is_empty() {
            out.push_str(&format!(" for {}", targets.join(" | ")));
        }
        out
    }

    /// What a definition is and takes, as Markdown.
    pub(super) fn definition_markdown(&self, id: DefId) -> String {
        let program = &self.library.program;
        let d = program.definition(id);
        let mut out = format!("```jibe\n{}", self.signature(id));
        let parameters = self.library.types.parameters(id);
        let mut fields: Vec<Field> = super::place::fields(&super::place::Typed { ty: parameters, schema: None }, None).into_iter().map(|(f, _)| f).collect();
        fields.sort_by_key(|f| !f.is_required());
        if fields.is_empty() {
            out.push_str("\n```");
        } else {
            out.push_str(" {\n");
            for f in fields.iter().filter(|f| f.deprecated.is_none()).take(LISTED) {
                out.push_str(&format!("  {}\n", self.field_line(f)));
            }
            if fields.len() > LISTED {
                out.push_str("  …\n");
            }
            out.push_str("}\n```");
        }
        if let Some(instead) = self.deprecated(id) {
            out.push_str(&format!("\n\n**Deprecated**: {instead}"));
        }
        if !d.docs.is_empty() {
            out.push_str(&format!("\n\n{}", d.docs.trim()));
        }
        out.push_str(&format!("\n\ndefined in `{}`", program.module(id.module).name));
        out
    }

    /// What to use instead of a definition.
    pub(super) fn deprecated(&self, id: DefId) -> Option<String> {
        let module = self.library.program.module(id.module);
        let attribute: &Attribute = self.library.program.definition(id).attributes.iter().find(|a| a.name == "deprecated")?;
        Some(match attribute.arguments.first().map(|e| module.expr(*e)) {
            Some(Expr::String(s)) => s.to_string(),
            _ => String::new(),
        })
    }

    /// The default of a field as it is written; a long one is cut.
    pub(super) fn default_of(&self, field: &Field) -> Option<String> {
        let Presence::Default(m, e) = field.presence else { return None };
        let module = self.library.program.module(m);
        let text = self.text_in(module, module.range(e));
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = line.chars().take(60).collect();
        (!line.is_empty()).then(|| if short.len() < line.len() { format!("{short}…") } else { short })
    }

    /// `replicas: Int(0..) = 1`
    pub(super) fn field_line(&self, field: &Field) -> String {
        let mark = if field.is_optional() { "?" } else { "" };
        let default = self.default_of(field).map_or(String::new(), |d| format!(" = {d}"));
        format!("{}{mark}: {}{default}", field.name, field.ty)
    }

    /// What a field is for.
    pub(super) fn docs_of(&self, field: &Field, schema: Option<kube::Node<'_>>) -> Option<String> {
        if !field.docs.is_empty() {
            return Some(field.docs.trim().to_owned());
        }
        let docs = schema?.doc()?;
        if docs.chars().count() <= LONGEST {
            return Some(docs);
        }
        let short: String = docs.chars().take(LONGEST).collect();
        Some(format!("{}…", short.trim_end()))
    }

    /// A key, as Markdown.
    pub(super) fn declared_markdown(&self, declared: &Declared<'_>) -> String {
        match declared {
            Declared::Key(key) => {
                let need = if key.required { "" } else { "?" };
                format!("```jibe\n{}{need}: {}\n```\n\n{}", key.name, key.part.describe(), key.docs)
            }
            Declared::Field(field, schema) => {
                let mut out = format!("```jibe\n{}\n```", self.field_line(field));
                out.push_str(&self.field_notes(field, *schema));
                out
            }
        }
    }

    /// What is said about a field below its signature.
    pub(super) fn field_notes(&self, field: &Field, schema: Option<kube::Node<'_>>) -> String {
        let mut out = String::new();
        if let Some(instead) = &field.deprecated {
            out.push_str(&format!("\n\n**Deprecated**: {instead}"));
        }
        if let Some(docs) = self.docs_of(field, schema) {
            out.push_str(&format!("\n\n{docs}"));
        }
        if let Type::Record(_) | Type::Union(_) | Type::List(_) = &*field.ty
            && let Some(inner) = self.shape_lines(&field.ty)
        {
            out.push_str(&format!("\n\n```jibe\n{inner}```"));
        }
        if let Some((gate, _)) = &field.gate {
            out.push_str(&format!("\n\nneeds the feature gate `{gate}`"));
        }
        out
    }

    /// The fields of a record, or of the elements of a list, a line each.
    fn shape_lines(&self, ty: &crate::types::Ty) -> Option<String> {
        let element = match &**ty {
            Type::List(l) => l.element.clone(),
            _ => ty.clone(),
        };
        if let Type::Named(_) = &*element {
            return None;
        }
        let fields = super::place::fields(&super::place::Typed { ty: element, schema: None }, None);
        if fields.is_empty() {
            return None;
        }
        let mut out = String::new();
        for (f, _) in fields.iter().take(LISTED) {
            out.push_str(&format!("{}\n", self.field_line(f)));
        }
        if fields.len() > LISTED {
            out.push_str("…\n");
        }
        Some(out)
    }
}

/// The kind that a definition is shown as.
pub fn kind_of(kind: DefinitionKind) -> Kind {
    match kind {
        DefinitionKind::Component => Kind::Component,
        DefinitionKind::Trait => Kind::Trait,
        DefinitionKind::Policy => Kind::Policy,
        DefinitionKind::Step => Kind::Step,
        DefinitionKind::Rule => Kind::Rule,
    }
}
