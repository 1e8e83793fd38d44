//! Custom resources: definitions read from YAML, and objects checked against them as apiextensions-apiserver does.

mod cache;
mod cel_rules;
mod check;
mod compile;
mod correlate;
mod define;
mod definition;
mod embedded;
mod kinds;
mod lists;
mod load;
mod metadata;
mod numbers;
mod prepare;
mod read;
mod schema;
mod validate;

pub use compile::{RuleProblem, rule_problems};
pub use define::{definition_problems, schema_problems};
pub use definition::{Definition, Definitions, Scale, Version};
pub use kinds::custom_kind;
pub use load::load;
pub use schema::{Additional, Below, Bounds, ListType, Rule, Schema, Type};
pub use validate::validate;
