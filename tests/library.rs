//! The standard library as a product: its reference, its examples, its own tests.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use jibe::base::FileId;
use jibe::docs::{self, ModuleReference};
use jibe::hir::{BUILTIN_TYPES, Expr, Loader, Program, lower};
use jibe::source::{DiskWorld, Sources};
use jibe::syntax::parse;
use libtest_mimic::{Failed, Trial};

pub fn tests() -> Vec<Trial> {
    crate::trials!("library": examples_compile, the_site_holds_together, the_list_is_up_to_date, every_builtin_type_is_described, nothing_is_undocumented, its_own_tests_pass, nothing_is_untested, docs_command)
}

fn home(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn jibe(arguments: &[&str]) -> Result<Output, Failed> {
    Ok(Command::new(env!("CARGO_BIN_EXE_jibe")).args(arguments).output()?)
}

/// The whole standard library.
fn library() -> (Program, Vec<ModuleReference>) {
    let sources = Sources::new();
    let mut loader = Loader::new(&DiskWorld, &sources);
    loader.whole("std");
    let (program, _) = loader.finish();
    let mut modules: Vec<ModuleReference> = program.modules().map(|(id, _)| docs::gather(&program, &sources, id)).filter(|m| !m.items.is_empty()).collect();
    modules.sort_by(|a, b| a.name.cmp(&b.name));
    (program, modules)
}

fn fail_if(problems: &[String]) -> Result<(), Failed> {
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n").into()) }
}

/// A file that is gone after the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("jibe-library-{}-{name}", std::process::id())))
    }

    fn text(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Every example of every definition, as the reference shows it: no error, no warning.
fn examples_compile() -> Result<(), Failed> {
    let (_, modules) = library();
    let mut text = String::new();
    let mut owners: Vec<(usize, String)> = Vec::new();
    for item in modules.iter().flat_map(|m| &m.items) {
        for example in &item.examples {
            owners.push((text.lines().count(), format!("{} {}", item.kind, item.name)));
            text.push_str(&format!("---\n{}", example.application));
        }
    }
    let file = Scratch::new("examples.yaml");
    std::fs::write(&file.0, &text)?;
    let output = jibe(&["check", "--message-format", "json", file.text()])?;
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let mut problems = Vec::new();
    for d in answer["diagnostics"].as_array().into_iter().flatten() {
        let line = d["labels"][0]["start"]["line"].as_u64().unwrap_or(1) as usize;
        let owner = owners.iter().rev().find(|(from, _)| *from < line).map_or("?", |(_, o)| o.as_str());
        problems.push(format!("{owner}: {} {}", d["code"], d["message"]));
    }
    if !output.status.success() && problems.is_empty() {
        problems.push(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    fail_if(&problems)
}

/// Every link of the site leads somewhere, and nothing is fetched from elsewhere.
fn the_site_holds_together() -> Result<(), Failed> {
    let (_, modules) = library();
    let pages = docs::site("Jibe library", &modules);
    let mut anchors: BTreeSet<String> = pages.iter().map(|p| p.path.clone()).collect();
    for page in &pages {
        let ids = page.content.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next());
        let mut own = BTreeSet::new();
        for id in ids {
            if !own.insert(id) {
                return Err(format!("{}: `{id}` twice", page.path).into());
            }
            anchors.insert(format!("{}#{id}", page.path));
        }
    }
    let mut problems = Vec::new();
    for page in pages.iter().filter(|p| p.path.ends_with(".html")) {
        for target in page.content.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let whole = if target.starts_with('#') { format!("{}{target}", page.path) } else { target.to_owned() };
            if !target.starts_with("https://") && !anchors.contains(&whole) {
                problems.push(format!("{}: `{target}` leads nowhere", page.path));
            }
        }
        if page.content.contains("src=\"http") || page.content.contains("@import") {
            problems.push(format!("{}: fetches from elsewhere", page.path));
        }
    }
    // What the search leads to.
    let script = pages.iter().find(|p| p.path == "search.js").map(|p| p.content.as_str()).unwrap_or_default();
    let index = script.trim_start_matches("const index = ").lines().next().unwrap_or("").trim_end_matches(';');
    let index: serde_json::Value = serde_json::from_str(index)?;
    for entry in index.as_array().into_iter().flatten() {
        let href = entry["href"].as_str().unwrap_or("");
        if !anchors.contains(href) {
            problems.push(format!("search: `{href}` leads nowhere"));
        }
    }
    fail_if(&problems)
}

/// `docs/library.md` (BLESS=1 writes it).
fn the_list_is_up_to_date() -> Result<(), Failed> {
    let (_, modules) = library();
    let list = docs::index("The standard library", &modules);
    let path = home("docs/library.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &list)?;
    }
    let there = std::fs::read_to_string(&path).unwrap_or_default();
    if there == list { Ok(()) } else { Err("docs/library.md is old: `BLESS=1 cargo test library`".into()) }
}

/// Every definition has a text, an example, and a text for each of its parameters; every item has a text.
fn nothing_is_undocumented() -> Result<(), Failed> {
    let (_, modules) = library();
    let mut problems = Vec::new();
    for module in &modules {
        for item in &module.items {
            let name = format!("{}: {} {}", module.name, item.kind, item.name);
            if item.docs.trim().is_empty() {
                problems.push(format!("{name} has no doc comment"));
            }
            if !item.is_definition() {
                continue;
            }
            if item.examples.is_empty() {
                problems.push(format!("{name} has no example"));
            }
            let silent = item.parameters.iter().filter(|p| p.docs.is_empty() && p.deprecated.is_none() && !p.path.ends_with(']'));
            problems.extend(silent.map(|p| format!("{name}: `{}` has no doc comment", p.path)));
        }
    }
    fail_if(&problems)
}

fn every_builtin_type_is_described() -> Result<(), Failed> {
    let (_, modules) = library();
    let pages = docs::site("x", &modules);
    let page = pages.iter().find(|p| p.path == "types.html").map(|p| p.content.as_str()).unwrap_or_default();
    let missing: Vec<String> = BUILTIN_TYPES.iter().filter(|t| !page.contains(&format!("<div id=\"{t}\">"))).map(|t| format!("{t} is not described")).collect();
    fail_if(&missing)
}

/// `jibe test` over the folders of `stdlib/tests`.
fn its_own_tests_pass() -> Result<(), Failed> {
    for folder in ["definitions", "rules"] {
        let path = home("stdlib/tests").join(folder);
        let output = jibe(&["test", path.to_str().unwrap_or_default()])?;
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() || !text.contains(" passed, 0 failed") {
            return Err(format!("{text}\n{}", String::from_utf8_lossy(&output.stderr)).into());
        }
    }
    Ok(())
}

/// Every definition is used by an application of those tests; a rule has a test of its name.
fn nothing_is_untested() -> Result<(), Failed> {
    let mut used: BTreeSet<(&str, String)> = BTreeSet::new();
    for folder in ["definitions", "rules"] {
        for entry in std::fs::read_dir(home("stdlib/tests").join(folder))?.flatten() {
            if entry.path().extension().is_none_or(|e| e != "jibe") {
                continue;
            }
            let text: Arc<str> = Arc::from(std::fs::read_to_string(entry.path())?);
            let (module, _) = lower("tests", FileId(0), &parse(FileId(0), &text));
            used.extend(module.tests.iter().filter(|_| folder == "rules").map(|t| ("rule", t.name.to_string())));
            for app in module.exprs.iter().filter_map(|e| if let Expr::Application(app) = e { Some(app) } else { None }) {
                for unit in &app.units {
                    used.insert((unit.kind.word(), unit.definition.name.to_string()));
                    used.extend(unit.traits.iter().map(|(name, _)| ("trait", name.name.to_string())));
                }
            }
        }
    }
    let (_, modules) = library();
    let definitions = modules.iter().flat_map(|m| &m.items).filter(|i| i.is_definition());
    let missing: Vec<String> = definitions.filter(|i| !used.contains(&(i.kind, i.name.clone()))).map(|i| format!("{} {} has no test in stdlib/tests", i.kind, i.name)).collect();
    fail_if(&missing)
}

/// The command, on a project with a definition of its own.
fn docs_command() -> Result<(), Failed> {
    let folder = Scratch::new("project");
    std::fs::create_dir_all(folder.0.join("definitions"))?;
    std::fs::write(folder.0.join("jibe.toml"), "name = \"acme\"\ndefinitions = [\"definitions\"]\n")?;
    let definition = "import \"apps/v1\" { Deployment }\n\n/// Colours the pods.\n@example({ colour: \"red\" })\ntrait paint for Deployment {\n  parameters {\n    /// Which one.\n    colour: \"red\" | \"blue\"\n  }\n  patch { metadata: { labels: { colour: parameters.colour } } }\n}\n";
    std::fs::write(folder.0.join("definitions/paint.jibe"), definition)?;
    let out = folder.0.join("site");
    let output = jibe(&["docs", folder.text(), "-o", out.to_str().unwrap_or_default()])?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
    }
    let page = std::fs::read_to_string(out.join("acme.paint.html"))?;
    for text in ["Colours the pods.", "Which one.", "colour", "Deployment"] {
        if !page.contains(text) {
            return Err(format!("the page does not say `{text}`").into());
        }
    }
    if !out.join("std.containers.html").is_file() {
        return Err("the standard library is missing".into());
    }
    let output = jibe(&["docs", folder.text(), "--no-std", "--format", "markdown"])?;
    let text = String::from_utf8(output.stdout)?;
    if text.contains("### trait `paint`") && text.contains("type: paint") && !text.contains("std.containers") { Ok(()) } else { Err(text.into()) }
}
