//! `textDocument/semanticTokens/full` and `/range`

use gen_lsp_types as lsp;

use crate::base::Range;
use crate::lsp::context::{Context, File};
use crate::lsp::dispatch::Answer;

/// The protocol's names of [`crate::ide::TokenKind`], in its order.
pub const LEGEND: &[&str] = &[
    "keyword",
    "class",
    "type",
    "function",
    "method",
    "parameter",
    "variable",
    "property",
    "enumMember",
    "string",
    "number",
    "regexp",
    "operator",
    "comment",
    "namespace",
    "decorator",
];

/// The modifiers: bits 0, 1 and 2.
pub const MODIFIERS: &[&str] = &["declaration", "deprecated", "defaultLibrary"];

/// How all words of a file are coloured.
pub fn full(cx: &mut Context<'_>, params: lsp::SemanticTokensParams) -> Answer<Option<lsp::SemanticTokens>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(None) };
    Ok(Some(tokens(cx, &file, None)))
}

/// How the words of a part are coloured.
pub fn part(cx: &mut Context<'_>, params: lsp::SemanticTokensRangeParams) -> Answer<Option<lsp::SemanticTokens>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(None) };
    let part = cx.editor.client.encoding.bytes(&file.source, params.range);
    Ok(Some(tokens(cx, &file, Some(part))))
}

fn tokens(cx: &Context<'_>, file: &File, part: Option<Range>) -> lsp::SemanticTokens {
    let mut last = lsp::Position::default();
    let mut data = Vec::new();
    for t in file.tokens(part) {
        let range = cx.editor.range(&file.source, t.range);
        if range.start.line != range.end.line || range.start < last {
            continue;
        }
        let delta_line = range.start.line - last.line;
        let delta_start = if delta_line == 0 { range.start.character - last.character } else { range.start.character };
        let modifiers = u32::from(t.declares) | u32::from(t.deprecated) << 1 | u32::from(t.library) << 2;
        data.push(lsp::SemanticToken {
            delta_line,
            delta_start,
            length: range.end.character - range.start.character,
            token_type: t.kind as u32,
            token_modifiers_bitset: modifiers,
        });
        last = range.start;
    }
    lsp::SemanticTokens { result_id: None, data }
}
