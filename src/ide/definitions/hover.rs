//! What is shown over a word: what it stands for, its type here, what is said of it.

use super::Asked;
use super::describe::{block, typed};
use super::names::{Meaning, Use, uses_in};
use crate::base::Range;
use crate::hir::Expr;
use crate::ide::Hover;
use crate::syntax::SyntaxKind as K;

/// What is shown over a place.
pub fn hover(asked: &Asked<'_>, offset: u32) -> Option<Hover> {
    if let Some(u) = use_at(asked, offset) {
        let mut markdown = asked.meaning(&u.meaning)?;
        if let Some(ty) = narrowed(asked, &u) {
            markdown.push_str(&format!("\n\nhere: `{ty}`"));
        }
        return Some(Hover { range: u.range, markdown });
    }
    special(asked, offset).or_else(|| keyword(asked, offset))
}

/// The name at a place. A shorthand member is the name that it reads.
pub(in crate::ide) fn use_at(asked: &Asked<'_>, offset: u32) -> Option<Use> {
    let all = uses_in(asked, true);
    let touching = all.into_iter().filter(|u| u.range.touches(offset));
    touching.min_by_key(|u| (u.range.end == offset, u.range.end - u.range.start, matches!(u.meaning, Meaning::Field { .. }), u.writes))
}

/// The type that a name has at this very place, where conditions have narrowed it or its declaration does not say.
fn narrowed(asked: &Asked<'_>, u: &Use) -> Option<String> {
    let learnt = asked.learnt();
    let e = asked.module.expr_ranges.iter().position(|r| *r == u.range || (r.end == u.range.end && r.start < u.range.start))?;
    let e = crate::hir::ExprId(e as u32);
    if u.declares || !matches!(asked.module.expr(e), Expr::Local(_) | Expr::Global(_) | Expr::Field { .. }) {
        return None;
    }
    let ty = learnt.notes.expressions.get(&e)?;
    let declared = match &u.meaning {
        Meaning::Declared(span, _) => learnt.notes.locals.get(&span.range()).map(typed),
        Meaning::Field { ty, name } => super::names::field_of(ty, name).map(|f| if f.is_optional() { format!("{}?", f.ty) } else { f.ty.to_string() }),
        _ => None,
    };
    let here = typed(ty);
    (!ty.ty.is_error() && declared.as_ref() != Some(&here)).then_some(here)
}

/// `parameters`, `context`, `target`, `output`, `outputs`.
fn special(asked: &Asked<'_>, offset: u32) -> Option<Hover> {
    let e = asked.expression(offset, |e| matches!(asked.module.expr(e), Expr::Parameters | Expr::Context | Expr::Target | Expr::Output | Expr::Outputs))?;
    let range = asked.module.range(e);
    let learnt = asked.learnt();
    let ty = learnt.notes.expressions.get(&e)?;
    let word = range.of(asked.text());
    let docs = match word {
        "parameters" => "what the application gives, with defaults filled in",
        "context" => "names, namespace and versions of the application and its component",
        "target" => "the part of the component's object that this definition is for",
        "output" => "the component's object",
        _ => "the other objects, by name",
    };
    Some(Hover { range, markdown: block(&format!("{word}: {}", typed(ty)), docs) })
}

/// Keywords in a sentence.
fn keyword(asked: &Asked<'_>, offset: u32) -> Option<Hover> {
    let token = asked.tree.token_at(offset)?;
    if !matches!(asked.tree.kind(token), K::Keyword | K::DefKind | K::Prefix) {
        return None;
    }
    let word = asked.tree.text(token);
    let (_, docs) = KEYWORDS.iter().find(|(k, _)| *k == word)?;
    let range: Range = asked.tree.range(token);
    Some(Hover { range, markdown: block(word, docs) })
}

/// Keywords and what they are for.
pub(super) const KEYWORDS: &[(&str, &str)] = &[
    ("component", "Makes the objects of a component: `component service: Deployment { … }`."),
    ("trait", "Changes or adds to the objects of a component: `trait scaler for Deployment { … }`."),
    ("policy", "Applies to a whole application, or with `for` to each of its components."),
    ("step", "A step of a workflow."),
    ("rule", "Looks at rendered objects and says what is not allowed: `rule no-latest for PodTemplate { … }`."),
    ("import", "`import \"apps/v1\" { Deployment }`, `import std.pods { PodTemplate }`, `import \"./data.json\" as data`."),
    ("type", "Gives a type a name: `type Port = { port: PortNumber, name?: PortName }`."),
    ("fn", "A function: `fn portName(p: Port) -> PortName = …`."),
    ("let", "Gives a value a name."),
    ("view", "A part that several kinds have, and where each has it."),
    ("extend", "Adds kinds to a view of another module."),
    ("resource", "Describes a kind that no schema describes."),
    ("test", "A test: `expect` says what must hold."),
    ("expect", "What must hold in a test: a condition, or `expect error CODE in application …`."),
    ("parameters", "What an application can give to the definition."),
    ("output", "An object that the definition makes; the first without a name is the main one."),
    ("patch", "Changes an object: `:` sets and conflicts, `:=` replaces, `+=` appends, `-=` takes away, `??=` is a default."),
    ("require", "A condition of the definition: `require c else \"message\" at parameters.x`."),
    ("from", "Builds on another component."),
    ("do", "Runs another step."),
    ("conflicts", "Traits that cannot stand beside this one."),
    ("status", "What the cluster's status means: `healthy`, `message`."),
    ("returns", "The type of what a step gives back."),
    ("has", "Whether an optional value is there."),
    ("remove", "Takes a field away."),
    ("absent", "A pattern: nothing is there."),
    ("match", "Chooses by the shape of a value; every case must be covered."),
    ("if", "A condition: `if c { … }` for statements and members, `if c then a else b` for values."),
    ("for", "Repeats for each element: `for x in xs { … }`."),
    ("is", "Whether a value is of a type."),
    ("as", "Reads a value as a type: `e as T else \"message\"`."),
];
