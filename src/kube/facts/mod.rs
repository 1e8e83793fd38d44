//! Field facts: what the API server demands of a field's value alone, beyond its shape. For built-in types they come from a reviewed table (`facts.txt`, read by [`table`]); for custom resources from their definitions.

mod table;

use std::sync::LazyLock;

use ecow::EcoString;

pub(in crate::kube) use table::FactTable;
pub use table::{TableProblem, problems};

use crate::kube::syntax::Format;
use crate::value::{Number, Value};

/// What is demanded of one place. Everything is optional; the default demands nothing.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// The only values allowed, if not empty. For built-in types all are strings.
    pub values: Vec<Value>,
    /// Bounds on numbers.
    pub minimum: Option<Bound>,
    pub maximum: Option<Bound>,
    pub multiple_of: Option<Number>,
    /// Lengths of strings: code points for custom resources, bytes for built-in types (whose texts are ASCII).
    pub min_length: Option<u32>,
    pub max_length: Option<u32>,
    pub min_items: Option<u32>,
    pub max_items: Option<u32>,
    pub min_props: Option<u32>,
    pub max_props: Option<u32>,
    pub unique_items: bool,
    /// RE2 searched anywhere in the string.
    pub pattern: Option<EcoString>,
    /// A named syntax.
    pub format: Option<Format>,
    /// The `format` word of a custom resource's schema, as written there (`ipv4`, `date-time`, …).
    pub openapi_format: Option<EcoString>,
    /// An empty string passes although the other facts would refuse it: the server reads it as not given.
    pub empty_ok: bool,
    /// `null` is a value here. (For built-in types null always reads as not given.)
    pub nullable: bool,
    /// What the server fills in.
    pub default: Option<Value>,
    /// Overrides the schema's `required`: the server refuses the object without it, or does not care.
    pub required: Option<bool>,
    /// The feature gate, off by default, without which the server drops the field unseen.
    pub gate: Option<EcoString>,
    /// `allOf`, `anyOf`, `oneOf`, `not` of a custom resource's schema.
    pub logic: Option<Box<Logic>>,
    /// `x-kubernetes-validations`.
    pub rules: Vec<CelRule>,
}

/// A bound of a number.
#[derive(Clone, Debug)]
pub struct Bound {
    pub value: Number,
    pub exclusive: bool,
}

impl Bound {
    /// An inclusive bound.
    pub fn inclusive(value: i64) -> Self {
        Self { value: Number::from_int(value), exclusive: false }
    }

    /// The bound as the nearest integer that is still allowed, for a lower bound.
    pub fn as_lowest(&self) -> Option<i64> {
        let v: i64 = self.value.text.parse().ok()?;
        if self.exclusive { v.checked_add(1) } else { Some(v) }
    }

    /// The bound as the nearest integer that is still allowed, for an upper bound.
    pub fn as_highest(&self) -> Option<i64> {
        let v: i64 = self.value.text.parse().ok()?;
        if self.exclusive { v.checked_sub(1) } else { Some(v) }
    }
}

/// Value validations that are combined by logic. Structural schemas allow shapes only outside of it.
#[derive(Clone, Debug, Default)]
pub struct Logic {
    pub all_of: Vec<Clause>,
    pub any_of: Vec<Clause>,
    pub one_of: Vec<Clause>,
    pub not: Option<Clause>,
}

/// One branch of [`Logic`]: demands on the value itself and on parts of it.
#[derive(Clone, Debug, Default)]
pub struct Clause {
    pub facts: Facts,
    /// The JSON type it asks for, if it does.
    pub value_type: Option<EcoString>,
    pub required: Vec<EcoString>,
    pub props: Vec<(EcoString, Clause)>,
    pub items: Option<Box<Clause>>,
    pub additional: Option<Box<Clause>>,
}

/// A CEL rule, as text.
#[derive(Clone, Debug, Default)]
pub struct CelRule {
    pub rule: EcoString,
    pub message: Option<EcoString>,
    pub message_expression: Option<EcoString>,
    pub reason: Option<EcoString>,
    pub field_path: Option<EcoString>,
    /// `optionalOldSelf`.
    pub optional_old_self: bool,
}

/// Fields of an object type of which the server wants at most, at least or exactly one.
#[derive(Clone, Debug)]
pub struct Group {
    pub fields: Vec<EcoString>,
    /// None of them is refused too.
    pub at_least_one: bool,
    /// More than one is refused.
    pub at_most_one: bool,
}

impl Facts {
    /// The facts that demand nothing.
    pub fn none() -> &'static Facts {
        static NONE: LazyLock<Facts> = LazyLock::new(Facts::default);
        &NONE
    }

    /// The enum's strings.
    pub fn strings(&self) -> impl Iterator<Item = &str> {
        self.values.iter().filter_map(Value::as_str)
    }

    /// The integers allowed, as inclusive bounds.
    pub fn int_range(&self) -> (Option<i64>, Option<i64>) {
        (self.minimum.as_ref().and_then(Bound::as_lowest), self.maximum.as_ref().and_then(Bound::as_highest))
    }
}

/// Index of a place that no field led to.
pub(in crate::kube) const NO_FACTS: u32 = 0x7fff_ffff;
/// Flag of an index: the server does not look at what is here and below.
pub(in crate::kube) const UNCHECKED: u32 = 1 << 31;

/// Whether a place is one that the server does not look at.
pub(in crate::kube) fn is_unchecked(index: u32) -> bool {
    index & UNCHECKED != 0
}

/// The index of the elements of a list, or the values of a map.
pub(in crate::kube) fn below(index: u32) -> u32 {
    if index & !UNCHECKED == NO_FACTS { index } else { index + (1 << 16) }
}

/// The documentation index of the property that a fact index stands for.
pub(in crate::kube) fn doc_of(index: u32) -> Option<u16> {
    let index = index & !UNCHECKED;
    if index >> 16 != 0 {
        return None;
    }
    crate::kube::pack::Pack::get().prop(index).map(|p| p.doc)
}
