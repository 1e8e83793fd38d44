//! `jibe build`: applications to Kubernetes objects.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use super::progress::Line;
use super::report::Stream;
use super::watch::{self, Watched};
use super::{Common, Exit, Fault, inputs, report, write_stdout};
use crate::driver::{Options, Outcome, Session};
use crate::emit;
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
    let mut outcome = session.compile(work);
    let findings = std::mem::take(&mut outcome.findings);
    drop(line);
    session.cover_secrets();
    let exit = report(findings, &session.sources, common, Stream::Stderr);
    if exit != Exit::Clean {
        return Ok(exit);
    }
    if common.verbose {
        let objects: usize = outcome.applications.iter().flat_map(|(c, _)| &c.deliveries).map(|d| d.objects.len()).sum::<usize>() + outcome.objects.len();
        super::report::remark(&format!("{} applications, {objects} objects for Kubernetes {}", outcome.applications.len(), session.version()));
    }
    match &arguments.output {
        Some(folder) => write_folder(&outcome, folder, arguments.format)?,
        None => write_stdout(stream(&outcome, arguments.format).as_bytes()),
    }
    Ok(exit)
}

/// All objects: of each application placement by placement, in the order in which they can be applied; then those that pass through.
pub(super) fn stream(outcome: &Outcome, format: Format) -> String {
    let several = outcome.applications.iter().any(|(c, _)| c.deliveries.len() > 1 || c.deliveries.iter().any(|d| !d.cluster.is_empty()));
    if several && format == Format::Yaml {
        return by_target(outcome);
    }
    let mut all: Vec<&Value> = Vec::new();
    for (compiled, _) in &outcome.applications {
        for delivery in &compiled.deliveries {
            let mut objects: Vec<&Value> = delivery.objects.iter().map(|o| &o.value).collect();
            emit::sort(&mut objects);
            all.extend(objects);
        }
    }
    all.extend(outcome.objects.iter().map(|(v, _)| v));
    match format {
        Format::Yaml => emit::yaml_stream(&all),
        Format::Json => emit::json_list(&all),
    }
}

/// The stream with a comment before the objects of each target.
fn by_target(outcome: &Outcome) -> String {
    let mut parts = Vec::new();
    for (compiled, _) in &outcome.applications {
        for delivery in compiled.deliveries.iter().filter(|d| !d.objects.is_empty()) {
            let mut objects: Vec<&Value> = delivery.objects.iter().map(|o| &o.value).collect();
            emit::sort(&mut objects);
            let mut head = format!("# {}", compiled.application);
            let cluster = if delivery.cluster.is_empty() { "local" } else { &delivery.cluster };
            let _ = write!(head, ", {}: {cluster}", if delivery.step.is_empty() { "delivery" } else { &delivery.step });
            if let Some(namespace) = &delivery.namespace {
                let _ = write!(head, ", namespace {namespace}");
            }
            parts.push(format!("{}\n{}", one_line(&head), emit::yaml_stream(&objects)));
        }
    }
    let rest: Vec<&Value> = outcome.objects.iter().map(|(v, _)| v).collect();
    if !rest.is_empty() {
        parts.push(emit::yaml_stream(&rest));
    }
    parts.join("---\n")
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
