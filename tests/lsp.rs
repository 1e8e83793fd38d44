//! The language server, driven over standard input and output as an editor does.

use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::trials;

mod client;

use client::{Client, Folder, uri};

pub fn tests() -> Vec<Trial> {
    trials!("lsp": handshake, diagnoses_applications, diagnoses_definitions, follows_edits, cancels, survives_nonsense)
}

const APP: &str = "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: shop\nspec:\n  components:\n    - name: web\n      type: service\n      properties:\n        image: nginx:1.27\n";

const SERVICE: &str = "import \"apps/v1\" { Deployment }\n\n/// A service.\ncomponent service: Deployment {\n  parameters {\n    /// The image to run.\n    image: ImageReference\n    replicas: Int(1..=500) = 1\n  }\n  let selector = { app: context.name }\n  output {\n    spec: {\n      replicas: parameters.replicas\n      selector: { matchLabels: selector }\n      template: {\n        metadata: { labels: selector }\n        spec: { containers: [{ name: context.name, image: parameters.image }] }\n      }\n    }\n  }\n}\n";

fn project(name: &str) -> Folder {
    Folder::new(name, &[("jibe.toml", "name = \"acme\"\ndefinitions = [\"definitions\"]\n"), ("definitions/service.jibe", SERVICE), ("app.yaml", APP)])
}

fn codes(found: &[Value]) -> Vec<String> {
    found.iter().map(|d| d["code"].as_str().unwrap_or("").to_owned()).collect()
}

fn handshake() {
    let folder = project("handshake");
    let client = Client::start(&folder.0);
    assert_eq!(client.capabilities["positionEncoding"], "utf-8");
    assert_eq!(client.capabilities["textDocumentSync"]["change"], 2);
    assert_eq!(client.end().code(), Some(0));
    let client = Client::start_with(&folder.0, json!({}), &[]);
    assert_eq!(client.capabilities["positionEncoding"], "utf-16");
    assert_eq!(client.vanish().code(), Some(1));
}

fn diagnoses_applications() {
    let folder = project("applications");
    let mut client = Client::start(&folder.0);
    client.open(&folder.path("app.yaml"), APP);
    assert_eq!(client.diagnostics(&folder.path("app.yaml")), Vec::<Value>::new());
    let wrong = APP.replace("image: nginx", "imagе: \"ü\"\n        replicas: 0\n        image: nginx");
    client.replace(&folder.path("app.yaml"), &wrong);
    let found = client.diagnostics(&folder.path("app.yaml"));
    assert!(!found.is_empty());
    let range = found.iter().find(|d| d["code"] == "J0305").unwrap_or_else(|| panic!("{found:#?}"));
    assert_eq!(range["range"]["start"], json!({ "line": 10, "character": 18 }));
    assert!(range["codeDescription"]["href"].as_str().is_some_and(|h| h.ends_with("J0305.md")));
    client.end();
}

fn diagnoses_definitions() {
    let folder = project("definitions");
    let mut client = Client::start(&folder.0);
    let path = folder.path("definitions/service.jibe");
    client.open(&path, SERVICE);
    assert_eq!(client.diagnostics(&path), Vec::<Value>::new());
    client.replace(&path, &SERVICE.replace("parameters.image }", "parameters.imagee }"));
    assert_eq!(codes(&client.diagnostics(&path)), ["J0301"]);
    // Two of a name: the second label is information beside it.
    let twice = folder.path("definitions/twice.jibe");
    client.open(&twice, SERVICE);
    let found = client.wait_for(&twice, |d| codes(d).contains(&"J0205".to_owned()));
    let related = found.iter().find(|d| d["code"] == "J0205").and_then(|d| d["relatedInformation"].as_array()).expect("the first one");
    assert!(related[0]["location"]["uri"].as_str().is_some_and(|u| u.ends_with("definitions/service.jibe")), "{related:#?}");
    client.close(&twice);
    // Broken text, too: the rest of the file is still looked at.
    client.replace(&path, &SERVICE.replace("let selector = {", "let selector = {{{"));
    assert!(!client.diagnostics(&path).is_empty());
    client.end();
}

fn follows_edits() {
    let folder = project("edits");
    let mut client = Client::start(&folder.0);
    let path = folder.path("definitions/service.jibe");
    client.open(&path, SERVICE);
    client.diagnostics(&path);
    // A parameter is renamed by typing: the application that uses it is told, though nobody opened it.
    let line = SERVICE.lines().position(|l| l.contains("image: Image")).expect("there");
    client.change(&path, json!([{ "range": { "start": { "line": line, "character": 4 }, "end": { "line": line, "character": 9 } }, "text": "picture" }]));
    client.wait_for(&folder.path("app.yaml"), |d| codes(d) == ["J0301"] || codes(d) == ["J0302"] || codes(d).len() > 1);
    client.change(&path, json!([{ "range": { "start": { "line": line, "character": 4 }, "end": { "line": line, "character": 11 } }, "text": "image" }]));
    client.wait_for(&folder.path("app.yaml"), |d| d.is_empty());
    // What is on disk counts again when the text is closed.
    client.replace(&path, "");
    client.wait_for(&folder.path("app.yaml"), |d| !d.is_empty());
    client.close(&path);
    client.wait_for(&folder.path("app.yaml"), |d| d.is_empty());
    client.end();
}

fn cancels() {
    let folder = project("cancels");
    let mut client = Client::start(&folder.0);
    let ids: Vec<i64> = (0..20).map(|_| client.ask("jibe/preview", json!({ "textDocument": { "uri": uri(&folder.path("app.yaml")) } }))).collect();
    for id in &ids {
        client.notify("$/cancelRequest", json!({ "id": id }));
    }
    // Each is answered once: with a result, or with the word that it was cancelled.
    for id in ids {
        let answer = client.answer(id);
        assert!(answer.get("error").is_none_or(|e| e["code"] == -32800), "{answer}");
    }
    client.end();
}

fn survives_nonsense() {
    let folder = project("nonsense");
    let mut client = Client::start(&folder.0);
    assert_eq!(client.request("no/such", json!([1]))["error"]["code"], -32601);
    client.notify("textDocument/didChange", json!({ "textDocument": { "uri": "file:///nowhere", "version": 1 }, "contentChanges": [] }));
    client.notify("textDocument/didOpen", json!({ "nothing": true }));
    let path = folder.path("new.jibe");
    client.open(&path, "component x: Deployment {");
    client.change(&path, json!([{ "range": { "start": { "line": 99, "character": 99 }, "end": { "line": 0, "character": 400 } }, "text": "\u{1F600}" }]));
    client.change(&path, json!([{ "range": { "start": { "line": 0, "character": 27 }, "end": { "line": 0, "character": 28 } }, "text": "é" }]));
    client.diagnostics(&path);
    client.calm(Duration::from_millis(10));
    client.end();
}
