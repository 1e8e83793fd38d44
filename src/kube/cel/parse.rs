//! The parser of CEL expressions: precedence climbing over tokens, macros recognised on the way (as `cel-go` expands them).

use ecow::EcoString;

use super::ast::{Binary, Comprehension, Expr, ExprKind, Fold, Literal};
use super::error::CompileError;
use super::lex::{Token, lex};

/// How many brackets and branches may lie within each other.
const MAX_DEPTH: usize = 100;
/// How long the text may be (`cel-go`: 100,000 code points).
const MAX_LENGTH: usize = 100_000;

const RESERVED: [&str; 18] =
    ["as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return", "var", "void", "while", "in"];

/// Libraries whose functions are called with the library's name before them.
const NAMESPACES: [&str; 5] = ["sets", "ip", "format", "optional", "lists"];

/// Parses an expression.
pub(super) fn parse(text: &str) -> Result<Expr, CompileError> {
    if text.len() > MAX_LENGTH && text.chars().count() > MAX_LENGTH {
        return Err(CompileError { offset: 0, message: format!("longer than {MAX_LENGTH} characters") });
    }
    let mut parser = Parser { tokens: lex(text)?, at: 0, depth: 0, scope: Vec::new() };
    let expr = parser.expr()?;
    match parser.peek() {
        Token::End => Ok(expr),
        _ => Err(parser.unexpected()),
    }
}

struct Parser {
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
    /// Variables of the macros around: they hide library names.
    scope: Vec<EcoString>,
}

type Parsed = Result<Expr, CompileError>;

impl Parser {
    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |t| &t.0)
    }

    fn offset(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(0, |t| t.1)
    }

    fn next(&mut self) -> Token {
        let token = self.peek().clone();
        self.at += 1;
        token
    }

    fn is(&self, op: &str) -> bool {
        matches!(self.peek(), Token::Op(o) if *o == op)
    }

    fn eat(&mut self, op: &str) -> bool {
        let found = self.is(op);
        self.at += usize::from(found);
        found
    }

    fn expect(&mut self, op: &str) -> Result<(), CompileError> {
        if self.eat(op) { Ok(()) } else { Err(self.error(format!("expected `{op}`"))) }
    }

    fn error(&self, message: impl Into<String>) -> CompileError {
        CompileError { offset: self.offset(), message: message.into() }
    }

    fn unexpected(&self) -> CompileError {
        match self.peek() {
            Token::End => self.error("the expression ends too early"),
            Token::Op(o) => self.error(format!("unexpected `{o}`")),
            Token::Ident(i) => self.error(format!("unexpected `{i}`")),
            _ => self.error("unexpected literal"),
        }
    }

    fn deeper(&mut self) -> Result<(), CompileError> {
        self.depth += 1;
        if self.depth > MAX_DEPTH { Err(self.error("nested too deeply")) } else { Ok(()) }
    }

    fn expr(&mut self) -> Parsed {
        self.deeper()?;
        let offset = self.offset();
        let mut expr = self.logic("||")?;
        if self.eat("?") {
            let yes = self.logic("||")?;
            self.expect(":")?;
            let no = self.expr()?;
            expr = node(ExprKind::Ternary(Box::new(expr), Box::new(yes), Box::new(no)), offset)?;
        }
        self.depth -= 1;
        Ok(expr)
    }

    /// A chain of `||`, whose parts are chains of `&&`. It is made a balanced tree: the order of evaluation stays, the depth does not grow.
    fn logic(&mut self, sign: &str) -> Parsed {
        let mut parts = Vec::new();
        let offset = self.offset();
        loop {
            parts.push(if sign == "||" { self.logic("&&")? } else { self.binary(2)? });
            if !self.eat(sign) {
                break;
            }
        }
        while parts.len() > 1 {
            let mut joined = Vec::with_capacity(parts.len() / 2 + 1);
            let mut rest = parts.into_iter();
            while let Some(a) = rest.next() {
                joined.push(match rest.next() {
                    None => a,
                    Some(b) if sign == "||" => node(ExprKind::Or(Box::new(a), Box::new(b)), offset)?,
                    Some(b) => node(ExprKind::And(Box::new(a), Box::new(b)), offset)?,
                });
            }
            parts = joined;
        }
        parts.pop().ok_or_else(|| self.unexpected())
    }

    /// Binary operators of at least the given level: 2 relations, 3 `+ -`, 4 `* / %`.
    fn binary(&mut self, level: u8) -> Parsed {
        if level == 5 {
            return self.unary();
        }
        let mut left = self.binary(level + 1)?;
        loop {
            let offset = self.offset();
            let Some(op) = self.operator(level) else { return Ok(left) };
            self.at += 1;
            let right = self.binary(level + 1)?;
            left = node(ExprKind::Binary(op, Box::new(left), Box::new(right)), offset)?;
        }
    }

    fn operator(&self, level: u8) -> Option<Binary> {
        let sign = match self.peek() {
            Token::Op(o) => *o,
            Token::Ident(i) if i == "in" => "in",
            _ => return None,
        };
        Some(match (level, sign) {
            (2, "==") => Binary::Eq,
            (2, "!=") => Binary::Ne,
            (2, "<") => Binary::Lt,
            (2, "<=") => Binary::Le,
            (2, ">") => Binary::Gt,
            (2, ">=") => Binary::Ge,
            (2, "in") => Binary::In,
            (3, "+") => Binary::Add,
            (3, "-") => Binary::Sub,
            (4, "*") => Binary::Mul,
            (4, "/") => Binary::Div,
            (4, "%") => Binary::Rem,
            _ => return None,
        })
    }

    fn unary(&mut self) -> Parsed {
        let offset = self.offset();
        let mut signs = 0_usize;
        for sign in ["!", "-"] {
            while self.is(sign) && !(sign == "-" && self.negative_number().is_some()) {
                self.at += 1;
                signs += 1;
            }
            if signs > 0 {
                let operand = self.member()?;
                // Pairs of signs cancel out (as in `cel-go`).
                if signs.is_multiple_of(2) {
                    return Ok(operand);
                }
                let kind = if sign == "!" { ExprKind::Not(Box::new(operand)) } else { ExprKind::Neg(Box::new(operand)) };
                return node(kind, offset);
            }
        }
        self.member()
    }

    /// A `-` here and a number right after it: one literal.
    fn negative_number(&self) -> Option<Literal> {
        if !self.is("-") {
            return None;
        }
        match self.tokens.get(self.at + 1).map(|t| &t.0)? {
            Token::Int(n) => 0_i128.checked_sub(i128::from(*n)).and_then(|v| i64::try_from(v).ok()).map(Literal::Int),
            Token::Double(d) => Some(Literal::Double(-d)),
            _ => None,
        }
    }

    fn member(&mut self) -> Parsed {
        let mut expr = self.primary()?;
        loop {
            let offset = self.offset();
            if self.eat(".") {
                let optional = self.eat("?");
                let Token::Ident(field) = self.next() else {
                    self.at = self.at.saturating_sub(1);
                    return Err(self.error("expected a field name"));
                };
                if matches!(field.as_str(), "in" | "true" | "false" | "null") {
                    self.at = self.at.saturating_sub(1);
                    return Err(self.unexpected());
                }
                if !optional && self.is("(") {
                    expr = self.member_call(expr, field, offset)?;
                } else {
                    expr = node(ExprKind::Select { operand: Box::new(expr), field, optional }, offset)?;
                }
            } else if self.eat("[") {
                let optional = self.eat("?");
                let index = self.expr()?;
                self.expect("]")?;
                expr = node(ExprKind::Index { operand: Box::new(expr), index: Box::new(index), optional }, offset)?;
            } else if self.is("{") && matches!(expr.kind, ExprKind::Ident(_) | ExprKind::Select { .. }) {
                return Err(self.error("objects cannot be constructed here"));
            } else {
                return Ok(expr);
            }
        }
    }

    fn primary(&mut self) -> Parsed {
        let offset = self.offset();
        if let Some(literal) = self.negative_number() {
            self.at += 2;
            return node(ExprKind::Literal(literal), offset);
        }
        let kind = match self.next() {
            Token::Int(n) => ExprKind::Literal(Literal::Int(i64::try_from(n).map_err(|_| CompileError { offset, message: "invalid int literal".into() })?)),
            Token::BigInt(_) => return Err(CompileError { offset, message: "invalid int literal".into() }),
            Token::Uint(n) => ExprKind::Literal(Literal::Uint(n)),
            Token::Double(d) => ExprKind::Literal(Literal::Double(d)),
            Token::Str(s) => ExprKind::Literal(Literal::Str(s)),
            Token::Bytes(b) => ExprKind::Literal(Literal::Bytes(b.into())),
            Token::Op("(") => {
                let inner = self.expr()?;
                self.expect(")")?;
                return Ok(inner);
            }
            Token::Op("[") => self.list()?,
            Token::Op("{") => self.map()?,
            Token::Op(".") => match self.next() {
                Token::Ident(name) => return self.ident(name, offset),
                _ => {
                    self.at = self.at.saturating_sub(1);
                    return Err(self.unexpected());
                }
            },
            Token::Ident(name) => return self.ident(name, offset),
            _ => {
                self.at = self.at.saturating_sub(1);
                return Err(self.unexpected());
            }
        };
        node(kind, offset)
    }

    fn ident(&mut self, name: EcoString, offset: usize) -> Parsed {
        let kind = match name.as_str() {
            "true" => ExprKind::Literal(Literal::Bool(true)),
            "false" => ExprKind::Literal(Literal::Bool(false)),
            "null" => ExprKind::Literal(Literal::Null),
            reserved if RESERVED.contains(&reserved) => return Err(CompileError { offset, message: format!("reserved identifier: `{reserved}`") }),
            _ if self.eat("(") => {
                let args = self.args()?;
                if name == "has" {
                    return has(args, offset);
                }
                ExprKind::Call { name, target: None, args }
            }
            _ => ExprKind::Ident(name),
        };
        node(kind, offset)
    }

    fn list(&mut self) -> Result<ExprKind, CompileError> {
        let mut items = Vec::new();
        while !self.eat("]") {
            let optional = self.eat("?");
            items.push((optional, self.expr()?));
            if !self.eat(",") {
                self.expect("]")?;
                break;
            }
        }
        Ok(ExprKind::List(items))
    }

    fn map(&mut self) -> Result<ExprKind, CompileError> {
        let mut entries = Vec::new();
        while !self.eat("}") {
            let optional = self.eat("?");
            let key = self.expr()?;
            self.expect(":")?;
            entries.push((optional, key, self.expr()?));
            if !self.eat(",") {
                self.expect("}")?;
                break;
            }
        }
        Ok(ExprKind::Map(entries))
    }

    /// Arguments after `(`, up to and with `)`.
    fn args(&mut self) -> Result<Vec<Expr>, CompileError> {
        let mut args = Vec::new();
        if self.eat(")") {
            return Ok(args);
        }
        loop {
            args.push(self.expr()?);
            if self.eat(")") {
                return Ok(args);
            }
            self.expect(",")?;
        }
    }

    fn member_call(&mut self, target: Expr, name: EcoString, offset: usize) -> Parsed {
        self.expect("(")?;
        if let ExprKind::Ident(space) = &target.kind
            && NAMESPACES.contains(&space.as_str())
            && !self.scope.contains(space)
        {
            let name = ecow::eco_format!("{space}.{name}");
            return node(ExprKind::Call { name, target: None, args: self.args()? }, offset);
        }
        let hidden = self.macro_vars(&name);
        self.scope.extend(hidden.iter().cloned());
        let args = self.args();
        self.scope.truncate(self.scope.len() - hidden.len());
        let mut args = args?;
        let fold = fold_macro(&name, args.len());
        if let Some((fold, vars)) = fold {
            let body = args.pop();
            let filter = if args.len() > vars { args.pop() } else { None };
            let names = args.iter().map(|a| match &a.kind {
                ExprKind::Ident(n) => Ok(n.clone()),
                _ => Err(CompileError { offset: a.offset, message: "argument must be a simple name".into() }),
            });
            let vars = names.collect::<Result<Vec<_>, _>>()?;
            if let [a, b] = vars.as_slice()
                && a == b
            {
                return Err(CompileError { offset, message: format!("duplicate variable name `{a}`") });
            }
            let Some(body) = body else { return Err(self.unexpected()) };
            // `map(x, p, t)` and the transforms: the condition comes before the result.
            let kind = ExprKind::Comprehension(Box::new(Comprehension { fold, range: target, vars, filter, body }));
            return node(kind, offset);
        }
        if (name == "optMap" || name == "optFlatMap") && args.len() == 2 {
            let body = args.pop();
            if let (Some(Expr { kind: ExprKind::Ident(var), .. }), Some(body)) = (args.pop(), body) {
                let kind = ExprKind::OptMap { target: Box::new(target), var, body: Box::new(body), flat: name == "optFlatMap" };
                return node(kind, offset);
            }
            return Err(CompileError { offset, message: "argument must be a simple name".into() });
        }
        node(ExprKind::Call { name, target: Some(Box::new(target)), args }, offset)
    }

    /// The names that a macro's first arguments introduce, looked at before they are parsed.
    fn macro_vars(&self, name: &str) -> Vec<EcoString> {
        if !matches!(
            name,
            "all" | "exists" | "exists_one" | "existsOne" | "map" | "filter" | "sortBy" | "transformList" | "transformMap" | "transformMapEntry" | "optMap" | "optFlatMap"
        ) {
            return Vec::new();
        }
        let pair = |at: usize| match (self.tokens.get(at), self.tokens.get(at + 1)) {
            (Some((Token::Ident(n), _)), Some((Token::Op(","), _))) => Some(n.clone()),
            _ => None,
        };
        let mut vars: Vec<EcoString> = pair(self.at).into_iter().collect();
        if !vars.is_empty() {
            vars.extend(pair(self.at + 2));
        }
        vars
    }
}

fn has(args: Vec<Expr>, offset: usize) -> Parsed {
    match <[Expr; 1]>::try_from(args) {
        Ok([Expr { kind: ExprKind::Select { operand, field, optional }, .. }]) => node(ExprKind::Has { operand, field, optional }, offset),
        _ => Err(CompileError { offset, message: "invalid argument to has() macro".into() }),
    }
}

/// An expression, unless it nests too deeply.
fn node(kind: ExprKind, offset: usize) -> Parsed {
    Expr::new(kind, offset).ok_or_else(|| CompileError { offset, message: "nested too deeply".into() })
}

/// The macro of this name with this many arguments, and how many of them are variables.
fn fold_macro(name: &str, args: usize) -> Option<(Fold, usize)> {
    Some(match (name, args) {
        ("all", 2) => (Fold::All, 1),
        ("all", 3) => (Fold::All, 2),
        ("exists", 2) => (Fold::Exists, 1),
        ("exists", 3) => (Fold::Exists, 2),
        ("exists_one" | "existsOne", 2) => (Fold::ExistsOne, 1),
        ("existsOne", 3) => (Fold::ExistsOne, 2),
        ("map", 2 | 3) => (Fold::Map, 1),
        ("filter", 2) => (Fold::Filter, 1),
        ("sortBy", 2) => (Fold::SortBy, 1),
        ("transformList", 3 | 4) => (Fold::TransformList, 2),
        ("transformMap", 3 | 4) => (Fold::TransformMap, 2),
        ("transformMapEntry", 3 | 4) => (Fold::TransformMapEntry, 2),
        _ => return None,
    })
}
