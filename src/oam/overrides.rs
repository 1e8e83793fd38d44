//! `override` policies: changes to components and traits before they are rendered. The rules are KubeVela's; by default a component's name is matched as a whole
//! (`web` is not `my-web2`), and a trait given twice stays twice.

use ecow::EcoString;
use regex_automata::meta::Regex;

use super::fields::short;
use super::model::{Component, Text, Unit};
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::value::{Data, Map, OriginKind, Origins, Value};

/// How deep properties are merged.
const DEPTH: usize = 128;

/// The components with the changes of one override.
pub fn apply(components: &[Component], properties: Option<&Value>, origins: &mut Origins, compat: bool, findings: &mut Vec<Diagnostic>) -> Vec<Component> {
    let mut out = components.to_vec();
    let Some(properties) = properties else { return out };
    for change in properties.get("components").and_then(Value::as_list).unwrap_or_default() {
        if change.as_map().is_some() {
            apply_one(&mut out, change, origins, compat, findings);
        }
    }
    let selector: Vec<&Value> = properties.get("selector").and_then(Value::as_list).unwrap_or_default().iter().filter(|v| v.as_str().is_some()).collect();
    if !selector.is_empty() {
        for v in &selector {
            let names: Vec<&str> = out.iter().map(|c| c.name.as_str()).collect();
            if let Some(name) = v.as_str().filter(|n| !names.contains(n) && !compat) {
                let mut d = Diagnostic::new(codes::J0806, format!("`selector` refers to a component `{}` that does not exist", short(name)))
                    .primary(origins.span(v.origin), "no component has this name");
                if let Some(near) = nearest(name, names.iter().copied()) {
                    d = d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), origins.span(v.origin), near);
                }
                findings.push(d);
            }
        }
        out.retain(|c| selector.iter().any(|v| v.as_str() == Some(c.name.as_str())));
    }
    out
}

fn apply_one(components: &mut Vec<Component>, change: &Value, origins: &mut Origins, compat: bool, findings: &mut Vec<Diagnostic>) {
    let name = change.get("name").filter(|v| v.as_str().is_some_and(|s| !s.is_empty()));
    let kind = change.get("type").and_then(|v| v.as_str().filter(|s| !s.is_empty()).map(|s| Text::new(s, v.origin, origins.span(v.origin))));
    let Some(name_value) = name else {
        for c in components.iter_mut().filter(|c| kind.as_ref().is_none_or(|k| k.text == c.unit.type_name.text)) {
            *c = merge_component(c, change, origins, compat);
        }
        return;
    };
    let pattern = name_value.as_str().unwrap_or_default();
    let mut matched = false;
    for c in components.iter_mut().filter(|c| matches(pattern, c.name.as_str(), compat)) {
        matched = true;
        match &kind {
            Some(k) if k.text != c.unit.type_name.text => {
                let own_name = c.name.clone();
                *c = new_component(name_value, k.clone(), change, origins);
                // KubeVela takes the pattern for the name.
                if !compat {
                    c.name = own_name;
                }
            }
            _ => *c = merge_component(c, change, origins, compat),
        }
    }
    if matched {
        return;
    }
    match kind {
        Some(kind) => components.push(new_component(name_value, kind, change, origins)),
        None => findings.push(no_component(components, name_value, pattern, origins)),
    }
}

fn no_component(components: &[Component], name: &Value, pattern: &str, origins: &Origins) -> Diagnostic {
    let span = origins.span(name.origin);
    let d = Diagnostic::new(codes::J0806, format!("the override changes a component `{}` that does not exist", short(pattern))).primary(span, "no component has this name");
    match nearest(pattern, components.iter().map(|c| c.name.as_str())) {
        Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, near),
        None => d.help("give it a `type` to add a component of this name"),
    }
}

/// Whether a component's name fits a change's: `*` stands for any text, the rest is a regular expression. In KubeVela it may stand anywhere in the name.
fn matches(pattern: &str, name: &str, compat: bool) -> bool {
    if pattern == name {
        return true;
    }
    let expression = pattern.replace('*', ".*");
    let expression = if compat { expression } else { format!("^(?:{expression})$") };
    if !compat && !pattern.contains(|c: char| !(c.is_ascii_alphanumeric() || c == '-')) {
        return false;
    }
    Regex::new(&expression).is_ok_and(|r| r.is_match(name))
}

fn new_component(name: &Value, kind: Text, change: &Value, origins: &Origins) -> Component {
    let span = origins.span(name.origin);
    let name = Text::new(name.as_str().unwrap_or_default(), name.origin, span);
    let traits = changes_of_traits(change).filter(|(_, _, disable)| !disable).map(|(t, v, _)| unit(t, v, origins)).collect();
    Component { name, unit: Unit { type_name: kind, properties: change.get("properties").filter(|v| !v.is_null()).cloned(), span, broken: false }, traits, ..Component::default() }
}

fn unit(kind: &Value, entry: &Value, origins: &Origins) -> Unit {
    let span = origins.span(kind.origin);
    Unit { type_name: Text::new(kind.as_str().unwrap_or_default(), kind.origin, span), properties: entry.get("properties").filter(|v| !v.is_null()).cloned(), span, broken: false }
}

/// The traits of a change: the type, the entry, whether it takes the trait away.
fn changes_of_traits(change: &Value) -> impl Iterator<Item = (&Value, &Value, bool)> {
    change.get("traits").and_then(Value::as_list).unwrap_or_default().iter().filter_map(|t| {
        let kind = t.get("type").filter(|v| v.as_str().is_some())?;
        Some((kind, t, t.get("disable").and_then(Value::as_bool).unwrap_or(false)))
    })
}

fn merge_component(base: &Component, change: &Value, origins: &mut Origins, compat: bool) -> Component {
    let mut out = base.clone();
    out.unit.properties = merge_properties(base.unit.properties.as_ref(), change.get("properties"), origins);
    if compat {
        collapse(&mut out.traits);
    }
    for (kind, entry, disable) in changes_of_traits(change) {
        let name = kind.as_str().unwrap_or_default();
        let exists = out.traits.iter().any(|t| t.type_name.text == name);
        if disable {
            out.traits.retain(|t| t.type_name.text != name);
        } else if exists {
            for t in out.traits.iter_mut().filter(|t| t.type_name.text == name) {
                t.properties = merge_properties(t.properties.as_ref(), entry.get("properties"), origins);
            }
        } else {
            out.traits.push(unit(kind, entry, origins));
        }
    }
    out
}

/// KubeVela keeps traits in a map by type: of several, the last takes the places of all.
fn collapse(traits: &mut [Unit]) {
    let last: Vec<(EcoString, Unit)> = traits.iter().map(|t| (t.type_name.text.clone(), t.clone())).collect();
    for t in traits.iter_mut() {
        if let Some((_, l)) = last.iter().rev().find(|(n, _)| *n == t.type_name.text) {
            *t = l.clone();
        }
    }
}

fn merge_properties(base: Option<&Value>, over: Option<&Value>, origins: &mut Origins) -> Option<Value> {
    match (base, over.filter(|v| !v.is_null())) {
        (Some(b), Some(o)) => Some(merge(b, o, origins, DEPTH)),
        (b, o) => o.or(b).cloned(),
    }
}

/// Objects key by key; everything else is replaced.
fn merge(base: &Value, over: &Value, origins: &mut Origins, depth: usize) -> Value {
    let (Data::Map(b), Data::Map(o)) = (&base.data, &over.data) else { return over.clone() };
    if depth == 0 {
        return over.clone();
    }
    let mut map: Map = (**b).clone();
    for e in o.iter() {
        let value = match map.get(&e.key) {
            Some(old) => merge(old, &e.value, origins, depth - 1),
            None => e.value.clone(),
        };
        map.insert(e.key.clone(), e.key_origin, value);
    }
    let origin = origins.add(origins.span(over.origin), OriginKind::Joined, [over.origin, base.origin]);
    Value::map(map, origin)
}
