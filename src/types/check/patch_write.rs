//! What a patch writes: the operators of each kind of place, partial records, new elements that must be whole.

use ecow::EcoString;

use super::Checker;
use super::record::Target;
use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, codes};
use crate::hir::{Assign, Expr, ExprId, Key, ListItem, Member};
use crate::types::interval::Length;
use crate::types::relate::fits;
use crate::types::ty::{Field, List, Presence, Record, Ty, Type};
use crate::types::unions::unite;

/// What the patches of a definition certainly write, to find a place that is written twice (J0610).
#[derive(Default)]
pub(super) struct Writes {
    /// Place, operator, value as text, where.
    seen: Vec<(String, Assign, String, Span)>,
    /// The place that is being written; `None`: not a certain one.
    at: Option<Vec<String>>,
    /// Inside of a condition or loop.
    conditional: u32,
}

impl Checker<'_> {
    /// Runs `f` in a branch or loop, where nothing is certain.
    pub fn uncertain(&mut self, f: impl FnOnce(&mut Self)) {
        self.writes.conditional += 1;
        f(self);
        self.writes.conditional -= 1;
    }

    /// Begins the writes at a place.
    pub fn writes_at(&mut self, place: Option<Vec<String>>) {
        self.writes.at = place;
    }

    /// J0610: a literal that is written to a place which has got another one.
    fn note_write(&mut self, name: &str, assign: Assign, range: Range, value: ExprId) {
        let program = self.program.clone();
        let text = match program.module(self.module).expr(value) {
            Expr::String(s) => format!("\"{s}\""),
            Expr::Int(i) => i.to_string(),
            Expr::Bool(b) => b.to_string(),
            _ => return,
        };
        if self.quiet > 0 || self.writes.conditional > 0 || !matches!(assign, Assign::Merge | Assign::Replace | Assign::Weak) {
            return;
        }
        let Some(at) = &self.writes.at else { return };
        let place = format!("{}.{name}", at.join("."));
        let span = self.at(range);
        let other = self.writes.seen.iter().find(|(p, a, t, s)| *p == place && *a == assign && *t != text && *s != span).map(|(_, _, _, s)| *s);
        match other {
            Some(first) => {
                self.report(Diagnostic::new(codes::J0610, format!("`{name}` is written twice, with different values")).primary(span, "the second").secondary(first, "the first"))
            }
            None => self.writes.seen.push((place, assign, text, span)),
        }
    }

    /// Members of a record that merges into a place of a type.
    pub fn merge_into(&mut self, members: &[Member], ty: &Ty) {
        let all = ty.members();
        for (i, t) in all.iter().enumerate() {
            // One mistake in every kind of a union is one mistake.
            let before = self.out.len();
            self.merge_members(members, t);
            if self.out.len() > before && i + 1 < all.len() {
                return;
            }
        }
    }

    fn merge_members(&mut self, members: &[Member], ty: &Ty) {
        for m in members {
            match m {
                Member::Field { key, key_range, at, optional, assign, value, .. } => match key {
                    Key::Name(name) => self.write_field(ty, name, *key_range, *at, *optional, *assign, *value),
                    Key::Computed(k) => self.write_key(ty, *k, *optional, *assign, *value),
                },
                Member::Spread { value, .. } => self.merge_spread(*value, ty),
                Member::If { condition, then, otherwise, .. } => {
                    let c = self.condition(*condition);
                    self.uncertain(|u| u.under(&c.holds, |k| k.merge_members(then, ty)));
                    self.uncertain(|u| u.under(&c.fails, |k| k.merge_members(otherwise, ty)));
                }
                Member::For { binders, source, filter, members, .. } => {
                    self.bind_loop(binders, *source);
                    let facts = filter.map(|f| self.condition(f).holds).unwrap_or_default();
                    self.uncertain(|u| u.under(&facts, |k| k.merge_members(members, ty)));
                }
                Member::Let { local, ty, value } => self.bind_let(*local, *ty, false, *value),
                Member::Remove { key, key_range, at, .. } => self.remove(ty, key, *key_range, *at),
            }
        }
    }

    /// The field of a place; reports where there is none.
    fn place_field(&mut self, ty: &Ty, name: &EcoString, range: Range) -> Option<Field> {
        self.note_field(range, ty, name);
        match ty.shape() {
            Type::Record(r) => match (r.field(name), &r.rest) {
                (Some(f), _) => {
                    self.check_versions(f, range);
                    Some(f.clone())
                }
                (None, Some((_, v))) => Some(Field::new(name.clone(), v.clone(), Presence::Optional)),
                (None, None) => {
                    self.unknown_field(name, ty, r, range);
                    None
                }
            },
            Type::Map(m) => {
                let target = Target::Map(m.clone());
                let value = self.wanted(name, range, &target)?;
                Some(Field::new(name.clone(), value, Presence::Optional))
            }
            Type::Json | Type::Error => Some(Field::new(name.clone(), ty.clone(), Presence::Optional)),
            Type::Object => Some(Field::new(name.clone(), Type::Json.share(), Presence::Optional)),
            _ => {
                let span = self.at(range);
                self.report(Diagnostic::new(codes::J0301, format!("`{ty}` has no fields")).primary(span, ""));
                None
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the parts of one member")]
    fn write_field(&mut self, ty: &Ty, name: &EcoString, range: Range, at: Option<ExprId>, optional: bool, assign: Assign, value: ExprId) {
        let Some(f) = self.place_field(ty, name, range) else {
            self.ask(|c| c.infer(value));
            return;
        };
        if at.is_none() {
            self.note_write(name, assign, range, value);
        }
        let before = self.writes.at.clone();
        match (&mut self.writes.at, at) {
            (Some(place), None) => place.push(name.to_string()),
            _ => self.writes.at = None,
        }
        match at {
            Some(index) => self.write_element(&f, range, index, optional, assign, value),
            None => self.write(&f.ty, &f, range, optional, assign, value),
        }
        self.writes.at = before;
    }

    /// `f OP v`.
    fn write(&mut self, ty: &Ty, f: &Field, range: Range, optional: bool, assign: Assign, value: ExprId) {
        match assign {
            Assign::Merge => self.merge_value(ty, Some(f), range, optional, value),
            Assign::Replace | Assign::Weak => self.whole(ty, f, range, optional, value),
            Assign::Append => self.append(ty, f, range, optional, value),
            Assign::Take => self.take_away(ty, f, range, optional, value),
        }
    }

    fn whole(&mut self, ty: &Ty, f: &Field, range: Range, optional: bool, value: ExprId) {
        let typed = self.check(value, ty);
        if typed.absent && !optional {
            self.field_absent(&f.name, range, value);
        }
    }

    /// `f: v`: records merge field by field, lists by their kind.
    fn merge_value(&mut self, ty: &Ty, f: Option<&Field>, range: Range, optional: bool, value: ExprId) {
        let program = self.program.clone();
        let records: Vec<Ty> = ty.members().into_iter().filter(|m| matches!(m.shape(), Type::Record(_) | Type::Map(_) | Type::Json | Type::Object)).collect();
        match (program.module(self.module).expr(value), records.as_slice()) {
            (Expr::Record(members), [one]) => {
                let one = one.clone();
                self.note_expected(value, &one);
                self.merge_members(members, &one);
                if let Some(f) = f {
                    self.may_make(f, range, members);
                }
            }
            (Expr::List(items), _) if matches!(ty.shape(), Type::List(_)) => self.merge_list(ty, items, value),
            (Expr::If { condition, then, otherwise }, _) if self.has_literal(value) => {
                let c = self.condition(*condition);
                self.under(&c.holds, |k| k.merge_value(ty, None, range, true, *then));
                match otherwise {
                    Some(o) => self.under(&c.fails, |k| k.merge_value(ty, None, range, optional, *o)),
                    None if !optional => {
                        let name = f.map(|f| f.name.clone()).unwrap_or_default();
                        self.field_absent(&name, range, value);
                    }
                    None => {}
                }
            }
            _ => {
                let typed = self.infer(value);
                let wanted = partial(ty, 0);
                self.compare(value, &typed.ty, &wanted);
                if typed.absent && !optional {
                    let name = f.map(|f| f.name.clone()).unwrap_or_default();
                    self.field_absent(&name, range, value);
                }
            }
        }
    }

    fn has_literal(&self, e: ExprId) -> bool {
        let m = self.program.module(self.module);
        match m.expr(e) {
            Expr::Record(_) => true,
            Expr::If { then, otherwise, .. } => self.has_literal(*then) || otherwise.is_some_and(|o| self.has_literal(o)),
            _ => false,
        }
    }

    /// J0608: a record that may be absent is made by what is written, if that is all it needs.
    fn may_make(&mut self, f: &Field, range: Range, members: &[Member]) {
        let Some(record) = f.ty.as_record().filter(|_| f.is_optional()) else { return };
        let written = |name: &str| {
            members
                .iter()
                .any(|m| matches!(m, Member::Field { key: Key::Name(n), optional: false, at: None, .. } if n == name) || matches!(m, Member::Spread { .. } | Member::If { .. }))
        };
        let lacking: Vec<String> = record.fields.iter().filter(|g| g.is_required() && !written(&g.name)).map(|g| format!("`{}`", g.name)).collect();
        // The parts of a workload that run its pods are there whenever the object is.
        if lacking.is_empty() || always_there(&f.name) {
            return;
        }
        let span = self.at(range);
        self.report(
            Diagnostic::new(codes::J0608, format!("`{}` may be absent here: give {}", f.name, lacking.join(", ")))
                .primary(span, "")
                .help("or patch the place itself: `patch target.….f? { … }`"),
        );
    }

    /// A list literal: elements of keyed lists merge or are new and whole; an atomic list conflicts unless equal.
    fn merge_list(&mut self, ty: &Ty, items: &[ListItem], value: ExprId) {
        let Type::List(l) = ty.shape() else { return };
        let start = self.out.len();
        let free = Type::List(List { length: Length::ANY, ..l.clone() }).share();
        self.list_literal(value, items, Some(&free));
        if l.keys.is_none() {
            return;
        }
        // What is missing in an element is missing in a new one.
        for d in self.out.iter_mut().skip(start).filter(|d| d.code == codes::J0302) {
            d.code = codes::J0607;
            d.message = format!("a new element must be whole: {}", d.message);
        }
    }

    /// `f += v`: atomic lists append, sets join.
    fn append(&mut self, ty: &Ty, f: &Field, range: Range, optional: bool, value: ExprId) {
        let span = self.at(range);
        match ty.shape() {
            Type::List(l) if l.keys.is_none() => {
                let any = Type::List(List { length: Length::ANY, ..l.clone() }).share();
                self.whole(&any, f, range, optional, value);
            }
            Type::List(l) => {
                let keys = l.keys.as_ref().map(|k| k.join("`, `")).unwrap_or_default();
                self.ask(|c| c.infer(value));
                self.report(
                    Diagnostic::new(codes::J0605, format!("`{}` is keyed by `{keys}`: its elements are merged, not appended", f.name))
                        .primary(span, "")
                        .help(format!("write `{}: […]`", f.name)),
                );
            }
            Type::Error => {}
            _ => {
                self.ask(|c| c.infer(value));
                self.report(Diagnostic::new(codes::J0605, format!("`{}` is no list: nothing can be appended", f.name)).primary(span, "").help("write `:`"));
            }
        }
    }

    /// `f -= v`: keys of maps and keyed lists, values of other lists.
    fn take_away(&mut self, ty: &Ty, f: &Field, range: Range, optional: bool, value: ExprId) {
        let wanted = match ty.shape() {
            Type::Map(m) => Some(m.key.clone()),
            Type::List(l) => match &l.keys {
                Some(keys) => key_type(&l.element, keys),
                None => Some(l.element.clone()),
            },
            Type::Error => return,
            _ => None,
        };
        match wanted {
            Some(key) => self.whole(&Type::list(key), f, range, optional, value),
            None => {
                self.ask(|c| c.infer(value));
                let span = self.at(range);
                self.report(
                    Diagnostic::new(codes::J0605, format!("`-=` takes keys of maps and keyed lists and values of other lists; `{}` is none of these", f.name))
                        .primary(span, "")
                        .help("write `:=` with what is to stay"),
                );
            }
        }
    }

    /// `f[k]: { … }`, `f[k] := v`.
    fn write_element(&mut self, f: &Field, range: Range, index: ExprId, optional: bool, assign: Assign, value: ExprId) {
        let span = self.at(range);
        let key = self.value(index);
        let element = match f.ty.shape() {
            Type::Map(m) => {
                self.compare(index, &key, &m.key);
                m.value.clone()
            }
            Type::List(l) => match &l.keys {
                Some(keys) => {
                    if let Some(wanted) = key_type(&l.element, keys) {
                        self.compare(index, &key, &wanted);
                    }
                    if assign == Assign::Merge { l.element.clone() } else { without_keys(&l.element, keys) }
                }
                None => {
                    if super::binary::integers(&key).is_none() && !key.is_error() {
                        self.report(Diagnostic::new(codes::J0605, format!("`{}` has no keys: its elements are reached by position", f.name)).primary(span, ""));
                        return;
                    }
                    l.element.clone()
                }
            },
            Type::Json | Type::Error | Type::Object => Type::Json.share(),
            _ => {
                self.report(Diagnostic::new(codes::J0605, format!("`{}` has no elements", f.name)).primary(span, ""));
                return;
            }
        };
        let inner = Field { ty: element.clone(), presence: Presence::Required, ..f.clone() };
        match assign {
            Assign::Merge => self.merge_value(&element, None, range, optional, value),
            Assign::Replace | Assign::Weak => self.whole(&element, &inner, range, optional, value),
            Assign::Append | Assign::Take => self.write(&element, &inner, range, optional, assign, value),
        }
    }

    /// `"text": v`, `[e]: v` in a map.
    fn write_key(&mut self, ty: &Ty, key: ExprId, optional: bool, assign: Assign, value: ExprId) {
        let given = self.value(key);
        let range = self.program.module(self.module).range(key);
        if let Some(name) = given.single_text().cloned() {
            self.write_field(ty, &name, range, None, optional, assign, value);
            return;
        }
        let (wanted, element) = match ty.shape() {
            Type::Map(m) => (m.key.clone(), m.value.clone()),
            Type::Record(Record { rest: Some((k, v)), .. }) => (k.clone(), v.clone()),
            Type::Json | Type::Error => (Type::string(), Type::Json.share()),
            _ => {
                self.wrong(codes::J0303, key, format!("the fields of `{ty}` are known: a key cannot be computed"));
                return;
            }
        };
        self.compare(key, &given, &wanted);
        let f = Field::new("", element.clone(), Presence::Optional);
        let typed_before = self.out.len();
        self.write(&element, &f, range, optional, assign, value);
        let _ = typed_before;
    }

    /// `...e`: each of its fields merges.
    fn merge_spread(&mut self, value: ExprId, ty: &Ty) {
        let typed = self.infer(value);
        if typed.absent {
            self.wrong_help(codes::J0408, value, "what is spread may be absent", "write `...(… ?? {})`");
        }
        let wanted = partial(ty, 0);
        if let Err(why) = fits(&typed.ty, &wanted) {
            self.mismatch(value, &typed.ty, ty, &why);
        }
    }

    fn remove(&mut self, ty: &Ty, key: &Key, range: Range, at: Option<ExprId>) {
        let name = match key {
            Key::Name(n) => n.clone(),
            Key::Computed(k) => match self.value(*k).single_text() {
                Some(n) => n.clone(),
                None => return,
            },
        };
        let Some(f) = self.place_field(ty, &name, range) else { return };
        if let Some(index) = at {
            self.value(index);
            return;
        }
        if !f.is_optional() && !f.ty.is_error() {
            let span = self.at(range);
            self.report(Diagnostic::new(codes::J0609, format!("`{ty}` needs `{name}`: it cannot be removed")).primary(span, "").help("write `:=` with another value"));
        }
    }
}

/// Fields that the API server itself demands wherever they occur in a workload.
fn always_there(name: &str) -> bool {
    matches!(name, "spec" | "template" | "jobTemplate" | "metadata")
}

/// The type of what identifies an element: the key's, or a record of several.
fn key_type(element: &Ty, keys: &[EcoString]) -> Option<Ty> {
    let r = element.as_record()?;
    match keys {
        [one] => r.field(one).map(|f| f.ty.clone()),
        many => {
            let fields = many.iter().filter_map(|k| r.field(k).cloned()).collect();
            Some(Type::Record(Record { fields, ..Record::default() }).share())
        }
    }
}

/// An element whose key fields may be left out.
fn without_keys(element: &Ty, keys: &[EcoString]) -> Ty {
    let Some(r) = element.as_record() else { return element.clone() };
    let mut r = r.clone();
    for f in r.fields.iter_mut().filter(|f| keys.contains(&f.name)) {
        f.presence = Presence::Optional;
    }
    Type::Record(r).share()
}

/// A type all of whose fields may be left out: what merges into it.
fn partial(ty: &Ty, depth: u32) -> Ty {
    if depth > 6 {
        return ty.clone();
    }
    match ty.shape() {
        Type::Record(r) => {
            let mut r = r.clone();
            for f in &mut r.fields {
                f.presence = Presence::Optional;
                f.ty = partial(&f.ty, depth + 1);
            }
            Type::Record(r).share()
        }
        Type::Union(u) => unite(&u.members.iter().map(|m| partial(m, depth + 1)).collect::<Vec<_>>()).0,
        _ => ty.clone(),
    }
}
