//! Calls, names of the module, casts and type tests: where evaluation asks the program and the types.

use super::machine::{Frame, Machine, Outcome, Scope, Stop};
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Arg, Expr, ExprId, FnItem, Global, ModuleId, NameId, TypeExprId, TypeName, TypeRef};
use crate::source::SourceFile;
use crate::types::{self, Defaults, Ty, Type, TypeArgs};
use crate::value::{Map, Origins, Value};

impl<'a> Machine<'a, '_> {
    /// The value of a name that is not local.
    pub(super) fn global(&mut self, f: &mut Frame<'a>, id: ExprId, name: NameId) -> Outcome {
        let global = self.env.program.global(f.id, name);
        self.global_value(f, id, &global)
    }

    fn global_value(&mut self, f: &mut Frame<'a>, id: ExprId, global: &Global) -> Outcome {
        match global {
            Global::Let(module, index) => self.module_let(*module, *index),
            Global::Data(module, index) => Ok(self.env.program.data(*module, *index).cloned()),
            Global::View(module, index) => {
                let Some(main) = self.stage.main() else { return Err(Stop::Unknown) };
                let place = self.view_at(*module, *index, main);
                if let Some(p) = place {
                    self.stage.read_value(p, None);
                }
                Ok(place.and_then(|p| self.stage.value(p)))
            }
            Global::Unknown => Err(Stop::Unknown),
            Global::Function(..) | Global::Builtin(_) | Global::ModuleAlias(_) => Err(self.mistake(f, id, codes::J0303, "this is no value: call it")),
        }
    }

    /// A `let` of a module, evaluated once.
    pub(super) fn module_let(&mut self, id: ModuleId, index: u32) -> Outcome {
        if let Some(known) = self.globals.get(&(id, index)) {
            return Ok(known.clone());
        }
        let module = self.env.program.module(id);
        let Some(item) = module.lets.get(index as usize) else { return Err(Stop::Unknown) };
        let mut frame = Frame::new(module, id, &item.owner, None);
        let value = self.eval(&mut frame, item.value)?;
        let value = match (value, item.ty) {
            (Some(v), Some(ty)) => Some(self.fit(&frame, v, ty)),
            (v, _) => v,
        };
        if let Some(v) = &value {
            self.bound(&frame, item.value, v)?;
        }
        self.globals.insert((id, index), value.clone());
        Ok(value)
    }

    /// A call: a function, a built-in function, a method.
    pub(super) fn call(&mut self, f: &mut Frame<'a>, id: ExprId, callee: ExprId, args: &'a [Arg]) -> Outcome {
        match f.module.expr(callee) {
            Expr::Global(name) => {
                let global = self.env.program.global(f.id, *name);
                self.call_global(f, id, &global, args)
            }
            Expr::Field { base, name, .. } => {
                if let Expr::Global(alias) = f.module.expr(*base)
                    && let Global::ModuleAlias(module) = self.env.program.global(f.id, *alias)
                {
                    let global = self.env.program.member(module, name);
                    return self.call_global(f, id, &global, args);
                }
                match self.eval(f, *base)? {
                    Some(subject) => self.method(f, id, subject, name, args),
                    None => Ok(None),
                }
            }
            Expr::Missing => Err(Stop::Unknown),
            _ => Err(self.mistake(f, id, codes::J0303, "this is no function")),
        }
    }

    fn call_global(&mut self, f: &mut Frame<'a>, id: ExprId, global: &Global, args: &'a [Arg]) -> Outcome {
        match global {
            Global::Function(module, index) => {
                let Some(function) = self.env.program.module(*module).functions.get(*index as usize) else { return Err(Stop::Unknown) };
                self.call_function(f, id, *module, function, args)
            }
            Global::Builtin(which) => self.builtin(f, id, *which, args),
            Global::Unknown => Err(Stop::Unknown),
            _ => Err(self.mistake(f, id, codes::J0303, "this is no function")),
        }
    }

    fn call_function(&mut self, f: &mut Frame<'a>, id: ExprId, module: ModuleId, function: &'a FnItem, args: &'a [Arg]) -> Outcome {
        let home = self.env.program.module(module);
        let mut frame = Frame::new(home, module, &function.owner, None);
        let generics = &function.type_parameters;
        for (i, p) in function.parameters.iter().enumerate() {
            let value = match args.get(i) {
                Some(Arg::Value(e)) => self.eval(f, *e)?,
                Some(Arg::Lambda { .. }) => return Err(self.mistake(f, id, codes::J0303, "functions take no lambdas")),
                None => None,
            };
            let value = match value {
                Some(v) if generics.is_empty() => Some(self.shape(module, p.ty, v)),
                Some(v) => Some(v),
                None if p.optional => None,
                None => return Err(self.mistake(f, id, codes::J0401, format!("the argument for `{}` is absent here", p.name))),
            };
            frame.set(p.local, value, None);
        }
        self.took(module, function.body, super::Way::Called);
        self.enter(f, id)?;
        let result = self.eval(&mut frame, function.body);
        self.leave();
        let result = result?;
        match result {
            Some(v) if generics.is_empty() => Ok(Some(self.shape(module, function.result, v))),
            Some(v) => Ok(Some(v)),
            None if function.result_optional => Ok(None),
            None => Err(self.mistake(f, id, codes::J0401, format!("`{}` gives nothing here", function.name))),
        }
    }

    /// A value as a type shapes it: fields that it does not have left out, defaults filled in, list keys set.
    /// Functions with type parameters take values as they are: what their callers gave has been read by its own type.
    fn shape(&mut self, module: ModuleId, ty: TypeExprId, v: Value) -> Value {
        if !matches!(v.data, crate::value::Data::Map(_) | crate::value::Data::List(_)) {
            return v;
        }
        let types = self.env.types;
        let ty = types.of(module, ty, &TypeArgs::none());
        match &*ty {
            Type::Named(_) | Type::Json | Type::Object | Type::Error => v,
            Type::List(l) if matches!(*l.element, Type::Named(_)) || l.element.is_scalar() => v,
            _ => types.coerce(&v, &ty, &mut Filler::new(self, None)),
        }
    }

    /// A value of an annotated `let`.
    pub(super) fn fit(&mut self, f: &Frame<'a>, v: Value, ty: TypeExprId) -> Value {
        self.shape(f.id, ty, v)
    }

    /// `e as T else m`
    pub(super) fn cast(&mut self, f: &mut Frame<'a>, id: ExprId, value: ExprId, ty: TypeExprId, message: ExprId) -> Outcome {
        let v = self.eval(f, value)?;
        let types = self.env.types;
        let ty: Ty = types.of(f.id, ty, &TypeArgs::none());
        if let Some(v) = &v
            && let Some(read) = types.cast(v, &ty, &mut Filler::new(self, f.scope.clone()))
        {
            return Ok(Some(read));
        }
        let text = self.message(f, message)?;
        let at = self.span(f, id);
        let origin = match &v {
            Some(v) => v.origin,
            None => self.origin_of_path(f, value),
        };
        let d = self.blame(codes::J0902, text, origin, at);
        self.sink.push(d);
        Err(Stop::Unknown)
    }

    /// The text of an `else`.
    pub(super) fn message(&mut self, f: &mut Frame<'a>, id: ExprId) -> Result<String, Stop> {
        let v = self.present(f, id)?;
        let mut text = String::new();
        super::expr::push_text(&mut text, &v.data);
        Ok(text)
    }

    /// Whether a value is of a named type.
    pub(super) fn is_type(&mut self, f: &Frame<'a>, v: &Value, name: &TypeName) -> Result<bool, Stop> {
        let (of, rest) = self.env.program.type_name(f.id, name);
        if let (TypeRef::Kubernetes { api_version, name }, true) = (&of, rest.is_empty())
            && v.get("kind").is_some()
        {
            return Ok(is_kind(v, api_version, name));
        }
        if let (TypeRef::Resource(m, i), true) = (&of, rest.is_empty()) {
            let resource = self.env.program.module(*m).resources.get(*i as usize);
            return Ok(resource.is_some_and(|r| is_kind(v, &r.api_version, &r.name)));
        }
        match self.env.types.named(f.id, name) {
            Some(ty) => Ok(types::fits(v, &ty)),
            None => Err(Stop::Unknown),
        }
    }

    /// A finding about a definition that evaluation cannot go past.
    pub(super) fn report(&mut self, d: Diagnostic) -> Stop {
        self.sink.push(d);
        Stop::Unknown
    }
}

/// Whether an object says that it is of a kind.
pub(super) fn is_kind(v: &Value, api_version: &str, kind: &str) -> bool {
    v.get("apiVersion").and_then(Value::as_str) == Some(api_version) && v.get("kind").and_then(Value::as_str) == Some(kind)
}

/// Evaluates the defaults that a type fills in.
pub(super) struct Filler<'m, 'a, 'r> {
    machine: &'m mut Machine<'a, 'r>,
    /// For parameters: what their defaults see.
    scope: Option<Scope>,
    file: Option<std::sync::Arc<SourceFile>>,
}

impl<'m, 'a, 'r> Filler<'m, 'a, 'r> {
    pub(super) fn new(machine: &'m mut Machine<'a, 'r>, scope: Option<Scope>) -> Self {
        Self { machine, scope, file: None }
    }

    /// With the texts of an application at hand.
    pub(super) fn reading(machine: &'m mut Machine<'a, 'r>, scope: Scope) -> Self {
        let file = machine.env.sources.get(machine.entry.file);
        Self { machine, scope: Some(scope), file }
    }
}

impl Defaults for Filler<'_, '_, '_> {
    fn default(&mut self, module: ModuleId, default: ExprId, siblings: &Map) -> Option<Value> {
        let home = self.machine.env.program.module(module);
        let scope = self.scope.as_ref().map(|s| Scope { parameters: Some(Value::map(siblings.clone(), crate::value::Origin::UNKNOWN)), ..s.clone() });
        let mut frame = Frame::new(home, module, &crate::hir::Owner::default(), scope);
        let value = self.machine.eval(&mut frame, default).ok()??;
        self.machine.bound(&frame, default, &value).ok()?;
        let span = home.range(default).in_file(home.file);
        let origin = self.machine.origins.add(span, crate::value::OriginKind::Default, [value.origin, crate::value::Origin::UNKNOWN]);
        Some(Value::with(value.data, origin))
    }

    fn origins(&self) -> &Origins {
        self.machine.origins
    }

    fn text(&self, span: crate::base::Span) -> Option<&str> {
        self.file.as_ref().filter(|f| f.id == span.file).map(|f| span.range().of(&f.text))
    }
}
