//! The way from the root to the place that a check looks at: a chain on the stack, made into a [`Path`] only when there is something to say.

use crate::value::{Path, Segment};

/// A place, and how it was reached.
#[derive(Clone, Copy)]
pub(in crate::kube) struct Trail<'t> {
    parent: Option<&'t Trail<'t>>,
    step: Step<'t>,
}

#[derive(Clone, Copy)]
enum Step<'t> {
    Root,
    Field(&'t str),
    Key(&'t str),
    Index(usize),
}

impl<'t> Trail<'t> {
    /// The root of an object.
    pub(in crate::kube) fn root() -> Self {
        Trail { parent: None, step: Step::Root }
    }

    /// A field of this place.
    pub(in crate::kube) fn field(&'t self, name: &'t str) -> Trail<'t> {
        Trail { parent: Some(self), step: Step::Field(name) }
    }

    /// A key of this map.
    pub(in crate::kube) fn key(&'t self, name: &'t str) -> Trail<'t> {
        Trail { parent: Some(self), step: Step::Key(name) }
    }

    /// An element of this list.
    pub(in crate::kube) fn index(&'t self, i: usize) -> Trail<'t> {
        Trail { parent: Some(self), step: Step::Index(i) }
    }

    /// The path.
    pub(in crate::kube) fn path(&self) -> Path {
        let mut segments = Vec::new();
        let mut at = Some(self);
        while let Some(t) = at {
            match t.step {
                Step::Root => {}
                Step::Field(n) => segments.push(Segment::Field(n.into())),
                Step::Key(n) => segments.push(Segment::Key(n.into())),
                Step::Index(i) => segments.push(Segment::Index(i)),
            }
            at = t.parent;
        }
        segments.reverse();
        Path { segments }
    }
}
