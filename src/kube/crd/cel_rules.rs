//! `x-kubernetes-validations`: the definition's own rules in CEL, with transition rules and what may stay wrong on update
//! (`apiserver/schema/cel/validation.go` of apiextensions-apiserver).

use std::sync::Arc;

use super::check::error;
use super::correlate::{Correlation, keyed};
use super::prepare::MAX_DEPTH;
use super::schema::{ListType, Rule, Schema, Type};
use crate::diagnostics::codes;
use crate::kube::cel::{self, ErrorKind, Eval, Val};
use crate::kube::{FieldError, Reason};
use crate::value::{Data, Path, Value};

/// Where a node stands relative to the stored object.
#[derive(Clone, Copy, Default)]
struct Ratchet<'a> {
    current: Option<Correlation<'a>>,
    /// The nearest node above that has a counterpart.
    nearest: Option<Correlation<'a>>,
}

impl<'a> Ratchet<'a> {
    fn tolerated(&self) -> bool {
        self.current.or(self.nearest).is_some_and(|c| c.unchanged())
    }

    fn key(self, name: &str) -> Self {
        let Some(current) = self.current else { return self };
        if self.nearest.is_none() && matches!(name, "apiVersion" | "kind") {
            return Self::default();
        }
        Self { current: current.key(name), nearest: Some(current) }
    }

    fn index(self, i: usize) -> Self {
        match self.current {
            Some(current) => Self { current: current.index(i), nearest: Some(current) },
            None => self,
        }
    }
}

/// A node: the value, its counterpart in the stored object as far as rules see one, and its place.
#[derive(Clone, Copy)]
struct Node<'a> {
    value: &'a Value,
    old: Option<&'a Value>,
    root: bool,
    ratchet: Ratchet<'a>,
    depth: usize,
}

/// The API server's limit for all rules on one object (`RuntimeCELCostBudget`), in its cost units.
const STEPS_PER_OBJECT: u64 = 10_000_000;

/// What the rules of one object have found and may still spend.
struct Run {
    errors: Vec<FieldError>,
    budget: u64,
}

/// Runs all rules on an object.
pub(super) fn run(object: &Value, old: Option<&Value>, schema: &Schema) -> Vec<FieldError> {
    run_at(object, old, schema, true)
}

/// Runs all rules on a value; `root`: it is a whole resource.
pub(super) fn run_at(object: &Value, old: Option<&Value>, schema: &Schema, root: bool) -> Vec<FieldError> {
    let mut run = Run { errors: Vec::new(), budget: STEPS_PER_OBJECT };
    if schema.below.rules {
        let current = old.map(|old| Correlation { new: object, old, schema });
        let node = Node { value: object, old, root, ratchet: Ratchet { current, nearest: None }, depth: 0 };
        visit(node, schema, schema, &Path::new(), &mut run);
    }
    run.errors
}

/// `rules` says which rules there are, `schema` how data look: they differ below `allOf`.
fn visit<'a>(node: Node<'a>, rules: &'a Schema, schema: &'a Schema, path: &Path, run: &mut Run) {
    if node.value.is_null() || !rules.below.rules || node.depth > MAX_DEPTH || run.budget == 0 {
        return;
    }
    own_rules(node, rules, schema, path, run);
    for part in &rules.all_of {
        let ratchet = Ratchet { current: None, nearest: node.ratchet.nearest };
        visit(Node { ratchet, depth: node.depth + 1, ..node }, part, schema, path, run);
    }
    match &node.value.data {
        Data::List(list) => {
            let (Some(rules), Some(items)) = (&rules.items, &schema.items) else { return };
            let old_items = node.old.and_then(Value::as_list).filter(|_| schema.list_type == ListType::Map);
            for (i, item) in list.items.iter().enumerate() {
                let old = old_items.and_then(|o| keyed(schema, o, item));
                let child = Node { value: item, old, root: items.embedded, ratchet: node.ratchet.index(i), depth: node.depth + 1 };
                visit(child, rules, items, &path.index(i), run);
            }
        }
        Data::Map(map) => {
            for e in map.iter() {
                let (child_rules, child, path) = match (rules.property(&e.key), schema.property(&e.key)) {
                    (Some(r), Some(s)) => (r, s, path.field(&e.key)),
                    _ => match (rules.additional_schema(), schema.additional_schema()) {
                        (Some(r), Some(s)) => (r, s, path.key(&e.key)),
                        _ => continue,
                    },
                };
                let old = node.old.and_then(|o| o.get(&e.key));
                let next = Node { value: &e.value, old, root: child.embedded, ratchet: node.ratchet.key(&e.key), depth: node.depth + 1 };
                visit(next, child_rules, child, &path, run);
            }
        }
        _ => {}
    }
}

fn own_rules<'a>(node: Node<'a>, rules: &'a Schema, schema: &'a Schema, path: &Path, run: &mut Run) {
    if rules.rules.is_empty() {
        return;
    }
    let seen = if node.root { schema.with_meta() } else { schema };
    let this = cel::from_data(node.value, seen);
    let old = node.old.filter(|o| !o.is_null()).map(|o| cel::from_data(o, seen));
    for rule in &rules.rules {
        if rule.rule.trim().is_empty() {
            continue;
        }
        let program = match rule.program() {
            Ok(program) => program,
            Err(e) => {
                run.errors.push(
                    error(codes::J1103, Reason::Invalid, path, node.value.origin, format!("the rule `{}` was not checked: it does not compile: {e}", rule.text()))
                        .defined(rule.span),
                );
                continue;
            }
        };
        if program.uses_old_self() && old.is_none() && !rule.optional_old_self {
            continue;
        }
        let mut vars: Vec<(ecow::EcoString, Eval<'a>)> = vec![("self".into(), this.clone())];
        if rule.optional_old_self {
            let value = match &old {
                Some(Ok(v)) => Ok(Val::Optional(Some(Arc::new(v.clone())))),
                Some(Err(e)) => Err(e.clone()),
                None => Ok(Val::Optional(None)),
            };
            vars.push(("oldSelf".into(), value));
        } else if let Some(old) = &old {
            vars.push(("oldSelf".into(), old.clone()));
        }
        match program.evaluate(vars.clone(), &mut run.budget) {
            Ok(Val::Bool(true)) => {}
            Ok(_) => {
                if program.uses_old_self() || !node.ratchet.tolerated() {
                    let e = failed(rule, vars, node, schema, path, &mut run.budget);
                    run.errors.push(e);
                }
            }
            Err(e) if e.kind == ErrorKind::Unsupported => {
                let more = if run.budget == 0 { "; neither were the rules after it" } else { "" };
                run.errors.push(error(codes::J1103, Reason::Invalid, path, node.value.origin, format!("the rule `{}` was not checked: {e}{more}", rule.text())).defined(rule.span));
            }
            Err(e) => {
                let said = if e.kind == ErrorKind::NoOverload { "its operations do not fit these values".to_owned() } else { e.message };
                run.errors
                    .push(error(codes::J1113, Reason::Invalid, path, node.value.origin, format!("the rule `{}` cannot be evaluated here: {said}", rule.text())).defined(rule.span));
            }
        }
    }
}

fn failed<'a>(rule: &'a Rule, vars: Vec<(ecow::EcoString, Eval<'a>)>, node: Node<'a>, schema: &Schema, path: &Path, budget: &mut u64) -> FieldError {
    let made = rule.message_program().and_then(|p| match p.evaluate(vars, budget) {
        Ok(Val::Str(s)) => Some(s.trim().to_owned()).filter(|m| !m.is_empty() && !m.contains('\n') && m.len() <= 5 * 1024),
        _ => None,
    });
    let message = made.unwrap_or_else(|| if rule.message.is_empty() { format!("breaks the rule `{}`", rule.rule.trim()) } else { rule.message.trim().to_owned() });
    let reason = match rule.reason.as_deref() {
        Some("FieldValueForbidden") => Reason::Forbidden,
        Some("FieldValueRequired") => Reason::Required,
        Some("FieldValueDuplicate") => Reason::Duplicate,
        _ => Reason::Invalid,
    };
    let (path, place) = field_path(&rule.field_path, node.value, schema, path);
    let e = error(codes::J1112, reason, &path, place.origin, message).defined(rule.span);
    if rule.message.is_empty() && rule.message_expression.is_empty() { e } else { e.help(format!("the definition's rule: `{}`", rule.rule.trim())) }
}

/// The place that a rule's `fieldPath` names (`.a.b['c']`), below the node; the node itself when there is none.
fn field_path<'v>(text: &str, value: &'v Value, schema: &Schema, base: &Path) -> (Path, &'v Value) {
    let (mut path, mut place, mut schema) = (base.clone(), value, Some(schema));
    let mut rest = text.trim();
    while !rest.is_empty() {
        let name;
        if let Some(after) = rest.strip_prefix("['") {
            let Some(end) = after.find("']") else { return (base.clone(), value) };
            name = after.get(..end).unwrap_or("");
            rest = after.get(end + 2..).unwrap_or("");
        } else if let Some(after) = rest.strip_prefix('.') {
            let end = after.find(['.', '[']).unwrap_or(after.len());
            name = after.get(..end).unwrap_or("");
            rest = after.get(end..).unwrap_or("");
        } else {
            return (base.clone(), value);
        }
        let named = schema.is_none_or(|s| s.kind == Type::Object && s.property(name).is_some());
        path = if named { path.field(name) } else { path.key(name) };
        schema = schema.and_then(|s| s.field(name)).map(|s| &**s);
        place = place.get(name).unwrap_or(place);
    }
    (path, place)
}
