//! What an application says about itself must hold: names once, references to something, no circles.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use super::condition;
use super::fields::{Reader, in_quotes, short};
use super::model::{Application, Input, Step, Text, Workflow};
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::source::Sources;
use crate::value::Value;

/// Checks names and references of an application that has been joined with its separate policies and workflow. `compat`: a component's name may occur twice, as KubeVela renders it twice.
pub fn check(reader: &mut Reader<'_>, app: &Application, compat: bool) {
    let severity = |d: Diagnostic| if compat { d.with_severity(crate::diagnostics::Severity::Warning) } else { d };
    for d in duplicates(app.components.iter().map(|c| &c.name), "component") {
        reader.report(severity(d));
    }
    let named = app.policies.iter().filter(|p| p.named).map(|p| &p.name);
    for d in duplicates(named, "policy") {
        reader.report(d);
    }
    let components = Names::of(app.components.iter().map(|c| c.name.as_str()));
    let outputs = outputs(app);
    for c in &app.components {
        for d in &c.depends_on {
            refer(reader, d, &components, "component", "`dependsOn`");
        }
        for i in &c.inputs {
            input(reader, i, &outputs);
        }
    }
    let edges = app.components.iter().map(|c| (&c.name, c.depends_on.iter().collect::<Vec<_>>())).collect::<Vec<_>>();
    circles(reader, &edges, "component");
    if let Some(workflow) = &app.workflow {
        check_workflow(reader, app, workflow, &components, &outputs);
    }
}

/// Names that something may refer to: in order, and to look up.
pub struct Names<'n> {
    list: Vec<&'n str>,
    set: HashSet<&'n str>,
    /// How many more times the nearest name is looked for: with thousands of mistakes nobody reads the suggestions.
    left: Cell<u32>,
}

/// See [`Names::left`].
const SUGGESTIONS: u32 = 200;

impl<'n> Names<'n> {
    fn of(names: impl Iterator<Item = &'n str>) -> Self {
        let list: Vec<&str> = names.collect();
        Self { set: list.iter().copied().collect(), list, left: Cell::new(SUGGESTIONS) }
    }

    fn has(&self, name: &str) -> bool {
        self.set.contains(name)
    }
}

fn check_workflow(reader: &mut Reader<'_>, app: &Application, workflow: &Workflow, components: &Names<'_>, outputs: &Names<'_>) {
    let all: Vec<&Step> = workflow.steps.iter().flat_map(|s| std::iter::once(s).chain(&s.sub_steps)).collect();
    for d in duplicates(all.iter().filter(|s| s.named).map(|s| &s.name), "step") {
        reader.report(d);
    }
    let names = Names::of(all.iter().map(|s| s.name.as_str()));
    for step in &all {
        for d in &step.depends_on {
            refer(reader, d, &names, "step", "`dependsOn`");
        }
        for i in &step.inputs {
            input(reader, i, outputs);
        }
        if let Some(condition) = step.condition.as_ref().filter(|c| condition::problem(&c.text).is_none()) {
            statuses(reader, condition, &names);
        }
        properties(reader, app, step, components);
    }
    let edges = all.iter().map(|s| (&s.name, s.depends_on.iter().collect::<Vec<_>>())).collect::<Vec<_>>();
    circles(reader, &edges, "step");
}

/// The references that properties of built-in steps hold.
fn properties(reader: &mut Reader<'_>, app: &Application, step: &Step, components: &Names<'_>) {
    let Some(properties) = &step.unit.properties else { return };
    match step.unit.type_name.as_str() {
        "deploy" => {
            let names = Names::of(app.policies.iter().map(|p| p.name.as_str()));
            for v in properties.get("policies").and_then(Value::as_list).unwrap_or_default() {
                refer_value(reader, v, &names, "policy", "the `deploy` step");
            }
        }
        "apply-component" => {
            // An input may fill it when the workflow runs.
            if let Some(v) = properties.get("component").filter(|_| step.inputs.is_empty()) {
                refer_value(reader, v, components, "component", "the `apply-component` step");
            }
        }
        _ => {}
    }
}

fn refer_value(reader: &mut Reader<'_>, value: &Value, names: &Names<'_>, what: &str, whence: &str) {
    if let Some(s) = value.as_str() {
        let text = Text::new(s, value.origin, reader.span(value.origin));
        refer(reader, &text, names, what, whence);
    }
}

/// Reports a name that is none of `names`.
pub fn refer(reader: &mut Reader<'_>, text: &Text, names: &Names<'_>, what: &str, whence: &str) {
    if names.has(text.as_str()) {
        return;
    }
    let d = unknown(reader.sources, text, names, what, whence);
    reader.report(d);
}

fn unknown(sources: &Sources, text: &Text, names: &Names<'_>, what: &str, whence: &str) -> Diagnostic {
    let article = if what.starts_with('o') { "an" } else { "a" };
    let mut d = Diagnostic::new(codes::J0806, format!("{whence} refers to {article} {what} `{}` that does not exist", short(&text.text)))
        .primary(text.span, format!("no {what} has this name"));
    let left = names.left.get();
    names.left.set(left.saturating_sub(1));
    let near = if left > 0 { nearest(&text.text, names.list.iter().copied()) } else { None };
    match near {
        Some(near) => d = d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), text.span, in_quotes(sources, text.span, near)),
        None if names.list.is_empty() => d = d.help(format!("the application has no {}", plural(what))),
        None => d = d.help(format!("the {} are {}", plural(what), super::fields::list(names.list.get(..names.list.len().min(12)).unwrap_or_default()))),
    }
    d
}

fn plural(what: &str) -> String {
    what.strip_suffix('y').map_or_else(|| format!("{what}s"), |stem| format!("{stem}ies"))
}

/// All names that components and steps hand on.
fn outputs(app: &Application) -> Names<'_> {
    let components = app.components.iter().flat_map(|c| &c.outputs);
    let steps = app.workflow.iter().flat_map(|w| &w.steps).flat_map(|s| std::iter::once(s).chain(&s.sub_steps)).flat_map(|s| &s.outputs);
    Names::of(components.chain(steps).map(|o| o.name.as_str()))
}

/// An input takes from an output, from a part of one (`out.name`), or from the context.
fn input(reader: &mut Reader<'_>, input: &Input, outputs: &Names<'_>) {
    let from = input.from.as_str();
    let head = from.split('.').next().unwrap_or(from);
    if outputs.has(from) || outputs.has(head) || head == "context" {
        return;
    }
    let d = unknown(reader.sources, &input.from, outputs, "output", "the input");
    reader.report(d);
}

/// `status.STEP.…` in a condition must name a step.
fn statuses(reader: &mut Reader<'_>, condition: &Text, steps: &Names<'_>) {
    let text = condition.as_str();
    for (at, _) in text.match_indices("status.") {
        let before = text.get(..at).and_then(|s| s.chars().next_back());
        let rest = text.get(at + 7..).unwrap_or("");
        let end = rest.find(|c: char| !(c.is_alphanumeric() || c == '_' || c == '-')).unwrap_or(rest.len());
        let name = rest.get(..end).unwrap_or("");
        let whole = before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"')));
        if whole && !name.is_empty() && !steps.has(name) {
            let text = Text { text: name.into(), ..condition.clone() };
            let mut d = unknown(reader.sources, &text, steps, "step", "`if`");
            // The fix would replace the whole condition.
            d.fixes.clear();
            reader.report(d);
            return;
        }
    }
}

/// The names that occur more than once: one finding for each repetition.
fn duplicates<'t>(names: impl Iterator<Item = &'t Text>, what: &str) -> Vec<Diagnostic> {
    let mut first: HashMap<&str, Span> = HashMap::new();
    let mut found = Vec::new();
    for name in names.filter(|n| !n.text.is_empty()) {
        match first.get(name.as_str()) {
            Some(span) => found.push(
                Diagnostic::new(codes::J0807, format!("two {} are called `{}`: names must be unique", plural(what), short(&name.text)))
                    .primary(name.span, "duplicate name")
                    .secondary(*span, "first used here"),
            ),
            None => {
                first.insert(name.as_str(), name.span);
            }
        }
    }
    found
}

/// Reports each circle of dependencies once, at the reference that closes it.
fn circles(reader: &mut Reader<'_>, edges: &[(&Text, Vec<&Text>)], what: &str) {
    let index: HashMap<&str, usize> = edges.iter().enumerate().rev().map(|(i, (n, _))| (n.as_str(), i)).collect();
    // 0 unseen, 1 on the path, 2 done. The path is explicit: dependencies can be as deep as there are components.
    let mut state = vec![0u8; edges.len()];
    for start in 0..edges.len() {
        let mut path: Vec<(usize, usize)> = Vec::new();
        if state.get(start) == Some(&0) {
            enter(&mut state, &mut path, start);
        }
        while let Some((node, next)) = path.last().copied() {
            let Some(target) = edges.get(node).and_then(|(_, d)| d.get(next)) else {
                if let Some(s) = state.get_mut(node) {
                    *s = 2;
                }
                path.pop();
                continue;
            };
            if let Some(last) = path.last_mut() {
                last.1 += 1;
            }
            let Some(&to) = index.get(target.as_str()) else { continue };
            match state.get(to) {
                Some(0) => enter(&mut state, &mut path, to),
                Some(1) => {
                    let names: Vec<&str> = path.iter().skip_while(|(n, _)| *n != to).filter_map(|(n, _)| edges.get(*n).map(|(t, _)| t.as_str())).collect();
                    report_circle(reader, &names, target, what);
                }
                _ => {}
            }
        }
    }
}

fn enter(state: &mut [u8], path: &mut Vec<(usize, usize)>, node: usize) {
    if let Some(s) = state.get_mut(node) {
        *s = 1;
    }
    path.push((node, 0));
}

fn report_circle(reader: &mut Reader<'_>, names: &[&str], closing: &Text, what: &str) {
    let message = match names {
        [one] => format!("the {what} `{one}` depends on itself"),
        names => {
            let mut chain: Vec<String> = names.iter().chain(names.first()).map(|n| format!("`{}`", short(n))).collect();
            if chain.len() > 12 {
                chain.splice(6..chain.len() - 5, ["…".to_owned()]);
            }
            format!("these {} depend on each other in a circle: {}", plural(what), chain.join(" → "))
        }
    };
    reader.report(Diagnostic::new(codes::J0817, message).primary(closing.span, "this closes the circle"));
}
