//! The language server, timed: a workspace of 1,000 files (800 applications, 200 modules), edits replayed key by key against the real server.
//! `cargo bench --bench lsp` prints, for each kind of file, the time from a keystroke to the diagnostics of that text, to a completion and to a hover: median, 99th percentile, worst.

use std::time::{Duration, Instant};

use serde_json::json;

#[path = "../tests/lsp/client.rs"]
mod client;

use client::{Client, Folder, uri};

const APPLICATIONS: usize = 800;
const MODULES: usize = 200;
const KEYS: usize = 400;

fn module(i: usize) -> String {
    let before = if i.is_multiple_of(10) { String::new() } else { format!("import acme.m{:03} {{ Port{} }}\n", i / 10 * 10, i / 10 * 10) };
    let port = i / 10 * 10;
    let own = if i.is_multiple_of(10) { format!("/// A port.\ntype Port{port} = {{ port: PortNumber, name?: PortName }}\n\n") } else { String::new() };
    format!(
        "//! Module {i}.\n\nimport \"apps/v1\" {{ Deployment }}\n{before}\n{own}/// Service {i}.\ncomponent service-{i}: Deployment {{\n  parameters {{\n    /// The image to run.\n    image: ImageReference\n    replicas: Int(1..=500) = 1\n    ports: [Port{port}] = []\n  }}\n  let selector = {{ app: context.name }}\n  output {{\n    spec: {{\n      replicas: parameters.replicas\n      selector: {{ matchLabels: selector }}\n      template: {{\n        metadata: {{ labels: selector }}\n        spec: {{ containers: [{{ name: context.name, image: parameters.image, ports?: [for p in parameters.ports => {{ containerPort: p.port }}] }}] }}\n      }}\n    }}\n  }}\n}}\n"
    )
}

fn application(i: usize) -> String {
    format!(
        "apiVersion: core.oam.dev/v1beta1\nkind: Application\nmetadata:\n  name: shop-{i}\nspec:\n  components:\n    - name: web\n      type: service-{}\n      properties:\n        image: nginx:1.27\n        replicas: 2\n    - name: api\n      type: webservice\n      properties:\n        image: api:1.0\n        cpu: 250m\n        ports:\n          - port: 80\n      traits:\n        - type: scaler\n          properties:\n            replicas: 3\n",
        i % MODULES
    )
}

fn main() {
    let folder = Folder::new("bench", &[("jibe.toml", "name = \"acme\"\ndefinitions = [\"definitions\"]\n")]);
    (0..MODULES).for_each(|i| folder.write(&format!("definitions/m{i:03}.jibe"), &module(i)));
    (0..APPLICATIONS).for_each(|i| folder.write(&format!("apps/app-{i:03}.yaml"), &application(i)));
    let began = Instant::now();
    let mut client = Client::start(&folder.0);
    let path = folder.path("apps/app-000.yaml");
    client.open(&path, &application(0));
    client.diagnostics(&path);
    println!("first diagnostics after start: {:.0} ms", began.elapsed().as_secs_f64() * 1000.0);
    client.calm(Duration::from_millis(1500));
    println!("{:<34} {:>9} {:>9} {:>9}", "what", "p50 ms", "p99 ms", "worst ms");
    replay(&mut client, "application", &path, &application(0), "        replicas: 2\n", "        replicas: 12\n");
    let path = folder.path("definitions/m001.jibe");
    client.open(&path, &module(1));
    client.diagnostics(&path);
    replay(&mut client, "definition", &path, &module(1), "replicas: parameters.replicas\n", "replicas: parameters.replicas\n      minReadySeconds: parameters.replicas\n");
    // A module that others import.
    let path = folder.path("definitions/m000.jibe");
    client.open(&path, &module(0));
    client.diagnostics(&path);
    replay(&mut client, "definition used by others", &path, &module(0), "name?: PortName", "name?: PortName, host?: Hostname");
    client.end();
}

/// Types the new text key by key, over and over, with a completion and a hover after each key.
fn replay(client: &mut Client, what: &str, path: &std::path::Path, text: &str, from: &str, to: &str) {
    let at = text.find(from).expect("there");
    let (head, tail) = (&text[..at], &text[at + from.len()..]);
    let (line, start) = (head.matches('\n').count(), head.len() - head.rfind('\n').map_or(0, |i| i + 1));
    let mut times: [Vec<Duration>; 3] = Default::default();
    let mut keys = 0;
    while keys < KEYS {
        client.replace(path, &format!("{head}{tail}"));
        client.diagnostics(path);
        let (mut l, mut c) = (line, start);
        for key in to.chars() {
            let position = json!({ "line": l, "character": c });
            let began = Instant::now();
            client.change(path, json!([{ "range": { "start": position, "end": position }, "text": key.to_string() }]));
            client.diagnostics(path);
            times[0].push(began.elapsed());
            if key == '\n' {
                (l, c) = (l + 1, 0);
            } else {
                c += key.len_utf8();
            }
            let params = json!({ "textDocument": { "uri": uri(path) }, "position": { "line": l, "character": c } });
            // What an editor does: the change and the question one after the other.
            for (i, method) in [(1, "textDocument/completion"), (2, "textDocument/hover")] {
                let began = Instant::now();
                client.request(method, params.clone());
                times[i].push(began.elapsed());
            }
            keys += 1;
        }
    }
    for (name, times) in ["diagnostics", "completion", "hover"].iter().zip(&mut times) {
        times.sort();
        let ms = |d: Duration| d.as_secs_f64() * 1000.0;
        let at = |q: f64| ms(times[((times.len() - 1) as f64 * q) as usize]);
        println!("{:<34} {:>9.2} {:>9.2} {:>9.2}", format!("{what}: {name}"), at(0.5), at(0.99), at(1.0));
    }
}
