//! Types of Kubernetes and of custom resources, made from their schemas when they are looked into.

mod convert;
mod seen;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use ecow::EcoString;

use super::ty::{Field, Named, Presence, Record, Ty, Type, Versions};
use crate::kube::{Catalog, Node, Version};

pub use seen::{draft, live, seen};

/// Named types that have been made, by identity.
pub(super) type Known = Arc<RwLock<HashMap<EcoString, Ty>>>;

/// Where the types of Kubernetes come from.
#[derive(Clone, Default)]
pub struct Schemas {
    catalog: Arc<Catalog>,
    /// The versions that definitions are checked for.
    versions: Option<Versions>,
    known: Known,
}

impl Schemas {
    /// The types of a catalog, as these versions have them.
    pub fn new(catalog: Arc<Catalog>, versions: Versions) -> Self {
        Self { catalog, versions: Some(versions), known: Known::default() }
    }

    /// The versions that definitions are checked for.
    pub fn versions(&self) -> Versions {
        self.versions.unwrap_or(Versions::ALL)
    }

    /// The catalog behind.
    pub fn catalog(&self) -> &Arc<Catalog> {
        &self.catalog
    }

    /// A kind or type by the `apiVersion` of its import and its name.
    pub fn named(&self, api_version: &str, name: &str) -> Option<Ty> {
        let identity = ecow::eco_format!("{api_version}/{name}");
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&identity) {
            return Some(known.clone());
        }
        let ty = self.kind(api_version, name, &identity).or_else(|| self.part(api_version, name))?;
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(identity, ty.clone());
        Some(ty)
    }

    fn kind(&self, api_version: &str, kind: &str, identity: &EcoString) -> Option<Ty> {
        let infos: Vec<_> = Version::all().map(|v| self.catalog.kind(v, api_version, kind)).collect();
        let newest = infos.iter().rev().flatten().next()?;
        let nodes: Vec<Option<Node<'_>>> = infos.iter().map(|i| i.as_ref().map(|i| i.node)).collect();
        let versions = if newest.custom.is_some() { Versions::ALL } else { convert::versions(&nodes) };
        let names = super::text::Format::by_kube_name(newest.name_format().name());
        let head = convert::Head { api_version: api_version.into(), kind: kind.into(), names };
        let fixed: Option<Vec<Option<Node<'static>>>> = nodes.iter().map(|n| n.map_or(Some(None), |n| n.fixed().map(Some))).collect();
        let (expand, shape): (Box<dyn Fn() -> Type + Send + Sync>, _) = match fixed {
            Some(nodes) => {
                let known = self.known.clone();
                (Box::new(move || convert::kind(&nodes, &head, &known)), OnceLock::new())
            }
            None => (Box::new(|| Type::Error), OnceLock::from(convert::kind(&nodes, &head, &self.known).share())),
        };
        let named = Named { name: kind.into(), kind: Some((api_version.into(), kind.into())), identity: identity.clone(), versions, expand, shape };
        Some(Type::Named(Arc::new(named)).share())
    }

    fn part(&self, api_version: &str, name: &str) -> Option<Ty> {
        let nodes: Vec<Option<Node<'_>>> = Version::all().map(|v| self.catalog.named_type(v, api_version, name)).collect();
        nodes.iter().flatten().next()?;
        Some(convert::node(&nodes, &self.known))
    }

    /// A kind declared by hand: `own` completed by what every object has.
    pub fn by_hand(&self, api_version: &EcoString, kind: &EcoString, own: &Ty) -> Ty {
        let own = match own.shape() {
            Type::Record(r) => r.clone(),
            _ => return Type::error(),
        };
        let metadata = convert::metadata(self.named("meta/v1", "ObjectMeta"), super::text::Format::DnsSubdomain);
        let mut fields = vec![
            Field::new("apiVersion", Type::literal(api_version.clone()), Presence::Required),
            Field::new("kind", Type::literal(kind.clone()), Presence::Required),
            Field::new("metadata", metadata, Presence::Optional),
        ];
        fields.extend(own.fields.iter().filter(|f| !["apiVersion", "kind", "metadata"].contains(&f.name.as_str())).cloned());
        if own.field("status").is_none() {
            fields.push(Field::new("status", Type::Json.share(), Presence::Optional));
        }
        let record = Type::Record(Record { name: Some(kind.clone()), fields, ..own });
        let named = Named {
            name: kind.clone(),
            kind: Some((api_version.clone(), kind.clone())),
            identity: ecow::eco_format!("{api_version}/{kind}"),
            versions: Versions::ALL,
            expand: Box::new(|| Type::Error),
            shape: OnceLock::from(record.share()),
        };
        Type::Named(Arc::new(named)).share()
    }
}

/// Whether a type is a kind.
pub fn is_kind(ty: &Ty) -> bool {
    matches!(&**ty, Type::Named(n) if n.kind.is_some())
}

impl Schemas {
    /// Whether anything is known of an `apiVersion`.
    pub fn api_version_known(&self, api_version: &str) -> bool {
        api_version == "meta/v1" || Version::all().any(|v| self.catalog.kinds(v).any(|k| k.api_version == api_version))
    }

    /// Whether an `apiVersion` comes from custom resource definitions.
    pub fn is_custom(&self, api_version: &str) -> bool {
        self.catalog.kinds(Version::NEWEST).any(|k| k.api_version == api_version && k.custom.is_some())
    }

    /// The names of kinds and types of an `apiVersion`.
    pub fn names_in(&self, api_version: &str) -> Vec<EcoString> {
        let mut all: Vec<EcoString> = self.catalog.kinds(Version::NEWEST).filter(|k| k.api_version == api_version).map(|k| k.kind.into()).collect();
        all.extend(self.catalog.type_names(Version::NEWEST, api_version).into_iter().map(EcoString::from));
        all
    }
}
