//! Static types, and what the functions of the libraries take and give.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::OnceLock;

use ecow::EcoString;

use crate::kube::crd::{Schema, Type};

/// The type of an expression. `'s` is the life of the schemas that it looks into.
#[derive(Clone, Debug)]
pub enum Ty<'s> {
    /// Checked at evaluation.
    Dyn,
    Null,
    Bool,
    Int,
    Uint,
    Double,
    Str,
    Bytes,
    Duration,
    Timestamp,
    Type,
    List(Arc<Ty<'s>>),
    Map(Arc<Ty<'s>>, Arc<Ty<'s>>),
    /// An object with the fields of this schema.
    Object(&'s Schema),
    Optional(Arc<Ty<'s>>),
    /// Named values, each with a type of its own: the variables of a policy.
    Record(Arc<Vec<(EcoString, Ty<'s>)>>),
    Url,
    Ip,
    Cidr,
    Quantity,
    Semver,
    Format,
}

impl<'s> Ty<'s> {
    /// The type that rules see for data of a schema; `None` when they cannot reach such data (`SchemaDeclType`).
    pub fn of(schema: &'s Schema, root: bool) -> Option<Self> {
        if schema.int_or_string {
            return Some(Ty::Dyn);
        }
        let schema = if root { schema.with_meta() } else { schema };
        Some(match schema.kind {
            Type::Any => return None,
            Type::Array => {
                let items = schema.items.as_deref()?;
                Ty::List(Arc::new(Ty::of(items, items.embedded)?))
            }
            Type::Object => match schema.additional_schema() {
                Some(values) => Ty::Map(Arc::new(Ty::Str), Arc::new(Ty::of(values, values.embedded)?)),
                None => Ty::Object(schema),
            },
            Type::String => match schema.format.as_str() {
                "byte" => Ty::Bytes,
                "duration" => Ty::Duration,
                "date" | "date-time" => Ty::Timestamp,
                _ => Ty::Str,
            },
            Type::Boolean => Ty::Bool,
            Type::Number => Ty::Double,
            Type::Integer => Ty::Int,
        })
    }

    /// The type's name in messages.
    pub fn name(&self) -> String {
        match self {
            Ty::Dyn => "dyn".into(),
            Ty::Null => "null".into(),
            Ty::Bool => "bool".into(),
            Ty::Int => "int".into(),
            Ty::Uint => "uint".into(),
            Ty::Double => "double".into(),
            Ty::Str => "string".into(),
            Ty::Bytes => "bytes".into(),
            Ty::Duration => "duration".into(),
            Ty::Timestamp => "timestamp".into(),
            Ty::Type => "type".into(),
            Ty::List(t) => format!("list({})", t.name()),
            Ty::Map(k, v) => format!("map({}, {})", k.name(), v.name()),
            Ty::Object(_) | Ty::Record(_) => "object".into(),
            Ty::Optional(t) => format!("optional({})", t.name()),
            Ty::Url => "URL".into(),
            Ty::Ip => "IP".into(),
            Ty::Cidr => "CIDR".into(),
            Ty::Quantity => "quantity".into(),
            Ty::Semver => "semver".into(),
            Ty::Format => "format".into(),
        }
    }

    /// Whether values of both types can be the same: what `==`, list elements and branches need.
    pub fn meets(&self, other: &Ty<'s>) -> bool {
        match (self, other) {
            (Ty::Dyn | Ty::Null, _) | (_, Ty::Dyn | Ty::Null) => true,
            (Ty::List(a), Ty::List(b)) | (Ty::Optional(a), Ty::Optional(b)) => a.meets(b),
            (Ty::Map(k, v), Ty::Map(l, w)) => k.meets(l) && v.meets(w),
            (Ty::Object(a), Ty::Object(b)) => std::ptr::eq(*a, *b) || alike(a, b, 0),
            // Objects of the resource are not the maps of an expression; leave that to the evaluation.
            (Ty::Object(_), Ty::Map(..)) | (Ty::Map(..), Ty::Object(_)) => true,
            (a, b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        }
    }

    /// The type of a choice between both.
    pub fn join(&self, other: &Ty<'s>) -> Ty<'s> {
        match (self, other) {
            (Ty::Null, t) | (t, Ty::Null) => t.clone(),
            (Ty::Dyn, _) | (_, Ty::Dyn) => Ty::Dyn,
            (Ty::List(a), Ty::List(b)) => Ty::List(Arc::new(a.join(b))),
            (Ty::Map(k, v), Ty::Map(l, w)) => Ty::Map(Arc::new(k.join(l)), Arc::new(v.join(w))),
            (Ty::Optional(a), Ty::Optional(b)) => Ty::Optional(Arc::new(a.join(b))),
            _ => self.clone(),
        }
    }
}

/// Whether two object schemas have the same fields. The server gives each place an own type; comparing places of the same form is left to it.
fn alike(a: &Schema, b: &Schema, depth: usize) -> bool {
    depth > 8 || a.property_names().eq(b.property_names())
}

/// A type in a signature.
#[derive(Clone, Debug)]
enum Param {
    Dyn,
    Var(u8),
    Plain(Ty<'static>),
    List(Box<Param>),
    Map(Box<Param>, Box<Param>),
    Optional(Box<Param>),
}

/// One form of a function.
#[derive(Debug)]
struct Overload {
    /// The first argument stands before the dot.
    member: bool,
    params: Vec<Param>,
    result: Param,
}

/// Every function: `NAME(ARGUMENTS) RESULT`, or `TARGET.NAME(ARGUMENTS) RESULT`. `A` and `B` are any types.
const SIGNATURES: &str = include_str!("signatures.txt");

fn table() -> &'static HashMap<&'static str, Vec<Overload>> {
    static TABLE: OnceLock<HashMap<&'static str, Vec<Overload>>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut all: HashMap<&'static str, Vec<Overload>> = HashMap::new();
        for line in SIGNATURES.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
            if let Some((name, overload)) = signature(line) {
                all.entry(name).or_default().push(overload);
            }
        }
        all
    })
}

fn signature(line: &'static str) -> Option<(&'static str, Overload)> {
    let (call, result) = line.rsplit_once(") ")?;
    let (head, args) = call.split_once('(')?;
    let (target, name) = match head.split_once(':') {
        Some((target, name)) => (Some(target), name),
        None => (None, head),
    };
    let mut params: Vec<Param> = target.map(|t| param(t.trim())).into_iter().collect();
    params.extend(split(args).into_iter().map(param));
    Some((name.trim(), Overload { member: target.is_some(), params, result: param(result.trim()) }))
}

/// Arguments apart by commas outside angle brackets.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '<' => depth += 1,
            '>' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text.get(start..i).unwrap_or("").trim());
                start = i + 1;
            }
            _ => {}
        }
    }
    let last = text.get(start..).unwrap_or("").trim();
    if !last.is_empty() {
        parts.push(last);
    }
    parts
}

fn param(text: &str) -> Param {
    if let Some((outer, inner)) = text.strip_suffix('>').and_then(|t| t.split_once('<')) {
        let mut parts = split(inner).into_iter().map(|p| Box::new(param(p)));
        return match (outer, parts.next(), parts.next()) {
            ("list", Some(t), None) => Param::List(t),
            ("optional", Some(t), None) => Param::Optional(t),
            ("map", Some(k), Some(v)) => Param::Map(k, v),
            _ => Param::Dyn,
        };
    }
    Param::Plain(match text {
        "A" => return Param::Var(0),
        "B" => return Param::Var(1),
        "bool" => Ty::Bool,
        "int" => Ty::Int,
        "uint" => Ty::Uint,
        "double" => Ty::Double,
        "string" => Ty::Str,
        "bytes" => Ty::Bytes,
        "duration" => Ty::Duration,
        "timestamp" => Ty::Timestamp,
        "type" => Ty::Type,
        "url" => Ty::Url,
        "ip" => Ty::Ip,
        "cidr" => Ty::Cidr,
        "quantity" => Ty::Quantity,
        "semver" => Ty::Semver,
        "format" => Ty::Format,
        _ => return Param::Dyn,
    })
}

/// What the type variables of a signature stand for.
type Bindings<'s> = [Option<Ty<'s>>; 2];

fn matches<'s>(param: &Param, ty: &Ty<'s>, bound: &mut Bindings<'s>) -> bool {
    match (param, ty) {
        (Param::Var(i), t) => {
            let Some(place) = bound.get_mut(usize::from(*i)) else { return false };
            match place {
                Some(known) => {
                    let fits = known.meets(t);
                    *place = Some(known.join(t));
                    fits
                }
                None => {
                    *place = Some(t.clone());
                    true
                }
            }
        }
        (Param::Dyn, _) | (_, Ty::Dyn) => true,
        (Param::Plain(a), b) => std::mem::discriminant(a) == std::mem::discriminant(b),
        (Param::List(p), Ty::List(t)) | (Param::Optional(p), Ty::Optional(t)) => matches(p, t, bound),
        (Param::Map(k, v), Ty::Map(x, y)) => matches(k, x, bound) && matches(v, y, bound),
        _ => false,
    }
}

fn result<'s>(param: &Param, bound: &Bindings<'s>) -> Ty<'s> {
    match param {
        Param::Dyn => Ty::Dyn,
        Param::Var(i) => bound.get(usize::from(*i)).cloned().flatten().unwrap_or(Ty::Dyn),
        Param::Plain(t) => t.clone(),
        Param::List(p) => Ty::List(Arc::new(result(p, bound))),
        Param::Optional(p) => Ty::Optional(Arc::new(result(p, bound))),
        Param::Map(k, v) => Ty::Map(Arc::new(result(k, bound)), Arc::new(result(v, bound))),
    }
}

/// Why a call has no type.
pub(super) enum NoCall {
    /// No function has this name.
    Unknown,
    /// It does not take these arguments.
    Mismatch,
}

/// The type of a call; `args` begin with the target of a member call.
pub(super) fn call<'s>(name: &str, member: bool, args: &[Ty<'s>]) -> Result<Ty<'s>, NoCall> {
    let overloads = table().get(name).ok_or(NoCall::Unknown)?;
    let mut found: Option<Ty<'s>> = None;
    for o in overloads.iter().filter(|o| o.member == member && o.params.len() == args.len()) {
        let mut bound: Bindings<'s> = [None, None];
        if o.params.iter().zip(args).all(|(p, a)| matches(p, a, &mut bound)) {
            let ty = result(&o.result, &bound);
            found = Some(match found {
                None => ty,
                Some(other) if std::mem::discriminant(&other) == std::mem::discriminant(&ty) => other.join(&ty),
                Some(_) => Ty::Dyn,
            });
        }
    }
    found.ok_or(NoCall::Mismatch)
}
