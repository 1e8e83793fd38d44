//! `textDocument/prepareCallHierarchy`, `callHierarchy/incomingCalls`, `callHierarchy/outgoingCalls`

use gen_lsp_types as lsp;

use super::document_symbol::kind;
use crate::ide::{Caller, search};
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// The definition, function or type at a place.
pub fn prepare(cx: &mut Context<'_>, params: lsp::CallHierarchyPrepareParams) -> Answer<Option<Vec<lsp::CallHierarchyItem>>> {
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(None) };
    let found = search::hierarchy_at(&place.file, place.offset);
    Ok(found.and_then(|c| item(cx, &c)).map(|i| vec![i]))
}

/// Who uses it: definitions, functions, tests, applications.
pub fn incoming(cx: &mut Context<'_>, params: lsp::CallHierarchyIncomingCallsParams) -> Answer<Vec<lsp::CallHierarchyIncomingCall>> {
    let Some(file) = cx.file(&params.item.uri.0) else { return Ok(Vec::new()) };
    let at = cx.editor.client.encoding.bytes(&file.source, params.item.selection_range);
    let found = search::incoming(cx.workspace, at.in_file(file.source.id));
    let call = |c: Caller| {
        let source = cx.named(&c.file)?;
        Some(lsp::CallHierarchyIncomingCall { from: item(cx, &c)?, from_ranges: c.uses.iter().map(|r| cx.editor.range(&source, *r)).collect() })
    };
    Ok(found.into_iter().filter_map(call).collect())
}

/// What it uses.
pub fn outgoing(cx: &mut Context<'_>, params: lsp::CallHierarchyOutgoingCallsParams) -> Answer<Vec<lsp::CallHierarchyOutgoingCall>> {
    let Some(file) = cx.file(&params.item.uri.0) else { return Ok(Vec::new()) };
    let at = cx.editor.client.encoding.bytes(&file.source, params.item.selection_range);
    let found = search::outgoing(&file, at);
    let call = |c: Caller| Some(lsp::CallHierarchyOutgoingCall { to: item(cx, &c)?, from_ranges: c.uses.iter().map(|r| cx.editor.range(&file.source, *r)).collect() });
    Ok(found.into_iter().filter_map(call).collect())
}

fn item(cx: &Context<'_>, c: &Caller) -> Option<lsp::CallHierarchyItem> {
    let source = cx.named(&c.file)?;
    Some(lsp::CallHierarchyItem {
        name: if c.name.is_empty() { "?".to_owned() } else { c.name.clone() },
        kind: kind(c.kind),
        tags: None,
        detail: c.detail.clone(),
        uri: cx.editor.uri(&c.file),
        range: cx.editor.range(&source, c.range),
        selection_range: cx.editor.range(&source, c.name_range),
        data: None,
    })
}
