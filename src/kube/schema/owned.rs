//! Schemas built at run time, from custom resource definitions: plain owned trees, read through [`Node`].

use ecow::EcoString;

use super::{ListKind, Node, Shape};
use crate::kube::facts::Facts;

/// A schema node that owns what is below it.
#[derive(Clone, Debug, Default)]
pub struct Schema {
    pub children: Children,
    pub facts: Facts,
    pub doc: Option<EcoString>,
    pub list_kind: ListKind,
    /// `x-kubernetes-map-type: atomic`.
    pub map_atomic: bool,
    /// Objects keep fields that no property describes.
    pub preserve_unknown: bool,
    /// `x-kubernetes-embedded-resource`: `apiVersion`, `kind` and `metadata` are those of any object.
    pub embedded: bool,
}

/// What kind of value, and the schemas below.
#[derive(Clone, Debug, Default)]
pub enum Children {
    /// Anything at all (`x-kubernetes-preserve-unknown-fields` without a type).
    #[default]
    Any,
    /// A leaf: a scalar shape ([`Shape::Bool`] … [`Shape::Bytes`]); the shapes with children are not meant to stand here.
    Scalar(Shape<'static>),
    Array(Box<Schema>),
    Map(Box<Schema>),
    Object(Vec<SchemaProp>),
    /// A type of the built-in pack, such as the `metadata` of a custom resource.
    BuiltIn(Node<'static>),
}

/// One property of an owned object schema.
#[derive(Clone, Debug)]
pub struct SchemaProp {
    pub name: EcoString,
    pub required: bool,
    pub schema: Schema,
}

impl Schema {
    /// A schema of this kind without any more facts.
    pub fn new(children: Children) -> Self {
        Self { children, ..Self::default() }
    }

    /// The view through which everybody reads it.
    pub fn node(&self) -> Node<'_> {
        Node::owned(self)
    }
}
