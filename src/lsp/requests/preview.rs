//! `jibe/preview`: what the applications of a file are rendered to.

use serde::{Deserialize, Serialize};

use crate::lsp::context::Context;
use crate::lsp::dispatch::Answer;

/// The file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Params {
    text_document: Document,
}

#[derive(Deserialize)]
struct Document {
    uri: String,
}

/// The objects as a stream of YAML documents, in the order in which they can be applied; with what keeps them from being made as comments before them.
#[derive(Serialize)]
pub struct Preview {
    text: String,
}

/// Renders the applications of a file.
pub fn preview(cx: &mut Context<'_>, params: Params) -> Answer<Preview> {
    let Some(file) = cx.file(&params.text_document.uri) else { return Ok(Preview { text: "# there is no such file\n".to_owned() }) };
    cx.workspace.check_file(&file.path);
    let findings = cx.workspace.findings(file.source.id);
    Ok(Preview { text: file.preview(&findings) })
}
