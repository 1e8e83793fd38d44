//! From the names of requests to what answers them.

use lsp_server::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::context::Context;

/// Why a request is not answered.
#[derive(Debug)]
pub struct Refusal {
    pub code: i32,
    pub message: String,
}

impl Refusal {
    /// In the words for the user.
    pub fn new(message: impl Into<String>) -> Self {
        Self { code: ErrorCode::RequestFailed as i32, message: message.into() }
    }
}

/// What a request is answered with.
pub type Answer<T> = Result<T, Refusal>;

/// Answers a request.
pub fn answer(cx: &mut Context<'_>, method: &str, params: Value) -> Answer<Value> {
    match method {
        "jibe/noop" => call(cx, params, |_, (): ()| Ok(())),
        _ => Err(Refusal { code: ErrorCode::MethodNotFound as i32, message: format!("there is no `{method}`") }),
    }
}

/// Reads the parameters, answers, writes the answer.
fn call<P: DeserializeOwned, R: Serialize>(cx: &mut Context<'_>, params: Value, run: impl FnOnce(&mut Context<'_>, P) -> Answer<R>) -> Answer<Value> {
    let params = serde_json::from_value(params).map_err(|e| Refusal { code: ErrorCode::InvalidParams as i32, message: e.to_string() })?;
    let answer = run(cx, params)?;
    serde_json::to_value(answer).map_err(|e| Refusal::new(e.to_string()))
}
