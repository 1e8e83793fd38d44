//! `jibe completions`: scripts for shells.

use clap::CommandFactory;

use super::{Common, Exit, Fault, write_stdout};

/// Prints the completion script of a shell
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The shell
    #[arg(value_enum)]
    pub shell: clap_complete::Shell,
}

/// Prints the script.
pub fn run(arguments: &Arguments, _common: &Common) -> Result<Exit, Fault> {
    let mut command = super::args::Arguments::command();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, "jibe", &mut script);
    write_stdout(&script);
    Ok(Exit::Clean)
}
