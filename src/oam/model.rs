//! An application as it was written: every word with its place. Read by [`super::read`], checked by [`super::references`], compiled by [`super::compile`].

use ecow::EcoString;

use crate::base::Span;
use crate::value::{Map, Origin, Value};

/// A word of the user's and where it stands.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub text: EcoString,
    pub origin: Origin,
    pub span: Span,
    /// Something is wrong with it, and has been reported: no more is said.
    pub reported: bool,
}

impl Text {
    /// A text with nothing wrong about it.
    pub fn new(text: impl Into<EcoString>, origin: Origin, span: Span) -> Self {
        Self { text: text.into(), origin, span, reported: false }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// An application (`core.oam.dev/v1beta1`).
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// Of the whole document.
    pub span: Span,
    pub name: Text,
    pub namespace: Option<Text>,
    /// `metadata.labels`, string to string.
    pub labels: Map,
    /// `metadata.annotations`, string to string.
    pub annotations: Map,
    pub components: Vec<Component>,
    pub policies: Vec<Policy>,
    pub workflow: Option<Workflow>,
}

impl Application {
    /// The namespace that objects go to unless a policy says otherwise.
    pub fn namespace(&self) -> &str {
        self.namespace.as_ref().map_or("default", |n| n.as_str())
    }

    /// The policy of this name.
    pub fn policy(&self, name: &str) -> Option<&Policy> {
        self.policies.iter().find(|p| p.name.text == name)
    }
}

/// Something that has a type and properties.
#[derive(Clone, Debug, Default)]
pub struct Unit {
    /// The OAM type: the name of a definition, perhaps with `@version`.
    pub type_name: Text,
    /// `None` when they were not given (or `null`).
    pub properties: Option<Value>,
    /// Of the whole entry.
    pub span: Span,
    /// The properties could not be read, which is reported: nothing more is said about them.
    pub broken: bool,
}

/// A component.
#[derive(Clone, Debug, Default)]
pub struct Component {
    pub name: Text,
    pub unit: Unit,
    pub traits: Vec<Unit>,
    pub depends_on: Vec<Text>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    /// Set by `replication`.
    pub replica_key: Option<EcoString>,
}

/// A policy.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    /// Given, or made up from the type and position.
    pub name: Text,
    pub named: bool,
    pub unit: Unit,
    /// Written as a document of its own.
    pub external: bool,
}

/// A value taken from another step or component when the workflow runs.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub from: Text,
    /// A path in the properties.
    pub parameter_key: Option<Text>,
}

/// A value handed to others when the workflow runs.
#[derive(Clone, Debug, Default)]
pub struct Output {
    pub name: Text,
    pub value_from: Option<Text>,
}

/// How steps follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// One after the other.
    StepByStep,
    /// All at once, but for what they depend on.
    Dag,
}

impl Mode {
    /// The word of the API.
    pub fn word(self) -> &'static str {
        match self {
            Self::StepByStep => "StepByStep",
            Self::Dag => "DAG",
        }
    }
}

/// A workflow.
#[derive(Clone, Debug)]
pub struct Workflow {
    pub span: Span,
    /// The name of a workflow that is a document of its own.
    pub reference: Option<Text>,
    pub steps: Vec<Step>,
    pub mode: Mode,
    pub sub_mode: Mode,
}

impl Default for Workflow {
    fn default() -> Self {
        Self { span: Span::default(), reference: None, steps: Vec::new(), mode: Mode::StepByStep, sub_mode: Mode::Dag }
    }
}

/// A step of a workflow.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// Given, or made up from the position.
    pub name: Text,
    pub named: bool,
    pub unit: Unit,
    pub condition: Option<Text>,
    pub timeout: Option<Text>,
    pub depends_on: Vec<Text>,
    pub inputs: Vec<Input>,
    pub outputs: Vec<Output>,
    pub sub_steps: Vec<Step>,
    /// `mode` of a step group.
    pub mode: Option<Mode>,
}

/// What a document of the input is.
#[derive(Clone, Debug)]
pub enum Document {
    Application(Box<Application>),
    /// A policy as a document of its own.
    Policy(Box<Policy>),
    /// A workflow as a document of its own, with its name.
    Workflow(Text, Box<Workflow>),
    /// A Kubernetes object that is none of these.
    Object(Value),
    /// An OAM document that only a cluster uses (definitions in the old form, revisions), or one that is no object: already reported.
    Other,
}
