//! Example applications of a definition: those written in its documentation, and those made of its `@example`s.

use crate::hir::{DefId, Definition, DefinitionKind, Expr, ExprId, Key, ListItem, Member, Module, ModuleId, Program, TypeName, TypeRef, UnaryOp};
use crate::value::{Data, Map, Number, Origin, Value};
use crate::yaml;

/// An example that can be tried as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// An `Application`, in YAML.
    pub application: String,
}

/// The fence that opens an application in a doc comment.
const FENCE: &str = "```yaml";

/// All examples of a definition: fenced `yaml` blocks of its doc comment that hold an `Application`, then one for each `@example`.
pub fn examples(program: &Program, id: DefId) -> Vec<Example> {
    let d = program.definition(id);
    let mut found: Vec<Example> = blocks(&d.docs).into_iter().filter(|(_, yaml)| *yaml).map(|(text, _)| Example { application: text }).collect();
    for attribute in d.attributes.iter().filter(|a| a.name == "example") {
        let Some(argument) = attribute.arguments.first() else { continue };
        let Some(properties) = constant(program.module(id.module), *argument) else { continue };
        let mut application = String::new();
        yaml::write(&wrapped(program, id, d, properties), &mut application);
        found.push(Example { application });
    }
    found
}

/// A doc comment without the applications in it.
pub(super) fn without_examples(docs: &str) -> String {
    blocks(docs).into_iter().filter(|(_, yaml)| !yaml).map(|(text, _)| text).collect::<Vec<_>>().join("\n").trim().to_owned()
}

/// The applications of a doc comment, and what stands between them.
fn blocks(docs: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut rest = docs;
    while let Some((before, after)) = rest.split_once(FENCE) {
        let Some((inside, after)) = after.split_once("\n```") else { break };
        let inside = inside.trim_start_matches('\n');
        if inside.contains("kind: Application") {
            found.push((before.to_owned(), false));
            found.push((format!("{}\n", inside.trim_end()), true));
        } else {
            found.push((format!("{before}{FENCE}\n{inside}\n```"), false));
        }
        rest = after;
    }
    found.push((rest.to_owned(), false));
    found
}

fn text(s: &str) -> Value {
    Value::string(s, Origin::UNKNOWN)
}

fn record<'r>(fields: impl IntoIterator<Item = (&'r str, Value)>) -> Value {
    let mut map = Map::new();
    for (name, v) in fields {
        map.insert(name.into(), Origin::UNKNOWN, v);
    }
    Value::map(map, Origin::UNKNOWN)
}

fn list(items: Vec<Value>) -> Value {
    Value::list(items, Origin::UNKNOWN)
}

/// The smallest application that uses a definition with these properties.
fn wrapped(program: &Program, id: DefId, d: &Definition, properties: Value) -> Value {
    let given = properties.as_map().is_some_and(|m| !m.is_empty());
    let with = |name: Option<&str>| {
        let mut fields: Vec<(&str, Value)> = name.map(|n| ("name", text(n))).into_iter().collect();
        fields.push(("type", text(&d.name)));
        if given {
            fields.push(("properties", properties.clone()));
        }
        fields
    };
    let mut spec: Vec<(&str, Value)> = Vec::new();
    match d.kind {
        DefinitionKind::Component => spec.push(("components", list(vec![record(with(Some("example")))]))),
        DefinitionKind::Trait => {
            let mut component = carrier(program, id.module, d.targets.first());
            component.push(("traits", list(vec![record(with(None))])));
            spec.push(("components", list(vec![record(component)])));
        }
        DefinitionKind::Policy => {
            spec.push(("components", list(vec![record(carrier(program, id.module, d.targets.first()))])));
            spec.push(("policies", list(vec![record(with(Some("example")))])));
        }
        DefinitionKind::Step => {
            spec.push(("components", list(vec![record(carrier(program, id.module, None))])));
            spec.push(("workflow", record([("steps", list(vec![record(with(Some("example")))]))])));
        }
        DefinitionKind::Rule => spec.push(("components", list(vec![record(carrier(program, id.module, d.targets.first()))]))),
    }
    record([("apiVersion", text("core.oam.dev/v1beta1")), ("kind", text("Application")), ("metadata", record([("name", text("example"))])), ("spec", record(spec))])
}

/// A component that a trait fits.
fn carrier<'r>(program: &Program, module: ModuleId, target: Option<&TypeName>) -> Vec<(&'r str, Value)> {
    let found = target.and_then(|t| match program.type_name(module, t) {
        (TypeRef::Definition(d), _) => Some(d),
        (TypeRef::Kubernetes { name, .. }, _) if name != "Deployment" => {
            let makes = |d: &Definition| d.kind == DefinitionKind::Component && d.result.as_ref().is_some_and(|r| r.segments.last() == Some(&name));
            program.definitions().find(|(_, d)| makes(d)).map(|(id, _)| id)
        }
        _ => None,
    });
    let mut properties = None;
    let mut type_name = "webservice".to_owned();
    if let Some(id) = found {
        let d = program.definition(id);
        type_name = d.name.to_string();
        properties = d.attributes.iter().find(|a| a.name == "example").and_then(|a| a.arguments.first()).and_then(|e| constant(program.module(id.module), *e));
    }
    let properties = properties.unwrap_or_else(|| {
        let port = record([("port", Value::new(Data::Int(80)))]);
        record([("image", text("nginx:1.27")), ("ports", list(vec![port]))])
    });
    vec![("name", text("web")), ("type", text(&type_name)), ("properties", properties)]
}

/// A literal as a value; `None` where it needs to be computed.
fn constant(module: &Module, id: ExprId) -> Option<Value> {
    Some(match module.expr(id) {
        Expr::Null => Value::new(Data::Null),
        Expr::Bool(b) => Value::new(Data::Bool(*b)),
        Expr::Int(i) => Value::new(Data::Int(*i)),
        Expr::Number(n) => Value::new(Data::Number(Number::new(n.as_str()))),
        Expr::String(s) => text(s),
        Expr::Unary { op: UnaryOp::Negate, operand } => match constant(module, *operand)?.data {
            Data::Int(i) => Value::new(Data::Int(-i)),
            _ => return None,
        },
        Expr::List(items) => {
            let items: Option<Vec<Value>> = items.iter().map(|i| if let ListItem::Value(e) = i { constant(module, *e) } else { None }).collect();
            list(items?)
        }
        Expr::Record(members) => {
            let mut map = Map::new();
            for m in members {
                let Member::Field { key: Key::Name(name), at: None, value, .. } = m else { return None };
                map.insert(name.clone(), Origin::UNKNOWN, constant(module, *value)?);
            }
            Value::map(map, Origin::UNKNOWN)
        }
        // What has to be computed, such as `base64("…")`, is no example to be copied.
        _ => return None,
    })
}
