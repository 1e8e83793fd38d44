//! The parameters of a definition and the fields of a type, one after the other: what is spread into them from elsewhere included.

use ecow::EcoString;

use crate::hir::{Attribute, Expr, ModuleId, Program, RecordTypeMember, TypeExpr, TypeExprId, TypeRef};
use crate::source::Sources;

/// A parameter; nested ones follow with a longer path.
#[derive(Clone, Debug, Default)]
pub struct ParameterReference {
    /// `ports[].name`
    pub path: String,
    /// How many parameters it is nested in.
    pub depth: usize,
    /// `{…}` stands for the fields that follow.
    pub ty: String,
    pub docs: String,
    pub required: bool,
    pub default: Option<String>,
    pub deprecated: Option<String>,
    /// Which of several forms it belongs to, counted from 1; 0: all of them.
    pub form: usize,
}

/// Deeper nesting is left to the type's own entry.
const DEEPEST: usize = 12;

/// Longest text of a type or default, in characters.
const LONGEST: usize = 200;

/// What the type parameters around stand for.
type Arguments = Vec<(EcoString, Place)>;

#[derive(Clone, Copy)]
struct Place {
    module: ModuleId,
    ty: TypeExprId,
}

/// The fields of a type expression, in the order in which they are written.
pub(super) fn parameters(program: &Program, sources: &Sources, module: ModuleId, ty: TypeExprId) -> Vec<ParameterReference> {
    let mut walk = Walk { program, sources, found: Vec::new() };
    let at = At { path: String::new(), depth: 0, form: 0, levels: 0, without: Vec::new() };
    walk.open(Place { module, ty }, &Vec::new(), &at);
    walk.found
}

/// Where the walk is.
#[derive(Clone)]
struct At {
    path: String,
    depth: usize,
    form: usize,
    /// Bounds the walk.
    levels: usize,
    /// Fields that a spread leaves out.
    without: Vec<EcoString>,
}

struct Walk<'w> {
    program: &'w Program,
    sources: &'w Sources,
    found: Vec<ParameterReference>,
}

impl Walk<'_> {
    /// The fields behind a type, names included.
    fn open(&mut self, place: Place, arguments: &Arguments, at: &At) {
        let mut at = at.clone();
        at.levels += 1;
        if at.levels > DEEPEST {
            return;
        }
        let module = self.program.module(place.module);
        let inner = |ty: TypeExprId| Place { module: place.module, ty };
        match module.type_expr(place.ty) {
            TypeExpr::Record(members) => members.iter().for_each(|m| self.member(place.module, m, arguments, &at)),
            TypeExpr::List { element, .. } => self.open(inner(*element), arguments, &At { path: format!("{}[]", at.path), ..at }),
            TypeExpr::Refined { base, .. } => self.open(inner(*base), arguments, &at),
            TypeExpr::Union(members) => {
                let records: Vec<TypeExprId> = members.iter().copied().filter(|m| self.has_fields(inner(*m), arguments, 0)).collect();
                let several = records.len() > 1;
                for (i, m) in records.into_iter().enumerate() {
                    self.open(inner(m), arguments, &At { form: if several { i + 1 } else { at.form }, ..at.clone() });
                }
            }
            TypeExpr::Name { name, arguments: given } => match self.program.type_name(place.module, name) {
                (TypeRef::Alias(m, i), rest) if rest.is_empty() => {
                    let Some(item) = self.program.module(m).types.get(i as usize) else { return };
                    let given = given.iter().map(|t| self.resolve(inner(*t), arguments));
                    let own: Arguments = item.parameters.iter().map(|(n, _)| n.clone()).zip(given).collect();
                    self.open(Place { module: m, ty: item.ty }, &own, &at);
                }
                (TypeRef::TypeParameter, _) => {
                    if let Some((_, to)) = name.segments.first().and_then(|n| arguments.iter().find(|(a, _)| a == n)) {
                        self.open(*to, &Vec::new(), &at);
                    }
                }
                (TypeRef::DefinitionParameters(d), rest) if rest.is_empty() => {
                    if let Some((ty, _)) = self.program.definition(d).parameters {
                        self.open(Place { module: d.module, ty }, &Vec::new(), &at);
                    }
                }
                _ => {}
            },
            TypeExpr::Missing | TypeExpr::Literal(_) | TypeExpr::Field { .. } | TypeExpr::Element(_) => {}
        }
    }

    /// What a type parameter stands for.
    fn resolve(&self, place: Place, arguments: &Arguments) -> Place {
        if let TypeExpr::Name { name, .. } = self.program.module(place.module).type_expr(place.ty)
            && let Some((_, to)) = name.segments.first().and_then(|n| arguments.iter().find(|(a, _)| a == n))
        {
            return *to;
        }
        place
    }

    /// Whether a type has fields to be shown: a record, or a name of one.
    fn has_fields(&self, place: Place, arguments: &Arguments, levels: usize) -> bool {
        if levels > DEEPEST {
            return false;
        }
        let inner = |ty: TypeExprId| Place { module: place.module, ty };
        match self.program.module(place.module).type_expr(place.ty) {
            TypeExpr::Record(members) => !members.is_empty(),
            TypeExpr::Refined { base, .. } => self.has_fields(inner(*base), arguments, levels + 1),
            TypeExpr::Union(members) => members.iter().any(|m| self.has_fields(inner(*m), arguments, levels + 1)),
            TypeExpr::Name { name, .. } => match self.program.type_name(place.module, name) {
                (TypeRef::Alias(m, i), rest) if rest.is_empty() => {
                    self.program.module(m).types.get(i as usize).is_some_and(|t| self.has_fields(Place { module: m, ty: t.ty }, &Vec::new(), levels + 1))
                }
                (TypeRef::TypeParameter, _) => arguments.iter().any(|(n, _)| name.segments.first() == Some(n)),
                _ => false,
            },
            _ => false,
        }
    }

    fn member(&mut self, module: ModuleId, member: &RecordTypeMember, arguments: &Arguments, at: &At) {
        let dot = if at.path.is_empty() { "" } else { "." };
        match member {
            RecordTypeMember::Field { name, docs, attributes, optional, ty, default, .. } => {
                if at.without.contains(name) {
                    return;
                }
                let path = format!("{}{dot}{name}", at.path);
                // A field that is there in every form stands once.
                if self.found.iter().any(|p| p.path == path && (p.form == 0 || p.form == at.form)) {
                    return;
                }
                let text = self.type_text(module, *ty, 0);
                self.found.push(ParameterReference {
                    path: path.clone(),
                    depth: at.depth,
                    ty: shortened(&text),
                    docs: docs.trim().to_owned(),
                    required: !optional && default.is_none(),
                    default: default.map(|e| shortened(&one_line(self.program.module(module).range(e).of(&self.text(module))))),
                    deprecated: deprecated(self.program, module, attributes),
                    form: at.form,
                });
                if inline(self.program, module, *ty, 0) {
                    self.open(Place { module, ty: *ty }, arguments, &At { path, depth: at.depth + 1, form: at.form, levels: at.levels, without: Vec::new() });
                }
            }
            RecordTypeMember::Spread { ty, without, .. } => {
                let mut at = at.clone();
                at.without.extend(without.iter().map(|(n, _)| n.clone()));
                self.open(Place { module, ty: *ty }, arguments, &at);
            }
            RecordTypeMember::Map { key, value, .. } => {
                let path = format!("{}{dot}[{}]", at.path, self.type_text(module, *key, 0));
                // The map of a whole definition has no field to stand for it.
                if at.path.is_empty() {
                    let ty = shortened(&self.type_text(module, *value, 0));
                    self.found.push(ParameterReference { path: path.clone(), depth: at.depth, ty, form: at.form, ..Default::default() });
                }
                if inline(self.program, module, *value, 0) {
                    self.open(Place { module, ty: *value }, arguments, &At { path, ..at.clone() });
                }
            }
        }
    }

    fn text(&self, module: ModuleId) -> std::sync::Arc<str> {
        self.sources.get(self.program.module(module).file).map(|f| std::sync::Arc::from(&*f.text)).unwrap_or_default()
    }

    /// The text of a type on one line; records whose fields follow are `{…}`.
    fn type_text(&self, module: ModuleId, ty: TypeExprId, levels: usize) -> String {
        let m = self.program.module(module);
        if levels > DEEPEST {
            return "…".into();
        }
        let inner = |ty: TypeExprId| self.type_text(module, ty, levels + 1);
        match m.type_expr(ty) {
            TypeExpr::Record(members) => match members.as_slice() {
                [] => "{}".into(),
                [RecordTypeMember::Map { key, value, .. }] => format!("{{[{}]: {}}}", inner(*key), inner(*value)),
                _ => "{…}".into(),
            },
            TypeExpr::List { element, keys } if keys.is_empty() => format!("[{}]", inner(*element)),
            TypeExpr::List { element, keys } => format!("[{} by {}]", inner(*element), keys.iter().map(|(k, _)| k.as_str()).collect::<Vec<_>>().join(", ")),
            TypeExpr::Union(members) => members.iter().map(|t| inner(*t)).collect::<Vec<_>>().join(" | "),
            TypeExpr::Refined { base, .. } => {
                let (whole, base_range) = (m.type_range(ty), m.type_range(*base));
                let rest = crate::base::Range::new(base_range.end.min(whole.end), whole.end).of(&self.text(module)).trim().to_owned();
                format!("{}{}", inner(*base), one_line(&rest))
            }
            _ => one_line(m.type_range(ty).of(&self.text(module))),
        }
    }
}

/// Whether the fields of a type are written where it stands.
fn inline(program: &Program, module: ModuleId, ty: TypeExprId, levels: usize) -> bool {
    if levels > DEEPEST {
        return false;
    }
    let again = |t: &TypeExprId| inline(program, module, *t, levels + 1);
    match program.module(module).type_expr(ty) {
        TypeExpr::Record(members) => match members.as_slice() {
            [RecordTypeMember::Map { value, .. }] => again(value),
            members => !members.is_empty(),
        },
        TypeExpr::List { element, .. } => again(element),
        TypeExpr::Refined { base, .. } => again(base),
        TypeExpr::Union(members) => members.iter().any(again),
        _ => false,
    }
}

/// What `@deprecated` says to use instead.
pub(super) fn deprecated(program: &Program, module: ModuleId, attributes: &[Attribute]) -> Option<String> {
    let attribute = attributes.iter().find(|a| a.name == "deprecated")?;
    let text = attribute.arguments.first().map(|e| program.module(module).expr(*e));
    Some(if let Some(Expr::String(s)) = text { s.to_string() } else { String::new() })
}

/// A text on one line, without comments.
pub(super) fn one_line(text: &str) -> String {
    let parts = text.lines().map(str::trim).filter(|l| !l.starts_with("//") && !l.is_empty());
    parts.collect::<Vec<_>>().join(" ")
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    let short: String = text.chars().take(LONGEST).collect();
    format!("{short}…")
}
