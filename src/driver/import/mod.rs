//! Definitions made from what is there already: a `resource` from a custom resource definition, a component and an application from manifests. What is made is compiled before it is handed out.

mod crd;
mod lift;
mod manifests;
mod text;

pub use crd::{Imported, import_crd};
pub use manifests::{Component, Refusal, import_manifests};
