//! What `jibe init` and `jibe new` write is as good as what they ask of others: it passes `check`, `fmt --check`, `lint` and `test`, without a word.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

/// Kinds that definitions can be started for.
const KINDS: &[&str] = &[
    "ConfigMap",
    "CronJob",
    "DaemonSet",
    "Deployment",
    "HorizontalPodAutoscaler",
    "Ingress",
    "Job",
    "NetworkPolicy",
    "PersistentVolumeClaim",
    "Pod",
    "ReplicaSet",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
    "PodTemplate",
];

pub fn tests() -> Vec<Trial> {
    crate::trials!("authoring": a_new_project, new_definitions, watching, pages_and_completions, lints_are_listed)
}

fn jibe(folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
    Ok(Command::new(env!("CARGO_BIN_EXE_jibe")).current_dir(folder).env("NO_COLOR", "1").args(arguments).output()?)
}

fn scratch(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("authoring").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join(".git"))?;
    Ok(folder)
}

/// All that is asked of a project. Only `test` has something to say.
fn passes(folder: &Path) -> Result<(), Failed> {
    for arguments in [&["check", "."][..], &["fmt", "--check", "definitions"], &["lint"], &["test"]] {
        let output = jibe(folder, arguments)?;
        let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        if !output.status.success() || (arguments != ["test"] && !text.is_empty()) || text.contains("FAILED") {
            return Err(format!("`jibe {}`: {:?}\n{text}", arguments.join(" "), output.status.code()).into());
        }
    }
    Ok(())
}

fn a_new_project() -> Result<(), Failed> {
    let folder = scratch("init")?;
    let made = jibe(&folder, &["init", "--name", "acme"])?;
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    passes(&folder)?;
    let again = jibe(&folder, &["init", "--name", "acme"])?;
    assert!(!String::from_utf8_lossy(&again.stdout).contains("wrote"), "nothing is written twice");
    Ok(())
}

fn new_definitions() -> Result<(), Failed> {
    let folder = scratch("new")?;
    std::fs::write(folder.join("jibe.toml"), "name = \"acme\"\ndefinitions = [\"definitions\"]\n")?;
    for what in ["component", "trait", "policy", "rule"] {
        for kind in KINDS.iter().filter(|k| what != "component" || **k != "PodTemplate") {
            let name = format!("{what}-for-{}", kind.to_lowercase());
            let made = jibe(&folder, &["new", what, &name, "--for", kind])?;
            assert!(made.status.success(), "{what} {kind}: {}", String::from_utf8_lossy(&made.stderr));
        }
        for component in ["webservice", "cron-task"].iter().filter(|_| what != "rule") {
            let made = jibe(&folder, &["new", what, &format!("{what}-of-{component}"), "--for", component])?;
            assert!(made.status.success(), "{what} {component}: {}", String::from_utf8_lossy(&made.stderr));
        }
        let made = jibe(&folder, &["new", what, &format!("own-{what}")])?;
        assert!(made.status.success(), "{what}: {}", String::from_utf8_lossy(&made.stderr));
    }
    passes(&folder)
}

/// A command that watches, and what it has said so far.
struct Watching {
    child: std::process::Child,
    said: std::sync::Arc<std::sync::Mutex<String>>,
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Watching {
    fn start(folder: &Path, arguments: &[&str]) -> Result<Self, Failed> {
        use std::io::Read;
        let mut child = Command::new(env!("CARGO_BIN_EXE_jibe"))
            .current_dir(folder)
            .env("NO_COLOR", "1")
            .args(arguments)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()?;
        let said = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
        let pipes: [Option<Box<dyn Read + Send>>; 2] = [child.stdout.take().map(|p| Box::new(p) as _), child.stderr.take().map(|p| Box::new(p) as _)];
        for mut pipe in pipes.into_iter().flatten() {
            let said = said.clone();
            std::thread::spawn(move || {
                let mut part = [0; 4096];
                while let Ok(n @ 1..) = pipe.read(&mut part) {
                    said.lock().unwrap().push_str(&String::from_utf8_lossy(&part[..n]));
                }
            });
        }
        Ok(Self { child, said })
    }

    /// Waits until it has ended another round; gives what it said.
    fn round(&self) -> Result<String, Failed> {
        for _ in 0..600 {
            let mut said = self.said.lock().unwrap();
            if said.contains("waiting for changes]\n") {
                drop(said);
                // Standard output and standard error come through two pipes.
                std::thread::sleep(std::time::Duration::from_millis(30));
                said = self.said.lock().unwrap();
                return Ok(std::mem::take(&mut *said));
            }
            drop(said);
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        Err(format!("nothing happens: {}", self.said.lock().unwrap()).into())
    }
}

fn watching() -> Result<(), Failed> {
    let folder = scratch("watch")?;
    assert!(jibe(&folder, &["init", "--name", "acme"])?.status.success());
    let app = std::fs::read_to_string(folder.join("app.yaml"))?;
    std::fs::write(folder.join("other.yaml"), app.replace("image:", "imgae:"))?;
    let watch = Watching::start(&folder, &["check", ".", "--watch", "--message-format", "short"])?;
    let first = watch.round()?;
    assert!(first.contains("other.yaml") && first.contains("files watched, 1 error in all") && !first.contains('\u{1b}'), "{first}");
    // Only the file that has changed is looked at.
    std::fs::write(folder.join("app.yaml"), app.replace("port", "prot").replace("team: hello", "taem: hello"))?;
    let second = watch.round()?;
    assert!(second.contains("app.yaml") && !second.contains("other.yaml") && second.contains("1 file looked at again"), "{second}");
    // Everything is, when a definition has.
    std::fs::write(folder.join("app.yaml"), &app)?;
    let third = watch.round()?;
    assert!(third.contains("1 file looked at again, 1 error in all"), "{third}");
    let definition = folder.join("definitions/team_service.jibe");
    std::fs::write(&definition, std::fs::read_to_string(&definition)?.replace("team: LabelValue", "team: Int"))?;
    let fourth = watch.round()?;
    assert!(fourth.contains("other.yaml") && fourth.contains("app.yaml") && fourth.contains("files watched"), "{fourth}");
    drop(watch);
    let watch = Watching::start(&folder, &["test", "--watch"])?;
    assert!(watch.round()?.contains("definitions/team_service.jibe"));
    std::fs::write(&definition, std::fs::read_to_string(&definition)?.replace("team: Int", "team: LabelValue"))?;
    let good = watch.round()?;
    assert!(good.contains("2 passed, 0 failed"), "{good}");
    std::fs::write(folder.join("tests/port.expected.yaml"), "data: {}\n")?;
    let changed = watch.round()?;
    assert!(changed.contains("FAILED tests/port.yaml"), "{changed}");
    Ok(())
}

/// Man pages for every command that is shown, and completions for every shell.
fn pages_and_completions() -> Result<(), Failed> {
    let folder = scratch("man")?;
    assert!(jibe(&folder, &["man", "pages"])?.status.success());
    let help = String::from_utf8(jibe(&folder, &["--help"])?.stdout)?;
    let commands = help.lines().skip_while(|l| *l != "Commands:").skip(1).take_while(|l| !l.is_empty()).filter(|l| l.starts_with("  ") && !l.starts_with("   "));
    let names: Vec<&str> = commands.filter_map(|l| l.split_whitespace().next()).collect();
    assert!(names.len() > 10, "{help}");
    for name in &names {
        let page = std::fs::read_to_string(folder.join(format!("pages/jibe-{name}.1"))).map_err(|e| format!("{name}: {e}"))?;
        assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}");
    }
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = String::from_utf8(jibe(&folder, &["completions", shell])?.stdout)?;
        names.iter().for_each(|n| assert!(script.contains(n), "{shell} does not know `{n}`"));
        std::fs::write(folder.join(shell), script)?;
    }
    // Where the shell is there, it reads its script.
    for (shell, arguments) in [("bash", &["-n", "bash"][..]), ("zsh", &["-n", "zsh"]), ("fish", &["-n", "fish"])] {
        if let Ok(output) = Command::new(shell).current_dir(&folder).args(arguments).output() {
            assert!(output.status.success(), "{shell}: {}", String::from_utf8_lossy(&output.stderr));
        }
    }
    Ok(())
}

/// Rules and lints with their levels; each is explained.
fn lints_are_listed() -> Result<(), Failed> {
    let folder = scratch("lints")?;
    std::fs::write(folder.join("jibe.toml"), "name = \"acme\"\n[rules]\nno-latest = \"error\"\nnaming = \"off\"\n")?;
    let list = String::from_utf8(jibe(&folder, &["lint", "--list"])?.stdout)?;
    let levels: std::collections::BTreeMap<&str, &str> = list.lines().filter_map(|l| l.split_once(' ').and_then(|(n, rest)| Some((n, rest.split_whitespace().next()?)))).collect();
    for (name, level) in [("no-latest", "error"), ("naming", "off"), ("probes-set", "warn"), ("missing-docs", "warn"), ("simpler", "info")] {
        assert_eq!(levels.get(name), Some(&level), "{list}");
    }
    for name in levels.keys() {
        let explained = jibe(&folder, &["explain", name])?;
        assert!(explained.status.success() && !explained.stdout.is_empty(), "{name}");
    }
    std::fs::write(folder.join("jibe.toml"), "name = \"acme\"\n[rules]\nno-latst = \"error\"\nJ0301 = \"warn\"\n")?;
    let wrong = String::from_utf8(jibe(&folder, &["lint", "--message-format", "short"])?.stdout)?;
    assert!(wrong.contains("jibe.toml:3:1: error[J1401]: there is no rule or lint `no-latst` (did you mean `no-latest`?)"), "{wrong}");
    assert!(wrong.contains("jibe.toml:4:1: error[J1401]: `J0301` is an error: it has no level"), "{wrong}");
    Ok(())
}
