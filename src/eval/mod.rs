//! Evaluation: definitions with parameters become objects, patches included. Strict, pure and total (language reference §6–9, §13).
//! Reads no files and checks no schemas: objects come out as their definitions made them.

mod annotate;
mod block;
mod budget;
mod builtin;
mod call;
mod coverage;
mod expr;
mod input;
mod literal;
mod machine;
mod number;
mod order;
mod patch;
mod path;
mod pattern;
mod render;
mod secrets;
mod tests;
mod view;

pub use budget::Budget;
pub use coverage::{Branch, Coverage, Way};
pub use input::{ActiveRule, ComponentInput, Context, Creator, Rendered, RenderedObject, Unit};
pub use secrets::Secrets;
pub use tests::{CompileApplication, Compiled, CompiledObject, TestResult, run_test};

use crate::diagnostics::Diagnostic;
use crate::hir::Program;
use crate::kube::{Catalog, Version};
use crate::source::Sources;
use crate::types::Types;
use crate::value::{Origins, Value};

/// What all evaluation of one application shares.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    pub program: &'a Program,
    pub types: &'a Types,
    pub catalog: &'a Catalog,
    pub version: Version,
    /// `--compat kubevela`
    pub compat: bool,
    pub sources: &'a Sources,
    /// A fresh one for each application.
    pub budget: &'a Budget,
    /// Where sensitive values are noted.
    pub secrets: &'a Secrets,
    /// Where branches are noted, when that is asked for.
    pub coverage: Option<&'a Coverage>,
}

/// Renders a component: its definition, then its traits, then policies with `for`, as language reference §8.3 orders them.
/// All parameters are read and all mistakes in them reported, also when the component itself fails. Reports J0808 (trait does not fit) and J0809 (traits exclude each other).
pub fn render(env: &Env<'_>, input: &ComponentInput, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Rendered {
    render::component(env, input, origins, sink)
}

/// Renders a policy without `for`: objects of its own, named `output` or by their outputs; `context.name` is the policy's name.
pub fn render_policy(env: &Env<'_>, policy: &Unit, context: &Context, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Rendered {
    render::policy(env, policy, context, origins, sink)
}

/// Runs rules over all objects of one component. `objects` are what [`render`] gave, with names and labels added.
pub fn apply_rules(env: &Env<'_>, rules: &[ActiveRule], objects: &[RenderedObject], context: &Context, origins: &mut Origins, sink: &mut Vec<Diagnostic>) {
    render::rules(env, rules, objects, std::slice::from_ref(context), origins, sink);
}

/// Runs rules over plain objects, each with a context of its own; `outputs` are all of them.
pub fn apply_rules_to_each(env: &Env<'_>, rules: &[ActiveRule], objects: &[RenderedObject], contexts: &[Context], origins: &mut Origins, sink: &mut Vec<Diagnostic>) {
    render::rules(env, rules, objects, contexts, origins, sink);
}

/// Reads the properties of a unit as its definition's parameters, for checks without rendering: mistakes are reported, `None` when there are any.
pub fn decode_parameters(env: &Env<'_>, unit: &Unit, context: &Context, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Option<Value> {
    render::decode(env, unit, context, origins, sink)
}

/// The value of an expression of a module that needs neither parameters nor a context: a default, an example. `None` for others.
pub fn constant(env: &Env<'_>, module: crate::hir::ModuleId, e: crate::hir::ExprId) -> Option<Value> {
    let (mut origins, mut sink) = (Origins::new(), Vec::new());
    let mut m = machine::Machine::new(env, &Context::default(), crate::base::Span::default(), &mut origins, &mut sink);
    let mut frame = machine::Frame::new(env.program.module(module), module, &crate::hir::Owner::default(), None);
    m.eval(&mut frame, e).ok().flatten()
}

/// The value of a `let` of a module, for `jibe eval`; `None` when it is absent or fails, which is reported.
pub fn evaluate_let(env: &Env<'_>, module: crate::hir::ModuleId, index: u32, origins: &mut Origins, sink: &mut Vec<Diagnostic>) -> Option<Value> {
    let mut m = machine::Machine::new(env, &Context::default(), crate::base::Span::default(), origins, sink);
    let value = m.module_let(module, index).ok().flatten();
    m.finish();
    value
}
