//! Questions about a place in a file of either language.

use std::path::PathBuf;
use std::sync::Arc;

use super::application;
use super::definitions::{self, Asked};
use super::{
    Action, ActionKind, Completion, FileEdit, Folding, Hover, Inlay, Lens, Location, Project, SemanticToken, Signature, Symbol, TextEdit, Workspace, is_definition, search,
};
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::emit;
use crate::format;
use crate::oam::Compiled;
use crate::source::SourceFile;
use crate::value::{Origins, Value};

/// A file that is asked about.
pub struct File {
    pub path: PathBuf,
    pub source: Arc<SourceFile>,
    pub project: Arc<Project>,
    /// The applications of the file, compiled; empty for definitions.
    pub compiled: Arc<Vec<(Compiled, Origins)>>,
}

impl File {
    /// The module, if it is one.
    pub fn module(&self) -> Option<Asked<'_>> {
        Asked::new(&self.project, self.source.id)
    }

    /// The text as one that is no module.
    pub fn text(&self) -> application::Asked<'_> {
        application::Asked {
            text: &self.source.text,
            name: &self.source.name,
            library: self.project.library(),
            sources: &self.project.session.sources,
            version: self.project.session.version(),
            compiled: &self.compiled,
            file: self.source.id,
        }
    }

    /// Whether it is YAML or JSON: what is a definition and no module yet is neither.
    pub fn is_text(&self) -> bool {
        !is_definition(&self.path)
    }

    /// What is shown over a place.
    pub fn hover(&self, offset: u32) -> Option<Hover> {
        match self.module() {
            Some(m) => definitions::hover(&m, offset),
            None if self.is_text() => application::hover(&self.text(), offset),
            None => None,
        }
    }

    /// What can be written at a place.
    pub fn completions(&self, offset: u32) -> Vec<Completion> {
        match self.module() {
            Some(m) => definitions::completions(&m, offset),
            None if self.is_text() => application::completions(&self.text(), offset),
            None => Vec::new(),
        }
    }

    /// What is in the file.
    pub fn symbols(&self) -> Vec<Symbol> {
        match self.module() {
            Some(m) => definitions::symbols(&m),
            None if self.is_text() => application::symbols(&self.text()),
            None => Vec::new(),
        }
    }

    /// How its words are coloured.
    pub fn tokens(&self, part: Option<Range>) -> Vec<SemanticToken> {
        match self.module() {
            Some(m) => definitions::tokens(&m, part),
            None if self.is_text() => application::tokens(&self.text()).into_iter().filter(|t| part.is_none_or(|p| t.range.end > p.start && t.range.start < p.end)).collect(),
            None => Vec::new(),
        }
    }

    /// Texts between the words of a part of it.
    pub fn inlays(&self, part: Range) -> Vec<Inlay> {
        match self.module() {
            Some(m) => definitions::inlays(&m, part),
            None if self.is_text() => application::inlays(&self.text(), part),
            None => Vec::new(),
        }
    }

    /// What can be folded.
    pub fn foldings(&self) -> Vec<Folding> {
        match self.module() {
            Some(m) => definitions::foldings(&m),
            None if self.is_text() => application::foldings(&self.text()),
            None => Vec::new(),
        }
    }

    /// What is selected around a place, from inside out.
    pub fn selection(&self, offset: u32) -> Vec<Range> {
        match self.module() {
            Some(m) => definitions::selection(&m, offset),
            None if self.is_text() => application::selection(&self.text(), offset),
            None => Vec::new(),
        }
    }

    /// The signature of the call around a place.
    pub fn signature(&self, offset: u32) -> Option<Signature> {
        definitions::signature(&self.module()?, offset)
    }

    /// The edits that lay the file out as `jibe fmt` does; `None` for files that it does not lay out.
    pub fn format(&self, part: Option<Range>) -> Option<Vec<TextEdit>> {
        if !is_definition(&self.path) {
            return None;
        }
        let formatted = format::format(&self.source.text);
        Some(line_edits(&self.source.text, &formatted).into_iter().filter(|e| part.is_none_or(|p| e.range.start <= p.end && p.start <= e.range.end)).collect())
    }

    /// Lines above the text.
    pub fn lenses(&self, workspace: &mut Workspace) -> Vec<Lens> {
        let Some(module) = self.module() else { return if self.is_text() { application::lenses(&self.text()) } else { Vec::new() } };
        let mut uses: Vec<Vec<Location>> = Vec::new();
        for d in &module.module.definitions {
            let span = d.name_range.in_file(module.module.file);
            let found = search::references(workspace, span, crate::ide::Kind::Component);
            uses.push(found.into_iter().filter(|r| !r.declares).map(|r| r.at).collect());
        }
        definitions::lenses(&module, |_, i| uses.get(i as usize).cloned().unwrap_or_default())
    }

    /// The objects of the applications as YAML; comments before them say what keeps others from being made.
    pub fn preview(&self, findings: &[Diagnostic]) -> String {
        let mut out = String::new();
        for d in findings.iter().filter(|d| d.is_error()) {
            let line = d.span().filter(|s| s.file == self.source.id).map(|s| format!("line {}: ", self.source.line_column(s.start).line)).unwrap_or_default();
            let message: String = d.message.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
            out.push_str(&format!("# {line}{message} ({})\n", d.code.0));
        }
        let mut objects: Vec<&Value> = Vec::new();
        for delivery in self.compiled.iter().flat_map(|(c, _)| &c.deliveries) {
            let mut own: Vec<&Value> = delivery.objects.iter().map(|o| &o.value).collect();
            emit::sort(&mut own);
            objects.extend(own);
        }
        if objects.is_empty() && out.is_empty() {
            return "# nothing is rendered from this file\n".to_owned();
        }
        out.push_str(&emit::yaml_stream(&objects));
        out
    }

    /// What can be done to a part of the file: the fixes of its findings, comments that allow them, what is missing.
    pub fn actions(&self, part: Range, findings: &[Diagnostic], workspace: &Workspace) -> Vec<Action> {
        let mut out = Vec::new();
        for d in findings {
            let Some(at) = d.labels.iter().find(|l| l.span.file == self.source.id).map(|l| l.span.range()) else { continue };
            if at.end < part.start || part.end < at.start {
                continue;
            }
            for fix in &d.fixes {
                if let Some(edits) = edits_of(&fix.edits, workspace) {
                    out.push(Action { title: sentence(&fix.title), kind: ActionKind::QuickFix, edits, preferred: fix.safe && d.fixes.len() == 1, mends: Some((d.code.0, at)) });
                }
            }
        }
        out.extend(if self.is_text() { application::actions(&self.text(), part, findings) } else { self.allowances(part, findings) });
        out
    }

    /// Comments in a definition that allow what was found.
    fn allowances(&self, part: Range, findings: &[Diagnostic]) -> Vec<Action> {
        let here = |d: &&Diagnostic| d.span().is_some_and(|s| s.file == self.source.id && s.start <= part.end && part.start <= s.end);
        let action = |d: &Diagnostic| {
            let (name, edit) = super::allow::allow(&self.source.text, self.source.id, d, "//")?;
            let edits = vec![FileEdit { at: Location { file: self.source.name.clone(), range: edit.range }, text: edit.text }];
            let mends = d.span().map(|s| (d.code.0, s.range()));
            Some(Action { title: format!("Allow `{name}` here, with a reason"), kind: ActionKind::QuickFix, edits, preferred: false, mends })
        };
        findings.iter().filter(here).filter_map(action).collect()
    }

    /// All safe fixes of the file that do not touch each other.
    pub fn fix_all(&self, findings: &[Diagnostic], workspace: &Workspace) -> Option<Action> {
        let mut taken: Vec<Range> = Vec::new();
        let mut edits = Vec::new();
        for fix in findings.iter().filter_map(|d| d.fixes.iter().find(|f| f.safe)) {
            let own = fix.edits.iter().all(|e| e.span.file == self.source.id);
            let clash = |r: Range| taken.iter().any(|t| r.start < t.end.max(t.start + 1) && t.start < r.end.max(r.start + 1));
            if !own || fix.edits.is_empty() || fix.edits.iter().any(|e| clash(e.span.range())) {
                continue;
            }
            taken.extend(fix.edits.iter().map(|e| e.span.range()));
            edits.extend(edits_of(&fix.edits, workspace)?);
        }
        (!edits.is_empty()).then(|| Action { title: "Fix everything that is certain".to_owned(), kind: ActionKind::FixAll, edits, preferred: false, mends: None })
    }
}

/// Edits of a fix; `None` where one is in a file that nobody may change.
fn edits_of(edits: &[crate::diagnostics::Edit], workspace: &Workspace) -> Option<Vec<FileEdit>> {
    let edit = |e: &crate::diagnostics::Edit| {
        let source = workspace.sources.get(e.span.file).filter(|s| !s.name.starts_with(super::STD))?;
        Some(FileEdit { at: Location { file: source.name.clone(), range: e.span.range() }, text: e.text.clone() })
    };
    edits.iter().map(edit).collect()
}

/// With a capital letter: titles stand alone.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|c| c.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The changes between two texts, whole lines each, so that the editor keeps cursors where nothing changes.
fn line_edits(old: &str, new: &str) -> Vec<TextEdit> {
    if old == new {
        return Vec::new();
    }
    let (old_lines, new_lines): (Vec<&str>, Vec<&str>) = (old.split_inclusive('\n').collect(), new.split_inclusive('\n').collect());
    let starts = |lines: &[&str]| -> Vec<u32> {
        let mut at = 0;
        let mut all = vec![0];
        all.extend(lines.iter().map(|l| {
            at += l.len() as u32;
            at
        }));
        all
    };
    let (old_starts, new_starts) = (starts(&old_lines), starts(&new_lines));
    let at = |all: &[u32], i: usize| all.get(i).copied().unwrap_or(0);
    similar::capture_diff_slices(similar::Algorithm::Myers, &old_lines, &new_lines)
        .into_iter()
        .filter(|op| op.tag() != similar::DiffTag::Equal)
        .map(|op| {
            let (o, n) = (op.old_range(), op.new_range());
            let text = Range::new(at(&new_starts, n.start), at(&new_starts, n.end)).of(new).to_owned();
            TextEdit { range: Range::new(at(&old_starts, o.start), at(&old_starts, o.end)), text }
        })
        .collect()
}
