//! What definitions see: `context`, `target`, `output`, `outputs` (language reference §7.2).

use ecow::EcoString;

use super::{Scope, as_seen, seen_object};
use crate::hir::{Block, DefId, Definition, DefinitionKind, OutputName, StmtKind, TypeName, TypeRef};
use crate::types::interval::Length;
use crate::types::kubernetes::live;
use crate::types::resolve::Types;
use crate::types::text::{Format, Language};
use crate::types::ty::{Field, Presence, Record, Ty, Type};
use crate::types::unions::unite;

/// The name of the record that `outputs` is: only its own fields are read by name.
pub(super) const OUTPUTS: &str = "outputs";

impl Types {
    /// The kind that a component makes.
    pub fn result(&self, id: DefId) -> Option<Ty> {
        let program = self.program.clone();
        let name = program.definition(id).result.as_ref()?;
        self.named(id.module, name)
    }
}

/// What the body of a definition sees.
pub(super) fn of(types: &Types, id: DefId, d: &Definition) -> Scope {
    let result = types.result(id);
    let mut scope = Scope { kind: Some(d.kind), parameters: Some(types.parameters(id)), result: result.clone(), ..Scope::default() };
    let reads = matches!(d.kind, DefinitionKind::Trait | DefinitionKind::Rule) || (d.kind == DefinitionKind::Policy && !d.targets.is_empty());
    scope.context = Some(context(types, d, result.as_ref()));
    if !reads {
        return scope;
    }
    let any = || Type::map(Type::string(), seen_object(types));
    scope.outputs = Some(any());
    if d.targets.is_empty() {
        scope.target = Some(seen_object(types));
        scope.output = Some(seen_object(types));
        return scope;
    }
    let mut kinds = Vec::new();
    for name in &d.targets {
        match types.program.type_name(id.module, name).0 {
            TypeRef::View(m, i) => {
                scope.target = Some(view_type(types, m, i).unwrap_or_else(Type::error));
                scope.output = Some(seen_object(types));
                return scope;
            }
            TypeRef::Definition(component) => {
                kinds.push(types.result(component).unwrap_or_else(Type::error));
                scope.outputs = Some(outputs_of(types, component, false));
            }
            _ => kinds.push(types.named(id.module, name).unwrap_or_else(Type::error)),
        }
    }
    let ty = unite(&kinds.iter().map(|k| as_seen(k, types)).collect::<Vec<_>>()).0;
    scope.target = Some(ty.clone());
    scope.output = Some(ty);
    scope
}

/// The type of a view's part.
pub(super) fn view_type(types: &Types, module: crate::hir::ModuleId, index: u32) -> Option<Ty> {
    let program = types.program.clone();
    let ty = program.module(module).views.get(index as usize)?.ty?;
    Some(types.of(module, ty, &crate::types::resolve::TypeArgs::none()))
}

fn context(types: &Types, d: &Definition, result: Option<&Ty>) -> Ty {
    let field = |name: &str, ty: Ty| Field::new(name, ty, Presence::Required);
    let optional = |name: &str, ty: Ty| Field::new(name, ty, Presence::Optional);
    let label = || Type::format(Format::LabelValue);
    let at_least_one = |f| Type::language(Language::new(f, vec![], Length::new(1, None)));
    let wide = matches!(result, Some(t) if matches!(&**t, Type::Object)) || d.kind == DefinitionKind::Rule;
    let own = d.kind == DefinitionKind::Step || (d.kind == DefinitionKind::Policy && d.targets.is_empty());
    let name = if own {
        at_least_one(None)
    } else if wide {
        at_least_one(Some(Format::LabelValue))
    } else {
        Type::format(Format::DnsLabel1035)
    };
    let versions: Vec<_> = crate::kube::Version::all().filter(|v| types.schemas.versions().0 & (1 << v.index()) != 0).collect();
    let minor = |v: Option<&crate::kube::Version>| v.map_or(0, |v| i64::from(v.minor()));
    let cluster = Record {
        fields: vec![
            field("major", Type::int(1, 1)),
            field("minor", Type::int(minor(versions.first()), minor(versions.last()))),
            field("gitVersion", Type::string()),
            field("platform", Type::string()),
        ],
        ..Record::default()
    };
    let mut fields = vec![
        field("name", name),
        field("appName", Type::language(Language::new(Some(Format::DnsSubdomain), vec![], Length::new(1, Some(63))))),
        field("namespace", Type::format(Format::DnsLabel)),
        field("revision", label()),
        field("appRevision", label()),
        field("appRevisionNum", Type::int(0, i64::from(i32::MAX))),
        field("cluster", Type::string()),
        field("clusterVersion", Type::Record(cluster).share()),
        optional("replicaKey", label()),
        optional("workflowName", label()),
        optional("publishVersion", label()),
        field("appLabels", Type::map(Type::format(Format::LabelKey), label())),
        field("appAnnotations", Type::map(Type::format(Format::AnnotationKey), Type::string())),
    ];
    if matches!(d.kind, DefinitionKind::Trait | DefinitionKind::Policy) {
        fields.push(field("componentType", Type::string()));
    }
    if d.kind == DefinitionKind::Step {
        fields.push(field("stepName", Type::string()));
    }
    Type::Record(Record { name: Some("context".into()), fields, ..Record::default() }).share()
}

/// What a component declares under `outputs`.
pub(super) fn outputs_of(types: &Types, id: DefId, alive: bool) -> Ty {
    let mut found: Vec<(EcoString, Ty, bool)> = Vec::new();
    collect(types, id, alive, &mut found, 0);
    let fields = found.into_iter().map(|(n, t, always)| Field::new(n, t, if always { Presence::Required } else { Presence::Optional })).collect();
    let rest = if alive { Type::Object.share() } else { seen_object(types) };
    Type::Record(Record { name: Some(OUTPUTS.into()), fields, rest: Some((Type::string(), rest)), ..Record::default() }).share()
}

/// The record of what several definitions add to one component.
pub(super) fn outputs_of_all(types: &Types, ids: &[DefId]) -> Ty {
    let mut found: Vec<(EcoString, Ty, bool)> = Vec::new();
    ids.iter().for_each(|id| collect(types, *id, false, &mut found, 0));
    // Names that are computed can be any.
    if ids.iter().any(|id| computes_names(types, *id, 0)) {
        return Type::error();
    }
    let fields = found.into_iter().map(|(n, t, always)| Field::new(n, t, if always { Presence::Required } else { Presence::Optional })).collect();
    Type::Record(Record { name: Some(OUTPUTS.into()), fields, rest: Some((Type::string(), Type::error())), ..Record::default() }).share()
}

/// Whether a definition, or one that it came `from`, has outputs with computed names.
fn computes_names(types: &Types, id: DefId, depth: u32) -> bool {
    fn in_block(types: &Types, id: DefId, block: &Block, depth: u32) -> bool {
        block.stmts.iter().any(|s| match &s.kind {
            StmtKind::Output { name: OutputName::Computed(_), .. } => true,
            StmtKind::If { then, otherwise, .. } => in_block(types, id, then, depth) || otherwise.as_ref().is_some_and(|b| in_block(types, id, b, depth)),
            StmtKind::For { body, .. } => in_block(types, id, body, depth),
            StmtKind::Match { arms, .. } => arms.iter().any(|a| in_block(types, id, &a.body, depth)),
            StmtKind::From { name, .. } => types.program.find_from(id.module, DefinitionKind::Component, name).is_some_and(|inner| computes_names(types, inner, depth + 1)),
            _ => false,
        })
    }
    depth < 16 && in_block(types, id, &types.program.definition(id).body, depth)
}

fn collect(types: &Types, id: DefId, alive: bool, found: &mut Vec<(EcoString, Ty, bool)>, depth: u32) {
    if depth > 16 {
        return;
    }
    let program = types.program.clone();
    let d = program.definition(id);
    in_block(types, id, &d.body, alive, true, found, depth);
}

fn in_block(types: &Types, id: DefId, block: &Block, alive: bool, always: bool, found: &mut Vec<(EcoString, Ty, bool)>, depth: u32) {
    for s in &block.stmts {
        match &s.kind {
            StmtKind::Output { name: OutputName::Name(name, _), kind, .. } => {
                let ty = kind.as_ref().and_then(|k| types.named(id.module, k)).unwrap_or_else(|| Type::Object.share());
                let ty = if alive { live(&ty) } else { as_seen(&ty, types) };
                match found.iter_mut().find(|(n, _, _)| n == name) {
                    Some(known) => known.1 = unite(&[known.1.clone(), ty]).0,
                    None => found.push((name.clone(), ty, always)),
                }
            }
            StmtKind::If { then, otherwise, .. } => {
                in_block(types, id, then, alive, false, found, depth);
                if let Some(b) = otherwise {
                    in_block(types, id, b, alive, false, found, depth);
                }
            }
            StmtKind::Match { arms, .. } => arms.iter().for_each(|a| in_block(types, id, &a.body, alive, false, found, depth)),
            StmtKind::For { body, .. } => in_block(types, id, body, alive, false, found, depth),
            StmtKind::From { name, .. } => {
                if let Some(inner) = types.program.find_from(id.module, DefinitionKind::Component, name) {
                    collect(types, inner, alive, found, depth + 1);
                }
            }
            _ => {}
        }
    }
}

/// The scope of `status`.
pub(super) fn in_status(types: &Types, id: DefId, d: &Definition, scope: &Scope) -> Scope {
    let mut inner = scope.clone();
    let whole = match d.kind {
        DefinitionKind::Component => types.result(id).map(|k| live_of(&k, types)),
        _ => {
            let kinds: Vec<Ty> = d.targets.iter().filter_map(|n| kind_of(types, id, n)).map(|k| live_of(&k, types)).collect();
            if kinds.is_empty() { Some(live(&seen_object(types))) } else { Some(unite(&kinds).0) }
        }
    };
    inner.output = whole;
    inner.outputs = Some(outputs_of(types, id, true));
    inner
}

fn kind_of(types: &Types, id: DefId, name: &TypeName) -> Option<Ty> {
    match types.program.type_name(id.module, name).0 {
        TypeRef::View(..) => None,
        TypeRef::Definition(c) => types.result(c),
        _ => types.named(id.module, name),
    }
}

fn live_of(kind: &Ty, types: &Types) -> Ty {
    if matches!(&**kind, Type::Object) { live(&seen_object(types)) } else { live(kind) }
}
