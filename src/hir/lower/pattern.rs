//! Patterns, and the names they bind.

use super::Lowerer;
use crate::diagnostics::codes;
use crate::hir::{LocalKind, Pattern, PatternField, PatternKind};
use crate::syntax::{NodeId, SyntaxKind as K};

impl Lowerer<'_> {
    /// The pattern of an arm; its names become visible.
    pub(super) fn arm_pattern(&mut self, arm: NodeId) -> Pattern {
        let range = self.tree.range(arm);
        match self.tree.child(arm, K::Pattern) {
            Some(pattern) => self.pattern(pattern),
            None => Pattern { kind: PatternKind::Missing, range },
        }
    }

    fn pattern(&mut self, node: NodeId) -> Pattern {
        let range = self.tree.range(node);
        let parts: Vec<NodeId> = self.tree.children(node).filter(|&c| self.tree.kind(c) != K::Sign).collect();
        if let [only] = parts.as_slice() {
            return self.pat(*only, true);
        }
        Pattern { kind: PatternKind::Or(parts.into_iter().map(|p| self.pat(p, false)).collect()), range }
    }

    /// One alternative. Among several nothing may be bound.
    fn pat(&mut self, node: NodeId, binds: bool) -> Pattern {
        let tree = self.tree;
        let range = tree.range(node);
        let kind = match tree.kind(node) {
            K::Wildcard => PatternKind::Any,
            K::Literal => PatternKind::Literal(self.literal(node)),
            K::Keyword => PatternKind::Absent,
            K::TypePattern => PatternKind::Type(self.type_name_of_token(node)),
            K::Ident if binds => PatternKind::Bind(self.declare(self.text(node), range, LocalKind::Pattern)),
            K::Ident => {
                self.report(codes::J0104, format!("unexpected name `{}`: alternatives of a pattern bind nothing", tree.text(node)), range);
                PatternKind::Missing
            }
            K::RecordPattern => {
                let fields: Vec<NodeId> = tree.children_of(node, K::PatternField).collect();
                PatternKind::Record(fields.into_iter().map(|f| self.pattern_field(f, binds)).collect())
            }
            _ => PatternKind::Missing,
        };
        Pattern { kind, range }
    }

    fn pattern_field(&mut self, node: NodeId, binds: bool) -> PatternField {
        let tree = self.tree;
        let (name, name_range) = self.name(node);
        let inner = tree.children(node).find(|&c| !matches!(tree.kind(c), K::FieldName | K::Sign));
        let pattern = match inner {
            Some(inner) => self.pat(inner, binds),
            None if tree.has_token(node, ":") => Pattern { kind: PatternKind::Missing, range: name_range },
            // Among alternatives `{ f }` only asks whether `f` is there.
            None => {
                let local = if binds { self.declare(name.clone(), name_range, LocalKind::Pattern) } else { self.declare("_".into(), name_range, LocalKind::Pattern) };
                Pattern { kind: PatternKind::Bind(local), range: name_range }
            }
        };
        PatternField { name, name_range, pattern }
    }
}
