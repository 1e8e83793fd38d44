//! Makes the schema pack (`src/kube/pack/schema.kpk`, `docs.z`) from the source text of the `k8s-openapi` crate and `overrides.toml`, and checks that the committed files are what it would make.
//! `BLESS=1 cargo test schema_pack` writes them. No code of the crate runs: its `json_schema!` bodies, `Resource` constants and `DeepMerge` implementations are regular text.

mod overrides;
mod source;
mod tokens;
mod writer;

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Failed, Trial};

/// The minor versions in the pack.
pub const MINORS: [u8; 5] = [33, 34, 35, 36, 37];

/// The test.
pub fn tests() -> Vec<Trial> {
    vec![Trial::test("schema_pack", check)]
}

fn check() -> Result<(), Failed> {
    let Some(crate_root) = crate_source() else {
        println!("skipped: the source of k8s-openapi is not at hand");
        return Ok(());
    };
    let home = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kube/pack");
    let overrides = overrides::Overrides::read(&std::fs::read_to_string(home.join("overrides.toml"))?)?;
    let mut versions = Vec::new();
    for minor in MINORS {
        let mut version = source::read(&crate_root.join(format!("src/v1_{minor}")))?;
        overrides.apply(&mut version, minor)?;
        versions.push(version);
    }
    let (pack, docs) = writer::write(&versions)?;
    let mut stale = Vec::new();
    for (name, bytes) in [("schema.kpk", pack), ("docs.z", docs)] {
        let path = home.join(name);
        if std::fs::read(&path).unwrap_or_default() != bytes {
            if std::env::var_os("BLESS").is_some() {
                std::fs::write(&path, bytes)?;
            } else {
                stale.push(name);
            }
        }
    }
    if stale.is_empty() { Ok(()) } else { Err(format!("{} stale: run `BLESS=1 cargo test schema_pack`", stale.join(" and ")).into()) }
}

/// Where Cargo keeps the crate's source.
fn crate_source() -> Option<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let out = Command::new(cargo).args(["metadata", "--format-version", "1"]).current_dir(env!("CARGO_MANIFEST_DIR")).output().ok()?;
    let metadata: serde_json::Value = serde_json::from_slice(&out.stdout).ok()?;
    let package = metadata["packages"].as_array()?.iter().find(|p| p["name"] == "k8s-openapi")?;
    Some(Path::new(package["manifest_path"].as_str()?).parent()?.to_owned())
}
