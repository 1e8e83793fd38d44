//! What the server offers, and what it looks at of what the client offers.

use serde_json::{Value, json};

use super::position::Encoding;
use super::requests::semantic_tokens::{LEGEND, MODIFIERS};

/// What matters of the client.
#[derive(Clone, Copy, Debug, Default)]
pub struct Client {
    pub encoding: Encoding,
    /// Completions may have places to fill in.
    pub snippets: bool,
    /// Watched files can be registered.
    pub watches: bool,
    /// Symbols may be nested.
    pub nested_symbols: bool,
    /// Inlay hints, tokens and lenses can be asked for again.
    pub refreshes_lenses: bool,
    pub refreshes_inlays: bool,
    pub refreshes_tokens: bool,
}

impl Client {
    /// Reads the parameters of `initialize`, without insisting on anything.
    pub fn read(params: &Value) -> Self {
        let flag = |pointer: &str| params.pointer(&format!("/capabilities{pointer}")).and_then(Value::as_bool).unwrap_or(false);
        let encodings = params.pointer("/capabilities/general/positionEncodings").and_then(Value::as_array);
        let utf8 = encodings.is_some_and(|all| all.iter().any(|e| e == "utf-8"));
        Self {
            encoding: if utf8 { Encoding::Utf8 } else { Encoding::Utf16 },
            snippets: flag("/textDocument/completion/completionItem/snippetSupport"),
            watches: flag("/workspace/didChangeWatchedFiles/dynamicRegistration"),
            nested_symbols: flag("/textDocument/documentSymbol/hierarchicalDocumentSymbolSupport"),
            refreshes_lenses: flag("/workspace/codeLens/refreshSupport"),
            refreshes_inlays: flag("/workspace/inlayHint/refreshSupport"),
            refreshes_tokens: flag("/workspace/semanticTokens/refreshSupport"),
        }
    }
}

/// The answer to `initialize`.
pub fn answer(client: &Client) -> Value {
    json!({
        "serverInfo": { "name": "jibe", "version": env!("CARGO_PKG_VERSION") },
        "capabilities": {
            "positionEncoding": match client.encoding { Encoding::Utf8 => "utf-8", Encoding::Utf16 => "utf-16" },
            "textDocumentSync": { "openClose": true, "change": 2, "save": { "includeText": false } },
            "hoverProvider": true,
            "completionProvider": { "triggerCharacters": [".", ":", "\"", "@", "/", "-", " "] },
            "signatureHelpProvider": { "triggerCharacters": ["(", ","] },
            "declarationProvider": true,
            "definitionProvider": true,
            "typeDefinitionProvider": true,
            "referencesProvider": true,
            "documentHighlightProvider": true,
            "documentSymbolProvider": true,
            "codeActionProvider": { "codeActionKinds": ["quickfix", "refactor", "source.fixAll.jibe"] },
            "codeLensProvider": { "resolveProvider": false },
            "documentFormattingProvider": true,
            "documentRangeFormattingProvider": true,
            "renameProvider": { "prepareProvider": true },
            "foldingRangeProvider": true,
            "selectionRangeProvider": true,
            "inlayHintProvider": true,
            "semanticTokensProvider": {
                "legend": { "tokenTypes": LEGEND, "tokenModifiers": MODIFIERS },
                "full": true,
                "range": true,
            },
            "callHierarchyProvider": true,
            "workspaceSymbolProvider": true,
            "workspace": { "workspaceFolders": { "supported": true, "changeNotifications": true } },
        },
    })
}

/// Asks the client to tell when files change on disk.
pub fn watch() -> Value {
    json!({
        "registrations": [{
            "id": "files",
            "method": "workspace/didChangeWatchedFiles",
            "registerOptions": { "watchers": [{ "globPattern": "**/*.{jibe,yaml,yml,json}" }, { "globPattern": "**/jibe.toml" }] },
        }],
    })
}
