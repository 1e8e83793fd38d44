//! The structural schema of one version of a custom resource: an owned tree, shared by `Arc`.
//!
//! Mirrors `Structural` and `JSONSchemaProps` of apiextensions; one type serves both, since value validations nest the same keywords.

use std::sync::{Arc, OnceLock};

use ecow::EcoString;
use serde::{Deserialize, Serialize};

use super::cache::{pattern, value, values};
use crate::base::Span;
use crate::kube::cel;
use crate::kube::regex::Pattern;
use crate::value::Value;

/// The `type` keyword.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Type {
    /// No `type`: anything, unless `int_or_string` says otherwise.
    #[default]
    Any,
    Object,
    Array,
    String,
    Integer,
    Number,
    Boolean,
}

impl Type {
    /// The keyword's text; empty for none.
    pub fn name(self) -> &'static str {
        match self {
            Type::Any => "",
            Type::Object => "object",
            Type::Array => "array",
            Type::String => "string",
            Type::Integer => "integer",
            Type::Number => "number",
            Type::Boolean => "boolean",
        }
    }
}

/// `x-kubernetes-list-type`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ListType {
    /// The default: changed as one value.
    #[default]
    Atomic,
    Set,
    Map,
}

/// `additionalProperties`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Additional {
    /// `true`: any value, but objects in it are closed. (`false` reads as none.)
    Any,
    Schema(Arc<Schema>),
}

/// `minimum` and the like; the server keeps bounds as doubles.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Bounds {
    pub minimum: Option<f64>,
    pub exclusive_minimum: bool,
    pub maximum: Option<f64>,
    pub exclusive_maximum: bool,
    pub multiple_of: Option<f64>,
    pub min_length: Option<i64>,
    pub max_length: Option<i64>,
    pub min_items: Option<i64>,
    pub max_items: Option<i64>,
    pub unique_items: bool,
    pub min_properties: Option<i64>,
    pub max_properties: Option<i64>,
}

/// One entry of `x-kubernetes-validations`.
#[derive(Debug, Serialize, Deserialize)]
pub struct Rule {
    pub rule: EcoString,
    pub message: EcoString,
    pub message_expression: EcoString,
    pub reason: Option<EcoString>,
    pub field_path: EcoString,
    pub optional_old_self: bool,
    /// Where the rule stands in the definition.
    pub span: Span,
    #[serde(skip)]
    pub(super) program: OnceLock<Result<cel::Program, cel::CompileError>>,
    #[serde(skip)]
    pub(super) message_program: OnceLock<Option<cel::Program>>,
}

impl Rule {
    /// The rule, compiled on first use.
    pub fn program(&self) -> &Result<cel::Program, cel::CompileError> {
        self.program.get_or_init(|| cel::Program::parse(&self.rule))
    }

    /// The `messageExpression`, compiled on first use.
    pub fn message_program(&self) -> Option<&cel::Program> {
        self.message_program.get_or_init(|| if self.message_expression.is_empty() { None } else { cel::Program::parse(&self.message_expression).ok() }).as_ref()
    }

    /// What the rule says when it fails: its message, or its text.
    pub fn text(&self) -> &str {
        if self.message.is_empty() { self.rule.trim() } else { self.message.trim() }
    }
}

/// A node of the schema.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Schema {
    pub kind: Type,
    pub description: EcoString,
    pub nullable: bool,
    pub int_or_string: bool,
    pub preserve_unknown: bool,
    pub embedded: bool,
    /// Sorted by name. `None` differs from an empty one for CEL: then the object has no fields at all.
    pub properties: Option<Vec<(EcoString, Arc<Schema>)>>,
    pub additional: Option<Additional>,
    pub items: Option<Arc<Schema>>,
    pub list_type: ListType,
    pub map_keys: Vec<EcoString>,
    /// `x-kubernetes-map-type: atomic`.
    pub map_atomic: bool,
    #[serde(with = "value")]
    pub default: Option<Value>,
    pub format: EcoString,
    #[serde(with = "pattern")]
    pub pattern: Option<Arc<Pattern>>,
    pub bounds: Bounds,
    pub required: Vec<EcoString>,
    #[serde(with = "values")]
    pub choices: Vec<Value>,
    pub all_of: Vec<Arc<Schema>>,
    pub any_of: Vec<Arc<Schema>>,
    pub one_of: Vec<Arc<Schema>>,
    pub not: Option<Arc<Schema>>,
    pub rules: Vec<Rule>,
    /// Where the node stands in the definition.
    pub span: Span,
    /// What lies in or below the node; saves walks.
    pub below: Below,
    #[serde(skip)]
    pub(super) with_meta: OnceLock<Box<Schema>>,
}

/// Which features occur in a node or below it.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub struct Below {
    pub rules: bool,
    pub defaults: bool,
    pub embedded: bool,
    pub keyed_lists: bool,
}

impl Schema {
    /// The schema of a property.
    pub fn property(&self, name: &str) -> Option<&Arc<Schema>> {
        let all = self.properties.as_ref()?;
        let at = all.binary_search_by(|(n, _)| n.as_str().cmp(name)).ok()?;
        all.get(at).map(|(_, s)| s)
    }

    /// The schema of the values of a map, if it has one.
    pub fn additional_schema(&self) -> Option<&Arc<Schema>> {
        match &self.additional {
            Some(Additional::Schema(s)) => Some(s),
            _ => None,
        }
    }

    /// The schema of a property or of the map's values.
    pub fn field(&self, name: &str) -> Option<&Arc<Schema>> {
        self.property(name).or_else(|| self.additional_schema())
    }

    /// The names of the properties.
    pub fn property_names(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().flatten().map(|(n, _)| n.as_str())
    }

    /// What `type` says in messages: `integer,string` for int-or-string.
    pub fn type_names(&self) -> &'static str {
        if self.int_or_string { "integer,string" } else { self.kind.name() }
    }

    /// The node as rules at the root of a resource see it: `apiVersion`, `kind`, `metadata.name` and `metadata.generateName` are there, as strings
    /// (`WithTypeAndObjectMeta` of apiextensions).
    pub fn with_meta(&self) -> &Schema {
        self.with_meta.get_or_init(|| {
            let string = Arc::new(Schema { kind: Type::String, ..Schema::default() });
            let meta = Schema { kind: Type::Object, properties: Some(vec![("generateName".into(), string.clone()), ("name".into(), string.clone())]), ..Schema::default() };
            let mut properties: Vec<(EcoString, Arc<Schema>)> =
                self.properties.iter().flatten().filter(|(n, _)| !matches!(n.as_str(), "apiVersion" | "kind" | "metadata")).cloned().collect();
            properties.extend([("apiVersion".into(), string.clone()), ("kind".into(), string), ("metadata".into(), Arc::new(meta))]);
            properties.sort_by(|a, b| a.0.cmp(&b.0));
            Box::new(Schema {
                kind: self.kind,
                nullable: self.nullable,
                preserve_unknown: self.preserve_unknown,
                embedded: false,
                properties: Some(properties),
                bounds: self.bounds.clone(),
                span: self.span,
                ..Schema::default()
            })
        })
    }
}
