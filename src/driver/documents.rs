//! Files one by one, for a server that keeps what it knows of each: reading does not need the definitions, compiling does.

use ecow::EcoString;

use super::inputs::File;
use super::library::wanted;
use super::session::{Outcome, Session, Work};
use crate::base::FileId;
use crate::diagnostics::Diagnostic;
use crate::hir::DefinitionKind;
use crate::oam::Application;
use crate::value::Origins;

impl Session {
    /// The documents of a file of the run, as one that was found in a folder: what is no application in it is none of our business.
    pub fn read_documents(&self, id: FileId) -> Work {
        let mut work = Work::default();
        self.read_file(File { id, found: true, finding: None }).into_iter().for_each(|r| work.add(r));
        work
    }

    /// Compiles the applications of one file. Policies and workflows that are documents of their own come from `parts`.
    pub fn compile_documents(&self, work: &Work, parts: &Work) -> Outcome {
        let mut outcome = Outcome { findings: work.findings.clone(), ..Outcome::default() };
        for (app, origins) in work.applications.clone() {
            let (mut compiled, origins) = self.application(app, origins, &parts.policies, &parts.workflows);
            outcome.findings.append(&mut compiled.findings);
            outcome.applications.push((compiled, origins));
        }
        outcome.findings.extend(super::lints::applications(self, &work.applications));
        let files: Vec<_> = work.applications.iter().map(|(a, _)| a.name.span.file).collect();
        outcome.findings = super::levels::settled(self, std::mem::take(&mut outcome.findings), |s| files.contains(&s.id));
        outcome
    }

    /// What is wrong with the policies and workflows of `parts` that none of the applications names.
    pub fn check_alone(&self, applications: &[(Application, Origins)], parts: &Work) -> Vec<Diagnostic> {
        self.alone(applications, &parts.policies, &parts.workflows)
    }
}

impl Work {
    /// The applications of these documents.
    pub fn applications(&self) -> &[(Application, Origins)] {
        &self.applications
    }

    /// Whether there are policies or workflows that are documents of their own.
    pub fn has_parts(&self) -> bool {
        !self.policies.is_empty() || !self.workflows.is_empty()
    }

    /// Adds the policies and workflows of other documents.
    pub fn add_parts(&mut self, other: &Work) {
        self.policies.extend(other.policies.iter().cloned());
        self.workflows.extend(other.workflows.iter().cloned());
    }

    /// The definitions that the documents name: kind, package where one is named, name.
    pub fn named_definitions(&self) -> Vec<(DefinitionKind, Option<EcoString>, EcoString)> {
        wanted(self).into_iter().collect()
    }
}
