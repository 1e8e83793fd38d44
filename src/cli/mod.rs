//! The command line: arguments, one file per subcommand, exit codes. Everything it knows how to do is a call into the library.
//!
//! A subcommand is a file with `pub struct Arguments` (clap) and `pub fn run(arguments, common) -> Result<Exit, Fault>`; it is registered in [`args::Command`] and [`dispatch`].

mod args;
mod breaking;
mod build;
mod check;
mod completions;
mod coverage;
mod debug;
mod diff;
mod docs;
mod eval;
mod exit;
mod explain;
mod fix;
mod fmt;
mod folder;
mod import;
mod init;
mod lint;
mod lsp;
mod man;
mod new;
mod plan;
mod progress;
mod random;
mod repl;
mod report;
mod schema;
mod side;
mod snapshots;
mod starters;
mod test;
mod validate;
mod watch;
mod why;

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use clap::error::ErrorKind;

use crate::driver::Input;
use crate::source::MAX_MANIFEST_BYTES;
use args::Command;
pub use args::{Common, Compat, MessageFormat};
pub use exit::{Exit, Fault};
use folder::replace_folder;
pub use report::{report, write_stdout};

/// The stack of the thread that does the work: recursion is bounded everywhere, this is the room for the bound.
const STACK_BYTES: usize = 64 << 20;

/// Runs the program: exit code 0 (no error), 1 (errors in the input) or 2 (wrong usage, missing file, internal fault), nothing else.
pub fn run() -> ExitCode {
    let arguments = match args::Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            // Help and version are answers, not faults. A closed pipe is the reader's choice.
            let _ = error.print();
            let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            return if asked { Exit::Clean } else { Exit::Fault }.into();
        }
    };
    std::panic::set_hook(Box::new(|_| {}));
    // Threads that evaluate need the room that this one has; where they exist already they keep what they have.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build_global();
    let common = arguments.common.clone();
    // Threads that share the work get the same room. A pool that exists already is good too.
    let _ = rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build_global();
    let work = std::thread::Builder::new().name("jibe".into()).stack_size(STACK_BYTES).spawn(move || dispatch(arguments.command, &arguments.common));
    let outcome = match work.map(std::thread::JoinHandle::join) {
        Ok(Ok(outcome)) => outcome,
        Ok(Err(panic)) => Err(Fault::internal(&*panic)),
        Err(error) => Err(Fault::new(format!("cannot start: {error}"))),
    };
    let outcome = outcome.and_then(|exit| report::lost().map_or(Ok(exit), Err));
    outcome.unwrap_or_else(|fault| report::fault(&fault, &common)).into()
}

/// Hands over to the subcommand.
fn dispatch(command: Command, common: &Common) -> Result<Exit, Fault> {
    match command {
        Command::Build(arguments) => build::run(&arguments, common),
        Command::Why(arguments) => why::run(&arguments, common),
        Command::Check(arguments) => check::run(&arguments, common),
        Command::Lint(arguments) => lint::run(&arguments, common),
        Command::Validate(arguments) => validate::run(&arguments, common),
        Command::Plan(arguments) => plan::run(&arguments, common),
        Command::Eval(arguments) => eval::run(&arguments, common),
        Command::Repl(arguments) => repl::run(&arguments, common),
        Command::Diff(arguments) => diff::run(&arguments, common),
        Command::Breaking(arguments) => breaking::run(&arguments, common),
        Command::Import(arguments) => import::run(&arguments, common),
        Command::Test(arguments) => test::run(&arguments, common),
        Command::Explain(arguments) => explain::run(&arguments, common),
        Command::Schema(arguments) => schema::run(&arguments, common),
        Command::Docs(arguments) => docs::run(&arguments, common),
        Command::Fmt(arguments) => fmt::run(&arguments, common),
        Command::Init(arguments) => init::run(&arguments, common),
        Command::New(arguments) => new::run(&arguments, common),
        Command::Lsp(arguments) => lsp::run(&arguments, common),
        Command::Completions(arguments) => completions::run(&arguments, common),
        Command::Man(arguments) => man::run(&arguments, common),
        Command::Debug(arguments) => debug::run(&arguments, common),
    }
}

/// What the paths name; `-` is standard input, read here because only the command line has one.
pub fn inputs(paths: &[PathBuf]) -> Result<Vec<Input>, Fault> {
    let mut inputs = Vec::new();
    for path in paths {
        if path.as_os_str() == "-" {
            let mut bytes = Vec::new();
            std::io::stdin().lock().take(MAX_MANIFEST_BYTES).read_to_end(&mut bytes).map_err(|e| Fault::new(format!("cannot read standard input: {e}")))?;
            inputs.push(Input::Text { name: "-".into(), bytes });
        } else {
            inputs.push(Input::Path(path.clone()));
        }
    }
    Ok(inputs)
}
