//! The checker: whether definitions, functions and tests keep what their types promise. All mistakes at once; what has been reported is silent afterwards.

mod binary;
mod builtins;
mod call;
mod condition;
mod definition;
mod env;
mod expect;
mod expr;
mod flow;
mod item;
mod ledger;
mod list;
mod matching;
mod methods;
mod mismatch;
mod notes;
mod patch;
mod patch_write;
mod record;
mod scope;
mod stmt;
mod template;
mod tests;
mod unused;

use std::collections::HashSet;
use std::sync::Arc;

use ecow::EcoString;

use super::kubernetes;
use super::resolve::{TypeArgs, Types};
use super::ty::{Ty, Type, Typed, Versions};
use crate::base::{Range, Span};
use crate::diagnostics::{Code, Diagnostic};
use crate::hir::{DefId, DefinitionKind, ExprId, ModuleId, Owner, Program};
pub use ledger::Ledger;
pub use notes::{Notebook, Notes};

use env::{Env, Path, PathStep, Root};

impl Types {
    /// Everything that is wrong with a module.
    pub fn check(&self, module: ModuleId) -> Vec<Diagnostic> {
        let mut out = item::module(self, module);
        out.extend(self.take_diagnostics());
        tidy(out)
    }

    /// Everything that is wrong with one definition.
    pub fn check_definition(&self, id: DefId) -> Vec<Diagnostic> {
        let mut out = definition::check(self, id);
        out.extend(self.take_diagnostics());
        tidy(out)
    }
}

impl Types {
    /// The type of a `let` of a module, as messages show it; `?` where it may be absent.
    pub fn let_type(&self, module: ModuleId, index: u32) -> String {
        let mut checker = Checker::new(self, module, &Owner::default());
        let typed = checker.ask(|c| c.module_let(module, index));
        format!("{}{}", typed.ty, if typed.absent { "?" } else { "" })
    }
}

/// In the order of the text, each once.
fn tidy(mut all: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut seen = HashSet::new();
    all.retain(|d| seen.insert((d.code.0, d.span(), d.message.clone())));
    all.sort_by_key(|d| d.span());
    all
}

/// What `target` and the like mean in the body that is checked.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    pub kind: Option<DefinitionKind>,
    pub parameters: Option<Ty>,
    pub context: Option<Ty>,
    pub target: Option<Ty>,
    pub output: Option<Ty>,
    pub outputs: Option<Ty>,
    /// The kind that `output { … }` writes, before it is read back.
    pub result: Option<Ty>,
}

/// The walk over one body.
pub(super) struct Checker<'t> {
    pub types: &'t Types,
    pub program: Arc<Program>,
    pub module: ModuleId,
    pub args: TypeArgs,
    pub scope: Scope,
    pub env: Env,
    pub out: Vec<Diagnostic>,
    /// Nothing is reported: a question is asked.
    quiet: u32,
    /// Steps may be absent: inside `has` and `expect`.
    lenient: u32,
    depth: u32,
    /// The frame of the body.
    owner: Owner,
    /// Local names that are read.
    used: HashSet<u32>,
    pub in_test: bool,
    pub in_status: bool,
    /// Local names that are patched.
    places: HashSet<u32>,
    writes: patch_write::Writes,
    ledger: Ledger,
}

impl<'t> Checker<'t> {
    pub fn new(types: &'t Types, module: ModuleId, owner: &Owner) -> Self {
        Self {
            types,
            program: types.program.clone(),
            module,
            args: TypeArgs::none(),
            scope: Scope::default(),
            env: Env::default(),
            out: Vec::new(),
            quiet: 0,
            lenient: 0,
            depth: 0,
            owner: owner.clone(),
            used: HashSet::new(),
            in_test: false,
            in_status: false,
            places: HashSet::new(),
            writes: patch_write::Writes::default(),
            ledger: Ledger::default(),
        }
    }

    /// A span of the module's file.
    pub fn at(&self, range: Range) -> Span {
        range.in_file(self.program.module(self.module).file)
    }

    /// The span of an expression.
    pub fn span(&self, e: ExprId) -> Span {
        self.at(self.program.module(self.module).range(e))
    }

    /// Reports, unless a question is asked.
    pub fn report(&mut self, finding: Diagnostic) {
        if self.quiet == 0 {
            self.out.push(finding);
        }
    }

    /// Reports a message at an expression.
    pub fn wrong(&mut self, code: Code, e: ExprId, message: impl Into<String>) {
        let span = self.span(e);
        self.report(Diagnostic::new(code, message).primary(span, ""));
    }

    /// Runs `f` without reporting.
    pub fn ask<T>(&mut self, f: impl FnOnce(&mut Self) -> T) -> T {
        self.quiet += 1;
        let answer = f(self);
        self.quiet -= 1;
        answer
    }

    /// Runs `f` with more facts, which are forgotten afterwards.
    pub fn under<T>(&mut self, facts: &env::Facts, f: impl FnOnce(&mut Self) -> T) -> T {
        let before = self.env.facts.0.len();
        self.env.facts.0.extend(facts.0.iter().cloned());
        let answer = f(self);
        self.env.facts.0.truncate(before);
        answer
    }

    /// Whether facts contradict each other: nothing gets there.
    pub fn impossible(&self, facts: &env::Facts) -> bool {
        facts.0.iter().any(|(_, t)| matches!(&*t.ty, Type::Never) && !t.absent)
    }

    /// The versions of Kubernetes for which the place is evaluated.
    pub fn versions(&mut self) -> Versions {
        let path = Path { root: Root::Context, steps: vec![PathStep::Field("clusterVersion".into()), PathStep::Field("minor".into())] };
        let all = self.types.schemas.versions();
        let Some(known) = self.env.facts.get(&path) else { return all };
        let admitted = |minor: i64| known.ty.members().iter().any(|m| matches!(&**m, Type::Int(i) if i.contains(minor)));
        let bits = crate::kube::Version::all().filter(|v| admitted(i64::from(v.minor()))).fold(0, |b, v| b | (1 << v.index()));
        all.meet(Versions(bits))
    }

    /// The type of a type expression of this module.
    pub fn type_of(&self, id: crate::hir::TypeExprId) -> Ty {
        self.types.of(self.module, id, &self.args)
    }

    /// The name of a local.
    pub fn local_name(&self, local: crate::hir::LocalId) -> EcoString {
        self.owner.locals.get(local.index()).map(|l| l.name.clone()).unwrap_or_default()
    }
}

/// A value that has been read and is there.
pub(super) fn present(ty: Ty) -> Typed {
    Typed::present(ty)
}

/// As definitions read a kind.
pub(super) fn as_seen(kind: &Ty, types: &Types) -> Ty {
    match &**kind {
        Type::Object => seen_object(types),
        Type::Union(u) => super::unions::unite(&u.members.iter().map(|m| as_seen(m, types)).collect::<Vec<_>>()).0,
        _ => kubernetes::seen(kind),
    }
}

/// An object of any kind as definitions read it.
pub(super) fn seen_object(types: &Types) -> Ty {
    use super::ty::{Field, Presence, Record};
    let meta = types.schemas.named("meta/v1", "ObjectMeta").unwrap_or_else(|| Type::Json.share());
    let fields =
        vec![Field::new("apiVersion", api_version(), Presence::Required), Field::new("kind", kind_word(), Presence::Required), Field::new("metadata", meta, Presence::Required)];
    let record = Type::Record(Record { name: Some("Object".into()), fields, rest: Some((Type::string(), Type::Json.share())), ..Record::default() }).share();
    kubernetes::seen(&record)
}

/// What an `apiVersion` can be.
pub(super) fn api_version() -> Ty {
    Type::language(super::text::Language::new(None, vec!["([-.a-z0-9]+/)?[a-z0-9]+".into()], super::interval::Length::new(1, None)))
}

/// What a `kind` can be.
pub(super) fn kind_word() -> Ty {
    Type::language(super::text::Language::new(None, vec!["[A-Za-z][-A-Za-z0-9]*".into()], super::interval::Length::new(1, None)))
}
