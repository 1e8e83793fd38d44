//! `jibe.toml`: found upwards from the first input, stopping at the repository's root. Unknown keys and bad values are findings at their place (J1401).

use std::path::{Path, PathBuf};

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::base::{FileId, Span};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::kube::Version;
use crate::source::{Sources, World};
use crate::value::{Data, Entry, Map, Number, Origin, Value};

/// The name of the file.
pub const FILE: &str = "jibe.toml";
/// Largest settings file, in bytes.
const LIMIT: u64 = 1 << 20;

/// A project's settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that holds the file; relative paths start there.
    pub root: PathBuf,
    pub name: String,
    /// Definitions are checked for all of these versions.
    pub oldest: Version,
    pub newest: Version,
    /// Folders and files of definitions.
    pub definitions: Vec<PathBuf>,
    /// Files of custom resource definitions; may hold `*`.
    pub crds: Vec<PathBuf>,
    /// Names and folders of the packages that it uses.
    pub dependencies: Vec<(String, PathBuf)>,
    pub rules: Vec<RuleSetting>,
}

/// What `[rules]` says about one rule, lint, or code of a warning.
#[derive(Clone, Debug)]
pub struct RuleSetting {
    pub name: String,
    /// `off`, `info`, `warn` or `error`.
    pub level: Option<String>,
    /// The rule's parameters: what stands beside `level`.
    pub parameters: Option<Value>,
    /// Where it is named.
    pub span: Span,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            root: PathBuf::new(),
            name: "project".into(),
            oldest: Version::OLDEST,
            newest: Version::NEWEST,
            definitions: Vec::new(),
            crds: Vec::new(),
            dependencies: Vec::new(),
            rules: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads the settings that are in force for a file or folder; the defaults when there are none.
    pub fn find(start: &Path, world: &dyn World, sources: &Sources) -> (Self, Vec<Diagnostic>) {
        let Some(path) = Self::locate(start, world) else { return (Self::default(), Vec::new()) };
        let root = path.parent().map(Path::to_owned).unwrap_or_default();
        let text = match world.read(&path, LIMIT) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(e) => return (Self::default(), vec![Diagnostic::new(codes::J1402, format!("{}: {e}", path.display()))]),
        };
        let file = sources.add(path.display().to_string(), text.as_str());
        let mut reader = Toml { file, findings: Vec::new() };
        let mut settings = Self { root, ..Self::default() };
        match DeTable::parse(&text) {
            Ok(table) => reader.settings(table.get_ref(), &mut settings),
            Err(e) => {
                let range = e.span().unwrap_or(0..0);
                reader.findings.push(
                    Diagnostic::new(codes::J1401, format!("`{FILE}` cannot be read: {}", e.message().lines().next().unwrap_or("")).to_lowercase()).primary(reader.span(range), ""),
                );
            }
        }
        (settings, reader.findings)
    }

    /// The nearest settings file in the folder of `start` or above it, up to the folder that holds `.git`.
    pub fn locate(start: &Path, world: &dyn World) -> Option<PathBuf> {
        let absolute = std::path::absolute(start).ok()?;
        let mut folder = if world.is_folder(start) { Some(absolute.as_path()) } else { absolute.parent() };
        // The name is shown relative to where the user is, where that is possible.
        let here = std::path::absolute(".").ok();
        while let Some(f) = folder {
            let candidate = f.join(FILE);
            if world.is_file(&candidate) {
                let short = here.as_ref().and_then(|h| candidate.strip_prefix(h).ok()).map(Path::to_owned);
                return Some(short.unwrap_or(candidate));
            }
            if world.is_folder(&f.join(".git")) || world.is_file(&f.join(".git")) {
                return None;
            }
            folder = f.parent();
        }
        None
    }
}

/// Walks the table and reports what it does not know.
struct Toml {
    file: FileId,
    findings: Vec<Diagnostic>,
}

type Item<'i> = Spanned<DeValue<'i>>;

impl Toml {
    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.file, range.start as u32, range.end as u32)
    }

    fn bad(&mut self, range: std::ops::Range<usize>, message: impl Into<String>) {
        let span = self.span(range);
        self.findings.push(Diagnostic::new(codes::J1401, message).primary(span, ""));
    }

    fn unknown(&mut self, key: &str, range: std::ops::Range<usize>, known: &[&str], place: &str) {
        let span = self.span(range);
        let mut d = Diagnostic::new(codes::J1401, format!("unknown key `{key}`{place}")).primary(span, "no such setting");
        d = match nearest(key, known.iter().copied()) {
            Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("rename it to `{near}`"), span, near),
            None => d.help(format!("the keys are {}", known.iter().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", "))),
        };
        self.findings.push(d);
    }

    fn settings(&mut self, table: &DeTable<'_>, settings: &mut Settings) {
        const KNOWN: &[&str] = &["name", "jibe", "kubernetes", "definitions", "crds", "dependencies", "rules", "version", "description"];
        for (key, item) in table {
            let root = settings.root.clone();
            match key.get_ref().as_ref() {
                "name" => self.name(item, settings),
                "jibe" => {
                    if self.text(item, "jibe").is_some_and(|t| t != "1") {
                        self.bad(item.span(), "unknown language edition; this compiler knows `\"1\"`");
                    }
                }
                "version" | "description" => drop(self.text(item, key.get_ref())),
                "kubernetes" => self.versions(item, settings),
                "definitions" => settings.definitions = self.paths(item, "definitions", &root),
                "crds" => settings.crds = self.paths(item, "crds", &root),
                "dependencies" => self.dependencies(item, settings),
                "rules" => self.rules(item, settings),
                other => self.unknown(other, key.span(), KNOWN, ""),
            }
        }
    }

    fn text(&mut self, item: &Item<'_>, key: &str) -> Option<String> {
        match item.get_ref() {
            DeValue::String(s) => Some(s.to_string()),
            _ => {
                self.bad(item.span(), format!("`{key}` must be a string"));
                None
            }
        }
    }

    fn name(&mut self, item: &Item<'_>, settings: &mut Settings) {
        let Some(name) = self.text(item, "name") else { return };
        let valid = name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if !valid || name == "std" {
            return self.bad(item.span(), format!("`{name}` cannot be a package's name: it begins with a small letter, consists of letters, digits and `_`, and is not `std`"));
        }
        settings.name = name;
    }

    fn versions(&mut self, item: &Item<'_>, settings: &mut Settings) {
        let Some(text) = self.text(item, "kubernetes") else { return };
        let (low, high) = text.split_once("..=").map_or((text.as_str(), text.as_str()), |(l, h)| (l.trim(), h.trim()));
        match (low.parse::<Version>(), high.parse::<Version>()) {
            (Ok(low), Ok(high)) if low <= high => (settings.oldest, settings.newest) = (low, high),
            (Ok(_), Ok(_)) => self.bad(item.span(), format!("the range `{text}` is empty")),
            (Err(e), _) | (_, Err(e)) => self.bad(item.span(), e),
        }
    }

    fn paths(&mut self, item: &Item<'_>, key: &str, root: &Path) -> Vec<PathBuf> {
        let DeValue::Array(items) = item.get_ref() else {
            self.bad(item.span(), format!("`{key}` must be a list of paths"));
            return Vec::new();
        };
        items.iter().filter_map(|i| self.text(i, key)).map(|t| root.join(t)).collect()
    }

    fn dependencies(&mut self, item: &Item<'_>, settings: &mut Settings) {
        const KNOWN: &[&str] = &["path", "git", "rev", "version"];
        let DeValue::Table(table) = item.get_ref() else { return self.bad(item.span(), "`dependencies` must be a table") };
        for (name, dependency) in table {
            let DeValue::Table(inner) = dependency.get_ref() else {
                self.bad(dependency.span(), format!("write `{} = {{ path = \"…\" }}`", name.get_ref()));
                continue;
            };
            for (key, value) in inner {
                match key.get_ref().as_ref() {
                    "path" => {
                        if let Some(path) = self.text(value, "path") {
                            settings.dependencies.push((name.get_ref().to_string(), settings.root.join(path)));
                        }
                    }
                    "git" | "rev" | "version" => drop(self.text(value, key.get_ref())),
                    other => self.unknown(other, key.span(), KNOWN, " of a dependency"),
                }
            }
        }
    }

    fn rules(&mut self, item: &Item<'_>, settings: &mut Settings) {
        let DeValue::Table(table) = item.get_ref() else { return self.bad(item.span(), "`rules` must be a table") };
        for (name, value) in table {
            let span = self.span(name.span());
            let name = name.get_ref().to_string();
            let mut rule = RuleSetting { name, level: None, parameters: None, span };
            match value.get_ref() {
                DeValue::Table(inner) => {
                    rule.level = inner.iter().find(|(k, _)| k.get_ref() == "level").and_then(|(_, v)| self.level(v));
                    let rest: Map = inner
                        .iter()
                        .filter(|(k, _)| k.get_ref() != "level")
                        .map(|(k, v)| Entry { key: k.get_ref().as_ref().into(), key_origin: Origin::UNKNOWN, value: value_of(v.get_ref(), DEPTH) })
                        .collect();
                    rule.parameters = (!rest.is_empty()).then(|| Value::map(rest, Origin::UNKNOWN));
                }
                _ => rule.level = self.level(value),
            }
            settings.rules.push(rule);
        }
    }

    fn level(&mut self, item: &Item<'_>) -> Option<String> {
        const LEVELS: &[&str] = &["off", "info", "warn", "error"];
        let text = self.text(item, "level")?;
        if LEVELS.contains(&text.as_str()) {
            return Some(text);
        }
        self.unknown(&text, item.span(), LEVELS, ": levels are `off`, `info`, `warn` and `error`");
        None
    }
}

/// How deep parameters of rules nest.
const DEPTH: usize = 64;

/// A TOML value as a value of the language; dates as texts.
fn value_of(value: &DeValue<'_>, depth: usize) -> Value {
    let data = match value {
        _ if depth == 0 => Data::Null,
        DeValue::String(s) => Data::String(s.as_ref().into()),
        DeValue::Integer(i) => i.to_string().parse().map_or(Data::Null, Data::Int),
        DeValue::Float(f) => Data::Number(Number::new(f.to_string())),
        DeValue::Boolean(b) => Data::Bool(*b),
        DeValue::Datetime(d) => Data::String(d.to_string().into()),
        DeValue::Array(items) => return Value::list(items.iter().map(|i| value_of(i.get_ref(), depth - 1)).collect(), Origin::UNKNOWN),
        DeValue::Table(table) => {
            let map: Map = table.iter().map(|(k, v)| Entry { key: k.get_ref().as_ref().into(), key_origin: Origin::UNKNOWN, value: value_of(v.get_ref(), depth - 1) }).collect();
            return Value::map(map, Origin::UNKNOWN);
        }
    };
    Value::new(data)
}
