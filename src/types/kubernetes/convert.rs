//! From schema nodes to types: one type for all versions, each field with the versions that have it.

use std::sync::{Arc, OnceLock, PoisonError};

use ecow::EcoString;

use super::Known;
use crate::kube::{Facts, ListKind, Node, Shape};
use crate::types::interval::{Bounds, Interval, Length};
use crate::types::text::{Format, Language, Nfa, Text};
use crate::types::ty::{Field, Group, List, MapType, Named, Presence, Record, Ty, Type, Versions};
use crate::types::unions::unite;

/// What a kind adds to its schema.
pub(super) struct Head {
    pub api_version: EcoString,
    pub kind: EcoString,
    /// The syntax of its objects' names.
    pub names: Option<Format>,
}

/// The versions in which there is a node.
pub(super) fn versions(nodes: &[Option<Node<'_>>]) -> Versions {
    Versions(nodes.iter().enumerate().filter(|(_, n)| n.is_some()).fold(0, |bits, (i, _)| bits | (1 << i)))
}

/// The type of a kind.
pub(super) fn kind(nodes: &[Option<Node<'_>>], head: &Head, known: &Known) -> Type {
    let mut record = object(nodes, known);
    demand_spec(&mut record, &head.kind);
    record.name = Some(head.kind.clone());
    for f in &mut record.fields {
        match f.name.as_str() {
            "apiVersion" => (f.ty, f.presence) = (Type::literal(head.api_version.clone()), Presence::Required),
            "kind" => (f.ty, f.presence) = (Type::literal(head.kind.clone()), Presence::Required),
            "metadata" => {
                f.presence = Presence::Optional;
                if let Some(format) = head.names {
                    f.ty = metadata(Some(f.ty.clone()), format);
                }
            }
            _ => {}
        }
    }
    for (name, text) in [("kind", &head.kind), ("apiVersion", &head.api_version)] {
        if record.field(name).is_none() {
            record.fields.insert(0, Field::new(name, Type::literal(text.clone()), Presence::Required));
        }
    }
    Type::Record(record)
}

/// `ObjectMeta` whose `name` has the syntax of a kind.
pub(super) fn metadata(base: Option<Ty>, format: Format) -> Ty {
    let Some(base) = base else { return Type::Json.share() };
    let Some(record) = base.as_record() else { return base };
    let mut record = record.clone();
    record.name = Some("ObjectMeta".into());
    for f in record.fields.iter_mut().filter(|f| f.name == "name") {
        f.ty = Type::format(format);
    }
    let identity = ecow::eco_format!("ObjectMeta/{}", format.name());
    let named =
        Named { name: "ObjectMeta".into(), kind: None, identity, versions: Versions::ALL, expand: Box::new(|| Type::Error), shape: OnceLock::from(Type::Record(record).share()) };
    Type::Named(Arc::new(named)).share()
}

/// The type of a place.
pub(super) fn node(nodes: &[Option<Node<'_>>], known: &Known) -> Ty {
    let Some(newest) = nodes.iter().rev().flatten().next().copied() else { return Type::error() };
    let ty = by_shape(newest, nodes, known);
    if newest.facts().nullable { unite(&[ty, Type::Null.share()]).0 } else { ty }
}

fn by_shape(newest: Node<'_>, nodes: &[Option<Node<'_>>], known: &Known) -> Ty {
    let facts = newest.facts();
    match newest.shape() {
        Shape::Any => Type::Json.share(),
        Shape::Bool => Type::bool(),
        Shape::String => string(facts),
        Shape::Int32 => integer(facts, Interval::INT),
        Shape::Int64 => integer(facts, Interval::INT64),
        Shape::Double => number(facts),
        Shape::Quantity => Type::Quantity.share(),
        Shape::IntOrString => int_or_string(facts),
        Shape::DateTime => Type::format(Format::DateTime),
        Shape::Bytes => Type::format(Format::Base64),
        Shape::Array(_) => list(newest, nodes, known),
        Shape::Map(_) => {
            let values = below(nodes);
            let key = string(newest.key_facts());
            Type::Map(MapType { key, value: node(&values, known), length: Length::new(u64::from(facts.min_props.unwrap_or(0)), facts.max_props.map(u64::from)) }).share()
        }
        Shape::Object => record(newest, nodes, known),
        Shape::Embedded => Type::Object.share(),
    }
}

fn below<'a>(nodes: &[Option<Node<'a>>]) -> Vec<Option<Node<'a>>> {
    nodes
        .iter()
        .map(|n| match n.map(Node::shape) {
            Some(Shape::Array(inner) | Shape::Map(inner)) => Some(inner),
            _ => None,
        })
        .collect()
}

fn list(newest: Node<'_>, nodes: &[Option<Node<'_>>], known: &Known) -> Ty {
    let facts = newest.facts();
    let (keys, set) = match newest.list_kind() {
        ListKind::Map(keys) => (Some(keys.iter().cloned().collect()), false),
        ListKind::Set => (None, true),
        ListKind::Atomic => (None, false),
    };
    let length = Length::new(u64::from(facts.min_items.unwrap_or(0)), facts.max_items.map(u64::from));
    Type::List(List { element: node(&below(nodes), known), length, keys, kubernetes: true, set }).share()
}

fn string(facts: &Facts) -> Ty {
    let values: Vec<EcoString> = facts.strings().map(EcoString::from).collect();
    let empty = || Type::literal("");
    let base = if values.is_empty() {
        let format = facts.format.and_then(|f| Format::by_kube_name(f.name()));
        let pattern = facts.pattern.as_ref().map(|p| searched(p)).filter(|p| Nfa::regex(p).is_ok());
        let least = u64::from(facts.min_length.unwrap_or(0));
        let length = Length::new(least, facts.max_length.map(u64::from));
        match (format, pattern) {
            (Some(Format::Quantity), _) => Type::Quantity.share(),
            (None, None) if length == Length::ANY => return Type::string(),
            (format, pattern) => Type::language(Language::new(format, pattern.into_iter().collect(), length)),
        }
    } else {
        Type::Text(Text::Literals(values.into())).share()
    };
    if facts.empty_ok { unite(&[base, empty()]).0 } else { base }
}

/// RE2 that is searched anywhere, as one that matches whole texts.
fn searched(pattern: &str) -> EcoString {
    let front = if pattern.starts_with('^') { "" } else { "(.|\\n)*" };
    let back = if pattern.ends_with('$') && !pattern.ends_with("\\$") { "" } else { "(.|\\n)*" };
    let body = pattern.strip_prefix('^').unwrap_or(pattern);
    let body = if back.is_empty() { body.strip_suffix('$').unwrap_or(body) } else { body };
    ecow::eco_format!("{front}(?:{body}){back}")
}

fn integer(facts: &Facts, limits: Interval) -> Ty {
    let (low, high) = match facts.format.map(|f| f.name()) {
        Some("PortNumber") => (Some(1), Some(65535)),
        Some("FileMode") => (Some(0), Some(511)),
        _ => facts.int_range(),
    };
    Type::Int(Interval::new(low.unwrap_or(limits.low), high.unwrap_or(limits.high)).meet(limits)).share()
}

fn number(facts: &Facts) -> Ty {
    let low = facts.minimum.as_ref().map(|b| b.value.clone());
    let (high, high_open) = facts.maximum.as_ref().map_or((None, false), |b| (Some(b.value.clone()), b.exclusive));
    Type::Number(Bounds { low, high, high_open }).share()
}

fn int_or_string(facts: &Facts) -> Ty {
    let port = || Type::int(1, 65535);
    match facts.format.map(|f| f.name()) {
        Some("IntOrPercent") => crate::types::resolve::builtin("IntOrPercent").unwrap_or_else(Type::error),
        Some("PortNumberOrName") => unite(&[port(), Type::format(Format::PortName)]).0,
        Some("Quantity") => Type::Quantity.share(),
        Some("PortNumber") => port(),
        _ if facts.pattern.as_deref().is_some_and(|p| p.contains("Ki|") || p.contains("[KMGTPE]i") || p.contains("[EPTGMk]i")) => Type::Quantity.share(),
        _ => {
            let text = string(&Facts { format: None, ..facts.clone() });
            unite(&[integer(facts, Interval::INT), text]).0
        }
    }
}

/// An object: types of the pack keep their name and are expanded later, since they can contain themselves.
fn record(newest: Node<'_>, nodes: &[Option<Node<'_>>], known: &Known) -> Ty {
    let fixed: Option<Vec<Option<Node<'static>>>> = nodes.iter().map(|n| n.map_or(Some(None), |n| n.fixed().map(Some))).collect();
    let (Some(full), Some(nodes_fixed)) = (newest.type_name(), fixed) else {
        let mut r = object(nodes, known);
        if newest.preserves_unknown() {
            if r.fields.is_empty() {
                return Type::map(Type::string(), Type::Json.share());
            }
            r.rest = Some((Type::string(), Type::Json.share()));
        }
        return Type::Record(r).share();
    };
    let identity = EcoString::from(full);
    if let Some(ty) = known.read().unwrap_or_else(PoisonError::into_inner).get(&identity) {
        return ty.clone();
    }
    let short: EcoString = full.rsplit('.').next().unwrap_or(full).into();
    let (known_inside, name) = (known.clone(), short.clone());
    let expand = Box::new(move || {
        let mut r = object(&nodes_fixed, &known_inside);
        demand_spec(&mut r, &name);
        r.name = Some(name.clone());
        Type::Record(r)
    });
    let named = Named { name: short, kind: None, identity: identity.clone(), versions: versions(nodes), expand, shape: OnceLock::new() };
    let ty = Type::Named(Arc::new(named)).share();
    known.write().unwrap_or_else(PoisonError::into_inner).insert(identity, ty.clone());
    ty
}

/// Types whose `spec` the server needs, since it holds fields that are required: the schema calls it optional.
const WITH_SPEC: [&str; 14] = [
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "Job",
    "CronJob",
    "PodTemplateSpec",
    "JobTemplateSpec",
    "Pod",
    "Service",
    "Ingress",
    "HorizontalPodAutoscaler",
    "PersistentVolumeClaim",
    "PersistentVolume",
];

fn demand_spec(record: &mut Record, name: &str) {
    if WITH_SPEC.contains(&name) {
        for f in record.fields.iter_mut().filter(|f| f.name == "spec") {
            f.presence = Presence::Required;
        }
    }
    if matches!(name, "DeploymentSpec" | "StatefulSetSpec" | "DaemonSetSpec" | "ReplicaSetSpec" | "ReplicationControllerSpec" | "JobSpec" | "CronJobSpec") {
        for f in record.fields.iter_mut().filter(|f| f.name == "template" || f.name == "jobTemplate") {
            f.presence = Presence::Required;
        }
    }
}

/// The feature gate of a field, and the versions in which it is off.
fn gate(places: &[Option<Node<'_>>]) -> Option<(EcoString, Versions)> {
    let off = |n: &Option<Node<'_>>| n.and_then(Node::gate);
    let name = places.iter().rev().find_map(off)?;
    let bits = places.iter().enumerate().filter(|(_, n)| off(n).is_some()).fold(0, |bits, (i, _)| bits | (1 << i));
    Some((name.into(), Versions(bits)))
}

/// The fields of an object, newest version first where they differ.
fn object(nodes: &[Option<Node<'_>>], known: &Known) -> Record {
    let mut names: Vec<&str> = Vec::new();
    for n in nodes.iter().rev().flatten() {
        for p in n.props() {
            if !names.contains(&p.name) {
                names.push(p.name);
            }
        }
    }
    let mut record = Record::default();
    for name in names {
        let props: Vec<_> = nodes.iter().map(|n| n.and_then(|n| n.prop(name))).collect();
        let places: Vec<Option<Node<'_>>> = props.iter().map(|p| p.map(|p| p.node)).collect();
        let Some(newest) = props.iter().rev().flatten().next() else { continue };
        let mut field = Field::new(name, node(&places, known), if newest.required { Presence::Required } else { Presence::Optional });
        // Versions that lack the whole type say so of it.
        field.versions = if newest.node.version().is_some() { Versions(versions(&places).0 | (Versions::ALL.0 & !versions(nodes).0)) } else { Versions::ALL };
        field.gate = gate(&places);
        field.schema = newest.node.fixed();
        if field.schema.is_none() {
            field.docs = newest.doc().unwrap_or_default().into();
        }
        record.fields.push(field);
    }
    if let Some(newest) = nodes.iter().rev().flatten().next() {
        record.groups = newest.groups().iter().filter(|g| g.at_most_one).map(|g| Group { fields: g.fields.clone(), required: g.at_least_one }).collect();
    }
    record
}
