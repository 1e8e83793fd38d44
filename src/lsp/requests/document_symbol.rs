//! `textDocument/documentSymbol`

use gen_lsp_types as lsp;
use serde_json::Value;

use crate::ide::{Kind, Symbol};
use crate::lsp::context::{Context, File};
use crate::lsp::dispatch::{Answer, Refusal};

/// What is in a file; flat for editors that know no nesting.
pub fn symbols(cx: &mut Context<'_>, params: lsp::DocumentSymbolParams) -> Answer<Value> {
    let Some(file) = cx.file(&params.text_document.uri.0) else { return Ok(Value::Null) };
    let symbols = file.symbols();
    let value = if cx.editor.client.nested_symbols {
        serde_json::to_value(symbols.into_iter().map(|s| nested(cx, &file, s)).collect::<Vec<_>>())
    } else {
        let mut flat = Vec::new();
        symbols.into_iter().for_each(|s| flatten(cx, &file, s, None, &mut flat));
        serde_json::to_value(flat)
    };
    value.map_err(|e| Refusal::new(e.to_string()))
}

fn nested(cx: &Context<'_>, file: &File, s: Symbol) -> lsp::DocumentSymbol {
    #[expect(deprecated, reason = "the field must be given")]
    lsp::DocumentSymbol {
        name: if s.name.trim().is_empty() { "?".to_owned() } else { s.name },
        detail: s.detail,
        kind: kind(s.kind),
        tags: s.deprecated.then(|| vec![lsp::SymbolTag::Deprecated]),
        deprecated: None,
        range: cx.editor.range(&file.source, s.range),
        selection_range: cx.editor.range(&file.source, s.name_range),
        children: Some(s.children.into_iter().map(|c| nested(cx, file, c)).collect()),
    }
}

fn flatten(cx: &Context<'_>, file: &File, s: Symbol, container: Option<&str>, out: &mut Vec<lsp::SymbolInformation>) {
    let location = lsp::Location { uri: cx.editor.uri(&file.source.name), range: cx.editor.range(&file.source, s.range) };
    let base = lsp::BaseSymbolInformation { name: s.name.clone(), kind: kind(s.kind), tags: None, container_name: container.map(str::to_owned) };
    #[expect(deprecated, reason = "the field must be given")]
    out.push(lsp::SymbolInformation { deprecated: None, location, base_symbol_information: base });
    for c in s.children {
        flatten(cx, file, c, Some(&s.name), out);
    }
}

/// The protocol's kind of a thing.
pub fn kind(kind: Kind) -> lsp::SymbolKind {
    use lsp::SymbolKind as K;
    match kind {
        Kind::Component | Kind::Trait | Kind::Policy | Kind::Step | Kind::Rule => K::Class,
        Kind::Test => K::Event,
        Kind::Type => K::Struct,
        Kind::Resource => K::Class,
        Kind::View => K::Interface,
        Kind::Function => K::Function,
        Kind::Method => K::Method,
        Kind::Module => K::Module,
        Kind::Parameter | Kind::Property => K::Field,
        Kind::Variable => K::Variable,
        Kind::Value => K::EnumMember,
        Kind::Keyword | Kind::Snippet => K::Key,
        Kind::File | Kind::Document => K::File,
        Kind::Object => K::Object,
    }
}
