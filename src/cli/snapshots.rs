//! Snapshot tests: each application in a folder `tests` with the objects that it becomes (`app.yaml`, `app.expected.yaml`), or the findings it causes (`app.expected.txt`).

use std::path::{Path, PathBuf};

use super::Fault;
use super::build;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes};
use crate::driver::{Session, TestOutcome};
use crate::render::{self, Style};
use crate::source::{DiskWorld, MAX_MANIFEST_BYTES, World};

/// The folder, and the folder in a path, that holds such applications.
const FOLDER: &str = "tests";

/// Applications to compare, among paths and in the project's folder `tests`.
pub fn find(paths: &[PathBuf], root: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for path in paths.iter().map(PathBuf::as_path).chain(Some(root).filter(|_| paths.is_empty())) {
        let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
        if DiskWorld.is_folder(path) {
            let inside = path.components().any(|c| c.as_os_str() == FOLDER);
            let folder = if inside { path.to_owned() } else { path.join(FOLDER) };
            found.extend(DiskWorld.walk(&folder, &["yaml", "yml"]).unwrap_or_default());
        } else if path.extension().is_some_and(|e| e == "yaml" || e == "yml") {
            // What is expected stands for the application that it is expected of.
            let stem = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
            let of = stem.strip_suffix(".expected").map(|s| path.with_file_name(format!("{s}.yaml")));
            found.push(of.unwrap_or_else(|| path.to_owned()));
        }
    }
    let expected = |p: &PathBuf| p.file_stem().is_some_and(|s| s.to_string_lossy().ends_with(".expected"));
    let mut found: Vec<PathBuf> = found.into_iter().filter(|p| !expected(p)).map(|p| p.strip_prefix("./").map(Path::to_owned).unwrap_or(p)).collect();
    found.sort();
    found.dedup();
    found
}

/// Compares one, or writes what it is compared with. `None`: the file holds no application.
///
/// # Errors
/// A file that cannot be written.
pub fn run(session: &Session, path: &Path, bless: bool) -> Result<Option<TestOutcome>, Fault> {
    let name = path.display().to_string();
    let known = session.sources.all().into_iter().find(|s| s.name == name);
    let Some(source) = known.or_else(|| added(session, path, &name)) else { return Ok(None) };
    let work = session.read_documents(source.id);
    if work.applications().is_empty() && work.findings.is_empty() {
        return Ok(None);
    }
    let outcome = session.compile_documents(&work, &work);
    let failed = outcome.findings.iter().any(Diagnostic::is_error);
    let text = if failed {
        let style = Style { color: false, width: 120, summary: false };
        render::render(&render::arrange(outcome.findings.clone()), &session.sources, render::Format::Short, &style)
    } else {
        build::stream(&outcome)
    };
    let (wanted_at, other) =
        (path.with_extension(if failed { "expected.txt" } else { "expected.yaml" }), path.with_extension(if failed { "expected.yaml" } else { "expected.txt" }));
    let start = Span::new(source.id, 0, 0);
    let mut result = TestOutcome { module: name.clone(), name: "becomes what is expected".to_owned(), span: start, findings: Vec::new() };
    if bless {
        write(&wanted_at, &text)?;
        let _ = std::fs::remove_file(&other);
        return Ok(Some(result));
    }
    let read = |p: &Path| DiskWorld.read(p, MAX_MANIFEST_BYTES).ok().map(|b| String::from_utf8_lossy(&b).into_owned());
    match (read(&wanted_at), read(&other)) {
        (Some(wanted), _) if wanted == text => {}
        (Some(wanted), _) => result.findings.push(difference(session, &wanted_at, &wanted, &text)),
        // It should have compiled: its findings say why it does not.
        (None, Some(_)) if failed => result.findings = outcome.findings,
        (None, Some(_)) => result.findings.push(Diagnostic::new(codes::J1302, format!("`{name}` compiles, which `{}` does not expect", other.display())).primary(start, "")),
        (None, None) => {
            let d = Diagnostic::new(codes::J1302, format!("nothing says what `{name}` has to become")).primary(start, "");
            result.findings.push(d.help(format!("`jibe test --bless` writes `{}`", wanted_at.display())));
        }
    }
    Ok(Some(result))
}

fn added(session: &Session, path: &Path, name: &str) -> Option<std::sync::Arc<crate::source::SourceFile>> {
    let bytes = DiskWorld.read(path, MAX_MANIFEST_BYTES).ok()?;
    session.sources.get(session.sources.add(name, String::from_utf8_lossy(&bytes).into_owned()))
}

/// J1302, at the first line that differs.
fn difference(session: &Session, path: &Path, wanted: &str, got: &str) -> Diagnostic {
    let name = path.display().to_string();
    let file = session.sources.add(name.clone(), wanted);
    let same = wanted.split_inclusive('\n').zip(got.split_inclusive('\n')).take_while(|(a, b)| a == b).map(|(a, _)| a.len()).sum::<usize>();
    let rest = wanted.get(same..).and_then(|r| r.lines().next()).unwrap_or("");
    let blank = rest.len() - rest.trim_start().len();
    let span = Span::new(file, (same + blank) as u32, (same + rest.len()) as u32);
    let diff = similar::TextDiff::from_lines(wanted, got).unified_diff().context_radius(2).header("expected", "built").to_string();
    Diagnostic::new(codes::J1302, format!("the output differs from `{name}`"))
        .primary(span, "differs from here")
        .note(diff.trim_end())
        .help("`jibe test --bless` takes what is built")
}

fn write(path: &Path, text: &str) -> Result<(), Fault> {
    std::fs::write(path, text).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", path.display())))
}
