//! From type expressions to types: names, aliases, generics, refinements. Results are kept; mistakes in type expressions are collected once.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ecow::EcoString;

use super::interval::Length;
use super::kubernetes::Schemas;
use super::text::{Format, Language, Text};
use super::ty::{List, Record, Ty, Type, Typed};
use super::unions::unite;
use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{DefId, Expr, Module, ModuleId, Program, TypeExpr, TypeExprId, TypeName, TypeRef};

/// What the type parameters in scope stand for.
#[derive(Clone, Debug, Default)]
pub struct TypeArgs(pub Vec<(EcoString, Ty)>);

impl TypeArgs {
    /// None in scope.
    pub fn none() -> Self {
        Self::default()
    }

    /// Each parameter as itself: how a generic function is checked.
    pub fn opaque<'a>(names: impl IntoIterator<Item = &'a EcoString>) -> Self {
        Self(names.into_iter().map(|n| (n.clone(), Type::Record(Record { rows: vec![n.clone()], ..Record::default() }).share())).collect())
    }

    /// What a parameter stands for.
    pub fn get(&self, name: &str) -> Option<&Ty> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, t)| t)
    }
}

/// The types of a program. Shared by threads; each type is made once.
pub struct Types {
    pub program: Arc<Program>,
    pub schemas: Schemas,
    expressions: RwLock<HashMap<(ModuleId, TypeExprId), Ty>>,
    aliases: RwLock<HashMap<(ModuleId, u32), Ty>>,
    parameters: RwLock<HashMap<DefId, Ty>>,
    resources: RwLock<HashMap<(ModuleId, u32), Ty>>,
    lets: RwLock<HashMap<(ModuleId, u32), Typed>>,
    findings: Mutex<Findings>,
    pub(super) notebook: Option<super::check::Notebook>,
}

#[derive(Default)]
struct Findings {
    list: Vec<Diagnostic>,
    seen: HashSet<(&'static str, Option<Span>)>,
}

/// Reads a lock that a panic elsewhere may have poisoned: what it guards is only ever added to.
fn kept<K: std::hash::Hash + Eq, V: Clone>(lock: &RwLock<HashMap<K, V>>, key: &K) -> Option<V> {
    lock.read().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
}

fn keep<K: std::hash::Hash + Eq, V>(lock: &RwLock<HashMap<K, V>>, key: K, value: V) {
    lock.write().unwrap_or_else(PoisonError::into_inner).insert(key, value);
}

impl Types {
    /// The types of a program over some schemas.
    pub fn new(program: Arc<Program>, schemas: Schemas) -> Self {
        Self {
            program,
            schemas,
            expressions: RwLock::default(),
            aliases: RwLock::default(),
            parameters: RwLock::default(),
            resources: RwLock::default(),
            lets: RwLock::default(),
            findings: Mutex::default(),
            notebook: None,
        }
    }

    /// The type that a type expression stands for.
    pub fn of(&self, module: ModuleId, id: TypeExprId, args: &TypeArgs) -> Ty {
        Resolver { types: self, open: Vec::new() }.of(module, id, args)
    }

    /// The type of a definition's parameters; the closed record without fields where it declares none.
    pub fn parameters(&self, id: DefId) -> Ty {
        Resolver { types: self, open: Vec::new() }.parameters(id)
    }

    /// An alias of a module by its index, with arguments for its parameters.
    pub fn alias(&self, module: ModuleId, index: u32, args: Vec<Ty>) -> Ty {
        Resolver { types: self, open: Vec::new() }.alias(module, index, args, Span::default())
    }

    /// The type, kind or part of one that a name stands for; `None` where it names no type.
    pub fn named(&self, module: ModuleId, name: &TypeName) -> Option<Ty> {
        Resolver { types: self, open: Vec::new() }.name(module, name, &[], &TypeArgs::none())
    }

    /// A kind by hand (`resource`), complete with `apiVersion`, `kind`, `metadata` and `status`.
    pub fn resource(&self, module: ModuleId, index: u32) -> Ty {
        Resolver { types: self, open: Vec::new() }.resource(module, index)
    }

    /// What is wrong with type expressions that have been looked at so far; empties the list.
    pub fn take_diagnostics(&self) -> Vec<Diagnostic> {
        std::mem::take(&mut self.findings.lock().unwrap_or_else(PoisonError::into_inner).list)
    }

    pub(super) fn known_let(&self, module: ModuleId, index: u32) -> Option<Typed> {
        kept(&self.lets, &(module, index))
    }

    pub(super) fn keep_let(&self, module: ModuleId, index: u32, typed: Typed) {
        keep(&self.lets, (module, index), typed);
    }

    pub(super) fn report(&self, finding: Diagnostic) {
        let mut findings = self.findings.lock().unwrap_or_else(PoisonError::into_inner);
        if findings.seen.insert((finding.code.0, finding.span())) {
            findings.list.push(finding);
        }
    }
}

/// One look-up: the aliases and definitions that are being resolved, to find circles.
pub(super) struct Resolver<'t> {
    pub types: &'t Types,
    open: Vec<Open>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Alias(ModuleId, u32),
    Parameters(DefId),
    Resource(ModuleId, u32),
}

impl Resolver<'_> {
    pub(super) fn module(&self, id: ModuleId) -> &Module {
        self.types.program.module(id)
    }

    pub(super) fn span(&self, module: ModuleId, range: Range) -> Span {
        range.in_file(self.module(module).file)
    }

    pub(super) fn of(&mut self, module: ModuleId, id: TypeExprId, args: &TypeArgs) -> Ty {
        let plain = args.0.is_empty();
        if plain && let Some(known) = kept(&self.types.expressions, &(module, id)) {
            return known;
        }
        if self.open.len() > 100 {
            return Type::error();
        }
        let ty = self.expression(module, id, args);
        if plain {
            keep(&self.types.expressions, (module, id), ty.clone());
        }
        ty
    }

    fn expression(&mut self, module: ModuleId, id: TypeExprId, args: &TypeArgs) -> Ty {
        let program = self.types.program.clone();
        let m = program.module(module);
        match m.type_expr(id) {
            TypeExpr::Missing => Type::error(),
            TypeExpr::Literal(e) => literal_type(m.expr(*e)),
            TypeExpr::Name { name, arguments } => {
                let given: Vec<Ty> = arguments.iter().map(|a| self.of(module, *a, args)).collect();
                self.name(module, name, &given, args).unwrap_or_else(Type::error)
            }
            TypeExpr::List { element, keys } => self.list(module, *element, keys, args),
            TypeExpr::Record(members) => self.record(module, members, args),
            TypeExpr::Union(members) => self.union(module, members, args),
            TypeExpr::Refined { base, refinements } => self.refined(module, *base, refinements, args),
            TypeExpr::Field { base, name, name_range } => {
                let base = self.of(module, *base, args);
                self.field(&base, name, self.span(module, *name_range))
            }
            TypeExpr::Element(base) => {
                let ty = self.of(module, *base, args);
                self.element(&ty, self.span(module, m.type_range(*base)))
            }
        }
    }

    fn list(&mut self, module: ModuleId, element: TypeExprId, keys: &[(EcoString, Range)], args: &TypeArgs) -> Ty {
        let inner = self.of(module, element, args);
        let mut list = List::of(inner.clone(), Length::ANY);
        for (key, range) in keys {
            if inner.is_error() {
                break;
            }
            let span = self.span(module, *range);
            for member in inner.members() {
                let Some(record) = member.as_record() else {
                    self.types.report(Diagnostic::new(codes::J0303, format!("elements of type `{inner}` have no fields to be keyed by")).primary(span, ""));
                    break;
                };
                match record.field(key) {
                    None if record.rows.is_empty() => {
                        self.types.report(unknown_field(key, record, &inner, span));
                        break;
                    }
                    Some(f) if f.is_optional() || !scalar(&f.ty) => {
                        self.types.report(
                            Diagnostic::new(codes::J0303, format!("the key `{key}` of a list must be a scalar that every element has"))
                                .primary(span, "")
                                .secondary(f.span, "declared here"),
                        );
                        break;
                    }
                    _ => {}
                }
            }
        }
        if !keys.is_empty() {
            list.keys = Some(keys.iter().map(|(k, _)| k.clone()).collect());
        }
        Type::List(list).share()
    }

    fn union(&mut self, module: ModuleId, members: &[TypeExprId], args: &TypeArgs) -> Ty {
        let parts: Vec<Ty> = members.iter().map(|m| self.of(module, *m, args)).collect();
        let (ty, clash) = unite(&parts);
        if let Some((i, j)) = clash {
            let at = |n: usize| members.get(n).map(|m| self.span(module, self.module(module).type_range(*m))).unwrap_or_default();
            let mut finding = Diagnostic::new(codes::J0311, "the members of this union cannot be told apart").primary(at(i), "a value of this …");
            if i != j {
                finding = finding.secondary(at(j), "… can be one of this too");
                let both = parts.get(i).zip(parts.get(j)).and_then(|(a, b)| super::shared_value::shared_value(a, b));
                finding.notes.extend(both.map(|value| format!("`{value}` is one of both")));
            }
            self.types.report(finding.help("give both a field with different literals, such as `type: \"a\"` and `type: \"b\"`, or make a field required that the other lacks"));
        }
        ty
    }

    /// A name with arguments and a path behind it.
    pub(super) fn name(&mut self, module: ModuleId, name: &TypeName, given: &[Ty], args: &TypeArgs) -> Option<Ty> {
        let span = self.span(module, name.range);
        let (found, rest) = self.types.program.type_name(module, name);
        let mut ty = match found {
            TypeRef::Alias(m, index) => self.alias(m, index, given.to_vec(), span),
            TypeRef::Kubernetes { api_version, name } => self.types.schemas.named(&api_version, &name)?,
            TypeRef::Resource(m, index) => self.resource(m, index),
            TypeRef::Builtin(name) => builtin(&name)?,
            TypeRef::TypeParameter => match name.segments.first().and_then(|n| args.get(n)) {
                Some(ty) => ty.clone(),
                None => return None,
            },
            TypeRef::DefinitionParameters(id) => self.parameters(id),
            TypeRef::View(..) | TypeRef::Definition(_) | TypeRef::Unknown => return None,
        };
        for segment in &rest {
            ty = self.field(&ty, segment, span);
        }
        Some(ty)
    }

    pub(super) fn alias(&mut self, module: ModuleId, index: u32, given: Vec<Ty>, used: Span) -> Ty {
        let key = (module, index);
        if given.is_empty()
            && let Some(known) = kept(&self.types.aliases, &key)
        {
            return known;
        }
        let program = self.types.program.clone();
        let Some(item) = program.module(module).types.get(index as usize) else { return Type::error() };
        if self.open.contains(&Open::Alias(module, index)) {
            self.types.report(
                Diagnostic::new(codes::J0212, format!("the type `{}` contains itself", item.name)).primary(used, "").secondary(self.span(module, item.name_range), "declared here"),
            );
            return Type::error();
        }
        if given.len() != item.parameters.len() {
            let words = format!("`{}` takes {} type argument{}, not {}", item.name, item.parameters.len(), if item.parameters.len() == 1 { "" } else { "s" }, given.len());
            self.types.report(Diagnostic::new(codes::J0313, words).primary(used, "").secondary(self.span(module, item.name_range), "declared here"));
            return Type::error();
        }
        let generic = !given.is_empty();
        let args = TypeArgs(item.parameters.iter().map(|(n, _)| n.clone()).zip(given).collect());
        self.open.push(Open::Alias(module, index));
        let ty = self.of(module, item.ty, &args);
        self.open.pop();
        let named = if generic { ty } else { with_name(&ty, &item.name) };
        if !generic {
            keep(&self.types.aliases, key, named.clone());
        }
        named
    }

    pub(super) fn parameters(&mut self, id: DefId) -> Ty {
        if let Some(known) = kept(&self.types.parameters, &id) {
            return known;
        }
        let program = self.types.program.clone();
        let definition = program.definition(id);
        if self.open.contains(&Open::Parameters(id)) {
            self.types.report(
                Diagnostic::new(codes::J0212, format!("the parameters of `{}` contain themselves", definition.name)).primary(self.span(id.module, definition.name_range), ""),
            );
            return Type::error();
        }
        self.open.push(Open::Parameters(id));
        let ty = match &definition.parameters {
            Some((ty, _)) => self.of(id.module, *ty, &TypeArgs::none()),
            None => Type::Record(Record::default()).share(),
        };
        self.open.pop();
        keep(&self.types.parameters, id, ty.clone());
        ty
    }

    fn resource(&mut self, module: ModuleId, index: u32) -> Ty {
        if let Some(known) = kept(&self.types.resources, &(module, index)) {
            return known;
        }
        let program = self.types.program.clone();
        let Some(item) = program.module(module).resources.get(index as usize) else { return Type::error() };
        if self.open.contains(&Open::Resource(module, index)) {
            return Type::error();
        }
        self.open.push(Open::Resource(module, index));
        let own = self.of(module, item.ty, &TypeArgs::none());
        self.open.pop();
        let ty = self.types.schemas.by_hand(&item.api_version, &item.name, &own);
        keep(&self.types.resources, (module, index), ty.clone());
        ty
    }

    /// The type of a field where it is there.
    fn field(&mut self, base: &Ty, name: &str, span: Span) -> Ty {
        let mut found = Vec::new();
        for member in base.members() {
            match member.shape() {
                Type::Error => return Type::error(),
                Type::Record(r) => match r.field(name) {
                    Some(f) => found.push(f.ty.clone()),
                    None => {
                        self.types.report(unknown_field(name, r, base, span));
                        return Type::error();
                    }
                },
                _ => {
                    self.types.report(Diagnostic::new(codes::J0301, format!("`{base}` has no field `{name}`")).primary(span, ""));
                    return Type::error();
                }
            }
        }
        unite(&found).0
    }

    fn element(&mut self, base: &Ty, span: Span) -> Ty {
        match base.shape() {
            Type::Error => Type::error(),
            Type::List(l) => l.element.clone(),
            Type::Map(m) => m.value.clone(),
            _ => {
                self.types.report(Diagnostic::new(codes::J0303, format!("`{base}` is neither a list nor a map: it has no elements")).primary(span, ""));
                Type::error()
            }
        }
    }
}

/// A scalar, or a union of scalars.
fn scalar(ty: &Ty) -> bool {
    ty.is_error() || ty.members().iter().all(|m| m.is_scalar())
}

pub(super) fn unknown_field(name: &str, record: &Record, ty: &Type, span: Span) -> Diagnostic {
    let finding = Diagnostic::new(codes::J0301, format!("`{ty}` has no field `{name}`")).primary(span, "");
    match nearest(name, record.fields.iter().map(|f| f.name.as_str())) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding,
    }
}

/// The same type, called by the name of its alias in messages.
fn with_name(ty: &Ty, name: &EcoString) -> Ty {
    match &**ty {
        Type::Record(r) => Type::Record(Record { name: Some(name.clone()), ..r.clone() }).share(),
        Type::Union(u) => Type::Union(u.named(name.clone())).share(),
        Type::Text(Text::Language(l)) => Type::language(l.named(name.clone())),
        _ => ty.clone(),
    }
}

/// The type of a scalar literal.
pub fn literal_type(expr: &Expr) -> Ty {
    match expr {
        Expr::Null => Type::Null.share(),
        Expr::Bool(b) => Type::Bool(Some(*b)).share(),
        Expr::Int(i) => Type::int(*i, *i),
        Expr::Number(text) => number_literal(text),
        Expr::String(text) => Type::literal(text.clone()),
        Expr::Unary { .. } => Type::error(),
        _ => Type::error(),
    }
}

/// A whole number is an integer when it fits.
pub fn number_literal(text: &str) -> Ty {
    let number = crate::value::Number::new(text);
    let whole = number.decimal().filter(|d| d.is_integer()).and_then(|d| d.with_scale(0).to_string().parse::<i64>().ok());
    match whole {
        Some(i) => Type::int(i, i),
        None => Type::Number(super::interval::Bounds::point(number)).share(),
    }
}

/// The types that need no import.
pub fn builtin(name: &str) -> Option<Ty> {
    use super::interval::{Bounds, Interval};
    Some(match name {
        "Bool" => Type::bool(),
        "String" => Type::string(),
        "Null" => Type::Null.share(),
        "Int" => Type::Int(Interval::INT).share(),
        "Int64" => Type::Int(Interval::INT64).share(),
        "Number" => Type::Number(Bounds::default()).share(),
        "Json" => Type::Json.share(),
        "Object" => Type::Object.share(),
        "PortNumber" => Type::int(1, 65535),
        "FileMode" => Type::int(0, 511),
        "IntOrPercent" => {
            let percent = Language::new(None, vec!["[0-9]+%".into()], Length::ANY);
            let members = [Type::int(0, Interval::INT.high), Type::language(percent)];
            with_name(&unite(&members).0, &"IntOrPercent".into())
        }
        other => Type::format(Format::by_name(other)?),
    })
}
