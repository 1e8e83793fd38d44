//! The prepared form of the standard library: lowered modules, so that start-up does not parse. A module whose text has changed is parsed.

use super::Module;

/// The lowered module, if the prepared form has it for this text.
pub(super) fn load(_name: &str, _text: &str) -> Option<Module> {
    None
}
