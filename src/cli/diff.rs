//! `jibe diff`: what differs between the objects of two sides.

use std::fmt::Write;
use std::path::PathBuf;

use serde_json::json;

use super::report::{Stream, colored};
use super::side::Side;
use super::{Common, Exit, Fault, report, write_stdout};
use crate::driver::compare::{self, Compared};
use crate::value::{Change, Data, Value};
use crate::yaml;

/// Compares the Kubernetes objects of two files, folders or git revisions; applications are compiled first
#[derive(Debug, clap::Args)]
#[command(after_help = "Exit code 0: no difference. 1: a difference. 2: a side that cannot be read or does not compile, wrong usage.")]
pub struct Arguments {
    /// A file, a folder, `-` for standard input, or REVISION:PATH of the git repository
    pub old: PathBuf,
    /// The same, to compare with
    pub new: PathBuf,
    /// How differences are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human")]
    pub format: Format,
    /// Print the values of secrets
    #[arg(long)]
    pub show_secrets: bool,
}

/// How differences are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// By object and field, for reading
    Human,
    /// One JSON document
    Json,
}

/// Compares, as `diff` and `kubectl diff` end: 1 is a difference, a side with errors is a fault.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.old == arguments.new && arguments.old.as_os_str() == "-" {
        return Err(Fault::new("standard input can be one side only"));
    }
    let (before, old, findings) = Side::of(&arguments.old)?.objects(common)?;
    let failed = report(findings, &before.sources, common, Stream::Stderr) != Exit::Clean;
    let (session, new, findings) = Side::of(&arguments.new)?.objects(common)?;
    if report(findings, &session.sources, common, Stream::Stderr) != Exit::Clean || failed {
        return Ok(Exit::Fault);
    }
    let all = compare::compare(&session, old, new);
    let secrets = arguments.show_secrets;
    let text = match arguments.format {
        Format::Human => human(&all, &Paint(colored(common)), secrets, common.quiet),
        Format::Json => format!("{:#}\n", document(&all, secrets)),
    };
    write_stdout(text.as_bytes());
    Ok(if all.iter().all(Compared::is_same) { Exit::Clean } else { Exit::Errors })
}

/// Colours, or none.
pub(super) struct Paint(pub bool);

impl Paint {
    fn with(&self, style: anstyle::Style, text: &str) -> String {
        if self.0 { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    pub(super) fn red(&self, text: &str) -> String {
        self.with(anstyle::AnsiColor::Red.on_default(), text)
    }

    fn green(&self, text: &str) -> String {
        self.with(anstyle::AnsiColor::Green.on_default(), text)
    }

    pub(super) fn bold(&self, text: &str) -> String {
        self.with(anstyle::Style::new().bold(), text)
    }
}

/// All objects that differ, and a count.
pub(super) fn human(all: &[Compared], paint: &Paint, secrets: bool, quiet: bool) -> String {
    let mut out = String::new();
    let (mut changed, mut added, mut removed) = (0, 0, 0);
    for c in all.iter().filter(|c| !c.is_same()) {
        let name = title(c);
        match (&c.old, &c.new) {
            (None, _) => {
                added += 1;
                let _ = writeln!(out, "{}", paint.green(&format!("+ {name}")));
            }
            (_, None) => {
                removed += 1;
                let _ = writeln!(out, "{}", paint.red(&format!("- {name}")));
            }
            _ => {
                changed += 1;
                let _ = writeln!(out, "{}", paint.bold(&format!("~ {name}")));
                c.changes.iter().for_each(|change| field(change, hidden(c, change, secrets), paint, &mut out));
            }
        }
    }
    if !quiet && changed + added + removed > 0 {
        let same = all.len() - changed - added - removed;
        let _ = writeln!(out, "{changed} changed, {added} added, {removed} removed, {same} the same");
    }
    out
}

/// `Deployment shop/web (apps/v1)`.
pub(super) fn title(c: &Compared) -> String {
    let text = |path: &[&str]| c.object().and_then(|o| o.at(path)).and_then(Value::as_str).unwrap_or("");
    let name = if text(&["metadata", "name"]).is_empty() { text(&["metadata", "generateName"]) } else { text(&["metadata", "name"]) };
    let mut out = text(&["kind"]).to_owned();
    out.push(' ');
    if !text(&["metadata", "namespace"]).is_empty() {
        out.push_str(text(&["metadata", "namespace"]));
        out.push('/');
    }
    out.push_str(name);
    let _ = write!(out, " ({})", text(&["apiVersion"]));
    if !c.cluster.is_empty() {
        let _ = write!(out, " in {}", c.cluster);
    }
    out
}

/// Values of secrets are not for the screen.
fn hidden(c: &Compared, change: &Change, secrets: bool) -> bool {
    let is_secret = c.object().is_some_and(|o| o.get("kind").and_then(Value::as_str) == Some("Secret"));
    let path = change.path.to_string();
    !secrets && is_secret && (path.starts_with("data") || path.starts_with("stringData"))
}

pub(super) fn field(change: &Change, hidden: bool, paint: &Paint, out: &mut String) {
    let path = change.path.to_string();
    let sign = match (&change.old, &change.new) {
        (None, _) => "+",
        (_, None) => "-",
        _ => " ",
    };
    let color = |sign: &str, text: &str| match sign {
        "+" => paint.green(text),
        "-" => paint.red(text),
        _ => text.to_owned(),
    };
    let line = |v: &Option<Value>| v.as_ref().map(|v| if hidden { Some("***".to_owned()) } else { one_line(v) });
    match (line(&change.old), line(&change.new)) {
        (Some(Some(a)), Some(Some(b))) => {
            let _ = writeln!(out, "    {path}: {} → {}", paint.red(&a), paint.green(&b));
        }
        (None, Some(Some(v))) | (Some(Some(v)), None) => {
            let _ = writeln!(out, "{}", color(sign, &format!("  {sign} {path}: {v}")));
        }
        (Some(_), Some(_)) => {
            let _ = writeln!(out, "    {path}:");
            let diff = similar::TextDiff::from_lines(block(change.old.as_ref()), block(change.new.as_ref())).unified_diff().context_radius(2).to_string();
            for l in diff.lines().filter(|l| !l.starts_with("@@")) {
                let painted = color(l.get(..1).unwrap_or(" "), l);
                let _ = writeln!(out, "      {painted}");
            }
        }
        _ => {
            let _ = writeln!(out, "{}", color(sign, &format!("  {sign} {path}:")));
            for l in block(change.old.as_ref().or(change.new.as_ref())).lines() {
                let _ = writeln!(out, "{}", color(sign, &format!("  {sign}   {l}")));
            }
        }
    }
}

/// A value that fits into a line.
fn one_line(value: &Value) -> Option<String> {
    match &value.data {
        Data::String(s) if s.contains('\n') => None,
        Data::Map(m) if !m.is_empty() => None,
        Data::List(l) if l.items.iter().any(|i| !matches!(i.data, Data::String(_) | Data::Int(_) | Data::Bool(_) | Data::Number(_))) => None,
        Data::List(l) => Some(format!("[{}]", l.items.iter().filter_map(one_line).collect::<Vec<_>>().join(", "))),
        _ => Some(block(Some(value)).trim_end().to_owned()),
    }
}

/// A value in lines: a text as it is, other values as YAML.
fn block(value: Option<&Value>) -> String {
    let Some(value) = value else { return String::new() };
    if let Some(text) = value.as_str().filter(|t| t.contains('\n')) {
        return format!("{}\n", text.trim_end_matches('\n'));
    }
    let mut out = String::new();
    yaml::write(value, &mut out);
    out
}

/// What differs, for machines.
fn document(all: &[Compared], secrets: bool) -> serde_json::Value {
    let objects: Vec<serde_json::Value> = all.iter().filter(|c| !c.is_same()).map(|c| object(c, secrets)).collect();
    json!({ "version": 1, "objects": objects, "same": all.iter().filter(|c| c.is_same()).count() })
}

/// One object that differs.
pub(super) fn object(c: &Compared, secrets: bool) -> serde_json::Value {
    let text = |path: &[&str]| c.object().and_then(|o| o.at(path)).and_then(Value::as_str).map(str::to_owned);
    let mut entry = json!({
        "change": match (&c.old, &c.new) { (None, _) => "added", (_, None) => "removed", _ => "changed" },
        "apiVersion": text(&["apiVersion"]),
        "kind": text(&["kind"]),
        "namespace": text(&["metadata", "namespace"]),
        "name": text(&["metadata", "name"]),
    });
    if !c.cluster.is_empty() {
        put(&mut entry, "cluster", json!(c.cluster));
    }
    let value = |v: &Option<Value>, hidden: bool| match v {
        None => serde_json::Value::Null,
        Some(_) if hidden => json!("***"),
        Some(v) => {
            let mut text = String::new();
            yaml::write_json(v, &mut text);
            serde_json::from_str(&text).unwrap_or_default()
        }
    };
    let changes: Vec<serde_json::Value> = c
        .changes
        .iter()
        .map(|f| {
            let hide = hidden(c, f, secrets);
            json!({ "path": f.path.to_string(), "old": value(&f.old, hide), "new": value(&f.new, hide) })
        })
        .collect();
    if !changes.is_empty() {
        put(&mut entry, "changes", json!(changes));
    }
    entry
}

/// Adds a field to an object.
pub(super) fn put(entry: &mut serde_json::Value, key: &str, value: serde_json::Value) {
    if let Some(map) = entry.as_object_mut() {
        map.insert(key.to_owned(), value);
    }
}
