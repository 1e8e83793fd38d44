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
    crate::trials!("authoring": a_new_project, new_definitions)
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
        let made = jibe(&folder, &["new", what, &format!("own-{what}")])?;
        assert!(made.status.success(), "{what}: {}", String::from_utf8_lossy(&made.stderr));
    }
    passes(&folder)
}
