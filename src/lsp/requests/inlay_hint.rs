//! `textDocument/inlayHint`

use gen_lsp_types as lsp;

use crate::lsp::context::{Context, markdown};
use crate::lsp::dispatch::Answer;

/// Texts between the words of a part of a file.
pub fn inlays(cx: &mut Context<'_>, params: lsp::InlayHintParams) -> Answer<Vec<lsp::InlayHint>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(Vec::new()) };
    let part = cx.editor.client.encoding.bytes(&file.source, params.range);
    let hint = |i: crate::ide::Inlay| lsp::InlayHint {
        position: cx.editor.client.encoding.position(&file.source.text, file.source.lines(), i.offset),
        label: i.label.into(),
        kind: i.is_type.then_some(lsp::InlayHintKind::Type),
        text_edits: None,
        tooltip: i.tooltip.map(|t| markdown(t).into()),
        padding_left: None,
        padding_right: None,
        data: None,
    };
    Ok(file.inlays(part).into_iter().map(hint).collect())
}
