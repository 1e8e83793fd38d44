//! Coverage of tests: the branches of each definition and function of the project, and which of them were taken.

use super::session::Session;
use crate::base::{Range, Span};
use crate::eval::{Branch, Way};
use crate::hir::{BinaryOp, Block, Definition, Expr, ExprId, ListItem, Member, Module, ModuleId, RecordTypeMember, StmtKind, TypeExpr};

/// Longest stretch of the user's text in a message, in characters.
const LONGEST: usize = 48;
/// How deep expressions are searched.
const DEPTH: u32 = 256;

/// What tests did with one definition or function.
#[derive(Clone, Debug)]
pub struct Covered {
    /// `component`, …, `function`.
    pub kind: &'static str,
    pub name: String,
    pub span: Span,
    pub branches: usize,
    pub taken: usize,
    /// Branches that no test took, in the order of the text; only one entry where it is never at work.
    pub missed: Vec<Missed>,
}

/// A branch that was not taken.
#[derive(Clone, Debug)]
pub struct Missed {
    pub span: Span,
    /// `` `has parameters.cpu` never holds ``
    pub what: String,
}

impl Session {
    /// Coverage of the project's own definitions and functions; empty unless it was counted.
    pub fn covered(&self) -> Vec<Covered> {
        let Some(coverage) = &self.coverage else { return Vec::new() };
        let program = &self.library.program;
        let mut out = Vec::new();
        for (id, module) in program.modules().filter(|(id, _)| program.package(*id) == self.settings.name) {
            let Some(source) = self.sources.get(module.file) else { continue };
            let walk = |start: &dyn Fn(&mut Walk<'_>)| {
                let mut w = Walk { id, module, text: &source.text, found: Vec::new() };
                start(&mut w);
                w.found
            };
            let mut add = |kind: &'static str, name: &str, range: Range, found: Vec<(Branch, Range, String)>| {
                let branches = found.len();
                let mut missed: Vec<Missed> = found.into_iter().filter(|(b, _, _)| !coverage.has(b)).map(|(_, r, what)| Missed { span: r.in_file(module.file), what }).collect();
                missed.sort_by_key(|m| (m.span, m.what.clone()));
                let taken = branches - missed.len();
                if let Some(first) = missed.iter().position(|m| m.what.starts_with("never ")) {
                    missed = vec![missed.swap_remove(first)];
                }
                out.push(Covered { kind, name: name.to_owned(), span: range.in_file(module.file), branches, taken, missed });
            };
            for (i, d) in module.definitions.iter().enumerate() {
                add(d.kind.word(), &d.name, d.name_range, walk(&|w| w.definition(i as u32, d)));
            }
            for f in &module.functions {
                let entry = (Branch { module: id, at: f.body, way: Way::Called }, f.name_range, "never called".to_owned());
                let mut found = vec![entry];
                found.extend(walk(&|w| w.expr(f.body, 0)));
                add("function", &f.name, f.name_range, found);
            }
        }
        out
    }
}

/// The walk over one definition.
struct Walk<'a> {
    id: ModuleId,
    module: &'a Module,
    text: &'a str,
    found: Vec<(Branch, Range, String)>,
}

impl Walk<'_> {
    fn add(&mut self, at: ExprId, way: Way, range: Range, what: String) {
        self.found.push((Branch { module: self.id, at, way }, range, what));
    }

    /// The user's text on one line.
    fn short(&self, range: Range) -> String {
        let text: Vec<&str> = range.of(self.text).split_whitespace().collect();
        let text = text.join(" ");
        if text.chars().count() > LONGEST { text.chars().take(LONGEST - 1).chain(['…']).collect() } else { text }
    }

    fn definition(&mut self, index: u32, d: &Definition) {
        self.add(ExprId(index), Way::AtWork, d.name_range, "never at work".to_owned());
        if let Some((ty, _)) = &d.parameters
            && let TypeExpr::Record(members) = self.module.type_expr(*ty)
        {
            for member in members {
                let RecordTypeMember::Field { name, name_range, default: Some(e), .. } = member else { continue };
                self.add(*e, Way::Given(true), *name_range, format!("`{name}` is never given"));
                self.add(*e, Way::Given(false), *name_range, format!("the default of `{name}` is never used"));
                self.expr(*e, 0);
            }
        }
        self.block(&d.body);
    }

    fn condition(&mut self, e: ExprId) {
        let range = self.module.range(e);
        let text = self.short(range);
        self.add(e, Way::Condition(true), range, format!("`{text}` never holds"));
        self.add(e, Way::Condition(false), range, format!("`{text}` always holds"));
        self.expr(e, 0);
    }

    fn repeated(&mut self, source: ExprId) {
        let range = self.module.range(source);
        let text = self.short(range);
        self.add(source, Way::Loop, range, format!("nothing in `{text}` to loop over"));
        self.expr(source, 0);
    }

    fn arms(&mut self, scrutinee: ExprId, patterns: impl Iterator<Item = Range>) {
        for (i, range) in patterns.enumerate() {
            let text = self.short(range);
            self.add(scrutinee, Way::Arm(i as u16), range, format!("the arm `{text}` never matches"));
        }
        self.expr(scrutinee, 0);
    }

    fn block(&mut self, block: &Block) {
        for s in &block.stmts {
            match &s.kind {
                StmtKind::Let { value, .. } | StmtKind::Output { value, .. } => self.expr(*value, 0),
                StmtKind::Require(r) => {
                    self.expr(r.condition, 0);
                    let range = self.module.range(r.condition);
                    let text = self.short(range);
                    self.add(r.condition, Way::Condition(false), range, format!("`require {text}` never fails"));
                }
                StmtKind::If { condition, then, otherwise } => {
                    self.condition(*condition);
                    self.block(then);
                    otherwise.iter().for_each(|b| self.block(b));
                }
                StmtKind::For { source, filter, body, .. } => {
                    self.repeated(*source);
                    filter.iter().for_each(|e| self.condition(*e));
                    self.block(body);
                }
                StmtKind::Match { scrutinee, arms } => {
                    self.arms(*scrutinee, arms.iter().map(|a| a.pattern.range));
                    arms.iter().for_each(|a| self.block(&a.body));
                }
                StmtKind::Patch(p) => self.expr(p.value, 0),
                StmtKind::From { arguments, .. } | StmtKind::Do { arguments, .. } => self.expr(*arguments, 0),
                // Not evaluated by builds.
                StmtKind::Status(_) | StmtKind::Conflicts(_) | StmtKind::Misplaced(_) | StmtKind::Missing => {}
            }
        }
    }

    fn expr(&mut self, e: ExprId, depth: u32) {
        if depth > DEPTH {
            return;
        }
        let module = self.module;
        match module.expr(e) {
            Expr::If { condition, then, otherwise } => {
                self.condition(*condition);
                self.expr(*then, depth + 1);
                otherwise.iter().for_each(|o| self.expr(*o, depth + 1));
            }
            Expr::Match { scrutinee, arms } => {
                self.arms(*scrutinee, arms.iter().map(|a| a.pattern.range));
                arms.iter().for_each(|a| self.expr(a.value, depth + 1));
            }
            Expr::Binary { op: BinaryOp::Otherwise, left, right, .. } => {
                let text = self.short(module.range(*left));
                self.add(e, Way::Present(true), module.range(e), format!("`{text}` is never there"));
                self.add(e, Way::Present(false), module.range(e), format!("`{text}` is always there"));
                self.expr(*left, depth + 1);
                self.expr(*right, depth + 1);
            }
            Expr::Record(members) => members.iter().for_each(|m| self.member(m, depth + 1)),
            Expr::List(items) => items.iter().for_each(|i| self.item(i, depth + 1)),
            other => other.each_child(&mut |child| self.expr(child, depth + 1)),
        }
    }

    fn member(&mut self, member: &Member, depth: u32) {
        if depth > DEPTH {
            return;
        }
        match member {
            Member::If { condition, then, otherwise, .. } => {
                self.condition(*condition);
                then.iter().chain(otherwise).for_each(|m| self.member(m, depth + 1));
            }
            Member::For { source, filter, members, .. } => {
                self.repeated(*source);
                filter.iter().for_each(|e| self.condition(*e));
                members.iter().for_each(|m| self.member(m, depth + 1));
            }
            other => other.each_child(&mut |child| self.expr(child, depth + 1)),
        }
    }

    fn item(&mut self, item: &ListItem, depth: u32) {
        if depth > DEPTH {
            return;
        }
        match item {
            ListItem::If { condition, item } => {
                self.condition(*condition);
                self.item(item, depth + 1);
            }
            ListItem::For { source, item, .. } => {
                self.repeated(*source);
                self.item(item, depth + 1);
            }
            ListItem::Value(e) | ListItem::Spread(e) => self.expr(*e, depth + 1),
        }
    }
}
