//! `match`: patterns over values that may be absent.

use super::machine::{Frame, Machine, Outcome, Stop};
use super::{Way, order};
use crate::diagnostics::codes;
use crate::hir::{Expr, ExprId, MatchArm, Pattern, PatternKind};
use crate::value::Value;

impl<'a> Machine<'a, '_> {
    /// The value of the first arm that matches.
    pub(super) fn match_value(&mut self, f: &mut Frame<'a>, id: ExprId, scrutinee: ExprId, arms: &'a [MatchArm], optional: bool) -> Outcome {
        let value = self.scrutinee(f, scrutinee, arms.iter().map(|a| &a.pattern))?;
        for (i, arm) in arms.iter().enumerate() {
            if self.matches(f, &arm.pattern, value.as_ref())? {
                self.took(f.id, scrutinee, Way::Arm(i as u16));
                return if optional { self.eval_optional(f, arm.value) } else { self.eval(f, arm.value) };
            }
        }
        Err(self.mistake(f, id, codes::J0404, "no arm matches this value"))
    }

    /// The value that is matched; only its kind is read when all patterns look at no more.
    pub(super) fn scrutinee<'p>(&mut self, f: &mut Frame<'a>, id: ExprId, mut patterns: impl Iterator<Item = &'p Pattern>) -> Outcome {
        if patterns.all(|p| matches!(p.kind, PatternKind::Any | PatternKind::Absent | PatternKind::Type(_))) { self.eval_quiet(f, id) } else { self.eval(f, id) }
    }

    /// Whether a pattern matches; binds its names.
    pub(super) fn matches(&mut self, f: &mut Frame<'a>, pattern: &'a Pattern, value: Option<&Value>) -> Result<bool, Stop> {
        Ok(match &pattern.kind {
            PatternKind::Missing => return Err(Stop::Unknown),
            PatternKind::Any => true,
            PatternKind::Absent => value.is_none(),
            PatternKind::Literal(e) => {
                let Some(value) = value else { return Ok(false) };
                match f.module.expr(*e) {
                    Expr::String(s) => value.as_str() == Some(s),
                    _ => self.eval(f, *e)?.is_some_and(|l| order::equal(&l, value)),
                }
            }
            PatternKind::Type(name) => match value {
                Some(v) => self.is_type(f, v, name)?,
                None => false,
            },
            PatternKind::Bind(local) => match value {
                Some(v) => {
                    f.set(*local, Some(v.clone()), None);
                    true
                }
                None => false,
            },
            PatternKind::Record(fields) => {
                let Some(map) = value.and_then(Value::as_map) else { return Ok(false) };
                for field in fields {
                    if !self.matches(f, &field.pattern, map.get(&field.name))? {
                        return Ok(false);
                    }
                }
                true
            }
            PatternKind::Or(all) => {
                for p in all {
                    if self.matches(f, p, value)? {
                        return Ok(true);
                    }
                }
                false
            }
        })
    }
}
