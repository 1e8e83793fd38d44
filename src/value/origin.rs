//! Where values come from: a 4-byte index into an arena of nodes. The arena belongs to one run over one application (or one manifest), so indexes stay small.

use crate::base::Span;

/// Index of a node in [`Origins`]; 0 is "unknown".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Origin(pub u32);

impl Origin {
    /// Nothing is known.
    pub const UNKNOWN: Origin = Origin(0);
}

/// How a value came to be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OriginKind {
    #[default]
    Unknown,
    /// Written in a YAML or JSON file: an application, a manifest.
    Yaml,
    /// Written in a definition.
    Literal,
    /// The default of a parameter, written in a definition.
    Default,
    /// Made by an expression of the operands that are its parents.
    Computed,
    /// Written by a patch; the number is the writer's index in the list of definitions that apply to the component, the parents what it joined or replaced.
    Patch(u16),
    /// Added by the compiler (names, labels, annotations).
    Compiler,
    /// Both parents count: equal writes that joined.
    Joined,
}

/// One node: span, kind and up to two parents (more are chained through [`OriginKind::Joined`]).
#[derive(Clone, Copy, Debug, Default)]
pub struct OriginNode {
    pub span: Span,
    pub kind: OriginKind,
    pub parents: [Origin; 2],
}

/// The append-only arena.
#[derive(Clone, Debug)]
pub struct Origins {
    nodes: Vec<OriginNode>,
}

impl Default for Origins {
    fn default() -> Self {
        Self { nodes: vec![OriginNode::default()] }
    }
}

impl Origins {
    /// An arena with only the unknown origin.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a node.
    pub fn add(&mut self, span: Span, kind: OriginKind, parents: [Origin; 2]) -> Origin {
        let at = self.nodes.len() as u32;
        self.nodes.push(OriginNode { span, kind, parents });
        Origin(at)
    }

    /// Adds a node without parents.
    pub fn leaf(&mut self, span: Span, kind: OriginKind) -> Origin {
        self.add(span, kind, [Origin::UNKNOWN; 2])
    }

    /// The node; the unknown one for a foreign index.
    pub fn get(&self, origin: Origin) -> OriginNode {
        self.nodes.get(origin.0 as usize).copied().unwrap_or_default()
    }

    /// The span of the node itself.
    pub fn span(&self, origin: Origin) -> Span {
        self.get(origin).span
    }

    /// The nearest span in a YAML file among the node and its ancestors: where the user's part of the value stands.
    pub fn yaml_span(&self, origin: Origin) -> Option<Span> {
        let mut queue = std::collections::VecDeque::from([origin]);
        let mut seen = 0;
        while let Some(o) = queue.pop_front() {
            let node = self.get(o);
            if node.kind == OriginKind::Yaml {
                return Some(node.span);
            }
            seen += 1;
            if seen > 256 {
                return None;
            }
            queue.extend(node.parents.iter().copied().filter(|p| *p != Origin::UNKNOWN));
        }
        None
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never: the unknown origin is always there.
    pub fn is_empty(&self) -> bool {
        false
    }
}
