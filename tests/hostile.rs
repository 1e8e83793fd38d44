//! Bad input and bad places for output, through the whole program: a finding or a fault, never a panic, and nothing of the user's is lost.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use libtest_mimic::{Failed, Trial};

pub fn tests() -> Vec<Trial> {
    crate::trials!("hostile": encodings, nothing, deep_definitions, output_is_no_folder, output_is_a_link, full_disk, links, names, pipes, terminal)
}

const GOOD: &str = "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: { name: shop }\nspec:\n  components:\n    - name: web\n      type: webservice\n      properties: { image: \"nginx:1.27\" }\n";

fn scratch(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hostile-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    std::fs::write(folder.join("app.yaml"), GOOD)?;
    Ok(folder)
}

fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_jibe"));
    command.current_dir(folder).env("NO_COLOR", "1").args(arguments).stdin(Stdio::null());
    command
}

/// Runs it and wants an exit code; gives what was printed on both streams.
fn jibe(folder: &Path, arguments: &[&str], code: i32) -> Result<(String, String), Failed> {
    let Output { status, stdout, stderr } = command(folder, arguments).output()?;
    let (out, err) = (String::from_utf8_lossy(&stdout).into_owned(), String::from_utf8_lossy(&stderr).into_owned());
    if status.code() != Some(code) || err.contains("panicked") || err.contains("J1501") {
        return Err(format!("`jibe {}` ended with {status}, not {code}: {out}{err}", arguments.join(" ")).into());
    }
    Ok((out, err))
}

fn encodings() -> Result<(), Failed> {
    let folder = scratch("encodings")?;
    let plain = jibe(&folder, &["build", "app.yaml"], 0)?.0;
    let utf16: Vec<u8> = [0xFEFF].into_iter().chain(GOOD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    let read_alike: [(&str, Vec<u8>); 3] = [("crlf.yaml", GOOD.replace('\n', "\r\n").into()), ("bom.yaml", format!("\u{FEFF}{GOOD}").into()), ("utf16.yaml", utf16)];
    for (name, bytes) in read_alike {
        std::fs::write(folder.join(name), bytes)?;
        if jibe(&folder, &["build", name], 0)?.0 != plain {
            return Err(format!("{name} is not read like the others").into());
        }
    }
    let no_mark: Vec<u8> = GOOD.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (name, bytes) in [("no-mark.yaml", no_mark), ("latin.yaml", b"a: caf\xe9\n".to_vec()), ("program.yaml", b"\x7fELF\x02\x01\x01\x00\xff\xfe".to_vec())] {
        std::fs::write(folder.join(name), bytes)?;
        jibe(&folder, &["build", name], 1)?;
    }
    for (name, text) in [("crlf.jibe", "let a = 1\r\n\r\n/// A type.\r\ntype T = String\r\n"), ("bom.jibe", "\u{FEFF}let a = 1\n"), ("tab.jibe", "let\ta = 1\n")] {
        std::fs::write(folder.join(name), text)?;
        jibe(&folder, &["check", name], 0)?;
    }
    std::fs::write(folder.join("binary.jibe"), (0..=255u8).cycle().take(5_000).collect::<Vec<u8>>())?;
    jibe(&folder, &["check", "binary.jibe"], 1).map(drop)
}

fn nothing() -> Result<(), Failed> {
    let folder = scratch("nothing")?;
    std::fs::write(folder.join("empty.yaml"), "")?;
    std::fs::write(folder.join("empty.jibe"), "")?;
    std::fs::write(folder.join("marks.yaml"), "---\n".repeat(10_000))?;
    jibe(&folder, &["build", "empty.yaml"], 1)?;
    jibe(&folder, &["build", "marks.yaml"], 1)?;
    jibe(&folder, &["build", "-"], 1)?;
    jibe(&folder, &["check", "empty.jibe"], 0).map(drop)
}

fn deep_definitions() -> Result<(), Failed> {
    let folder = scratch("deep")?;
    let n = 10_000;
    let cases = [
        format!("let a = {}1{}\n", "(".repeat(n), ")".repeat(n)),
        format!("let a = {}{}\n", "[".repeat(n), "]".repeat(n)),
        format!("type A = {}Int{}\n", "[".repeat(n), "]".repeat(n)),
        format!("let a = {}1\n", "-".repeat(n)),
        format!("let a = {}\n", vec!["1"; n].join(" + ")),
        format!("let a = \"{}x{}\"\n", "${\"".repeat(n), "\"}".repeat(n)),
        format!("component a {{ {}{} }}\n", "if true { ".repeat(n), "}".repeat(n)),
    ];
    for (i, text) in cases.iter().enumerate() {
        let name = format!("deep-{i}.jibe");
        std::fs::write(folder.join(&name), text)?;
        let out = jibe(&folder, &["check", &name, "--message-format", "short"], 1)?.0;
        if !out.contains("J0102") {
            return Err(format!("{name}: {out}").into());
        }
    }
    Ok(())
}

/// A file that bears the name of the output stays what it is.
fn output_is_no_folder() -> Result<(), Failed> {
    let folder = scratch("file")?;
    std::fs::write(folder.join("out"), "mine")?;
    jibe(&folder, &["build", "app.yaml", "-o", "out"], 2)?;
    jibe(&folder, &["build", "app.yaml", "-o", "out/below"], 2)?;
    if std::fs::read_to_string(folder.join("out"))? != "mine" {
        return Err("the file has gone".into());
    }
    std::fs::create_dir(folder.join("full"))?;
    std::fs::write(folder.join("full/mine"), "mine")?;
    jibe(&folder, &["build", "app.yaml", "-o", "full"], 2)?;
    jibe(&folder, &["build", "app.yaml", "-o", "."], 2)?;
    let left: Vec<_> = std::fs::read_dir(&folder)?.flatten().map(|e| e.file_name()).filter(|n| n.to_string_lossy().starts_with('.')).collect();
    if !left.is_empty() || !folder.join("full/mine").is_file() {
        return Err(format!("left behind: {left:?}").into());
    }
    Ok(())
}

/// What a link leads to is replaced; the link stays.
#[cfg(unix)]
fn output_is_a_link() -> Result<(), Failed> {
    let folder = scratch("link")?;
    jibe(&folder, &["build", "app.yaml", "-o", "out"], 0)?;
    std::os::unix::fs::symlink("out", folder.join("link"))?;
    jibe(&folder, &["build", "app.yaml", "-o", "link"], 0)?;
    std::os::unix::fs::symlink("nowhere", folder.join("lost"))?;
    jibe(&folder, &["build", "app.yaml", "-o", "lost"], 2)?;
    if !folder.join("link").is_symlink() || !folder.join("out/default-deployment-web.yaml").is_file() {
        return Err("the link was replaced".into());
    }
    Ok(())
}

#[cfg(not(unix))]
fn output_is_a_link() {}

/// Results that cannot be written are a fault of the run.
#[cfg(target_os = "linux")]
fn full_disk() -> Result<(), Failed> {
    let folder = scratch("full")?;
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full")?;
    let output = command(&folder, &["build", "app.yaml"]).stdout(full).output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.code() != Some(2) || !said.contains("cannot write the result") {
        return Err(format!("{}: {said}", output.status).into());
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn full_disk() {}

#[cfg(unix)]
fn links() -> Result<(), Failed> {
    use std::os::unix::fs::symlink;
    let folder = scratch("loop")?;
    std::fs::create_dir(folder.join("below"))?;
    symlink("..", folder.join("below/up"))?;
    symlink("itself", folder.join("itself"))?;
    symlink("nowhere", folder.join("dangling.yaml"))?;
    jibe(&folder, &["build", "."], 0)?;
    jibe(&folder, &["build", "itself"], 2)?;
    jibe(&folder, &["build", "dangling.yaml"], 2).map(drop)
}

#[cfg(not(unix))]
fn links() {}

#[cfg(target_os = "linux")]
fn names() -> Result<(), Failed> {
    use std::os::unix::ffi::OsStrExt;
    let folder = scratch("names")?;
    std::fs::create_dir(folder.join("odd"))?;
    std::fs::write(folder.join("odd").join(std::ffi::OsStr::from_bytes(b"app\xff.yaml")), GOOD.replace("image", "imgae"))?;
    for format in ["human", "json", "sarif", "github", "junit", "short"] {
        jibe(&folder, &["check", "odd", "--message-format", format], 1)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn names() {}

/// A named pipe in a folder is passed over; as an input it is read.
#[cfg(unix)]
fn pipes() -> Result<(), Failed> {
    let folder = scratch("pipes")?;
    if !Command::new("mkfifo").arg(folder.join("pipe.yaml")).status().is_ok_and(|s| s.success()) {
        return Ok(());
    }
    jibe(&folder, &["build", "."], 0)?;
    let pipe = folder.join("pipe.yaml");
    let writer = std::thread::spawn(move || std::fs::write(pipe, GOOD));
    let built = jibe(&folder, &["build", "pipe.yaml"], 0);
    let _ = writer.join();
    built.map(drop)
}

#[cfg(not(unix))]
fn pipes() {}

/// What a file holds does not command the terminal.
fn terminal() -> Result<(), Failed> {
    let folder = scratch("terminal")?;
    std::fs::write(folder.join("escape.yaml"), GOOD.replace("image:", "im\u{1b}[31mage:"))?;
    std::fs::write(folder.join("order.yaml"), GOOD.replace("image:", "\"im\u{202e}age\\e[2J\":"))?;
    for name in ["escape.yaml", "order.yaml"] {
        for format in ["human", "short", "github"] {
            let (out, err) = jibe(&folder, &["check", name, "--message-format", format], 1)?;
            if [out, err].iter().any(|t| t.contains(['\u{1b}', '\u{202e}'])) {
                return Err(format!("{name} as {format} reaches the terminal").into());
            }
        }
    }
    Ok(())
}
