//! `jibe build`: applications to Kubernetes objects.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::progress::Line;
use super::report::Stream;
use super::watch::{self, Watched};
use super::{Common, Exit, Fault, inputs, report, write_stdout};
use crate::driver::{Options, Outcome, Session, Work};
use crate::emit;
use crate::oam::{Compiled, Delivery};
use crate::source::DiskWorld;
use crate::value::Value;

/// Compiles applications into Kubernetes objects
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// How objects are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "yaml")]
    pub format: Format,
    /// Set a property, such as components.web.properties.image=nginx:1.27; may be repeated
    #[arg(long, value_name = "PATH=VALUE")]
    pub set: Vec<String>,
    /// Write one file an object into this folder, which is replaced as a whole, and only when everything compiles
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Do it again whenever a file has changed
    #[arg(long)]
    pub watch: bool,
}

/// How objects are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// A stream of YAML documents
    Yaml,
    /// A JSON list
    Json,
}

/// Builds; findings go to standard error. Nothing is printed when there is an error.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.watch {
        let watched = Watched { paths: &arguments.paths, shared: Vec::new(), alone: arguments.output.is_none() };
        return watch::repeat(&watched, common, |paths| once(&Arguments { paths: paths.to_vec(), ..arguments.clone() }, common));
    }
    once(arguments, common)
}

fn once(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let inputs = inputs(&arguments.paths)?;
    let options = Options { set: arguments.set.clone(), ..common.options() };
    let line = Line::start("building", common);
    let mut session = Session::new(Box::new(DiskWorld), options, &inputs);
    let work = session.read(&inputs, false)?;
    if arguments.output.is_none() && arguments.format == Format::Yaml {
        return print(session, work, arguments.watch, common);
    }
    let mut outcome = session.compile(work);
    let findings = std::mem::take(&mut outcome.findings);
    drop(line);
    session.cover_secrets();
    let exit = report(findings, &session.sources, common, Stream::Stderr);
    if exit != Exit::Clean {
        return Ok(exit);
    }
    let objects = outcome.applications.iter().flat_map(|(c, _)| &c.deliveries).map(|d| d.objects.len()).sum::<usize>() + outcome.objects.len();
    remark(&session, outcome.applications.len(), objects, common);
    match &arguments.output {
        Some(folder) => write_folder(&outcome, folder, arguments.format)?,
        None => write_stdout(list(&outcome).as_bytes()),
    }
    // The process ends here: taking thousands of trees apart first would only cost time.
    if !arguments.watch {
        std::mem::forget((session, outcome));
    }
    Ok(exit)
}

/// Says what was made, under `--verbose`.
fn remark(session: &Session, applications: usize, objects: usize, common: &Common) {
    if common.verbose {
        super::report::remark(&format!("{applications} applications, {objects} objects for Kubernetes {}", session.version()));
    }
}

/// The objects of an application as text, a part for each placement.
struct Printed {
    objects: usize,
    /// More than one placement, or one on a named cluster: then comments say what goes where.
    several: bool,
    parts: Vec<(String, String)>,
}

/// Prints the stream: each application becomes text where it is compiled, so that its objects need not be kept.
fn print(session: Session, work: Work, again: bool, common: &Common) -> Result<Exit, Fault> {
    let (applications, mut outcome) = session.each(work, |compiled, _| printed(&compiled));
    session.cover_secrets();
    let exit = report(std::mem::take(&mut outcome.findings), &session.sources, common, Stream::Stderr);
    if exit != Exit::Clean {
        return Ok(exit);
    }
    let rest: Vec<&Value> = outcome.objects.iter().map(|(v, _)| v).collect();
    remark(&session, applications.len(), applications.iter().map(|a| a.objects).sum::<usize>() + rest.len(), common);
    write_stdout(joined(&applications, &rest).as_bytes());
    if !again {
        std::mem::forget((session, applications, outcome));
    }
    Ok(exit)
}

/// The whole stream of objects that are there already.
pub(super) fn stream(outcome: &Outcome) -> String {
    let applications: Vec<Printed> = outcome.applications.iter().map(|(c, _)| printed(c)).collect();
    joined(&applications, &outcome.objects.iter().map(|(v, _)| v).collect::<Vec<_>>())
}

/// All applications, then the objects that pass through.
fn joined(applications: &[Printed], rest: &[&Value]) -> String {
    let several = applications.iter().any(|a| a.several);
    let mut parts: Vec<&str> = Vec::new();
    for (head, text) in applications.iter().flat_map(|a| &a.parts) {
        parts.push(if parts.is_empty() { "" } else { "---\n" });
        parts.push(if several { head } else { "" });
        parts.push(text);
    }
    let rest = emit::yaml_stream(rest);
    if !rest.is_empty() {
        parts.push(if parts.is_empty() { "" } else { "---\n" });
        parts.push(&rest);
    }
    parts.concat()
}

/// Placement by placement, in the order in which objects can be applied.
fn printed(compiled: &Compiled) -> Printed {
    let several = compiled.deliveries.len() > 1 || compiled.deliveries.iter().any(|d| !d.cluster.is_empty());
    let filled = || compiled.deliveries.iter().filter(|d| !d.objects.is_empty());
    let parts = filled().map(|d| (head(compiled, d), emit::yaml_stream(&sorted(d))));
    Printed { objects: filled().map(|d| d.objects.len()).sum(), several, parts: parts.collect() }
}

fn sorted(delivery: &Delivery) -> Vec<&Value> {
    let mut objects: Vec<&Value> = delivery.objects.iter().map(|o| &o.value).collect();
    emit::sort(&mut objects);
    objects
}

/// The comment before the objects of a placement.
fn head(compiled: &Compiled, delivery: &Delivery) -> String {
    let mut head = format!("# {}", compiled.application);
    let cluster = if delivery.cluster.is_empty() { "local" } else { &delivery.cluster };
    let _ = write!(head, ", {}: {cluster}", if delivery.step.is_empty() { "delivery" } else { &delivery.step });
    if let Some(namespace) = &delivery.namespace {
        let _ = write!(head, ", namespace {namespace}");
    }
    format!("{}\n", one_line(&head))
}

/// All objects as a JSON list; those that pass through come last.
fn list(outcome: &Outcome) -> String {
    let mut all: Vec<&Value> = outcome.applications.iter().flat_map(|(c, _)| &c.deliveries).flat_map(sorted).collect();
    all.extend(outcome.objects.iter().map(|(v, _)| v));
    emit::json_list(&all)
}

/// The user's words in a comment must not end it.
fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// One file an object, in a folder a cluster where there are several. The new folder takes the old one's place in one step.
fn write_folder(outcome: &Outcome, folder: &Path, format: Format) -> Result<(), Fault> {
    let mut files = emit::Files::new(if format == Format::Json { "json" } else { "yaml" });
    for (compiled, _) in &outcome.applications {
        for delivery in &compiled.deliveries {
            for object in &delivery.objects {
                files.add(&delivery.cluster, &object.value);
            }
        }
    }
    for (value, _) in &outcome.objects {
        files.add("", value);
    }
    super::replace_folder(folder, &files.finish()).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", folder.display())))
}
