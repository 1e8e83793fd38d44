//! The proposals: what a scope, a type or a keyword offers.

use super::Asked;
use super::describe::one_line;
use super::hover::KEYWORDS;
use super::names::{Meaning, kind_of, of_global, of_type};
use super::signature::{METHODS, builtin};
use crate::base::Range;
use crate::hir::{BUILTIN_TYPES, Builtin, DefinitionKind, Expr, Global, Import, ImportSource, Key, Member, ModuleId, TypeRef};
use crate::ide::{Completion, Insert, Kind, TextEdit};
use crate::kube::Version;
use crate::types::{Field, Text, Ty, Type};

/// A keyword of an item or statement with places to fill in.
type Shape = (&'static str, &'static str);

const ITEMS: &[Shape] = &[
    ("import", "import $0"),
    ("component", "/// $1\ncomponent ${2:name}: ${3:Deployment} {\n  parameters {\n    image: ImageReference\n  }\n  output {\n    $0\n  }\n}"),
    ("trait", "/// $1\ntrait ${2:name} for ${3:PodTemplate} {\n  parameters {\n    $4\n  }\n  patch {\n    $0\n  }\n}"),
    ("policy", "/// $1\npolicy ${2:name} {\n  parameters {\n    $0\n  }\n}"),
    ("step", "/// $1\nstep ${2:name} {\n  parameters {\n    $0\n  }\n}"),
    ("rule", "/// $1\nrule ${2:name} for ${3:PodTemplate} {\n  require ${4:condition} else \"${5:message}\"\n}"),
    ("type", "type ${1:Name} = $0"),
    ("fn", "fn ${1:name}(${2:x}: ${3:String}) -> ${4:String} = $0"),
    ("let", "let ${1:name} = $0"),
    ("view", "view ${1:Name}: ${2:PodTemplateSpec} {\n  ${3:Deployment}: ${0:spec.template}\n}"),
    ("extend view", "extend view ${1:Name} {\n  ${2:Kind}: ${0:spec.template}\n}"),
    ("resource", "resource ${1:Kind}: \"${2:group/version}\" {\n  spec: { $0 }\n}"),
    ("test", "test \"${1:what holds}\" {\n  let app = application ${2:shop} { component ${3:web}: ${4:webservice} { $5 } }\n  expect $0\n}"),
];

const STATEMENTS: &[Shape] = &[
    ("parameters", "parameters {\n  $0\n}"),
    ("let", "let ${1:name} = $0"),
    ("require", "require ${1:condition} else \"${2:message}\""),
    ("if", "if ${1:condition} {\n  $0\n}"),
    ("for", "for ${1:x} in ${2:xs} {\n  $0\n}"),
    ("match", "match ${1:value} {\n  ${2:pattern} => {\n    $0\n  }\n}"),
    ("output", "output ${1:name}: ${2:Service} {\n  $0\n}"),
    ("patch", "patch ${1:target} {\n  $0\n}"),
    ("from", "from ${1:webservice} {\n  $0\n}"),
    ("do", "do ${1:deploy} {\n  $0\n}"),
    ("conflicts", "conflicts $0"),
    ("status", "status {\n  healthy: $0\n}"),
    ("returns", "returns {\n  $0\n}"),
];

const MEMBERS: &[Shape] = &[("if", "if ${1:condition} {\n  $0\n}"), ("for", "for ${1:x} in ${2:xs} {\n  $0\n}"), ("let", "let ${1:name} = $0")];

const EXPRESSIONS: &[Shape] = &[("if", "if ${1:condition} then ${2:value} else $0"), ("match", "match ${1:value} {\n  ${2:pattern} => $0\n}"), ("has", "has $0"), ("null", "null")];

const ATTRIBUTES: &[Shape] = &[
    ("deprecated", "deprecated(\"${1:instead}\")"),
    ("example", "example({ $0 })"),
    ("sensitive", "sensitive"),
    ("level", "level(\"${1|off,info,warn,error|}\")"),
    ("cluster", "cluster"),
    ("version", "version(\"${1:v2}\")"),
    ("stage", "stage(\"${1|PreDispatch,DefaultDispatch,PostDispatch|}\")"),
    ("podDisruptive", "podDisruptive"),
    ("manageWorkload", "manageWorkload"),
    ("controlPlaneOnly", "controlPlaneOnly"),
    ("immutable", "immutable"),
    ("alias", "alias(\"$1\")"),
    ("label", "label(\"${1:key}\", \"${2:value}\")"),
];

/// The proposals of one place.
pub(super) struct Proposals<'a, 'p> {
    asked: &'a Asked<'p>,
    /// What they replace.
    pub range: Range,
    pub out: Vec<Completion>,
}

impl<'a, 'p> Proposals<'a, 'p> {
    pub fn new(asked: &'a Asked<'p>, range: Range) -> Self {
        Self { asked, range, out: Vec::new() }
    }

    /// Adds a proposal; of two with one label the first stays.
    pub fn add(&mut self, c: Completion) {
        if !self.out.iter().any(|o| o.label == c.label && o.kind == c.kind) {
            self.out.push(Completion { range: self.range, ..c });
        }
    }

    fn shapes(&mut self, shapes: &[Shape], sort: u32) {
        for (word, snippet) in shapes {
            let docs = KEYWORDS.iter().find(|(k, _)| k == word).map(|(_, d)| (*d).to_owned());
            self.add(Completion { insert: Insert::Snippet((*snippet).to_owned()), documentation: docs, sort, ..Completion::new(*word, Kind::Keyword, self.range) });
        }
    }

    pub fn items(&mut self) {
        self.shapes(ITEMS, 10);
    }

    pub fn statements(&mut self) {
        self.shapes(STATEMENTS, 10);
    }

    pub fn member_words(&mut self) {
        self.shapes(MEMBERS, 60);
    }

    pub fn expression_words(&mut self) {
        self.shapes(EXPRESSIONS, 70);
    }

    pub fn attributes(&mut self) {
        self.shapes(ATTRIBUTES, 10);
    }

    pub fn words(&mut self, words: &[&str]) {
        for word in words {
            self.add(Completion { sort: 40, ..Completion::new(*word, Kind::Keyword, self.range) });
        }
    }

    /// A thing with a name, described where the list is shown.
    fn named(&mut self, name: &str, kind: Kind, meaning: Option<Meaning>, sort: u32) {
        let markdown = meaning.and_then(|m| self.asked.meaning(&m));
        let (detail, documentation) = markdown.map_or((None, None), |m| split(&m));
        self.add(Completion { detail, documentation, sort, ..Completion::new(name, kind, self.range) });
    }

    /// The fields of a type that a literal does not have yet. Required ones first.
    pub fn fields(&mut self, ty: &Ty, record: Range) {
        let there = self.present(record);
        for t in ty.members() {
            let Some(r) = t.as_record() else { continue };
            for f in r.fields.iter().filter(|f| !there.contains(&f.name.to_string())) {
                self.field(f, true);
            }
        }
    }

    /// The names of members that a record has, but the one that is being written.
    fn present(&self, record: Range) -> Vec<String> {
        let m = self.asked.module;
        let e = m.expr_ranges.iter().zip(&m.exprs).find(|(r, e)| **r == record && matches!(e, Expr::Record(_)));
        let Some((_, Expr::Record(members))) = e else { return Vec::new() };
        let name = |member: &Member| match member {
            Member::Field { key: Key::Name(name), key_range, .. } if !key_range.touches(self.range.end) => Some(name.to_string()),
            _ => None,
        };
        members.iter().filter_map(name).collect()
    }

    fn field(&mut self, f: &Field, literal: bool) {
        let plain = f.name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        let name = if plain || !literal { f.name.to_string() } else { format!("\"{}\"", f.name) };
        let insert = if literal { Insert::Snippet(format!("{}{}", escaped(&name), value_shape(&f.ty))) } else { Insert::Text(name) };
        let docs = f.description().map(|d| f.deprecated.as_ref().map_or(d.clone(), |i| format!("**Deprecated**: {i}\n\n{d}")));
        self.add(Completion {
            detail: Some(self.asked.field_line(f)),
            documentation: docs,
            insert,
            sort: if f.is_required() && literal { 1 } else { 2 },
            deprecated: f.deprecated.is_some(),
            ..Completion::new(f.name.as_str(), Kind::Property, self.range)
        });
    }

    /// What can stand behind the dot after a value of a type.
    pub fn members(&mut self, ty: &Ty, methods: bool) {
        for t in ty.members() {
            let family = match t.shape() {
                Type::Record(r) => {
                    r.fields.iter().for_each(|f| self.field(f, false));
                    "record"
                }
                Type::List(_) => "list",
                Type::Map(_) => "map",
                Type::Text(_) => "text",
                Type::Object => {
                    for name in ["apiVersion", "kind", "metadata"] {
                        self.add(Completion { sort: 2, ..Completion::new(name, Kind::Property, self.range) });
                    }
                    continue;
                }
                _ => continue,
            };
            for (name, signature, on) in METHODS.iter().filter(|(_, _, on)| methods && on.split(' ').any(|o| o == family)) {
                let _ = on;
                let insert = if signature.contains("()") {
                    Insert::Text(format!("{name}()"))
                } else if signature.contains('(') {
                    Insert::Snippet(if signature.contains("x =>") { format!("{name}(${{1:x}} => $0)") } else { format!("{name}($0)") })
                } else {
                    Insert::Text((*name).to_owned())
                };
                self.add(Completion { detail: Some((*signature).to_owned()), insert, sort: 20, ..Completion::new(*name, Kind::Method, self.range) });
            }
        }
    }

    /// The texts that a type allows, quoted where they stand as expressions.
    pub fn texts(&mut self, ty: &Ty, quoted: bool) {
        for t in ty.members() {
            let Type::Text(Text::Literals(all)) = t.shape() else { continue };
            for text in all.iter() {
                let insert = Insert::Text(if quoted { format!("\"{text}\"") } else { text.to_string() });
                self.add(Completion { insert, sort: 3, ..Completion::new(text.as_str(), Kind::Value, self.range) });
            }
        }
    }

    /// Names in scope at a place.
    pub fn names(&mut self, at: u32) {
        let asked = self.asked;
        if let Some(owner) = asked.owner_at(at) {
            for l in owner.locals.iter().filter(|l| l.range.end < at && !l.name.is_empty()) {
                self.named(&l.name, Kind::Variable, Some(Meaning::Declared(asked.span(l.range), Kind::Variable)), 10);
            }
        }
        if let Some(d) = asked.module.definitions.iter().find(|d| d.range.touches(at)) {
            let reads = matches!(d.kind, DefinitionKind::Trait | DefinitionKind::Rule | DefinitionKind::Policy);
            for word in ["parameters", "context"].into_iter().chain(if reads { vec!["target", "output", "outputs"] } else { vec!["output", "outputs"] }) {
                self.add(Completion { sort: 12, ..Completion::new(word, Kind::Variable, self.range) });
            }
        }
        let program = &asked.project.library().program;
        for (name, global) in program.names_in(asked.id) {
            let kind = match global {
                Global::Function(..) => Kind::Function,
                Global::View(..) => Kind::View,
                Global::ModuleAlias(_) => Kind::Module,
                _ => Kind::Variable,
            };
            self.named(name, kind, of_global(program, global), 15);
        }
        for b in Builtin::ALL {
            self.add(Completion {
                detail: Some(builtin(*b).to_owned()),
                insert: Insert::Snippet(format!("{}($0)", b.name())),
                sort: 30,
                ..Completion::new(b.name(), Kind::Function, self.range)
            });
        }
    }

    /// Types: those in scope, those that are built in, and kinds of Kubernetes with the import that they need.
    pub fn types(&mut self, places: bool) {
        let asked = self.asked;
        let program = &asked.project.library().program;
        for (name, ty) in program.types_in(asked.id) {
            let kind = match ty {
                TypeRef::View(..) if places => Kind::View,
                TypeRef::View(..) | TypeRef::Unknown => continue,
                TypeRef::Resource(..) | TypeRef::Kubernetes { .. } => Kind::Resource,
                _ => Kind::Type,
            };
            self.named(name, kind, of_type(program, ty), 10);
        }
        if places {
            self.definitions(DefinitionKind::Component);
        }
        for name in BUILTIN_TYPES.iter().filter(|_| !places) {
            self.named(name, Kind::Type, Some(Meaning::BuiltinType((*name).into())), 20);
        }
        let kinds: Vec<(String, String)> = asked.project.library().catalog.kinds(Version::NEWEST).map(|k| (k.api_version.to_owned(), k.kind.to_owned())).collect();
        for (api_version, kind) in kinds {
            if self.out.iter().any(|c| c.label == kind) {
                continue;
            }
            let import = self.import_edit(&format!("\"{api_version}\""), &kind);
            let c = Completion::new(kind, Kind::Resource, self.range);
            self.out.push(Completion { detail: Some(format!("import \"{api_version}\"")), sort: 60, more: vec![import], ..c });
        }
        self.views(places);
    }

    /// Views of the standard library that are not imported yet.
    fn views(&mut self, places: bool) {
        let program = &self.asked.project.library().program;
        let all: Vec<(String, String)> = program
            .modules()
            .filter(|(id, _)| *id != self.asked.id)
            .flat_map(|(_, m)| m.views.iter().filter(|v| !v.extend).map(|v| (m.name.to_string(), v.name.to_string())))
            .collect();
        for (module, view) in all.into_iter().filter(|_| places) {
            if !self.out.iter().any(|c| c.label == view) {
                let import = self.import_edit(&module, &view);
                self.add(Completion { detail: Some(format!("import {module}")), sort: 30, more: vec![import], ..Completion::new(view, Kind::View, self.range) });
            }
        }
    }

    /// The edit that imports a name.
    fn import_edit(&self, source: &str, name: &str) -> TextEdit {
        let asked = self.asked;
        let same = |i: &&Import| asked.text().get(i.source_range.start as usize..i.source_range.end as usize) == Some(source) && !i.names.is_empty();
        if let Some(last) = asked.module.imports.iter().find(same).and_then(|i| i.names.last()) {
            let end = last.range.end;
            return TextEdit { range: Range::new(end, end), text: format!(", {name}") };
        }
        let after = asked.module.imports.last().map(|i| i.range.end);
        match after {
            Some(at) => TextEdit { range: Range::new(at, at), text: format!("\nimport {source} {{ {name} }}") },
            None => {
                // Behind the module's documentation.
                let docs = asked.tree.children_of(crate::syntax::Tree::ROOT, crate::syntax::SyntaxKind::ModuleDoc).last().map(|n| asked.tree.range(n).end);
                match docs {
                    Some(at) => TextEdit { range: Range::new(at, at), text: format!("\n\nimport {source} {{ {name} }}") },
                    None => TextEdit { range: Range::new(0, 0), text: format!("import {source} {{ {name} }}\n\n") },
                }
            }
        }
    }

    /// Definitions by name.
    pub fn definitions(&mut self, kind: DefinitionKind) {
        let program = self.asked.project.library().program.clone();
        for (id, d) in program.definitions().filter(|(_, d)| d.kind == kind && !d.name.is_empty()) {
            let meaning = super::names::declared_definition(&program, id);
            self.named(&d.name, kind_of(kind), Some(meaning), 10);
        }
    }

    /// What `gw.` offers.
    pub fn module_members(&mut self, module: ModuleId, values: bool) {
        let program = self.asked.project.library().program.clone();
        let m = program.module(module);
        let at = |r: Range, kind| Some(Meaning::Declared(r.in_file(m.file), kind));
        if values {
            m.functions.iter().for_each(|f| self.named(&f.name, Kind::Function, at(f.name_range, Kind::Function), 10));
            m.lets.iter().for_each(|l| self.named(&l.name, Kind::Variable, at(l.name_range, Kind::Variable), 10));
        }
        m.types.iter().for_each(|t| self.named(&t.name, Kind::Type, at(t.name_range, Kind::Type), 11));
        m.views.iter().filter(|v| !v.extend).for_each(|v| self.named(&v.name, Kind::View, at(v.name_range, Kind::View), 11));
        m.resources.iter().for_each(|r| self.named(&r.name, Kind::Resource, at(r.name_range, Kind::Resource), 11));
    }

    /// The part of a type's path that stands behind a dot.
    pub fn qualified_types(&mut self, start: u32) {
        let asked = self.asked;
        let program = asked.project.library().program.clone();
        let before = asked.text().get(..start as usize).unwrap_or("").trim_end_matches('.');
        let from = before.rfind(|c: char| !(c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))).map_or(0, |i| i + 1);
        let segments: Vec<ecow::EcoString> = before.get(from..).unwrap_or("").split('.').map(Into::into).collect();
        if let [one] = segments.as_slice()
            && let Global::ModuleAlias(m) = program.global_named(asked.id, one)
        {
            return self.module_members(m, false);
        }
        let name = crate::hir::TypeName { segments, range: Range::new(from as u32, start.saturating_sub(1)) };
        match program.type_name(asked.id, &name).0 {
            TypeRef::Definition(_) => self.add(Completion::new("parameters", Kind::Property, self.range)),
            TypeRef::Unknown | TypeRef::View(..) => {}
            _ => {
                if let Some(ty) = asked.project.library().types.named(asked.id, &name) {
                    ty.members().iter().filter_map(|t| t.as_record()).for_each(|r| r.fields.iter().for_each(|f| self.field(f, false)));
                }
            }
        }
    }

    /// Sources of imports that are words.
    pub fn modules(&mut self) {
        let program = self.asked.project.library().program.clone();
        for (id, m) in program.modules().filter(|(id, m)| *id != self.asked.id && !m.name.is_empty()) {
            let insert = Insert::Snippet(format!("{} {{ $0 }}", m.name));
            self.add(Completion {
                insert,
                documentation: Some(m.docs.to_string()),
                sort: if program.package(id) == "std" { 20 } else { 10 },
                ..Completion::new(m.name.as_str(), Kind::Module, self.range)
            });
        }
        for api_version in self.asked.project.library().catalog.api_versions(Version::NEWEST) {
            let insert = Insert::Snippet(format!("\"{api_version}\" {{ $0 }}"));
            self.add(Completion { insert, sort: 30, ..Completion::new(api_version, Kind::Module, self.range) });
        }
    }

    /// Sources of imports in quotes.
    pub fn api_versions(&mut self) {
        for api_version in self.asked.project.library().catalog.api_versions(Version::NEWEST).into_iter().chain(["meta/v1"]) {
            self.add(Completion::new(api_version, Kind::Module, self.range));
        }
    }

    /// Names that an import can bring.
    pub fn importable(&mut self, import: &Import) {
        let program = self.asked.project.library().program.clone();
        match &import.source {
            ImportSource::Module(path) => {
                if let Some(m) = program.module_named(path) {
                    self.module_members(m, true);
                }
            }
            ImportSource::Kubernetes(api_version) => {
                let names = self.asked.project.library().types.schemas.names_in(api_version);
                for name in names {
                    let meaning = Meaning::Kubernetes { api_version: api_version.clone(), name: name.clone() };
                    self.named(&name, Kind::Resource, Some(meaning), 10);
                }
            }
            ImportSource::File(_) => {}
        }
        let known: Vec<&str> = import.names.iter().filter(|n| !n.range.touches(self.range.end)).map(|n| n.name.as_str()).collect();
        self.out.retain(|c| !known.contains(&c.label.as_str()));
    }
}

/// The first line of code, and the rest.
fn split(markdown: &str) -> (Option<String>, Option<String>) {
    let Some(rest) = markdown.strip_prefix("```jibe\n") else { return (None, Some(markdown.to_owned())) };
    let Some((code, docs)) = rest.split_once("\n```") else { return (None, Some(markdown.to_owned())) };
    let detail = one_line(code);
    let docs = docs.trim();
    (Some(detail), (!docs.is_empty()).then(|| docs.to_owned()))
}

/// What a field's value looks like while it is filled in.
fn value_shape(ty: &Ty) -> &'static str {
    match ty.shape() {
        Type::Record(_) | Type::Map(_) | Type::Object => ": { $0 }",
        Type::List(_) => ": [$0]",
        _ => ": $0",
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('$', "\\$").replace('}', "\\}")
}
