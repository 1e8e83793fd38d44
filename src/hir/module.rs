//! Modules and their items.

use ecow::EcoString;
use serde::{Deserialize, Serialize};

use super::definition::{DefName, Definition};
use super::expr::{Expr, Member};
use super::{ExprId, LocalId, TypeExprId};
use crate::base::{FileId, Range};

/// A lowered file. Everything in it is indexed by ids of this module; ranges are of its file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Module {
    /// `std.pods`, `acme.net.gateways`.
    pub name: EcoString,
    /// Set when the module is loaded; not part of the prepared form.
    #[serde(skip)]
    pub file: FileId,
    pub docs: EcoString,
    pub imports: Vec<Import>,
    pub types: Vec<TypeItem>,
    pub functions: Vec<FnItem>,
    pub lets: Vec<LetItem>,
    pub views: Vec<ViewItem>,
    pub resources: Vec<ResourceItem>,
    pub tests: Vec<TestItem>,
    pub definitions: Vec<Definition>,
    pub exprs: Vec<Expr>,
    pub expr_ranges: Vec<Range>,
    pub type_exprs: Vec<TypeExpr>,
    pub type_expr_ranges: Vec<Range>,
    pub names: Vec<NameRef>,
}

impl Module {
    /// The expression; `Missing` for a foreign id.
    pub fn expr(&self, id: ExprId) -> &Expr {
        self.exprs.get(id.index()).unwrap_or(&Expr::Missing)
    }

    /// Its range.
    pub fn range(&self, id: ExprId) -> Range {
        self.expr_ranges.get(id.index()).copied().unwrap_or_default()
    }

    /// The type expression; `Missing` for a foreign id.
    pub fn type_expr(&self, id: TypeExprId) -> &TypeExpr {
        self.type_exprs.get(id.index()).unwrap_or(&TypeExpr::Missing)
    }

    /// Its range.
    pub fn type_range(&self, id: TypeExprId) -> Range {
        self.type_expr_ranges.get(id.index()).copied().unwrap_or_default()
    }
}

/// A use of a name that is not local, to be linked.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NameRef {
    pub name: EcoString,
    pub range: Range,
}

/// The frame of a body: its local names in order of slots.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Owner {
    pub locals: Vec<Local>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Local {
    pub name: EcoString,
    pub range: Range,
    pub kind: LocalKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LocalKind {
    Let,
    Loop,
    Parameter,
    Pattern,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Import {
    pub source: ImportSource,
    pub source_range: Range,
    /// `{ A, b as c }`; empty with `alias`.
    pub names: Vec<ImportedName>,
    /// `as gw`
    pub alias: Option<(EcoString, Range)>,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ImportSource {
    /// A Kubernetes `apiVersion`, `meta/v1` included.
    Kubernetes(EcoString),
    /// `std.pods`
    Module(EcoString),
    /// `./dash.json`, relative to the importing file.
    File(EcoString),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportedName {
    pub name: EcoString,
    pub range: Range,
    /// What it is called here (`name` without `as`).
    pub local: EcoString,
}

/// `@deprecated("…")`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Attribute {
    pub name: EcoString,
    pub range: Range,
    pub arguments: Vec<ExprId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeItem {
    pub name: EcoString,
    pub name_range: Range,
    pub docs: EcoString,
    pub attributes: Vec<Attribute>,
    /// `<P>`
    pub parameters: Vec<(EcoString, Range)>,
    pub ty: TypeExprId,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FnItem {
    pub name: EcoString,
    pub name_range: Range,
    pub docs: EcoString,
    pub type_parameters: Vec<(EcoString, Range)>,
    pub parameters: Vec<Param>,
    pub result: TypeExprId,
    /// `-> T?`
    pub result_optional: bool,
    pub body: ExprId,
    pub owner: Owner,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Param {
    pub local: LocalId,
    pub name: EcoString,
    pub optional: bool,
    pub ty: TypeExprId,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct LetItem {
    pub name: EcoString,
    pub name_range: Range,
    pub docs: EcoString,
    pub ty: Option<TypeExprId>,
    pub optional: bool,
    pub value: ExprId,
    pub owner: Owner,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewItem {
    pub name: EcoString,
    pub name_range: Range,
    pub docs: EcoString,
    /// `extend view`: no type of its own.
    pub extend: bool,
    pub ty: Option<TypeExprId>,
    pub arms: Vec<ViewArm>,
    pub range: Range,
}

/// `Deployment | Job: spec.template`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewArm {
    pub kinds: Vec<TypeName>,
    pub path: Vec<(EcoString, Range)>,
}

/// `resource TrafficSplit: "split.smi-spec.io/v1alpha3" { … }`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ResourceItem {
    pub name: EcoString,
    pub name_range: Range,
    pub docs: EcoString,
    pub attributes: Vec<Attribute>,
    pub api_version: EcoString,
    pub api_version_range: Range,
    pub ty: TypeExprId,
    pub range: Range,
}

/// A type name with its path of fields: `Deployment`, `apps.Deployment.spec`, `cron-task.parameters`, `ScaledObject.spec.triggers[]` (the `[]` is [`TypeExpr::Element`]).
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TypeName {
    pub segments: Vec<EcoString>,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TypeExpr {
    /// Junk: already reported.
    Missing,
    /// A scalar literal: an `Expr` among Null, Bool, Int, Number, String.
    Literal(ExprId),
    Name {
        name: TypeName,
        arguments: Vec<TypeExprId>,
    },
    List {
        element: TypeExprId,
        keys: Vec<(EcoString, Range)>,
    },
    Record(Vec<RecordTypeMember>),
    Union(Vec<TypeExprId>),
    /// `T(…)`
    Refined {
        base: TypeExprId,
        refinements: Vec<Refinement>,
    },
    /// `T.f`, after something that is no plain name.
    Field {
        base: TypeExprId,
        name: EcoString,
        name_range: Range,
    },
    /// `T[]`
    Element(TypeExprId),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Refinement {
    /// `/…/` without the slashes.
    Regex(EcoString, Range),
    /// `1..=5`, `..=63`, `0..`, `3` (both ends); decimal texts. `inclusive` is about the upper end (`..` excludes it when it is given).
    Span { low: Option<EcoString>, high: Option<EcoString>, inclusive: bool, range: Range },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum RecordTypeMember {
    Field {
        name: EcoString,
        name_range: Range,
        docs: EcoString,
        attributes: Vec<Attribute>,
        optional: bool,
        ty: TypeExprId,
        default: Option<ExprId>,
        range: Range,
    },
    /// `...A without (f, g)`
    Spread {
        ty: TypeExprId,
        without: Vec<(EcoString, Range)>,
        range: Range,
    },
    /// `[K]: V`
    Map {
        key: TypeExprId,
        value: TypeExprId,
        range: Range,
    },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct TestItem {
    pub name: EcoString,
    pub name_range: Range,
    pub stmts: Vec<TestStmt>,
    pub owner: Owner,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum TestStmt {
    Let { local: LocalId, ty: Option<TypeExprId>, value: ExprId },
    Expect { expect: Expect, range: Range },
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Expect {
    True(ExprId),
    /// `expect error CODE at "path" in e`; `error: false` is a warning.
    Finding {
        error: bool,
        code: EcoString,
        at: Option<EcoString>,
        application: ExprId,
    },
}

/// `application n { … }`
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Application {
    pub name: EcoString,
    pub units: Vec<AppUnit>,
    /// `namespace:`, `labels:`, `annotations:`, `kubernetes:`.
    pub fields: Vec<Member>,
}

/// A component, policy or step of an application literal.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AppUnit {
    pub kind: super::DefinitionKind,
    pub name: EcoString,
    pub definition: DefName,
    pub properties: Vec<Member>,
    /// `trait t { … }`: the type and a record.
    pub traits: Vec<(DefName, ExprId)>,
    pub range: Range,
}
