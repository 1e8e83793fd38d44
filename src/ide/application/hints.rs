//! Words between the lines: what a component or trait is rendered to, and a line above each application to look at all of it.

use super::tree::{Node, Tree};
use super::visit::visit;
use super::{Asked, effect};
use crate::base::Range;
use crate::hir::DefinitionKind;
use crate::ide::{Command, Inlay, Lens};
use crate::value::Value;

/// The kinds that each component and trait of a part of the text renders, after its type: `→ Deployment, Service`. What a component's name says already is left out.
pub fn inlays(asked: &Asked<'_>, part: Range) -> Vec<Inlay> {
    if asked.compiled.is_empty() {
        return Vec::new();
    }
    let tree = Tree::new(asked.text);
    let mut found = Vec::new();
    for document in tree.documents.iter().filter(|d| d.range.start <= part.end && part.start <= d.range.end) {
        visit(asked, &tree, document, &mut |v| {
            if !matches!(v.here.type_name(), Some(DefinitionKind::Component | DefinitionKind::Trait)) || !part.touches(v.node.range.end) {
                return;
            }
            let objects = effect::objects(asked, v.node.range);
            let mut kinds: Vec<(&str, usize)> = Vec::new();
            for kind in objects.iter().filter_map(|o| o.value.get("kind").and_then(Value::as_str)) {
                match kinds.iter_mut().find(|(k, _)| *k == kind) {
                    Some((_, n)) => *n += 1,
                    None => kinds.push((kind, 1)),
                }
            }
            if kinds.is_empty() {
                return;
            }
            let words: Vec<String> = kinds.iter().map(|(k, n)| if *n > 1 { format!("{n} × {k}") } else { (*k).to_owned() }).collect();
            let names: Vec<String> = objects.iter().map(|o| format!("`{}`", effect::label(&o.value))).collect();
            found.push(Inlay { offset: v.node.range.end, label: format!(" → {}", words.join(", ")), is_type: false, tooltip: Some(format!("renders {}", names.join(", "))) });
        });
    }
    found
}

/// A line above each application that shows what it is rendered to.
pub fn lenses(asked: &Asked<'_>) -> Vec<Lens> {
    let tree = Tree::new(asked.text);
    let mut found = Vec::new();
    for root in tree.documents.iter().filter_map(|d| d.root.as_ref()) {
        let is_application = root.get("kind").and_then(Node::as_text).is_some_and(|k| k == "Application") || root.at(&["spec", "components"]).is_some();
        let Some(first) = root.as_map().filter(|_| is_application).and_then(|m| m.entries.first()) else { continue };
        let name = root.at(&["metadata", "name"]).and_then(Node::as_text);
        let compiled = asked.compiled.iter().find(|(c, _)| Some(c.application.as_str()) == name.map(|n| n.as_str()));
        let count = compiled.map(|(c, _)| c.deliveries.iter().map(|d| d.objects.len()).sum::<usize>());
        let title = match count {
            Some(1) => "preview 1 object".to_owned(),
            Some(n) if n > 0 => format!("preview {n} objects"),
            _ => "preview rendered objects".to_owned(),
        };
        found.push(Lens { range: first.key_range, title, command: Command::Preview });
    }
    found
}
