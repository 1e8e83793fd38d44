//! Where else a name is used: in the modules of all projects and in applications.

use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use super::application;
use super::definitions::{self, Asked, Meaning, uses_in};
use super::sweep::Document;
use super::{Caller, File, FileEdit, Kind, Location, Project, Reference, Refusal, STD, Workspace, WorkspaceSymbol};
use crate::base::{Range, Span};
use crate::hir::{DefId, ModuleId};

/// What a place is about: what is declared where, and the word that stands there.
#[derive(Clone, Debug)]
pub struct Subject {
    pub declared: Span,
    pub kind: Kind,
    /// The word at the place that was asked about.
    pub range: Range,
}

/// What the word at a place stands for, if a module declares it.
pub fn subject(file: &File, offset: u32) -> Option<Subject> {
    if file.is_text() {
        let (found, range) = application::subject(&file.text(), offset)?;
        return match found {
            application::Subject::Definition(id) => {
                let program = &file.project.library().program;
                let d = program.definition(id);
                Some(Subject { declared: d.name_range.in_file(program.module(id.module).file), kind: definitions::kind_of(d.kind), range })
            }
            application::Subject::Field(declared) => Some(Subject { declared, kind: Kind::Parameter, range }),
            application::Subject::Name(..) => None,
        };
    }
    let asked = file.module()?;
    let used = definitions::use_at(&asked, offset)?;
    match used.meaning {
        Meaning::Declared(declared, kind) => Some(Subject { declared, kind, range: used.range }),
        _ => None,
    }
}

/// Where the word at a place is declared.
pub fn definition(file: &File, offset: u32) -> Vec<Location> {
    if file.is_text() {
        return application::definition(&file.text(), offset);
    }
    let Some(asked) = file.module() else { return Vec::new() };
    let sources = &file.project.session.sources;
    let at = |span: Span| sources.get(span.file).map(|s| Location { file: s.name.clone(), range: span.range() });
    match definitions::use_at(&asked, offset).map(|u| u.meaning) {
        Some(Meaning::Declared(span, Kind::File)) => imported_file(&asked, span).or_else(|| at(span)).into_iter().collect(),
        Some(Meaning::Declared(span, _)) => at(span).into_iter().collect(),
        Some(Meaning::Module(m)) => at(Range::new(0, 0).in_file(file.project.library().program.module(m).file)).into_iter().collect(),
        _ => definitions::parameters_at(&asked, offset).and_then(|r| at(r.in_file(asked.module.file))).into_iter().collect(),
    }
}

/// The data file that an alias stands for.
fn imported_file(asked: &Asked<'_>, alias: Span) -> Option<Location> {
    let import = asked.module.imports.iter().find(|i| i.alias.as_ref().is_some_and(|(_, r)| *r == alias.range()))?;
    let crate::hir::ImportSource::File(relative) = &import.source else { return None };
    let path = std::path::Path::new(&asked.source.name).parent()?.join(relative.as_str());
    Some(Location { file: super::name_of(&std::path::absolute(path).ok()?), range: Range::default() })
}

/// The type of the value at a place: where that is declared.
pub fn type_definition(file: &File, offset: u32) -> Vec<Location> {
    let Some(asked) = file.module() else { return Vec::new() };
    let Some(name) = definitions::type_name_at(&asked, offset) else { return Vec::new() };
    let program = &file.project.library().program;
    let found = program.modules().find_map(|(_, m)| m.types.iter().find(|t| t.name == name).map(|t| t.name_range.in_file(m.file)));
    found.and_then(|s| Some(Location { file: file.project.session.sources.get(s.file)?.name.clone(), range: s.range() })).into_iter().collect()
}

/// The modules of a project that a search looks at: its own, and the one in which the name is declared.
fn modules(project: &Project, declared: Span) -> Vec<ModuleId> {
    let mut all = project.library().own_modules();
    all.extend(project.module_in(declared.file));
    all.sort_unstable();
    all.dedup();
    all
}

/// Every use of what the word at a place stands for.
pub fn references_at(workspace: &mut Workspace, file: &File, offset: u32) -> Vec<Reference> {
    match subject(file, offset) {
        Some(s) => references(workspace, s.declared, s.kind),
        None if file.is_text() => application::references(&file.text(), offset),
        None => Vec::new(),
    }
}

/// Every use of what is declared at a place, by file and position.
pub fn references(workspace: &mut Workspace, declared: Span, kind: Kind) -> Vec<Reference> {
    let name = workspace.sources.text_of(declared);
    let plain = name.trim_matches('"');
    let fields = matches!(kind, Kind::Parameter | Kind::Property | Kind::Object);
    let mut out: Vec<Reference> = Vec::new();
    for (project, documents) in workspace.everything() {
        let ids = modules(&project, declared);
        let found: Vec<Vec<Reference>> = ids.into_par_iter().map(|id| in_module(&project, id, declared, plain, fields)).collect();
        out.extend(found.into_iter().flatten());
        let found: Vec<Vec<Reference>> = documents.into_par_iter().map(|(path, d)| in_document(&project, &path, &d, declared, plain, kind)).collect();
        out.extend(found.into_iter().flatten());
    }
    out.sort();
    out.dedup();
    out
}

fn in_module(project: &Project, id: ModuleId, declared: Span, name: &str, fields: bool) -> Vec<Reference> {
    let file = project.library().program.module(id).file;
    let Some(asked) = Asked::new(project, file) else { return Vec::new() };
    if !asked.source.text.contains(name) {
        return Vec::new();
    }
    let same = |u: &definitions::Use| matches!(u.meaning, Meaning::Declared(s, _) if s == declared);
    let at = |range| Location { file: asked.source.name.clone(), range };
    uses_in(&asked, fields).iter().filter(|u| same(u)).map(|u| Reference { at: at(u.range), declares: u.declares, writes: u.writes || u.declares }).collect()
}

/// Uses in an application or another document.
fn in_document(project: &Project, path: &std::path::Path, document: &Document, declared: Span, name: &str, kind: Kind) -> Vec<Reference> {
    if name.is_empty() || !document.text.contains(name) {
        return Vec::new();
    }
    let file = super::name_of(path);
    let asked = application::Asked {
        text: &document.text,
        name: &file,
        library: project.library(),
        sources: &project.session.sources,
        version: project.session.version(),
        compiled: &[],
        file: document.file,
    };
    let program = &project.library().program;
    let definition = || {
        let id = project.module_in(declared.file)?;
        let index = program.module(id).definitions.iter().position(|d| d.name_range == declared.range())?;
        Some(DefId { module: id, index: index as u32 })
    };
    let (found, writes) = match kind {
        Kind::Component | Kind::Trait | Kind::Policy | Kind::Step => (definition().map(|d| application::uses(&asked, d)).unwrap_or_default(), false),
        Kind::Parameter | Kind::Property => (application::uses_of_field(&asked, declared), true),
        _ => (Vec::new(), false),
    };
    found.into_iter().map(|range| Reference { at: Location { file: file.clone(), range }, declares: false, writes }).collect()
}

/// The uses in the file itself.
pub fn highlights(file: &File, offset: u32) -> Vec<Reference> {
    if file.is_text() {
        return application::references(&file.text(), offset).into_iter().filter(|r| r.at.file == file.source.name).collect();
    }
    let Some(asked) = file.module() else { return Vec::new() };
    let Some(subject) = subject(file, offset) else { return Vec::new() };
    let name = file.project.session.sources.text_of(subject.declared);
    in_module(&file.project, asked.id, subject.declared, name.trim_matches('"'), true)
}

/// The word that would be renamed.
///
/// # Errors
/// Why it cannot be.
pub fn renameable(file: &File, offset: u32) -> Result<Range, Refusal> {
    let found = subject(file, offset);
    if found.is_none() && file.is_text() {
        return application::renameable(&file.text(), offset);
    }
    let subject = found.ok_or("there is no name here that could be changed")?;
    let source = file.project.source(subject.declared).ok_or("nobody knows where this is declared")?;
    if source.name.starts_with(STD) {
        return Err("this name comes with Jibe and cannot be changed".to_owned());
    }
    if subject.kind == Kind::Test {
        return Err("a test is renamed by typing".to_owned());
    }
    let word = subject.range.of(&file.source.text);
    if file.is_text() {
        application::renameable(&file.text(), offset)?;
    }
    Ok(if word.starts_with('"') && word.len() > 1 { Range::new(subject.range.start + 1, subject.range.end - 1) } else { subject.range })
}

/// The edits that give what stands at a place another name, wherever it is used.
///
/// # Errors
/// Why that is not possible.
pub fn rename(workspace: &mut Workspace, file: &File, offset: u32, new: &str) -> Result<Vec<FileEdit>, Refusal> {
    renameable(file, offset)?;
    let found = subject(file, offset);
    if found.is_none() && file.is_text() {
        return application::rename(&file.text(), offset, new);
    }
    let subject = found.ok_or("there is no name here that could be changed")?;
    definitions::fits(subject.kind, new)?;
    let old = workspace.sources.text_of(subject.declared).trim_matches('"').to_owned();
    if old == new {
        return Ok(Vec::new());
    }
    let fields = matches!(subject.kind, Kind::Parameter | Kind::Property | Kind::Object | Kind::Variable);
    let mut out: Vec<FileEdit> = Vec::new();
    for (project, documents) in workspace.everything() {
        if let Some(taken) = taken(&project, &subject, new) {
            return Err(taken);
        }
        for id in modules(&project, subject.declared) {
            let Some(asked) = Asked::new(&project, project.library().program.module(id).file) else { continue };
            if asked.source.name.starts_with(STD) || !asked.source.text.contains(&old) {
                continue;
            }
            let all = uses_in(&asked, fields);
            let same = all.iter().filter(|u| matches!(u.meaning, Meaning::Declared(s, _) if s == subject.declared));
            let edits = same.filter_map(|u| definitions::edit(&all, u, &old, new, &asked.source.text));
            out.extend(edits.map(|e| FileEdit { at: Location { file: asked.source.name.clone(), range: e.range }, text: e.text }));
        }
        for (path, document) in documents {
            out.extend(
                in_document(&project, &path, &document, subject.declared, &old, subject.kind)
                    .into_iter()
                    .map(|r| FileEdit { text: yaml_word(&document.text, r.at.range, new), at: r.at }),
            );
        }
    }
    out.sort_by(|a, b| a.at.cmp(&b.at));
    out.dedup();
    Ok(out)
}

/// A name as it is written in YAML: quoted where it stands alone and would mean something else, such as a number.
fn yaml_word(text: &str, range: Range, new: &str) -> String {
    let before = text.get(..range.start as usize).unwrap_or("");
    if before.ends_with(['"', '\'', '.']) {
        return new.to_owned();
    }
    let mut out = String::new();
    crate::yaml::write(&crate::value::Value::string(new, crate::value::Origin::UNKNOWN), &mut out);
    out.trim_end().to_owned()
}

/// Whether another thing of the kind has the name already.
fn taken(project: &Project, subject: &Subject, new: &str) -> Option<Refusal> {
    let program = &project.library().program;
    let home = project.module_in(subject.declared.file)?;
    let m = program.module(home);
    let is = |kinds: &[Kind]| kinds.contains(&subject.kind);
    let clash = if is(&[Kind::Component, Kind::Trait, Kind::Policy, Kind::Step, Kind::Rule]) {
        program.definitions().any(|(id, d)| program.package(id.module) == program.package(home) && d.name == new && definitions::kind_of(d.kind) == subject.kind)
    } else if is(&[Kind::Type, Kind::Resource, Kind::View]) {
        program.types_in(home).any(|(n, _)| n == new)
    } else if is(&[Kind::Function]) || (is(&[Kind::Variable]) && m.lets.iter().any(|l| l.name_range == subject.declared.range())) {
        program.names_in(home).any(|(n, _)| n == new)
    } else {
        let asked = Asked::new(project, m.file)?;
        is(&[Kind::Variable]) && definitions::locals_at(&asked, subject.declared.start).iter().any(|l| l.name == new)
    };
    clash.then(|| format!("there is something called `{new}` already"))
}

/// Who uses a definition, function or type.
pub fn incoming(workspace: &mut Workspace, of: Span) -> Vec<Caller> {
    let mut out = Vec::new();
    let name = workspace.sources.text_of(of);
    for (project, documents) in workspace.everything() {
        for id in modules(&project, of) {
            let Some(asked) = Asked::new(&project, project.library().program.module(id).file) else { continue };
            if asked.source.text.contains(&name) {
                out.extend(definitions::incoming(&asked, of));
            }
        }
        for (path, document) in documents {
            let uses: Vec<Range> = in_document(&project, &path, &document, of, &name, Kind::Component).into_iter().map(|r| r.at.range).collect();
            let Some(first) = uses.first().copied() else { continue };
            let title = document.work.applications().first().map(|(a, _)| a.name.text.to_string()).unwrap_or_default();
            let file = super::name_of(&path);
            out.push(Caller { name: title, kind: Kind::Document, detail: None, file, range: Range::new(0, document.text.len() as u32), name_range: first, uses });
        }
    }
    out
}

/// What can be used and use others at a place.
pub fn hierarchy_at(file: &File, offset: u32) -> Option<Caller> {
    match file.module() {
        Some(m) => definitions::prepare(&m, offset),
        // From `type:` in an application: the definition.
        None => {
            let subject = subject(file, offset)?;
            definitions::item(&Asked::new(&file.project, subject.declared.file)?, subject.declared)
        }
    }
}

/// What the item whose name stands at a place uses.
pub fn outgoing(file: &File, of: Range) -> Vec<Caller> {
    file.module().map(|m| definitions::outgoing(&m, of)).unwrap_or_default()
}

/// The most symbols that a search of the workspace gives.
const MOST: usize = 512;

/// What is called like this, in all projects: the letters of the query in their order.
pub fn symbols(workspace: &mut Workspace, query: &str) -> Vec<WorkspaceSymbol> {
    let mut out: Vec<WorkspaceSymbol> = Vec::new();
    let fits = |name: &str| {
        let mut letters = name.chars().flat_map(char::to_lowercase);
        query.chars().flat_map(char::to_lowercase).filter(|c| !c.is_whitespace()).all(|q| letters.any(|n| n == q))
    };
    let everything = workspace.everything();
    for (project, documents) in &everything {
        for id in project.library().own_modules() {
            let Some(asked) = Asked::new(project, project.library().program.module(id).file) else { continue };
            for s in definitions::symbols(&asked).into_iter().filter(|s| fits(&s.name)) {
                let at = Location { file: asked.source.name.clone(), range: s.name_range };
                out.push(WorkspaceSymbol { name: s.name, kind: s.kind, container: Some(asked.module.name.to_string()), at });
            }
        }
        for (path, document) in documents {
            for (app, _) in document.work.applications().iter().filter(|(a, _)| fits(a.name.as_str())) {
                let at = Location { file: super::name_of(path), range: app.name.span.range() };
                out.push(WorkspaceSymbol { name: app.name.text.to_string(), kind: Kind::Document, container: None, at });
            }
        }
    }
    out.sort_by_key(|s| (s.name.len(), s.name.clone(), s.at.clone()));
    out.truncate(MOST);
    out
}

/// The files of a project.
pub type Holdings = Vec<(Arc<Project>, Vec<(PathBuf, Arc<Document>)>)>;
