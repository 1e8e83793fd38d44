//! JUnit XML: one test case a file, which fails with the file's errors. For CI systems that show nothing else.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::base::FileId;
use crate::diagnostics::Diagnostic;
use crate::source::Sources;

/// Renders one suite.
pub fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let findings = super::kept(findings);
    let mut by_file: BTreeMap<Option<FileId>, Vec<&Diagnostic>> = BTreeMap::new();
    for d in findings {
        by_file.entry(d.span().map(|s| s.file)).or_default().push(d);
    }
    let failures = by_file.values().filter(|ds| ds.iter().any(|d| d.is_error())).count();
    let tests = by_file.len().max(1);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"jibe\" tests=\"{tests}\" failures=\"{failures}\">");
    let _ = writeln!(out, "  <testsuite name=\"jibe\" tests=\"{tests}\" failures=\"{failures}\">");
    if by_file.is_empty() {
        let _ = writeln!(out, "    <testcase classname=\"jibe\" name=\"all files\"/>");
    }
    for (file, found) in &by_file {
        let name = file.and_then(|f| sources.get(f)).map_or_else(|| "jibe".to_owned(), |f| f.name.clone());
        let _ = writeln!(out, "    <testcase classname=\"jibe\" name=\"{}\">", escape(&name));
        for d in found {
            case(d, sources, &mut out);
        }
        let _ = writeln!(out, "    </testcase>");
    }
    out.push_str("  </testsuite>\n</testsuites>\n");
    out
}

/// A test that was run.
#[derive(Clone, Copy, Debug)]
pub struct TestCase<'a> {
    pub module: &'a str,
    pub name: &'a str,
    /// What it found; it failed when there is an error among them.
    pub findings: &'a [Diagnostic],
}

/// Renders tests: a suite a module, a case a test.
pub fn junit_tests(tests: &[TestCase<'_>], sources: &Sources) -> String {
    let failed = |t: &&TestCase<'_>| t.findings.iter().any(Diagnostic::is_error);
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites name=\"jibe test\" tests=\"{}\" failures=\"{}\">", tests.len(), tests.iter().filter(failed).count());
    for suite in tests.chunk_by(|a, b| a.module == b.module) {
        let name = suite.first().map_or("", |t| t.module);
        let _ = writeln!(out, "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\">", escape(name), suite.len(), suite.iter().filter(failed).count());
        for t in suite {
            let _ = write!(out, "    <testcase classname=\"{}\" name=\"{}\"", escape(t.module), escape(t.name));
            if t.findings.is_empty() {
                out.push_str("/>\n");
                continue;
            }
            out.push_str(">\n");
            t.findings.iter().for_each(|d| case(d, sources, &mut out));
            out.push_str("    </testcase>\n");
        }
        out.push_str("  </testsuite>\n");
    }
    out.push_str("</testsuites>\n");
    out
}

fn case(d: &Diagnostic, sources: &Sources, out: &mut String) {
    let element = if d.is_error() { "failure" } else { "system-out" };
    let at = d.span().and_then(|s| Some((s, sources.get(s.file)?))).map(|(s, f)| format!("{}:{}: ", f.name, f.line_column(s.start).line)).unwrap_or_default();
    let mut text = format!("{at}{}", d.message);
    for extra in d.notes.iter().chain(&d.help) {
        let _ = write!(text, "\n{extra}");
    }
    if d.is_error() {
        let _ = writeln!(out, "      <{element} type=\"{}\" message=\"{}\">{}</{element}>", d.code.0, escape(&d.message), escape(&text));
    } else {
        let _ = writeln!(out, "      <{element}>{}</{element}>", escape(&format!("{}: {text}", d.code.0)));
    }
}

/// Escapes for element text and attributes; characters that XML cannot hold become the replacement character.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push('\t'),
            c if (c as u32) < 0x20 || matches!(c as u32, 0xFFFE | 0xFFFF) => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
