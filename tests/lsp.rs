//! The language server, driven over standard input and output as an editor does.

use std::time::Duration;

use libtest_mimic::Trial;
use serde_json::{Value, json};

use crate::trials;

mod applications;
mod client;

use client::{Client, Folder, uri};

pub fn tests() -> Vec<Trial> {
    let mut all = trials!("lsp": handshake, diagnoses_applications, diagnoses_definitions, follows_edits, cancels, survives_nonsense, hovers, completes, finds_and_renames, shows_structure, mends, previews, joins_definitions_and_applications, agrees_with_a_fresh_server);
    all.extend(applications::tests());
    all
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

/// A text with a place marked by `‸` and its position.
fn marked(text: &str) -> (String, Value) {
    let at = text.find('‸').expect("a place");
    let before = &text[..at];
    let line = before.matches('\n').count();
    let character = before.len() - before.rfind('\n').map_or(0, |i| i + 1);
    (text.replace('‸', ""), json!({ "line": line, "character": character }))
}

/// Asks about the marked place of a text that replaces a file.
fn ask(client: &mut Client, path: &std::path::Path, text: &str, method: &str) -> Value {
    let (text, position) = marked(text);
    client.replace(path, &text);
    let mut params = json!({ "textDocument": { "uri": uri(path) }, "position": position });
    if method == "textDocument/references" {
        params["context"] = json!({ "includeDeclaration": true });
    }
    client.request(method, params)
}

fn labels(answer: &Value) -> Vec<String> {
    answer["items"].as_array().unwrap_or_else(|| panic!("{answer}")).iter().map(|i| i["label"].as_str().unwrap_or("").to_owned()).collect()
}

/// `file:line` of locations, lines from 1.
fn places(answer: &Value) -> Vec<String> {
    let place = |l: &Value| format!("{}:{}", l["uri"].as_str().unwrap_or("").rsplit('/').next().unwrap_or(""), l["range"]["start"]["line"].as_i64().unwrap_or(-1) + 1);
    answer.as_array().unwrap_or_else(|| panic!("{answer}")).iter().map(place).collect()
}

fn hovers() {
    let folder = project("hovers");
    let mut client = Client::start(&folder.0);
    let path = folder.path("definitions/service.jibe");
    client.open(&path, SERVICE);
    let mut hover = |from: &str, to: &str| {
        let answer = ask(&mut client, &path, &SERVICE.replacen(from, to, 1), "textDocument/hover");
        answer["contents"]["value"].as_str().unwrap_or_else(|| panic!("{to}: {answer}")).to_owned()
    };
    let text = hover("parameters.image }", "parameters.ima‸ge }");
    assert!(text.contains("image: ImageReference") && text.contains("The image to run."), "{text}");
    let text = hover("parameters.replicas", "parameters.repl‸icas");
    assert!(text.contains("replicas: Int(1..=500) = 1"), "{text}");
    let text = hover("template: {", "templ‸ate: {");
    assert!(text.contains("PodTemplateSpec") && text.contains("pods"), "{text}");
    let text = hover("containers:", "contain‸ers:");
    assert!(text.contains("List of containers belonging to the pod"), "{text}");
    let text = hover("matchLabels: selector", "matchLabels: sel‸ector");
    assert!(text.contains("selector: { app: DnsLabel1035 }"), "{text}");
    let text = hover("component service: Deployment", "component service: Deploy‸ment");
    assert!(text.contains("apps/v1"), "{text}");
    let text = hover("component service", "component serv‸ice");
    assert!(text.contains("component service: Deployment") && text.contains("A service."), "{text}");
    let text = hover("context.name, image", "con‸text.name, image");
    assert!(text.contains("context"), "{text}");
    client.end();
}

fn completes() {
    let folder = project("completes");
    let mut client = Client::start(&folder.0);
    let path = folder.path("definitions/service.jibe");
    client.open(&path, SERVICE);
    let mut complete = |from: &str, to: &str| {
        let answer = ask(&mut client, &path, &SERVICE.replacen(from, to, 1), "textDocument/completion");
        (labels(&answer), answer)
    };
    let has = |(found, answer): (Vec<String>, Value), wanted: &[&str]| {
        for w in wanted {
            assert!(found.iter().any(|f| f == w), "no `{w}` in {found:?}");
        }
        answer
    };
    let lacks = |(found, _): &(Vec<String>, Value), unwanted: &[&str]| unwanted.iter().for_each(|w| assert!(!found.iter().any(|f| f == w), "`{w}` in {found:?}"));
    let answer = complete("parameters.image }", "parameters.‸ }");
    lacks(&answer, &["spec", "if"]);
    let answer = has(answer, &["image", "replicas"]);
    let image = answer["items"].as_array().and_then(|a| a.iter().find(|i| i["label"] == "image")).expect("there");
    assert_eq!(image["documentation"]["value"], "The image to run.");
    // Fields of Kubernetes that are not there yet, with what is said of them.
    let answer = complete("replicas: parameters.replicas", "‸");
    lacks(&answer, &["template"]);
    let answer = has(answer, &["replicas", "strategy", "minReadySeconds"]);
    let strategy = answer["items"].as_array().and_then(|a| a.iter().find(|i| i["label"] == "strategy")).expect("there");
    assert!(strategy["documentation"]["value"].as_str().is_some_and(|d| d.contains("deployment strategy")), "{strategy}");
    has(complete("replicas: parameters.replicas", "strat‸"), &["strategy"]);
    has(complete("image: parameters.image }", "image: parameters.image, imagePullPolicy: ‸ }"), &["Always", "IfNotPresent", "Never"]);
    has(complete("image: parameters.image }", "image: parameters.image, imagePullPolicy: \"‸\" }"), &["Always"]);
    has(complete("matchLabels: selector", "matchLabels: ‸"), &["selector", "parameters", "context", "dnsLabel"]);
    has(complete("  let selector", "  ‸\n  let selector"), &["output", "patch", "require", "for"]);
    has(complete("/// A service.", "‸\n\n/// A service."), &["component", "trait", "fn", "test"]);
    has(complete("image: ImageReference", "image: ‸"), &["ImageReference", "Quantity", "Bool"]);
    has(complete("{ Deployment }", "{ Deployment, ‸ }"), &["StatefulSet", "DaemonSet"]);
    has(complete("import \"apps/v1\"", "import std.‸\nimport \"apps/v1\""), &["std.pods"]);
    has(complete("import \"apps/v1\"", "import std.pods { ‸ }\nimport \"apps/v1\""), &["PodTemplate"]);
    has(complete("  output {", "  from ‸ {\n"), &["webservice"]);
    // A kind that is not imported comes with its import.
    let answer = has(complete("component service: Deployment", "component service: State‸"), &["StatefulSet"]);
    let item = answer["items"].as_array().and_then(|a| a.iter().find(|i| i["label"] == "StatefulSet")).expect("there");
    assert_eq!(item["additionalTextEdits"][0]["newText"], ", StatefulSet");
    client.end();
}

const PARTS: &str = "import \"apps/v1\" { Deployment }\n\ntype Port = { port: PortNumber, name?: PortName }\n\nfn portName(p: Port) -> PortName = p.name ?? \"port-${p.port}\"\n\n/// Sets the replicas.\ntrait size for Deployment {\n  parameters { count: Int(0..) }\n  patch { spec: { replicas := parameters.count } }\n}\n";

const USER: &str = "import acme.parts { Port, portName }\n\nlet first: Port = { port: 80 }\n\nlet second = portName(first)\n\ntest \"it\" {\n  let app = application shop { component web: service { image: \"nginx:1.27\", trait size { count: 2 } } }\n  expect app.web.output.spec.replicas == 2\n}\n";

fn finds_and_renames() {
    let folder = project("finds");
    folder.write("definitions/parts.jibe", PARTS);
    folder.write("definitions/user.jibe", USER);
    let mut client = Client::start(&folder.0);
    let (parts, user, service) = (folder.path("definitions/parts.jibe"), folder.path("definitions/user.jibe"), folder.path("definitions/service.jibe"));
    for (path, text) in [(&parts, PARTS), (&user, USER), (&service, SERVICE)] {
        client.open(path, text);
    }
    assert_eq!(places(&ask(&mut client, &user, &USER.replace("portName(first)", "port‸Name(first)"), "textDocument/definition")), ["parts.jibe:5"]);
    assert_eq!(places(&ask(&mut client, &user, &USER.replace("acme.parts", "acme.pa‸rts"), "textDocument/definition")), ["parts.jibe:1"]);
    assert_eq!(places(&ask(&mut client, &user, &USER.replace("trait size", "trait si‸ze"), "textDocument/definition")), ["parts.jibe:8"]);
    assert_eq!(places(&ask(&mut client, &service, &SERVICE.replace("parameters.image }", "parameters.im‸age }"), "textDocument/definition")), ["service.jibe:7"]);
    // Into the standard library: a file that can be read.
    let std = ask(&mut client, &user, &format!("import std.pods {{ PodTem‸plate }}\n{USER}"), "textDocument/definition");
    let file = std[0]["uri"].as_str().and_then(|u| u.strip_prefix("file://")).expect("a file");
    assert!(std::fs::read_to_string(file).expect("written").contains("PodTemplate"));
    let inside = client.request("textDocument/hover", json!({ "textDocument": { "uri": std[0]["uri"] }, "position": std[0]["range"]["start"] }));
    assert!(inside["contents"]["value"].as_str().is_some_and(|t| t.contains("view PodTemplate")), "{inside}");
    client.replace(&user, USER);
    assert_eq!(places(&ask(&mut client, &parts, &PARTS.replace("fn portName", "fn port‸Name"), "textDocument/references")), ["parts.jibe:5", "user.jibe:1", "user.jibe:5"]);
    assert_eq!(places(&ask(&mut client, &parts, &PARTS.replace("{ port: Port", "{ po‸rt: Port"), "textDocument/references")), ["parts.jibe:3", "parts.jibe:5", "user.jibe:3"]);
    assert_eq!(
        places(&ask(&mut client, &service, &SERVICE.replace("let selector", "let sel‸ector"), "textDocument/references")),
        ["service.jibe:10", "service.jibe:14", "service.jibe:16"]
    );
    let highlights = ask(&mut client, &service, &SERVICE.replace("let selector", "let sel‸ector"), "textDocument/documentHighlight");
    assert_eq!(highlights.as_array().map(Vec::len), Some(3));

    let mut rename = |path: &std::path::Path, text: &str, new: &str| {
        let (text, position) = marked(text);
        client.replace(path, &text);
        let at = json!({ "textDocument": { "uri": uri(path) }, "position": position });
        let prepared = client.request("textDocument/prepareRename", at.clone());
        let mut at = at;
        at["newName"] = json!(new);
        (prepared, client.request("textDocument/rename", at))
    };
    let edits = |answer: &Value, path: &std::path::Path| answer["changes"][uri(path)].as_array().map_or(0, Vec::len);
    let (prepared, answer) = rename(&parts, &PARTS.replace("fn portName", "fn port‸Name"), "nameOfPort");
    assert_eq!(prepared["placeholder"], "portName");
    assert_eq!((edits(&answer, &parts), edits(&answer, &user)), (1, 2), "{answer:#}");
    let (_, answer) = rename(&parts, &PARTS.replace("trait size", "trait si‸ze"), "scale");
    assert_eq!((edits(&answer, &parts), edits(&answer, &user)), (1, 1), "{answer:#}");
    let (_, answer) = rename(&parts, &PARTS.replace("count: Int", "co‸unt: Int"), "replicas");
    assert_eq!(edits(&answer, &parts), 2, "{answer:#}");
    // What cannot be.
    let (_, answer) = rename(&parts, &PARTS.replace("trait size", "trait si‸ze"), "Size!");
    assert!(answer["error"]["message"].as_str().is_some_and(|m| m.contains("cannot be the name")), "{answer}");
    let (prepared, _) = rename(&parts, &PARTS.replace("for Deployment {", "for Deploy‸ment {"), "X");
    assert!(prepared["error"]["message"].is_string(), "{prepared}");

    // Who uses it, and what it uses.
    let item = ask(&mut client, &parts, &PARTS.replace("fn portName", "fn port‸Name"), "textDocument/prepareCallHierarchy");
    assert_eq!(item[0]["name"], "portName");
    let callers = client.request("callHierarchy/incomingCalls", json!({ "item": item[0] }));
    assert_eq!(callers[0]["from"]["name"], "second", "{callers:#}");
    let called = client.request("callHierarchy/outgoingCalls", json!({ "item": item[0] }));
    assert_eq!(called[0]["to"]["name"], "Port", "{called:#}");
    let help = ask(&mut client, &user, &USER.replace("portName(first)", "portName(‸first)"), "textDocument/signatureHelp");
    assert_eq!(help["signatures"][0]["label"], "fn portName(p: Port) -> PortName");
    assert_eq!(help["signatures"][0]["parameters"][0]["label"], json!([12, 19]));
    let symbols = client.request("workspace/symbol", json!({ "query": "prtnm" }));
    assert_eq!(symbols[0]["name"], "portName", "{symbols:#}");
    client.end();
}

fn shows_structure() {
    let folder = project("structure");
    let mut client = Client::start_with(
        &folder.0,
        json!({ "textDocument": { "documentSymbol": { "hierarchicalDocumentSymbolSupport": true } }, "general": { "positionEncodings": ["utf-8"] } }),
        &[],
    );
    let path = folder.path("definitions/service.jibe");
    client.open(&path, SERVICE);
    let document = json!({ "textDocument": { "uri": uri(&path) } });
    let symbols = client.request("textDocument/documentSymbol", document.clone());
    assert_eq!(symbols[0]["name"], "service");
    assert_eq!(symbols[0]["children"].as_array().map(|c| c.iter().map(|s| s["name"].clone()).collect::<Vec<_>>()), Some(vec![json!("image"), json!("replicas"), json!("output")]));
    let tokens = client.request("textDocument/semanticTokens/full", document.clone());
    assert!(tokens["data"].as_array().is_some_and(|d| d.len() > 100 && d.len() % 5 == 0));
    let mut ranged = document.clone();
    ranged["range"] = json!({ "start": { "line": 9, "character": 0 }, "end": { "line": 10, "character": 0 } });
    let part = client.request("textDocument/semanticTokens/range", ranged.clone());
    assert!(part["data"].as_array().is_some_and(|d| d.len() >= 15 && d.len() < tokens["data"].as_array().map_or(0, Vec::len)));
    let hints = client.request("textDocument/inlayHint", ranged);
    assert_eq!(hints[0]["label"], ": { app: DnsLabel1035 }");
    let foldings = client.request("textDocument/foldingRange", document.clone());
    assert!(foldings.as_array().is_some_and(|f| f.iter().any(|r| r["startLine"] == 3 && r["endLine"] == 19)), "{foldings:#}");
    let selections = client.request("textDocument/selectionRange", json!({ "textDocument": { "uri": uri(&path) }, "positions": [{ "line": 12, "character": 20 }] }));
    assert!(selections[0]["parent"]["parent"].is_object(), "{selections}");
    let mut format = document.clone();
    format["options"] = json!({ "tabSize": 2, "insertSpaces": true });
    assert_eq!(client.request("textDocument/formatting", format.clone()), json!([]));
    client.replace(&path, &SERVICE.replace("  let selector = { app", "      let   selector = {app"));
    let edits = client.request("textDocument/formatting", format);
    assert_eq!(edits.as_array().map(Vec::len), Some(1), "{edits:#}");
    assert_eq!(edits[0]["newText"], "  let selector = { app: context.name }\n");
    client.end();
}

fn mends() {
    let folder = project("mends");
    let mut client = Client::start(&folder.0);
    let path = folder.path("definitions/service.jibe");
    client.open(&path, &SERVICE.replace("parameters.image }", "parameters.imag }").replace("parameters.replicas", "parameters.replicsa"));
    let found = client.diagnostics(&path);
    let fix = client.request("textDocument/codeAction", json!({ "textDocument": { "uri": uri(&path) }, "range": found[1]["range"], "context": { "diagnostics": [] } }));
    let fix = &fix.as_array().expect("actions")[0];
    assert_eq!((&fix["title"], &fix["isPreferred"]), (&json!("Write `image`"), &json!(true)), "{fix:#}");
    assert_eq!(fix["edit"]["changes"][uri(&path)][0]["newText"], "image");
    let whole = json!({ "start": { "line": 0, "character": 0 }, "end": { "line": 0, "character": 0 } });
    let all =
        client.request("textDocument/codeAction", json!({ "textDocument": { "uri": uri(&path) }, "range": whole, "context": { "diagnostics": [], "only": ["source.fixAll"] } }));
    assert_eq!(all[0]["edit"]["changes"][uri(&path)].as_array().map(Vec::len), Some(2), "{all:#}");
    client.end();
}

fn previews() {
    let folder = project("previews");
    let mut client = Client::start(&folder.0);
    let document = json!({ "textDocument": { "uri": uri(&folder.path("app.yaml")) } });
    let text = client.request("jibe/preview", document.clone())["text"].as_str().unwrap_or("").to_owned();
    assert!(text.contains("kind: Deployment") && text.contains("image: nginx:1.27"), "{text}");
    client.open(&folder.path("app.yaml"), &APP.replace("image:", "imago:"));
    let text = client.request("jibe/preview", document)["text"].as_str().unwrap_or("").to_owned();
    assert!(text.starts_with("# line 10: "), "{text}");
    client.end();
}

fn joins_definitions_and_applications() {
    let folder = project("joins");
    let mut client = Client::start(&folder.0);
    let (app, service) = (folder.path("app.yaml"), folder.path("definitions/service.jibe"));
    client.open(&app, APP);
    client.open(&service, SERVICE);
    // From the application to the definition, and what is said of it.
    assert_eq!(places(&ask(&mut client, &app, &APP.replace("type: service", "type: ser‸vice"), "textDocument/definition")), ["service.jibe:4"]);
    assert_eq!(places(&ask(&mut client, &app, &APP.replace("image:", "ima‸ge:"), "textDocument/definition")), ["service.jibe:7"]);
    let hover = ask(&mut client, &app, &APP.replace("image:", "ima‸ge:"), "textDocument/hover");
    assert!(hover["contents"]["value"].as_str().is_some_and(|t| t.contains("The image to run.")), "{hover}");
    let found = labels(&ask(&mut client, &app, &format!("{APP}        ‸"), "textDocument/completion"));
    assert!(found.contains(&"replicas".to_owned()), "{found:?}");
    client.replace(&app, APP);
    // References and rename in both directions.
    let found = places(&ask(&mut client, &service, &SERVICE.replace("    image: Image", "    ima‸ge: Image"), "textDocument/references"));
    assert_eq!(found, ["app.yaml:10", "service.jibe:7", "service.jibe:17"]);
    let mut rename = |path: &std::path::Path, text: &str, new: &str| {
        let (text, position) = marked(text);
        client.replace(path, &text);
        client.request("textDocument/rename", json!({ "textDocument": { "uri": uri(path) }, "position": position, "newName": new }))
    };
    let edits = |answer: &Value| [&app, &service].map(|p| answer["changes"][uri(p)].as_array().map_or(0, Vec::len));
    assert_eq!(edits(&rename(&service, &SERVICE.replace("    image: Image", "    ima‸ge: Image"), "picture")), [1, 2]);
    assert_eq!(edits(&rename(&service, &SERVICE.replace("component service", "component ser‸vice"), "server")), [1, 1]);
    assert_eq!(edits(&rename(&app, &APP.replace("type: service", "type: ser‸vice"), "server")), [1, 1]);
    assert_eq!(edits(&rename(&app, &APP.replace("image:", "ima‸ge:"), "picture")), [1, 2]);
    client.replace(&app, APP);
    client.replace(&service, SERVICE);
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri(&app) } }));
    assert_eq!(lenses[0]["command"]["command"], "jibe.preview", "{lenses:#}");
    let lenses = client.request("textDocument/codeLens", json!({ "textDocument": { "uri": uri(&service) } }));
    assert_eq!(lenses[0]["command"]["title"], "1 use", "{lenses:#}");
    client.end();
}

/// Random edits, seeded: afterwards the server says what a fresh one says of the same texts.
fn agrees_with_a_fresh_server() {
    let rounds = std::env::var("JIBE_EDITS").ok().and_then(|n| n.parse().ok()).unwrap_or(40);
    let folder = project("agrees");
    folder.write("definitions/parts.jibe", PARTS);
    folder.write("definitions/user.jibe", USER);
    let names = ["app.yaml", "definitions/service.jibe", "definitions/parts.jibe", "definitions/user.jibe"];
    let mut texts: Vec<String> = [APP, SERVICE, PARTS, USER].map(str::to_owned).to_vec();
    let snippets = [
        "{",
        "}",
        "\"",
        "\n",
        " ",
        ":",
        "image",
        "parameters.",
        "trait x for Deployment {",
        "\u{1F600}",
        "é",
        "[",
        "]",
        "- name: a",
        "${",
        "//",
        "component service: Deployment {}",
        "import ",
        "\t",
        "type: size",
    ];
    let mut client = Client::start(&folder.0);
    for (name, text) in names.iter().zip(&texts) {
        client.open(&folder.path(name), text);
    }
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % below.max(1) as u64) as usize
    };
    for round in 1..=rounds {
        let which = random(names.len());
        let text = &mut texts[which];
        let boundary = |t: &str, mut at: usize| {
            while !t.is_char_boundary(at) {
                at -= 1;
            }
            at
        };
        let start = boundary(text, random(text.len() + 1));
        let end = boundary(text, (start + [0, 0, 1, 7, 40][random(5)]).min(text.len()));
        let new = snippets[random(snippets.len())];
        let position = |t: &str, at: usize| json!({ "line": t[..at].matches('\n').count(), "character": at - t[..at].rfind('\n').map_or(0, |i| i + 1) });
        let change = json!([{ "range": { "start": position(text, start), "end": position(text, end) }, "text": new }]);
        text.replace_range(start..end, new);
        let path = folder.path(names[which]);
        client.change(&path, change);
        // Questions in between leave no trace.
        let at = json!({ "textDocument": { "uri": uri(&path) }, "position": position(text, start) });
        for method in ["textDocument/hover", "textDocument/completion", "textDocument/definition", "textDocument/signatureHelp"] {
            let answer = client.request(method, at.clone());
            assert!(answer.get("error").is_none(), "{method} after round {round}: {answer}");
        }
        let answer = client.request("textDocument/semanticTokens/full", json!({ "textDocument": { "uri": uri(&path) } }));
        assert!(answer.get("error").is_none(), "tokens after round {round}: {answer}");
        if round % 20 == 0 {
            client.calm(Duration::from_millis(600));
            let mut fresh = Client::start(&folder.0);
            for (name, text) in names.iter().zip(&texts) {
                fresh.open(&folder.path(name), text);
            }
            fresh.calm(Duration::from_millis(1000));
            for (name, text) in names.iter().zip(&texts) {
                let of = |c: &Client| c.diagnostics.get(&uri(&folder.path(name))).map(|(_, d)| d.clone()).unwrap_or_default();
                let (old, new) = (of(&client), of(&fresh));
                assert!(old == new, "round {round}, {name}:\n{text}\n--- kept: {old:#?}\n--- fresh: {new:#?}");
            }
        }
    }
    client.end();
}
