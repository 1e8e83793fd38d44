//! What `docs/kubevela.md` lists, case by case: `tests/cases/kubevela/NAME` holds `app.yaml` and `difference.txt`, the findings of both modes, how the objects
//! of `--compat kubevela` differ from those that are made by default, and those. `NN-…` is the defect of that number; `mode-…` a row of the first table. `BLESS=1` rewrites.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use libtest_mimic::{Failed, Trial};

use crate::trial;

pub fn tests() -> Vec<Trial> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(home()).map(|d| d.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect()).unwrap_or_default();
    folders.sort();
    let case = |folder: PathBuf| {
        let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        trial(&format!("kubevela::{name}"), move || case(&folder))
    };
    let mut trials: Vec<Trial> = folders.into_iter().map(case).collect();
    trials.push(trial("kubevela::every_difference_has_a_case", every_difference_has_a_case));
    trials
}

fn home() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/kubevela")
}

/// Findings, a line each, and objects, without what all objects have (`mode-labels` and `mode-annotations` show that).
fn run(folder: &Path, compat: bool) -> Result<(String, String), Failed> {
    let jibe = |command: &str, more: &[&str]| {
        let mode: &[&str] = if compat { &["--compat", "kubevela"] } else { &[] };
        Command::new(env!("CARGO_BIN_EXE_jibe")).current_dir(folder).env("NO_COLOR", "1").args([command, "app.yaml"]).args(more).args(mode).output()
    };
    let found = String::from_utf8(jibe("check", &["--message-format", "short"])?.stdout)?;
    let found: Vec<&str> = found.lines().filter(|l| l.starts_with("app.yaml")).map(|l| l.split(" (").next().unwrap_or(l)).collect();
    let built = jibe("build", &["-q"])?;
    let objects = if built.status.success() { String::from_utf8(built.stdout)? } else { "refused\n".to_owned() };
    let common =
        |l: &&str| !folder.ends_with("mode-labels") && !folder.ends_with("mode-annotations") && (l.trim() == "annotations: {}" || l.trim() == "app.oam.dev/appRevision: \"\"");
    let objects: Vec<&str> = objects.lines().filter(|l| !common(l) && !l.starts_with('#')).collect();
    Ok((found.join("\n"), objects.join("\n") + "\n"))
}

fn case(folder: &Path) -> Result<(), Failed> {
    let (found, objects) = run(folder, false)?;
    let (found_compat, objects_compat) = run(folder, true)?;
    let diff = similar::TextDiff::from_lines(&objects, &objects_compat).unified_diff().context_radius(1).to_string();
    let or = |text: &str, other: &str| if text.is_empty() { other.to_owned() } else { text.trim_end().to_owned() };
    let text = format!(
        "--- found by default\n{}\n--- found under --compat kubevela\n{}\n--- objects: default, compat\n{}\n--- objects by default\n{}",
        or(&found, "nothing"),
        or(&found_compat, "nothing"),
        or(&diff, if objects == "refused\n" { "refused in both" } else { "the same" }),
        objects
    );
    let path = folder.join("difference.txt");
    if std::env::var_os("BLESS").is_some() {
        return Ok(std::fs::write(path, text)?);
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    if wanted == text { Ok(()) } else { Err(similar::TextDiff::from_lines(&wanted, &text).unified_diff().to_string().into()) }
}

/// Each number of the list, and each row of the table.
fn every_difference_has_a_case() -> Result<(), Failed> {
    let page = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/kubevela.md"))?;
    let names: BTreeSet<String> = std::fs::read_dir(home())?.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    let mut missing = Vec::new();
    let numbers = page.lines().filter_map(|l| l.split_once(". ")?.0.parse::<u32>().ok());
    missing.extend(numbers.filter(|n| !names.iter().any(|name| name.starts_with(&format!("{n:02}-")))).map(|n| format!("{n} of docs/kubevela.md has no case")));
    let rows = page.lines().skip_while(|l| !l.starts_with("|---")).skip(1).take_while(|l| l.starts_with('|')).count();
    let modes = names.iter().filter(|n| n.starts_with("mode-")).count();
    if rows > modes {
        missing.push(format!("{rows} rows, {modes} cases called `mode-…`"));
    }
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
}
