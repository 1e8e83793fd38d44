//! Tests: conditions, and the applications in them, typed as those in YAML are. Applications that are expected to be wrong are looked at when the test runs.

use super::record::Target;
use super::{Checker, present, scope};
use crate::diagnostics::codes::CODES;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::hir::{AppUnit, Application, DefId, DefinitionKind, Expect, ExprId, ModuleId, TestItem, TestStmt};
use crate::types::resolve::Types;
use crate::types::ty::{Field, Presence, Record, Ty, Type, Typed};

/// Everything that is wrong with a test.
pub(super) fn check(types: &Types, module: ModuleId, t: &TestItem) -> Vec<Diagnostic> {
    let mut c = Checker::new(types, module, &t.owner);
    c.in_test = true;
    c.lenient = 1;
    for s in &t.stmts {
        match s {
            TestStmt::Let { local, ty, value } => c.bind_let(*local, *ty, false, *value),
            TestStmt::Expect { expect: Expect::True(e), .. } => {
                c.boolean(*e);
            }
            TestStmt::Expect { expect: Expect::Finding { code, application, .. }, range } => {
                if !CODES.iter().any(|k| k.code.0 == code.as_str()) {
                    let span = c.at(*range);
                    c.report(Diagnostic::new(codes::J0201, format!("there is no code `{code}`")).primary(span, ""));
                }
                // What is expected to be wrong with it is seen when the test runs.
                c.ask(|c| c.infer(*application));
            }
        }
    }
    // Reading what is absent makes a test fail: it is no mistake of its text. And a test is of one version of Kubernetes, which its application says.
    c.out.retain(|d| ![codes::J0401, codes::J0701, codes::J0702, codes::J0704].contains(&d.code));
    c.out
}

impl Checker<'_> {
    /// An application: its parts are checked as those of an application in YAML are; what it becomes has the types that its definitions declare.
    pub fn application(&mut self, e: ExprId, app: &Application) -> Typed {
        self.build(&app.fields, &Target::Free);
        let mut fields = Vec::new();
        let mut policies = false;
        for unit in &app.units {
            let found = self.unit_of(e, unit);
            for (name, arguments) in &unit.traits {
                if let Some(id) = self.referred(name, DefinitionKind::Trait, *arguments) {
                    self.given(id, *arguments);
                }
            }
            policies |= unit.kind == DefinitionKind::Policy && found.is_none_or(|id| !self.program.definition(id).targets.is_empty());
            if unit.kind != DefinitionKind::Step {
                fields.push((unit, found));
            }
        }
        let parts = fields.iter().map(|(unit, found)| Field::new(unit.name.clone(), self.rendered(unit, *found, policies), Presence::Required));
        let mut all: Vec<Field> = parts.collect();
        if !all.iter().any(|f| f.name == "objects") {
            all.push(Field::new("objects", Type::list(Type::error()), Presence::Required));
        }
        present(Type::Record(Record { name: Some(ecow::eco_format!("application {}", app.name)), fields: all, ..Record::default() }).share())
    }

    /// The properties of a component, policy or step.
    fn unit_of(&mut self, e: ExprId, unit: &AppUnit) -> Option<DefId> {
        let Some(id) = self.program.find_from(self.module, unit.kind, &unit.definition) else {
            self.unknown_definition(&unit.definition, unit.kind, Severity::Error);
            self.build(&unit.properties, &Target::Free);
            return None;
        };
        let wanted = self.types.parameters(id);
        let before = self.out.len();
        self.record_literal(e, &unit.properties, Some(&wanted));
        // What is missing is missing in the part, not in the application.
        let (whole, start) = (self.span(e), self.open_brace(e));
        let here = self.at(unit.definition.range);
        for label in self.out.iter_mut().skip(before).flat_map(|d| &mut d.labels).filter(|l| l.span == whole || l.span == start) {
            label.span = here;
        }
        Some(id)
    }

    /// `app.web`: the main object and the outputs.
    fn rendered(&self, unit: &AppUnit, found: Option<DefId>, policies: bool) -> Ty {
        let Some(id) = found else { return Type::error() };
        let mut fields = Vec::new();
        if unit.kind == DefinitionKind::Component {
            let output = self.types.result(id).map_or_else(Type::error, |kind| if matches!(&*kind, Type::Object) { Type::error() } else { super::as_seen(&kind, self.types) });
            fields.push(Field::new("output", output, Presence::Required));
        }
        let traits: Option<Vec<DefId>> = unit.traits.iter().map(|(name, _)| self.program.find_from(self.module, DefinitionKind::Trait, name)).collect();
        // A policy may add to every component.
        let outputs = match traits {
            Some(traits) if !policies || unit.kind == DefinitionKind::Policy => scope::outputs_of_all(self.types, &[&[id], traits.as_slice()].concat()),
            _ => Type::error(),
        };
        fields.push(Field::new("outputs", outputs, Presence::Required));
        Type::Record(Record { name: Some(unit.name.clone()), fields, ..Record::default() }).share()
    }
}
