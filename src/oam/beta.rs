//! What `--compat kubevela` rewrites after evaluation: the beta API versions that the original prints even for a current cluster. No supported Kubernetes serves them, hence a warning.

use std::sync::Arc;

use crate::value::{Data, Map, Value};

/// Traits of the original whose Ingress is of the beta version.
const BETA_INGRESS: &[&str] = &["ingress", "pure-ingress"];

/// Rewrites an object of a trait; whether it did.
pub fn rewrite(object: &mut Value, trait_type: &str) -> bool {
    let is = |key: &str, text: &str| object.get(key).and_then(Value::as_str) == Some(text);
    if !BETA_INGRESS.contains(&trait_type) || !is("kind", "Ingress") || !is("apiVersion", "networking.k8s.io/v1") {
        return false;
    }
    let Data::Map(map) = &mut object.data else { return false };
    let map = Arc::make_mut(map);
    if let Some(v) = map.get_mut("apiVersion") {
        v.data = Data::String("networking.k8s.io/v1beta1".into());
    }
    if let Some(rules) = map.get_mut("spec").and_then(|s| field(s, "rules")) {
        for_each(rules, |rule| {
            if let Some(paths) = field(rule, "http").and_then(|h| field(h, "paths")) {
                for_each(paths, path);
            }
        });
    }
    true
}

/// `backend.service.{name, port.number}` → `backend.{serviceName, servicePort}`; there was no `pathType`.
fn path(value: &mut Value) {
    let Data::Map(map) = &mut value.data else { return };
    let map = Arc::make_mut(map);
    map.remove("pathType");
    let Some(backend) = map.get_mut("backend") else { return };
    let Some(service) = backend.get("service").cloned() else { return };
    let mut old = Map::new();
    if let Some(name) = service.get("name") {
        old.insert("serviceName".into(), name.origin, name.clone());
    }
    if let Some(port) = service.at(&["port", "number"]).or_else(|| service.at(&["port", "name"])) {
        old.insert("servicePort".into(), port.origin, port.clone());
    }
    *backend = Value::map(old, backend.origin);
}

fn field<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    if let Data::Map(map) = &mut value.data { Arc::make_mut(map).get_mut(key) } else { None }
}

fn for_each(value: &mut Value, mut change: impl FnMut(&mut Value)) {
    if let Data::List(list) = &mut value.data {
        Arc::make_mut(list).items.iter_mut().for_each(&mut change);
    }
}
