//! What is expected where: from a path in a document to a fixed part, the type of a property, or the schema of a Kubernetes object.

use ecow::EcoString;

use super::Asked;
use super::cursor::Step;
use super::skeleton::{Key, Named, Part, meaning};
use super::tree::{Data, Document, Node, Tree};
use crate::hir::{DefId, DefinitionKind};
use crate::kube;
use crate::types::{Field, Presence, Record, Text, Ty, Type, Union};

/// What is expected at a place.
#[derive(Clone)]
pub enum Place<'a> {
    Part(Part),
    Typed(Typed<'a>),
    /// Nothing is known.
    Open,
}

/// A type, and the schema that has its descriptions, where it is one of Kubernetes.
#[derive(Clone)]
pub struct Typed<'a> {
    pub ty: Ty,
    pub schema: Option<kube::Node<'a>>,
}

/// A place in a document.
#[derive(Clone)]
pub struct Here<'a> {
    pub place: Place<'a>,
    /// What declares the key that led here; not for items.
    pub declared: Option<Declared<'a>>,
    /// The definition that the properties around belong to, and the names of the fields from there, without indexes.
    pub unit: Option<(DefinitionKind, DefId)>,
    pub path: Vec<EcoString>,
}

/// What declares a key.
#[derive(Clone)]
pub enum Declared<'a> {
    Key(&'static Key),
    Field(Box<Field>, Option<kube::Node<'a>>),
}

/// Finds places in one document.
pub struct Walker<'a, 't> {
    pub asked: &'t Asked<'a>,
    pub tree: &'t Tree,
    pub document: &'t Document,
}

impl<'a, 't> Walker<'a, 't> {
    /// The place of the document itself.
    pub fn root(&self) -> Here<'a> {
        let node = self.document.root.as_ref();
        let text = |key: &str| node.and_then(|n| n.get(key)).and_then(Node::as_text).map_or("", EcoString::as_str);
        let place = match (text("apiVersion"), text("kind")) {
            (_, "Application") => Place::Part(Part::Application),
            (api, "Policy") if api.contains("oam.dev") => Place::Part(Part::PolicyDocument),
            (api, "Workflow") if api.contains("oam.dev") => Place::Part(Part::WorkflowDocument),
            (api, "") if api.is_empty() || api.contains("oam.dev") => Place::Part(Part::Unknown),
            ("", _) if node.is_some_and(|n| n.at(&["spec", "components"]).is_some()) => Place::Part(Part::Application),
            ("", _) => Place::Part(Part::Unknown),
            (api, _) if api.contains("oam.dev") => Place::Open,
            _ => Place::Typed(Typed { ty: Type::Object.share(), schema: None }),
        };
        Here { place: self.settled(place, node), declared: None, unit: None, path: Vec::new() }
    }

    /// The place at a path, and what is written there.
    pub fn at(&self, path: &[Step]) -> (Here<'a>, Option<&'t Node>) {
        let mut here = self.root();
        let mut node = self.document.root.as_ref();
        for step in path {
            here = self.step(&here, node, step);
            node = node.and_then(|n| child(n, step));
        }
        (here, node)
    }

    /// One step further; `node` is what is written at `here`.
    pub fn step(&self, here: &Here<'a>, node: Option<&'t Node>, step: &Step) -> Here<'a> {
        let inner = node.and_then(|n| child(n, step));
        let mut next = Here { place: Place::Open, declared: None, unit: here.unit, path: here.path.clone() };
        match (&here.place, step) {
            (Place::Part(Part::List(inner)), Step::Index(_)) => next.place = Place::Part(**inner),
            (Place::Part(part), Step::Key(name)) => self.enter_part(*part, node, name, &mut next),
            (Place::Typed(typed), Step::Index(_)) => {
                if let Some((element, schema)) = element(typed) {
                    next.place = Place::Typed(Typed { ty: element, schema });
                }
            }
            (Place::Typed(typed), Step::Key(name)) => self.enter_record(typed, node, name, &mut next),
            _ => {}
        }
        next.place = self.settled(next.place, inner);
        next
    }

    fn enter_part(&self, part: Part, node: Option<&'t Node>, name: &EcoString, next: &mut Here<'a>) {
        let Some(key) = part.key(name) else { return };
        next.declared = Some(Declared::Key(key));
        next.place = Place::Part(key.part);
        let Part::Properties(kind) = key.part else { return };
        next.path.clear();
        next.unit = node.and_then(|n| self.definition(kind, n)).map(|id| (kind, id));
        next.place = match next.unit {
            Some((_, id)) => Place::Typed(Typed { ty: self.asked.library.types.parameters(id), schema: None }),
            None => Place::Open,
        };
    }

    fn enter_record(&self, typed: &Typed<'a>, node: Option<&'t Node>, name: &EcoString, next: &mut Here<'a>) {
        next.path.push(name.clone());
        if let Some((kind, id)) = next.unit
            && let Some(part) = meaning(kind, &self.asked.library.program.definition(id).name, &next.path.iter().map(EcoString::as_str).collect::<Vec<_>>())
        {
            next.place = Place::Part(part);
        }
        let found = field(typed, node, name);
        if let Some((field, schema)) = &found {
            next.declared = Some(Declared::Field(Box::new(field.clone()), *schema));
        }
        if matches!(name.as_str(), "apiVersion" | "kind") && is_object(&typed.ty) {
            next.place = Place::Part(if name == "kind" { Part::Kind } else { Part::ApiVersion });
        }
        if matches!(next.place, Place::Open) {
            next.place = match found {
                Some((field, schema)) => Place::Typed(Typed { ty: field.ty, schema }),
                None => match rest(typed, name) {
                    Some((ty, schema)) => Place::Typed(Typed { ty, schema }),
                    None => Place::Open,
                },
            };
        }
    }

    /// An object is looked at by the kind that it says it is; a type of Kubernetes gets its schema.
    fn settled(&self, place: Place<'a>, node: Option<&Node>) -> Place<'a> {
        let Place::Typed(typed) = place else { return place };
        let types = &self.asked.library.types;
        if let Type::Object = typed.ty.shape() {
            let text = |key: &str| node.and_then(|n| n.get(key)).and_then(Node::as_text);
            let (Some(api), Some(kind)) = (text("apiVersion"), text("kind")) else { return Place::Typed(typed) };
            let by_hand = self.asked.library.program.resource(api, kind).map(|(m, i)| types.resource(m, i));
            let schema = self.asked.library.catalog.kind(self.asked.version, api, kind).map(|k| k.node);
            return match by_hand.or_else(|| types.schemas.named(api, kind)) {
                Some(ty) => Place::Typed(Typed { ty, schema }),
                None => Place::Typed(typed),
            };
        }
        let schema = typed.schema.or_else(|| self.schema(&typed.ty));
        Place::Typed(Typed { schema, ..typed })
    }

    /// The schema of a type of Kubernetes.
    fn schema(&self, ty: &Ty) -> Option<kube::Node<'a>> {
        let Type::Named(named) = &**ty else { return None };
        let catalog = &self.asked.library.catalog;
        match &named.kind {
            Some((api, kind)) => catalog.kind(self.asked.version, api, kind).map(|k| k.node),
            None => catalog.type_in_full(self.asked.version, &named.identity),
        }
    }

    /// The definition that a component, trait, policy or step names; an override without a type is about the component that it names.
    pub fn definition(&self, kind: DefinitionKind, unit: &Node) -> Option<DefId> {
        if let Some(name) = unit.get("type").and_then(Node::as_text) {
            return self.asked.find(kind, name);
        }
        let name = unit.get("name").and_then(Node::as_text).filter(|_| kind == DefinitionKind::Component)?;
        let components = self.tree.documents.iter().filter_map(|d| d.root.as_ref()?.at(&["spec", "components"]));
        let named = components.flat_map(Node::items).find(|c| c.get("name").and_then(Node::as_text) == Some(name))?;
        self.asked.find(kind, named.get("type").and_then(Node::as_text)?)
    }
}

/// Whether values are whole objects of Kubernetes.
fn is_object(ty: &Ty) -> bool {
    match &**ty {
        Type::Object => true,
        Type::Named(n) => n.kind.is_some(),
        _ => false,
    }
}

/// What is written one step below a node.
pub fn child<'t>(node: &'t Node, step: &Step) -> Option<&'t Node> {
    match (&node.data, step) {
        (Data::Map(_), Step::Key(name)) => node.get(name),
        (Data::List(l), Step::Index(i)) => l.items.get(*i).map(|i| &i.value),
        _ => None,
    }
}

/// The element of a list.
fn element<'a>(typed: &Typed<'a>) -> Option<(Ty, Option<kube::Node<'a>>)> {
    let schema = typed.schema.and_then(|s| match s.shape() {
        kube::Shape::Array(inner) => Some(inner),
        _ => None,
    });
    typed.ty.members().iter().find_map(|m| match m.shape() {
        Type::List(l) => Some((l.element.clone(), schema)),
        _ => None,
    })
}

/// What other keys than the declared ones hold.
fn rest<'a>(typed: &Typed<'a>, name: &str) -> Option<(Ty, Option<kube::Node<'a>>)> {
    let schema = typed.schema.and_then(|s| match s.shape() {
        kube::Shape::Map(inner) => Some(inner),
        _ => None,
    });
    typed.ty.members().iter().find_map(|m| match m.shape() {
        Type::Map(map) => Some((map.value.clone(), schema)),
        Type::Record(Record { rest: Some((key, value)), .. }) if !matches!(key.shape(), Type::Text(t) if t.accepts(name).is_err()) => Some((value.clone(), None)),
        _ => None,
    })
}

/// The records that a value may be meant to be: those members of a union that go with the keys which are given, but for one that is looked at.
pub fn records(ty: &Ty, node: Option<&Node>, but: Option<&str>) -> Vec<Ty> {
    let all: Vec<Ty> = ty.members().into_iter().filter(|m| m.as_record().is_some()).collect();
    let Some(map) = node.and_then(Node::as_map).filter(|_| all.len() > 1) else { return all };
    let goes = |r: &Record, key: &str, value: &Node| match r.field(key) {
        None => r.rest.is_some(),
        Some(f) => value.as_text().is_none_or(|t| can_be(&f.ty, t)),
    };
    let fits = |m: &&Ty| m.as_record().is_some_and(|r| map.entries.iter().filter(|e| but != Some(e.key.as_str()) && e.colon.is_some()).all(|e| goes(r, &e.key, &e.value)));
    let fitting: Vec<Ty> = all.iter().filter(fits).cloned().collect();
    if fitting.is_empty() { all } else { fitting }
}

/// Whether a text may be of a type that is a choice of words.
fn can_be(ty: &Ty, text: &str) -> bool {
    ty.members().iter().any(|m| match m.shape() {
        Type::Text(Text::Literals(all)) => all.iter().any(|l| l == text),
        Type::Bool(Some(b)) => text == if *b { "true" } else { "false" },
        _ => true,
    })
}

/// The field of a name, as the records that are meant declare it: its type is any of theirs; required where all require it.
pub fn field<'a>(typed: &Typed<'a>, node: Option<&Node>, name: &str) -> Option<(Field, Option<kube::Node<'a>>)> {
    let members = records(&typed.ty, node, Some(name));
    let found: Vec<&Field> = members.iter().filter_map(|m| m.as_record()?.field(name)).collect();
    let first = *found.first()?;
    let mut field = first.clone();
    field.ty = united(&found);
    if found.len() < members.len() || found.iter().any(|f| !f.is_required()) {
        field.presence = found.iter().map(|f| f.presence).find(|p| *p != Presence::Required).unwrap_or(Presence::Optional);
    }
    let schema = typed.schema.and_then(|s| s.prop(name)).map(|p| p.node);
    Some((field, schema))
}

fn united(found: &[&Field]) -> Ty {
    let mut types: Vec<Ty> = Vec::new();
    let mut words: Vec<EcoString> = Vec::new();
    for f in found {
        for m in f.ty.members() {
            match &*m {
                Type::Text(Text::Literals(all)) => words.extend(all.iter().filter(|l| !words.contains(l)).cloned().collect::<Vec<_>>()),
                _ if types.iter().any(|t| std::sync::Arc::ptr_eq(t, &m)) => {}
                _ => types.push(m),
            }
        }
    }
    if found.len() == 1 {
        return found.first().map_or_else(Type::error, |f| f.ty.clone());
    }
    if !words.is_empty() {
        types.insert(0, Type::Text(Text::Literals(words.into())).share());
    }
    match types.as_slice() {
        [one] => one.clone(),
        _ => Type::Union(Union::of(types)).share(),
    }
}

/// The fields that can stand in a record, required ones and those of all members of a union included.
pub fn fields<'a>(typed: &Typed<'a>, node: Option<&Node>) -> Vec<(Field, Option<kube::Node<'a>>)> {
    let members = records(&typed.ty, node, None);
    let mut names: Vec<&EcoString> = Vec::new();
    for f in members.iter().filter_map(|m| m.as_record()).flat_map(|r| &r.fields) {
        if !names.contains(&&f.name) {
            names.push(&f.name);
        }
    }
    names.into_iter().filter_map(|n| field(typed, node, n)).collect()
}

impl<'a> Here<'a> {
    /// The component, policy, step or output whose name is declared here, or that is named here.
    pub fn named(&self) -> Option<(Named, bool)> {
        match self.place {
            Place::Part(Part::Declares(n)) => Some((n, true)),
            Place::Part(Part::Refers(n)) => Some((n, false)),
            Place::Part(Part::From) => Some((Named::Output, false)),
            _ => None,
        }
    }

    /// The kind of definition that is named here.
    pub fn type_name(&self) -> Option<DefinitionKind> {
        if let Place::Part(Part::TypeName(kind)) = self.place { Some(kind) } else { None }
    }

    /// The kind of unit that stands here.
    pub fn place_unit(&self) -> Option<DefinitionKind> {
        if let Place::Part(part) = self.place { part.unit() } else { None }
    }
}
