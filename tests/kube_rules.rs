//! The API server's rules about updates: `tests/cases/update/*.yaml`, pairs of the stored and the new object. (Rules about one object: `tests/cases/validate`.)

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jibe::driver::{self, Input, Options, Session, Validation};
use jibe::kube::Version;
use jibe::source::MemoryWorld;
use libtest_mimic::Trial;

/// The trials.
pub fn tests() -> Vec<Trial> {
    crate::trials!["kube_rules": updates]
}

/// Each `#~ CODE…` in a new object says what is found in that line; nothing else may be.
fn updates() {
    let mut wrong = Vec::new();
    for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/update")).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let documents: Vec<&str> = text.split("---\n").collect();
        assert_eq!(documents.len() % 2, 0, "objects come in pairs");
        for (i, pair) in documents.chunks(2).enumerate() {
            let expected: BTreeSet<String> = pair[1]
                .lines()
                .enumerate()
                .filter_map(|(line, l)| Some((line + 1, l.split_once("#~ ")?.1)))
                .flat_map(|(line, codes)| codes.split_whitespace().map(move |c| format!("{line}: {c}")).collect::<Vec<_>>())
                .collect();
            let found = found(pair[0], pair[1]);
            if found != expected {
                wrong.push(format!("{} pair {i}: expected {expected:?}, found {found:?}", entry.file_name().display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn found(stored: &str, new: &str) -> BTreeSet<String> {
    let files = [(PathBuf::from("old.yaml"), stored.as_bytes().to_vec()), (PathBuf::from("new.yaml"), new.as_bytes().to_vec())].into();
    let inputs = vec![Input::Path("new.yaml".into())];
    let options = Options { kube_version: Version::from_minor(36), ..Options::default() };
    let session = Session::new(Box::new(MemoryWorld { files, below: None }), options, &inputs);
    let validation = Validation { old: vec![Input::Path("old.yaml".into())], ..Validation::default() };
    let findings = driver::validate(&session, &inputs, &validation).expect("all there");
    let line = |d: &jibe::diagnostics::Diagnostic| {
        let span = d.span().unwrap_or_default();
        session.sources.get(span.file).map_or(0, |f| f.line_column(span.start).line)
    };
    findings.iter().map(|d| format!("{}: {}", line(d), d.code.0)).collect()
}
