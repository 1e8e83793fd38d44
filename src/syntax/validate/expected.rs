//! What the grammar expects where, in words.

use super::K;

/// Words that are no names in expressions.
pub const RESERVED: [&str; 14] = ["if", "then", "else", "match", "for", "in", "let", "has", "is", "as", "true", "false", "null", "absent"];

const ITEMS: [&str; 13] = ["import", "type", "fn", "let", "view", "extend", "resource", "test", "component", "trait", "policy", "step", "rule"];
const STATEMENTS: [&str; 14] = ["parameters", "let", "require", "if", "for", "match", "output", "patch", "from", "status", "conflicts", "returns", "do", "else"];

/// What a missing node stands for.
pub(super) fn missing(kind: K) -> &'static str {
    match kind {
        K::NoExpr => "an expression",
        K::NoType => "a type",
        K::NoName => "a name",
        K::NoString => "a string",
        K::NoBlock => "`{`",
        K::NoEquals => "`=`",
        K::NoColon => "`:`",
        K::NoArrow => "`=>`",
        K::NoThen => "`then`",
        K::NoElse => "`else`",
        K::NoIn => "`in`",
        K::NoGreater => "`>`",
        K::NoParams => "`(` and the parameters",
        K::NoResult => "`->` and the type of the result",
        K::NoBody => "`=` and an expression, or a block",
        K::NoImport => "`{ names }` or `as name`",
        K::NoItem => "an item after the attributes",
        K::NoStmt => "a statement after the attributes",
        K::NoMember => "a field after the attributes",
        K::NoPattern => "a pattern",
        K::NoPlace => "a place or `{`",
        K::NoView => "`view`",
        _ => "something",
    }
}

/// What stands in a node, in words, and the keywords that may begin it.
pub(super) fn inside(context: K) -> (&'static str, &'static [&'static str]) {
    match context {
        K::File => ("an item (`component`, `trait`, `type`, `fn`, `import`, …)", &ITEMS),
        K::StmtBlock => ("a statement (`parameters`, `output`, `patch`, `let`, `if`, …)", &STATEMENTS),
        K::TestBlock => ("`let` or `expect`", &["let", "expect"]),
        K::FnBlock => ("`let` or the result", &["let"]),
        K::Record | K::AppBody | K::Application => ("`name: value`", &["if", "for", "let", "remove"]),
        K::TypeRecord => ("`name: type`", &[]),
        K::Params => ("`name: type`", &[]),
        K::List => ("an element", &["if", "for"]),
        K::Call | K::Attribute => ("an argument", &[]),
        K::MatchArms => ("`pattern => expression`", &[]),
        K::MatchStmtArms => ("`pattern => { … }`", &[]),
        K::ViewArms => ("`Kind: path`", &[]),
        K::Import => ("a name", &[]),
        K::Refinement => ("a regex `/…/` or a range such as `1..=5`", &[]),
        K::RecordPattern => ("a field", &[]),
        _ => ("nothing more", &[]),
    }
}

/// What may follow a part of a node on its line.
pub(super) fn after(context: K) -> &'static str {
    match context {
        K::File | K::StmtBlock | K::TestBlock | K::FnBlock => "expected a new line",
        K::Refinement | K::TypeParams => "expected a comma",
        K::Paren | K::TypeParen => "expected `)`",
        K::AtKey | K::TypeList | K::TypeMap => "expected `]`",
        K::Hole => "expected `}`",
        K::Record
        | K::TypeRecord
        | K::List
        | K::Call
        | K::Params
        | K::MatchArms
        | K::MatchStmtArms
        | K::ViewArms
        | K::Import
        | K::Application
        | K::AppBody
        | K::Attribute
        | K::RecordPattern
        | K::Without => "expected a comma or a new line",
        _ => "expected `{`",
    }
}

/// Whether a line of a node cannot begin so, although an expression could go on so.
pub(super) fn cannot_begin(context: K, text: &str) -> bool {
    let lines = matches!(context, K::File | K::StmtBlock | K::TestBlock | K::FnBlock | K::Record | K::AppBody | K::TypeRecord | K::MatchArms | K::MatchStmtArms | K::List);
    let begins = text.starts_with(['(', '[', '-', '<', '>', '.', '?', '&', '|', '=', '+', '*', '/', '%']) || text.starts_with("!=");
    lines && begins && !text.starts_with("...") && !text.starts_with("/*") && !text.starts_with("---")
}

/// Advice for what people write in other languages.
pub(super) fn hint(text: &str) -> Option<&'static str> {
    Some(match text.chars().next()? {
        ';' => "there are no semicolons: a new line ends a statement",
        '#' => "comments begin with `//`",
        '\'' | '`' => "strings are written in double quotes",
        '/' if text.starts_with("/*") => "comments begin with `//` and end with the line",
        '/' => "there is no operator `/`: use `div(a, b)`; a regex `/…/` ends on its line",
        '%' => "there is no operator `%`: use `rem(a, b)`",
        '?' => "a choice is written `if c then a else b`",
        '&' => "both conditions: `&&`",
        '|' => "one of two conditions: `||`",
        '=' if text.starts_with("=>") => "a lambda stands only as the argument of a call",
        '$' => "`${…}` stands in strings only",
        _ => {
            let word: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            match word.as_str() {
                "elif" | "elsif" | "elseif" => "write `else if`",
                "function" | "func" | "def" => "a function is written `fn name(…) -> T = e`",
                "const" | "var" | "val" | "local" => "a name is given by `let`",
                "and" => "write `&&`",
                "or" => "write `||`",
                "not" => "write `!`",
                "return" => "the last expression of a block is its result",
                "undefined" | "nil" | "none" | "None" => "what is absent is not written: see `has`, `??` and `?.`",
                "enum" => "one of several values: `type Size = \"small\" | \"large\"`",
                "struct" | "interface" | "class" => "a record type: `type Name = { field: Type }`",
                "parameter" => "write `parameters { … }`",
                "template" => "write `output { … }`",
                "outputs" => "a further object is written `output name: Kind { … }`",
                "switch" | "case" => "write `match e { pattern => … }`",
                _ => return None,
            }
        }
    })
}
