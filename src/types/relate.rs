//! Which types fit which: subtyping with the reason where it fails, and overlap.

use ecow::EcoString;

use super::interval::{Bounds, Interval, Length};
use super::text::{Failure, Format, Text};
use super::ty::{List, MapType, Record, Ty, Type};

/// Why a type does not fit another.
#[derive(Clone, Debug)]
pub enum Mismatch {
    /// Another kind of value.
    Kind,
    /// Wide types (`Json`, `Object`) fit nothing narrower.
    TooWide,
    Integer {
        can: Interval,
        must: Interval,
    },
    Number {
        can: Bounds,
        must: Bounds,
    },
    Text {
        failure: Failure,
        must: Text,
    },
    ListLength {
        can: Length,
        must: Length,
    },
    /// Elements may repeat the keys.
    ListKeys(EcoString),
    /// A required field is missing.
    Missing(EcoString),
    /// A field that must be there may be absent.
    MayBeAbsent(EcoString),
    /// A field that the other does not have.
    Unknown {
        name: EcoString,
        known: Vec<EcoString>,
    },
    /// No member fits.
    NoMember,
    /// A type parameter is opaque.
    Opaque,
    /// Inside: a field, the elements, the values or the keys.
    In {
        step: Step,
        why: Box<Mismatch>,
    },
}

/// Where inside a type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Field(EcoString),
    Element,
    Value,
    Key,
}

impl Mismatch {
    /// Where the mismatch lies, from the outside in, and what it is there.
    pub fn innermost(&self) -> (Vec<Step>, &Mismatch) {
        let mut steps = Vec::new();
        let mut at = self;
        while let Mismatch::In { step, why } = at {
            steps.push(step.clone());
            at = why;
        }
        (steps, at)
    }

    fn inside(self, step: Step) -> Self {
        Mismatch::In { step, why: Box::new(self) }
    }
}

/// Whether every value of `a` is one of `b`.
pub fn fits(a: &Ty, b: &Ty) -> Result<(), Mismatch> {
    Relation::default().fits(a, b)
}

/// Whether every value of `a` is one of `b`, with extra fields of records forgiven (the callee gets a copy without them).
pub fn projects(a: &Ty, b: &Ty) -> Result<(), Mismatch> {
    Relation { projecting: true, ..Relation::default() }.fits(a, b)
}

/// A question under way.
#[derive(Default)]
struct Relation {
    projecting: bool,
    /// Pairs of named types that are assumed to fit while their structure is compared.
    assumed: Vec<(EcoString, EcoString)>,
    depth: u32,
}

impl Relation {
    fn fits(&mut self, a: &Ty, b: &Ty) -> Result<(), Mismatch> {
        if std::sync::Arc::ptr_eq(a, b) {
            return Ok(());
        }
        if self.depth > 100 {
            return Ok(());
        }
        self.depth += 1;
        let answer = self.compare(a, b);
        self.depth -= 1;
        answer
    }

    fn compare(&mut self, a: &Ty, b: &Ty) -> Result<(), Mismatch> {
        match (&**a, &**b) {
            (Type::Error | Type::Never, _) | (_, Type::Error | Type::Json) => Ok(()),
            (Type::Named(x), Type::Named(y)) => self.named(x, y),
            (Type::Named(x), Type::Object) => {
                if x.kind.is_some() {
                    Ok(())
                } else {
                    Err(Mismatch::Kind)
                }
            }
            (Type::Object, Type::Object) => Ok(()),
            (Type::Union(u), _) => u.members.iter().try_for_each(|m| self.fits(m, b)),
            (_, Type::Union(u)) => self.member(a, &u.members),
            (Type::Named(x), _) => self.fits(&x.shape().clone(), b),
            (_, Type::Named(y)) => self.fits(a, &y.shape().clone()),
            (Type::Json | Type::Object, _) => Err(Mismatch::TooWide),
            (Type::Record(r), Type::Object) => self.object(r),
            (Type::Null, Type::Null) => Ok(()),
            (Type::Bool(x), Type::Bool(y)) => {
                if y.is_none() || x == y {
                    Ok(())
                } else {
                    Err(Mismatch::Kind)
                }
            }
            (Type::Int(x), Type::Int(y)) => {
                if x.within(*y) {
                    Ok(())
                } else {
                    Err(Mismatch::Integer { can: *x, must: *y })
                }
            }
            (Type::Int(x), Type::Number(y)) => number(&Bounds::of(*x), y),
            (Type::Number(x), Type::Number(y)) => number(x, y),
            (Type::Text(x), Type::Text(y)) => x.within(y).map_err(|failure| Mismatch::Text { failure, must: y.clone() }),
            (Type::Text(x), Type::Quantity) => {
                let must = Text::format(Format::Quantity);
                x.within(&must).map_err(|failure| Mismatch::Text { failure, must })
            }
            (Type::Int(_) | Type::Number(_) | Type::Quantity, Type::Quantity) => Ok(()),
            (Type::List(x), Type::List(y)) => self.list(x, y),
            (Type::Map(x), Type::Map(y)) => self.map(x, y),
            (Type::Record(x), Type::Record(y)) => self.record(x, y),
            (Type::Record(x), Type::Map(y)) => self.record_as_map(x, y),
            _ => Err(Mismatch::Kind),
        }
    }

    fn named(&mut self, x: &super::ty::Named, y: &super::ty::Named) -> Result<(), Mismatch> {
        if x.identity == y.identity || self.assumed.iter().any(|(p, q)| *p == x.identity && *q == y.identity) {
            return Ok(());
        }
        self.assumed.push((x.identity.clone(), y.identity.clone()));
        let answer = self.fits(&x.shape().clone(), &y.shape().clone());
        self.assumed.pop();
        answer
    }

    /// Whether `a` fits one of the members; the reason is that of the member it is nearest to.
    fn member(&mut self, a: &Ty, members: &[Ty]) -> Result<(), Mismatch> {
        if let Type::Quantity = &**a {
            let both =
                members.iter().any(|m| matches!(&**m, Type::Text(Text::Any))) && members.iter().any(|m| matches!(&**m, Type::Number(b) if b.low.is_none() && b.high.is_none()));
            if both {
                return Ok(());
            }
        }
        if let Type::Named(n) = &**a
            && let Type::Union(u) = &**n.shape()
        {
            return u.members.iter().try_for_each(|m| self.member(m, members));
        }
        let mut nearest: Option<(usize, Mismatch)> = None;
        for m in members {
            match self.fits(a, m) {
                Ok(()) => return Ok(()),
                Err(why) => {
                    let score = closeness(a, m, &why);
                    if nearest.as_ref().is_none_or(|(s, _)| score > *s) {
                        nearest = Some((score, why));
                    }
                }
            }
        }
        match nearest {
            Some((score, why)) if score > 0 => Err(why),
            Some(_) => Err(Mismatch::Kind),
            None => Err(Mismatch::Kind),
        }
    }

    fn object(&mut self, r: &Record) -> Result<(), Mismatch> {
        for name in ["apiVersion", "kind"] {
            match r.field(name) {
                None => return Err(Mismatch::Missing(name.into())),
                Some(f) if f.is_optional() => return Err(Mismatch::MayBeAbsent(name.into())),
                Some(f) => self.fits(&f.ty, &Type::string()).map_err(|w| w.inside(Step::Field(name.into())))?,
            }
        }
        Ok(())
    }

    fn list(&mut self, x: &List, y: &List) -> Result<(), Mismatch> {
        self.fits(&x.element, &y.element).map_err(|w| w.inside(Step::Element))?;
        if !x.length.within(y.length) {
            return Err(Mismatch::ListLength { can: x.length, must: y.length });
        }
        if let Some(keys) = y.keys.as_ref().filter(|_| !y.kubernetes)
            && x.length.max.is_none_or(|m| m > 1)
            && x.keys.as_ref() != Some(keys)
        {
            return Err(Mismatch::ListKeys(keys.join(", ").into()));
        }
        Ok(())
    }

    fn map(&mut self, x: &MapType, y: &MapType) -> Result<(), Mismatch> {
        if !matches!(&*x.value, Type::Never) {
            self.fits(&x.key, &y.key).map_err(|w| w.inside(Step::Key))?;
        }
        self.fits(&x.value, &y.value).map_err(|w| w.inside(Step::Value))?;
        if x.length.within(y.length) { Ok(()) } else { Err(Mismatch::ListLength { can: x.length, must: y.length }) }
    }

    fn record(&mut self, x: &Record, y: &Record) -> Result<(), Mismatch> {
        for f in &y.fields {
            match x.field(&f.name) {
                Some(g) => {
                    if g.is_optional() && !f.is_optional() {
                        return Err(Mismatch::MayBeAbsent(f.name.clone()));
                    }
                    self.fits(&g.ty, &f.ty).map_err(|w| w.inside(Step::Field(f.name.clone())))?;
                }
                None if f.is_optional() => {
                    if let Some((_, value)) = &x.rest {
                        self.fits(value, &f.ty).map_err(|w| w.inside(Step::Field(f.name.clone())))?;
                    }
                }
                None => return Err(Mismatch::Missing(f.name.clone())),
            }
        }
        self.rows(x, y)?;
        for f in x.fields.iter().filter(|f| y.field(&f.name).is_none()) {
            match &y.rest {
                Some((key, value)) => {
                    self.fits(&Type::literal(f.name.clone()), key).map_err(|w| w.inside(Step::Key))?;
                    self.fits(&f.ty, value).map_err(|w| w.inside(Step::Field(f.name.clone())))?;
                }
                None if self.projecting => {}
                None => return Err(Mismatch::Unknown { name: f.name.clone(), known: y.fields.iter().map(|f| f.name.clone()).collect() }),
            }
        }
        match (&x.rest, &y.rest) {
            (Some((k, v)), Some((l, w))) => {
                self.fits(k, l).map_err(|w| w.inside(Step::Key))?;
                self.fits(v, w).map_err(|w| w.inside(Step::Value))
            }
            (Some(_), None) if !self.projecting => Err(Mismatch::Kind),
            _ => Ok(()),
        }
    }

    fn rows(&mut self, x: &Record, y: &Record) -> Result<(), Mismatch> {
        let missing = y.rows.iter().any(|r| !x.rows.contains(r));
        let extra = !self.projecting && x.rows.iter().any(|r| !y.rows.contains(r)) && y.rest.is_none();
        if missing || extra { Err(Mismatch::Opaque) } else { Ok(()) }
    }

    fn record_as_map(&mut self, x: &Record, y: &MapType) -> Result<(), Mismatch> {
        if !x.rows.is_empty() {
            return Err(Mismatch::Opaque);
        }
        for f in &x.fields {
            self.fits(&Type::literal(f.name.clone()), &y.key).map_err(|w| w.inside(Step::Key))?;
            self.fits(&f.ty, &y.value).map_err(|w| w.inside(Step::Field(f.name.clone())))?;
        }
        if let Some((k, v)) = &x.rest {
            self.fits(k, &y.key).map_err(|w| w.inside(Step::Key))?;
            self.fits(v, &y.value).map_err(|w| w.inside(Step::Value))?;
        }
        let least = x.fields.iter().filter(|f| !f.is_optional()).count() as u64;
        if least >= y.length.min { Ok(()) } else { Err(Mismatch::ListLength { can: Length::new(least, None), must: y.length }) }
    }
}

fn number(x: &Bounds, y: &Bounds) -> Result<(), Mismatch> {
    if x.within(y) { Ok(()) } else { Err(Mismatch::Number { can: x.clone(), must: y.clone() }) }
}

/// How near a type came to a member that it does not fit: 0 when it is another kind of value.
fn closeness(a: &Ty, member: &Ty, why: &Mismatch) -> usize {
    let same = json_kind(a) == json_kind(member);
    if !same {
        return 0;
    }
    match (a.as_record(), member.as_record()) {
        (Some(x), Some(y)) => {
            let tags = x.fields.iter().filter(|f| y.field(&f.name).is_some_and(|g| is_tag(&f.ty) && is_tag(&g.ty) && !disjoint(&f.ty, &g.ty))).count();
            let clash = x.fields.iter().any(|f| y.field(&f.name).is_some_and(|g| is_tag(&f.ty) && is_tag(&g.ty) && disjoint(&f.ty, &g.ty)));
            let known = x.fields.iter().filter(|f| y.field(&f.name).is_some()).count();
            let inside = usize::from(matches!(why, Mismatch::In { .. }));
            if clash { 1 } else { 2 + tags * 100 + known * 2 + inside }
        }
        _ => 1 + usize::from(matches!(why, Mismatch::Text { .. } | Mismatch::Integer { .. })),
    }
}

/// Whether a type is a set of scalar literals.
pub fn is_tag(ty: &Ty) -> bool {
    match ty.shape() {
        Type::Text(Text::Literals(_)) | Type::Bool(Some(_)) => true,
        Type::Int(i) => i.single().is_some(),
        Type::Union(u) => u.members.iter().all(is_tag),
        _ => false,
    }
}

/// The kinds of JSON, as far as they tell union members apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    Null,
    Boolean,
    Number,
    String,
    List,
    Object,
    /// Several or unknown.
    Any,
}

/// The kind of JSON that a type's values have.
pub fn json_kind(ty: &Ty) -> JsonKind {
    match ty.shape() {
        Type::Null => JsonKind::Null,
        Type::Bool(_) => JsonKind::Boolean,
        Type::Int(_) | Type::Number(_) => JsonKind::Number,
        Type::Text(_) => JsonKind::String,
        Type::List(_) => JsonKind::List,
        Type::Map(_) | Type::Record(_) | Type::Object => JsonKind::Object,
        _ => JsonKind::Any,
    }
}

/// Whether no value is in both, as far as one can tell.
pub fn disjoint(a: &Ty, b: &Ty) -> bool {
    apart(a, b, 0)
}

fn apart(a: &Ty, b: &Ty, depth: u32) -> bool {
    if depth > 6 {
        return false;
    }
    match (a.shape(), b.shape()) {
        (Type::Error | Type::Json, _) | (_, Type::Error | Type::Json) => false,
        (Type::Never, _) | (_, Type::Never) => true,
        (Type::Union(u), _) => u.members.iter().all(|m| apart(m, b, depth + 1)),
        (_, Type::Union(u)) => u.members.iter().all(|m| apart(a, m, depth + 1)),
        (Type::Bool(x), Type::Bool(y)) => x.is_some() && y.is_some() && x != y,
        (Type::Int(x), Type::Int(y)) => x.meet(*y).is_empty(),
        (Type::Int(x), Type::Number(y)) | (Type::Number(y), Type::Int(x)) => Bounds::of(*x).disjoint(y),
        (Type::Number(x), Type::Number(y)) => x.disjoint(y),
        (Type::Text(x), Type::Text(y)) => x.disjoint(y),
        (Type::Quantity, Type::Text(y)) | (Type::Text(y), Type::Quantity) => Text::format(Format::Quantity).disjoint(y),
        (Type::Quantity, Type::Int(_) | Type::Number(_) | Type::Quantity) | (Type::Int(_) | Type::Number(_), Type::Quantity) => false,
        (Type::Record(x), Type::Record(y)) => records_apart(x, y, depth),
        (Type::List(x), Type::List(y)) => x.length.meet(y.length).is_empty() || (x.length.min > 0 && apart(&x.element, &y.element, depth + 1)),
        _ => json_kind(a) != json_kind(b),
    }
}

fn records_apart(x: &Record, y: &Record, depth: u32) -> bool {
    let one_way = |x: &Record, y: &Record| {
        x.fields.iter().any(|f| {
            !f.is_optional()
                && match y.field(&f.name) {
                    Some(g) => !g.is_optional() && apart(&f.ty, &g.ty, depth + 1),
                    None => !y.is_open(),
                }
        })
    };
    one_way(x, y) || one_way(y, x)
}
