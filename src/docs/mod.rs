//! The reference of a library of definitions: gathered from lowered modules and their text ([`gather`]), printed as Markdown or as a static,
//! searchable site that needs no server.

mod gather;
mod markdown;
pub mod schema;
mod site;

pub use gather::{ItemReference, ModuleReference, ParameterReference, gather};
pub use markdown::markdown;
pub use site::{Page, site};
