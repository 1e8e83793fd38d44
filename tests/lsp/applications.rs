//! The language server about Application YAML, and across applications and definitions.

use std::path::Path;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::client::{Client, uri};
use super::{APP, SERVICE, ask, labels, marked, places, project};
use crate::trials;

pub fn tests() -> Vec<Trial> {
    trials!("lsp::applications": shows_and_completes, finds_and_renames_across, mends_and_previews)
}

fn at(path: &Path, position: &Value) -> Value {
    json!({ "textDocument": { "uri": uri(path) }, "position": position })
}

fn shows_and_completes() {
    let folder = project("app-shows");
    let mut client = Client::start(&folder.0);
    let path = folder.path("app.yaml");
    client.open(&path, APP);
    let hover = |client: &mut Client, text: &str| ask(client, &path, text, "textDocument/hover")["contents"]["value"].as_str().unwrap_or("").to_owned();
    let text = hover(&mut client, &APP.replace("type: service", "type: ser‸vice"));
    assert!(text.contains("component service: Deployment") && text.contains("A service.") && text.contains("renders `Deployment web`"), "{text}");
    let text = hover(&mut client, &APP.replace("image: nginx", "ima‸ge: nginx"));
    assert!(text.contains("The image to run.") && text.contains("spec.template.spec.containers[0].image"), "{text}");

    let found = labels(&ask(&mut client, &path, &format!("{APP}        ‸\n"), "textDocument/completion"));
    assert_eq!(found, ["replicas"]);
    let found = labels(&ask(&mut client, &path, &APP.replace("type: service", "type: ‸"), "textDocument/completion"));
    assert_eq!(found.first().map(String::as_str), Some("service"));
    assert!(found.contains(&"webservice".to_owned()), "{found:?}");
    let found = labels(&ask(&mut client, &path, &format!("{APP}      traits:\n        - type: scaler\n          properties: {{ rep‸ }}\n"), "textDocument/completion"));
    assert_eq!(found, ["replicas"]);
    // An empty file, and one that is nothing of ours.
    let new = folder.path("new.yaml");
    client.open(&new, "");
    assert!(labels(&ask(&mut client, &new, "‸", "textDocument/completion")).contains(&"Application".to_owned()));
    let found = labels(&ask(&mut client, &new, "apiVersion: v1\nkind: Service\nspec:\n  clusterI‸\n", "textDocument/completion"));
    assert!(found.contains(&"clusterIP".to_owned()), "{found:?}");

    client.replace(&path, APP);
    let document = json!({ "textDocument": { "uri": uri(&path) } });
    let symbols = client.request("textDocument/documentSymbol", document.clone());
    assert!(symbols.to_string().contains("\"web\""), "{symbols}");
    let lenses = client.request("textDocument/codeLens", document.clone());
    assert_eq!(lenses[0]["command"]["title"], "preview 1 object", "{lenses}");
    assert!(client.request("textDocument/foldingRange", document.clone()).as_array().is_some_and(|f| f.len() >= 4));
    assert!(client.request("textDocument/semanticTokens/full", document.clone())["data"].as_array().is_some_and(|d| !d.is_empty()));
    let mut part = document;
    part["range"] = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 20, "character": 0 } });
    let inlays = client.request("textDocument/inlayHint", part);
    assert_eq!(inlays[0]["label"], " → Deployment", "{inlays}");
    client.end();
}

const OTHER: &str = "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: other\nspec:\n  components:\n    - name: api\n      type: \"service\"\n      properties: { \"image\": nginx:1.27 }\n    - name: last\n      type: service\n      properties:\n        image: nginx:1.27\n      dependsOn: [api]\n";

fn finds_and_renames_across() {
    let folder = project("app-finds");
    folder.write("other.yaml", OTHER);
    let mut client = Client::start(&folder.0);
    let (app, other, service) = (folder.path("app.yaml"), folder.path("other.yaml"), folder.path("definitions/service.jibe"));
    client.open(&app, APP);
    assert_eq!(places(&ask(&mut client, &app, &APP.replace("type: service", "type: ser‸vice"), "textDocument/definition")), ["service.jibe:4"]);
    assert_eq!(places(&ask(&mut client, &app, &APP.replace("image: nginx", "ima‸ge: nginx"), "textDocument/definition")), ["service.jibe:7"]);
    client.replace(&app, APP);
    client.open(&service, SERVICE);
    let mut found = places(&ask(&mut client, &service, &SERVICE.replace("component service", "component serv‸ice"), "textDocument/references"));
    found.sort();
    assert_eq!(found, ["app.yaml:8", "other.yaml:11", "other.yaml:8", "service.jibe:4"]);

    let mut rename = |path: &Path, text: &str, new: &str| {
        let (text, position) = marked(text);
        client.replace(path, &text);
        let mut params = at(path, &position);
        params["newName"] = json!(new);
        client.request("textDocument/rename", params)
    };
    let texts = |answer: &Value, path: &Path| answer["changes"][uri(path)].as_array().cloned().unwrap_or_default();
    let ours = |answer: &Value| [texts(answer, &app).len(), texts(answer, &other).len(), texts(answer, &service).len()];
    // A definition, from where it is declared and from where it is used.
    for (path, text) in [(&service, SERVICE.replace("component service", "component serv‸ice")), (&app, APP.replace("type: service", "type: ser‸vice"))] {
        let answer = rename(path, &text, "acme-service");
        assert_eq!(ours(&answer), [1, 2, 1], "{answer:#}");
    }
    // A parameter.
    for (path, text) in [(&service, SERVICE.replace("    image: Image", "    im‸age: Image")), (&app, APP.replace("image: nginx", "ima‸ge: nginx"))] {
        let answer = rename(path, &text, "picture");
        assert_eq!(ours(&answer), [1, 2, 2], "{answer:#}");
        assert!(texts(&answer, &other).iter().all(|e| e["newText"] == "picture"), "{answer:#}");
    }
    // A component: in its file.
    let answer = rename(&other, &OTHER.replace("dependsOn: [api]", "dependsOn: [a‸pi]"), "backend");
    assert_eq!(ours(&answer), [0, 2, 0], "{answer:#}");
    // What comes with Jibe.
    let answer = rename(&app, &format!("{APP}      traits:\n        - type: sca‸ler\n"), "mine");
    assert!(answer["error"]["message"].as_str().is_some_and(|m| m.contains("comes with Jibe")), "{answer}");

    client.replace(&app, APP);
    client.replace(&other, OTHER);
    let item = ask(&mut client, &service, &SERVICE.replace("component service", "component serv‸ice"), "textDocument/prepareCallHierarchy");
    let callers = client.request("callHierarchy/incomingCalls", json!({ "item": item[0] }));
    let mut names: Vec<&str> = callers.as_array().into_iter().flatten().filter_map(|c| c["from"]["name"].as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, ["other", "shop"], "{callers:#}");
    client.end();
}

fn mends_and_previews() {
    let folder = project("app-mends");
    let mut client = Client::start(&folder.0);
    let path = folder.path("app.yaml");
    let wrong = APP.replace("image:", "imgae:");
    client.open(&path, &wrong);
    let found = client.diagnostics(&path);
    assert_eq!(found[0]["code"], "J0301", "{found:#?}");
    let fixes = client.request("textDocument/codeAction", json!({ "textDocument": { "uri": uri(&path) }, "range": found[0]["range"], "context": { "diagnostics": found } }));
    let fix = &fixes[0];
    assert_eq!((&fix["title"], &fix["edit"]["changes"][uri(&path)][0]["newText"]), (&json!("Rename it to `image`"), &json!("image")), "{fixes:#}");
    // What is missing is written by an action.
    let bare = APP.split("      properties").next().unwrap_or("");
    client.replace(&path, bare);
    let line = json!({ "start": { "line": 6, "character": 8 }, "end": { "line": 6, "character": 8 } });
    let fixes = client.request("textDocument/codeAction", json!({ "textDocument": { "uri": uri(&path) }, "range": line, "context": { "diagnostics": [] } }));
    let titles: Vec<&str> = fixes.as_array().into_iter().flatten().filter_map(|f| f["title"].as_str()).collect();
    assert!(titles.contains(&"Add the required property `image`"), "{titles:?}");
    client.replace(&path, APP);
    let text = client.request("jibe/preview", json!({ "textDocument": { "uri": uri(&path) } }))["text"].as_str().unwrap_or("").to_owned();
    assert!(text.contains("kind: Deployment") && text.contains("name: web"), "{text}");
    client.end();
}
