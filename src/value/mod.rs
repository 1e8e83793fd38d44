//! The one tree that everything renders into: scalars, lists and maps, each with its origin. Read by `yaml`, checked by `kube`, made by `eval`, printed by `emit`.

mod difference;
mod map;
mod number;
mod origin;
mod path;
mod tree;

pub use difference::{Change, difference};
pub use map::{Entry, Map};
pub use number::Number;
pub use origin::{Origin, OriginKind, OriginNode, Origins};
pub use path::{Path, Segment};
pub use tree::{Data, List, Value};
