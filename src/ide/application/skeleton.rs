//! The fixed parts of OAM documents: their keys with what they are for, as the readers of [`crate::oam`] know them.

use crate::hir::DefinitionKind;

/// What stands at a place of the fixed parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A document whose kind is not known yet.
    Unknown,
    Application,
    PolicyDocument,
    WorkflowDocument,
    Metadata,
    /// `metadata` of documents that only need a name.
    Spec,
    /// A list of these.
    List(&'static Part),
    Component,
    Trait,
    Policy,
    Workflow,
    Mode,
    Step,
    SubStep,
    Meta,
    Input,
    Output,
    /// An entry of `components` of an override.
    OverrideComponent,
    OverrideTrait,
    /// What a definition of this kind takes; which one the key `type` beside it says.
    Properties(DefinitionKind),
    /// The name of a definition.
    TypeName(DefinitionKind),
    /// Where a component, policy, step or output gets its name.
    Declares(Named),
    /// A name of one of these.
    Refers(Named),
    /// `from` of an input: an output, or a part of one.
    From,
    /// A path in the properties beside it.
    ParameterKey,
    ApiVersion,
    Kind,
    /// One of these words.
    Words(&'static [&'static str]),
    /// A map of texts.
    Texts,
    Bool,
    /// A text of the user's.
    Text,
    /// Anything.
    Any,
}

/// What has a name in an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Named {
    Component,
    Policy,
    Step,
    Output,
}

impl Named {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Policy => "policy",
            Self::Step => "step",
            Self::Output => "output",
        }
    }
}

/// A key of a fixed part.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub part: Part,
    pub required: bool,
    pub docs: &'static str,
}

const fn key(name: &'static str, part: Part, docs: &'static str) -> Key {
    Key { name, part, required: false, docs }
}

const fn needed(name: &'static str, part: Part, docs: &'static str) -> Key {
    Key { name, part, required: true, docs }
}

const MODES: Part = Part::Words(&["StepByStep", "DAG"]);
const DEPENDS: &str = "What has to be delivered before.";

const APPLICATION: &[Key] = &[
    needed("apiVersion", Part::ApiVersion, "`core.oam.dev/v1beta1` for an application."),
    needed("kind", Part::Kind, "`Application`"),
    needed("metadata", Part::Metadata, "Name, namespace, labels and annotations of the application."),
    needed("spec", Part::Spec, "What the application consists of: components, policies, a workflow."),
];
const POLICY_DOCUMENT: &[Key] = &[
    needed("apiVersion", Part::ApiVersion, "`core.oam.dev/v1alpha1` for a policy that stands alone."),
    needed("kind", Part::Kind, "`Policy`"),
    needed("metadata", Part::Metadata, "The name that `deploy` steps refer to."),
    needed("type", Part::TypeName(DefinitionKind::Policy), "The policy type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Policy), "What the policy type takes."),
];
const WORKFLOW_DOCUMENT: &[Key] = &[
    needed("apiVersion", Part::ApiVersion, "`core.oam.dev/v1alpha1` for a workflow that stands alone."),
    needed("kind", Part::Kind, "`Workflow`"),
    needed("metadata", Part::Metadata, "The name that `spec.workflow.ref` of an application refers to."),
    key("mode", Part::Mode, "Whether steps follow each other (`StepByStep`) or start at once (`DAG`)."),
    needed("steps", Part::List(&Part::Step), "The steps, in order."),
];
const METADATA: &[Key] = &[
    needed("name", Part::Text, "A name that is unique among its kind in the namespace."),
    key("namespace", Part::Text, "Where the objects go, unless a policy says otherwise. `default` when left out."),
    key("labels", Part::Texts, "Labels; those of the application are put on all of its objects."),
    key("annotations", Part::Texts, "Annotations."),
];
const SPEC: &[Key] = &[
    needed("components", Part::List(&Part::Component), "What is delivered. Each has a name, a type and what the type takes."),
    key("policies", Part::List(&Part::Policy), "Where components go, and how they differ there."),
    key("workflow", Part::Workflow, "In which steps the components are delivered. All at once when left out."),
];
const COMPONENT: &[Key] = &[
    needed("name", Part::Declares(Named::Component), "The component's name: that of its main object."),
    needed("type", Part::TypeName(DefinitionKind::Component), "The component type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Component), "What the component type takes."),
    key("traits", Part::List(&Part::Trait), "What is added to the component: scaling, routes, storage …"),
    key("dependsOn", Part::List(&Part::Refers(Named::Component)), DEPENDS),
    key("inputs", Part::List(&Part::Input), "Values that come from other components when the application is delivered."),
    key("outputs", Part::List(&Part::Output), "Values that others can use when the application is delivered."),
    key("scopes", Part::Any, "Not used any more."),
    key("externalRevision", Part::Text, "A name for this revision of the component."),
];
const TRAIT: &[Key] = &[
    needed("type", Part::TypeName(DefinitionKind::Trait), "The trait type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Trait), "What the trait type takes."),
];
const POLICY: &[Key] = &[
    needed("name", Part::Declares(Named::Policy), "The name that `deploy` steps refer to."),
    needed("type", Part::TypeName(DefinitionKind::Policy), "The policy type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Policy), "What the policy type takes."),
];
const WORKFLOW: &[Key] = &[
    needed("steps", Part::List(&Part::Step), "The steps, in order."),
    key("mode", Part::Mode, "Whether steps follow each other (`StepByStep`) or start at once (`DAG`)."),
    key("ref", Part::Text, "The name of a workflow that is a document of its own."),
];
const MODE: &[Key] = &[
    key("steps", MODES, "How steps follow each other. `StepByStep` when left out."),
    key("subSteps", MODES, "How the steps of a step group follow each other. `DAG` when left out."),
];
const STEP: &[Key] = &[
    needed("name", Part::Declares(Named::Step), "The step's name."),
    needed("type", Part::TypeName(DefinitionKind::Step), "The step type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Step), "What the step type takes."),
    key("dependsOn", Part::List(&Part::Refers(Named::Step)), "Steps that have to end before."),
    key("if", Part::Text, "The step runs when this holds: `always`, or a condition such as `status.build.failed`."),
    key("timeout", Part::Text, "How long the step may take: `30m`."),
    key("inputs", Part::List(&Part::Input), "Values that come from other steps."),
    key("outputs", Part::List(&Part::Output), "Values that other steps can use."),
    key("meta", Part::Meta, "How the step is shown."),
    key("mode", MODES, "How the steps of this step group follow each other."),
    key("subSteps", Part::List(&Part::SubStep), "The steps of this step group."),
];
const SUB_STEP: &[Key] = &[
    needed("name", Part::Declares(Named::Step), "The step's name."),
    needed("type", Part::TypeName(DefinitionKind::Step), "The step type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Step), "What the step type takes."),
    key("dependsOn", Part::List(&Part::Refers(Named::Step)), "Steps that have to end before."),
    key("if", Part::Text, "The step runs when this holds: `always`, or a condition such as `status.build.failed`."),
    key("timeout", Part::Text, "How long the step may take: `30m`."),
    key("inputs", Part::List(&Part::Input), "Values that come from other steps."),
    key("outputs", Part::List(&Part::Output), "Values that other steps can use."),
    key("meta", Part::Meta, "How the step is shown."),
];
const META: &[Key] = &[key("alias", Part::Text, "Another name for the step, for people.")];
const INPUT: &[Key] = &[
    needed("from", Part::From, "The name of an output, or a part of one: `output.field`."),
    key("parameterKey", Part::ParameterKey, "The property that gets the value: `properties` is left out, `.` separates."),
];
const OUTPUT: &[Key] = &[
    needed("name", Part::Declares(Named::Output), "The name that inputs refer to."),
    needed("valueFrom", Part::Text, "An expression over what was delivered: `output.status.podIP`."),
];
const OVERRIDE_COMPONENT: &[Key] = &[
    key("name", Part::Refers(Named::Component), "The component that is changed; `*` stands for any text."),
    key("type", Part::TypeName(DefinitionKind::Component), "Restricts a change without a name; with a name it replaces the component's type."),
    key("properties", Part::Properties(DefinitionKind::Component), "Merged into the component's properties: objects key by key, lists and scalars as wholes."),
    key("traits", Part::List(&Part::OverrideTrait), "Traits to add, to change, or (with `disable`) to take away."),
];
const OVERRIDE_TRAIT: &[Key] = &[
    needed("type", Part::TypeName(DefinitionKind::Trait), "The trait type: the name of a definition."),
    key("properties", Part::Properties(DefinitionKind::Trait), "Merged into the trait's properties."),
    key("disable", Part::Bool, "Takes the trait away."),
];

impl Part {
    /// The keys of a part that has fixed ones.
    pub fn keys(self) -> &'static [Key] {
        match self {
            Self::Unknown | Self::Application => APPLICATION,
            Self::PolicyDocument => POLICY_DOCUMENT,
            Self::WorkflowDocument => WORKFLOW_DOCUMENT,
            Self::Metadata => METADATA,
            Self::Spec => SPEC,
            Self::Component => COMPONENT,
            Self::Trait => TRAIT,
            Self::Policy => POLICY,
            Self::Workflow => WORKFLOW,
            Self::Mode => MODE,
            Self::Step => STEP,
            Self::SubStep => SUB_STEP,
            Self::Meta => META,
            Self::Input => INPUT,
            Self::Output => OUTPUT,
            Self::OverrideComponent => OVERRIDE_COMPONENT,
            Self::OverrideTrait => OVERRIDE_TRAIT,
            _ => &[],
        }
    }

    /// The key of this name.
    pub fn key(self, name: &str) -> Option<&'static Key> {
        self.keys().iter().find(|k| k.name == name)
    }

    /// The kind of unit that it describes.
    pub fn unit(self) -> Option<DefinitionKind> {
        match self {
            Self::Component | Self::OverrideComponent => Some(DefinitionKind::Component),
            Self::Trait | Self::OverrideTrait => Some(DefinitionKind::Trait),
            Self::Policy | Self::PolicyDocument => Some(DefinitionKind::Policy),
            Self::Step | Self::SubStep => Some(DefinitionKind::Step),
            _ => None,
        }
    }

    /// What a value of it is, in a word or two.
    pub fn describe(self) -> String {
        match self {
            Self::List(inner) => format!("[{}]", inner.describe()),
            Self::TypeName(kind) => format!("{} type", kind.word()),
            Self::Declares(named) => format!("name of the {}", named.word()),
            Self::Refers(named) => format!("name of a {}", named.word()),
            Self::From => "name of an output".into(),
            Self::ParameterKey => "path of a property".into(),
            Self::Words(words) => words.iter().map(|w| format!("\"{w}\"")).collect::<Vec<_>>().join(" | "),
            Self::Texts => "{[String]: String}".into(),
            Self::Bool => "Bool".into(),
            Self::Text | Self::ApiVersion | Self::Kind => "String".into(),
            Self::Any | Self::Unknown => "anything".into(),
            Self::Properties(kind) => format!("properties of the {}", kind.word()),
            Self::Application | Self::PolicyDocument | Self::WorkflowDocument => "document".into(),
            Self::Metadata => "metadata".into(),
            Self::Spec => "spec".into(),
            Self::Component | Self::OverrideComponent => "component".into(),
            Self::Trait | Self::OverrideTrait => "trait".into(),
            Self::Policy => "policy".into(),
            Self::Workflow => "workflow".into(),
            Self::Mode => "mode".into(),
            Self::Step | Self::SubStep => "step".into(),
            Self::Meta => "meta".into(),
            Self::Input => "input".into(),
            Self::Output => "output".into(),
        }
    }
}

/// What a property of a definition that comes with Jibe names: for definitions whose parameters are texts with a meaning.
pub fn meaning(kind: DefinitionKind, definition: &str, path: &[&str]) -> Option<Part> {
    const COMPONENTS: Part = Part::Refers(Named::Component);
    const OVERRIDES: Part = Part::List(&Part::OverrideComponent);
    const COMPONENT_NAMES: Part = Part::List(&COMPONENTS);
    Some(match (kind, definition, path) {
        (DefinitionKind::Policy, "override", ["components"]) => OVERRIDES,
        (DefinitionKind::Policy, "override" | "replication", ["selector"]) => COMPONENT_NAMES,
        (DefinitionKind::Policy, "env-binding", ["envs", "patch", "components"]) => OVERRIDES,
        (DefinitionKind::Policy, "env-binding", ["envs", "selector", "components"]) => COMPONENT_NAMES,
        (DefinitionKind::Policy, _, ["rules", "selector", "componentNames"]) => COMPONENT_NAMES,
        (DefinitionKind::Policy, _, ["rules", "selector", "componentTypes"]) => Part::List(&Part::TypeName(DefinitionKind::Component)),
        (DefinitionKind::Policy, _, ["rules", "selector", "traitTypes"]) => Part::List(&Part::TypeName(DefinitionKind::Trait)),
        (DefinitionKind::Step, "deploy" | "canary-deploy", ["policies"]) => Part::List(&Part::Refers(Named::Policy)),
        (DefinitionKind::Step, "deploy", ["override", "components"]) => OVERRIDES,
        (DefinitionKind::Step, "deploy", ["override", "selector"]) | (DefinitionKind::Step, "canary-deploy", ["components"]) => COMPONENT_NAMES,
        (DefinitionKind::Step, "apply-component", ["component"]) => COMPONENTS,
        _ => return None,
    })
}
