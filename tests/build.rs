//! Applications through the whole program. `tests/cases/build/NAME` holds `app.yaml` (perhaps `jibe.toml`, definitions, `args` with more arguments) and what comes of it:
//! `expected.yaml`, the objects, and `expected.diagnostics`, a line `CODE severity file:line` for each finding. `tests/cases/diagnostics/NAME` holds `app.yaml` and
//! `expected.txt`, the findings as a person sees them. `BLESS=1` rewrites.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

use crate::trial;

pub fn tests() -> Vec<Trial> {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let mut trials = Vec::new();
    for (area, run) in [("build", build as fn(&Path) -> Result<(), Failed>), ("diagnostics", diagnostics)] {
        let mut folders: Vec<PathBuf> = std::fs::read_dir(cases.join(area)).map(|d| d.flatten().map(|e| e.path()).filter(|p| p.is_dir()).collect()).unwrap_or_default();
        folders.sort();
        for folder in folders {
            let name = folder.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            trials.push(trial(&format!("{area}::{name}"), move || run(&folder)));
        }
    }
    trials.extend(crate::trials!("cli": exit_codes, closed_pipe, failed_build_keeps_the_old, no_panic_on_hostile_input, settings, fixes));
    trials
}

fn jibe(folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
    let more = std::fs::read_to_string(folder.join("args")).unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_jibe"));
    command.current_dir(folder).env("NO_COLOR", "1").env("COLUMNS", "100").args(arguments).args(more.split_whitespace());
    Ok(command.output()?)
}

/// Compares with a file, or writes it. No text: no file.
fn expect(path: &Path, text: &str) -> Result<(), Failed> {
    if std::env::var_os("BLESS").is_some() {
        if text.is_empty() {
            let _ = std::fs::remove_file(path);
        } else {
            std::fs::write(path, text)?;
        }
        return Ok(());
    }
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    if wanted == text {
        return Ok(());
    }
    let diff = similar::TextDiff::from_lines(&wanted, text).unified_diff().context_radius(3).header("expected", "got").to_string();
    Err(format!("{} differs:\n{diff}", path.display()).into())
}

fn build(folder: &Path) -> Result<(), Failed> {
    let built = jibe(folder, &["build", "app.yaml"])?;
    let objects = if built.status.success() { String::from_utf8(built.stdout)? } else { String::new() };
    expect(&folder.join("expected.yaml"), &objects)?;
    let checked = jibe(folder, &["check", "app.yaml", "--message-format", "json"])?;
    let document: serde_json::Value = serde_json::from_slice(&checked.stdout).map_err(|e| format!("{e}: {}", String::from_utf8_lossy(&checked.stderr)))?;
    let mut lines = String::new();
    for d in document["diagnostics"].as_array().into_iter().flatten() {
        let primary = d["labels"].as_array().into_iter().flatten().find(|l| l["primary"] == true).cloned().unwrap_or_default();
        let _ = writeln!(lines, "{} {} {}:{}", text(&d["code"]), text(&d["severity"]), text(&primary["file"]), primary["start"]["line"]);
    }
    expect(&folder.join("expected.diagnostics"), &lines)
}

fn text(value: &serde_json::Value) -> &str {
    value.as_str().unwrap_or("?")
}

fn diagnostics(folder: &Path) -> Result<(), Failed> {
    let checked = jibe(folder, &["check", "app.yaml"])?;
    expect(&folder.join("expected.txt"), &String::from_utf8(checked.stdout)?)
}

/// A folder of its own for one test.
fn scratch(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

const GOOD: &str = "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: { name: shop }\nspec:\n  components:\n    - name: web\n      type: webservice\n      properties: { image: \"nginx:1.27\" }\n";

fn exit_codes() -> Result<(), Failed> {
    let folder = scratch("exit-codes")?;
    std::fs::write(folder.join("good.yaml"), GOOD)?;
    std::fs::write(folder.join("bad.yaml"), GOOD.replace("image:", "imgae:"))?;
    for (arguments, code) in [
        (&["build", "good.yaml"][..], 0),
        (&["check", "good.yaml"], 0),
        (&["check", "bad.yaml"], 1),
        (&["build", "bad.yaml"], 1),
        (&["check", "none.yaml"], 2),
        (&["check"], 2),
        (&["frobnicate"], 2),
        (&["check", "good.yaml", "--kube-version", "1.2"], 2),
        (&["explain", "J0301"], 0),
        (&["explain", "J9999"], 2),
        (&["--help"], 0),
        (&["--version"], 0),
    ] {
        let got = jibe(&folder, arguments)?;
        if got.status.code() != Some(code) {
            return Err(format!("`jibe {}` gave {:?}, not {code}: {}", arguments.join(" "), got.status.code(), String::from_utf8_lossy(&got.stderr)).into());
        }
    }
    Ok(())
}

fn closed_pipe() -> Result<(), Failed> {
    let folder = scratch("closed-pipe")?;
    std::fs::write(folder.join("good.yaml"), GOOD)?;
    let mut child = Command::new(env!("CARGO_BIN_EXE_jibe"))
        .current_dir(&folder)
        .args(["build", "good.yaml"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()?;
    drop(child.stdout.take());
    let output = child.wait_with_output()?;
    if output.status.code().is_none_or(|c| c > 1) || !output.stderr.is_empty() {
        return Err(format!("{:?}: {}", output.status, String::from_utf8_lossy(&output.stderr)).into());
    }
    Ok(())
}

fn failed_build_keeps_the_old() -> Result<(), Failed> {
    let folder = scratch("failed-build")?;
    std::fs::write(folder.join("app.yaml"), GOOD)?;
    let listing = |f: &Path| -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(f.join("out")).map(|d| d.flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect()).unwrap_or_default();
        names.sort();
        names
    };
    jibe(&folder, &["build", "app.yaml", "-o", "out"])?;
    let before = listing(&folder);
    if before.is_empty() {
        return Err("the first build wrote nothing".into());
    }
    std::fs::write(folder.join("app.yaml"), GOOD.replace("image:", "imgae:"))?;
    let failed = jibe(&folder, &["build", "app.yaml", "-o", "out"])?;
    if failed.status.code() != Some(1) || listing(&folder) != before {
        return Err(format!("{:?}, {:?} instead of {before:?}", failed.status, listing(&folder)).into());
    }
    Ok(())
}

fn settings() -> Result<(), Failed> {
    let folder = scratch("settings")?;
    std::fs::write(folder.join("good.yaml"), GOOD)?;
    let built = jibe(&folder, &["build", "good.yaml", "--set", "components.web.properties.image=nginx:1.28"])?;
    if !String::from_utf8_lossy(&built.stdout).contains("image: nginx:1.28") {
        return Err(String::from_utf8_lossy(&built.stderr).into_owned().into());
    }
    for wrong in ["components.wbe.properties.image=x:1", "image=x:1", "image", "components.web.properties.replicas.x=1"] {
        let got = jibe(&folder, &["build", "good.yaml", "--set", wrong])?;
        if got.status.code() != Some(1) {
            return Err(format!("`--set {wrong}` gave {:?}", got.status).into());
        }
    }
    Ok(())
}

fn fixes() -> Result<(), Failed> {
    let folder = scratch("fixes")?;
    std::fs::write(folder.join("app.yaml"), GOOD.replace("image:", "imgae:").replace("kind: Application", "kind: application"))?;
    let fixed = jibe(&folder, &["check", "app.yaml", "--fix"])?;
    if fixed.status.code() != Some(0) || std::fs::read_to_string(folder.join("app.yaml"))? != GOOD {
        return Err(format!("{}{}", String::from_utf8_lossy(&fixed.stdout), std::fs::read_to_string(folder.join("app.yaml"))?).into());
    }
    Ok(())
}

fn no_panic_on_hostile_input() -> Result<(), Failed> {
    let folder = scratch("hostile")?;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\n";
    let header = "apiVersion: core.oam.dev/v1beta1\nkind: Application\n";
    let cases: [(&str, Vec<u8>); 8] = [
        ("deep.yaml", deep.into_bytes()),
        ("bomb.yaml", bomb.into()),
        ("binary.yaml", (0..=255u8).cycle().take(10_000).collect()),
        ("nothing.yaml", Vec::new()),
        ("scalar.yaml", b"42".to_vec()),
        ("lists.yaml", format!("{header}metadata: []\nspec: [1, 2]\n").into_bytes()),
        ("nulls.yaml", format!("{header}metadata: {{name: ~}}\nspec: {{components: [~, 1, {{}}, {{name: ~, type: []}}], policies: 5, workflow: {{steps: {{}}}}}}\n").into_bytes()),
        ("long.yaml", format!("{header}metadata: {{name: {}}}\nspec: {{}}\n", "x".repeat(2_000_000)).into_bytes()),
    ];
    for (name, bytes) in cases {
        std::fs::write(folder.join(name), bytes)?;
        for format in ["human", "json", "sarif", "junit", "github", "short"] {
            let got = jibe(&folder, &["check", name, "--message-format", format])?;
            if got.status.code() != Some(1) {
                return Err(format!("{name} as {format}: {:?} {}", got.status, String::from_utf8_lossy(&got.stderr)).into());
            }
        }
    }
    Ok(())
}
