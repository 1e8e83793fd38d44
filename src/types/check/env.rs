//! What is known at a place of a body: the types of local names, and what conditions around it have found out about stable paths.

use std::rc::Rc;

use ecow::EcoString;

use crate::hir::LocalId;
use crate::types::ty::{Ty, Type, Typed};

/// Where a stable path begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    Parameters,
    Context,
    Target,
    Output,
    Outputs,
    Local(LocalId),
}

/// One step of a stable path.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum PathStep {
    Field(EcoString),
    /// `["k"]`
    Key(EcoString),
    /// `[0]`
    Position(i64),
    /// `[p]` of a stable path.
    Path(Rc<Path>),
}

/// A path that means the same value wherever it stands.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    pub root: Root,
    pub steps: Vec<PathStep>,
}

impl Path {
    /// The root alone.
    pub fn root(root: Root) -> Self {
        Self { root, steps: Vec::new() }
    }

    /// One step further.
    #[must_use]
    pub fn then(&self, step: PathStep) -> Self {
        let mut steps = self.steps.clone();
        steps.push(step);
        Self { root: self.root, steps }
    }

    /// The path without its last step.
    pub fn parent(&self) -> Option<(Path, &PathStep)> {
        let (last, before) = self.steps.split_last()?;
        Some((Path { root: self.root, steps: before.to_vec() }, last))
    }
}

/// What conditions have found out: later entries win.
#[derive(Clone, Debug, Default)]
pub struct Facts(pub Vec<(Path, Typed)>);

impl Facts {
    /// The last fact about a path.
    pub fn get(&self, path: &Path) -> Option<&Typed> {
        self.0.iter().rev().find(|(p, _)| p == path).map(|(_, t)| t)
    }

    /// Adds a fact.
    pub fn add(&mut self, path: Path, typed: Typed) {
        self.0.push((path, typed));
    }

    /// What holds when one or the other holds: facts about paths that are in both.
    pub fn either(&self, other: &Facts) -> Facts {
        let mut out = Facts::default();
        for (path, _) in &self.0 {
            if out.get(path).is_some() {
                continue;
            }
            if let (Some(a), Some(b)) = (self.get(path), other.get(path)) {
                let ty = crate::types::unions::unite(&[a.ty.clone(), b.ty.clone()]).0;
                out.add(path.clone(), Typed { ty, absent: a.absent || b.absent });
            }
        }
        out
    }

    /// What holds when both hold.
    pub fn both(&self, other: &Facts) -> Facts {
        Facts(self.0.iter().chain(&other.0).cloned().collect())
    }
}

/// A local name.
#[derive(Clone, Debug)]
pub struct Binding {
    pub typed: Typed,
    /// The stable path that it is another name for.
    pub alias: Option<Path>,
}

/// Local names by slot, and facts.
#[derive(Clone, Debug, Default)]
pub struct Env {
    pub locals: Vec<Option<Binding>>,
    pub facts: Facts,
}

impl Env {
    /// Names a local.
    pub fn bind(&mut self, local: LocalId, typed: Typed, alias: Option<Path>) {
        if self.locals.len() <= local.index() {
            self.locals.resize(local.index() + 1, None);
        }
        if let Some(slot) = self.locals.get_mut(local.index()) {
            *slot = Some(Binding { typed, alias });
        }
        // A loop or lambda may use the slot again: what was known of it is forgotten.
        self.facts.0.retain(|(p, _)| p.root != Root::Local(local));
    }

    /// The binding of a local.
    pub fn local(&self, local: LocalId) -> Option<&Binding> {
        self.locals.get(local.index()).and_then(Option::as_ref)
    }

    /// The path with aliases replaced by what they stand for.
    pub fn canonical(&self, path: Path) -> Path {
        let mut path = path;
        for _ in 0..16 {
            let Root::Local(local) = path.root else { return path };
            let Some(alias) = self.local(local).and_then(|b| b.alias.as_ref()) else { return path };
            let mut steps = alias.steps.clone();
            steps.append(&mut path.steps);
            path = Path { root: alias.root, steps };
        }
        path
    }

    /// What is known of a path, where it narrows `computed`.
    pub fn narrowed(&self, path: &Path, computed: Typed) -> Typed {
        match self.facts.get(path) {
            Some(known) if computed.ty.is_error() => Typed { ty: Type::error(), absent: known.absent && computed.absent },
            Some(known) => {
                let ty: Ty = if crate::types::relate::fits(&computed.ty, &known.ty).is_ok() { computed.ty } else { known.ty.clone() };
                Typed { ty, absent: known.absent && computed.absent }
            }
            None => computed,
        }
    }
}
