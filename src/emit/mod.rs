//! Objects as output: in the order in which they can be installed, as a stream of YAML documents, a JSON list, or one file each. Writes nothing itself.

mod files;
mod order;
mod stream;

pub use files::Files;
pub use order::sort;
pub use stream::{json_list, yaml_stream};
