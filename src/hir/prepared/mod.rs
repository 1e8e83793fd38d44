//! The prepared form of the standard library: lowered modules, so that start-up does not parse. `std.bin` is made from `stdlib/` by [`prepare`], which a test runs and compares
//! (`BLESS=1 cargo test prepared` rewrites it). A module whose text has changed since is parsed, and all are when the front end has changed; so a stale form costs time and nothing else.

use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

use super::Module;
use crate::base::FileId;
use crate::source::{FRONT_HASH, STDLIB};
use crate::syntax;

/// The length of the index (4 bytes, little-endian), the index, the modules.
static DATA: &[u8] = include_bytes!("std.bin");

/// Where a module is.
#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    name: String,
    /// Of the front end and of the text that it was made from.
    hash: u64,
    start: u32,
    length: u32,
}

/// The lowered module, if the prepared form has it for this text.
pub(super) fn load(name: &str, text: &str) -> Option<Module> {
    static INDEX: OnceLock<Vec<Entry>> = OnceLock::new();
    let index = INDEX.get_or_init(|| index().unwrap_or_default());
    let at = index.binary_search_by(|e| e.name.as_str().cmp(name)).ok()?;
    let entry = index.get(at)?;
    if entry.hash != hash(text) {
        return None;
    }
    let start = blobs_start()? + entry.start as usize;
    postcard::from_bytes(DATA.get(start..start + entry.length as usize)?).ok()
}

fn index_length() -> Option<usize> {
    let bytes: [u8; 4] = DATA.get(..4)?.try_into().ok()?;
    Some(u32::from_le_bytes(bytes) as usize)
}

fn blobs_start() -> Option<usize> {
    index_length().map(|n| n + 4)
}

fn index() -> Option<Vec<Entry>> {
    postcard::from_bytes(DATA.get(4..blobs_start()?)?).ok()
}

/// FNV-1a, eight bytes at a time: this guards against stale files, not against people.
fn hash(text: &str) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ text.len() as u64;
    for chunk in FRONT_HASH.as_bytes().chunks(8).chain(text.as_bytes().chunks(8)) {
        let mut word = [0u8; 8];
        for (to, from) in word.iter_mut().zip(chunk) {
            *to = *from;
        }
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(0x0000_0100_0000_01b3);
        hash ^= hash >> 29;
    }
    hash
}

/// Makes the prepared form of the embedded standard library; fails with what serialisation says.
pub fn prepare() -> Result<Vec<u8>, String> {
    let mut modules: Vec<(String, u64, Vec<u8>)> = Vec::new();
    for (path, text) in STDLIB {
        let name = format!("std.{}", path.trim_end_matches(".jibe").replace('/', "."));
        let (module, _) = super::lower(&name, FileId::default(), &syntax::parse(FileId::default(), &Arc::from(*text)));
        modules.push((name, hash(text), postcard::to_stdvec(&module).map_err(|e| e.to_string())?));
    }
    modules.sort_by(|a, b| a.0.cmp(&b.0));
    let mut start = 0;
    let mut index = Vec::new();
    for (name, hash, bytes) in &modules {
        index.push(Entry { name: name.clone(), hash: *hash, start, length: bytes.len() as u32 });
        start += bytes.len() as u32;
    }
    let index = postcard::to_stdvec(&index).map_err(|e| e.to_string())?;
    let mut out = (index.len() as u32).to_le_bytes().to_vec();
    out.extend(index);
    out.extend(modules.into_iter().flat_map(|(_, _, bytes)| bytes));
    Ok(out)
}
