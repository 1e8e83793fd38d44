//! `jibe init`: a project that builds at once: settings, a definition, an application, a test, hook and editor settings.

use std::path::{Path, PathBuf};

use super::{Common, Exit, Fault, snapshots, write_stdout};
use crate::driver::{Input, Session};
use crate::source::DiskWorld;

/// Starts a project in a folder
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The folder; made when it is not there
    #[arg(default_value = ".")]
    pub folder: PathBuf,
    /// The package's name; the folder's unless given
    #[arg(long)]
    pub name: Option<String>,
}

/// What is written where; `{name}` stands for the package's name.
const FILES: &[(&str, &str)] = &[
    ("jibe.toml", include_str!("templates/jibe.toml.txt")),
    ("definitions/team_service.jibe", include_str!("templates/team_service.jibe.txt")),
    ("app.yaml", include_str!("templates/app.yaml.txt")),
    ("tests/port.yaml", include_str!("templates/test-app.yaml.txt")),
    (".pre-commit-config.yaml", include_str!("templates/pre-commit-config.yaml.txt")),
    (".vscode/settings.json", include_str!("templates/vscode-settings.json.txt")),
];

/// Writes the files that are not there yet; never overwrites one.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let name = match &arguments.name {
        Some(name) => name.clone(),
        None => package_name(&arguments.folder),
    };
    if !is_package_name(&name) {
        return Err(Fault::new(format!("`{name}` is no package name")).help("small letters, digits and `_`, beginning with a letter: give one with `--name`"));
    }
    let mut said = String::new();
    for (path, text) in FILES {
        let target = arguments.folder.join(path);
        let word = if write_new(&target, &text.replace("{name}", &name))? { "wrote" } else { "kept" };
        said.push_str(&format!("{word} {}\n", target.display()));
    }
    let expected = arguments.folder.join("tests/port.expected.yaml");
    said.push_str(&format!("{} {}\n", if bless(&arguments.folder, common)? { "wrote" } else { "kept" }, expected.display()));
    said.push_str(
        "\nnext:\n  jibe build app.yaml    compile the application\n  jibe lint              look for what could be better\n  jibe test              run the definitions' tests\n  jibe schema -o .vscode/application.schema.json\n                         what editors need to complete and check applications\n",
    );
    write_stdout(said.as_bytes());
    Ok(Exit::Clean)
}

/// Writes what the application in `tests` has to become, as it is now, unless that is written already.
fn bless(folder: &Path, common: &Common) -> Result<bool, Fault> {
    let path = folder.join("tests/port.yaml");
    if path.with_extension("expected.yaml").exists() {
        return Ok(false);
    }
    let inputs = [Input::Path(path.clone())];
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    session.read(&inputs, false)?;
    Ok(snapshots::run(&session, &path, true)?.is_some())
}

/// The folder's name made fit for a package.
fn package_name(folder: &Path) -> String {
    let full = std::path::absolute(folder).unwrap_or_else(|_| folder.to_path_buf());
    let base = full.file_name().map(|n| n.to_string_lossy().to_lowercase()).unwrap_or_default();
    let fit: String = base.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let fit = fit.trim_matches('_').to_owned();
    if fit.starts_with(|c: char| c.is_ascii_lowercase()) { fit } else { format!("platform_{fit}").trim_end_matches('_').to_owned() }
}

fn is_package_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') && name != "std"
}

/// Writes a file unless it is there; makes its folders. Says whether it wrote.
pub(super) fn write_new(path: &Path, text: &str) -> Result<bool, Fault> {
    if path.exists() {
        return Ok(false);
    }
    let write = || {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(path, text)
    };
    write().map(|()| true).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", path.display())))
}
