//! SARIF 2.1.0, for code scanning: rules, regions, related places, fixes, fingerprints that survive moved lines.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::base::Span;
use crate::diagnostics::{Code, Diagnostic, Severity};
use crate::source::Sources;

/// Renders one run.
pub fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let findings = super::kept(findings);
    let codes: Vec<Code> = findings.iter().map(|d| d.code).collect::<BTreeSet<_>>().into_iter().collect();
    let mut seen = HashMap::new();
    let results: Vec<Value> = findings.iter().map(|d| result(d, &codes, &numbered(fingerprint(d, sources), &mut seen), sources)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": "jibe", "version": env!("CARGO_PKG_VERSION"), "informationUri": env!("CARGO_PKG_REPOSITORY"), "rules": codes.iter().map(|c| rule(*c)).collect::<Vec<_>>() } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    let mut text = serde_json::to_string_pretty(&log).unwrap_or_default();
    text.push('\n');
    text
}

fn rule(code: Code) -> Value {
    let title = code.info().map_or("", |i| i.title);
    let page = format!("{}/blob/main/docs/errors/{}.md", env!("CARGO_PKG_REPOSITORY"), code.0);
    json!({ "id": code.0, "shortDescription": { "text": title }, "helpUri": page, "defaultConfiguration": { "level": level(code.severity()) } })
}

fn result(d: &Diagnostic, codes: &[Code], fingerprint: &str, sources: &Sources) -> Value {
    let mut message = d.message.clone();
    for extra in d.notes.iter().chain(&d.help) {
        message.push('\n');
        message.push_str(extra);
    }
    let mut result = json!({
        "ruleId": d.code.0,
        "ruleIndex": codes.iter().position(|c| *c == d.code),
        "level": level(d.severity),
        "message": { "text": message },
        // The second name is the one that GitHub tells alerts apart by.
        "partialFingerprints": { "jibe/v1": fingerprint, "primaryLocationLineHash": fingerprint },
    });
    let locations = |primary: bool| -> Vec<Value> { d.labels.iter().filter(|l| l.primary == primary).map(|l| location(l.span, &l.message, sources)).collect() };
    if let Some(map) = result.as_object_mut() {
        map.insert("locations".into(), Value::Array(locations(true).into_iter().take(1).collect()));
        let related = locations(false);
        if !related.is_empty() {
            map.insert("relatedLocations".into(), Value::Array(related));
        }
        let fixes: Vec<Value> = d.fixes.iter().map(|f| fix(f, sources)).collect();
        if !fixes.is_empty() {
            map.insert("fixes".into(), Value::Array(fixes));
        }
    }
    result
}

fn fix(fix: &crate::diagnostics::Fix, sources: &Sources) -> Value {
    let changes: Vec<Value> = fix
        .edits
        .iter()
        .map(|e| json!({ "artifactLocation": artifact(e.span, sources), "replacements": [{ "deletedRegion": region(e.span, sources), "insertedContent": { "text": e.text } }] }))
        .collect();
    json!({ "description": { "text": fix.title }, "artifactChanges": changes })
}

fn location(span: Span, message: &str, sources: &Sources) -> Value {
    let mut location = json!({ "physicalLocation": { "artifactLocation": artifact(span, sources), "region": region(span, sources) } });
    if let (false, Some(map)) = (message.is_empty(), location.as_object_mut()) {
        map.insert("message".into(), json!({ "text": message }));
    }
    location
}

fn artifact(span: Span, sources: &Sources) -> Value {
    let name = sources.get(span.file).map(|f| f.name.clone()).unwrap_or_default();
    json!({ "uri": uri(&name.replace('\\', "/")) })
}

/// A path as a relative reference: what may not stand in one is escaped. The scheme of files that come with Jibe stays.
fn uri(name: &str) -> String {
    let (scheme, path) = name.strip_prefix("std:").map_or(("", name), |path| ("std:", path));
    let mut out = String::from(scheme);
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/@+,=$&'()*!;".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

fn region(span: Span, sources: &Sources) -> Value {
    let Some(file) = sources.get(span.file) else { return json!({}) };
    let (start, end) = (file.line_column(span.start), file.line_column(span.end));
    json!({ "startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column })
}

/// Equal mistakes in equal lines are told apart by counting.
fn numbered(fingerprint: String, seen: &mut HashMap<String, usize>) -> String {
    let count = seen.entry(fingerprint.clone()).or_default();
    *count += 1;
    format!("{fingerprint}:{count}")
}

/// Stable while the line with the mistake keeps its text, wherever it moves.
fn fingerprint(d: &Diagnostic, sources: &Sources) -> String {
    let mut hash = Sha256::new();
    hash.update(d.code.0);
    if let Some((span, file)) = d.span().and_then(|s| Some((s, sources.get(s.file)?))) {
        hash.update([0]);
        hash.update(&file.name);
        hash.update([0]);
        let line = file.lines().line_of(span.start);
        let (from, to) = (file.lines().line_start(line).unwrap_or(0), file.lines().line_start(line + 1).unwrap_or(file.text.len() as u32));
        hash.update(file.text.get(from as usize..to as usize).unwrap_or("").trim());
    }
    hash.update([0]);
    hash.update(&d.message);
    hash.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect()
}

fn level(severity: Severity) -> &'static str {
    super::severity_word(severity)
}
