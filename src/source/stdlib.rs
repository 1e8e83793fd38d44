//! The standard library, embedded.

/// Path below `stdlib/` (with `/`) and text of each module, sorted by path.
pub const STDLIB: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));

/// A hash of everything that decides what a module is lowered to: the grammar, `syntax` and `hir`.
pub const FRONT_HASH: &str = env!("JIBE_FRONT_HASH");
