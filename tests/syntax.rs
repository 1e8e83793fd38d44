//! Parsing and lowering: the tree is the text, parsing is linear and never fails, findings stand where they should.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jibe::base::FileId;
use jibe::hir::{Loader, lower};
use jibe::source::{DiskWorld, STDLIB, Sources};
use jibe::syntax::{Parse, Tree, parse, parse_bytes};
use libtest_mimic::{Failed, Trial};

use crate::trials;

pub fn tests() -> Vec<Trial> {
    let mut all = trials!("syntax": the_library_is_well_formed, tree_is_the_text, broken_text_gives_a_tree, nesting_is_linear, length_is_linear, limits, covering_nodes);
    for path in files(Path::new("tests/cases/syntax"), "jibe") {
        let name = path.file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
        all.push(crate::trial(&format!("syntax::case::{name}"), move || case(&path)));
    }
    all
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found: Vec<PathBuf> = std::fs::read_dir(root).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == extension)).collect();
    found.sort();
    found
}

/// All well-formed texts at hand.
pub fn texts() -> Vec<(String, String)> {
    STDLIB.iter().map(|(name, text)| (format!("stdlib/{name}"), (*text).to_owned())).collect()
}

fn read(text: &str) -> Parse {
    parse(FileId(0), &Arc::from(text))
}

/// The tokens of a tree, put together.
fn tokens(tree: &Tree) -> String {
    tree.tokens(Tree::ROOT).map(|t| tree.text(t)).collect()
}

/// Everything that must hold for any tree.
fn sound(parsed: &Parse, text: &str) -> Result<(), String> {
    let tree = &parsed.tree;
    if tokens(tree) != text {
        return Err("the tokens are not the text".to_owned());
    }
    let mut last = 0;
    for id in tree.descendants(Tree::ROOT) {
        let range = tree.range(id);
        if range.start > range.end || (tree.kind(id).is_token() && range.start != last) {
            return Err(format!("{:?} at {}..{} is out of order", tree.kind(id), range.start, range.end));
        }
        if tree.kind(id).is_token() {
            last = range.end;
        }
        if let Some(parent) = tree.parent(id) {
            let outer = tree.range(parent);
            if range.start < outer.start || range.end > outer.end {
                return Err(format!("{:?} at {}..{} is not inside of its {:?}", tree.kind(id), range.start, range.end, tree.kind(parent)));
            }
        }
    }
    let wrong = tree.descendants(Tree::ROOT).any(|n| tree.kind(n).is_missing() || tree.kind(n) == jibe::syntax::SyntaxKind::Junk);
    if wrong && !parsed.diagnostics.iter().any(jibe::diagnostics::Diagnostic::is_error) {
        return Err("junk without a finding".to_owned());
    }
    for d in &parsed.diagnostics {
        let Some(span) = d.span() else { return Err(format!("{}: no primary label", d.message)) };
        if span.start > span.end || span.end as usize > text.len() || !text.is_char_boundary(span.start as usize) || !text.is_char_boundary(span.end as usize) {
            return Err(format!("{} {}: label at {}..{}", d.code.0, d.message, span.start, span.end));
        }
    }
    Ok(())
}

fn the_library_is_well_formed() -> Result<(), Failed> {
    let sources = Sources::new();
    let mut loader = Loader::new(&DiskWorld, &sources).with_tests().distrusting_std();
    loader.whole("std");
    let (_, findings) = loader.finish();
    let shown: Vec<String> = findings
        .iter()
        .map(|d| format!("{} {} {:?}", d.code.0, d.message, d.span().map(|s| sources.get(s.file).map(|f| format!("{}:{}", f.name, f.line_column(s.start).line)))))
        .collect();
    if shown.is_empty() { Ok(()) } else { Err(shown.join("\n").into()) }
}

fn tree_is_the_text() -> Result<(), Failed> {
    // Blanks that are none to the grammar, at the end of what cannot be read.
    for text in ["let a = \"b\" \u{c}\n' c", "x ) \u{b}\u{85}\n", "component a { = \u{2003}\n}", "\u{feff}let a = 1 ]\u{a0}\n"] {
        sound(&read(text), text)?;
    }
    for (name, text) in texts() {
        sound(&read(&text), &text).map_err(|e| format!("{name}: {e}"))?;
    }
    Ok(())
}

/// A small generator: the same numbers on every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % below.max(1) as u64) as usize
    }
}

/// A text with some random changes: bytes lost, copied and put in.
pub fn mutated(text: &str, dice: &mut Dice) -> String {
    const PIECES: [&str; 42] = [
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "\"",
        "\"\"\"",
        "${",
        "/",
        "//",
        "///",
        "\n",
        ",",
        ":",
        "=",
        "=>",
        "?",
        "??",
        "...",
        "..",
        "if ",
        "for ",
        "else ",
        "then ",
        "match ",
        "as ",
        "let ",
        "output ",
        "r\"",
        "\\",
        "@a",
        "é",
        "\u{1}",
        "0x",
        "-",
        "component x: ",
        " ",
        "|",
        "<",
        "\u{c}",
        "\u{a0}",
    ];
    let mut chars: Vec<char> = text.chars().collect();
    for _ in 0..1 + dice.roll(4) {
        let at = dice.roll(chars.len() + 1);
        match dice.roll(3) {
            0 => {
                let end = (at + 1 + dice.roll(12)).min(chars.len());
                chars.drain(at.min(end)..end);
            }
            1 => {
                let from = dice.roll(chars.len() + 1);
                let piece: Vec<char> = chars.iter().skip(from).take(dice.roll(40)).copied().collect();
                chars.splice(at..at, piece);
            }
            _ => {
                chars.splice(at..at, PIECES[dice.roll(PIECES.len())].chars());
            }
        }
    }
    chars.into_iter().collect()
}

fn broken_text_gives_a_tree() -> Result<(), Failed> {
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    for (name, text) in texts() {
        for _ in 0..30 {
            // A part of the file is enough, and faster.
            let lines: Vec<&str> = text.lines().collect();
            let from = dice.roll(lines.len());
            let part = lines.iter().skip(from).take(40).copied().collect::<Vec<_>>().join("\n");
            let broken = mutated(&part, &mut dice);
            let parsed = read(&broken);
            sound(&parsed, &broken).map_err(|e| format!("{name}: {e}\n{broken}"))?;
            let (module, _) = lower("main", FileId(0), &parsed);
            if module.exprs.len() != module.expr_ranges.len() {
                return Err("ranges and expressions differ".into());
            }
        }
    }
    Ok(())
}

/// Every bracketed rule, as what opens it, what stands inside, and what closes it.
const NESTED: [(&str, &str, &str, &str, &str); 22] = [
    ("list", "let x = ", "[", "1", "]"),
    ("record", "let x = ", "{ a: ", "1", " }"),
    ("paren", "let x = ", "(", "1", ")"),
    ("call", "let x = ", "f(", "1", ")"),
    ("lambda", "let x = ", "f(y => ", "1", ")"),
    ("index", "let x = ", "a[", "1", "]"),
    ("list if", "let x = ", "[if ", "a", " => 1]"),
    ("list if then", "let x = ", "[if a then ", "1", " else 2]"),
    ("list for", "let x = ", "[for a in ", "b", " => a]"),
    ("spread", "let x = ", "[...", "a", "]"),
    ("computed key", "let x = ", "{ [", "a", "]: 1 }"),
    ("text key", "let x = ", "{ \"${", "a", "}\": 1 }"),
    ("hole", "let x = ", "\"${", "a", "}\""),
    ("member if", "let x = ", "{ if ", "a", " { b: 1 } }"),
    ("member if body", "let x = ", "{ if a { b: ", "a", " } }"),
    ("match", "let x = ", "match ", "a", " { 1 => 2 }"),
    ("match arm", "let x = ", "match a { 1 => ", "a", " }"),
    ("type list", "type X = ", "[", "Int", "]"),
    ("type record", "type X = ", "{ a: ", "Int", " }"),
    ("type map", "type X = ", "{[String]: ", "Int", "}"),
    ("type paren", "type X = ", "(", "Int", ")"),
    ("statement if", "component c: K {\n", "if a {\n", "let x = 1", "\n}"),
];

fn nesting_is_linear() -> Result<(), Failed> {
    let limit = Duration::from_secs(4);
    for (name, before, open, inner, close) in NESTED {
        let end = if before.ends_with("{\n") { "\n}\n" } else { "\n" };
        for depth in [20, 60, 100] {
            let depth = if name == "member if body" || name == "computed key" || name == "text key" { depth / 2 } else { depth };
            let right = format!("{before}{}{inner}{}{end}", open.repeat(depth), close.repeat(depth));
            let texts = [
                (false, right.clone()),
                (true, format!("{before}{}{end}", open.repeat(depth))),
                (true, format!("{before}{}{inner}{end}", open.repeat(depth))),
                (true, format!("{before}{}{inner} ~ {}{end}", open.repeat(depth), close.repeat(depth))),
                (true, format!("{before}{}{inner}{}{end}", open.repeat(depth), close.repeat(depth - 1))),
                (true, format!("{before}{}{}{end}", open.repeat(depth), close.repeat(depth))),
            ];
            for (i, (broken, text)) in texts.iter().enumerate() {
                let start = Instant::now();
                let parsed = read(text);
                let took = start.elapsed();
                if took > limit {
                    return Err(format!("{name} nested {depth} deep, variant {i}, took {took:?}").into());
                }
                sound(&parsed, text).map_err(|e| format!("{name} {depth} variant {i}: {e}"))?;
                let errors: Vec<_> = parsed.diagnostics.iter().filter(|d| d.is_error()).collect();
                if !broken && !errors.is_empty() {
                    return Err(format!("{name} nested {depth} deep: {}", errors[0].message).into());
                }
                let _ = lower("main", FileId(0), &parsed);
            }
        }
    }
    Ok(())
}

/// Long texts of one kind: no rule re-reads what it has read. Where a text takes long, an eighth of it tells a slow machine (about 8 times as fast) from quadratic reading (64 times).
fn length_is_linear() -> Result<(), Failed> {
    let cases: [(&str, usize, fn(usize) -> String); 14] = [
        ("newlines", 1 << 20, |n| "\n".repeat(n)),
        ("commas", 1 << 16, |n| format!("let x = [{}]", ",".repeat(n))),
        ("commas and elements", 1 << 16, |n| format!("let x = [{}]", "1,".repeat(n))),
        ("closers", 1 << 16, |n| "}".repeat(n)),
        ("openers", 1 << 18, |n| "{".repeat(n)),
        ("if then", 1 << 16, |n| format!("let x = {}", "if a then ".repeat(n))),
        ("else if", 1 << 14, |n| format!("let x = {} 1", "if a then 1 else ".repeat(n))),
        ("else if statements", 1 << 14, |n| format!("component c: K {{ {} {{}} }}", "if a {} else ".repeat(n))),
        ("operators", 1 << 16, |n| format!("let x = 1 {}", "+ 1".repeat(n))),
        ("prefixes", 1 << 18, |n| format!("let x = {}a", "!".repeat(n))),
        ("accesses", 1 << 18, |n| format!("let x = a{}", ".b".repeat(n))),
        ("generics", 1 << 16, |n| format!("type X = {}", "A<".repeat(n))),
        ("quotes", 1 << 14, |n| "let x = \"${".repeat(n)),
        ("casts", 1 << 16, |n| format!("let x = {} 1", "a as T else ".repeat(n))),
    ];
    let timed = |text: &str| {
        let start = Instant::now();
        let parsed = read(text);
        let _ = lower("main", FileId(0), &parsed);
        (parsed, start.elapsed())
    };
    for (name, n, text) in cases {
        let whole = text(n);
        let (parsed, took) = timed(&whole);
        if took > Duration::from_secs(10) && took > timed(&text(n / 8)).1 * 24 {
            return Err(format!("{name}: {took:?}, more than 24 times what an eighth takes").into());
        }
        if tokens(&parsed.tree) != whole {
            return Err(format!("{name}: the tokens are not the text").into());
        }
    }
    Ok(())
}

fn limits() -> Result<(), Failed> {
    let codes = |p: &Parse| p.diagnostics.iter().map(|d| d.code.0).collect::<Vec<_>>();
    let deep = format!("let x = {}1{}", "[".repeat(129), "]".repeat(129));
    assert_eq!(codes(&read(&deep)), ["J0102"]);
    let fine = format!("let x = {}1{}", "[".repeat(128), "]".repeat(128));
    assert_eq!(codes(&read(&fine)), [""; 0]);
    assert_eq!(codes(&read(&"// \n".repeat((4 << 20) / 4 + 1))), ["J0103"]);
    let bytes = parse_bytes(FileId(0), b"let x = \"\xFF\"\n");
    assert_eq!(codes(&bytes), ["J0101"]);
    assert_eq!(codes(&read("\u{FEFF}let x = 1\r\nlet y = 2\r\n")), [""; 0]);
    Ok(())
}

fn covering_nodes() {
    let text = "component web: Deployment { parameters { image: String } }\n";
    let tree = read(text).tree;
    let at = text.find("image").unwrap_or(0) as u32;
    let token = tree.token_at(at + 2).expect("a token");
    assert_eq!(tree.text(token), "image");
    let node = tree.node_covering(tree.range(token));
    assert_eq!(tree.text(node), "image");
    assert_eq!(tree.ancestors(node).last(), Some(Tree::ROOT));
}

/// A file with marks: `//~ CODE` on the line of a finding's primary label, `//~^ CODE` a line below it.
fn case(path: &Path) -> Result<(), Failed> {
    let text = std::fs::read_to_string(path)?;
    let mut expected = BTreeSet::new();
    for (i, line) in text.lines().enumerate() {
        let Some((_, marks)) = line.split_once("//~") else { continue };
        let up = marks.chars().take_while(|c| *c == '^').count();
        for code in marks.trim_start_matches('^').split_whitespace() {
            expected.insert((i + 1 - up, code.to_owned()));
        }
    }
    let sources = Sources::new();
    let mut loader = Loader::new(&DiskWorld, &sources).with_tests();
    loader.package("cases", &[path.to_owned()]);
    loader.whole("cases");
    let (_, findings) = loader.finish();
    let place = |d: &jibe::diagnostics::Diagnostic| d.span().and_then(|s| sources.get(s.file).map(|f| f.line_column(s.start).line as usize)).unwrap_or(0);
    let found: BTreeSet<(usize, String)> = findings.iter().map(|d| (place(d), d.code.0.to_owned())).collect();
    if found == expected && findings.len() == found.len() {
        return Ok(());
    }
    let shown: Vec<String> = findings.iter().map(|d| format!("  {} {} {}", place(d), d.code.0, d.message)).collect();
    Err(format!("expected {expected:?}, found\n{}", shown.join("\n")).into())
}
