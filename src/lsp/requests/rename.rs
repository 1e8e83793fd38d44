//! `textDocument/prepareRename`, `textDocument/rename`

use gen_lsp_types as lsp;

use crate::ide::search;
use crate::lsp::context::Context;
use crate::lsp::dispatch::{Answer, Refusal};

/// The word that would be renamed.
pub fn prepare(cx: &mut Context<'_>, params: lsp::TextDocumentPositionParams) -> Answer<Option<lsp::PrepareRenamePlaceholder>> {
    let Some(place) = cx.place(&params) else { return Ok(None) };
    let range = search::renameable(&place.file, place.offset).map_err(Refusal::new)?;
    let placeholder = range.of(&place.file.source.text).to_owned();
    Ok(Some(lsp::PrepareRenamePlaceholder { range: cx.editor.range(&place.file.source, range), placeholder }))
}

/// The edits that rename it, in definitions and applications.
pub fn rename(cx: &mut Context<'_>, params: lsp::RenameParams) -> Answer<Option<lsp::WorkspaceEdit>> {
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(None) };
    let edits = search::rename(cx.workspace, &place.file, place.offset, &params.new_name).map_err(Refusal::new)?;
    Ok(Some(cx.workspace_edit(&edits)))
}
