//! Kubernetes: schemas of the supported versions and of custom resources, merge keys, small syntaxes, and the API server's rules over [`crate::value::Value`].
//! Knows nothing of the language.

mod catalog;
mod error;
pub mod facts;
mod object_names;
mod pack;
pub mod schema;
pub mod syntax;
mod version;

pub use catalog::{Catalog, CustomKind, KindInfo, Stage};
pub use error::{FieldError, Reason};
pub use facts::{Facts, problems as fact_problems};
pub use schema::{ListKind, Node, Prop, Schema, SchemaProp, Shape};
pub use version::Version;
