//! `textDocument/codeLens`

use gen_lsp_types as lsp;
use serde_json::{Value, json};

use crate::ide::Command;
use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// Lines above the text that run commands.
pub fn lenses(cx: &mut Context<'_>, params: lsp::CodeLensParams) -> Answer<Vec<lsp::CodeLens>> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(Vec::new()) };
    let found = file.lenses(cx.workspace);
    let mut out = Vec::new();
    for lens in found {
        let range = cx.editor.range(&file.source, lens.range);
        let uri = params.text_document.uri.0.clone();
        let (command, arguments): (&str, Vec<Value>) = match &lens.command {
            Command::Preview => ("jibe.preview", vec![json!(uri)]),
            Command::References(places) => {
                let locations: Vec<lsp::Location> = places.iter().filter_map(|l| cx.location(l)).collect();
                let position = serde_json::to_value(range.start).unwrap_or_default();
                (if locations.is_empty() { "" } else { "jibe.showReferences" }, vec![json!(uri), position, serde_json::to_value(locations).unwrap_or_default()])
            }
        };
        let command = lsp::Command { title: lens.title, command: command.to_owned(), arguments: (!command.is_empty()).then_some(arguments), tooltip: None };
        out.push(lsp::CodeLens { range, command: Some(command), data: None });
    }
    Ok(out)
}
