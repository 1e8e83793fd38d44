//! `jibe new`: a definition to begin from.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::init::write_new;
use super::starters::{STARTERS, Starter};
use super::{Common, Exit, Fault, write_stdout};
use crate::driver::Session;
use crate::hir::DefinitionKind;
use crate::source::DiskWorld;

/// Writes a new definition to begin from
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What it is
    #[arg(value_enum)]
    pub kind: Kind,
    /// Its OAM type name, such as `cron-task`
    pub name: String,
    /// The kind it makes or the component it is made from (component), or what it is for (trait, policy, rule): a kind, a component, `PodTemplate`
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
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    if !is_type_name(&arguments.name) {
        return Err(Fault::new(format!("`{}` is no name of a definition", arguments.name)).help("small letters, digits and `-`, beginning with a letter, such as `cron-task`"));
    }
    // One layout, whatever the names' lengths.
    let text = crate::format::format(&text(arguments, common)?);
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
    Component(Based),
}

/// A component of the project or of the libraries.
struct Based {
    name: String,
    /// The kind that it makes.
    kind: String,
    /// The fields of its example.
    example: String,
}

fn target(name: &str, common: &Common) -> Result<Target, Fault> {
    if name == PODS {
        return Ok(Target::Pods);
    }
    if let Some(starter) = STARTERS.iter().find(|s| s.kind == name) {
        return Ok(Target::Kind(starter));
    }
    if name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return component(name, common).map(Target::Component);
    }
    let known = STARTERS.iter().map(|s| s.kind).chain([PODS]);
    let near = crate::diagnostics::nearest(name, known);
    let fault = Fault::new(format!("`{name}` is none of the kinds known here"));
    Err(fault.help(near.map_or_else(|| "start without `--for` and import the kind by hand".to_owned(), |n| format!("did you mean `{n}`?"))))
}

/// Looks a component up, with what its `@example` gives.
fn component(name: &str, common: &Common) -> Result<Based, Fault> {
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &[]);
    session.load_all();
    let program = &session.library.program;
    let Some(id) = program.find(DefinitionKind::Component, None, name) else {
        let near = crate::diagnostics::nearest(name, program.names(DefinitionKind::Component).iter().map(|n| n.as_str())).map(str::to_owned);
        let fault = Fault::new(format!("there is no component `{name}`"));
        return Err(match near {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("`--for` takes a kind such as `Deployment`, a component, or `PodTemplate`"),
        });
    };
    let d = program.definition(id);
    let module = program.module(id.module);
    let text = session.sources.get(module.file).map(|f| f.text.to_string()).unwrap_or_default();
    let shown = d.attributes.iter().find(|a| a.name == "example").and_then(|a| a.arguments.first()).map(|e| module.range(*e).of(&text).trim().to_owned());
    let Some(example) = shown else { return Err(Fault::new(format!("`{name}` shows no example to test with")).help("say `--for` its kind")) };
    let inner = example.trim_start_matches('{').trim_end_matches('}').trim().to_owned();
    let kind = d.result.as_ref().and_then(|r| r.segments.last()).map(ToString::to_string).unwrap_or_default();
    Ok(Based { name: name.to_owned(), kind, example: inner })
}

impl Target {
    fn name(&self) -> &str {
        match self {
            Self::Pods => PODS,
            Self::Kind(s) => s.kind,
            Self::Component(b) => &b.name,
        }
    }

    fn import(&self) -> String {
        match self {
            Self::Pods => format!("import std.pods {{ {PODS} }}\n"),
            Self::Kind(s) => s.import(),
            Self::Component(_) => String::new(),
        }
    }

    /// A component that it fits.
    fn unit(&self, traits: &str) -> String {
        match self {
            Self::Kind(s) => s.unit(traits),
            Self::Component(b) if traits.is_empty() => format!("{} {{ {} }}", b.name, b.example),
            Self::Component(b) => format!("{} {{ {}, {traits} }}", b.name, b.example),
            Self::Pods => STARTERS.iter().find(|s| s.kind == "Deployment").map_or_else(String::new, |s| s.unit(traits)),
        }
    }

    /// Where its metadata are, in an object of the component.
    fn metadata(&self) -> &'static str {
        if matches!(self, Self::Pods) { "spec.template.metadata" } else { "metadata" }
    }
}

/// A component that is made from another one.
fn based(name: &str, b: &Based) -> Result<String, Fault> {
    let Some(starter) = STARTERS.iter().find(|s| s.kind == b.kind) else {
        return Err(Fault::new(format!("`{}` makes a `{}`, which is none of the kinds known here", b.name, b.kind)));
    };
    let (import, kind, base, example) = (starter.import(), starter.kind, &b.name, &b.example);
    Ok(format!(
        "//! A component of ours.

{import}
/// Does what {base} does, with the house's choices made. Say here what it is for: people choose by it.
@example({{ {example} }})
component {name}: {kind} {{
  parameters {{ ...{base}.parameters }}
  from {base} {{ ...parameters }}
  patch {{ metadata: {{ annotations: {{ \"example.com/note\": \"made by {name}\" }} }} }}
}}

test \"{name} makes what it says\" {{
  let app = application shop {{ component web: {name} {{ {example} }} }}
  expect app.web.output.metadata.annotations[\"example.com/note\"] == \"made by {name}\"
}}
"
    ))
}

fn text(arguments: &Arguments, common: &Common) -> Result<String, Fault> {
    let name = &arguments.name;
    let for_ = arguments.target.as_deref();
    Ok(match arguments.kind {
        Kind::Component => match target(for_.unwrap_or("Deployment"), common)? {
            Target::Kind(starter) => starter.component(name),
            Target::Pods => return Err(Fault::new("a component makes one kind").help("say `--for Deployment`")),
            Target::Component(b) => based(name, &b)?,
        },
        Kind::Trait => a_trait(name, &target(for_.unwrap_or(PODS), common)?),
        Kind::Policy => match for_ {
            Some(kind) => a_policy(name, &target(kind, common)?),
            None => own_policy(name),
        },
        Kind::Rule => match target(for_.unwrap_or(PODS), common)? {
            Target::Component(_) => return Err(Fault::new("a rule is for a kind, or for everything with pods").help("say `--for Deployment`, or nothing")),
            target => a_rule(name, &target),
        },
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
        Target::Kind(_) | Target::Component(_) => {
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
