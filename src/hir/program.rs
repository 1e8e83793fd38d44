//! The linked program: modules, what their names mean, and the definitions of all packages by name. It is made by [`super::Loader`] and then only read, by any number of threads.

use std::sync::Arc;

use ecow::EcoString;
use rustc_hash::FxHashMap;

use super::{BUILTIN_TYPES, Builtin, DefId, DefName, Definition, DefinitionKind, Expr, ImportSource, Module, ModuleId, NameId, TypeName, ViewArm};
use crate::base::Range;
use crate::value::Value;

/// What a name that is not local means as an expression.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Global {
    Function(ModuleId, u32),
    Let(ModuleId, u32),
    /// A view's name: its part of the main object.
    View(ModuleId, u32),
    /// `import … as gw`: see [`Program::member`].
    ModuleAlias(ModuleId),
    Builtin(Builtin),
    /// An imported data file: see [`Program::data`].
    Data(ModuleId, u32),
    /// Nothing: reported (J0201) when the module was loaded.
    #[default]
    Unknown,
}

/// What a type name means; the rest of its path comes beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TypeRef {
    /// `type`: module and index in its `types`.
    Alias(ModuleId, u32),
    Kubernetes {
        api_version: EcoString,
        name: EcoString,
    },
    /// `resource`: module and index in its `resources`.
    Resource(ModuleId, u32),
    Builtin(EcoString),
    /// A type parameter of the item around: its name is the first segment.
    TypeParameter,
    /// `D.parameters`
    DefinitionParameters(DefId),
    /// A view: module and index in its `views`. Only after `for`, and in places.
    View(ModuleId, u32),
    /// A component, only after `for`.
    Definition(DefId),
    /// Nothing: reported (J0201) when the module was loaded.
    Unknown,
}

/// What an alias of an import stands for.
#[derive(Clone, Debug)]
pub(super) enum Alias {
    Module(ModuleId),
    Kubernetes(EcoString),
}

/// Of each view (module and index): module, view item and arm of what adds to it.
pub(super) type Arms = FxHashMap<(ModuleId, u32), Vec<(ModuleId, u32, u32)>>;

/// The names of one module.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// By [`NameId`].
    pub globals: Vec<Global>,
    pub names: FxHashMap<EcoString, Global>,
    pub types: FxHashMap<EcoString, TypeRef>,
    pub aliases: FxHashMap<EcoString, Alias>,
    pub data: Vec<Value>,
    /// Index of the package.
    pub package: u32,
}

/// An arm of a view and the module that it stands in.
#[derive(Clone, Copy, Debug)]
pub struct ArmRef<'p> {
    pub module: ModuleId,
    pub arm: &'p ViewArm,
}

/// All modules of a run, linked.
#[derive(Debug, Default)]
pub struct Program {
    pub(super) modules: Vec<Arc<Module>>,
    pub(super) links: Vec<Links>,
    pub(super) by_name: FxHashMap<EcoString, ModuleId>,
    /// Packages in the order in which names are looked up: the project, its dependencies, `std`.
    pub(super) packages: Vec<EcoString>,
    /// Definitions of each package.
    pub(super) definitions: Vec<FxHashMap<(DefinitionKind, EcoString), DefId>>,
    /// Names of definitions, loaded or not.
    pub(super) known: Vec<(DefinitionKind, EcoString)>,
    /// Module, view item and arm of everything that adds arms to a view.
    pub(super) arms: Arms,
    /// Kinds described by `resource` items.
    pub(super) resources: FxHashMap<(EcoString, EcoString), (ModuleId, u32)>,
    pub(super) empty: Arc<Module>,
}

impl Program {
    /// The module; an empty one for a foreign id.
    pub fn module(&self, id: ModuleId) -> &Module {
        self.modules.get(id.index()).unwrap_or(&self.empty)
    }

    /// All modules, in the order in which they were loaded.
    pub fn modules(&self) -> impl Iterator<Item = (ModuleId, &Module)> {
        self.modules.iter().enumerate().map(|(i, m)| (ModuleId(i as u32), &**m))
    }

    /// The module of this name (`std.pods`), if it is loaded.
    pub fn module_named(&self, name: &str) -> Option<ModuleId> {
        self.by_name.get(name).copied()
    }

    /// The package of a module: `acme`, `std`.
    pub fn package(&self, id: ModuleId) -> &str {
        let package = self.links.get(id.index()).map_or(u32::MAX, |l| l.package);
        self.packages.get(package as usize).map_or("", EcoString::as_str)
    }

    /// The definition; an empty component for a foreign id.
    pub fn definition(&self, id: DefId) -> &Definition {
        static NONE: std::sync::OnceLock<Definition> = std::sync::OnceLock::new();
        self.module(id.module).definitions.get(id.index as usize).unwrap_or_else(|| NONE.get_or_init(Definition::default))
    }

    /// All definitions of the modules that are loaded.
    pub fn definitions(&self) -> impl Iterator<Item = (DefId, &Definition)> {
        self.modules().flat_map(|(m, module)| module.definitions.iter().enumerate().map(move |(i, d)| (DefId { module: m, index: i as u32 }, d)))
    }

    /// The definition of this name as an application sees it: of the package if one is named, else of the first that has it: project, dependencies, `std`. Only what is loaded is found.
    pub fn find(&self, kind: DefinitionKind, package: Option<&str>, name: &str) -> Option<DefId> {
        let key = (kind, EcoString::from(name));
        let mut found = self.packages.iter().zip(&self.definitions).filter(|(p, _)| package.is_none_or(|wanted| p.as_str() == wanted));
        found.find_map(|(_, d)| d.get(&key).copied())
    }

    /// The definition of this name as a module sees it: its own package comes first.
    pub fn find_from(&self, module: ModuleId, kind: DefinitionKind, name: &DefName) -> Option<DefId> {
        let own = self.package(module);
        match &name.package {
            Some(package) => self.find(kind, Some(package), &name.name),
            None => self.find(kind, Some(own), &name.name).or_else(|| self.find(kind, None, &name.name)),
        }
    }

    /// The names of all definitions of a kind, loaded or not, for "did you mean".
    pub fn names(&self, kind: DefinitionKind) -> Vec<EcoString> {
        let mut names: Vec<EcoString> = self.known.iter().filter(|(k, _)| *k == kind).map(|(_, n)| n.clone()).collect();
        names.sort();
        names.dedup();
        names
    }

    /// The modules that what is said of a module can depend on, beside itself: those that it imports, whose definitions it names, that describe kinds it imports,
    /// and that add arms to its views. Names that are not found depend on all of them.
    pub fn uses(&self, id: ModuleId) -> Vec<ModuleId> {
        let m = self.module(id);
        let mut found = Vec::new();
        for import in &m.imports {
            match &import.source {
                ImportSource::Module(path) => found.extend(self.module_named(path)),
                ImportSource::Kubernetes(api_version) => found.extend(self.resources.iter().filter(|((a, _), _)| a == api_version).map(|(_, (module, _))| *module)),
                ImportSource::File(_) => {}
            }
        }
        for (kind, name) in super::load::wanted(m, true) {
            found.extend(self.find_from(id, kind, &name).map(|d| d.module));
        }
        found.extend((0..m.views.len() as u32).filter_map(|v| self.arms.get(&(id, v))).flatten().map(|(module, _, _)| *module));
        found.sort_unstable();
        found.dedup();
        found.retain(|f| *f != id);
        found
    }

    /// The names of all definitions, loaded or not.
    pub fn known(&self) -> &[(DefinitionKind, EcoString)] {
        &self.known
    }

    /// What a name means as an expression.
    pub fn global(&self, module: ModuleId, name: NameId) -> Global {
        self.links.get(module.index()).and_then(|l| l.globals.get(name.index())).cloned().unwrap_or_default()
    }

    /// What a name of a module means as an expression, by its text: declared in it or imported.
    pub fn global_named(&self, module: ModuleId, name: &str) -> Global {
        let known = self.links.get(module.index()).and_then(|l| l.names.get(name)).cloned();
        known.unwrap_or_else(|| Builtin::of_name(name).map_or(Global::Unknown, Global::Builtin))
    }

    /// The names that a module can write as expressions, without what is built in: declared in it or imported.
    pub fn names_in(&self, module: ModuleId) -> impl Iterator<Item = (&EcoString, &Global)> {
        self.links.get(module.index()).into_iter().flat_map(|l| &l.names)
    }

    /// The names that a module can write as types, without what is built in.
    pub fn types_in(&self, module: ModuleId) -> impl Iterator<Item = (&EcoString, &TypeRef)> {
        self.links.get(module.index()).into_iter().flat_map(|l| &l.types)
    }

    /// What `gw.name` means, where `gw` is the alias of a module.
    pub fn member(&self, module: ModuleId, name: &str) -> Global {
        let m = self.module(module);
        if let Some(i) = m.functions.iter().position(|f| f.name == name) {
            return Global::Function(module, i as u32);
        }
        if let Some(i) = m.lets.iter().position(|l| l.name == name) {
            return Global::Let(module, i as u32);
        }
        match m.views.iter().position(|v| v.name == name && !v.extend) {
            Some(i) => Global::View(module, i as u32),
            None => Global::Unknown,
        }
    }

    /// The value of an imported data file; its origins are unknown.
    pub fn data(&self, module: ModuleId, index: u32) -> Option<&Value> {
        self.links.get(module.index())?.data.get(index as usize)
    }

    /// What a type name means, and the segments of its path that are left.
    pub fn type_name(&self, module: ModuleId, name: &TypeName) -> (TypeRef, Vec<EcoString>) {
        let Some(first) = name.segments.first() else { return (TypeRef::Unknown, Vec::new()) };
        let rest = |n: usize| name.segments.get(n..).unwrap_or(&[]).to_vec();
        if self.is_type_parameter(module, first, name.range) {
            return (TypeRef::TypeParameter, rest(1));
        }
        let Some(links) = self.links.get(module.index()) else { return (TypeRef::Unknown, Vec::new()) };
        if let Some(found) = links.types.get(first) {
            return (found.clone(), rest(1));
        }
        if let (Some(alias), Some(second)) = (links.aliases.get(first), name.segments.get(1)) {
            let found = match alias {
                Alias::Module(m) => own_type(self.module(*m), *m, second).unwrap_or(TypeRef::Unknown),
                Alias::Kubernetes(api_version) => self.kubernetes(api_version, second),
            };
            return (found, rest(2));
        }
        if BUILTIN_TYPES.contains(&first.as_str()) {
            return (TypeRef::Builtin(first.clone()), rest(1));
        }
        self.definition_type(module, name)
    }

    /// The `resource` item for a kind of an `apiVersion`; that of the first package that has one.
    pub fn resource(&self, api_version: &str, name: &str) -> Option<(ModuleId, u32)> {
        self.resources.get(&(api_version.into(), name.into())).copied()
    }

    /// A name imported by `apiVersion`: described by hand, or by a schema.
    pub(super) fn kubernetes(&self, api_version: &EcoString, name: &EcoString) -> TypeRef {
        match self.resource(api_version, name) {
            Some((module, index)) => TypeRef::Resource(module, index),
            None => TypeRef::Kubernetes { api_version: api_version.clone(), name: name.clone() },
        }
    }

    /// `webservice`, `webservice.parameters`, `std.webservice`, `std.webservice.parameters`.
    fn definition_type(&self, module: ModuleId, name: &TypeName) -> (TypeRef, Vec<EcoString>) {
        let mut segments = name.segments.as_slice();
        let mut package = None;
        if let [first, _, ..] = segments
            && self.packages.contains(first)
            && self.any_definition(module, None, first).is_none()
        {
            package = Some(first.clone());
            segments = segments.get(1..).unwrap_or(&[]);
        }
        let Some(found) = segments.first().and_then(|n| self.any_definition(module, package, n)) else { return (TypeRef::Unknown, Vec::new()) };
        match segments.get(1).map(EcoString::as_str) {
            Some("parameters") => (TypeRef::DefinitionParameters(found), segments.get(2..).unwrap_or(&[]).to_vec()),
            None => (TypeRef::Definition(found), Vec::new()),
            Some(_) => (TypeRef::Unknown, Vec::new()),
        }
    }

    /// A definition of any kind that has typed parameters: components, traits, policies, steps, in this order.
    fn any_definition(&self, module: ModuleId, package: Option<EcoString>, name: &EcoString) -> Option<DefId> {
        let name = DefName { package, name: name.clone(), range: Range::default() };
        [DefinitionKind::Component, DefinitionKind::Trait, DefinitionKind::Policy, DefinitionKind::Step].into_iter().find_map(|k| self.find_from(module, k, &name))
    }

    fn is_type_parameter(&self, module: ModuleId, name: &str, at: Range) -> bool {
        let m = self.module(module);
        let inside = |range: Range| range.start <= at.start && at.end <= range.end;
        m.types.iter().any(|t| inside(t.range) && t.parameters.iter().any(|(n, _)| n == name))
            || m.functions.iter().any(|f| inside(f.range) && f.type_parameters.iter().any(|(n, _)| n == name))
    }

    /// The arms of a view, those of `extend view` included, in the order of the modules.
    pub fn arms(&self, module: ModuleId, view: u32) -> Vec<ArmRef<'_>> {
        let found = self.arms.get(&(module, view)).map_or(&[][..], Vec::as_slice);
        found.iter().filter_map(|&(m, v, a)| Some(ArmRef { module: m, arm: self.module(m).views.get(v as usize)?.arms.get(a as usize)? })).collect()
    }

    /// Whether an expression is a name of the module that is this built-in function.
    pub fn is_builtin(&self, module: ModuleId, expr: &Expr, builtin: Builtin) -> bool {
        matches!(expr, Expr::Global(name) if self.global(module, *name) == Global::Builtin(builtin))
    }
}

/// A type, resource or view that a module declares.
pub(super) fn own_type(m: &Module, id: ModuleId, name: &str) -> Option<TypeRef> {
    if let Some(i) = m.types.iter().position(|t| t.name == name) {
        return Some(TypeRef::Alias(id, i as u32));
    }
    if let Some(i) = m.resources.iter().position(|r| r.name == name) {
        return Some(TypeRef::Resource(id, i as u32));
    }
    m.views.iter().position(|v| v.name == name && !v.extend).map(|i| TypeRef::View(id, i as u32))
}
