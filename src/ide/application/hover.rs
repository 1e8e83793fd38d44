//! What is shown over a word.

use super::Asked;
use super::cursor::{Step, What, spots};
use super::effect;
use super::place::{Declared, Here, Place, Walker};
use super::skeleton::{Named, Part};
use super::tree::{Data, Tree};
use super::visit::{inner, names};
use crate::base::Range;
use crate::ide::Hover;

/// What is said about the word at an offset.
pub fn hover(asked: &Asked<'_>, offset: u32) -> Option<Hover> {
    let tree = Tree::new(asked.text);
    let spot = spots(&tree, asked.text, offset).into_iter().next()?;
    let walker = Walker { asked, tree: &tree, document: spot.document };
    let (here, node) = walker.at(&spot.path);
    match spot.what {
        What::Key { entry: Some(entry), .. } => {
            let below = walker.step(&here, node, &Step::Key(entry.key.clone()));
            let mut markdown = asked.declared_markdown(below.declared.as_ref()?);
            if let Some(kind) = below.type_name()
                && let Some(id) = entry.value.as_text().and_then(|t| asked.find(kind, t))
            {
                markdown.push_str(&format!("\n\n---\n\n{}", asked.definition_markdown(id)));
            }
            // All properties at once are too much.
            if !matches!(below.declared, Some(Declared::Key(_))) && !entry.value.is_missing() {
                markdown.push_str(&effect::markdown(asked, entry.value.range));
            }
            Some(Hover { range: entry.key_range, markdown })
        }
        What::Value { node: Some(node), .. } if matches!(node.data, Data::Scalar(_)) => {
            let text = node.as_text()?;
            let markdown = value(asked, &tree, &here, text, node.range)?;
            Some(Hover { range: node.range, markdown })
        }
        _ => None,
    }
}

fn value(asked: &Asked<'_>, tree: &Tree, here: &Here<'_>, text: &str, range: Range) -> Option<String> {
    if let Some(kind) = here.type_name() {
        let mut out = asked.definition_markdown(asked.find(kind, text)?);
        let made: Vec<String> = effect::objects(asked, range).iter().map(|o| format!("`{}`", effect::label(&o.value))).collect();
        if !made.is_empty() {
            out.push_str(&format!("\n\nrenders {}", made.join(", ")));
        }
        return Some(out);
    }
    if let Some((named, declares)) = here.named() {
        return name(asked, tree, named, declares, text, range);
    }
    match (&here.place, &here.declared) {
        (Place::Part(Part::ApiVersion | Part::Kind), _) => kind(asked, tree, range),
        (_, Some(Declared::Field(..))) => {
            let mut out = asked.declared_markdown(here.declared.as_ref()?);
            out.push_str(&effect::markdown(asked, range));
            Some(out)
        }
        (Place::Part(_), Some(declared)) => Some(asked.declared_markdown(declared)),
        // An element of a list, a value of a map.
        (Place::Typed(typed), None) => Some(format!("```jibe\n{}\n```{}", typed.ty, effect::markdown(asked, range))),
        _ => None,
    }
}

/// A name: what it names, and who uses it.
fn name(asked: &Asked<'_>, tree: &Tree, named: Named, declares: bool, text: &str, range: Range) -> Option<String> {
    let text = text.split('.').next().filter(|_| named == Named::Output && !declares).unwrap_or(text);
    let all = names(asked, tree);
    let declared = all.iter().find(|n| n.declares && n.named == named && n.text == text);
    let mut out = format!("{} `{text}`", named.word());
    match declared {
        Some(d) => {
            let what = tree.documents.get(d.document).and_then(|doc| type_at(doc.root.as_ref()?, d.whole));
            if let Some(what) = what {
                out.push_str(&format!(" of type `{what}`"));
            }
        }
        None => out.push_str(": nothing here has this name"),
    }
    let uses = all.iter().filter(|n| !n.declares && n.named == named && n.text == text).count();
    if declares && uses > 0 {
        out.push_str(&format!(", named {uses} time{} elsewhere in this file", if uses == 1 { "" } else { "s" }));
    }
    let effects = effect::effects(asked, inner(asked.text, range));
    if declares && named == Named::Component && !effects.is_empty() {
        let mut objects: Vec<&str> = effects.iter().map(|e| e.object.as_str()).collect();
        objects.dedup();
        let list: Vec<String> = objects.iter().take(6).map(|o| format!("`{o}`")).collect();
        out.push_str(&format!("\n\nin {}{}", list.join(", "), if objects.len() > 6 { " …" } else { "" }));
    }
    Some(out)
}

/// The `type` of the unit that is written at a range.
fn type_at(node: &super::tree::Node, whole: Range) -> Option<String> {
    if node.range == whole && node.as_map().is_some() {
        return node.get("type").and_then(|t| t.as_text()).map(ToString::to_string);
    }
    let inside = |n: &&super::tree::Node| n.range.start <= whole.start && whole.end <= n.range.end;
    match &node.data {
        Data::Map(m) => m.entries.iter().map(|e| &e.value).find(inside).and_then(|n| type_at(n, whole)),
        Data::List(l) => l.items.iter().map(|i| &i.value).find(inside).and_then(|n| type_at(n, whole)),
        _ => None,
    }
}

/// A kind of Kubernetes.
fn kind(asked: &Asked<'_>, tree: &Tree, range: Range) -> Option<String> {
    let root = tree.document_at(range.start)?.root.as_ref()?;
    let object = super::structure::innermost_map(root, range.start)?;
    let text = |key: &str| object.get(key).and_then(|n| n.as_text());
    let (api, kind) = (text("apiVersion")?, text("kind")?);
    if api.contains("oam.dev") {
        return Some(match kind.as_str() {
            "Application" => "An application: components with traits, policies that say where they go, a workflow that says how.".into(),
            "Policy" => "A policy as a document of its own: `deploy` steps of applications in the same run refer to its name.".into(),
            "Workflow" => "A workflow as a document of its own: `spec.workflow.ref` of an application names it.".into(),
            _ => return None,
        });
    }
    let info = asked.library.catalog.kind(asked.version, api, kind)?;
    let scope = if info.namespaced { "namespaced" } else { "not namespaced" };
    Some(format!("`{kind}` of `{api}`, {scope}\n\n{}", info.node.doc().unwrap_or_default()))
}
