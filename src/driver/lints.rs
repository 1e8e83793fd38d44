//! Style lints of a run: of the project's own definitions, and of applications that use what is deprecated.

use rayon::prelude::*;

use super::session::Session;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, Severity};
use crate::hir::{Attribute, DefinitionKind, Expr, Module, ModuleId};
use crate::lint::{self, LINTS};
use crate::oam::{Application, Unit};
use crate::types::{Ty, Type};
use crate::value::{Origins, Value};

/// How deep properties are compared with their types.
const DEPTH: u32 = 16;

/// Whether a lint is looked for: always by `jibe lint`, otherwise when `jibe.toml` names it.
pub(super) fn is_on(session: &Session, name: &str) -> bool {
    match session.settings.rules.iter().find(|r| r.name == name) {
        Some(r) => r.level.as_deref() != Some("off"),
        None => session.options.lint,
    }
}

/// What the lints find in the project's definitions.
pub(super) fn definitions(session: &Session) -> Vec<Diagnostic> {
    let program = &session.library.program;
    of_modules(session, program.modules().map(|(id, _)| id).filter(|id| program.package(*id) == session.settings.name).collect())
}

fn of_modules(session: &Session, modules: Vec<ModuleId>) -> Vec<Diagnostic> {
    if !LINTS.iter().any(|l| is_on(session, l.name)) {
        return Vec::new();
    }
    let library = &session.library;
    let found: Vec<Vec<Diagnostic>> =
        modules.into_par_iter().filter_map(|id| Some(lint::check(&library.program, &library.types, id, &session.sources.get(library.program.module(id).file)?.text))).collect();
    found.into_iter().flatten().filter(|d| d.rule.as_ref().is_none_or(|r| is_on(session, &r.name))).collect()
}

/// Uses of deprecated types and properties.
pub(super) fn applications(session: &Session, applications: &[(Application, Origins)]) -> Vec<Diagnostic> {
    if !is_on(session, "deprecated") {
        return Vec::new();
    }
    let of_one = |(app, origins): &(Application, Origins)| {
        let mut out = Vec::new();
        for c in &app.components {
            unit(session, DefinitionKind::Component, &c.unit, origins, &mut out);
            c.traits.iter().for_each(|t| unit(session, DefinitionKind::Trait, t, origins, &mut out));
        }
        app.policies.iter().for_each(|p| unit(session, DefinitionKind::Policy, &p.unit, origins, &mut out));
        for step in app.workflow.iter().flat_map(|w| &w.steps).flat_map(|s| std::iter::once(s).chain(&s.sub_steps)) {
            unit(session, DefinitionKind::Step, &step.unit, origins, &mut out);
        }
        out
    };
    applications.par_iter().flat_map_iter(of_one).collect()
}

fn unit(session: &Session, kind: DefinitionKind, unit: &Unit, origins: &Origins, out: &mut Vec<Diagnostic>) {
    let name = unit.type_name.text.as_str();
    let plain = name.split_once('@').map_or(name, |(n, _)| n);
    let (package, plain) = plain.split_once('.').map_or((None, plain), |(p, n)| (Some(p), n));
    let program = &session.library.program;
    let Some(id) = program.find(kind, package, plain) else { return };
    let d = program.definition(id);
    let module = program.module(id.module);
    if let Some(text) = instead(module, &d.attributes) {
        let finding = lint::finding("deprecated", format!("the {} `{plain}` is deprecated", kind.word()), unit.type_name.span);
        out.push(advised(finding.secondary(d.name_range.in_file(module.file), "declared here"), &text));
    }
    if let Some(properties) = &unit.properties {
        fields(&session.library.types.parameters(id), properties, name, origins, DEPTH, out);
    }
}

/// Properties that their types call deprecated.
fn fields(ty: &Ty, value: &Value, subject: &str, origins: &Origins, depth: u32, out: &mut Vec<Diagnostic>) {
    if depth == 0 {
        return;
    }
    match ty.shape() {
        Type::Record(record) => {
            for entry in value.as_map().into_iter().flat_map(|m| m.iter()) {
                let Some(field) = record.field(&entry.key) else { continue };
                if let Some(text) = &field.deprecated {
                    let d = lint::finding("deprecated", format!("`{}` of `{subject}` is deprecated", entry.key), origins.span(entry.key_origin));
                    let d = if field.span == Span::default() { d } else { d.secondary(field.span, "declared here") };
                    out.push(advised(d, text));
                }
                fields(&field.ty, &entry.value, subject, origins, depth - 1, out);
            }
        }
        Type::List(list) => value.as_list().unwrap_or_default().iter().for_each(|v| fields(&list.element, v, subject, origins, depth - 1, out)),
        Type::Map(map) => value.as_map().into_iter().flat_map(|m| m.iter()).for_each(|e| fields(&map.value, &e.value, subject, origins, depth - 1, out)),
        _ => {}
    }
}

fn instead(module: &Module, attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
    let text = attribute.arguments.first().map(|e| module.expr(*e));
    Some(if let Some(Expr::String(s)) = text { s.to_string() } else { String::new() })
}

fn advised(d: Diagnostic, text: &str) -> Diagnostic {
    if text.is_empty() { d } else { d.help(text) }
}

impl Session {
    /// The findings of modules with what the lints that `jibe.toml` names say of them, after levels and comments have been applied.
    pub fn settle_modules(&self, modules: &[ModuleId], mut findings: Vec<Diagnostic>) -> Vec<Diagnostic> {
        let program = &self.library.program;
        let own: Vec<ModuleId> = modules.iter().copied().filter(|id| program.package(*id) == self.settings.name).collect();
        findings.extend(of_modules(self, own));
        let files = modules.iter().map(|id| program.module(*id).file).collect();
        super::levels::settled_quietly(self, findings, &files)
    }

    /// Whether definitions have been read, so that the names of all rules are known.
    pub(super) fn knows_rules(&self) -> bool {
        !self.library.program.names(DefinitionKind::Rule).is_empty()
    }

    /// Name, level and documentation of each rule, those that are off included.
    pub fn rules(&self) -> Vec<(String, String, String)> {
        let program = &self.library.program;
        let all = program.definitions().filter(|(_, d)| d.kind == DefinitionKind::Rule);
        let level = |id| self.library.rules.iter().find(|r| r.definition == id).map_or("off", |r| word(r.severity));
        all.map(|(id, d)| (d.name.to_string(), level(id).to_owned(), d.docs.to_string())).collect()
    }

    /// The level of a lint as `jibe.toml` sets it.
    pub fn level_of(&self, lint: &lint::Lint) -> &str {
        let set = self.settings.rules.iter().find(|r| r.name == lint.name).and_then(|r| r.level.as_deref());
        set.unwrap_or(word(lint.level))
    }
}

/// The word of `jibe.toml` for a severity.
fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warn",
        Severity::Note => "info",
    }
}
