//! The state of an evaluation: where values and findings go, what is left of the budget, frames of local names.

use ecow::EcoString;
use rustc_hash::{FxHashMap, FxHashSet};

use super::budget::{FREE_BINDINGS, MAX_DEPTH, MAX_LIST, MAX_STRING, MAX_VALUE_DEPTH};
use super::patch::{PlaceId, Stage};
use super::{Context, Env};
use crate::base::{Range, Span};
use crate::diagnostics::{Code, Diagnostic, codes};
use crate::hir::{ExprId, LocalId, Module, ModuleId, Owner};
use crate::value::{Data, Origin, OriginKind, Origins, Value};

/// Why an expression has no result, not even an absent one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// Something it needs is unknown because of a mistake that has been reported.
    Unknown,
    /// J0908, reported: nothing goes on.
    Budget,
}

/// The result of an expression: a value, or absence.
pub(super) type Outcome = Result<Option<Value>, Stop>;

/// A local name.
#[derive(Clone, Debug, Default)]
pub(super) enum Slot {
    /// Its `let` failed or was not reached.
    #[default]
    Unset,
    /// The value, and the place that it is another name of.
    Set(Option<Value>, Option<PlaceId>),
}

/// The local names of a body that is being evaluated.
pub(super) struct Frame<'a> {
    pub module: &'a Module,
    pub id: ModuleId,
    slots: Vec<Slot>,
    /// What `parameters`, `context` and `target` mean; `None` in functions.
    pub scope: Option<Scope>,
}

/// What a definition sees besides its own names.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// `None`: unknown, since there are mistakes in them.
    pub parameters: Option<Value>,
    pub context: Value,
    pub target: Seen,
    pub output: Seen,
    /// Whether `outputs` means anything here.
    pub outputs: bool,
}

/// What `target` or `output` is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Seen {
    /// Not in scope.
    #[default]
    Nothing,
    /// Unknown: what would have made it has failed.
    Unknown,
    At(PlaceId),
}

impl<'a> Frame<'a> {
    /// An empty frame for a body with these locals.
    pub fn new(module: &'a Module, id: ModuleId, owner: &Owner, scope: Option<Scope>) -> Self {
        Self { module, id, slots: vec![Slot::Unset; owner.locals.len()], scope }
    }

    /// Gives a local its value.
    pub fn set(&mut self, local: LocalId, value: Option<Value>, place: Option<PlaceId>) {
        if self.slots.len() <= local.index() {
            self.slots.resize_with(local.index() + 1, Slot::default);
        }
        if let Some(slot) = self.slots.get_mut(local.index()) {
            *slot = Slot::Set(value, place);
        }
    }

    /// What a local is.
    pub fn get(&self, local: LocalId) -> &Slot {
        self.slots.get(local.index()).unwrap_or(&Slot::Unset)
    }
}

/// Whether a value is nested deeper than this.
fn deeper_than(v: &Value, limit: u32) -> bool {
    match &v.data {
        Data::List(l) => limit == 0 || l.items.iter().any(|i| deeper_than(i, limit - 1)),
        Data::Map(m) => limit == 0 || m.iter().any(|e| deeper_than(&e.value, limit - 1)),
        _ => false,
    }
}

/// One evaluation.
pub(super) struct Machine<'a, 'r> {
    pub env: &'r Env<'a>,
    pub origins: &'r mut Origins,
    pub sink: &'r mut Vec<Diagnostic>,
    /// The objects of the component and who wrote what.
    pub stage: Stage<'a>,
    /// Module-level `let`s that have been evaluated.
    pub globals: FxHashMap<(ModuleId, u32), Option<Value>>,
    /// Where to point when nothing better is known: the entry in the application.
    pub entry: Span,
    /// The name of the component, for objects that have none yet.
    pub name: (EcoString, Origin),
    /// Where the application says of which type the component is.
    pub asked: Span,
    /// The parameters of the trait or policy that is at work: where the user named what it writes.
    pub unit_parameters: Option<Value>,
    /// Branches taken, when they are counted.
    pub taken: FxHashSet<super::Branch>,
    /// In `test` blocks.
    pub testing: Option<super::tests::Testing<'r>>,
    steps: u64,
    bytes: u64,
    start: (u64, u64),
    depth: u32,
    bindings: u32,
    /// The budget is exhausted, and that was reported.
    ended: bool,
}

impl<'a, 'r> Machine<'a, 'r> {
    /// A fresh evaluation with what is left of the application's budget.
    pub fn new(env: &'r Env<'a>, context: &Context, entry: Span, origins: &'r mut Origins, sink: &'r mut Vec<Diagnostic>) -> Self {
        let (steps, bytes) = env.budget.left();
        let name = (context.name.clone(), context.name_origin);
        Self {
            env,
            origins,
            sink,
            stage: Stage::default(),
            globals: FxHashMap::default(),
            entry,
            name,
            asked: context.asked,
            unit_parameters: None,
            taken: FxHashSet::default(),
            testing: None,
            steps,
            bytes,
            start: (steps, bytes),
            depth: 0,
            bindings: 0,
            ended: false,
        }
    }

    /// Hands the rest of the budget back.
    pub fn finish(&mut self) {
        self.env.budget.take(self.start.0 - self.steps, self.start.1 - self.bytes);
        self.start = (self.steps, self.bytes);
        if let Some(coverage) = self.env.coverage {
            coverage.add(self.taken.drain());
        }
    }

    /// Goes one expression deeper; every `enter` that succeeds needs a `leave`.
    pub fn enter(&mut self, f: &Frame<'a>, id: ExprId) -> Result<(), Stop> {
        if self.steps == 0 {
            return Err(self.exhausted(f, id, "takes more than 10 million steps"));
        }
        if self.depth >= MAX_DEPTH {
            return Err(self.exhausted(f, id, "is nested deeper than 256"));
        }
        self.steps -= 1;
        self.depth += 1;
        Ok(())
    }

    /// Comes back from an expression.
    pub fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Counts bytes of a new value.
    pub fn spend(&mut self, f: &Frame<'a>, id: ExprId, bytes: usize) -> Result<(), Stop> {
        match self.bytes.checked_sub(bytes as u64) {
            Some(left) => {
                self.bytes = left;
                Ok(())
            }
            None => Err(self.exhausted(f, id, "makes more than 64 MiB of values")),
        }
    }

    /// Counts steps of a loop inside a built-in function.
    pub fn work(&mut self, f: &Frame<'a>, id: ExprId, steps: usize) -> Result<(), Stop> {
        match self.steps.checked_sub(steps as u64) {
            Some(left) => {
                self.steps = left;
                Ok(())
            }
            None => Err(self.exhausted(f, id, "takes more than 10 million steps")),
        }
    }

    /// A text of bounded length.
    pub fn text(&mut self, f: &Frame<'a>, id: ExprId, text: impl Into<EcoString>, origin: Origin) -> Result<Value, Stop> {
        let text = text.into();
        if text.len() > MAX_STRING {
            return Err(self.exhausted(f, id, "makes a string of more than 1 MiB"));
        }
        self.spend(f, id, text.len() + 32)?;
        Ok(Value::string(text, origin))
    }

    /// A list of bounded length.
    pub fn list(&mut self, f: &Frame<'a>, id: ExprId, items: Vec<Value>, origin: Origin) -> Result<Value, Stop> {
        if items.len() > MAX_LIST {
            return Err(self.exhausted(f, id, "makes a list of more than 100,000 elements"));
        }
        self.spend(f, id, items.len() * 32 + 32)?;
        Ok(Value::list(items, origin))
    }

    /// Counts a value that got a name; one that is nested too deep is J0908.
    pub fn bound(&mut self, f: &Frame<'a>, id: ExprId, v: &Value) -> Result<(), Stop> {
        self.bindings += 1;
        if self.bindings > FREE_BINDINGS && deeper_than(v, MAX_VALUE_DEPTH) {
            return Err(self.exhausted(f, id, "makes a value that is nested deeper than 128"));
        }
        Ok(())
    }

    /// J0908.
    pub fn exhausted(&mut self, f: &Frame<'a>, id: ExprId, what: &str) -> Stop {
        let d = Diagnostic::new(codes::J0908, format!("this {what}"));
        let here = self.span(f, id);
        let d = if self.entry == Span::default() { d.primary(here, "") } else { d.primary(self.entry, "caused by this").secondary(here, "evaluated here") };
        // Once is enough: what comes after finds the budget empty.
        if !std::mem::replace(&mut self.ended, true) {
            self.sink.push(d);
        }
        self.steps = 0;
        Stop::Budget
    }

    /// The span of an expression.
    pub fn span(&self, f: &Frame<'a>, id: ExprId) -> Span {
        f.module.range(id).in_file(f.module.file)
    }

    /// The origin of a literal.
    pub fn literal(&mut self, f: &Frame<'a>, range: Range) -> Origin {
        self.origins.leaf(range.in_file(f.module.file), OriginKind::Literal)
    }

    /// The origin of a computed value.
    pub fn computed(&mut self, f: &Frame<'a>, id: ExprId, parents: [Origin; 2]) -> Origin {
        self.origins.add(f.module.range(id).in_file(f.module.file), OriginKind::Computed, parents)
    }

    /// A finding about a value: its place in the application is the primary label, the expression explains it.
    pub fn blame(&self, code: Code, message: impl Into<String>, origin: Origin, span: Span) -> Diagnostic {
        let d = Diagnostic::new(code, message);
        match self.origins.yaml_span(origin) {
            Some(at) => d.primary(at, "").secondary(span, "evaluated here"),
            None if self.entry != Span::default() => d.primary(self.entry, "").secondary(span, "evaluated here"),
            None => d.primary(span, ""),
        }
    }

    /// Reports a mistake in a definition that the checker would have found, and stops.
    pub fn mistake(&mut self, f: &Frame<'a>, id: ExprId, code: Code, message: impl Into<String>) -> Stop {
        let d = Diagnostic::new(code, message).primary(self.span(f, id), "");
        let d = if self.entry == Span::default() { d } else { d.secondary(self.entry, "evaluated for this") };
        self.sink.push(d);
        Stop::Unknown
    }
}
