//! Checks objects against field facts: what the server demands of single fields, from the reviewed table.

use super::facts::{Facts, Group};
use super::schema::{Node, Shape};
use super::syntax::{Format, names};
use super::trail::Trail;
use super::{FieldError, Reason};
use crate::diagnostics::{codes, nearest};
use crate::value::{Data, Map, Value};

const MAX_DEPTH: usize = 256;
const OBJECT_META: &str = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/// What the facts of a built-in kind say about a decoded object. `status` is the cluster's and not looked at.
pub fn check(object: &Value, node: Node<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    let Some(map) = object.as_map() else { return errors };
    let root = Trail::root();
    fields(map, object, node, &root, 0, &mut errors);
    errors
}

fn walk(value: &Value, node: Node<'_>, at: &Trail<'_>, depth: usize, errors: &mut Vec<FieldError>) {
    if depth > MAX_DEPTH {
        return;
    }
    let before = errors.len();
    match (&value.data, node.shape()) {
        (Data::Null, _) => return,
        (Data::Map(map), Shape::Object) => fields(map, value, node, at, depth, errors),
        (Data::Map(map), Shape::Map(item)) => entries(map, node, item, at, depth, errors),
        (Data::List(list), Shape::Array(item)) => {
            for (i, v) in list.items.iter().enumerate() {
                if v.is_null() && matches!(item.shape(), Shape::Object) {
                    // Go reads an object without fields.
                    fields(&Map::new(), v, item, &at.index(i), depth + 1, errors);
                } else {
                    walk(v, item, &at.index(i), depth + 1, errors);
                }
            }
        }
        _ => {}
    }
    if errors.len() == before {
        demands(value, node.facts(), at, errors);
    }
}

fn fields(map: &Map, value: &Value, node: Node<'_>, at: &Trail<'_>, depth: usize, errors: &mut Vec<FieldError>) {
    for p in node.props() {
        // Metadata depends on the kind around it: `rules` looks at it.
        if (depth == 0 && p.name == "status") || p.node.type_name() == Some(OBJECT_META) {
            continue;
        }
        match map.get(p.name) {
            Some(v) if p.required && is_empty(v) => errors.push(missing(p.name, v, at)),
            Some(v) => {
                if let Some(gate) = p.node.gate().filter(|_| !v.is_null()) {
                    errors.push(gated(p.name, gate, v, at));
                }
                walk(v, p.node, &at.field(p.name), depth + 1, errors);
            }
            None if p.required => errors.push(missing(p.name, value, at)),
            None => {}
        }
    }
    for group in node.groups() {
        check_group(map, value, node, group, at, errors);
    }
}

fn gated(name: &str, gate: &str, v: &Value, at: &Trail<'_>) -> FieldError {
    let message = format!("`{name}` needs the feature gate `{gate}`, which is off by default: without it the API server drops the field");
    FieldError::new(codes::J0704, Reason::Forbidden, at.field(name).path(), v.origin, message)
}

/// What Go cannot tell from a field that is not there.
fn is_empty(value: &Value) -> bool {
    match &value.data {
        Data::Null => true,
        Data::String(s) => s.is_empty(),
        Data::List(l) => l.items.is_empty(),
        _ => false,
    }
}

fn missing(name: &str, at_value: &Value, at: &Trail<'_>) -> FieldError {
    let state = if at_value.as_map().is_some() || at_value.is_null() { "is missing" } else { "is empty" };
    FieldError::new(codes::J1003, Reason::Required, at.field(name).path(), at_value.origin, format!("`{name}` {state}: the API server requires it"))
}

fn entries(map: &Map, node: Node<'_>, item: Node<'_>, at: &Trail<'_>, depth: usize, errors: &mut Vec<FieldError>) {
    let keys = node.key_facts();
    for e in map {
        if let Some(format) = keys.format
            && let Err(why) = format.check(&e.key)
        {
            // The server names the map.
            errors.push(FieldError::new(codes::J0306, Reason::Invalid, at.path(), e.key_origin, format!("key `{}`: {why}", e.key)));
        }
        walk(&e.value, item, &at.key(&e.key), depth + 1, errors);
    }
}

fn check_group(map: &Map, value: &Value, node: Node<'_>, group: &Group, at: &Trail<'_>, errors: &mut Vec<FieldError>) {
    let props: Vec<_> = node.props().filter(|p| group.fields.iter().any(|f| f == p.name)).collect();
    // What Go cannot tell from nothing, and what is dropped, does not count.
    let empty_ok = props.iter().any(|p| p.node.facts().empty_ok);
    let says_nothing = |v: &Value| matches!(&v.data, Data::Int(0)) || is_empty(v);
    let counts = |key: &str, v: &Value| !(v.is_null() || empty_ok && says_nothing(v)) && props.iter().all(|p| p.name != key || p.node.gate().is_none());
    let given: Vec<_> = group.fields.iter().filter_map(|f| map.entry(f)).filter(|e| counts(&e.key, &e.value)).collect();
    let all = || group.fields.iter().map(|f| format!("`{f}`")).collect::<Vec<_>>().join(", ");
    if let [first, second, ..] = given.as_slice()
        && group.at_most_one
    {
        let message = format!("`{}` beside `{}`: only one of {} may be there", second.key, first.key, all());
        errors.push(FieldError::new(codes::J0705, Reason::Forbidden, at.field(&second.key).path(), second.key_origin, message).related(first.key_origin, "the other one"));
    } else if given.is_empty() && group.at_least_one {
        errors.push(FieldError::new(codes::J0705, Reason::Required, at.path(), value.origin, format!("one of {} is needed", all())));
    }
}

/// The facts about one scalar or list.
fn demands(value: &Value, facts: &Facts, at: &Trail<'_>, errors: &mut Vec<FieldError>) {
    match &value.data {
        Data::String(s) => {
            if s.is_empty() && facts.empty_ok {
                return;
            }
            string(s, value, facts, at, errors);
        }
        Data::Int(0) if facts.empty_ok => {}
        Data::Int(i) => integer(*i, value, facts, at, errors),
        Data::List(l) => {
            let n = l.items.len() as u64;
            if let Some(min) = facts.min_items.filter(|m| n < u64::from(*m)) {
                errors.push(FieldError::new(codes::J0308, Reason::Invalid, at.path(), value.origin, format!("{n} elements: at least {min} are needed")));
            } else if let Some(max) = facts.max_items.filter(|m| n > u64::from(*m)) {
                errors.push(FieldError::new(codes::J0308, Reason::TooMany, at.path(), value.origin, format!("{n} elements: at most {max} are allowed")));
            }
        }
        _ => {}
    }
}

fn string(s: &str, value: &Value, facts: &Facts, at: &Trail<'_>, errors: &mut Vec<FieldError>) {
    let error = |code, reason, message: String| FieldError::new(code, reason, at.path(), value.origin, message);
    if !facts.values.is_empty() && !facts.strings().any(|v| v == s) {
        let all = facts.strings().map(|v| if v.is_empty() { "the empty string".to_owned() } else { format!("`{v}`") }).collect::<Vec<_>>().join(", ");
        let wrong = error(codes::J0304, Reason::NotSupported, format!("`{s}` is not one of {all}"));
        errors.push(match nearest(s, facts.strings()) {
            Some(near) => wrong.help(format!("did you mean `{near}`?")).replacement(near),
            None => wrong,
        });
        return;
    }
    let length = s.len() as u64;
    if let Some(min) = facts.min_length.filter(|m| length < u64::from(*m)) {
        errors.push(error(codes::J0307, Reason::Invalid, format!("{length} characters: at least {min} are needed")));
    } else if let Some(max) = facts.max_length.filter(|m| length > u64::from(*m)) {
        errors.push(error(codes::J0307, Reason::TooLong, format!("{length} characters: at most {max} are allowed")));
    } else if let Some(Err(why)) = facts.format.map(|f| f.check(s)) {
        let wrong = error(codes::J0306, Reason::Invalid, format!("`{}`: {why}", shortened(s)));
        let repaired = match facts.format {
            Some(Format::DnsLabel | Format::DnsLabel1035) => names::repaired(s, false, 63),
            Some(Format::DnsSubdomain) => names::repaired(s, true, 253),
            _ => None,
        };
        errors.push(match repaired {
            Some(better) => wrong.help(format!("`{better}` would do")),
            None => wrong,
        });
    }
}

/// Not more of a long text than fits a line.
fn shortened(s: &str) -> String {
    if s.chars().count() <= 60 { s.to_owned() } else { format!("{}…", s.chars().take(57).collect::<String>()) }
}

fn integer(i: i64, value: &Value, facts: &Facts, at: &Trail<'_>, errors: &mut Vec<FieldError>) {
    let (mut low, mut high) = facts.int_range();
    match facts.format {
        Some(Format::PortNumber | Format::PortNumberOrName) => (low, high) = (Some(1), Some(65535)),
        Some(Format::FileMode) => (low, high) = (Some(0), Some(0o777)),
        Some(Format::IntOrPercent) => low = Some(low.unwrap_or(0)),
        _ => {}
    }
    if low.is_some_and(|l| i < l) || high.is_some_and(|h| i > h) {
        let message = match (low, high) {
            (Some(l), Some(h)) => format!("{i} is out of range: {l} to {h} are allowed"),
            (Some(0), None) => format!("{i} is negative"),
            (Some(l), None) => format!("{i} is too small: at least {l} is needed"),
            (_, Some(h)) => format!("{i} is too large: at most {h} is allowed"),
            _ => return,
        };
        errors.push(FieldError::new(codes::J0305, Reason::Invalid, at.path(), value.origin, message));
    }
}
