//! What is tried: definitions by name, and for each trait the components that it fits.

use ecow::EcoString;

use super::application::{self, Parts};
use crate::diagnostics::{codes, nearest};
use crate::driver::Session;
use crate::hir::{DefId, DefinitionKind};
use crate::types::{Choices, Ty, Type};
use crate::value::{Origins, Value};

/// Components that traits are first tried on.
const USUAL: [&str; 5] = ["webservice", "statefulset", "daemon", "cron-task", "task"];
/// On how many components a trait is tried.
const BASES: usize = 4;

/// A definition on trial.
pub struct Subject {
    /// As an application names it.
    pub name: EcoString,
    pub kind: DefinitionKind,
    pub parameters: Ty,
    /// The application's own objects pass through it: what is wrong with them is no fault of the definition.
    pub passes: bool,
    /// Components to put it on, with their plainest properties: name and properties.
    pub bases: Vec<(EcoString, Option<Value>)>,
}

/// A name that no definition and no package has.
#[derive(Clone, Debug)]
pub struct Unknown {
    pub name: String,
    pub nearest: Option<String>,
}

impl Subject {
    /// The seed of one draw: the same whichever other definitions are tried.
    pub fn seed(&self, seed: u64, draw: u64) -> u64 {
        let text = self.name.bytes().chain(seed.to_le_bytes()).chain(draw.to_le_bytes());
        // FNV-1a.
        text.fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
    }
}

/// The definitions that are meant, in the order of their names.
pub fn select(session: &Session, names: &[String]) -> Result<Vec<Subject>, Unknown> {
    let program = &session.library.program;
    let on_trial = |kind: DefinitionKind| matches!(kind, DefinitionKind::Component | DefinitionKind::Trait | DefinitionKind::Policy | DefinitionKind::Step);
    let all: Vec<(DefId, EcoString, EcoString, DefinitionKind)> =
        program.definitions().filter(|(_, d)| on_trial(d.kind)).map(|(id, d)| (id, program.package(id.module).into(), d.name.clone(), d.kind)).collect();
    let mut chosen: Vec<DefId> = Vec::new();
    let own = [session.settings.name.clone()];
    for name in if names.is_empty() { &own[..] } else { names } {
        let before = chosen.len();
        chosen.extend(all.iter().filter(|(_, package, n, _)| name == package || name == n || *name == format!("{package}.{n}")).map(|(id, ..)| *id));
        if chosen.len() == before && !names.is_empty() {
            let nearest = nearest(name, all.iter().flat_map(|(_, p, n, _)| [p.as_str(), n.as_str()])).map(str::to_owned);
            return Err(Unknown { name: name.clone(), nearest });
        }
    }
    chosen.sort_unstable_by_key(|id| (program.definition(*id).name.clone(), *id));
    chosen.dedup();
    let components = components(session);
    Ok(chosen.into_iter().map(|id| subject(session, id, &components)).collect())
}

/// How an application names a definition.
fn called(session: &Session, id: DefId) -> EcoString {
    let program = &session.library.program;
    let d = program.definition(id);
    if program.find(d.kind, None, &d.name) == Some(id) { d.name.clone() } else { format!("{}.{}", program.package(id.module), d.name).into() }
}

/// Components whose plainest form compiles, the usual ones first.
fn components(session: &Session) -> Vec<(EcoString, Option<Value>)> {
    let program = &session.library.program;
    let mut all: Vec<(DefId, EcoString)> = program.definitions().filter(|(_, d)| d.kind == DefinitionKind::Component).map(|(id, _)| (id, called(session, id))).collect();
    let rank = |name: &EcoString| USUAL.iter().position(|u| name == u).unwrap_or(USUAL.len());
    all.sort_by_key(|(_, name)| (rank(name), name.clone()));
    let mut out = Vec::new();
    for (id, name) in all {
        let properties = application::properties(&session.library.types.parameters(id), &mut Choices::again(Vec::new()));
        let Some(properties) = properties else { continue };
        let app = application::assemble(Parts { component: Some((&name, &properties)), ..Parts::default() });
        if session.found(&app, &mut Origins::new(), session.version()).iter().all(|d| !d.is_error()) {
            out.push((name, properties));
        }
    }
    out
}

/// Whether parts of objects are given as they are: the properties are an object or any fields, or hold a list of objects or of patches.
fn passes(parameters: &Ty) -> bool {
    let object = |ty: &Ty| match ty.shape() {
        Type::Object => true,
        Type::List(l) => {
            matches!(l.element.shape(), Type::Object)
                || l.element.members().iter().filter_map(|m| m.as_record()).any(|r| r.fields.iter().any(|f| matches!(f.ty.shape(), Type::Json)))
        }
        _ => false,
    };
    match parameters.shape() {
        Type::Object => true,
        Type::Map(m) => matches!(m.value.shape(), Type::Json),
        Type::Record(r) => r.fields.iter().any(|f| object(&f.ty)) || r.rest.as_ref().is_some_and(|(_, v)| matches!(v.shape(), Type::Json)),
        _ => false,
    }
}

fn subject(session: &Session, id: DefId, components: &[(EcoString, Option<Value>)]) -> Subject {
    let kind = session.library.program.definition(id).kind;
    let parameters = session.library.types.parameters(id);
    let name = called(session, id);
    let plainest = application::properties(&parameters, &mut Choices::again(Vec::new())).unwrap_or_default();
    let fits = |(component, properties): &&(EcoString, Option<Value>)| {
        let app = application::assemble(Parts { component: Some((component, properties)), traits: Some((&name, &plainest)), ..Parts::default() });
        session.found(&app, &mut Origins::new(), session.version()).iter().all(|d| d.code != codes::J0808)
    };
    let bases = match kind {
        DefinitionKind::Trait => components.iter().filter(fits).take(BASES).cloned().collect(),
        _ => components.iter().take(1).cloned().collect(),
    };
    Subject { name, kind, passes: passes(&parameters), parameters, bases }
}
