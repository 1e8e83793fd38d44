//! The thread that listens: it keeps the texts in step and hands everything on.

use std::path::PathBuf;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use gen_lsp_types as lsp;
use lsp_server::{Connection, ErrorCode, Message, Notification, Request, RequestId, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::analyst::{Analyst, Job, Shared};
use super::buffers::{Buffer, Buffers};
use super::capabilities::{self, Client};
use super::{sweeper, uri};
use crate::driver::Options;
use crate::ide::DiskChange;

/// The stack of the thread that answers; recursion is bounded everywhere, this is the room for the bound.
const STACK_BYTES: usize = 64 << 20;

/// Serves one editor on standard input and output until it says `exit` or goes away. `true`: it had said `shutdown` before, as it should.
///
/// # Errors
/// A message that is no message, or an editor that went away in the middle of one.
pub fn serve(options: Options) -> Result<bool, String> {
    let (connection, threads) = Connection::stdio();
    let (id, params) = connection.initialize_start().map_err(|e| e.to_string())?;
    let client = Client::read(&params);
    connection.initialize_finish(id, capabilities::answer(&client)).map_err(|e| e.to_string())?;
    let clean = talk(&connection, options, client, &params);
    drop(connection);
    threads.join().map_err(|e| e.to_string())?;
    Ok(clean)
}

fn talk(connection: &Connection, options: Options, client: Client, params: &Value) -> bool {
    let (out, outgoing) = channel::<Message>();
    let (jobs, work) = channel::<Job>();
    let (orders, ordered) = channel();
    let shared = Shared::default();
    let folders = folders(params);
    let analyst = Analyst::new(folders.clone(), options, client, shared.clone(), out.clone(), orders);
    thread::scope(|scope| {
        // Sending waits for the editor, so it has a thread of its own.
        let sending = connection.sender.clone();
        scope.spawn(move || outgoing.into_iter().try_for_each(|m| sending.send(m)));
        let (generation, back) = (shared.generation.clone(), jobs.clone());
        let sweeping = thread::Builder::new().name("sweeper".into()).stack_size(STACK_BYTES);
        let analysing = thread::Builder::new().name("analyst".into()).stack_size(STACK_BYTES);
        let started = sweeping.spawn_scoped(scope, move || sweeper::run(&ordered, &back, &generation)).is_ok() && analysing.spawn_scoped(scope, move || analyst.run(&work)).is_ok();
        if client.watches {
            let _ = out.send(Message::Request(Request { id: RequestId::from("watch".to_owned()), method: "client/registerCapability".into(), params: capabilities::watch() }));
        }
        let here = folders.first().cloned().unwrap_or_else(|| std::env::current_dir().unwrap_or_default());
        let mut listener = Listener { client, here, buffers: Buffers::default(), jobs, out, shared, ended: false };
        for message in &connection.receiver {
            if !started || listener.take(message) {
                break;
            }
        }
        // A check that is under way is not wanted any more; the threads end when their channels do.
        listener.change(Job::End);
        listener.ended
    })
}

/// The workspace folders that the editor names.
fn folders(params: &Value) -> Vec<PathBuf> {
    let named = params.get("workspaceFolders").and_then(Value::as_array);
    let mut found: Vec<PathBuf> = named.into_iter().flatten().filter_map(|f| f.get("uri")?.as_str()).map(uri::to_path).collect();
    if found.is_empty() {
        found.extend(params.get("rootUri").and_then(Value::as_str).map(uri::to_path));
    }
    if found.is_empty() {
        found.extend(params.get("rootPath").and_then(Value::as_str).map(PathBuf::from));
    }
    found.retain(|p| p.is_absolute());
    found
}

struct Listener {
    client: Client,
    here: PathBuf,
    buffers: Buffers,
    jobs: Sender<Job>,
    out: Sender<Message>,
    shared: Shared,
    /// `shutdown` was said.
    ended: bool,
}

impl Listener {
    /// Takes a message; `true`: it was the last one.
    fn take(&mut self, message: Message) -> bool {
        match message {
            Message::Request(request) => self.request(request),
            Message::Notification(n) if n.method == "exit" => return true,
            Message::Notification(n) => self.notification(n),
            Message::Response(_) => {}
        }
        false
    }

    fn request(&mut self, request: Request) {
        if request.method == "shutdown" {
            self.ended = true;
            let _ = self.out.send(Message::Response(Response::new_ok(request.id, Value::Null)));
        } else if self.ended {
            let refusal = Response::new_err(request.id, ErrorCode::InvalidRequest as i32, "the server has been shut down".to_owned());
            let _ = self.out.send(Message::Response(refusal));
        } else {
            let _ = self.jobs.send(Job::Request(request));
        }
    }

    fn notification(&mut self, n: Notification) {
        match n.method.as_str() {
            "textDocument/didOpen" => {
                let Some(params) = read::<lsp::DidOpenTextDocumentParams>(n.params) else { return };
                let uri = params.text_document.uri.0.clone();
                let job = set(self.buffers.open(params.text_document, &self.here), uri, true);
                self.change(job);
            }
            "textDocument/didChange" => {
                let Some(params) = read::<lsp::DidChangeTextDocumentParams>(n.params) else { return };
                let uri = params.text_document.text_document_identifier.uri.0.clone();
                if let Some(buffer) = self.buffers.change(params, self.client.encoding) {
                    let job = set(buffer, uri, false);
                    self.change(job);
                }
            }
            "textDocument/didClose" => {
                let uri = n.params.pointer("/textDocument/uri").and_then(Value::as_str).unwrap_or("");
                if let Some(buffer) = self.buffers.close(uri) {
                    self.change(Job::Close { path: buffer.path });
                }
            }
            "textDocument/didSave" => {
                // A client that watches nothing tells at least what it saves.
                let uri = n.params.pointer("/textDocument/uri").and_then(Value::as_str).unwrap_or("");
                let path = uri::to_path(uri);
                if !self.client.watches || crate::ide::is_settings(&path) {
                    self.change(Job::Disk(vec![(path, DiskChange::Changed)]));
                }
            }
            "workspace/didChangeWatchedFiles" => {
                let Some(params) = read::<lsp::DidChangeWatchedFilesParams>(n.params) else { return };
                let changes = params.changes.iter().map(|c| (uri::to_path(&c.uri.0), disk_change(c))).collect();
                self.change(Job::Disk(changes));
            }
            "workspace/didChangeWorkspaceFolders" => {
                let of = |key: &str| -> Vec<PathBuf> {
                    let all = n.params.pointer(&format!("/event/{key}")).and_then(Value::as_array);
                    all.into_iter().flatten().filter_map(|f| f.get("uri")?.as_str()).map(uri::to_path).collect()
                };
                self.change(Job::Folders(of("added"), of("removed")));
            }
            "$/cancelRequest" => {
                let id = n.params.get("id").cloned().and_then(|id| serde_json::from_value::<RequestId>(id).ok());
                let mut cancelled = self.shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner);
                // Most come too late: nobody takes them out again.
                if cancelled.len() > 1000 {
                    cancelled.clear();
                }
                cancelled.extend(id);
            }
            _ => {}
        }
    }

    /// Hands on a change: what is being checked is no longer of interest.
    fn change(&mut self, job: Job) {
        self.shared.generation.fetch_add(1, Ordering::AcqRel);
        let _ = self.jobs.send(job);
    }
}

fn set(buffer: &Buffer, uri: String, opened: bool) -> Job {
    Job::Set { path: buffer.path.clone(), uri, version: buffer.version, text: buffer.shared(), opened }
}

fn disk_change(event: &lsp::FileEvent) -> DiskChange {
    match event.kind {
        lsp::FileChangeType::Created => DiskChange::Created,
        lsp::FileChangeType::Deleted => DiskChange::Deleted,
        _ => DiskChange::Changed,
    }
}

/// Parameters of a notification; what cannot be read is passed over, since nobody waits for an answer.
fn read<T: DeserializeOwned>(params: Value) -> Option<T> {
    serde_json::from_value(params).ok()
}
