//! `jibe docs`: the reference of the library and of the project's definitions.

use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, inputs, replace_folder, report, write_stdout};
use crate::docs;
use crate::driver::Session;
use crate::source::DiskWorld;

/// Writes the reference of all definitions: the project's and those of the standard library
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Files and folders of definitions; the project's own when none is given
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// `html`: a static site that needs no server; `markdown`: one document
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "html")]
    pub format: Format,
    /// The folder to write into, replaced as a whole; Markdown goes to standard output without it
    #[arg(short, long, value_name = "DIR")]
    pub output: Option<PathBuf>,
    /// Leave the standard library out
    #[arg(long)]
    pub no_std: bool,
}

/// What is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    Html,
    Markdown,
}

/// Writes the pages.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let here = [PathBuf::from(".")];
    let inputs = inputs(if arguments.paths.is_empty() { &here } else { &arguments.paths })?;
    let mut options = common.options();
    options.definitions.extend(arguments.paths.iter().cloned());
    let mut session = Session::new(Box::new(DiskWorld), options, &inputs);
    session.load_all();
    let program = &session.library.program;
    let title = if session.settings.name == "project" { "Jibe library".to_owned() } else { format!("{} library", session.settings.name) };
    let mut modules: Vec<docs::ModuleReference> = program.modules().map(|(id, _)| docs::gather(program, &session.sources, id)).filter(|m| !m.items.is_empty()).collect();
    if arguments.no_std {
        modules.retain(|m| !m.name.starts_with("std."));
    }
    // The project's own modules come first.
    modules.sort_by_key(|m| (m.name.starts_with("std."), m.name.rsplit_once('.').map(|(group, _)| group.to_owned()), m.name.clone()));
    let files: Vec<(PathBuf, String)> = match arguments.format {
        Format::Html => docs::site(&title, &modules).into_iter().map(|p| (PathBuf::from(p.path), p.content)).collect(),
        Format::Markdown => vec![("README.md".into(), docs::index(&title, &modules)), ("reference.md".into(), docs::markdown(&title, &modules))],
    };
    match (&arguments.output, arguments.format) {
        (Some(folder), _) => replace_folder(folder, &files).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", folder.display())))?,
        (None, Format::Markdown) => write_stdout(docs::markdown(&title, &modules).as_bytes()),
        (None, Format::Html) => return Err(Fault::new("say where the site is to be written: `-o DIR`")),
    }
    if let (Some(folder), false) = (&arguments.output, common.quiet) {
        let first = if arguments.format == Format::Html { "index.html" } else { "README.md" };
        super::report::remark(&format!("{} modules, begin at {}", modules.len(), folder.join(first).display()));
    }
    Ok(report(session.findings.clone(), &session.sources, common, Stream::Stderr))
}
