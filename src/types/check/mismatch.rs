//! Why a type does not fit, as a finding. What is known to be wrong is J03, what can be wrong J05.

use super::Checker;
use crate::base::Span;
use crate::diagnostics::{Diagnostic, codes, nearest};
use crate::hir::{Expr, ExprId};
use crate::types::interval::Length;
use crate::types::relate::{Mismatch, Step};
use crate::types::text::{Failure, Text};
use crate::types::ty::{Ty, Type};

impl Checker<'_> {
    /// Reports that a value of type `given` stands where `expected` belongs.
    pub fn mismatch(&mut self, e: ExprId, given: &Ty, expected: &Ty, why: &Mismatch) {
        if self.quiet > 0 || given.is_error() || expected.is_error() {
            return;
        }
        let span = self.span(e);
        let literal =
            matches!(self.program.clone().module(self.module).expr(e), Expr::String(_) | Expr::Int(_) | Expr::Number(_) | Expr::Bool(_) | Expr::Null | Expr::Unary { .. });
        let mut finding = explain(span, given, expected, why, literal);
        if let (_, Mismatch::Text { failure: Failure::Length { can, must }, .. }) = why.innermost()
            && let Some(bound) = must.max
            && let Some(total) = can.max
        {
            finding = self.longest_part(finding, e, total, bound);
        }
        self.report(finding);
    }

    /// Says which part of a template makes it too long, and how long that part may be.
    fn longest_part(&mut self, finding: Diagnostic, e: ExprId, total: u64, bound: u64) -> Diagnostic {
        let program = self.program.clone();
        let Expr::Template(parts) = program.module(self.module).expr(e) else { return finding };
        let holes = parts.iter().filter_map(|p| if let crate::hir::Part::Hole(h) = p { Some(*h) } else { None });
        let measured: Vec<(u64, ExprId)> = holes
            .filter_map(|h| {
                let ty = self.ask(|c| c.infer(h)).ty;
                Some((super::template::printed(&ty)?.length().max?, h))
            })
            .collect();
        let Some((longest, hole)) = measured.into_iter().max_by_key(|(n, _)| *n) else { return finding };
        let text = self.describe(hole);
        let rest = total.saturating_sub(longest);
        let at = self.span(hole);
        let finding = finding.secondary(at, format!("up to {longest} of the {total} characters"));
        match (bound.checked_sub(rest).filter(|n| *n > 0), text.strip_prefix('`').and_then(|t| t.strip_suffix('`'))) {
            (Some(room), Some(path)) => {
                let cut = if finding.help.as_deref().is_some_and(|h| h.contains("dnsLabel")) { ", or write `dnsLabel(…)`, which cuts long names" } else { "" };
                finding.help(format!("require it to be shorter: `require {path}.length <= {room} else \"…\"`{cut}"))
            }
            _ => finding,
        }
    }
}

/// Where inside the value: `` in `spec.replicas` ``.
fn inside(steps: &[Step]) -> String {
    if steps.is_empty() {
        return String::new();
    }
    let mut path = String::new();
    for s in steps {
        match s {
            Step::Field(name) if path.is_empty() => path.push_str(name),
            Step::Field(name) => {
                path.push('.');
                path.push_str(name);
            }
            Step::Element => path.push_str("[]"),
            Step::Value => path.push_str("[…]"),
            Step::Key => path.push_str("[keys]"),
        }
    }
    format!(" in `{path}`")
}

/// The finding for a mismatch at `span`.
pub(super) fn explain(span: Span, given: &Ty, expected: &Ty, why: &Mismatch, literal: bool) -> Diagnostic {
    let (steps, innermost) = why.innermost();
    let place = inside(&steps);
    match innermost {
        Mismatch::Kind | Mismatch::NoMember | Mismatch::Opaque => kind(span, given, expected, &place),
        Mismatch::TooWide => {
            Diagnostic::new(codes::J0319, format!("a `{given}` is wider than `{expected}`{place}")).primary(span, "").help(format!("write `as {expected} else \"…\"` behind it"))
        }
        Mismatch::Integer { can, must } => match can.single() {
            Some(value) if literal || steps.is_empty() => Diagnostic::new(codes::J0305, format!("{value} is out of range{place}: {} here", must.words())).primary(span, ""),
            _ => Diagnostic::new(codes::J0503, format!("this can be {}{place}, but must be {}", can.words(), must.words()))
                .primary(span, "")
                .help("tighten the type of what it is made of, or require it"),
        },
        Mismatch::Number { can, must } => match can.single() {
            Some(value) => Diagnostic::new(codes::J0305, format!("{} is out of range{place}: {} here", value.text, must.words())).primary(span, ""),
            None => Diagnostic::new(codes::J0503, format!("this can be {}{place}, but must be {}", can.words(), must.words())).primary(span, ""),
        },
        Mismatch::Text { failure, must } => text(span, given, must, failure, literal || (given.single_text().is_some() && steps.is_empty()), &place),
        Mismatch::ListLength { can, must } => length(span, *can, *must, &place),
        Mismatch::ListKeys(keys) => Diagnostic::new(codes::J0310, format!("nothing says that no two elements{place} agree in `{keys}`"))
            .primary(span, "")
            .help(format!("write `.distinctBy(x => x.{})`", keys.split(',').next().unwrap_or("k"))),
        Mismatch::Missing(name) => Diagnostic::new(codes::J0302, format!("`{name}` is missing{place}")).primary(span, format!("needed by `{expected}`")),
        Mismatch::MayBeAbsent(name) => Diagnostic::new(codes::J0401, format!("`{name}`{place} may be absent")).primary(span, format!("`{expected}` needs it")),
        Mismatch::Unknown { name, known } => {
            let d = Diagnostic::new(codes::J0301, format!("`{expected}` has no field `{name}`{place}")).primary(span, "");
            match nearest(name, known.iter().map(|k| k.as_str())) {
                Some(near) => d.help(format!("did you mean `{near}`?")),
                None => d,
            }
        }
        Mismatch::In { .. } => kind(span, given, expected, &place),
    }
}

fn kind(span: Span, given: &Ty, expected: &Ty, place: &str) -> Diagnostic {
    // A value of a wider type may fit after a look at it.
    let wider = given.members().len() > 1 && given.members().iter().any(|m| crate::types::relate::fits(m, expected).is_ok());
    if wider {
        return Diagnostic::new(codes::J0319, format!("`{given}` is wider than `{expected}`{place}"))
            .primary(span, "")
            .help("decide with `match` or `is` first, or write `as … else \"…\"`");
    }
    Diagnostic::new(codes::J0303, format!("expected `{expected}`, found `{given}`{place}")).primary(span, "")
}

fn length(span: Span, can: Length, must: Length, place: &str) -> Diagnostic {
    let known = can.max == Some(can.min);
    if known || can.min > must.max.unwrap_or(u64::MAX) || can.max.is_some_and(|m| m < must.min) {
        return Diagnostic::new(codes::J0308, format!("this has {} element{}{place}, but must have {}", can.words(), if can.max == Some(1) { "" } else { "s" }, must.words()))
            .primary(span, "");
    }
    Diagnostic::new(codes::J0504, format!("this can have {} elements{place}, but must have {}", can.words(), must.words()))
        .primary(span, "")
        .help("give the list a minimum, such as `[T](1..)`, or look with `if !xs.isEmpty`")
}

fn text(span: Span, given: &Ty, must: &Text, failure: &Failure, literal: bool, place: &str) -> Diagnostic {
    let wanted = must.to_string();
    match failure {
        Failure::Syntax(example) if literal => {
            if let Text::Literals(all) = must {
                let d = Diagnostic::new(codes::J0304, format!("`{example}` is not one of {wanted}{place}")).primary(span, "");
                return match nearest(example, all.iter().map(|l| l.as_str())) {
                    Some(near) => d.help(format!("did you mean `{near}`?")).fix(format!("write `{near}`"), span, format!("\"{near}\"")),
                    None => d,
                };
            }
            syntax_help(Diagnostic::new(codes::J0306, format!("`{example}` is no {wanted}{place}")).primary(span, ""), must)
        }
        Failure::Syntax(_) | Failure::Length { .. } if matches!(&**given, Type::Text(Text::Any)) && place.is_empty() => {
            Diagnostic::new(codes::J0319, format!("any text can stand here, but `{wanted}` is needed"))
                .primary(span, "this is a `String`")
                .help(format!("give it a narrower type, or write `as {wanted} else \"…\"` behind it"))
        }
        Failure::Syntax(example) => {
            if let (Text::Literals(_), Type::Text(Text::Literals(_))) = (must, &**given) {
                return Diagnostic::new(codes::J0304, format!("this can be `{example}`{place}, which is not one of {wanted}")).primary(span, "");
            }
            syntax_help(Diagnostic::new(codes::J0502, format!("this can be `{}`{place}, which is no {wanted}", shorten(example))).primary(span, ""), must)
        }
        Failure::Length { can, must: bounds } if literal => {
            Diagnostic::new(codes::J0307, format!("this has {} characters{place}, but must have {}", can.words(), bounds.words())).primary(span, "")
        }
        Failure::Length { can, must: bounds } => {
            let longest = can.max.map_or("any number of".to_string(), |m| m.to_string());
            let short = can.min < bounds.min;
            let message = if short && bounds.max.is_none_or(|m| can.max.is_some_and(|c| c <= m)) {
                format!("this can have {} characters{place}; at least {}", can.min, bounds.min)
            } else {
                format!("this can have {longest} characters{place}; at most {}", bounds.max.unwrap_or(u64::MAX))
            };
            let d = Diagnostic::new(codes::J0501, message).primary(span, "");
            match must {
                Text::Language(l) if l.format.is_some_and(|f| f.name().starts_with("Dns")) && !short => {
                    d.help("require a length of its parts (`require x.length <= n else \"…\"`), or write `dnsLabel(…)`, which cuts long names")
                }
                _ if short => d.help("`nonEmpty(…)` leaves empty text out"),
                _ => d.help("require a length of its parts: `require x.length <= n else \"…\"`"),
            }
        }
        Failure::Parsed(format) => Diagnostic::new(codes::J0319, format!("only a parser can tell that this is a `{}`{place}", format.name()))
            .primary(span, "")
            .help(format!("write `as {} else \"…\"` behind it", format.name())),
        Failure::Unknown => {
            Diagnostic::new(codes::J0505, format!("it cannot be shown that this is a {wanted}{place}")).primary(span, "").help(format!("write `as {wanted} else \"…\"` behind it"))
        }
    }
}

fn syntax_help(d: Diagnostic, must: &Text) -> Diagnostic {
    match must {
        Text::Language(l) => match l.format {
            Some(f) => d.help(format!("`{}`: {}", f.name(), f.words())),
            None => d,
        },
        _ => d,
    }
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= 40 {
        return text.to_string();
    }
    let head: String = text.chars().take(30).collect();
    format!("{head}…")
}
