//! `jibe explain`: the page of a code.

use super::{Common, Exit, Fault, MessageFormat, write_stdout};
use crate::diagnostics::codes::CODES;
use crate::diagnostics::{nearest, page};
use crate::driver::Session;
use crate::lint;
use crate::source::DiskWorld;

/// Explains a code such as J0301, a rule or a lint
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The code, or the name of a rule or lint
    pub code: String,
}

/// Prints the page, or what the table says where there is no page yet.
pub fn run(arguments: &Arguments, common: &Common) -> Result<Exit, Fault> {
    let wanted = arguments.code.to_uppercase();
    if let Some(lint) = lint::lint(&arguments.code) {
        let text = page(lint.code.0).unwrap_or(lint.title);
        write_stdout(text.as_bytes());
        return Ok(Exit::Clean);
    }
    let Some(info) = CODES.iter().find(|c| c.code.0 == wanted) else {
        if let Some(text) = rule(&arguments.code, common) {
            write_stdout(text.as_bytes());
            return Ok(Exit::Clean);
        }
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

/// What a rule of the project or of the libraries says of itself.
fn rule(name: &str, common: &Common) -> Option<String> {
    let mut session = Session::new(Box::new(DiskWorld), common.options(), &[]);
    session.load_all();
    let found = session.reference_of(name).into_iter().find(|i| i.kind == "rule")?;
    let allow = format!("Where it has to be otherwise, say why: `# jibe: allow {name}: …` on the line or above the component. Its level is set in `jibe.toml`, `[rules]`.");
    Some(format!("# {name}\n\n{}\n\n{allow}\n", found.docs.trim()))
}
