//! The reference of a library of definitions: gathered from the linked program ([`gather`]), printed as Markdown or as a static,
//! searchable site that needs no server.

mod builtins;
mod example;
mod gather;
mod highlight;
mod markdown;
mod page;
mod parameters;
mod prose;
pub mod schema;
mod site;

pub use example::{Example, examples};
pub use gather::{ItemReference, ModuleReference, gather};
pub use markdown::{index, markdown};
pub use parameters::ParameterReference;
pub use site::{Page, site};
