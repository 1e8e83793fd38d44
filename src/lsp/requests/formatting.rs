//! `textDocument/formatting`, `textDocument/rangeFormatting`

use gen_lsp_types as lsp;

use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// Lays a file out as `jibe fmt` does.
pub fn whole(cx: &mut Context<'_>, params: lsp::DocumentFormattingParams) -> Answer<Option<Vec<lsp::TextEdit>>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(None) };
    Ok(file.format(None).map(|edits| cx.edits(&file.source, &edits)))
}

/// Lays out the lines of a part of it.
pub fn part(cx: &mut Context<'_>, params: lsp::DocumentRangeFormattingParams) -> Answer<Option<Vec<lsp::TextEdit>>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(None) };
    let part = cx.editor.client.encoding.bytes(&file.source, params.range);
    Ok(file.format(Some(part)).map(|edits| cx.edits(&file.source, &edits)))
}
