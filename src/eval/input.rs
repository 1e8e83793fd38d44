//! What evaluation is given and gives back: units of an application, the context that definitions see, rendered objects.

use ecow::EcoString;

use crate::base::Span;
use crate::diagnostics::Severity;
use crate::hir::DefId;
use crate::value::{Origin, Value};

/// One use of a definition in an application: a component, a trait, a policy.
#[derive(Clone, Debug)]
pub struct Unit {
    pub definition: DefId,
    /// As the application calls it (`webservice`, `gateway@v2`).
    pub type_name: EcoString,
    pub type_span: Span,
    /// As written; `None` where there is no `properties`.
    pub properties: Option<Value>,
    /// The whole entry.
    pub span: Span,
}

/// Where and for whom a definition is evaluated (language reference §7.2). Labels and annotations are maps of strings.
#[derive(Clone, Debug, Default)]
pub struct Context {
    /// The component's name; in a policy without `for` and in a step its own.
    pub name: EcoString,
    /// Where that name stands.
    pub name_origin: Origin,
    pub app_name: EcoString,
    pub namespace: EcoString,
    pub revision: EcoString,
    pub app_revision: EcoString,
    pub app_revision_num: i64,
    pub cluster: EcoString,
    pub replica_key: Option<EcoString>,
    pub workflow_name: Option<EcoString>,
    pub publish_version: Option<EcoString>,
    pub app_labels: Value,
    pub app_annotations: Value,
    /// The type of the component, for its traits.
    pub component_type: EcoString,
    /// Where the application says so.
    pub asked: Span,
}

/// A component with everything that applies to it.
#[derive(Clone, Debug)]
pub struct ComponentInput {
    pub context: Context,
    pub component: Unit,
    /// In the order of the application.
    pub traits: Vec<Unit>,
    /// Policies with `for` that apply to all components, in their order; one that does not fit this component is passed over.
    pub policies: Vec<Unit>,
}

/// Which definition made an object: the indexes are those of [`ComponentInput`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Creator {
    Component,
    Trait(usize),
    Policy(usize),
}

/// One object as the definitions made it: standard labels, namespace and generated names are added afterwards.
#[derive(Clone, Debug)]
pub struct RenderedObject {
    pub value: Value,
    /// The name of the output; `None` is the main object.
    pub output: Option<EcoString>,
    pub creator: Creator,
}

/// What a component renders to.
#[derive(Clone, Debug, Default)]
pub struct Rendered {
    /// The main object first, then the others in the order in which they were made. Empty unless `healthy`.
    pub objects: Vec<RenderedObject>,
    /// When it is not healthy: what its definitions made without those that failed. Good for finding more mistakes in what the user wrote, for nothing else.
    pub partial: Vec<RenderedObject>,
    /// `false`: errors were reported, so there are no objects.
    pub healthy: bool,
}

/// A rule in force, with its parameters and the level that the project gives it.
#[derive(Clone, Debug)]
pub struct ActiveRule {
    pub definition: DefId,
    /// From `[rules]`: `r = { level = "warn", … }`.
    pub parameters: Option<Value>,
    pub severity: Severity,
}
