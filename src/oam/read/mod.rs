//! From YAML values to applications. Each document is classified by `apiVersion` and `kind`; a near miss is reported and read as what it was meant to be.

mod application;
mod workflow;

use super::fields::{Reader, Record, in_quotes, short};
use super::model::{Document, Policy, Text, Unit};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::value::Value;

/// Where applications live.
pub const API_VERSION: &str = "core.oam.dev/v1beta1";
/// Where policies and workflows that stand alone live.
pub const PARTS_API_VERSION: &str = "core.oam.dev/v1alpha1";

const TOP: &[&str] = &["apiVersion", "kind", "metadata", "spec", "status"];
const OAM_KINDS: &[&str] = &[
    "Application",
    "ApplicationRevision",
    "ComponentDefinition",
    "TraitDefinition",
    "PolicyDefinition",
    "WorkflowStepDefinition",
    "WorkloadDefinition",
    "DefinitionRevision",
    "ResourceTracker",
    "ScopeDefinition",
    "WorkflowRun",
];

/// What a document is meant to be.
enum Meant {
    Application,
    Policy,
    Workflow,
    Object,
    OtherOam,
    Nothing,
}

/// Reads one document.
pub fn read(reader: &mut Reader<'_>, value: &Value) -> Document {
    match classify(reader, value) {
        Meant::Application => application::read(reader, value).map_or(Document::Other, |a| Document::Application(Box::new(a))),
        Meant::Policy => policy(reader, value).map_or(Document::Other, |p| Document::Policy(Box::new(p))),
        Meant::Workflow => workflow::standalone(reader, value).map_or(Document::Other, |(name, w)| Document::Workflow(name, Box::new(w))),
        Meant::Object => Document::Object(value.clone()),
        Meant::OtherOam => {
            for_the_cluster(reader, value);
            Document::Other
        }
        Meant::Nothing => Document::Other,
    }
}

/// Decides by `apiVersion` and `kind`, and by the look of the rest where these are wrong. Reports what is wrong about them.
fn classify(reader: &mut Reader<'_>, value: &Value) -> Meant {
    let Some(map) = value.as_map() else {
        reader.report(
            Diagnostic::new(codes::J0804, format!("this document is {}, not an application", value.kind_name()))
                .primary(reader.span(value.origin), "expected `apiVersion`, `kind`, `metadata` and `spec`"),
        );
        return Meant::Nothing;
    };
    // A misspelt `apiVersion` or `kind` still says what is meant; the key itself is reported when the record is read.
    let field = |name: &str| map.get(name).or_else(|| map.iter().find(|e| nearest(&e.key, [name]).is_some()).map(|e| &e.value));
    let (api, kind) = (field("apiVersion"), field("kind"));
    let has_components = value.at(&["spec", "components"]).is_some() || map.contains("components");
    let (api_text, kind_text) = (api.and_then(Value::as_str), kind.and_then(Value::as_str));
    match (api_text, kind_text) {
        (Some(API_VERSION), Some("Application")) => Meant::Application,
        (Some(PARTS_API_VERSION), Some("Policy")) => Meant::Policy,
        (Some(PARTS_API_VERSION), Some("Workflow")) => Meant::Workflow,
        (Some(a), Some(k)) => classify_near(reader, (a, api), (k, kind), has_components),
        (None, Some(k)) if has_components || k == "Application" => {
            if api.is_none() {
                let place = map.iter().next().map_or_else(|| reader.span(value.origin), |e| reader.span(e.key_origin));
                reader.report(
                    Diagnostic::new(codes::J0302, "the application has no `apiVersion`")
                        .primary(place, "`apiVersion` is missing here")
                        .help(format!("add `apiVersion: {API_VERSION}`")),
                );
            }
            Meant::Application
        }
        (_, None) if has_components => {
            let place = map.iter().next().map_or_else(|| reader.span(value.origin), |e| reader.span(e.key_origin));
            if kind.is_none() {
                reader.report(Diagnostic::new(codes::J0302, "the application has no `kind`").primary(place, "`kind` is missing here").help("add `kind: Application`"));
            }
            if let Some(a) = api_text.filter(|a| *a != API_VERSION) {
                wrong_api_version(reader, a, api, API_VERSION);
            }
            Meant::Application
        }
        _ => {
            let place = map.iter().next().map_or_else(|| reader.span(value.origin), |e| reader.span(e.key_origin));
            let missing = if api.is_none() { "apiVersion" } else { "kind" };
            reader.report(Diagnostic::new(codes::J0804, "this document is neither an application nor a Kubernetes object").primary(place, format!("it has no `{missing}`")));
            Meant::Nothing
        }
    }
}

/// A document of OAM that only an engine in a cluster uses.
fn for_the_cluster(reader: &mut Reader<'_>, value: &Value) {
    let kind = value.get("kind").and_then(Value::as_str).unwrap_or_default();
    let span = value.get("kind").map(|v| reader.span(v.origin)).unwrap_or_default();
    let help = if kind.ends_with("Definition") { "write the definition in a `.jibe` file; see `docs/kubevela.md`" } else { "leave it out, or apply it by itself" };
    reader.report(Diagnostic::new(codes::J0818, format!("a `{kind}` is for the cluster: Jibe passes it over")).primary(span, "not used").help(help));
}

/// Both are there, and are not exactly those of an application.
fn classify_near(reader: &mut Reader<'_>, (api, api_value): (&str, Option<&Value>), (kind, kind_value): (&str, Option<&Value>), has_components: bool) -> Meant {
    let oam = api.contains("oam.dev");
    let near_kind = |names: &[&'static str]| nearest(kind, names.iter().copied()).map(str::to_owned);
    if api == API_VERSION && OAM_KINDS.contains(&kind) && !has_components {
        return Meant::OtherOam;
    }
    if matches!(kind, "Policy" | "Workflow") && oam {
        wrong_api_version(reader, api, api_value, PARTS_API_VERSION);
        return if kind == "Policy" { Meant::Policy } else { Meant::Workflow };
    }
    if kind == "Application" && (oam || has_components) {
        wrong_api_version(reader, api, api_value, API_VERSION);
        return Meant::Application;
    }
    if oam && (has_components || near_kind(&["Application"]).is_some()) {
        if api != API_VERSION {
            wrong_api_version(reader, api, api_value, API_VERSION);
        }
        wrong_kind(reader, kind, kind_value, "Application");
        return Meant::Application;
    }
    if api == PARTS_API_VERSION
        && let Some(near) = near_kind(&["Policy", "Workflow"])
    {
        wrong_kind(reader, kind, kind_value, &near);
        return if near == "Policy" { Meant::Policy } else { Meant::Workflow };
    }
    if has_components && nearest(api, [API_VERSION]).is_some() {
        wrong_api_version(reader, api, api_value, API_VERSION);
        if kind != "Application" {
            wrong_kind(reader, kind, kind_value, "Application");
        }
        return Meant::Application;
    }
    if oam { Meant::OtherOam } else { Meant::Object }
}

fn wrong_api_version(reader: &mut Reader<'_>, api: &str, value: Option<&Value>, right: &str) {
    let span = value.map(|v| reader.span(v.origin)).unwrap_or_default();
    reader.report(
        Diagnostic::new(codes::J0804, format!("there is no `apiVersion` `{}` for this kind; it is `{right}`", short(api)))
            .primary(span, "unknown version")
            .help(format!("did you mean `{right}`?"))
            .fix(format!("write `{right}`"), span, in_quotes(reader.sources, span, right)),
    );
}

fn wrong_kind(reader: &mut Reader<'_>, kind: &str, value: Option<&Value>, right: &str) {
    let span = value.map(|v| reader.span(v.origin)).unwrap_or_default();
    let why = if kind.eq_ignore_ascii_case(right) { "kinds are written with capitals" } else { "unknown kind" };
    reader.report(Diagnostic::new(codes::J0804, format!("unknown kind `{}`; it is `{right}`", short(kind))).primary(span, why).help(format!("did you mean `{right}`?")).fix(
        format!("write `{right}`"),
        span,
        in_quotes(reader.sources, span, right),
    ));
}

/// A policy that is a document of its own: its type and properties stand at the top.
fn policy(reader: &mut Reader<'_>, value: &Value) -> Option<Policy> {
    const KNOWN: &[&str] = &["apiVersion", "kind", "metadata", "type", "properties"];
    let what = "a policy document";
    let record = reader.record(value, "a document", what, KNOWN)?;
    reader.strangers(&record, what, KNOWN, None);
    let name = metadata_name(reader, &record, "the policy");
    let type_name = reader.required_text(&record, "type", "the policy");
    let properties = reader.object(&record, "properties");
    let span = reader.span(value.origin);
    Some(Policy {
        name: name?,
        named: true,
        unit: Unit { type_name: type_name.unwrap_or_default(), broken: properties.is_none() && record.get("properties").is_some(), properties, span },
        external: true,
    })
}

/// The name in the metadata of a document.
fn metadata_name(reader: &mut Reader<'_>, record: &Record<'_>, what: &str) -> Option<Text> {
    let Some(metadata) = record.entry("metadata") else {
        reader.missing(record.place, what, "metadata.name");
        return None;
    };
    let inner = reader.record(&metadata.value, "`metadata`", "`metadata`", application::METADATA)?;
    reader.strangers(&inner, "`metadata`", application::METADATA, None);
    match inner.get("name") {
        Some(v) => reader.text(v, "`metadata.name`"),
        None => {
            let place = reader.span(metadata.key_origin);
            reader.missing(place, what, "metadata.name");
            None
        }
    }
}
