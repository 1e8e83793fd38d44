//! Tells Zed how to start `jibe lsp`: the program that the settings name, else the one on the path.

use zed_extension_api::{self as zed, settings::LspSettings, Command, LanguageServerId, Result, Worktree};

struct Jibe;

impl zed::Extension for Jibe {
    fn new() -> Self {
        Jibe
    }

    fn language_server_command(&mut self, server: &LanguageServerId, worktree: &Worktree) -> Result<Command> {
        let named = LspSettings::for_worktree(server.as_ref(), worktree).ok().and_then(|s| s.binary);
        let (path, arguments) = named.map_or((None, None), |b| (b.path, b.arguments));
        let command = path.or_else(|| worktree.which("jibe")).ok_or("there is no `jibe` on the path")?;
        Ok(Command { command, args: arguments.unwrap_or_else(|| vec!["lsp".to_owned()]), env: worktree.shell_env() })
    }
}

zed::register_extension!(Jibe);
