//! The linked program. A placeholder with the agreed interface, to be replaced by the real one.
use super::*;
use ecow::EcoString;
pub struct Program;
pub enum TypeRef { Alias(ModuleId, u32), Kubernetes { api_version: EcoString, name: EcoString }, Resource(ModuleId, u32), Builtin(EcoString), TypeParameter, DefinitionParameters(DefId), View, Definition, Unknown }
impl Program {
    pub fn module(&self, _: ModuleId) -> &Module { std::process::abort() }
    pub fn definition(&self, _: DefId) -> &Definition { std::process::abort() }
    pub fn find(&self, _: DefinitionKind, _: Option<&str>, _: &str) -> Option<DefId> { None }
    pub fn names(&self, _: DefinitionKind) -> Vec<EcoString> { vec![] }
    pub fn type_name(&self, _: ModuleId, _: &TypeName) -> (TypeRef, Vec<EcoString>) { (TypeRef::Unknown, vec![]) }
}
