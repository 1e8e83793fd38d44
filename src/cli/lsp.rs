//! `jibe lsp`: the language server.

use super::{Common, Exit, Fault};

/// Serves an editor on standard input and output
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What every client may say; there is no other way to talk
    #[arg(long, hide = true)]
    pub stdio: bool,
}

/// Serves until the editor ends the talk.
pub fn run(_: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let clean = crate::lsp::serve(common.options()).map_err(Fault::new)?;
    Ok(if clean { Exit::Clean } else { Exit::Errors })
}
