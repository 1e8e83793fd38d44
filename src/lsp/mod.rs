//! The language server: messages on standard input and output, answers from [`crate::ide`].
//!
//! Four threads, so that typing never waits: one receives messages and keeps the texts ([`serve`]), one answers in the order of the questions (`analyst`), one checks everything
//! after a pause (`sweeper`), one sends. A request that is cancelled before its turn is not answered but with `RequestCancelled`. One file per request.

mod analyst;
mod buffers;
mod capabilities;
mod context;
mod diagnostics;
mod dispatch;
mod library_files;
mod position;
mod requests;
mod server;
mod sweeper;
mod uri;

pub use server::serve;
