//! List literals: lengths add up, elements join, keys are proved distinct where they can be.

use super::Checker;
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{ExprId, ListItem, LocalId};
use crate::types::interval::Length;
use crate::types::relate::fits;
use crate::types::ty::{List, Ty, Type, Typed};

/// What a list literal has gathered.
struct Gathered {
    elements: Vec<(ExprId, Ty)>,
    length: Length,
}

impl Checker<'_> {
    pub fn list_literal(&mut self, e: ExprId, items: &[ListItem], expected: Option<&Ty>) -> Ty {
        let wanted = expected.and_then(|t| self.expected_list(e, items, t));
        if let (Some(ty), None) = (expected, &wanted) {
            // Not a list, which has been said, or anything goes.
            let free = matches!(ty.shape(), Type::Json);
            let made = self.gather(items, if free { Some(ty) } else { None });
            return self.finished(made, None);
        }
        let element = wanted.as_ref().map(|l| l.element.clone());
        let made = self.gather(items, element.as_ref());
        if let Some(l) = &wanted {
            if !made.length.within(l.length) {
                self.too_short(e, made.length, l.length);
            }
            self.keys_given_twice(items, l);
            if l.kubernetes && l.keys.is_some() && made.length.max.is_none_or(|m| m > 1) {
                let span = self.open_brace(e);
                self.waits("keys of lists that are unique", span);
            }
            if let Some(keys) = l.keys.as_ref().filter(|_| !l.kubernetes) {
                self.distinct_keys(e, items, keys);
            }
            return Type::List(List { element: l.element.clone(), length: made.length, ..l.clone() }).share();
        }
        self.finished(made, None)
    }

    fn finished(&mut self, made: Gathered, keys: Option<std::sync::Arc<[ecow::EcoString]>>) -> Ty {
        let element = self.joined(&made.elements, None);
        Type::List(List { keys, ..List::of(element, made.length) }).share()
    }

    /// The list type among the expected ones; reports where there is none.
    fn expected_list(&mut self, e: ExprId, items: &[ListItem], ty: &Ty) -> Option<List> {
        let lists: Vec<List> = ty.members().iter().filter_map(|m| if let Type::List(l) = m.shape() { Some(l.clone()) } else { None }).collect();
        match lists.as_slice() {
            [] => {
                if !ty.members().iter().any(|m| matches!(m.shape(), Type::Json | Type::Error)) {
                    self.wrong(codes::J0303, e, format!("expected `{ty}`, found a list"));
                }
                None
            }
            [one] => Some(one.clone()),
            many => {
                let fitting = self.ask(|c| {
                    let made = c.gather(items, None);
                    let got = c.finished(made, None);
                    many.iter().find(|l| fits(&got, &Type::List((*l).clone()).share()).is_ok()).cloned()
                });
                fitting.or_else(|| many.first().cloned())
            }
        }
    }

    fn too_short(&mut self, e: ExprId, can: Length, must: Length) {
        let span = self.span(e);
        let impossible = can.max.is_some_and(|m| m < must.min) || must.max.is_some_and(|m| can.min > m);
        let code = if impossible { codes::J0308 } else { codes::J0504 };
        let words = if impossible { "has" } else { "can have" };
        let mut finding = Diagnostic::new(code, format!("this list {words} {} elements, but must have {}", can.words(), must.words())).primary(span, "");
        if !impossible {
            finding = finding.help("give the source a minimum, such as `[T](1..)`, or look first: `if !xs.isEmpty`");
        }
        self.report(finding);
    }

    fn gather(&mut self, items: &[ListItem], element: Option<&Ty>) -> Gathered {
        let mut out = Gathered { elements: Vec::new(), length: Length::exactly(0) };
        for item in items {
            let length = self.item(item, element, &mut out.elements);
            out.length = out.length.plus(length);
        }
        out
    }

    /// One element or group; gives how many elements it makes.
    fn item(&mut self, item: &ListItem, element: Option<&Ty>, out: &mut Vec<(ExprId, Ty)>) -> Length {
        match item {
            ListItem::Value(e) => {
                let typed = match element {
                    Some(ty) => self.check(*e, ty),
                    None => self.infer(*e),
                };
                if typed.absent {
                    self.element_absent(*e);
                }
                out.push((*e, typed.ty));
                Length::exactly(1)
            }
            ListItem::Spread(e) => self.spread_item(*e, element, out),
            ListItem::If { condition, item } => {
                let c = self.condition(*condition);
                let length = self.under(&c.holds, |k| k.item(item, element, out));
                Length::new(0, length.max)
            }
            ListItem::For { binders, source, item } => {
                let count = self.bind_loop(binders, *source);
                let inner = self.item(item, element, out);
                let max = count.max.zip(inner.max).map(|(a, b)| a.saturating_mul(b));
                Length::new(count.min.saturating_mul(inner.min), max)
            }
        }
    }

    fn element_absent(&mut self, e: ExprId) {
        self.wrong_help(codes::J0401, e, "an element may be absent", "write `if has … => …` before it");
    }

    fn spread_item(&mut self, e: ExprId, element: Option<&Ty>, out: &mut Vec<(ExprId, Ty)>) -> Length {
        let typed = self.infer(e);
        if typed.absent {
            self.wrong_help(codes::J0408, e, "what is spread may be absent", "write `...(… ?? [])`");
        }
        match typed.ty.shape() {
            Type::List(l) => {
                if let Some(ty) = element {
                    self.compare(e, &l.element, ty);
                }
                if !matches!(&*l.element, Type::Never) {
                    out.push((e, l.element.clone()));
                }
                l.length
            }
            Type::Error => {
                out.push((e, Type::error()));
                Length::ANY
            }
            _ => {
                self.wrong(codes::J0303, e, format!("only lists can be spread into a list, not `{}`", typed.ty));
                Length::ANY
            }
        }
    }

    /// Binds the names of a loop; gives how often it runs.
    pub fn bind_loop(&mut self, binders: &[LocalId], source: ExprId) -> Length {
        let typed = self.infer(source);
        if typed.absent {
            self.may_be_absent(source);
        }
        let (names, length) = match typed.ty.shape() {
            Type::List(l) => match binders {
                [_] => (vec![l.element.clone()], l.length),
                _ => {
                    let last = l.length.max.and_then(|m| i64::try_from(m).ok()).unwrap_or(i64::from(i32::MAX)).saturating_sub(1).max(0);
                    (vec![Type::int(0, last), l.element.clone()], l.length)
                }
            },
            Type::Map(m) => {
                if binders.len() == 1 {
                    self.wrong_help(codes::J0303, source, "a map gives a key and a value", "write `for key, value in …`, or go over `.values`");
                    (vec![Type::error()], Length::ANY)
                } else {
                    (vec![m.key.clone(), m.value.clone()], m.length)
                }
            }
            Type::Record(r) if r.rest.is_some() && binders.len() == 2 => {
                let key = Type::string();
                (vec![key, Type::Json.share()], Length::ANY)
            }
            Type::Error | Type::Never => (vec![Type::error(); binders.len()], Length::ANY),
            // Lists of several kinds of objects.
            Type::Union(u) if binders.len() == 1 && u.members.iter().all(|m| matches!(m.shape(), Type::List(_))) => {
                let lists: Vec<&List> = u.members.iter().filter_map(|m| if let Type::List(l) = m.shape() { Some(l) } else { None }).collect();
                let elements: Vec<Ty> = lists.iter().map(|l| l.element.clone()).collect();
                let length = lists.iter().map(|l| l.length).reduce(Length::hull).unwrap_or(Length::ANY);
                let same = elements.windows(2).all(|w| matches!(w, [a, b] if fits(a, b).is_ok() && fits(b, a).is_ok()));
                let element = if same { elements.first().cloned().unwrap_or_else(Type::error) } else { Type::Union(crate::types::ty::Union::of(elements)).share() };
                (vec![element], length)
            }
            _ => {
                self.wrong(codes::J0303, source, format!("`for` goes over lists and maps, not over `{}`", typed.ty));
                (vec![Type::error(); binders.len()], Length::ANY)
            }
        };
        for (i, local) in binders.iter().enumerate() {
            let ty = names.get(i).cloned().unwrap_or_else(Type::error);
            self.bind(*local, Typed::present(ty), None);
        }
        length
    }

    /// Two literal elements with the same literal keys.
    fn keys_given_twice(&mut self, items: &[ListItem], l: &List) {
        let Some(keys) = &l.keys else { return };
        let mut seen: Vec<(Vec<String>, ExprId)> = Vec::new();
        for item in items {
            let ListItem::Value(e) = item else { continue };
            let Some(key) = self.literal_keys(*e, keys) else { continue };
            match seen.iter().find(|(k, _)| *k == key) {
                Some((_, first)) => {
                    let (a, b) = (self.span(*e), self.span(*first));
                    self.report(Diagnostic::new(codes::J0310, format!("two elements have the key {}", key.join(", "))).primary(a, "").secondary(b, "the first"));
                }
                None => seen.push((key, *e)),
            }
        }
    }

    /// The keys of an element that is a literal with literal keys.
    fn literal_keys(&self, e: ExprId, keys: &[ecow::EcoString]) -> Option<Vec<String>> {
        use crate::hir::{Expr, Key, Member};
        let m = self.program.module(self.module);
        let Expr::Record(members) = m.expr(e) else { return None };
        keys.iter()
            .map(|k| {
                members.iter().find_map(|member| match member {
                    Member::Field { key: Key::Name(name), value, .. } if name == k => match m.expr(*value) {
                        Expr::String(s) => Some(format!("`{s}`")),
                        Expr::Int(i) => Some(format!("`{i}`")),
                        _ => None,
                    },
                    _ => None,
                })
            })
            .collect()
    }

    /// A keyed list that Jibe declares needs distinct keys: literals, one source with the same keys, or at most one element.
    fn distinct_keys(&mut self, e: ExprId, items: &[ListItem], keys: &std::sync::Arc<[ecow::EcoString]>) {
        let single = items.len() <= 1;
        let literal = items.iter().all(|i| matches!(i, ListItem::Value(v) if self.literal_keys(*v, keys).is_some()));
        let one = match items {
            [ListItem::Value(_)] | [] => true,
            [ListItem::If { item, .. }] => matches!(**item, ListItem::Value(_)),
            [ListItem::Spread(s)] => matches!(self.ask(|c| c.infer(*s)).ty.shape(), Type::List(l) if l.keys.as_ref() == Some(keys)),
            [ListItem::For { source, item, .. }] => {
                let keyed =
                    matches!(self.ask(|c| c.infer(*source)).ty.shape(), Type::List(l) if l.keys.is_some()) || matches!(self.ask(|c| c.infer(*source)).ty.shape(), Type::Map(_));
                keyed && matches!(**item, ListItem::Value(_) | ListItem::If { .. })
            }
            _ => false,
        };
        if !(literal || (single && one)) {
            let name = keys.join(", ");
            self.wrong_help(codes::J0310, e, format!("nothing says that no two elements agree in `{name}`"), "write `.distinctBy(…)`");
        }
    }
}
