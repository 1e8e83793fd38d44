//! Lists the modules of the standard library, so that a new file of `stdlib/` is embedded without being named anywhere,
//! and hashes the sources of the front end, so that its prepared form is used only by the code that made it.

use std::fmt::Write;
use std::path::{Path, PathBuf};

fn main() {
    let home = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let root = home.join("stdlib");
    let tests = root.join("tests");
    let files = collect(&root, "jibe").into_iter().filter(|f| !f.starts_with(&tests));
    let mut out = String::from("&[\n");
    for file in files {
        let name = file.strip_prefix(&root).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let _ = writeln!(out, "    ({name:?}, include_str!({:?})),", file.to_string_lossy());
    }
    out.push_str("]\n");
    let target = PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("stdlib.rs");
    if let Err(e) = pages(&home) {
        println!("cargo::error=cannot write the list of pages: {e}");
    }
    println!("cargo::rustc-env=JIBE_FRONT_HASH={:016x}", front_hash(&home));
    println!("cargo::rustc-env=JIBE_CRD_HASH={:016x}", hash_of(collect(&home.join("src/kube/crd"), "rs")));
    if let Err(e) = std::fs::write(&target, out) {
        println!("cargo::error=cannot write {}: {e}", target.display());
    }
}

/// The pages of the codes, so that a new one is embedded without being named anywhere.
fn pages(home: &Path) -> std::io::Result<()> {
    let mut out = String::from("&[\n");
    for file in collect(&home.join("docs/errors"), "md") {
        let code = file.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(out, "    ({code:?}, include_str!({:?})),", file.to_string_lossy());
    }
    out.push_str("]\n");
    std::fs::write(PathBuf::from(std::env::var_os("OUT_DIR").unwrap_or_default()).join("pages.rs"), out)
}

/// The files below a folder with this extension, sorted.
fn collect(folder: &Path, extension: &str) -> Vec<PathBuf> {
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(collect(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            files.push(path);
        }
    }
    files.sort();
    files
}

/// Over the sources that decide what a module is lowered to.
fn front_hash(home: &Path) -> u64 {
    let mut sources = collect(&home.join("grammar"), "pest");
    sources.extend(collect(&home.join("src/syntax"), "rs"));
    sources.extend(collect(&home.join("src/hir/lower"), "rs"));
    sources.extend(["definition", "expr", "module"].map(|name| home.join(format!("src/hir/{name}.rs"))));
    hash_of(sources)
}

/// FNV-1a over the texts of files.
fn hash_of(sources: Vec<PathBuf>) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325;
    for path in sources {
        println!("cargo::rerun-if-changed={}", path.display());
        // Line ends do not count: some checkouts change them.
        #[expect(clippy::disallowed_methods, reason = "a build script has no `World`")]
        for byte in std::fs::read(path).unwrap_or_default().into_iter().filter(|b| *b != b'\r') {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    hash
}
