//! `jibe schema`: the JSON Schema of applications, for editors.

use std::path::PathBuf;

use super::report::Stream;
use super::{Common, Exit, Fault, report, write_stdout};
use crate::driver::{Input, Session};
use crate::source::DiskWorld;

/// Prints the JSON Schema of applications with all definitions of the project, for yaml-language-server and others
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// A folder of the project
    #[arg(default_value = ".", value_name = "PATH")]
    pub path: PathBuf,
    /// Write it to this file
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Prints or writes it; definitions with mistakes are left as far as they can be read.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let inputs = [Input::Path(arguments.path.clone())];
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &inputs);
    session.load_all();
    let mut text = session.schema().to_string();
    text.push('\n');
    match &arguments.output {
        Some(path) => {
            let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).map_or(Ok(()), std::fs::create_dir_all);
            folder.and_then(|()| std::fs::write(path, &text)).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", path.display())))?;
        }
        None => write_stdout(text.as_bytes()),
    }
    Ok(report(std::mem::take(&mut session.findings), &session.sources, common, Stream::Stderr))
}
