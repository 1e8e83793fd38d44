//! Decoding as the API server does it, strictly: unknown fields, JSON types, ranges of integers, quantities, times, base64. What fails here is answered with 400 and hides all semantic errors.

use super::schema::{Node, Prop, Shape};
use super::syntax::{quantity, text, time};
use super::trail::Trail;
use super::{FieldError, Reason};
use crate::diagnostics::{codes, nearest};
use crate::value::{Data, Entry, Map, Number, Value};

/// Deeper than the readers read.
const MAX_DEPTH: usize = 256;
/// For so many mistakes of one object repairs are looked for.
const MAX_SUGGESTIONS: usize = 200;

/// What the strict decoder says about an object of the kind with this schema.
pub fn check(value: &Value, node: Node<'_>) -> Vec<FieldError> {
    let mut errors = Vec::new();
    walk(value, node, &Trail::root(), 0, &mut errors);
    errors
}

fn walk(value: &Value, node: Node<'_>, at: &Trail<'_>, depth: usize, errors: &mut Vec<FieldError>) {
    if depth > MAX_DEPTH || value.is_null() {
        return;
    }
    let mut wrong = |wanted: &str| errors.push(wrong_type(value, wanted, at));
    match node.shape() {
        Shape::Any | Shape::Embedded => {
            if let Some(schema) = node.schema_of_schemas() {
                json_schema(value, schema, at, depth, errors);
            }
        }
        Shape::Bool => {
            if value.as_bool().is_none() {
                wrong("a boolean (`true` or `false`)");
            }
        }
        Shape::String => {
            if value.as_str().is_none() {
                wrong("a string");
            }
        }
        Shape::Int32 => integer(value, 32, at, errors),
        Shape::Int64 => integer(value, 64, at, errors),
        Shape::Double => {
            if !matches!(value.data, Data::Int(_) | Data::Number(_)) {
                wrong("a number");
            }
        }
        Shape::Quantity => check_quantity(value, at, errors),
        Shape::IntOrString => {
            if value.as_str().is_none() {
                integer(value, 32, at, errors);
            }
        }
        Shape::DateTime => {
            let good = value.as_str().is_some_and(|t| if node.micro_time() { time::is_micro_time(t) } else { time::is_time(t) });
            if !good {
                let example = if node.micro_time() { "2026-01-31T12:00:00.000000Z" } else { "2026-01-31T12:00:00Z" };
                wrong(&format!("a time such as `{example}`"));
            }
        }
        Shape::Bytes => match value.as_str() {
            None => wrong("base64 text"),
            Some(t) if !text::is_base64(t) => {
                let error = FieldError::new(codes::J0306, Reason::Decode, at.path(), value.origin, "this is not base64");
                errors.push(error.help("`data` holds base64; plain text belongs into `stringData` of a Secret or `data` of a ConfigMap"));
            }
            Some(_) => {}
        },
        Shape::Array(item) => match value.as_list() {
            None => wrong("a list"),
            Some(items) => {
                for (i, v) in items.iter().enumerate() {
                    walk(v, item, &at.index(i), depth + 1, errors);
                }
            }
        },
        Shape::Map(item) => match value.as_map() {
            None => wrong("an object"),
            Some(map) => {
                for e in map {
                    walk(&e.value, item, &at.key(&e.key), depth + 1, errors);
                }
            }
        },
        Shape::Object => match value.as_map() {
            None => wrong("an object"),
            Some(map) => object(map, node, at, depth, errors),
        },
    }
}

fn object(map: &Map, node: Node<'_>, at: &Trail<'_>, depth: usize, errors: &mut Vec<FieldError>) {
    for e in map {
        match node.prop(&e.key) {
            Some(p) => walk(&e.value, p.node, &at.field(&e.key), depth + 1, errors),
            None if node.preserves_unknown() => {}
            // Suggestions cost time; past so many errors nobody wants them.
            None if errors.len() > MAX_SUGGESTIONS => {
                errors.push(FieldError::new(codes::J0301, Reason::UnknownField, at.field(&e.key).path(), e.key_origin, format!("unknown field `{}`", e.key)))
            }
            None => errors.push(unknown_field(e, map, node, at)),
        }
    }
}

/// `items: {…}`, `items: [{…}]`, `additionalProperties: true` of a schema in a custom resource definition.
fn json_schema(value: &Value, schema: Node<'_>, at: &Trail<'_>, depth: usize, errors: &mut Vec<FieldError>) {
    if value.as_map().is_some() {
        walk(value, schema, at, depth + 1, errors);
    }
    for (i, v) in value.as_list().unwrap_or_default().iter().enumerate().filter(|(_, v)| v.as_map().is_some()) {
        walk(v, schema, &at.index(i), depth + 1, errors);
    }
}

fn unknown_field(e: &Entry, siblings: &Map, node: Node<'_>, at: &Trail<'_>) -> FieldError {
    let key = e.key.as_str();
    if let Some(error) = of_another_version(e, node, at) {
        return error;
    }
    let near = nearest(key, node.props().map(|p| p.name).filter(|n| !siblings.contains(n)));
    let error = FieldError::new(codes::J0301, Reason::UnknownField, at.field(key).path(), e.key_origin, format!("unknown field `{key}`"));
    if let Some(near) = near {
        return error.help(format!("did you mean `{near}`?")).replacement(near);
    }
    // A field of a part, or of the whole, written one level too high or too low.
    let inside: Vec<&str> = node.props().filter(|p| below(*p).is_some_and(|n| n.prop(key).is_some())).map(|p| p.name).take(3).collect();
    if let [one] = inside.as_slice() {
        return error.help(format!("`{key}` is a field of `{one}`: write it there"));
    }
    match node.type_name().and_then(|n| n.rsplit('.').next()) {
        Some(name) if node.props().count() <= 12 => error.help(format!("`{name}` has the fields {}", listed(node.props().map(|p| p.name)))),
        _ => error,
    }
}

/// A field that other versions of Kubernetes know.
fn of_another_version(e: &Entry, node: Node<'_>, at: &Trail<'_>) -> Option<FieldError> {
    let key = e.key.as_str();
    let (version, with) = (node.version()?, node.versions_with(key));
    let (first, last) = (*with.first()?, *with.last()?);
    let help = if version < first { format!("it is there from {first} on") } else { format!("the last version with it is {last}") };
    Some(FieldError::new(codes::J0701, Reason::UnknownField, at.field(key).path(), e.key_origin, format!("field `{key}` is not in Kubernetes {version}")).help(help))
}

/// The object type of a property, when it is one.
fn below(p: Prop<'_>) -> Option<Node<'_>> {
    matches!(p.node.shape(), Shape::Object).then_some(p.node)
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ")
}

fn wrong_type(value: &Value, wanted: &str, at: &Trail<'_>) -> FieldError {
    let error = FieldError::new(codes::J0303, Reason::Decode, at.path(), value.origin, format!("{wanted} is expected here, not {}", value.kind_name()));
    match &value.data {
        Data::Bool(b) if wanted == "a string" => error.help(format!("put it in quotes: \"{b}\"")),
        Data::Int(i) if wanted == "a string" => error.help(format!("put it in quotes: \"{i}\"")).replacement(format!("\"{i}\"")),
        Data::Number(n) if wanted == "a string" => error.help(format!("put it in quotes: \"{}\"", n.text)).replacement(format!("\"{}\"", n.text)),
        Data::String(s) if wanted == "a boolean (`true` or `false`)" && matches!(s.as_str(), "true" | "false") => error.help("leave out the quotes").replacement(s.as_str()),
        Data::Map(_) if wanted == "a list" => error.help("lists begin with `- `"),
        Data::String(_) if wanted == "a list" => error.help("a list of one element is written `[…]` or with `- `"),
        _ => error,
    }
}

/// An integer of that many bits. JSON's `3.0` is none; the YAML reader makes one of `3.0`.
fn integer(value: &Value, bits: u32, at: &Trail<'_>, errors: &mut Vec<FieldError>) {
    let (low, high) = if bits == 32 { (i64::from(i32::MIN), i64::from(i32::MAX)) } else { (i64::MIN, i64::MAX) };
    match &value.data {
        Data::Int(i) if (low..=high).contains(i) => {}
        Data::Int(_) => errors.push(out_of_range(value, low, high, at)),
        Data::Number(n) if is_integer_text(n) => errors.push(out_of_range(value, low, high, at)),
        Data::Number(n) => {
            let whole = n.text.parse::<f64>().ok().filter(|f| f.fract() == 0.0 && f.abs() < 9e15).map(|f| f as i64);
            let error = wrong_type(value, "an integer", at);
            errors.push(match whole {
                Some(i) => error.help("the API server reads no decimal point or exponent here").replacement(i.to_string()),
                None => error,
            });
        }
        Data::String(s) => {
            let error = wrong_type(value, "an integer", at);
            errors.push(if s.parse::<i64>().is_ok_and(|i| (low..=high).contains(&i)) { error.help("leave out the quotes").replacement(s.as_str()) } else { error });
        }
        _ => errors.push(wrong_type(value, "an integer", at)),
    }
}

fn is_integer_text(n: &Number) -> bool {
    n.text.bytes().all(|b| b.is_ascii_digit() || b == b'-')
}

fn out_of_range(value: &Value, low: i64, high: i64, at: &Trail<'_>) -> FieldError {
    FieldError::new(codes::J0305, Reason::Decode, at.path(), value.origin, format!("the integer does not fit: {low} to {high} are possible here"))
}

fn check_quantity(value: &Value, at: &Trail<'_>, errors: &mut Vec<FieldError>) {
    let text = match &value.data {
        Data::String(s) => s.clone(),
        Data::Int(i) => ecow::eco_format!("{i}"),
        Data::Number(n) => n.text.clone(),
        _ => return errors.push(wrong_type(value, "a quantity such as `500m` or `128Mi`", at)),
    };
    // Blanks around a quantity are not minded.
    let Err(flaw) = quantity::Quantity::parse(text.trim()) else { return };
    let error = FieldError::new(codes::J0306, Reason::Decode, at.path(), value.origin, format!("`{text}` is no quantity"));
    errors.push(match (flaw, quantity_repair(&text)) {
        (_, Some(better)) => error.help(format!("did you mean `{better}`?")).replacement(better),
        (quantity::Flaw::Suffix, None) => error.help("suffixes are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti, Pi, Ei"),
        (quantity::Flaw::Shape, None) => error.help("a quantity is a number, perhaps with a suffix: `500m`, `1.5`, `128Mi`"),
    });
}

/// `128 MB`, `2gb`, `1Gib`, `128mi` as they were probably meant.
fn quantity_repair(text: &str) -> Option<String> {
    let text = text.trim();
    let split = text.find(|c: char| !c.is_ascii_digit() && c != '.')?;
    let (number, suffix) = text.split_at_checked(split)?;
    let suffix = match suffix.trim().to_ascii_lowercase().as_str() {
        "kb" | "k" => "k",
        "mb" => "M",
        "gb" | "g" => "G",
        "tb" | "t" => "T",
        "ki" | "kib" => "Ki",
        "mi" | "mib" => "Mi",
        "gi" | "gib" => "Gi",
        "ti" | "tib" => "Ti",
        _ => return None,
    };
    let better = format!("{number}{suffix}");
    (!number.is_empty() && quantity::Quantity::parse(&better).is_ok()).then_some(better)
}
