//! `textDocument/definition`, `textDocument/declaration`, `textDocument/typeDefinition`

use gen_lsp_types as lsp;

use crate::ide::{self, search};
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// Where the word at a place is declared.
pub fn definition(cx: &mut Context<'_>, params: lsp::TextDocumentPositionParams) -> Answer<Vec<lsp::Location>> {
    let Some(place) = cx.place(&params) else { return Ok(Vec::new()) };
    let found = search::definition(&place.file, place.offset);
    Ok(locations(cx, &found))
}

/// Where the type of the value at a place is declared.
pub fn type_definition(cx: &mut Context<'_>, params: lsp::TextDocumentPositionParams) -> Answer<Vec<lsp::Location>> {
    let Some(place) = cx.place(&params) else { return Ok(Vec::new()) };
    let found = search::type_definition(&place.file, place.offset);
    Ok(locations(cx, &found))
}

fn locations(cx: &mut Context<'_>, all: &[ide::Location]) -> Vec<lsp::Location> {
    all.iter().filter_map(|l| cx.location(l)).collect()
}
