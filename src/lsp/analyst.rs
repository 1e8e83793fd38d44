//! The thread that knows: it takes changes and questions in their order and answers from the workspace.

use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};

use lsp_server::{ErrorCode, Message, Notification, Request, RequestId, Response};
use serde_json::Value;

use super::capabilities::Client;
use super::context::{Context, Editor};
use super::sweeper::Order;
use super::{diagnostics, dispatch};
use crate::base::FileId;
use crate::driver::Options;
use crate::ide::{DiskChange, Found, Workspace};

/// Something to do, in the order in which it came.
pub enum Job {
    /// A text was opened or has changed.
    Set {
        path: PathBuf,
        uri: String,
        version: i32,
        text: Arc<str>,
        opened: bool,
    },
    /// A text was closed.
    Close {
        path: PathBuf,
    },
    /// Files have changed on disk.
    Disk(Vec<(PathBuf, DiskChange)>),
    /// Workspace folders were added and removed.
    Folders(Vec<PathBuf>, Vec<PathBuf>),
    Request(Request),
    /// There is nothing more to do.
    End,
    /// The pause after the state of this number is over.
    Sweep(u64),
    /// Results of the check of the state of this number.
    Swept(u64, Vec<Found>),
    /// The check of the newest state is complete.
    SweepDone,
}

/// What the threads share.
#[derive(Clone, Default)]
pub struct Shared {
    /// The number of the newest state: it grows with every change.
    pub generation: Arc<AtomicU64>,
    /// Requests that nobody wants answered any more.
    pub cancelled: Arc<Mutex<HashSet<RequestId>>>,
}

/// The thread's state.
pub struct Analyst {
    pub workspace: Workspace,
    pub editor: Editor,
    pub shared: Shared,
    pub out: Sender<Message>,
    pub sweeper: Sender<Order>,
    /// What was last told of each file, as a fingerprint.
    told: HashMap<FileId, u64>,
    /// Something has changed since the last sweep was ordered.
    restless: bool,
    next_id: i32,
}

impl Analyst {
    pub fn new(folders: Vec<PathBuf>, options: Options, client: Client, shared: Shared, out: Sender<Message>, sweeper: Sender<Order>) -> Self {
        let editor = Editor { client, ..Editor::default() };
        Self { workspace: Workspace::new(folders, options), editor, shared, out, sweeper, told: HashMap::new(), restless: true, next_id: 1_000_000 }
    }

    /// Works until there are no more jobs.
    pub fn run(mut self, jobs: &Receiver<Job>) {
        let _ = catch_unwind(AssertUnwindSafe(|| self.workspace.scan()));
        let mut waiting: VecDeque<Job> = VecDeque::new();
        loop {
            waiting.extend(jobs.try_iter());
            let job = match waiting.pop_front() {
                Some(job) => job,
                None => {
                    let _ = catch_unwind(AssertUnwindSafe(|| self.rest()));
                    match jobs.recv() {
                        Ok(job) => job,
                        Err(_) => return,
                    }
                }
            };
            match job {
                Job::Request(request) => self.request(request),
                Job::End => return,
                job => drop(catch_unwind(AssertUnwindSafe(|| self.take(job)))),
            }
        }
    }

    /// Nothing waits: what has changed is checked and told.
    fn rest(&mut self) {
        self.workspace.settle();
        self.tell();
        if std::mem::take(&mut self.restless) {
            let _ = self.sweeper.send(Order::Soon(self.generation()));
        }
    }

    fn generation(&self) -> u64 {
        self.shared.generation.load(Ordering::Acquire)
    }

    fn take(&mut self, job: Job) {
        self.restless |= !matches!(job, Job::Sweep(_) | Job::Swept(..) | Job::SweepDone);
        match job {
            Job::Set { path, uri, version, text, opened } => {
                self.editor.open.insert(path.clone(), (uri, version));
                // A file that comes with Jibe is shown, not worked on.
                if super::library_files::module_of(&path).is_none() {
                    self.workspace.set(&path, text);
                    if let Some(source) = self.workspace.source(&path).filter(|_| opened) {
                        self.told.remove(&source.id);
                        self.workspace.board.touch(source.id);
                    }
                }
            }
            Job::Close { path } => {
                self.editor.open.remove(&path);
                self.workspace.close(&path);
            }
            Job::Disk(changes) => changes.into_iter().for_each(|(path, change)| self.workspace.disk(&path, change)),
            Job::Folders(added, removed) => self.workspace.set_folders(added, &removed),
            Job::Sweep(number) => {
                if number == self.generation() {
                    let sweeps = self.workspace.sweeps();
                    let _ = self.sweeper.send(Order::Now(number, sweeps));
                }
            }
            Job::Swept(number, found) => {
                if number == self.generation() {
                    found.into_iter().for_each(|f| self.workspace.note(f));
                }
            }
            Job::SweepDone => self.refresh(),
            Job::Request(_) | Job::End => {}
        }
    }

    /// Tells the editor of findings that have changed.
    fn tell(&mut self) {
        for (source, findings) in self.workspace.news() {
            let params = diagnostics::publish(&source, &findings, &self.editor, &self.workspace.sources);
            let value = serde_json::to_value(&params).unwrap_or_default();
            let print = crate::ide::fingerprint(&value.to_string());
            let silent = params.diagnostics.is_empty() && !self.told.contains_key(&source.id) && params.version.is_none();
            if self.told.insert(source.id, print) == Some(print) || silent {
                continue;
            }
            let _ = self.out.send(Message::Notification(Notification { method: "textDocument/publishDiagnostics".into(), params: value }));
        }
    }

    /// What the editor shows beside the text may be another one now.
    fn refresh(&mut self) {
        let client = self.editor.client;
        let wanted = [
            (client.refreshes_lenses, "workspace/codeLens/refresh"),
            (client.refreshes_inlays, "workspace/inlayHint/refresh"),
            (client.refreshes_tokens, "workspace/semanticTokens/refresh"),
        ];
        for (_, method) in wanted.into_iter().filter(|(w, _)| *w) {
            self.next_id += 1;
            let _ = self.out.send(Message::Request(Request { id: self.next_id.into(), method: method.into(), params: Value::Null }));
        }
    }

    fn is_cancelled(&self, id: &RequestId) -> bool {
        self.shared.cancelled.lock().unwrap_or_else(PoisonError::into_inner).remove(id)
    }

    fn request(&mut self, request: Request) {
        let id = request.id.clone();
        let cancelled = || Response::new_err(id.clone(), ErrorCode::RequestCanceled as i32, "cancelled".to_owned());
        if self.is_cancelled(&id) {
            let _ = self.out.send(Message::Response(cancelled()));
            return;
        }
        let mut context = Context { workspace: &mut self.workspace, editor: &self.editor };
        let answer = catch_unwind(AssertUnwindSafe(|| dispatch::answer(&mut context, &request.method, request.params)));
        let response = match answer {
            _ if self.is_cancelled(&id) => cancelled(),
            Ok(Ok(value)) => Response::new_ok(id.clone(), value),
            Ok(Err(refusal)) => Response::new_err(id.clone(), refusal.code, refusal.message),
            Err(_) => Response::new_err(id.clone(), ErrorCode::InternalError as i32, format!("internal error in `{}`: please report it", request.method)),
        };
        let _ = self.out.send(Message::Response(response));
    }
}
