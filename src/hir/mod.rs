//! The program after parsing: lowered modules in arenas ([`Module`]), local names resolved to slots, other names to [`NameRef`]s that the program links.
//! It holds no text positions beyond ranges and no types; `types` and `eval` walk it.

mod builtin;
mod definition;
mod expr;
mod kept;
mod link;
mod load;
mod lower;
mod module;
mod names;
mod package;
mod prepared;
mod program;
mod walk;
pub use builtin::{BUILTIN_TYPES, Builtin};

pub use definition::{Block, DefName, Definition, DefinitionKind, MatchStmtArm, OutputName, Patch, Place, PlaceBase, PlaceStep, Require, Stmt, StmtKind};
pub use expr::{Arg, Assign, BinaryOp, Expr, Key, ListItem, MatchArm, Member, Part, Pattern, PatternField, PatternKind, UnaryOp};
pub use kept::{KeptModule, KeptModules};
pub use load::Loader;
pub use lower::lower;
pub use module::{
    AppUnit, Application, Attribute, Expect, FnItem, Import, ImportSource, ImportedName, LetItem, Local, LocalKind, Module, NameRef, Owner, Param, RecordTypeMember, Refinement,
    ResourceItem, TestItem, TestStmt, TypeExpr, TypeItem, TypeName, ViewArm, ViewItem,
};
pub use prepared::prepare;
pub use program::{ArmRef, Global, Program, TypeRef};

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub u32);
        impl $name {
            /// The position in its arena.
            pub fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}

ids! {
    /// A module of a program.
    ModuleId;
    /// An expression of a module: index into [`Module::exprs`].
    ExprId;
    /// A type expression of a module: index into [`Module::type_exprs`].
    TypeExprId;
    /// A local name: index into the frame of its owner (definition, function, `let`, test), unique in it.
    LocalId;
    /// A name that is not local: index into [`Module::names`].
    NameId;
}

/// A definition of a program: its module, and its place among the definitions of that module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DefId {
    pub module: ModuleId,
    pub index: u32,
}
