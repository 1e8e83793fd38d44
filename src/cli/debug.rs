//! `jibe debug`: what the passes make of a file, for those who work on Jibe.

use std::fmt::Write;
use std::path::PathBuf;
use std::sync::Arc;

use super::report::Stream;
use super::{Common, Exit, Fault, report, write_stdout};
use crate::hir::Loader;
use crate::source::{DiskWorld, MAX_JIBE_BYTES, Sources, World};
use crate::syntax::{Tree, ascii_for_invalid, parse_bytes};
use crate::types::{Schemas, Types, Versions};

/// Prints what a pass makes of a file
#[derive(Debug, clap::Args)]
#[command(hide = true)]
pub struct Arguments {
    /// The pass
    #[arg(value_enum)]
    pub pass: Pass,
    /// A file of definitions
    pub file: PathBuf,
}

/// A pass whose result can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Pass {
    /// The lossless tree
    Tree,
    /// Only what is wrong
    Parse,
    /// The lowered module
    Hir,
    /// The file as the only one of a package, linked with the standard library: what is wrong with its names
    Names,
    /// All of the standard library, linked
    Std,
    /// The file linked and checked
    Types,
    /// All of the standard library, linked and checked
    StdTypes,
    /// Writes the prepared form of the standard library into the file
    Prepare,
}

/// Prints the result, then the findings.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if arguments.pass == Pass::Prepare {
        let bytes = crate::hir::prepare().map_err(Fault::new)?;
        std::fs::write(&arguments.file, bytes).map_err(|e| Fault::new(format!("cannot write `{}`: {e}", arguments.file.display())))?;
        return Ok(Exit::Clean);
    }
    let sources = Sources::new();
    let bytes = DiskWorld.read(&arguments.file, MAX_JIBE_BYTES).map_err(|e| Fault::new(format!("cannot read `{}`: {e}", arguments.file.display())))?;
    let file = sources.add(arguments.file.display().to_string(), ascii_for_invalid(&bytes));
    let parsed = parse_bytes(file, &bytes);
    if arguments.pass == Pass::Tree {
        write_stdout(print_tree(&parsed.tree).as_bytes());
    }
    let mut findings = parsed.diagnostics.clone();
    if arguments.pass == Pass::Hir {
        let (module, more) = crate::hir::lower("main", file, &parsed);
        write_stdout(format!("{module:#?}\n").as_bytes());
        findings.extend(more);
    }
    if matches!(arguments.pass, Pass::Names | Pass::Std | Pass::Types | Pass::StdTypes) {
        let mut loader = Loader::new(&DiskWorld, &sources).with_tests().distrusting_std();
        match arguments.pass {
            Pass::Std | Pass::StdTypes => loader.whole("std"),
            _ => {
                loader.package("main", std::slice::from_ref(&arguments.file));
                loader.whole("main");
            }
        }
        let (program, mut found) = loader.finish();
        if matches!(arguments.pass, Pass::Types | Pass::StdTypes) {
            let package = if arguments.pass == Pass::Types { "main" } else { "std" };
            let types = Types::new(Arc::new(program), Schemas::new(Arc::default(), Versions::ALL));
            let program = Arc::clone(&types.program);
            for (id, _) in program.modules().filter(|(id, _)| program.package(*id) == package) {
                found.extend(types.check(id));
            }
        }
        findings = found;
    }
    Ok(report(findings, &sources, common, Stream::Stderr))
}

/// One line a node, indented by depth; tokens with their text.
fn print_tree(tree: &Tree) -> String {
    let mut out = String::new();
    for id in tree.descendants(Tree::ROOT) {
        let depth = tree.ancestors(id).count() - 1;
        let range = tree.range(id);
        let _ = write!(out, "{}{:?} {}..{}", "  ".repeat(depth), tree.kind(id), range.start, range.end);
        if tree.kind(id).is_token() {
            let _ = write!(out, " {:?}", tree.text(id));
        }
        out.push('\n');
    }
    out
}
