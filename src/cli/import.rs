//! `jibe import`: definitions made from manifests and from custom resource definitions.

use std::path::{Path, PathBuf};

use super::init::write_new;
use super::report::{Stream, remark};
use super::{Common, Exit, Fault, diff, inputs, report, write_stdout};
use crate::driver::import::{self, Refusal};
use crate::driver::{Options, Session, manifest_objects};
use crate::kube::crd;
use crate::source::{DiskWorld, Sources};

/// Makes definitions from what is there already
#[derive(Debug, clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    pub what: What,
}

/// What is imported.
#[derive(Debug, clap::Subcommand)]
pub enum What {
    /// Makes a component of existing manifests and an application that reproduces them; checked by building and comparing
    Yaml(Yaml),
    /// Makes a resource declaration and a component of each custom resource definition
    Crd(Crd),
}

#[derive(Debug, clap::Args)]
pub struct Yaml {
    /// Files, folders, or `-` for standard input
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The component's name; the name of the main object, if not given
    #[arg(long)]
    pub name: Option<String>,
    /// The folder for the definition; `-`: print definition and application
    #[arg(short, long, default_value = "definitions", value_name = "DIR")]
    pub output: PathBuf,
}

#[derive(Debug, clap::Args)]
pub struct Crd {
    /// Files or folders
    #[arg(required = true, value_name = "FILE")]
    pub paths: Vec<PathBuf>,
    /// The version to take; that which is stored, if not given
    #[arg(long)]
    pub version_name: Option<String>,
    /// The folder for the definitions; `-`: print them
    #[arg(short, long, default_value = "definitions", value_name = "DIR")]
    pub output: PathBuf,
}

/// Imports; never overwrites a file.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    match &arguments.what {
        What::Yaml(a) => manifests(a, common),
        What::Crd(a) => definitions(a, common),
    }
}

fn definitions(arguments: &Crd, common: &Common) -> Result<Exit, Fault> {
    let sources = Sources::new();
    let (found, findings) = crd::load(&DiskWorld, &sources, &arguments.paths);
    let mut exit = report(findings, &sources, common, Stream::Stderr);
    if found.iter().next().is_none() && exit == Exit::Clean {
        return Err(Fault::new("no custom resource definition is in there").help("of `apiextensions.k8s.io/v1`; other manifests are for `jibe import yaml`"));
    }
    let mut taken = Vec::new();
    for definition in found.iter() {
        match import::import_crd(definition, arguments.version_name.as_deref(), &taken) {
            Ok(made) => {
                if made.without_patterns && !common.quiet {
                    remark(&format!("{}: patterns were left out, since the language has no like of them", made.kind));
                }
                write(&arguments.output, &made.component, &made.text)?;
                taken.push(made.component);
            }
            Err(findings) if findings.is_empty() => {
                let all: Vec<String> = definition.versions.iter().map(|v| format!("`{}`", v.name)).collect();
                let wanted = arguments.version_name.as_deref().unwrap_or_default();
                return Err(Fault::new(format!("`{}` has no version `{wanted}`", definition.kind)).help(format!("it has {}", all.join(", "))));
            }
            Err(findings) => {
                let first = findings.first().map(|d| d.message.clone()).unwrap_or_default();
                remark(&format!("error: `{}` cannot be written as a `resource`: {first}", definition.kind));
                exit = Exit::Errors;
            }
        }
    }
    Ok(exit)
}

/// Writes a module, or prints it.
fn write(folder: &Path, name: &str, text: &str) -> Result<(), Fault> {
    if folder == Path::new("-") {
        write_stdout(text.as_bytes());
        return Ok(());
    }
    let path = folder.join(format!("{}.jibe", name.replace('-', "_")));
    new_file(&path, text)
}

fn new_file(path: &Path, text: &str) -> Result<(), Fault> {
    if !write_new(path, text)? {
        return Err(Fault::new(format!("`{}` is there already", path.display())));
    }
    write_stdout(format!("wrote {}\n", path.display()).as_bytes());
    Ok(())
}

fn manifests(arguments: &Yaml, common: &Common) -> Result<Exit, Fault> {
    let inputs = inputs(&arguments.paths)?;
    let session = Session::new(Box::new(DiskWorld), Options { kube_version: common.kube_version, ..Options::default() }, &inputs);
    let (objects, findings) = manifest_objects(&session, &inputs)?;
    let exit = report(findings, &session.sources, common, Stream::Stderr);
    if exit != Exit::Clean {
        return Ok(exit);
    }
    let made = match import::import_manifests(&objects, arguments.name.as_deref(), common.kube_version) {
        Ok(made) => made,
        Err(refusal) => return refused(refusal, common),
    };
    if arguments.output == Path::new("-") {
        write_stdout(format!("{}---\n{}", made.definition, made.application).as_bytes());
        return Ok(Exit::Clean);
    }
    let application = PathBuf::from(format!("{}.yaml", made.name));
    if application.exists() {
        return Err(Fault::new(format!("`{}` is there already", application.display())).help("`--name` gives the component, and with it the file, another name"));
    }
    write(&arguments.output, &made.name, &made.definition)?;
    new_file(&application, &made.application)?;
    if !common.quiet {
        remark(&format!("built and compared: {} objects are the same but for the labels of OAM", made.objects));
    }
    Ok(Exit::Clean)
}

/// Says why nothing was written.
fn refused(refusal: Refusal, common: &Common) -> Result<Exit, Fault> {
    match refusal {
        Refusal::Impossible(why) => Err(Fault::new(why)),
        Refusal::Findings(session, findings) => {
            remark("these manifests cannot be reproduced, so nothing was written: a component of them has mistakes");
            report(findings, &session.sources, common, Stream::Stderr);
            Ok(Exit::Errors)
        }
        Refusal::Different(differs) => {
            remark("these manifests cannot be reproduced, so nothing was written: what was built differs");
            remark(diff::human(&differs, &diff::Paint(false), false, true).trim_end());
            Ok(Exit::Errors)
        }
    }
}
