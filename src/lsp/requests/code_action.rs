//! `textDocument/codeAction`

use gen_lsp_types as lsp;

use crate::ide::{Action, ActionKind};
use crate::lsp::context::{Context, File};
use crate::lsp::diagnostics;
use crate::lsp::dispatch::Answer;

/// What can be done to a part of a file.
pub fn actions(cx: &mut Context<'_>, params: lsp::CodeActionParams) -> Answer<Vec<lsp::CodeAction>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(Vec::new()) };
    let part = cx.editor.client.encoding.bytes(&file.source, params.range);
    cx.workspace.check_file(&file.path);
    let findings = cx.workspace.findings(file.source.id);
    let wanted = |kind: &str| params.context.only.as_ref().is_none_or(|only| only.iter().any(|o| fits(kind, &o.to_string())));
    let mut found = Vec::new();
    if wanted("quickfix") || wanted("refactor") {
        found.extend(file.actions(part, &findings, cx.workspace));
    }
    if wanted("source.fixAll.jibe")
        && let Some(all) = file.fix_all(&findings, cx.workspace)
    {
        found.push(all);
    }
    let mut out: Vec<lsp::CodeAction> = Vec::new();
    for action in found {
        let converted = convert(cx, &file, action, &findings);
        if !out.iter().any(|o| o.title == converted.title && o.edit == converted.edit) {
            out.push(converted);
        }
    }
    Ok(out)
}

/// Whether a kind is what is asked for, or a kind of it.
fn fits(kind: &str, asked: &str) -> bool {
    asked.is_empty() || kind == asked || kind.strip_prefix(asked).is_some_and(|rest| rest.starts_with('.'))
}

fn convert(cx: &Context<'_>, file: &File, action: Action, findings: &[crate::diagnostics::Diagnostic]) -> lsp::CodeAction {
    let mended = action.mends.and_then(|(code, range)| findings.iter().find(|d| d.code.0 == code && diagnostics::shown_at(d, &file.source) == range));
    let kind = match action.kind {
        ActionKind::QuickFix => lsp::CodeActionKind::QuickFix,
        ActionKind::Refactor => lsp::CodeActionKind::Refactor,
        ActionKind::FixAll => lsp::CodeActionKind::from("source.fixAll.jibe".to_owned()),
    };
    lsp::CodeAction {
        kind: Some(kind),
        diagnostics: mended.map(|d| vec![diagnostics::convert(d, &file.source, cx.editor, &cx.workspace.sources)]),
        is_preferred: action.preferred.then_some(true),
        edit: Some(cx.workspace_edit(&action.edits)),
        title: action.title,
        ..lsp::CodeAction::default()
    }
}
