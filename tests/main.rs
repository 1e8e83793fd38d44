//! The one test binary. A module per area; each gives its trials from `tests()`. `cargo test NAME` runs those whose name contains NAME.

use std::process::ExitCode;

use libtest_mimic::{Arguments, Failed, Trial};

mod authoring;
mod build;
mod check;
mod commands;
mod compare;
mod compat;
mod dependencies;
mod eval;
mod eval_exchange;
mod format;
mod hostile;
mod ide;
mod kube;
mod kube_crd;
mod kube_rules;
mod library;
mod lsp;
mod pages;
mod prepared;
mod random;
mod reports;
mod schema;
mod schema_pack;
mod stories;
mod syntax;
mod tidy;
mod validate;
mod yaml;

/// A trial that panics or gives `Err` when it fails.
pub fn trial(name: &str, run: impl FnOnce() -> Result<(), Failed> + Send + 'static) -> Trial {
    Trial::test(name.to_owned(), run)
}

/// Trials from functions `fn() -> Result<(), Failed>` or `fn()`, named `area::function`.
#[macro_export]
macro_rules! trials {
    ($area:literal: $($name:ident),* $(,)?) => {
        vec![$($crate::trial(concat!($area, "::", stringify!($name)), || $crate::Outcome::into_outcome($name()))),*]
    };
}

/// What a test function may give back.
pub trait Outcome {
    fn into_outcome(self) -> Result<(), Failed>;
}

impl Outcome for () {
    fn into_outcome(self) -> Result<(), Failed> {
        Ok(())
    }
}

impl Outcome for Result<(), Failed> {
    fn into_outcome(self) -> Result<(), Failed> {
        self
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    // One line an area.
    let mut all = Vec::new();
    all.extend(tidy::tests());
    all.extend(validate::tests());
    all.extend(kube::tests());
    all.extend(kube_crd::tests());
    all.extend(kube_rules::tests());
    all.extend(build::tests());
    all.extend(eval::tests());
    all.extend(eval_exchange::tests());
    all.extend(check::tests());
    all.extend(authoring::tests());
    all.extend(commands::tests());
    all.extend(compare::tests());
    all.extend(dependencies::tests());
    all.extend(pages::tests());
    all.extend(compat::tests());
    all.extend(library::tests());
    all.extend(prepared::tests());
    all.extend(random::tests());
    all.extend(schema::tests());
    all.extend(stories::tests());
    all.extend(reports::tests());
    all.extend(schema_pack::tests());
    all.extend(format::tests());
    all.extend(hostile::tests());
    all.extend(ide::tests());
    all.extend(syntax::tests());
    all.extend(lsp::tests());
    all.extend(yaml::tests());
    libtest_mimic::run(&arguments, all).exit_code()
}
