//! Printing: findings in the chosen format, results to standard output. A closed pipe ends the printing, not the run.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Write};
use std::sync::{Mutex, OnceLock, PoisonError};

use super::args::{Color, Common, MessageFormat};
use super::exit::{Exit, Fault};
use crate::diagnostics::{Diagnostic, Severity};
use crate::render::{self, Style};
use crate::source::Sources;

/// Where findings go: standard error for commands that print results, standard output for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    Stdout,
    Stderr,
}

/// Errors by file, while they are counted.
static ERRORS: Mutex<Option<BTreeMap<String, usize>>> = Mutex::new(None);

/// Starts or ends counting the errors that are reported; gives those counted so far.
pub fn count_errors(on: bool) -> BTreeMap<String, usize> {
    let mut errors = ERRORS.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::replace(&mut *errors, on.then(BTreeMap::new)).unwrap_or_default()
}

fn count(findings: &[Diagnostic], sources: &Sources) {
    if let Some(errors) = ERRORS.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        for d in findings.iter().filter(|d| d.is_error()) {
            let file = d.span().and_then(|s| sources.get(s.file)).map(|f| f.name.clone()).unwrap_or_default();
            *errors.entry(file).or_default() += 1;
        }
    }
}

/// Prints the findings (sorted, each once) and says how the run ends.
pub fn report(findings: Vec<Diagnostic>, sources: &Sources, common: &Common, stream: Stream) -> Exit {
    let mut findings = render::arrange(findings);
    count(&findings, sources);
    if common.quiet {
        findings.retain(Diagnostic::is_error);
    }
    let failed = findings.iter().any(|d| d.is_error() || (common.deny_warnings && d.severity == Severity::Warning));
    let machine = !matches!(common.message_format, MessageFormat::Human | MessageFormat::Short);
    if !findings.is_empty() || machine {
        let text = render::render(&findings, sources, common.message_format.format(), &style(common, stream));
        print(text.as_bytes(), stream);
    }
    if failed { Exit::Errors } else { Exit::Clean }
}

/// Prints findings in between, without a last line that counts them.
pub fn print_findings(findings: Vec<Diagnostic>, sources: &Sources, common: &Common, stream: Stream) {
    if !findings.is_empty() {
        let text = render::render(&render::arrange(findings), sources, common.message_format.format(), &style(common, stream).without_summary());
        print(text.as_bytes(), stream);
    }
}

/// Prints why nothing could be done.
pub fn fault(fault: &Fault, common: &Common) -> Exit {
    let stream = if matches!(common.message_format, MessageFormat::Human | MessageFormat::Short) { Stream::Stderr } else { Stream::Stdout };
    let text = render::render(std::slice::from_ref(&*fault.diagnostic), &Sources::new(), common.message_format.format(), &style(common, stream).without_summary());
    print(text.as_bytes(), stream);
    Exit::Fault
}

/// Writes a remark about the run to standard error.
pub fn remark(text: &str) {
    print(format!("{text}\n").as_bytes(), Stream::Stderr);
}

/// Writes a result to standard output.
pub fn write_stdout(bytes: &[u8]) {
    print(bytes, Stream::Stdout);
}

/// Whether standard output gets colours.
pub fn colored(common: &Common) -> bool {
    style(common, Stream::Stdout).color
}

fn style(common: &Common, stream: Stream) -> Style {
    let terminal = match stream {
        Stream::Stdout => io::stdout().is_terminal(),
        Stream::Stderr => io::stderr().is_terminal(),
    };
    let color = match common.color {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => {
            let choice = match stream {
                Stream::Stdout => anstream::AutoStream::choice(&io::stdout()),
                Stream::Stderr => anstream::AutoStream::choice(&io::stderr()),
            };
            choice != anstream::ColorChoice::Never
        }
    };
    Style { color, width: if terminal { columns() } else { 120 }, summary: !common.quiet }
}

/// The terminal's width as the shell tells it, else a comfortable one.
fn columns() -> usize {
    std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok()).filter(|c| (40..=400).contains(c)).unwrap_or(120)
}

/// Why results did not reach standard output, if they did not.
static LOST: OnceLock<String> = OnceLock::new();

/// The fault of a run whose results could not be written: a full disk, not a reader that has gone.
pub fn lost() -> Option<Fault> {
    LOST.get().map(|why| Fault::new(format!("cannot write the result: {why}")))
}

fn print(bytes: &[u8], stream: Stream) {
    let written = match stream {
        Stream::Stdout => {
            let mut out = io::stdout().lock();
            out.write_all(bytes).and_then(|()| out.flush())
        }
        Stream::Stderr => io::stderr().lock().write_all(bytes),
    };
    // The reader may have gone (`| head`): then there is nobody to tell.
    if let (Stream::Stdout, Err(e)) = (stream, written)
        && e.kind() != io::ErrorKind::BrokenPipe
    {
        let _ = LOST.set(e.to_string());
    }
}
