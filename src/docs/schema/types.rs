//! Types of the language as JSON Schema.

use serde_json::{Value, json};

use super::{Writer, deprecate, describe, put, reference};
use crate::eval;
use crate::types::{Field, Format, Interval, Language, Length, List, MapType, Presence, Record, Text, Ty, Type, Union};
use crate::value::{Data, Value as Datum};

/// How deep types are written; deeper parts admit everything.
const DEPTH: u32 = 48;

impl Writer<'_> {
    /// The schema of a type.
    pub(super) fn ty(&mut self, ty: &Ty, depth: u32) -> Value {
        if depth > DEPTH {
            return json!({});
        }
        match &**ty {
            Type::Error | Type::Json => json!({}),
            Type::Never => json!({ "not": {} }),
            Type::Null => json!({ "type": "null" }),
            Type::Bool(None) => json!({ "type": "boolean" }),
            Type::Bool(Some(b)) => json!({ "const": b }),
            Type::Int(i) => integer(*i),
            Type::Number(b) => number(&b.to_string()),
            Type::Text(t) => self.text(t),
            Type::Quantity => self.format(Format::Quantity),
            Type::List(l) => self.list(l, depth),
            Type::Map(m) => self.map(m, depth),
            Type::Record(r) => self.record(r, depth),
            Type::Union(u) => self.union(u, depth),
            Type::Object => json!({ "type": "object", "required": ["apiVersion", "kind"], "properties": { "apiVersion": { "type": "string" }, "kind": { "type": "string" } } }),
            Type::Named(n) => {
                let key = n.identity.to_string();
                if let Some(name) = self.named.get(&key) {
                    return reference(name);
                }
                let name = self.free(&format!("kubernetes.{}", n.name));
                // The name is taken before the shape is looked at: it may contain itself.
                self.named.insert(key, name.clone());
                self.definitions.insert(name.clone(), json!({}));
                let shape = self.ty(n.shape(), depth + 1);
                self.definitions.insert(name.clone(), shape);
                reference(&name)
            }
        }
    }

    fn list(&mut self, l: &List, depth: u32) -> Value {
        let mut out = json!({ "type": "array" });
        let element = self.ty(&l.element, depth + 1);
        if element != json!({}) {
            let element = self.shared(element, "element");
            put(&mut out, "items", element);
        }
        if l.length.min > 0 {
            put(&mut out, "minItems", l.length.min);
        }
        if let Some(max) = l.length.max {
            put(&mut out, "maxItems", max);
        }
        if l.set {
            put(&mut out, "uniqueItems", true);
        }
        out
    }

    fn map(&mut self, m: &MapType, depth: u32) -> Value {
        let mut out = json!({ "type": "object" });
        let key = self.ty(&m.key, depth + 1);
        if key != json!({ "type": "string" }) {
            put(&mut out, "propertyNames", key);
        }
        let value = self.ty(&m.value, depth + 1);
        let value = self.shared(value, "value");
        put(&mut out, "additionalProperties", value);
        if m.length.min > 0 {
            put(&mut out, "minProperties", m.length.min);
        }
        if let Some(max) = m.length.max {
            put(&mut out, "maxProperties", max);
        }
        out
    }

    /// A record; what must be given is required.
    pub(super) fn record(&mut self, r: &Record, depth: u32) -> Value {
        let mut properties = serde_json::Map::new();
        let mut required = Vec::new();
        for f in &r.fields {
            if f.is_required() {
                required.push(Value::from(f.name.as_str()));
            }
            let schema = self.field(f, depth);
            properties.insert(f.name.to_string(), schema);
        }
        let mut out = json!({ "type": "object", "properties": properties });
        if !required.is_empty() {
            put(&mut out, "required", required);
        }
        match &r.rest {
            Some((_, value)) => {
                let value = self.ty(value, depth + 1);
                put(&mut out, "additionalProperties", value);
            }
            None if r.rows.is_empty() => put(&mut out, "additionalProperties", false),
            None => {}
        }
        let groups: Vec<Value> = r.groups.iter().map(|g| group(&g.fields, g.required)).collect();
        if !groups.is_empty() {
            put(&mut out, "allOf", groups);
        }
        out
    }

    fn field(&mut self, f: &Field, depth: u32) -> Value {
        let inner = self.ty(&f.ty, depth + 1);
        let mut out = self.shared(inner, &f.name);
        describe(&mut out, &f.docs);
        if let Some(instead) = &f.deprecated {
            deprecate(&mut out, instead);
        }
        if let Presence::Default(module, e) = f.presence
            && let Some(value) = eval::constant(self.env, module, e)
        {
            put(&mut out, "default", plain(&value));
        }
        out
    }

    fn union(&mut self, u: &Union, depth: u32) -> Value {
        // Literals of all kinds together are one `enum`.
        let literals: Option<Vec<Value>> = u.members.iter().map(literal_values).collect::<Option<Vec<Vec<Value>>>>().map(|v| v.into_iter().flatten().collect());
        if let Some(values) = literals {
            return json!({ "enum": values });
        }
        let members: Vec<Value> = u.members.iter().map(|m| self.ty(m, depth + 1)).collect();
        let members: Vec<Value> = members.into_iter().map(|m| self.shared(m, "alternative")).collect();
        json!({ "anyOf": members })
    }

    fn text(&mut self, t: &Text) -> Value {
        match t {
            Text::Any => json!({ "type": "string" }),
            Text::Literals(all) => {
                let all: Vec<&str> = all.iter().map(|s| s.as_str()).collect();
                if let [one] = all.as_slice() { json!({ "const": one }) } else { json!({ "type": "string", "enum": all }) }
            }
            Text::Language(l) => self.language(l),
        }
    }

    fn language(&mut self, l: &Language) -> Value {
        let mut out = match l.format {
            Some(f) => self.format(f),
            None => json!({ "type": "string" }),
        };
        let mut more = Vec::new();
        for p in &l.patterns {
            more.push(json!({ "pattern": whole(p) }));
        }
        let own = l.format.map(Format::length);
        let mut bounds = json!({});
        length(&mut bounds, l.length.0, own);
        if bounds != json!({}) {
            more.push(bounds);
        }
        if more.is_empty() {
            return out;
        }
        if l.format.is_some() {
            more.insert(0, out);
            return json!({ "allOf": more });
        }
        if let (Some(target), [first, rest @ ..]) = (out.as_object_mut(), more.as_slice()) {
            target.extend(first.as_object().cloned().unwrap_or_default());
            if let [bounds] = rest
                && bounds.get("pattern").is_none()
            {
                target.extend(bounds.as_object().cloned().unwrap_or_default());
            } else if !rest.is_empty() {
                target.insert("allOf".to_owned(), rest.to_vec().into());
            }
        }
        out
    }

    /// A named format, written once.
    pub(super) fn format(&mut self, f: Format) -> Value {
        let name = f.name();
        if !self.definitions.contains_key(name) {
            let (all, none) = f.patterns();
            let mut out = json!({ "type": "string", "description": f.words().replace('`', "") });
            length(&mut out, f.length(), None);
            let mut patterns: Vec<Value> = all.iter().map(|p| json!({ "pattern": whole(p) })).collect();
            if let [one] = patterns.as_slice() {
                put(&mut out, "pattern", one.get("pattern").cloned().unwrap_or_default());
                patterns.clear();
            }
            patterns.extend(none.iter().map(|p| json!({ "not": { "pattern": whole(p) } })));
            if !patterns.is_empty() {
                put(&mut out, "allOf", patterns);
            }
            if f == Format::Quantity {
                out = json!({ "anyOf": [out, { "type": "number" }], "description": f.words().replace('`', "") });
            }
            put(&mut out, "examples", vec![f.example()]);
            self.definitions.insert(name.to_owned(), out);
        }
        reference(name)
    }
}

/// Every value of a literal type; `None` for other types.
fn literal_values(ty: &Ty) -> Option<Vec<Value>> {
    Some(match &**ty {
        Type::Null => vec![Value::Null],
        Type::Bool(Some(b)) => vec![(*b).into()],
        Type::Int(i) => vec![i.single()?.into()],
        Type::Text(Text::Literals(all)) => all.iter().map(|s| s.as_str().into()).collect(),
        _ => return None,
    })
}

fn integer(i: Interval) -> Value {
    let mut out = json!({ "type": "integer" });
    if let Some(v) = i.single() {
        return json!({ "const": v });
    }
    if ![Interval::INT.low, Interval::INT64.low].contains(&i.low) {
        put(&mut out, "minimum", i.low);
    }
    if ![Interval::INT.high, Interval::INT64.high].contains(&i.high) {
        put(&mut out, "maximum", i.high);
    }
    out
}

/// A decimal with bounds, from the way they are shown: `Number(0..=1)`.
fn number(shown: &str) -> Value {
    let mut out = json!({ "type": "number" });
    let inner = shown.rsplit_once('(').map_or(shown, |(_, r)| r.trim_end_matches(')'));
    if let Some((low, high)) = inner.split_once("..") {
        let bound = |t: &str| serde_json::from_str::<Value>(t.trim_start_matches('=')).ok().filter(Value::is_number);
        if let Some(low) = bound(low) {
            put(&mut out, "minimum", low);
        }
        if let Some(high) = bound(high) {
            put(&mut out, "maximum", high);
        }
    }
    out
}

fn length(out: &mut Value, l: Length, known: Option<Length>) {
    let min = known.map_or(0, |k| k.min);
    if l.min > min {
        put(out, "minLength", l.min);
    }
    if let Some(max) = l.max.filter(|m| known.and_then(|k| k.max) != Some(*m)) {
        put(out, "maxLength", max);
    }
}

/// Fields that exclude each other; with `required` one must be there.
fn group(fields: &[ecow::EcoString], required: bool) -> Value {
    let each: Vec<Value> = fields.iter().map(|f| json!({ "required": [f.as_str()] })).collect();
    if required {
        return json!({ "oneOf": each });
    }
    let mut all = each;
    all.push(json!({ "not": { "anyOf": all.clone() } }));
    json!({ "oneOf": all })
}

/// A pattern of the language matches whole texts.
fn whole(pattern: &str) -> String {
    format!("^(?:{pattern})$")
}

/// A value as JSON.
pub(super) fn plain(v: &Datum) -> Value {
    match &v.data {
        Data::Null => Value::Null,
        Data::Bool(b) => (*b).into(),
        Data::Int(i) => (*i).into(),
        Data::Number(n) => serde_json::from_str(&n.text).unwrap_or_else(|_| n.text.as_str().into()),
        Data::String(s) => s.as_str().into(),
        Data::List(l) => l.items.iter().map(plain).collect(),
        Data::Map(m) => Value::Object(m.iter().map(|e| (e.key.to_string(), plain(&e.value))).collect()),
    }
}
