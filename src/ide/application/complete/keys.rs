//! Keys: of the fixed parts, of the properties of a definition, of Kubernetes objects; and whole entries of lists.

use ecow::EcoString;

use super::template::{Template, escaped, scalar_text};
use super::{Completer, Writer};
use crate::hir::DefinitionKind;
use crate::ide::application::place::{Here, Place, Typed, fields};
use crate::ide::application::skeleton::Part;
use crate::ide::application::tree::Node;
use crate::ide::{Completion, Insert, Kind};
use crate::kube;
use crate::types::{Field, Text, Type, Versions};

impl<'a, 't> Completer<'_, 'a, 't> {
    /// The keys of a mapping that are not given yet; `own` is the one that the cursor is on.
    pub(super) fn keys(&self, here: &Here<'a>, map: Option<&'t Node>, own: Option<&str>, writer: &Writer, found: &mut Vec<Completion>) {
        let given: Vec<&EcoString> = map.and_then(Node::as_map).into_iter().flat_map(|m| &m.entries).map(|e| &e.key).filter(|k| own != Some(k.as_str())).collect();
        let is_given = |name: &str| given.iter().any(|g| *g == name);
        match &here.place {
            Place::Part(part) => {
                self.part_keys(*part, &is_given, writer, found);
                self.entries(*part, given.is_empty() && own.is_none_or(|o| !o.is_empty() || map.is_none()), writer, found);
            }
            Place::Typed(t) if matches!(t.ty.shape(), Type::Object) => self.object_keys(&is_given, writer, found),
            Place::Typed(t) => self.fields(t, map, &is_given, writer, found),
            Place::Open => {}
        }
    }

    fn part_keys(&self, part: Part, is_given: &dyn Fn(&str) -> bool, writer: &Writer, found: &mut Vec<Completion>) {
        for (i, key) in part.keys().iter().enumerate().filter(|(_, k)| !is_given(k.name)) {
            let mut c = Completion::new(key.name, Kind::Property, writer.word);
            c.detail = Some(key.part.describe());
            c.documentation = Some(key.docs.into());
            c.sort = if key.required { 10 } else { 20 } + i as u32;
            c.insert = self.written(writer, key.name, |t| t.part(key.name, key.part));
            found.push(c);
        }
        if part == Part::Unknown && !is_given("apiVersion") && !is_given("kind") {
            let mut c = Completion::new("Application", Kind::Snippet, writer.word);
            c.detail = Some("a whole application".into());
            c.insert = Insert::Snippet(
                "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: ${1:name}\nspec:\n  components:\n    - name: ${2:web}\n      type: ${3:webservice}\n      properties:\n        $0"
                    .into(),
            );
            c.sort = 5;
            found.push(c);
        }
    }

    /// Whole components, traits, policies and steps with what their type needs at least.
    fn entries(&self, part: Part, empty: bool, writer: &Writer, found: &mut Vec<Completion>) {
        let Some(kind) = part.unit().filter(|_| empty && !writer.flow && !writer.colon) else { return };
        if matches!(part, Part::PolicyDocument | Part::OverrideComponent) {
            return;
        }
        for name in self.asked.library.program.names(kind) {
            let Some(id) = self.asked.find(kind, &name) else { continue };
            if self.asked.deprecated(id).is_some() {
                continue;
            }
            let mut t = Template::new(false, writer.pad);
            if kind != DefinitionKind::Trait {
                t.text.push_str(&format!("name: ${{1:{}}}\n{}", escaped(&name), " ".repeat(writer.pad)));
                t.skip();
            }
            t.text.push_str(&format!("type: {}", escaped(&scalar_text(&name))));
            let parameters = self.asked.library.types.parameters(id);
            if fields(&Typed { ty: parameters.clone(), schema: None }, None).iter().any(|(f, _)| f.is_required()) {
                t.properties(&parameters, 0);
            }
            let mut c = Completion::new(name.as_str(), Kind::Snippet, writer.word);
            c.detail = Some(format!("a whole {}", kind.word()));
            c.documentation = Some(self.asked.definition_markdown(id));
            c.insert = Insert::Snippet(format!("{}{}", writer.lead, t.text));
            c.sort = 60;
            found.push(c);
        }
    }

    /// What an object has whose kind is not known yet.
    fn object_keys(&self, is_given: &dyn Fn(&str) -> bool, writer: &Writer, found: &mut Vec<Completion>) {
        let keys = [
            ("apiVersion", Part::ApiVersion, "Group and version of the kind: `apps/v1`."),
            ("kind", Part::Kind, "The kind: `Deployment`."),
            ("metadata", Part::Metadata, "Name, namespace, labels and annotations."),
        ];
        for (i, (name, part, docs)) in keys.into_iter().enumerate().filter(|(_, k)| !is_given(k.0)) {
            let mut c = Completion::new(name, Kind::Property, writer.word);
            c.detail = Some(part.describe());
            c.documentation = Some(docs.into());
            c.sort = 10 + i as u32;
            c.insert = self.written(writer, name, |t| t.part(name, part));
            found.push(c);
        }
    }

    fn fields(&self, typed: &Typed<'a>, map: Option<&'t Node>, is_given: &dyn Fn(&str) -> bool, writer: &Writer, found: &mut Vec<Completion>) {
        let exists = Versions(1 << self.asked.version.index());
        let kubernetes = typed.schema.is_some();
        let groups: Vec<_> = typed.ty.as_record().map(|r| r.groups.clone()).unwrap_or_default();
        // Of fields that exclude each other one is enough.
        let excluded = |name: &str| groups.iter().any(|g| g.fields.iter().any(|f| f == name) && g.fields.iter().any(|f| f != name && is_given(f)));
        for (i, (field, schema)) in fields(typed, map).into_iter().enumerate() {
            if is_given(&field.name) || !field.versions.covers(exists) || excluded(&field.name) {
                continue;
            }
            found.push(self.field(&field, schema, i, kubernetes, writer));
        }
        for member in typed.ty.members() {
            if let Type::Map(m) = member.shape()
                && let Type::Text(Text::Literals(all)) = m.key.shape()
            {
                for name in all.iter().filter(|n| !is_given(n)) {
                    let mut c = Completion::new(name.as_str(), Kind::Property, writer.word);
                    c.detail = Some(m.value.to_string());
                    c.insert = self.written(writer, name, |t| t.property(name, &m.value));
                    found.push(c);
                }
            }
        }
    }

    fn field(&self, field: &Field, schema: Option<kube::Node<'a>>, index: usize, kubernetes: bool, writer: &Writer) -> Completion {
        let mut c = Completion::new(field.name.as_str(), Kind::Property, writer.word);
        let default = self.asked.default_of(field).map_or(String::new(), |d| format!(" = {d}"));
        c.detail = Some(format!("{}{default}", field.ty));
        let notes = self.asked.field_notes(field, schema);
        c.documentation = (!notes.is_empty()).then(|| notes.trim().to_owned());
        c.deprecated = field.deprecated.is_some();
        // The server's own part of an object is written by nobody.
        let served = kubernetes && matches!(field.name.as_str(), "status" | "managedFields");
        c.sort = match () {
            () if c.deprecated || served => 90,
            () if field.is_required() => 10,
            () if kubernetes => 30,
            () => 20 + (index as u32).min(9),
        };
        c.insert = self.written(writer, &field.name, |t| t.property(&field.name, &field.ty));
        c
    }

    /// A key as it is written at the spot.
    fn written(&self, writer: &Writer, name: &str, write: impl FnOnce(&mut Template)) -> Insert {
        if writer.colon {
            return Insert::Text(format!("{}{}", writer.lead, scalar_text(name)));
        }
        let mut t = Template::new(writer.flow, writer.pad);
        write(&mut t);
        Insert::Snippet(format!("{}{}", writer.lead, t.text))
    }
}
