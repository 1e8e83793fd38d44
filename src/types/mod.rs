//! Types: what values may be ([`Type`]), how they are written ([`Types`] resolves type expressions), which fit which, and reading values as types.

mod check;
mod decode;
mod defaults;
mod fit;
mod interval;
mod kubernetes;
mod refine;
mod relate;
mod resolve;
mod resolve_record;
mod sample;
mod shared_value;
mod show;
mod text;
mod ty;
mod unions;

pub use check::{Ledger, Notes};
pub use decode::{Decoded, Defaults, Mode, Reading};
pub use fit::fits;
pub use interval::{Bounds, Interval, Length};
pub use kubernetes::Schemas;
pub use relate::fits as subtype;
pub use relate::{Mismatch, Step, disjoint, projects};
pub use resolve::{TypeArgs, Types, builtin, literal_type};
pub use sample::{Choices, sample, shrink};
pub use text::{Format, Language, Text};
pub use ty::{Field, Group, List, MapType, Named, Presence, Record, Ty, Type, Typed, Union, Versions};

/// Whether a regular expression has a like in the language: no anchors, no flags, of a size that can be worked with.
pub fn is_regular(pattern: &str) -> bool {
    text::Nfa::regex(pattern).is_ok()
}
