//! The rules of a schema, compiled as the server compiles them when a definition is created.

use super::schema::{Rule, Schema};
use crate::base::Span;
use crate::kube::cel::{self, CompileError, Purpose};
use crate::value::Path;

/// A rule that does not compile.
#[derive(Clone, Debug)]
pub struct RuleProblem {
    /// The place of the expression below the schema, as the server names it: `properties[spec].x-kubernetes-validations[0].rule`.
    pub path: Path,
    /// Where the rule stands.
    pub span: Span,
    pub error: CompileError,
}

/// Compiles all rules and message expressions of a schema; `root` as for [`cel::compile`].
pub fn rule_problems(schema: &Schema, root: bool) -> Vec<RuleProblem> {
    let mut found = Vec::new();
    visit(schema, schema, root, &Path::new(), &mut found);
    found
}

/// `rules` says which rules there are, `schema` what they see: they differ below `allOf`.
fn visit(rules: &Schema, schema: &Schema, root: bool, path: &Path, found: &mut Vec<RuleProblem>) {
    if !rules.below.rules {
        return;
    }
    for (i, rule) in rules.rules.iter().enumerate() {
        one(rule, schema, root, &path.field("x-kubernetes-validations").index(i), found);
    }
    for (i, part) in rules.all_of.iter().enumerate() {
        visit(part, schema, root, &path.field("allOf").index(i), found);
    }
    for (name, part) in rules.properties.iter().flatten() {
        if let Some(s) = schema.property(name) {
            visit(part, s, s.embedded, &path.field("properties").key(name), found);
        }
    }
    if let (Some(part), Some(s)) = (&rules.items, &schema.items) {
        visit(part, s, s.embedded, &path.field("items"), found);
    }
    if let (Some(part), Some(s)) = (rules.additional_schema(), schema.additional_schema()) {
        visit(part, s, s.embedded, &path.field("additionalProperties"), found);
    }
}

fn one(rule: &Rule, schema: &Schema, root: bool, path: &Path, found: &mut Vec<RuleProblem>) {
    for (text, purpose, key) in [(&rule.rule, Purpose::Rule, "rule"), (&rule.message_expression, Purpose::Message, "messageExpression")] {
        if text.trim().is_empty() {
            continue;
        }
        if let Err(error) = cel::compile(text, schema, root, purpose, rule.optional_old_self) {
            found.push(RuleProblem { path: path.field(key), span: rule.span, error });
        }
    }
}
