//! Kubernetes: schemas of the supported versions and of custom resources, merge keys, small syntaxes, and the API server's rules over [`crate::value::Value`].
//! Knows nothing of the language.

mod error;
pub mod syntax;
mod version;

pub use error::{FieldError, Reason};
pub use version::Version;
