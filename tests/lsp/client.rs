//! A client of the language server that drives the real program over its standard input and output.
#![allow(dead_code)]

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// How long an answer may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// A running server, initialised.
pub struct Client {
    child: Child,
    input: Option<ChildStdin>,
    messages: Receiver<Value>,
    next: i64,
    versions: HashMap<String, i64>,
    /// The newest diagnostics of each URI, and the version they are for.
    pub diagnostics: HashMap<String, (Option<i64>, Vec<Value>)>,
    /// When the newest diagnostics of each URI came.
    pub published: HashMap<String, Instant>,
    /// What the server said in answer to `initialize`.
    pub capabilities: Value,
}

impl Client {
    /// Starts a server for a folder, talking UTF-8 columns.
    pub fn start(folder: &Path) -> Self {
        Self::start_with(
            folder,
            json!({ "general": { "positionEncodings": ["utf-8", "utf-16"] }, "workspace": { "didChangeWatchedFiles": { "dynamicRegistration": true } }, "textDocument": { "completion": { "completionItem": { "snippetSupport": true } } } }),
            &[],
        )
    }

    /// Starts a server with the capabilities of a client and further arguments.
    pub fn start_with(folder: &Path, capabilities: Value, arguments: &[&str]) -> Self {
        let mut child = Command::new(std::env::var_os("JIBE").unwrap_or_else(|| env!("CARGO_BIN_EXE_jibe").into()))
            .arg("lsp")
            .args(arguments)
            .current_dir(folder)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .expect("the server starts");
        let input = child.stdin.take();
        let output = child.stdout.take().expect("piped");
        let (sender, messages) = channel();
        std::thread::spawn(move || {
            let mut reader = BufReader::new(output);
            while let Some(message) = receive(&mut reader) {
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let mut client = Self { child, input, messages, next: 0, versions: HashMap::new(), diagnostics: HashMap::new(), published: HashMap::new(), capabilities: Value::Null };
        let answer = client.request(
            "initialize",
            json!({ "processId": null, "rootUri": uri(folder), "capabilities": capabilities, "workspaceFolders": [{ "uri": uri(folder), "name": "test" }] }),
        );
        client.capabilities = answer["capabilities"].clone();
        client.notify("initialized", json!({}));
        client
    }

    pub fn write(&mut self, message: &Value) {
        let text = message.to_string();
        let input = self.input.as_mut().expect("open");
        write!(input, "Content-Length: {}\r\n\r\n{text}", text.len()).and_then(|()| input.flush()).expect("the server listens");
    }

    pub fn notify(&mut self, method: &str, params: Value) {
        self.write(&json!({ "jsonrpc": "2.0", "method": method, "params": params }));
    }

    /// Sends a request without waiting; gives its number.
    pub fn ask(&mut self, method: &str, params: Value) -> i64 {
        self.next += 1;
        let id = self.next;
        self.write(&json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params }));
        id
    }

    /// Waits for the answer to a request: its `result`, or its `error` under that key.
    pub fn answer(&mut self, id: i64) -> Value {
        let until = Instant::now() + PATIENCE;
        loop {
            let message = self.receive(until).unwrap_or_else(|| panic!("no answer to request {id}"));
            if message.get("method").is_none() && message["id"] == id {
                return if message.get("error").is_some() { json!({ "error": message["error"] }) } else { message["result"].clone() };
            }
        }
    }

    pub fn request(&mut self, method: &str, params: Value) -> Value {
        let id = self.ask(method, params);
        self.answer(id)
    }

    /// The next message; requests of the server are answered with nothing, diagnostics are noted.
    fn receive(&mut self, until: Instant) -> Option<Value> {
        let left = until.saturating_duration_since(Instant::now());
        let message = match self.messages.recv_timeout(left) {
            Ok(message) => message,
            Err(RecvTimeoutError::Timeout) => return None,
            Err(RecvTimeoutError::Disconnected) => panic!("the server has gone"),
        };
        if message.get("method").is_some() && message.get("id").is_some() {
            let id = message["id"].clone();
            self.write(&json!({ "jsonrpc": "2.0", "id": id, "result": null }));
        }
        if message["method"] == "textDocument/publishDiagnostics" {
            let params = &message["params"];
            let uri = params["uri"].as_str().unwrap_or("").to_owned();
            self.published.insert(uri.clone(), Instant::now());
            self.diagnostics.insert(uri, (params["version"].as_i64(), params["diagnostics"].as_array().cloned().unwrap_or_default()));
        }
        Some(message)
    }

    /// Opens a text.
    pub fn open(&mut self, path: &Path, text: &str) {
        let language = if path.extension().is_some_and(|e| e == "jibe") { "jibe" } else { "yaml" };
        self.versions.insert(uri(path), 1);
        self.diagnostics.remove(&uri(path));
        self.notify("textDocument/didOpen", json!({ "textDocument": { "uri": uri(path), "languageId": language, "version": 1, "text": text } }));
    }

    /// Replaces a whole text.
    pub fn replace(&mut self, path: &Path, text: &str) {
        self.change(path, json!([{ "text": text }]));
    }

    /// Changes a text: `contentChanges` as the protocol has them.
    pub fn change(&mut self, path: &Path, changes: Value) {
        let version = self.versions.entry(uri(path)).or_insert(0);
        *version += 1;
        let version = *version;
        self.diagnostics.remove(&uri(path));
        self.notify("textDocument/didChange", json!({ "textDocument": { "uri": uri(path), "version": version }, "contentChanges": changes }));
    }

    pub fn close(&mut self, path: &Path) {
        self.notify("textDocument/didClose", json!({ "textDocument": { "uri": uri(path) } }));
    }

    /// Waits for the diagnostics of a text since it was opened or changed.
    pub fn diagnostics(&mut self, path: &Path) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        let wanted = self.versions.get(&uri(path)).copied();
        loop {
            if let Some((version, found)) = self.diagnostics.get(&uri(path))
                && (version.is_none() || wanted.is_none() || *version >= wanted)
            {
                return found.clone();
            }
            self.receive(until).unwrap_or_else(|| panic!("no diagnostics of {}", path.display()));
        }
    }

    /// Waits until the diagnostics of a text are such.
    pub fn wait_for(&mut self, path: &Path, mut good: impl FnMut(&[Value]) -> bool) -> Vec<Value> {
        let until = Instant::now() + PATIENCE;
        loop {
            if let Some((_, found)) = self.diagnostics.get(&uri(path))
                && good(found)
            {
                return found.clone();
            }
            if self.receive(until).is_none() {
                panic!("the diagnostics of {} stay {:#?}", path.display(), self.diagnostics.get(&uri(path)));
            }
        }
    }

    /// Reads what comes until nothing has come for a while.
    pub fn calm(&mut self, pause: Duration) {
        while self.receive(Instant::now() + pause).is_some() {}
    }

    /// Ends the talk as the protocol wants it.
    pub fn end(mut self) -> ExitStatus {
        let answer = self.request("shutdown", Value::Null);
        assert!(answer.is_null(), "{answer}");
        self.notify("exit", Value::Null);
        self.input = None;
        self.child.wait().expect("the server ends")
    }

    /// Goes away without a word.
    pub fn vanish(mut self) -> ExitStatus {
        self.input = None;
        self.child.wait().expect("the server ends")
    }
}

impl Drop for Client {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn receive(reader: &mut impl BufRead) -> Option<Value> {
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if let Some(n) = line.strip_prefix("Content-Length: ") {
            length = n.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    serde_json::from_slice(&body).ok()
}

pub fn uri(path: &Path) -> String {
    format!("file://{}", path.display())
}

/// A folder that goes when the test does.
pub struct Folder(pub PathBuf);

impl Folder {
    /// A fresh folder with files.
    pub fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path = std::env::temp_dir().join(format!("jibe-lsp-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        let folder = Self(path);
        // The search for settings ends at a repository's root.
        std::fs::create_dir_all(folder.0.join(".git")).expect("a folder");
        for (name, text) in files {
            folder.write(name, text);
        }
        folder
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("inside")).expect("a folder");
        std::fs::write(path, text).expect("written");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
