//! Where text comes from: the one door to files ([`World`]), the files of a run ([`Sources`]) and the limits on them. Nothing to the right reads files itself.

mod cache;
mod sources;
mod stdlib;
mod world;

pub use sources::{SourceFile, Sources};
pub use stdlib::{FRONT_HASH, STDLIB};
pub use world::{DiskWorld, MemoryWorld, ReadError, World};

/// Largest `.jibe` file that is read, in bytes (language reference §2).
pub const MAX_JIBE_BYTES: u64 = 4 << 20;

/// Largest YAML or JSON file that is read, in bytes. A manifest of 100 MB is read; what is larger is refused with a diagnostic.
pub const MAX_MANIFEST_BYTES: u64 = 256 << 20;
