//! The arguments that all subcommands share, and the list of subcommands.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::driver::Options;
use crate::kube::Version;
use crate::render;

/// Compiles OAM applications and typed definitions into Kubernetes objects that the API server accepts.
#[derive(Debug, Parser)]
#[command(name = "jibe", version, disable_help_subcommand = true, propagate_version = true)]
#[command(after_help = "Exit code 0: no error. 1: errors in the input. 2: wrong usage, missing file or internal fault.")]
pub struct Arguments {
    #[command(subcommand)]
    pub command: Command,
    #[command(flatten)]
    pub common: Common,
}

/// One variant a subcommand.
#[derive(Debug, Subcommand)]
pub enum Command {
    Build(super::build::Arguments),
    Check(super::check::Arguments),
    Why(super::why::Arguments),
    Lint(super::lint::Arguments),
    Validate(super::validate::Arguments),
    Plan(super::plan::Arguments),
    Diff(super::diff::Arguments),
    Breaking(super::breaking::Arguments),
    Import(super::import::Arguments),
    Eval(super::eval::Arguments),
    Repl(super::repl::Arguments),
    Test(super::test::Arguments),
    Explain(super::explain::Arguments),
    Schema(super::schema::Arguments),
    Docs(super::docs::Arguments),
    Fmt(super::fmt::Arguments),
    Init(super::init::Arguments),
    New(super::new::Arguments),
    Lsp(super::lsp::Arguments),
    Completions(super::completions::Arguments),
    Man(super::man::Arguments),
    Debug(super::debug::Arguments),
}

/// Options that every subcommand takes.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Common options")]
pub struct Common {
    /// A file or folder of definitions, besides those of `jibe.toml`; may be repeated
    #[arg(short = 'd', long = "definitions", value_name = "PATH", global = true)]
    pub definitions: Vec<PathBuf>,
    /// The Kubernetes version to build for, such as 1.36
    #[arg(long, value_name = "VERSION", global = true)]
    pub kube_version: Option<Version>,
    /// Do as another tool does where it differs
    #[arg(long, value_enum, value_name = "TOOL", global = true)]
    pub compat: Option<Compat>,
    /// How findings are printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "human", global = true)]
    pub message_format: MessageFormat,
    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", default_value = "auto", global = true)]
    pub color: Color,
    /// Print no summary and no warnings
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more about what is done
    #[arg(short, long, global = true)]
    pub verbose: bool,
    /// Warnings make the run fail, as errors do
    #[arg(long, global = true)]
    pub deny_warnings: bool,
}

impl Common {
    /// What the driver needs of them.
    pub fn options(&self) -> Options {
        Options {
            definitions: self.definitions.clone(),
            set: Vec::new(),
            kube_version: self.kube_version,
            compat: self.compat == Some(Compat::Kubevela),
            lint: false,
            changed: false,
        }
    }
}

/// Tools whose results can be imitated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Compat {
    /// The objects that `vela dry-run` prints
    Kubevela,
}

/// How findings are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MessageFormat {
    /// With excerpts of the text, for reading
    #[default]
    Human,
    /// One line a finding
    Short,
    /// One JSON document
    Json,
    /// SARIF 2.1.0
    Sarif,
    /// GitHub workflow commands
    Github,
    /// JUnit XML
    Junit,
}

impl MessageFormat {
    /// The renderer's name of it.
    pub fn format(self) -> render::Format {
        match self {
            Self::Human => render::Format::Human,
            Self::Short => render::Format::Short,
            Self::Json => render::Format::Json,
            Self::Sarif => render::Format::Sarif,
            Self::Github => render::Format::Github,
            Self::Junit => render::Format::Junit,
        }
    }
}

/// When to use colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless `NO_COLOR` is set
    #[default]
    Auto,
    Always,
    Never,
}
