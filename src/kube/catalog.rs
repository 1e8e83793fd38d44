//! All kinds and types of a run: the built-in ones of every version, and custom resources added to it.

use std::sync::{Arc, OnceLock};

use super::crd;
use super::facts::NO_FACTS;
use super::pack::{self, Pack};
use super::schema::{Node, Schema};
use super::syntax::Format;
use super::{Version, object_names};
use crate::diagnostics;

/// The kinds that are known. Making one is cheap; the built-in pack is shared.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    custom: Vec<Arc<Custom>>,
    definitions: crd::Definitions,
}

/// A custom kind; one that comes from a definition is made when it is first asked for.
#[derive(Debug)]
struct Custom {
    api_version: String,
    kind: String,
    made: OnceLock<CustomKind>,
    /// The definition and the place of the version in it.
    from: Option<(Arc<crd::Definition>, usize)>,
}

impl Custom {
    fn get(&self) -> &CustomKind {
        self.made.get_or_init(|| match self.from.as_ref().and_then(|(d, i)| Some((d, d.versions.get(*i)?))) {
            Some((definition, version)) => crd::custom_kind(definition, version),
            None => CustomKind::default(),
        })
    }
}

/// A kind that a custom resource definition declares, in one of its versions.
#[derive(Clone, Debug, Default)]
pub struct CustomKind {
    /// `group/version`.
    pub api_version: String,
    pub kind: String,
    pub plural: String,
    pub namespaced: bool,
    /// The whole object: `apiVersion`, `kind`, `metadata` (the built-in `ObjectMeta`), and what the definition says.
    pub schema: Schema,
    /// The definition declares a `status` subresource: `status` of a created object is dropped.
    pub status_subresource: bool,
    /// Where it was declared, for messages: a path, or empty.
    pub source: String,
}

/// How mature an API is, by its version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Alpha,
    Beta,
    Stable,
}

/// A kind: what its objects look like and where they live.
#[derive(Clone, Copy, Debug)]
pub struct KindInfo<'a> {
    pub api_version: &'a str,
    pub kind: &'a str,
    pub plural: &'a str,
    pub namespaced: bool,
    /// Objects are stored and can be listed (not so: reviews, `Binding`, `Scale`, …).
    pub listable: bool,
    pub stage: Stage,
    pub node: Node<'a>,
    /// The custom resource definition's version, if it comes from one.
    pub custom: Option<&'a CustomKind>,
}

impl KindInfo<'_> {
    /// The syntax that `metadata.name` has to have.
    pub fn name_format(&self) -> Format {
        match self.node.version() {
            Some(version) if self.custom.is_none() => object_names::format(version, self.api_version, self.kind),
            _ => Format::DnsSubdomain,
        }
    }

    /// The longest name that is allowed, where that is shorter than the syntax says.
    pub fn longest_name(&self) -> Option<u32> {
        if self.custom.is_some() { None } else { object_names::longest(self.api_version, self.kind) }
    }

    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }
}

impl Catalog {
    /// The built-in kinds.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a custom kind; a later one of the same name wins.
    pub fn add(&mut self, kind: CustomKind) {
        let (api_version, name) = (kind.api_version.clone(), kind.kind.clone());
        self.custom.push(Arc::new(Custom { api_version, kind: name, made: OnceLock::from(kind), from: None }));
    }

    /// Adds the kinds of custom resource definitions, in the versions that they serve.
    pub fn define(&mut self, definitions: &crd::Definitions) {
        for definition in definitions.iter() {
            for (i, version) in definition.versions.iter().enumerate().filter(|(_, v)| v.served) {
                let api_version = format!("{}/{}", definition.group, version.name);
                self.custom.push(Arc::new(Custom { api_version, kind: definition.kind.to_string(), made: OnceLock::new(), from: Some((definition.clone(), i)) }));
            }
            self.definitions.share(definition.clone());
        }
    }

    /// The kinds that definitions declare in a group, sorted.
    pub fn defined_kinds(&self, group: &str) -> Vec<&str> {
        self.definitions.iter().filter(|d| d.group == group).map(|d| d.kind.as_str()).collect()
    }

    /// The definition of a custom kind, whatever its version: what [`crd::validate`] judges by.
    pub fn definition(&self, api_version: &str, kind: &str) -> Option<&Arc<crd::Definition>> {
        let (group, _) = api_version.split_once('/')?;
        self.definitions.get(group, kind)
    }

    /// A kind by `apiVersion` and `kind`.
    pub fn kind(&self, version: Version, api_version: &str, kind: &str) -> Option<KindInfo<'_>> {
        if let Some(c) = self.custom.iter().rev().find(|c| c.kind == kind && c.api_version == api_version) {
            return Some(custom_info(c.get()));
        }
        let pack = Pack::get();
        packed_info(version, pack.kind(version, api_version, kind)?)
    }

    /// A type that is no kind, by group and version as an import writes them: (`v1`, `PodSpec`), (`meta/v1`, `LabelSelector`), (`apps/v1`, `DeploymentSpec`).
    pub fn named_type(&self, version: Version, group_version: &str, name: &str) -> Option<Node<'_>> {
        built_in_type(version, group_version, name)
    }

    /// A type by its full name, `io.k8s.api.core.v1.PodSpec`.
    pub fn type_in_full(&self, version: Version, name: &str) -> Option<Node<'static>> {
        full_type(version, name)
    }

    /// The names of the types of a group version, sorted; for suggestions and completion.
    pub fn type_names(&self, version: Version, group_version: &str) -> Vec<&'static str> {
        let package = format!("{}.", type_package(group_version));
        Pack::get().type_names(version).filter_map(|n| n.strip_prefix(&package)).collect()
    }

    /// Every kind of a version, custom ones last.
    pub fn kinds(&self, version: Version) -> impl Iterator<Item = KindInfo<'_>> {
        Pack::get().kinds(version).filter_map(move |k| packed_info(version, k)).chain(self.custom.iter().map(|c| custom_info(c.get())))
    }

    /// Every `apiVersion` with kinds in it, sorted, without repetition.
    pub fn api_versions(&self, version: Version) -> Vec<&str> {
        let mut all: Vec<&str> = self.kinds(version).map(|k| k.api_version).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether a group is the API server's own in any version, so that no custom resource can be in it.
    pub fn is_builtin_group(group: &str) -> bool {
        let pack = Pack::get();
        let of = |api_version: &'static str| api_version.split_once('/').map_or("", |(g, _)| g);
        group == "extensions" || Version::all().any(|v| pack.kinds(v).any(|k| of(pack.string(k.api_version)) == group))
    }

    /// The versions that know a built-in kind.
    pub fn versions_of(&self, api_version: &str, kind: &str) -> Vec<Version> {
        Version::all().filter(|&v| Pack::get().kind(v, api_version, kind).is_some()).collect()
    }

    /// What an unknown (`apiVersion`, `kind`) was probably meant to be: the kind in another group or version, or one with a similar name.
    pub fn nearest(&self, version: Version, api_version: &str, kind: &str) -> Option<KindInfo<'_>> {
        let group = |av: &str| av.split_once('/').map_or(String::new(), |(g, _)| g.to_owned());
        let same: Vec<_> = self.kinds(version).filter(|k| k.kind == kind).collect();
        if !same.is_empty() {
            let (wanted, major) = (group(api_version), major_version(api_version));
            // The same group before others, the same major version before others, what is stable, what is newest.
            return same.into_iter().max_by_key(|k| (k.group() == wanted, major_version(k.api_version) == major, k.stage == Stage::Stable, major_version(k.api_version)));
        }
        let in_group: Vec<_> = self.kinds(version).filter(|k| k.api_version == api_version).collect();
        let near = diagnostics::nearest(kind, in_group.iter().map(|k| k.kind))?;
        in_group.iter().find(|k| k.kind == near).copied()
    }
}

/// A built-in type that is no kind ([`Catalog::named_type`]).
pub(in crate::kube) fn built_in_type(version: Version, group_version: &str, name: &str) -> Option<Node<'static>> {
    full_type(version, &format!("{}.{name}", type_package(group_version)))
}

fn full_type(version: Version, full: &str) -> Option<Node<'static>> {
    let pack = Pack::get();
    let id = pack.string_id(full)?;
    let def = pack.def(version, id)?;
    let node = if def.leaf == u16::MAX { pack.ref_node(id)? } else { def.leaf };
    Some(Node::packed(version, node, NO_FACTS))
}

fn type_package(group_version: &str) -> String {
    match group_version.split_once('/') {
        Some((group, version)) => format!("{}.{version}", pack::type_prefix(group)),
        None => format!("{}.{group_version}", pack::type_prefix("")),
    }
}

fn packed_info(version: Version, k: pack::PackKind) -> Option<KindInfo<'static>> {
    let pack = Pack::get();
    let api_version = pack.string(k.api_version);
    let node = Node::packed(version, pack.ref_node(k.type_name)?, NO_FACTS);
    Some(KindInfo {
        api_version,
        kind: pack.string(k.kind),
        plural: pack.string(k.plural),
        namespaced: k.namespaced,
        listable: k.listable,
        stage: stage(api_version),
        node,
        custom: None,
    })
}

fn custom_info(c: &CustomKind) -> KindInfo<'_> {
    KindInfo {
        api_version: &c.api_version,
        kind: &c.kind,
        plural: &c.plural,
        namespaced: c.namespaced,
        listable: true,
        stage: stage(&c.api_version),
        node: c.schema.node(),
        custom: Some(c),
    }
}

/// 2 of `autoscaling/v2beta2`.
fn major_version(api_version: &str) -> u32 {
    let version = api_version.rsplit('/').next().unwrap_or(api_version);
    let digits: String = version.trim_start_matches('v').chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap_or(0)
}

fn stage(api_version: &str) -> Stage {
    let version = api_version.rsplit('/').next().unwrap_or(api_version);
    if version.contains("alpha") {
        Stage::Alpha
    } else if version.contains("beta") {
        Stage::Beta
    } else {
        Stage::Stable
    }
}
