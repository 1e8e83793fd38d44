//! Descriptions of types and fields: compressed, unpacked at first use (about 3 ms).

use std::io::Read;
use std::sync::LazyLock;

const BYTES: &[u8] = include_bytes!("docs.z");

/// Longer than all descriptions together; what a damaged file can make us read.
const LIMIT: u64 = 16 << 20;

/// A description by its number; 0 is "none".
pub(in crate::kube) fn doc(id: u16) -> Option<&'static str> {
    static DOCS: LazyLock<(String, Vec<usize>)> = LazyLock::new(unpack);
    let (text, ends) = &*DOCS;
    let at = usize::from(id).checked_sub(1)?;
    let from = match at.checked_sub(1) {
        Some(before) => ends.get(before)? + 1,
        None => 0,
    };
    text.get(from..*ends.get(at)?).filter(|t| !t.is_empty())
}

/// The texts one after the other, a NUL after each.
fn unpack() -> (String, Vec<usize>) {
    let mut text = String::new();
    if flate2::read::ZlibDecoder::new(BYTES).take(LIMIT).read_to_string(&mut text).is_err() {
        text.clear();
    }
    let ends = memchr::memchr_iter(0, text.as_bytes()).collect();
    (text, ends)
}
