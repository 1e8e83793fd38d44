//! Answers about Application YAML, policies and workflows that stand alone, and Kubernetes manifests: functions on a text and an offset in it.
//!
//! The text may be broken and half-typed: [`tree::Tree`] makes something of any. What is expected where comes from the fixed parts of OAM ([`skeleton`]), the parameters of
//! definitions and the schemas of Kubernetes ([`place`]).

mod actions;
mod complete;
mod cursor;
mod describe;
mod effect;
mod hints;
mod hover;
mod names;
mod place;
mod skeleton;
mod structure;
mod tokens;
pub mod tree;
mod visit;

pub use actions::actions;
pub use complete::completions;
pub use hints::{inlays, lenses};
pub use hover::hover;
pub use names::{Subject, definition, references, rename, renameable, subject, uses, uses_of_field, written};
pub use structure::{foldings, selection, symbols};
pub use tokens::tokens;

use crate::base::FileId;
use crate::driver::Library;
use crate::hir::{DefId, DefinitionKind};
use crate::kube::Version;
use crate::oam::Compiled;
use crate::source::Sources;
use crate::value::Origins;

/// A text that is asked about, and all that is known around it.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    pub text: &'a str,
    /// How the file is called in locations.
    pub name: &'a str,
    /// All definitions that an application could use should be loaded.
    pub library: &'a Library,
    /// The files of the library.
    pub sources: &'a Sources,
    /// The version that objects are made for.
    pub version: Version,
    /// The applications of this very text, compiled, with its id among the files; none where that has not been done.
    pub compiled: &'a [(Compiled, Origins)],
    pub file: FileId,
}

impl Asked<'_> {
    /// The definition that a type name means; with a package before it, without the revision after it.
    fn find(&self, kind: DefinitionKind, name: &str) -> Option<DefId> {
        let plain = name.split_once('@').map_or(name, |(n, _)| n);
        let (package, plain) = plain.split_once('.').map_or((None, plain), |(p, n)| (Some(p), n));
        self.library.program.find(kind, package, plain)
    }
}
