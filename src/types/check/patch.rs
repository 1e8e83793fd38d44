//! Patches: what a place is, and that what is written there fits it (language reference §8).

use super::env::{Path, PathStep, Root};
use super::{Checker, as_seen, present};
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{DefId, DefinitionKind, Expr, ExprId, Patch, Place, PlaceBase, PlaceStep, TypeName, TypeRef};
use crate::types::ty::{Ty, Type, Typed};

impl Checker<'_> {
    pub fn patch(&mut self, id: DefId, p: &Patch) {
        let span = self.at(p.place.range);
        self.waits(if p.whole { "objects that are replaced" } else { "absent places and conflicts with other definitions" }, span);
        let Some(place) = self.place(id, &p.place) else {
            let program = self.program.clone();
            if let Expr::Record(members) = program.module(self.module).expr(p.value) {
                self.ask(|c| c.build(members, &super::record::Target::Free));
            }
            return;
        };
        if p.whole {
            self.check_present(p.value, &Type::Object.share());
            return;
        }
        let program = self.program.clone();
        let Expr::Record(members) = program.module(self.module).expr(p.value) else {
            self.infer(p.value);
            return;
        };
        if p.place.steps.is_empty() && !matches!(p.place.base, PlaceBase::Local(_)) {
            self.no_status(p.value);
        }
        let steps = p.place.steps.iter().map(|s| match s {
            PlaceStep::Field(name, _) => Some(name.to_string()),
            PlaceStep::Index(_) => None,
        });
        let base = match p.place.base {
            PlaceBase::Default | PlaceBase::Target => Some("target".to_string()),
            PlaceBase::Output => Some("output".to_string()),
            _ => None,
        };
        let at = std::iter::once(base).chain(steps).collect::<Option<Vec<String>>>();
        self.writes_at(at);
        self.note_expected(p.value, &place.ty);
        self.merge_into(members, &place.ty);
        self.writes_at(None);
    }

    /// The type of a place; `None` where it is unknown, which has been said.
    fn place(&mut self, id: DefId, place: &Place) -> Option<Typed> {
        let (mut typed, mut path) = self.base(id, place)?;
        for step in &place.steps {
            if typed.ty.is_error() {
                return None;
            }
            match step {
                PlaceStep::Field(name, range) => {
                    typed = self.part(&typed.ty, name, *range)?;
                    path = path.map(|p| p.then(PathStep::Field(name.clone())));
                }
                PlaceStep::Index(index) => {
                    let found = self.element(&typed.ty, *index, *index);
                    path = path.and_then(|p| self.path_step(*index).map(|s| p.then(s)));
                    typed = found;
                }
            }
            if let Some(p) = &path {
                let p = self.env.canonical(p.clone());
                typed = self.env.narrowed(&p, typed);
            }
        }
        if typed.ty.is_error() { None } else { Some(typed) }
    }

    fn path_step(&self, index: ExprId) -> Option<PathStep> {
        match self.program.module(self.module).expr(index) {
            Expr::String(s) => Some(PathStep::Key(s.clone())),
            Expr::Int(i) => Some(PathStep::Position(*i)),
            _ => self.path(index).map(|p| PathStep::Path(std::rc::Rc::new(p))),
        }
    }

    fn part(&mut self, ty: &Ty, name: &str, range: Range) -> Option<Typed> {
        let found = self.member(ty, name, range);
        self.version_of(ty, name, range);
        if found.ty.is_error() { None } else { Some(found) }
    }

    fn base(&mut self, id: DefId, place: &Place) -> Option<(Typed, Option<Path>)> {
        let span = self.at(place.range);
        let component = self.scope.kind == Some(DefinitionKind::Component);
        let rooted = |c: &mut Self, root: Root| {
            let path = Path::root(root);
            c.typed_of(&path).map(|t| (t, Some(path)))
        };
        let main = |c: &Self| c.scope.result.clone().map(|r| as_seen(&r, c.types));
        let found = match &place.base {
            PlaceBase::Default | PlaceBase::Output if component => main(self).map(|t| (present(t), None)),
            PlaceBase::Default | PlaceBase::Target => rooted(self, Root::Target),
            PlaceBase::Output => rooted(self, Root::Output),
            PlaceBase::Outputs if component => Some((present(super::scope::outputs_of(self.types, id, false)), None)),
            PlaceBase::Outputs => rooted(self, Root::Outputs),
            PlaceBase::Local(l) => {
                self.used.insert(l.0);
                let path = self.env.canonical(Path::root(Root::Local(*l)));
                let typed = self.env.local(*l).map(|b| b.typed.clone())?;
                let typed = self.env.narrowed(&path, typed);
                Some((typed, Some(path)))
            }
            PlaceBase::View(name) => match self.program.type_name(self.module, name).0 {
                TypeRef::View(m, i) => super::scope::view_type(self.types, m, i).map(|t| (present(t), None)),
                _ => None,
            },
            PlaceBase::OutputsOf(name) => self.kind_place(name).map(|t| (present(t), None)),
            PlaceBase::Unknown(_) => return None,
        };
        if found.is_none() {
            self.report(Diagnostic::new(codes::J0201, "there is nothing to patch under this name here").primary(span, ""));
        }
        found
    }

    fn kind_place(&mut self, name: &TypeName) -> Option<Ty> {
        let ty = self.types.named(self.module, name)?;
        Some(as_seen(&ty, self.types))
    }
}
