//! The examples in the documentation, run: the pages of the codes (`docs/errors`), and every block of the language pages.

use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Failed, Trial};

use crate::trial;

pub fn tests() -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut trials = Vec::new();
    let mut pages: Vec<PathBuf> = std::fs::read_dir(root.join("docs/errors")).map(|d| d.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    pages.sort();
    for page in pages {
        let code = page.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        trials.push(trial(&format!("pages::{code}"), move || check_page(&code, &page)));
    }
    for document in ["README.md", "docs/language.md", "docs/language-by-example.md", "docs/authoring.md", "docs/first-hour.md"] {
        let path = root.join(document);
        if let Ok(text) = std::fs::read_to_string(&path) {
            for (n, (lang, block)) in blocks(&text).into_iter().enumerate() {
                if lang == "jibe" {
                    trials.push(trial(&format!("pages::{document}::{n}"), move || no_errors("jibe", &block)));
                }
            }
        }
    }
    trials
}

/// The fenced blocks of a Markdown text with their language words.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut open: Option<(String, String)> = None;
    for line in text.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(lang)) => open = Some((lang.trim().to_owned(), String::new())),
            (Some(_), Some(_)) => found.extend(open.take()),
            (Some((_, body)), None) => {
                body.push_str(line);
                body.push('\n');
            }
            (None, None) => {}
        }
    }
    found
}

fn section<'a>(text: &'a str, title: &str) -> Option<&'a str> {
    let start = text.find(&format!("\n## {title}\n"))?;
    let rest = &text[start + 1..];
    Some(rest[1..].find("\n## ").map_or(rest, |end| &rest[..end + 1]))
}

fn check_page(code: &str, page: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(page)?;
    // Rules and lints are looked for by `jibe lint`.
    let lints = code.starts_with("J12");
    if let Some(wrong) = section(&text, "Wrong") {
        for example in examples(wrong) {
            let codes = findings(&example, lints)?;
            if !codes.iter().any(|(c, _)| c == code) {
                return Err(format!("the wrong example gives {codes:?}, not {code}:\n{example:?}").into());
            }
            if let Some((other, _)) = codes.iter().find(|(c, error)| *error && c != code) {
                return Err(format!("the wrong example gives {other} too:\n{example:?}").into());
            }
        }
    }
    if let Some(right) = section(&text, "Right") {
        for example in examples(right) {
            let codes = findings(&example, lints)?;
            if let Some((c, _)) = codes.iter().find(|(c, error)| *error || c == code) {
                return Err(format!("the right example gives {c}:\n{example:?}").into());
            }
        }
    }
    Ok(())
}

/// The examples of a section: blocks, each for itself, or all as files of one project when they name files (a block that opens with `yaml app.yaml`).
fn examples(section: &str) -> Vec<Vec<(String, String)>> {
    let all = blocks(section);
    if all.iter().any(|(lang, _)| lang.contains(' ')) { vec![all] } else { all.into_iter().map(|b| vec![b]).collect() }
}

fn no_errors(lang: &str, block: &str) -> Result<(), Failed> {
    match findings(&[(lang.to_owned(), block.to_owned())], false)?.into_iter().find(|(_, error)| *error) {
        Some((code, _)) => Err(format!("{code} in\n{block}").into()),
        None => Ok(()),
    }
}

/// Codes that `jibe` reports for a text or for a project, each with whether it is an error.
fn findings(files: &[(String, String)], lints: bool) -> Result<Vec<(String, bool)>, Failed> {
    let folder = std::env::temp_dir().join(format!("jibe-pages-{}-{:?}", std::process::id(), std::thread::current().id()).replace(['(', ')'], ""));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    for (lang, block) in files {
        let path = folder.join(lang.split_once(' ').map_or_else(|| alone(lang, block, lints).0, |(_, name)| name));
        std::fs::create_dir_all(path.parent().unwrap_or(&folder))?;
        std::fs::write(path, block)?;
    }
    let arguments: Vec<&str> = match files {
        [(lang, block)] if !lang.contains(' ') => match alone(lang, block, lints) {
            ("", _) => return Err(format!("a block of `{lang}`").into()),
            (name, command) => vec![command, if lang == "toml" { "." } else { name }],
        },
        _ if folder.join("old.yaml").exists() => vec!["validate", "new.yaml", "--update-from", "old.yaml"],
        _ => vec![if lints { "lint" } else { "check" }, "."],
    };
    let output = Command::new(env!("CARGO_BIN_EXE_jibe")).args(arguments).args(["--message-format", "json"]).current_dir(&folder).output()?;
    let _ = std::fs::remove_dir_all(&folder);
    if !matches!(output.status.code(), Some(0 | 1)) {
        return Err(format!("exit {:?}: {}", output.status.code(), String::from_utf8_lossy(&output.stderr)).into());
    }
    let text = String::from_utf8_lossy(&output.stdout);
    let json: serde_json::Value = serde_json::from_str(&text).map_err(|e| format!("{e}: {text}"))?;
    let all = json["diagnostics"].as_array().cloned().unwrap_or_default();
    Ok(all.iter().map(|d| (d["code"].as_str().unwrap_or("").to_owned(), d["severity"] == "error")).collect())
}

/// What a block that stands for itself is called, and the command for it.
fn alone(lang: &str, block: &str, lints: bool) -> (&'static str, &'static str) {
    match lang {
        "jibe" if block.contains("\ntest \"") || block.starts_with("test \"") => ("page.jibe", "test"),
        "jibe" => ("page.jibe", if lints { "lint" } else { "check" }),
        "toml" => ("jibe.toml", "check"),
        "yaml" if lints => ("app.yaml", "lint"),
        "yaml" if block.contains("kind: Application") => ("app.yaml", "check"),
        "yaml" => ("object.yaml", "validate"),
        _ => ("", ""),
    }
}
