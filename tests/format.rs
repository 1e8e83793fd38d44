//! The formatter: a second run changes nothing, and the meaning stays.

use std::sync::Arc;

use jibe::base::FileId;
use jibe::format::format;
use jibe::hir::lower;
use jibe::syntax::parse;
use libtest_mimic::{Failed, Trial};

use crate::syntax::{Dice, mutated, texts};
use crate::trials;

pub fn tests() -> Vec<Trial> {
    let mut all = trials!("format": library, library_is_formatted, broken, bad_layout);
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/format");
    let mut paths: Vec<_> = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "jibe")).collect();
    paths.sort();
    for path in paths {
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        all.push(crate::trial(&format!("format::case::{name}"), move || case(&path)));
    }
    all
}

/// The lowered module without positions.
fn meaning(text: &str) -> (serde_json::Value, usize) {
    let parsed = parse(FileId(0), &Arc::from(text));
    let (module, more) = lower("main", FileId(0), &parsed);
    let mut value = serde_json::to_value(module).expect("serializes");
    strip(&mut value);
    (value, parsed.diagnostics.iter().chain(&more).filter(|d| d.is_error()).count())
}

fn strip(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            if map.len() == 2 && map.contains_key("start") && map.contains_key("end") {
                map.clear();
            }
            map.values_mut().for_each(strip);
        }
        serde_json::Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

fn check(name: &str, text: &str) -> Result<(), String> {
    let once = format(text);
    let twice = format(&once);
    if once != twice {
        let diff = similar::TextDiff::from_lines(&once, &twice).unified_diff().context_radius(2).to_string();
        return Err(format!("{name}: a second run changes this\n{diff}\n--- the source\n{text}"));
    }
    let (before, errors) = meaning(text);
    let (after, _) = meaning(&once);
    if errors == 0 && before != after {
        let show = |v: &serde_json::Value| serde_json::to_string_pretty(v).unwrap_or_default();
        let diff = similar::TextDiff::from_lines(show(&before), show(&after)).unified_diff().to_string();
        return Err(format!("{name}: the meaning changed\n{diff}\n{once}"));
    }
    if errors == 0 && once.lines().any(|l| l.ends_with(' ')) {
        return Err(format!("{name}: white space at the end of a line\n{once}"));
    }
    Ok(())
}

fn library() -> Result<(), Failed> {
    for (name, text) in texts() {
        check(&name, &text)?;
    }
    Ok(())
}

/// What `jibe fmt stdlib` would change: nothing.
fn library_is_formatted() -> Result<(), Failed> {
    let wrong: Vec<String> = jibe::source::STDLIB.iter().filter(|(_, text)| format(text) != *text).map(|(name, _)| name.to_string()).collect();
    if wrong.is_empty() { Ok(()) } else { Err(format!("run `jibe fmt stdlib`: {}", wrong.join(", ")).into()) }
}

fn broken() -> Result<(), Failed> {
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    let mut wrong = Vec::new();
    for (name, text) in texts() {
        for _ in 0..12 {
            let lines: Vec<&str> = text.lines().collect();
            let from = dice.roll(lines.len());
            let part = lines.iter().skip(from).take(30).copied().collect::<Vec<_>>().join("\n");
            wrong.extend(check(&name, &mutated(&part, &mut dice)).err());
        }
    }
    if wrong.is_empty() { Ok(()) } else { Err(format!("{} texts\n{}", wrong.len(), wrong.join("\n\n").chars().take(6000).collect::<String>()).into()) }
}

/// The library with its line ends and indentation shaken.
fn bad_layout() -> Result<(), Failed> {
    let mut dice = Dice(77);
    for (name, text) in texts() {
        for _ in 0..3 {
            let mut shaken = String::new();
            for line in text.lines() {
                let in_text = text.contains("\"\"\"");
                if !in_text && dice.roll(3) == 0 {
                    shaken.push_str(&" ".repeat(dice.roll(9)));
                    shaken.push_str(line.trim_start());
                } else {
                    shaken.push_str(line);
                }
                shaken.push_str(["\n", "\n", "\n\n\n", "  \r\n"][if in_text { 0 } else { dice.roll(4) }]);
            }
            check(&name, &shaken)?;
        }
    }
    Ok(())
}

/// `name.jibe` becomes `name.formatted` (BLESS=1 writes it).
fn case(path: &std::path::Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    check("case", &text)?;
    let target = path.with_extension("formatted");
    let formatted = format(&text);
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&target, &formatted)?;
        return Ok(());
    }
    let expected = std::fs::read_to_string(&target).unwrap_or_default();
    if formatted == expected { Ok(()) } else { Err(similar::TextDiff::from_lines(&expected, &formatted).unified_diff().to_string().into()) }
}
