//! `textDocument/hover`

use gen_lsp_types as lsp;

use crate::lsp::context::{Context, markdown};
use crate::lsp::dispatch::Answer;

/// What is shown over a place.
pub fn hover(cx: &mut Context<'_>, params: lsp::HoverParams) -> Answer<Option<lsp::Hover>> {
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(None) };
    let Some(hover) = place.file.hover(place.offset) else { return Ok(None) };
    let range = cx.editor.range(&place.file.source, hover.range);
    Ok(Some(lsp::Hover { contents: markdown(hover.markdown).into(), range: Some(range) }))
}
