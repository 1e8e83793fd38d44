//! The estimated cost of an expression, which the API server limits when a definition is created (`checker/cost.go` of cel-go, `library/cost.go` of apiserver):
//! the most that data of the schema could make it cost. Where versions of the libraries differ, the lower estimate.

use ecow::EcoString;

use super::ast::{Binary, Comprehension, Expr, ExprKind, Fold, Literal};
use super::check::Checker;
use super::types::Ty;
use super::unescape;
use crate::kube::crd::{Schema, Type};
use crate::value::Value;

/// The largest request that the server takes, in bytes.
const MAX_REQUEST: u64 = 3 * 1024 * 1024;
/// Going through a text, per character.
const TEXT: f64 = 0.1;
/// A regular expression, per character.
const REGEX: f64 = 0.25;
/// A regular expression of a named format.
const FORMAT: f64 = 128.0 * REGEX;
const NEW_LIST: u64 = 10;
const NEW_MAP: u64 = 30;
const UNKNOWN: Size = Size { min: 0, max: u64::MAX };

/// How many elements or characters a value can have.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Size {
    min: u64,
    max: u64,
}

impl Size {
    fn exactly(n: u64) -> Self {
        Self { min: n, max: n }
    }

    fn plus(self, other: Size) -> Size {
        Size { min: self.min.saturating_add(other.min), max: self.max.saturating_add(other.max) }
    }

    fn union(self, other: Size) -> Size {
        Size { min: self.min.min(other.min), max: self.max.max(other.max) }
    }
}

fn times(x: u64, factor: f64) -> u64 {
    (x as f64 * factor).ceil() as u64
}

/// The place of the data that an expression reads.
#[derive(Clone, Copy)]
enum Place<'s> {
    Data(&'s Schema),
    /// A key of a map.
    Key,
    /// Data without a schema.
    Lost,
}

/// What is known about an expression.
#[derive(Clone, Copy)]
struct Node<'s> {
    cost: u64,
    size: Option<Size>,
    place: Option<Place<'s>>,
    /// The size of its elements.
    elements: Option<Size>,
}

impl Node<'_> {
    fn known(self) -> Size {
        self.size.unwrap_or(UNKNOWN)
    }
}

/// The most that an expression can cost; `Checker` has its variables. The expression has to be typed right.
pub(super) fn estimate<'s>(expr: &Expr, checker: Checker<'s>, root: &'s Schema) -> u64 {
    Coster { checker, root, locals: Vec::new() }.node(expr).cost
}

/// The smallest size of such data in JSON, in bytes.
pub fn least_bytes(s: &Schema, depth: usize) -> u64 {
    if s.int_or_string {
        return 1;
    }
    match s.kind {
        Type::Boolean => 4,
        Type::Integer | Type::Number => 1,
        Type::String => match s.format.as_str() {
            "duration" => 3,
            "date" => 12,
            "date-time" => 21,
            _ => 2,
        },
        Type::Object if s.additional_schema().is_none() => {
            let needed = s.properties.iter().flatten().filter(|(n, p)| depth < 50 && s.required.contains(n) && p.default.is_none() && Ty::of(p, p.embedded).is_some());
            2 + needed.map(|(n, p)| n.len() as u64 + least_bytes(p, depth + 1) + 4).sum::<u64>()
        }
        _ => 2,
    }
}

/// How often such data fit into a request.
pub fn most_places(s: &Schema) -> u64 {
    MAX_REQUEST / (least_bytes(s, 0) + 1)
}

/// The most elements or characters of such data.
fn most(s: &Schema) -> u64 {
    let at_least_0 = |n: i64| n.max(0) as u64;
    if s.int_or_string {
        return s.bounds.max_length.map_or(MAX_REQUEST - 2, |n| at_least_0(n) * 4);
    }
    match s.kind {
        Type::Array => match (s.bounds.max_items, &s.items) {
            (Some(n), _) => at_least_0(n),
            (None, Some(items)) => (MAX_REQUEST - 2) / (least_bytes(items, 0) + 1),
            (None, None) => 0,
        },
        Type::Object => match (s.bounds.max_properties, s.additional_schema()) {
            (Some(n), Some(_)) => at_least_0(n),
            (None, Some(values)) => (MAX_REQUEST - 2) / (least_bytes(values, 0) + 6),
            (_, None) => 0,
        },
        Type::String => match (s.format.as_str(), s.bounds.max_length) {
            ("duration" | "date-time", _) => 32,
            ("date", _) => 12,
            ("byte", Some(n)) => at_least_0(n),
            (_, Some(n)) => at_least_0(n) * 4,
            ("byte", None) => MAX_REQUEST - 2,
            (_, None) if !s.choices.is_empty() => s.choices.iter().filter_map(Value::as_str).map(|c| c.len() as u64).max().unwrap_or(0),
            (_, None) => MAX_REQUEST - 2,
        },
        _ => 0,
    }
}

struct Coster<'s> {
    checker: Checker<'s>,
    root: &'s Schema,
    locals: Vec<(EcoString, Node<'s>)>,
}

impl<'s> Coster<'s> {
    fn ty(&mut self, e: &Expr) -> Ty<'s> {
        self.checker.expr(e).unwrap_or(Ty::Dyn)
    }

    /// Size by place, then by type.
    fn sized(&mut self, e: &Expr, cost: u64, place: Option<Place<'s>>, size: Option<Size>, elements: Option<Size>) -> Node<'s> {
        let by_place = match place {
            Some(Place::Data(s)) => Some(Size { min: 0, max: most(s) }),
            Some(Place::Key) => Some(Size { min: 0, max: 0 }),
            Some(Place::Lost) | None => None,
        };
        let size = size.or(by_place).or_else(|| match self.ty(e) {
            Ty::Bool | Ty::Int | Ty::Uint | Ty::Double | Ty::Duration | Ty::Timestamp => Some(Size::exactly(1)),
            _ => None,
        });
        Node { cost, size, place, elements }
    }

    fn node(&mut self, e: &Expr) -> Node<'s> {
        match &e.kind {
            ExprKind::Literal(l) => {
                let size = match l {
                    Literal::Str(s) => s.chars().count() as u64,
                    Literal::Bytes(b) => b.len() as u64,
                    _ => 1,
                };
                Node { cost: 0, size: Some(Size::exactly(size)), place: None, elements: None }
            }
            ExprKind::Ident(name) => match self.locals.iter().rev().find(|(n, _)| n == name).map(|(_, l)| *l) {
                Some(local) => {
                    let found = self.sized(e, 1, local.place, None, local.elements);
                    Node { size: found.size.or(local.size), ..found }
                }
                None => self.sized(e, 1, Some(Place::Data(self.root)), None, None),
            },
            ExprKind::Select { operand, field, optional } => self.select(e, operand, field, *optional),
            ExprKind::Has { operand, .. } => {
                let cost = self.node(operand).cost;
                self.sized(e, cost, None, None, None)
            }
            ExprKind::Index { operand, index, .. } => {
                let (target, key) = (self.node(operand), self.node(index));
                let place = Some(self.inside(target.place));
                self.sized(e, 1_u64.saturating_add(target.cost).saturating_add(key.cost), place, target.elements, None)
            }
            ExprKind::Call { name, target, args } => self.call(e, name, target.as_deref(), args),
            ExprKind::List(items) => {
                let nodes: Vec<Node> = items.iter().map(|(_, i)| self.node(i)).collect();
                let cost = nodes.iter().fold(NEW_LIST, |sum, n| sum.saturating_add(n.cost));
                let elements = nodes.iter().map(|n| n.known()).reduce(Size::union).unwrap_or(Size::exactly(0));
                Node { cost, size: Some(Size::exactly(items.len() as u64)), place: None, elements: Some(elements) }
            }
            ExprKind::Map(entries) => {
                let nodes: Vec<Node> = entries.iter().flat_map(|(_, k, v)| [self.node(k), self.node(v)]).collect();
                let cost = nodes.iter().fold(NEW_MAP, |sum, n| sum.saturating_add(n.cost));
                let elements = nodes.iter().skip(1).step_by(2).map(|n| n.known()).reduce(Size::union).unwrap_or(Size::exactly(0));
                Node { cost, size: Some(Size::exactly(entries.len() as u64)), place: None, elements: Some(elements) }
            }
            ExprKind::And(a, b) | ExprKind::Or(a, b) => {
                let cost = self.node(a).cost.saturating_add(self.node(b).cost);
                self.sized(e, cost, None, None, None)
            }
            ExprKind::Not(a) | ExprKind::Neg(a) => {
                let cost = self.node(a).cost.saturating_add(1);
                self.sized(e, cost, None, None, None)
            }
            ExprKind::Ternary(cond, yes, no) => {
                let (c, y, n) = (self.node(cond), self.node(yes), self.node(no));
                let elements = y.elements.zip(n.elements).map(|(a, b)| a.union(b));
                Node { cost: c.cost.saturating_add(y.cost.max(n.cost)), size: Some(y.known().union(n.known())), place: None, elements }
            }
            ExprKind::Binary(op, a, b) => self.binary(e, *op, a, b),
            ExprKind::Comprehension(c) => self.comprehension(c),
            ExprKind::OptMap { target, var, body, .. } => {
                let t = self.node(target);
                let inner = self.within(var, target, Node { cost: 1, size: None, place: None, elements: None }, body);
                // `target.hasValue() ? optional.of(bind(var, target.value(), body)) : optional.none()`
                let cost = t.cost.saturating_mul(2).saturating_add(3 + NEW_LIST).saturating_add(inner.cost);
                Node { cost, size: None, place: None, elements: None }
            }
        }
    }

    /// An expression with the content of an optional as a variable.
    fn within(&mut self, var: &EcoString, target: &Expr, local: Node<'s>, body: &Expr) -> Node<'s> {
        let ty = match self.ty(target) {
            Ty::Optional(t) => (*t).clone(),
            t => t,
        };
        self.checker.push(var, ty);
        self.locals.push((var.clone(), local));
        let node = self.node(body);
        self.locals.pop();
        self.checker.pop();
        node
    }

    /// The place of elements. Where an expression has no place, the server's estimator starts again at the root: a quirk that its limits were set with.
    fn inside(&self, place: Option<Place<'s>>) -> Place<'s> {
        place.map_or(Place::Data(self.root), below)
    }

    fn select(&mut self, e: &Expr, operand: &Expr, field: &str, optional: bool) -> Node<'s> {
        let target = self.node(operand);
        let step = u64::from(optional || matches!(self.ty(operand), Ty::Map(..) | Ty::Object(_)));
        let place = (!optional).then(|| match target.place {
            Some(Place::Data(s)) => s.property(&unescape(field).unwrap_or_default()).map_or(Place::Lost, |p| Place::Data(p)),
            Some(_) => Place::Lost,
            None => Place::Data(self.root),
        });
        self.sized(e, target.cost.saturating_add(step), place, None, None)
    }

    fn binary(&mut self, e: &Expr, op: Binary, a: &Expr, b: &Expr) -> Node<'s> {
        let (x, y) = (self.node(a), self.node(b));
        let both = x.cost.saturating_add(y.cost);
        let texts = |t: &Ty| matches!(t, Ty::Str | Ty::Bytes | Ty::Dyn);
        let (ta, tb) = (self.ty(a), self.ty(b));
        let smaller = times(x.known().max.min(y.known().max), TEXT);
        match op {
            Binary::Eq | Binary::Ne if matches!((&ta, &tb), (Ty::Ip, Ty::Ip) | (Ty::Cidr, Ty::Cidr) | (Ty::Quantity, Ty::Quantity) | (Ty::Semver, Ty::Semver)) => {
                self.sized(e, both.saturating_add(1), None, None, None)
            }
            Binary::Eq | Binary::Ne => self.sized(e, both.saturating_add(smaller), None, None, None),
            Binary::Lt | Binary::Le | Binary::Gt | Binary::Ge if texts(&ta) && texts(&tb) => self.sized(e, both.saturating_add(smaller), None, None, None),
            Binary::In if matches!(tb, Ty::List(_) | Ty::Dyn) => self.sized(e, both.saturating_add(y.known().max), None, None, None),
            Binary::Add if matches!(ta, Ty::List(_)) || texts(&ta) && texts(&tb) => {
                let size = x.known().plus(y.known());
                let step = if matches!(ta, Ty::List(_)) { 1 } else { times(size.max, TEXT) };
                let elements = x.elements.zip(y.elements).map(|(a, b)| a.union(b));
                Node { cost: both.saturating_add(step), size: Some(size), place: None, elements }
            }
            _ => self.sized(e, both.saturating_add(1), None, None, None),
        }
    }

    fn call(&mut self, e: &Expr, name: &str, target: Option<&Expr>, args: &[Expr]) -> Node<'s> {
        let on = target.map(|t| self.node(t));
        let nodes: Vec<Node<'s>> = args.iter().map(|a| self.node(a)).collect();
        let inside = on.iter().chain(&nodes).fold(0_u64, |sum, n| sum.saturating_add(n.cost));
        if name == "dyn" {
            return nodes.first().map_or(Node { cost: 1, size: None, place: None, elements: None }, |n| Node { cost: n.cost.saturating_add(1), place: None, ..*n });
        }
        let (cost, size) = match (name, args) {
            // Of a dynamic value the forms for all types count, and that for bytes knows a size.
            ("string", [a]) if matches!(self.ty(a), Ty::Dyn | Ty::Bytes) => {
                let from = nodes.first().map_or(UNKNOWN, |n| n.known());
                (times(from.max, TEXT), Some(Size { min: from.min / 4, max: from.max }))
            }
            _ => self.step(name, target, on, &nodes),
        };
        self.sized(e, inside.saturating_add(cost), None, size, None)
    }

    /// The cost of a call itself, and the size of its result where that is known.
    fn step(&mut self, name: &str, target: Option<&Expr>, on: Option<Node<'s>>, args: &[Node<'s>]) -> (u64, Option<Size>) {
        let size = |n: Option<&Node>| n.map_or(UNKNOWN, |n| n.known());
        let (subject, first) = (size(on.as_ref()), size(args.first()));
        let read = times(first.max, TEXT);
        match (name, on.is_some()) {
            ("isSorted" | "sum" | "max" | "min" | "indexOf" | "lastIndexOf", true) => {
                let each = match (target.map(|t| self.ty(t)), on.and_then(|n| n.place)) {
                    (Some(Ty::List(t)), place) if matches!(*t, Ty::Str | Ty::Bytes) => {
                        let element = match place.map(below) {
                            Some(Place::Data(s)) => most(s),
                            _ => u64::MAX,
                        };
                        1_u64.saturating_add(times(element, TEXT))
                    }
                    (Some(Ty::List(_)), _) => 1,
                    _ => return (times(subject.max, TEXT), None),
                };
                (subject.max.saturating_mul(each), None)
            }
            ("url", false) => (read, Some(first)),
            ("lowerAscii" | "upperAscii" | "substring" | "trim", true) => (times(subject.max, TEXT), Some(subject)),
            ("replace", true) => (times(subject.max, 2.0 * TEXT), Some(replaced(subject, first, size(args.get(1))))),
            ("split", true) => (times(subject.max, 2.0 * TEXT), Some(Size { min: 0, max: subject.max })),
            ("join", true) => {
                let element = match on.and_then(|n| n.place).map(below) {
                    Some(Place::Data(s)) => most(s),
                    _ => u64::MAX,
                };
                let words = subject.max.saturating_mul(element);
                let separators = if args.is_empty() { 0 } else { first.max.saturating_mul(subject.max.saturating_sub(1)) };
                let all = words.saturating_add(separators);
                (times(all, TEXT), Some(Size { min: 0, max: all }))
            }
            ("find" | "findAll" | "matches", true) => {
                let cost = times(subject.max.saturating_add(1), TEXT).saturating_mul(times(first.max, REGEX));
                (cost, (name != "matches").then_some(Size { min: 0, max: subject.max }))
            }
            ("contains", true) => (times(subject.max, TEXT).saturating_mul(read), None),
            ("startsWith" | "endsWith", true) => (read, None),
            ("cidr" | "isIP" | "isCIDR" | "ip" | "quantity" | "isQuantity" | "semver" | "isSemver", false) => (read, None),
            ("ip.isCanonical", false) => (times(first.max, 2.0 * TEXT), None),
            ("containsIP" | "containsCIDR", true) => (read.saturating_add(7), None),
            ("validate", true) => (times(read, FORMAT), None),
            ("bytes", false) => (read, Some(Size { min: first.min, max: first.max.saturating_mul(4) })),
            _ => (1, None),
        }
    }

    fn comprehension(&mut self, c: &Comprehension) -> Node<'s> {
        let range = self.node(&c.range);
        let ty = self.ty(&c.range);
        let is_list = matches!(ty, Ty::List(_) | Ty::Dyn);
        let value = Node { cost: 1, size: range.elements, place: Some(self.inside(range.place)), elements: None };
        let index = range.place.map_or(Place::Data(self.root), |_| if is_list { Place::Lost } else { Place::Key });
        let key = Node { cost: 1, size: None, place: Some(index), elements: None };
        let types = self.checker.variables(&ty, c.vars.len());
        let locals = match c.vars.len() {
            1 => vec![if is_list { value } else { key }],
            _ => vec![key, value],
        };
        for ((var, local), ty) in c.vars.iter().zip(&locals).zip(types) {
            self.checker.push(var, ty);
            self.locals.push((var.clone(), *local));
        }
        let filter = c.filter.as_ref().map_or(0, |f| self.node(f).cost);
        let body = self.node(&c.body);
        for _ in &c.vars {
            self.checker.pop();
            self.locals.pop();
        }
        // What `cel-go` makes of the macros: a loop with an accumulator.
        let (start, step) = match c.fold {
            Fold::All => (1, body.cost.saturating_add(3)),
            Fold::Exists => (1, body.cost.saturating_add(4)),
            Fold::ExistsOne => (2, body.cost.saturating_add(2)),
            Fold::Filter => (NEW_LIST + 1, body.cost.saturating_add(NEW_LIST + 3)),
            Fold::Map | Fold::TransformList => (NEW_LIST + 1, body.cost.saturating_add(filter).saturating_add(NEW_LIST + 2)),
            Fold::TransformMap | Fold::TransformMapEntry => (NEW_MAP + 1, body.cost.saturating_add(filter).saturating_add(3)),
            Fold::SortBy => (2 * NEW_LIST + 3, body.cost.saturating_add(NEW_LIST + 2)),
        };
        let count = range.known();
        let cost = range.cost.saturating_add(start).saturating_add(count.max.saturating_mul(step));
        let (size, elements) = match c.fold {
            Fold::All | Fold::Exists | Fold::ExistsOne => (Size::exactly(1), None),
            Fold::Filter => (
                count,
                locals.first().and_then(|l| {
                    l.size.or(match l.place {
                        Some(Place::Data(s)) => Some(Size { min: 0, max: most(s) }),
                        _ => None,
                    })
                }),
            ),
            Fold::SortBy => (count, range.elements),
            _ => (count, body.size),
        };
        Node { cost, size: Some(size), place: None, elements }
    }
}

/// The place of the elements of a list, or of the values of a map.
fn below(place: Place) -> Place {
    match place {
        Place::Data(s) => s.items.as_deref().or(s.additional_schema().map(|a| &**a)).map_or(Place::Lost, Place::Data),
        _ => Place::Lost,
    }
}

/// The size of a text with parts replaced.
fn replaced(text: Size, from: Size, to: Size) -> Size {
    let max = if from.min == 0 {
        text.max.saturating_add(1).saturating_mul(to.max).saturating_add(text.max)
    } else if to.max <= from.min {
        text.max
    } else {
        text.max.div_ceil(from.min).saturating_mul(to.max)
    };
    Size { min: 0, max }
}
