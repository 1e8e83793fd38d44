//! Pages of `docs/` that are one running story: a block that opens with a file's name (```` ```yaml app.yaml ````) is written to the story's folder, the commands of a ```` ```console ```` block
//! are run there, in the page's order, and have to print what stands below them. A line `…` stands for any lines. `BLESS=1` rewrites what is printed (not in blocks with `…`).

use std::fmt::Write;
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

use crate::{commands, trial};

pub fn tests() -> Vec<Trial> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let mut pages: Vec<PathBuf> = std::fs::read_dir(&docs).map(|d| d.flatten().map(|e| e.path()).collect()).unwrap_or_default();
    pages.sort();
    pages
        .into_iter()
        .filter(|p| std::fs::read_to_string(p).is_ok_and(|t| t.contains("\n```console\n")))
        .map(|page| {
            let name = page.file_stem().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            trial(&format!("stories::{name}"), move || tell(&page, &name))
        })
        .collect()
}

fn tell(page: &Path, name: &str) -> Result<(), Failed> {
    let text = std::fs::read_to_string(page)?;
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stories").join(name);
    let _ = std::fs::remove_dir_all(&scratch);
    // No settings above this one are found.
    std::fs::create_dir_all(scratch.join(".git"))?;
    let mut told = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let _ = writeln!(told, "{line}");
        let Some(info) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|l| *l != "```").collect();
        if info == "console" {
            console(&scratch, &block, &mut told)?;
        } else {
            for l in &block {
                let _ = writeln!(told, "{l}");
            }
            if let Some((_, file)) = info.split_once(' ') {
                let path = scratch.join(file);
                std::fs::create_dir_all(path.parent().unwrap_or(&scratch))?;
                std::fs::write(path, block.iter().map(|l| format!("{l}\n")).collect::<String>())?;
            }
        }
        told.push_str("```\n");
    }
    if told == text {
        return Ok(());
    }
    if std::env::var_os("BLESS").is_some() {
        return Ok(std::fs::write(page, told)?);
    }
    let diff = similar::TextDiff::from_lines(&text, &told).unified_diff().context_radius(3).header("the page", "what happens").to_string();
    Err(format!("{} differs:\n{diff}", page.display()).into())
}

/// Runs the commands of a block; what they print comes after each, unless the page leaves lines out and what it has fits.
fn console(folder: &Path, block: &[&str], told: &mut String) -> Result<(), Failed> {
    let mut at = 0;
    while let Some(line) = block.get(at) {
        at += 1;
        let _ = writeln!(told, "{line}");
        let Some(command) = line.strip_prefix("$ ") else { return Err(format!("no command: {line}").into()) };
        let length = block.iter().skip(at).take_while(|l| !l.starts_with("$ ")).count();
        let wanted = &block[at..at + length];
        at += length;
        let got = commands::run(folder, command)?;
        let printed: Vec<&str> = got.lines().map(str::trim_end).collect();
        let shown: Vec<&str> = if wanted.contains(&"…") && fits(wanted, &printed) { wanted.to_vec() } else { printed };
        for l in shown {
            let _ = writeln!(told, "{l}");
        }
    }
    Ok(())
}

/// Whether lines fit a pattern in which `…` is any number of lines.
fn fits(pattern: &[&str], lines: &[&str]) -> bool {
    match pattern.split_first() {
        None => lines.is_empty(),
        Some((&"…", rest)) => (0..=lines.len()).any(|skipped| fits(rest, &lines[skipped..])),
        Some((first, rest)) => lines.split_first().is_some_and(|(l, others)| l == first && fits(rest, others)),
    }
}
