//! `--set components.NAME.properties.PATH=VALUE`: values given on the command line, put into the applications before they are compiled. The setting is a source of its own, so
//! that findings point into it.

use ecow::EcoString;

use super::rehome::rehome;
use super::session::Work;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::oam::{Application, Unit};
use crate::source::Sources;
use crate::value::{Data, Map, Origin, OriginKind, Origins, Value};
use crate::yaml;

/// What settings begin with, for messages.
const FORM: &str =
    "settings look like `components.web.properties.image=nginx:1.27`, `components.web.traits.scaler.properties.replicas=3` or `policies.prod.properties.namespace=shop`";

/// Applies the settings in order. One that fits no application is an error.
pub fn apply(settings: &[String], work: &mut Work, sources: &Sources) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for text in settings {
        let file = sources.add("--set", text.as_str());
        let whole = Span::new(file, 0, text.len() as u32);
        let Some((path, value)) = text.split_once('=') else {
            findings.push(Diagnostic::new(codes::J0806, "a setting needs a `=`").primary(whole, "").help(FORM));
            continue;
        };
        let mut origins = Origins::new();
        let (documents, problems) = yaml::read(value, file, &mut origins);
        let value = match documents.into_iter().next() {
            Some(d) if problems.is_empty() => d.value,
            // What is no YAML is text.
            _ => Value::string(value, origins.leaf(whole, OriginKind::Yaml)),
        };
        let words: Vec<&str> = path.split('.').collect();
        let mut known: Vec<EcoString> = Vec::new();
        let mut done = false;
        for (app, to) in &mut work.applications {
            let origin = to.leaf(whole, OriginKind::Yaml);
            // The value stands behind the `=`: its place is the whole setting.
            let value = at(&rehome(&value, &origins, to), origin);
            done |= set(app, &words, &value, origin, &mut known);
        }
        if !done {
            let d = Diagnostic::new(codes::J0806, "the setting fits no application").primary(whole, "");
            let near = words.get(1).and_then(|w| nearest(w, known.iter().map(EcoString::as_str)));
            findings.push(d.help(near.map_or_else(|| FORM.to_owned(), |n| format!("did you mean `{n}`?"))));
        }
    }
    findings
}

/// The value with one origin everywhere.
fn at(value: &Value, origin: Origin) -> Value {
    match &value.data {
        Data::Map(m) => Value::map(m.iter().map(|e| crate::value::Entry { key: e.key.clone(), key_origin: origin, value: at(&e.value, origin) }).collect(), origin),
        Data::List(l) => Value::list(l.items.iter().map(|v| at(v, origin)).collect(), origin),
        data => Value::with(data.clone(), origin),
    }
}

fn set(app: &mut Application, words: &[&str], value: &Value, origin: Origin, known: &mut Vec<EcoString>) -> bool {
    match words {
        ["components", name, "properties", path @ ..] => {
            known.extend(app.components.iter().map(|c| c.name.text.clone()));
            write_all(app.components.iter_mut().filter(|c| c.name.text == *name).map(|c| &mut c.unit), path, value, origin)
        }
        ["components", name, "traits", kind, "properties", path @ ..] => {
            known.extend(app.components.iter().map(|c| c.name.text.clone()));
            let traits = app.components.iter_mut().filter(|c| c.name.text == *name).flat_map(|c| &mut c.traits);
            write_all(traits.filter(|t| t.type_name.text == *kind), path, value, origin)
        }
        ["policies", name, "properties", path @ ..] => {
            known.extend(app.policies.iter().map(|p| p.name.text.clone()));
            write_all(app.policies.iter_mut().filter(|p| p.name.text == *name).map(|p| &mut p.unit), path, value, origin)
        }
        _ => false,
    }
}

fn write_all<'u>(units: impl Iterator<Item = &'u mut Unit>, path: &[&str], value: &Value, origin: Origin) -> bool {
    let mut any = false;
    for unit in units.filter(|_| !path.is_empty()) {
        any = true;
        let old = unit.properties.take().unwrap_or_else(|| Value::map(Map::new(), origin));
        unit.properties = Some(written(old, path, value, origin));
    }
    any
}

/// The value with another one at a path; what is on the way and no object becomes one.
fn written(old: Value, path: &[&str], value: &Value, origin: Origin) -> Value {
    let Some((first, rest)) = path.split_first() else { return value.clone() };
    if let (Data::List(list), Ok(i)) = (&old.data, first.parse::<usize>())
        && i < list.items.len()
    {
        let mut items = list.items.clone();
        if let Some(item) = items.get_mut(i) {
            *item = written(item.clone(), rest, value, origin);
        }
        return Value::list(items, old.origin);
    }
    let mut map = old.as_map().cloned().unwrap_or_default();
    let inner = map.get(first).cloned().unwrap_or_else(|| Value::map(Map::new(), origin));
    map.insert((*first).into(), origin, written(inner, rest, value, origin));
    Value::map(map, old.origin)
}
