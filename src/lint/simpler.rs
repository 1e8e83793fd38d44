//! `simpler`: expressions with a shorter form that means the same.

use super::{Look, finding};
use crate::base::Range;
use crate::diagnostics::Diagnostic;
use crate::hir::{Assign, BinaryOp, Expr, ExprId, Key, Member, UnaryOp};

pub(super) fn check(look: &Look<'_>, out: &mut Vec<Diagnostic>) {
    for (i, e) in look.module.exprs.iter().enumerate() {
        let id = ExprId(i as u32);
        match e {
            Expr::If { condition, then, otherwise: Some(otherwise) } => truth(look, id, *condition, *then, *otherwise, out),
            Expr::Unary { op: UnaryOp::Not, operand } => negation(look, id, *operand, out),
            Expr::Record(members) => members.iter().for_each(|m| shorthand(look, m, out)),
            _ => {}
        }
    }
}

/// `if c then true else false` is `c`; `if has x then x else y` is `x ?? y`.
fn truth(look: &Look<'_>, id: ExprId, condition: ExprId, then: ExprId, otherwise: ExprId, out: &mut Vec<Diagnostic>) {
    let m = look.module;
    let text = |e: ExprId| m.range(e).of(look.text).trim();
    let short = match (m.expr(condition), m.expr(then), m.expr(otherwise)) {
        (_, Expr::Bool(true), Expr::Bool(false)) => text(condition).to_owned(),
        (c, Expr::Bool(false), Expr::Bool(true)) if atom(c) => format!("!{}", text(condition)),
        (_, Expr::Bool(false), Expr::Bool(true)) => format!("!({})", text(condition)),
        (Expr::Has(path), t, o) if path_like(t) && atom(o) && text(*path) == text(then) => format!("{} ?? {}", text(then), text(otherwise)),
        _ => return,
    };
    say(look, m.range(id), &short, out);
}

/// `!(a == b)` is `a != b`.
fn negation(look: &Look<'_>, id: ExprId, operand: ExprId, out: &mut Vec<Diagnostic>) {
    let m = look.module;
    let Expr::Binary { op: op @ (BinaryOp::Equal | BinaryOp::NotEqual), left, right, .. } = m.expr(operand) else { return };
    let sign = if *op == BinaryOp::Equal { "!=" } else { "==" };
    let text = |e: ExprId| m.range(e).of(look.text).trim();
    let range = m.range(id);
    // The range of what stands in parentheses may end before these.
    let rest = look.text.get(range.end as usize..).unwrap_or("");
    let whole = range.of(look.text);
    let closed = whole.matches('(').count() == whole.matches(')').count();
    let range = if !closed && rest.starts_with(')') { Range::new(range.start, range.end + 1) } else { range };
    if closed || rest.starts_with(')') {
        say(look, range, &format!("{} {sign} {}", text(*left), text(*right)), out);
    }
}

/// `name: name` is `name`.
fn shorthand(look: &Look<'_>, member: &Member, out: &mut Vec<Diagnostic>) {
    let Member::Field { key: Key::Name(key), key_range, at: None, optional: false, assign: Assign::Merge, value, range } = member else { return };
    let m = look.module;
    let value_range = m.range(*value);
    let is_name = matches!(m.expr(*value), Expr::Local(_) | Expr::Global(_));
    if is_name && *key_range != value_range && value_range.of(look.text) == key.as_str() && key_range.of(look.text) == key.as_str() {
        say(look, *range, key, out);
    }
}

fn say(look: &Look<'_>, range: Range, short: &str, out: &mut Vec<Diagnostic>) {
    if short.contains('\n') {
        return;
    }
    out.push(finding("simpler", format!("this is `{short}`"), look.at(range)).fix(format!("write `{short}`"), look.at(range), short));
}

fn atom(e: &Expr) -> bool {
    path_like(e) || matches!(e, Expr::String(_) | Expr::Int(_) | Expr::Bool(_) | Expr::Number(_) | Expr::Null | Expr::Call { .. } | Expr::List(_))
}

fn path_like(e: &Expr) -> bool {
    matches!(e, Expr::Local(_) | Expr::Global(_) | Expr::Parameters | Expr::Field { .. } | Expr::Index { .. })
}
