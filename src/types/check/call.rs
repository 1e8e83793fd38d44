//! Calls: functions of modules (generic ones included), built-in functions, methods.

use ecow::EcoString;

use super::{Checker, present};
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Arg, Expr, ExprId, FnItem, Global, LocalId, ModuleId, Param};
use crate::types::resolve::TypeArgs;
use crate::types::ty::{Record, Ty, Type, Typed};
use crate::types::unions::unite;

impl Checker<'_> {
    pub fn call(&mut self, e: ExprId, callee: ExprId, args: &[Arg]) -> Typed {
        let program = self.program.clone();
        match program.module(self.module).expr(callee) {
            Expr::Global(name) => match program.global(self.module, *name) {
                Global::Function(module, index) => self.function(e, module, index, args),
                Global::Builtin(b) => self.builtin(e, b, args),
                Global::Unknown => self.all_unknown(args),
                _ => {
                    self.wrong(codes::J0303, callee, "this is no function");
                    self.all_unknown(args)
                }
            },
            Expr::Field { base, name, name_range, optional } => match self.qualified_function(*base, name) {
                Some((module, index)) => self.function(e, module, index, args),
                None => self.method(e, *base, name, *name_range, *optional, args),
            },
            Expr::Missing => self.all_unknown(args),
            _ => {
                self.wrong(codes::J0303, callee, "only functions and methods can be called");
                self.all_unknown(args)
            }
        }
    }

    /// Looks at arguments whose callee is unknown.
    pub fn all_unknown(&mut self, args: &[Arg]) -> Typed {
        for a in args {
            match a {
                Arg::Value(e) => {
                    self.infer(*e);
                }
                Arg::Lambda { parameters, body, .. } => {
                    for p in parameters {
                        self.bind(*p, present(Type::error()), None);
                    }
                    self.infer(*body);
                }
            }
        }
        present(Type::error())
    }

    /// `gw.f` where `gw` is the alias of a module.
    fn qualified_function(&mut self, base: ExprId, name: &str) -> Option<(ModuleId, u32)> {
        match self.alias_member(base, name)? {
            Global::Function(m, i) => Some((m, i)),
            _ => None,
        }
    }

    fn alias_member(&self, base: ExprId, name: &str) -> Option<Global> {
        let Expr::Global(alias) = self.program.module(self.module).expr(base) else { return None };
        match self.program.global(self.module, *alias) {
            Global::ModuleAlias(m) => Some(self.program.member(m, name)),
            _ => None,
        }
    }

    /// `gw.x` as a value.
    pub fn qualified(&mut self, base: ExprId, name: &EcoString, range: Range) -> Option<Typed> {
        let found = self.alias_member(base, name)?;
        Some(match found {
            Global::Let(m, i) => self.module_let(m, i),
            _ => {
                let span = self.at(range);
                self.report(Diagnostic::new(codes::J0201, format!("there is no value `{name}` in this module")).primary(span, ""));
                present(Type::error())
            }
        })
    }

    fn function(&mut self, e: ExprId, module: ModuleId, index: u32, args: &[Arg]) -> Typed {
        let program = self.program.clone();
        let Some(f) = program.module(module).functions.get(index as usize) else { return self.all_unknown(args) };
        let values = self.positional(e, &f.name, f.parameters.len(), args);
        let Some(values) = values else { return self.all_unknown(args) };
        let type_args = if f.type_parameters.is_empty() { TypeArgs::none() } else { self.solve(e, module, f, &values) };
        for (p, v) in f.parameters.iter().zip(&values) {
            let wanted = self.types.of(module, p.ty, &type_args);
            let typed = self.argument(*v, &wanted);
            if typed.absent && !p.optional {
                self.argument_absent(*v, p);
            }
        }
        let result = self.types.of(module, f.result, &type_args);
        Typed { ty: result, absent: f.result_optional }
    }

    fn argument_absent(&mut self, v: ExprId, p: &Param) {
        let text = self.describe(v);
        let span = self.span(v);
        self.report(
            Diagnostic::new(codes::J0401, format!("{text} may be absent"))
                .primary(span, format!("the parameter `{}` must be there", p.name))
                .help("write `?? …`, or look first: `if has …`"),
        );
    }

    /// The arguments as values, as many as there are parameters.
    fn positional(&mut self, e: ExprId, name: &str, count: usize, args: &[Arg]) -> Option<Vec<ExprId>> {
        if args.len() != count {
            self.wrong(codes::J0303, e, format!("`{name}` takes {count} argument{}, not {}", if count == 1 { "" } else { "s" }, args.len()));
            return None;
        }
        let mut out = Vec::new();
        for a in args {
            match a {
                Arg::Value(v) => out.push(*v),
                Arg::Lambda { range, .. } => {
                    let span = self.at(*range);
                    self.report(Diagnostic::new(codes::J0303, format!("`{name}` takes values, not functions")).primary(span, ""));
                    return None;
                }
            }
        }
        Some(out)
    }

    /// What the type parameters stand for: from the first argument whose type spreads them.
    fn solve(&mut self, e: ExprId, module: ModuleId, f: &FnItem, values: &[ExprId]) -> TypeArgs {
        let opaque = TypeArgs::opaque(f.type_parameters.iter().map(|(n, _)| n));
        let mut found = Vec::new();
        for (name, _) in &f.type_parameters {
            let mut answer = None;
            for (p, v) in f.parameters.iter().zip(values) {
                let pattern = self.types.of(module, p.ty, &opaque);
                let given = self.ask(|c| c.infer(*v)).ty;
                if given.is_error() {
                    answer = Some(Type::error());
                    break;
                }
                if let Some(ty) = left_over(&given, &pattern, name, 0) {
                    answer = Some(ty);
                    break;
                }
            }
            match answer {
                Some(ty) => found.push((name.clone(), ty)),
                None => {
                    self.wrong(codes::J0313, e, format!("nothing says what `{name}` is in this call of `{}`", f.name));
                    found.push((name.clone(), Type::error()));
                }
            }
        }
        TypeArgs(found)
    }

    /// The type of a lambda's result, its parameters bound.
    pub fn lambda(&mut self, parameters: &[LocalId], body: ExprId, given: &[Ty]) -> Typed {
        for (i, p) in parameters.iter().enumerate() {
            self.bind(*p, present(given.get(i).cloned().unwrap_or_else(Type::error)), None);
        }
        self.infer(body)
    }
}

/// What a row stands for: the fields of `given` that `pattern`, which spreads the row, does not name.
fn left_over(given: &Ty, pattern: &Ty, row: &EcoString, depth: u32) -> Option<Ty> {
    if depth > 8 {
        return None;
    }
    let (members, wanted) = (given.members(), pattern.members());
    let mut rests: Vec<Ty> = Vec::new();
    for g in &members {
        let Some(p) = best(g, &wanted) else { continue };
        match (g.shape(), p.shape()) {
            (Type::Record(x), Type::Record(y)) if y.rows.contains(row) => {
                rests.push(without(x, y));
            }
            (Type::List(x), Type::List(y)) => rests.extend(left_over(&x.element, &y.element, row, depth + 1)),
            _ => {}
        }
    }
    if !rests.is_empty() {
        return Some(unite(&rests).0);
    }
    // Deeper, in fields.
    for g in &members {
        let Some(p) = best(g, &wanted) else { continue };
        if let (Some(x), Some(y)) = (g.as_record(), p.as_record()) {
            for f in &y.fields {
                if let Some(found) = x.field(&f.name).and_then(|h| left_over(&h.ty, &f.ty, row, depth + 1)) {
                    return Some(found);
                }
            }
        }
    }
    None
}

/// The member of a pattern that shares most names with a type.
fn best(given: &Ty, wanted: &[Ty]) -> Option<Ty> {
    let score = |p: &Ty| match (given.shape(), p.shape()) {
        (Type::Record(x), Type::Record(y)) => {
            if y.fields.iter().any(|f| f.is_required() && x.field(&f.name).is_none()) {
                return None;
            }
            let named = y.fields.iter().filter(|f| x.field(&f.name).is_some()).count();
            let extra = x.fields.iter().filter(|f| y.field(&f.name).is_none()).count() + x.rows.len();
            if extra > 0 && y.rows.is_empty() { None } else { Some(named * 10 + usize::from(extra > 0) + y.fields.iter().filter(|f| f.is_required()).count() * 100) }
        }
        (Type::List(_), Type::List(_)) => Some(1),
        _ => None,
    };
    wanted.iter().filter_map(|p| Some((score(p)?, p))).max_by_key(|(s, _)| *s).map(|(_, p)| p.clone())
}

fn without(x: &Record, y: &Record) -> Ty {
    let fields = x.fields.iter().filter(|f| y.field(&f.name).is_none()).cloned().collect();
    Type::Record(Record { fields, rows: x.rows.clone(), ..Record::default() }).share()
}
