//! Signatures of what can be called: functions, built-in functions, methods.

use super::Asked;
use crate::base::Range;
use crate::hir::{Arg, Builtin, Expr, ExprId, Global};
use crate::ide::Signature;
use crate::syntax::SyntaxKind as K;

/// The signature of a built-in function (language reference §6.6).
pub(super) fn builtin(b: Builtin) -> &'static str {
    match b {
        Builtin::NonEmpty => "fn nonEmpty(x: String | [T] | {[K]: V}) -> (the same, not empty)?",
        Builtin::DnsLabel => "fn dnsLabel(text: String) -> DnsLabel",
        Builtin::DnsLabel1035 => "fn dnsLabel1035(text: String) -> DnsLabel1035",
        Builtin::DnsSubdomain => "fn dnsSubdomain(text: String) -> DnsSubdomain",
        Builtin::Base64 => "fn base64(text: String) -> Base64",
        Builtin::FromBase64 => "fn fromBase64(text: String) -> String?",
        Builtin::Sha256 => "fn sha256(text: String) -> String(/[0-9a-f]{64}/)",
        Builtin::ToJson => "fn toJson(value: Json) -> String",
        Builtin::ToYaml => "fn toYaml(value: Json) -> String",
        Builtin::ParseJson => "fn parseJson(text: String) -> Json?",
        Builtin::JsonMerge => "fn jsonMerge(object: Object, patch: Json) -> Object",
        Builtin::JsonPatch => "fn jsonPatch(object: Object, operations: [{ op: String, path: JsonPointer, from?: JsonPointer, value?: Json }]) -> Object",
        Builtin::Min => "fn min(a: T, b: T) -> T",
        Builtin::Max => "fn max(a: T, b: T) -> T",
        Builtin::Div => "fn div(a: Int, b: Int) -> Int",
        Builtin::Rem => "fn rem(a: Int, b: Int) -> Int",
        Builtin::Dbg => "fn dbg(value: T) -> T",
    }
}

/// Methods by name, with their signatures (language reference §6.6), and what they are methods of.
pub(super) const METHODS: &[(&str, &str, &str)] = &[
    ("length", "length: Int", "list map text"),
    ("isEmpty", "isEmpty: Bool", "list map"),
    ("keys", "keys: [K]", "map"),
    ("values", "values: [V]", "map"),
    ("map", "map(x => e) -> [U]", "list"),
    ("filter", "filter(x => condition) -> [T]", "list"),
    ("find", "find(x => condition) -> T?", "list"),
    ("any", "any(x => condition) -> Bool", "list"),
    ("all", "all(x => condition) -> Bool", "list"),
    ("contains", "contains(value) -> Bool", "list map text"),
    ("distinct", "distinct() -> [T]", "list"),
    ("distinctBy", "distinctBy(x => key) -> [T]", "list"),
    ("sortBy", "sortBy(x => key) -> [T]", "list"),
    ("join", "join(separator: String) -> String", "list"),
    ("without", "without(\"field\", …) -> {…}", "record"),
    ("lower", "lower() -> String", "text"),
    ("upper", "upper() -> String", "text"),
    ("trim", "trim() -> String", "text"),
    ("trimPrefix", "trimPrefix(prefix: String) -> String", "text"),
    ("trimSuffix", "trimSuffix(suffix: String) -> String", "text"),
    ("split", "split(separator: String) -> [String](1..)", "text"),
    ("replace", "replace(text: String, with: String) -> String", "text"),
    ("startsWith", "startsWith(text: String) -> Bool", "text"),
    ("endsWith", "endsWith(text: String) -> Bool", "text"),
    ("matches", "matches(/regex/) -> Bool", "text"),
    ("take", "take(count: Int) -> String", "text"),
];

/// The signature of a method.
pub(super) fn method(name: &str) -> Option<&'static str> {
    METHODS.iter().find(|(n, _, _)| *n == name).map(|(_, s, _)| *s)
}

/// The signature of the call around a place, with the argument that is being written.
pub fn signature(asked: &Asked<'_>, offset: u32) -> Option<Signature> {
    let inside = |e: ExprId| match asked.module.expr(e) {
        // Between the brackets.
        Expr::Call { callee, .. } => asked.module.range(*callee).end < offset && offset <= asked.module.range(e).end && !closed_at(asked, e, offset),
        _ => false,
    };
    let call = asked.expression(offset, inside)?;
    let Expr::Call { callee, args } = asked.module.expr(call) else { return None };
    let program = &asked.project.library().program;
    let global = match asked.module.expr(*callee) {
        Expr::Global(n) => Some(program.global(asked.id, *n)),
        Expr::Field { base, name, .. } => match asked.module.expr(*base) {
            Expr::Global(n) => match program.global(asked.id, *n) {
                Global::ModuleAlias(m) => Some(program.member(m, name)),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    let (label, documentation) = match (global, asked.module.expr(*callee)) {
        (Some(Global::Function(m, i)), _) => {
            let module = program.module(m);
            let f = module.functions.get(i as usize)?;
            (asked.function_signature(module, f), (!f.docs.is_empty()).then(|| f.docs.to_string()))
        }
        (Some(Global::Builtin(b)), _) => (builtin(b).to_owned(), None),
        (None, Expr::Field { name, .. }) => (method(name)?.to_owned(), None),
        _ => return None,
    };
    let text = asked.text();
    let before = |a: &&Arg| match a {
        Arg::Value(e) => asked.module.range(*e).end < offset && text.get(asked.module.range(*e).end as usize..offset as usize).is_some_and(|t| t.contains(',')),
        Arg::Lambda { range, .. } => range.end < offset && text.get(range.end as usize..offset as usize).is_some_and(|t| t.contains(',')),
    };
    let active = args.iter().filter(before).count() as u32;
    Some(Signature { parameters: parameters(&label), label, documentation, active })
}

/// Whether the cursor is behind the closing bracket of a call.
fn closed_at(asked: &Asked<'_>, call: ExprId, offset: u32) -> bool {
    let end = asked.module.range(call).end;
    offset == end && asked.tree.token_at(end.saturating_sub(1)).is_some_and(|t| asked.tree.kind(t) == K::Sign && asked.tree.text(t) == ")")
}

/// The ranges of parameters in a signature.
fn parameters(label: &str) -> Vec<Range> {
    let Some(open) = label.find('(') else { return Vec::new() };
    let close = label.rfind(" -> ").and_then(|i| label.get(..i)?.rfind(')')).or_else(|| label.rfind(')')).unwrap_or(label.len());
    let mut out = Vec::new();
    let (mut depth, mut start) = (0, open + 1);
    for (i, c) in label.char_indices().filter(|(i, _)| *i > open && *i < close) {
        match c {
            '(' | '[' | '{' | '<' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '>' if !label.get(..i).is_some_and(|b| b.ends_with(['=', '-'])) => depth -= 1,
            ',' if depth == 0 => {
                out.push(Range::new(start as u32, i as u32));
                start = i + 1;
            }
            _ => {}
        }
    }
    if label.get(start..close).is_some_and(|t| !t.trim().is_empty()) {
        out.push(Range::new(start as u32, close as u32));
    }
    out.iter()
        .map(|r| {
            let skip = r.of(label).len() - r.of(label).trim_start().len();
            Range::new(r.start + skip as u32, r.end)
        })
        .collect()
}
