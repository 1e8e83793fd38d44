//! The view of a schema: a small copyable handle on a place in the pack or in an owned schema.

use std::sync::Arc;

use ecow::EcoString;

use super::{Children, Schema};
use crate::kube::Version;
use crate::kube::facts::{self, Facts, Group};
use crate::kube::pack::{self, Pack, Tag};

/// A place in a schema. Copying it costs nothing; `'a` is the life of the catalog it came from.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    repr: Repr<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Repr<'a> {
    /// Node of the pack as this version sees it, with the facts of the field it was reached by.
    Pack {
        version: Version,
        node: u16,
        facts: u32,
    },
    Owned(&'a Schema),
}

/// What kind of value a place holds.
#[derive(Clone, Copy, Debug)]
pub enum Shape<'a> {
    Any,
    Bool,
    String,
    Int32,
    Int64,
    Double,
    /// A string or number that is a resource quantity.
    Quantity,
    IntOrString,
    /// RFC 3339 text.
    DateTime,
    /// Base64 text.
    Bytes,
    Array(Node<'a>),
    Map(Node<'a>),
    /// Closed unless [`Node::preserves_unknown`].
    Object,
    /// A whole Kubernetes object of any kind (`RawExtension`, `x-kubernetes-embedded-resource`); known properties are in [`Node::props`].
    Embedded,
}

/// How two lists of a field merge, and whether elements may repeat.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ListKind {
    #[default]
    Atomic,
    Set,
    /// Elements are objects that these fields identify.
    Map(Arc<[EcoString]>),
}

/// A property of an object.
#[derive(Clone, Copy, Debug)]
pub struct Prop<'a> {
    pub name: &'a str,
    pub node: Node<'a>,
    /// The API server refuses the object when the field is missing, null or empty.
    pub required: bool,
    /// The OpenAPI schema calls it required (the server may fill it in or not care).
    pub declared: bool,
}

impl<'a> Prop<'a> {
    /// What the server demands of the field's value alone.
    pub fn facts(&self) -> &'a Facts {
        self.node.facts()
    }

    /// The field's description.
    pub fn doc(&self) -> Option<String> {
        self.node.doc()
    }
}

impl<'a> Node<'a> {
    /// A node of the pack.
    pub(in crate::kube) fn packed(version: Version, node: u16, facts: u32) -> Node<'static> {
        Node { repr: Repr::Pack { version, node, facts } }
    }

    /// The root of an owned schema.
    pub fn owned(schema: &'a Schema) -> Self {
        match &schema.children {
            Children::BuiltIn(node) => *node,
            _ => Node { repr: Repr::Owned(schema) },
        }
    }

    /// The owned schema behind it, if it is one.
    pub fn as_owned(self) -> Option<&'a Schema> {
        if let Repr::Owned(schema) = self.repr { Some(schema) } else { None }
    }

    /// The same handle for good, if it is a place in the pack.
    pub fn fixed(self) -> Option<Node<'static>> {
        match self.repr {
            Repr::Pack { version, node, facts } => Some(Node::packed(version, node, facts)),
            Repr::Owned(_) => None,
        }
    }

    /// Whether two handles mean the same place: the way to notice recursion.
    pub fn same(self, other: Node<'_>) -> bool {
        match (self.repr, other.repr) {
            (Repr::Pack { version: v, node: n, facts: f }, Repr::Pack { version, node, facts }) => (v, n, f) == (version, node, facts),
            (Repr::Owned(a), Repr::Owned(b)) => std::ptr::eq(a, b),
            _ => false,
        }
    }

    /// What kind of value is here.
    pub fn shape(self) -> Shape<'a> {
        match self.repr {
            Repr::Pack { version, node, facts } => {
                let (tag, arg) = Pack::get().node(node);
                let below = |arg| Node::packed(version, arg, facts::below(facts));
                match tag {
                    Tag::Any => Shape::Any,
                    Tag::Bool => Shape::Bool,
                    Tag::String => Shape::String,
                    Tag::Int32 => Shape::Int32,
                    Tag::Int64 => Shape::Int64,
                    Tag::Double => Shape::Double,
                    Tag::Quantity => Shape::Quantity,
                    Tag::IntOrString => Shape::IntOrString,
                    Tag::DateTime => Shape::DateTime,
                    Tag::Bytes => Shape::Bytes,
                    Tag::Array => Shape::Array(below(arg)),
                    Tag::Map => Shape::Map(below(arg)),
                    Tag::Ref => Shape::Object,
                    Tag::Embedded => Shape::Embedded,
                }
            }
            Repr::Owned(schema) => match &schema.children {
                _ if schema.embedded => Shape::Embedded,
                Children::Any => Shape::Any,
                Children::Scalar(shape) => *shape,
                Children::Array(item) => Shape::Array(Node::owned(item)),
                Children::Map(item) => Shape::Map(Node::owned(item)),
                Children::Object(_) => Shape::Object,
                Children::BuiltIn(node) => node.shape(),
            },
        }
    }

    /// How lists merge here.
    pub fn list_kind(self) -> &'a ListKind {
        match self.repr {
            Repr::Pack { node, .. } => Pack::get().list_kind(node),
            Repr::Owned(schema) => &schema.list_kind,
        }
    }

    /// Objects and maps are replaced as a whole.
    pub fn map_atomic(self) -> bool {
        match self.repr {
            Repr::Pack { version, node, .. } => Pack::get().flags(node) & pack::ATOMIC != 0 || self.def(version, node).is_some_and(|d| d.flags & pack::ATOMIC != 0),
            Repr::Owned(schema) => schema.map_atomic,
        }
    }

    /// When merging, keys of the target that the patch lacks are dropped (unions such as volume sources).
    pub fn retain_keys(self) -> bool {
        match self.repr {
            Repr::Pack { node, .. } => Pack::get().flags(node) & pack::RETAIN_KEYS != 0,
            Repr::Owned(_) => false,
        }
    }

    /// Fields that no property describes are kept.
    pub fn preserves_unknown(self) -> bool {
        match self.repr {
            Repr::Pack { .. } => matches!(self.shape(), Shape::Any | Shape::Embedded),
            Repr::Owned(schema) => schema.preserve_unknown || matches!(schema.children, Children::Any),
        }
    }

    fn def(self, version: Version, node: u16) -> Option<pack::Def> {
        let (Tag::Ref, name) = Pack::get().node(node) else { return None };
        Pack::get().def(version, name)
    }

    /// The property of that name.
    pub fn prop(self, name: &str) -> Option<Prop<'a>> {
        match self.repr {
            Repr::Pack { version, node, facts } => {
                let def = self.def(version, node)?;
                Some(packed_prop(version, Pack::get().find_prop(def, name)?, facts))
            }
            Repr::Owned(schema) => {
                let Children::Object(props) = &schema.children else { return None };
                props.iter().find(|p| p.name == name).map(owned_prop)
            }
        }
    }

    /// All properties; those of the pack sorted by name.
    pub fn props(self) -> impl Iterator<Item = Prop<'a>> {
        let (packed, owned) = match self.repr {
            Repr::Pack { version, node, facts } => (self.def(version, node).map(|d| Pack::get().props(d).map(move |p| packed_prop(version, p, facts))), None),
            Repr::Owned(schema) => (None, if let Children::Object(props) = &schema.children { Some(props.iter().map(owned_prop)) } else { None }),
        };
        packed.into_iter().flatten().chain(owned.into_iter().flatten())
    }

    /// A time with exactly six digits after the point (`MicroTime`).
    pub fn micro_time(self) -> bool {
        matches!(self.repr, Repr::Pack { node, .. } if Pack::get().flags(node) & pack::MICRO != 0)
    }

    /// Where a schema may stand among other things (`items` of `JSONSchemaProps`): the type of schemas.
    pub fn schema_of_schemas(self) -> Option<Node<'static>> {
        let Repr::Pack { version, node, .. } = self.repr else { return None };
        if Pack::get().flags(node) & pack::OR_SCHEMA == 0 {
            return None;
        }
        let id = Pack::get().string_id("io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.JSONSchemaProps")?;
        Some(Node::packed(version, Pack::get().ref_node(id)?, facts::NO_FACTS))
    }

    /// Full name of the object type, `io.k8s.api.core.v1.PodSpec`; only types of the pack have one.
    pub fn type_name(self) -> Option<&'static str> {
        match self.repr {
            Repr::Pack { node, .. } => match Pack::get().node(node) {
                (Tag::Ref, name) => Some(Pack::get().string(name)),
                _ => None,
            },
            Repr::Owned(_) => None,
        }
    }

    /// The versions in which the object type has a field; empty for owned schemas.
    pub fn versions_with(self, field: &str) -> Vec<Version> {
        let Repr::Pack { node, .. } = self.repr else { return Vec::new() };
        Version::all().filter(|&v| self.def(v, node).is_some_and(|d| Pack::get().find_prop(d, field).is_some())).collect()
    }

    /// The version whose view of the pack it is; `None` for owned schemas.
    pub fn version(self) -> Option<Version> {
        if let Repr::Pack { version, .. } = self.repr { Some(version) } else { None }
    }

    /// The description: that of the field it was reached by, or of the type. Decompresses the descriptions at first use.
    pub fn doc(self) -> Option<String> {
        match self.repr {
            Repr::Pack { version, node, facts } => {
                let field = facts::doc_of(facts).and_then(pack::doc);
                field.or_else(|| self.def(version, node).and_then(|d| pack::doc(d.doc))).map(str::to_owned)
            }
            Repr::Owned(schema) => schema.doc.as_deref().map(str::to_owned),
        }
    }

    /// What the server demands of the value alone, beyond its shape.
    pub fn facts(self) -> &'a Facts {
        match self.repr {
            Repr::Pack { version, facts, .. } => facts::FactTable::get(version).facts(facts),
            Repr::Owned(schema) => &schema.facts,
        }
    }

    /// The feature gate, off by default in this version, without which the server drops the field that led here.
    pub fn gate(self) -> Option<&'static str> {
        let Repr::Pack { version, facts, .. } = self.repr else { return None };
        if facts & !facts::UNCHECKED == facts::NO_FACTS { None } else { facts::FactTable::get(version).gate(facts) }
    }

    /// What the server demands of the keys of a map.
    pub fn key_facts(self) -> &'a Facts {
        match self.repr {
            Repr::Pack { version, facts, .. } => facts::FactTable::get(version).keys(facts),
            Repr::Owned(_) => Facts::none(),
        }
    }

    /// "One of these fields" groups of an object type.
    pub fn groups(self) -> &'static [Group] {
        if let Repr::Pack { facts, .. } = self.repr
            && facts::is_unchecked(facts)
        {
            return &[];
        }
        self.type_name().zip(self.version()).map_or(&[], |(name, version)| facts::FactTable::get(version).groups(name))
    }
}

/// A property of a type that was reached by `parent`: below a place that the server does not look at, nothing is demanded.
fn packed_prop(version: Version, p: pack::PackProp, parent: u32) -> Prop<'static> {
    let table = facts::FactTable::get(version);
    let unchecked = facts::is_unchecked(parent) || table.is_unchecked(p.index);
    let index = if unchecked { p.index | facts::UNCHECKED } else { p.index };
    let declared = p.flags & pack::REQUIRED != 0;
    // Of other shapes what is missing reads as 0, false or an empty object, which may be right.
    let text = || matches!(Pack::get().node(p.node).0, Tag::String | Tag::IntOrString);
    let required = !facts::is_unchecked(parent) && table.facts(p.index).required.unwrap_or_else(|| declared && text());
    Prop { name: Pack::get().string(p.name), node: Node::packed(version, p.node, index), required, declared }
}

fn owned_prop(p: &super::SchemaProp) -> Prop<'_> {
    Prop { name: &p.name, node: Node::owned(&p.schema), required: p.required, declared: p.required }
}
