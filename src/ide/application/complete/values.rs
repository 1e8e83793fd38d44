//! Values: words of an enumeration, booleans, names that can be referred to, kinds.

use ecow::EcoString;

use super::template::scalar_text;
use super::{Completer, What};
use crate::ide::application::cursor::Step;
use crate::ide::application::place::{Declared, Here, Place, Typed, fields};
use crate::ide::application::skeleton::{Named, Part};
use crate::ide::application::tree::Node;
use crate::ide::application::visit::{Name, names};
use crate::ide::{Completion, Insert, Kind};
use crate::types::{Presence, Text, Type};

impl<'a> Completer<'_, 'a, '_> {
    /// What a scalar at a place can be.
    pub(super) fn values(&self, here: &Here<'a>, found: &mut Vec<Completion>) {
        match &here.place {
            Place::Part(part) => self.part_values(*part, found),
            Place::Typed(typed) => self.typed_values(typed, here, found),
            Place::Open => {}
        }
    }

    fn word(&self, text: &str, kind: Kind) -> Completion {
        let mut c = Completion::new(text, kind, self.spot.word);
        c.insert = Insert::Text(format!("{}{}", self.writer.lead, scalar_text(text)));
        c
    }

    fn part_values(&self, part: Part, found: &mut Vec<Completion>) {
        match part {
            Part::TypeName(kind) => self.type_names(kind, found),
            Part::Refers(named) => self.named(named, found),
            Part::From => self.named(Named::Output, found),
            Part::ParameterKey => self.parameter_keys(found),
            Part::ApiVersion => self.api_versions(found),
            Part::Kind => self.kinds(found),
            Part::Words(words) => found.extend(words.iter().map(|w| self.word(w, Kind::Value))),
            Part::Bool => self.bools(found),
            _ => {}
        }
    }

    fn bools(&self, found: &mut Vec<Completion>) {
        for word in ["true", "false"] {
            let mut c = self.word(word, Kind::Value);
            c.insert = Insert::Text(format!("{}{word}", self.writer.lead));
            found.push(c);
        }
    }

    fn typed_values(&self, typed: &Typed<'a>, here: &Here<'a>, found: &mut Vec<Completion>) {
        let default = match &here.declared {
            Some(Declared::Field(f, _)) => self.asked.default_of(f),
            _ => None,
        };
        for member in typed.ty.members() {
            match member.shape() {
                Type::Text(Text::Literals(all)) => {
                    for (i, word) in all.iter().enumerate().filter(|(_, w)| !w.is_empty() || all.len() == 1) {
                        let mut c = self.word(word, Kind::Value);
                        c.sort = 20 + (i as u32).min(20);
                        if default.as_deref() == Some(&format!("\"{word}\"")) {
                            c.detail = Some("default".into());
                        }
                        found.push(c);
                    }
                }
                Type::Bool(None) => self.bools(found),
                Type::Bool(Some(b)) => {
                    let mut c = self.word(if *b { "true" } else { "false" }, Kind::Value);
                    c.insert = Insert::Text(format!("{}{b}", self.writer.lead));
                    found.push(c);
                }
                Type::Int(i) if i.single().is_some() => {
                    let text = i.single().unwrap_or_default().to_string();
                    let mut c = Completion::new(text.clone(), Kind::Value, self.spot.word);
                    c.insert = Insert::Text(format!("{}{text}", self.writer.lead));
                    found.push(c);
                }
                _ => {}
            }
        }
        // A default that is a number or text is worth seeing where nothing is written yet.
        if let (Some(default), What::Value { node: None, .. }, Some(Declared::Field(f, _))) = (default, self.spot.what, &here.declared)
            && matches!(f.presence, Presence::Default(..))
            && typed.ty.is_scalar()
            && default.parse::<f64>().is_ok()
        {
            let mut c = Completion::new(default.clone(), Kind::Value, self.spot.word);
            c.insert = Insert::Text(format!("{}{default}", self.writer.lead));
            c.detail = Some("default".into());
            found.push(c);
        }
    }

    /// The names of a kind that can be referred to, but for those that the list around names already.
    fn named(&self, named: Named, found: &mut Vec<Completion>) {
        let own_document = self.tree.documents.iter().position(|d| std::ptr::eq(d, self.spot.document));
        let alone = !matches!(self.walker.root().place, Place::Part(Part::Application | Part::Unknown));
        let all = names(self.asked, self.tree);
        // A policy may stand in a document of its own; such a document may be about any application.
        let seen = |n: &&Name| n.declares && n.named == named && !n.text.is_empty() && (alone || Some(n.document) == own_document || named == Named::Policy);
        let (beside, own) = self.beside();
        let mut listed: Vec<&EcoString> = Vec::new();
        for name in all.iter().filter(seen) {
            if beside.contains(&name.text) || own.as_ref() == Some(&name.text) || listed.contains(&&name.text) {
                continue;
            }
            listed.push(&name.text);
            let mut c = self.word(&name.text, Kind::Variable);
            c.detail = Some(named.word().into());
            c.sort = 20;
            found.push(c);
        }
    }

    /// The other texts of the list that the cursor is in; and the name of the component or step around, if that is what lists them.
    fn beside(&self) -> (Vec<EcoString>, Option<EcoString>) {
        let path = &self.spot.path;
        let (list_path, index) = match (path.split_last(), self.spot.what) {
            (_, What::Item | What::Below) => (path.as_slice(), None),
            (Some((Step::Index(i), rest)), _) => (rest, Some(*i)),
            _ => return (Vec::new(), None),
        };
        let (_, list) = self.walker.at(list_path);
        let others = list.into_iter().flat_map(Node::items).enumerate().filter(|(i, _)| Some(*i) != index);
        let others = others.filter_map(|(_, n)| n.as_text().cloned()).collect();
        let own = list_path.split_last().filter(|(last, _)| **last == Step::Key("dependsOn".into())).and_then(|(_, unit)| {
            let (_, node) = self.walker.at(unit);
            node?.get("name")?.as_text().cloned()
        });
        (others, own)
    }

    /// The properties of the component or step around, as an input names them.
    fn parameter_keys(&self, found: &mut Vec<Completion>) {
        let Some(at) = self.spot.path.iter().rposition(|s| *s == Step::Key("inputs".into())) else { return };
        let mut path = self.spot.path.get(..at).unwrap_or(&[]).to_vec();
        path.push(Step::Key("properties".into()));
        let (here, node) = self.walker.at(&path);
        let Place::Typed(typed) = here.place else { return };
        for (field, schema) in fields(&typed, node) {
            let mut c = self.word(&field.name, Kind::Property);
            c.detail = Some(field.ty.to_string());
            c.documentation = self.asked.docs_of(&field, schema);
            found.push(c);
        }
    }

    fn sibling(&self, key: &str) -> Option<EcoString> {
        let (_, node) = self.walker.at(self.spot.path.split_last().map_or(&[], |(_, rest)| rest));
        node?.get(key)?.as_text().cloned()
    }

    fn at_top(&self) -> bool {
        self.spot.path.len() == 1
    }

    fn api_versions(&self, found: &mut Vec<Completion>) {
        let kind = self.sibling("kind");
        if self.at_top() {
            for (text, kinds) in [("core.oam.dev/v1beta1", "Application"), ("core.oam.dev/v1alpha1", "Policy, Workflow")] {
                let mut c = self.word(text, Kind::Value);
                c.detail = Some(kinds.into());
                c.sort = 10;
                found.push(c);
            }
        }
        let catalog = &self.asked.library.catalog;
        for api in catalog.api_versions(self.asked.version) {
            let has = kind.as_ref().is_some_and(|k| catalog.kind(self.asked.version, api, k).is_some());
            let mut c = self.word(api, Kind::Value);
            c.sort = if has { 5 } else { 30 };
            found.push(c);
        }
    }

    fn kinds(&self, found: &mut Vec<Completion>) {
        let api = self.sibling("apiVersion");
        let api = api.as_deref();
        let oam: &[&str] = match api {
            Some("core.oam.dev/v1alpha1") => &["Policy", "Workflow"],
            None | Some("core.oam.dev/v1beta1") if self.at_top() => &["Application"],
            _ => &[],
        };
        found.extend(oam.iter().map(|k| Completion { sort: 10, ..self.word(k, Kind::Resource) }));
        if api.is_some_and(|a| a.contains("oam.dev")) {
            return;
        }
        let catalog = &self.asked.library.catalog;
        for kind in catalog.kinds(self.asked.version).filter(|k| k.listable && api.is_none_or(|a| a.is_empty() || k.api_version == a)) {
            let mut c = self.word(kind.kind, Kind::Resource);
            c.detail = Some(kind.api_version.into());
            c.sort = 30;
            // Descriptions are many: only where the choice is small.
            if api.is_some() {
                c.documentation = kind.node.doc();
            }
            found.push(c);
        }
        let program = &self.asked.library.program;
        for (_, module) in program.modules() {
            for r in module.resources.iter().filter(|r| api == Some(r.api_version.as_str())) {
                let mut c = self.word(&r.name, Kind::Resource);
                c.documentation = (!r.docs.is_empty()).then(|| r.docs.to_string());
                found.push(c);
            }
        }
    }
}
