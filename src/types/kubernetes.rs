//! Types of Kubernetes and of custom resources, made from their schemas when they are looked into.

use std::sync::OnceLock;

use ecow::EcoString;

use super::ty::{Field, Named, Presence, Record, Ty, Type, Versions};

/// Where the types of Kubernetes come from.
#[derive(Default)]
pub struct Schemas {}

impl Schemas {
    /// A kind or type by the `apiVersion` of its import and its name.
    pub fn named(&self, _api_version: &str, _name: &str) -> Option<Ty> {
        None
    }

    /// A kind declared by hand: `own` completed by what every object has.
    pub fn by_hand(&self, api_version: &EcoString, kind: &EcoString, own: &Ty) -> Ty {
        let own = match own.shape() {
            Type::Record(r) => r.clone(),
            _ => return Type::error(),
        };
        let metadata = self.named("meta/v1", "ObjectMeta").unwrap_or(Type::Json.share());
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
        Type::Named(std::sync::Arc::new(named)).share()
    }
}
