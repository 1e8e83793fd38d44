//! The functions that rules can call: standard ones and conversions here, the libraries in files of their own.

use std::sync::Arc;

use super::error::EvalError;
use super::quantity::Quantity;
use super::semver::Semver;
use super::time::{self, Timestamp};
use super::value::{Eval, Val};
use super::{formats, lists, network, strings};
use crate::kube::regex::Pattern;
use crate::kube::syntax::time_zones;

pub(super) use lists::sort_keyed;

/// Calls a function; with `member`, the first argument is what it is called on.
pub(super) fn call<'a>(name: &str, member: bool, args: &[Val<'a>], patterns: &[Pattern]) -> Eval<'a> {
    let found = match name {
        "size" | "type" | "dyn" | "int" | "uint" | "double" | "string" | "bool" | "bytes" | "duration" | "timestamp" => conversion(name, args),
        _ if name.starts_with("get") => getter(name, args),
        "matches" | "find" | "findAll" => strings::regex(name, args, patterns),
        "isSorted" | "sum" | "min" | "max" | "slice" | "flatten" | "sort" | "distinct" | "first" | "last" | "lists.range" | "sets.contains" | "sets.equivalent"
        | "sets.intersects" => lists::call(name, args),
        "indexOf" | "lastIndexOf" | "reverse" if args.first().is_some_and(Val::is_list) => lists::call(name, args),
        "url"
        | "isURL"
        | "ip"
        | "isIP"
        | "ip.isCanonical"
        | "family"
        | "isUnspecified"
        | "isLoopback"
        | "isLinkLocalMulticast"
        | "isLinkLocalUnicast"
        | "isGlobalUnicast"
        | "cidr"
        | "isCIDR"
        | "containsIP"
        | "containsCIDR"
        | "prefixLength"
        | "masked" => network::call(name, args),
        "quantity" | "isQuantity" | "sign" | "asInteger" | "asApproximateFloat" | "isInteger" | "add" | "sub" | "semver" | "isSemver" | "major" | "minor" | "patch"
        | "isGreaterThan" | "isLessThan" | "compareTo" => quantities(name, args),
        "optional.of" | "optional.none" | "optional.ofNonZeroValue" | "optional.unwrap" | "hasValue" | "value" | "unwrapOpt" => optional(name, args),
        "validate" | "format.named" => formats::call(name, args),
        _ if name.starts_with("format.") => formats::call(name, args),
        _ if member => strings::call(name, args),
        _ => None,
    };
    found.unwrap_or_else(|| if known(name) { Err(EvalError::no_overload()) } else { Err(EvalError::unsupported(format!("unknown function `{name}`"))) })
}

/// Every function there is, apart from `format.NAME`.
const NAMES: [&str; 84] = [
    "size",
    "type",
    "dyn",
    "int",
    "uint",
    "double",
    "string",
    "bool",
    "bytes",
    "duration",
    "timestamp",
    "getFullYear",
    "getMonth",
    "getDayOfYear",
    "getDayOfMonth",
    "getDate",
    "getDayOfWeek",
    "getHours",
    "getMinutes",
    "getSeconds",
    "getMilliseconds",
    "getScheme",
    "getHost",
    "getHostname",
    "getPort",
    "getEscapedPath",
    "getQuery",
    "matches",
    "find",
    "findAll",
    "isSorted",
    "sum",
    "min",
    "max",
    "slice",
    "flatten",
    "sort",
    "distinct",
    "first",
    "last",
    "reverse",
    "lists.range",
    "sets.contains",
    "sets.equivalent",
    "sets.intersects",
    "indexOf",
    "lastIndexOf",
    "url",
    "isURL",
    "ip",
    "isIP",
    "ip.isCanonical",
    "family",
    "isUnspecified",
    "isLoopback",
    "isLinkLocalMulticast",
    "isLinkLocalUnicast",
    "isGlobalUnicast",
    "cidr",
    "isCIDR",
    "containsIP",
    "containsCIDR",
    "prefixLength",
    "masked",
    "quantity",
    "isQuantity",
    "sign",
    "asInteger",
    "asApproximateFloat",
    "isInteger",
    "add",
    "sub",
    "semver",
    "isSemver",
    "major",
    "minor",
    "patch",
    "isGreaterThan",
    "isLessThan",
    "compareTo",
    "hasValue",
    "value",
    "validate",
    "unwrapOpt",
];

/// Whether there is such a function.
pub(super) fn known(name: &str) -> bool {
    NAMES.contains(&name)
        || strings::NAMES.contains(&name)
        || matches!(name, "or" | "orValue" | "optional.of" | "optional.none" | "optional.ofNonZeroValue" | "optional.unwrap" | "format.named")
        || name.strip_prefix("format.").is_some_and(formats::known)
}

/// A value as Go prints it, for messages.
pub(super) fn show(v: &Val) -> String {
    match v {
        Val::Str(s) => s.to_string(),
        v => text(v).unwrap_or_else(|| v.type_name().to_owned()),
    }
}

/// The text that `string()` makes.
pub(super) fn text(v: &Val) -> Option<String> {
    Some(match v {
        Val::Str(s) => s.to_string(),
        Val::Bool(b) => b.to_string(),
        Val::Int(i) => i.to_string(),
        Val::Uint(u) => u.to_string(),
        Val::Double(d) => go_g(*d),
        Val::Bytes(b) => String::from_utf8(b.to_vec()).ok()?,
        Val::Duration(d) => format!("{}s", plain(*d as f64 / 1e9)),
        Val::Timestamp(t) => t.text(),
        Val::Type(t) => t.to_string(),
        Val::Ip(ip) => ip.to_string(),
        Val::Cidr(c) => format!("{}/{}", c.ip, c.bits),
        _ => return None,
    })
}

/// Go's `%f` with as few digits as needed.
fn plain(d: f64) -> String {
    format!("{d}")
}

/// Go's `%g` in its shortest form: an exponent below -4 and from 6 on.
pub(super) fn go_g(d: f64) -> String {
    if d.is_nan() {
        return "NaN".into();
    }
    if d.is_infinite() {
        return if d > 0.0 { "+Inf".into() } else { "-Inf".into() };
    }
    let scientific = format!("{d:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if d == 0.0 || (-4..6).contains(&exponent) {
        return plain(d);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

fn conversion<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    let [v] = args else { return None };
    let failed = |to: &str| EvalError::new(format!("type conversion error from '{}' to '{to}'", v.type_name()));
    let overflow = || EvalError::new("integer overflow");
    Some(match (name, v) {
        ("size", Val::Str(s)) => Ok(Val::Int(s.chars().count() as i64)),
        ("size", Val::Bytes(b)) => Ok(Val::Int(b.len() as i64)),
        ("size", v) => return v.count().map(|n| Ok(Val::Int(n as i64))),
        ("type", v) => Ok(Val::Type(v.type_name().into())),
        ("dyn", v) => Ok(v.clone()),
        ("int", Val::Int(_))
        | ("uint", Val::Uint(_))
        | ("double", Val::Double(_))
        | ("string", Val::Str(_))
        | ("bool", Val::Bool(_))
        | ("bytes", Val::Bytes(_))
        | ("duration", Val::Duration(_))
        | ("timestamp", Val::Timestamp(_)) => Ok(v.clone()),
        ("int", Val::Uint(u)) => i64::try_from(*u).map(Val::Int).map_err(|_| overflow()),
        ("int", Val::Double(d)) => {
            if d.is_finite() && *d > -9_223_372_036_854_775_808.0 && *d < 9_223_372_036_854_775_807.0 {
                Ok(Val::Int(*d as i64))
            } else {
                Err(overflow())
            }
        }
        ("int", Val::Str(s)) => s.parse().map(Val::Int).map_err(|_| failed("int")),
        ("int", Val::Timestamp(t)) => Ok(Val::Int(t.seconds)),
        ("int", Val::Duration(d)) => Ok(Val::Int(*d)),
        ("uint", Val::Int(i)) => u64::try_from(*i).map(Val::Uint).map_err(|_| EvalError::new("unsigned integer overflow")),
        ("uint", Val::Double(d)) => {
            if *d >= 0.0 && *d < 18_446_744_073_709_551_615.0 {
                Ok(Val::Uint(*d as u64))
            } else {
                Err(EvalError::new("unsigned integer overflow"))
            }
        }
        ("uint", Val::Str(s)) => s.parse().map(Val::Uint).map_err(|_| failed("uint")),
        ("double", Val::Int(i)) => Ok(Val::Double(*i as f64)),
        ("double", Val::Uint(u)) => Ok(Val::Double(*u as f64)),
        ("double", Val::Str(s)) => s.parse().map(Val::Double).map_err(|_| failed("double")),
        ("bool", Val::Str(s)) => match s.as_str() {
            "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(Val::Bool(true)),
            "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(Val::Bool(false)),
            _ => Err(failed("bool")),
        },
        ("bytes", Val::Str(s)) => Ok(Val::Bytes(s.as_bytes().into())),
        ("duration", Val::Str(s)) => time::go_duration(s).map(Val::Duration).ok_or_else(|| EvalError::new(format!("invalid duration `{s}`"))),
        ("duration", Val::Int(i)) => Ok(Val::Duration(*i)),
        ("timestamp", Val::Str(s)) => {
            Timestamp::rfc3339(s).filter(|t| time::in_range(t.seconds)).map(Val::Timestamp).ok_or_else(|| EvalError::new(format!("invalid timestamp `{s}`")))
        }
        ("timestamp", Val::Int(i)) => {
            if time::in_range(*i) {
                Ok(Val::Timestamp(Timestamp { seconds: *i, nanos: 0, offset: 0 }))
            } else {
                Err(EvalError::new("timestamp overflow"))
            }
        }
        ("string", Val::Bytes(b)) => std::str::from_utf8(b).map(Val::str).map_err(|_| EvalError::new("invalid UTF-8 in bytes, cannot convert to string")),
        ("string", Val::Type(_)) => return None,
        ("string", v) => return text(v).map(|t| Ok(Val::str(t))),
        _ => return None,
    })
}

fn getter<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    match (args, name) {
        ([Val::Url(u)], "getScheme") => return Some(Ok(Val::str(u.scheme.as_str()))),
        ([Val::Url(u)], "getHost") => return Some(Ok(Val::str(u.host.as_str()))),
        ([Val::Url(u)], "getHostname") => return Some(Ok(Val::str(u.hostname()))),
        ([Val::Url(u)], "getPort") => return Some(Ok(Val::str(u.port()))),
        ([Val::Url(u)], "getEscapedPath") => return Some(Ok(Val::str(u.escaped_path.as_str()))),
        ([Val::Url(u)], "getQuery") => {
            let all = u.query().into_iter().map(|(k, vs)| (Val::str(k), Val::list(vs.into_iter().map(Val::str).collect())));
            return Some(Ok(Val::Map(Arc::new(all.collect()))));
        }
        _ => {}
    }
    if let [Val::Duration(d)] = args {
        return Some(Ok(Val::Int(match name {
            "getHours" => d / 3_600_000_000_000,
            "getMinutes" => d / 60_000_000_000,
            "getSeconds" => d / 1_000_000_000,
            "getMilliseconds" => d / 1_000_000,
            _ => return None,
        })));
    }
    let (t, offset) = match args {
        [Val::Timestamp(t)] => (t, 0),
        [Val::Timestamp(t), Val::Str(zone)] => match zone_offset(zone, t.seconds) {
            Ok(o) => (t, o),
            Err(e) => return Some(Err(e)),
        },
        _ => return None,
    };
    let c = t.civil(offset);
    Some(Ok(Val::Int(match name {
        "getFullYear" => c.year,
        "getMonth" => c.month - 1,
        "getDayOfYear" => c.day_of_year,
        "getDayOfMonth" => c.day - 1,
        "getDate" => c.day,
        "getDayOfWeek" => c.weekday,
        "getHours" => c.hour,
        "getMinutes" => c.minute,
        "getSeconds" => c.second,
        "getMilliseconds" => i64::from(t.nanos / 1_000_000),
        _ => return None,
    })))
}

/// The offset of a zone at a point in time: `+02:00`, or a name of the time zone database (Go's `time.LoadLocation`), which counts by case.
fn zone_offset(zone: &str, seconds: i64) -> Result<i64, EvalError> {
    let Some((hours, minutes)) = zone.split_once(':') else {
        return match zone {
            "" | "UTC" => Ok(0),
            // The server's own.
            "Local" => Err(EvalError::unsupported("the time zone `Local` is the server's".to_owned())),
            _ => named_offset(zone, seconds).ok_or_else(|| EvalError::new(format!("unknown time zone {zone}"))),
        };
    };
    let bad = || EvalError::new(format!("invalid time zone offset `{zone}`"));
    let (h, m): (i64, i64) = (hours.parse().map_err(|_| bad())?, minutes.parse().map_err(|_| bad())?);
    if !(0..60).contains(&m) {
        return Err(bad());
    }
    Ok(h * 3600 + if hours.starts_with('-') { -m } else { m } * 60)
}

/// Seconds east of UTC at a place; `None` for a name that the database lacks.
fn named_offset(zone: &str, seconds: i64) -> Option<i64> {
    if !time_zones::is_time_zone(zone) {
        return None;
    }
    let at = jiff::Timestamp::from_second(seconds).ok()?;
    Some(i64::from(jiff::tz::TimeZone::get(zone).ok()?.to_offset(at).seconds()))
}

fn quantities<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    use std::cmp::Ordering;
    let order = |o: Ordering| match name {
        "isGreaterThan" => Some(Ok(Val::Bool(o.is_gt()))),
        "isLessThan" => Some(Ok(Val::Bool(o.is_lt()))),
        "compareTo" => Some(Ok(Val::Int(o as i64))),
        _ => None,
    };
    let made = |q: Quantity| Some(Ok(Val::Quantity(Arc::new(q))));
    let semver = |s: &str, lenient: bool| if lenient { Semver::parse_lenient(s) } else { Semver::parse(s) };
    match (name, args) {
        ("quantity", [Val::Str(s)]) => Some(
            Quantity::parse(s)
                .map(|q| Val::Quantity(Arc::new(q)))
                .ok_or_else(|| EvalError::new("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")),
        ),
        ("isQuantity", [Val::Str(s)]) => Some(Ok(Val::Bool(Quantity::parse(s).is_some()))),
        ("sign", [Val::Quantity(q)]) => Some(Ok(Val::Int(q.sign()))),
        ("isInteger", [Val::Quantity(q)]) => Some(Ok(Val::Bool(q.as_int().is_some()))),
        ("asInteger", [Val::Quantity(q)]) => Some(q.as_int().map(Val::Int).ok_or_else(|| EvalError::new("cannot convert value to integer"))),
        ("asApproximateFloat", [Val::Quantity(q)]) => Some(Ok(Val::Double(q.as_f64()))),
        ("add", [Val::Quantity(a), Val::Quantity(b)]) => made(a.plus(b)),
        ("add", [Val::Quantity(a), Val::Int(b)]) => made(a.plus(&Quantity::from_int(*b))),
        ("sub", [Val::Quantity(a), Val::Quantity(b)]) => made(a.minus(b)),
        ("sub", [Val::Quantity(a), Val::Int(b)]) => made(a.minus(&Quantity::from_int(*b))),
        (_, [Val::Quantity(a), Val::Quantity(b)]) => order(a.compare(b)),
        ("semver" | "isSemver", [Val::Str(s), rest @ ..]) => {
            let lenient = match rest {
                [] => false,
                [Val::Bool(b)] => *b,
                _ => return None,
            };
            let parsed = semver(s, lenient);
            if name == "isSemver" {
                return Some(Ok(Val::Bool(parsed.is_some())));
            }
            Some(parsed.map(|v| Val::Semver(Arc::new(v))).ok_or_else(|| EvalError::new(format!("Invalid Semantic Version `{s}`"))))
        }
        ("major", [Val::Semver(v)]) => Some(Ok(Val::Int(v.major as i64))),
        ("minor", [Val::Semver(v)]) => Some(Ok(Val::Int(v.minor as i64))),
        ("patch", [Val::Semver(v)]) => Some(Ok(Val::Int(v.patch as i64))),
        (_, [Val::Semver(a), Val::Semver(b)]) => order(a.compare(b)),
        _ => None,
    }
}

fn optional<'a>(name: &str, args: &[Val<'a>]) -> Option<Eval<'a>> {
    match (name, args) {
        ("optional.none", []) => Some(Ok(Val::Optional(None))),
        ("optional.of", [v]) => Some(Ok(Val::some(v.clone()))),
        ("optional.ofNonZeroValue", [v]) => Some(Ok(if is_zero(v) { Val::Optional(None) } else { Val::some(v.clone()) })),
        ("hasValue", [Val::Optional(v)]) => Some(Ok(Val::Bool(v.is_some()))),
        ("value", [Val::Optional(Some(v))]) => Some(Ok((**v).clone())),
        ("value", [Val::Optional(None)]) => Some(Err(EvalError::new("optional.none() dereference"))),
        ("optional.unwrap" | "unwrapOpt", [list]) if list.is_list() => Some(list.elements().and_then(|all| {
            let mut out = Vec::new();
            for v in all {
                match v {
                    Val::Optional(Some(v)) => out.push((*v).clone()),
                    Val::Optional(None) => {}
                    _ => return Err(EvalError::no_overload()),
                }
            }
            Ok(Val::list(out))
        })),
        _ => None,
    }
}

fn is_zero(v: &Val) -> bool {
    match v {
        Val::Null => true,
        Val::Bool(b) => !b,
        Val::Int(i) => *i == 0,
        Val::Uint(u) => *u == 0,
        Val::Double(d) => *d == 0.0,
        Val::Str(s) => s.is_empty(),
        Val::Bytes(b) => b.is_empty(),
        Val::Duration(d) => *d == 0,
        Val::Optional(v) => v.is_none(),
        v => v.count() == Some(0),
    }
}
