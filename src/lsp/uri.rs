//! Files as the protocol names them: `file:` URIs with escapes.

use std::fmt::Write;
use std::path::{Path, PathBuf};

/// The path of a `file:` URI; of another one (`untitled:`), a path that no file has.
pub fn to_path(uri: &str) -> PathBuf {
    let Some(rest) = uri.strip_prefix("file://") else { return PathBuf::from(unescape(uri)) };
    // A host, if there is one, ends at the first slash.
    let path = rest.find('/').and_then(|at| rest.get(at..)).unwrap_or(rest);
    let path = unescape(path.split(['?', '#']).next().unwrap_or(path));
    // `/c:/x` is a path of Windows.
    let bytes = path.as_bytes();
    if cfg!(windows) && bytes.get(2) == Some(&b':') { PathBuf::from(path.get(1..).unwrap_or("")) } else { PathBuf::from(path) }
}

/// The URI of a path.
pub fn of_path(path: &Path) -> String {
    let text = path.display().to_string().replace('\\', "/");
    let mut out = String::from(if text.starts_with('/') { "file://" } else { "file:///" });
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => out.push(char::from(byte)),
            _ => {
                let _ = write!(out, "%{byte:02X}");
            }
        }
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, more)) = rest.split_first() {
        let code = more.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                out.push(byte);
                rest = more.get(2..).unwrap_or(&[]);
            }
            _ => {
                out.push(first);
                rest = more;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}
