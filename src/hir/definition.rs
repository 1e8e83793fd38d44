//! Definitions and their statements.

use ecow::EcoString;
use serde::{Deserialize, Serialize};

use super::expr::Pattern;
use super::module::{Attribute, Owner, TypeName};
use super::{ExprId, LocalId, TypeExprId};
use crate::base::Range;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum DefinitionKind {
    #[default]
    Component,
    Trait,
    Policy,
    Step,
    Rule,
}

impl DefinitionKind {
    /// The keyword, which is also the word for it in messages.
    pub fn word(self) -> &'static str {
        match self {
            Self::Component => "component",
            Self::Trait => "trait",
            Self::Policy => "policy",
            Self::Step => "workflow step",
            Self::Rule => "rule",
        }
    }
}

/// A component, trait, policy, step or rule.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Definition {
    pub kind: DefinitionKind,
    /// The OAM type name (`cron-task`).
    pub name: EcoString,
    pub name_range: Range,
    pub range: Range,
    pub docs: EcoString,
    pub attributes: Vec<Attribute>,
    /// `component c: K`.
    pub result: Option<TypeName>,
    /// `for A | B`.
    pub targets: Vec<TypeName>,
    /// The type of `parameters`, hoisted from the body; with the range of the statement.
    pub parameters: Option<(TypeExprId, Range)>,
    /// The type of `returns`, hoisted.
    pub returns: Option<(TypeExprId, Range)>,
    pub body: Block,
    /// Slots of the frame.
    pub owner: Owner,
}

/// Statements in order.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Block {
    pub stmts: Vec<Stmt>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Stmt {
    pub kind: StmtKind,
    pub range: Range,
    /// The keyword that opens it, for J0601 and the like.
    pub keyword: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum StmtKind {
    Let {
        local: LocalId,
        ty: Option<TypeExprId>,
        optional: bool,
        value: ExprId,
    },
    Require(Require),
    If {
        condition: ExprId,
        then: Block,
        otherwise: Option<Block>,
    },
    For {
        binders: Vec<LocalId>,
        source: ExprId,
        filter: Option<ExprId>,
        body: Block,
    },
    Match {
        scrutinee: ExprId,
        arms: Vec<MatchStmtArm>,
    },
    /// `output …`; `value` is a record literal unless `whole` (`output = e`).
    Output {
        name: OutputName,
        kind: Option<TypeName>,
        value: ExprId,
        whole: bool,
    },
    Patch(Patch),
    /// `from webservice { … }`
    From {
        name: DefName,
        arguments: ExprId,
    },
    /// `do deploy { … }`
    Do {
        name: DefName,
        arguments: ExprId,
    },
    Conflicts(Vec<DefName>),
    /// A record literal.
    Status(ExprId),
    /// A second `parameters` or `returns`, or one not at the top (J0603); the first is hoisted into [`Definition`].
    Misplaced(EcoString),
    /// Junk: already reported.
    Missing,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Require {
    pub condition: ExprId,
    pub message: ExprId,
    pub at: Option<ExprId>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MatchStmtArm {
    pub pattern: Pattern,
    pub body: Block,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum OutputName {
    /// The main object.
    Main,
    Name(EcoString, Range),
    /// A string with holes.
    Computed(ExprId),
}

/// `patch { … }`, `patch P { … }`, `patch P? { … }`, `patch P = e`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Patch {
    pub place: Place,
    /// `?`: does nothing where the place is absent.
    pub optional: bool,
    /// A record literal with patch members, unless `whole`.
    pub value: ExprId,
    /// `patch P = e`.
    pub whole: bool,
}

/// What a patch writes to.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Place {
    pub base: PlaceBase,
    pub steps: Vec<PlaceStep>,
    pub range: Range,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PlaceBase {
    /// No place written: `target` (component: `output`).
    Default,
    Target,
    Output,
    Outputs,
    Local(LocalId),
    /// A view's name: its part of the main object.
    View(TypeName),
    /// `outputs of K`
    OutputsOf(TypeName),
    /// A name that is none of these: reported as J0201 by `resolve` or `check`.
    Unknown(EcoString),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum PlaceStep {
    Field(EcoString, Range),
    Index(ExprId),
}

/// The name of a definition where one is referred to: `webservice`, `std.webservice`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DefName {
    pub package: Option<EcoString>,
    pub name: EcoString,
    pub range: Range,
}
