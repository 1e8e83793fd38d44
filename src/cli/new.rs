//! `jibe new`: a definition to begin from.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::init::write_new;
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

/// Kinds of workloads with the `apiVersion` to import them from.
const KINDS: &[(&str, &str)] = &[
    ("ConfigMap", "v1"),
    ("CronJob", "batch/v1"),
    ("DaemonSet", "apps/v1"),
    ("Deployment", "apps/v1"),
    ("HorizontalPodAutoscaler", "autoscaling/v2"),
    ("Ingress", "networking.k8s.io/v1"),
    ("Job", "batch/v1"),
    ("NetworkPolicy", "networking.k8s.io/v1"),
    ("Secret", "v1"),
    ("Service", "v1"),
    ("StatefulSet", "apps/v1"),
];

/// Writes the file; never overwrites one.
pub fn run(arguments: &Arguments, _common: &Common) -> Result<Exit, Fault> {
    if !is_type_name(&arguments.name) {
        return Err(Fault::new(format!("`{}` is no name of a definition", arguments.name)).help("small letters, digits and `-`, beginning with a letter, such as `cron-task`"));
    }
    let text = text(arguments)?;
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

/// The import line of a kind, and the word for it in the definition.
fn import(target: &str) -> Result<String, Fault> {
    if target == "PodTemplate" {
        return Ok("import std.pods { PodTemplate }\n\n".to_owned());
    }
    match KINDS.iter().find(|(kind, _)| *kind == target) {
        Some((kind, api_version)) => Ok(format!("import \"{api_version}\" {{ {kind} }}\n\n")),
        None => {
            let known = KINDS.iter().map(|(k, _)| *k).chain(["PodTemplate"]);
            let near = crate::diagnostics::nearest(target, known);
            let fault = Fault::new(format!("`{target}` is none of the kinds known here"));
            Err(fault.help(near.map_or_else(|| "start without `--for` and import the kind by hand".to_owned(), |n| format!("did you mean `{n}`?"))))
        }
    }
}

fn text(arguments: &Arguments) -> Result<String, Fault> {
    let name = &arguments.name;
    let target = arguments.target.as_deref();
    Ok(match arguments.kind {
        Kind::Component => {
            let kind = target.unwrap_or("Deployment");
            let body = match kind {
                "Deployment" | "StatefulSet" | "DaemonSet" => {
                    "  let selector = { \"app.oam.dev/component\": context.name }\n  output {\n    spec: {\n      selector: { matchLabels: selector }\n      template: {\n        metadata: { labels: selector }\n        spec: { containers: [{ name: context.name, image: parameters.image }] }\n      }\n    }\n  }\n"
                }
                "ConfigMap" => "  output { data: { image: parameters.image } }\n",
                "Job" => "  output { spec: { template: { spec: { restartPolicy: \"Never\", containers: [{ name: context.name, image: parameters.image }] } } } }\n",
                _ => "  output {\n    metadata: { name: context.name }\n  }\n",
            };
            format!(
                "//! A component of ours.\n\n{}/// What it runs.\n@example({{ image: \"nginx:1.27\" }})\ncomponent {name}: {kind} {{\n  parameters {{\n    /// The image to run.\n    image: ImageReference\n  }}\n{body}}}\n",
                import(kind)?
            )
        }
        Kind::Trait => {
            let kind = target.unwrap_or("PodTemplate");
            let patch = match kind {
                "PodTemplate" => "  patch { metadata: { annotations: { \"example.com/note\": parameters.note } } }\n",
                _ => "  patch { metadata: { annotations: { \"example.com/note\": parameters.note } } }\n",
            };
            format!(
                "//! A trait of ours.\n\n{}/// What it does.\n@example({{ note: \"hello\" }})\ntrait {name} for {kind} {{\n  parameters {{\n    /// What to note on the object.\n    note: String = \"\"\n  }}\n{patch}}}\n",
                import(kind)?
            )
        }
        Kind::Policy => match target {
            Some(kind) => format!(
                "//! A policy of ours.\n\n{}/// What it asks of every component.\npolicy {name} for {kind} {{\n  parameters {{ tier: LabelValue = \"standard\" }}\n  patch {{ metadata: {{ labels: {{ tier: parameters.tier }} }} }}\n}}\n",
                import(kind)?
            ),
            None => format!(
                "//! A policy of ours.\n\nimport \"v1\" {{ ConfigMap }}\n\n/// What it adds to an application.\npolicy {name} {{\n  parameters {{ note: String = \"\" }}\n  output note: ConfigMap {{ metadata: {{ name: dnsLabel(context.name) }}, data: {{ note: parameters.note }} }}\n}}\n"
            ),
        },
        Kind::Rule => {
            let kind = target.unwrap_or("PodTemplate");
            let body = if kind == "PodTemplate" {
                "  for c in target.spec.containers {\n    require has c.readinessProbe else \"container `${c.name}` has no readiness probe\" at c\n  }\n"
            } else {
                "  require has target.metadata.labels[\"team\"] else \"the object does not say whose it is: set the label `team`\"\n"
            };
            format!("//! A rule of ours.\n\n{}/// What must hold.\n@level(\"warn\")\nrule {name} for {kind} {{\n{body}}}\n", import(kind)?)
        }
    })
}
