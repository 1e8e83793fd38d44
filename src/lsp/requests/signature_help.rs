//! `textDocument/signatureHelp`

use gen_lsp_types as lsp;

use crate::lsp::context::{Context, markdown};
use crate::lsp::dispatch::Answer;
use crate::lsp::position::Encoding;

/// The signature of the call around a place.
pub fn signature(cx: &mut Context<'_>, params: lsp::SignatureHelpParams) -> Answer<Option<lsp::SignatureHelp>> {
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(None) };
    let Some(s) = place.file.signature(place.offset) else { return Ok(None) };
    // Offsets in labels count as columns do.
    let units = |at: u32| {
        let before = s.label.get(..at as usize).unwrap_or(&s.label);
        if cx.editor.client.encoding == Encoding::Utf8 { at } else { before.chars().map(char::len_utf16).sum::<usize>() as u32 }
    };
    let parameters = s.parameters.iter().map(|r| lsp::ParameterInformation { label: (units(r.start), units(r.end)).into(), documentation: None }).collect();
    let signature = lsp::SignatureInformation {
        label: s.label.clone(),
        documentation: s.documentation.map(|d| markdown(d).into()),
        parameters: Some(parameters),
        active_parameter: Some(s.active.into()),
    };
    Ok(Some(lsp::SignatureHelp { signatures: vec![signature], active_signature: Some(0), active_parameter: Some(s.active.into()) }))
}
