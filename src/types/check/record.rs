//! Record literals: what they make in every case, compared with what is expected.

use ecow::EcoString;

use super::Checker;
use crate::base::{Range, Span};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{Assign, Expr, ExprId, Key, Member};
use crate::types::interval::Length;
use crate::types::relate::{JsonKind, fits, json_kind};
use crate::types::ty::{Field, MapType, Presence, Record, Ty, Type, Versions};
use crate::types::unions::{Choice, Shown, choose, unite};

/// More alternatives than this are not told apart.
const ALTERNATIVES: usize = 32;

/// What the literal is to be.
#[derive(Clone)]
pub(super) enum Target {
    /// Nothing is expected, or anything will do.
    Free,
    Record(Ty, Record),
    Map(MapType),
}

/// A field that a literal makes.
#[derive(Clone, Debug)]
pub(super) struct Made {
    pub name: EcoString,
    pub ty: Ty,
    /// It is there in every case.
    pub always: bool,
    pub range: Range,
    /// Written out, not spread.
    pub written: bool,
    /// The type that a spread brings, to be compared when everything is known.
    pub spread: Option<Ty>,
    /// That its versions are in force has been checked where it was made.
    pub settled: bool,
}

/// What a literal makes in one case.
#[derive(Clone, Debug, Default)]
pub(super) struct Alternative {
    pub fields: Vec<Made>,
    pub rest: Option<(Ty, Ty)>,
    pub rows: Vec<EcoString>,
}

impl Alternative {
    fn get(&self, name: &str) -> Option<&Made> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// Its type: a map when keys are computed.
    fn ty(&self) -> Ty {
        let Some((key, value)) = &self.rest else {
            let fields = self.fields.iter().map(|m| Field::new(m.name.clone(), m.ty.clone(), if m.always { Presence::Required } else { Presence::Optional })).collect();
            return Type::Record(Record { fields, rows: self.rows.clone(), ..Record::default() }).share();
        };
        let mut keys = key.clone();
        let mut values = value.clone();
        for f in &self.fields {
            keys = super::flow::join(&keys, &Type::literal(f.name.clone())).unwrap_or_else(Type::string);
            values = super::flow::join(&values, &f.ty).unwrap_or_else(|| Type::Json.share());
        }
        let least = self.fields.iter().filter(|f| f.always).count() as u64;
        Type::Map(MapType { key: keys, value: values, length: Length::new(least, None) }).share()
    }
}

impl Checker<'_> {
    pub fn record_literal(&mut self, e: ExprId, members: &[Member], expected: Option<&Ty>) -> Ty {
        let target = match expected {
            None => Target::Free,
            Some(ty) => match self.target(e, members, ty) {
                Some(t) => t,
                None => {
                    self.build(members, &Target::Free);
                    return Type::error();
                }
            },
        };
        let before = self.out.len();
        let alternatives = self.build(members, &target);
        let mut good = true;
        for a in &alternatives {
            good &= self.complete(e, a, &target);
        }
        let made = unite(&alternatives.iter().map(Alternative::ty).collect::<Vec<_>>()).0;
        if let (Some(ty), Target::Free, true) = (expected, &target, good && self.out.len() == before)
            && let Err(why) = fits(&made, ty)
        {
            self.mismatch(e, &made, ty, &why);
        }
        match (expected, &target) {
            // Defaults are filled in.
            (Some(ty), Target::Record(member, _)) if ty.members().len() == 1 => filled(&made, member),
            _ => made,
        }
    }

    /// What a literal is to be where `ty` is expected; reports where `ty` has no records.
    fn target(&mut self, e: ExprId, members: &[Member], ty: &Ty) -> Option<Target> {
        let candidates: Vec<Ty> = ty.members().into_iter().filter(|m| matches!(json_kind(m), JsonKind::Object) || matches!(m.shape(), Type::Json | Type::Error)).collect();
        match candidates.as_slice() {
            [] => {
                self.wrong(codes::J0303, e, format!("expected `{ty}`, found a record"));
                None
            }
            [one] => Some(self.one_target(one)),
            many => self.choose_target(e, members, ty, many),
        }
    }

    fn one_target(&mut self, ty: &Ty) -> Target {
        match ty.shape() {
            Type::Record(r) => Target::Record(ty.clone(), r.clone()),
            Type::Map(m) => Target::Map(m.clone()),
            Type::Object => {
                let seen = super::seen_object(self.types);
                match seen.as_record() {
                    Some(r) => {
                        let mut r = r.clone();
                        for f in r.fields.iter_mut().filter(|f| f.name == "metadata") {
                            f.presence = Presence::Optional;
                            f.ty = self.types.schemas.named("meta/v1", "ObjectMeta").unwrap_or_else(|| Type::Json.share());
                        }
                        Target::Record(ty.clone(), r)
                    }
                    None => Target::Free,
                }
            }
            _ => Target::Free,
        }
    }

    fn choose_target(&mut self, e: ExprId, members: &[Member], ty: &Ty, many: &[Ty]) -> Option<Target> {
        let Type::Union(union) = ty.shape() else { return Some(Target::Free) };
        let alternatives = self.ask(|c| c.build(members, &Target::Free));
        let [only] = alternatives.as_slice() else { return Some(Target::Free) };
        match choose(union, &Literal(only)) {
            Choice::One(i) => Some(union.members.get(i).map_or(Target::Free, |m| self.one_target(m))),
            Choice::BadTag(tag) => {
                let value = members.iter().find_map(|m| match m {
                    Member::Field { key: Key::Name(n), value, .. } if *n == tag => Some(*value),
                    _ => None,
                });
                let all: Vec<Ty> = many.iter().filter_map(|m| m.as_record()?.field(&tag).map(|f| f.ty.clone())).collect();
                if let Some(v) = value {
                    let wanted = unite(&all).0;
                    let got = self.ask(|c| c.infer(v)).ty;
                    self.compare(v, &got, &wanted);
                }
                None
            }
            Choice::NoTag(tag) => {
                self.missing(e, &tag, ty);
                None
            }
            Choice::Nothing(fields) => {
                let there: Vec<&Made> = only.fields.iter().filter(|f| fields.contains(&f.name)).collect();
                let names = |all: &[String]| all.join("`, `");
                let span = self.open_brace(e);
                if let [_, second, ..] = there.as_slice() {
                    let list: Vec<String> = there.iter().map(|f| f.name.to_string()).collect();
                    let at = self.at(second.range);
                    self.report(Diagnostic::new(codes::J0309, format!("`{}` exclude each other here", names(&list))).primary(at, ""));
                    return None;
                } else if !only.fields.iter().any(|f| !f.always) {
                    let list: Vec<String> = fields.iter().map(ToString::to_string).collect();
                    self.report(Diagnostic::new(codes::J0309, format!("this needs one of `{}`", names(&list))).primary(span, ""));
                    return None;
                }
                Some(Target::Free)
            }
            Choice::Several(_) => Some(Target::Free),
        }
    }

    /// The cases of a literal; values are checked where `target` says what they must be.
    pub(super) fn build(&mut self, members: &[Member], target: &Target) -> Vec<Alternative> {
        let mut cases = vec![Alternative::default()];
        self.add_members(members, target, &mut cases);
        cases
    }

    fn add_members(&mut self, members: &[Member], target: &Target, cases: &mut Vec<Alternative>) {
        for m in members {
            match m {
                Member::Field { .. } => self.add_field(m, target, cases),
                Member::Spread { value, range } => self.add_spread(*value, *range, cases),
                Member::If { condition, then, otherwise, .. } => {
                    let c = self.condition(*condition);
                    let mut yes = cases.clone();
                    let mut no = cases.clone();
                    self.under(&c.holds, |k| k.add_members(then, target, &mut yes));
                    self.under(&c.fails, |k| k.add_members(otherwise, target, &mut no));
                    *cases = match (self.impossible(&c.holds), self.impossible(&c.fails)) {
                        (true, false) => no,
                        (false, true) => yes,
                        _ => merge(yes, no),
                    };
                }
                Member::For { binders, source, filter, members, .. } => {
                    self.bind_loop(binders, *source);
                    let facts = filter.map(|f| self.condition(f).holds).unwrap_or_default();
                    let mut looped = cases.clone();
                    self.under(&facts, |k| k.add_members(members, target, &mut looped));
                    *cases = merge(looped, std::mem::take(cases));
                }
                Member::Let { local, ty, value } => self.bind_let(*local, *ty, false, *value),
                Member::Remove { key_range, range, .. } => {
                    let _ = range;
                    self.outside_patch("remove", *key_range);
                }
            }
        }
    }

    /// J0604.
    fn outside_patch(&mut self, what: &str, range: Range) {
        let span = self.at(range);
        self.report(Diagnostic::new(codes::J0604, format!("`{what}` stands only in records that a `patch` merges")).primary(span, "").help("write `:`"));
    }

    fn add_field(&mut self, m: &Member, target: &Target, cases: &mut [Alternative]) {
        let Member::Field { key, key_range, at, optional, assign, value, .. } = m else { return };
        if *assign != Assign::Merge || at.is_some() {
            self.outside_patch(if at.is_some() { "f[k]" } else { sign(*assign) }, *key_range);
        }
        match key {
            Key::Name(name) => {
                let wanted = self.wanted(name, *key_range, target);
                let typed = match &wanted {
                    Some(ty) => self.check(*value, ty),
                    None => self.infer(*value),
                };
                let emptiable = self.emptiable(*value);
                if typed.absent && !optional {
                    self.field_absent(name, *key_range, *value);
                }
                let made =
                    Made { name: name.clone(), ty: typed.ty, always: !(*optional && (typed.absent || emptiable)), range: *key_range, written: true, spread: None, settled: true };
                for case in cases.iter_mut() {
                    self.put(case, made.clone());
                }
            }
            Key::Computed(k) => {
                let ty = self.value(*k);
                if let Some(name) = ty.single_text().cloned() {
                    let wanted = self.wanted(&name, *key_range, target);
                    let typed = match &wanted {
                        Some(ty) => self.check(*value, ty),
                        None => self.infer(*value),
                    };
                    let made = Made { name, ty: typed.ty, always: !(*optional && typed.absent), range: *key_range, written: true, spread: None, settled: true };
                    for case in cases.iter_mut() {
                        self.put(case, made.clone());
                    }
                    return;
                }
                self.computed(*k, &ty, *optional, *value, target, cases);
            }
        }
    }

    /// A key that is computed: the record is a map.
    fn computed(&mut self, key: ExprId, ty: &Ty, optional: bool, value: ExprId, target: &Target, cases: &mut [Alternative]) {
        let span = self.span(key);
        self.waits("equal computed keys", span);
        if !super::expr::is_text(ty) {
            self.wrong(codes::J0303, key, format!("a key is text, not `{ty}`"));
        }
        let pair = match target {
            Target::Map(m) => Some((m.key.clone(), m.value.clone())),
            Target::Record(_, r) => match &r.rest {
                Some(pair) => Some(pair.clone()),
                None => {
                    self.wrong(codes::J0303, key, "the fields of this record are known: a key cannot be computed".to_string());
                    None
                }
            },
            Target::Free => None,
        };
        let typed = match &pair {
            Some((k, v)) => {
                self.compare(key, ty, k);
                self.check(value, v)
            }
            None => self.infer(value),
        };
        if typed.absent && !optional {
            self.may_be_absent(value);
        }
        for case in cases.iter_mut() {
            case.rest = Some(match case.rest.take() {
                None => (ty.clone(), typed.ty.clone()),
                Some((k, v)) => (super::flow::join(&k, ty).unwrap_or_else(Type::string), super::flow::join(&v, &typed.ty).unwrap_or_else(|| Type::Json.share())),
            });
        }
    }

    /// The type that a field of the target must have; reports a field that it does not have.
    pub(super) fn wanted(&mut self, name: &EcoString, range: Range, target: &Target) -> Option<Ty> {
        if let Target::Record(ty, _) = target {
            self.note_field(range, ty, name);
        }
        match target {
            Target::Free => None,
            Target::Map(m) => {
                if let Err(why) = fits(&Type::literal(name.clone()), &m.key) {
                    let finding = super::mismatch::explain(self.at(range), &Type::literal(name.clone()), &m.key, &why, true);
                    self.report(finding);
                }
                Some(m.value.clone())
            }
            Target::Record(ty, r) => match (r.field(name), &r.rest) {
                (Some(f), _) => {
                    {
                        let f = f.clone();
                        self.check_versions(&f, range);
                    }
                    Some(f.ty.clone())
                }
                (None, Some((_, value))) => Some(value.clone()),
                (None, None) => {
                    self.unknown_field(name, ty, r, range);
                    Some(Type::error())
                }
            },
        }
    }

    pub(super) fn unknown_field(&mut self, name: &str, ty: &Ty, r: &Record, range: Range) {
        let span = self.at(range);
        let mut finding = Diagnostic::new(codes::J0301, format!("`{ty}` has no field `{name}`")).primary(span, "");
        if let Some(near) = nearest(name, r.fields.iter().map(|f| f.name.as_str())) {
            finding = finding.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near);
        }
        self.report(finding);
    }

    /// J0401 for `k: e`.
    pub(super) fn field_absent(&mut self, name: &str, key: Range, value: ExprId) {
        let text = self.describe(value);
        let span = self.span(value);
        let end = Range::new(key.end, key.end);
        let at = self.at(end);
        self.report(
            Diagnostic::new(codes::J0401, format!("{text} may be absent"))
                .primary(span, format!("`{name}` must be there"))
                .help(format!("write `{name}?:` to leave it out then, or `?? …`"))
                .unsafe_fix(format!("write `{name}?:`"), at, "?"),
        );
    }

    /// Whether a literal may come out empty, so that `k?:` leaves it out: it has members, all of them optional.
    pub(super) fn emptiable(&self, e: ExprId) -> bool {
        let m = self.program.module(self.module);
        match m.expr(e) {
            Expr::Record(members) => {
                !members.is_empty()
                    && members
                        .iter()
                        .all(|m| matches!(m, Member::Field { optional: true, .. } | Member::Spread { .. } | Member::If { .. } | Member::For { .. } | Member::Let { .. }))
            }
            Expr::List(items) => !items.is_empty() && items.iter().all(|i| !matches!(i, crate::hir::ListItem::Value(_))),
            Expr::If { then, otherwise, .. } => self.emptiable(*then) || otherwise.is_some_and(|o| self.emptiable(o)),
            Expr::Match { arms, .. } => arms.iter().any(|a| self.emptiable(a.value)),
            _ => false,
        }
    }

    /// A field written out beats spreads; twice on one path is an error.
    fn put(&mut self, case: &mut Alternative, made: Made) {
        let Some(i) = case.fields.iter().position(|f| f.name == made.name) else {
            case.fields.push(made);
            return;
        };
        let Some(known) = case.fields.get_mut(i) else { return };
        if known.written {
            let (again, first) = (made.range, known.range);
            let name = made.name.clone();
            let (a, b) = (self.at(again), self.at(first));
            self.report(Diagnostic::new(codes::J0310, format!("`{name}` is given twice")).primary(a, "").secondary(b, "the first"));
            return;
        }
        if made.always {
            *known = made;
        } else {
            known.ty = super::flow::join(&known.ty, &made.ty).unwrap_or_else(|| made.ty.clone());
            known.written = true;
        }
    }

    fn add_spread(&mut self, value: ExprId, range: Range, cases: &mut Vec<Alternative>) {
        let typed = self.infer(value);
        if typed.absent {
            self.wrong_help(codes::J0408, value, "what is spread may be absent", "write `...(… ?? {})`");
        }
        let mut out: Vec<Alternative> = Vec::new();
        for member in typed.ty.members() {
            for case in cases.iter() {
                if out.len() >= ALTERNATIVES {
                    break;
                }
                let mut case = case.clone();
                match member.shape() {
                    Type::Record(r) => self.spread_record(&mut case, r, range),
                    Type::Map(m) => self.spread_rest(&mut case, &m.key, &m.value),
                    Type::Object => self.spread_rest(&mut case, &Type::string(), &Type::Json.share()),
                    Type::Error | Type::Never => case.rest = Some((Type::error(), Type::error())),
                    _ => {
                        self.wrong(codes::J0303, value, format!("only records and maps can be spread into a record, not `{member}`"));
                        case.rest = Some((Type::error(), Type::error()));
                    }
                }
                out.push(case);
            }
        }
        if !out.is_empty() {
            *cases = out;
        }
    }

    fn spread_rest(&mut self, case: &mut Alternative, key: &Ty, value: &Ty) {
        case.rest = Some(match case.rest.take() {
            None => (key.clone(), value.clone()),
            Some((k, v)) => (super::flow::join(&k, key).unwrap_or_else(Type::string), super::flow::join(&v, value).unwrap_or_else(|| Type::Json.share())),
        });
    }

    fn spread_record(&mut self, case: &mut Alternative, r: &Record, range: Range) {
        case.rows.extend(r.rows.iter().cloned());
        if let Some((k, v)) = &r.rest {
            self.spread_rest(case, k, v);
        }
        for f in &r.fields {
            let always = !f.is_optional();
            let Some(known) = case.fields.iter_mut().find(|k| k.name == f.name) else {
                case.fields.push(Made {
                    name: f.name.clone(),
                    ty: f.ty.clone(),
                    always,
                    range,
                    written: false,
                    spread: Some(f.ty.clone()),
                    settled: f.versions != Versions::ALL || f.gate.is_some(),
                });
                continue;
            };
            if known.written {
                let (first, name) = (known.range, known.name.clone());
                known.always |= always;
                let (a, b) = (self.at(range), self.at(first));
                self.report(Diagnostic::new(codes::J0317, format!("`{name}` is written out, so that of this spread has no effect")).primary(a, "").secondary(b, "this one wins"));
            } else if always {
                *known = Made {
                    name: f.name.clone(),
                    ty: f.ty.clone(),
                    always,
                    range,
                    written: false,
                    spread: Some(f.ty.clone()),
                    settled: f.versions != Versions::ALL || f.gate.is_some(),
                };
            } else {
                known.ty = super::flow::join(&known.ty, &f.ty).unwrap_or_else(|| f.ty.clone());
                known.spread = Some(known.ty.clone());
            }
        }
    }

    /// Whether one case of a literal is what is expected: nothing missing, spreads fit, groups are kept.
    fn complete(&mut self, e: ExprId, case: &Alternative, target: &Target) -> bool {
        match target {
            Target::Free => true,
            Target::Map(m) => self.complete_map(e, case, m),
            Target::Record(ty, r) => {
                let before = self.out.len();
                self.spreads_fit(case, ty, r);
                for f in r.fields.iter().filter(|f| f.is_required()) {
                    match case.get(&f.name) {
                        None => self.missing(e, &f.name, ty),
                        Some(m) if !m.always => {
                            let at = self.at(m.range);
                            self.report(Diagnostic::new(codes::J0401, format!("`{}` may be absent, but `{ty}` needs it", f.name)).primary(at, ""));
                        }
                        Some(_) => {}
                    }
                }
                self.groups(e, case, r);
                self.rest_fits(e, case, ty, r);
                let good = self.out.len() == before;
                if good {
                    let span = self.open_brace(e);
                    self.holds("records with all that is required and nothing unknown", span);
                }
                good
            }
        }
    }

    fn complete_map(&mut self, e: ExprId, case: &Alternative, m: &MapType) -> bool {
        let before = self.out.len();
        for f in case.fields.iter().filter(|f| f.spread.is_some()) {
            let at = self.at(f.range);
            for (given, wanted) in [(Type::literal(f.name.clone()), &m.key), (f.ty.clone(), &m.value)] {
                if let Err(why) = fits(&given, wanted) {
                    let finding = super::mismatch::explain(at, &given, wanted, &why, false);
                    self.report(finding);
                }
            }
        }
        if let Some((k, v)) = &case.rest {
            self.compare(e, k, &m.key);
            self.compare(e, v, &m.value);
        }
        let least = case.fields.iter().filter(|f| f.always).count() as u64;
        if least < m.length.min && !case.rest.as_ref().is_some_and(|(k, _)| k.is_error()) {
            let span = self.open_brace(e);
            self.report(Diagnostic::new(codes::J0504, format!("this map can have {least} entries, but must have {}", m.length.words())).primary(span, ""));
        }
        self.out.len() == before
    }

    fn spreads_fit(&mut self, case: &Alternative, ty: &Ty, r: &Record) {
        for made in case.fields.iter().filter(|f| f.spread.is_some()) {
            let at = self.at(made.range);
            match r.field(&made.name) {
                Some(f) => {
                    let given = made.spread.clone().unwrap_or_else(|| made.ty.clone());
                    if let Err(why) = fits(&given, &f.ty) {
                        let inner = crate::types::relate::Mismatch::In { step: crate::types::relate::Step::Field(made.name.clone()), why: Box::new(why) };
                        let finding = super::mismatch::explain(at, &given, &f.ty, &inner, false);
                        self.report(finding);
                    }
                    if !made.settled {
                        self.check_versions(f, made.range);
                    }
                }
                None => match &r.rest {
                    Some((_, value)) => {
                        if let Err(why) = fits(&made.ty, value) {
                            let finding = super::mismatch::explain(at, &made.ty, value, &why, false);
                            self.report(finding);
                        }
                    }
                    None => {
                        let name = &made.name;
                        self.report(
                            Diagnostic::new(codes::J0301, format!("`{ty}` has no field `{name}`, which this spread brings"))
                                .primary(at, "")
                                .help(format!("leave it out: `.without(\"{name}\")`")),
                        );
                    }
                },
            }
        }
    }

    fn rest_fits(&mut self, e: ExprId, case: &Alternative, ty: &Ty, r: &Record) {
        if let Some((k, v)) = &case.rest
            && !k.is_error()
        {
            match &r.rest {
                Some((key, value)) => {
                    self.compare(e, k, key);
                    self.compare(e, v, value);
                }
                None => {
                    let span = self.open_brace(e);
                    self.report(Diagnostic::new(codes::J0303, format!("a map is spread here, but the fields of `{ty}` are known")).primary(span, ""));
                }
            }
        }
        let extra = case.rows.iter().find(|row| !r.rows.contains(row));
        let lacking = r.rows.iter().find(|row| !case.rows.contains(row));
        if let Some(row) = extra.or(lacking)
            && case.rest.is_none()
        {
            let span = self.open_brace(e);
            self.report(Diagnostic::new(codes::J0303, format!("`{ty}` and this record do not have the same fields of `{row}`")).primary(span, ""));
        }
    }

    /// Fields of which one, or at most one, must be there.
    fn groups(&mut self, e: ExprId, case: &Alternative, r: &Record) {
        for g in &r.groups {
            let there: Vec<&Made> = case.fields.iter().filter(|f| g.fields.contains(&f.name)).collect();
            let sure: Vec<&&Made> = there.iter().filter(|f| f.always).collect();
            let names = |all: &[EcoString]| all.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            if let [first, second, ..] = sure.as_slice() {
                let (a, b) = (self.at(second.range), self.at(first.range));
                self.report(Diagnostic::new(codes::J0705, format!("`{}` and `{}` exclude each other", first.name, second.name)).primary(a, "").secondary(b, "one of them must go"));
            } else if g.required && there.is_empty() && case.rest.is_none() {
                let span = self.open_brace(e);
                let shown: Vec<EcoString> = g.fields.iter().take(6).cloned().collect();
                self.report(Diagnostic::new(codes::J0705, format!("this needs one of {}", names(&shown))).primary(span, ""));
            }
        }
    }

    /// J0302 at a record.
    pub(super) fn missing(&mut self, e: ExprId, name: &str, ty: &Ty) {
        let span = self.open_brace(e);
        self.report(Diagnostic::new(codes::J0302, format!("`{name}` is missing")).primary(span, format!("`{ty}` needs it")));
    }

    /// The first sign of a record, so that labels do not cover all of it.
    pub(super) fn open_brace(&self, e: ExprId) -> Span {
        let span = self.span(e);
        Span { end: (span.start + 1).min(span.end), ..span }
    }
}

/// What holds after either of two branches.
fn merge(yes: Vec<Alternative>, no: Vec<Alternative>) -> Vec<Alternative> {
    let ([a], [b]) = (yes.as_slice(), no.as_slice()) else {
        let mut all = yes;
        all.extend(no);
        all.truncate(ALTERNATIVES);
        return all;
    };
    let mut out = Alternative { rows: a.rows.clone(), ..Alternative::default() };
    for f in &a.fields {
        match b.get(&f.name) {
            Some(g) => {
                out.fields.push(Made { ty: super::flow::join(&f.ty, &g.ty).unwrap_or_else(|| unite(&[f.ty.clone(), g.ty.clone()]).0), always: f.always && g.always, ..f.clone() })
            }
            None => out.fields.push(Made { always: false, ..f.clone() }),
        }
    }
    out.fields.extend(b.fields.iter().filter(|g| a.get(&g.name).is_none()).map(|g| Made { always: false, ..g.clone() }));
    out.rest = match (&a.rest, &b.rest) {
        (Some((k, v)), Some((l, w))) => Some((super::flow::join(k, l).unwrap_or_else(Type::string), super::flow::join(v, w).unwrap_or_else(|| Type::Json.share()))),
        (x, y) => x.clone().or_else(|| y.clone()),
    };
    vec![out]
}

/// The literal's type with the defaulted fields of `expected` that it leaves out.
fn filled(made: &Ty, expected: &Ty) -> Ty {
    let (Some(m), Some(r)) = (made.as_record(), expected.as_record()) else { return made.clone() };
    let mut out = m.clone();
    for f in &r.fields {
        if !matches!(f.presence, Presence::Default(..)) {
            continue;
        }
        match out.fields.iter_mut().find(|g| g.name == f.name) {
            Some(g) if g.is_optional() => {
                g.presence = Presence::Required;
                g.ty = f.ty.clone();
            }
            Some(_) => {}
            None => out.fields.push(Field { presence: Presence::Required, ..f.clone() }),
        }
    }
    Type::Record(out).share()
}

fn sign(a: Assign) -> &'static str {
    match a {
        Assign::Merge => ":",
        Assign::Replace => ":=",
        Assign::Append => "+=",
        Assign::Take => "-=",
        Assign::Weak => "??=",
    }
}

/// A literal as the choice among members sees it.
struct Literal<'a>(&'a Alternative);

impl Shown for Literal<'_> {
    fn has(&self, field: &str) -> Option<bool> {
        match self.0.get(field) {
            Some(f) if f.always => Some(true),
            Some(_) => None,
            None => Some(false),
        }
    }

    fn can_be(&self, field: &str, ty: &Ty) -> Option<bool> {
        self.0.get(field).map(|f| !crate::types::relate::disjoint(&f.ty, ty))
    }
}
