//! From the names of requests to what answers them.

use lsp_server::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::Context;
use super::requests::{
    call_hierarchy, code_action, code_lens, completion, definition, document_symbol, folding_range, formatting, highlight, hover, inlay_hint, preview, references, rename,
    selection_range, semantic_tokens, signature_help, workspace_symbol,
};

/// Why a request is not answered.
#[derive(Debug)]
pub struct Refusal {
    pub code: i32,
    pub message: String,
}

impl Refusal {
    /// In the words for the user.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::RequestFailed as i32, message: message.into() }
    }
}

/// What a request is answered with.
pub type Answer<T> = Result<T, Refusal>;

/// Answers a request.
pub fn answer(cx: &mut Context<'_>, method: &str, params: Value) -> Answer<Value> {
    match method {
        "textDocument/hover" => call(cx, params, hover::hover),
        "textDocument/completion" => call(cx, params, completion::completion),
        "textDocument/signatureHelp" => call(cx, params, signature_help::signature),
        "textDocument/definition" | "textDocument/declaration" => call(cx, params, definition::definition),
        "textDocument/typeDefinition" => call(cx, params, definition::type_definition),
        "textDocument/references" => call(cx, params, references::references),
        "textDocument/documentHighlight" => call(cx, params, highlight::highlight),
        "textDocument/documentSymbol" => call(cx, params, document_symbol::symbols),
        "textDocument/codeAction" => call(cx, params, code_action::actions),
        "textDocument/codeLens" => call(cx, params, code_lens::lenses),
        "textDocument/formatting" => call(cx, params, formatting::whole),
        "textDocument/rangeFormatting" => call(cx, params, formatting::part),
        "textDocument/prepareRename" => call(cx, params, rename::prepare),
        "textDocument/rename" => call(cx, params, rename::rename),
        "textDocument/foldingRange" => call(cx, params, folding_range::foldings),
        "textDocument/selectionRange" => call(cx, params, selection_range::selections),
        "textDocument/inlayHint" => call(cx, params, inlay_hint::inlays),
        "textDocument/semanticTokens/full" => call(cx, params, semantic_tokens::full),
        "textDocument/semanticTokens/range" => call(cx, params, semantic_tokens::part),
        "textDocument/prepareCallHierarchy" => call(cx, params, call_hierarchy::prepare),
        "callHierarchy/incomingCalls" => call(cx, params, call_hierarchy::incoming),
        "callHierarchy/outgoingCalls" => call(cx, params, call_hierarchy::outgoing),
        "workspace/symbol" => call(cx, params, workspace_symbol::symbols),
        "jibe/preview" => call(cx, params, preview::preview),
        _ => Err(Refusal { code: ErrorCode::MethodNotFound as i32, message: format!("there is no `{method}`") }),
    }
}

/// Reads the parameters, answers, writes the answer.
fn call<P: DeserializeOwned, R: Serialize>(cx: &mut Context<'_>, params: Value, run: impl FnOnce(&mut Context<'_>, P) -> Answer<R>) -> Answer<Value> {
    let params = serde_json::from_value(params).map_err(|e| Refusal { code: ErrorCode::InvalidParams as i32, message: e.to_string() })?;
    let answer = run(cx, params)?;
    serde_json::to_value(answer).map_err(|e| Refusal::new(e.to_string()))
}
