//! The types themselves: immutable, shared by `Arc`, structural but for the types of Kubernetes, which expand when looked into.

use std::fmt;
use std::sync::{Arc, OnceLock};

use ecow::EcoString;

use super::interval::{Bounds, Interval, Length};
use super::text::{Format, Language, Text};
use crate::base::Span;
use crate::hir::{ExprId, ModuleId};

/// A shared type.
pub type Ty = Arc<Type>;

/// Which values there are. That a value may be absent is no part of its type: fields say it, and [`Typed`] does for expressions.
#[derive(Clone, Debug)]
pub enum Type {
    /// Something is wrong with it, and that has been said: silent later.
    Error,
    /// No value: elements of `[]`, branches that end the evaluation.
    Never,
    Null,
    /// `Bool`, or one truth value.
    Bool(Option<bool>),
    Int(Interval),
    Number(Bounds),
    Text(Text),
    /// The format `Quantity`: text or number.
    Quantity,
    List(List),
    Map(MapType),
    Record(Record),
    Union(Union),
    /// A type of Kubernetes or of a custom resource.
    Named(Arc<Named>),
    Json,
    Object,
}

/// `[T]`, `[T](1..)`, `[T by k]`.
#[derive(Clone, Debug)]
pub struct List {
    pub element: Ty,
    pub length: Length,
    /// Fields that identify an element.
    pub keys: Option<Arc<[EcoString]>>,
    /// The schema's: uniqueness of its elements is an object rule, so a list without keys fits.
    pub kubernetes: bool,
    /// `x-kubernetes-list-type: set`.
    pub set: bool,
}

/// `{[K]: V}`.
#[derive(Clone, Debug)]
pub struct MapType {
    pub key: Ty,
    pub value: Ty,
    /// Lengths that are possible.
    pub length: Length,
}

/// `{ a: A, b?: B, c: C = e, [K]: V }`.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// The alias or schema that declares it.
    pub name: Option<EcoString>,
    pub fields: Vec<Field>,
    /// Other keys, and their values.
    pub rest: Option<(Ty, Ty)>,
    /// Type parameters that are spread, while they are opaque.
    pub rows: Vec<EcoString>,
    /// Groups of which one field, or at most one, must be there.
    pub groups: Vec<Group>,
    /// The order in which its fields are read when it is the type of parameters; made when first needed.
    pub order: ReadingOrder,
}

/// An order of fields that is found when first needed; a copy of its record may get other fields, so it starts anew.
#[derive(Debug, Default)]
pub struct ReadingOrder(pub OnceLock<Arc<[usize]>>);

impl Clone for ReadingOrder {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// Fields that exclude each other.
#[derive(Clone, Debug)]
pub struct Group {
    pub fields: Vec<EcoString>,
    /// One must be there.
    pub required: bool,
}

/// A field of a record.
#[derive(Clone, Debug)]
pub struct Field {
    pub name: EcoString,
    pub ty: Ty,
    pub presence: Presence,
    pub docs: EcoString,
    /// Where its name is declared; empty for schemas.
    pub span: Span,
    /// Minor versions of Kubernetes that have it, as bits (see [`Versions`]).
    pub versions: Versions,
    /// The feature gate without which the server drops the field, and the versions in which it is off.
    pub gate: Option<(EcoString, Versions)>,
    /// What to use instead.
    pub deprecated: Option<EcoString>,
    pub sensitive: bool,
    /// The place in a schema that comes with Jibe: where its description is.
    pub schema: Option<crate::kube::Node<'static>>,
}

/// Whether a field must be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    Required,
    Optional,
    /// May be left out where a value is given, and is then this expression of this module.
    Default(ModuleId, ExprId),
}

/// A set of supported Kubernetes versions, a bit each, the oldest lowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Versions(pub u8);

impl Versions {
    /// All of them.
    pub const ALL: Versions = Versions(0x1F);

    /// Whether `self` has all of `other`.
    pub fn covers(self, other: Versions) -> bool {
        other.0 & !self.0 == 0
    }

    /// In both.
    #[must_use]
    pub fn meet(self, other: Versions) -> Versions {
        Versions(self.0 & other.0)
    }

    /// The versions of `self` that `other` lacks, oldest first.
    pub fn missing_from(self, other: Versions) -> Vec<crate::kube::Version> {
        crate::kube::Version::all().filter(|v| self.0 & !other.0 & (1 << v.index()) != 0).collect()
    }
}

/// `A | B`.
#[derive(Clone, Debug)]
pub struct Union {
    pub name: Option<EcoString>,
    /// No unions among them.
    pub members: Vec<Ty>,
    /// What tells the record members apart; made when first needed.
    pub deciders: OnceLock<Arc<super::unions::Deciders>>,
}

impl Union {
    /// Members that are no unions themselves.
    pub fn of(members: Vec<Ty>) -> Self {
        Self { name: None, members, deciders: OnceLock::new() }
    }

    /// The same with a name.
    #[must_use]
    pub fn named(&self, name: EcoString) -> Self {
        Self { name: Some(name), members: self.members.clone(), deciders: self.deciders.clone() }
    }
}

/// A type that is known by its name and expanded when needed, since it may contain itself.
pub struct Named {
    /// `Deployment`, `ObjectMeta`, `ScaledObject.spec.triggers[]`.
    pub name: EcoString,
    /// `apiVersion` and `kind`, if it is a kind.
    pub kind: Option<(EcoString, EcoString)>,
    /// Tells it from others of the same name.
    pub identity: EcoString,
    /// Versions that have it.
    pub versions: Versions,
    pub expand: Box<dyn Fn() -> Type + Send + Sync>,
    pub shape: OnceLock<Ty>,
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Named({})", self.identity)
    }
}

impl Named {
    /// The structure.
    pub fn shape(&self) -> &Ty {
        self.shape.get_or_init(|| Arc::new((self.expand)()))
    }
}

/// The type of an expression: of its value, and whether there may be none.
#[derive(Clone, Debug)]
pub struct Typed {
    pub ty: Ty,
    pub absent: bool,
}

impl Typed {
    /// Of a value that is there.
    pub fn present(ty: Ty) -> Self {
        Self { ty, absent: false }
    }

    /// Of a value that may be absent.
    pub fn optional(ty: Ty) -> Self {
        Self { ty, absent: true }
    }
}

impl Type {
    /// The shared form.
    pub fn share(self) -> Ty {
        Arc::new(self)
    }

    /// Any text.
    pub fn string() -> Ty {
        Type::Text(Text::Any).share()
    }

    /// One text.
    pub fn literal(text: impl Into<EcoString>) -> Ty {
        Type::Text(Text::literal(text)).share()
    }

    /// A named format.
    pub fn format(format: Format) -> Ty {
        match format {
            Format::Quantity => Type::Quantity.share(),
            f => Type::Text(Text::format(f)).share(),
        }
    }

    /// A language.
    pub fn language(language: Language) -> Ty {
        Type::Text(Text::Language(Arc::new(language))).share()
    }

    /// Integers from `low` to `high`.
    pub fn int(low: i64, high: i64) -> Ty {
        Type::Int(Interval::new(low, high)).share()
    }

    /// Any truth value.
    pub fn bool() -> Ty {
        Type::Bool(None).share()
    }

    /// A list of any length.
    pub fn list(element: Ty) -> Ty {
        Type::List(List::of(element, Length::ANY)).share()
    }

    /// A map.
    pub fn map(key: Ty, value: Ty) -> Ty {
        Type::Map(MapType { key, value, length: Length::ANY }).share()
    }

    /// Nothing is known, and that has been said.
    pub fn error() -> Ty {
        Type::Error.share()
    }

    /// Looks through names: never `Named` (nor an alias of one).
    pub fn shape(&self) -> &Type {
        let mut at = self;
        for _ in 0..8 {
            match at {
                Type::Named(n) => at = n.shape(),
                other => return other,
            }
        }
        at
    }

    /// The record, looking through names.
    pub fn as_record(&self) -> Option<&Record> {
        if let Type::Record(r) = self.shape() { Some(r) } else { None }
    }

    /// Whether it is the silent type.
    pub fn is_error(&self) -> bool {
        matches!(self, Type::Error)
    }

    /// The members of a union, or the type alone.
    pub fn members(self: &Arc<Self>) -> Vec<Ty> {
        match self.shape() {
            Type::Union(u) => u.members.clone(),
            _ => vec![self.clone()],
        }
    }

    /// The only value of a scalar literal type, as text.
    pub fn single_text(&self) -> Option<&EcoString> {
        match self {
            Type::Text(Text::Literals(l)) if l.len() == 1 => l.first(),
            _ => None,
        }
    }

    /// Whether null, boolean, number or text.
    pub fn is_scalar(&self) -> bool {
        matches!(self.shape(), Type::Null | Type::Bool(_) | Type::Int(_) | Type::Number(_) | Type::Text(_) | Type::Quantity)
    }
}

impl List {
    /// Without keys.
    pub fn of(element: Ty, length: Length) -> Self {
        Self { element, length, keys: None, kubernetes: false, set: false }
    }
}

impl Record {
    /// The field of a name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Whether it admits keys besides its fields: an open record or one with a row.
    pub fn is_open(&self) -> bool {
        self.rest.is_some() || !self.rows.is_empty()
    }
}

impl Field {
    /// A field that a schema or the compiler declares.
    pub fn new(name: impl Into<EcoString>, ty: Ty, presence: Presence) -> Self {
        Self {
            name: name.into(),
            ty,
            presence,
            docs: EcoString::new(),
            span: Span::default(),
            versions: Versions::ALL,
            gate: None,
            deprecated: None,
            sensitive: false,
            schema: None,
        }
    }

    /// What is said of it where it is declared, in Markdown.
    pub fn description(&self) -> Option<String> {
        if self.docs.is_empty() { self.schema.and_then(crate::kube::Node::doc) } else { Some(self.docs.to_string()) }
    }

    /// Whether it may be absent once the value is read.
    pub fn is_optional(&self) -> bool {
        self.presence == Presence::Optional
    }

    /// Whether it must be given.
    pub fn is_required(&self) -> bool {
        self.presence == Presence::Required
    }
}
