//! What a new version of definitions breaks: parameters that were given may be given no more, and, for applications, whether they still compile and what becomes of their objects.

use crate::diagnostics::{Diagnostic, nearest};
use crate::hir::{DefId, Definition, DefinitionKind};
use crate::kube;
use crate::types::{Field, Presence, Ty, subtype};
use crate::value::Value;

use super::Input;
use super::compare::{self, Compared};
use super::inputs::Unreadable;
use super::session::Session;

/// Deeper fields are not looked at.
const DEEPEST: usize = 12;

/// What kind of change it is; the words are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    DefinitionRemoved,
    KindChanged,
    ParameterRemoved,
    ParameterRenamed,
    ParameterRequired,
    TypeNarrowed,
    DefaultChanged,
    ApplicationBroken,
    UpdateRefused,
    ObjectsChanged,
}

impl Class {
    /// The word for it in documents.
    pub fn word(self) -> &'static str {
        match self {
            Self::DefinitionRemoved => "definition-removed",
            Self::KindChanged => "kind-changed",
            Self::ParameterRemoved => "parameter-removed",
            Self::ParameterRenamed => "parameter-renamed",
            Self::ParameterRequired => "parameter-required",
            Self::TypeNarrowed => "type-narrowed",
            Self::DefaultChanged => "default-changed",
            Self::ApplicationBroken => "application-broken",
            Self::UpdateRefused => "update-refused",
            Self::ObjectsChanged => "objects-changed",
        }
    }

    /// Whether applications or updates can fail because of it; the others change objects.
    pub fn breaks(self) -> bool {
        !matches!(self, Self::DefaultChanged | Self::ObjectsChanged)
    }
}

/// One change.
#[derive(Clone, Debug)]
pub struct Break {
    pub class: Class,
    /// `component web`, or the application's file.
    pub subject: String,
    /// The parameter or the object, if it is about one.
    pub at: String,
    pub message: String,
    /// What differs in the objects of an application.
    pub objects: Vec<Compared>,
}

/// Compares all definitions of two loaded sessions, of the project and its dependencies.
pub fn definitions(old: &Session, new: &Session) -> Vec<Break> {
    let mut all = Vec::new();
    let after = own(new);
    for (id, definition) in own(old) {
        let subject = format!("{} {}", definition.kind.word(), definition.name);
        let same = |d: &&(DefId, Definition)| d.1.kind == definition.kind && d.1.name == definition.name;
        let Some((new_id, newer)) = after.iter().find(same) else {
            if definition.kind != DefinitionKind::Rule {
                let names = after.iter().filter(|(_, d)| d.kind == definition.kind).map(|(_, d)| d.name.as_str());
                let near = nearest(&definition.name, names).map(|n| format!("; `{n}` is there")).unwrap_or_default();
                let message = format!("the {} `{}` is gone{near}", definition.kind.word(), definition.name);
                all.push(Break { class: Class::DefinitionRemoved, subject, at: String::new(), message, objects: Vec::new() });
            }
            continue;
        };
        let kinds = |d: &Definition| (d.result.as_ref().map(|r| r.segments.join(".")), d.targets.iter().map(|t| t.segments.join(".")).collect::<Vec<_>>());
        let ((made, fits), (makes, fit)) = (kinds(&definition), kinds(newer));
        if made != makes {
            let word = |k: &Option<String>| k.clone().unwrap_or_else(|| "any object".into());
            let message = format!("makes `{}` where it made `{}`", word(&makes), word(&made));
            all.push(Break { class: Class::KindChanged, subject: subject.clone(), at: String::new(), message, objects: Vec::new() });
        }
        let lost: Vec<String> = fits.iter().filter(|f| !fit.contains(f)).map(|f| format!("`{f}`")).collect();
        if !lost.is_empty() && !fit.is_empty() {
            let message = format!("is no longer for {}", lost.join(", "));
            all.push(Break { class: Class::KindChanged, subject: subject.clone(), at: String::new(), message, objects: Vec::new() });
        }
        if definition.kind != DefinitionKind::Rule {
            let mut walk = Walk { old, new, subject, found: Vec::new() };
            walk.types(&old.library.types.parameters(id), &new.library.types.parameters(*new_id), "", 0);
            all.append(&mut walk.found);
        }
    }
    all
}

fn own(session: &Session) -> Vec<(DefId, Definition)> {
    let modules = session.library.own_modules();
    session.library.program.definitions().filter(|(id, _)| modules.contains(&id.module)).map(|(id, d)| (id, d.clone())).collect()
}

struct Walk<'a> {
    old: &'a Session,
    new: &'a Session,
    subject: String,
    found: Vec<Break>,
}

impl Walk<'_> {
    fn say(&mut self, class: Class, at: &str, message: String) {
        self.found.push(Break { class, subject: self.subject.clone(), at: at.to_owned(), message, objects: Vec::new() });
    }

    fn types(&mut self, old: &Ty, new: &Ty, at: &str, depth: usize) {
        if depth > DEEPEST {
            return;
        }
        if let (crate::types::Type::List(a), crate::types::Type::List(b)) = (old.shape(), new.shape())
            && a.element.as_record().is_some()
            && b.element.as_record().is_some()
        {
            return self.types(&a.element.clone(), &b.element.clone(), &format!("{at}[]"), depth + 1);
        }
        match (old.as_record(), new.as_record()) {
            (Some(a), Some(b)) => self.records(&a.fields.clone(), &b.fields.clone(), b.is_open(), at, depth),
            _ if at.is_empty() && subtype(old, new).is_ok() => {}
            _ => {
                if subtype(old, new).is_err() {
                    self.say(Class::TypeNarrowed, at, format!("`{at}` is `{new}`, was `{old}`"));
                }
            }
        }
    }

    fn records(&mut self, old: &[Field], new: &[Field], open: bool, at: &str, depth: usize) {
        let path = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") };
        let mut renamed: Vec<&str> = Vec::new();
        for field in old {
            let here = path(&field.name);
            let Some(newer) = new.iter().find(|f| f.name == field.name) else {
                let fresh: Vec<&Field> =
                    new.iter().filter(|f| !old.iter().any(|o| o.name == f.name) && subtype(&field.ty, &f.ty).is_ok() && subtype(&f.ty, &field.ty).is_ok()).collect();
                let near = nearest(&field.name, fresh.iter().map(|f| f.name.as_str()));
                let same_docs = fresh.iter().find(|f| !f.docs.is_empty() && f.docs == field.docs).map(|f| f.name.as_str());
                match near.or(same_docs) {
                    Some(name) => {
                        renamed.push(name);
                        self.say(Class::ParameterRenamed, &here, format!("`{here}` is called `{name}` now"));
                    }
                    None if open => {}
                    None => self.say(Class::ParameterRemoved, &here, format!("`{here}` is gone")),
                }
                continue;
            };
            if newer.is_required() && !field.is_required() {
                self.say(Class::ParameterRequired, &here, format!("`{here}` has to be given"));
            }
            match (self.default(self.old, field), self.default(self.new, newer)) {
                (Some(a), Some(b)) if a != b => self.say(Class::DefaultChanged, &here, format!("`{here}` is `{b}` when not given, was `{a}`")),
                (None, Some(b)) if field.is_optional() => self.say(Class::DefaultChanged, &here, format!("`{here}` is `{b}` when not given, was left out")),
                (Some(a), None) if newer.is_optional() => self.say(Class::DefaultChanged, &here, format!("`{here}` is left out when not given, was `{a}`")),
                _ => {}
            }
            self.types(&field.ty, &newer.ty, &here, depth + 1);
        }
        for field in new.iter().filter(|f| f.is_required() && !old.iter().any(|o| o.name == f.name) && !renamed.contains(&f.name.as_str())) {
            let here = path(&field.name);
            self.say(Class::ParameterRequired, &here, format!("`{here}` is new and has to be given"));
        }
    }

    /// A default as it is written.
    fn default(&self, session: &Session, field: &Field) -> Option<String> {
        let Presence::Default(module, expr) = field.presence else { return None };
        let module = session.library.program.module(module);
        let text = session.sources.get(module.file)?.text.to_string();
        Some(module.range(expr).of(&text).split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// What becomes of one file with applications. One that did not compile before is passed over.
///
/// # Errors
/// The file cannot be read.
pub fn application(old: &mut Session, new: &mut Session, file: &Input, name: &str) -> Result<Vec<Break>, Unreadable> {
    let Ok(before) = built(old, file)? else { return Ok(Vec::new()) };
    let after = match built(new, file)? {
        Ok(objects) => objects,
        Err(findings) => {
            let broken = |d: Diagnostic| Break { class: Class::ApplicationBroken, subject: name.to_owned(), at: d.code.0.to_owned(), message: d.message, objects: Vec::new() };
            return Ok(findings.into_iter().map(broken).collect());
        }
    };
    let differs: Vec<Compared> = compare::compare(new, before, after).into_iter().filter(|c| !c.is_same()).collect();
    let mut all = Vec::new();
    for c in &differs {
        let (Some(was), Some(is)) = (&c.old, &c.new) else { continue };
        let alone: Vec<String> = errors(new, is, None).into_iter().map(|(_, m)| m).collect();
        for (path, message) in errors(new, is, Some(was)).into_iter().filter(|(_, m)| !alone.contains(m)) {
            let text = |p: &[&str]| is.at(p).and_then(Value::as_str).unwrap_or("").to_owned();
            let at = format!("{}/{} {path}", text(&["kind"]), text(&["metadata", "name"]));
            all.push(Break { class: Class::UpdateRefused, subject: name.to_owned(), at, message, objects: Vec::new() });
        }
    }
    if !differs.is_empty() {
        let message = if differs.len() == 1 { "one object differs".to_owned() } else { format!("{} objects differ", differs.len()) };
        all.push(Break { class: Class::ObjectsChanged, subject: name.to_owned(), at: String::new(), message, objects: differs });
    }
    Ok(all)
}

fn errors(session: &Session, object: &Value, old: Option<&Value>) -> Vec<(String, String)> {
    kube::validate(object, &session.library.catalog, session.version(), old).into_iter().map(|e| (e.path.to_string(), e.message)).collect()
}

type Built = Result<Vec<compare::Placed>, Vec<Diagnostic>>;

/// The objects of a file's applications, or the mistakes.
fn built(session: &mut Session, file: &Input) -> Result<Built, Unreadable> {
    let known = std::mem::take(&mut session.findings);
    let work = session.read(std::slice::from_ref(file), false)?;
    let outcome = session.compile(work);
    session.findings = known;
    let errors: Vec<Diagnostic> = outcome.findings.iter().filter(|d| d.is_error()).cloned().collect();
    Ok(if errors.is_empty() { Ok(compare::objects(&outcome)) } else { Err(errors) })
}
