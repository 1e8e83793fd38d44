//! Expressions: precedence (language reference §6.2), postfixes, `if`, `match`, calls.

use super::Lowerer;
use super::text::number;
use super::types::regex_text;
use crate::base::Range;
use crate::diagnostics::codes;
use crate::hir::{Arg, BinaryOp, Expr, ExprId, LocalKind, MatchArm, TypeName, UnaryOp};
use crate::syntax::{NodeId, SyntaxKind as K};

/// How many operators, postfixes or prefixes one expression may have in a row.
const MAX_ROW: usize = 200;

/// What stands between operands.
enum Op {
    Binary(BinaryOp, Range),
    Is(TypeName, Range),
}

impl Op {
    /// How tightly it binds: higher is tighter.
    fn level(&self) -> u8 {
        match self {
            Self::Is(..) => 4,
            Self::Binary(op, _) => match op {
                BinaryOp::Multiply => 7,
                BinaryOp::Add | BinaryOp::Subtract => 6,
                BinaryOp::Otherwise => 5,
                BinaryOp::Less | BinaryOp::LessEqual | BinaryOp::Greater | BinaryOp::GreaterEqual | BinaryOp::Equal | BinaryOp::NotEqual => 4,
                BinaryOp::And => 3,
                BinaryOp::Or => 2,
            },
        }
    }
}

impl Lowerer<'_> {
    /// An expression node.
    pub(super) fn expr(&mut self, node: NodeId) -> ExprId {
        if self.tree.kind(node) != K::Expr {
            return self.missing(node);
        }
        let tree = self.tree;
        let mut operands: Vec<ExprId> = Vec::new();
        let mut ops: Vec<Op> = Vec::new();
        let mut cast = None;
        let mut row = 0;
        for c in tree.children(node) {
            row += 1;
            if row > 2 * MAX_ROW {
                self.report(codes::J0102, format!("this expression has more than {MAX_ROW} operators"), tree.range(node));
                break;
            }
            match tree.kind(c) {
                K::Operand => {
                    let operand = self.operand(c);
                    operands.push(operand);
                }
                K::NoExpr => {
                    let operand = self.missing(c);
                    operands.push(operand);
                }
                K::Operator => {
                    let op = binary_op(tree.text(c));
                    self.reduce(&mut operands, &mut ops, &Op::Binary(op, tree.range(c)));
                    ops.push(Op::Binary(op, tree.range(c)));
                }
                K::IsTest => {
                    let ty = tree.child(c, K::TypeName).map(|t| self.type_name(t)).unwrap_or(TypeName { segments: Vec::new(), range: tree.range(c) });
                    let op = Op::Is(ty, tree.range(c));
                    self.reduce(&mut operands, &mut ops, &op);
                    self.apply(&mut operands, op);
                }
                K::Cast => cast = Some(c),
                _ => {}
            }
        }
        while let Some(op) = ops.pop() {
            self.apply(&mut operands, op);
        }
        let value = operands.pop().unwrap_or_else(|| self.missing(node));
        match cast {
            None => value,
            Some(cast) => {
                let ty = self.nth_type(cast, 0);
                let message = self.expr_after(cast, "else").unwrap_or_else(|| self.missing(cast));
                self.add(Expr::Cast { value, ty, message }, tree.range(node))
            }
        }
    }

    /// Applies the operators that bind tighter than the next one.
    fn reduce(&mut self, operands: &mut Vec<ExprId>, ops: &mut Vec<Op>, next: &Op) {
        while let Some(last) = ops.last() {
            let (a, b) = (last.level(), next.level());
            let right = matches!(last, Op::Binary(BinaryOp::Otherwise, _));
            if a == 4 && b == 4 {
                let range = match next {
                    Op::Binary(_, range) | Op::Is(_, range) => *range,
                };
                self.report(codes::J0104, "comparisons do not chain: join two of them by `&&`", range);
            }
            if a < b || (a == b && right) {
                return;
            }
            if let Some(op) = ops.pop() {
                self.apply(operands, op);
            }
        }
    }

    fn apply(&mut self, operands: &mut Vec<ExprId>, op: Op) {
        match op {
            Op::Is(ty, range) => {
                let Some(value) = operands.pop() else { return };
                let range = self.module.range(value).to(range);
                operands.push(self.add(Expr::Is { value, ty }, range));
            }
            Op::Binary(op, op_range) => {
                let (Some(right), Some(left)) = (operands.pop(), operands.pop()) else { return };
                let range = self.module.range(left).to(self.module.range(right));
                operands.push(self.add(Expr::Binary { op, op_range, left, right }, range));
            }
        }
    }

    /// Prefixes, a primary expression, postfixes.
    fn operand(&mut self, node: NodeId) -> ExprId {
        let tree = self.tree;
        let parts: Vec<NodeId> = tree.children(node).collect();
        if parts.len() > MAX_ROW {
            self.report(codes::J0102, format!("this expression has more than {MAX_ROW} parts in a row"), tree.range(node));
        }
        let mut prefixes = Vec::new();
        let mut value: Option<ExprId> = None;
        for c in parts.into_iter().take(MAX_ROW) {
            if tree.kind(c) == K::Prefix {
                prefixes.push(c);
                continue;
            }
            value = Some(match value {
                None => self.primary(c),
                Some(base) => self.postfix(base, c),
            });
        }
        let mut value = value.unwrap_or_else(|| self.missing(node));
        let end = self.module.range(value).end;
        while let Some(prefix) = prefixes.pop() {
            let range = Range::new(tree.range(prefix).start, end);
            value = match (tree.text(prefix), self.module.expr(value)) {
                ("-", &Expr::Int(n)) if n != i64::MIN => self.add(Expr::Int(-n), range),
                ("-", Expr::Number(n)) if !n.starts_with('-') => {
                    let expr = match format!("-{n}").parse::<i64>() {
                        Ok(n) => Expr::Int(n),
                        Err(_) => Expr::Number(format!("-{n}").into()),
                    };
                    self.add(expr, range)
                }
                ("-", _) => self.add(Expr::Unary { op: UnaryOp::Negate, operand: value }, range),
                ("!", _) => self.add(Expr::Unary { op: UnaryOp::Not, operand: value }, range),
                _ => self.add(Expr::Has(value), range),
            };
        }
        value
    }

    fn postfix(&mut self, base: ExprId, node: NodeId) -> ExprId {
        let tree = self.tree;
        let range = self.module.range(base).to(tree.range(node));
        match tree.kind(node) {
            K::Access => {
                let (name, name_range) = self.name(node);
                let optional = tree.has_token(node, "?.");
                self.add(Expr::Field { base, name, name_range, optional }, range)
            }
            K::Index => {
                let index = match tree.child(node, K::AtKey) {
                    Some(at) => self.nth_expr(at, 0),
                    None => self.missing(node),
                };
                let optional = tree.has_token(node, "?");
                self.add(Expr::Index { base, index, optional }, range)
            }
            K::Call => {
                let args: Vec<NodeId> = tree.children(node).filter(|&c| matches!(tree.kind(c), K::Expr | K::Lambda)).collect();
                let args = args.into_iter().map(|a| if tree.kind(a) == K::Lambda { self.lambda(a) } else { Arg::Value(self.expr(a)) }).collect();
                self.add(Expr::Call { callee: base, args }, range)
            }
            _ => base,
        }
    }

    fn lambda(&mut self, node: NodeId) -> Arg {
        let mark = self.scopes.mark();
        let names = self.names(node, K::Ident);
        let parameters = names.into_iter().map(|(name, range)| self.declare(name, range, LocalKind::Parameter)).collect();
        let body = self.nth_expr(node, 0);
        self.scopes.reset(mark);
        Arg::Lambda { parameters, body, range: self.tree.range(node) }
    }

    fn primary(&mut self, node: NodeId) -> ExprId {
        let tree = self.tree;
        let range = tree.range(node);
        let expr = match tree.kind(node) {
            K::String => self.string(node),
            K::Number => number(tree.text(node), false),
            K::Regex => Expr::Regex(regex_text(tree.text(node))),
            K::Ident => self.resolve(tree.text(node), range),
            K::Keyword => match tree.text(node) {
                "true" => Expr::Bool(true),
                "false" => Expr::Bool(false),
                _ => Expr::Null,
            },
            K::List => return self.list(node),
            K::Record => return self.record(node),
            K::Paren => return self.nth_expr(node, 0),
            K::IfExpr => return self.if_expr(node),
            K::MatchExpr => return self.match_expr(node),
            K::Application => return self.application(node),
            _ => Expr::Missing,
        };
        self.add(expr, range)
    }

    /// `if a then b else if c then d else e`
    pub(super) fn if_expr(&mut self, node: NodeId) -> ExprId {
        let nodes = self.expr_nodes(node);
        let range = self.tree.range(node);
        let count = nodes.len();
        let lowered: Vec<ExprId> = nodes.into_iter().take(2 * MAX_ROW + 1).map(|e| self.expr(e)).collect();
        let mut rest = lowered.as_slice();
        let mut otherwise = None;
        if count > 2 * MAX_ROW + 1 {
            self.report(codes::J0102, format!("this has more than {MAX_ROW} branches"), range);
        }
        if rest.len() % 2 == 1 && rest.len() > 1 {
            otherwise = rest.last().copied();
            rest = rest.get(..rest.len() - 1).unwrap_or(&[]);
        }
        for pair in rest.chunks(2).rev() {
            let &[condition, then] = pair else { continue };
            let start = self.module.range(condition).start;
            otherwise = Some(self.add(Expr::If { condition, then, otherwise }, Range::new(start, range.end)));
        }
        let Some(value) = otherwise else { return self.missing(node) };
        if let Some(r) = self.module.expr_ranges.get_mut(value.index()) {
            *r = range;
        }
        value
    }

    fn match_expr(&mut self, node: NodeId) -> ExprId {
        let tree = self.tree;
        let scrutinee = self.nth_expr(node, 0);
        let mut arms = Vec::new();
        for arm in tree.child(node, K::MatchArms).into_iter().flat_map(|a| tree.children_of(a, K::MatchArm)) {
            let mark = self.scopes.mark();
            let pattern = self.arm_pattern(arm);
            let value = self.nth_expr(arm, 0);
            self.scopes.reset(mark);
            arms.push(MatchArm { pattern, value });
        }
        self.add(Expr::Match { scrutinee, arms }, tree.range(node))
    }
}

fn binary_op(text: &str) -> BinaryOp {
    match text {
        "*" => BinaryOp::Multiply,
        "+" => BinaryOp::Add,
        "-" => BinaryOp::Subtract,
        "??" => BinaryOp::Otherwise,
        "<" => BinaryOp::Less,
        "<=" => BinaryOp::LessEqual,
        ">" => BinaryOp::Greater,
        ">=" => BinaryOp::GreaterEqual,
        "==" => BinaryOp::Equal,
        "!=" => BinaryOp::NotEqual,
        "&&" => BinaryOp::And,
        _ => BinaryOp::Or,
    }
}
