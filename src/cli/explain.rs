//! `jibe explain`: the page of a code.

use super::{Common, Exit, Fault, MessageFormat, write_stdout};
use crate::diagnostics::codes::CODES;
use crate::diagnostics::{nearest, page};

/// Explains a code such as J0301
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code
    pub code: String,
}

/// Prints the page, or what the table says where there is no page yet.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let wanted = arguments.code.to_uppercase();
    let Some(info) = CODES.iter().find(|c| c.code.0 == wanted) else {
        let fault = Fault::new(format!("there is no code `{}`", arguments.code));
        return Err(match nearest(&wanted, CODES.iter().map(|c| c.code.0)) {
            Some(near) => fault.help(format!("did you mean `{near}`?")),
            None => fault.help("codes look like `J0301`"),
        });
    };
    let text = page(info.code.0).map_or_else(|| format!("# {}: {}\n", info.code.0, info.title), str::to_owned);
    if common.message_format == MessageFormat::Json {
        let document = serde_json::json!({ "version": 1, "code": info.code.0, "title": info.title, "severity": crate::render::severity_word(info.severity), "text": text });
        write_stdout(format!("{document:#}\n").as_bytes());
    } else {
        write_stdout(text.as_bytes());
    }
    Ok(Exit::Clean)
}
