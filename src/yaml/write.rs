//! YAML output.

use crate::value::Value;

/// See [`super::write`].
pub fn write(value: &Value, out: &mut String) {
    super::write_json::compact(value, out);
    out.push('\n');
}
