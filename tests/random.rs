//! `jibe test --random`, and what it draws: values conform to their types, failures are found and shrink, and a seed gives the same again.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use jibe::base::Span;
use jibe::hir::{ExprId, Loader, ModuleId};
use jibe::source::{DiskWorld, Sources};
use jibe::types::{Choices, Defaults, Mode, Reading, Schemas, Types, Versions, sample, shrink};
use jibe::value::{Map, Origins, Value};
use libtest_mimic::{Failed, Trial};

pub fn tests() -> Vec<Trial> {
    crate::trials!("random": draws_conform_to_their_types, shrinking_finds_the_smallest, hidden_corner, names, standard_library)
}

/// Fields with defaults are read as `null`: only what is given is looked at.
struct Nulls(Origins);

impl Defaults for Nulls {
    fn default(&mut self, _: ModuleId, _: ExprId, _: &Map) -> Option<Value> {
        Some(Value::default())
    }

    fn origins(&self) -> &Origins {
        &self.0
    }
}

/// Reading accepts whatever is drawn for any definition of the library.
fn draws_conform_to_their_types() -> Result<(), Failed> {
    let sources = Sources::new();
    let mut loader = Loader::new(&DiskWorld, &sources);
    loader.whole("std");
    let (program, _) = loader.finish();
    let types = Types::new(Arc::new(program), Schemas::new(Arc::default(), Versions::ALL));
    let mut nulls = Nulls(Origins::new());
    for (id, d) in types.program.clone().definitions() {
        let ty = types.parameters(id);
        for seed in 0..40 {
            let Some(value) = sample(&ty, &mut Choices::new(seed)) else { continue };
            let read = types.decode(Some(&value), &ty, Reading { subject: &d.name, at: Span::default(), mode: Mode::Strict }, &mut nulls);
            if let Some(wrong) = read.diagnostics.iter().find(|d| d.is_error()) {
                return Err(format!("{} seed {seed}: {} in {value:?}", d.name, wrong.message).into());
            }
        }
    }
    Ok(())
}

/// What is not needed goes, and what is needed gets as small as it can.
fn shrinking_finds_the_smallest() {
    let start: Vec<u32> = (0..40).collect();
    let small = shrink(&start, 10_000, &mut |c| c.iter().sum::<u32>() >= 100);
    assert!(small.len() < start.len() && small.iter().sum::<u32>() == 100, "{small:?}");
    assert_eq!(shrink(&[7, 300, 9], 10_000, &mut |c| c.iter().any(|n| *n >= 100)), [100]);
}

fn jibe(folder: &Path, arguments: &[&str]) -> std::io::Result<Output> {
    Command::new(env!("CARGO_BIN_EXE_jibe")).args(arguments).current_dir(folder).output()
}

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/random")
}

/// A definition of a project that fails in a corner: found, made small, and the same again.
fn hidden_corner() -> Result<(), Failed> {
    let folder = cases().join("hidden-corner");
    let first = jibe(&folder, &["test", "--random", "300", "--seed", "7", "--color", "never"])?;
    let second = jibe(&folder, &["test", "--random", "300", "--seed", "7", "--color", "never"])?;
    assert_eq!(first.stdout, second.stdout, "a seed gives the same again");
    assert_eq!(first.status.code(), Some(1));
    let text = String::from_utf8_lossy(&first.stdout).into_owned();
    let expected = folder.join("expected.txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&expected, &text)?;
    }
    let wanted = std::fs::read_to_string(&expected).unwrap_or_default();
    if text != wanted {
        return Err(format!("expected:\n{wanted}\nfound:\n{text}").into());
    }
    // The command that is printed finds it too.
    let command = text.lines().find_map(|l| l.strip_prefix("# jibe ")).ok_or("no command")?.to_owned();
    let again = jibe(&folder, &command.split(' ').collect::<Vec<_>>())?;
    assert_eq!(again.status.code(), Some(1), "{command}");
    Ok(())
}

fn names() -> Result<(), Failed> {
    let folder = cases().join("hidden-corner");
    let wrong = jibe(&folder, &["test", "--random", "1", "webservic"])?;
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("did you mean `webservice`?"), "{}", String::from_utf8_lossy(&wrong.stderr));
    let one = jibe(&folder, &["test", "--random", "5", "std.scaler"])?;
    assert_eq!(one.status.code(), Some(0), "{}", String::from_utf8_lossy(&one.stdout));
    Ok(())
}

/// What is seen when an application is built, and at its line: no type says that a network lies in another (`docs/language.md` §11), or that two kinds of volumes are mounted at
/// different paths.
const KNOWN: [(&str, &str); 7] =
    [("firewall", "J1049"), ("webservice", "J1016"), ("worker", "J1016"), ("daemon", "J1016"), ("statefulset", "J1016"), ("task", "J1016"), ("cron-task", "J1016")];

/// A few draws of everything in the library, against the real definitions of custom resources where they are at hand.
fn standard_library() -> Result<(), Failed> {
    let crds = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/kubernetes/custom/crds");
    let folder = std::env::temp_dir().join(format!("jibe-random-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let mut settings = String::from("name = \"trial\"\n");
    if crds.exists() {
        settings.push_str(&format!("crds = [{:?}]\n", crds.join("*.yaml")));
    } else {
        eprintln!("without real custom resource definitions: {} is not there", crds.display());
    }
    std::fs::write(folder.join("jibe.toml"), settings)?;
    let output = jibe(&folder, &["test", "--random", "4", "--seed", "11", "--quiet", "std"]);
    let imitated = jibe(&folder, &["test", "--random", "4", "--seed", "11", "--quiet", "--compat", "kubevela", "kubevela"]);
    let _ = std::fs::remove_dir_all(&folder);
    for output in [output?, imitated?] {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let failing = text.lines().filter(|l| l.starts_with("# ") && l.contains(" fails with "));
        let unknown: Vec<&str> = failing.filter(|l| !KNOWN.iter().any(|(name, code)| l.contains(&format!("`{name}` fails with {code} ")))).collect();
        if !unknown.is_empty() || !text.contains(" rendered, ") {
            return Err(text.into());
        }
    }
    Ok(())
}
