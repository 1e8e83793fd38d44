//! Values at evaluation. Data of the object stay where they are: lists and maps of the object are references with their schema, elements are converted
//! when they are read (`UnstructuredToVal` of the API server).

use std::net::IpAddr;
use std::sync::Arc;

use ecow::EcoString;

use super::error::EvalError;
use super::quantity::Quantity;
use super::semver::Semver;
use super::time::Timestamp;
use super::url::Url;
use crate::kube::crd::{ListType, Schema, Type};
use crate::value::{Data, Map, Number, Value};

/// The result of an evaluation.
pub type Eval<'a> = Result<Val<'a>, EvalError>;

/// An address block: `10.0.0.0/8`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cidr {
    pub ip: IpAddr,
    pub bits: u8,
}

/// A CEL value.
#[derive(Clone, Debug)]
pub enum Val<'a> {
    Null,
    Bool(bool),
    Int(i64),
    Uint(u64),
    Double(f64),
    Str(EcoString),
    Bytes(Arc<[u8]>),
    /// Nanoseconds.
    Duration(i64),
    Timestamp(Timestamp),
    /// A type, by its name.
    Type(EcoString),
    /// A list that an expression made.
    List(Arc<Vec<Val<'a>>>),
    /// A map that an expression made.
    Map(Arc<Vec<(Val<'a>, Val<'a>)>>),
    /// A set or a keyed list of the object and another list, joined: its equality is that of the schema.
    Joined(Arc<Vec<Val<'a>>>, &'a Schema),
    /// A list of the object, with the schema of the list.
    DataList(&'a [Value], &'a Schema),
    /// A map of the object, with the schema of the map.
    DataMap(&'a Map, &'a Schema),
    /// A value of the object without a schema: only comparable.
    Unknown(&'a Value),
    Optional(Option<Arc<Val<'a>>>),
    Url(Arc<Url>),
    Ip(IpAddr),
    Cidr(Cidr),
    Quantity(Arc<Quantity>),
    Semver(Arc<Semver>),
    /// A named format of the `format` library.
    Format(EcoString),
}

/// The Go type of a value, for messages.
fn go_type(v: &Value) -> &'static str {
    match &v.data {
        Data::Null => "<nil>",
        Data::Bool(_) => "bool",
        Data::Int(_) => "int64",
        Data::Number(_) => "float64",
        Data::String(_) => "string",
        Data::List(_) => "[]interface {}",
        Data::Map(_) => "map[string]interface {}",
    }
}

/// A value of the object as its schema types it.
pub fn from_data<'a>(v: &'a Value, schema: &'a Schema) -> Eval<'a> {
    let wrong = |expected: &str| Err(EvalError::new(format!("invalid data, expected {expected}, got {}", go_type(v))));
    if v.is_null() {
        return if schema.nullable { Ok(Val::Null) } else { Err(EvalError::new("invalid data, got null for schema with nullable=false")) };
    }
    if schema.int_or_string {
        return match &v.data {
            Data::String(s) => Ok(Val::Str(s.clone())),
            Data::Int(i) => Ok(Val::Int(*i)),
            _ => Err(EvalError::new("invalid data, expected XIntOrString value to be either a string or integer")),
        };
    }
    match (schema.kind, &v.data) {
        (Type::Object, Data::Map(m)) => Ok(Val::DataMap(m, if schema.embedded { schema.with_meta() } else { schema })),
        (Type::Object, _) => Err(EvalError::new("invalid data, expected a map for the provided schema with type=object")),
        (Type::Array, Data::List(l)) if schema.items.is_some() => Ok(Val::DataList(&l.items, schema)),
        (Type::Array, Data::List(_)) => Err(EvalError::new("invalid array type, expected Items with a non-empty Schema")),
        (Type::Array, _) => Err(EvalError::new("invalid data, expected an array for the provided schema with type=array")),
        (Type::String, Data::String(s)) => from_text(s, &schema.format),
        (Type::String, _) => wrong("string"),
        (Type::Number, Data::Int(i)) => Ok(Val::Double(*i as f64)),
        (Type::Number, Data::Number(n)) => Ok(Val::Double(n.as_f64())),
        (Type::Number, _) => wrong("float"),
        (Type::Integer, Data::Int(i)) => Ok(Val::Int(*i)),
        (Type::Integer, _) => wrong("int"),
        (Type::Boolean, Data::Bool(b)) => Ok(Val::Bool(*b)),
        (Type::Boolean, _) => wrong("bool"),
        (Type::Any, _) if schema.preserve_unknown => Ok(Val::Unknown(v)),
        (Type::Any, _) => Err(EvalError::new(
            "invalid type, expected object, array, number, integer, boolean or string, or no type with x-kubernetes-int-or-string or x-kubernetes-preserve-unknown-fields is true, got ",
        )),
    }
}

fn from_text<'a>(s: &EcoString, format: &str) -> Eval<'a> {
    match format {
        "duration" => super::time::lenient_duration(s).map(Val::Duration).ok_or_else(|| EvalError::new(format!("Invalid duration {s}"))),
        "date" => Timestamp::date(s).map(Val::Timestamp).ok_or_else(|| EvalError::new(format!("Invalid date formatted string {s}"))),
        "date-time" => Timestamp::lenient(s).map(Val::Timestamp).ok_or_else(|| EvalError::new(format!("Invalid date-time formatted string {s}"))),
        "byte" => decode_base64(s).map(|b| Val::Bytes(b.into())).ok_or_else(|| EvalError::new(format!("Invalid byte formatted string {s}"))),
        _ => Ok(Val::Str(s.clone())),
    }
}

/// The URL alphabet, as the server decodes `format: byte` for rules; line ends are skipped as Go does.
fn decode_base64(s: &str) -> Option<Vec<u8>> {
    use base64::Engine as _;
    let clean: String = s.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    base64::engine::general_purpose::URL_SAFE.decode(clean).ok()
}

impl<'a> Val<'a> {
    /// A string.
    pub fn str(text: impl Into<EcoString>) -> Self {
        Val::Str(text.into())
    }

    /// A list that an expression made.
    pub fn list(items: Vec<Val<'a>>) -> Self {
        Val::List(Arc::new(items))
    }

    /// An optional with a value.
    pub fn some(v: Val<'a>) -> Self {
        Val::Optional(Some(Arc::new(v)))
    }

    /// The name of its type.
    pub fn type_name(&self) -> &str {
        match self {
            Val::Null => "null_type",
            Val::Bool(_) => "bool",
            Val::Int(_) => "int",
            Val::Uint(_) => "uint",
            Val::Double(_) => "double",
            Val::Str(_) => "string",
            Val::Bytes(_) => "bytes",
            Val::Duration(_) => "google.protobuf.Duration",
            Val::Timestamp(_) => "google.protobuf.Timestamp",
            Val::Type(_) => "type",
            Val::List(_) | Val::Joined(..) | Val::DataList(..) => "list",
            Val::Map(_) | Val::DataMap(..) => "map",
            Val::Unknown(_) => "unknown",
            Val::Optional(_) => "optional_type",
            Val::Url(_) => "kubernetes.URL",
            Val::Ip(_) => "net.IP",
            Val::Cidr(_) => "net.CIDR",
            Val::Quantity(_) => "kubernetes.Quantity",
            Val::Semver(_) => "kubernetes.Semver",
            Val::Format(_) => "kubernetes.NamedFormat",
        }
    }

    /// How many elements a list or map has.
    pub fn count(&self) -> Option<usize> {
        match self {
            Val::List(l) | Val::Joined(l, _) => Some(l.len()),
            Val::DataList(l, _) => Some(l.len()),
            Val::Map(m) => Some(m.len()),
            Val::DataMap(m, _) => Some(m.len()),
            _ => None,
        }
    }

    /// Whether it is a list.
    pub fn is_list(&self) -> bool {
        matches!(self, Val::List(_) | Val::Joined(..) | Val::DataList(..))
    }

    /// Whether it is a map.
    pub fn is_map(&self) -> bool {
        matches!(self, Val::Map(_) | Val::DataMap(..))
    }

    /// The element at a position of a list; `None` beyond its end.
    pub fn at(&self, i: usize) -> Option<Eval<'a>> {
        match self {
            Val::List(l) | Val::Joined(l, _) => l.get(i).cloned().map(Ok),
            Val::DataList(l, s) => l.get(i).map(|v| element(v, s)),
            _ => None,
        }
    }

    /// All elements of a list.
    pub fn elements(&self) -> Result<Vec<Val<'a>>, EvalError> {
        match self {
            Val::List(l) | Val::Joined(l, _) => Ok(l.to_vec()),
            Val::DataList(l, s) => l.iter().map(|v| element(v, s)).collect(),
            _ => Err(EvalError::no_overload()),
        }
    }

    /// All elements of a list, those that cannot be read as errors.
    pub fn entries(&self) -> Vec<Eval<'a>> {
        (0..self.count().unwrap_or(0)).filter_map(|i| self.at(i)).collect()
    }

    /// The keys of a map.
    pub fn keys(&self) -> Vec<Val<'a>> {
        match self {
            Val::Map(m) => m.iter().map(|(k, _)| k.clone()).collect(),
            Val::DataMap(m, s) => m.iter().filter(|e| s.properties.is_none() || s.property(&e.key).is_some()).map(|e| Val::Str(map_key(&e.key, s))).collect(),
            _ => Vec::new(),
        }
    }

    /// The value of a key; `None` when there is none.
    pub fn find(&self, key: &Val<'a>) -> Option<Eval<'a>> {
        match self {
            Val::Map(m) => m.iter().find(|(k, _)| same_key(k, key)).map(|(_, v)| Ok(v.clone())),
            Val::DataMap(m, s) => match key {
                Val::Str(k) => find_data(m, s, k),
                _ => Some(Err(EvalError::no_overload())),
            },
            _ => None,
        }
    }
}

fn element<'a>(v: &'a Value, list: &'a Schema) -> Eval<'a> {
    match &list.items {
        Some(items) => from_data(v, items),
        None => Err(EvalError::new("invalid array type, expected Items with a non-empty Schema")),
    }
}

fn map_key(key: &EcoString, s: &Schema) -> EcoString {
    if s.properties.is_some() { super::escape::escape(key).unwrap_or_else(|| key.clone()) } else { key.clone() }
}

fn find_data<'a>(m: &'a Map, s: &'a Schema, key: &str) -> Option<Eval<'a>> {
    if s.properties.is_some() {
        let name = super::escape::unescape(key)?;
        let v = m.get(&name)?;
        // In an object with fields, a null counts as absent.
        if v.is_null() {
            return None;
        }
        return s.property(&name).map(|p| from_data(v, p));
    }
    let v = m.get(key)?;
    s.additional_schema().map(|p| from_data(v, p))
}

fn same_key(a: &Val, b: &Val) -> bool {
    equal(a, b).unwrap_or(false)
}

/// `==`: numbers by value across kinds, sets and keyed lists of the object without order.
pub fn equal<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<bool, EvalError> {
    Ok(match (a, b) {
        (Val::Null, Val::Null) => true,
        (Val::Bool(x), Val::Bool(y)) => x == y,
        (Val::Int(_) | Val::Uint(_) | Val::Double(_), Val::Int(_) | Val::Uint(_) | Val::Double(_)) => compare_numbers(a, b) == Some(std::cmp::Ordering::Equal),
        (Val::Str(x), Val::Str(y)) => x == y,
        (Val::Bytes(x), Val::Bytes(y)) => x == y,
        (Val::Duration(x), Val::Duration(y)) => x == y,
        (Val::Timestamp(x), Val::Timestamp(y)) => x.same_instant(y),
        (Val::Type(x), Val::Type(y)) => x == y,
        (Val::Optional(x), Val::Optional(y)) => match (x, y) {
            (None, None) => true,
            (Some(x), Some(y)) => equal(x, y)?,
            _ => false,
        },
        (Val::Unknown(x), Val::Unknown(y)) => deep_equal(x, y),
        (Val::Url(x), Val::Url(y)) => x.text() == y.text(),
        (Val::Ip(x), Val::Ip(y)) => x == y,
        (Val::Cidr(x), Val::Cidr(y)) => x == y,
        (Val::Quantity(x), Val::Quantity(y)) => x.compare(y) == std::cmp::Ordering::Equal,
        (Val::Semver(x), Val::Semver(y)) => x.compare(y) == std::cmp::Ordering::Equal,
        (Val::Format(x), Val::Format(y)) => x == y,
        (Val::DataList(_, s) | Val::Joined(_, s), y) if y.is_list() && s.list_type == ListType::Set => equal_sets(a, y)?,
        (Val::DataList(_, s) | Val::Joined(_, s), y) if y.is_list() && s.list_type == ListType::Map => equal_keyed(a, s, y)?,
        (x, y) if x.is_list() && y.is_list() => equal_lists(x, y)?,
        (Val::DataMap(x, s), Val::DataMap(y, _)) => equal_data_maps(a, x, s, b, y)?,
        (x, y) if x.is_map() && y.is_map() => equal_maps(x, y)?,
        // Lists and maps of the object refuse other kinds; everything else is just different.
        (Val::DataList(..) | Val::DataMap(..), _) => return Err(EvalError::no_overload()),
        (Val::Quantity(_) | Val::Semver(_) | Val::Url(_) | Val::Ip(_) | Val::Cidr(_) | Val::Format(_), _) => return Err(EvalError::no_overload()),
        _ => false,
    })
}

fn equal_lists<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<bool, EvalError> {
    if a.count() != b.count() {
        return Ok(false);
    }
    for (x, y) in a.elements()?.iter().zip(b.elements()?.iter()) {
        if !equal(x, y)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn equal_sets<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<bool, EvalError> {
    if a.count() != b.count() {
        return Ok(false);
    }
    let (xs, ys) = (a.elements()?, b.elements()?);
    let within = |some: &[Val<'a>], all: &[Val<'a>]| some.iter().all(|x| all.iter().any(|y| equal(x, y).unwrap_or(false)));
    Ok(within(&ys, &xs) && within(&xs, &ys))
}

fn equal_keyed<'a>(a: &Val<'a>, schema: &Schema, b: &Val<'a>) -> Result<bool, EvalError> {
    if a.count() != b.count() {
        return Ok(false);
    }
    let (xs, ys) = (a.elements()?, b.elements()?);
    let same_keys = |x: &Val<'a>, y: &Val<'a>| same_list_keys(schema, x, y);
    for y in &ys {
        let Some(x) = xs.iter().find(|x| same_keys(x, y)) else { return Ok(false) };
        if !equal(x, y)? {
            return Ok(false);
        }
    }
    Ok(xs.iter().all(|x| ys.iter().any(|y| same_keys(x, y))))
}

/// Whether two elements of a keyed list have the same keys.
fn same_list_keys<'a>(schema: &Schema, x: &Val<'a>, y: &Val<'a>) -> bool {
    let key = |v: &Val<'a>, k: &EcoString| v.find(&Val::Str(super::escape::escape(k).unwrap_or_else(|| k.clone())));
    schema.map_keys.iter().all(|k| match (key(x, k), key(y, k)) {
        (Some(Ok(p)), Some(Ok(q))) => equal(&p, &q).unwrap_or(false),
        (None, None) => true,
        _ => false,
    })
}

/// `+` of lists: sets unite, keyed lists merge (later elements replace those of the same keys), others are put together.
pub fn join<'a>(a: &Val<'a>, b: &Val<'a>) -> Eval<'a> {
    let (mut all, more) = (a.elements()?, b.elements()?);
    let schema = match a {
        Val::DataList(_, s) | Val::Joined(_, s) if s.list_type != ListType::Atomic => *s,
        _ => {
            all.extend(more);
            return Ok(Val::list(all));
        }
    };
    for x in more {
        let same = |y: &Val<'a>| if schema.list_type == ListType::Map { same_list_keys(schema, y, &x) } else { equal(y, &x).unwrap_or(false) };
        match all.iter_mut().find(|y| same(y)) {
            Some(place) => *place = x,
            None => all.push(x),
        }
    }
    Ok(Val::Joined(Arc::new(all), schema))
}

fn equal_data_maps<'a>(a: &Val<'a>, x: &'a Map, s: &'a Schema, b: &Val<'a>, y: &'a Map) -> Result<bool, EvalError> {
    if x.len() != y.len() {
        return Ok(false);
    }
    for e in x {
        let known = s.properties.is_none() && s.additional_schema().is_some() || s.property(&e.key).is_some();
        if !known {
            if y.get(&e.key).is_some_and(|v| !deep_equal(&e.value, v)) {
                return Ok(false);
            }
            continue;
        }
        let key = Val::Str(map_key(&e.key, s));
        match (a.find(&key), b.find(&key)) {
            (Some(p), Some(q)) => {
                if !equal(&p?, &q?)? {
                    return Ok(false);
                }
            }
            (None, None) => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

fn equal_maps<'a>(a: &Val<'a>, b: &Val<'a>) -> Result<bool, EvalError> {
    if a.count() != b.count() {
        return Ok(false);
    }
    for key in a.keys() {
        match (a.find(&key), b.find(&key)) {
            (Some(p), Some(q)) => {
                if !equal(&p?, &q?)? {
                    return Ok(false);
                }
            }
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// Go's `reflect.DeepEqual` on decoded JSON: `5` and `5.0` differ.
pub fn deep_equal(a: &Value, b: &Value) -> bool {
    let float = |n: &Number| n.as_f64();
    match (&a.data, &b.data) {
        (Data::Int(_), Data::Number(_)) | (Data::Number(_), Data::Int(_)) => false,
        (Data::Number(x), Data::Number(y)) => float(x) == float(y),
        (Data::List(x), Data::List(y)) => Arc::ptr_eq(x, y) || x.items.len() == y.items.len() && x.items.iter().zip(&y.items).all(|(p, q)| deep_equal(p, q)),
        (Data::Map(x), Data::Map(y)) => Arc::ptr_eq(x, y) || x.len() == y.len() && x.iter().all(|e| y.get(&e.key).is_some_and(|v| deep_equal(&e.value, v))),
        _ => a.same(b),
    }
}

/// Compares numbers by value across `int`, `uint` and `double`; `None` for NaN and for other values.
pub fn compare_numbers(a: &Val, b: &Val) -> Option<std::cmp::Ordering> {
    let int = |v: &Val| match v {
        Val::Int(i) => Some(i128::from(*i)),
        Val::Uint(u) => Some(i128::from(*u)),
        _ => None,
    };
    match (a, b) {
        (Val::Double(x), Val::Double(y)) => x.partial_cmp(y),
        (Val::Double(x), y) => compare_mixed(*x, int(y)?),
        (x, Val::Double(y)) => compare_mixed(*y, int(x)?).map(std::cmp::Ordering::reverse),
        (x, y) => Some(int(x)?.cmp(&int(y)?)),
    }
}

fn compare_mixed(x: f64, i: i128) -> Option<std::cmp::Ordering> {
    use std::cmp::Ordering;
    if x.is_nan() {
        return None;
    }
    // Doubles beyond 2^100 are beyond every integer here.
    if x.abs() > 1e30 {
        return Some(if x > 0.0 { Ordering::Greater } else { Ordering::Less });
    }
    let whole = x.trunc() as i128;
    Some(whole.cmp(&i).then_with(|| x.fract().partial_cmp(&0.0).unwrap_or(Ordering::Equal)))
}

/// `<` and the like: an order within one kind, and across numbers.
pub fn compare(a: &Val, b: &Val) -> Result<std::cmp::Ordering, EvalError> {
    Ok(match (a, b) {
        (Val::Int(_) | Val::Uint(_) | Val::Double(_), Val::Int(_) | Val::Uint(_) | Val::Double(_)) => {
            return compare_numbers(a, b).ok_or_else(|| EvalError::new("NaN values cannot be ordered"));
        }
        (Val::Bool(x), Val::Bool(y)) => x.cmp(y),
        (Val::Str(x), Val::Str(y)) => x.as_bytes().cmp(y.as_bytes()),
        (Val::Bytes(x), Val::Bytes(y)) => x.cmp(y),
        (Val::Duration(x), Val::Duration(y)) => x.cmp(y),
        (Val::Timestamp(x), Val::Timestamp(y)) => x.instant().cmp(&y.instant()),
        _ => return Err(EvalError::no_overload()),
    })
}
