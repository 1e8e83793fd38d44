//! `jibe validate`: plain Kubernetes manifests, judged as the API server would.

use std::path::PathBuf;

use super::progress::Line;
use super::report::Stream;
use super::watch::{self, Watched};
use super::{Common, Exit, Fault, inputs, report};
use crate::driver::{self, Session, Validation};
use crate::source::DiskWorld;

/// Checks Kubernetes manifests as the API server would, without one
#[derive(Clone, Debug, clap::Args)]
pub struct Arguments {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A file or folder of custom resource definitions; may be repeated
    #[arg(long = "crd", value_name = "PATH")]
    pub crds: Vec<PathBuf>,
    /// The manifests as they are in the cluster: would the update be refused?
    #[arg(long, value_name = "OLD")]
    pub update_from: Vec<PathBuf>,
    /// Kinds without a schema are errors
    #[arg(long)]
    pub strict: bool,
    /// Judge by best practice, too: the rules that `jibe lint` runs over applications
    #[arg(long)]
    pub lint: bool,
    /// Do it again whenever a file has changed
    #[arg(long)]
    pub watch: bool,
}

/// Judges and reports to standard output.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.watch {
        let watched = Watched { paths: &arguments.paths, shared: arguments.crds.iter().chain(&arguments.update_from).cloned().collect(), alone: true };
        return watch::repeat(&watched, common, |paths| once(&Arguments { paths: paths.to_vec(), ..arguments.clone() }, common));
    }
    once(arguments, common)
}

fn once(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let new = inputs(&arguments.paths)?;
    let options = Validation { definitions: arguments.crds.clone(), old: inputs(&arguments.update_from)?, strict: arguments.strict };
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &new);
    if arguments.lint {
        session.with_rules()?;
    }
    let line = Line::start("validating", common);
    let findings = driver::validate(&session, &new, &options)?;
    drop(line);
    Ok(report(findings, &session.sources, common, Stream::Stdout))
}
