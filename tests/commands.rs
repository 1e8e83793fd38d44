//! Commands as a user types them. `tests/cases/commands/NAME` is a project; its `session.txt` has lines `$ jibe …` and below each what was printed (standard output, then
//! standard error, then `exit N` unless it is 0). `$ cat FILE`, `$ rm FILE` and `$ echo TEXT > FILE` (`>>` adds) work, too, and `$ jibe … < FILE`. Each session runs in a copy of its folder. `BLESS=1` rewrites.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use libtest_mimic::{Failed, Trial};

use crate::trial;

pub fn tests() -> Vec<Trial> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/commands");
    let mut folders: Vec<PathBuf> = std::fs::read_dir(cases).map(|d| d.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect()).unwrap_or_default();
    folders.sort();
    folders
        .into_iter()
        .map(|folder| {
            let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            trial(&format!("commands::{name}"), move || session(&folder, &name))
        })
        .collect()
}

fn session(folder: &Path, name: &str) -> Result<(), Failed> {
    let script = folder.join("session.txt");
    let wanted = std::fs::read_to_string(&script)?;
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("commands").join(name);
    let _ = std::fs::remove_dir_all(&scratch);
    copy(folder, &scratch)?;
    let _ = std::fs::remove_file(scratch.join("session.txt"));
    // No settings above this one are found.
    std::fs::create_dir_all(scratch.join(".git"))?;
    let mut got = String::new();
    for line in wanted.lines().filter(|l| l.starts_with("$ ") || l.starts_with('#')) {
        let _ = writeln!(got, "{line}");
        if let Some(command) = line.strip_prefix("$ ") {
            got.push_str(&run(&scratch, command)?);
        }
    }
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&script, got)?;
        return Ok(());
    }
    if got == wanted {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&wanted, &got).unified_diff().context_radius(3).header("expected", "got").to_string();
    Err(format!("{} differs:\n{diff}", script.display()).into())
}

pub fn run(folder: &Path, command: &str) -> Result<String, Failed> {
    let (command, input) = command.split_once(" < ").map_or((command, None), |(c, i)| (c, Some(i)));
    let words = words(command);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["jibe", arguments @ ..] => {
            let mut child = Command::new(env!("CARGO_BIN_EXE_jibe"));
            child.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100").args(arguments);
            child.stdin(match input {
                Some(file) => Stdio::from(std::fs::File::open(folder.join(file))?),
                None => Stdio::null(),
            });
            let output = child.output()?;
            let mut text = String::from_utf8(output.stdout)?;
            text.push_str(&String::from_utf8(output.stderr)?);
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            if output.status.code() != Some(0) {
                let _ = writeln!(text, "exit {}", output.status.code().unwrap_or(-1));
            }
            Ok(text)
        }
        ["cat", file] => Ok(std::fs::read_to_string(folder.join(file)).unwrap_or_else(|_| "no such file\n".to_string())),
        ["ls", path] => {
            let mut names: Vec<String> = std::fs::read_dir(folder.join(path))?.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
            names.sort();
            Ok(names.into_iter().map(|n| n + "\n").collect())
        }
        ["rm", file] => Ok(std::fs::remove_file(folder.join(file)).map(|()| String::new())?),
        ["echo", text, sign @ (">" | ">>"), file] => {
            let path = folder.join(file);
            let old = if *sign == ">>" { std::fs::read_to_string(&path).unwrap_or_default() } else { String::new() };
            Ok(std::fs::write(path, format!("{old}{text}\n")).map(|()| String::new())?)
        }
        _ => Err(format!("no such command here: {command}").into()),
    }
}

/// Words at blanks; quotes hold blanks together.
fn words(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut word = String::new();
    let mut quote = None;
    for c in text.chars() {
        match quote {
            Some(q) if c == q => quote = None,
            Some(_) => word.push(c),
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == ' ' => out.extend((!word.is_empty()).then(|| std::mem::take(&mut word))),
            None => word.push(c),
        }
    }
    out.extend((!word.is_empty()).then_some(word));
    out
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)?.flatten() {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
