//! `jibe eval`: the value of an expression, of the `let`s of a module, or of a YAML or JSON file, one a line.

use std::path::Path;

use clap::ValueEnum;

use super::report::Stream;
use super::{Common, Exit, Fault, report, write_stdout};
use crate::base::FileId;
use crate::driver::{evaluate_expression, evaluate_module};
use crate::source::{DiskWorld, MAX_MANIFEST_BYTES, Sources, World};
use crate::value::{Data, Origins, Value};
use crate::yaml;

/// Evaluates an expression, or prints the values of a file
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// An expression, or a `.jibe`, YAML or JSON file; without one, a session (see `jibe repl`)
    #[arg(value_name = "EXPR or FILE")]
    pub target: Option<String>,
    /// How values are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub format: Format,
}

/// How values are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text without quotes; everything else as JSON
    Text,
    /// One JSON value a line
    Json,
}

/// Prints the values to standard output, findings to standard error.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let Some(target) = &arguments.target else { return super::repl::session(common) };
    let path = Path::new(target);
    if path.extension().is_some_and(|e| e == "jibe") || !DiskWorld.is_file(path) {
        return Ok(language(target, arguments.format, path, common));
    }
    let bytes = DiskWorld.read(path, MAX_MANIFEST_BYTES).map_err(|e| Fault::new(format!("cannot read `{target}`: {e}")))?;
    let sources = Sources::new();
    let (text, broken) = yaml::decode(bytes, FileId(0));
    let file = sources.add(target.clone(), text);
    let Some(source) = sources.get(file) else { return Ok(Exit::Clean) };
    let (values, findings) = match broken {
        Some(finding) => (Vec::new(), vec![finding]),
        None => values(path, &source.text, file),
    };
    let mut out = String::new();
    for value in &values {
        print(value, arguments.format, &mut out);
    }
    write_stdout(out.as_bytes());
    Ok(report(findings, &sources, common, Stream::Stderr))
}

/// An expression or a module.
fn language(target: &str, format: Format, path: &Path, common: &Common) -> Exit {
    let sources = Sources::new();
    let (values, findings) = if DiskWorld.is_file(path) { evaluate_module(path, &DiskWorld, &sources) } else { evaluate_expression(target, Box::new(DiskWorld), &sources) };
    let mut out = String::new();
    for value in values.iter().filter_map(|(_, v)| v.as_ref()) {
        print(value, format, &mut out);
    }
    write_stdout(out.as_bytes());
    report(findings, &sources, common, Stream::Stderr)
}

fn values(path: &Path, text: &str, file: FileId) -> (Vec<Value>, Vec<crate::diagnostics::Diagnostic>) {
    let mut origins = Origins::new();
    if path.extension().is_some_and(|e| e == "json") {
        let (value, findings) = yaml::read_json(text, file, &mut origins);
        return (value.into_iter().collect(), findings);
    }
    let (documents, findings) = yaml::read(text, file, &mut origins);
    (documents.into_iter().map(|d| d.value).collect(), findings)
}

fn print(value: &Value, format: Format, out: &mut String) {
    match (&value.data, format) {
        (Data::String(text), Format::Text) => out.push_str(text),
        _ => yaml::write_json(value, out),
    }
    out.push('\n');
}
