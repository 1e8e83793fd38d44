//! Definitions on trial: applications made of values drawn from the types of their parameters, compiled and validated. What fails is shrunk to the smallest application that fails alike.

mod application;
mod subject;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use ecow::EcoString;
use rayon::prelude::*;

use super::Session;
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::eval::Budget;
use crate::hir::DefinitionKind;
use crate::kube::Version;
use crate::oam::{self, Compiler, Document, Reader};
use crate::types::{Choices, shrink};
use crate::value::{Origins, Value};
use crate::yaml;
use subject::Subject;
pub use subject::Unknown;

/// What a definition says on purpose, or what only the application that names something can be wrong about: `require`, casts, names of nothing.
const REFUSALS: [Code; 7] = [codes::J0901, codes::J0902, codes::J0904, codes::J0909, codes::J0803, codes::J0806, codes::J0816];
/// Applications that are tried while one shrinks.
const SHRINKS: u32 = 1500;
/// Kinds of failures of one definition that are shrunk.
const SHOWN: usize = 3;

/// How much is drawn, and from which numbers.
#[derive(Clone, Copy, Debug)]
pub struct Draws {
    pub count: u64,
    pub seed: u64,
}

/// What became of the draws of one definition.
#[derive(Clone, Debug)]
pub struct Tried {
    pub name: EcoString,
    pub kind: DefinitionKind,
    /// Applications that compiled to objects that are valid.
    pub rendered: u64,
    /// Refused by the definition's own words.
    pub refused: u64,
    /// Everything else.
    pub failed: u64,
    /// The types gave no value.
    pub undrawn: u64,
    pub failures: Vec<Failure>,
}

/// A way in which a definition failed.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The first draw that failed so, from 0.
    pub draw: u64,
    pub code: Code,
    /// How many draws failed so.
    pub times: u64,
    /// The smallest application that does.
    pub application: String,
    pub version: Version,
    /// What is found in it.
    pub findings: Vec<Diagnostic>,
}

/// What became of one draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    Rendered,
    Refused,
    Failed(Code),
    Undrawn,
}

impl Session {
    /// Loads the project's definitions and those of the standard library, and checks the project's.
    pub fn read_for_trial(&mut self) {
        self.load_all();
        let found = self.library.check(&self.findings);
        self.findings.extend(found);
    }

    /// Tries the definitions that `names` name (a definition, a package, or a definition of a package); those of the project when there are none.
    pub fn try_at_random(&self, names: &[String], draws: Draws) -> Result<Vec<Tried>, Unknown> {
        let subjects = subject::select(self, names)?;
        Ok(subjects.into_par_iter().map(|s| self.subject(&s, draws)).collect())
    }

    fn subject(&self, subject: &Subject, draws: Draws) -> Tried {
        let outcomes: Vec<Outcome> = (0..draws.count).into_par_iter().map(|i| self.draw(subject, i, draws.seed)).collect();
        let of = |wanted: Outcome| outcomes.iter().filter(|o| **o == wanted).count() as u64;
        let mut by_code: BTreeMap<&str, (Code, u64, u64)> = BTreeMap::new();
        for (i, outcome) in outcomes.iter().copied().enumerate() {
            if let Outcome::Failed(code) = outcome {
                by_code.entry(code.0).or_insert((code, i as u64, 0)).2 += 1;
            }
        }
        let failed = by_code.values().map(|(_, _, times)| times).sum();
        let mut first: Vec<(Code, u64, u64)> = by_code.into_values().collect();
        first.sort_by_key(|(_, draw, _)| *draw);
        first.truncate(SHOWN);
        let failures = first.into_par_iter().map(|(code, draw, times)| self.smallest(subject, code, draw, times, draws.seed)).collect();
        Tried { name: subject.name.clone(), kind: subject.kind, rendered: of(Outcome::Rendered), refused: of(Outcome::Refused), undrawn: of(Outcome::Undrawn), failed, failures }
    }

    fn draw(&self, subject: &Subject, draw: u64, seed: u64) -> Outcome {
        let mut choices = Choices::new(subject.seed(seed, draw));
        match application::draw(subject, &mut choices) {
            Some(app) => self.judge(subject, &app, self.version_of(draw)),
            None => Outcome::Undrawn,
        }
    }

    /// Draws go through the versions of the project, unless one is asked for.
    fn version_of(&self, draw: u64) -> Version {
        let all: Vec<Version> = Version::all().filter(|v| (self.settings.oldest..=self.settings.newest).contains(v)).collect();
        let turn = (draw as usize).checked_rem(all.len()).and_then(|i| all.iter().rev().nth(i).copied());
        self.options.kube_version.or(turn).unwrap_or(self.settings.newest)
    }

    fn judge(&self, subject: &Subject, app: &Value, version: Version) -> Outcome {
        let findings = self.found(app, &mut Origins::new(), version);
        let mut errors = findings.iter().filter(|d| d.is_error());
        let Some(first) = errors.clone().next() else { return Outcome::Rendered };
        // Copies of a component that does not name its objects after them, and what a step says about the properties of a component.
        let clash = match subject.kind {
            DefinitionKind::Policy => [codes::J0910, codes::J0301].contains(&first.code),
            DefinitionKind::Step => first.code == codes::J0301,
            _ => false,
        };
        if errors.any(|d| REFUSALS.contains(&d.code)) || (subject.passes && first.code != codes::J1501) || clash { Outcome::Refused } else { Outcome::Failed(first.code) }
    }

    /// Everything that is wrong with an application; a panic is an internal error.
    fn found(&self, value: &Value, origins: &mut Origins, version: Version) -> Vec<Diagnostic> {
        let compile = || {
            let mut reader = Reader { origins, sources: &self.sources, compat: self.options.compat, findings: Vec::new() };
            let document = oam::read(&mut reader, value);
            let mut findings = std::mem::take(&mut reader.findings);
            if let Document::Application(mut app) = document {
                findings.extend(self.joined(&mut app, origins, &[], &[]));
                let budget = Budget::default();
                let compiler = Compiler { env: self.environment(&budget, Some(version)), rules: &[] };
                findings.extend(oam::compile(&compiler, &app, origins).findings);
            }
            findings
        };
        catch_unwind(AssertUnwindSafe(compile)).unwrap_or_else(|_| vec![Diagnostic::new(codes::J1501, "internal error: please report")])
    }

    /// The smallest application that fails as the draw does.
    fn smallest(&self, subject: &Subject, code: Code, draw: u64, times: u64, seed: u64) -> Failure {
        let mut choices = Choices::new(subject.seed(seed, draw));
        let _ = application::draw(subject, &mut choices);
        let newest = self.version_of(0);
        let again = |made: &[u32], version: Version| {
            application::draw(subject, &mut Choices::again(made.to_vec())).is_some_and(|app| self.judge(subject, &app, version) == Outcome::Failed(code))
        };
        let version = if again(choices.made(), newest) { newest } else { self.version_of(draw) };
        let small = shrink(choices.made(), SHRINKS, &mut |made| again(made, version));
        let value = application::draw(subject, &mut Choices::again(small)).unwrap_or_default();
        let mut text = String::new();
        yaml::write(&value, &mut text);
        let file = self.sources.add(format!("random/{}.yaml", subject.name), text.as_str());
        let mut origins = Origins::new();
        let (documents, mut findings) = yaml::read(&text, file, &mut origins);
        if let Some(document) = documents.into_iter().next() {
            findings.extend(self.found(&document.value, &mut origins, version));
        }
        findings.retain(Diagnostic::is_error);
        Failure { draw, code, times, application: text, version, findings }
    }
}
