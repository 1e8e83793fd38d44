//! Types that flow out of expressions: names, fields, indexes, and the dispatcher.

use ecow::EcoString;

use super::env::{Path, PathStep, Root};
use super::{Checker, present};
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{Expr, ExprId, Global, NameId};
use crate::types::interval::Length;
use crate::types::resolve::{literal_type, number_literal};
use crate::types::text::Text;
use crate::types::ty::{Field, List, Presence, Record, Ty, Type, Typed, Versions};
use crate::types::unions::unite;
use crate::value::{Data, Value};

impl Checker<'_> {
    /// The type of an expression where none is expected.
    pub fn infer(&mut self, e: ExprId) -> Typed {
        if self.depth > 260 {
            return present(Type::error());
        }
        self.depth += 1;
        let typed = self.infer_inner(e);
        self.depth -= 1;
        let typed = match self.path(e) {
            Some(path) => self.env.narrowed(&path, typed),
            None => typed,
        };
        self.note_type(e, &typed);
        typed
    }

    /// The type of an expression that must be there.
    pub fn value(&mut self, e: ExprId) -> Ty {
        let typed = self.infer(e);
        if typed.absent {
            self.may_be_absent(e);
            return typed.ty;
        }
        typed.ty
    }

    /// Reports J0401 at an expression.
    pub fn may_be_absent(&mut self, e: ExprId) {
        if self.lenient > 0 && self.in_test {
            return;
        }
        let text = self.describe(e);
        let span = self.span(e);
        self.report(Diagnostic::new(codes::J0401, format!("{text} may be absent")).primary(span, "").help("write `?? …` behind it, or look first: `if has …`"));
    }

    /// How messages call an expression: its path, or `this`.
    pub fn describe(&mut self, e: ExprId) -> String {
        match self.path_text(e) {
            Some(text) => format!("`{text}`"),
            None => "this".into(),
        }
    }

    fn path_text(&self, e: ExprId) -> Option<String> {
        let program = self.program.clone();
        match program.module(self.module).expr(e) {
            Expr::Parameters => Some("parameters".into()),
            Expr::Context => Some("context".into()),
            Expr::Target => Some("target".into()),
            Expr::Output => Some("output".into()),
            Expr::Outputs => Some("outputs".into()),
            Expr::Local(l) => Some(self.local_name(*l).to_string()),
            Expr::Field { base, name, .. } => Some(format!("{}.{name}", self.path_text(*base)?)),
            Expr::Index { base, index, .. } => {
                let key = match program.module(self.module).expr(*index) {
                    Expr::String(s) => format!("\"{s}\""),
                    Expr::Int(i) => i.to_string(),
                    _ => self.path_text(*index)?,
                };
                Some(format!("{}[{key}]", self.path_text(*base)?))
            }
            _ => None,
        }
    }

    /// The stable path that an expression is, aliases replaced.
    pub fn path(&self, e: ExprId) -> Option<Path> {
        self.raw_path(e, 0).map(|p| self.env.canonical(p))
    }

    fn raw_path(&self, e: ExprId, depth: u32) -> Option<Path> {
        if depth > 60 {
            return None;
        }
        let program = self.program.clone();
        let m = program.module(self.module);
        let root = |r| Some(Path::root(r));
        match m.expr(e) {
            Expr::Parameters => root(Root::Parameters),
            Expr::Context => root(Root::Context),
            Expr::Target => root(Root::Target),
            Expr::Output => root(Root::Output),
            Expr::Outputs => root(Root::Outputs),
            Expr::Local(l) => root(Root::Local(*l)),
            Expr::Field { base, name, .. } => Some(self.raw_path(*base, depth + 1)?.then(PathStep::Field(name.clone()))),
            Expr::Index { base, index, .. } => {
                let step = match m.expr(*index) {
                    Expr::String(s) => PathStep::Key(s.clone()),
                    Expr::Int(i) => PathStep::Position(*i),
                    _ => PathStep::Path(std::rc::Rc::new(self.env.canonical(self.raw_path(*index, depth + 1)?))),
                };
                Some(self.raw_path(*base, depth + 1)?.then(step))
            }
            _ => None,
        }
    }

    fn infer_inner(&mut self, e: ExprId) -> Typed {
        let program = self.program.clone();
        let m = program.module(self.module);
        match m.expr(e) {
            Expr::Missing | Expr::Regex(_) => present(Type::error()),
            literal @ (Expr::Null | Expr::Bool(_) | Expr::Int(_) | Expr::String(_)) => present(literal_type(literal)),
            Expr::Number(text) => present(number_literal(text)),
            Expr::Template(parts) => self.template(parts),
            Expr::Local(l) => {
                self.used.insert(l.0);
                match self.env.local(*l) {
                    Some(b) => b.typed.clone(),
                    None => present(Type::error()),
                }
            }
            Expr::Global(name) => self.global(e, *name),
            Expr::Parameters => self.in_scope(e, "parameters", self.scope.parameters.clone()),
            Expr::Context => self.in_scope(e, "context", self.scope.context.clone()),
            Expr::Target => self.in_scope(e, "target", self.scope.target.clone()),
            Expr::Output => self.in_scope(e, "output", self.scope.output.clone()),
            Expr::Outputs => self.in_scope(e, "outputs", self.scope.outputs.clone()),
            Expr::Field { base, name, name_range, optional } => self.field(e, *base, name, *name_range, *optional),
            Expr::Index { base, index, optional } => self.index(*base, *index, *optional),
            Expr::Call { callee, args } => self.call(e, *callee, args),
            Expr::Unary { op, operand } => self.unary(*op, *operand),
            Expr::Has(operand) => self.has(e, *operand),
            Expr::Binary { op, op_range, left, right } => self.binary(e, *op, *op_range, *left, *right),
            Expr::Is { value, ty } => self.is(*value, ty),
            Expr::Cast { value, ty, message } => self.cast(e, *value, *ty, *message),
            Expr::If { condition, then, otherwise } => self.choice(e, *condition, *then, *otherwise, None),
            Expr::Match { scrutinee, arms } => self.match_value(e, *scrutinee, arms, None),
            Expr::List(items) => present(self.list_literal(e, items, None)),
            Expr::Record(members) => present(self.record_literal(e, members, None)),
            Expr::Block { lets, result } => self.block(lets, *result, None),
            Expr::Application(app) => self.application(e, app),
        }
    }

    fn in_scope(&mut self, e: ExprId, name: &str, ty: Option<Ty>) -> Typed {
        match ty {
            Some(ty) => present(ty),
            None => {
                let words = self.scope.kind.map_or("here".to_string(), |k| format!("in a {}", k.word()));
                let words = if words == "here" { "outside of definitions".to_string() } else { format!("{words} at this place") };
                self.wrong(codes::J0201, e, format!("there is no `{name}` {words}"));
                present(Type::error())
            }
        }
    }

    /// A name that is not local.
    fn global(&mut self, e: ExprId, name: NameId) -> Typed {
        let program = self.program.clone();
        match program.global(self.module, name) {
            Global::Let(module, index) => self.module_let(module, index),
            Global::Data(m, i) => present(program.data(m, i).map_or_else(Type::error, |v| value_type(v, 0))),
            Global::Unknown => present(Type::error()),
            Global::Function(..) | Global::Builtin(_) => {
                let text = program.module(self.module).names.get(name.index()).map(|n| n.name.clone()).unwrap_or_default();
                self.wrong(codes::J0303, e, format!("`{text}` is a function: call it, `{text}(…)`"));
                present(Type::error())
            }
            Global::View(..) | Global::ModuleAlias(_) => {
                let text = program.module(self.module).names.get(name.index()).map(|n| n.name.clone()).unwrap_or_default();
                self.wrong(codes::J0303, e, format!("`{text}` is no value"));
                present(Type::error())
            }
        }
    }

    fn field(&mut self, e: ExprId, base: ExprId, name: &EcoString, range: Range, optional: bool) -> Typed {
        if let Some(found) = self.qualified(base, name, range) {
            return found;
        }
        let from = self.infer(base);
        if from.ty.is_error() {
            return present(Type::error());
        }
        let through = from.absent;
        if through && !optional && self.lenient == 0 {
            self.may_be_absent(base);
            return present(Type::error());
        }
        if !through && optional && !self.in_test && self.lenient == 0 {
            let span = self.at(range);
            let text = self.describe(base);
            self.report(Diagnostic::new(codes::J0402, format!("{text} is never absent")).primary(span, "`?.` is not needed"));
        }
        if matches!(&*from.ty, Type::Never) {
            return Typed { ty: Type::Never.share(), absent: through };
        }
        let found = self.member(&from.ty, name, range);
        self.version_of(&from.ty, name, range);
        let _ = e;
        Typed { ty: found.ty, absent: found.absent || through }
    }

    /// The type of a field of a value, in every member of a union.
    pub fn member(&mut self, ty: &Ty, name: &str, range: Range) -> Typed {
        self.note_field(range, ty, name);
        let mut parts = Vec::new();
        let mut absent = false;
        for m in ty.members() {
            if matches!(&*m, Type::Error) {
                return present(Type::error());
            }
            match self.one_member(&m, name) {
                Some(found) => {
                    absent |= found.absent;
                    parts.push(found.ty);
                }
                None => {
                    self.no_member(ty, &m, name, range);
                    return present(Type::error());
                }
            }
        }
        Typed { ty: unite(&parts).0, absent }
    }

    fn one_member(&mut self, ty: &Ty, name: &str) -> Option<Typed> {
        match ty.shape() {
            Type::Never => Some(present(Type::Never.share())),
            Type::Record(r) if r.name.as_deref() == Some(super::scope::OUTPUTS) && name == "keys" => Some(present(Type::list(Type::string()))),
            Type::Record(r) => record_member(r, name),
            Type::Object => {
                let meta = || self.types.schemas.named("meta/v1", "ObjectMeta").unwrap_or_else(|| Type::Json.share());
                Some(match name {
                    "apiVersion" => present(super::api_version()),
                    "kind" => present(super::kind_word()),
                    "metadata" => Typed::optional(meta()),
                    _ => Typed::optional(Type::Json.share()),
                })
            }
            Type::List(l) => match name {
                "length" => Some(present(Type::Int(l.length.interval()).share())),
                "isEmpty" => Some(present(emptiness(l.length))),
                _ => None,
            },
            Type::Map(m) => match name {
                "length" => Some(present(Type::Int(m.length.interval()).share())),
                "isEmpty" => Some(present(emptiness(m.length))),
                "keys" => Some(present(Type::List(List::of(m.key.clone(), m.length)).share())),
                "values" => Some(present(Type::List(List::of(m.value.clone(), m.length)).share())),
                _ => None,
            },
            Type::Text(t) if name == "length" => Some(present(Type::Int(t.length().interval()).share())),
            _ => None,
        }
    }

    fn no_member(&mut self, whole: &Ty, member: &Ty, name: &str, range: Range) {
        let span = self.at(range);
        let ty = if whole.members().len() > 1 { format!("`{member}`, which this can be,") } else { format!("`{whole}`") };
        let mut finding = Diagnostic::new(codes::J0301, format!("{ty} has no field `{name}`")).primary(span, "");
        match member.shape() {
            Type::Record(r) => {
                if let Some(near) = nearest(name, r.fields.iter().map(|f| f.name.as_str())) {
                    finding = finding.help(format!("did you mean `{near}`?"));
                    finding = finding.fix(format!("write `{near}`"), span, near);
                }
            }
            Type::Map(_) => finding = finding.help(format!("a map is read by key: `[\"{name}\"]`")),
            Type::Json => finding = finding.help(format!("`Json` is read by key: `[\"{name}\"]`")),
            Type::List(_) => {
                finding = finding.help("a list has `length`, `isEmpty`, `map(…)`, `filter(…)`, `find(…)`, `any(…)`, `all(…)`, `contains(…)`, `distinct()`, `sortBy(…)`, `join(…)`")
            }
            _ => {}
        }
        self.report(finding);
    }

    /// Reports a field that some versions in force lack.
    pub fn version_of(&mut self, ty: &Ty, name: &str, range: Range) {
        for m in ty.members() {
            let Some(field) = m.as_record().and_then(|r| r.field(name)) else { continue };
            let field = field.clone();
            self.check_versions(&field, range);
        }
    }

    /// Reports J0701 and J0704 where the versions in force have some that the field lacks, or that drop it.
    pub fn check_versions(&mut self, field: &Field, range: Range) {
        let (has, name) = (field.versions, &field.name);
        let off = field.gate.as_ref().map_or(Versions(0), |(_, off)| *off);
        if has == Versions::ALL && off.0 == 0 {
            return;
        }
        let now = self.versions();
        let list = |v: &[crate::kube::Version]| v.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        let missing = now.missing_from(has);
        let dropped = now.meet(off).missing_from(Versions(0));
        let message = match (&field.gate, missing.is_empty(), dropped.is_empty()) {
            (_, false, _) => (codes::J0701, format!("Kubernetes {} has no field `{name}`", list(&missing))),
            (Some((gate, _)), true, false) => (codes::J0704, format!("Kubernetes {} drops `{name}` unless the feature gate `{gate}` is on", list(&dropped))),
            _ => return,
        };
        let span = self.at(range);
        let mut finding = Diagnostic::new(message.0, message.1).primary(span, "");
        let newest = missing.iter().chain(&dropped).max();
        let good = crate::kube::Version::all().find(|v| Some(v) > newest && has.meet(Versions(!off.0)).0 & (1 << v.index()) != 0);
        if let Some(first) = good {
            finding = finding.help(format!("write it under `if context.clusterVersion.minor >= {} {{ … }}`, or let `jibe.toml` begin at {first}", first.minor()));
        }
        self.report(finding);
    }

    fn index(&mut self, base: ExprId, index: ExprId, optional: bool) -> Typed {
        let from = self.infer(base);
        if from.absent && !optional && self.lenient == 0 {
            self.may_be_absent(base);
        }
        if !from.absent && optional && !self.in_test && self.lenient == 0 && !from.ty.is_error() {
            let span = self.span(base);
            let text = self.describe(base);
            self.report(Diagnostic::new(codes::J0402, format!("{text} is never absent")).primary(span, "`?` is not needed"));
        }
        let mut parts = Vec::new();
        let mut absent = from.absent;
        for m in from.ty.members() {
            let found = self.element(&m, index, base);
            absent |= found.absent;
            parts.push(found.ty);
        }
        Typed { ty: unite(&parts).0, absent }
    }

    /// What `[index]` gives of one type.
    pub fn element(&mut self, ty: &Ty, index: ExprId, base: ExprId) -> Typed {
        let key = self.value(index);
        match ty.shape() {
            Type::Error => present(Type::error()),
            Type::Never => Typed::optional(Type::Never.share()),
            Type::Json => Typed::optional(Type::Json.share()),
            Type::Map(m) => {
                self.key_of_map(index, &key, &m.key);
                Typed::optional(m.value.clone())
            }
            Type::List(l) => self.list_element(l, index, &key),
            Type::Record(r) => match key.single_text() {
                Some(name) if r.rest.is_some() || r.field(name).is_some() => r
                    .field(name)
                    .map_or_else(|| Typed::optional(r.rest.as_ref().map_or_else(Type::error, |(_, v)| v.clone())), |f| Typed { ty: f.ty.clone(), absent: f.is_optional() }),
                _ if r.rest.is_some() => {
                    let mut all: Vec<Ty> = r.fields.iter().map(|f| f.ty.clone()).collect();
                    all.extend(r.rest.iter().map(|(_, v)| v.clone()));
                    let (ty, clash) = unite(&all);
                    Typed::optional(if clash.is_some() { Type::Object.share() } else { ty })
                }
                _ => {
                    self.wrong(codes::J0303, base, format!("the fields of `{ty}` are read by name: `.field`"));
                    present(Type::error())
                }
            },
            Type::Object => Typed::optional(Type::Json.share()),
            _ => {
                self.wrong(codes::J0303, base, format!("`{ty}` has no elements"));
                present(Type::error())
            }
        }
    }

    fn key_of_map(&mut self, index: ExprId, key: &Ty, wanted: &Ty) {
        if key.is_error() {
            return;
        }
        if !key.members().iter().all(|m| matches!(m.shape(), Type::Text(_))) {
            self.wrong(codes::J0303, index, format!("the keys of a map are strings, not `{key}`"));
        } else if crate::types::relate::disjoint(key, wanted) {
            self.wrong(codes::J0316, index, format!("no key of this map is a `{key}`: they are `{wanted}`"));
        }
    }

    fn list_element(&mut self, l: &List, index: ExprId, key: &Ty) -> Typed {
        if let Type::Int(i) = &**key {
            let by_number = l
                .keys
                .as_ref()
                .is_some_and(|k| k.len() == 1 && k.first().is_some_and(|k| l.element.as_record().and_then(|r| r.field(k)).is_some_and(|f| matches!(f.ty.shape(), Type::Int(_)))));
            if !by_number {
                let sure = i.single().is_some_and(|n| n >= 0 && (n as u64) < l.length.min);
                return Typed { ty: l.element.clone(), absent: !sure };
            }
        }
        match &l.keys {
            Some(_) => Typed::optional(l.element.clone()),
            None => {
                if !key.is_error() {
                    self.wrong(codes::J0303, index, format!("a list without keys is read by position, not by `{key}`"));
                }
                Typed::optional(l.element.clone())
            }
        }
    }

    /// `let`s and a result.
    pub fn block(&mut self, lets: &[(crate::hir::LocalId, Option<crate::hir::TypeExprId>, ExprId)], result: ExprId, expected: Option<&Ty>) -> Typed {
        for (local, ty, value) in lets {
            self.bind_let(*local, *ty, false, *value);
        }
        match expected {
            Some(ty) => self.check(result, ty),
            None => self.infer(result),
        }
    }
}

fn record_member(r: &Record, name: &str) -> Option<Typed> {
    if let Some(f) = r.field(name) {
        return Some(Typed { ty: f.ty.clone(), absent: f.is_optional() });
    }
    // What a component did not declare is reached by `outputs["…"]`.
    let (_, value) = r.rest.as_ref().filter(|_| r.name.as_deref() != Some(super::scope::OUTPUTS))?;
    Some(Typed::optional(value.clone()))
}

fn emptiness(length: Length) -> Ty {
    match (length.min, length.max) {
        (1.., _) => Type::Bool(Some(false)).share(),
        (0, Some(0)) => Type::Bool(Some(true)).share(),
        _ => Type::bool(),
    }
}

/// Whether a type is text of some kind.
pub(super) fn is_text(ty: &Ty) -> bool {
    ty.members().iter().all(|m| matches!(m.shape(), Type::Text(_) | Type::Error | Type::Never))
}

/// The one text type of a union of text types.
pub(super) fn text_of(ty: &Ty) -> Option<Text> {
    let mut members = ty.members().into_iter();
    let first = match members.next()?.shape() {
        Type::Text(t) => t.clone(),
        _ => return None,
    };
    members.try_fold(first, |all, m| match m.shape() {
        Type::Text(t) => Some(super::template::either(&all, t)),
        _ => None,
    })
}

/// The literal type of a value, as an imported data file has.
fn value_type(value: &Value, depth: u32) -> Ty {
    if depth > 24 {
        return Type::Json.share();
    }
    match &value.data {
        Data::Null => Type::Null.share(),
        Data::Bool(b) => Type::Bool(Some(*b)).share(),
        Data::Int(i) => Type::int(*i, *i),
        Data::Number(n) => number_literal(&n.text),
        Data::String(s) => Type::literal(s.clone()),
        Data::List(l) => {
            let all = l.items.iter().map(|v| value_type(v, depth + 1));
            let element = all.reduce(|a, b| super::flow::join(&a, &b).unwrap_or_else(|| Type::Json.share())).unwrap_or_else(|| Type::Never.share());
            Type::List(List::of(element, Length::exactly(l.items.len() as u64))).share()
        }
        Data::Map(m) => {
            let fields = m.iter().map(|e| Field::new(e.key.clone(), value_type(&e.value, depth + 1), Presence::Required)).collect();
            Type::Record(Record { fields, ..Record::default() }).share()
        }
    }
}
