//! Views: where an object keeps the part that a view names, and which objects a definition is for.

use super::call::is_kind;
use super::machine::{Frame, Machine, Stop};
use super::patch::PlaceId;
use crate::hir::{DefId, ModuleId, TypeName, TypeRef};
use crate::value::Value;

/// What `for` names.
pub(super) enum Aim {
    /// No `for`.
    Everything,
    /// One of these kinds.
    Kinds,
    /// A view, and where the object keeps it.
    View(PlaceId),
    /// The component itself, or one made `from` it.
    Component,
    /// It does not fit.
    Nothing,
}

impl<'a> Machine<'a, '_> {
    /// The place of a view's part in an object; `None` when the object does not have it.
    pub(super) fn view_place(&mut self, f: &Frame<'a>, name: &TypeName, object: PlaceId) -> Result<Option<PlaceId>, Stop> {
        match self.env.program.type_name(f.id, name).0 {
            TypeRef::View(module, index) => Ok(self.view_at(module, index, object)),
            _ => Err(Stop::Unknown),
        }
    }

    /// The same for a view that is known.
    pub(super) fn view_at(&mut self, module: ModuleId, index: u32, object: PlaceId) -> Option<PlaceId> {
        let value = self.stage.value(object)?;
        let program = self.env.program;
        for arm in program.arms(module, index) {
            if !arm.arm.kinds.iter().any(|k| self.names_kind(arm.module, k, &value)) {
                continue;
            }
            let mut at = &value;
            let mut place = object;
            for (step, _) in &arm.arm.path {
                at = at.get(step)?;
                place = self.stage.field(place, step);
            }
            return Some(place);
        }
        None
    }

    /// Whether a type name is the kind of an object.
    pub(super) fn names_kind(&self, module: ModuleId, name: &TypeName, object: &Value) -> bool {
        match self.env.program.type_name(module, name).0 {
            TypeRef::Kubernetes { api_version, name } => is_kind(object, &api_version, &name),
            TypeRef::Resource(m, i) => self.env.program.module(m).resources.get(i as usize).is_some_and(|r| is_kind(object, &r.api_version, &r.name)),
            _ => false,
        }
    }

    /// What a definition's `for` means for an object of a component that was rendered by `made` (the component and those it came `from`).
    pub(super) fn aim(&mut self, definition: DefId, object: PlaceId, made: &[DefId]) -> Aim {
        let program = self.env.program;
        let targets = &program.definition(definition).targets;
        let Some(value) = self.stage.value(object) else { return Aim::Nothing };
        for target in targets {
            match program.type_name(definition.module, target).0 {
                TypeRef::View(module, index) => {
                    if let Some(place) = self.view_at(module, index, object) {
                        return Aim::View(place);
                    }
                }
                TypeRef::Definition(id) => {
                    if made.contains(&id) {
                        return Aim::Component;
                    }
                }
                _ => {
                    if self.names_kind(definition.module, target, &value) {
                        return Aim::Kinds;
                    }
                }
            }
        }
        if targets.is_empty() { Aim::Everything } else { Aim::Nothing }
    }
}
