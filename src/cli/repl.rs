//! `jibe repl`: expressions and items line by line. On a terminal with a prompt, history and lines that go on until brackets are closed; in a pipe without a prompt.

use std::io::{BufRead, IsTerminal};
use std::path::Path;

use super::report::{self, Stream};
use super::{Common, Exit, Fault, write_stdout};
use crate::base::FileId;
use crate::diagnostics::{Diagnostic, Severity, codes};
use crate::docs::ItemReference;
use crate::driver::{Evaluated, Session, Settings, evaluate_text};
use crate::hir::Builtin;
use crate::source::{DiskWorld, MAX_JIBE_BYTES, Sources, World};
use crate::syntax::parse;
use crate::types::Format;
use crate::yaml;

/// Evaluates expressions line by line; `let`, `fn`, `type` and `import` are remembered
#[derive(Debug, clap::Args)]
pub struct Arguments {}

const HELP: &str = "  EXPRESSION     its value
  let, fn, type, import, component, …
                 remembered; the same name again takes the place of the old one
  :type EXPR     the type of an expression
  :doc NAME      what the reference says of a definition, type or function
  :load FILE     take the items of a file
  :show          everything that is remembered
  :reset         forget it
  :help, :quit
";

/// Words that begin an item.
const ITEMS: &[&str] = &["import", "type", "fn", "let", "view", "extend", "resource", "test", "component", "trait", "policy", "step", "rule"];

/// The name that an expression is given.
const RESULT: &str = "_it";

/// Values that are longer than this are printed over several lines, in characters.
const LINE: usize = 100;

/// Starts a session.
pub fn run(_arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    session(common)
}

/// Reads lines from the terminal or from standard input. In a pipe, mistakes make the exit code 1.
pub fn session(common: &Common) -> Result<Exit, Fault> {
    let mut repl = Repl::new(common);
    let terminal = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    if terminal {
        interactive(&mut repl)?;
        return Ok(Exit::Clean);
    }
    let mut input = String::new();
    for line in std::io::stdin().lock().lines() {
        let line = line.map_err(|e| Fault::new(format!("cannot read standard input: {e}")))?;
        input.push_str(&line);
        input.push('\n');
        if is_whole(&input) && repl.take(&std::mem::take(&mut input)) {
            break;
        }
    }
    repl.take(&input);
    Ok(if repl.failed { Exit::Errors } else { Exit::Clean })
}

fn interactive(repl: &mut Repl<'_>) -> Result<(), Fault> {
    use rustyline::error::ReadlineError;
    let mut editor = rustyline::DefaultEditor::new().map_err(|e| Fault::new(format!("cannot use this terminal: {e}")))?;
    write_stdout(format!("jibe {}; :help says what can be typed\n", env!("CARGO_PKG_VERSION")).as_bytes());
    let mut input = String::new();
    loop {
        match editor.readline(if input.is_empty() { "> " } else { ". " }) {
            Ok(line) => {
                // An empty line ends what cannot be closed.
                let enough = line.trim().is_empty();
                input.push_str(&line);
                input.push('\n');
                if enough || is_whole(&input) {
                    let _ = editor.add_history_entry(input.trim_end());
                    if repl.take(&std::mem::take(&mut input)) {
                        return Ok(());
                    }
                }
            }
            Err(ReadlineError::Interrupted) => input.clear(),
            Err(ReadlineError::Eof) => return Ok(()),
            Err(e) => return Err(Fault::new(format!("cannot read the terminal: {e}"))),
        }
    }
}

/// Whether nothing more has to come: brackets and strings are closed, and the last line does not end in an operator.
fn is_whole(input: &str) -> bool {
    let text = input.trim();
    if text.is_empty() || text.starts_with(':') {
        return true;
    }
    let module = if is_item(text) { format!("{text}\n") } else { format!("let {RESULT} = {text}\n") };
    let open = parse(FileId(0), &module.into()).diagnostics.iter().any(|d| d.code == codes::J0106);
    let documents = text.lines().last().is_some_and(|l| l.trim_start().starts_with("///") || l.trim_start().starts_with('@'));
    let goes_on = ["=", "=>", "+", "-", "*", ",", "&&", "||", "??", "(", "[", "{", "."].iter().any(|sign| text.ends_with(sign));
    !open && !goes_on && !documents
}

fn is_item(text: &str) -> bool {
    let first = text.lines().map(str::trim).find(|l| !l.is_empty() && !l.starts_with("//")).unwrap_or("");
    first.starts_with('@') || ITEMS.iter().any(|w| first.strip_prefix(w).is_some_and(|rest| rest.starts_with([' ', '"'])))
}

/// What an item is called: another one of the same name takes its place.
fn key(text: &str) -> String {
    let first = text.lines().map(str::trim).find(|l| ITEMS.iter().any(|w| l.starts_with(w))).unwrap_or(text);
    let (word, rest) = first.split_once(' ').unwrap_or((first, ""));
    if word == "import" {
        return first.to_owned();
    }
    let name: String = rest.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_' || *c == '-').collect();
    // Values, functions and types share their names; definitions of each kind have their own.
    if ["let", "fn", "type", "view", "resource"].contains(&word) { name } else { format!("{word} {name}") }
}

struct Repl<'c> {
    common: &'c Common,
    settings: Settings,
    /// Items with their keys.
    items: Vec<(String, String)>,
    /// Loaded when documentation is first asked for.
    library: Option<Session>,
    failed: bool,
}

impl<'c> Repl<'c> {
    fn new(common: &'c Common) -> Self {
        let (settings, _) = Settings::find(Path::new("."), &DiskWorld, &Sources::new());
        Self { common, settings, items: Vec::new(), library: None, failed: false }
    }

    /// Does what was typed; whether that was the end.
    fn take(&mut self, input: &str) -> bool {
        let text = input.trim();
        if let Some(command) = text.strip_prefix(':') {
            let (word, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
            return self.command(word, rest.trim());
        }
        if text.is_empty() {
            return false;
        }
        if is_item(text) {
            self.item(text)
        } else {
            self.expression(text, false)
        }
        false
    }

    fn command(&mut self, word: &str, rest: &str) -> bool {
        match word {
            "q" | "quit" | "exit" => return true,
            "t" | "type" if !rest.is_empty() => self.expression(rest, true),
            "d" | "doc" if !rest.is_empty() => self.doc(rest),
            "l" | "load" if !rest.is_empty() => self.load(rest),
            "show" => write_stdout(self.items.iter().map(|(_, t)| format!("{t}\n")).collect::<String>().as_bytes()),
            "reset" => self.items.clear(),
            "h" | "help" | "?" => write_stdout(HELP.as_bytes()),
            _ => {
                self.failed = true;
                report::remark(&format!("`:{word}` is no command, or lacks what it is about; :help lists them"));
            }
        }
        false
    }

    /// The session with one more text.
    fn evaluate(&mut self, items: &[(String, String)], more: &str) -> Option<Evaluated> {
        let mut text: String = items.iter().map(|(_, t)| format!("{t}\n")).collect();
        text.push_str(more);
        let sources = Sources::new();
        let mut done = evaluate_text(&text, &self.settings, Box::new(DiskWorld), &sources);
        // What nothing uses yet may be used by the next line.
        done.findings.retain(|d| d.is_error() || (d.code == codes::J0913 && d.severity == Severity::Note));
        let failed = done.findings.iter().any(Diagnostic::is_error);
        let stream = if std::io::stdout().is_terminal() { Stream::Stdout } else { Stream::Stderr };
        report::print_findings(std::mem::take(&mut done.findings), &sources, self.common, stream);
        self.failed |= failed;
        (!failed).then_some(done)
    }

    fn item(&mut self, text: &str) {
        let key = key(text);
        let mut items: Vec<(String, String)> = self.items.iter().filter(|(k, _)| *k != key).cloned().collect();
        items.push((key, text.to_owned()));
        if self.evaluate(&items, "").is_some() {
            self.items = items;
        }
    }

    fn expression(&mut self, text: &str, only_type: bool) {
        let items = self.items.clone();
        let Some(done) = self.evaluate(&items, &format!("let {RESULT} = {text}\n")) else { return };
        if only_type {
            write_stdout(format!("{}\n", done.types.last().map_or("", String::as_str)).as_bytes());
            return;
        }
        let mut out = String::new();
        match done.values.last().and_then(|(_, v)| v.as_ref()) {
            Some(value) => {
                yaml::write_json(value, &mut out);
                if out.chars().count() > LINE {
                    out.clear();
                    yaml::write_json_pretty(value, &mut out);
                }
            }
            None => out.push_str("absent"),
        }
        write_stdout(format!("{}\n", out.trim_end()).as_bytes());
    }

    fn load(&mut self, file: &str) {
        let bytes = match DiskWorld.read(Path::new(file), MAX_JIBE_BYTES) {
            Ok(bytes) => bytes,
            Err(e) => {
                self.failed = true;
                return report::remark(&format!("cannot read `{file}`: {e}"));
            }
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let items = vec![(format!("file {file}"), text)];
        if self.evaluate(&items, "").is_some() {
            self.items = items;
        }
    }

    fn doc(&mut self, name: &str) {
        let found = builtin_doc(name).unwrap_or_else(|| self.reference(name));
        if found.is_empty() {
            self.failed = true;
            return report::remark(&format!("the reference says nothing of `{name}`"));
        }
        write_stdout(found.as_bytes());
    }

    fn reference(&mut self, name: &str) -> String {
        let common = self.common;
        let library = self.library.get_or_insert_with(|| {
            let mut session = Session::new(Box::new(DiskWorld), common.options(), &[]);
            session.load_all();
            session
        });
        library.reference_of(name).iter().map(shown).collect::<Vec<_>>().join("\n")
    }
}

/// An entry of the reference as plain text.
fn shown(item: &ItemReference) -> String {
    let mut out = format!("{}\n", item.signature);
    if let Some(instead) = &item.deprecated {
        out.push_str(&format!("  deprecated: {instead}\n"));
    }
    item.docs.lines().for_each(|l| out.push_str(&format!("  {l}\n")));
    for p in &item.parameters {
        let default = p.default.as_ref().map(|d| format!(" = {d}")).unwrap_or_default();
        out.push_str(&format!("  {}{}: {}{default}\n", p.path, if p.required || p.default.is_some() { "" } else { "?" }, p.ty));
        p.docs.lines().for_each(|l| out.push_str(&format!("      {l}\n")));
    }
    out
}

/// Formats and functions that need no import.
fn builtin_doc(name: &str) -> Option<String> {
    if let Some(format) = Format::by_name(name) {
        return Some(format!("{name}: {}\n  such as {}\n", format.words(), format.example()));
    }
    let text = match Builtin::of_name(name)? {
        Builtin::NonEmpty => "nonEmpty(x: String | list | map) -> x?\n  absent when absent or empty",
        Builtin::DnsLabel => "dnsLabel(String) -> DnsLabel\n  the text made fit: lower case, `-` for other characters, cut and given a hash where it has to be",
        Builtin::DnsLabel1035 => "dnsLabel1035(String) -> DnsLabel1035\n  like dnsLabel, beginning with a letter",
        Builtin::DnsSubdomain => "dnsSubdomain(String) -> DnsSubdomain\n  like dnsLabel, with dots",
        Builtin::Base64 => "base64(String) -> Base64",
        Builtin::FromBase64 => "fromBase64(String) -> String?\n  absent when it is not base64 or not UTF-8",
        Builtin::Sha256 => "sha256(String) -> String\n  64 hexadecimal digits",
        Builtin::ToJson => "toJson(Json) -> String\n  compact",
        Builtin::ToYaml => "toYaml(Json) -> String",
        Builtin::ParseJson => "parseJson(String) -> Json?\n  absent when malformed",
        Builtin::JsonMerge => "jsonMerge(Object, Json) -> Object\n  RFC 7396",
        Builtin::JsonPatch => "jsonPatch(Object, [operation]) -> Object\n  RFC 6902",
        Builtin::Min => "min(a, b)\n  of integers, numbers, quantities, durations",
        Builtin::Max => "max(a, b)\n  of integers, numbers, quantities, durations",
        Builtin::Div => "div(a, b) -> Int\n  rounded down; `b` must not be able to be 0",
        Builtin::Rem => "rem(a, b) -> Int\n  what `div` leaves",
        Builtin::Dbg => "dbg(e)\n  `e`; prints value, type and origin to standard error",
    };
    Some(format!("{text}\n"))
}
