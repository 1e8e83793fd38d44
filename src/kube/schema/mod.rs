//! Schemas as the rest of the program sees them: one view ([`Node`]) over the built-in pack and over owned schemas ([`Schema`]) made from custom resource definitions.

mod node;
mod owned;

pub use node::{ListKind, Node, Prop, Shape};
pub use owned::{Children, Schema, SchemaProp};
