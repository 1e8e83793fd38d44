//! `workspace/symbol`

use gen_lsp_types as lsp;

use super::document_symbol::kind;
use crate::ide::search;
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// What is called like this in all files.
pub fn symbols(cx: &mut Context<'_>, params: lsp::WorkspaceSymbolParams) -> Answer<Vec<lsp::WorkspaceSymbol>> {
    let found = search::symbols(cx.workspace, &params.query);
    let symbol = |s: crate::ide::WorkspaceSymbol| {
        let location = cx.location(&s.at)?;
        let base = lsp::BaseSymbolInformation { name: s.name, kind: kind(s.kind), tags: None, container_name: s.container };
        Some(lsp::WorkspaceSymbol { location: location.into(), data: None, base_symbol_information: base })
    };
    Ok(found.into_iter().filter_map(symbol).collect())
}
