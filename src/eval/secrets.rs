//! Values of `@sensitive` parameters: what findings must not show. They are found again by their text, so what is computed from them is hidden, too.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use crate::types::{Ty, Type};
use crate::value::{Data, Value};

/// What stands for a secret.
const MASK: &str = "***";
/// Shorter secrets are hidden only where they are the whole of what is quoted: they may be part of any word.
const SHORT: usize = 4;
/// How deep parameters are looked into.
const DEPTH: u32 = 32;

/// The secrets of a run.
#[derive(Debug, Default)]
pub struct Secrets {
    texts: Mutex<BTreeSet<String>>,
}

impl Secrets {
    /// Notes the sensitive parts of parameters that were read.
    pub fn note(&self, ty: &Ty, parameters: &Value) {
        let mut found = Vec::new();
        collect(ty, parameters, false, DEPTH, &mut found);
        if !found.is_empty() {
            self.texts.lock().unwrap_or_else(PoisonError::into_inner).extend(found);
        }
    }

    /// A text without secrets; `None` when there are none in it.
    pub fn hide(&self, text: &str) -> Option<String> {
        let mut out = text.to_owned();
        for secret in self.longest_first() {
            if secret.len() < SHORT {
                for quote in ['`', '"'] {
                    out = out.replace(&format!("{quote}{secret}{quote}"), &format!("{quote}{MASK}{quote}"));
                }
            } else if out.contains(&secret) {
                out = out.replace(&secret, MASK);
            }
        }
        (out != text).then_some(out)
    }

    /// The same with as many bytes as before, so that places in it stay.
    pub fn cover(&self, text: &str) -> Option<String> {
        let mut out = text.to_owned();
        for secret in self.longest_first().into_iter().filter(|s| s.len() >= SHORT && out.contains(s.as_str())).collect::<Vec<_>>() {
            out = out.replace(&secret, &"*".repeat(secret.len()));
        }
        (out != text).then_some(out)
    }

    /// A secret may be part of another one.
    fn longest_first(&self) -> Vec<String> {
        let mut all: Vec<String> = self.texts.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect();
        all.sort_by_key(|s| std::cmp::Reverse(s.len()));
        all
    }
}

fn collect(ty: &Ty, value: &Value, sensitive: bool, depth: u32, found: &mut Vec<String>) {
    if depth == 0 {
        return;
    }
    if sensitive {
        return scalars(value, depth, found);
    }
    match ty.shape() {
        Type::Record(r) => {
            for entry in value.as_map().into_iter().flat_map(|m| m.iter()) {
                if let Some(f) = r.field(&entry.key) {
                    collect(&f.ty, &entry.value, f.sensitive, depth - 1, found);
                }
            }
        }
        Type::Union(u) if value.as_map().is_some() || value.as_list().is_some() => u.members.iter().for_each(|m| collect(m, value, false, depth - 1, found)),
        Type::List(l) if !l.element.is_scalar() => value.as_list().unwrap_or_default().iter().for_each(|v| collect(&l.element, v, false, depth - 1, found)),
        Type::Map(m) if !m.value.is_scalar() => value.as_map().into_iter().flat_map(|m| m.iter()).for_each(|e| collect(&m.value, &e.value, false, depth - 1, found)),
        _ => {}
    }
}

/// All texts and numbers in a value, as they are and as base64.
fn scalars(value: &Value, depth: u32, found: &mut Vec<String>) {
    use base64::Engine;
    if depth == 0 {
        return;
    }
    match &value.data {
        Data::String(s) if !s.is_empty() => {
            found.push(base64::engine::general_purpose::STANDARD.encode(s.as_bytes()));
            found.push(s.to_string());
        }
        Data::Int(i) => found.push(i.to_string()),
        Data::Number(n) => found.push(n.text.to_string()),
        Data::List(l) => l.items.iter().for_each(|v| scalars(v, depth - 1, found)),
        Data::Map(m) => m.iter().for_each(|e| scalars(&e.value, depth - 1, found)),
        _ => {}
    }
}
