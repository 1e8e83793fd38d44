//! Methods of lists, maps, records and strings (language reference §6.6).

use ecow::EcoString;

use super::expr::text_of;
use super::{Checker, present};
use crate::base::Range;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{Arg, Expr, ExprId};
use crate::types::interval::Length;
use crate::types::text::{Language, Nfa, Text};
use crate::types::ty::{List, Record, Ty, Type, Typed};
use crate::types::unions::unite;

const LIST: [&str; 11] = ["map", "filter", "any", "all", "find", "contains", "distinct", "distinctBy", "sortBy", "join", "length"];
const TEXT: [&str; 13] = ["lower", "upper", "trim", "trimPrefix", "trimSuffix", "split", "replace", "startsWith", "endsWith", "contains", "matches", "take", "length"];

impl Checker<'_> {
    pub fn method(&mut self, e: ExprId, base: ExprId, name: &EcoString, range: Range, optional: bool, args: &[Arg]) -> Typed {
        let from = self.infer(base);
        if from.ty.is_error() {
            return self.all_unknown(args);
        }
        if from.absent && !optional {
            self.may_be_absent(base);
        }
        if !from.absent && optional && !self.in_test {
            let span = self.at(range);
            let text = self.describe(base);
            self.report(Diagnostic::new(codes::J0402, format!("{text} is never absent")).primary(span, "`?.` is not needed"));
        }
        let found = self.method_of(e, &from.ty, name, range, args);
        Typed { ty: found.ty, absent: found.absent || (from.absent && optional) }
    }

    fn method_of(&mut self, e: ExprId, ty: &Ty, name: &EcoString, range: Range, args: &[Arg]) -> Typed {
        if name == "without" && ty.members().iter().all(|m| m.as_record().is_some()) {
            return present(self.without(ty, args));
        }
        if super::expr::is_text(ty)
            && let Some(text) = text_of(ty)
        {
            return self.text_method(e, &text, name, range, args);
        }
        if matches!(&**ty, Type::Never) {
            self.all_unknown(args);
            return present(Type::Never.share());
        }
        match ty.shape() {
            Type::List(l) => {
                let l = l.clone();
                self.list_method(e, &l, name, range, args)
            }
            Type::Map(m) if name == "contains" => {
                let key = m.key.clone();
                if let Some(v) = self.one(e, name, args) {
                    let given = self.value(v);
                    if !super::expr::is_text(&given) || crate::types::relate::disjoint(&given, &key) {
                        self.wrong(codes::J0316, v, format!("no key of this map is a `{given}`"));
                    }
                }
                present(Type::bool())
            }
            // A union of lists of one kind.
            Type::Union(u) if u.members.iter().all(|m| matches!(m.shape(), Type::List(_))) => {
                let joined = u.members.iter().skip(1).try_fold(u.members.first().cloned().unwrap_or_else(Type::error), |a, m| super::flow::join(&a, m));
                match joined.as_ref().map(|j| j.shape()) {
                    Some(Type::List(l)) => {
                        let l = l.clone();
                        self.list_method(e, &l, name, range, args)
                    }
                    _ => self.no_method(ty, name, range, &LIST, args),
                }
            }
            _ => self.no_method(ty, name, range, &[], args),
        }
    }

    fn no_method(&mut self, ty: &Ty, name: &str, range: Range, known: &[&str], args: &[Arg]) -> Typed {
        let span = self.at(range);
        let mut finding = Diagnostic::new(codes::J0301, format!("`{ty}` has no method `{name}`")).primary(span, "");
        if let Some(near) = nearest(name, known.iter().copied()) {
            finding = finding.help(format!("did you mean `{near}`?"));
        }
        self.report(finding);
        self.all_unknown(args)
    }

    /// The one argument, which is a value.
    fn one(&mut self, e: ExprId, name: &str, args: &[Arg]) -> Option<ExprId> {
        match args {
            [Arg::Value(v)] => Some(*v),
            _ => {
                self.wrong(codes::J0303, e, format!("`{name}` takes one value"));
                self.all_unknown(args);
                None
            }
        }
    }

    fn none(&mut self, e: ExprId, name: &str, args: &[Arg]) {
        if !args.is_empty() {
            self.wrong(codes::J0303, e, format!("`{name}` takes no arguments"));
            self.all_unknown(args);
        }
    }

    /// The result of the one argument, a lambda over the elements.
    fn over(&mut self, e: ExprId, name: &str, args: &[Arg], element: &Ty) -> Option<(Typed, ExprId)> {
        match args {
            [Arg::Lambda { parameters, body, .. }] if parameters.len() == 1 => Some((self.lambda(parameters, *body, std::slice::from_ref(element)), *body)),
            _ => {
                self.wrong(codes::J0303, e, format!("`{name}` takes a function of one element: `{name}(x => …)`"));
                self.all_unknown(args);
                None
            }
        }
    }

    fn predicate(&mut self, e: ExprId, name: &str, args: &[Arg], element: &Ty) {
        if let Some((typed, body)) = self.over(e, name, args, element) {
            if typed.absent {
                self.may_be_absent(body);
            }
            if !typed.ty.members().iter().all(|m| matches!(m.shape(), Type::Bool(_) | Type::Error | Type::Never)) {
                self.wrong(codes::J0303, body, format!("this is to be a `Bool`, not `{}`", typed.ty));
            }
        }
    }

    fn list_method(&mut self, e: ExprId, l: &List, name: &EcoString, range: Range, args: &[Arg]) -> Typed {
        let fewer = Length::new(0, l.length.max);
        match name.as_str() {
            "map" => {
                let Some((typed, body)) = self.over(e, name, args, &l.element) else { return present(Type::list(Type::error())) };
                if typed.absent {
                    self.wrong_help(codes::J0401, body, "an element may be absent", "use a comprehension: `[for x in xs if has … => …]`");
                }
                present(Type::List(List::of(typed.ty, l.length)).share())
            }
            "filter" => {
                let narrowed = self.filtered(args, &l.element);
                self.predicate(e, name, args, &l.element);
                present(Type::List(List { length: fewer, element: narrowed, ..l.clone() }).share())
            }
            "any" | "all" => {
                self.predicate(e, name, args, &l.element);
                present(Type::bool())
            }
            "find" => {
                let narrowed = self.filtered(args, &l.element);
                self.predicate(e, name, args, &l.element);
                Typed::optional(narrowed)
            }
            "contains" => {
                if let Some(v) = self.one(e, name, args) {
                    let given = self.value(v);
                    if !given.is_error() && !l.element.is_error() && crate::types::relate::disjoint(&given, &l.element) && !matches!(&*l.element, Type::Never) {
                        self.wrong(codes::J0316, v, format!("no element of this list is a `{given}`: they are `{}`", l.element));
                    }
                }
                present(Type::bool())
            }
            "distinct" => {
                self.none(e, name, args);
                present(Type::List(List { length: Length::new(l.length.min.min(1), l.length.max), ..l.clone() }).share())
            }
            "distinctBy" => {
                let key = self.key_of_lambda(args);
                self.over(e, name, args, &l.element);
                let keys = key.map(|k| std::sync::Arc::from([k]));
                present(Type::List(List { length: Length::new(l.length.min.min(1), l.length.max), keys, kubernetes: false, ..l.clone() }).share())
            }
            "sortBy" => {
                if let Some((typed, body)) = self.over(e, name, args, &l.element)
                    && !typed.ty.members().iter().all(|m| matches!(m.shape(), Type::Int(_) | Type::Number(_) | Type::Text(_) | Type::Quantity | Type::Error))
                {
                    self.wrong(codes::J0303, body, format!("elements are sorted by numbers or text, not by `{}`", typed.ty));
                }
                present(Type::List(l.clone()).share())
            }
            "join" => self.join_text(e, l, args),
            _ => self.no_method(&Type::List(l.clone()).share(), name, range, &LIST, args),
        }
    }

    /// The element type of a filtered list: narrowed by the condition.
    fn filtered(&mut self, args: &[Arg], element: &Ty) -> Ty {
        let [Arg::Lambda { parameters, body, .. }] = args else { return element.clone() };
        let [p] = parameters.as_slice() else { return element.clone() };
        let facts = self.ask(|c| {
            c.bind(*p, present(element.clone()), None);
            c.narrow(*body).holds
        });
        let path = super::env::Path::root(super::env::Root::Local(*p));
        facts.get(&path).map_or_else(|| element.clone(), |t| t.ty.clone())
    }

    /// `k` of `x => x.k`.
    fn key_of_lambda(&self, args: &[Arg]) -> Option<EcoString> {
        let [Arg::Lambda { body, .. }] = args else { return None };
        let m = self.program.module(self.module);
        match m.expr(*body) {
            Expr::Field { base, name, .. } if matches!(m.expr(*base), Expr::Local(_)) => Some(name.clone()),
            _ => None,
        }
    }

    fn join_text(&mut self, e: ExprId, l: &List, args: &[Arg]) -> Typed {
        let separator = self.one(e, "join", args).map(|v| self.value(v)).and_then(|t| text_of(&t)).unwrap_or(Text::Any);
        let Some(element) = super::template::printed(&l.element) else {
            self.wrong(codes::J0303, e, format!("elements of type `{}` cannot be joined to text", l.element));
            return present(Type::error());
        };
        let (a, s) = (element.source(), separator.source());
        let many = l.length.max;
        let total = |each: Option<u64>, sep: Option<u64>, n: Option<u64>| n.zip(each).zip(sep).map(|((n, e), s)| n * e + n.saturating_sub(1) * s);
        let length =
            Length::new(l.length.min * element.length().min + l.length.min.saturating_sub(1) * separator.length().min, total(element.length().max, separator.length().max, many));
        if a.states.len() + s.states.len() > 512 {
            return present(Type::language(Language::vague(length)));
        }
        present(Type::language(Language::made(Nfa::joined(&a, &s, l.length.min == 0), length)))
    }

    fn without(&mut self, ty: &Ty, args: &[Arg]) -> Ty {
        let mut names: Vec<EcoString> = Vec::new();
        for a in args {
            let Arg::Value(v) = a else { continue };
            let program = self.program.clone();
            let Expr::String(name) = program.module(self.module).expr(*v) else {
                self.wrong(codes::J0303, *v, "`without` takes names of fields: `without(\"f\")`");
                continue;
            };
            let known: Vec<EcoString> = ty.members().iter().filter_map(|m| m.as_record()).flat_map(|r| r.fields.iter().map(|f| f.name.clone())).collect();
            if !known.contains(name) {
                let span = self.span(*v);
                let mut finding = Diagnostic::new(codes::J0301, format!("`{ty}` has no field `{name}` to leave out")).primary(span, "");
                if let Some(near) = nearest(name, known.iter().map(|k| k.as_str())) {
                    finding = finding.help(format!("did you mean `{near}`?"));
                }
                self.report(finding);
            }
            names.push(name.clone());
        }
        let parts: Vec<Ty> = ty
            .members()
            .iter()
            .filter_map(|m| m.as_record())
            .map(|r| {
                let fields = r.fields.iter().filter(|f| !names.contains(&f.name)).cloned().collect();
                Type::Record(Record { name: None, fields, groups: Vec::new(), ..r.clone() }).share()
            })
            .collect();
        let (ty, clash) = unite(&parts);
        // Members that can no longer be told apart still have what they have.
        if clash.is_some() { Type::Union(crate::types::ty::Union::of(parts)).share() } else { ty }
    }

    fn text_method(&mut self, e: ExprId, text: &Text, name: &EcoString, range: Range, args: &[Arg]) -> Typed {
        let shorter = |t: &Text| Type::language(Language::vague(Length::new(0, t.length().max)));
        match name.as_str() {
            "lower" | "upper" => {
                self.none(e, name, args);
                present(cased(text, name == "upper"))
            }
            "trim" => {
                self.none(e, name, args);
                present(shorter(text))
            }
            "trimPrefix" | "trimSuffix" => {
                self.text_argument(e, name, args);
                present(shorter(text))
            }
            "split" => {
                if let Some(v) = self.text_argument(e, name, args) {
                    self.literal_separator(v);
                }
                present(Type::List(List::of(shorter(text), Length::new(1, None))).share())
            }
            "replace" => {
                match args {
                    [Arg::Value(a), Arg::Value(b)] => {
                        self.check_present(*a, &Type::string());
                        self.literal_separator(*a);
                        self.check_present(*b, &Type::string());
                    }
                    _ => self.wrong(codes::J0303, e, "`replace` takes the text to find and the text to put there"),
                }
                present(Type::string())
            }
            "startsWith" | "endsWith" | "contains" => {
                self.text_argument(e, name, args);
                present(Type::bool())
            }
            "matches" => {
                match args {
                    [Arg::Value(v)] if matches!(self.program.module(self.module).expr(*v), Expr::Regex(_) | Expr::Missing) => self.regex(*v),
                    _ => self.wrong(codes::J0303, e, "`matches` takes a regex: `matches(/…/)`"),
                }
                present(Type::bool())
            }
            "take" => present(self.take(e, text, args)),
            _ => self.no_method(&Type::Text(text.clone()).share(), name, range, &TEXT, args),
        }
    }

    fn regex(&mut self, v: ExprId) {
        let program = self.program.clone();
        if let Expr::Regex(pattern) = program.module(self.module).expr(v)
            && Nfa::regex(pattern).is_err()
        {
            self.wrong(codes::J0115, v, "this is no regex that matches whole text");
        }
    }

    fn text_argument(&mut self, e: ExprId, name: &str, args: &[Arg]) -> Option<ExprId> {
        let v = self.one(e, name, args)?;
        let ty = self.value(v);
        if !super::expr::is_text(&ty) {
            self.wrong(codes::J0303, v, format!("`{name}` takes text, not `{ty}`"));
        }
        Some(v)
    }

    fn literal_separator(&mut self, v: ExprId) {
        let program = self.program.clone();
        if !matches!(program.module(self.module).expr(v), Expr::String(s) if !s.is_empty()) {
            self.wrong(codes::J0303, v, "this must be a literal text that is not empty");
        }
    }

    fn take(&mut self, e: ExprId, text: &Text, args: &[Arg]) -> Ty {
        let program = self.program.clone();
        let n = match self.one(e, "take", args).map(|v| (v, program.module(self.module).expr(v))) {
            Some((_, Expr::Int(n))) if *n >= 0 => n.unsigned_abs(),
            Some((v, _)) => {
                self.wrong(codes::J0303, v, "`take` takes a literal number of characters, 0 or more");
                return Type::string();
            }
            None => return Type::string(),
        };
        match text {
            Text::Literals(all) => Type::Text(Text::Literals(all.iter().map(|l| l.chars().take(n as usize).collect::<String>().into()).collect())).share(),
            _ => {
                let length = text.length();
                let max = length.max.map_or(n, |m| m.min(n));
                Type::language(Language::made((*text.source()).clone().prefixes(), Length::new(length.min.min(n), Some(max))))
            }
        }
    }
}

fn cased(text: &Text, upper: bool) -> Ty {
    let change = |s: &str| if upper { s.to_ascii_uppercase() } else { s.to_ascii_lowercase() };
    match text {
        Text::Any => Type::string(),
        Text::Literals(all) => Type::Text(Text::Literals(all.iter().map(|l| change(l).into()).collect())).share(),
        Text::Language(l) => Type::language(Language::made((*l.source()).clone().cased(upper), l.lengths())),
    }
}
