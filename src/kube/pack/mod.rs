//! The schema pack: definitions of all supported versions in one committed binary file, read in place. Written by the test `schema_pack` (`BLESS=1`), which documents the format.

mod docs;

use std::sync::LazyLock;

pub(in crate::kube) use docs::doc;

use crate::kube::Version;
use crate::kube::schema::ListKind;

/// Flag of a node: replaced as a whole when merged.
pub(in crate::kube) const ATOMIC: u8 = 1;
/// Flag of a node: merging drops keys that the patch lacks.
pub(in crate::kube) const RETAIN_KEYS: u8 = 2;
/// Flag of a node: a time with six digits after the point.
pub(in crate::kube) const MICRO: u8 = 4;
/// Flag of a node: anything, or a JSON schema.
pub(in crate::kube) const OR_SCHEMA: u8 = 8;
/// Flag of a property: the schema calls it required.
pub(in crate::kube) const REQUIRED: u8 = 1;

const BYTES: &[u8] = include_bytes!("schema.kpk");

/// What kind of node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::kube) enum Tag {
    Any,
    Bool,
    String,
    Int32,
    Int64,
    Double,
    Quantity,
    IntOrString,
    DateTime,
    Bytes,
    Array,
    Map,
    Ref,
    Embedded,
}

const TAGS: [Tag; 14] = [
    Tag::Any,
    Tag::Bool,
    Tag::String,
    Tag::Int32,
    Tag::Int64,
    Tag::Double,
    Tag::Quantity,
    Tag::IntOrString,
    Tag::DateTime,
    Tag::Bytes,
    Tag::Array,
    Tag::Map,
    Tag::Ref,
    Tag::Embedded,
];

/// A definition: an object type, its properties in a row.
#[derive(Clone, Copy, Debug)]
pub(in crate::kube) struct Def {
    pub first: u32,
    pub count: u32,
    pub flags: u8,
    pub doc: u16,
    /// The node that stands for the definition when it is no object (`Quantity`, `Time`, …); 0xffff for objects.
    pub leaf: u16,
}

/// A property.
#[derive(Clone, Copy, Debug)]
pub(in crate::kube) struct PackProp {
    /// Position among all properties of the pack: the key of field facts.
    pub index: u32,
    pub name: u16,
    pub node: u16,
    pub flags: u8,
    pub doc: u16,
}

/// A kind that a version serves.
#[derive(Clone, Copy, Debug)]
pub(in crate::kube) struct PackKind {
    pub api_version: u16,
    pub kind: u16,
    pub plural: u16,
    pub type_name: u16,
    pub namespaced: bool,
    pub listable: bool,
}

/// Where the sections begin, and how many entries they have.
#[derive(Debug, Default)]
pub(in crate::kube) struct Pack {
    strings: Section,
    /// All strings in one.
    text: &'static str,
    /// The node that refers to the type with that name, by the name's number; [`NO_NODE`] where none does.
    references: Vec<u16>,
    nodes: Section,
    props: Section,
    defs: Section,
    types: [Section; 5],
    kinds: [Section; 5],
    lists: Vec<ListKind>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Section {
    at: usize,
    count: usize,
}

/// No node: a type that nothing refers to.
const NO_NODE: u16 = u16::MAX;

/// Sizes of entries in bytes.
const STRING: usize = 4;
const NODE: usize = 6;
const PROP: usize = 8;
const DEF: usize = 10;
const TYPE: usize = 4;
const KIND: usize = 10;

fn byte(at: usize) -> u8 {
    BYTES.get(at).copied().unwrap_or(0)
}

fn u16_at(at: usize) -> u16 {
    BYTES.get(at..at + 2).and_then(|b| b.try_into().ok()).map_or(0, u16::from_le_bytes)
}

fn u32_at(at: usize) -> usize {
    BYTES.get(at..at + 4).and_then(|b| b.try_into().ok()).map_or(0, u32::from_le_bytes) as usize
}

impl Pack {
    /// The pack; the header is read at first use (microseconds).
    pub(in crate::kube) fn get() -> &'static Pack {
        static PACK: LazyLock<Pack> = LazyLock::new(Pack::open);
        &PACK
    }

    /// Header: magic, then 4-byte pairs (offset, count) of strings, text, nodes, props, defs, list kinds, and types and kinds of each version.
    fn open() -> Pack {
        let section = |i: usize| Section { at: u32_at(4 + i * 8), count: u32_at(8 + i * 8) };
        let mut pack = Pack { strings: section(0), nodes: section(2), props: section(3), defs: section(4), ..Pack::default() };
        pack.text = BYTES.get(section(1).at..pack.nodes.at).and_then(|b| std::str::from_utf8(b).ok()).unwrap_or("");
        pack.references = vec![NO_NODE; pack.strings.count];
        for node in (0..pack.nodes.count as u16).rev() {
            if let ((Tag::Ref, name), 0) = (pack.node(node), pack.flags(node))
                && let Some(cell) = pack.references.get_mut(usize::from(name))
            {
                *cell = node;
            }
        }
        let lists = section(5);
        for (i, (types, kinds)) in pack.types.iter_mut().zip(pack.kinds.iter_mut()).enumerate() {
            *types = section(6 + 2 * i);
            *kinds = section(7 + 2 * i);
        }
        pack.lists = vec![ListKind::Atomic, ListKind::Set];
        let mut at = lists.at;
        for _ in 0..lists.count {
            let n = usize::from(u16_at(at));
            let keys = (0..n).map(|k| ecow::EcoString::from(pack.string(u16_at(at + 2 + 2 * k)))).collect();
            pack.lists.push(ListKind::Map(keys));
            at += 2 + 2 * n;
        }
        pack
    }

    /// A string by its number.
    pub(in crate::kube) fn string(&self, id: u16) -> &'static str {
        let at = self.strings.at + usize::from(id) * STRING;
        let (from, to) = (u32_at(at), u32_at(at + STRING));
        self.text.get(from..to).unwrap_or("")
    }

    /// The number of a string; strings are sorted.
    pub(in crate::kube) fn string_id(&self, text: &str) -> Option<u16> {
        let (mut low, mut high) = (0, self.strings.count);
        while low < high {
            let mid = (low + high) / 2;
            match self.string(mid as u16).cmp(text) {
                std::cmp::Ordering::Equal => return Some(mid as u16),
                std::cmp::Ordering::Less => low = mid + 1,
                std::cmp::Ordering::Greater => high = mid,
            }
        }
        None
    }

    /// Tag and argument of a node.
    pub(in crate::kube) fn node(&self, node: u16) -> (Tag, u16) {
        let at = self.nodes.at + usize::from(node) * NODE;
        (TAGS.get(usize::from(byte(at))).copied().unwrap_or(Tag::Any), u16_at(at + 2))
    }

    /// Flags of a node.
    pub(in crate::kube) fn flags(&self, node: u16) -> u8 {
        byte(self.nodes.at + usize::from(node) * NODE + 1)
    }

    /// List kind of a node.
    pub(in crate::kube) fn list_kind(&self, node: u16) -> &ListKind {
        let id = u16_at(self.nodes.at + usize::from(node) * NODE + 4);
        self.lists.get(usize::from(id)).unwrap_or(&ListKind::Atomic)
    }

    /// How many properties there are in all.
    pub(in crate::kube) fn prop_count(&self) -> usize {
        self.props.count
    }

    /// A property by its number.
    pub(in crate::kube) fn prop(&self, index: u32) -> Option<PackProp> {
        if index as usize >= self.props.count {
            return None;
        }
        let at = self.props.at + index as usize * PROP;
        Some(PackProp { index, name: u16_at(at), node: u16_at(at + 2), flags: byte(at + 4), doc: u16_at(at + 6) })
    }

    /// A definition by its number.
    pub(in crate::kube) fn def_at(&self, id: u16) -> Option<Def> {
        if usize::from(id) >= self.defs.count {
            return None;
        }
        let at = self.defs.at + usize::from(id) * DEF;
        Some(Def { first: u32::from(u16_at(at)), count: u32::from(u16_at(at + 2)), leaf: u16_at(at + 4), flags: byte(at + 6), doc: u16_at(at + 8) })
    }

    /// The properties of a definition, sorted by name.
    pub(in crate::kube) fn props(&self, def: Def) -> impl Iterator<Item = PackProp> + use<> {
        (def.first..def.first + def.count).filter_map(|i| Pack::get().prop(i))
    }

    /// The property of that name.
    pub(in crate::kube) fn find_prop(&self, def: Def, name: &str) -> Option<PackProp> {
        let (mut low, mut high) = (def.first, def.first + def.count);
        while low < high {
            let mid = (low + high) / 2;
            let p = self.prop(mid)?;
            match self.string(p.name).cmp(name) {
                std::cmp::Ordering::Equal => return Some(p),
                std::cmp::Ordering::Less => low = mid + 1,
                std::cmp::Ordering::Greater => high = mid,
            }
        }
        None
    }

    /// The definition of a type name in a version.
    pub(in crate::kube) fn def(&self, version: Version, type_name: u16) -> Option<Def> {
        self.def_id(version, type_name).and_then(|id| self.def_at(id))
    }

    /// The number of that definition.
    pub(in crate::kube) fn def_id(&self, version: Version, type_name: u16) -> Option<u16> {
        let section = self.types.get(version.index())?;
        let (mut low, mut high) = (0, section.count);
        while low < high {
            let mid = (low + high) / 2;
            let at = section.at + mid * TYPE;
            match u16_at(at).cmp(&type_name) {
                std::cmp::Ordering::Equal => return Some(u16_at(at + 2)),
                std::cmp::Ordering::Less => low = mid + 1,
                std::cmp::Ordering::Greater => high = mid,
            }
        }
        None
    }

    /// All type names of a version.
    pub(in crate::kube) fn type_names(&self, version: Version) -> impl Iterator<Item = &'static str> + use<> {
        let section = self.types.get(version.index()).copied().unwrap_or_default();
        (0..section.count).map(move |i| Pack::get().string(u16_at(section.at + i * TYPE)))
    }

    /// A type by the short name of `facts.txt`: `core/v1.Container` is `io.k8s.api.core.v1.Container`, `meta/v1.ObjectMeta` `io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta`.
    pub(in crate::kube) fn type_by_short_name(&self, version: Version, short: &str) -> Option<(u16, &'static str)> {
        let (group, rest) = short.split_once('/')?;
        let full = format!("{}.{rest}", type_prefix(group));
        let id = self.string_id(&full)?;
        Some((self.def_id(version, id)?, self.string(id)))
    }

    /// The node that a reference to a type is.
    pub(in crate::kube) fn ref_node(&self, type_name: u16) -> Option<u16> {
        self.references.get(usize::from(type_name)).copied().filter(|node| *node != NO_NODE)
    }

    /// The kinds of a version, sorted by `apiVersion` and kind.
    pub(in crate::kube) fn kinds(&self, version: Version) -> impl Iterator<Item = PackKind> + use<> {
        let section = self.kinds.get(version.index()).copied().unwrap_or_default();
        (0..section.count).map(move |i| kind_at(section.at + i * KIND))
    }

    /// A kind of a version.
    pub(in crate::kube) fn kind(&self, version: Version, api_version: &str, kind: &str) -> Option<PackKind> {
        let wanted = (self.string_id(api_version)?, self.string_id(kind)?);
        let section = self.kinds.get(version.index())?;
        let (mut low, mut high) = (0, section.count);
        while low < high {
            let mid = (low + high) / 2;
            let k = kind_at(section.at + mid * KIND);
            match (k.api_version, k.kind).cmp(&wanted) {
                std::cmp::Ordering::Equal => return Some(k),
                std::cmp::Ordering::Less => low = mid + 1,
                std::cmp::Ordering::Greater => high = mid,
            }
        }
        None
    }
}

fn kind_at(at: usize) -> PackKind {
    let flags = byte(at + 8);
    PackKind { api_version: u16_at(at), kind: u16_at(at + 2), plural: u16_at(at + 4), type_name: u16_at(at + 6), namespaced: flags & 1 != 0, listable: flags & 2 != 0 }
}

/// The package path of a group's types: `core` is `io.k8s.api.core`, `meta` `io.k8s.apimachinery.pkg.apis.meta`; a full group name is cut at its first dot.
pub(in crate::kube) fn type_prefix(group: &str) -> String {
    match group.split('.').next().unwrap_or(group) {
        "" => "io.k8s.api.core".into(),
        "meta" => "io.k8s.apimachinery.pkg.apis.meta".into(),
        "apiextensions" => "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions".into(),
        "apiregistration" => "io.k8s.kube-aggregator.pkg.apis.apiregistration".into(),
        // `flowcontrol.apiserver.k8s.io`, `internal.apiserver.k8s.io`
        "internal" => "io.k8s.api.apiserverinternal".into(),
        short => format!("io.k8s.api.{short}"),
    }
}
