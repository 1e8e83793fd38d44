//! The standard library, embedded.

/// Path below `stdlib/` (with `/`) and text of each module, sorted by path.
pub const STDLIB: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
