//! `jibe new`: a definition to begin from.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::init::write_new;
use super::starters::{STARTERS, Starter};
use super::{Common, Exit, Fault, write_stdout};

/// Writes a new definition to begin from
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What it is
    #[arg(value_enum)]
    pub kind: Kind,
    /// Its OAM type name, such as `cron-task`
    pub name: String,
    /// The kind it makes (component), or is for (trait, policy, rule)
    #[arg(long = "for", value_name = "KIND")]
    pub target: Option<String>,
    /// The folder to write into
    #[arg(long, default_value = "definitions")]
    pub folder: PathBuf,
}

/// Kinds of definitions that can be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    Component,
    Trait,
    Policy,
    Rule,
}

/// The view of everything that has pods.
const PODS: &str = "PodTemplate";

/// Writes the file; never overwrites one.
pub fn run(arguments: &Arguments, _common: &Common) -> Result<Exit, Fault> {
    if !is_type_name(&arguments.name) {
        return Err(Fault::new(format!("`{}` is no name of a definition", arguments.name)).help("small letters, digits and `-`, beginning with a letter, such as `cron-task`"));
    }
    // One layout, whatever the names' lengths.
    let text = crate::format::format(&text(arguments)?);
    let path = arguments.folder.join(format!("{}.jibe", arguments.name.replace('-', "_")));
    if !write_new(&path, &text)? {
        return Err(Fault::new(format!("`{}` is there already", path.display())));
    }
    write_stdout(format!("wrote {}\n", shown(&path)).as_bytes());
    Ok(Exit::Clean)
}

fn shown(path: &Path) -> std::path::Display<'_> {
    path.display()
}

fn is_type_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.ends_with('-')
        && !name.contains("--")
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

/// What a definition is for.
enum Target {
    /// Every workload with pods, by the view of the standard library.
    Pods,
    Kind(&'static Starter),
}

fn target(name: &str) -> Result<Target, Fault> {
    if name == PODS {
        return Ok(Target::Pods);
    }
    if let Some(starter) = STARTERS.iter().find(|s| s.kind == name) {
        return Ok(Target::Kind(starter));
    }
    let known = STARTERS.iter().map(|s| s.kind).chain([PODS]);
    let near = crate::diagnostics::nearest(name, known);
    let fault = Fault::new(format!("`{name}` is none of the kinds known here"));
    Err(fault.help(near.map_or_else(|| "start without `--for` and import the kind by hand".to_owned(), |n| format!("did you mean `{n}`?"))))
}

impl Target {
    fn name(&self) -> &'static str {
        match self {
            Self::Pods => PODS,
            Self::Kind(s) => s.kind,
        }
    }

    fn import(&self) -> String {
        match self {
            Self::Pods => format!("import std.pods {{ {PODS} }}\n"),
            Self::Kind(s) => s.import(),
        }
    }

    /// A component that it fits.
    fn unit(&self, traits: &str) -> String {
        match self {
            Self::Kind(s) => s.unit(traits),
            Self::Pods => STARTERS.iter().find(|s| s.kind == "Deployment").map_or_else(String::new, |s| s.unit(traits)),
        }
    }

    /// Where its metadata are, in an object of the component.
    fn metadata(&self) -> &'static str {
        if matches!(self, Self::Pods) { "spec.template.metadata" } else { "metadata" }
    }
}

fn text(arguments: &Arguments) -> Result<String, Fault> {
    let name = &arguments.name;
    let for_ = arguments.target.as_deref();
    Ok(match arguments.kind {
        Kind::Component => match target(for_.unwrap_or("Deployment"))? {
            Target::Kind(starter) => starter.component(name),
            Target::Pods => return Err(Fault::new("a component makes one kind").help("say `--for Deployment`")),
        },
        Kind::Trait => a_trait(name, &target(for_.unwrap_or(PODS))?),
        Kind::Policy => match for_ {
            Some(kind) => a_policy(name, &target(kind)?),
            None => own_policy(name),
        },
        Kind::Rule => a_rule(name, &target(for_.unwrap_or(PODS))?),
    })
}

fn a_trait(name: &str, target: &Target) -> String {
    let (import, kind, metadata) = (target.import(), target.name(), target.metadata());
    let unit = target.unit(&format!("trait {name} {{ note: \"hello\" }}"));
    format!(
        "//! A trait of ours.

{import}
/// Notes something on the object. Say here what it is for: people choose by it.
@example({{ note: \"hello\" }})
trait {name} for {kind} {{
  parameters {{
    /// What to note.
    note: String
  }}
  patch {{ metadata: {{ annotations: {{ \"example.com/note\": parameters.note }} }} }}
}}

test \"{name} notes it\" {{
  let app = application shop {{ component web: {unit} }}
  expect app.objects.any(o => o.{metadata}.annotations[\"example.com/note\"] == \"hello\")
}}
"
    )
}

fn a_policy(name: &str, target: &Target) -> String {
    let (import, kind, metadata) = (target.import(), target.name(), target.metadata());
    let unit = target.unit("");
    format!(
        "//! A policy of ours.

{import}
/// Puts every component into a tier. Say here what it is for: people choose by it.
@example({{ tier: \"gold\" }})
policy {name} for {kind} {{
  parameters {{
    /// The tier.
    tier: LabelValue = \"standard\"
  }}
  patch {{ metadata: {{ labels: {{ tier: parameters.tier }} }} }}
}}

test \"{name} reaches every component\" {{
  let app = application shop {{
    component web: {unit}
    policy tiers: {name} {{ tier: \"gold\" }}
  }}
  expect app.objects.any(o => o.{metadata}.labels[\"tier\"] == \"gold\")
}}
"
    )
}

fn own_policy(name: &str) -> String {
    format!(
        "//! A policy of ours.

import \"v1\" {{ ConfigMap }}

/// Adds a note to the application. Say here what it is for: people choose by it.
@example({{ note: \"hello\" }})
policy {name} {{
  parameters {{
    /// What to note.
    note: String
  }}
  output note: ConfigMap {{ metadata: {{ name: dnsLabel(context.name) }}, data: {{ note: parameters.note }} }}
}}

test \"{name} adds its note\" {{
  let app = application shop {{
    component web: webservice {{ image: \"nginx:1.27\" }}
    policy notes: {name} {{ note: \"hello\" }}
  }}
  expect app.notes.outputs.note.data[\"note\"] == \"hello\"
}}
"
    )
}

fn a_rule(name: &str, target: &Target) -> String {
    let (import, kind, unit) = (target.import(), target.name(), target.unit(""));
    let (says, body) = match target {
        Target::Pods => (
            "Containers say when they are ready.",
            "  for c in target.spec.containers {\n    require has c.readinessProbe else \"container `${c.name}` has no readiness probe\" at c\n  }\n",
        ),
        Target::Kind(_) => {
            ("Objects say whose they are.", "  require has target.metadata.labels[\"team\"]\n    else \"the object does not say whose it is: set the label `team`\"\n")
        }
    };
    format!(
        "//! A rule of ours.

{import}
/// {says}
@level(\"warn\")
rule {name} for {kind} {{
{body}}}

test \"{name} is looked at\" {{
  expect warning J1201 in application shop {{ component web: {unit} }}
}}
"
    )
}
