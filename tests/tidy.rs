//! The house: module direction, file sizes, module docs, codes and their pages, stray files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

use crate::trial;

/// Modules from left to right: a module imports only from those before it.
const ORDER: &[&str] = &["base", "source", "diagnostics", "value", "yaml", "kube", "syntax", "hir", "types", "eval", "oam", "emit", "driver", "ide", "lsp", "cli"];

/// Side rooms and what they may see.
const SIDE: &[(&str, &[&str])] = &[
    ("format", &["base", "source", "diagnostics", "syntax"]),
    ("render", &["base", "source", "diagnostics", "value"]),
    ("lint", &["base", "source", "diagnostics", "value", "yaml", "kube", "syntax", "hir", "types"]),
    ("docs", &["base", "source", "diagnostics", "value", "yaml", "kube", "syntax", "hir", "types", "eval"]),
];

pub fn tests() -> Vec<Trial> {
    vec![
        trial("tidy::modules_import_from_their_left", imports),
        trial("tidy::files_are_small_and_say_what_they_are", sizes),
        trial("tidy::every_code_has_a_page", pages),
        trial("tidy::no_stray_files", strays),
    ]
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn fail_if(problems: Vec<String>) -> Result<(), Failed> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

fn imports() -> Result<(), Failed> {
    let src = root().join("src");
    let mut problems = Vec::new();
    for file in rust_files(&src) {
        let relative = file.strip_prefix(&src)?.to_path_buf();
        let module = relative.components().next().map(|c| c.as_os_str().to_string_lossy().into_owned()).unwrap_or_default();
        let allowed: BTreeSet<&str> = match ORDER.iter().position(|m| *m == module) {
            // The edge may see the side rooms.
            Some(i) => ORDER[..=i].iter().copied().chain(if i >= 12 { vec!["format", "lint", "render", "docs"] } else { vec![] }).collect(),
            None => match SIDE.iter().find(|(m, _)| *m == module) {
                Some((m, sees)) => sees.iter().copied().chain([*m]).collect(),
                None => continue,
            },
        };
        let text = std::fs::read_to_string(&file)?;
        for (n, line) in text.lines().enumerate() {
            let code = line.trim_start();
            if code.starts_with("//") {
                continue;
            }
            for (at, _) in code.match_indices("crate::") {
                let name: String = code[at + 7..].chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
                let known = ORDER.contains(&name.as_str()) || SIDE.iter().any(|(m, _)| *m == name);
                if known && !allowed.contains(name.as_str()) {
                    problems.push(format!("src/{}:{}: `{module}` may not see `{name}`", relative.display(), n + 1));
                }
            }
        }
    }
    fail_if(problems)
}

fn sizes() -> Result<(), Failed> {
    let mut problems = Vec::new();
    let mut lengths = Vec::new();
    for file in rust_files(&root().join("src")) {
        let text = std::fs::read_to_string(&file)?;
        let lines = text.lines().count();
        lengths.push(lines);
        if lines > 800 {
            problems.push(format!("{}: {lines} lines, at most 800", file.display()));
        }
        if !text.starts_with("//!") {
            problems.push(format!("{}: does not open with `//!`", file.display()));
        }
    }
    lengths.sort_unstable();
    let median = lengths.get(lengths.len() / 2).copied().unwrap_or(0);
    if median > 200 {
        problems.push(format!("the median file has {median} lines, at most 200"));
    }
    fail_if(problems)
}

fn pages() -> Result<(), Failed> {
    let folder = root().join("docs/errors");
    let codes: BTreeSet<String> = jibe::diagnostics::codes::CODES.iter().map(|c| c.code.0.to_owned()).collect();
    let mut problems = Vec::new();
    for code in &codes {
        if !folder.join(format!("{code}.md")).is_file() {
            problems.push(format!("{code} has no page docs/errors/{code}.md"));
        }
    }
    for entry in std::fs::read_dir(&folder)?.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if let Some(code) = name.strip_suffix(".md")
            && code.starts_with('J')
            && !codes.contains(code)
        {
            problems.push(format!("docs/errors/{name} is about no code"));
        }
    }
    let mut last = "";
    for c in jibe::diagnostics::codes::CODES {
        if c.code.0 <= last {
            problems.push(format!("{} is out of order in the table of codes", c.code.0));
        }
        last = c.code.0;
    }
    fail_if(problems)
}

fn strays() -> Result<(), Failed> {
    const EXPECTED: &[&str] = &[
        ".cargo",
        ".ci",
        ".git",
        ".github",
        ".gitignore",
        ".pre-commit-hooks.yaml",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "Cargo.lock",
        "Cargo.toml",
        "Containerfile",
        "LICENSE",
        "README.md",
        "action.yml",
        "benches",
        "build.rs",
        "clippy.toml",
        "deny.toml",
        "docs",
        "editors",
        "examples",
        "fuzz",
        "grammar",
        "packaging",
        "rustfmt.toml",
        "src",
        "stdlib",
        "target",
        "tests",
    ];
    let problems = std::fs::read_dir(root())?
        .flatten()
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .filter(|n| !EXPECTED.contains(&n.as_str()))
        .map(|n| format!("stray at the top: {n}"))
        .collect();
    fail_if(problems)
}
