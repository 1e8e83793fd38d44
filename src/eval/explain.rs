//! Where a value comes from: the chain of its origins in words, for `jibe why`.

use crate::base::Span;
use crate::value::{Origin, OriginKind, Origins};

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub span: Span,
    pub what: &'static str,
    /// Distance from the value itself.
    pub depth: usize,
}

/// How many links are given.
const LINKS: usize = 64;

/// The origins of a value, nearest first, each with what happened there. A place is named once.
pub fn explain_origin(origins: &Origins, origin: Origin) -> Vec<Source> {
    let mut out: Vec<Source> = Vec::new();
    let mut stack = vec![(origin, 0)];
    let mut seen = rustc_hash::FxHashSet::default();
    while let Some((at, depth)) = stack.pop() {
        if at == Origin::UNKNOWN || out.len() >= LINKS || !seen.insert(at) {
            continue;
        }
        let node = origins.get(at);
        let what = match node.kind {
            OriginKind::Unknown => "from here",
            OriginKind::Yaml => "given in the application",
            OriginKind::Literal => "written in the definition",
            OriginKind::Default => "the default of a parameter",
            OriginKind::Computed => "computed",
            OriginKind::Patch(_) => "written by a patch",
            OriginKind::Compiler => "added by the compiler",
            OriginKind::Joined => "written again, equal",
        };
        if node.span != Span::default() && !out.iter().any(|s| s.span == node.span) {
            out.push(Source { span: node.span, what, depth });
        }
        let [first, second] = node.parents;
        stack.push((second, depth + 1));
        stack.push((first, depth + 1));
    }
    out
}
