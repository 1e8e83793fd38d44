//! `textDocument/documentHighlight`

use gen_lsp_types as lsp;

use crate::ide::search;
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// The uses of the word at a place in its own file.
pub fn highlight(cx: &mut Context<'_>, params: lsp::DocumentHighlightParams) -> Answer<Vec<lsp::DocumentHighlight>> {
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(Vec::new()) };
    let found = search::highlights(&place.file, place.offset);
    let kind = |writes| if writes { lsp::DocumentHighlightKind::Write } else { lsp::DocumentHighlightKind::Read };
    Ok(found.iter().map(|r| lsp::DocumentHighlight { range: cx.editor.range(&place.file.source, r.at.range), kind: Some(kind(r.writes)) }).collect())
}
