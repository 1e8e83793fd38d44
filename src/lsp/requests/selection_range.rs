//! `textDocument/selectionRange`

use gen_lsp_types as lsp;

use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// What is selected around places, from inside out.
pub fn selections(cx: &mut Context<'_>, params: lsp::SelectionRangeParams) -> Answer<Vec<lsp::SelectionRange>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(Vec::new()) };
    let around = |at: lsp::Position| {
        let offset = cx.editor.client.encoding.offset(&file.source.text, file.source.lines(), at);
        let mut found: Option<lsp::SelectionRange> = None;
        for range in file.selection(offset).into_iter().rev() {
            found = Some(lsp::SelectionRange { range: cx.editor.range(&file.source, range), parent: found.map(Box::new) });
        }
        found.unwrap_or(lsp::SelectionRange { range: lsp::Range { start: at, end: at }, parent: None })
    };
    Ok(params.positions.into_iter().map(around).collect())
}
