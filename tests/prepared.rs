//! The prepared form of the standard library is the one that its text gives. `BLESS=1` rewrites it.

use std::path::Path;

use libtest_mimic::{Failed, Trial};

use crate::trial;

pub fn tests() -> Vec<Trial> {
    vec![trial("prepared::standard_library_is_up_to_date", up_to_date)]
}

fn up_to_date() -> Result<(), Failed> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/hir/prepared/std.bin");
    let fresh = jibe::hir::prepare()?;
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, fresh)?;
        return Ok(());
    }
    if std::fs::read(path)? == fresh { Ok(()) } else { Err("stdlib/ has changed: `BLESS=1 cargo test prepared`".into()) }
}
