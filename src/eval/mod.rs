//! Evaluation: definitions with parameters become objects, patches included. Strict, pure and total (language reference §6–9, §13).
//! Reads no files and checks no schemas: objects come out as their definitions made them.

mod budget;
mod input;

pub use budget::Budget;
pub use input::{ActiveRule, ComponentInput, Context, Creator, Rendered, RenderedObject, Unit};

use crate::diagnostics::Diagnostic;
use crate::kube::Version;
use crate::source::Sources;
use crate::value::{Origins, Value};

/// What all evaluation of one application shares.
#[derive(Clone, Copy)]
pub struct Env<'a> {
    pub version: Version,
    /// `--compat kubevela`
    pub compat: bool,
    pub sources: &'a Sources,
    /// A fresh one for each application.
    pub budget: &'a Budget,
}

/// Renders a component: its definition, then its traits, then policies with `for`, as language reference §8.3 orders them.
/// All parameters are read and all mistakes in them reported, also when the component itself fails. Reports J0808 (trait does not fit) and J0809 (traits exclude each other).
pub fn render(_env: &Env<'_>, _input: &ComponentInput, _origins: &mut Origins, _sink: &mut Vec<Diagnostic>) -> Rendered {
    Rendered::default()
}

/// Renders a policy without `for`: objects of its own, named `output` or by their outputs; `context.name` is the policy's name.
pub fn render_policy(_env: &Env<'_>, _policy: &Unit, _context: &Context, _origins: &mut Origins, _sink: &mut Vec<Diagnostic>) -> Rendered {
    Rendered::default()
}

/// Runs rules over all objects of one component. `objects` are what [`render`] gave, with names and labels added.
pub fn apply_rules(_env: &Env<'_>, _rules: &[ActiveRule], _objects: &[RenderedObject], _context: &Context, _origins: &mut Origins, _sink: &mut Vec<Diagnostic>) {}

/// Reads the properties of a unit as its definition's parameters, for checks without rendering: mistakes are reported, `None` when there are any.
pub fn decode_parameters(_env: &Env<'_>, _unit: &Unit, _context: &Context, _origins: &mut Origins, _sink: &mut Vec<Diagnostic>) -> Option<Value> {
    None
}
