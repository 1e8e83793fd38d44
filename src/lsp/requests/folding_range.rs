//! `textDocument/foldingRange`

use gen_lsp_types as lsp;

use crate::ide::FoldingKind;
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// What can be folded in a file.
pub fn foldings(cx: &mut Context<'_>, params: lsp::FoldingRangeParams) -> Answer<Vec<lsp::FoldingRange>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(Vec::new()) };
    let lines = file.source.lines();
    let found = file.foldings().into_iter().filter_map(|f| {
        let (start, mut end) = (lines.line_of(f.range.start), lines.line_of(f.range.end));
        // The line of a closing bracket stays in sight.
        let tail = lines.line_start(end).and_then(|s| file.source.text.get(s as usize..f.range.end as usize)).unwrap_or("");
        if f.kind == FoldingKind::Region && matches!(tail.trim(), "}" | "]" | ")" | "") {
            end = end.saturating_sub(1);
        }
        let kind = match f.kind {
            FoldingKind::Region => None,
            FoldingKind::Comment => Some(lsp::FoldingRangeKind::Comment),
            FoldingKind::Imports => Some(lsp::FoldingRangeKind::Imports),
        };
        (start < end).then(|| lsp::FoldingRange { start_line: start as u32, end_line: end as u32, kind, ..lsp::FoldingRange::default() })
    });
    Ok(found.collect())
}
