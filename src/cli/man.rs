//! `jibe man`: the man pages, one a subcommand, for packagers.

use std::path::PathBuf;

use clap::CommandFactory;

use super::{Common, Exit, Fault};

/// Writes the man pages into a folder
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub struct Arguments {
    /// The folder; made when it is not there
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
}

/// Writes `jibe.1` and `jibe-COMMAND.1`.
pub fn run(arguments: &Arguments, _common: &Common) -> Result<Exit, Fault> {
    let command = super::args::Arguments::command();
    let written = std::fs::create_dir_all(&arguments.folder).and_then(|()| clap_mangen::generate_to(command, &arguments.folder));
    written.map(|()| Exit::Clean).map_err(|e| Fault::new(format!("cannot write into `{}`: {e}", arguments.folder.display())))
}
