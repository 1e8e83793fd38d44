//! Kubernetes: schemas of the supported versions and of custom resources, merge keys, small syntaxes, and the API server's rules over [`crate::value::Value`].
//! Knows nothing of the language.

mod annotate;
mod catalog;
pub mod cel;
pub mod crd;
pub mod decode;
mod error;
pub mod facts;
mod field_facts;
pub mod formats;
mod object_names;
mod pack;
pub mod regex;
pub mod rules;
pub mod schema;
pub mod syntax;
mod trail;
mod validate;
mod version;

pub use annotate::annotate;
pub use catalog::{Catalog, CustomKind, KindInfo, Stage};
pub use error::{FieldError, Reason};
pub use facts::{Facts, problems as fact_problems};
pub use schema::{ListKind, Node, Prop, Schema, SchemaProp, Shape};
pub use validate::validate;
pub use version::Version;
