//! Answers for editors about Application YAML: cases in `tests/cases/ide/application`. A case is a YAML file with `⟨|⟩` where the cursor is; its first line says what is asked.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jibe::base::{FileId, LineIndex, Range};
use jibe::diagnostics::Diagnostic;
use jibe::driver::{Kept, Library, Options, Places, Session, Settings};
use jibe::hir::DefinitionKind;
use jibe::ide::application::{self, Asked};
use jibe::ide::{ActionKind, Completion, Insert, Location, Symbol};
use jibe::oam::Compiled;
use jibe::source::MemoryWorld;
use jibe::value::Origins;
use libtest_mimic::{Failed, Trial};

use crate::trial;

const CURSOR: &str = "⟨|⟩";
const CASES: &str = "tests/cases/ide/application";

/// Definitions of a project, so that there is something beside the standard library.
const ACME: &str = r#"//! Services of a company.

import "apps/v1" { Deployment }

/// A service as we run them.
component acme-service: Deployment {
  parameters {
    /// The image to run.
    image: ImageReference
    /// How many pods.
    replicas: Int(1..=500) = 2
    /// How important it is.
    tier: "gold" | "silver" | "bronze" = "silver"
    /// Where it listens.
    listen: { port: PortNumber, host?: String }
    /// Files that it needs.
    files: [{ path: String, content: String, mode?: Int }] = []
    @deprecated("use tier")
    level?: Int
    /// What it stores its data in.
    store?: { type: "disk", size: Quantity } | { type: "memory" }
  }
  let selector = { app: context.name }
  output {
    spec: {
      replicas: parameters.replicas
      selector: { matchLabels: selector }
      template: {
        metadata: { labels: { ...selector, tier: parameters.tier } }
        spec: { containers: [{ name: context.name, image: parameters.image, ports: [{ containerPort: parameters.listen.port }] }] }
      }
    }
  }
}
"#;

pub fn tests() -> Vec<Trial> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(CASES).into_iter().flatten().flatten().map(|e| e.path()).filter(|p| p.extension().is_some_and(|e| e == "yaml")).collect();
    paths.sort();
    let mut all: Vec<Trial> = paths
        .into_iter()
        .map(|p| {
            let name = format!("ide::application::{}", p.file_stem().unwrap_or_default().to_string_lossy());
            trial(&name, move || case(&p))
        })
        .collect();
    all.extend(crate::trials!("ide": any_prefix_has_answers, what_is_accepted_is_known, answers_are_quick));
    all
}

/// Everything that is defined, loaded once.
static SESSION: LazyLock<Session> = LazyLock::new(|| {
    let mut world = MemoryWorld::default();
    world.files.insert(PathBuf::from("definitions/acme.jibe"), ACME.as_bytes().to_vec());
    let mut session = Session::new(Box::new(world), Options::default(), &[]);
    session.settings = Settings { name: "acme".into(), definitions: vec!["definitions".into()], ..Settings::default() };
    let places = Places { world: &*session.world, sources: &session.sources, settings: &session.settings, more: Vec::new(), compat: false, lint: false };
    let (library, findings) = Library::load_all(&places, &Kept::default());
    assert!(findings.is_empty(), "{findings:#?}");
    session.library = library;
    session
});

/// A text with what a server knows of it.
struct Known {
    text: String,
    file: FileId,
    compiled: Vec<(Compiled, Origins)>,
    findings: Vec<Diagnostic>,
}

fn known(text: &str) -> Known {
    let file = SESSION.sources.add("app.yaml", text);
    let work = SESSION.read_documents(file);
    let outcome = SESSION.compile_documents(&work, &work);
    Known { text: text.to_owned(), file, compiled: outcome.applications, findings: outcome.findings }
}

impl Known {
    fn asked(&self) -> Asked<'_> {
        Asked { text: &self.text, name: "app.yaml", library: &SESSION.library, sources: &SESSION.sources, version: SESSION.version(), compiled: &self.compiled, file: self.file }
    }
}

/// Asks without compiling.
fn plain(text: &str) -> Asked<'_> {
    Asked { text, name: "app.yaml", library: &SESSION.library, sources: &SESSION.sources, version: SESSION.version(), compiled: &[], file: FileId::default() }
}

fn case(path: &Path) -> Result<(), Failed> {
    let whole = std::fs::read_to_string(path)?;
    let (head, marked) = whole.split_once('\n').ok_or("no first line")?;
    let question = head.strip_prefix("#? ").ok_or("the first line must be `#? question`")?;
    let offset = marked.find(CURSOR);
    let text = marked.replacen(CURSOR, "", 1);
    let answer = answer(question, &text, offset.unwrap_or(0) as u32)?;
    let expected = path.with_extension("txt");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&expected, &answer)?;
        return Ok(());
    }
    let wanted = std::fs::read_to_string(&expected).map_err(|e| format!("{}: {e}", expected.display()))?;
    if wanted == answer { Ok(()) } else { Err(format!("{question} gave\n{answer}\nnot\n{wanted}").into()) }
}

fn answer(question: &str, text: &str, offset: u32) -> Result<String, Failed> {
    let known = known(text);
    let asked = known.asked();
    let (verb, rest) = question.split_once(' ').unwrap_or((question, ""));
    let mut out = String::new();
    match verb {
        "complete" => {
            let found = application::completions(&asked, offset);
            let most = rest.parse().unwrap_or(usize::MAX);
            found.iter().take(most).for_each(|c| out.push_str(&shown(c)));
            if found.len() > most {
                out.push_str("…\n");
            }
        }
        // One proposal with all that is said of it.
        "proposal" => {
            let found = application::completions(&asked, offset);
            let c = found.iter().find(|c| c.label == rest).ok_or_else(|| format!("no `{rest}` among {:?}", found.iter().map(|c| &c.label).collect::<Vec<_>>()))?;
            writeln!(out, "{}{}", shown(c), c.documentation.as_deref().unwrap_or(""))?;
        }
        "accept" => {
            let found = application::completions(&asked, offset);
            let c = found.iter().find(|c| c.label == rest).ok_or_else(|| format!("no `{rest}` among {:?}", found.iter().map(|c| &c.label).collect::<Vec<_>>()))?;
            out.push_str(&accepted(text, c));
        }
        "hover" => match application::hover(&asked, offset) {
            // What the standard library says of itself may change: its first lines and what we add to them are enough.
            Some(h) if rest == "brief" => {
                let ours = |(i, l): &(usize, &str)| *i < 2 || ["defined in", "renders", "→", "- `"].iter().any(|w| l.starts_with(w));
                h.markdown.lines().enumerate().filter(ours).for_each(|(_, l)| out.push_str(&format!("{l}\n")));
            }
            Some(h) => write!(out, "`{}`\n{}\n", h.range.of(text), h.markdown)?,
            None => out.push_str("nothing\n"),
        },
        "definition" => application::definition(&asked, offset).iter().for_each(|l| out.push_str(&place(text, l))),
        "references" => {
            for r in application::references(&asked, offset) {
                write!(out, "{}{}", if r.declares { "declares " } else { "" }, place(text, &r.at))?;
            }
        }
        "rename" => match application::renameable(&asked, offset).and_then(|_| application::rename(&asked, offset, rest)) {
            Ok(edits) => out.push_str(&edited(text, edits.into_iter().map(|e| (e.at.range, e.text)).collect())),
            Err(why) => writeln!(out, "{why}")?,
        },
        "uses" => {
            let id = SESSION
                .library
                .program
                .find(DefinitionKind::Component, None, rest)
                .or_else(|| SESSION.library.program.find(DefinitionKind::Trait, None, rest))
                .ok_or("no such definition")?;
            application::uses(&asked, id).iter().for_each(|r| out.push_str(&line(text, *r)));
        }
        "parameter" => {
            let (definition, name) = rest.split_once('.').ok_or("definition.parameter")?;
            let id = SESSION.library.program.find(DefinitionKind::Component, None, definition).ok_or("no such definition")?;
            let ty = SESSION.library.types.parameters(id);
            let field = ty.as_record().and_then(|r| r.field(name)).ok_or("no such parameter")?;
            application::uses_of_field(&asked, field.span).iter().for_each(|r| out.push_str(&line(text, *r)));
        }
        "symbols" => application::symbols(&asked).iter().for_each(|s| symbol(text, s, 0, &mut out)),
        "folding" => {
            let index = LineIndex::new(text);
            for f in application::foldings(&asked) {
                let (from, to) = (index.line_of(f.range.start) + 1, index.line_of(f.range.end) + 1);
                writeln!(out, "{from}-{to} {:?}", f.kind)?;
            }
        }
        "selection" => {
            for r in application::selection(&asked, offset) {
                writeln!(out, "{:?}", r.of(text).chars().take(60).collect::<String>())?;
            }
        }
        "inlays" => {
            for i in application::inlays(&asked, Range::new(0, text.len() as u32)) {
                writeln!(out, "{}  {}", i.label, i.tooltip.as_deref().unwrap_or(""))?;
                out.push_str(&line(text, Range::new(i.offset, i.offset)));
            }
        }
        "lenses" => {
            for l in application::lenses(&asked) {
                write!(out, "{} {:?}: {}", l.title, l.command, line(text, l.range))?;
            }
        }
        "tokens" => {
            for t in application::tokens(&asked) {
                let marks = [(t.declares, " declares"), (t.deprecated, " deprecated"), (t.library, " library")];
                let marks: String = marks.iter().filter(|(on, _)| *on).map(|(_, w)| *w).collect();
                writeln!(out, "{:?}{marks} `{}`", t.kind, t.range.of(text))?;
            }
        }
        "actions" => {
            for a in application::actions(&asked, Range::new(offset, offset), &known.findings) {
                let kind = if a.kind == ActionKind::QuickFix { "fix" } else { "refactor" };
                let edits = a.edits.iter().map(|e| (e.at.range, e.text.clone())).collect();
                writeln!(out, "--- {kind}: {}{}{}", a.title, if a.preferred { " (preferred)" } else { "" }, a.mends.map_or(String::new(), |m| format!(" mends {}", m.0)))?;
                out.push_str(&edited(text, edits));
            }
        }
        "findings" => {
            for d in &known.findings {
                let at = d.span().unwrap_or_default().range();
                write!(out, "{} {}: {}", d.code.0, d.message, line(text, at))?;
            }
        }
        other => return Err(format!("nobody asks `{other}`").into()),
    }
    Ok(out)
}

fn shown(c: &Completion) -> String {
    let insert = match &c.insert {
        Insert::Text(t) if *t == c.label => String::new(),
        Insert::Text(t) => format!(" => {t:?}"),
        Insert::Snippet(t) => format!(" => snippet {t:?}"),
    };
    let detail = c.detail.as_ref().map_or(String::new(), |d| format!(" : {d}"));
    format!("{:02} {:?} {}{}{detail}{insert}\n", c.sort, c.kind, c.label, if c.deprecated { " (deprecated)" } else { "" })
}

/// The text after a proposal is accepted, as an editor does it: lines after the first get the indentation of the line, places to fill in are shown as `‹›`.
fn accepted(text: &str, c: &Completion) -> String {
    let raw = match &c.insert {
        Insert::Text(t) => t.clone(),
        Insert::Snippet(t) => expanded(t),
    };
    let start = c.range.start as usize;
    let line_start = text[..start].rfind('\n').map_or(0, |i| i + 1);
    let indent: String = text[line_start..start].chars().take_while(|c| *c == ' ').collect();
    let raw = raw.replace('\n', &format!("\n{indent}"));
    edited(text, vec![(c.range, raw)])
}

fn expanded(snippet: &str) -> String {
    let mut out = String::new();
    let mut chars = snippet.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' => match chars.peek() {
                Some('{') => {
                    let inner: String = chars.by_ref().skip(1).take_while(|c| *c != '}').collect();
                    out.push_str(&format!("‹{}›", inner.split_once(':').map_or("", |(_, d)| d)));
                }
                _ => {
                    while chars.peek().is_some_and(char::is_ascii_digit) {
                        chars.next();
                    }
                    out.push_str("‹›");
                }
            },
            c => out.push(c),
        }
    }
    out
}

fn edited(text: &str, mut edits: Vec<(Range, String)>) -> String {
    edits.sort_by_key(|(r, _)| std::cmp::Reverse(r.start));
    let mut out = text.to_owned();
    for (range, new) in edits {
        out.replace_range(range.start as usize..range.end as usize, &new);
    }
    out
}

fn line(text: &str, range: Range) -> String {
    let at = LineIndex::new(text).line_column(text, range.start);
    let line = text.lines().nth(at.line as usize - 1).unwrap_or("");
    format!("{}:{} `{}` in `{}`\n", at.line, at.column, range.of(text), line.trim())
}

fn place(text: &str, l: &Location) -> String {
    if l.file == "app.yaml" {
        return line(text, l.range);
    }
    if l.file.starts_with("std:") {
        let source = SESSION.sources.text_of(l.range.in_file(file_named(&l.file)));
        return format!("{} `{source}`\n", l.file);
    }
    let found = (0..).map_while(|i| SESSION.sources.get(FileId(i))).find(|s| s.name == l.file);
    format!("{} {}", l.file, found.map_or_else(|| "?\n".to_owned(), |s| line(&s.text, l.range)))
}

fn file_named(name: &str) -> FileId {
    (0..).map_while(|i| SESSION.sources.get(FileId(i))).find(|s| s.name == name).map(|s| s.id).unwrap_or_default()
}

fn symbol(text: &str, s: &Symbol, depth: usize, out: &mut String) {
    let detail = s.detail.as_ref().map_or(String::new(), |d| format!(" : {d}"));
    let _ = writeln!(out, "{}{:?} {}{detail}{} `{}`", "  ".repeat(depth), s.kind, s.name, if s.deprecated { " (deprecated)" } else { "" }, s.name_range.of(text));
    s.children.iter().for_each(|c| symbol(text, c, depth + 1, out));
}

/// An application with a bit of everything.
const RICH: &str = r#"# What the shop needs.
apiVersion: core.oam.dev/v1beta1
kind: Application
metadata:
  name: shop
  labels: { team: web, "app.example.com/tier": "front" }
spec:
  components:
    - name: web
      type: acme-service
      properties:
        image: nginx:1.27   # the newest
        tier: "gold"
        listen: { port: 80, host: 'a.example.com' }
        files:
          - path: /etc/a
            content: |
              text: of a file
                indented
          - { path: /etc/b, content: "b" }
        store:
          type: disk
          size: 1Gi
      traits:
        - type: scaler
          properties:
            replicas: 3
        - type: labels
          properties:
            a: b
      dependsOn: [db]
    - name: db
      type: k8s-objects
      properties:
        objects:
          - apiVersion: apps/v1
            kind: StatefulSet
            metadata:
              name: db
            spec:
              serviceName: db
              selector:
                matchLabels: { app: db }
              template:
                metadata:
                  labels: { app: db }
                spec:
                  containers:
                    - name: db
                      image: "postgres:17"
                      ports:
                        - containerPort: 5432
  policies:
    - name: away
      type: topology
      properties: { clusters: [local], namespace: production }
    - name: more
      type: override
      properties:
        components:
          - name: web
            properties: { replicas: 4 }
            traits:
            - type: scaler
              properties: {replicas: 5}
  workflow:
    mode: { steps: DAG }
    steps:
    - name: all
      type: deploy
      properties:
        policies: ["away", more]
    - name: ask
      type: suspend
      if: status.all.succeeded
      dependsOn:
        - all
---
apiVersion: core.oam.dev/v1alpha1
kind: Policy
metadata:
  name: alone
type: override
properties:
  selector: [web]
"#;

fn ask_everything(text: &str, offset: u32) {
    let asked = plain(text);
    let end = text.len() as u32;
    let fits = |r: Range| assert!(r.start <= r.end && r.end <= end && text.get(r.start as usize..r.end as usize).is_some(), "{r:?} of {text:?}");
    for c in application::completions(&asked, offset) {
        fits(c.range);
        assert!(c.range.touches(offset), "the cursor {offset} is not in {:?} of `{}`", c.range, c.label);
    }
    application::hover(&asked, offset).into_iter().for_each(|h| fits(h.range));
    application::definition(&asked, offset);
    application::references(&asked, offset).into_iter().for_each(|r| fits(r.at.range));
    let _ = application::rename(&asked, offset, "other");
    application::selection(&asked, offset).into_iter().for_each(fits);
    application::actions(&asked, Range::new(offset, offset), &[]);
}

fn ask_of_the_whole(text: &str) {
    let asked = plain(text);
    fn inside(s: &Symbol) {
        assert!(s.range.start <= s.name_range.start && s.name_range.end <= s.range.end, "{s:?}");
        s.children.iter().for_each(inside);
    }
    application::symbols(&asked).iter().for_each(inside);
    application::foldings(&asked);
    application::lenses(&asked);
    let tokens = application::tokens(&asked);
    assert!(tokens.windows(2).all(|w| w[0].range.end <= w[1].range.start), "tokens overlap");
}

/// Numbers that look random and are always the same.
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn any_prefix_has_answers() {
    let mut state = 7;
    for (end, _) in RICH.char_indices().step_by(3) {
        let text = &RICH[..end];
        ask_everything(text, end as u32);
        if end % 5 == 0 {
            ask_of_the_whole(text);
            ask_everything(text, (random(&mut state) % (end as u64 + 3)) as u32);
        }
    }
    // Lines taken out, and signs put in.
    let lines: Vec<&str> = RICH.lines().collect();
    for _ in 0..150 {
        let mut broken: Vec<String> = lines.iter().map(|l| (*l).to_owned()).collect();
        for _ in 0..3 {
            let at = (random(&mut state) % broken.len() as u64) as usize;
            match random(&mut state) % 4 {
                0 => drop(broken.remove(at)),
                1 => broken[at].insert(0, ' '),
                2 => broken[at].push_str(["{", "[", "\"", ": ", "- ", "|", " #", "&a ", "*", "ü", "\t", "'"][(random(&mut state) % 12) as usize]),
                _ => broken[at] = broken[at].trim_start().to_owned(),
            }
        }
        let text = broken.join(if random(&mut state).is_multiple_of(4) { "\r\n" } else { "\n" });
        ask_of_the_whole(&text);
        for _ in 0..4 {
            ask_everything(&text, (random(&mut state) % (text.len() as u64 + 1)) as u32);
        }
    }
}

/// What is proposed is no mistake: nothing that is accepted is called unknown afterwards.
fn what_is_accepted_is_known() {
    let unknown = |text: &str| known(text).findings.iter().filter(|d| ["J0301", "J0801", "J0803", "J0309"].contains(&d.code.0)).map(|d| d.message.clone()).collect::<Vec<_>>();
    let before = unknown(RICH);
    assert!(before.is_empty(), "{before:#?}");
    let mut state = 3;
    let mut tried = 0;
    let starts: Vec<usize> = std::iter::once(0).chain(RICH.match_indices('\n').map(|(i, _)| i + 1)).collect();
    for start in starts {
        let indent = RICH[start..].chars().take_while(|c| *c == ' ').count();
        // A new line before this one, at its indentation.
        if RICH[start..].starts_with("---") || RICH[start..].trim_start().starts_with("text: of") || RICH[start..].starts_with("                indented") {
            continue;
        }
        let text = format!("{}{}\n{}", &RICH[..start], " ".repeat(indent), &RICH[start..]);
        let offset = (start + indent) as u32;
        let found = application::completions(&plain(&text), offset);
        for _ in 0..2 {
            if found.is_empty() {
                break;
            }
            let c = &found[(random(&mut state) % found.len() as u64) as usize];
            // A document has one application.
            if c.label == "Application" || c.kind == jibe::ide::Kind::Snippet {
                continue;
            }
            let after = accepted(&text, c).replace("‹›", "");
            let wrong = unknown(&after);
            assert!(wrong.is_empty(), "`{}` at {}: {wrong:#?}\n{after}", c.label, line(&text, Range::new(offset, offset)));
            tried += 1;
        }
    }
    assert!(tried > 40, "only {tried} tries");
}

/// Bounds for the debug build; the release build is more than ten times as fast.
fn answers_are_quick() {
    let component = RICH.split_once("    - name: web\n").and_then(|(_, r)| r.split_once("    - name: db\n")).map_or("", |(c, _)| c);
    let (head, tail) = RICH.split_once("    - name: web\n").expect("a component");
    let mut text = head.to_owned();
    for i in 0..10 {
        text.push_str(&format!("    - name: web{i}\n{component}"));
    }
    text.push_str(&format!("    - name: web\n{tail}"));
    assert!(text.lines().count() > 250);
    let known = known(&text);
    let asked = known.asked();
    let offset = text.find("replicas: 3").expect("there") as u32 + 2;
    let mut slow = Vec::new();
    let mut measure = |name: &str, run: &dyn Fn()| {
        run();
        let best = (0..3)
            .map(|_| {
                let start = std::time::Instant::now();
                run();
                start.elapsed()
            })
            .min()
            .unwrap_or_default();
        if std::env::var_os("TIMES").is_some() {
            println!("{name}: {best:?}");
        }
        if best.as_millis() > 150 {
            slow.push(format!("{name}: {best:?}"));
        }
    };
    measure("completions", &|| drop(application::completions(&asked, offset)));
    let of_type = text.find("type: scaler").expect("there") as u32 + 8;
    measure("completions of types", &|| drop(application::completions(&asked, of_type)));
    let object = text.find("serviceName").expect("there") as u32 + 3;
    measure("completions of fields", &|| drop(application::completions(&asked, object)));
    measure("hover", &|| drop(application::hover(&asked, offset)));
    measure("definition", &|| drop(application::definition(&asked, offset)));
    measure("references", &|| drop(application::references(&asked, text.find("dependsOn: [db]").expect("there") as u32 + 13)));
    measure("symbols", &|| drop(application::symbols(&asked)));
    measure("tokens", &|| drop(application::tokens(&asked)));
    measure("folding", &|| drop(application::foldings(&asked)));
    measure("inlays", &|| drop(application::inlays(&asked, Range::new(0, text.len() as u32))));
    measure("actions", &|| drop(application::actions(&asked, Range::new(offset, offset), &[])));
    assert!(slow.is_empty(), "{slow:#?}");
}
