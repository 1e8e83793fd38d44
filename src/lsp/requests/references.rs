//! `textDocument/references`

use gen_lsp_types as lsp;

use crate::ide::search;
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// Every use of the word at a place, in definitions and applications.
pub fn references(cx: &mut Context<'_>, params: lsp::ReferenceParams) -> Answer<Vec<lsp::Location>> {
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(Vec::new()) };
    let found = search::references_at(cx.workspace, &place.file, place.offset);
    let wanted = found.iter().filter(|r| params.context.include_declaration || !r.declares);
    Ok(wanted.filter_map(|r| cx.location(&r.at)).collect())
}
