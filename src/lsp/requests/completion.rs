//! `textDocument/completion`

use gen_lsp_types as lsp;

use crate::ide::{Completion, Insert, Kind};
use crate::lsp::context::{Context, Place, markdown};
use crate::lsp::dispatch::Answer;

/// What can be written at a place.
pub fn completion(cx: &mut Context<'_>, params: lsp::CompletionParams) -> Answer<lsp::CompletionList> {
    let mut list = lsp::CompletionList { is_incomplete: false, items: Vec::new(), ..lsp::CompletionList::default() };
    let Some(place) = cx.place(&params.text_document_position_params) else { return Ok(list) };
    list.items = place.file.completions(place.offset).into_iter().map(|c| item(cx, &place, c)).collect();
    Ok(list)
}

fn item(cx: &Context<'_>, place: &Place, c: Completion) -> lsp::CompletionItem {
    let (text, snippet) = match c.insert {
        Insert::Text(text) => (text, false),
        Insert::Snippet(text) if cx.editor.client.snippets => (text, true),
        Insert::Snippet(text) => (plain(&text), false),
    };
    let range = cx.editor.range(&place.file.source, c.range);
    lsp::CompletionItem {
        sort_text: Some(format!("{:03}{}", c.sort, c.label)),
        filter_text: None,
        label: c.label,
        kind: Some(kind(c.kind)),
        tags: c.deprecated.then(|| vec![lsp::CompletionItemTag::Deprecated]),
        detail: c.detail,
        documentation: c.documentation.map(|d| markdown(d).into()),
        insert_text_format: Some(if snippet { lsp::InsertTextFormat::Snippet } else { lsp::InsertTextFormat::PlainText }),
        text_edit: Some(lsp::TextEdit { range, new_text: text }.into()),
        additional_text_edits: (!c.more.is_empty()).then(|| cx.edits(&place.file.source, &c.more)),
        ..lsp::CompletionItem::default()
    }
}

/// A snippet for an editor that knows none: without its places to fill in.
fn plain(snippet: &str) -> String {
    let mut out = String::with_capacity(snippet.len());
    let mut chars = snippet.chars().peekable();
    let mut open = 0;
    while let Some(c) = chars.next() {
        match c {
            '\\' => out.extend(chars.next()),
            '$' if chars.peek() == Some(&'{') => {
                chars.next();
                while chars.next_if(char::is_ascii_digit).is_some() {}
                if chars.next_if_eq(&'|').is_some() {
                    // The first of several choices.
                    let choices: String = chars.by_ref().take_while(|c| *c != '}').collect();
                    out.push_str(choices.trim_end_matches('|').split(',').next().unwrap_or(""));
                } else {
                    chars.next_if_eq(&':');
                    open += 1;
                }
            }
            '$' => while chars.next_if(char::is_ascii_digit).is_some() {},
            '}' if open > 0 => open -= 1,
            c => out.push(c),
        }
    }
    out
}

fn kind(kind: Kind) -> lsp::CompletionItemKind {
    use lsp::CompletionItemKind as K;
    match kind {
        Kind::Component | Kind::Trait | Kind::Policy | Kind::Step | Kind::Rule => K::Class,
        Kind::Test | Kind::Object | Kind::Document => K::Value,
        Kind::Type => K::Struct,
        Kind::Resource => K::Class,
        Kind::View => K::Interface,
        Kind::Function => K::Function,
        Kind::Method => K::Method,
        Kind::Module => K::Module,
        Kind::Parameter | Kind::Property => K::Field,
        Kind::Variable => K::Variable,
        Kind::Value => K::EnumMember,
        Kind::Keyword => K::Keyword,
        Kind::Snippet => K::Snippet,
        Kind::File => K::File,
    }
}
