//! Commands that compare and import, where a case is not enough: revisions of git, and real definitions and manifests of the reference data (skipped where it is absent).

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use libtest_mimic::{Failed, Trial};

pub fn tests() -> Vec<Trial> {
    crate::trials!("compare": revisions, definitions_import, manifests_reproduce)
}

fn scratch(name: &str) -> Result<PathBuf, Failed> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("compare").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    Ok(folder)
}

fn jibe(folder: &Path, arguments: &[&str]) -> Result<Output, Failed> {
    Ok(Command::new(env!("CARGO_BIN_EXE_jibe")).current_dir(folder).env("NO_COLOR", "1").args(arguments).output()?)
}

fn git(folder: &Path, arguments: &[&str]) -> Result<(), Failed> {
    let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com", "-c", "init.defaultBranch=main"];
    let output = Command::new("git").current_dir(folder).args(identity).args(arguments).output()?;
    if output.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned().into()) }
}

/// A revision is compared with the working folder, definitions and all; nothing is checked out.
fn revisions() -> Result<(), Failed> {
    let folder = scratch("revisions")?;
    let definition = |port: u16| {
        format!(
            "component tiny: Object {{\n  parameters {{ port: PortNumber = {port} }}\n  output = {{ apiVersion: \"v1\", kind: \"ConfigMap\", data: {{ port: \"${{parameters.port}}\" }} }}\n}}\n"
        )
    };
    std::fs::create_dir_all(folder.join("app/definitions"))?;
    std::fs::write(folder.join("app/jibe.toml"), "name = \"acme\"\ndefinitions = [\"definitions\"]\n")?;
    std::fs::write(folder.join("app/definitions/tiny.jibe"), definition(80))?;
    std::fs::write(
        folder.join("app/app.yaml"),
        "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata: { name: shop }\nspec: { components: [{ name: web, type: tiny }] }\n",
    )?;
    for arguments in [&["init", "-q"][..], &["add", "."], &["commit", "-qm", "first"]] {
        git(&folder, arguments)?;
    }
    std::fs::write(folder.join("app/definitions/tiny.jibe"), definition(81))?;
    for (at, old, new, code) in [
        (".", "HEAD:app", "app", 1),
        (".", "HEAD:app/app.yaml", "app/app.yaml", 1),
        ("app", "HEAD:./app.yaml", "app.yaml", 1),
        ("app", "HEAD:./app.yaml", "HEAD:app", 0),
        (".", "HEAD:nowhere", "app", 2),
        (".", "none:app", "app", 2),
    ] {
        let got = jibe(&folder.join(at), &["diff", old, new])?;
        let text = String::from_utf8_lossy(&got.stdout).into_owned() + &String::from_utf8_lossy(&got.stderr);
        if got.status.code() != Some(code) || (code == 1 && !text.contains("data.port: \"80\" → \"81\"")) {
            return Err(format!("diff {old} {new}: {:?}\n{text}", got.status).into());
        }
    }
    Ok(())
}

/// Every third definition of the reference data (all of them with `JIBE_ALL`) is imported, and what was made passes `jibe check`.
fn definitions_import() -> Result<(), Failed> {
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kubernetes/custom/crds");
    let Ok(found) = std::fs::read_dir(&crds) else {
        eprintln!("skipped: no {}", crds.display());
        return Ok(());
    };
    let folder = scratch("definitions")?;
    let mut paths: Vec<String> = found.flatten().map(|e| e.path().display().to_string()).filter(|p| p.ends_with(".yaml")).collect();
    paths.sort();
    let step = if std::env::var_os("JIBE_ALL").is_some() { 1 } else { 5 };
    let mut arguments = vec!["import", "crd"];
    arguments.extend(paths.iter().step_by(step).map(String::as_str));
    for arguments in [&arguments[..], &["check", "definitions"]] {
        let got = jibe(&folder, arguments)?;
        if got.status.code() != Some(0) {
            return Err(String::from_utf8_lossy(&got.stdout).into_owned().into());
        }
    }
    Ok(())
}

/// Manifests that the validator accepts, and that hold no object twice, are reproduced.
fn manifests_reproduce() -> Result<(), Failed> {
    let manifests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kubevela/expected");
    let Ok(found) = std::fs::read_dir(&manifests) else {
        eprintln!("skipped: no {}", manifests.display());
        return Ok(());
    };
    let folder = scratch("manifests")?;
    let mut paths: Vec<String> = found.flatten().map(|e| e.path().display().to_string()).filter(|p| p.ends_with(".yaml")).collect();
    paths.sort();
    let step = if std::env::var_os("JIBE_ALL").is_some() { 1 } else { 8 };
    for path in paths.iter().step_by(step) {
        let got = jibe(&folder, &["import", "yaml", path, "-o", "-"])?;
        let said = String::from_utf8_lossy(&got.stderr).into_owned();
        let right = got.status.success() || said.contains("J0910") || said.contains("no object is in there");
        if !right && jibe(&folder, &["validate", path])?.status.success() {
            return Err(format!("{path}: {said}").into());
        }
    }
    Ok(())
}
