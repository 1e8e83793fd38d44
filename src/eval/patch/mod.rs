//! Patches (language reference §8): the writes of a definition are collected while its body runs, then applied in phases;
//! every place remembers its writers and readers, so that no definition silently undoes another.

mod apply;
mod collect;
mod conflict;
mod diff;
mod place;
mod stage;
mod write;

use crate::base::Span;
use crate::value::Value;

pub(super) use conflict::short;
pub(super) use place::{PlaceId, key_of, key_of_index};
pub(super) use stage::{Metadata, Stage, Writer};

/// What a write does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    /// `f := v`
    Replace,
    /// `f[k] := v`
    ReplaceElement,
    /// `f: v`
    Merge,
    /// `f += v`
    Append,
    /// `f -= v`
    Take,
    /// `remove f`
    Remove,
    /// `f ??= v`
    Weak,
    /// `patch output = e`
    Object,
}

impl Op {
    /// The phase in which it is applied.
    fn phase(self) -> u8 {
        match self {
            Op::Replace | Op::Object => 0,
            Op::Merge | Op::ReplaceElement => 1,
            Op::Append => 2,
            Op::Take | Op::Remove => 3,
            Op::Weak => 4,
        }
    }

    /// How it is written.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Op::Merge => ":",
            Op::Append => "+=",
            Op::Take => "-=",
            Op::Remove => "remove",
            Op::Weak => "??=",
            Op::Replace | Op::ReplaceElement | Op::Object => ":=",
        }
    }
}

/// One write of the definition that is being evaluated.
#[derive(Clone, Debug)]
pub(super) struct Write {
    pub place: PlaceId,
    pub op: Op,
    /// Null for `remove`.
    pub value: Value,
    /// In the definition.
    pub span: Span,
}

/// Whether a name is a member of maps rather than a field.
pub(super) fn is_map_member(name: &str) -> bool {
    matches!(name, "keys" | "values" | "length" | "isEmpty")
}
