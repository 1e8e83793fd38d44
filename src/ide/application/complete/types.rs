//! Type names: which there are, and which traits go with a component.

use ecow::EcoString;

use super::Completer;
use crate::hir::{DefId, DefinitionKind, ModuleId, TypeName, TypeRef};
use crate::ide::application::cursor::Step;
use crate::ide::application::describe::kind_of;
use crate::ide::application::tree::Node;
use crate::ide::{Completion, Insert};

impl Completer<'_, '_, '_> {
    /// The definitions of a kind.
    pub(super) fn type_names(&self, kind: DefinitionKind, found: &mut Vec<Completion>) {
        let program = &self.asked.library.program;
        let component = if kind == DefinitionKind::Trait { self.component_around() } else { None };
        let used = self.used();
        for name in program.names(kind) {
            let mut c = Completion::new(name.as_str(), kind_of(kind), self.spot.word);
            c.insert = Insert::Text(format!("{}{}", self.writer.lead, super::template::scalar_text(&name)));
            c.sort = 20;
            let Some(id) = self.asked.find(kind, &name) else { continue };
            c.detail = Some(self.asked.signature(id));
            c.documentation = Some(self.asked.definition_markdown(id));
            c.deprecated = self.asked.deprecated(id).is_some();
            if component.is_some_and(|component| !self.goes_with(id, component)) {
                c.sort += 40;
            }
            // What the project defines comes before what comes with Jibe.
            if program.package(id.module) != "std" {
                c.sort -= 5;
            }
            if used.contains(&name) {
                c.sort += 20;
            }
            if c.deprecated {
                c.sort += 50;
            }
            found.push(c);
        }
    }

    /// The definition of the component whose traits the cursor is in.
    fn component_around(&self) -> Option<DefId> {
        let traits = self.spot.path.iter().rposition(|s| *s == Step::Key("traits".into()))?;
        let (_, node) = self.walker.at(self.spot.path.get(..traits)?);
        self.walker.definition(DefinitionKind::Component, node?)
    }

    /// The types that other entries of the list around have.
    fn used(&self) -> Vec<EcoString> {
        let at = self.spot.path.iter().rposition(|s| matches!(s, Step::Index(_)));
        let Some((at, Some(Step::Index(own)))) = at.map(|at| (at, self.spot.path.get(at))) else { return Vec::new() };
        let (_, list) = self.walker.at(self.spot.path.get(..at).unwrap_or(&[]));
        let others = list.into_iter().flat_map(Node::items).enumerate().filter(|(i, _)| i != own);
        // Two components of a type are nothing special, two equal traits are.
        if self.spot.path.get(at.saturating_sub(1)) != Some(&Step::Key("traits".into())) {
            return Vec::new();
        }
        others.filter_map(|(_, n)| n.get("type").and_then(Node::as_text).cloned()).collect()
    }

    /// Whether a trait applies to what a component makes, as far as its head says.
    fn goes_with(&self, a_trait: DefId, component: DefId) -> bool {
        let program = &self.asked.library.program;
        let (wanted, made) = (program.definition(a_trait), program.definition(component));
        let Some(result) = made.result.as_ref().filter(|_| !wanted.targets.is_empty()) else { return true };
        let result = program.type_name(component.module, result).0;
        if matches!(result, TypeRef::Builtin(_) | TypeRef::Unknown) {
            return true;
        }
        let fits = |module: ModuleId, target: &TypeName| match program.type_name(module, target).0 {
            TypeRef::View(m, view) => program.arms(m, view).iter().any(|a| a.arm.kinds.iter().any(|k| program.type_name(a.module, k).0 == result)),
            TypeRef::Definition(id) => id == component,
            TypeRef::Unknown | TypeRef::Builtin(_) => true,
            other => other == result,
        };
        wanted.targets.iter().any(|t| fits(a_trait.module, t))
    }
}
